//! What a JW301 needs of a client and a JW315 does not carry (rulings 3.3).
//!
//! From the newest JW301 for this client at this gemeente, else from the client register. Nothing is
//! invented: what is in neither makes the request a case for a person.

use crate::codes::{AdresSoort, JaNee};
use crate::contracts::{self, ClientAdres, Register};
use crate::messages::shared::{Adres, Contact, Huis, VolledigeNaam};
use crate::messages::{Bericht, BerichtSoort, Persoonlijk, Relatie, jw301, jw315};
use crate::schema::{At, Reading, read};
use crate::state::WorkingSet;

/// Calls `decide` with the client as a JW301 states it, without assignments, or with what is missing.
pub(in crate::decide) fn with_client<T>(
    known: &WorkingSet,
    register: &Register,
    relatie: Relatie,
    asked: &jw315::Client<'_>,
    decide: impl FnOnce(Result<jw301::Client<'_>, &'static str>) -> T,
) -> T {
    let bytes = known.clienten.get(&(relatie.gemeente, asked.bsn)).and_then(|stand| stand.jw301.clone());
    if let Some(bytes) = &bytes
        && let Reading::Valid(document) = read(bytes)
        // A client that became known by a request of its own has no JW301 of the gemeente.
        && document.schema.soort == BerichtSoort::Jw301
        && let Bericht::Toewijzing(jw301::Jw301 { client: Some(client), .. }) = Bericht::read(&document)
        && client.bsn == asked.bsn
    {
        // The remark belonged to that message; the assignments are added by whoever writes.
        return decide(Ok(jw301::Client { commentaar: None, toegewezen_producten: Vec::new(), ..client }));
    }
    match register.client(relatie.gemeente, asked.bsn) {
        None => decide(Err("van deze client is geen toewijzing en geen registratie bekend")),
        Some(registered) => decide(from_register(registered, asked)),
    }
}

fn from_register<'a>(
    registered: &'a contracts::Client,
    asked: &'a jw315::Client<'_>,
) -> Result<jw301::Client<'a>, &'static str> {
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
            naam_gebruik,
        },
        communicatie: None,
        juridische_status: None,
        wettelijke_vertegenwoordiging: None,
        commentaar: None,
        relaties: Vec::new(),
        contactgegevens: vec![contact(adres)?],
        toegewezen_producten: Vec::new(),
        retour_codes: Vec::new(),
    })
}

/// TR006 asks for a house and a postcode, TR061 for an address that is not temporary.
fn contact(adres: &ClientAdres) -> Result<Contact<'_>, &'static str> {
    let (Some(huisnummer), Some(postcode)) = (adres.huisnummer, &adres.postcode) else {
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
