//! A notice about a decision as its receiver gets it: a text and a document (rulings 8.7, 8.8 and 8.16).
//!
//! No Fo01: that is for messages that could not be taken in. Nothing is in it that its receiver may not know: what is told
//! holds nothing more, and of who decided only the gemeente hears, in whose name it was.

use crate::codes::ToewijzingNummer;
use crate::money::Cents;
use crate::state::{BetalingRegel, Betalingen, Grond, Mededeling, Plafondstand, Toegewezen};
use crate::store::TeMelden;
use serde_json::{Value, json};

/// Version of the document: what is in it changes by addition only.
const VERSIE: u32 = 1;

/// A notice that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KennisgevingBestand {
    /// Its name for the receiver: the same when it leaves again. In order of decision.
    pub name: String,
    /// Its kind.
    pub soort: &'static str,
    /// For people.
    pub text: String,
    /// For scripts; the text is in it.
    pub json: Vec<u8>,
}

impl KennisgevingBestand {
    /// From what is told.
    #[must_use]
    pub fn of(told: &TeMelden) -> Self {
        let soort = told.inhoud.soort();
        let nummer = format!("{:012}", told.journal);
        let text = format!("{}\nKenmerk {nummer}, {}\n", text(told), told.moment.date());
        // Plain fields: writing them as JSON cannot fail.
        let mut document = serde_json::to_value(&told.inhoud).unwrap_or_default();
        let moment = told.moment.format("%Y-%m-%dT%H:%M:%S").to_string();
        let common = [
            ("versie", json!(VERSIE)),
            ("nummer", json!(nummer)),
            ("ontvanger", json!(told.receiver.as_str())),
            ("moment", json!(moment)),
            ("tekst", json!(text)),
        ];
        let decided = [("door", door(told)), ("reden", reden(told))];
        let decided = decided.into_iter().filter_map(|(key, value)| value.map(|value| (key, json!(value))));
        if let Value::Object(fields) = &mut document {
            fields.extend(common.into_iter().chain(decided).map(|(key, value)| (key.to_owned(), value)));
        }
        let mut json = document.to_string().into_bytes();
        json.push(b'\n');
        Self { name: format!("{nummer}-{soort}"), soort, text, json }
    }
}

/// Who refused it in the name of the gemeente: the gemeente must know who there said so.
fn door(told: &TeMelden) -> Option<&str> {
    matches!(told.inhoud, Mededeling::ToewijzingGeweigerd { .. }).then_some(told.who.as_deref()).flatten()
}

/// Why it was refused, as it was given.
fn reden(told: &TeMelden) -> Option<&str> {
    let refused =
        matches!(told.inhoud, Mededeling::ToewijzingGeweigerd { .. } | Mededeling::BetalingGeweigerd { .. });
    refused.then_some(told.why.as_deref()).flatten()
}

fn text(told: &TeMelden) -> String {
    match &told.inhoud {
        Mededeling::ToewijzingVastgehouden { toewijzing, gronden, uiterlijk, vervangt } => {
            let reasons: Vec<&str> = gronden.iter().map(|grond| voor_gemeente(*grond)).collect();
            let replaces = if vervangt.is_empty() {
                String::new()
            } else {
                format!(" Het komt in de plaats van wat eerder is tegengehouden ({}).", numbers(vervangt))
            };
            format!(
                "Uw JW301 wacht op een besluit.\n\n{}\nHet bericht is goedgekeurd en nog niet doorgestuurd, omdat het niet past \
                 bij: {}.{replaces}\n\nWij besluiten uiterlijk {uiterlijk} of het alsnog naar de aanbieder gaat, of namens uw \
                 gemeente wordt geweigerd. U hoort dat van ons. Tot dan kent de aanbieder de toewijzing niet: wat zij erop \
                 meldt of declareert, wordt afgekeurd.\nU kunt het bericht ook aanpassen en opnieuw sturen: dat komt dan in de \
                 plaats van dit bericht.\n",
                about(toewijzing),
                reasons.join("; "),
            )
        }
        Mededeling::ToewijzingWacht { toewijzing, uiterlijk } => format!(
            "Uw JW301 wacht nog.\n\n{}\nOver dit bericht zou uiterlijk {uiterlijk} zijn besloten. Dat is niet gebeurd: het wacht \
             nog en de aanbieder kent de toewijzing niet. Neem contact met ons op als dit niet kan wachten.\n",
            about(toewijzing)
        ),
        Mededeling::ToewijzingDoorgestuurd { toewijzing, vanzelf } => {
            let how = if *vanzelf {
                "Er is niet binnen de termijn over besloten. Zoals in de regio is afgesproken, is het bericht toen doorgestuurd."
            } else {
                "Het bericht is vrijgegeven en doorgestuurd."
            };
            format!("Uw JW301 is naar de aanbieder gegaan.\n\n{}\n{how}\n", about(toewijzing))
        }
        Mededeling::ToewijzingGeweigerd { toewijzing } => format!(
            "Uw JW301 is namens uw gemeente geweigerd.\n\n{}\nGeweigerd door: {}\nReden: {}\n\nDe aanbieder heeft het bericht niet \
             gekregen en kent de toewijzing niet. Klopt dit niet, of wilt u iets anders toewijzen: stuur een nieuwe JW301.\n",
            about(toewijzing),
            door(told).unwrap_or("onbekend"),
            reden(told).unwrap_or("geen opgegeven"),
        ),
        Mededeling::ToewijzingVervangen { toewijzing, vervangt } => format!(
            "Uw nieuwe JW301 komt in de plaats van wat eerder is tegengehouden.\n\n{}\nHet nieuwe bericht is doorgestuurd. Wat eerder \
             voor {} is tegengehouden, gaat niet meer naar de aanbieder.\n",
            about(toewijzing),
            numbers(vervangt),
        ),
        payment => payment_text(told, payment),
    }
}

