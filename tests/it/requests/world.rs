//! One gemeente, one aanbieder and one client; every message goes through the same door as in production.

use happyflow::clock::Clock;
use happyflow::codes::{AgbCode, Bsn, Datum, GemeenteCode, ToewijzingNummer};
use happyflow::contracts::{Register, import_sources};
use happyflow::decide::answer::retour::{self, RetourVerdict as Said};
use happyflow::decide::following;
use happyflow::decide::{Decision, Input, Outgoing, Requests, Verdict, decide, keys};
use happyflow::messages::{Bericht, BerichtSoort, Partij};
use happyflow::rules::{Finding, find, judge_in_message};
use happyflow::schema::{At, Document, Reading, read};
use happyflow::state::{
    ClientStand, FactKeys, NewWorkItem, Reeks, TeVolgen, Toewijzing, VerzoekStatus, WorkReason, WorkingSet,
};
use std::sync::Arc;

pub const GEMEENTE: &str = "0193";
pub const AANBIEDER: &str = "12345678";
pub const ANDERE_AANBIEDER: &str = "87654321";
pub const BSN: &str = "999900006";

const TERMEN: &str = r#"nummer = "C-1"
naam = "Voorbeeld"
aanbieder = "12345678"
gemeenten = ["0193"]
financiering = "pxq"
geldig_van = 2024-01-01
geldig_tot = 2027-12-31
EXTRA"#;

/// 45A04 by the hour; 45A05 up to eighteen years; 45A06 of segment C; 45A07 until mid 2025.
const TARIEVEN: &str =
    "productcategorie;productcode;eenheid;tarief;segment;leeftijd_max;geldig_van;geldig_tot
45;45A04;04;80,00;;;2024-01-01;2027-12-31
45;45A05;04;80,00;;18;2024-01-01;2027-12-31
45;45A06;04;300,00;C;;2024-01-01;2027-12-31
45;45A07;04;80,00;;;2024-01-01;2025-06-30
48;48A01;82;1200,00;;;2024-01-01;2027-12-31
55;55A11;04;80,00;;;2024-01-01;2027-12-31
";

/// A client that a JW301 can be made about.
pub const CLIENT: &str = "gemeente;bsn;geboortedatum;geslachtsnaam;naamgebruik;adressoort;postcode;huisnummer;straatnaam;plaatsnaam;gezagsdrager_bekend;wijkteam_contact;andere_gemeente
0193;999900006;2010-02-14;Voorbeeld;1;01;8011AA;1;Voorbeeldstraat;Zwolle;ja;2024-12-01;
";

/// Facts, register and moment, as one process has them.
pub struct World {
    pub known: WorkingSet,
    pub register: Register,
    pub requests: Requests,
    pub today: Datum,
    pub issued: u32,
    pub journal: i64,
}

impl World {
    /// Nothing received yet; a contract, and the client in the register.
    pub fn new() -> Self {
        Self::with("", &[("clienten.csv", CLIENT)])
    }

    /// With extra terms in the contract, and these files in the register.
    pub fn with(terms: &str, files: &[(&str, &str)]) -> Self {
        let terms = TERMEN.replace("EXTRA", terms);
        let mut all = vec![("contract.toml", terms.as_str()), ("tarieven.csv", TARIEVEN)];
        all.extend_from_slice(files);
        Self::of(register(&all))
    }

    /// With a register of one's own.
    pub fn of(register: Register) -> Self {
        Self {
            known: WorkingSet::default(),
            register,
            requests: Requests::Automatic,
            today: day("2025-03-03"),
            issued: 0,
            journal: 0,
        }
    }

    /// Judges and decides a message and applies what it changes.
    ///
    /// It is decided three times: twice on all facts, to see the same decision, and once on only those
    /// that its keys ask for, because that is what the store gives.
    pub fn give(&mut self, xml: &str) -> Decision {
        let bytes: Arc<[u8]> = xml.as_bytes().into();
        let document = document(&bytes);
        let bericht = Bericht::read(&document);
        let in_message = judge_in_message(&bericht);
        self.journal += 1;
        let loaded = load(&self.known, &keys(&bericht, &self.register));
        let on = |known: &WorkingSet| {
            decide(&Input {
                bericht: &bericht,
                document: &document,
                in_message: &in_message,
                journal: self.journal,
                known,
                register: &self.register,
                requests: self.requests,
                moment: Clock::Fixed(self.today).now(),
                issued: self.issued,
            })
        };
        let decision = on(&self.known);
        assert_eq!(format!("{decision:?}"), format!("{:?}", on(&self.known)), "the same again");
        assert_eq!(format!("{decision:?}"), format!("{:?}", on(&loaded)), "on the facts that were asked for");
        for answer in &decision.answers {
            document_of(answer);
        }
        self.known.apply(&decision.changes, &bytes);
        self.issued += decision.issued;
        decision
    }

    /// What is told behind the commit of what messages did to limits.
    pub fn follow(&mut self) -> Vec<NewWorkItem> {
        let rows: Vec<TeVolgen> = self.known.te_volgen.values().cloned().collect();
        let decision = following::follow(&rows, &self.known, &self.register, self.today);
        self.known.apply(&decision.changes, &Arc::from([]));
        decision.work
    }

