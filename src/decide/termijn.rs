//! Terms of the standard, and what a person must see when one passes (rulings 3.8, OP090, OP090x4).
//!
//! A [`Signaal`] is an input of its own: it names everything that follows from it, so that replay makes
//! the same work item without looking anything up.

use crate::calendar::add_working_days;
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ToewijzingNummer};
use crate::messages::Relatie;
use crate::state::{Bedragen, NewWorkItem, Voorstel, WorkReason};
use chrono::Days;
use serde::{Deserialize, Serialize};

/// Working days in which a retour is sent (OP090).
const RETOUR_WITHIN_WORKING_DAYS: u32 = 3;
/// Working days in which somebody decides on a JW301 that is held (rulings 8.7).
const HELD_WITHIN_WORKING_DAYS: u32 = 3;
/// Working days in which a request gets a JW301 or JW319 (OP274, OP346).
const ANSWER_WITHIN_WORKING_DAYS: u32 = 5;
/// Working days in which a declaratie is answered (OP090x4).
const CLAIM_WITHIN_WORKING_DAYS: u32 = 10;
/// Working days in which a declaratie or factuur of before 2021 is answered (rulings 3.8).
const OLD_CLAIM_WITHIN_WORKING_DAYS: u32 = 20;
/// Working days after receipt from which a declaratie is about to miss its term: one is left to get in touch.
const CLAIM_AT_RISK_WORKING_DAYS: u32 = 9;
/// Working days in which a start or stop is reported (OP271, OP272).
const REPORT_WITHIN_WORKING_DAYS: u32 = 5;
/// Working days in which somebody asks an aanbieder about children that are not its own.
const STRANGE_WITHIN_WORKING_DAYS: u32 = 5;
/// Calendar days after Dagtekening in which a request under examination is answered (rulings 3.8).
const EXAMINED_WITHIN_DAYS: u64 = 56;
/// Calendar days after receipt in which a request of another gemeente is refused (OP359).
const RESIDENCE_WITHIN_DAYS: u64 = 14;
/// Hour of the last day from which a term is about to pass: an answer must still leave that day.
const DUE_HOUR: u32 = 12;

/// The last day for the retour on what was sent or received on this day.
#[must_use]
pub fn retour(day: Datum) -> Datum {
    add_working_days(day, RETOUR_WITHIN_WORKING_DAYS)
}

/// The last day for the first answer to a request received on this day.
#[must_use]
pub fn antwoord(ontvangen: Datum) -> Datum {
    add_working_days(ontvangen, ANSWER_WITHIN_WORKING_DAYS)
}

/// The last day for the final answer to a request under examination: eight weeks from its Dagtekening, or
/// fourteen days from receipt when another gemeente seems responsible.
#[must_use]
pub fn na_onderzoek(dagtekening: Datum, ontvangen: Datum, woonplaats: bool) -> Datum {
    let last = if woonplaats {
        ontvangen.checked_add_days(Days::new(RESIDENCE_WITHIN_DAYS))
    } else {
        dagtekening.checked_add_days(Days::new(EXAMINED_WITHIN_DAYS))
    };
    last.unwrap_or(Datum::MAX)
}

/// The last day for the JW325 on a declaratie received on this day.
#[must_use]
pub fn declaratie(ontvangen: Datum) -> Datum {
    add_working_days(ontvangen, CLAIM_WITHIN_WORKING_DAYS)
}

/// The last day for the JW304 on a JW303 received on this day.
#[must_use]
pub fn factuur(ontvangen: Datum) -> Datum {
    add_working_days(ontvangen, OLD_CLAIM_WITHIN_WORKING_DAYS)
}

/// The first day on which a declaratie received on this day is about to miss its term.
#[must_use]
pub fn declaratie_in_gevaar(ontvangen: Datum) -> Datum {
    add_working_days(ontvangen, CLAIM_AT_RISK_WORKING_DAYS)
}

/// The last day for the report of a start or stop on this day.
#[must_use]
pub fn melding(day: Datum) -> Datum {
    add_working_days(day, REPORT_WITHIN_WORKING_DAYS)
}

/// The last day for a decision on a payment that waits, of a claim received on this day (rulings 8.8).
#[must_use]
pub fn betaling(ontvangen: Datum, dagen: u32) -> Datum {
    ontvangen.checked_add_days(Days::new(dagen.into())).unwrap_or(Datum::MAX)
}

