//! Well-formed XML, piece by piece: quick-xml finds the pieces, the checks that it leaves to its
//! callers are made here (names, attributes, characters, references, one root, nothing around it).

use super::attributes::{Attribute, Tag, read_tag};
use super::facet::is_space;
use super::fault::{Fault, shown_if_known};
use super::limits::MAX_DEPTH;
use super::names::{forbidden_character, is_ncname, referenced};
use super::namespaces::{Name, Namespaces};
use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::Event;

/// Attributes with their namespaces.
pub type Attributes<'s> = Vec<(Name<'s>, Attribute<'s>)>;

/// A piece of a message.
#[derive(Debug)]
pub enum Token<'s> {
    /// A start tag, or an empty element when `empty`.
    Start {
        /// The name of the element.
        name: Name<'s>,
        /// Its attributes without namespace declarations.
        attributes: Attributes<'s>,
        /// No end tag follows.
        empty: bool,
    },
    /// An end tag.
    End,
    /// Text as it stands in the source.
    Text(&'s str),
    /// Text of a CDATA section as it stands in the source.
    CData(&'s str),
    /// A character by reference.
    Character(char),
    /// A comment or processing instruction.
    Aside,
    /// The end of the message.
    Eof,
}

/// Reads a text token by token, until the end or the first place where it is not well-formed.
pub struct Tokens<'s> {
    text: &'s str,
    body: usize,
    reader: Reader<&'s [u8]>,
    namespaces: Namespaces<'s>,
    depth: usize,
    root_seen: bool,
    empty_open: bool,
}

impl std::fmt::Debug for Tokens<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("depth", &self.depth).finish_non_exhaustive()
    }
}

impl<'s> Tokens<'s> {
    /// A reader of what follows the XML declaration; `body` is where that begins.
    pub fn new(text: &'s str, body: usize) -> Result<Self, Fault> {
        // quick-xml drops a byte order mark; ours is gone already, so this one is text.
        if text[body..].starts_with('\u{FEFF}') {
            return Err(outside(body));
        }
        let mut reader = Reader::from_str(&text[body..]);
        let config = reader.config_mut();
        config.check_comments = true;
        config.check_end_names = true;
        let namespaces = Namespaces::new();
        Ok(Self { text, body, reader, namespaces, depth: 0, root_seen: false, empty_open: false })
    }

