//! Kinds of things that a number may stand for.

use crate::codes::code_enum;

code_enum!(
    /// What something is.
    StatusSoort {
        /// A claim.
        Declaratie = "declaratie",
        /// A line of a claim.
        Prestatie = "prestatie",
        /// A request of an aanbieder.
        Verzoek = "verzoek",
        /// An assignment.
        Toewijzing = "toewijzing",
        /// A message that came in.
        Bericht = "bericht",
        /// A message that was sent.
        Verzonden = "verzonden",
        /// A work item.
        Werkitem = "werkitem",
        /// A payment run.
        Betaalrun = "betaalrun",
    }
);