/// The moment on the last day of a term from which it is about to pass.
#[must_use]
pub fn moment(last: Datum) -> Option<Moment> {
    last.and_hms_opt(DUE_HOUR, 0, 0)
}

/// Whether the term of something that must be done by a moment has passed: its last day belongs to it, whatever the hour.
/// Every list, report and figure of what is late asks this.
#[must_use]
pub fn is_late(due: Moment, now: Moment) -> bool {
    due.date() < now.date()
}

/// A term that passed, or is about to, and that nothing else makes work of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "signaal", rename_all = "lowercase", deny_unknown_fields)]
pub enum Signaal {
    /// No retour came on what we sent or forwarded.
    Retour {
        /// `JW301` or `JW319`.
        bericht: String,
        /// Gemeente of the message.
        gemeente: GemeenteCode,
        /// Aanbieder that owes the retour.
        aanbieder: AgbCode,
        /// Identificatie of the message.
        identificatie: String,
        /// The day on which it was sent.
        #[serde(with = "crate::codes::day")]
        verzonden: Datum,
    },
    /// The gemeente answers requests itself, and did not (rulings 3.7).
    Verzoek {
        /// The gemeente that owes the answer.
        gemeente: GemeenteCode,
        /// Aanbieder that asked.
        aanbieder: AgbCode,
        /// ReferentieAanbieder.
        referentie: String,
        /// The last day.
        #[serde(with = "crate::codes::day")]
        uiterlijk: Datum,
        /// Whether it was put under examination first.
        onderzoek: bool,
    },
    /// A declaratie that was set aside is about to miss its answer (OP090x4).
    Declaratie {
        /// Gemeente of the declaratie.
        gemeente: GemeenteCode,
        /// Aanbieder that must be called.
        aanbieder: AgbCode,
        /// Arrival number.
        aankomst: i64,
        /// The day on which it was received.
        #[serde(with = "crate::codes::day")]
        ontvangen: Datum,
    },
    /// An aanbieder named many children on one day that are not its own: the codes that it gets tell whether the
    /// gemeente knows a child.
    Vreemd {
        /// The gemeente about whose children it asked most.
        gemeente: GemeenteCode,
        aanbieder: AgbCode,
        /// The day on which its messages were decided.
        #[serde(with = "crate::codes::day")]
        dag: Datum,
        /// How many children, of all gemeenten together.
        kinderen: usize,
        /// From how many on it is told (`vreemde_kinderen_per_dag`).
        grens: u32,
    },
}

impl Signaal {
    /// Arrival number of the message that it is about.
    #[must_use]
    pub const fn aankomst(&self) -> Option<i64> {
        match self {
            Self::Declaratie { aankomst, .. } => Some(*aankomst),
            Self::Retour { .. } | Self::Verzoek { .. } | Self::Vreemd { .. } => None,
        }
    }

    /// What a person must see.
    #[must_use]
    pub fn werk(&self) -> NewWorkItem {
        match self {
            Self::Retour { bericht, gemeente, aanbieder, identificatie, verzonden } => NewWorkItem {
                reason: WorkReason::RetourOntbreekt,
                relatie: Relatie { gemeente: *gemeente, aanbieder: *aanbieder },
                toewijzing: None,
                due: moment(retour(*verzonden)),
                story: format!(
                    "Op {bericht} {identificatie} van {verzonden} kwam geen retour; dat moest uiterlijk {} \
                     (drie werkdagen, OP090). Vraag de aanbieder of het bericht is aangekomen.",
                    retour(*verzonden)
                ),
                voorstel: Voorstel::Herinneren { kenmerk: retour_kenmerk(bericht, identificatie).into() },
                bedragen: Bedragen::default(),
                verzamel: None,
            },
            Self::Verzoek { gemeente, aanbieder, referentie, uiterlijk, onderzoek } => {
                let since = if *onderzoek { "is in onderzoek genomen en" } else { "" };
                NewWorkItem {
                    reason: WorkReason::TermijnVerstreken,
                    relatie: Relatie { gemeente: *gemeente, aanbieder: *aanbieder },
                    toewijzing: None,
                    due: moment(*uiterlijk),
                    story: format!(
                        "Verzoek {referentie} {since} heeft nog geen antwoord van de gemeente; dat moest \
                         uiterlijk {uiterlijk}. Herinner de gemeente eraan."
                    )
                    .replace("  ", " "),
                    voorstel: Voorstel::Herinneren { kenmerk: referentie.as_str().into() },
                    bedragen: Bedragen::default(),
                    verzamel: None,
                }
            }
            Self::Declaratie { gemeente, aanbieder, aankomst, ontvangen } => NewWorkItem {
                reason: WorkReason::DeclaratieTeLaat,
                relatie: Relatie { gemeente: *gemeente, aanbieder: *aanbieder },
                toewijzing: None,
                due: moment(declaratie(*ontvangen)),
                story: format!(
                    "De declaratie met aankomstnummer {aankomst} van {ontvangen} is geparkeerd en moet \
                     uiterlijk {} een JW325 krijgen. Neem buiten het berichtenverkeer contact op met de \
                     aanbieder (OP090x4).",
                    declaratie(*ontvangen)
                ),
                voorstel: Voorstel::Kennisnemen,
                bedragen: Bedragen::default(),
                verzamel: None,
            },
            Self::Vreemd { gemeente, aanbieder, dag, kinderen, grens } => NewWorkItem {
                reason: WorkReason::VreemdeKinderen,
                relatie: Relatie { gemeente: *gemeente, aanbieder: *aanbieder },
                toewijzing: None,
                due: moment(add_working_days(*dag, STRANGE_WITHIN_WORKING_DAYS)),
                story: format!(
                    "Aanbieder {aanbieder} noemde op {dag} {kinderen} kinderen die geen toewijzing bij haar hebben \
                     (gemeld vanaf {grens}), de meeste bij gemeente {gemeente}. Uit de retourcodes kan zij opmaken of \
                     de gemeente een kind kent. Vraag haar hoe dit komt."
                ),
                voorstel: Voorstel::Herinneren { kenmerk: vreemd_kenmerk(*dag).into() },
                bedragen: Bedragen::default(),
                verzamel: None,
            },
        }
    }
}

