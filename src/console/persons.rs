//! Messages as people read them: a line for every element, with persons masked until somebody asked for them.

use super::shown::turns;
use crate::codes::Bsn;
use crate::schema::releases;
use std::borrow::Cow;

/// Elements of which nothing is shown but that they are there, with everything in them.
const PERSONAL: [&str; 18] = [
    "Bsn",
    "Geboortedatum",
    "Geslacht",
    "Naam",
    "Communicatie",
    "JuridischeStatus",
    "WettelijkeVertegenwoordiging",
    "Commentaar",
    "Relaties",
    "Relatie",
    "Contactgegevens",
    "Contact",
    "Adres",
    "Adressen",
    "Telefoon",
    "Emailadres",
    "LeefEenheid",
    "GezinsRelatie",
];
/// What stands instead.
const MASK: &str = "***";
/// Most characters of a line that are shown.
const WIDEST: usize = 2_000;

/// A message as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_start_matches('\u{FEFF}').to_owned()
}

/// Whether it has lines of its own.
fn has_lines(text: &str) -> bool {
    text.lines().count() > 3
}

/// A message in lines: as it was sent when it has lines, else one for every tag that follows another.
pub fn in_lines(text: &str) -> Cow<'_, str> {
    if has_lines(text) { Cow::Borrowed(text) } else { Cow::Owned(text.replace("><", ">\n<")) }
}

/// The line, from 1, in which a byte of the message stands.
pub fn line_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset.min(text.len())).unwrap_or_default();
    let ends = if has_lines(text) {
        before.matches('\n').count()
    } else {
        // The tag that begins here is the first of its line.
        before.matches("><").count() + before.matches('\n').count() + usize::from(before.ends_with('>'))
    };
    ends + 1
}

/// A text that is hidden, in as many lines as it had.
fn hidden(text: &str) -> String {
    format!("{MASK}{}", "\n".repeat(text.matches('\n').count()))
}

/// A message without persons. Of one that cannot be read nothing is known, so nothing between its tags is shown, nor a
/// name that no release has.
pub fn masked(text: &str, readable: bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut within: Option<(&str, usize)> = None;
    let mut rest = text;
    while !rest.is_empty() {
        let (before, behind) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        shown.push_str(&content(before, readable && within.is_none()));
        let Some(length) = markup(behind) else {
            // It never ends, so nobody knows what it is.
            shown.push_str(if behind.is_empty() { "" } else { MASK });
            break;
        };
        let (tag, next) = behind.split_at(length);
        rest = next;
        if tag.starts_with("<!") {
            shown.push_str(&hidden(tag));
            continue;
        }
        let name = name_of(tag);
        shown.push_str(&shown_tag(tag, name, readable));
        let (closes, empty) = (tag.starts_with("</"), tag.ends_with("/>"));
        within = match within {
            Some((personal, depth)) if personal == name && !empty => match (closes, depth) {
                (true, 1) => None,
                (true, depth) => Some((personal, depth - 1)),
                (false, depth) => Some((personal, depth + 1)),
            },
            None if PERSONAL.contains(&name) && !closes && !empty => Some((name, 1)),
            other => other,
        };
    }
    shown
}

/// What stands between tags.
fn content(text: &str, plain: bool) -> String {
    let inner = text.trim();
    if inner.is_empty() {
        return text.to_owned();
    }
    if plain { without_bsn(text) } else { text.replace(inner, &hidden(inner)) }
}

/// Without what looks like the number of a person; lines stay lines.
fn without_bsn(text: &str) -> String {
    text.split('\n').map(|line| Bsn::mask_in(line.trim_end_matches('\r'))).collect::<Vec<_>>().join("\n")
}

/// Length of what begins with `<`; none when it never ends.
fn markup(text: &str) -> Option<usize> {
    let end = if text.starts_with("<!--") {
        "-->"
    } else if text.starts_with("<![CDATA[") {
        "]]>"
    } else if text.starts_with('<') {
        ">"
    } else {
        return None;
    };
    text.find(end).map(|place| place + end.len())
}

/// The name in a tag, without its prefix.
fn name_of(tag: &str) -> &str {
    let inside = tag.trim_start_matches(['<', '/']).trim_end_matches(['>', '/']);
    let name = inside.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or_default()
}

/// A tag, without what it carries when nobody knows it.
fn shown_tag(tag: &str, name: &str, readable: bool) -> String {
    if tag.starts_with("<?") || readable || releases().knows_element(name) {
        return without_bsn(tag);
    }
    if tag.starts_with("</") { "</…>".to_owned() } else { "<…>".to_owned() }
}

/// A line as it may be shown: nothing that steers a screen, and not without end.
pub fn shown(line: &str) -> String {
    let safe = |c: char| if (c.is_control() && c != '\t') || turns(c) { '\u{FFFD}' } else { c };
    let mut text: String = line.chars().take(WIDEST).map(safe).collect();
    if line.chars().count() > WIDEST {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_not_read_from_a_message() {
        let message = "<c:Client>\n<c:Bsn>999900006</c:Bsn><Naam><Geslachtsnaam><Naam>Jansen</Naam></Geslachtsnaam>\
                       <Voornamen>Jo</Voornamen></Naam><ProductCode>45A12</ProductCode><x a='999900006'/></c:Client>";
        let shown = "<c:Client>\n<c:Bsn>***</c:Bsn><Naam><Geslachtsnaam><Naam>***</Naam></Geslachtsnaam>\
                     <Voornamen>***</Voornamen></Naam><ProductCode>45A12</ProductCode><x a='*********'/></c:Client>";
        assert_eq!(masked(message, true), shown);
    }

    #[test]
    fn what_is_hidden_otherwise_or_broken_is_not_read_either() {
        for message in [
            "<Bsn>geheim",
            "<Naam><![CDATA[geheim]]></Naam>",
            "<a><!-- geheim --></a>",
            "<a><![CDATA[geheim]]></a>",
            "<Naam>\ngeheim\n</Naam>",
            "<Naam><Naam/>geheim</Naam>",
            "<Naam x='1'>geheim</Naam >",
            "<a geheim",
            "<!-- geheim",
        ] {
            assert!(!masked(message, true).contains("geheim"), "{message}");
        }
        assert_eq!(masked("<Client><Jansen>Jo</Jansen></Client>", false), "<Client><…>***</…></Client>");
    }

    #[test]
    fn a_message_in_one_line_is_read_in_many() {
        let message = "<a><b>1</b><c/></a>";
        assert_eq!(in_lines(message).lines().collect::<Vec<_>>(), ["<a>", "<b>1</b>", "<c/>", "</a>"]);
        let line = |tag: &str| line_of(message, message.find(tag).unwrap());
        assert_eq!((line("<a>"), line("<b>"), line("<c/>")), (1, 2, 3));
        let message = "<a>\n <b>1</b>\n <c/>\n</a>";
        assert_eq!(
            (in_lines(message).lines().count(), line_of(message, message.find("<c/>").unwrap())),
            (4, 3)
        );
        assert!(shown(&"x".repeat(5_000)).chars().count() == WIDEST + 1);
    }
}
