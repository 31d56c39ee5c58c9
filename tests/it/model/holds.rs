//! The model on payments that wait: rulings 8.5 and 8.8, counted from the start each time.

use super::office::{Model, Regel};
use super::spec::{Limiet, Prestatie};

/// In the place of a limit: what a contract or the region holds, which never fits by itself.
const REDEN: usize = usize::MAX;

/// Where the money of a granted line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Geld {
    Betaalbaar,
    /// Held under these limits of the contract.
    Vastgehouden(Vec<usize>),
    /// Refused; it was held under these limits.
    Geweigerd(Vec<usize>),
    /// Taken back before it was paid; so is the credit that did it.
    Weg,
}

impl Limiet {
    /// Aanbieders share it, and it is no budget of a client.
    fn shared(&self) -> bool {
        self.aanbieder.is_none() && self.bsn.is_none()
    }
}

impl Regel {
    /// Whether a limit holds it.
    fn held_by(&self, limiet: usize) -> bool {
        matches!(&self.geld, Geld::Vastgehouden(limieten) if limieten.contains(&limiet))
    }

    /// What it counts for a limit: nothing when it was refused, or taken back before it was paid.
    fn telt(&self) -> i64 {
        match self.geld {
            Geld::Betaalbaar | Geld::Vastgehouden(_) if self.toegekend => self.inhoud.signed(),
            _ => 0,
        }
    }
}

impl Model {
    /// What counts for a limit, of the lines that `also` lets through.
    pub(super) fn spent(&self, limiet: usize, also: impl Fn(&Regel) -> bool) -> i64 {
        let of = &self.contract.limieten[limiet];
        let counts = |line: &&Regel| {
            of.counts(&self.contract, (line.gemeente, line.aanbieder), &line.inhoud) && also(line)
        };
        self.regels.iter().filter(counts).map(Regel::telt).sum()
    }

    /// Where the money of a line goes that is granted now (8.5). A line that waits is granted, and what comes after it
    /// under the same limit waits too; where aanbieders share a limit, only one's own lines do that, and what
    /// others have waiting is left out. A credit of what was not paid takes it away where it stands.
    pub(super) fn money(&mut self, gemeente: &str, aanbieder: &str, line: &Prestatie) -> Geld {
        if line.credit {
            let debit = self.regels.iter_mut().find(|known| {
                known.toegekend
                    && known.aanbieder == aanbieder
                    && Some(&known.inhoud.referentie) == line.vorig.as_ref()
            });
            return match debit {
                Some(debit) if matches!(debit.geld, Geld::Vastgehouden(_) | Geld::Geweigerd(_)) => {
                    debit.geld = Geld::Weg;
                    Geld::Weg
                }
                _ => Geld::Betaalbaar,
            };
        }
        let holds = |place: &usize| {
            let limiet = &self.contract.limieten[*place];
            let own = |line: &Regel| !limiet.shared() || line.aanbieder == aanbieder;
            let waits = self.regels.iter().any(|line| line.held_by(*place) && own(line));
            let spent = self.spent(*place, |line| own(line) || !line.held_by(*place));
            limiet.actief
                && limiet.bij_betaling == "hold"
                && !self.spared(limiet, gemeente, line)
                && limiet.counts(&self.contract, (gemeente, aanbieder), line)
                && line.bedrag > 0
                && (waits || spent + line.bedrag > limiet.bedrag)
        };
        let mut limieten: Vec<usize> = (0..self.contract.limieten.len()).filter(holds).collect();
        let implausible = self.cannot_have_happened((gemeente, aanbieder), line);
        let above = self.above_the_first(gemeente, aanbieder, line);
        if implausible && self.contract.aannemelijk || above == "hold" {
            limieten.push(REDEN);
        }
        if implausible && !self.contract.aannemelijk {
            self.verteld.insert("niet-aannemelijk");
        }
        if above == "signal" {
            self.verteld.insert("vaste-prijs");
        }
        if self.is_after_age_limit((gemeente, aanbieder), line) {
            self.verteld.insert("leeftijdsgrens");
        }
        if limieten.is_empty() { Geld::Betaalbaar } else { Geld::Vastgehouden(limieten) }
    }

    /// Counts, and is never held by this ceiling (8.16).
    fn spared(&self, limiet: &Limiet, gemeente: &str, line: &Prestatie) -> bool {
        let known = self.received(gemeente, line.nummer);
        let product = known.and_then(|known| known.inhoud.product.as_ref());
        limiet.excepts(line.categorie())
            || limiet.pays_specific() && product.is_some_and(|product| product.code.is_some())
    }

    /// A person decides on the lines of a claim.
    pub fn decided(&mut self, aanbieder: &str, nummer: &str, besluit: &str) {
        let of_claim = |line: &&mut Regel| line.aanbieder == aanbieder && line.declaratie == nummer;
        for line in self.regels.iter_mut().filter(of_claim) {
            line.geld = match (&line.geld, besluit) {
                (Geld::Vastgehouden(_), "goedkeuren") => Geld::Betaalbaar,
                (Geld::Vastgehouden(limieten), "afwijzen") => Geld::Geweigerd(limieten.clone()),
                (Geld::Geweigerd(limieten), "heropenen") => Geld::Vastgehouden(limieten.clone()),
                (same, _) => same.clone(),
            };
        }
    }

    /// Lines that fit again and that no person has to look at, in the order in which they were held: each limit up to
    /// the first that does not fit (8.8).
    pub fn released_by_itself(&self) -> Vec<usize> {
        let limieten = &self.contract.limieten;
        let mut spent: Vec<i64> =
            (0..limieten.len()).map(|limiet| self.spent(limiet, |line| !line.held_by(limiet))).collect();
        let mut full = vec![false; limieten.len()];
        let mut released = Vec::new();
        for (place, line) in self.regels.iter().enumerate() {
            let Geld::Vastgehouden(own) = &line.geld else { continue };
            // A limit that is gone, or holds no payments any more, asks nothing; that it went is no reason to pay.
            let by_reason = own.contains(&REDEN);
            let holding = |of: &&usize| {
                limieten.get(**of).is_some_and(|limiet| limiet.actief && limiet.bij_betaling == "hold")
            };
            let own: Vec<&usize> = own.iter().filter(holding).collect();
            let bedrag = line.inhoud.bedrag;
            let fits = !by_reason
                && own.iter().all(|of| !full[**of] && spent[**of] + bedrag <= limieten[**of].bedrag);
            for of in own.iter().copied() {
                if fits {
                    spent[*of] += bedrag;
                } else {
                    full[*of] = true;
                }
            }
            if fits && !own.is_empty() && own.iter().all(|of| limieten[**of].vanzelf) {
                released.push(place);
            }
        }
        released
    }

    /// These lines are released.
    pub fn release(&mut self, places: &[usize]) {
        for place in places {
            self.regels[*place].geld = Geld::Betaalbaar;
        }
    }

    /// Payable or paid, held, and refused, of a gemeente and an aanbieder.
    pub fn accounts(&self, gemeente: &str, aanbieder: &str) -> [i64; 3] {
        let mut sums = [0; 3];
        let own = self.regels.iter().filter(|line| (line.gemeente, line.aanbieder) == (gemeente, aanbieder));
        for line in own.filter(|line| line.toegekend) {
            let place = match line.geld {
                Geld::Betaalbaar => 0,
                Geld::Vastgehouden(_) => 1,
                Geld::Geweigerd(_) => 2,
                Geld::Weg => continue,
            };
            sums[place] += line.inhoud.signed();
        }
        sums
    }
}
