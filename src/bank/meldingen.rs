//! What a bank tells beside its statements: what stands behind a post (camt.054), and what it will do (pain.002).

use super::bestand::{
    Bankafschrift, Bankmelding, Bankpost, Bankreden, Betalingstatus, Statusbericht, Statusmelding,
};
use super::passen::Aansluiting;
use super::statussen::{Betaalstatus, Naamcontrole, Statusgevolg};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Gives posts that tell no transactions those of the notification about the same post: of the same account, amount and
/// batch, or with the same name of the bank. A notification is used once. How many posts got theirs.
pub fn add_details(afschrift: &mut Bankafschrift, meldingen: &[Bankmelding]) -> usize {
    let same_account = meldingen.iter().filter(|melding| melding.rekening == afschrift.rekening);
    let told: Vec<&Bankpost> =
        same_account.flat_map(|melding| &melding.posten).filter(|post| !post.details.is_empty()).collect();
    let mut by_name: FxHashMap<_, Vec<usize>> = FxHashMap::default();
    for (index, post) in told.iter().enumerate().rev() {
        for name in names(post) {
            by_name.entry((name, post.bedrag)).or_default().push(index);
        }
    }
    let mut used = vec![false; told.len()];
    let mut found = 0;
    for post in afschrift.posten.iter_mut().filter(|post| post.details.is_empty()) {
        let same = names(post).into_iter().find_map(|name| {
            let candidates = by_name.get_mut(&(name, post.bedrag))?;
            std::iter::from_fn(|| candidates.pop()).find(|index| !used[*index])
        });
        if let Some(same) = same {
            used[same] = true;
            post.details.clone_from(&told[same].details);
            post.is_return |= told[same].is_return;
            found += 1;
        }
    }
    found
}

/// By what a post and the notification about it are the same.
fn names(post: &Bankpost) -> Vec<String> {
    let own = post.bankkenmerk.iter().map(|name| format!("bank {name}"));
    let batch = post.batch.as_ref().and_then(|batch| batch.blok.as_ref()).map(|name| format!("blok {name}"));
    own.chain(batch).collect()
}

/// What a report of the bank means for what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statusuitkomst {
    /// It will not be paid: what becomes of the debt follows from the reason.
    Afgewezen { betaling: usize, reden: Bankreden },
    /// It left already, with its block or alone. Nothing moves until a statement brings its money back.
    AfgewezenNaBoeking { betaling: usize, reden: Bankreden },
    /// It was refused or came back before.
    AlBekend { betaling: usize },
    /// The check of the name of the holder; the bank may tell the name it has in the texts.
    Naam { betaling: usize, uitkomst: Naamcontrole, reden: Bankreden },
    /// The bank has not decided.
    Wachten(Statusover),
    /// A person reads it: a change, a status that we do not know, names that differ, something that is none of ours.
    Bekijken { over: Statusover, status: Betaalstatus },
}

/// What a status is about. Blocks and transfers are told by their place in what was sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statusover {
    /// A whole file, by our MsgId.
    Bestand(String),
    Blok(usize),
    Betaling(usize),
    /// Nothing that we sent, or with another amount, as the bank calls it.
    Onbekend(String),
}

