//! What became of a payment since: it was refused or came back, is owed again, or was made after all.

use super::tekst::{day, euros};
use super::{Opzoeken, Payment, Result};
use crate::codes::Datum;
use crate::messages::Relatie;
use crate::state::Bankuitkomst;
use crate::store::read::{self, BookingRow};
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of a payment since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turned {
    /// `afgewezen`, `teruggekomen` or `alsnog-betaald`.
    pub what: &'static str,
    pub date: Option<String>,
    pub amount_cents: i64,
    /// Why, by the bank.
    pub reason: String,
}

impl Turned {
    /// What people read.
    pub(super) fn in_words(&self, run: i64) -> String {
        let Self { what, date, amount_cents, reason } = self;
        let on = date
            .as_deref()
            .and_then(|date| date.parse().ok())
            .map_or_else(String::new, |date: Datum| format!(" op {}", day(date)));
        let why = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
        let amount = euros(*amount_cents);
        match *what {
            "alsnog-betaald" => format!("Buiten een betaalrun alsnog betaald{on}: {amount}."),
            "afgewezen" => {
                format!(
                    "De bank voerde die betaling van betaalrun {run} niet uit{on}{why}: {amount} staat weer open."
                )
            }
            _ => format!("Die betaling van betaalrun {run} kwam terug{on}{why}: {amount} staat weer open."),
        }
    }
}

/// What became of a granted line in money.
#[derive(Debug, Clone, Copy)]
pub(super) enum Regelboeking {
    /// A run paid it, last.
    Betaald(i64, Datum),
    /// It goes along with the next run; again, when a run paid it before.
    Open { weer: Option<i64> },
    /// No entry of it may be paid.
    Geen,
}

impl Regelboeking {
    /// By the entry that a decision made, and what came of that.
    pub(super) fn of(bookings: &[BookingRow], decided: Option<i64>) -> Self {
        let booked = |booking: &&BookingRow| {
            Some(booking.journal) == decided && !booking.refused && (!booking.held || booking.released)
        };
        let Some(first) = bookings.iter().find(booked) else { return Self::Geen };
        let again = || bookings.iter().filter(|booking| booking.origin == decided && decided.is_some());
        let open: i64 =
            again().filter(|booking| booking.paid.is_none()).map(|booking| booking.amount.0).sum();
        match (first.paid, again().filter_map(|booking| booking.paid).next_back()) {
            (None, _) => Self::Open { weer: None },
            (Some((run, _)), _) if open != 0 => Self::Open { weer: Some(run) },
            (Some((run, date)), last) => {
                let (run, date) = last.unwrap_or((run, date));
                Self::Betaald(run, date)
            }
        }
    }
}

impl Opzoeken<'_> {
    /// What runs paid of a claim, by run, with what became of it since.
    pub(super) async fn payments(&self, relatie: Relatie, bookings: &[BookingRow]) -> Result<Vec<Payment>> {
        let mut runs: BTreeMap<i64, Payment> = BTreeMap::new();
        let mut later: BTreeMap<(i64, i64, bool), i64> = BTreeMap::new();
        for booking in bookings {
            let Some((run, date)) = booking.paid else { continue };
            let cents = booking.amount.0;
            if booking.is_later() {
                let sum = later.entry((run, booking.journal, cents > 0)).or_default();
                *sum = sum.saturating_add(cents);
                continue;
            }
            let payment = Payment { run, date: date.to_string(), amount_cents: 0, since: Vec::new() };
            let of_run = runs.entry(run).or_insert(payment);
            of_run.amount_cents = of_run.amount_cents.saturating_add(cents);
        }
        for ((run, journal, _), cents) in later {
            let told = read::turned(self.store, journal, run, relatie).await?;
            let what = match told.as_ref().and_then(|told| told.uitkomst) {
                _ if cents > 0 => "alsnog-betaald",
                Some(Bankuitkomst::Afgewezen | Bankuitkomst::AfgewezenWacht) => "afgewezen",
                _ => "teruggekomen",
            };
            let date = told.as_ref().and_then(|told| told.day).map(|day| day.to_string());
            let reason = told.filter(|_| cents < 0).map_or_else(String::new, |told| told.reden);
            let turned = Turned { what, date, amount_cents: cents.saturating_abs(), reason };
            if let Some(payment) = runs.get_mut(&run) {
                payment.since.push(turned);
            }
        }
        Ok(runs.into_values().collect())
    }
}
