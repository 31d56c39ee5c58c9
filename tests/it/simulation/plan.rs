//! What happens in a run, at random: messages in any order, more than once, late; workers that die or
//! are refused at any step, alone and side by side; contracts, payments, operators.

use super::faults::Fault;
use crate::generator::Dice;
use crate::model::histories::{AANBIEDERS, GEMEENTEN, day, history};
use crate::model::overname::{archive, credit};
use crate::model::spec::{Bericht, Contract, Dag, Stap};

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// A sender has a message for us.
    Send(Dag, Bericht),
    /// A sender sends bytes once more.
    Again(Dag, Bericht),
    /// Bytes that are no message.
    Poison(u32),
    /// Somebody who may not send a message delivers its bytes first, or again.
    WrongDoor(u64),
    /// What waits is delivered in another order.
    Reorder(u64),
    /// `process` takes what waits, so many at once.
    Process(usize, Fault),
    /// The service takes in what waits and decides it, so many at once: one process per fault, side by side.
    /// The first takes in.
    Serve(usize, Vec<Fault>),
    Import(Contract, Fault),
    /// So many days pass; one process acts on terms while another takes contracts over.
    ImportBesideTerms(Contract, u64, [Fault; 2]),
    Pay(Fault),
    /// Somebody calls an aanbieder about its account.
    Call(u64, Fault),
    /// The archive of a previous system is taken over.
    TakeOver(u64, Fault),
    /// A day at the bank, and what it says of that is taken in.
    Bank(u64, Fault),
    /// A person explains a post of the bank.
    Explain(u64, Fault),
    /// An operator has parked messages judged again.
    Retry(Fault),
    /// An aanbieder asks for an assignment.
    Request(u64),
    /// An aanbieder does something with what it got: a retour, a request for change, a claim.
    React(u64),
    /// A person decides on something that waits.
    Decide(u64, Fault),
    /// So many days pass, and terms with them.
    Terms(u64, Fault),
}

fn fault(dice: &mut Dice) -> Fault {
    let call = u32::try_from(dice.below(30)).unwrap();
    match dice.below(10) {
        0 | 1 => Fault::DieBefore(call),
        2 | 3 => Fault::DieAfter(call),
        4 => Fault::DieSending(dice.below(4)),
        5 => Fault::Refuse(call),
        6 => Fault::DiskFull,
        7 => Fault::Unreachable([GEMEENTEN[0], AANBIEDERS[0]][dice.below(2)]),
        _ => Fault::None,
    }
}

fn work(dice: &mut Dice) -> Op {
    let at_once = 1 + dice.below(4);
    if dice.one_in(3) {
        return Op::Process(at_once, fault(dice));
    }
    let processes = 1 + dice.below(2);
    Op::Serve(at_once, (0..processes).map(|_| fault(dice)).collect())
}