impl Aansluiting<'_> {
    /// What a status report means, and remembers it. What it says of a transfer goes before what it says of its block,
    /// and that before what it says of the file.
    pub fn status(&mut self, bericht: &Statusbericht) -> Vec<Statusuitkomst> {
        let ours = self.blokken_of(&bericht.over).to_vec();
        let mut found = Vec::new();
        if ours.is_empty() {
            let status = bericht.geheel.status().unwrap_or_else(|| Betaalstatus::of(""));
            let over = Statusover::Onbekend(bericht.over.clone());
            return vec![Statusuitkomst::Bekijken { over, status }];
        }
        let whole = above(&mut found, &bericht.geheel, || Statusover::Bestand(bericht.over.clone()));
        let mut refused: BTreeMap<usize, Bankreden> = BTreeMap::new();
        let mut named = FxHashSet::default();
        for told in &bericht.blokken {
            let blok = told.blok.as_deref().and_then(|name| self.blok_named(name));
            let Some(blok) = blok.filter(|blok| ours.contains(blok)) else {
                let over = Statusover::Onbekend(told.blok.clone().unwrap_or_default());
                let status = told.melding.status().unwrap_or_else(|| Betaalstatus::of(""));
                found.push(Statusuitkomst::Bekijken { over, status });
                continue;
            };
            let of_all = above(&mut found, &told.melding, || Statusover::Blok(blok));
            let reden = [of_all.clone(), whole.clone()].into_iter().flatten().find(|reden| !reden.is_empty());
            for of_one in &told.betalingen {
                named.extend(self.of_one(&mut found, blok, of_one, reden.as_ref()));
            }
            if of_all.is_some() {
                refused.entry(blok).or_insert(reden.unwrap_or_default());
            }
        }
        if let Some(reden) = whole {
            for blok in ours {
                refused.entry(blok).or_insert_with(|| reden.clone());
            }
        }
        for (blok, reden) in refused {
            for betaling in self.leden(blok).to_vec() {
                if named.insert(betaling) {
                    found.push(self.refuse(betaling, reden.clone()));
                }
            }
        }
        found
    }

    /// What is said of one transfer; which one, when that decides over it.
    fn of_one(
        &mut self,
        found: &mut Vec<Statusuitkomst>,
        blok: usize,
        told: &Betalingstatus,
        reden: Option<&Bankreden>,
    ) -> Option<usize> {
        let status = told.melding.status()?;
        let betaling = told.end_to_end.as_deref().and_then(|name| self.betaling_named(name));
        let sent = betaling.map(|betaling| &self.verzonden.betalingen[betaling]);
        let is_same = sent
            .is_some_and(|sent| sent.blok == blok && told.bedrag.is_none_or(|bedrag| bedrag == sent.bedrag));
        let Some(betaling) = betaling.filter(|_| is_same) else {
            let over = Statusover::Onbekend(told.end_to_end.clone().unwrap_or_default());
            found.push(Statusuitkomst::Bekijken { over, status });
            return None;
        };
        let over = Statusover::Betaling(betaling);
        found.extend(match status.gevolg() {
            Statusgevolg::Niets | Statusgevolg::PerBetaling | Statusgevolg::Naam(Naamcontrole::Klopt) => None,
            Statusgevolg::Wachten | Statusgevolg::Naam(Naamcontrole::NogBezig) => {
                Some(Statusuitkomst::Wachten(over))
            }
            Statusgevolg::Bekijken | Statusgevolg::Onbekend => {
                Some(Statusuitkomst::Bekijken { over, status })
            }
            Statusgevolg::Naam(uitkomst) => {
                Some(Statusuitkomst::Naam { betaling, uitkomst, reden: told.melding.reden.clone() })
            }
            Statusgevolg::NietBetaald => {
                let own = Some(&told.melding.reden).filter(|reden| !reden.is_empty());
                Some(self.refuse(betaling, own.or(reden).cloned().unwrap_or_default()))
            }
        });
        Some(betaling)
    }

    fn refuse(&mut self, betaling: usize, reden: Bankreden) -> Statusuitkomst {
        let stand = self.stand(betaling);
        if stand.afgewezen || stand.terug {
            Statusuitkomst::AlBekend { betaling }
        } else if stand.weg {
            Statusuitkomst::AfgewezenNaBoeking { betaling, reden }
        } else {
            self.change(betaling, |stand| stand.afgewezen = true);
            Statusuitkomst::Afgewezen { betaling, reden }
        }
    }
}

/// What is said of a file or block as a whole; the reason when all of it is refused.
fn above(
    found: &mut Vec<Statusuitkomst>,
    melding: &Statusmelding,
    over: impl FnOnce() -> Statusover,
) -> Option<Bankreden> {
    let status = melding.status()?;
    match status.gevolg() {
        Statusgevolg::Niets | Statusgevolg::PerBetaling | Statusgevolg::Naam(Naamcontrole::Klopt) => {}
        Statusgevolg::Wachten | Statusgevolg::Naam(Naamcontrole::NogBezig) => {
            found.push(Statusuitkomst::Wachten(over()));
        }
        Statusgevolg::Bekijken | Statusgevolg::Onbekend | Statusgevolg::Naam(_) => {
            found.push(Statusuitkomst::Bekijken { over: over(), status });
        }
        Statusgevolg::NietBetaald => return Some(melding.reden.clone()),
    }
    None
}
