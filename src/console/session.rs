//! Sessions: kept in the store, known by a digest of what the browser has.

use super::error::ConsoleError;
use super::roles::{Toegangsrol, Wie};
use crate::chain::draw_salts;
use crate::clock::{Clock, Moment};
use crate::digest::hex;
use crate::store::console::{Bewaren, Sessie, Sessiesleutel, is_by_settings};
use crate::store::{Store, StoreError, read};
use axum::http::{HeaderMap, header};
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

/// The name under which the browser keeps it.
const COOKIE: &str = "happyflow-sessie";
/// Unused for so long, a session ends.
pub const IDLE: TimeDelta = TimeDelta::minutes(30);
/// After so long it ends anyhow.
const LONGEST: TimeDelta = TimeDelta::hours(10);
/// That it was used is written when it was not for so long.
const WRITTEN: TimeDelta = TimeDelta::minutes(1);
/// A form is good for so long.
pub const FORM: TimeDelta = TimeDelta::minutes(30);

/// Something that cannot be guessed, as text, and its digest.
pub fn secret() -> Result<(String, Sessiesleutel), StoreError> {
    let text = hex(&draw_salts(2)?.concat());
    let sleutel = digest(&text);
    Ok((text, sleutel))
}

/// What the store knows of a secret.
pub fn digest(text: &str) -> Sessiesleutel {
    Sha256::digest(text.as_bytes()).into()
}

/// How browsers keep what we give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Koekjes {
    /// Only over TLS, and only for exactly this host.
    pub tls: bool,
    /// Also sent when another site leads here: somebody who comes back from an identity provider is still the same.
    pub lax: bool,
}

impl Koekjes {
    fn name(self, name: &str) -> String {
        if self.tls { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// What a browser is to keep for so many seconds; nothing any more after none.
    pub fn set(self, name: &str, value: &str, seconds: i64) -> String {
        let (site, secure) =
            (if self.lax { "Lax" } else { "Strict" }, if self.tls { "; Secure" } else { "" });
        format!("{}={value}; Path=/; HttpOnly; SameSite={site}{secure}; Max-Age={seconds}", self.name(name))
    }

    /// What a browser kept.
    pub fn read<'h>(self, headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
        let name = self.name(name);
        let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|text| text.split(';'));
        pairs.find_map(|pair| pair.trim().strip_prefix(&*name)?.strip_prefix('='))
    }
}

/// Who asks; none without a session that is in force.
pub async fn who(
    store: &dyn Store,
    koekjes: Koekjes,
    headers: &HeaderMap,
    herkomst: String,
) -> Result<Option<Wie>, ConsoleError> {
    let Some(text) = koekjes.read(headers, COOKIE) else { return Ok(None) };
    let sleutel = digest(text);
    let now = Clock::System.now();
    let Some(sessie) = read::console::sessie(store, sleutel).await? else { return Ok(None) };
    if !in_force(&sessie, now) {
        store.keep(Bewaren::Einde(sleutel)).await?;
        return Ok(None);
    }
    // A role that was taken away, or that this program does not know, is no access.
    let Some(rol) = Toegangsrol::of(&sessie.rol, sessie.partij.as_deref()) else { return Ok(None) };
    if now - sessie.gebruikt >= WRITTEN {
        store.keep(Bewaren::Gebruikt(sleutel, now)).await?;
    }
    // Nobody can tell whose a session is that a program before this one began.
    if sessie.account.is_empty() || is_by_settings(&sessie.account) {
        return Ok(None);
    }
    Ok(Some(Wie { naam: sessie.wie, account: sessie.account, rol, sessie: sleutel, herkomst }))
}

fn in_force(sessie: &Sessie, now: Moment) -> bool {
    let (unused, old) = (now - sessie.gebruikt, now - sessie.gemaakt);
    unused < IDLE && old < LONGEST
}

/// Begins one, under a new secret; what the browser is to keep. What it had before ends.
pub async fn begin(
    store: &dyn Store,
    koekjes: Koekjes,
    headers: &HeaderMap,
    (naam, account): (&str, &str),
    rol: Toegangsrol,
) -> Result<String, ConsoleError> {
    let now = Clock::System.now();
    store
        .keep(Bewaren::Opruimen { gemaakt: now - LONGEST, gebruikt: now - IDLE, formulier: now - FORM })
        .await?;
    if let Some(text) = koekjes.read(headers, COOKIE) {
        store.keep(Bewaren::Einde(digest(text))).await?;
    }
    let (text, sleutel) = secret()?;
    let sessie = Sessie {
        wie: naam.to_owned(),
        rol: rol.soort().as_str().to_owned(),
        partij: rol.partij(),
        account: account.to_owned(),
        gemaakt: now,
        gebruikt: now,
    };
    store.keep(Bewaren::Begin(sleutel, sessie)).await?;
    Ok(koekjes.set(COOKIE, &text, LONGEST.num_seconds()))
}

/// Ends one; what the browser is to keep instead.
pub async fn end(store: &dyn Store, koekjes: Koekjes, wie: &Wie) -> Result<String, ConsoleError> {
    store.keep(Bewaren::Einde(wie.sessie)).await?;
    Ok(koekjes.set(COOKIE, "", 0))
}

/// Who is logged in, the newest first.
pub async fn all(store: &dyn Store, most: usize) -> Result<Vec<(Sessiesleutel, Sessie)>, ConsoleError> {
    let now = Clock::System.now();
    Ok(read::console::sessies(store, (now - LONGEST, now - IDLE), most).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_not_used_and_when_it_is_old() {
        let begin: Moment = "2026-01-05T09:00:00".parse().unwrap();
        let used = |after: TimeDelta| Sessie {
            wie: "a".to_owned(),
            rol: "operator".to_owned(),
            partij: None,
            account: "ontwikkeling/a".to_owned(),
            gemaakt: begin,
            gebruikt: begin + after,
        };
        let second = TimeDelta::seconds(1);
        assert!(in_force(&used(TimeDelta::zero()), begin + IDLE - second));
        assert!(!in_force(&used(TimeDelta::zero()), begin + IDLE));
        assert!(in_force(&used(LONGEST - second), begin + LONGEST - second));
        assert!(!in_force(&used(LONGEST - second), begin + LONGEST));
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=b; happyflow-sessie=xyz; c=d".parse().unwrap());
        let (open, tls) = (Koekjes { tls: false, lax: false }, Koekjes { tls: true, lax: true });
        assert_eq!((open.read(&headers, COOKIE), tls.read(&headers, COOKIE)), (Some("xyz"), None));
        assert_eq!(open.set("a", "b", 5), "a=b; Path=/; HttpOnly; SameSite=Strict; Max-Age=5");
        assert_eq!(tls.set("a", "b", 5), "__Host-a=b; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=5");
        headers.append(header::COOKIE, "__Host-happyflow-sessie=abc".parse().unwrap());
        assert_eq!(tls.read(&headers, COOKIE), Some("abc"));
        let (one, other) = (secret().unwrap(), secret().unwrap());
        assert!(one != other && one.0.len() >= 64 && digest(&one.0) == one.1);
    }
}
