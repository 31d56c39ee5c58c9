//! Claims, their lines, and payment runs.

use super::terug::Regelboeking;
use super::{
    HeldStatus, Opzoeken, Payment, Result, Stand, StatusAmounts, StatusSoort, in_words, tekst,
    tekst::{count, day, euros},
};
use crate::codes::{AgbCode, DebetCredit};
use crate::decide::vasthouding::kind_of_limit;
use crate::iban::Iban;
use crate::messages::{Partij, Relatie};
use crate::money::Cents;
use crate::office::betaalbesluit::beletselen;
use crate::report::herstel::{Herstel, herstel};
use crate::state::{Blokkade, FactKeys, GeboektePrestatie, Vasthouding, VasthoudingStatus};
use crate::store::read::{self, BookingRow, ClaimRow};
use std::collections::BTreeMap;

/// A payment run, and a part of it, as the file for the bank names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunReference {
    run: i64,
    aanbieder: Option<AgbCode>,
}

impl RunReference {
    /// A run by its number.
    pub const fn of(run: i64) -> Self {
        Self { run, aanbieder: None }
    }

    /// `HF-20250715-RUN-3`, with the gemeente behind it or not, or `RUN-3-12345678-0193`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_uppercase();
        let (_, behind) =
            text.split_once("RUN-").filter(|(before, _)| before.is_empty() || before.starts_with("HF-"))?;
        let mut parts = behind.split('-');
        let run = parts.next()?.parse().ok()?;
        let aanbieder = parts.next().and_then(|part| AgbCode::parse(part).ok());
        Some(Self { run, aanbieder })
    }
}

/// What the entries of a claim come to.
fn amounts(claim: &ClaimRow, bookings: &[BookingRow]) -> StatusAmounts {
    let mut all = StatusAmounts {
        claimed_cents: claim.claimed.0,
        granted_cents: claim.granted.0,
        ..StatusAmounts::default()
    };
    for booking in bookings {
        let Cents(cents) = booking.amount;
        let place = match booking {
            BookingRow { refused: true, .. } => &mut all.refused_cents,
            BookingRow { held: true, released: false, .. } => &mut all.held_cents,
            BookingRow { paid: Some(_), .. } => &mut all.paid_cents,
            BookingRow { .. } => &mut all.payable_cents,
        };
        *place = place.saturating_add(cents);
    }
    all
}

