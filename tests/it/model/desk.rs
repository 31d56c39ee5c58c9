//! The engine's decisions on a history, without a store: every fact is in one working set.

use super::answer::Antwoord;
use super::auditor::Rij;
use super::limits::Stand;
use super::signals::Overrun;
use super::spec::{Bericht, Contract, Dag, Limiet};
use super::write::{contracts, message};
use happyflow::codes::{AgbCode, Bsn, GemeenteCode, ProductCategorie};
use happyflow::contracts::{BudgetSleutel, Periode, PlafondSleutel, Register, Segment, import_sources};
use happyflow::decide::following::is_stale;
use happyflow::decide::in_memory::{followed, imported};
use happyflow::decide::{Decision, Input, Requests, decide};
use happyflow::messages;
use happyflow::rules::judge_in_message;
use happyflow::schema::{Reading, read};
use happyflow::state::{Change, Gemelde, Groep, Verzameld, Voorstel, WorkReason, WorkingSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All that was decided.
pub struct Desk {
    pub known: WorkingSet,
    register: Register,
    journal: i64,
    version: i64,
    pub today: Dag,
    /// The last message waits for a person.
    pub held: bool,
    /// What the last message led to telling, beside what is told of limits.
    pub verteld: BTreeSet<&'static str>,
    /// Assignments of the last message that an operator was told of because granted care became unlawful.
    pub unlawful: Vec<u32>,
    /// Booked per gemeente and aanbieder: payable, held, refused.
    pub booked: BTreeMap<(String, String), [i64; 3]>,
    /// Rows of the ledger that the last message led to.
    pub overgeboekt: Vec<Rij>,
}

/// The register that a contract document makes.
pub fn register(contract: &Contract) -> Register {
    let json = contracts(contract).to_string();
    let import = import_sources(&[("contracts.json".to_owned(), json.into_bytes())]);
    import.unwrap_or_else(|errors| panic!("{errors:?}")).register
}

/// Why something is told that is gathered by reason.
fn reason(groep: &str) -> Option<WorkReason> {
    match Groep::parse(groep)? {
        Groep::Jaar { reden, .. } | Groep::Maand { reden, .. } => Some(reden),
        Groep::Grens { .. } | Groep::Tarief { .. } => None,
    }
}

/// What the sums of a limit are kept by.
pub fn limit_id<'r>(register: &'r Register, limiet: &Limiet) -> Option<&'r str> {
    let gemeente = limiet.gemeente.map(|code| GemeenteCode::parse(code).unwrap());
    let aanbieder = limiet.aanbieder.map(|code| AgbCode::parse(code).unwrap());
    let (van, tot) = limiet.dagen;
    if limiet.is_ceiling() {
        let about = PlafondSleutel { gemeente, aanbieder, jaar: chrono::Datelike::year(&van) };
        return register
            .plafonds()
            .iter()
            .find(|plafond| plafond.sleutel == about)
            .map(|plafond| &*plafond.id);
    }
    let about = BudgetSleutel {
        gemeente,
        bsn: limiet.bsn.map(|bsn| Bsn::parse(bsn).unwrap()),
        aanbieder,
        categorie: limiet.categorie.map(|code| ProductCategorie::parse(code).unwrap()),
        segment: limiet.segment.map(|code| Segment::parse(code).unwrap()),
        periode: Periode { van: Some(van), tot: Some(tot) },
    };
    register.budgetten().iter().find(|budget| budget.sleutel == about).map(|budget| &*budget.id)
}

impl Desk {
    pub fn new() -> Self {
        let register = register(&Contract::default());
        Self {
            known: WorkingSet::default(),
            register,
            journal: 0,
            version: 0,
            today: Dag::from_ymd_opt(2025, 1, 1).unwrap(),
            held: false,
            verteld: BTreeSet::new(),
            unlawful: Vec::new(),
            booked: BTreeMap::new(),
            overgeboekt: Vec::new(),
        }
    }

    pub fn import(&mut self, contract: &Contract) {
        let register = register(contract);
        if register.digest() == self.register.digest() {
            return;
        }
        self.version += 1;
        let changes = imported(&self.known, (&self.register, &register), (self.today, self.version));
        self.known.apply(&changes, &Arc::from([]));
        self.register = register;
        self.follow();
    }

