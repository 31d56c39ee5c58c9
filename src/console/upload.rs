//! A file in a form: `multipart/form-data` (RFC 7578), as browsers send ours. What is written otherwise is none.

use memchr::memmem;

/// Most parts of a form.
const PARTS: usize = 16;
/// Most bytes before the content of a part.
const HEAD: usize = 1_024;
/// Longest mark between parts.
const BOUNDARY: usize = 70;

/// What a form with a file came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FormParts {
    /// Its other fields.
    pub velden: Vec<(String, String)>,
    /// The first file that is not empty; what somebody called it is not looked at.
    pub bestand: Option<Vec<u8>>,
}

/// Whether a form is one that may have a file.
pub fn may_have_a_file(soort: &str) -> bool {
    soort.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("multipart/form-data"))
}

/// Reads a form by what its head says it is; none when it is no such form.
pub fn read(soort: &str, body: &[u8]) -> Option<FormParts> {
    let mark = boundary(soort)?;
    let mut rest = body.strip_prefix(mark.as_bytes())?;
    let between = format!("\r\n{mark}");
    let between = memmem::Finder::new(between.as_bytes());
    let mut parts = FormParts::default();
    for _ in 0..PARTS {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = memmem::find(&rest[..rest.len().min(HEAD)], b"\r\n\r\n")?;
        let head = std::str::from_utf8(&rest[..head_end]).ok()?;
        let content = &rest[head_end + 4..];
        let end = between.find(content)?;
        let (content, behind) = (&content[..end], &content[end..]);
        rest = behind.strip_prefix(between.needle())?;
        let (name, is_file) = named(head)?;
        if !is_file {
            parts.velden.push((name, String::from_utf8(content.to_vec()).ok()?));
        } else if parts.bestand.is_none() && !content.is_empty() {
            parts.bestand = Some(content.to_vec());
        }
    }
    None
}

/// The mark between parts, with the dashes before it.
fn boundary(soort: &str) -> Option<String> {
    let of = |part: &str| Some(part.trim().strip_prefix("boundary=")?.trim_matches('"').to_owned());
    let boundary = soort.split(';').skip(1).find_map(of)?;
    (1..=BOUNDARY).contains(&boundary.len()).then(|| format!("--{boundary}"))
}

/// The name of a part, and whether it is a file.
fn named(head: &str) -> Option<(String, bool)> {
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let mut fields = disposition.split(';').map(str::trim);
    if fields.next() != Some("form-data") {
        return None;
    }
    let (mut name, mut is_file) = (None, false);
    for field in fields {
        if let Some(value) = field.strip_prefix("name=\"").and_then(|value| value.strip_suffix('"')) {
            name = Some(value.to_owned());
        }
        is_file |= field.starts_with("filename");
    }
    Some((name?, is_file))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=----x1";

    fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (head, content) in parts {
            body.extend_from_slice(b"------x1\r\nContent-Disposition: form-data; ");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"------x1--\r\n");
        body
    }

    #[test]
    fn a_file_is_what_stands_between_the_marks_byte_for_byte() {
        let bytes = b"\xef\xbb\xbf<a>\r\n--x1\r\n\0\xff</a>\r\n";
        let body = form(&[
            ("name=\"sleutel\"", b"abc"),
            ("name=\"bericht\"; filename=\"name=\\\".xml\"\r\nContent-Type: text/xml", bytes),
        ]);
        let read = read(KIND, &body).unwrap();
        assert_eq!(read.velden, [("sleutel".to_owned(), "abc".to_owned())]);
        assert_eq!(read.bestand.as_deref(), Some(&bytes[..]));
    }

    #[test]
    fn what_is_no_such_form_is_none_and_no_file_is_no_file() {
        let whole = form(&[("name=\"bericht\"; filename=\"\"", b"")]);
        assert_eq!(read(KIND, &whole), Some(FormParts::default()));
        for end in 0..whole.len() - 4 {
            assert_eq!(read(KIND, &whole[..end]), None, "{end}");
        }
        let long = format!("name=\"a\"\r\nX: {}", "x".repeat(HEAD));
        let many: Vec<(&str, &[u8])> = vec![("name=\"a\"", b"b"); PARTS + 1];
        for body in [form(&[("filename=\"a\"", b"b")]), form(&[(&long, b"b")]), form(&many)] {
            assert_eq!(read(KIND, &body), None);
        }
        for kind in
            ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=y"]
        {
            assert_eq!(read(kind, &whole), None, "{kind}");
        }
        assert!(may_have_a_file(KIND) && !may_have_a_file("text/plain; x=multipart/form-data"));
    }
}
