//! What the store costs, apart from judging: `cargo bench --bench store -- [lines] [history]`.
//!
//! Books claims of many lines and of few, and prints milliseconds per step. The data folder is made
//! under the directory for temporary files; set TMPDIR to choose the disk.

use happyflow::codes::{
    AgbCode, Bsn, Datum, DebetCredit, Eenheid, Frequentie, GemeenteCode, ProductCategorie, ProductCode,
    ProductSleutel, ToewijzingNummer,
};
use happyflow::decide::{Amounts, Decision, Outgoing, Requests, Verdict};
use happyflow::messages::{BerichtSoort, Partij, Relatie};
use happyflow::money::Cents;
use happyflow::state::{
    Besteding, Boeking, BoekingSoort, Change, FactKeys, GeboekteDeclaratie, GeboektePrestatie, Ontvangst,
    ToegewezenOmvang, Toewijzing,
};
use happyflow::store::sqlite::SqliteStore;
use happyflow::store::{
    Arrival, Batch, Decided, Entered, Entry, InboxStore, JournalKind, MessageMeta, Receipt, Store,
};
use sha2::{Digest, Sha256};
use std::time::Instant;

const CLIENTS: u32 = 20_000;

fn aanbieder() -> AgbCode {
    AgbCode::parse("12345678").unwrap()
}

fn gemeente() -> GemeenteCode {
    GemeenteCode::parse("0193").unwrap()
}

fn relatie() -> Relatie {
    Relatie { gemeente: gemeente(), aanbieder: aanbieder() }
}

fn bsn(number: u32) -> Bsn {
    Bsn::parse(&format!("{:09}", 999_900_000 + number % 90_000)).unwrap()
}

fn month(number: u32) -> Datum {
    let year = 2025 + i32::try_from(number / 12).unwrap();
    Datum::from_ymd_opt(year, number % 12 + 1, 1).unwrap()
}

fn product() -> ProductSleutel {
    let (categorie, code) = (ProductCategorie::parse("45").unwrap(), ProductCode::parse("45A03").unwrap());
    ProductSleutel { categorie, code: Some(code) }
}

fn toewijzing(number: u32) -> Toewijzing {
    Toewijzing {
        gemeente: gemeente(),
        nummer: ToewijzingNummer(100_000 + number),
        aanbieder: aanbieder(),
        bsn: bsn(number),
        product: Some(product()),
        toewijzingsdatum: month(0),
        toewijzingstijd: "12:00:00".into(),
        ingangsdatum: month(0),
        einddatum: None,
        reden_wijziging: None,
        omvang: Some(ToegewezenOmvang {
            volume: 600,
            eenheid: Eenheid::Minuut,
            frequentie: Frequentie::PerMaand,
        }),
        budget: None,
        referentie_aanbieder: Some(format!("REF{number:09}").into()),
        commentaar: None,
        bericht: 1,
        ontvangst: Ontvangst::Verzonden,
        vorige: Vec::new(),
        verwijzer: None,
        vrijgegeven: None,
        besteed: Besteding::default(),
    }
}

fn prestatie(assignment: u32, period: u32, reference: u64) -> GeboektePrestatie {
    GeboektePrestatie {
        relatie: relatie(),
        bsn: bsn(assignment),
        referentie: format!("6055{reference:012}").into(),
        vorig_referentie: None,
        toewijzing: ToewijzingNummer(100_000 + assignment),
        categorie: product().categorie,
        code: product().code.unwrap(),
        begin: month(period),
        eind: month(period + 1).pred_opt().unwrap(),
        volume: 30,
        eenheid: Eenheid::Minuut,
        tarief: Some(Cents(150)),
        bedrag: Cents(4500),
        debet_credit: DebetCredit::Debet,
        toegekend: true,
        gecrediteerd: false,
        vastgehouden: false,
    }
}

fn entry(journal: i64, arrival: Option<i64>) -> Entry {
    Entry {
        journal,
        kind: JournalKind::Bericht,
        moment: month(0).and_hms_opt(12, 0, 0).unwrap(),
        register_version: 0,
        rule_set: "bench".into(),
        requests: Requests::Automatic,
        issued: 0,
        first_identificatie: None,
        arrival,
        who: None,
        why: None,
        role: None,
        body: None,
    }
}