    /// Gives a message that has nothing to tell itself; why a person is told behind the commit.
    pub fn told(&mut self, xml: &str) -> Vec<WorkReason> {
        let decision = self.accept(xml);
        assert!(decision.work.is_empty() && !decision.held, "{:?}", decision.work);
        self.follow().iter().map(|item| item.reason).collect()
    }

    /// Decides a message on everything that is known, and changes nothing.
    pub fn decide_on_all(&self, xml: &str) -> Decision {
        let bytes: Arc<[u8]> = xml.as_bytes().into();
        let document = document(&bytes);
        let bericht = Bericht::read(&document);
        decide(&Input {
            bericht: &bericht,
            document: &document,
            in_message: &judge_in_message(&bericht),
            journal: self.journal + 1,
            known: &self.known,
            register: &self.register,
            requests: self.requests,
            moment: Clock::Fixed(self.today).now(),
            issued: self.issued,
        })
    }

    /// As [`World::give`], for a message that must be accepted without findings.
    pub fn accept(&mut self, xml: &str) -> Decision {
        let decision = self.give(xml);
        assert_eq!(codes(&decision), [""; 0]);
        assert_eq!(decision.verdict, Verdict::Accepted);
        decision
    }

    /// The codes of the rules that a message violates.
    pub fn faults(&mut self, xml: &str) -> Vec<&'static str> {
        let decision = self.give(xml);
        assert_eq!(decision.verdict, Verdict::Rejected);
        codes(&decision)
    }

    pub fn toewijzing(&self, nummer: u32) -> &Toewijzing {
        &self.known.toewijzingen[&(gemeente(GEMEENTE), ToewijzingNummer(nummer))]
    }

    pub fn status(&self, referentie: &str) -> VerzoekStatus {
        self.known.verzoeken[&(agb(AANBIEDER), referentie.into())].status
    }

    /// The moment as a fixed clock gives it.
    pub fn moment(&self) -> happyflow::clock::Moment {
        Clock::Fixed(self.today).now()
    }
}

/// Only what the keys ask for.
pub fn load(known: &WorkingSet, keys: &FactKeys) -> WorkingSet {
    let mut loaded = WorkingSet::default();
    loaded
        .identificaties
        .extend(known.identificaties.intersection(&keys.identificaties.iter().cloned().collect()).cloned());
    for key in &keys.clienten {
        let stand = known.clienten.get(key).map(|stand| ClientStand { jw301: stand.jw301.clone() });
        loaded.clienten.extend(stand.map(|stand| (*key, stand)));
        if let Some(numbers) = known.toewijzingen_van.get(key) {
            loaded.toewijzingen_van.insert(*key, numbers.clone());
            for nummer in numbers {
                let key = (key.0, *nummer);
                loaded.toewijzingen.insert(key, known.toewijzingen[&key].clone());
            }
        }
    }
    let sent = keys.verzonden.iter().filter_map(|key| known.verzonden.get(key));
    let about = FactKeys::of_verzonden(sent);
    for key in keys.toewijzingen.iter().chain(&about.toewijzingen) {
        loaded.toewijzingen.extend(known.toewijzingen.get(key).map(|found| (*key, found.clone())));
    }
    for key in keys.verzoeken.iter().chain(&about.verzoeken) {
        loaded.verzoeken.extend(known.verzoeken.get(key).map(|found| (key.clone(), found.clone())));
    }
    for key in &keys.open_verzoeken {
        loaded.open_verzoeken.extend(known.open_verzoeken.get(key).map(|found| (*key, found.clone())));
    }
    for key in &keys.leveringen {
        loaded.leveringen.extend(known.leveringen.get(key).map(|found| (*key, found.clone())));
    }
    for (gemeente, nummer, day) in &keys.debets_na {
        let debets = known
            .open_debets
            .iter()
            .filter(|debet| (debet.gemeente, debet.toewijzing) == (*gemeente, *nummer) && debet.eind > *day);
        loaded.open_debets.extend(debets.copied());
    }
    for line in known.prestaties.values().filter(|line| line.is_open_debet()) {
        if keys.debets_op.contains(&(line.relatie.gemeente, line.toewijzing, line.begin)) {
            loaded.prestaties.insert(line.clone());
        }
    }
    for key in &keys.budgetten {
        loaded.budget_standen.extend(known.budget_standen.get(key).map(|found| (key.clone(), *found)));
        loaded.toegezegd.extend(known.toegezegd.get(key).map(|found| (key.clone(), *found)));
    }
    load_of_limits(known, keys, &mut loaded);
    for key in &keys.verzonden {
        loaded.verzonden.extend(known.verzonden.get(key).map(|found| (key.clone(), found.clone())));
    }
    let numbers = known.nummers.iter().filter(|((gemeente, _), _)| keys.nummers.contains_key(gemeente));
    loaded.nummers.extend(numbers.map(|(key, next)| (*key, *next)));
    for (gemeente, van) in &keys.bezette_nummers {
        let next = known.nummers.get(&(*gemeente, Reeks::ToewijzingNummer)).copied().unwrap_or(0);
        let taken = known.toewijzingen.keys().filter(|(of, number)| of == gemeente && number >= van);
        loaded.bezette_nummers.extend(taken.filter(|(_, number)| i64::from(number.0) >= next));
    }
    loaded
}

