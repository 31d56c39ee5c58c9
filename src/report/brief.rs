//! A weekly note per aanbieder: what to mend to get paid, line by line, and what is held and until when.
//!
//! It is read outside the region, so it holds what its aanbieder knows or is told anyway: its own numbers, retourcodes with
//! what to do, and that something is held by what kind of limit. No persons, no amounts of limits, nothing of others.

use super::herstel::{Herstel, herstel};
use super::{Cell, Report, ReportError, Table, add, naam};
use crate::clock::Moment;
use crate::codes::{AgbCode, Datum};
use crate::contracts::Register;
use crate::decide::vasthouding::kind_of_limit;
use crate::messages::BerichtSoort;
use crate::money::Cents;
use crate::payments::pain001::end_to_end_id;
use crate::state::{Vasthouding, VasthoudingStatus, Voorstel};
use crate::store::read::{self, ClaimRow, RunPart, RunRow, UnreadableMessage};
use crate::store::{HoldsOf, Store};
use chrono::{Datelike, Days, NaiveTime, Weekday};
use std::collections::BTreeMap;

/// Days that a note is about, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tijdvak {
    /// The first day.
    pub van: Datum,
    /// The last day.
    pub tot: Datum,
}

impl Tijdvak {
    /// An ISO week, `2025-W23`.
    #[must_use]
    pub fn week(text: &str) -> Option<Self> {
        let (year, week) = text.split_once("-W")?;
        let monday = Datum::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)?;
        Some(Self { van: monday, tot: monday.checked_add_days(Days::new(6))? })
    }

    /// The whole week before the one of a day.
    #[must_use]
    pub fn last_week(today: Datum) -> Self {
        let since_monday = u64::from(today.weekday().num_days_from_monday());
        let sunday = today.checked_sub_days(Days::new(since_monday + 1)).unwrap_or(today);
        Self { van: sunday.checked_sub_days(Days::new(6)).unwrap_or(sunday), tot: sunday }
    }

    /// Its first moment and the first one behind it.
    fn moments(self) -> [Moment; 2] {
        let next = self.tot.succ_opt().unwrap_or(Datum::MAX);
        [self.van, next].map(|day| day.and_time(NaiveTime::MIN))
    }
}

/// A note to one aanbieder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// To whom.
    pub aanbieder: AgbCode,
    /// What stands in it.
    pub report: Report,
}

/// Everything of one aanbieder.
#[derive(Debug, Default)]
struct Zaken {
    claims: Vec<ClaimRow>,
    mend: Vec<Herstel>,
    unreadable: Vec<UnreadableMessage>,
    held: Vec<(Vasthouding, Option<Datum>)>,
    paid: Vec<(RunRow, RunPart)>,
}

/// Notes to all aanbieders about whom there is anything to say, by code; or to one, also when there is nothing.
pub async fn build(
    store: &dyn Store,
    register: &Register,
    moment: Moment,
    tijdvak: Tijdvak,
    only: Option<AgbCode>,
) -> Result<Vec<Brief>, ReportError> {
    let mut all: BTreeMap<AgbCode, Zaken> = only.map(|one| (one, Zaken::default())).into_iter().collect();
    let days = [tijdvak.van, tijdvak.tot];
    for claim in read::claims_between(store, tijdvak.moments(), only).await? {
        all.entry(claim.relatie.aanbieder).or_default().claims.push(claim);
    }
    for arrival in read::rejected_between(store, tijdvak.moments(), only).await? {
        for one in herstel(store, arrival).await? {
            // A retour on what we sent, or a message of a gemeente, is nothing that an aanbieder mends.
            if is_mended_by_aanbieder(one.soort) {
                all.entry(one.relatie.aanbieder).or_default().mend.push(one);
            }
        }
    }
    for one in read::unreadable_between(store, tijdvak.moments(), only).await? {
        if one.soort.is_none_or(is_mended_by_aanbieder) {
            all.entry(one.relatie.aanbieder).or_default().unreadable.push(one);
        }
    }
    let mut holds = store.holds(only.map_or(HoldsOf::Open, HoldsOf::Aanbieder)).await?;
    holds.retain(|held| held.status == VasthoudingStatus::Vastgehouden);
    // All work is read for the terms, so only where something waits.
    let until = if holds.is_empty() { BTreeMap::new() } else { terms(store).await? };
    for held in holds {
        let aanbieder = held.relatie.aanbieder;
        let term = until.get(&(aanbieder, held.declaratie_nummer.clone())).copied();
        all.entry(aanbieder).or_default().held.push((held, term));
    }
    for (run, part) in read::paid_between(store, days, only).await? {
        all.entry(part.relatie.aanbieder).or_default().paid.push((run, part));
    }
    let brief = |(aanbieder, zaken): (AgbCode, Zaken)| {
        let report = zaken.report(aanbieder, register, moment, tijdvak)?;
        Ok(Brief { aanbieder, report })
    };
    all.into_iter().map(brief).collect()
}

