//! JW301 Toewijzing and its retour JW302.

use super::class::{Persoonlijk, class};
use super::shared::{Communicatie, Contact, Geboortedatum, Header, Omvang, Product, VolledigeNaam};
use crate::codes::{Datum, RedenWijziging, Retourcode, ToewijzingNummer};
use crate::money::Cents;

class! {
    /// A gemeente assigns care for one client to one aanbieder.
    pub struct Jw301<'d> : "Root" in Bericht {
        /// Header.
        header: one Header<'d> = "Header",
        /// The client; absent in a JW302 that returns the header only.
        client: opt Client<'d> = "Client",
    }
}

class! {
    /// The client with all current and changed assignments at this aanbieder (OP087).
    pub struct Client<'d> : "Client" in Bericht {
        /// BSN.
        bsn: one crate::codes::Bsn = "Bsn",
        /// Date of birth.
        geboortedatum: one Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: one &'d str = "Geslacht",
        /// Name.
        naam: one VolledigeNaam<'d> = "Naam",
        /// Interpreter.
        communicatie: opt Communicatie<'d> = "Communicatie",
        /// WJ232.
        juridische_status: opt &'d str = "JuridischeStatus",
        /// WJ003.
        wettelijke_vertegenwoordiging: opt &'d str = "WettelijkeVertegenwoordiging",
        /// Free text.
        commentaar: opt Persoonlijk<'d> = "Commentaar",
        /// Relations of the client.
        relaties: list Relatie<'d> = "Relaties" / "Relatie",
        /// Addresses.
        contactgegevens: list Contact<'d> = "Contactgegevens" / "Contact",
        /// Assignments.
        toegewezen_producten: list ToegewezenProduct<'d> = "ToegewezenProducten" / "ToegewezenProduct",
        /// JW302: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// A relation of the client, such as a parent or guardian.
    pub struct Relatie<'d> : "Relatie" in Bericht {
        /// Number given by the gemeente.
        nummer: one Persoonlijk<'d> = "Nummer",
        /// Order of contact.
        volgorde: opt i64 = "Volgorde",
        /// COD472.
        soort: one &'d str = "Soort",
        /// Date of birth.
        geboortedatum: opt Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: opt &'d str = "Geslacht",
        /// Name.
        naam: one VolledigeNaam<'d> = "Naam",
        /// Address.
        contact: one Contact<'d> = "Contact",
        /// JW302: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// One assignment.
    pub struct ToegewezenProduct<'d> : "ToegewezenProduct" in Bericht {
        /// Key, unique per gemeente (TR332).
        toewijzing_nummer: one ToewijzingNummer = "ToewijzingNummer",
        /// The request that this is the direct answer to (TR379, IV097).
        referentie_aanbieder: opt &'d str = "ReferentieAanbieder",
        /// Product; absent when generic.
        product: opt Product = "Product",
        /// Date on which the gemeente decided (IV013).
        toewijzingsdatum: one Datum = "Toewijzingsdatum",
        /// Time on which the gemeente decided.
        toewijzingstijd: one &'d str = "Toewijzingstijd",
        /// First day.
        ingangsdatum: one Datum = "Ingangsdatum",
        /// Last day, inclusive; absent when open.
        einddatum: opt Datum = "Einddatum",
        /// Why it changed since it was last sent (IV099).
        reden_wijziging: opt RedenWijziging = "RedenWijziging",
        /// How much; absent when aspecific or generic.
        omvang: opt Omvang = "Omvang",
        /// Budget in eurocents; aspecific or generic only.
        budget: opt Cents = "Budget",
        /// Free text.
        commentaar: opt Persoonlijk<'d> = "Commentaar",
        /// JW302: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}
