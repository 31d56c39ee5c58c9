//! What was rejected, by retourcode: counts and euros that agree with the ledger.
//!
//! What a code stands on is counted in the message itself: a Prestatie of a declaratie, else the class
//! that the finding is about. A Prestatie with two codes counts under both in `bedrag`; in
//! `bedrag_eenmaal` it counts once, under the first by order of precedence, so that this column adds up.
//! A code on a client or on the whole declaratie stands for every Prestatie below it.

use super::{Report, ReportError, Table, aanbieder_naam, add, naam, releases};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum, GemeenteCode, ProductSleutel, ToewijzingNummer};
use crate::contracts::Register;
use crate::messages::shared::Product;
use crate::messages::{Bericht, BerichtSoort, Class, jw303, jw323};
use crate::money::{Cents, MoneyOverflow};
use crate::report::Cell;
use crate::retourcodes;
use crate::schema::{At, Document, Reading, read, unverified};
use crate::store::{RejectedMessage, Store, StoredFinding, TakeLimit};
use chrono::Datelike;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Messages that are read at once, and bytes of them together.
const AT_ONCE: TakeLimit = TakeLimit { messages: 256, bytes: 16 * 1024 * 1024 };
/// Stands for the retourcode of a rule that has none.
const WITHOUT_CODE: &str = "-";

/// What a count is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct CountKey {
    retourcode: Box<str>,
    niveau: u8,
    soort: BerichtSoort,
    gemeente: GemeenteCode,
    aanbieder: AgbCode,
    product: Option<ProductSleutel>,
    maand: Datum,
    release: Box<str>,
}

/// How much of it.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    aantal: i64,
    bedrag: Cents,
    /// As `bedrag`, each Prestatie under one code alone.
    eenmaal: Cents,
}

/// Sums over all messages.
#[derive(Debug, Default)]
struct RejectionSums {
    counts: BTreeMap<CountKey, Count>,
    /// Rejected lines of claims that were booked, each once.
    booked: Cents,
    /// Lines of claims that were rejected as a whole.
    whole: Cents,
    /// Rejected in messages whose body is gone.
    unreadable: Cents,
}

/// A finding as the report counts it.
struct Code<'a> {
    retourcode: &'a str,
    niveau: u8,
}

/// Findings by place, so that a large message is not searched for every line.
struct Places<'a>(Vec<(u32, usize, &'a StoredFinding)>);

/// Builds the report.
pub async fn build(store: &dyn Store, register: &Register, moment: Moment) -> Result<Report, ReportError> {
    let mut sums = RejectionSums::default();
    let mut last = 0;
    loop {
        let messages = store.rejected(last, AT_ONCE).await?;
        let Some(end) = messages.last() else { break };
        last = end.arrival;
        for message in &messages {
            sums.take(message)?;
        }
    }
    let (mut ingediend, mut toegekend) = (Cents::ZERO, Cents::ZERO);
    for total in store.totals().await? {
        add(&mut ingediend, total.ingediend)?;
        add(&mut toegekend, total.toegekend)?;
    }
    let reconciled = sums.reconciled(ingediend, toegekend)?;
    Ok(Report {
        name: "rejections",
        titel: "Afkeuringen",
        moment,
        tables: vec![sums.codes()?, sums.table(register), releases::table(store).await?, reconciled],
    })
}

impl RejectionSums {
    fn take(&mut self, message: &RejectedMessage) -> Result<(), MoneyOverflow> {
        let Reading::Valid(document) = read(&message.bytes) else {
            return add(&mut self.unreadable, message.rejected);
        };
        match Bericht::read(&document) {
            Bericht::Declaratie(bericht) => self.declaratie(message, &document, &bericht, &BTreeMap::new()),
            Bericht::Factuur(factuur) => {
                let nummer = |line: &jw303::Prestatie<'_>| line.toewijzing_nummer;
                let bericht = factuur.as_declaratie(|_, line| nummer(line).unwrap_or(ToewijzingNummer::GEEN));
                let may_be_part = !message.whole && !factuur.kop.code.is_factuur();
                let parts =
                    if may_be_part { in_part(message, &document, &bericht)? } else { BTreeMap::new() };
                self.declaratie(message, &document, &bericht, &parts)
            }
            _ => {
                self.classes(message, &document);
                Ok(())
            }
        }
    }

