//! State: whatever was changed comes back the same, however it was spread over batches.

use super::money::{beslist, boeking};
use super::{Maker, agb, arrival, assign, bsn, change, day, decided, entered, gemeente, ingest_one, relatie};
use crate::same_state::Dump;
use happyflow::codes::{
    DebetCredit, Eenheid, Frequentie, ProductCategorie, ProductCode, ProductSleutel, RedenWijziging,
    ToewijzingNummer, TypeVerwijzer,
};
use happyflow::decide::{Decision, Verdict};
use happyflow::messages::{BerichtSoort, Partij};
use happyflow::money::Cents;
use happyflow::state::{
    Besteding, BoekingSoort, Change, DebetSleutel, Einde, FactKeys, GeboektePrestatie, Identificaties,
    LeveringSleutel, Leveringen, Melding, Ontvangst, Reeks, ToegewezenOmvang, Toewijzing, VasthoudingStatus,
    Verzoek, VerzoekSoort, VerzoekStatus, Verzonden, VerzondenAntwoord, VerzondenVersie, VorigeVersie,
    WorkingSet,
};
use happyflow::store::{JournalKind, Receipt, Store};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A line of an invented claim.
#[derive(Debug, Clone, Default)]
pub struct Prestatie {
    pub assignment: u32,
    pub period: u32,
    pub reference: u32,
    pub credits: Option<u32>,
    pub rejected: bool,
}

impl Prestatie {
    pub fn booked(&self) -> GeboektePrestatie {
        let credit = self.credits.is_some();
        GeboektePrestatie {
            relatie: relatie(0),
            bsn: bsn(self.assignment as usize),
            referentie: reference(self.reference),
            vorig_referentie: self.credits.map(reference),
            toewijzing: ToewijzingNummer(self.assignment),
            categorie: ProductCategorie::parse("45").unwrap(),
            code: ProductCode::parse("4\"é\\5").unwrap(),
            begin: day(1 + self.period * 31),
            eind: day(20 + self.period * 31),
            volume: 30,
            eenheid: Eenheid::Uur,
            tarief: Some(Cents(150)),
            bedrag: Cents(4500),
            debet_credit: if credit { DebetCredit::Credit } else { DebetCredit::Debet },
            toegekend: !self.rejected,
            gecrediteerd: false,
            vastgehouden: self.period == 1,
        }
    }
}

pub fn reference(number: u32) -> Box<str> {
    format!("ref \"{number}\" [é]").into()
}

/// One invented step; what it becomes depends on what happened before, so that it is always legal.
#[derive(Debug, Clone)]
pub enum Step {
    Identificatie(u32),
    Client(usize),
    Toewijzing { number: u32, variant: u8 },
    Ontvangst { number: u32, ontvangst: u8 },
    Verzoek { number: u32, client: usize },
    Antwoord { number: u32, status: u8 },
    Declaratie { lines: Vec<(u32, u32, bool)> },
    Credit { nth: usize },
    Budget { number: u32, cents: i64 },
    Nummers { number: u32, next: i64 },
    Verzonden(u32),
    Retour { number: u32, accepted: bool },
    Boeking(i64),
    Vast { number: u32, status: u8 },
    Melding { number: u32, stop: bool, removed: bool },
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let small = 0..4_u32;
    let step = prop_oneof![
        1 => small.clone().prop_map(Step::Identificatie),
        1 => (0..3_usize).prop_map(Step::Client),
        3 => (small.clone(), any::<u8>()).prop_map(|(number, variant)| Step::Toewijzing { number, variant }),
        1 => (small.clone(), 0..3_u8).prop_map(|(number, ontvangst)| Step::Ontvangst { number, ontvangst }),
        1 => (small.clone(), 0..3_usize).prop_map(|(number, client)| Step::Verzoek { number, client }),
        1 => (small.clone(), 0..4_u8).prop_map(|(number, status)| Step::Antwoord { number, status }),
        4 => prop::collection::vec((small.clone(), 0..3_u32, any::<bool>()), 1..6)
            .prop_map(|lines| Step::Declaratie { lines }),
        3 => (0..20_usize).prop_map(|nth| Step::Credit { nth }),
        1 => (small.clone(), -50..50_i64).prop_map(|(number, cents)| Step::Budget { number, cents }),
        1 => (small.clone(), 1..99_i64).prop_map(|(number, next)| Step::Nummers { number, next }),
        1 => small.clone().prop_map(Step::Verzonden),
        2 => (small.clone(), 0..4_u8).prop_map(|(number, status)| Step::Vast { number, status }),
        1 => (small, any::<bool>()).prop_map(|(number, accepted)| Step::Retour { number, accepted }),
        1 => (-50..50_i64).prop_map(Step::Boeking),
        2 => (0..4_u32, any::<bool>(), any::<bool>())
            .prop_map(|(number, stop, removed)| Step::Melding { number, stop, removed }),
    ];
    prop::collection::vec(step, 1..40)
}