/// What limits need: everything of a child, and what assignments promise.
fn load_of_limits(known: &WorkingSet, keys: &FactKeys, loaded: &mut WorkingSet) {
    for bsn in &keys.kinderen {
        let of_child = known.toewijzingen.values().filter(|toewijzing| toewijzing.bsn == *bsn);
        of_child.for_each(|toewijzing| loaded.know(toewijzing.clone()));
    }
    if keys.toezeggingen {
        let numbers = loaded.toewijzingen.keys();
        let rows = numbers.filter_map(|key| known.toezeggingen.get(key).map(|rows| (*key, rows.clone())));
        loaded.toezeggingen = rows.collect();
        if !keys.verzonden.is_empty() {
            for client in loaded.reports_of_assignments().leveringen {
                loaded.leveringen.extend(known.leveringen.get(&client).map(|found| (client, found.clone())));
            }
        }
    }
}

pub fn register(files: &[(&str, &str)]) -> Register {
    let sources: Vec<_> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    import_sources(&sources).unwrap_or_else(|errors| panic!("{errors}")).register
}

pub fn day(text: &str) -> Datum {
    text.parse().unwrap()
}

pub fn gemeente(text: &str) -> GemeenteCode {
    GemeenteCode::parse(text).unwrap()
}

pub fn agb(text: &str) -> AgbCode {
    AgbCode::parse(text).unwrap()
}

pub fn bsn() -> Bsn {
    Bsn::parse(BSN).unwrap()
}

pub fn to_aanbieder() -> Partij {
    Partij::Aanbieder(agb(AANBIEDER))
}

pub fn to_gemeente() -> Partij {
    Partij::Gemeente(gemeente(GEMEENTE))
}

/// The codes of the rules that were violated, in order.
pub fn codes(decision: &Decision) -> Vec<&'static str> {
    decision.findings.iter().map(|finding| finding.rule.code).collect()
}

/// Kind and receiver of what leaves, in order.
pub fn sent(decision: &Decision) -> Vec<(&'static str, String)> {
    decision.answers.iter().map(|answer| (answer.soort.name(), answer.receiver.to_string())).collect()
}

/// Reasons of the work items, in order.
pub fn reasons(decision: &Decision) -> Vec<WorkReason> {
    decision.work.iter().map(|item| item.reason).collect()
}

pub fn document(bytes: &[u8]) -> Document<'_> {
    match read(bytes) {
        Reading::Valid(document) => document,
        Reading::Invalid(invalid) => panic!("{:?}", invalid.findings),
    }
}

/// An answer read back: it must be valid at levels 1 and 2.
pub fn document_of(answer: &Outgoing) -> Document<'_> {
    let document = document(&answer.bytes);
    assert_eq!(document.schema.soort, answer.soort);
    let findings = judge_in_message(&Bericht::read(&document));
    assert!(findings.is_empty(), "{} is not valid: {findings:?}", answer.soort.name());
    document
}

/// Every retourcode in an answer with the path of the class that bears it.
pub fn retourcodes(answer: &Outgoing) -> Vec<(String, String)> {
    let document = document_of(answer);
    (0..u32::try_from(document.nodes.len()).unwrap())
        .map(|index| document.element(At(index)))
        .filter(|element| element.name() == "RetourCode")
        .map(|element| {
            let path = document.path(element.at());
            let class = path.split("/RetourCodes").next().unwrap().trim_start_matches("/Bericht/");
            (class.to_owned(), element.text().to_owned())
        })
        .collect()
}

/// The values of an answer by local name, in order.
pub fn values(answer: &Outgoing, name: &str) -> Vec<String> {
    let document = document_of(answer);
    (0..u32::try_from(document.nodes.len()).unwrap())
        .map(|index| document.element(At(index)))
        .filter(|element| element.name() == name)
        .map(|element| element.text().to_owned())
        .collect()
}

/// The retour that the receiver of a message gives: clean, or header only with a code.
pub fn retour_on(heen: &[u8], code: Option<&str>) -> String {
    let document = document(heen);
    let findings: Vec<Finding> = code
        .map(|code| Finding { rule: find(code).unwrap(), at: At(1), element: "", values: Vec::new() })
        .into_iter()
        .collect();
    let said = if findings.is_empty() { Said::Clean } else { Said::Header(&findings) };
    String::from_utf8(retour::write(&document, said, "R-1", day("2025-03-04"))).unwrap()
}

/// Answers of one kind.
pub fn answers(decision: &Decision, soort: BerichtSoort) -> Vec<&Outgoing> {
    decision.answers.iter().filter(|answer| answer.soort == soort).collect()
}
