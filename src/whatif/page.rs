//! The page for a council member: what changes, why, and how sure that is. Dutch, no scripts, works on paper.

use super::report::METHOD;
use super::svg::short;
use crate::messages::escape_into;
use crate::money::Cents;
use crate::report::{Cell, Report, Table};

const STYLE: &str = "
:root { color-scheme: light; }
body { font: 1.06rem/1.55 system-ui, sans-serif; color: #1b2430; background: #fff; margin: 0 auto; max-width: 62rem;
  padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.35rem; margin: 2.4rem 0 .6rem; }
p { max-width: 44rem; }
.kern { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.4rem 0; padding: 0; list-style: none; }
.kern li { flex: 1 1 11rem; border: 1px solid #b8c2cf; border-top: 5px solid #005ea5; padding: .7rem .9rem; }
.kern b { display: block; font-size: 1.45rem; }
.rol { overflow-x: auto; }
.rol:focus-visible { outline: 3px solid #b3003c; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .3rem 0 .5rem; color: #3b4654; }
th, td { border-bottom: 1px solid #d4dae2; padding: .4rem .6rem; text-align: right; vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 2px solid #1b2430; white-space: normal; }
tfoot th, tfoot td { border-top: 2px solid #1b2430; font-weight: 700; }
figure { margin: 1rem 0; }
figure svg { width: 100%; height: auto; }
figcaption { color: #3b4654; font-size: .95rem; }
dt { font-weight: 700; margin-top: .7rem; }
dd { margin: 0; max-width: 44rem; }
@media print { body { font-size: 10pt; max-width: none; } .rol { overflow: visible; } h2 { break-after: avoid; } }
";

/// The page, with the chart in it.
#[must_use]
pub fn write(report: &Report, chart: &str, subject: &str, jaar: i32) -> String {
    let total = report.table("total").and_then(|table| Some((table, table.rows.first()?)));
    let euros = |key: &str| total.map_or(0, |(table, row)| amount(table, row, key));
    let (old, new) = (euros("old_cents"), euros("expected_cents"));
    let (low, high) = (euros("low_cents"), euros("high_cents"));
    let mut html = format!(
        "<!doctype html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Jeugdzorg met andere contracten in {jaar}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Wat kost dezelfde jeugdzorg met de contracten van {jaar}?</h1>\n\
         <p>Dit overzicht rekent zorg die al is toegekend opnieuw uit, met andere tarieven, producten, budgetten en plafonds. \
         {subject}</p>\n"
    );
    html.push_str(&format!("<p><strong>{}</strong></p>\n", sentence(old, new, low, high)));
    html.push_str("<ul class=\"kern\">\n");
    let unmapped = euros("unmapped_cents");
    for (what, value) in [
        ("Toegekend toen", short(old)),
        ("Met de nieuwe contracten", short(new)),
        ("Verschil", signed(new - old)),
        ("Nog niet te koppelen", share(unmapped, old)),
    ] {
        html.push_str(&format!("<li>{what}<b>{value}</b></li>\n"));
    }
    html.push_str("</ul>\n<h2>Waardoor verandert het bedrag?</h2>\n");
    html.push_str(&causes(&euros));
    html.push_str("<h2>Per gemeente</h2>\n<figure>\n");
    html.push_str(&chart.replace(" xmlns=\"http://www.w3.org/2000/svg\"", ""));
    html.push_str("<figcaption>De tabel hieronder heeft dezelfde cijfers.</figcaption>\n</figure>\n");
    for (key, first) in [("gemeenten", "Gemeente"), ("products", "Product"), ("aanbieders", "Aanbieder")] {
        if let Some(table) = report.table(key) {
            if key != "gemeenten" {
                html.push_str(&format!("<h2>{}</h2>\n", escaped(table.titel)));
            }
            html.push_str(&table_html(table, first, total));
        }
    }
    html.push_str(&ceilings(report.table("ceilings")));
    html.push_str("<h2>Hoe is dit berekend?</h2>\n<dl>\n");
    for (subject, text) in METHOD {
        html.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", escaped(subject), escaped(text)));
    }
    html.push_str(
        "</dl>\n<p>Alle bedragen tot op de cent, ook per product, staan in het rekenblad <code>wat-als.xlsx</code> \
         naast deze pagina. Er staan geen gegevens van jeugdigen in.</p>\n</main>\n</body>\n</html>\n",
    );
    html
}

fn sentence(old: i64, new: i64, low: i64, high: i64) -> String {
    let change = match new.cmp(&old) {
        std::cmp::Ordering::Greater => format!("{} duurder", short(new - old)),
        std::cmp::Ordering::Less => format!("{} goedkoper", short(old - new)),
        std::cmp::Ordering::Equal => "even duur".to_owned(),
    };
    let percent =
        if old == 0 || new == old { String::new() } else { format!(" ({})", share(new - old, old)) };
    let mut text = format!("Dezelfde zorg wordt naar verwachting {change}{percent}.");
    if low != high {
        text.push_str(" Een deel is niet te koppelen aan de nieuwe contracten; ");
        let (low, high) = (short(low), short(high));
        let limits = if low == high {
            "op dit bedrag maakt dat niets uit.".to_owned()
        } else {
            format!("de uitkomst ligt waarschijnlijk tussen {low} en {high}.")
        };
        text.push_str(&limits);
    }
    text
}

fn causes(euros: &impl Fn(&str) -> i64) -> String {
    let (price, volume, mix) = (euros("price_cents"), euros("volume_cents"), euros("mix_cents"));
    let estimated = euros("expected_cents") - euros("new_cents") - euros("unmapped_cents");
    let rows = [
        ("Prijs", "tarieven zijn anders", price),
        ("Volume", "er is meer of minder zorg, door de koppeling, een budget of een plafond", volume),
        ("Mix", "de zorg is anders verdeeld over dure en goedkope producten", mix),
        ("Schatting", "zorg die niet te koppelen is verandert als de overige", estimated),
    ];
    let mut html = "<div class=\"rol\" tabindex=\"0\" role=\"region\" aria-label=\"Oorzaken\">\n<table>\n\
        <caption>De oorzaken tellen samen op tot het hele verschil.</caption>\n\
        <thead><tr><th scope=\"col\">Oorzaak</th><th scope=\"col\" style=\"text-align:left\">Wat betekent het</th>\
        <th scope=\"col\">Verschil</th></tr></thead>\n<tbody>\n"
        .to_owned();
    for (name, meaning, amount) in rows {
        html.push_str(&format!(
            "<tr><th scope=\"row\">{name}</th><td style=\"text-align:left;white-space:normal\">{meaning}</td>\
             <td>{}</td></tr>\n",
            exact(amount)
        ));
    }
    html.push_str(&format!(
        "</tbody>\n<tfoot><tr><th scope=\"row\">Samen</th><td></td><td>{}</td></tr></tfoot>\n</table>\n</div>\n",
        exact(price + volume + mix + estimated)
    ));
    html
}

const SHOWN: [(&str, &str); 7] = [
    ("old_cents", "Toen"),
    ("expected_cents", "Nieuw"),
    ("price_cents", "Prijs"),
    ("volume_cents", "Volume"),
    ("mix_cents", "Mix"),
    ("low_cents", "Onder&shy;grens"),
    ("high_cents", "Boven&shy;grens"),
];

fn table_html(table: &Table, first: &str, total: Option<(&Table, &Vec<Cell>)>) -> String {
    let title = escaped(table.titel);
    let mut html = format!(
        "<div class=\"rol\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">\n<table>\n\
         <caption>{title}: toegekend toen en met de nieuwe contracten, in hele euro's.</caption>\n\
         <thead><tr><th scope=\"col\">{first}</th>"
    );
    for (_, heading) in SHOWN {
        html.push_str(&format!("<th scope=\"col\">{heading}</th>"));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        html.push_str(&format!("<tr><th scope=\"row\">{}</th>", escaped(&label(table, row))));
        html.push_str(&cells(table, row));
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n");
    if let Some((totals, row)) = total {
        html.push_str(&format!(
            "<tfoot><tr><th scope=\"row\">Totaal</th>{}</tr></tfoot>\n",
            cells(totals, row)
        ));
    }
    html.push_str("</table>\n</div>\n");
    html
}

fn cells(table: &Table, row: &[Cell]) -> String {
    SHOWN
        .iter()
        .fold(String::new(), |html, (key, _)| html + &format!("<td>{}</td>", exact(amount(table, row, key))))
}

/// Name when there is one, else the codes.
fn label(table: &Table, row: &[Cell]) -> String {
    let texts: Vec<&str> = (table.columns.iter().zip(row))
        .filter_map(|(column, cell)| match cell {
            Cell::Text(text) if column.key != "productcategorie" => Some(text.as_str()),
            _ => None,
        })
        .collect();
    match texts.as_slice() {
        [code, name] => format!("{name} ({code})"),
        texts => texts.join(" "),
    }
}

fn ceilings(table: Option<&Table>) -> String {
    let Some(table) = table.filter(|table| !table.rows.is_empty()) else { return String::new() };
    let mut html = "<h2>Budgetten en plafonds</h2>\n<ul>\n".to_owned();
    for row in &table.rows {
        let text = |at: usize| match row.get(at) {
            Some(Cell::Text(text)) => escaped(text),
            _ => String::new(),
        };
        let above = amount(table, row, "above_cents");
        let what = if above == 0 {
            "wordt niet bereikt".to_owned()
        } else {
            format!("{} erboven {}", short(above), text(4))
        };
        html.push_str(&format!(
            "<li>{} van {}: {what}.</li>\n",
            text(0),
            short(amount(table, row, "ceiling_cents"))
        ));
    }
    html.push_str("</ul>\n");
    html
}

fn amount(table: &Table, row: &[Cell], key: &str) -> i64 {
    let at = table.columns.iter().position(|column| column.key == key);
    match at.and_then(|at| row.get(at)) {
        Some(Cell::Euros(amount)) => amount.0,
        _ => 0,
    }
}

/// Whole euros.
fn exact(cents: i64) -> String {
    let euros = (cents.abs() + 50) / 100;
    let text = Cents(if cents < 0 { -euros * 100 } else { euros * 100 }).to_string();
    text.trim_end_matches(",00").replace(' ', "\u{a0}")
}

fn signed(cents: i64) -> String {
    if cents > 0 { format!("+{}", short(cents)) } else { short(cents) }
}

/// A share in percent with one decimal.
fn share(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "0%".to_owned();
    }
    let tenths =
        (i128::from(part) * 1000 + i128::from(whole) / 2 * i128::from(part.signum())) / i128::from(whole);
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{},{}%", tenths.abs() / 10, tenths.abs() % 10)
}

fn escaped(text: &str) -> String {
    let mut safe = String::new();
    escape_into(text, &mut safe);
    safe
}
