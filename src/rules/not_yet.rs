//! Rules of the standard that are not built in yet, each with its reason.
//!
//! A test fails when a rule of the standard is neither in the registry nor here, and when one is in
//! both: who builds a rule in strikes its row.

/// A rule that is not built in yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotYet {
    /// Its code.
    pub code: &'static str,
    /// Why, in Dutch, for operators.
    pub reason: &'static str,
}

const NOG: &str = "wordt nu gebouwd";
const REGIE: &str = "komt met de regieberichten JW305 en JW307";
const VOW: &str = "komt met het verzoek om wijziging JW317";
const INKOMEND: &str = "geldt voor een ontvangen JW325; happyflow ontvangt er geen, het stuurt ze";

/// Every rule that is not built in yet, by code.
pub static NOT_YET: &[NotYet] = &[
    NotYet { code: "TR019", reason: REGIE },
    NotYet { code: "TR056", reason: NOG },
    NotYet { code: "TR063", reason: REGIE },
    NotYet { code: "TR071", reason: REGIE },
    NotYet { code: "TR074", reason: REGIE },
    NotYet { code: "TR135", reason: NOG },
    NotYet { code: "TR304", reason: NOG },
    NotYet { code: "TR307", reason: NOG },
    NotYet { code: "TR308", reason: NOG },
    NotYet { code: "TR314", reason: NOG },
    NotYet { code: "TR318", reason: NOG },
    NotYet { code: "TR319", reason: NOG },
    NotYet { code: "TR321", reason: NOG },
    NotYet { code: "TR322", reason: NOG },
    NotYet { code: "TR323", reason: NOG },
    NotYet { code: "TR326", reason: REGIE },
    NotYet { code: "TR332", reason: NOG },
    NotYet { code: "TR333", reason: NOG },
    NotYet { code: "TR337", reason: INKOMEND },
    NotYet { code: "TR338", reason: NOG },
    NotYet { code: "TR339", reason: NOG },
    NotYet { code: "TR340", reason: NOG },
    NotYet { code: "TR341", reason: NOG },
    NotYet { code: "TR346", reason: NOG },
    NotYet { code: "TR347", reason: NOG },
    NotYet { code: "TR349", reason: VOW },
    NotYet { code: "TR350", reason: VOW },
    NotYet { code: "TR351", reason: VOW },
    NotYet { code: "TR355", reason: NOG },
    NotYet { code: "TR357", reason: VOW },
    NotYet { code: "TR359", reason: NOG },
    NotYet { code: "TR360", reason: NOG },
    NotYet { code: "TR361", reason: VOW },
    NotYet { code: "TR365", reason: NOG },
    NotYet { code: "TR366", reason: INKOMEND },
    NotYet { code: "TR367", reason: INKOMEND },
    NotYet { code: "TR369", reason: NOG },
    NotYet { code: "TR371", reason: INKOMEND },
    NotYet { code: "TR373", reason: VOW },
    NotYet { code: "TR374", reason: NOG },
    NotYet { code: "TR375", reason: VOW },
    NotYet { code: "TR376", reason: INKOMEND },
    NotYet { code: "TR378", reason: NOG },
    NotYet { code: "TR379", reason: NOG },
    NotYet { code: "TR381", reason: NOG },
    NotYet { code: "TR382", reason: REGIE },
    NotYet { code: "TR384", reason: NOG },
    NotYet { code: "TR385", reason: NOG },
    NotYet { code: "TR387", reason: NOG },
    NotYet { code: "TR388", reason: NOG },
    NotYet { code: "TR389", reason: NOG },
    NotYet { code: "TR390", reason: NOG },
    NotYet { code: "TR411", reason: VOW },
    NotYet { code: "TR412", reason: VOW },
    NotYet { code: "TR413", reason: REGIE },
    NotYet { code: "TR414", reason: REGIE },
    NotYet { code: "TR415", reason: REGIE },
    NotYet { code: "TR418", reason: NOG },
];
