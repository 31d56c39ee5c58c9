//! Explains a rule or a retourcode in Dutch: `happyflow explain CODE`, and `docs/rules.md`.

use crate::codes::Retourcode;
use crate::messages::BerichtSoort;
use crate::retourcodes;
use crate::rules::{self, NOT_YET, NotYet, Rule};

/// What a code says, in Dutch; `None` when it is neither a rule nor a retourcode.
///
/// Capitals do not matter. `XSD` and `IO` are what findings name when a message is not valid at level 1
/// or could not be read.
#[must_use]
pub fn explain(code: &str) -> Option<String> {
    let code = code.trim().to_ascii_uppercase();
    match code.as_str() {
        "XSD" => return Some(STRUCTURE.to_owned()),
        "IO" => return Some(UNREADABLE.to_owned()),
        _ => {}
    }
    let rule = rules::find(&code).map(explain_rule);
    let not_yet: String = NOT_YET.iter().filter(|rule| rule.code == code).map(explain_not_yet).collect();
    match rule {
        Some(rule) => Some(rule + &not_yet),
        None if !not_yet.is_empty() => Some(format!("{code}: regel die nog niet is ingebouwd\n\n{not_yet}")),
        None => retourcodes::find(&code).map(explain_retourcode),
    }
}

const STRUCTURE: &str = "XSD: de opbouw van het bericht (controleniveau 1)\n\
    Het bericht voldoet niet aan het schema: een element ontbreekt, staat op de verkeerde plaats of heeft een \
    waarde die niet mag. Er gaat geen retourbericht; de afzender krijgt een foutmelding met regel en plaats.\n";

const UNREADABLE: &str = "IO: het bestand kon niet gelezen worden\n\
    Er is niets mee gedaan. Los de oorzaak op en bied het bestand opnieuw aan.\n";

fn explain_rule(rule: &Rule) -> String {
    let mut text = format!("{}: regel op {}\n{}\n\n", rule.code, level_name(rule.level), rule.text);
    text.push_str(&line("Berichten", &message_names(rule.messages)));
    text.push_str(&line("Retourcode", &retourcode_with_text(rule.retourcode)));
    text.push_str(&line("Gevolg", consequence(rule.level)));
    if let Some(betekenis) = rule.retourcode.and_then(|code| retourcodes::find(code.as_str())) {
        text.push_str(&line("Wat te doen", betekenis.advice));
    }
    text.push_str(&line("Bron", rule.source));
    text
}

fn explain_not_yet(rule: &NotYet) -> String {
    let messages = message_names(rule.messages);
    let mut text = line("Nog niet ingebouwd", &format!("{messages}; {}", rule.reason));
    text.push_str(&line("Retourcode", &retourcode_with_text(rule.retourcode)));
    text
}

fn explain_retourcode(row: &retourcodes::Betekenis) -> String {
    let mut text = format!("{}: retourcode\n{}\n\n", row.code, row.text);
    text.push_str(&line("Wat te doen", row.advice));
    let given_by: Vec<&Rule> =
        rules::registry().iter().copied().filter(|rule| rule.retourcode == Some(row.code)).collect();
    for level in 2..=4 {
        let rules: Vec<&Rule> = given_by.iter().copied().filter(|rule| rule.level == level).collect();
        if !rules.is_empty() {
            text.push_str(&line(&format!("Regels op {}", level_name(level)), &rule_names(&rules)));
            text.push_str(&line("Gevolg", consequence(level)));
        }
    }
    for rule in NOT_YET.iter().filter(|rule| rule.retourcode == Some(row.code)) {
        let messages = message_names(rule.messages);
        text.push_str(&line("Nog niet ingebouwd", &format!("{} ({messages}): {}", rule.code, rule.reason)));
    }
    text
}

fn line(name: &str, value: &str) -> String {
    format!("{name}: {}\n", value.trim_end())
}

fn level_name(level: u8) -> &'static str {
    match level {
        1 => "niveau 1 (opbouw)",
        2 => "niveau 2 (binnen het bericht)",
        3 => "niveau 3 (tegen eerdere berichten)",
        _ => "niveau 4 (tegen een externe bron of het contract)",
    }
}

fn consequence(level: u8) -> &'static str {
    match level {
        2 => "het hele bericht is afgekeurd; het retourbericht heeft alleen een header",
        _ => {
            "het bericht is afgekeurd, met de code bij de klasse die fout is; in een declaratie alleen die \
             prestatie of cliënt"
        }
    }
}

fn message_names(messages: &[BerichtSoort]) -> String {
    messages.iter().map(|soort| soort.name()).collect::<Vec<_>>().join(", ")
}

fn rule_names(rules: &[&Rule]) -> String {
    rules
        .iter()
        .map(|rule| format!("{} ({})", rule.code, message_names(rule.messages)))
        .collect::<Vec<_>>()
        .join("; ")
}

fn retourcode_with_text(code: Option<Retourcode>) -> String {
    code.map_or_else(|| "geen".to_owned(), |code| format!("{code}: {}", retourcodes::text(code)))
}

/// `docs/rules.md`: every rule of the standard in one table, by code.
#[must_use]
pub fn rules_page() -> String {
    let mut rows: Vec<(&str, String)> =
        rules::registry().iter().map(|rule| (rule.code, rule_row(rule))).collect();
    rows.extend(NOT_YET.iter().map(|rule| (rule.code, not_yet_row(rule))));
    rows.sort_unstable();
    let mut page = String::from(PAGE_START);
    for (_, row) in rows {
        page.push_str(&row);
    }
    page
}

const PAGE_START: &str = "# Regels\n\n\
    Elke regel van iJw 3.2 in eigen woorden, met het niveau waarop hij beoordeeld wordt en wat hij geeft.\n\
    Deze bladzijde wordt gemaakt uit het register van regels: `HAPPYFLOW_WRITE_DOCS=1 cargo test --test it docs`.\n\
    `happyflow explain CODE` geeft meer, ook over retourcodes.\n\n\
    | regel | niveau | berichten | retourcode | wat hij vraagt | stand |\n\
    | --- | --- | --- | --- | --- | --- |\n";

fn rule_row(rule: &Rule) -> String {
    let decided_before = if rule.checks.is_empty() { "ingebouwd in niveau 1" } else { "ingebouwd" };
    row(rule.code, rule.level, rule.messages, rule.retourcode, rule.text, decided_before)
}

fn not_yet_row(rule: &NotYet) -> String {
    row(rule.code, rule.level, rule.messages, rule.retourcode, "", &format!("nog niet: {}", rule.reason))
}

fn row(
    code: &str,
    level: u8,
    messages: &[BerichtSoort],
    retourcode: Option<Retourcode>,
    text: &str,
    status: &str,
) -> String {
    let messages = message_names(messages);
    let retourcode = retourcode.map_or_else(String::new, |code| code.to_string());
    format!("| {code} | {level} | {messages} | {retourcode} | {text} | {status} |\n")
}
