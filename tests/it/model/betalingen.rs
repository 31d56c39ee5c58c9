//! The auditor on transfers and what the bank says of them: certain is what carries a name and an amount of ours and can
//! be (a transfer leaves once and comes back once); anything else waits for a person on account 18.

use super::auditor::{Auditor, Rij, owed, row};
use super::bank::{Afschrift, Post, REKENINGEN, VREEMDE_REKENING, Wat, Weigering, rekening};
use super::spec::Dag;
use std::collections::{BTreeMap, BTreeSet};

/// Reasons after which it is owed again at once: an account or a name that is wrong, no money, a matter of banks. A
/// duplicate, a death, a recall, and a code that nobody knows wait for a person.
const OPNIEUW_VERSCHULDIGD: [&str; 6] = ["AC01", "AC04", "BE01", "AM04", "MS03", "TM01"];

/// Those that say that the account or its name is wrong.
const LOCKS: [&str; 3] = ["AC01", "AC04", "BE01"];

fn owed_again(code: Option<&str>) -> bool {
    code.is_some_and(|code| OPNIEUW_VERSCHULDIGD.contains(&code))
}

/// A transfer, and how far it is.
#[expect(clippy::struct_excessive_bools, reason = "what can be so in any order")]
#[derive(Debug, Clone)]
pub struct Betaling {
    pub gemeente: &'static str,
    pub aanbieder: &'static str,
    pub bedrag: i64,
    pub naam: String,
    pub blok: String,
    pub(super) weg: bool,
    pub(super) afgewezen: bool,
    pub(super) terug: bool,
    /// What it paid is owed again: refused before it left, or come back.
    pub(super) weer_open: Option<Weer>,
    /// The transfer of a later run that paid that.
    opnieuw: Option<usize>,
    /// A later run settled that with credits alone.
    verrekend: bool,
    /// That was paid beside a run: it is owed no more.
    pub(super) voldaan: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weer {
    Afgewezen,
    Teruggekomen,
}

/// What a person has to explain.
#[derive(Debug, Clone)]
pub(super) struct Vraag {
    pub rekening: &'static str,
    pub bedrag: i64,
    /// It is a refusal on which a person decides.
    pub afgewezen: bool,
    /// The transfer that was refused, or of which it says that it came back.
    pub betaling: Option<usize>,
}

#[derive(Debug, Default)]
pub struct Betalingen {
    pub(super) runs: Vec<Vec<usize>>,
    pub(super) alle: Vec<Betaling>,
    ingelezen: Vec<Afschrift>,
    /// By journal number, and place in what was told under it.
    pub(super) vragen: BTreeMap<(i64, i64), Vraag>,
    /// Explained as money of a gemeente or an aanbieder, by account.
    pub(super) van_anderen: BTreeMap<String, i64>,
    /// What accounts began with, as it was posted so far.
    begin: BTreeMap<&'static str, i64>,
    /// Aanbieders of which the account is to be checked.
    gesloten: BTreeSet<&'static str>,
}

/// A line that was told: the rows it makes, and the question that it leaves.
type Regel = (Vec<Rij>, Option<Vraag>);

/// What nobody knows yet.
fn unknown(iban: &'static str, bedrag: i64) -> Regel {
    let rows = row("bank-onbekend", format!("10/{iban}"), format!("18/{iban}"), bedrag);
    (rows.into_iter().collect(), Some(Vraag { rekening: iban, bedrag, afgewezen: false, betaling: None }))
}

/// Money of transfers that left (below nothing), or that was back of what was refused.
fn booked(iban: &'static str, bedrag: i64) -> Regel {
    let rows = row("bank-geboekt", format!("10/{iban}"), format!("11/{iban}"), bedrag);
    (rows.into_iter().collect(), None)
}

impl Betalingen {
    /// A run with these transfers: gemeente, aanbieder and amount, in order.
    pub fn sent(&mut self, dag: Dag, paid: &[(&'static str, &'static str, i64)]) {
        let run = self.runs.len() + 1;
        let first = self.alle.len();
        self.alle.extend(paid.iter().map(|(gemeente, aanbieder, bedrag)| Betaling {
            gemeente,
            aanbieder,
            bedrag: *bedrag,
            naam: format!("RUN-{run}-{aanbieder}-{gemeente}"),
            blok: format!("HF-{}-RUN-{run}-{gemeente}", dag.format("%Y%m%d")),
            weg: false,
            afgewezen: false,
            terug: false,
            weer_open: None,
            opnieuw: None,
            verrekend: false,
            voldaan: false,
        }));
        self.runs.push((first..self.alle.len()).collect());
    }