impl Opzoeken<'_> {
    /// A booked claim.
    pub async fn declaratie(&self, aanbieder: AgbCode, nummer: &str) -> Result<Option<Stand>> {
        let Some(claim) = read::claim(self.store, aanbieder, nummer).await? else { return Ok(None) };
        let mut stand = Stand::of(StatusSoort::Declaratie, &nummer, Some(claim.relatie));
        stand.arrival = claim.arrival;
        stand.say(format!(
            "Declaratie {nummer} {} over {}.",
            self.partijen(claim.relatie),
            tekst::month(claim.period)
        ));
        self.tell_of_message(&mut stand, claim.arrival, claim.journal).await?;
        self.add_money(&mut stand, &claim).await?;
        Ok(Some(stand))
    }

    /// What was claimed, granted, held and paid of a claim, and what was rejected.
    pub(super) async fn add_money(&self, stand: &mut Stand, claim: &ClaimRow) -> Result<()> {
        let Relatie { aanbieder, .. } = claim.relatie;
        let bookings = read::bookings(self.store, aanbieder, &claim.nummer).await?;
        let amounts = amounts(claim, &bookings);
        stand.payments = self.payments(claim.relatie, &bookings).await?;
        stand.amounts = Some(amounts);
        let lines = match claim.arrival {
            Some(arrival) => herstel(self.store, arrival).await?,
            None => Vec::new(),
        };
        stand.state = state(&amounts, !lines.is_empty());
        // Looked at only where something waits for a run.
        let goes = if amounts.payable_cents > 0 { self.goes(claim).await? } else { String::new() };
        Self::say_money(stand, claim, &amounts, &lines, &goes);
        let held = self.holds(aanbieder, &claim.nummer).await?;
        self.add_holds(stand, &held);
        self.say_rejected(stand, &lines);
        let work = read::work_about_key(self.store, aanbieder, &claim.nummer).await?;
        self.add_work(stand, work).await
    }

    /// Whether what may be paid of a claim goes along with the next run, and why not yet.
    async fn goes(&self, claim: &ClaimRow) -> Result<String> {
        const NOT_YET: &str = "gaat nog niet mee met een betaalrun";
        let beletselen = beletselen(self.store, false).await?;
        let Relatie { aanbieder, .. } = claim.relatie;
        if beletselen.blocks(&Blokkade::Aanbieder(aanbieder))
            || beletselen.blocks_claim(aanbieder, &claim.nummer)
        {
            return Ok(format!("{NOT_YET}: de betaling wordt tegengehouden"));
        }
        let account =
            self.register.contracten().account(claim.relatie, claim.period).map(|account| account.iban);
        let looked_at = |iban: Iban| {
            beletselen.blocks(&Blokkade::Rekening(iban)) || beletselen.of((aanbieder, iban)).is_some()
        };
        Ok(if account.is_some_and(looked_at) {
            format!("{NOT_YET}: de rekening wordt eerst nagekeken")
        } else {
            "gaat mee met de eerstvolgende betaalrun".to_owned()
        })
    }

    fn say_money(
        stand: &mut Stand,
        claim: &ClaimRow,
        amounts: &StatusAmounts,
        lines: &[Herstel],
        goes: &str,
    ) {
        let short = claim.claimed.0.saturating_sub(claim.granted.0);
        let mut money = format!("Ingediend {}, toegekend {}", euros(claim.claimed.0), euros(claim.granted.0));
        if short != 0 || !lines.is_empty() {
            let lines = count(lines.len(), "regel", "regels");
            money.push_str(&format!(", afgekeurd {} ({lines})", euros(short)));
        }
        stand.say(format!("{money}."));
        for Payment { run, date, amount_cents, since } in stand.payments.clone() {
            let verb = if amount_cents < 0 { "Verrekend" } else { "Betaald" };
            stand.say(format!(
                "{verb}: {} in betaalrun {run}, betaaldatum {}.",
                euros(amount_cents),
                dutch(&date)
            ));
            for turned in since {
                stand.say(turned.in_words(run));
            }
        }
        if amounts.payable_cents > 0 {
            stand.say(format!("Betaalbaar: {} {goes}.", euros(amounts.payable_cents)));
        } else if amounts.payable_cents < 0 {
            stand.say(format!(
                "Nog te verrekenen: {} met wat deze gemeente deze aanbieder hierna betaalt.",
                euros(amounts.payable_cents)
            ));
        }
        if claim.granted.0 != 0 && in_words(amounts).is_empty() && stand.payments.is_empty() {
            stand.say("Overgenomen van een vorig systeem, dat dit heeft betaald.".to_owned());
        }
    }

    /// What became of lines that were held.
    fn add_holds(&self, stand: &mut Stand, holds: &[Vasthouding]) {
        let mut sums: BTreeMap<(&'static str, String), (usize, i64)> = BTreeMap::new();
        for held in holds {
            let by: Vec<String> =
                held.limieten.iter().map(|id| kind_of_limit(id, self.register).to_owned()).collect();
            let state = held.status.as_str();
            let sum = sums.entry((state, by.join(" en "))).or_default();
            *sum = (sum.0 + 1, sum.1.saturating_add(held.bedrag.0));
            let amount_cents = held.bedrag.0;
            stand.holds.push(HeldStatus { referentie: held.referentie.to_string(), amount_cents, state, by });
        }
        for ((state, by), (lines, cents)) in sums {
            let why = if by.is_empty() { String::new() } else { format!(" door {by}") };
            let lines = count(lines, "regel", "regels");
            stand.say(match state {
                "vastgehouden" => format!("Vastgehouden{why}: {} ({lines}); toegekend, nog niet betaald.", euros(cents)),
                "vrijgegeven" => format!("Was vastgehouden{why} en is vrijgegeven: {} ({lines}).", euros(cents)),
                "geweigerd" => format!(
                    "Betaling geweigerd{why}: {} ({lines}). De aanbieder kan bezwaar maken; het werkitem heeft de reden.",
                    euros(cents)
                ),
                _ => format!("Was vastgehouden{why} en is gecrediteerd: {} ({lines}).", euros(cents)),
            });
        }
    }

    /// Lines of a claim that are or were held.
    async fn holds(&self, aanbieder: AgbCode, nummer: &str) -> Result<Vec<Vasthouding>> {
        let keys = FactKeys { vasthoudingen: [(aanbieder, nummer.into())].into(), ..FactKeys::default() };
        let known = self.store.facts(&keys).await?;
        let of_it =
            |held: &&Vasthouding| held.relatie.aanbieder == aanbieder && &*held.declaratie_nummer == nummer;
        Ok(known.vasthoudingen.values().filter(of_it).cloned().collect())
    }

    /// A line of a claim.
    pub(super) async fn prestatie(&self, aanbieder: AgbCode, referentie: &str) -> Result<Option<Stand>> {
        let sleutel = (aanbieder, referentie.into());
        let keys = FactKeys { prestaties: vec![sleutel], ..FactKeys::default() };
        let known = self.store.facts(&keys).await?;
        let Some(line) = known.prestaties.get(aanbieder, referentie).cloned() else { return Ok(None) };
        let mut stand = Stand::of(StatusSoort::Prestatie, &referentie, Some(line.relatie));
        let nummer = read::claim_of_line(self.store, aanbieder, referentie).await?;
        let claim = match &nummer {
            Some(nummer) => read::claim(self.store, aanbieder, nummer).await?,
            None => None,
        };
        let what = if line.debet_credit == DebetCredit::Credit { "Creditregel" } else { "Regel" };
        let of_claim = nummer.map_or_else(String::new, |nummer| format!(" van declaratie {nummer}"));
        stand.say(format!("{what} {referentie}{of_claim} {}.", self.partijen(line.relatie)));
        stand.say(format!(
            "Toewijzing {}, product {}/{}, zorg van {} tot en met {}, {}.",
            line.toewijzing,
            line.categorie,
            line.code.as_str(),
            day(line.begin),
            day(line.eind),
            line.bedrag
        ));
        if let Some(debet) = &line.vorig_referentie {
            stand.say(format!("Crediteert regel {debet}."));
        }
        if let Some(claim) = &claim {
            stand.arrival = claim.arrival;
            self.tell_of_message(&mut stand, claim.arrival, claim.journal).await?;
            self.add_line(&mut stand, &line, claim).await?;
        }
        Ok(Some(stand))
    }

    async fn add_line(&self, stand: &mut Stand, line: &GeboektePrestatie, claim: &ClaimRow) -> Result<()> {
        let sign = if line.debet_credit == DebetCredit::Credit { -1 } else { 1 };
        let cents = line.bedrag.0 * sign;
        let granted = if line.toegekend { cents } else { 0 };
        let mut amounts =
            StatusAmounts { claimed_cents: cents, granted_cents: granted, ..StatusAmounts::default() };
        let all = match claim.arrival {
            Some(arrival) => herstel(self.store, arrival).await?,
            None => Vec::new(),
        };
        let own: Vec<Herstel> =
            all.into_iter().filter(|one| one.referentie.as_deref() == Some(&*line.referentie)).collect();
        stand.state = if line.gecrediteerd {
            "gecrediteerd"
        } else if line.toegekend {
            "toegekend"
        } else {
            "afgekeurd"
        };
        stand.say(match stand.state {
            "gecrediteerd" => "Toegekend, en later teruggenomen met een creditregel.".to_owned(),
            "toegekend" => "Toegekend.".to_owned(),
            _ => "Afgekeurd.".to_owned(),
        });
        self.say_rejected(stand, &own);
        if line.toegekend {
            let bookings = read::bookings(self.store, claim.relatie.aanbieder, &claim.nummer).await?;
            let holds = self.holds(claim.relatie.aanbieder, &claim.nummer).await?;
            let held = holds.into_iter().find(|held| held.referentie == line.referentie);
            let paid_with = match &held {
                None => Some(claim.journal),
                Some(held) if held.status == VasthoudingStatus::Vrijgegeven => held.beslist,
                Some(_) => None,
            };
            match Regelboeking::of(&bookings, paid_with) {
                Regelboeking::Betaald(run, date) => {
                    amounts.paid_cents = cents;
                    let date_text = date.to_string();
                    stand.payments.push(Payment {
                        run,
                        date: date_text,
                        amount_cents: cents,
                        since: Vec::new(),
                    });
                    stand.say(format!("Betaald in betaalrun {run}, betaaldatum {}.", day(date)));
                }
                Regelboeking::Open { weer } => {
                    amounts.payable_cents = cents;
                    if let Some(run) = weer {
                        stand.say(format!(
                            "Betaald in betaalrun {run}, en afgewezen of teruggekomen: staat weer open."
                        ));
                    }
                    stand.say(format!("De regel {}.", self.goes(claim).await?));
                }
                Regelboeking::Geen => match held.as_ref().map(|held| held.status) {
                    Some(VasthoudingStatus::Vastgehouden) => amounts.held_cents = cents,
                    Some(VasthoudingStatus::Geweigerd) => amounts.refused_cents = cents,
                    _ => {}
                },
            }
            self.add_holds(stand, held.as_slice());
            if held.is_some_and(|held| held.status == VasthoudingStatus::Vastgehouden) {
                let work = read::work_about_key(self.store, claim.relatie.aanbieder, &claim.nummer).await?;
                self.add_work(stand, work).await?;
            }
        }
        stand.amounts = Some(amounts);
        Ok(())
    }

    /// A payment run, or what it paid one aanbieder.
    pub(super) async fn run(&self, reference: RunReference, van: Option<Partij>) -> Result<Option<Stand>> {
        let Some(run) = read::run(self.store, reference.run).await? else { return Ok(None) };
        let mut parts = read::run_parts(self.store, run.run).await?;
        let van = reference.aanbieder.map(Partij::Aanbieder).or(van);
        if let Some(van) = van {
            parts.retain(|part| match van {
                Partij::Aanbieder(code) => part.relatie.aanbieder == code,
                Partij::Gemeente(code) => part.relatie.gemeente == code,
            });
        }
        let mut stand = Stand::of(StatusSoort::Betaalrun, &run.run, None);
        stand.state = "betaald";
        stand.decided = Some(run.made.to_string());
        let total = parts.iter().fold(0_i64, |sum, part| sum.saturating_add(part.amount.0));
        let transfers = parts.iter().filter(|part| part.amount.0 > 0).count();
        stand.amounts = Some(StatusAmounts { paid_cents: total, ..StatusAmounts::default() });
        stand.payments =
            vec![Payment { run: run.run, date: run.day.to_string(), amount_cents: total, since: Vec::new() }];
        stand.say(format!(
            "Betaalrun {}, gemaakt op {}, betaaldatum {}: {} in {}{}.",
            run.run,
            tekst::moment(run.made),
            day(run.day),
            euros(total),
            count(transfers, "overboeking", "overboekingen"),
            van.map_or_else(String::new, |van| format!(" van of aan {van}"))
        ));
        if van.is_some() {
            for part in &parts {
                let Relatie { gemeente, aanbieder } = part.relatie;
                stand.say(format!(
                    "Gemeente {gemeente} aan aanbieder {aanbieder}: {} ({}), kenmerk RUN-{}-{aanbieder}-{gemeente}.",
                    part.amount,
                    count(usize::try_from(part.entries).unwrap_or_default(), "boeking", "boekingen"),
                    run.run
                ));
            }
        } else {
            stand.say("Met --van AGB-code staat hier wat een aanbieder kreeg.".to_owned());
        }
        Ok(Some(stand))
    }
}

/// Where a claim stands, in one word.
fn state(amounts: &StatusAmounts, has_rejected: bool) -> &'static str {
    match amounts {
        StatusAmounts { held_cents, .. } if *held_cents != 0 => "deels vastgehouden",
        _ if has_rejected && amounts.granted_cents == 0 => "afgekeurd",
        _ if has_rejected => "deels toegekend",
        StatusAmounts { payable_cents, .. } if *payable_cents != 0 => "betaalbaar",
        StatusAmounts { paid_cents, .. } if *paid_cents != 0 => "betaald",
        _ => "toegekend",
    }
}

/// A day as scripts have it, for people.
fn dutch(date: &str) -> String {
    date.parse().map_or_else(|_| date.to_owned(), day)
}