    /// Every Prestatie with the codes that stand on it, on its client or on the whole message.
    fn declaratie(
        &mut self,
        message: &RejectedMessage,
        document: &Document<'_>,
        bericht: &jw323::Jw323<'_>,
        parts: &BTreeMap<u32, Cents>,
    ) -> Result<(), MoneyOverflow> {
        let maand = first_of_month(bericht.declaratie.declaratie_periode.begindatum);
        let places = Places::of(&message.findings);
        for client in &bericht.declaratie.clienten {
            let first = client.prestaties.first().map_or(client.at, |prestatie| prestatie.at);
            let on_client = client.at.0..first.0;
            for prestatie in &client.prestaties {
                let on_line = prestatie.at.0..document.element(prestatie.at).node().end;
                let codes = if message.whole {
                    distinct(message.findings.iter())
                } else {
                    distinct(places.within([on_client.clone(), on_line]).into_iter())
                };
                if codes.is_empty() {
                    continue;
                }
                let whole = prestatie.ingediend_bedrag.signed();
                let bedrag = parts.get(&prestatie.at.0).copied().unwrap_or(whole);
                add(if message.whole { &mut self.whole } else { &mut self.booked }, bedrag)?;
                let product = ProductSleutel {
                    categorie: prestatie.product_categorie,
                    code: Some(prestatie.product_code),
                };
                for (place, code) in codes.iter().enumerate() {
                    let count = self.count(message, code, Some(product), maand);
                    count.aantal += 1;
                    add(&mut count.bedrag, bedrag)?;
                    if place == 0 {
                        add(&mut count.eenmaal, bedrag)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Every class with a finding, once per code; level 2 is about the message.
    fn classes(&mut self, message: &RejectedMessage, document: &Document<'_>) {
        let bericht = Bericht::read(document);
        let maand = first_of_month(bericht.header().bericht_identificatie.dagtekening);
        let mut counted = BTreeSet::new();
        for finding in &message.findings {
            let code = code(finding);
            let at = if finding.level == 2 { 0 } else { finding.at.0 };
            if counted.insert((at, code.retourcode)) {
                let product = product(document, At(at));
                self.count(message, &code, product, maand).aantal += 1;
            }
        }
    }

    fn count(
        &mut self,
        message: &RejectedMessage,
        code: &Code<'_>,
        product: Option<ProductSleutel>,
        maand: Datum,
    ) -> &mut Count {
        let key = CountKey {
            retourcode: code.retourcode.into(),
            niveau: code.niveau,
            soort: message.soort,
            gemeente: message.relatie.gemeente,
            aanbieder: message.relatie.aanbieder,
            product,
            maand,
            release: message.release.as_str().into(),
        };
        self.counts.entry(key).or_default()
    }

    /// Per retourcode alone, with what it means.
    fn codes(&self) -> Result<Table, MoneyOverflow> {
        let mut table = Table::new(
            "codes",
            "Per retourcode",
            &[
                ("retourcode", "Retourcode"),
                ("count", "Aantal"),
                ("amount_cents", "Bedrag"),
                ("amount_once_cents", "Bedrag eenmaal"),
                ("text", "Betekenis"),
                ("reconstructed", "Waarvan in gereconstrueerde release"),
            ],
        );
        let mut codes: BTreeMap<&str, (Count, i64)> = BTreeMap::new();
        for (key, count) in &self.counts {
            let (sum, reconstructed) = codes.entry(&key.retourcode).or_default();
            *reconstructed += if unverified(Some(&key.release)).is_some() { count.aantal } else { 0 };
            sum.aantal += count.aantal;
            add(&mut sum.bedrag, count.bedrag)?;
            add(&mut sum.eenmaal, count.eenmaal)?;
        }
        for (code, (count, reconstructed)) in codes {
            let text = retourcodes::find(code).map_or("", |found| found.text);
            table.row(vec![
                code.into(),
                count.aantal.into(),
                count.bedrag.into(),
                count.eenmaal.into(),
                text.into(),
                reconstructed.into(),
            ]);
        }
        Ok(table)
    }

    fn table(&self, register: &Register) -> Table {
        let mut table = Table::new(
            "rejections",
            "Per aanbieder en product",
            &[
                ("retourcode", "Retourcode"),
                ("level", "Niveau"),
                ("message", "Bericht"),
                ("gemeente", "Gemeente"),
                ("gemeente_naam", "Naam"),
                ("aanbieder", "Aanbieder"),
                ("aanbieder_naam", "Naam van de aanbieder"),
                ("productcategorie", "Categorie"),
                ("productcode", "Product"),
                ("month", "Maand"),
                ("count", "Aantal"),
                ("amount_cents", "Bedrag"),
                ("amount_once_cents", "Bedrag eenmaal"),
                ("text", "Betekenis"),
                ("release", "Release"),
                releases::EVIDENCE,
            ],
        );
        for (key, count) in &self.counts {
            let of_claim = matches!(key.soort, BerichtSoort::Jw323 | BerichtSoort::Jw303);
            let text = retourcodes::find(&key.retourcode).map_or("", |found| found.text);
            table.row(vec![
                key.retourcode.as_ref().into(),
                i64::from(key.niveau).into(),
                key.soort.name().into(),
                key.gemeente.into(),
                naam(register, key.gemeente),
                key.aanbieder.into(),
                aanbieder_naam(register, key.aanbieder),
                key.product.map(|product| product.categorie).into(),
                key.product.and_then(|product| product.code).into(),
                Cell::Month(key.maand),
                count.aantal.into(),
                of_claim.then_some(count.bedrag).into(),
                of_claim.then_some(count.eenmaal).into(),
                text.into(),
                key.release.as_ref().into(),
                releases::mark(Some(&key.release)),
            ]);
        }
        table
    }

    /// How the report agrees with the ledger.
    fn reconciled(&self, ingediend: Cents, toegekend: Cents) -> Result<Table, MoneyOverflow> {
        let mut table = Table::new(
            "totals",
            "Aansluiting op de boekhouding",
            &[("name", "Gegeven"), ("amount_cents", "Bedrag"), ("text", "Wat het is")],
        );
        let afgewezen = ingediend.minus(toegekend)?;
        let verschil = afgewezen.minus(self.booked)?.minus(self.unreadable)?;
        let rows = [
            ("claimed", ingediend, "Ingediend in verwerkte declaraties"),
            ("granted", toegekend, "Toegekend"),
            ("rejected", afgewezen, "Afgewezen: ingediend min toegekend"),
            ("rejected_lines", self.booked, "Afgewezen prestaties in dit rapport, elk eenmaal"),
            ("rejected_unreadable", self.unreadable, "Afgewezen in berichten die niet meer bewaard zijn"),
            ("difference", verschil, "Verschil; hoort nul te zijn"),
            ("rejected_whole", self.whole, "Buiten de boeken: declaraties die als geheel zijn afgekeurd"),
        ];
        for (name, amount, text) in rows {
            table.row(vec![name.into(), amount.into(), text.into()]);
        }
        Ok(table)
    }
}

impl<'a> Places<'a> {
    fn of(findings: &'a [StoredFinding]) -> Self {
        let mut places: Vec<_> =
            findings.iter().enumerate().map(|(order, finding)| (finding.at.0, order, finding)).collect();
        places.sort_unstable_by_key(|&(at, order, _)| (at, order));
        Self(places)
    }

    /// The findings in these ranges of places, in order of precedence.
    fn within(&self, ranges: [Range<u32>; 2]) -> Vec<&'a StoredFinding> {
        let mut found = Vec::new();
        for range in ranges {
            let first = self.0.partition_point(|(at, ..)| *at < range.start);
            found.extend(self.0[first..].iter().copied().take_while(|(at, ..)| *at < range.end));
        }
        found.sort_unstable_by_key(|(_, order, _)| *order);
        found.into_iter().map(|(_, _, finding)| finding).collect()
    }
}

/// What was rejected of the lines of a declaratie of care before 2021 that may have been granted in part: those
/// with nothing but a rate or a volume that is too high. The books keep what of the whole message was rejected;
/// several such lines share what is left of it in proportion to what they asked.
fn in_part(
    message: &RejectedMessage,
    document: &Document<'_>,
    bericht: &jw323::Jw323<'_>,
) -> Result<BTreeMap<u32, Cents>, MoneyOverflow> {
    const PART: [&str; 3] = ["0611", "9321", "9322"];
    let places = Places::of(&message.findings);
    let (mut left, mut asked, mut lines) = (message.rejected, Cents::ZERO, Vec::new());
    for client in &bericht.declaratie.clienten {
        let first = client.prestaties.first().map_or(client.at, |prestatie| prestatie.at);
        for prestatie in &client.prestaties {
            let on_line = prestatie.at.0..document.element(prestatie.at).node().end;
            let codes = distinct(places.within([client.at.0..first.0, on_line]).into_iter());
            let bedrag = prestatie.ingediend_bedrag.signed();
            if codes.is_empty() {
                continue;
            }
            if bedrag > Cents::ZERO && codes.iter().all(|code| PART.contains(&code.retourcode)) {
                add(&mut asked, bedrag)?;
                lines.push((prestatie.at.0, bedrag));
            } else {
                left = left.minus(bedrag)?;
            }
        }
    }
    let mut parts = BTreeMap::new();
    let Some((last, others)) = lines.split_last() else { return Ok(parts) };
    let mut rest = left;
    for (at, bedrag) in others {
        let share = i128::from(left.0) * i128::from(bedrag.0) / i128::from(asked.0);
        // A part of what is left is no larger than that.
        let share = Cents(i64::try_from(share).unwrap_or(left.0));
        rest = rest.minus(share)?;
        parts.insert(*at, share);
    }
    parts.insert(last.0, rest);
    Ok(parts)
}

/// The codes of some findings in order of precedence, each once.
fn distinct<'a>(findings: impl Iterator<Item = &'a StoredFinding>) -> Vec<Code<'a>> {
    let mut codes: Vec<Code<'a>> = Vec::new();
    for finding in findings {
        let code = code(finding);
        if codes.iter().all(|known| known.retourcode != code.retourcode) {
            codes.push(code);
        }
    }
    codes
}

fn code(finding: &StoredFinding) -> Code<'_> {
    let retourcode = finding.retourcode.as_deref().unwrap_or(WITHOUT_CODE);
    Code { retourcode, niveau: finding.level }
}

/// The product of a class that has one.
fn product(document: &Document<'_>, at: At) -> Option<ProductSleutel> {
    let product = document.element(at).child("Product")?;
    Some(Product::read(product).sleutel())
}

fn first_of_month(day: Datum) -> Datum {
    day.with_day(1).unwrap_or(day)
}
