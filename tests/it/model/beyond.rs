//! The model on what contracts and the region ask beside limits: one trajectory at a fixed price at a time (rulings 8.6), and
//! nights that can have been slept (8.12).

use super::calendar::{minutes, most_in_all, most_in_period};
use super::limits::deleted;
use super::office::{Model, Regel, Versie};
use super::spec::{Bericht, Dag, Prestatie, Toewijzing, overlap};
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

    /// What is done with a message because of its new assignments: one is for more than a piece, or there are two
    /// trajectories. `new` are all of one child, in the order of the message.
    pub(super) fn too_many_trajectories(&self, new: &[Versie]) -> &'static str {
        let anew = |other: &Versie| {
            new.iter().any(|versie| {
                (versie.gemeente, versie.inhoud.nummer) == (other.gemeente, other.inhoud.nummer)
            })
        };
        let mut asked = "niets";
        for (place, own) in new.iter().enumerate() {
            let Some((act, _)) = self.fixed_of(own).filter(|_| !deleted(&own.inhoud)) else { continue };
            for (other, (theirs, _)) in self.beside(own) {
                asked = if anew(other) { asked } else { stricter(asked, stricter(act, theirs)) };
            }
            for other in new[..place].iter().filter(|other| !deleted(&other.inhoud)) {
                let days = |versie: &Versie| (versie.inhoud.ingang, versie.inhoud.einde);
                if overlap(days(own), days(other))
                    && let Some((theirs, _)) = self.fixed_of(other)
                {
                    asked = stricter(asked, stricter(act, theirs));
                }
            }
            if more_pieces(&own.inhoud) {
                asked = stricter(asked, act);
            }
        }
        asked
    }

    /// What is done with the payment of a line that is above the first trajectory: more than its one piece, or of an
    /// assignment that another of the child goes before.
    pub(super) fn above_the_first(&self, gemeente: &str, aanbieder: &str, line: &Prestatie) -> &'static str {
        let fixed = |code: &str, begin: Dag| self.fixed((gemeente, aanbieder), Some(code), begin);
        let Some((_, act)) = fixed(line.code, line.begin) else { return "niets" };
        let Some(own) = self.received(gemeente, line.nummer) else { return "niets" };
        let beside = self.beside(own);
        // What a person let through waits as a whole, also when it is itself the first, unless its payments went along.
        let released =
            self.vrijgaven.iter().find(|(of, nummer, _)| (*of, *nummer) == (gemeente, line.nummer));
        if let Some((.., met_betaling)) = released {
            let all = beside.iter().fold(act, |act, (_, (_, theirs))| stricter(act, theirs));
            return if *met_betaling { "niets" } else { all };
        }
        // On a generic assignment lines of other products stand as well: those are no pieces.
        let mut standing = self.standing(gemeente, line.nummer);
        standing.retain(|known| fixed(known.inhoud.code, known.inhoud.begin).is_some());
        let pieces: i64 = standing.iter().map(|known| known.inhoud.volume).sum();
        let more = if pieces + line.volume > 1 { act } else { "niets" };
        let order = |versie: &Versie| (versie.inhoud.ingang, self.first_received(versie));
        let before = beside.into_iter().filter(|(other, _)| order(other) < order(own));
        before.fold(more, |so_far, (_, (_, theirs))| stricter(so_far, stricter(act, theirs)))
    }

    /// The assignments of a message that waits which are beyond one trajectory: their contract, or that of the other, makes
    /// the message wait, and a release is about their payments as well.
    pub(super) fn beyond_one(&self, bericht: &Bericht) -> Vec<u32> {
        let of_it = |versie: &&Versie| {
            versie.achter && (versie.gemeente, &versie.bericht) == (bericht.gemeente, &bericht.identificatie)
        };
        let waits: Vec<&Versie> = self.versies.iter().filter(of_it).collect();
        let beyond = waits.iter().filter(|own| {
            let Some((act, _)) = self.fixed_of(own).filter(|_| !deleted(&own.inhoud)) else { return false };
            let here = |other: &Versie| waits.iter().any(|one| one.inhoud.nummer == other.inhoud.nummer);
            let known = self.beside(own).into_iter();
            let known = known.filter(|(other, _)| other.gemeente != own.gemeente || !here(other));
            let mut acts: Vec<&str> = known.map(|(_, (theirs, _))| stricter(act, theirs)).collect();
            for other in waits.iter().filter(|other| other.inhoud.nummer != own.inhoud.nummer) {
                let days = |versie: &Versie| (versie.inhoud.ingang, versie.inhoud.einde);
                let theirs = self.fixed_of(other).filter(|_| !deleted(&other.inhoud));
                let together = theirs.filter(|_| overlap(days(own), days(other)));
                acts.extend(together.map(|(theirs, _)| stricter(act, theirs)));
            }
            acts.contains(&"hold") || more_pieces(&own.inhoud) && act == "hold"
        });
        beyond.map(|own| own.inhoud.nummer).collect()
    }

    /// Its place among all that was received.
    fn first_received(&self, versie: &Versie) -> Option<usize> {
        let key = (versie.gemeente, versie.inhoud.nummer);
        let had = |known: &Versie| !known.achter && !known.afgewezen;
        self.versies.iter().position(|known| (known.gemeente, known.inhoud.nummer) == key && had(known))
    }

    /// Whether a line that is granted now cannot have happened, with what was granted before: more nights or hours than its
    /// days have, or a stretch of days with it in it that has more nights than days.
    pub(super) fn cannot_have_happened(&self, relatie: (&str, &str), line: &Prestatie) -> bool {
        let days = |first: Dag, last: Dag| (last - first).num_days() + 1;
        let own_days = days(line.begin, line.eind);
        let too_much = match line.eenheid {
            "14" => line.volume > own_days,
            "04" => line.volume > own_days * 24,
            "01" => line.volume > own_days * 24 * 60,
            _ => false,
        };
        let too_much = too_much || self.is_above_its_days(relatie, line);
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

    /// Whether a line is together with others of its assignment, over periods with days in common, more than the assignment
    /// allows on those days (TR321 looks at one line, TR389 at the very same period).
    fn is_above_its_days(&self, relatie: (&str, &str), line: &Prestatie) -> bool {
        let Some(known) = self.received(relatie.0, line.nummer).map(|known| &known.inhoud) else {
            return false;
        };
        let Some(omvang) = known.omvang.filter(|omvang| omvang.frequentie != "6") else { return false };
        let volume = |line: &Prestatie| minutes(line.volume, line.eenheid);
        let mut beside = self.standing(relatie.0, line.nummer);
        beside.retain(|other| {
            overlap((line.begin, Some(line.eind)), (other.inhoud.begin, Some(other.inhoud.eind)))
        });
        let gi = self.pays_as_certified(relatie, line);
        let days = (known.ingang, known.einde);
        // Whatever days are taken together that have all of this line in them.
        let firsts = beside.iter().map(|other| other.inhoud.begin).chain([line.begin]);
        firsts.filter(|first| *first <= line.begin).any(|first| {
            let lasts = beside.iter().map(|other| other.inhoud.eind).chain([line.eind]);
            lasts.filter(|last| line.eind <= *last).any(|last| {
                let within =
                    beside.iter().filter(|other| first <= other.inhoud.begin && other.inhoud.eind <= last);
                let (count, all) = within
                    .fold((0, volume(line)), |(count, all), other| (count + 1, all + volume(&other.inhoud)));
                count > 0 && all > most_in_period(omvang, days, (first, last), gi).unwrap_or(0)
            })
        })
    }
}

/// Whether an assignment is for more than one piece.
fn more_pieces(known: &Toewijzing) -> bool {
    let Some(omvang) = known.omvang else { return false };
    most_in_all(omvang, known.ingang, known.einde, false).is_none_or(|most| most > 1)
}
