//! An independent model of what is assigned, claimed and spent, and thousands of histories on which it
//! and the engine must agree: same codes per class, same sums, no budget ever exceeded.
//!
//! `HAPPYFLOW_MODEL_RUNS=N` tries N histories.

pub mod answer;
pub mod auditor;
pub mod bank;
pub mod betalingen;
mod beyond;
mod calendar;
mod care;
mod claims;
pub mod desk;
mod found;
mod granted;
pub mod histories;
pub mod holds;
pub mod limits;
pub mod office;
pub mod overname;
pub mod referrals;
pub mod requests;
pub mod shrink;
pub mod signals;
pub mod spec;
pub mod uitleg;
mod waiting;
pub mod write;

use crate::share::Share;
use auditor::Auditor;
use desk::Desk;
use histories::history;
use office::Model;
use spec::Stap;

/// How many histories, and seconds of an ordinary test run.
const RUNS: &str = "HAPPYFLOW_MODEL_RUNS";
const SECONDS: u64 = 20;
/// Steps in each.
const STEPS: usize = 30;

/// The first point on which model and engine differ.
fn disagreement(history: &[Stap]) -> Option<String> {
    let (mut model, mut desk, mut auditor) = (Model::default(), Desk::new(), Auditor::default());
    for (place, step) in history.iter().enumerate() {
        match step {
            Stap::Contract(contract) => {
                model.agree(contract);
                desk.import(contract);
                if let Some(difference) = limits(&model, &desk) {
                    return Some(format!("step {place}: {difference}"));
                }
            }
            // The store knows the bytes; there is nothing to decide.
            Stap::Nogmaals(..) => {}
            Stap::Bericht(today, bericht) => {
                let expected = model.receive(*today, bericht);
                let found = desk.receive(*today, bericht);
                if expected != found {
                    return Some(format!("step {place}\n model: {expected:?}\nengine: {found:?}"));
                }
                if model.held != desk.held {
                    return Some(format!("step {place}: waits {}, held {}", model.held, desk.held));
                }
                if !model.held && model.verteld != desk.verteld {
                    return Some(format!("step {place}: tells {:?}, told {:?}", model.verteld, desk.verteld));
                }
                if model.unlawful != desk.unlawful {
                    let (expected, found) = (&model.unlawful, &desk.unlawful);
                    return Some(format!("step {place}: unlawful {expected:?}, told {found:?}"));
                }
                let (mut moved, mut posted) = (auditor.claims(&model), desk.overgeboekt.clone());
                moved.sort();
                posted.sort();
                if moved != posted {
                    return Some(format!("step {place}: moves {moved:?}, posted {posted:?}"));
                }
                if let Some(difference) = sums(&model, &desk).or_else(|| limits(&model, &desk)) {
                    return Some(format!("step {place}: {difference}"));
                }
            }
        }
    }
    None
}

/// Where the sums that the engine keeps are not those of the model, or a budget is exceeded.
fn sums(model: &Model, desk: &Desk) -> Option<String> {
    use happyflow::codes::{GemeenteCode, ToewijzingNummer};
    for versie in model.assignments() {
        let known = &versie.inhoud;
        let key = (GemeenteCode::parse(versie.gemeente).unwrap(), ToewijzingNummer(known.nummer));
        let Some(kept) = desk.known.toewijzingen.get(&key) else {
            return Some(format!("{} is not kept", known.nummer));
        };
        let standing = model.standing(versie.gemeente, known.nummer);
        let bedrag: i64 = standing.iter().map(|line| line.inhoud.bedrag).sum();
        let volume: i64 =
            standing.iter().map(|line| calendar::minutes(line.inhoud.volume, line.inhoud.eenheid)).sum();
        if (kept.besteed.bedrag.0, kept.besteed.volume) != (bedrag, volume) {
            return Some(format!("{}: kept {:?}, counted {bedrag} and {volume}", known.nummer, kept.besteed));
        }
        if (kept.einddatum, kept.budget.map(|cents| cents.0)) != (known.einde, known.budget) {
            return Some(format!("{}: kept {kept:?}, newest {known:?}", known.nummer));
        }
    }
    for ((gemeente, aanbieder), booked) in &desk.booked {
        let counted = model.accounts(gemeente, aanbieder);
        if counted != *booked {
            return Some(format!("{gemeente} {aanbieder}: booked {booked:?}, counted {counted:?}"));
        }
    }
    None
}

