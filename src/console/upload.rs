//! A file in a form: `multipart/form-data` (RFC 7578), as browsers send ours. What is written otherwise is none.

use memchr::memmem;

/// Most parts of a form.
const PARTS: usize = 64;
/// Most bytes before the content of a part.
const HEAD: usize = 1_024;
/// Longest mark between parts.
const BOUNDARY: usize = 70;

/// What a form with a file came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FormParts {
    /// Its other fields.
    pub velden: Vec<(String, String)>,
    /// Files that are not empty, under what somebody called them.
    pub bestanden: Vec<(String, Vec<u8>)>,
}

/// Most characters of the name of a file.
const NAME: usize = 80;

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
        let (name, file) = named(head)?;
        match file {
            None => parts.velden.push((name, String::from_utf8(content.to_vec()).ok()?)),
            Some(file) if !content.is_empty() => parts.bestanden.push((file, content.to_vec())),
            Some(_) => {}
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

/// The name of a part, and what a file is called.
fn named(head: &str) -> Option<(String, Option<String>)> {
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let mut fields = disposition.split(';').map(str::trim);
    if fields.next() != Some("form-data") {
        return None;
    }
    let (mut name, mut file) = (None, None);
    for field in fields {
        if let Some(value) = field.strip_prefix("name=\"").and_then(|value| value.strip_suffix('"')) {
            name = Some(value.to_owned());
        }
        if field.starts_with("filename") {
            let value = field.strip_prefix("filename=\"").and_then(|value| value.strip_suffix('"'));
            file = Some(called(value.unwrap_or_default()));
        }
    }
    Some((name?, file))
}

/// What somebody called a file, in letters that mean nothing to anybody: without the folders that it lay in.
fn called(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    last.chars().map(plain).take(NAME).collect()
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
        assert_eq!(read.bestanden, [("_.xml".to_owned(), bytes.to_vec())]);
    }

    #[test]
    fn several_files_have_the_last_part_of_their_names() {
        let body = form(&[
            ("name=\"bestanden\"; filename=\"map/contract.toml\"", b"a"),
            ("name=\"bestanden\"; filename=\"C:\\x\\tarieven ë.csv\"", b"b"),
        ]);
        let read = read(KIND, &body).unwrap();
        let names: Vec<&str> = read.bestanden.iter().map(|(naam, _)| naam.as_str()).collect();
        assert_eq!(names, ["contract.toml", "tarieven__.csv"]);
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