fn payment_text(told: &TeMelden, inhoud: &Mededeling) -> String {
    match inhoud {
        Mededeling::BetalingVastgehouden { uiterlijk, declaraties } => format!(
            "De betaling van een deel van uw declaratie wacht op een besluit.\n\n{}\nDeze regels zijn toegekend. Wij besluiten \
             uiterlijk {uiterlijk} of ze worden betaald; u hoort dat van ons. U hoeft niets opnieuw te declareren.\n",
            claims(declaraties)
        ),
        Mededeling::BetalingHeropend { uiterlijk, declaraties } => format!(
            "De weigering van een betaling is teruggenomen.\n\n{}\nDeze regels wachten weer op een besluit, uiterlijk \
             {uiterlijk}. U hoort dat van ons.\n",
            claims(declaraties)
        ),
        Mededeling::BetalingVrijgegeven { declaraties } => format!(
            "Een betaling die wachtte, is vrijgegeven.\n\n{}\nDeze regels gaan mee met de volgende betaling.\n",
            claims(declaraties)
        ),
        Mededeling::BetalingGeweigerd { declaraties } => format!(
            "Een betaling die wachtte, is geweigerd.\n\n{}\nReden: {}\n\nDeze regels worden niet betaald. Crediteert u ze, dan bent \
             u daarvoor niets verschuldigd.\nBent u het hiermee niet eens, dan kunt u binnen zes weken na vandaag schriftelijk \
             bezwaar maken bij de gemeente. Noem daarbij het kenmerk.\n",
            claims(declaraties),
            reden(told).unwrap_or("geen opgegeven"),
        ),
        Mededeling::PlafondBijnaBereikt { uiterlijk, plafonds } => {
            let stands: String = plafonds.iter().map(stand).collect();
            format!(
                "Uw plafond is bijna bereikt.\n\n{stands}\nLaat ons uiterlijk {uiterlijk} weten wat u doet: bijsturen, of overleg \
                 over het plafond. Wat boven het plafond komt, kan worden vastgehouden.\n"
            )
        }
        // The others are about a JW301.
        _ => String::new(),
    }
}

fn about(toewijzing: &Toegewezen) -> String {
    let Toegewezen { bericht, aanbieder, toewijzingen } = toewijzing;
    format!("Bericht: {bericht}, voor aanbieder {aanbieder}\nToewijzing: {}\n", numbers(toewijzingen))
}

fn numbers(numbers: &[ToewijzingNummer]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Claims with their lines, and what they come to.
fn claims(declaraties: &[Betalingen]) -> String {
    let mut text = String::new();
    for Betalingen { gemeente, declaratie, regels } in declaraties {
        let sum = Cents(regels.iter().fold(0, |sum, regel| sum.saturating_add(regel.bedrag_cents.0)));
        text.push_str(&format!("Declaratie {declaratie}, gemeente {gemeente}: samen {sum}\n"));
        for BetalingRegel { referentie, bedrag_cents, gronden } in regels {
            text.push_str(&format!("  regel {referentie}: {bedrag_cents}"));
            let reasons: Vec<&str> = gronden.iter().map(|grond| voor_aanbieder(*grond)).collect();
            if !reasons.is_empty() {
                text.push_str(&format!(" ({})", reasons.join("; ")));
            }
            text.push('\n');
        }
    }
    text
}

fn stand(plafond: &Plafondstand) -> String {
    let Plafondstand { jaar, gemeente, plafond_cents, percentage, toegekend_cents, toegezegd_cents } =
        plafond;
    let of = gemeente.map_or_else(String::new, |gemeente| format!(" in gemeente {gemeente}"));
    format!(
        "Plafond {jaar}{of}: {plafond_cents}\n  toegekend {toegekend_cents}, toegezegd {toegezegd_cents}: op of boven \
         {percentage} %\n"
    )
}

/// A kind of limit for the gemeente whose message waits for it.
const fn voor_gemeente(grond: Grond) -> &'static str {
    match grond {
        Grond::Contract => "het contract met deze aanbieder",
        Grond::SegmentC => "het bedrag voor segment C",
        Grond::Clientbudget => "een budget van de client",
        Grond::Budget => "een budget van de gemeente",
        Grond::Plafond => "een plafond",
        Grond::VastePrijs => "de vaste prijs: een traject per toewijzing, en een tegelijk per kind",
        Grond::Aannemelijkheid => "wat geleverd kan zijn",
        Grond::Leeftijdsgrens => "de leeftijdsgrens van het contract",
    }
}

/// A kind of limit for the aanbieder whose payment waits for it.
const fn voor_aanbieder(grond: Grond) -> &'static str {
    match grond {
        Grond::Contract => "contract",
        Grond::SegmentC => "bedrag voor segment C",
        Grond::Clientbudget => "budget van de client",
        Grond::Budget => "budget van de gemeente",
        Grond::Plafond => "plafond",
        Grond::VastePrijs => "vaste prijs van een traject",
        Grond::Aannemelijkheid => "meer dan in de periode geleverd kan zijn",
        Grond::Leeftijdsgrens => "leeftijdsgrens van het contract",
    }
}
