//! A region from 2018 to 2021, one claim per client and month, in the release of its day: what was
//! granted is credited now and then and claimed again lower, also over the change of a release. A model that
//! knows nothing of the program says what every message comes to.

use super::berichten::{Regel, jw301, jw303, jw323};
use super::{amounts, office, verdict};
use crate::generator::Dice;
use crate::office::{BSN, Office};
use happyflow::codes::Bsn;

/// Hours assigned per month, and cents per hour.
const UREN: i64 = 10;
const TARIEF: i64 = 8_000;

struct Client {
    bsn: String,
    nummer: u32,
    /// Reference, month, hours claimed and cents granted of the last debit that stands.
    laatste: Option<(&'static str, &'static str, i64, i64)>,
}

/// A text that lives as long as the test.
fn kept(text: String) -> &'static str {
    text.leak()
}

fn release(year: i32, month: u32) -> &'static str {
    match (year, month) {
        (..=2019, _) | (2020, ..=3) => "2.3",
        (2020, _) => "2.4",
        (2021, ..=6) => "3.0",
        _ => "3.2",
    }
}

/// The months of care with the day of their claim.
fn months() -> Vec<(&'static str, &'static str, &'static str)> {
    let wanted =
        [(2018, 1..=3), (2019, 11..=12), (2020, 2..=5), (2020, 10..=12), (2021, 1..=2), (2021, 5..=8)];
    let months = wanted.into_iter().flat_map(|(year, months)| months.map(move |month| (year, month)));
    months
        .map(|(year, month)| {
            let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            let day = format!("{next_year}-{next:02}-05");
            (kept(format!("{year}-{month:02}")), kept(day), release(next_year, next))
        })
        .collect()
}

/// What a debit of so many hours comes to.
fn granted(hours: i64, in_part: bool) -> i64 {
    match hours {
        ..=UREN => hours * TARIEF,
        _ if in_part => UREN * TARIEF,
        _ => 0,
    }
}

fn of(client: &Client, xml: &str) -> String {
    xml.replace(BSN, &client.bsn).replace(">1001<", &format!(">{}<", client.nummer))
}

#[test]
fn a_generated_region_balances_to_the_cent() {
    let mut office: Office = office();
    let mut dice = Dice::new(2018);
    let bsns = (999_900_000_u32..).map(|number| Bsn::parse(&number.to_string()).unwrap());
    let mut clients: Vec<Client> = bsns
        .filter(Bsn::passes_elfproef)
        .zip(1001..)
        .take(4)
        .map(|(bsn, nummer)| Client { bsn: bsn.as_str().to_owned(), nummer, laatste: None })
        .collect();
    for client in &clients {
        let sent =
            jw301("2.3", kept(format!("A{}", client.nummer)), "2018-01-02", ("2018-01-01", "2023-12-31"));
        assert_eq!(verdict(&office.send("2018-01-02", &of(client, &sent))), "accepted");
    }
    let (mut number, mut total, mut credited, mut parts) = (0, 0, 0, 0);
    for (maand, dag, release) in months() {
        for client in &mut clients {
            number += 1;
            let is_jw303 = maand < "2021";
            let in_part = is_jw303 && !dice.one_in(3);
            let mut lines = Vec::new();
            let (mut claimed, mut expected) = (0, 0);
            // Last time's debit goes back, in the message that it came in, and comes again lower.
            let same_kind = |vorige: &str| (vorige < "2021") == is_jw303;
            let correction = client.laatste.filter(|(_, month, ..)| same_kind(month) && dice.one_in(3));
            if let Some((referentie, month, hours, cents)) = correction {
                let credit = Regel::credit(kept(format!("C{number}")), referentie, month, hours);
                lines.push(Regel { toewijzing: Some(1001), cents, ..credit });
                lines.push(Regel::debet(kept(format!("D{number}")), month, 1));
                claimed += TARIEF - cents;
                expected += TARIEF - cents;
                credited += cents;
            }
            let hours = 6 + i64::try_from(dice.below(8)).unwrap();
            let referentie = kept(format!("R{number}"));
            lines.push(Regel::debet(referentie, maand, hours));
            let cents = granted(hours, in_part);
            claimed += hours * TARIEF;
            expected += cents;
            parts += i64::from(cents > 0 && hours > UREN);
            client.laatste = (cents > 0).then_some((referentie, maand, hours, cents));
            let code = if in_part { "432" } else { "450" };
            let name = kept(format!("N{number}"));
            let sent = if is_jw303 {
                jw303(release, code, name, dag, maand, &lines)
            } else {
                jw323(release, name, dag, maand, &lines)
            };
            let line = office.send(dag, &of(client, &sent));
            assert_eq!(amounts(&line), (claimed, expected), "{release} {line}\n{sent}");
            assert_eq!(line["release"], release);
            total += expected;
        }
    }
    assert!(credited > 0 && parts > 0, "{credited} {parts}: the story has both");
    office.expect(0, &["pay", "--data", "data", "--date", "2021-11-01", "--out", "pay"]);
    let paid = std::fs::read_dir(office.folder().join("pay")).unwrap();
    let paid: Vec<String> =
        paid.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap_or_default()).collect();
    let euros = format!(">{}.{:02}<", total / 100, total % 100);
    assert!(paid.iter().any(|file| file.contains(&euros)), "{euros} is not paid");
}
