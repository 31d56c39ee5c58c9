//! Why somebody is not logged in. What the provider said is not repeated.

use crate::labels::labels;
use axum::http::StatusCode;

/// Why somebody is not logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The identity provider is away, slow, or says what cannot be.
    #[error("de inlogdienst antwoordt niet, of niet zoals het hoort")]
    Silent,
    /// The identity provider did not let the person in.
    #[error("de inlogdienst heeft u niet binnengelaten")]
    Refused,
    /// Nobody began this here, or too long ago, or it was used before.
    #[error("deze inlogpoging is verlopen, al gebruikt, of begon in een ander venster")]
    Attempt,
    /// What the identity provider says of the person cannot be trusted.
    #[error("wat de inlogdienst over u zegt, is niet te vertrouwen")]
    Token,
    /// Somebody whom the settings give no role.
    #[error("u bent ingelogd bij de inlogdienst, en hebt in de console geen rol")]
    NoRole,
}

labels!(LoginError {
    Self::Silent => "console.login-silent",
    Self::Refused => "console.login-refused",
    Self::Attempt => "console.login-attempt",
    Self::Token => "console.login-token",
    Self::NoRole => "console.login-no-role",
});

impl LoginError {
    /// The status, and what to do.
    #[must_use]
    pub fn told(self) -> (StatusCode, &'static str) {
        match self {
            Self::Silent => (
                StatusCode::BAD_GATEWAY,
                "Probeer het over een minuut opnieuw. Blijft het zo, bel dan de beheerder en noem de foutcode.",
            ),
            Self::Refused => {
                (StatusCode::FORBIDDEN, "Log opnieuw in, of vraag bij de inlogdienst waarom het niet lukt.")
            }
            Self::Attempt => {
                (StatusCode::BAD_REQUEST, "Log opnieuw in, in een venster, en binnen tien minuten.")
            }
            Self::Token => (
                StatusCode::BAD_REQUEST,
                "Log opnieuw in. Blijft het zo, bel dan de beheerder en noem de foutcode: er kan iets mis zijn met de \
                 inlogdienst of met de instellingen.",
            ),
            Self::NoRole => (
                StatusCode::FORBIDDEN,
                "Vraag de beheerder van uw inlogdienst om de groep die bij uw werk hoort, en log dan opnieuw in.",
            ),
        }
    }
}
