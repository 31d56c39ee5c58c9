//! The model on changes of the gemeente that make granted care unlawful (rulings 2.7, OP345, OP299).

use super::calendar::{minutes, most_in_period};
use super::office::Model;
use super::spec::{Bericht, Omvang, Toewijzing};

impl Model {
    /// Numbers of the assignments in an accepted JW301 whose change must be told, in the order of the message. The
    /// model has to be as it was before the message.
    pub(super) fn unlawful(&self, bericht: &Bericht, bsn: &str, producten: &[Toewijzing]) -> Vec<u32> {
        let unlawful = producten.iter().filter(|product| self.is_unlawful(bericht, bsn, product));
        unlawful.map(|product| product.nummer).collect()
    }

    fn is_unlawful(&self, bericht: &Bericht, bsn: &str, product: &Toewijzing) -> bool {
        let Some(known) = self.newest(bericht.gemeente, product.nummer).map(|known| &known.inhoud) else {
            return false;
        };
        // An older version changes nothing (IV013).
        if product.vastgesteld < known.vastgesteld {
            return false;
        }
        if product.reden == Some("13") {
            // Granted lines reject it (TR385); what was only begun may still be claimed.
            return known.reden != Some("13") && self.begun(bericht, bsn, product.nummer);
        }
        let standing = self.standing(bericht.gemeente, product.nummer);
        let shortened = match (known.einde, product.einde) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(known), Some(new)) => new < known,
        };
        let past = |einde| standing.iter().any(|line| line.inhoud.eind > einde);
        if shortened && product.einde.is_some_and(past) {
            return true;
        }
        let bedrag: i64 = standing.iter().map(|line| line.inhoud.bedrag).sum();
        if product.budget < known.budget && product.budget.is_some_and(|budget| bedrag > budget) {
            return true;
        }
        let Some(omvang) = product.omvang.filter(|omvang| known.omvang != Some(*omvang)) else {
            return false;
        };
        let volume = |line: &super::office::Regel| minutes(line.inhoud.volume, line.inhoud.eenheid);
        if omvang.frequentie == "6" {
            let all: i64 = standing.iter().map(|line| volume(line)).sum();
            let same = known.omvang.is_some_and(|known| comparable(known, omvang.eenheid));
            return same && all > minutes(omvang.volume, omvang.eenheid);
        }
        standing.iter().any(|line| {
            let most = most_in_period(
                omvang,
                (product.ingang, product.einde),
                (line.inhoud.begin, line.inhoud.eind),
                false,
            );
            comparable(omvang, line.inhoud.eenheid) && most.is_some_and(|most| volume(line) > most)
        })
    }

    /// A start of this assignment stands.
    fn begun(&self, bericht: &Bericht, bsn: &str, nummer: u32) -> bool {
        self.meldingen.iter().any(|known| {
            (known.gemeente, known.aanbieder, known.bsn) == (bericht.gemeente, bericht.aanbieder, bsn)
                && !known.weg
                && known.inhoud.nummer == Some(nummer)
                && known.inhoud.einde.is_none()
        })
    }
}

/// Hours and minutes are both time; anything else is only like itself.
fn comparable(omvang: Omvang, eenheid: &str) -> bool {
    let time = |eenheid: &str| matches!(eenheid, "01" | "04");
    omvang.eenheid == eenheid || (time(omvang.eenheid) && time(eenheid))
}
