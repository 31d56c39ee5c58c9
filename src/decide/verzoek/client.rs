//! Client data that a JW301 needs and a JW315 does not carry (rulings 3.3).
//!
//! From the newest JW301 for this client at this gemeente, else from the client register. Nothing is
//! invented: what is in neither makes the request a case for a person.

use super::kennis::NietGetoond;
use crate::codes::{AdresSoort, Bsn, Datum, JaNee, NaamGebruik};
use crate::contracts::{ClientAdres, ClientGegevens, Register};
use crate::decide::clientfeiten::Clientfeit;
use crate::messages::shared::{Adres, Contact, Huis, VolledigeNaam};
use crate::messages::{Bericht, BerichtSoort, Persoonlijk, Relatie, jw301, jw315};
use crate::schema::{At, Reading, read};
use crate::state::WorkingSet;

/// What is known of the client of a JW315.
pub(in crate::decide) struct BekendKind<'d> {
    /// What the request does not show of the child; then nothing of it may be told (rulings 3.10).
    pub niet_getoond: Option<NietGetoond>,
    /// The client as a JW301 states it, without assignments, or what is missing.
    pub gegevens: Result<jw301::Client<'d>, &'static str>,
}

/// Calls `decide` with what is known of the client of a request.
pub(in crate::decide) fn with_client<T>(
    known: &WorkingSet,
    register: &Register,
    relatie: Relatie,
    asked: &jw315::Client<'_>,
    decide: impl FnOnce(BekendKind<'_>) -> T,
) -> T {
    with_newest(known, relatie, asked.bsn, |newest| {
        let registered = register.client(relatie.gemeente, asked.bsn);
        let niet_getoond = NietGetoond::of(asked, newest.as_ref(), registered);
        let gegevens = match newest {
            Some(Newest::Jw301(client)) => Ok(client),
            Some(Newest::Jw315(_)) | None => from_register(register, relatie, asked),
        };
        decide(BekendKind { niet_getoond, gegevens })
    })
}

/// The day of birth in the newest JW301 of a client, when it was asked for; none where that does not say all of it
/// (DatumGebruik).
pub(in crate::decide) fn newest_birth(known: &WorkingSet, relatie: Relatie, bsn: Bsn) -> Option<Datum> {
    with_newest(known, relatie, bsn, |newest| {
        let born = match newest? {
            Newest::Jw301(client) => client.geboortedatum,
            Newest::Jw315(asked) => asked.geboortedatum,
        };
        born.datum_gebruik.is_none().then_some(born.datum)
    })
}

/// As [`with_client`], for a message that names the client by Bsn only: what the register lacks is in
/// the request that made the client known.
pub(in crate::decide) fn with_known_client<T>(
    known: &WorkingSet,
    register: &Register,
    relatie: Relatie,
    bsn: Bsn,
    decide: impl FnOnce(Result<jw301::Client<'_>, &'static str>) -> T,
) -> T {
    with_newest(known, relatie, bsn, |newest| match newest {
        Some(Newest::Jw301(client)) => decide(Ok(client)),
        Some(Newest::Jw315(asked)) => decide(from_register(register, relatie, &asked)),
        None => decide(Err(UNKNOWN)),
    })
}

/// What the client register could say and does not, so that a JW301 about the client of a request cannot be made or may not:
/// nothing where a JW301 of the gemeente says who it is.
pub(in crate::decide) fn lacking(
    known: &WorkingSet,
    register: &Register,
    relatie: Relatie,
    asked: &jw315::Client<'_>,
) -> Vec<Clientfeit> {
    with_newest(known, relatie, asked.bsn, |newest| {
        let registered = register.client(relatie.gemeente, asked.bsn);
        if matches!(newest, Some(Newest::Jw301(_))) {
            return Vec::new();
        }
        let shows = NietGetoond::of(asked, newest.as_ref(), registered);
        let mut feiten = not_registered(registered, asked);
        feiten.extend(shows.into_iter().flat_map(NietGetoond::nowhere_known));
        feiten
    })
}

/// As [`lacking`], for a message that names the client by Bsn only.
pub(in crate::decide) fn lacking_of(
    known: &WorkingSet,
    register: &Register,
    relatie: Relatie,
    bsn: Bsn,
) -> Vec<Clientfeit> {
    with_newest(known, relatie, bsn, |newest| match newest {
        Some(Newest::Jw315(asked)) => not_registered(register.client(relatie.gemeente, bsn), &asked),
        Some(Newest::Jw301(_)) | None => Vec::new(),
    })
}

/// What [`from_register`] needs and does not find.
fn not_registered(registered: Option<&ClientGegevens>, asked: &jw315::Client<'_>) -> Vec<Clientfeit> {
    let guardian = asked.gezagsdrager_bekend == Some(JaNee::Ja)
        || registered.is_some_and(|client| client.gezagsdrager_bekend == Some(true));
    let address = registered.and_then(|client| client.adres.as_ref());
    let there = [
        (Clientfeit::Naamgebruik, registered.is_some_and(|client| client.naamgebruik.is_some())),
        (Clientfeit::Adres, address.is_some_and(|adres| contact(adres).is_ok())),
        (Clientfeit::Gezagsdrager, guardian),
    ];
    there.into_iter().filter(|(_, there)| !there).map(|(feit, _)| feit).collect()
}

const UNKNOWN: &str = "van deze client is geen toewijzing en geen registratie bekend";

/// The newest data of a client: the message that made it known.
#[expect(clippy::large_enum_variant, reason = "one at a time, for as long as a message is made")]
pub(super) enum Newest<'d> {
    /// A JW301 of the gemeente.
    Jw301(jw301::Client<'d>),
    /// A request that we honoured with a JW301 of our own.
    Jw315(jw315::Client<'d>),
}

fn with_newest<T>(
    known: &WorkingSet,
    relatie: Relatie,
    bsn: Bsn,
    call: impl FnOnce(Option<Newest<'_>>) -> T,
) -> T {
    let bytes = known.clienten.get(&(relatie.gemeente, bsn)).and_then(|stand| stand.jw301.clone());
    let Some(bytes) = bytes else { return call(None) };
    let Reading::Valid(document) = read(&bytes) else { return call(None) };
    call(match (document.schema.soort, Bericht::read(&document)) {
        (BerichtSoort::Jw301, Bericht::Toewijzing(jw301::Jw301 { client: Some(client), .. }))
            if client.bsn == bsn =>
        {
            // The remark belonged to that message; the assignments are added by whoever writes.
            Some(Newest::Jw301(jw301::Client {
                commentaar: None,
                toegewezen_producten: Vec::new(),
                ..client
            }))
        }
        (BerichtSoort::Jw315, Bericht::VerzoekToewijzing(jw315::Jw315 { client: Some(client), .. }))
            if client.bsn == bsn =>
        {
            Some(Newest::Jw315(client))
        }
        _ => None,
    })
}

fn from_register<'a>(
    register: &'a Register,
    relatie: Relatie,
    asked: &'a jw315::Client<'a>,
) -> Result<jw301::Client<'a>, &'static str> {
    let registered = register.client(relatie.gemeente, asked.bsn).ok_or(UNKNOWN)?;
    let naam_gebruik = registered.naamgebruik.ok_or("het naamgebruik van de client is niet geregistreerd")?;
    let adres = registered.adres.as_ref().ok_or("het adres van de client is niet geregistreerd")?;
    if asked.gezagsdrager_bekend != Some(JaNee::Ja) && registered.gezagsdrager_bekend != Some(true) {
        return Err("de gezagsdrager van de client is niet bekend");
    }
    let naam = &asked.naam;
    Ok(jw301::Client {
        at: At::default(),
        bsn: asked.bsn,
        geboortedatum: asked.geboortedatum.clone(),
        geslacht: asked.geslacht,
        naam: VolledigeNaam {
            at: At::default(),
            geslachtsnaam: naam.geslachtsnaam.clone(),
            partnernaam: None,
            voornamen: naam.voornamen,
            voorletters: naam.voorletters,
            naam_gebruik: without_partner(naam_gebruik),
        },
        communicatie: None,
        juridische_status: None,
        wettelijke_vertegenwoordiging: None,
        commentaar: None,
        relaties: Vec::new(),
        contactgegevens: vec![contact(adres)?],
        toegewezen_producten: Vec::new(),
        retour_codes: Vec::new(),
        beschikking: None,
    })
}

/// CS050: without a Partnernaam, and the register has none, a name is the own name, or that of an organisation.
const fn without_partner(registered: NaamGebruik) -> NaamGebruik {
    match registered {
        NaamGebruik::NietNatuurlijkPersoon => NaamGebruik::NietNatuurlijkPersoon,
        NaamGebruik::EigenNaam
        | NaamGebruik::NaamPartner
        | NaamGebruik::PartnerDanEigen
        | NaamGebruik::EigenDanPartner
        | NaamGebruik::Onbekend => NaamGebruik::EigenNaam,
    }
}

/// TR006 asks for a house and a postcode, TR061 for an address that is not temporary.
fn contact(adres: &ClientAdres) -> Result<Contact<'_>, &'static str> {
    let (Some(huisnummer), Some(postcode)) = (adres.huisnummer, &adres.postcode_in_bericht) else {
        return Err("het geregistreerde adres van de client heeft geen huisnummer of postcode");
    };
    if adres.soort == AdresSoort::Tijdelijk {
        return Err("van de client is alleen een tijdelijk adres geregistreerd");
    }
    let at = At::default();
    let huis = Huis {
        at,
        huisnummer,
        huisletter: adres.huisletter.as_deref().map(Persoonlijk),
        huisnummer_toevoeging: adres.huisnummer_toevoeging.as_deref().map(Persoonlijk),
        aanduiding_woonadres: adres.aanduiding_woonadres.as_deref(),
    };
    let class = Adres {
        at,
        huis: Some(huis),
        postcode: Some(Persoonlijk(postcode)),
        straatnaam: adres.straatnaam.as_deref().map(Persoonlijk),
        plaatsnaam: adres.plaatsnaam.as_deref().map(Persoonlijk),
        // CD005: a postcode goes with a country.
        land_code: Some(adres.land_code.as_deref().unwrap_or("NL")),
    };
    Ok(Contact {
        at,
        soort: adres.soort,
        adres: Some(class),
        organisatie: None,
        telefoon: None,
        emailadres: None,
        periode: None,
        retour_codes: Vec::new(),
    })
}