/// Until when a person decides on what is held, by claim.
async fn terms(store: &dyn Store) -> Result<BTreeMap<(AgbCode, Box<str>), Datum>, ReportError> {
    let mut terms = BTreeMap::new();
    for item in store.work(true).await? {
        if let (Voorstel::Vrijgeven { declaratie_nummer }, Some(due)) = (&item.item.voorstel, item.item.due) {
            let key = (item.item.relatie.aanbieder, declaratie_nummer.clone());
            let first = terms.entry(key).or_insert(due.date());
            *first = due.date().min(*first);
        }
    }
    Ok(terms)
}

const fn is_mended_by_aanbieder(soort: BerichtSoort) -> bool {
    matches!(
        soort,
        BerichtSoort::Jw303
            | BerichtSoort::Jw305
            | BerichtSoort::Jw307
            | BerichtSoort::Jw315
            | BerichtSoort::Jw317
            | BerichtSoort::Jw323
    )
}

impl Zaken {
    fn report(
        &self,
        aanbieder: AgbCode,
        register: &Register,
        moment: Moment,
        tijdvak: Tijdvak,
    ) -> Result<Report, ReportError> {
        Ok(Report {
            name: "brief",
            titel: "Wat er te herstellen is en wat wacht",
            moment,
            tables: vec![
                self.summary(aanbieder, register, tijdvak)?,
                self.mend(),
                self.held(register),
                self.paid(),
                self.claims(register)?,
                notes(),
            ],
        })
    }

    fn summary(
        &self,
        aanbieder: AgbCode,
        register: &Register,
        tijdvak: Tijdvak,
    ) -> Result<Table, ReportError> {
        let mut table = Table::new(
            "summary",
            "In het kort",
            &[
                ("aanbieder", "Aanbieder"),
                ("aanbieder_naam", "Naam"),
                ("van", "Van"),
                ("tot", "Tot en met"),
                ("claimed_cents", "Ingediend"),
                ("granted_cents", "Toegekend"),
                ("rejected_cents", "Afgekeurd"),
                ("paid_cents", "Betaald"),
                ("held_cents", "Nu vastgehouden"),
            ],
        );
        let [mut claimed, mut granted, mut paid, mut held] = [Cents::ZERO; 4];
        for claim in &self.claims {
            add(&mut claimed, claim.claimed)?;
            add(&mut granted, claim.granted)?;
        }
        for (_, part) in &self.paid {
            add(&mut paid, part.amount)?;
        }
        for (one, _) in &self.held {
            add(&mut held, one.bedrag)?;
        }
        table.row(vec![
            aanbieder.into(),
            register.aanbieder_naam(aanbieder).map_or(Cell::Empty, Cell::from),
            tijdvak.van.into(),
            tijdvak.tot.into(),
            claimed.into(),
            granted.into(),
            claimed.minus(granted)?.into(),
            paid.into(),
            held.into(),
        ]);
        Ok(table)
    }

    /// A row per reason; the amount of a line stands at its first, so that the column adds up.
    fn mend(&self) -> Table {
        let mut table = Table::new(
            "mend",
            "Te herstellen om betaald te krijgen",
            &[
                ("gemeente", "Gemeente"),
                ("message", "Bericht"),
                ("declaratie", "Declaratie of Identificatie"),
                ("reference", "Referentie"),
                ("toewijzing", "Toewijzing"),
                ("product", "Product"),
                ("begin", "Zorg vanaf"),
                ("amount_cents", "Bedrag"),
                ("retourcode", "Code"),
                ("text", "Wat er mis is"),
                ("advice", "Wat u kunt doen"),
            ],
        );
        for one in &self.mend {
            let known = one.declaratie_nummer.clone().or_else(|| one.identificatie.clone());
            let what = one.referentie.clone().unwrap_or_else(|| {
                if one.whole && one.declaratie_nummer.is_some() {
                    "hele declaratie".to_owned()
                } else {
                    String::new()
                }
            });
            let product = one.product.map(|product| match product.code {
                Some(code) => format!("{}/{}", product.categorie, code.as_str()),
                None => product.categorie.to_string(),
            });
            for (place, reden) in one.codes.iter().enumerate() {
                let amount = one.bedrag.filter(|_| place == 0);
                table.row(vec![
                    one.relatie.gemeente.into(),
                    one.soort.name().into(),
                    known.clone().into(),
                    what.clone().into(),
                    one.toewijzing.map(|nummer| nummer.to_string()).into(),
                    product.clone().into(),
                    one.begin.into(),
                    amount.into(),
                    reden.retourcode.clone().unwrap_or_else(|| reden.rule.clone()).into(),
                    reden.text.clone().into(),
                    reden.advice.clone().into(),
                ]);
            }
        }
        for one in &self.unreadable {
            let mut row = vec![Cell::Empty; table.columns.len()];
            row[0] = one.relatie.gemeente.into();
            row[1] = one.soort.map_or("onbekend", BerichtSoort::name).into();
            row[6] = one.received.date().into();
            row[9] = "Het bericht was niet te lezen: het voldoet niet aan de opbouw. U kreeg daarvan een foutmelding met \
                      regel en plaats."
                .into();
            row[10] = "Verbeter het bericht en stuur het opnieuw.".into();
            table.row(row);
        }
        table
    }