/// Where what is kept of a limit is not what the model counts.
fn limits(model: &Model, desk: &Desk) -> Option<String> {
    for (place, limiet) in model.contract.limieten.iter().enumerate().filter(|(_, limiet)| limiet.actief) {
        let (counted, kept) = (model.stand(place, desk.today), desk.stand(limiet));
        if counted != kept {
            return Some(format!("limit {place}: kept {kept:?}, counted {counted:?}\n{limiet:?}"));
        }
        let (tells, told) = (model.gemeld.get(&place).copied().unwrap_or_default(), desk.gemeld(limiet));
        if tells != told {
            return Some(format!("limit {place} at {counted:?}: tells {tells:?}, told {told:?}\n{limiet:?}"));
        }
    }
    None
}

/// A failing history, made small, as it would be written in a test.
fn report(seed: u64, history: Vec<Stap>) -> String {
    let smallest = shrink::shrink(history, &|history| disagreement(history).is_some());
    let why = disagreement(&smallest).unwrap();
    let steps: Vec<String> = smallest.iter().map(|step| format!("{step:?}")).collect();
    format!("seed {seed}: {why}\n{}", steps.join("\n"))
}

#[test]
fn histories_are_judged_alike() {
    for seed in Share::of(RUNS, SECONDS).seeds() {
        let mut history = history(seed, STEPS);
        // Every other history has months that leave both sides.
        for step in &mut history {
            if let Stap::Contract(contract) = step {
                contract.uitloop_maanden = [60, 2][usize::from(seed.is_multiple_of(2))];
            }
        }
        let differs = disagreement(&history).is_some();
        assert!(!differs, "{}", report(seed, history));
    }
}

#[test]
fn the_histories_reach_every_code_that_the_model_knows_and_what_is_right() {
    let codes = "0001 0200 0233 0611 8001 8017 8021 8187 8214 8848 9019 9056 9063 9069 9071 9074 9307 9308 9319 9321 \
                 9322 9326 9332 9333 9338 9339 9340 9341 9346 9369 9379 9384 9385 9387 9388 9389 9390 9413 9414 9415 S329";
    let mut seen = std::collections::BTreeSet::new();
    let (mut granted, mut rejected, mut exactly_full, mut unlawful) = (0, 0, 0, 0);
    let (mut held, mut holds) = (0, 0);
    for seed in 0..400 {
        let mut model = Model::default();
        for step in history(seed, STEPS) {
            match step {
                Stap::Contract(contract) => model.agree(&contract),
                Stap::Nogmaals(..) => {}
                Stap::Bericht(today, bericht) => {
                    let answer = model.receive(today, &bericht);
                    seen.extend(answer.codes.into_values().flatten().flatten());
                    unlawful += model.unlawful.len();
                    held += usize::from(model.held);
                }
            }
        }
        granted += model.regels.iter().filter(|line| line.toegekend).count();
        rejected += model.regels.iter().filter(|line| !line.toegekend).count();
        holds += model.regels.iter().filter(|line| matches!(line.geld, holds::Geld::Vastgehouden(_))).count();
        exactly_full += model.assignments().iter().filter(|versie| full(&model, versie)).count();
    }
    let missing: Vec<&str> = codes.split_whitespace().filter(|code| !seen.contains(*code)).collect();
    assert_eq!(missing, [""; 0]);
    assert!(granted > 500 && rejected > 500, "{granted} granted, {rejected} rejected");
    assert!(unlawful > 20, "granted care became unlawful {unlawful} times");
    assert!(held > 20 && holds > 20, "{held} messages waited, and {holds} payments");
    assert!(exactly_full > 20, "the last hour or euro was hit {exactly_full} times");
}

/// Whether an assignment is claimed to the last unit or cent.
fn full(model: &Model, versie: &office::Versie) -> bool {
    let known = &versie.inhoud;
    let standing = model.standing(versie.gemeente, known.nummer);
    let lines = || standing.iter().map(|line| &line.inhoud);
    let volume: i64 = lines().map(|line| calendar::minutes(line.volume, line.eenheid)).sum();
    let bedrag: i64 = lines().map(|line| line.bedrag).sum();
    let most =
        known.omvang.and_then(|omvang| calendar::most_in_all(omvang, known.ingang, known.einde, false));
    most == Some(volume) || known.budget == Some(bedrag)
}