/// At least this many operations, over two aanbieders and two gemeenten.
pub fn plan(seed: u64, messages: usize) -> Vec<Op> {
    let mut dice = Dice::new(seed ^ 0x5eed);
    let mut strangers = Dice::new(seed ^ 0xd002);
    let mut beside = Dice::new(seed ^ 0xbe51);
    let mut bank = Dice::new(seed ^ 0xba2c);
    let taken_over = bank.one_in(3).then(|| bank.next());
    let mut newest = None;
    let mut plan = Vec::new();
    let mut today = day(2025, 1, 6);
    for step in history(seed, messages) {
        if let Stap::Bericht(day, _) | Stap::Nogmaals(day, _) = &step {
            today = *day;
        }
        plan.push(match step {
            Stap::Bericht(day, bericht) => Op::Send(day, bericht),
            Stap::Nogmaals(day, bericht) => Op::Again(day, bericht),
            Stap::Contract(contract) => {
                newest = Some(contract.clone());
                Op::Import(contract, Fault::None)
            }
        });
        match taken_over {
            Some(seed) if plan.len() == 1 => plan.push(Op::TakeOver(seed, fault(&mut bank))),
            Some(seed) if bank.one_in(16) => {
                plan.extend(credit(&archive(seed), &mut bank, today).map(|bericht| Op::Send(today, bericht)));
            }
            _ => {}
        }
        match dice.below(9) {
            0 | 1 => plan.push(Op::Request(dice.next())),
            2 | 3 => plan.push(Op::React(dice.next())),
            4 => plan.push(Op::Decide(dice.next(), fault(&mut dice))),
            5 if dice.one_in(3) => plan.push(Op::Terms(1 + dice.below(20) as u64, fault(&mut dice))),
            _ => {}
        }
        if let Some(contract) = newest.as_mut().filter(|_| beside.one_in(16)) {
            contract.limieten.iter_mut().for_each(|limiet| limiet.bedrag += 10_000);
            let faults = [fault(&mut beside), fault(&mut beside)];
            plan.push(Op::ImportBesideTerms(contract.clone(), 1 + beside.below(8) as u64, faults));
        }
        if strangers.one_in(8) {
            plan.push(Op::WrongDoor(strangers.next()));
        }
        match dice.below(12) {
            0..4 => plan.push(work(&mut dice)),
            4 => plan.push(Op::Reorder(dice.next())),
            5 if dice.one_in(2) => plan.push(Op::Poison(u32::try_from(plan.len()).unwrap())),
            6 if dice.one_in(2) => plan.push(Op::Pay(fault(&mut dice))),
            7 if dice.one_in(2) => plan.push(Op::Retry(fault(&mut dice))),
            _ => {}
        }
        match bank.below(12) {
            0 => plan.push(Op::Pay(fault(&mut bank))),
            1 | 2 => plan.push(Op::Bank(bank.next(), fault(&mut bank))),
            3 => plan.push(Op::Explain(bank.next(), fault(&mut bank))),
            4 => plan.push(Op::Call(bank.next(), fault(&mut bank))),
            _ => {}
        }
    }
    plan
}

/// A plan in which nothing dies and nothing is refused, with much about money: decisions, runs and days at the bank between
/// the messages.
pub fn calm(seed: u64, messages: usize) -> Vec<Op> {
    let none = Fault::None;
    let mut dice = Dice::new(seed ^ 0xca1f);
    // Limits are reached in one history of three.
    let tight = if dice.one_in(2) { 1 } else { 3 };
    let mut calm = Vec::new();
    for op in plan(seed.wrapping_mul(tight), messages) {
        calm.push(without_fault(op));
        if dice.one_in(2) {
            calm.push(Op::Process(4, none));
        }
        match dice.below(10) {
            0..3 => calm.push(Op::Decide(dice.next(), none)),
            3 => calm.push(Op::Pay(none)),
            4 | 5 => calm.push(Op::Bank(dice.next(), none)),
            6 | 7 => calm.push(Op::Explain(dice.next(), none)),
            8 => calm.push(Op::Call(dice.next(), none)),
            _ => {}
        }
    }
    calm
}

fn without_fault(op: Op) -> Op {
    let none = Fault::None;
    match op {
        Op::Process(at_once, _) => Op::Process(at_once, none),
        Op::Serve(at_once, faults) => Op::Serve(at_once, vec![none; faults.len()]),
        Op::Import(contract, _) => Op::Import(contract, none),
        Op::ImportBesideTerms(contract, days, _) => Op::ImportBesideTerms(contract, days, [none; 2]),
        Op::Pay(_) => Op::Pay(none),
        Op::Bank(seed, _) => Op::Bank(seed, none),
        Op::TakeOver(seed, _) => Op::TakeOver(seed, none),
        Op::Explain(seed, _) => Op::Explain(seed, none),
        Op::Call(seed, _) => Op::Call(seed, none),
        Op::Retry(_) => Op::Retry(none),
        Op::Decide(seed, _) => Op::Decide(seed, none),
        Op::Terms(days, _) => Op::Terms(days, none),
        op @ (Op::Send(..)
        | Op::Again(..)
        | Op::Poison(_)
        | Op::WrongDoor(_)
        | Op::Reorder(_)
        | Op::Request(_)
        | Op::React(_)) => op,
    }
}