    fn held(&self, register: &Register) -> Table {
        let mut table = Table::new(
            "held",
            "Toegekend, betaling wacht",
            &[
                ("gemeente", "Gemeente"),
                ("declaratie", "Declaratie"),
                ("reference", "Referentie"),
                ("month", "Maand"),
                ("amount_cents", "Bedrag"),
                ("since", "Sinds"),
                ("until", "Besluit uiterlijk"),
                ("by", "Waardoor"),
            ],
        );
        for (held, until) in &self.held {
            let mut by: Vec<&str> = held.limieten.iter().map(|id| kind_of_limit(id, register)).collect();
            by.dedup();
            table.row(vec![
                held.relatie.gemeente.into(),
                held.declaratie_nummer.to_string().into(),
                held.referentie.to_string().into(),
                Cell::Month(held.periode_begin),
                held.bedrag.into(),
                held.ontvangen.into(),
                (*until).into(),
                by.join(" en ").into(),
            ]);
        }
        table
    }

    fn paid(&self) -> Table {
        let mut table = Table::new(
            "paid",
            "Betaald",
            &[
                ("date", "Betaaldatum"),
                ("gemeente", "Gemeente"),
                ("amount_cents", "Bedrag"),
                ("reference", "Kenmerk op het afschrift"),
            ],
        );
        for (run, part) in &self.paid {
            let reference = end_to_end_id(run.run, part.relatie.aanbieder, part.relatie.gemeente);
            table.row(vec![
                run.day.into(),
                part.relatie.gemeente.into(),
                part.amount.into(),
                reference.into(),
            ]);
        }
        table
    }

    fn claims(&self, register: &Register) -> Result<Table, ReportError> {
        let mut table = Table::new(
            "claims",
            "Declaraties die in dit tijdvak zijn beoordeeld",
            &[
                ("declaratie", "Declaratie"),
                ("month", "Maand"),
                ("gemeente", "Gemeente"),
                ("gemeente_naam", "Naam"),
                ("claimed_cents", "Ingediend"),
                ("granted_cents", "Toegekend"),
                ("rejected_cents", "Afgekeurd"),
            ],
        );
        for claim in &self.claims {
            table.row(vec![
                claim.nummer.clone().into(),
                Cell::Month(claim.period),
                claim.relatie.gemeente.into(),
                naam(register, claim.relatie.gemeente),
                claim.claimed.into(),
                claim.granted.into(),
                claim.claimed.minus(claim.granted)?.into(),
            ]);
        }
        Ok(table)
    }
}

fn notes() -> Table {
    let mut table = Table::new("notes", "Toelichting", &[("text", "Goed om te weten")]);
    for text in [
        "Een afgekeurde regel dient u verbeterd opnieuw in, onder een nieuw ReferentieNummer. Is de hele declaratie of \
         het hele bericht afgekeurd, dan geldt het als niet verzonden en mogen de nummers opnieuw worden gebruikt.",
        "Wat wacht is toegekend; u hoeft het niet opnieuw in te dienen. U hoort uiterlijk op de genoemde dag of het wordt \
         betaald.",
        "Deze brief noemt geen personen. De nummers zijn die van uw eigen berichten en van uw toewijzingen.",
    ] {
        table.row(vec![text.into()]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Datum {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_begins_on_monday_and_the_last_one_is_whole() {
        let week = Tijdvak::week("2025-W23").unwrap();
        assert_eq!(week, Tijdvak { van: day("2025-06-02"), tot: day("2025-06-08") });
        assert_eq!(Tijdvak::last_week(day("2025-06-09")), week);
        assert_eq!(Tijdvak::last_week(day("2025-06-15")), week);
        for wrong in ["2025-W54", "2025-23", "2025-W", "W23", "2025-W-1"] {
            assert_eq!(Tijdvak::week(wrong), None, "{wrong}");
        }
    }
}
