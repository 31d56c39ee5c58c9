//! What an identity provider says of a person. A library reads and verifies the token; what OpenID Connect asks besides is
//! checked here: the nonce, for whom it was made, how old it is, and how the person logged in.

use super::handtekening::ALLOWED;
use crate::config::Inlogdienst;
use crate::config::Toegangsrol;
use crate::console::shown;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Header, Validation, decode};
use serde_json::{Map, Value};

/// Seconds that two clocks may differ.
const LEEWAY_SECONDS: u64 = 60;
/// Seconds since a token was made, at most: it was made for us a moment ago.
const OLDEST_SECONDS: i64 = 600;
/// Most characters of a name, and of an account: the log is searched by both together.
const LONGEST_NAME: usize = 60;

/// What is said of a person.
pub type Uitspraken = Map<String, Value>;

/// The key of these that a token with this header was signed with; none when there is none that it can be.
pub fn key_of(keys: &[Jwk], header: &Header) -> Option<DecodingKey> {
    let mut fit = keys.iter().filter(|key| fits(key, header.alg));
    let found = match &header.kid {
        Some(kid) => fit.find(|key| key.common.key_id.as_ref() == Some(kid)),
        // Without a name only one that cannot be another.
        None => fit.next().filter(|_| fit.next().is_none()),
    };
    found.and_then(|key| DecodingKey::from_jwk(key).ok())
}

/// Whether a key may sign in this way.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => algorithm.family() == AlgorithmFamily::Rsa,
        AlgorithmParameters::EllipticCurve(curve) => {
            algorithm == Algorithm::ES256 && curve.curve == EllipticCurve::P256
        }
        _ => false,
    };
    let common = &key.common;
    kind && ALLOWED.contains(&algorithm)
        && common.public_key_use.as_ref().is_none_or(|its| *its == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify))
        && common.key_algorithm.is_none_or(|its| its == KeyAlgorithm::from(algorithm))
}

/// What a token says, once all of it was checked; else which part is wrong.
pub fn verified(
    token: &str,
    (header, key): (&Header, &DecodingKey),
    dienst: &Inlogdienst,
    nonce: &str,
    now_seconds: i64,
) -> Result<Uitspraken, &'static str> {
    let mut rules = Validation::new(header.alg);
    rules.leeway = LEEWAY_SECONDS;
    rules.validate_nbf = true;
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.set_issuer(&[&dienst.issuer]);
    rules.set_audience(&[&dienst.client_id]);
    let claims = decode::<Uitspraken>(token, key, &rules).map_err(|error| wrong(&error))?.claims;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    // The library also takes a list.
    if text("iss") != Some(dienst.issuer.as_str()) {
        return Err("iss");
    }
    if text("sub").is_none_or(|sub| sub.is_empty() || sub.len() > 255) {
        return Err("sub");
    }
    if text("nonce") != Some(nonce) {
        return Err("nonce");
    }
    let others = claims.get("aud").and_then(Value::as_array).is_some_and(|all| all.len() > 1);
    match (claims.get("azp"), others) {
        (None, false) => {}
        (Some(Value::String(azp)), _) if *azp == dienst.client_id => {}
        _ => return Err("azp"),
    }
    // Some write a fraction.
    let seconds =
        |value: &Value| value.as_i64().or_else(|| format!("{:.0}", value.as_f64()?).parse::<i64>().ok());
    let made = claims.get("iat").and_then(seconds).ok_or("iat")?;
    let leeway = i64::try_from(LEEWAY_SECONDS).unwrap_or_default();
    if now_seconds.saturating_add(leeway) < made || now_seconds.saturating_sub(made) > OLDEST_SECONDS {
        return Err("iat");
    }
    if !dienst.acr.is_empty() && !text("acr").is_some_and(|acr| dienst.acr.iter().any(|good| good == acr)) {
        return Err("acr");
    }
    Ok(claims)
}

/// Which part of a token the library refused.
fn wrong(error: &jsonwebtoken::errors::Error) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidSignature => "handtekening",
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::UnsupportedAlgorithm => {
            "alg"
        }
        ErrorKind::ExpiredSignature => "exp",
        ErrorKind::ImmatureSignature => "nbf",
        ErrorKind::InvalidIssuer => "iss",
        ErrorKind::InvalidAudience => "aud",
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) => "ontbreekt",
        _ => "onleesbaar",
    }
}

/// A claim by its name, or by its path when that begins with `/`.
fn claim<'a>(claims: &'a Uitspraken, name: &str) -> Option<&'a Value> {
    let Some(path) = name.strip_prefix('/') else { return claims.get(name) };
    let mut parts = path.split('/');
    let first = claims.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// Who somebody is, for pages and the log: the name, with what the identity provider knows this one person by.
pub fn name_of(claims: &Uitspraken, dienst: &Inlogdienst, key: &str) -> String {
    let short = |text: &str| shown::plain(text).chars().take(LONGEST_NAME).collect::<String>();
    let sub = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    let account = format!("{key}/{}", short(sub));
    match claim(claims, &dienst.naam_claim).and_then(Value::as_str).map(str::trim) {
        Some(naam) if !naam.is_empty() => format!("{} ({account})", short(naam)),
        _ => account,
    }
}

/// What tells somebody from all others: the identity provider by its own name, whatever the settings call it, and what it knows this
/// one person by, whole.
pub fn account_of(claims: &Uitspraken, issuer: &str) -> String {
    // No address has a space in it.
    format!("{issuer} {}", claims.get("sub").and_then(Value::as_str).unwrap_or_default())
}

/// The role that the settings give to somebody: the first that fits.
pub fn role_of(claims: &Uitspraken, dienst: &Inlogdienst) -> Option<Toegangsrol> {
    let values: Vec<&str> = match claim(claims, &dienst.rol_claim)? {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let partij = dienst.partij_claim.as_deref().and_then(|name| claim(claims, name)).and_then(Value::as_str);
    let mut fit = dienst.rollen.iter().filter(|regel| values.contains(&regel.waarde.as_str()));
    fit.find_map(|regel| regel.rol.with_party(partij))
}
