//! Forms of funding.

use super::code_enum;

code_enum!(
    /// How a contract pays; names the models that the region has used.
    Financiering {
        /// Price times quantity, no ceiling.
        Pxq = "pxq",
        /// Price times quantity under a ceiling.
        PxqPlafond = "pxq_plafond",
        /// Lump sum for a task: no JW301 and no JW323.
        Taak = "taak",
        /// A fixed price per profile and intensity.
        ProfielVast = "profiel_vast",
        /// A rate per month (certified institutions).
        Maandtarief = "maandtarief",
        /// Days and nights by intensity.
        Verblijf = "verblijf",
        /// Per result.
        Output = "output",
    }
);
