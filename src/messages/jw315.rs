//! JW315 Verzoek om toewijzing (VOT) and its retour JW316.

use super::class::{Persoonlijk, class};
use super::shared::{Geboortedatum, Header, Omvang, Product, VerkorteNaam, Verwijzer};
use crate::codes::{Datum, JaNee, Retourcode};
use crate::money::Cents;

class! {
    /// An aanbieder asks for assignments for one client.
    pub struct Jw315<'d> : "Root" in Bericht {
        header: one Header<'d> = "Header",
        /// The client; absent in a JW316 that returns the header only.
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
        /// Whether the aanbieder knows who has parental authority.
        gezagsdrager_bekend: opt JaNee = "GezagsdragerBekend",
        /// Free text.
        commentaar: opt Persoonlijk<'d> = "Commentaar",
        /// Products asked for.
        aangevraagde_producten: list AangevraagdProduct<'d> = "AangevraagdeProducten" / "AangevraagdProduct",
        /// JW316: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// One product asked for.
    pub struct AangevraagdProduct<'d> : "AangevraagdProduct" in Bericht {
        /// Reference, unique per aanbieder (TR347, TR383).
        referentie_aanbieder: one &'d str = "ReferentieAanbieder",
        /// Decision of the gemeente that the client came with (IV052).
        beschikking_nummer: opt i64 = "BeschikkingNummer",
        /// Product; absent when generic.
        product: opt Product = "Product",
        /// First day of that decision (CD043).
        beschikking_ingangsdatum: opt Datum = "BeschikkingIngangsdatum",
        /// First day asked for.
        toewijzing_ingangsdatum: one Datum = "ToewijzingIngangsdatum",
        /// Last day asked for, inclusive.
        toewijzing_einddatum: opt Datum = "ToewijzingEinddatum",
        /// How much.
        omvang: opt Omvang = "Omvang",
        /// Budget in eurocents.
        budget: opt Cents = "Budget",
        /// Who referred the client.
        verwijzer: one Verwijzer<'d> = "Verwijzer",
        /// Whether a national framework contract applies.
        raamcontract: opt JaNee = "Raamcontract",
        /// Free text.
        commentaar: opt Persoonlijk<'d> = "Commentaar",
        /// JW316: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}
