//! Why a page is not shown, in words that say what to do. Nothing of what was asked is repeated, and nothing of the inside
//! is told.

use super::oidc::LoginError;
use crate::decide::operator::WorkError;
use crate::labels::labels;
use crate::office::OfficeError;
use crate::report::ReportError;
use crate::store::StoreError;
use axum::http::StatusCode;

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// What the database said.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The contracts.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// What could not be added up or written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Nobody was logged in.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// There is no such page, or not for this one who asks.
    #[error("deze pagina is er niet, of niet voor u")]
    Missing,
    /// The role may not see it.
    #[error("deze pagina hoort niet bij uw rol")]
    Role,
    /// The page does not take what was sent.
    #[error("zo kan deze pagina niet worden gevraagd")]
    Method,
    /// A filter that is none.
    #[error("{0}")]
    Filter(&'static str),
    /// A form that was given to somebody else, is too old, or was handed in before.
    #[error("dit formulier is al gebruikt of verlopen")]
    Form,
    /// A request that another site made, or that does not come from this machine.
    #[error("dit verzoek komt van een andere plek en is niet uitgevoerd")]
    Foreign,
    /// Too often.
    #[error("dit gebeurt te vaak achter elkaar")]
    Often,
    /// More than a form or an export may have.
    #[error("dit is te veel in een keer")]
    Much,
    /// It took too long.
    #[error("deze vraag duurde te lang")]
    Slow,
    /// A fault of ours in a page.
    #[error("deze pagina kon niet worden gemaakt")]
    Page(#[from] askama::Error),
}

labels!(ConsoleError {
    Self::Missing => "console.missing",
    Self::Role => "console.role",
    Self::Method => "console.method",
    Self::Filter(_) => "console.filter",
    Self::Form => "console.form",
    Self::Foreign => "console.foreign",
    Self::Often => "console.often",
    Self::Much => "console.much",
    Self::Slow => "console.slow",
    Self::Page(_) => "console.page",
} passes {
    Self::Store(error) => error,
    Self::Office(error) => error,
    Self::Report(error) => error,
    Self::Login(error) => error,
});

impl ConsoleError {
    /// The status, the sentence, and what to do.
    pub(super) fn told(&self) -> (StatusCode, String, &'static str) {
        let (status, what) = match self {
            Self::Login(error) => error.told(),
            Self::Missing => (StatusCode::NOT_FOUND, "Zoek met het nummer, of ga terug naar het overzicht."),
            Self::Role => {
                (StatusCode::FORBIDDEN, "Vraag de beheerder om een andere rol als u haar nodig hebt.")
            }
            Self::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, "Ga terug naar het overzicht en kies de pagina opnieuw.")
            }
            Self::Filter(_) => {
                (StatusCode::BAD_REQUEST, "Verbeter de filter, of haal haar weg en kijk naar de hele lijst.")
            }
            Self::Form => {
                (StatusCode::CONFLICT, "Er is niets gebeurd. Open het formulier opnieuw en vul het in.")
            }
            Self::Foreign => (
                StatusCode::FORBIDDEN,
                "Open de console zelf in uw browser, op het adres dat de beheerder gaf.",
            ),
            Self::Often => (StatusCode::TOO_MANY_REQUESTS, "Wacht een minuut en probeer het opnieuw."),
            Self::Much => {
                (StatusCode::PAYLOAD_TOO_LARGE, "Maak de selectie kleiner, bijvoorbeeld met een maand.")
            }
            Self::Slow => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Maak de periode korter of de filter nauwer, en probeer het opnieuw.",
            ),
            own if own.of_decision().is_some() => {
                (StatusCode::CONFLICT, "Ga terug en bekijk opnieuw hoe het er nu voor staat.")
            }
            Self::Store(_) | Self::Office(_) | Self::Report(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Probeer het over een minuut opnieuw. Blijft het zo, bel dan de beheerder en noem de foutcode.",
            ),
            Self::Page(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Bel de beheerder en noem de foutcode."),
        };
        let sentence = match self {
            own if let Some(text) = own.of_decision() => sentence(&text),
            Self::Store(_) | Self::Office(_) | Self::Report(_) => {
                "De gegevens zijn nu niet te lezen.".to_owned()
            }
            own => sentence(&own.to_string()),
        };
        (status, sentence, what)
    }

    /// Why a decision was not carried out; none when it was something else that failed.
    pub(super) fn of_decision(&self) -> Option<String> {
        match self {
            // The command line has an option for it, a page a door.
            Self::Office(OfficeError::Work { id, error: WorkError::NotShown(why) }) => Some(format!(
                "werkitem {id}: er is niets toegewezen, want {why}. Vraag de aanbieder of de gemeente om wie het gaat: herstel het \
                 clientregister, kies hieronder dat u het naging als dit echt het kind van het verzoek is, of wijs af"
            )),
            Self::Office(
                OfficeError::Mandate { bedrag, grens } | OfficeError::TwoPersons { bedrag, grens },
            ) => Some(format!(
                "een besluit over {bedrag} is meer dan {grens}: dat nemen twee personen samen. Open de pagina opnieuw: u draagt \
                     het voor, en een ander keurt het goed"
            )),
            Self::Office(OfficeError::OtherRegister) => {
                Some("de contracten of clienten zijn intussen gewijzigd; er is niets overgenomen. Kijk opnieuw en bevestig dan".to_owned())
            }
            Self::Office(OfficeError::Store(error)) | Self::Store(error) => match error {
                StoreError::WorkNotOpen(_)
                | StoreError::WorkNotClosed(_)
                | StoreError::NotApproved(_)
                | StoreError::NotParked(_) => Some(error.to_string()),
                _ => None,
            },
            Self::Office(
                error @ (OfficeError::Work { .. }
                | OfficeError::Pay(_)
                | OfficeError::Closed { .. }
                | OfficeError::OwnAnswer { .. }
                | OfficeError::WorkChanged { .. }
                | OfficeError::ClientKnown
                | OfficeError::OfferGone
                | OfficeError::Voordracht(_)
                | OfficeError::Bank(_)
                | OfficeError::OtherPreview),
            ) => Some(error.to_string()),
            _ => None,
        }
    }
}

/// A text as a sentence.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str().trim_end_matches('.'))
}
