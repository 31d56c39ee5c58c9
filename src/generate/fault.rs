//! Faults that are put in on purpose.

use crate::codes::code_enum;

code_enum!(
    /// A fault that was put in. The text is its label in `manifest.jsonl`.
    Fout {
        /// Level 1: a number that is none.
        Structuur = "structuur",
        /// The same bytes a second time.
        Dubbel = "dubbel",
        /// Level 2: the Bsn fails the eleven test (CS002).
        BsnElfproef = "bsn-elfproef",
        /// Level 2: the last day lies before the first (CS003).
        EinddatumVoorIngang = "einddatum-voor-ingang",
        /// Level 2: the total is not the sum of the lines (TR358).
        Totaal = "totaal",
        /// Level 2: a line without rate (CD087).
        TariefOntbreekt = "tarief-ontbreekt",
        /// Level 3: a number that another client's assignment has (TR332).
        NummerVanAnder = "nummer-van-ander",
        /// Level 3: more than was assigned (TR321, TR322, TR369).
        VolumeTeHoog = "volume-te-hoog",
        /// Level 3: a rate that was not agreed (TR418).
        VerkeerdTarief = "verkeerd-tarief",
        /// Level 3: an assignment that does not exist (TR338, TR019, TR350).
        OnbekendeToewijzing = "onbekende-toewijzing",
        /// Level 3: a period that begins a day late (TR387).
        VerkeerdePeriode = "verkeerde-periode",
        /// Level 3: a reference that was used before (TR314).
        DubbeleReferentie = "dubbele-referentie",
        /// Level 3: another code than was assigned (TR340).
        VerkeerdeCode = "verkeerde-code",
        /// Level 3: a client of whom nothing was assigned (TR304).
        OnbekendeClient = "onbekende-client",
        /// Level 3: a stop of care that did not start on that day (TR382).
        StopZonderStart = "stop-zonder-start",
    }
);

impl Fout {
    /// The level at which `check` finds it; none for what only the back office can see.
    #[must_use]
    pub const fn level_of_check(self) -> Option<u8> {
        match self {
            Self::Structuur => Some(1),
            Self::BsnElfproef | Self::EinddatumVoorIngang | Self::Totaal | Self::TariefOntbreekt => Some(2),
            _ => None,
        }
    }

    /// Faults that a line of a claim can have.
    pub(super) const REGEL: &'static [Self] = &[
        Self::VolumeTeHoog,
        Self::VerkeerdTarief,
        Self::OnbekendeToewijzing,
        Self::VerkeerdePeriode,
        Self::DubbeleReferentie,
        Self::VerkeerdeCode,
        Self::OnbekendeClient,
    ];
}
