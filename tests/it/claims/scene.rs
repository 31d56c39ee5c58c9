//! One aanbieder, one gemeente, one client with one assignment; tests change what they are about.

use happyflow::codes::{
    AgbCode, Bsn, Datum, DebetCredit, Eenheid, Frequentie, GemeenteCode, ProductCategorie, ProductCode,
    ProductSleutel, ToewijzingNummer,
};
use happyflow::contracts::{Register, import_sources};
use happyflow::decide::following;
use happyflow::decide::{Decision, Input, Requests, decide, keys};
use happyflow::messages::jw323::{Client, Declaratie, Jw323, Prestatie};
use happyflow::messages::jw325::Jw325;
use happyflow::messages::shared::{
    BedragMetDc, BerichtIdentificatie, GeslotenPeriode, Header, Referentie, TotaalBedragMetDc, XsdVersie,
};
use happyflow::messages::{Bericht, BerichtSoort, Partij};
use happyflow::money::Cents;
use happyflow::rules::judge_in_message;
use happyflow::schema::{At, Document, Reading, Release, read};
use happyflow::state::{
    Change, ClientStand, FactKeys, NewWorkItem, Ontvangst, TeVolgen, ToegewezenOmvang, Toewijzing, WorkingSet,
};
use std::sync::Arc;

pub const AANBIEDER: &str = "12345678";
pub const GEMEENTE: &str = "0193";
pub const BSN: &str = "999900006";
pub const OTHER_BSN: &str = "999900018";
pub const NUMMER: u32 = 1001;

