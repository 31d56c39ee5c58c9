//! Errors in settings, in Dutch: the libraries that read TOML say them in English.

/// Which word a kind of value has in TOML.
const KINDS: [(&str, &str); 10] = [
    ("boolean", "een ja of nee (true of false)"),
    ("integer", "een geheel getal"),
    ("floating point", "een getal"),
    ("string", "een tekst"),
    ("sequence", "een lijst"),
    ("map", "een tabel"),
    ("datetime", "een datum"),
    ("unit", "niets"),
    ("null", "niets"),
    ("none", "niets"),
];

/// What is said of text that is no TOML, but for a key that stands there twice.
pub fn no_toml(message: &str) -> String {
    if message.starts_with("duplicate ") {
        return "dezelfde sleutel staat er twee keer".to_owned();
    }
    "dit is geen TOML. Kijk naar haakjes, aanhalingstekens en het teken = op deze regel".to_owned()
}

/// What is said of TOML that is no setting. What types of ours say, they say in Dutch.
pub fn no_setting(message: &str) -> String {
    known(message).unwrap_or_else(|| message.to_owned())
}

fn known(message: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let (name, others) = of_these(rest)?;
        return Some(format!("de sleutel {name} bestaat niet{}", listed(" hier; wel", &others)));
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let (name, others) = of_these(rest)?;
        return Some(format!("{name} kan hier niet staan{}", listed("; wel", &others)));
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return Some(format!("de sleutel {} ontbreekt", bare(name)));
    }
    let wrong = ["invalid type: ", "invalid value: "].iter().find_map(|start| message.strip_prefix(start));
    if let Some((found, expected)) = wrong.and_then(|rest| rest.rsplit_once(", expected ")) {
        return Some(format!("hier staat {}, en er hoort {} te staan", kind(found), wanted(expected)));
    }
    if message.starts_with("invalid length ") {
        return Some("deze lijst heeft te veel of te weinig delen".to_owned());
    }
    if message == "invalid socket address syntax" {
        return Some("hier hoort een adres met een poort te staan, zoals 127.0.0.1:9464".to_owned());
    }
    None
}

/// `x`, expected one of `a`, `b`.
fn of_these(rest: &str) -> Option<(String, Vec<String>)> {
    let mut names = rest.split('`').skip(1).step_by(2).map(str::to_owned);
    let name = names.next()?;
    Some((name, names.collect()))
}

fn listed(words: &str, others: &[String]) -> String {
    if others.is_empty() { String::new() } else { format!("{words}: {}", others.join(", ")) }
}

fn bare(name: &str) -> &str {
    name.trim_matches('`')
}

/// What stands there, without its content: it may be a password.
fn kind(found: &str) -> &'static str {
    let of = |(english, _): &&(&str, &str)| found.starts_with(english);
    KINDS.iter().find(of).map_or("iets anders", |(_, dutch)| dutch)
}

fn wanted(expected: &str) -> String {
    let expected = expected.strip_prefix("a ").or(expected.strip_prefix("an ")).unwrap_or(expected);
    match expected {
        "usize" | "u8" | "u16" | "u32" | "u64" | "nonzero u64" => "een geheel getal van 0 of meer".to_owned(),
        "i8" | "i16" | "i32" | "i64" => "een geheel getal".to_owned(),
        "f32" | "f64" => "een getal".to_owned(),
        "path string" => "een pad als tekst".to_owned(),
        _ if expected.starts_with("struct") => "een tabel".to_owned(),
        _ => kind_of_expected(expected).to_owned(),
    }
}

fn kind_of_expected(expected: &str) -> &'static str {
    let of = |(english, _): &&(&str, &str)| expected.contains(english);
    KINDS.iter().find(of).map_or("iets anders", |(_, dutch)| dutch)
}
