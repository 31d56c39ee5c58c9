//! `happyflow explain`: what a rule or a retourcode means, in Dutch.

use super::output::Output;
use super::{CliError, Exit};
use crate::rules::{Explanation, Rule, explain};
use clap::Args;
use serde::Serialize;

/// Leg een regel of retourcode uit, zoals TR322 of 9322
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Een JSON-object, voor scripts
    #[arg(long)]
    json: bool,
    /// Regel (TR, CD of CS), retourcode, of XSD of IO uit een uitkomst
    #[arg(value_name = "CODE")]
    code: String,
}

/// What scripts get.
#[derive(Debug, Serialize)]
struct ExplainLine<'a> {
    code: &'a str,
    kind: &'static str,
    text: Option<&'static str>,
    rules: Vec<RuleLine<'a>>,
    not_built_in: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct RuleLine<'a> {
    rule: &'a str,
    level: u8,
    retourcode: Option<String>,
    messages: Vec<&'static str>,
    text: &'a str,
    source: &'a str,
}

impl Explain {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let Some(explanation) = explain(&self.code) else {
            return Err(CliError::Usage(format!(
                "code {:?} is onbekend; geef een regel zoals TR322, CD007 of CS319, of een retourcode zoals 9322",
                self.code
            )));
        };
        let mut output = Output::stdout();
        if self.json {
            output.json(&for_scripts(&explanation))?;
        } else {
            output.text(&for_people(&explanation))?;
        }
        output.flush()?;
        Ok(Exit::Good)
    }
}

fn for_scripts(explanation: &Explanation) -> ExplainLine<'_> {
    let rule_line = |rule: &&'static Rule| RuleLine {
        rule: rule.code,
        level: rule.level,
        retourcode: rule.retourcode.map(|code| code.to_string()),
        messages: rule.messages.iter().map(|soort| soort.name()).collect(),
        text: rule.text,
        source: rule.source,
    };
    ExplainLine {
        code: &explanation.code,
        kind: explanation.kind.as_str(),
        text: explanation.text,
        rules: explanation.rules.iter().map(rule_line).collect(),
        not_built_in: explanation.not_yet.map(|row| row.reason),
    }
}

fn for_people(explanation: &Explanation) -> String {
    let Explanation { code, kind, text: meaning, rules, not_yet } = explanation;
    let mut text = format!("{code} ({})\n", kind.as_str());
    if let Some(meaning) = meaning {
        text.push_str(&format!("{meaning}\n"));
    }
    if let Some(row) = not_yet {
        text.push_str(&format!("Deze regel beoordeelt happyflow nog niet: {}.\n", row.reason));
    }
    match rules.as_slice() {
        [rule] if rule.code == code.as_str() => text.push_str(&of_rule(rule)),
        [] => {}
        rules => {
            text.push_str("Volgt uit:\n");
            for rule in rules {
                let messages = messages(rule);
                text.push_str(&format!(
                    "  {}  niveau {}  {messages}\n    {}\n",
                    rule.code, rule.level, rule.text
                ));
            }
        }
    }
    text
}

fn of_rule(rule: &Rule) -> String {
    let retourcode = rule.retourcode.map_or_else(|| "geen".to_owned(), |code| code.to_string());
    format!(
        "{}\n\nNiveau      {} ({})\nRetourcode  {retourcode}\nBerichten   {}\nBron        {}\n",
        rule.text,
        rule.level,
        level(rule.level),
        messages(rule),
        rule.source
    )
}

fn messages(rule: &Rule) -> String {
    rule.messages.iter().map(|soort| soort.name()).collect::<Vec<_>>().join(", ")
}

/// The four levels of control of the standard.
const fn level(level: u8) -> &'static str {
    match level {
        1 => "vorm",
        2 => "inhoud van het bericht",
        3 => "samenhang met eerdere berichten",
        _ => "externe bron en contract",
    }
}
