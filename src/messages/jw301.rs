//! JW301 Toewijzing and its retour JW302.

use super::class::{Persoonlijk, class};
use super::shared::{Communicatie, Contact, Geboortedatum, Header, Omvang, Product, VolledigeNaam};
use crate::codes::{Datum, RedenWijziging, Retourcode, ToewijzingNummer};
use crate::money::Cents;

class! {
    /// A gemeente assigns care for one client to one aanbieder.
    pub struct Jw301<'d> : "Root" in Bericht {
        header: one Header<'d> = "Header",
        /// The client; absent in a JW302 that returns the header only.
        client: opt Client<'d> = "Client",
    }
}

class! {
    /// The client with all current and changed assignments at this aanbieder (OP087).
    pub struct Client<'d> : "Client" in Bericht {
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
        /// Releases before 3.0: the decision, which holds the assignments in the message.
        beschikking: opt Beschikking<'d> = "Beschikking",
    }
}

class! {
    /// The decision of the gemeente, in releases before 3.0. Its assignments are at the client.
    pub struct Beschikking<'d> : "Beschikking" in Bericht {
        /// Number.
        beschikking_nummer: one i64 = "BeschikkingNummer",
        /// Grounds.
        grondslagen: opt Grondslagen<'d> = "Grondslagen",
        /// Date of the decision.
        afgiftedatum: one Datum = "Afgiftedatum",
        /// First day.
        ingangsdatum: one Datum = "Ingangsdatum",
        /// Last day, inclusive.
        einddatum: opt Datum = "Einddatum",
        /// Free text.
        commentaar: opt Persoonlijk<'d> = "Commentaar",
        /// Limitations of the client.
        beperkingen: list Beperking<'d> = "Beperkingen" / "Beperking",
        /// Assignments, only while a message is read or written.
        toegewezen_producten: list ToegewezenProduct<'d> = "ToegewezenProducten" / "ToegewezenProduct",
        /// JW302: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// CDT_Grondslagen.
    pub struct Grondslagen<'d> : "CDT_Grondslagen" in Basis {
        /// First ground.
        grondslag01: one &'d str = "Grondslag01",
        /// Second ground.
        grondslag02: opt &'d str = "Grondslag02",
    }
}

class! {
    /// A limitation of the client: health, so it is never shown.
    pub struct Beperking<'d> : "Beperking" in Bericht {
        /// Category.
        categorie: one Persoonlijk<'d> = "Categorie",
        /// How long.
        duur: opt Persoonlijk<'d> = "Duur",
        /// Free text.
        commentaar: opt Persoonlijk<'d> = "Commentaar",
        scores: list BeperkingScore<'d> = "BeperkingScores" / "BeperkingScore",
        /// JW302: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// How a limitation scores.
    pub struct BeperkingScore<'d> : "BeperkingScore" in Bericht {
        /// Question.
        vraag: one Persoonlijk<'d> = "Vraag",
        /// Answer.
        score: one Persoonlijk<'d> = "Score",
        /// Free text.
        commentaar: opt Persoonlijk<'d> = "Commentaar",
        /// JW302: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

impl Jw301<'_> {
    /// With the assignments at the client, where release 3.2 has them and everybody looks.
    #[must_use]
    pub fn with_products_at_client(mut self) -> Self {
        if let Some(client) = &mut self.client
            && let Some(beschikking) = &mut client.beschikking
        {
            client.toegewezen_producten = std::mem::take(&mut beschikking.toegewezen_producten);
        }
        self
    }

    /// As releases before 3.0 write it: the assignments within the decision. `None` for a message without one.
    #[must_use]
    pub fn with_products_at_beschikking(&self) -> Option<Self> {
        self.client.as_ref()?.beschikking.as_ref()?;
        let mut message = self.clone();
        if let Some(client) = &mut message.client
            && let Some(beschikking) = &mut client.beschikking
        {
            beschikking.toegewezen_producten = std::mem::take(&mut client.toegewezen_producten);
        }
        Some(message)
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
        /// Key, unique per gemeente (TR332); may be absent in releases before 3.0 ([`Self::nummer`]).
        toewijzing_nummer: opt ToewijzingNummer = "ToewijzingNummer",
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

impl ToegewezenProduct<'_> {
    /// Its number.
    ///
    /// # Panics
    /// When it has none: a JW301 with such an assignment is set aside before anything else is asked of it.
    #[must_use]
    pub fn nummer(&self) -> ToewijzingNummer {
        self.toewijzing_nummer.unwrap_or_else(|| panic!("an assignment without a number was not set aside"))
    }
}