const ANTWOORDEN: [VerzoekStatus; 4] =
    [VerzoekStatus::Open, VerzoekStatus::InOnderzoek, VerzoekStatus::Gehonoreerd, VerzoekStatus::Afgewezen];
const STATUSES: [VasthoudingStatus; 4] = [
    VasthoudingStatus::Vastgehouden,
    VasthoudingStatus::Vrijgegeven,
    VasthoudingStatus::Geweigerd,
    VasthoudingStatus::Gecrediteerd,
];
const ACCOUNTS: [BoekingSoort; 3] =
    [BoekingSoort::Betaalbaar, BoekingSoort::Vastgehouden, BoekingSoort::Geweigerd];

pub fn simple(step: &Step) -> Change {
    match step {
        Step::Ontvangst { number, ontvangst } => Change::ToewijzingOntvangst {
            gemeente: gemeente(0),
            nummer: ToewijzingNummer(*number),
            ontvangst: [Ontvangst::Verzonden, Ontvangst::Vastgehouden, Ontvangst::Afgewezen]
                [usize::from(*ontvangst)],
        },
        Step::Verzoek { number, client } => Change::VerzoekGeopend(Box::new(Verzoek {
            aanbieder: agb(0),
            referentie: reference(*number),
            gemeente: gemeente(0),
            // The client of a request never changes.
            bsn: bsn(*number as usize % 3),
            soort: if *client == 0 { VerzoekSoort::Toewijzing } else { VerzoekSoort::Wijziging },
            bericht: 4,
            dagtekening: day(1),
            ontvangen: day(2),
            status: VerzoekStatus::Open,
            verwijzer: (*number > 1).then_some(TypeVerwijzer::Huisarts),
        })),
        Step::Antwoord { number, status } => Change::VerzoekBeantwoord {
            aanbieder: agb(0),
            referentie: reference(*number),
            status: ANTWOORDEN[usize::from(*status)],
        },
        Step::Budget { number, cents } => {
            Change::BudgetBesteed { sleutel: format!("budget {number}").into(), bedrag: Cents(*cents) }
        }
        Step::Nummers { number, next } => Change::NummersGebruikt {
            gemeente: gemeente(*number),
            reeks: Reeks::Identificatie,
            volgende: *next,
        },
        Step::Verzonden(number) => Change::Verzonden(Verzonden {
            soort: BerichtSoort::Jw301,
            relatie: relatie(*number),
            identificatie: format!("V{number}").into(),
            toewijzingen: (0..*number)
                .map(|number| VerzondenVersie {
                    nummer: ToewijzingNummer(number),
                    bericht: (number > 0).then_some(i64::from(number) * 7),
                })
                .collect(),
            verzoeken: (0..*number)
                .map(|number| VerzondenAntwoord {
                    referentie: reference(number),
                    eerder: VerzoekStatus::Open,
                    nu: VerzoekStatus::Gehonoreerd,
                })
                .collect(),
            aanvaard: None,
        }),
        Step::Retour { number, accepted } => Change::RetourOntvangen {
            soort: BerichtSoort::Jw301,
            relatie: relatie(*number),
            identificatie: format!("V{number}").into(),
            aanvaard: *accepted,
        },
        Step::Boeking(cents) => {
            boeking("D1", ACCOUNTS[usize::try_from(*cents % 3).unwrap_or_default()], *cents)
        }
        Step::Vast { number, status } => beslist(*number, "D1", STATUSES[usize::from(*status)]),
        Step::Melding { number, stop, removed } => melding(*number, *stop, *removed),
        other => panic!("{other:?} is made elsewhere"),
    }
}

