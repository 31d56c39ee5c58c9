//! One page to be read in a browser or printed: its own style, and text that stays text. Nothing runs or is fetched.

use crate::messages::escape_into;

/// Nothing comes from elsewhere; on paper headings stay above their tables and rows stay whole.
const STYLE: &str = "
body { font: 1rem/1.5 system-ui, sans-serif; color: #1b2430; background: #fff; margin: 0 auto; max-width: 76rem;
  padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .2rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p { margin: 0 0 .6rem; }
.rol { overflow-x: auto; }
.rol:focus-visible { outline: 3px solid #b3003c; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #c9d1da; padding: .35rem .7rem .35rem 0; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #1b2430; }
.getal { text-align: right; white-space: nowrap; }
.kort { white-space: nowrap; }
.lang { min-width: 15rem; }
@page { size: A4 landscape; margin: 14mm; }
@media print {
  body { font-size: 9pt; max-width: none; padding: 0; }
  table { font-size: 8.5pt; }
  .rol { overflow: visible; }
  h2 { break-after: avoid; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
";

/// Characters up to which a text stays on one line.
const SHORT: usize = 24;

/// How a cell of a table stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Celsoort {
    /// To the right.
    Getal,
    Tekst,
}

/// A page with this title; `body` is text between tags already.
#[must_use]
pub fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}\
         </main>\n</body>\n</html>\n"
    )
}

/// A table under its title; "Geen." where it has no rows.
pub fn table<'r>(
    title: &str,
    columns: &[(&str, Celsoort)],
    rows: impl IntoIterator<Item = Vec<(Celsoort, std::borrow::Cow<'r, str>)>>,
) -> String {
    let title = escaped(title);
    let mut body = String::new();
    for row in rows {
        body.push_str("<tr>");
        for (soort, text) in row {
            let class = match soort {
                Celsoort::Getal => "getal",
                Celsoort::Tekst if text.chars().count() <= SHORT => "kort",
                Celsoort::Tekst => "lang",
            };
            body.push_str(&format!("<td class=\"{class}\">{}</td>", escaped(&text)));
        }
        body.push_str("</tr>\n");
    }
    if body.is_empty() {
        return format!("<h2>{title}</h2>\n<p>Geen.</p>\n");
    }
    let mut head = String::new();
    for (kop, soort) in columns {
        let class = if *soort == Celsoort::Getal { " class=\"getal\"" } else { "" };
        head.push_str(&format!("<th scope=\"col\"{class}>{}</th>", escaped(kop)));
    }
    format!(
        "<h2>{title}</h2>\n<div class=\"rol\" role=\"region\" tabindex=\"0\" aria-label=\"{title}\">\n<table>\n\
         <thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>\n"
    )
}

/// Text between tags and within quotes; what steers a screen is made visible.
#[must_use]
pub fn escaped(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    let mut safe = String::with_capacity(plain.len());
    escape_into(&plain, &mut safe);
    safe.replace('"', "&quot;").replace('\'', "&#39;")
}