    /// A run settles whatever is owed at a gemeente, also what is owed again.
    pub fn settled(&mut self, gemeente: &str, aanbieder: &str) {
        let newest = self.runs.last().into_iter().flatten().copied();
        let own = |one: &Betaling| (one.gemeente, one.aanbieder) == (gemeente, aanbieder);
        let by = newest.into_iter().find(|place| own(&self.alle[*place]));
        let open = |one: &&mut Betaling| {
            own(one) && one.weer_open.is_some() && one.opnieuw.is_none() && !one.verrekend
        };
        for one in self.alle.iter_mut().filter(open) {
            (one.opnieuw, one.verrekend) = (by, by.is_none());
        }
    }

    /// The transfers that paid again what a transfer paid, one after another.
    fn followers(&self, place: usize) -> Vec<usize> {
        let next = |place: &usize| self.alle[*place].opnieuw;
        std::iter::successors(next(&place), next).collect()
    }

    /// Whether what is owed again of a transfer stands open no more: a run or a person paid it. What paid it and came back
    /// left it open.
    pub(super) fn paid_again(&self, place: usize) -> bool {
        let behind = self.followers(place);
        let last = behind.last().map_or(place, |last| *last);
        let before = (0..self.alle.len()).filter(|one| self.followers(*one).contains(&place));
        let by_person = before.chain([place]).chain(behind).any(|one| self.alle[one].voldaan);
        by_person || self.alle[last].weer_open.is_none() || self.alle[last].verrekend
    }

    /// What was paid to an aanbieder, and what of that is owed again.
    pub fn of(&self, gemeente: &str, aanbieder: &str) -> (i64, i64) {
        let own = || self.alle.iter().filter(|one| (one.gemeente, one.aanbieder) == (gemeente, aanbieder));
        let again = own().filter(|one| one.weer_open.is_some() && !one.voldaan);
        (own().map(|one| one.bedrag).sum(), again.map(|one| one.bedrag).sum())
    }

    /// Accounts of the bank with what must stand on them: what was sent and neither left nor was refused; less what the bank
    /// says that is there; what nobody explained; what gemeenten have with us.
    pub fn stands(&self) -> BTreeMap<String, i64> {
        let mut stands: BTreeMap<String, i64> = BTreeMap::new();
        let mut add = |kind: &str, of: &str, bedrag: i64| {
            *stands.entry(format!("{kind}/{of}")).or_default() += bedrag;
        };
        for (_, iban) in REKENINGEN {
            for kind in ["10", "11", "18"] {
                add(kind, iban, 0);
            }
        }
        for one in &self.alle {
            // Refused, and back: it had left with its block.
            let left = i64::from(one.weg) - i64::from(one.afgewezen && one.terug);
            let refused = i64::from(one.weer_open == Some(Weer::Afgewezen));
            add("11", rekening(one.gemeente), one.bedrag * (1 - left - refused));
        }
        for (iban, all) in self.by_account() {
            let posts: i64 = all.iter().map(|one| one.slot() - one.opening).sum();
            add("10", iban, -all[0].opening - posts);
        }
        for vraag in self.vragen.values() {
            add("18", vraag.rekening, vraag.bedrag);
        }
        for (account, bedrag) in &self.van_anderen {
            *stands.entry(account.clone()).or_default() += bedrag;
        }
        stands
    }

    /// The account of the bank is what its last statement says, unless one before it is missing.
    pub fn closing(&self) -> BTreeMap<String, i64> {
        let mut closing = BTreeMap::new();
        for (iban, all) in self.by_account() {
            let numbers: Vec<u64> = all.iter().map(|one| one.nummer).collect();
            if numbers.windows(2).all(|pair| pair[0] + 1 == pair[1])
                && let Some(last) = all.last()
            {
                closing.insert(format!("10/{iban}"), -last.slot());
            }
        }
        closing
    }

    /// Statements that were taken in, in the order of the bank.
    fn by_account(&self) -> BTreeMap<&'static str, Vec<&Afschrift>> {
        let mut all: BTreeMap<&'static str, Vec<&Afschrift>> = BTreeMap::new();
        for one in &self.ingelezen {
            all.entry(one.rekening).or_default().push(one);
        }
        for own in all.values_mut() {
            own.sort_by_key(|one| one.nummer);
        }
        all
    }