fn arrival(bytes: Vec<u8>) -> Arrival {
    Arrival {
        name: "bench.xml".into(),
        channel: None,
        sha256: Sha256::digest(&bytes).into(),
        packed: Some(happyflow::store::pack(&bytes)),
        bytes: bytes.into(),
        received: month(0).and_hms_opt(12, 0, 0).unwrap(),
        envelope: None,
    }
}

/// XML-like bytes of the size of a claim of this many lines.
fn message(number: u64, lines: u32) -> Vec<u8> {
    let mut text = format!("<bericht nummer=\"{number}\">");
    for line in 0..lines {
        let (reference, client) = (number * 100_000 + u64::from(line), bsn(line));
        text.push_str(&format!(
            "<jw323:Prestatie><ijw:ReferentieNummer>6055{reference:012}</ijw:ReferentieNummer>{:820}</jw323:Prestatie>",
            client.as_str()
        ));
    }
    text.into_bytes()
}

fn keys(lines: &[GeboektePrestatie], number: u64) -> FactKeys {
    let mut keys = FactKeys::default();
    let identificatie = format!("{number}").into_boxed_str();
    keys.identificaties.insert((Partij::Aanbieder(aanbieder()), BerichtSoort::Jw323, identificatie));
    keys.declaratie_nummers.insert((aanbieder(), format!("D{number}").into()));
    keys.laatste_perioden.insert(relatie());
    for line in lines {
        keys.bekende_clienten.push((gemeente(), line.bsn));
        keys.prestaties.push((aanbieder(), line.referentie.clone()));
        keys.toewijzingen.push((gemeente(), line.toewijzing));
        keys.debets.push(line.debet_sleutel());
    }
    keys
}

fn judge(lines: Vec<GeboektePrestatie>, number: u64, arrival: i64, batch: &mut dyn Batch) -> Decided {
    let amount = Cents(lines.iter().map(|line| line.bedrag.0).sum());
    let claim: Box<str> = format!("D{number}").into();
    let identificatie: Box<str> = format!("{number}").into();
    let periode_begin = lines[0].begin;
    let geboekt = GeboekteDeclaratie {
        relatie: relatie(),
        nummer: claim.clone(),
        periode_begin,
        ingediend: amount,
        toegekend: amount,
    };
    let boeking = Boeking {
        aanbieder: aanbieder(),
        gemeente: gemeente(),
        declaratie_nummer: claim,
        periode_begin,
        soort: BoekingSoort::Betaalbaar,
        bedrag: amount,
    };
    let afzender = Partij::Aanbieder(aanbieder());
    let changes = vec![
        Change::IdentificatieGebruikt {
            afzender,
            soort: BerichtSoort::Jw323,
            identificatie: identificatie.clone(),
        },
        Change::PrestatiesGeboekt(lines),
        Change::DeclaratieGeboekt(Box::new(geboekt)),
        Change::Geboekt(boeking),
    ];
    let answer = Outgoing {
        soort: BerichtSoort::Jw325,
        receiver: afzender,
        relatie: relatie(),
        identificatie: format!("A{number}"),
        bytes: message(number, 3),
    };
    let journal = batch.numbers().draw_journal();
    Decided {
        entry: entry(journal, Some(arrival)),
        message: MessageMeta {
            soort: BerichtSoort::Jw323,
            release: "3.2",
            afzender,
            relatie: relatie(),
            identificatie,
        },
        decision: Decision {
            answers: vec![answer],
            changes,
            amounts: Some(Amounts { claimed: amount, granted: amount }),
            ..Decision::of(Verdict::Accepted)
        },
        first_send: batch.numbers().draw_send(1),
        first_work: 0,
        outcome_json: "{\"file\":\"bench.xml\",\"verdict\":\"accepted\"}".repeat(4),
    }
}

struct Times {
    ingest: f64,
    load: f64,
    commit: f64,
}

