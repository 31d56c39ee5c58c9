//! Client feed: what the system of a gemeente tells of its clients day by day: new ones, moves, corrections, deaths.

use super::record::{Eisen, Lezer, Notatie, fout};
use super::sections::{json_rows, placed, rows, utf8};
use super::{Import, build, checks, import_sources, json, tables};
use crate::codes::{Bsn, Datum, GemeenteCode};
use crate::contracts::export::client_row;
use crate::contracts::{
    Bron, ClientGegevens, Gemeentecodes, Herkomst, ImportErrors, ImportFout, Overleden, Register, Wijze,
};
use serde_json::{Value, json};
use std::path::Path;

/// A feed on top of a register: what a row names is what is known from now on; what it leaves empty stays, an address
/// as one. A child that the register does not know is added. Nothing is taken out.
///
/// What is kept of it is the rows that change something, complete. Every fault with its line: [`ImportErrors`]; then
/// nothing of it is taken over.
pub fn client_feed(
    (naam, bytes): (&str, &[u8]),
    register: &Register,
    today: Datum,
    herkomst: Herkomst,
) -> Result<Import, ImportErrors> {
    let mut fouten = Vec::new();
    let told = read(naam, bytes, &mut fouten);
    checks::unique(&told, |client| (client.gemeente, client.bsn), "deze client", &mut fouten);
    for (client, bron) in &told {
        ours(client, bron, register, &mut fouten);
        if client.overleden.is_some_and(|Overleden(day)| day > today) {
            fouten.push(fout(&bron.bestand, bron.regel, Some("overleden"), "ligt in de toekomst"));
        }
    }
    if told.is_empty() && fouten.is_empty() {
        fouten.push(fout(naam, 0, None, "hier staat geen enkele client in"));
    }
    if !fouten.is_empty() {
        fouten.sort();
        fouten.dedup();
        return Err(ImportErrors(fouten));
    }
    let known = told.into_iter().map(|(client, _)| {
        let before = register.client(client.gemeente, client.bsn);
        (before, together(before, client))
    });
    let changed = known.filter(|(before, after)| *before != Some(after));
    let rows: Vec<Value> = changed.map(|(_, after)| client_row(&after)).collect();
    let document = format!("{}\n", json!({"clienten": rows}));
    let part = import_sources(&[("clienten.json".to_owned(), document.into_bytes())])?;
    Ok(part.taken(Herkomst { wijze: Wijze::Aanvullend, ..herkomst }))
}

/// One client as a row of `clienten.csv`, of what somebody filled in: columns and what stands in them.
#[must_use]
pub fn client_told(gemeente: GemeenteCode, bsn: Bsn, told: &[(&str, &str)]) -> Vec<u8> {
    let whose = [("gemeente", gemeente.as_str()), ("bsn", bsn.as_str())];
    let cells = whose.iter().chain(told);
    let columns: Vec<&str> = cells.clone().map(|(column, _)| *column).collect();
    let quoted = |(_, text): &(&str, &str)| format!("\"{}\"", text.replace('"', "\"\""));
    let values: Vec<String> = cells.map(quoted).collect();
    format!("{}\n{}\n", columns.join(";"), values.join(";")).into_bytes()
}

fn read(naam: &str, bytes: &[u8], fouten: &mut Vec<ImportFout>) -> Vec<(ClientGegevens, Bron)> {
    let Some(text) = utf8(naam, bytes, fouten) else { return Vec::new() };
    let how = (naam, Eisen::Nu);
    if !Path::new(naam).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return rows(how, text, tables::CLIENTEN, fouten, placed(build::client));
    }
    let Some(record) = json::parse(naam, text, fouten) else { return Vec::new() };
    let mut top = Lezer::new(naam, (Notatie::Eurocent, Eisen::Nu), record, fouten);
    let records = top.must("clienten", Lezer::records).unwrap_or_default();
    top.finish();
    json_rows(how, records, fouten, placed(build::client))
}

/// A gemeente that we do not serve is not ours to tell of; a code that nobody has is a typing error.
fn ours(client: &ClientGegevens, bron: &Bron, register: &Register, fouten: &mut Vec<ImportFout>) {
    let known = |code| Gemeentecodes::built_in().known(code) || register.gemeentecodes().known(code);
    let mut wrong = |veld, tekst: String| fouten.push(fout(&bron.bestand, bron.regel, Some(veld), tekst));
    if !known(client.gemeente) {
        wrong(
            "gemeente",
            format!("gemeentecode {} bestaat niet en staat niet bij de gemeentecodes", client.gemeente),
        );
    } else if !register.serves(client.gemeente) {
        wrong("gemeente", format!("gemeente {} wordt door ons niet bediend", client.gemeente));
    }
    if let Some(other) = client.andere_gemeente.filter(|other| !known(*other)) {
        wrong(
            "andere_gemeente",
            format!("gemeentecode {other} bestaat niet en staat niet bij de gemeentecodes"),
        );
    }
}

/// What is known of a client with what is told now.
fn together(before: Option<&ClientGegevens>, told: ClientGegevens) -> ClientGegevens {
    let Some(before) = before.cloned() else { return told };
    ClientGegevens {
        gemeente: told.gemeente,
        bsn: told.bsn,
        naamgebruik: told.naamgebruik.or(before.naamgebruik),
        adres: told.adres.or(before.adres),
        gezagsdrager_bekend: told.gezagsdrager_bekend.or(before.gezagsdrager_bekend),
        andere_gemeente: told.andere_gemeente.or(before.andere_gemeente),
        wijkteam_contact: told.wijkteam_contact.or(before.wijkteam_contact),
        geboortedatum: told.geboortedatum.or(before.geboortedatum),
        geslachtsnaam: told.geslachtsnaam.or(before.geslachtsnaam),
        overleden: told.overleden.or(before.overleden),
    }
}
