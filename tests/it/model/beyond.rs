//! The model on what contracts and the region ask beside limits: one trajectory at a fixed price at a time (rulings 8.6), and
//! nights that can have been slept (8.12).

use super::calendar::most_in_all;
use super::limits::deleted;
use super::office::{Model, Regel, Versie};
use super::spec::{Dag, Prestatie, Toewijzing, overlap};
use chrono::Days;

/// The act for an assignment, and the act for a payment.
type Acts = (&'static str, &'static str);

/// What does more: nothing, a signal, a hold.
fn stricter(one: &'static str, other: &'static str) -> &'static str {
    let order = |act| ["niets", "signal", "hold"].iter().position(|known| *known == act);
    if order(one) >= order(other) { one } else { other }
}

impl Model {
    /// What the contract of a product does with more than one trajectory, when that has a fixed price on a day.
    fn fixed(&self, (gemeente, aanbieder): (&str, &str), code: Option<&str>, day: Dag) -> Option<Acts> {
        let mut lines = self.contract.regels.iter().filter(|regel| {
            (regel.gemeente, regel.aanbieder) == (gemeente, aanbieder)
                && Some(regel.code) == code
                && !regel.spoed
                && overlap((regel.van, regel.tot), (day, Some(day)))
        });
        lines.find_map(|regel| regel.vast)
    }

    fn fixed_of(&self, versie: &Versie) -> Option<Acts> {
        let code = versie.inhoud.product.as_ref().and_then(|product| product.code);
        self.fixed((versie.gemeente, versie.aanbieder), code, versie.inhoud.ingang)
    }

    /// Other trajectories of the child on one of its days, of any gemeente and aanbieder, as their aanbieders have them.
    fn beside(&self, own: &Versie) -> Vec<(&Versie, Acts)> {
        let mut found = Vec::new();
        for other in self.assignments() {
            let Some(other) = self.accepted(other.gemeente, other.inhoud.nummer) else { continue };
            let same = (other.gemeente, other.inhoud.nummer) == (own.gemeente, own.inhoud.nummer);
            let days = |versie: &Versie| (versie.inhoud.ingang, versie.inhoud.einde);
            if other.bsn != own.bsn || same || deleted(&other.inhoud) || !overlap(days(own), days(other)) {
                continue;
            }
            found.extend(self.fixed_of(other).map(|acts| (other, acts)));
        }
        found
    }

    /// Whether new assignments of a message make it wait: one is for more than a piece, or there are two trajectories, and
    /// a contract of those holds. `new` are all of one child, in the order of the message.
    pub(super) fn too_many_trajectories(&self, new: &[Versie]) -> bool {
        let anew = |other: &Versie| {
            new.iter().any(|versie| {
                (versie.gemeente, versie.inhoud.nummer) == (other.gemeente, other.inhoud.nummer)
            })
        };
        new.iter().enumerate().any(|(place, own)| {
            let Some((act, _)) = self.fixed_of(own).filter(|_| !deleted(&own.inhoud)) else { return false };
            let known = self.beside(own).into_iter().filter(|(other, _)| !anew(other));
            let mut asked: Vec<&str> = known.map(|(_, (theirs, _))| stricter(act, theirs)).collect();
            for other in new[..place].iter().filter(|other| !deleted(&other.inhoud)) {
                let days = |versie: &Versie| (versie.inhoud.ingang, versie.inhoud.einde);
                if overlap(days(own), days(other))
                    && let Some((theirs, _)) = self.fixed_of(other)
                {
                    asked.push(stricter(act, theirs));
                }
            }
            if more_pieces(&own.inhoud) {
                asked.push(act);
            }
            asked.contains(&"hold")
        })
    }

    /// Whether the payment of a line waits because it is above the first trajectory: more than its one piece, or of an
    /// assignment that another of the child goes before.
    pub(super) fn is_above_the_first(&self, gemeente: &str, aanbieder: &str, line: &Prestatie) -> bool {
        let Some((_, act)) = self.fixed((gemeente, aanbieder), Some(line.code), line.begin) else {
            return false;
        };
        let Some(own) = self.received(gemeente, line.nummer) else { return false };
        let standing = self.standing(gemeente, line.nummer);
        let pieces: i64 = standing.iter().map(|known| known.inhoud.volume).sum();
        let more = pieces + line.volume > 1 && act == "hold";
        let order = |versie: &Versie| (versie.inhoud.ingang, self.first_received(versie));
        let behind = self
            .beside(own)
            .into_iter()
            .any(|(other, (_, theirs))| order(other) < order(own) && stricter(act, theirs) == "hold");
        more || behind
    }

    /// Its place among all that was received.
    fn first_received(&self, versie: &Versie) -> Option<usize> {
        let key = (versie.gemeente, versie.inhoud.nummer);
        let had = |known: &Versie| !known.achter && !known.afgewezen;
        self.versies.iter().position(|known| (known.gemeente, known.inhoud.nummer) == key && had(known))
    }

    /// Whether a line that is granted now cannot have happened, with what was granted before: more nights or hours than its
    /// days have, or a stretch of days with it in it that has more nights than days.
    pub(super) fn cannot_have_happened(&self, line: &Prestatie) -> bool {
        let days = |first: Dag, last: Dag| (last - first).num_days() + 1;
        let own_days = days(line.begin, line.eind);
        let too_much = match line.eenheid {
            "14" => line.volume > own_days,
            "04" => line.volume > own_days * 24,
            "01" => line.volume > own_days * 24 * 60,
            _ => false,
        };
        if line.eenheid != "14" {
            return too_much;
        }
        let nights = |known: &&Regel| {
            let Regel { inhoud, toegekend, .. } = known;
            *toegekend
                && !inhoud.credit
                && inhoud.bsn == line.bsn
                && inhoud.eenheid == "14"
                && !self.credited(known)
        };
        // A line is about one month at most.
        let earliest = line.begin - Days::new(31);
        let around = |known: &&Regel| (earliest..=line.eind).contains(&known.inhoud.begin);
        let lines: Vec<&Prestatie> = self
            .regels
            .iter()
            .filter(nights)
            .filter(around)
            .map(|known| &known.inhoud)
            .chain([line])
            .collect();
        let firsts = earliest.iter_days().take_while(|day| *day <= line.begin);
        let too_full = |first: Dag| {
            let mut lasts = line.eind.iter_days().take(63);
            lasts.any(|last| {
                let within = lines.iter().filter(|one| first <= one.begin && one.eind <= last);
                within.map(|one| one.volume).sum::<i64>() > days(first, last)
            })
        };
        too_much || firsts.into_iter().any(too_full)
    }
}

/// Whether an assignment is for more than one piece.
fn more_pieces(known: &Toewijzing) -> bool {
    let Some(omvang) = known.omvang else { return false };
    most_in_all(omvang, known.ingang, known.einde, false).is_none_or(|most| most > 1)
}