    /// What follows behind the commit.
    fn follow(&mut self) {
        let stale = is_stale(self.known.gevolgd, &self.register, self.today, self.version);
        let until = (i64::MAX, stale.then_some(self.version));
        let decision = followed(&self.known, &self.register, self.today, until);
        self.known.apply(&decision.changes, &Arc::from([]));
        for change in &decision.changes {
            if let Change::Verzameld(more) = change
                && !more.regels.is_empty()
            {
                self.tell(reason(&more.groep));
            }
        }
        for item in decision.work {
            self.tell(Some(item.reason));
            let Some(verzamel) = item.verzamel else { continue };
            let work = i64::try_from(self.known.verzameld.len()).unwrap() + 1;
            let gathered = Verzameld::new(work, item.bedragen.over, &verzamel.regels);
            self.known.verzameld.insert(verzamel.groep, gathered);
        }
    }

    fn tell(&mut self, reason: Option<WorkReason>) {
        let told = [
            (WorkReason::VastePrijs, "vaste-prijs"),
            (WorkReason::NietAannemelijk, "niet-aannemelijk"),
            (WorkReason::Leeftijdsgrens, "leeftijdsgrens"),
        ];
        self.verteld
            .extend(told.into_iter().filter(|(known, _)| Some(*known) == reason).map(|(_, name)| name));
    }

    /// What was last told of a limit.
    pub fn gemeld(&self, limiet: &Limiet) -> Overrun {
        let id = limit_id(&self.register, limiet).expect("the register has it");
        let told = self.known.toegezegd.get(id).copied().unwrap_or_default();
        Gemelde::ALL.map(|wat| told.gemeld(wat).map(|over| over.0))
    }

    /// What is kept of a limit.
    pub fn stand(&self, limiet: &Limiet) -> Stand {
        let id = limit_id(&self.register, limiet).expect("the register has it");
        let promised = self.known.toegezegd.get(id).copied().unwrap_or_default();
        let granted = self.known.budget_standen.get(id).copied().unwrap_or_default();
        Stand { toegekend: granted.0, toegezegd: promised.bedrag.0, onbekend: promised.onbekend }
    }

    /// Decides a message and applies what follows from it.
    pub fn receive(&mut self, today: Dag, bericht: &Bericht) -> Antwoord {
        self.today = today;
        // A month that ended is followed before anything else.
        self.follow();
        let bytes: Arc<[u8]> = message(bericht).into_bytes().into();
        let decision = self.decide(today, &bytes);
        self.known.apply(&decision.changes, &bytes);
        self.verteld.clear();
        self.follow();
        for item in decision.work.iter().filter(|item| item.voorstel == Voorstel::Kennisnemen) {
            self.tell(Some(item.reason));
        }
        self.overgeboekt.clear();
        for change in &decision.changes {
            if let Change::Overgeboekt(row) = change {
                let (debit, credit) = (row.debet.to_string(), row.credit.to_string());
                self.overgeboekt.push((row.gebeurtenis.as_str(), debit, credit, row.bedrag.0));
            }
            if let Change::Geboekt(boeking) = change {
                let key = (boeking.gemeente.to_string(), boeking.aanbieder.to_string());
                self.booked.entry(key).or_default()[boeking.soort as usize] += boeking.bedrag.0;
            }
        }
        self.held = decision.held && decision.forwards.is_empty() && decision.amounts.is_none();
        let unlawful = decision.work.iter().filter(|item| item.reason == WorkReason::ZorgOnrechtmatig);
        self.unlawful = unlawful.filter_map(|item| item.toewijzing).map(|nummer| nummer.0).collect();
        let [answer] = decision.answers.as_slice() else { panic!("one answer: {decision:?}") };
        Antwoord::read(&answer.bytes)
    }

    fn decide(&mut self, today: Dag, bytes: &[u8]) -> Decision {
        self.journal += 1;
        let document = match read(bytes) {
            Reading::Valid(document) => document,
            Reading::Invalid(invalid) => {
                panic!("{:?}\n{}", invalid.findings, String::from_utf8_lossy(bytes))
            }
        };
        let bericht = messages::Bericht::read(&document);
        let in_message = judge_in_message(&bericht);
        decide(&Input {
            bericht: &bericht,
            document: &document,
            in_message: &in_message,
            journal: self.journal,
            known: &self.known,
            register: &self.register,
            requests: Requests::Automatic,
            moment: today.and_hms_opt(12, 0, 0).unwrap(),
            issued: 0,
        })
    }
}
