//! Summary of a demo, for people: counts, amounts, open work and what to do next.

use crate::messages::BerichtSoort;
use crate::money::Cents;
use crate::office::line::ProcessLine;
use crate::rules::{RuleCheck, find};
use crate::store::{FindingCount, Overview};
use std::collections::BTreeMap;
use std::path::Path;

/// What only the one who offered the messages knows.
#[derive(Debug, Default)]
pub(super) struct Played {
    /// Files offered.
    files: i64,
    /// Of these, bytes that had been offered before.
    again: i64,
}

impl Played {
    pub(super) fn count(&mut self, line: &ProcessLine) {
        self.files += 1;
        self.again += i64::from(line.duplicate);
    }
}

/// Verdicts in the order of the columns, with their Dutch heads.
const VERDICTS: [(&str, &str); 4] =
    [("accepted", "goedgekeurd"), ("partial", "deels"), ("rejected", "afgekeurd"), ("parked", "geparkeerd")];
/// Width of the first column.
const NAME: usize = 26;
/// Width of a number and of an amount.
const NUMBER: usize = 12;
const AMOUNT: usize = 18;

/// The whole table.
pub(super) fn table(dir: &Path, overview: &Overview, played: &Played) -> String {
    let parts = [
        received(overview, played),
        sent(overview),
        prestaties(overview),
        rejections(overview),
        amounts(overview),
        work(overview),
        places(dir),
    ];
    let filled: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    filled.join("\n")
}

fn received(overview: &Overview, played: &Played) -> String {
    let mut text = format!("{:<NAME$}{:>NUMBER$}", "Berichten ontvangen", "aantal");
    for (_, head) in VERDICTS {
        text.push_str(&format!("{head:>NUMBER$}"));
    }
    text.push('\n');
    let mut kinds: BTreeMap<Option<BerichtSoort>, [i64; 4]> = BTreeMap::new();
    for count in &overview.verdicts {
        let row = kinds.entry(count.soort).or_default();
        for ((verdict, _), cell) in VERDICTS.iter().zip(row) {
            *cell += if *verdict == count.verdict { count.messages } else { 0 };
        }
    }
    // What could not be read comes last.
    let unknown = kinds.remove(&None);
    let rows = kinds.into_iter().map(|(soort, row)| (soort.map_or("", BerichtSoort::name), row));
    let mut total = [0; 4];
    for (name, row) in rows.chain(unknown.map(|row| ("ongeldig op niveau 1", row))) {
        text.push_str(&received_row(name, row));
        total.iter_mut().zip(row).for_each(|(sum, cell)| *sum += cell);
    }
    text.push_str(&received_row("totaal", total));
    text.push_str(&format!(
        "  {} bestanden aangeboden, waarvan {} met dezelfde bytes als een eerder bestand\n",
        number(played.files),
        number(played.again)
    ));
    text
}

fn received_row(name: &str, row: [i64; 4]) -> String {
    let cells = std::iter::once(row.iter().sum()).chain(row);
    let cells: Vec<String> = cells.map(|cell| format!("{:>NUMBER$}", number(cell))).collect();
    format!("  {name:<width$}{}\n", cells.concat(), width = NAME - 2)
}

fn sent(overview: &Overview) -> String {
    let mut text = head("Berichten verstuurd", "aantal");
    let mut rows: Vec<_> = overview.sent.iter().map(|(soort, count)| (soort.name(), *count)).collect();
    rows.sort_unstable();
    for (name, count) in &rows {
        text.push_str(&row(name, *count));
    }
    text.push_str(&row("totaal", rows.iter().map(|(_, count)| count).sum()));
    text
}

fn prestaties(overview: &Overview) -> String {
    let (granted, rejected) = overview.prestaties;
    let mut text = head("Prestaties", "aantal");
    text.push_str(&row("toegekend", granted));
    text.push_str(&row("afgewezen", rejected));
    let on_lines = |finding: &&FindingCount| judges_lines(&finding.rule);
    text.push_str(&findings(overview.findings.iter().filter(on_lines)));
    text
}

fn rejections(overview: &Overview) -> String {
    let elsewhere = |finding: &&FindingCount| !judges_lines(&finding.rule);
    let found = findings(overview.findings.iter().filter(elsewhere));
    if found.is_empty() { found } else { head("Andere bevindingen", "aantal") + &found }
}

