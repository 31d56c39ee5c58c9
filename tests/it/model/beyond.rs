//! The model on what contracts and the region ask beside limits: one trajectory at a fixed price at a time (rulings 8.6), and
//! nights that can have been slept (8.12).

use super::calendar::{minutes, most_in_all, most_in_period};
use super::limits::deleted;
use super::office::{Model, Regel, Versie};
use super::spec::{Bericht, Dag, Prestatie, Product, Toewijzing, overlap};
use chrono::Datelike;
use std::collections::{BTreeMap, BTreeSet};

/// The act for an assignment, and the act for a payment.
type Acts = (&'static str, &'static str);
/// A category, and the code unless the assignment is aspecific.
type Code<'a> = (&'a str, Option<&'a str>);

/// What does more: nothing, a signal, a hold.
fn stricter(one: &'static str, other: &'static str) -> &'static str {
    let order = |act| ["niets", "signal", "hold"].iter().position(|known| *known == act);
    if order(one) >= order(other) { one } else { other }
}

impl Model {
    /// What the contract of a product does with more than one trajectory, when that has a fixed price on a day.
    fn fixed(&self, (gemeente, aanbieder): (&str, &str), product: Code<'_>, day: Dag) -> Option<Acts> {
        let (categorie, code) = product;
        let mut lines = self.contract.regels.iter().filter(|regel| {
            (regel.gemeente, regel.aanbieder) == (gemeente, aanbieder)
                && regel.code[..2] == *categorie
                && code.is_none_or(|code| regel.code == code)
                && !regel.spoed
                && overlap((regel.van, regel.tot), (day, Some(day)))
        });
        lines.find_map(|regel| regel.vast)
    }

    fn fixed_of(&self, versie: &Versie) -> Option<Acts> {
        let Product { categorie, code } = versie.inhoud.product.as_ref()?;
        self.fixed((versie.gemeente, versie.aanbieder), (categorie, *code), versie.inhoud.ingang)
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
        let fixed =
            |code: &str, begin: Dag| self.fixed((gemeente, aanbieder), (&code[..2], Some(code)), begin);
        let Some((_, act)) = fixed(line.code, line.begin) else { return "niets" };
        let Some(own) = self.received(gemeente, line.nummer) else { return "niets" };
        let beside = self.beside(own);
        // What a person let through waits as a whole, also when it is itself the first, unless its payments went along.
        let released =
            self.vrijgaven.iter().find(|(of, nummer, _)| (*of, *nummer) == (gemeente, line.nummer));
        if let Some((.., met_betaling)) = released {
            let all = beside.iter().fold(act, |act, (_, (_, theirs))| stricter(act, theirs));
            match met_betaling {
                false => return all,
                // What was assigned in pieces is let through with the payment of those, which TR321 and TR322 keep.
                true if own.inhoud.omvang.is_some() => return "niets",
                true => {}
            }
        }
        // On a generic assignment lines of other products stand as well: those are no pieces.
        let mut standing = self.standing(gemeente, line.nummer);
        standing.retain(|known| fixed(known.inhoud.code, known.inhoud.begin).is_some());
        let pieces: i64 = standing.iter().map(|known| known.inhoud.volume).sum();
        let more = if pieces + line.volume > 1 { act } else { "niets" };
        if released.is_some() {
            return more;
        }
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

    /// What a person let through with its payments, and for how many pieces.
    pub(super) fn let_through(&self) -> Vec<(&'static str, u32, i64)> {
        let with_payments = self.vrijgaven.iter().filter(|(.., met_betaling)| *met_betaling);
        let pieces = with_payments.filter_map(|(gemeente, nummer, _)| {
            let known = &self.accepted(gemeente, *nummer)?.inhoud;
            let most = known.omvang.map(|omvang| most_in_all(omvang, known.ingang, known.einde, false));
            Some((*gemeente, *nummer, most.map_or(1, |most| most.unwrap_or(i64::MAX))))
        });
        pieces.collect()
    }

    /// Nobody let through more pieces than there were (8.6).
    pub(super) fn only_as_let_through(&mut self, before: &[(&'static str, u32, i64)]) {
        for (gemeente, nummer, pieces) in self.let_through() {
            let more =
                before.iter().any(|(of, known, were)| (*of, *known) == (gemeente, nummer) && pieces > *were);
            self.vrijgaven.retain(|(of, known, _)| !more || (*of, *known) != (gemeente, nummer));
        }
    }

    /// Its place among all that was received: so was what the aanbieder rejected, while it has nothing newer (2.6).
    fn first_received(&self, versie: &Versie) -> Option<usize> {
        let key = (versie.gemeente, versie.inhoud.nummer);
        let itself = |known: &Versie| (&known.bericht, &known.inhoud) == (&versie.bericht, &versie.inhoud);
        let had = |known: &Versie| !known.achter && (!known.afgewezen || itself(known));
        self.versies.iter().position(|known| (known.gemeente, known.inhoud.nummer) == key && had(known))
    }

    /// Whether a line that is granted now cannot have happened, with what was granted before: more nights or hours than its
    /// days have, or nights that have no day of their own beside those of before (8.12). What was too much before it is no
    /// fault of it.
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
        // A line lies within one month (TR387, TR388): those of other months take no day of it.
        let month = |day: Dag| (day.year(), day.month());
        let nights = |known: &&Regel| {
            let Regel { inhoud, toegekend, .. } = known;
            *toegekend
                && !inhoud.credit
                && inhoud.bsn == line.bsn
                && inhoud.eenheid == "14"
                && month(inhoud.begin) == month(line.begin)
                && !self.credited(known)
        };
        let mut lines: Vec<&Prestatie> =
            self.regels.iter().filter(nights).map(|known| &known.inhoud).collect();
        let before = without_a_day(&lines);
        lines.push(line);
        too_much || without_a_day(&lines) > before
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

/// How many nights have no day of their own, however they are laid.
fn without_a_day(lines: &[&Prestatie]) -> usize {
    let mut taken = BTreeMap::new();
    let nights = lines.iter().enumerate().flat_map(|(place, line)| {
        // More than its days need not be tried.
        let most = (line.eind - line.begin).num_days() + 2;
        (0..line.volume.min(most)).map(move |_| place)
    });
    nights.filter(|place| !finds_a_day(*place, lines, &mut taken, &mut BTreeSet::new())).count()
}

/// Lays a night of a line on a day that is free, or that another leaves for a day of its own.
fn finds_a_day(
    place: usize,
    lines: &[&Prestatie],
    taken: &mut BTreeMap<Dag, usize>,
    tried: &mut BTreeSet<Dag>,
) -> bool {
    let line = lines[place];
    for day in line.begin.iter_days().take_while(|day| *day <= line.eind) {
        if !tried.insert(day) {
            continue;
        }
        if taken.get(&day).copied().is_none_or(|other| finds_a_day(other, lines, taken, tried)) {
            taken.insert(day, place);
            return true;
        }
    }
    false
}

/// Whether an assignment is for more than one piece.
fn more_pieces(known: &Toewijzing) -> bool {
    let Some(omvang) = known.omvang else { return false };
    most_in_all(omvang, known.ingang, known.einde, false).is_none_or(|most| most > 1)
}
