//! What senders say, as plain values. The model reads these; the engine reads the messages that
//! [`super::write`] makes of them.

use chrono::NaiveDate;

pub type Dag = NaiveDate;

/// Category and, unless aspecific, code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub categorie: &'static str,
    pub code: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Omvang {
    pub volume: i64,
    pub eenheid: &'static str,
    pub frequentie: &'static str,
}

/// One assignment in a JW301.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toewijzing {
    pub nummer: u32,
    pub referentie: Option<String>,
    /// `None`: generic.
    pub product: Option<Product>,
    /// Toewijzingsdatum and -tijd, `10:20:30`.
    pub vastgesteld: (Dag, String),
    pub ingang: Dag,
    pub einde: Option<Dag>,
    pub reden: Option<&'static str>,
    pub omvang: Option<Omvang>,
    pub budget: Option<i64>,
}

/// One line of a JW323.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prestatie {
    pub bsn: &'static str,
    pub referentie: String,
    pub vorig: Option<String>,
    pub nummer: u32,
    pub code: &'static str,
    pub begin: Dag,
    pub eind: Dag,
    pub volume: i64,
    pub eenheid: &'static str,
    pub tarief: Option<i64>,
    pub bedrag: i64,
    pub credit: bool,
}

impl Prestatie {
    pub fn signed(&self) -> i64 {
        if self.credit { -self.bedrag } else { self.bedrag }
    }

    /// The first two characters of a code are its category, in these contracts.
    pub fn categorie(&self) -> &'static str {
        &self.code[..2]
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaratie {
    pub nummer: String,
    /// First day of the month claimed.
    pub periode: Dag,
    pub dagtekening: Dag,
    /// What the message says is the total, more than it is.
    pub te_veel: i64,
    pub prestaties: Vec<Prestatie>,
}

/// One start or stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Melding {
    pub nummer: Option<u32>,
    pub product: Option<Product>,
    pub begin: Dag,
    /// A stop: last day and reason.
    pub einde: Option<(Dag, &'static str)>,
    /// StatusAanlevering 3.
    pub verwijderen: bool,
}

/// Who a child is, as a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Persoon {
    /// `2012-05-04`, with 01 for a part that is not known.
    pub geboren: &'static str,
    /// DatumGebruik.
    pub gebruik: Option<&'static str>,
    pub voorvoegsel: Option<&'static str>,
    pub achternaam: &'static str,
}

/// How most messages say it.
pub const GEWOON: Persoon =
    Persoon { geboren: "2012-05-04", gebruik: None, voorvoegsel: None, achternaam: "Proef" };

/// One product of a JW315.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aanvraag {
    pub referentie: String,
    pub code: &'static str,
    pub begin: Dag,
    pub einde: Dag,
    pub omvang: Omvang,
    /// WJ Type of the Verwijzer.
    pub verwijzer: &'static str,
}

/// A JW317 of which one assignment changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wijziging {
    pub bsn: &'static str,
    pub referentie: String,
    /// Numbers of the assignments that stay as they are.
    pub blijft: Vec<u32>,
    pub nummer: u32,
    pub gewenst: Dag,
    pub einde: Option<Dag>,
    pub omvang: Option<Omvang>,
    pub budget: Option<i64>,
}

/// A JW301 of ours, as its receiver reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    pub gemeente: &'static str,
    pub aanbieder: &'static str,
    pub bsn: &'static str,
    pub identificatie: String,
    pub producten: Vec<Toewijzing>,
}