/// A start or stop, with or without assignment and product, reported or removed.
pub fn melding(number: u32, stop: bool, removed: bool) -> Change {
    let categorie = ProductCategorie::parse("05").unwrap();
    let code = (number == 3).then(|| ProductCode::parse("45A03").unwrap());
    let levering = LeveringSleutel {
        toewijzing: (number > 0).then_some(ToewijzingNummer(number)),
        product: (number != 1).then_some(ProductSleutel { categorie, code }),
        begin: day(number),
    };
    let einde = stop.then(|| Einde { einddatum: day(9), reden: "20".into() });
    let melding = Box::new(Melding { levering, einde });
    let (relatie, bsn) = (relatie(0), bsn(number as usize % 3));
    if removed {
        Change::LeveringVerwijderd { relatie, bsn, melding }
    } else {
        Change::LeveringGemeld { relatie, bsn, melding, bericht: 7 }
    }
}

/// An assignment in one of many shapes; its client never changes.
pub fn toewijzing(number: u32, variant: u8) -> Toewijzing {
    let has = |bit: u8| variant & (1 << bit) != 0;
    let code = has(1).then(|| ProductCode::parse("45A03").unwrap());
    Toewijzing {
        gemeente: gemeente(0),
        nummer: ToewijzingNummer(number),
        aanbieder: agb(0),
        bsn: bsn(number as usize % 3),
        product: has(0).then(|| ProductSleutel { categorie: ProductCategorie::parse("05").unwrap(), code }),
        toewijzingsdatum: day(u32::from(variant)),
        toewijzingstijd: "12:34:56".into(),
        ingangsdatum: day(0),
        einddatum: has(2).then(|| day(300)),
        reden_wijziging: has(3).then_some(RedenWijziging::Verwijderd),
        omvang: has(4).then_some(ToegewezenOmvang {
            volume: 60,
            eenheid: Eenheid::Uur,
            frequentie: Frequentie::PerWeek,
        }),
        budget: has(5).then_some(Cents(1_000_000)),
        referentie_aanbieder: has(6).then(|| reference(number)),
        commentaar: has(7).then(|| "Regel één\nregel \"twee\"".into()),
        bericht: i64::from(variant),
        ontvangst: Ontvangst::Verzonden,
        vorige: (0..i64::from(variant % 3))
            .map(|bericht| VorigeVersie {
                afgewezen: bericht % 2 == 1,
                bericht,
                moment: has(6).then(|| (day(0), "11:00:00".into())),
                einddatum: has(1).then(|| day(200)),
                reden_wijziging: has(0).then_some(RedenWijziging::GeinitieerdDoorAanbieder),
                omvang: has(2).then_some(ToegewezenOmvang {
                    volume: 90,
                    eenheid: Eenheid::Minuut,
                    frequentie: Frequentie::PerMaand,
                }),
                budget: has(3).then_some(Cents(250)),
            })
            .collect(),
        verwijzer: has(5).then_some(TypeVerwijzer::MedischSpecialist),
        vrijgegeven: None,
        besteed: Besteding::default(),
    }
}

pub fn identificaties(aantal: u32) -> Identificaties {
    Identificaties { van: 800_000_001, tot: 999_999_999, aantal }
}

/// Every key that the steps may touch.
pub fn every_key() -> FactKeys {
    let mut keys = FactKeys::default();
    for number in 0..4 {
        let identificatie = format!("I{number}").into();
        keys.identificaties.insert((Partij::Aanbieder(agb(number)), BerichtSoort::Jw315, identificatie));
        keys.toewijzingen.push((gemeente(0), ToewijzingNummer(number)));
        keys.verzoeken.insert((agb(0), reference(number)));
        keys.budgetten.insert(format!("budget {number}").into());
        keys.nummers.insert(gemeente(number), identificaties(1));
        keys.verzonden.insert((BerichtSoort::Jw301, relatie(number), format!("V{number}").into()));
        for period in 0..3 {
            let (assignment, period) = (number, period);
            keys.debets
                .push(Prestatie { assignment, period, ..Prestatie::default() }.booked().debet_sleutel());
        }
        keys.debets_na.insert((gemeente(0), ToewijzingNummer(number), day(0)));
        let begins = (0..3).map(|period| Prestatie { period, ..Prestatie::default() }.booked().begin);
        keys.debets_op.extend(begins.map(|begin| (gemeente(0), ToewijzingNummer(number), begin)));
    }
    for client in 0..3 {
        keys.clienten.insert((gemeente(0), bsn(client)));
        keys.bekende_clienten.push((gemeente(0), bsn(client)));
        keys.open_verzoeken.insert((relatie(0), bsn(client)));
        keys.leveringen.insert((relatie(0), bsn(client)));
    }
    keys.laatste_perioden.insert(relatie(0));
    keys.declaratie_nummers.extend((1..60).map(|number| (agb(0), format!("D{number}").into())));
    keys.prestaties.extend((1..250).map(|number| (agb(0), reference(number))));
    keys
}