    /// The namespace declarations that hold at the last token.
    #[must_use]
    pub fn namespaces(&self) -> &Namespaces<'s> {
        &self.namespaces
    }

    /// Where the last token ended, in bytes from the start of the source.
    #[must_use]
    pub fn position(&self) -> usize {
        self.body + usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// The next token and its offset.
    pub fn read(&mut self) -> Result<(usize, Token<'s>), Fault> {
        if std::mem::take(&mut self.empty_open) {
            self.namespaces.leave();
        }
        let offset = self.position();
        let event = match self.reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(self.ill_formed(offset, &error)),
        };
        let raw = &self.text[offset..self.position()];
        check_characters(raw, offset)?;
        let token = match event {
            Event::Start(_) => self.start(offset, trimmed(raw, 1, 1), false)?,
            Event::Empty(_) => self.start(offset, trimmed(raw, 1, 2), true)?,
            Event::End(_) => {
                self.depth -= 1;
                self.namespaces.leave();
                Token::End
            }
            Event::Text(_) => self.text(offset, raw)?,
            Event::CData(_) if self.depth > 0 => Token::CData(trimmed(raw, 9, 3)),
            Event::CData(_) => return Err(outside(offset)),
            Event::GeneralRef(_) => self.reference(offset, trimmed(raw, 1, 1))?,
            Event::Comment(_) => Token::Aside,
            Event::PI(_) => instruction(offset, trimmed(raw, 2, 2))?,
            Event::Decl(_) => {
                let expected = "een XML-declaratie alleen aan het begin";
                return Err(Fault::new(offset, expected, "een XML-declaratie verderop"));
            }
            Event::DocType(_) => return Err(doctype(offset)),
            Event::Eof => self.end(offset)?,
        };
        Ok((offset, token))
    }

    fn start(&mut self, offset: usize, inside: &'s str, empty: bool) -> Result<Token<'s>, Fault> {
        if self.depth == 0 && self.root_seen {
            return Err(Fault::new(offset, "het einde van het bericht", "een tweede hoofdelement"));
        }
        if self.depth >= MAX_DEPTH {
            let expected = format!("elementen tot {MAX_DEPTH} diep in elkaar");
            return Err(Fault::new(offset, expected, "een element dat dieper ligt"));
        }
        let tag: Tag<'s> = read_tag(inside, offset)?;
        self.root_seen = true;
        self.namespaces.enter(&tag, offset)?;
        self.empty_open = empty;
        if !empty {
            self.depth += 1;
        }
        if tag.prefix == "xmlns" {
            return Err(Fault::new(
                offset,
                "een prefix die niet voorbehouden is",
                "een element met prefix xmlns",
            ));
        }
        let name = self.namespaces.name(tag.prefix, tag.local, offset)?;
        let named = self.namespaces.attributes(&tag, offset)?;
        let attributes = named.into_iter().map(|(name, attribute)| (name, attribute.clone())).collect();
        Ok(Token::Start { name, attributes, empty })
    }

    fn text(&self, offset: usize, text: &'s str) -> Result<Token<'s>, Fault> {
        if self.depth == 0 {
            return if text.bytes().all(is_space) { Ok(Token::Aside) } else { Err(outside(offset)) };
        }
        match text.find("]]>") {
            Some(at) => Err(Fault::new(offset + at, "]]&gt; in plaats van ]]>", "]]> in gewone tekst")),
            None => Ok(Token::Text(text)),
        }
    }

    fn reference(&self, offset: usize, inside: &str) -> Result<Token<'s>, Fault> {
        if self.depth == 0 {
            return Err(outside(offset));
        }
        referenced(inside).map(Token::Character).ok_or_else(|| {
            let expected = "&lt; &gt; &amp; &apos; &quot; of het nummer van een teken dat mag";
            Fault::new(offset, expected, "een andere verwijzing")
        })
    }

    fn end(&self, offset: usize) -> Result<Token<'s>, Fault> {
        if self.depth > 0 {
            return Err(Fault::new(offset, "de eindtags van alle elementen", "het einde van het bericht"));
        }
        if self.root_seen {
            Ok(Token::Eof)
        } else {
            Err(Fault::new(offset, "een XML-bericht", "geen element"))
        }
    }

    /// What quick-xml itself found wrong, in Dutch.
    fn ill_formed(&self, offset: usize, error: &Error) -> Fault {
        let rest = &self.text[offset..];
        if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
            return doctype(offset);
        }
        let (expected, found) = match error {
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, .. }) => {
                (format!("de eindtag van {}", shown_if_known(expected)), "een andere eindtag".to_owned())
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(_)) => {
                ("een begintag voor elke eindtag".to_owned(), "een eindtag zonder begintag".to_owned())
            }
            Error::IllFormed(IllFormedError::DoubleHyphenInComment) => {
                ("commentaar zonder --".to_owned(), "commentaar met --".to_owned())
            }
            Error::IllFormed(IllFormedError::UnclosedReference) => {
                ("&amp; of een verwijzing die met ; eindigt".to_owned(), "een los &".to_owned())
            }
            Error::Syntax(SyntaxError::UnclosedComment | SyntaxError::UnclosedCData) => {
                ("het einde van commentaar of CDATA".to_owned(), "het einde van het bericht".to_owned())
            }
            Error::Syntax(_) => {
                ("een volledige tag".to_owned(), "een tag die niet klopt of niet eindigt".to_owned())
            }
            _ => ("welgevormde XML".to_owned(), "iets anders".to_owned()),
        };
        Fault::new(offset, expected, found)
    }
}

/// Whether a piece holds a character that XML forbids everywhere.
fn check_characters(raw: &str, offset: usize) -> Result<(), Fault> {
    forbidden_character(raw).map_or(Ok(()), |at| {
        let code = raw[at..].chars().next().map_or(0, u32::from);
        Err(Fault::new(offset + at, "een teken dat in XML mag", format!("het teken U+{code:04X}")))
    })
}

/// Without the characters of the markup around it.
fn trimmed(raw: &str, start: usize, end: usize) -> &str {
    raw.get(start..raw.len().saturating_sub(end)).unwrap_or_default()
}

fn outside(offset: usize) -> Fault {
    Fault::new(offset, "alleen witruimte buiten het hoofdelement", "tekst buiten het hoofdelement")
}

/// A document type may define entities that grow without end; no message of the standard has one.
fn doctype(offset: usize) -> Fault {
    Fault::new(offset, "een bericht zonder DOCTYPE", "een DOCTYPE, die om veiligheid wordt geweigerd")
}

fn instruction<'s>(offset: usize, inside: &str) -> Result<Token<'s>, Fault> {
    let end = inside.bytes().position(is_space).unwrap_or(inside.len());
    let target = &inside[..end];
    if is_ncname(target) && !target.eq_ignore_ascii_case("xml") {
        Ok(Token::Aside)
    } else {
        let expected = "een verwerkingsinstructie met een naam die mag";
        Err(Fault::new(offset, expected, "een andere verwerkingsinstructie"))
    }
}