/// Whether a rule looks at the lines of a claim.
fn judges_lines(rule: &str) -> bool {
    let on_lines =
        |check: &RuleCheck| matches!(check, RuleCheck::Prestatie(_) | RuleCheck::DeclaratieClient(_));
    find(rule).is_some_and(|rule| rule.checks.iter().any(on_lines))
}

fn findings<'a>(list: impl Iterator<Item = &'a FindingCount>) -> String {
    let mut text = String::new();
    for finding in list {
        let code = finding.retourcode.as_deref().unwrap_or("");
        let meaning = find(&finding.rule).map_or("", |rule| rule.text);
        let name = format!("{code:<5} {}", finding.rule);
        text.push_str(&format!(
            "    {name:<width$}{:>NUMBER$}  {meaning}\n",
            number(finding.times),
            width = NAME - 4
        ));
    }
    text
}

fn amounts(overview: &Overview) -> String {
    let sum = |part: fn(&crate::store::VerdictCount) -> i64| overview.verdicts.iter().map(part).sum::<i64>();
    let rows = [
        ("ingediend", sum(|count| count.claimed_cents), ""),
        ("toegekend", sum(|count| count.granted_cents), ""),
        ("betaald", overview.paid_cents, "in de betaalrun"),
        ("nog te betalen", overview.payable_cents, "meegenomen naar een volgende betaalrun"),
        ("vastgehouden", overview.held_cents, "boven een plafond: wacht op een besluit"),
    ];
    let mut text = format!("{:<NAME$}{:>AMOUNT$}\n", "Bedragen", "euro");
    for (name, cents, remark) in rows {
        let line =
            format!("  {name:<width$}{:>AMOUNT$}  {remark}", Cents(cents).to_string(), width = NAME - 2);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn work(overview: &Overview) -> String {
    let mut text = head("Open werkitems", "aantal");
    for (reason, count) in &overview.work {
        text.push_str(&row(reason, *count));
    }
    text.push_str(&row("totaal", overview.work.iter().map(|(_, count)| count).sum()));
    text
}

fn places(dir: &Path) -> String {
    let shown = |part: &str| dir.join(part).display().to_string();
    let rows = [
        ("berichten", shown("in")),
        ("antwoorden", shown("data/out")),
        ("geparkeerd", shown("data/fout")),
        ("betaalbestanden", shown("pay")),
        ("bankafschriften", shown("bank")),
    ];
    let mut text = "Waar alles staat\n".to_owned();
    for (name, place) in rows {
        text.push_str(&format!("  {name:<width$}{place}\n", width = NAME - 2));
    }
    let data = shown("data");
    text.push_str(&format!(
        "\nVerder kijken\n  happyflow work list --data {data}\n  happyflow parked list --data {data}\n  \
         happyflow bank list --data {data}\n  happyflow ledger balance --data {data}\n  happyflow explain TR322\n"
    ));
    text
}

fn head(name: &str, column: &str) -> String {
    format!("{name:<NAME$}{column:>NUMBER$}\n")
}

fn row(name: &str, count: i64) -> String {
    format!("  {name:<width$}{:>NUMBER$}\n", number(count), width = NAME - 2)
}

/// A count in Dutch notation: `1.234`.
fn number(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut text = if count < 0 { "-".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::VerdictCount;

    #[test]
    fn numbers_are_shown_the_dutch_way() {
        assert_eq!(["7", "1.234", "-1.234.567"], [7, 1_234, -1_234_567].map(number).each_ref().map(|t| &**t));
    }

    #[test]
    fn columns_line_up_and_totals_add_up() {
        let count = |soort, verdict: &str, messages| VerdictCount {
            soort,
            verdict: verdict.to_owned(),
            messages,
            claimed_cents: 100,
            granted_cents: 60,
        };
        let overview = Overview {
            verdicts: vec![
                count(None, "parked", 2),
                count(Some(BerichtSoort::Jw323), "partial", 3),
                count(Some(BerichtSoort::Jw301), "accepted", 1_000),
            ],
            ..Overview::default()
        };
        let played = Played { files: 1_006, again: 1 };
        let text = received(&overview, &played);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[1].split_whitespace().collect::<Vec<_>>(),
            ["JW301", "1.000", "1.000", "0", "0", "0"]
        );
        assert_eq!(
            lines[4].split_whitespace().collect::<Vec<_>>(),
            ["totaal", "1.005", "1.000", "3", "0", "2"]
        );
        let width = lines[0].chars().count();
        assert!(lines[..5].iter().all(|line| line.chars().count() == width), "{text}");
        assert!(amounts(&overview).contains("€ 1,80"));
    }
}