/// A line of the contract: code, eenheid, rate in cents, first day, and the keys that few lines have.
type Regel = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Hours at 80 euros, a rate that changes in March 2025, minutes at an hour rate, euros, pieces, days.
const CONTRACT: [Regel; 7] = [
    ("45A04", "04", "8000", "2024-01-01", ""),
    ("45A05", "04", "9000", "2025-01-01", r#","geldig_tot":"2025-03-15""#),
    ("45A05", "04", "9500", "2025-03-16", ""),
    ("45A06", "01", "8050", "2024-01-01", r#","tariefeenheid":"uur""#),
    ("45A07", "83", "null", "2024-01-01", ""),
    ("45A08", "82", "50000", "2024-01-01", r#","gebroken_maand":"geen""#),
    ("44A01", "14", "20000", "2024-01-01", ""),
];

/// A contract register with limits added, such as `,"budgetten":[...]`.
pub fn register(limits: &str) -> Register {
    let line = |(code, eenheid, tarief, from, rest): &Regel| {
        format!(
            r#"{{"tarief":{tarief},"eenheid":"{eenheid}","productcode":"{code}","productcategorie":"{}",
             "geldig_van":"{from}","aanbieder":"{AANBIEDER}","gemeente":"{GEMEENTE}"{rest}}}"#,
            &code[..2]
        )
    };
    let lines: Vec<String> = CONTRACT.iter().map(line).collect();
    let json = format!(r#"{{"contracten":[{}]{limits}}}"#, lines.join(","));
    let import = import_sources(&[("contracts.json".to_owned(), json.into_bytes())]);
    import.unwrap_or_else(|errors| panic!("{errors:?}")).register
}

pub fn day(text: &str) -> Datum {
    text.parse().unwrap()
}

pub fn bsn(text: &str) -> Bsn {
    Bsn::parse(text).unwrap()
}

pub fn agb(text: &str) -> AgbCode {
    AgbCode::parse(text).unwrap()
}

pub fn gemeente(text: &str) -> GemeenteCode {
    GemeenteCode::parse(text).unwrap()
}

pub fn product(code: &str) -> ProductSleutel {
    ProductSleutel {
        categorie: ProductCategorie::parse(&code[..2]).unwrap(),
        code: Some(ProductCode::parse(code).unwrap()),
    }
}

/// An Omvang as an assignment has it.
pub fn omvang(volume: i64, eenheid: &str, frequentie: &str) -> Option<ToegewezenOmvang> {
    let (eenheid, frequentie) = (Eenheid::parse(eenheid).ok()?, Frequentie::parse(frequentie).ok()?);
    Some(ToegewezenOmvang { volume, eenheid, frequentie })
}

/// Ten hours a month of 45A04 in 2025.
pub fn toewijzing(nummer: u32) -> Toewijzing {
    Toewijzing {
        gemeente: gemeente(GEMEENTE),
        nummer: ToewijzingNummer(nummer),
        aanbieder: agb(AANBIEDER),
        bsn: bsn(BSN),
        product: Some(product("45A04")),
        toewijzingsdatum: day("2024-12-20"),
        toewijzingstijd: "10:00:00".into(),
        ingangsdatum: day("2025-01-01"),
        einddatum: Some(day("2025-12-31")),
        reden_wijziging: None,
        omvang: omvang(10, "04", "4"),
        budget: None,
        referentie_aanbieder: None,
        commentaar: None,
        bericht: 1,
        ontvangst: Ontvangst::Verzonden,
        vorige: Vec::new(),
        verwijzer: None,
        vrijgegeven: None,
        besteed: happyflow::state::Besteding::default(),
    }
}

/// A line as a test states it.
#[derive(Debug, Clone)]
pub struct Line {
    pub reference: String,
    pub previous: Option<String>,
    pub bsn: &'static str,
    pub nummer: u32,
    pub code: &'static str,
    pub begin: &'static str,
    pub eind: &'static str,
    pub volume: i64,
    pub eenheid: &'static str,
    pub tarief: Option<i64>,
    pub bedrag: i64,
    pub credit: bool,
}

impl Line {
    /// Ten hours in March 2025 for 800 euros.
    pub fn new(reference: &str) -> Self {
        Self {
            reference: reference.to_owned(),
            previous: None,
            bsn: BSN,
            nummer: NUMMER,
            code: "45A04",
            begin: "2025-03-01",
            eind: "2025-03-31",
            volume: 10,
            eenheid: "04",
            tarief: Some(8000),
            bedrag: 80_000,
            credit: false,
        }
    }

    /// So many hours at the rate agreed.
    pub fn hours(mut self, hours: i64) -> Self {
        self.volume = hours;
        self.bedrag = hours * 8000;
        self
    }

    /// So many minutes at the hour rate of 80 euros; 133 cents a minute (IV081).
    pub fn minutes(mut self, minutes: i64) -> Self {
        self.eenheid = "01";
        self.volume = minutes;
        self.tarief = Some(133);
        self.bedrag = (minutes * 8000 * 2 + 60) / 120;
        self
    }

    pub fn month(mut self, begin: &'static str, eind: &'static str) -> Self {
        (self.begin, self.eind) = (begin, eind);
        self
    }

    pub fn on(mut self, nummer: u32) -> Self {
        self.nummer = nummer;
        self
    }

    pub fn of(mut self, bsn: &'static str) -> Self {
        self.bsn = bsn;
        self
    }

    /// An amount in eurocents, for assignments in euros.
    pub fn euros(mut self, cents: i64) -> Self {
        self.code = "45A07";
        self.eenheid = "83";
        (self.tarief, self.volume, self.bedrag) = (None, cents, cents);
        self
    }

    /// The credit of this line.
    pub fn credit(&self, reference: &str) -> Self {
        Self {
            reference: reference.to_owned(),
            previous: Some(self.reference.clone()),
            credit: true,
            ..self.clone()
        }
    }

    fn prestatie(&self) -> Prestatie<'_> {
        let at = At::default();
        Prestatie {
            at,
            product_referentie: Referentie {
                at,
                referentie_nummer: &self.reference,
                vorig_referentie_nummer: self.previous.as_deref(),
            },
            toewijzing_nummer: ToewijzingNummer(self.nummer),
            product_categorie: product(self.code).categorie,
            product_code: ProductCode::parse(self.code).unwrap(),
            product_periode: GeslotenPeriode { at, begindatum: day(self.begin), einddatum: day(self.eind) },
            geleverd_volume: self.volume,
            eenheid: Eenheid::parse(self.eenheid).unwrap(),
            product_tarief: self.tarief.map(Cents),
            ingediend_bedrag: BedragMetDc {
                at,
                bedrag: Cents(self.bedrag),
                debet_credit: if self.credit { DebetCredit::Credit } else { DebetCredit::Debet },
            },
        }
    }
}

/// A claim and everything that it is judged against.
pub struct Scene {
    pub known: WorkingSet,
    pub register: Register,
    pub today: Datum,
    pub identificatie: String,
    pub dagtekening: Datum,
    pub declaratie_nummer: String,
    pub declaratie_dagtekening: Datum,
    pub periode: (Datum, Datum),
}

impl Scene {
    /// A claim of March 2025 by an aanbieder with one assignment.
    pub fn new() -> Self {
        let mut scene = Self {
            known: WorkingSet::default(),
            register: register(""),
            today: day("2025-04-10"),
            identificatie: "BERICHT1".to_owned(),
            dagtekening: day("2025-04-05"),
            declaratie_nummer: "DN1".to_owned(),
            declaratie_dagtekening: day("2025-04-05"),
            periode: (day("2025-03-01"), day("2025-03-31")),
        };
        scene.assign(toewijzing(NUMMER));
        scene
    }

    /// Adds or replaces an assignment; its client is known by it.
    pub fn assign(&mut self, toewijzing: Toewijzing) {
        self.known.clienten.insert((toewijzing.gemeente, toewijzing.bsn), ClientStand::default());
        self.apply(&[Change::ToewijzingOpgeslagen(Box::new(toewijzing))]);
    }

    /// Changes the assignment.
    pub fn change(&mut self, change: impl FnOnce(&mut Toewijzing)) {
        let key = (gemeente(GEMEENTE), ToewijzingNummer(NUMMER));
        change(self.known.toewijzingen.get_mut(&key).unwrap());
    }

    pub fn apply(&mut self, changes: &[Change]) {
        self.known.apply(changes, &Arc::from([].as_slice()));
    }

    /// The message, each client once in order of first line.
    pub fn message(&self, lines: &[Line]) -> Vec<u8> {
        let at = At::default();
        let mut clienten: Vec<Client<'_>> = Vec::new();
        for line in lines {
            let bsn = bsn(line.bsn);
            if clienten.iter().all(|client| client.bsn != bsn) {
                clienten.push(Client { at, bsn, prestaties: Vec::new() });
            }
            let client = clienten.iter_mut().find(|client| client.bsn == bsn).unwrap();
            client.prestaties.push(line.prestatie());
        }
        let total = lines.iter().map(|line| if line.credit { -line.bedrag } else { line.bedrag }).sum();
        let bericht = Jw323 {
            at,
            header: Header {
                at,
                soort: BerichtSoort::Jw323,
                release: Release::live(),
                afzender: Partij::Aanbieder(agb(AANBIEDER)),
                ontvanger: Partij::Gemeente(gemeente(GEMEENTE)),
                bericht_identificatie: BerichtIdentificatie {
                    at,
                    identificatie: &self.identificatie,
                    dagtekening: self.dagtekening,
                },
                xsd_versie: Some(XsdVersie { at, basisschema: "1.0.1", bericht: "1.0.2" }),
                retour: None,
                antwoord: None,
            },
            declaratie: Declaratie {
                at,
                declaratie_nummer: &self.declaratie_nummer,
                declaratie_periode: GeslotenPeriode {
                    at,
                    begindatum: self.periode.0,
                    einddatum: self.periode.1,
                },
                declaratie_dagtekening: self.declaratie_dagtekening,
                totaal_ingediend_bedrag: TotaalBedragMetDc::of(Cents(total)),
                clienten,
            },
        };
        Bericht::Declaratie(bericht).write()
    }

    pub fn decide(&self, lines: &[Line]) -> Decision {
        self.decide_bytes(&self.message(lines))
    }

    pub fn decide_bytes(&self, bytes: &[u8]) -> Decision {
        let document = valid(bytes);
        let bericht = Bericht::read(&document);
        let in_message = judge_in_message(&bericht);
        decide(&Input {
            bericht: &bericht,
            document: &document,
            in_message: &in_message,
            // One after what waits to be followed: rows are kept by journal number.
            journal: self.known.te_volgen.keys().next_back().map_or(7, |last| last + 1),
            known: &self.known,
            register: &self.register,
            requests: Requests::Automatic,
            moment: self.today.and_hms_opt(12, 0, 0).unwrap(),
            issued: 0,
        })
    }

    /// The facts that the engine asks for.
    pub fn keys(&self, lines: &[Line]) -> FactKeys {
        let bytes = self.message(lines);
        keys(&Bericht::read(&valid(&bytes)), &self.register)
    }

    /// Decides a claim, books it and makes ready for the next one.
    pub fn process(&mut self, lines: &[Line]) -> Decision {
        let decision = self.decide(lines);
        self.apply(&decision.changes);
        self.identificatie.push('N');
        self.declaratie_nummer.push('N');
        decision
    }

    /// What is told behind the commit of what claims did to limits.
    pub fn follow(&mut self) -> Vec<NewWorkItem> {
        let rows: Vec<TeVolgen> = self.known.te_volgen.values().cloned().collect();
        let decision = following::follow(&rows, &self.known, &self.register, self.today);
        self.apply(&decision.changes);
        decision.work
    }

    /// The codes that one line gets; none when it is granted.
    pub fn codes(&self, line: &Line) -> Vec<String> {
        codes_of(&self.decide(std::slice::from_ref(line)), &line.reference)
    }
}

/// A message that is valid at levels 1 and 2.
pub fn valid(bytes: &[u8]) -> Document<'_> {
    match read(bytes) {
        Reading::Valid(document) => document,
        Reading::Invalid(invalid) => panic!("{:?}\n{}", invalid.findings, String::from_utf8_lossy(bytes)),
    }
}

/// What the answer says, read back; it must be valid at levels 1 and 2.
pub fn answer<T>(decision: &Decision, look: impl FnOnce(&Jw325<'_>) -> T) -> T {
    let [outgoing] = decision.answers.as_slice() else { panic!("{decision:?}") };
    let document = valid(&outgoing.bytes);
    let bericht = Bericht::read(&document);
    let findings: Vec<&str> = judge_in_message(&bericht).iter().map(|finding| finding.rule.code).collect();
    assert!(findings.is_empty(), "{findings:?}\n{}", String::from_utf8_lossy(&outgoing.bytes));
    let Bericht::DeclaratieAntwoord(bericht) = &bericht else { panic!("no JW325") };
    look(bericht)
}

/// The codes of a line in the answer.
pub fn codes_of(decision: &Decision, reference: &str) -> Vec<String> {
    answer(decision, |bericht| {
        let antwoord = bericht.declaratie_antwoord.as_ref().expect("the claim was rejected at its header");
        let lines = antwoord.clienten.iter().flat_map(|client| &client.prestaties);
        let line = lines.into_iter().find(|line| line.product_referentie.referentie_nummer == reference);
        line.map_or_else(Vec::new, |line| line.retour_codes.iter().map(ToString::to_string).collect())
    })
}
