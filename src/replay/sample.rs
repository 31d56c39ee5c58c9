//! A sample for the auditor: monetary unit sampling, the same for the same seed.
//!
//! Every euro has the same chance. Lines of at least one interval are all taken (the top stratum); from
//! the others every so many euros one is taken, from a start that the seed draws.

use crate::codes::{AgbCode, GemeenteCode};
use crate::money::{Cents, MoneyOverflow};
use crate::state::GeboektePrestatie;

/// Which stratum a line was drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stratum {
    /// At least one interval: taken for certain.
    Top,
    /// Drawn in proportion to its amount.
    Rest,
}

/// A line that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    pub line: GeboektePrestatie,
    /// From where.
    pub stratum: Stratum,
}

/// What was drawn from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// In the order of booking.
    pub drawn: Vec<Drawn>,
    /// Lines that it was drawn from.
    pub population: u64,
    /// What they come to.
    pub total: Cents,
    /// Eurocents per draw below the top stratum; 0 when there is nothing below it.
    pub interval: Cents,
}

/// Whether a line is in the population: granted debits.
#[must_use]
pub fn counts(line: &GeboektePrestatie, gemeente: Option<GemeenteCode>, aanbieder: Option<AgbCode>) -> bool {
    line.toegekend
        && line.debet_credit == crate::codes::DebetCredit::Debet
        && line.bedrag.0 > 0
        && gemeente.is_none_or(|gemeente| gemeente == line.relatie.gemeente)
        && aanbieder.is_none_or(|aanbieder| aanbieder == line.relatie.aanbieder)
}

/// Draws about `count` lines from `lines`, which are in the order of booking.
pub fn draw(lines: &[GeboektePrestatie], count: usize, seed: u64) -> Result<Sample, MoneyOverflow> {
    let mut sample = Sample { population: lines.len() as u64, ..Sample::default() };
    for line in lines {
        sample.total = sample.total.plus(line.bedrag)?;
    }
    // Taking the largest out makes the interval smaller, until no other line reaches it.
    let mut top = vec![false; lines.len()];
    let (mut rest, mut left) = (sample.total.0, i64::try_from(count).unwrap_or(i64::MAX));
    let mut interval = 0;
    while left > 0 && rest > 0 {
        interval = (rest / left).max(1);
        let reached: Vec<usize> =
            (0..lines.len()).filter(|place| !top[*place] && lines[*place].bedrag.0 >= interval).collect();
        if reached.is_empty() {
            break;
        }
        for place in reached {
            if left > 0 {
                top[place] = true;
                rest -= lines[place].bedrag.0;
                left -= 1;
            }
        }
    }
    let drawing = left > 0 && rest > 0;
    sample.interval = Cents(if drawing { interval } else { 0 });
    // The draws lie at start, start + interval, and so on.
    let step = u64::try_from(interval.max(1)).unwrap_or(1);
    let mut next = i64::try_from(mixed(seed) % step).unwrap_or(0);
    let mut sum = 0;
    for (line, top) in lines.iter().zip(top) {
        if top {
            sample.drawn.push(Drawn { line: line.clone(), stratum: Stratum::Top });
            continue;
        }
        sum += line.bedrag.0;
        if drawing && sum > next {
            sample.drawn.push(Drawn { line: line.clone(), stratum: Stratum::Rest });
            while next < sum {
                next = next.saturating_add(interval);
            }
        }
    }
    Ok(sample)
}

/// A seed spread over all bits (splitmix64).
const fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{Bsn, Datum, DebetCredit, Eenheid, ProductCategorie, ProductCode, ToewijzingNummer};
    use crate::messages::Relatie;

    fn lines(amounts: &[i64]) -> Vec<GeboektePrestatie> {
        let relatie = Relatie {
            gemeente: GemeenteCode::parse("0193").unwrap(),
            aanbieder: AgbCode::parse("12345678").unwrap(),
        };
        let line = |(place, amount): (usize, &i64)| GeboektePrestatie {
            relatie,
            bsn: Bsn::parse("999900006").unwrap(),
            referentie: place.to_string().into(),
            vorig_referentie: None,
            toewijzing: ToewijzingNummer(1),
            categorie: ProductCategorie::parse("45").unwrap(),
            code: ProductCode::parse("45A04").unwrap(),
            begin: Datum::default(),
            eind: Datum::default(),
            volume: 1,
            eenheid: Eenheid::Uur,
            tarief: None,
            bedrag: Cents(*amount),
            debet_credit: DebetCredit::Debet,
            toegekend: true,
            gecrediteerd: false,
            vastgehouden: false,
        };
        amounts.iter().enumerate().map(line).collect()
    }

    #[test]
    fn large_lines_are_taken_for_certain_and_the_seed_decides_the_rest() {
        let mut amounts = vec![100; 1000];
        amounts[500] = 1_000_000;
        let lines = lines(&amounts);
        let sample = draw(&lines, 21, 7).unwrap();
        let top: Vec<_> = sample.drawn.iter().filter(|drawn| drawn.stratum == Stratum::Top).collect();
        assert_eq!((top.len(), &*top[0].line.referentie), (1, "500"));
        assert_eq!(sample.drawn.len(), 21);
        assert_eq!(sample.interval, Cents(99_900 / 20));
        assert_eq!(sample, draw(&lines, 21, 7).unwrap());
        assert_ne!(sample.drawn, draw(&lines, 21, 8).unwrap().drawn);
    }

    #[test]
    fn more_draws_than_lines_gives_every_line_once() {
        let lines = lines(&[5, 700, 3, 3]);
        let sample = draw(&lines, 100, 1).unwrap();
        assert_eq!((sample.drawn.len(), sample.population), (4, 4));
        assert!(draw(&[], 5, 1).unwrap().drawn.is_empty());
    }

    #[test]
    fn the_chance_of_a_line_is_in_proportion_to_its_amount() {
        let lines = lines(&[10, 30, 60].repeat(100));
        let mut times = [0_u32; 3];
        for seed in 0..400 {
            for drawn in draw(&lines, 10, seed).unwrap().drawn {
                let place: usize = drawn.line.referentie.parse().unwrap();
                times[place % 3] += 1;
            }
        }
        let all: u32 = times.iter().sum();
        for (times, share) in times.into_iter().zip([10, 30, 60]) {
            let wanted = all * share / 100;
            assert!(times.abs_diff(wanted) < all / 12, "{times} of {all}, wanted {wanted}");
        }
    }
}