/// What a work item about strange children is known by.
#[must_use]
pub fn vreemd_kenmerk(dag: Datum) -> String {
    format!("vreemde kinderen {dag}")
}

/// What a work item about a held JW301 is known by.
#[must_use]
pub fn vasthouding_kenmerk(nummer: ToewijzingNummer) -> String {
    format!("vastgehouden {nummer}")
}

/// The last day for a decision on a JW301 that is held since a day (rulings 8.7).
#[must_use]
pub fn vasthouding(day: Datum) -> Datum {
    add_working_days(day, HELD_WITHIN_WORKING_DAYS)
}

/// What a work item about a missing retour is known by.
#[must_use]
pub fn retour_kenmerk(bericht: &str, identificatie: &str) -> String {
    format!("{bericht} {identificatie}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Datum {
        text.parse().unwrap()
    }

    #[test]
    fn terms_are_those_of_the_standard() {
        // Friday before Whitsun 2025: Whit Monday does not count.
        let friday = date("2025-06-06");
        assert_eq!(retour(friday), date("2025-06-12"));
        assert_eq!(antwoord(friday), date("2025-06-16"));
        assert_eq!(declaratie_in_gevaar(friday), date("2025-06-20"));
        assert_eq!(declaratie(friday), date("2025-06-23"));
        assert_eq!(melding(friday), date("2025-06-16"));
        // Calendar time: eight weeks from Dagtekening, or fourteen days from receipt.
        let (asked, received) = (date("2025-01-06"), date("2025-01-07"));
        assert_eq!(na_onderzoek(asked, received, false), date("2025-03-03"));
        assert_eq!(na_onderzoek(asked, received, true), date("2025-01-21"));
    }

    #[test]
    fn a_signal_reads_back_as_it_was_written() {
        let (gemeente, aanbieder) =
            (GemeenteCode::parse("0193").unwrap(), AgbCode::parse("12345678").unwrap());
        let day = date("2025-01-06");
        for signaal in [
            Signaal::Retour {
                bericht: "JW301".into(),
                gemeente,
                aanbieder,
                identificatie: "1".into(),
                verzonden: day,
            },
            Signaal::Verzoek { gemeente, aanbieder, referentie: "R".into(), uiterlijk: day, onderzoek: true },
            Signaal::Declaratie { gemeente, aanbieder, aankomst: 7, ontvangen: day },
            Signaal::Vreemd { gemeente, aanbieder, dag: day, kinderen: 30, grens: 25 },
        ] {
            let text = serde_json::to_string(&signaal).unwrap();
            assert_eq!(serde_json::from_str::<Signaal>(&text).unwrap(), signaal, "{text}");
            assert!(!signaal.werk().story.contains("  "), "{}", signaal.werk().story);
        }
    }
}