    fn named(&self, naam: &str) -> Option<usize> {
        self.alle.iter().position(|one| one.naam == naam)
    }

    fn of_block(&self, blok: &str) -> Vec<usize> {
        (0..self.alle.len()).filter(|place| self.alle[*place].blok == blok).collect()
    }

    fn amount(&self, places: &[usize]) -> i64 {
        places.iter().map(|place| self.alle[*place].bedrag).sum()
    }

    /// Whatever was told of refusals was heard: none of these transfers is as if nobody had told of it.
    pub fn heard(&self, weigering: &Weigering) -> bool {
        let whole = weigering.geheel.map(|_| self.of_block(&weigering.blok)).unwrap_or_default();
        let named = weigering.betalingen.iter().filter_map(|(naam, ..)| self.named(naam));
        named.chain(whole).all(|place| {
            let Betaling { weg, afgewezen, terug, .. } = self.alle[place];
            weg || afgewezen || terug
        })
    }

    /// Whether a statement was taken in.
    pub fn knows(&self, afschrift: &Afschrift) -> bool {
        self.ingelezen.contains(afschrift)
    }

    fn post(&mut self, iban: &'static str, post: &Post) -> Vec<Regel> {
        match &post.wat {
            Wat::Vreemd => vec![unknown(iban, post.bedrag)],
            Wat::Betaling(naam, code) => vec![self.transfer(iban, naam, post.bedrag, *code)],
            Wat::Blok(blok, named) => {
                if let Some(regels) = self.block(iban, blok, post.bedrag, named.is_empty()) {
                    return regels;
                }
                // Each by itself, when together they are the post.
                let sign = post.bedrag.signum();
                let together: i64 = named.iter().map(|(_, bedrag)| sign * bedrag).sum();
                if named.is_empty() || together != post.bedrag {
                    return vec![unknown(iban, post.bedrag)];
                }
                let each = named.iter().map(|(naam, bedrag)| self.transfer(iban, naam, sign * bedrag, None));
                each.collect()
            }
        }
    }

    /// A block leaves as one, with what was refused or without it; or what was refused and left with it comes back as one.
    fn block(&mut self, iban: &'static str, blok: &str, bedrag: i64, whole: bool) -> Option<Vec<Regel>> {
        let own = self.of_block(blok);
        if own.is_empty() {
            return None;
        }
        if bedrag < 0 {
            let here = own.iter().all(|place| rekening(self.alle[*place].gemeente) == iban);
            if !here || own.iter().any(|place| self.alle[*place].weg) {
                return None;
            }
            let not_refused: Vec<usize> =
                own.iter().copied().filter(|place| !self.alle[*place].afgewezen).collect();
            let leave = [own, not_refused].into_iter().find(|some| -self.amount(some) == bedrag)?;
            for place in leave {
                self.alle[place].weg = true;
            }
            return Some(vec![booked(iban, bedrag)]);
        }
        let waits = |place: &usize| {
            let Betaling { weg, afgewezen, terug, .. } = self.alle[*place];
            weg && afgewezen && !terug
        };
        let back: Vec<usize> = own.into_iter().filter(waits).collect();
        if !whole || back.is_empty() || self.amount(&back) != bedrag {
            return None;
        }
        for place in &back {
            self.alle[*place].terug = true;
        }
        Some(back.iter().map(|place| booked(iban, self.alle[*place].bedrag)).collect())
    }

    fn transfer(&mut self, iban: &'static str, naam: &str, bedrag: i64, code: Option<&str>) -> Regel {
        let unknown = unknown(iban, bedrag);
        let Some(place) = self.named(naam) else { return unknown };
        let Betaling { gemeente, aanbieder, weg, afgewezen, terug, .. } = self.alle[place];
        if rekening(gemeente) != iban || bedrag.abs() != self.alle[place].bedrag {
            return unknown;
        }
        if bedrag < 0 {
            if weg || afgewezen {
                return unknown;
            }
            self.alle[place].weg = true;
            return booked(iban, bedrag);
        }
        // What was refused comes back only when it left with its block.
        if terug || (afgewezen && !weg) {
            return unknown;
        }
        self.alle[place].terug = true;
        if afgewezen {
            return booked(iban, bedrag);
        }
        if !owed_again(code) {
            let (rows, vraag) = unknown;
            return (rows, vraag.map(|vraag| Vraag { betaling: Some(place), ..vraag }));
        }
        self.lock(place, code);
        self.alle[place].weer_open = Some(Weer::Teruggekomen);
        let (mut rows, _) = unknown;
        rows.extend(row("teruggekomen", format!("18/{iban}"), owed(gemeente, aanbieder), bedrag));
        (rows, None)
    }

