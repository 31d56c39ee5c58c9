//! The envelope of a message from the first bytes of it, without judging the message.
//!
//! The intake must know which lane a message waits in, and who sends what an operator gave; the worker reads and judges
//! it later. Of a message that passes level 1 this is what its header says, or none when it is written in an unusual
//! way: then it is read in full. Of any other message it means nothing: no answer depends on it.

use super::{BerichtSoort, Envelope, Partij, Relatie};

/// The header's codes lie within so many bytes of a message that is written plainly.
const START_BYTES: usize = 4096;

/// What the header says; none when only reading the message in full can tell.
#[must_use]
pub fn envelope(message: &[u8]) -> Option<Envelope> {
    let (mut start, code) = Start::header(message)?;
    let (afzender, ontvanger) = if let Some(afzender) = start.value("Afzender") {
        (afzender, start.value("Ontvanger")?)
    } else {
        // JW303 and JW304: who sends it follows from the kind of message.
        let gemeente = start.value("Gemeente")?;
        let _ = start.value("Servicebureau");
        (start.value("Aanbieder")?, gemeente)
    };
    let (afzender, ontvanger) = (Partij::parse(afzender)?, Partij::parse(ontvanger)?);
    let retour = BerichtSoort::parse(code).is_ok_and(BerichtSoort::is_retour);
    let sender = if retour { ontvanger } else { afzender };
    match (afzender, ontvanger) {
        (Partij::Gemeente(gemeente), Partij::Aanbieder(aanbieder))
        | (Partij::Aanbieder(aanbieder), Partij::Gemeente(gemeente)) => {
            Some(Envelope { relatie: Relatie { gemeente, aanbieder }, sender })
        }
        _ => None,
    }
}

/// The Afzender in the header of a message that is written plainly and is not judged.
#[must_use]
pub fn afzender(message: &[u8]) -> Option<Partij> {
    Partij::parse(Start::header(message)?.0.value("Afzender")?)
}

/// What is still to be read of the start of a message.
struct Start<'m>(&'m [u8]);

impl<'m> Start<'m> {
    /// Behind the kind of message in its header, and its code.
    fn header(message: &'m [u8]) -> Option<(Self, &'m str)> {
        let mut start = Self(&message[..message.len().min(START_BYTES)]);
        start.0 = start.0.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start.0);
        if start.0.starts_with(b"<?xml ") {
            start.0 = &start.0[memchr::memmem::find(start.0, b"?>")? + 2..];
        }
        start.open("Bericht")?;
        start.open("Header")?;
        let code = start.value("BerichtCode")?;
        for name in ["BerichtVersie", "BerichtSubversie"] {
            start.value(name)?;
        }
        Some((start, code))
    }

    /// The next start tag, when it has this name: what stands behind the name up to `>`.
    fn tag(&mut self, name: &str) -> Option<&'m [u8]> {
        let rest = self.0.trim_ascii_start().strip_prefix(b"<")?;
        let end = rest.iter().position(|byte| matches!(byte, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))?;
        let local = rest[..end].rsplit(|byte| *byte == b':').next()?;
        if local != name.as_bytes() {
            return None;
        }
        let close = end + closing(&rest[end..])?;
        self.0 = &rest[close + 1..];
        Some(&rest[end..close])
    }

    /// Goes into an element, whatever its attributes.
    fn open(&mut self, name: &str) -> Option<()> {
        self.tag(name)?.last().is_none_or(|byte| *byte != b'/').then_some(())
    }

    /// The digits in an element without attributes. Nothing is read when they are not there.
    fn value(&mut self, name: &str) -> Option<&'m str> {
        let mut ahead = Start(self.0);
        if !ahead.tag(name)?.is_empty() {
            return None;
        }
        let length = ahead.0.iter().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = ahead.0.split_at(length);
        let rest = rest.strip_prefix(b"</")?;
        self.0 = &rest[memchr::memchr(b'>', rest)? + 1..];
        std::str::from_utf8(digits).ok()
    }
}

/// Where a start tag ends: the first `>` outside quotes.
fn closing(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    tag.iter().position(|byte| {
        match quote {
            None if matches!(byte, b'"' | b'\'') => quote = Some(*byte),
            Some(open) if open == *byte => quote = None,
            _ => {}
        }
        quote.is_none() && *byte == b'>'
    })
}
