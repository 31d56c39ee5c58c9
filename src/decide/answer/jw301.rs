//! JW301s of our own making: assignments that honour requests (OP087, IV094, rulings 3.2).

use super::XSD_VERSIE;
use crate::codes::Datum;
use crate::messages::jw301::{Client, Jw301, ToegewezenProduct};
use crate::messages::shared::{self, BerichtIdentificatie, Product};
use crate::messages::{Bericht, BerichtSoort, Header, Partij, Persoonlijk, Relatie};
use crate::schema::{At, Release};
use crate::state::{Ontvangst, Toewijzing};

/// The message: a client with assignments, in this order.
#[must_use]
pub fn write(
    release: &'static Release,
    relatie: Relatie,
    identificatie: &str,
    dagtekening: Datum,
    client: Client<'_>,
    toegewezen_producten: Vec<ToegewezenProduct<'_>>,
) -> Vec<u8> {
    let client = Client { toegewezen_producten, beschikking: None, ..client };
    let header = header(release, BerichtSoort::Jw301, relatie, identificatie, dagtekening);
    Bericht::Toewijzing(Jw301 { at: At::default(), header, client: Some(client) }).write()
}

/// The header of a message to the aanbieder in the name of the gemeente.
pub(super) fn header<'h>(
    release: &'static Release,
    soort: BerichtSoort,
    relatie: Relatie,
    identificatie: &'h str,
    dagtekening: Datum,
) -> Header<'h> {
    Header {
        at: At::default(),
        soort,
        release,
        afzender: Partij::Gemeente(relatie.gemeente),
        ontvanger: Partij::Aanbieder(relatie.aanbieder),
        bericht_identificatie: BerichtIdentificatie { at: At::default(), identificatie, dagtekening },
        xsd_versie: Some(XSD_VERSIE),
        retour: None,
        antwoord: None,
    }
}

/// An assignment that goes along (OP087): nothing about it changes, so RedenWijziging and
/// ReferentieAanbieder are empty (IV097, IV099). One that the aanbieder rejected did change since what
/// the aanbieder has, so its reason stands.
#[must_use]
pub fn repeated(toewijzing: &Toewijzing) -> ToegewezenProduct<'_> {
    let reden_wijziging = match toewijzing.ontvangst {
        Ontvangst::Afgewezen => toewijzing.reden_wijziging,
        Ontvangst::Verzonden | Ontvangst::Vastgehouden => None,
    };
    ToegewezenProduct { reden_wijziging, ..stated(toewijzing) }
}

/// An assignment that is new or changed because of a request (IV093, IV094).
#[must_use]
pub fn assigned(toewijzing: &Toewijzing) -> ToegewezenProduct<'_> {
    ToegewezenProduct {
        reden_wijziging: toewijzing.reden_wijziging,
        referentie_aanbieder: toewijzing.referentie_aanbieder.as_deref(),
        ..stated(toewijzing)
    }
}

fn stated(toewijzing: &Toewijzing) -> ToegewezenProduct<'_> {
    ToegewezenProduct {
        at: At::default(),
        toewijzing_nummer: Some(toewijzing.nummer),
        referentie_aanbieder: None,
        product: toewijzing.product.map(Product::of),
        toewijzingsdatum: toewijzing.toewijzingsdatum,
        toewijzingstijd: &toewijzing.toewijzingstijd,
        ingangsdatum: toewijzing.ingangsdatum,
        einddatum: toewijzing.einddatum,
        reden_wijziging: None,
        omvang: toewijzing.omvang.map(|omvang| shared::Omvang {
            at: At::default(),
            volume: omvang.volume,
            eenheid: omvang.eenheid,
            frequentie: omvang.frequentie,
        }),
        budget: toewijzing.budget,
        commentaar: toewijzing.commentaar.as_deref().map(Persoonlijk),
        retour_codes: Vec::new(),
    }
}