/// A working set as text in a fixed order.
pub fn canonical(known: &WorkingSet) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |kind: &str, text: String| lines.push(format!("{kind} {text}"));
    known.identificaties.iter().for_each(|key| add("identificatie", format!("{key:?}")));
    for ((gemeente, bsn), client) in &known.clienten {
        let jw301 = client.jw301.as_deref().map(String::from_utf8_lossy);
        add("client", format!("{gemeente} {} {jw301:?}", bsn.as_str()));
    }
    known
        .toewijzingen
        .iter()
        .for_each(|(key, row)| add("toewijzing", format!("{key:?} {row:?} {}", row.bsn.as_str())));
    for ((gemeente, bsn), numbers) in &known.toewijzingen_van {
        add("van", format!("{gemeente} {} {numbers:?}", bsn.as_str()));
    }
    known
        .verzoeken
        .iter()
        .for_each(|(key, row)| add("verzoek", format!("{key:?} {row:?} {}", row.bsn.as_str())));
    for ((relatie, bsn), open) in known.open_verzoeken.iter().filter(|(_, open)| !open.is_empty()) {
        add("open", format!("{relatie:?} {} {open:?}", bsn.as_str()));
    }
    for ((relatie, bsn), reports) in &known.leveringen {
        if *reports != Leveringen::default() {
            add("levering", format!("{relatie:?} {} {reports:?}", bsn.as_str()));
        }
    }
    known.declaratie_nummers.iter().for_each(|key| add("declaratie", format!("{key:?}")));
    known.laatste_periode.iter().for_each(|row| add("periode", format!("{row:?}")));
    for row in known.prestaties.values() {
        add("prestatie", format!("{row:?} {}", row.bsn.as_str()));
    }
    known.open_debets.iter().for_each(|key: &DebetSleutel| add("debet", format!("{key:?}")));
    known.budget_standen.iter().for_each(|row| add("budget", format!("{row:?}")));
    known.nummers.iter().for_each(|row| add("nummer", format!("{row:?}")));
    known.verzonden.iter().for_each(|row| add("verzonden", format!("{row:?}")));
    lines.sort();
    lines
}

/// Changes applied in memory and read back from the store are the same, however they are divided
/// over messages and batches.
pub async fn changes_come_back<S: Store>(store: &S, steps: &[Step], per_batch: usize) {
    let mut expected = WorkingSet::default();
    let mut maker = Maker::default();
    for (number, steps) in steps.chunks(per_batch).enumerate() {
        let messages: Vec<Vec<u8>> =
            (0..steps.len()).map(|step| format!("<bericht nr=\"{number}.{step}\"/>").into_bytes()).collect();
        let arrivals = messages.iter().map(|bytes| arrival("stap.xml", bytes)).collect();
        let receipts = store.ingest(arrivals).await.unwrap();
        let mut batch = store.begin().await.unwrap();
        for ((step, receipt), bytes) in steps.iter().zip(receipts).zip(messages) {
            let Receipt::New { arrival } = receipt else { panic!("new bytes are new") };
            let changes = maker.changes(step);
            let bytes: Arc<[u8]> = bytes.into();
            expected.apply(&changes, &bytes);
            let judged =
                decided(&mut *batch, arrival, Decision { changes, ..Decision::of(Verdict::Accepted) }, "{}");
            batch.record(judged);
        }
        batch.commit().await.unwrap();
        let known = store.begin().await.unwrap().load(&every_key()).await.unwrap();
        assert_eq!(canonical(&known), canonical(&expected));
    }
}

