//! The properties of messages, as docs/asyncapi.yaml tells senders and receivers.

use super::content::Body;
use crate::codes::Bsn;
use crate::messages::Partij;
use lapin::BasicProperties;
use lapin::types::ShortString;

/// The name of a message that came in begins so; behind it stands its `message_id`.
pub const NAME: &str = "amqp:";
/// Most characters of a `message_id` that we keep.
const MAX_ID: usize = 80;
/// Written to disk by the broker.
const PERSISTENT: u8 = 2;

/// `type` of a notice on a message that was set aside.
pub use crate::hub::notice::KIND as NOTICE;

/// Who put a message on the broker, by its `user_id`, which the broker has checked.
#[must_use]
pub fn sender(properties: &BasicProperties, trusted_hubs: &[String]) -> Option<Partij> {
    let user = properties.user_id().as_ref().map(ShortString::as_str).unwrap_or_default();
    if trusted_hubs.iter().any(|hub| hub == user) {
        return None;
    }
    Some(Partij::parse(user).unwrap_or_else(Partij::onbekend))
}

/// The name under which a message is kept: its `message_id`, when that is a plain one.
#[must_use]
pub fn name(properties: &BasicProperties) -> String {
    let id = properties.message_id().as_ref().map(ShortString::as_str).unwrap_or_default();
    format!("{NAME}{}", if is_plain(id) { id } else { "" })
}

/// Letters, digits and a few signs, and nothing that looks like a BSN: names are shown and logged.
fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
    let bsn = |digits: &str| Bsn::parse(digits).is_ok_and(|bsn| bsn.passes_elfproef());
    id.len() <= MAX_ID && id.bytes().all(plain) && !id.split(|c: char| !c.is_ascii_digit()).any(bsn)
}

/// The `message_id` of the message that something follows from, by the name it was kept under.
fn cause(name: Option<&str>) -> Option<&str> {
    name?.strip_prefix(NAME).filter(|id| !id.is_empty())
}

/// The properties of what leaves. `id` is the same when the same message is sent again.
#[must_use]
pub fn outgoing(id: &str, kind: &str, name: Option<&str>, body: &Body) -> BasicProperties {
    let mut properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_app_id("happyflow".into())
        .with_message_id(id.into())
        .with_type(kind.into())
        .with_content_type(body.content_type.into());
    if let Some(encoding) = body.encoding {
        properties = properties.with_content_encoding(encoding.into());
    }
    match cause(name) {
        Some(cause) => properties.with_correlation_id(cause.into()),
        None => properties,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(user: &str) -> BasicProperties {
        BasicProperties::default().with_user_id(user.into())
    }

    #[test]
    fn a_sender_is_the_checked_user_and_nobody_else() {
        let hubs = ["ggk".to_owned()];
        assert_eq!(sender(&of("12345678"), &hubs), Partij::parse("12345678"));
        assert_eq!(sender(&of("ggk"), &hubs), None);
        for unknown in [of("gast"), of(""), BasicProperties::default()] {
            assert_eq!(sender(&unknown, &hubs), Some(Partij::onbekend()));
        }
        assert_eq!(sender(&of("gast"), &[]), Some(Partij::onbekend()));
    }

    #[test]
    fn a_name_is_a_plain_id_without_a_bsn() {
        let named = |id: &str| name(&BasicProperties::default().with_message_id(id.into()));
        assert_eq!(named("a1-B2:3"), "amqp:a1-B2:3");
        for bad in ["999900006", "x-999900006-1", "a b", "\u{1b}[2J", &"x".repeat(81)] {
            assert_eq!(named(bad), "amqp:", "{bad}");
        }
        assert_eq!(named("999900007"), "amqp:999900007", "no BSN: fails the eleven test");
        assert_eq!(name(&BasicProperties::default()), "amqp:");
        assert_eq!(cause(Some("amqp:x")), Some("x"));
        assert_eq!((cause(Some("amqp:")), cause(Some("in/0193/a.xml")), cause(None)), (None, None, None));
    }
}