/// One cycle: these claims received, their facts loaded, decided and committed. Milliseconds.
async fn cycle(store: &SqliteStore, claims: Vec<Vec<GeboektePrestatie>>, first: u64) -> Times {
    let elapsed = |start: Instant| start.elapsed().as_secs_f64() * 1000.0;
    let numbered: Vec<(u64, Vec<GeboektePrestatie>)> = (first..).zip(claims).collect();
    let arrivals = numbered
        .iter()
        .map(|(number, lines)| arrival(message(*number, u32::try_from(lines.len()).unwrap())))
        .collect();
    let start = Instant::now();
    let receipts = store.ingest(arrivals).await.unwrap();
    let ingest = elapsed(start);
    let mut all = FactKeys::default();
    for (number, lines) in &numbered {
        let mut more = keys(lines, *number);
        all.identificaties.append(&mut more.identificaties);
        all.declaratie_nummers.append(&mut more.declaratie_nummers);
        all.laatste_perioden.append(&mut more.laatste_perioden);
        all.bekende_clienten.append(&mut more.bekende_clienten);
        all.prestaties.append(&mut more.prestaties);
        all.toewijzingen.append(&mut more.toewijzingen);
        all.debets.append(&mut more.debets);
    }
    let start = Instant::now();
    let mut batch = store.begin().await.unwrap();
    let known = batch.load(&all).await.unwrap();
    let load = elapsed(start);
    assert!(known.prestaties.is_empty() && known.open_debets.is_empty());
    assert!(all.toewijzingen.iter().all(|key| known.toewijzingen.contains_key(key)));
    for ((number, lines), receipt) in numbered.into_iter().zip(receipts) {
        let Receipt::New { arrival } = receipt else { panic!("new bytes are new") };
        let judged = judge(lines, number, arrival, &mut *batch);
        batch.record(judged);
    }
    let start = Instant::now();
    batch.commit().await.unwrap();
    Times { ingest, load, commit: elapsed(start) }
}

async fn setup(store: &SqliteStore) {
    let mut batch = store.begin().await.unwrap();
    let journal = batch.numbers().draw_journal();
    let clients = (0..CLIENTS).map(|number| Change::ClientBekend { gemeente: gemeente(), bsn: bsn(number) });
    let assignments = (0..CLIENTS).map(|number| Change::ToewijzingOpgeslagen(Box::new(toewijzing(number))));
    batch.enter(Entered {
        entry: entry(journal, None),
        changes: clients.chain(assignments).collect(),
        answers: Vec::new(),
        forwarded: None,
        forwards: Vec::new(),
        first_send: 0,
        work: Vec::new(),
        first_work: 0,
    });
    batch.commit().await.unwrap();
}

/// Lines of one month for these assignments.
fn lines(assignments: std::ops::Range<u32>, period: u32) -> Vec<GeboektePrestatie> {
    let reference = |number: u32| u64::from(period) * 1_000_000 + u64::from(number);
    assignments.map(|number| prestatie(number, period, reference(number))).collect()
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<u32>().ok());
    let count = arguments.next().unwrap_or(20_000).min(CLIENTS);
    let history = arguments.next().unwrap_or(0);
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).await.unwrap();
    setup(&store).await;
    let (mut period, mut number) = (0, 1_u64);
    while period * CLIENTS < history {
        cycle(&store, vec![lines(0..CLIENTS, period)], number).await;
        (period, number) = (period + 1, number + 1);
    }
    for _ in 0..7 {
        let times = cycle(&store, vec![lines(0..count, period)], number).await;
        let total = times.ingest + times.load + times.commit;
        println!(
            "large {count}: ingest {:.1} load {:.1} commit {:.1} total {total:.1} ms, {:.0} lines/s",
            times.ingest,
            times.load,
            times.commit,
            f64::from(count) / total * 1000.0
        );
        (period, number) = (period + 1, number + 1);
    }
    for size in [1, 16, 256] {
        let claims: Vec<_> = (0..size).map(|claim| lines(claim * 5..claim * 5 + 5, period)).collect();
        let times = cycle(&store, claims, number).await;
        let total = times.ingest + times.load + times.commit;
        println!(
            "small, {size} per batch: ingest {:.2} load {:.2} commit {:.2} total {total:.2} ms, {:.0} messages/s",
            times.ingest,
            times.load,
            times.commit,
            f64::from(size) / total * 1000.0
        );
        (period, number) = (period + 1, number + u64::from(size));
    }
    store.close().await;
}