/// What a batch wrote it finds again, and nobody does when it does not commit. Client data may stand in the
/// journal itself, and only judged messages say of whom messages were judged.
pub async fn a_batch_goes_on_after_writing<S: Store>(store: &S) {
    assign(store, &[0, 1, 2, 3]).await;
    let mut maker = Maker::default();
    maker.assignments.extend(0..4);
    let claims = [maker.declaratie(&[(0, 0, false), (1, 0, false)]), maker.declaratie(&[(2, 1, false)])];
    let client = Change::ClientBekend { gemeente: gemeente(0), bsn: bsn(0) };
    let keys = FactKeys {
        clienten: BTreeSet::from([(gemeente(0), bsn(0))]),
        declaratie_nummers: BTreeSet::from([(agb(0), "D1".into())]),
        ..FactKeys::default()
    };
    let before = store.dump().await.unwrap();
    for commits in [false, true] {
        let mut batch = store.begin().await.unwrap();
        assert_eq!(batch.judged_relaties().await.unwrap(), BTreeSet::new());
        let mut taken = entered(&mut *batch, vec![client.clone()]);
        taken.entry.kind = JournalKind::Overname;
        taken.entry.body = Some(b"<toewijzing/>".to_vec());
        batch.enter(taken);
        for claim in claims.clone() {
            let entered = entered(&mut *batch, claim);
            batch.enter(entered);
            batch.write().await.unwrap();
        }
        let known = batch.load(&keys).await.unwrap();
        assert!(known.declaratie_nummers.contains(&(agb(0), "D1".into())));
        let stand = &known.clienten[&(gemeente(0), bsn(0))];
        assert_eq!(stand.jw301.as_deref(), Some(&b"<toewijzing/>"[..]));
        if commits {
            batch.commit().await.unwrap();
        } else {
            drop(batch);
            assert_eq!(store.dump().await.unwrap(), before);
        }
    }
    assert_eq!(store.declaratie(agb(0), "D1").await.unwrap().unwrap().prestaties.len(), 2);
    assert_eq!(store.declaratie(agb(0), "D2").await.unwrap().unwrap().prestaties.len(), 1);
    let arrival = ingest_one(store, b"<bericht/>").await;
    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut *batch, arrival, Decision::of(Verdict::Rejected), "{}");
    batch.record(judged);
    batch.write().await.unwrap();
    assert_eq!(batch.judged_relaties().await.unwrap(), BTreeSet::new(), "as if it had never been sent");
    batch.commit().await.unwrap();
    let arrival = ingest_one(store, b"<ander/>").await;
    let mut batch = store.begin().await.unwrap();
    let judged = decided(&mut *batch, arrival, Decision::of(Verdict::Partial), "{}");
    batch.record(judged);
    batch.write().await.unwrap();
    assert_eq!(batch.judged_relaties().await.unwrap(), BTreeSet::from([relatie(0)]));
}

/// The right to publish is of one at a time.
/// Which numbers of a range a gemeente gave out itself: from the next free one on, of that gemeente alone.
pub async fn numbers_in_use_are_told<S: Store>(store: &S) {
    let assigned = |of: u32, number: u32| {
        let mut toewijzing = toewijzing(number, 0);
        toewijzing.gemeente = gemeente(of);
        Change::ToewijzingOpgeslagen(Box::new(toewijzing))
    };
    let used =
        Change::NummersGebruikt { gemeente: gemeente(0), reeks: Reeks::ToewijzingNummer, volgende: 503 };
    let taken = [(0, 502), (0, 503), (0, 505), (1, 504), (1, 999_999_999)];
    let mut changes: Vec<Change> = taken.iter().map(|(of, number)| assigned(*of, *number)).collect();
    changes.push(used);
    change(store, changes).await.unwrap();
    let mut keys = FactKeys::default();
    keys.nummers.extend([gemeente(0), gemeente(1)].map(|gemeente| (gemeente, identificaties(1))));
    keys.bezette_nummers.insert(gemeente(0), ToewijzingNummer(500));
    keys.bezette_nummers.insert(gemeente(1), ToewijzingNummer(504));
    let mut batch = store.begin().await.unwrap();
    let known = batch.load(&keys).await.unwrap();
    let expected = [(0, 503), (0, 505), (1, 504), (1, 999_999_999)];
    let expected = expected.map(|(of, number)| (gemeente(of), ToewijzingNummer(number)));
    assert_eq!(known.bezette_nummers.into_iter().collect::<Vec<_>>(), expected);
}
