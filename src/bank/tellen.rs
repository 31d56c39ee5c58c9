//! The arithmetic of statements: what was booked leads from the one balance to the other, and the transactions of a post
//! are the post. A file in which this does not hold is not taken in.

use super::bestand::{Bankbestand, Bankinhoud, Bankpost};
use super::fout::BankFout;
use crate::money::Cents;

/// How a statement or notification is named in what is told of it: its place in the file.
pub(super) fn in_afschrift(index: usize) -> String {
    format!("afschrift {index} in het bestand")
}

/// As [`in_afschrift`], of a post in it.
pub(super) fn in_post(index: usize, post: usize) -> String {
    format!("post {post} van afschrift {index}")
}

/// Proves a file to the cent.
pub(super) fn check(bestand: &Bankbestand) -> Result<(), BankFout> {
    match &bestand.inhoud {
        Bankinhoud::Afschriften(all) => {
            for (index, afschrift) in (1..).zip(all) {
                let waar = in_afschrift(index);
                let booked = afschrift.posten.iter().filter(|post| post.status.is_booked());
                let too_much = || BankFout::Bedrag { waar: waar.clone() };
                let posten = sum(booked.map(|post| post.bedrag)).ok_or_else(too_much)?;
                let (opening, slot) = (afschrift.opening, afschrift.slot);
                if opening.plus(posten).map_err(|_| too_much())? != slot {
                    return Err(BankFout::TeltNietOp { waar, opening, posten, slot });
                }
                transactions(index, &afschrift.posten)?;
            }
        }
        Bankinhoud::Meldingen(all) => {
            for (index, melding) in (1..).zip(all) {
                transactions(index, &melding.posten)?;
            }
        }
        Bankinhoud::Status(_) => {}
    }
    Ok(())
}

/// Where a post tells all its transactions with their amounts, they are its amount.
fn transactions(index: usize, posten: &[Bankpost]) -> Result<(), BankFout> {
    for post in posten {
        let count = post.batch.as_ref().and_then(|batch| batch.aantal).unwrap_or_default();
        let all_told = post.details.len() as u64 >= count && !post.details.is_empty();
        let with_costs = post.details.iter().any(|detail| detail.met_kosten);
        let amounts: Option<Vec<Cents>> = post.details.iter().map(|detail| detail.bedrag).collect();
        let (true, false, Some(amounts)) = (all_told, with_costs, amounts) else { continue };
        let waar = || in_post(index, post.volgorde as usize);
        let details = sum(amounts.into_iter()).ok_or_else(|| BankFout::Bedrag { waar: waar() })?;
        if details != post.bedrag {
            return Err(BankFout::Details { waar: waar(), details, bedrag: post.bedrag });
        }
    }
    Ok(())
}

/// `None` when it is no amount any more.
fn sum(mut amounts: impl Iterator<Item = Cents>) -> Option<Cents> {
    amounts.try_fold(Cents::ZERO, |sum, amount| sum.plus(amount).ok())
}