/// Whether two periods share a day.
pub fn overlap(one: (Dag, Option<Dag>), other: (Dag, Option<Dag>)) -> bool {
    one.1.is_none_or(|einde| other.0 <= einde) && other.1.is_none_or(|einde| one.0 <= einde)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inhoud {
    Jw301 { bsn: &'static str, wie: Persoon, producten: Vec<Toewijzing> },
    Jw323(Declaratie),
    Jw305 { bsn: &'static str, starts: Vec<Melding> },
    Jw307 { bsn: &'static str, stops: Vec<Melding> },
    Jw315 { bsn: &'static str, wie: Persoon, producten: Vec<Aanvraag> },
    Jw317(Wijziging),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bericht {
    pub gemeente: &'static str,
    pub aanbieder: &'static str,
    pub identificatie: String,
    pub dagtekening: Dag,
    pub inhoud: Inhoud,
}

impl Bericht {
    /// Who sends it.
    pub fn afzender(&self) -> &'static str {
        match self.inhoud {
            Inhoud::Jw301 { .. } => self.gemeente,
            _ => self.aanbieder,
        }
    }

    pub fn ontvanger(&self) -> &'static str {
        match self.inhoud {
            Inhoud::Jw301 { .. } => self.aanbieder,
            _ => self.gemeente,
        }
    }

    pub fn soort(&self) -> &'static str {
        match self.inhoud {
            Inhoud::Jw301 { .. } => "JW301",
            Inhoud::Jw323(_) => "JW323",
            Inhoud::Jw305 { .. } => "JW305",
            Inhoud::Jw307 { .. } => "JW307",
            Inhoud::Jw315 { .. } => "JW315",
            Inhoud::Jw317(_) => "JW317",
        }
    }
}

/// A line of a contract.
#[expect(clippy::struct_excessive_bools, reason = "keys of the contract document")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regel {
    pub gemeente: &'static str,
    pub aanbieder: &'static str,
    pub code: &'static str,
    pub eenheid: &'static str,
    pub tarief: Option<i64>,
    /// The rate is per hour; eenheid is minutes.
    pub per_uur: bool,
    /// The rate of the first day of the assignment holds as long as that lasts.
    pub eerste_dag: bool,
    /// A broken month of output counts as the protocol of certified institutions says.
    pub gi: bool,
    /// Of the model of 2018.
    pub segment: Option<&'static str>,
    /// Help in a crisis.
    pub spoed: bool,
    /// The age at which its care ends.
    pub leeftijd_max: Option<u32>,
    /// A fixed price: what its contract does with a second trajectory, and with the payment of one.
    pub vast: Option<(&'static str, &'static str)>,
    pub van: Dag,
    pub tot: Option<Dag>,
}

/// A limit; what is absent is not looked at. With a client or without aanbieder it is a budget, else a ceiling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limiet {
    pub gemeente: Option<&'static str>,
    pub bsn: Option<&'static str>,
    pub aanbieder: Option<&'static str>,
    pub categorie: Option<&'static str>,
    pub segment: Option<&'static str>,
    /// First and last day; all of a year for a ceiling.
    pub dagen: (Dag, Dag),
    pub bedrag: i64,
    pub bij_toewijzing: &'static str,
    pub bij_betaling: &'static str,
    /// What fits again is released without a person.
    pub vanzelf: bool,
    /// Categories that count and are never held.
    pub uitgezonderd: Vec<&'static str>,
    /// A line on a specific assignment is always paid.
    pub specifiek_betalen: bool,
    /// Percentage in use from which its aanbieder is warned.
    pub waarschuw_bij: Option<i64>,
    /// The register has it: one that left keeps its place.
    pub actief: bool,
}

impl Limiet {
    /// What is never held, of a ceiling that holds anything; of another an import refuses to hear it.
    pub fn excepts(&self, categorie: &str) -> bool {
        [self.bij_toewijzing, self.bij_betaling].contains(&"hold") && self.uitgezonderd.contains(&categorie)
    }

    /// Whether specific lines are paid whatever else it holds.
    pub fn pays_specific(&self) -> bool {
        self.bij_betaling == "hold" && self.specifiek_betalen
    }

    pub fn is_ceiling(&self) -> bool {
        self.bsn.is_none() && self.aanbieder.is_some() && self.categorie.is_none() && self.segment.is_none()
    }
}

/// Everything agreed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contract {
    pub regels: Vec<Regel>,
    /// Their places are what they are known by.
    pub limieten: Vec<Limiet>,
    /// What cannot have happened is held.
    pub aannemelijk: bool,
    /// Months that ended longer ago than so many months promise nothing.
    pub uitloop_maanden: u32,
    /// The list of product codes, when there is one: code, and its last day.
    pub lijst: Option<Vec<(&'static str, Option<Dag>)>>,
}

/// One step of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stap {
    /// A message arrives on a day.
    Bericht(Dag, Bericht),
    /// The same bytes arrive again.
    Nogmaals(Dag, Bericht),
    /// Other contracts hold from now on.
    Contract(Contract),
}