    /// Nothing is paid to an account that is wrong, or not of whom we think, until somebody called back.
    fn lock(&mut self, place: usize, code: Option<&str>) {
        if code.is_some_and(|code| LOCKS.contains(&code)) {
            self.gesloten.insert(self.alle[place].aanbieder);
        }
    }

    /// Somebody called an aanbieder back about its account.
    pub fn called(&mut self, aanbieder: &str) {
        self.gesloten.remove(aanbieder);
    }

    pub fn locked(&self, aanbieder: &str) -> bool {
        self.gesloten.contains(aanbieder)
    }

    /// The bank will not carry a transfer out; nothing when it left, came back, or was refused before.
    fn refused(&mut self, place: usize, code: &str) -> Option<Regel> {
        let one = &mut self.alle[place];
        if one.afgewezen || one.terug {
            return None;
        }
        if one.weg {
            // A line for people; the account is as wrong as before it left.
            self.lock(place, Some(code));
            return Some((Vec::new(), None));
        }
        one.afgewezen = true;
        let iban = rekening(one.gemeente);
        self.lock(place, Some(code));
        let one = &mut self.alle[place];
        if !owed_again(Some(code)) {
            return Some((
                Vec::new(),
                Some(Vraag { rekening: iban, bedrag: 0, afgewezen: true, betaling: Some(place) }),
            ));
        }
        one.weer_open = Some(Weer::Afgewezen);
        let rows = row("bank-afgewezen", format!("11/{iban}"), owed(one.gemeente, one.aanbieder), one.bedrag);
        Some((rows.into_iter().collect(), None))
    }
}

impl Auditor {
    fn told(&mut self, journal: i64, regels: Vec<Regel>) -> Vec<Rij> {
        let mut rows = Vec::new();
        for (volgorde, (own, vraag)) in (1..).zip(regels) {
            rows.extend(own);
            self.betalingen.vragen.extend(vraag.map(|vraag| ((journal, volgorde), vraag)));
        }
        self.post(rows)
    }

    /// A statement is taken in under a journal number: once, and of an account of ours only.
    pub fn statement(&mut self, journal: i64, afschrift: &Afschrift) -> Result<Vec<Rij>, String> {
        let known = &mut self.betalingen;
        let mut same = known.ingelezen.iter().filter(|one| one.rekening == afschrift.rekening);
        if afschrift.rekening == VREEMDE_REKENING || same.any(|one| one.nummer == afschrift.nummer) {
            return Err(format!("taken in: {afschrift:?}"));
        }
        let iban = afschrift.rekening;
        known.ingelezen.push(afschrift.clone());
        // An account begins with what its oldest statement begins with.
        let oldest = known.by_account()[iban][0].opening;
        let posted = known.begin.insert(iban, oldest).unwrap_or_default();
        let begin = (oldest != posted).then(|| unknown(iban, oldest - posted));
        // What left goes first, wherever it stands.
        let mut found: Vec<Vec<Regel>> = vec![Vec::new(); afschrift.posten.len()];
        for leaves in [true, false] {
            for (place, post) in
                afschrift.posten.iter().enumerate().filter(|(_, post)| (post.bedrag < 0) == leaves)
            {
                found[place] = known.post(iban, post);
            }
        }
        Ok(self.told(journal, begin.into_iter().chain(found.into_iter().flatten()).collect()))
    }

    /// A refusal is taken in: what is said of a transfer goes before what is said of its block.
    pub fn refusal(&mut self, journal: i64, weigering: &Weigering) -> Vec<Rij> {
        let known = &mut self.betalingen;
        let named: Vec<(usize, &str)> = weigering
            .betalingen
            .iter()
            .filter_map(|(naam, bedrag, code)| {
                let place = known.named(naam)?;
                let one = &known.alle[place];
                (one.blok == weigering.blok && one.bedrag == *bedrag).then_some((place, *code))
            })
            .collect();
        let whole = weigering.geheel.map(|code| {
            let rest = known.of_block(&weigering.blok).into_iter();
            rest.filter(|place| named.iter().all(|(other, _)| other != place))
                .map(|place| (place, code))
                .collect::<Vec<_>>()
        });
        let all = named.iter().copied().chain(whole.unwrap_or_default());
        let regels = all.filter_map(|(place, code)| known.refused(place, code)).collect();
        self.told(journal, regels)
    }
}
