//! JW307 Stop and its retour JW308.

use super::class::class;
use super::shared::{Geboortedatum, Header, Product, VerkorteNaam};
use crate::codes::{Datum, Retourcode, StatusAanlevering, ToewijzingNummer};

class! {
    /// An aanbieder reports that care has stopped, for a time or for good.
    pub struct Jw307<'d> : "Root" in Bericht {
        header: one Header<'d> = "Header",
        /// The client; absent in a JW308 that returns the header only.
        client: opt Client<'d> = "Client",
    }
}

class! {
    pub struct Client<'d> : "Client" in Bericht {
        bsn: one crate::codes::Bsn = "Bsn",
        /// Date of birth.
        geboortedatum: one Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: one &'d str = "Geslacht",
        /// Name.
        naam: one VerkorteNaam<'d> = "Naam",
        /// Products that stopped.
        stop_producten: list StopProduct<'d> = "StopProducten" / "StopProduct",
        /// JW308: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
        /// Releases before 3.0: of the client as a whole.
        status_aanlevering: opt StatusAanlevering = "StatusAanlevering",
    }
}

class! {
    pub struct StopProduct<'d> : "StopProduct" in Bericht {
        /// Assignment; absent when taakgericht (IV096).
        toewijzing_nummer: opt ToewijzingNummer = "ToewijzingNummer",
        /// Product as assigned.
        product: opt Product = "Product",
        /// First day of the assignment.
        toewijzing_ingangsdatum: opt Datum = "ToewijzingIngangsdatum",
        /// First day of care.
        begindatum: one Datum = "Begindatum",
        /// Why (JZ588); 20 is for a time.
        reden_beeindiging: one &'d str = "RedenBeeindiging",
        /// Last day of care.
        einddatum: one Datum = "Einddatum",
        /// First delivery or removal.
        status_aanlevering: one StatusAanlevering = "StatusAanlevering",
        /// JW308: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
        /// Releases before 3.0: decision of the gemeente.
        beschikking_nummer: opt i64 = "BeschikkingNummer",
    }
}
