//! A bank at random: it reads our files, carries them out or not, and says so, rightly and as banks do when they are wrong:
//! late, twice, in another order, with another amount, about somebody else.

use crate::generator::Dice;
use crate::model::bank::{Afschrift, Bestand, Post, REKENINGEN, VREEMDE_REKENING, Wat, Weigering};
use crate::model::spec::Dag;
use chrono::Days;
use happyflow::generate::bank::Bankopdracht;
use std::collections::{BTreeMap, BTreeSet};

/// What an account begins with; one of the two begins with nothing.
const BEGIN: [(&str, i64); 2] = [(REKENINGEN[0].1, 1_000_000), (REKENINGEN[1].1, 0)];
/// Why something is refused: owed again, or for a person to decide.
const WEIGERING: [&str; 6] = ["AC04", "AM04", "BE01", "DUPL", "MD07", "XX99"];
/// Why something comes back.
const TERUG: [Option<&str>; 7] =
    [Some("AC04"), Some("AC01"), Some("MS03"), Some("TM01"), Some("DUPL"), Some("FOCR"), None];

/// What one account is to pay in one run.
#[derive(Debug)]
struct Blok {
    bericht: String,
    naam: String,
    rekening: &'static str,
    betalingen: Vec<(String, i64)>,
    afgewezen: BTreeSet<String>,
    geweigerd: bool,
    geboekt: bool,
}

impl Blok {
    fn left(&self) -> Vec<(String, i64)> {
        self.betalingen.iter().filter(|(naam, _)| !self.afgewezen.contains(naam)).cloned().collect()
    }

    fn refused(&self) -> Vec<(String, i64)> {
        self.betalingen.iter().filter(|(naam, _)| self.afgewezen.contains(naam)).cloned().collect()
    }
}

fn sum(of: &[(String, i64)]) -> i64 {
    of.iter().map(|(_, bedrag)| bedrag).sum()
}

/// An account at the bank: its balance, and the number and day of its last statement.
#[derive(Debug, Clone, Copy)]
struct Stand {
    saldo: i64,
    nummer: u64,
    dag: Dag,
}

#[derive(Debug, Default)]
pub struct Bankier {
    standen: BTreeMap<&'static str, Stand>,
    blokken: Vec<Blok>,
    /// What is kept back for another day.
    later: Vec<(&'static str, Post)>,
    achtergehouden: Vec<Afschrift>,
    gezonden: Vec<Afschrift>,
}

impl Bankier {
    /// Takes a file of ours.
    pub fn take(&mut self, bytes: &[u8]) {
        let opdracht = Bankopdracht::read(bytes).expect("a file of ours");
        for blok in opdracht.blokken {
            let own = REKENINGEN.iter().find(|(_, iban)| *iban == blok.rekening.as_str());
            self.blokken.push(Blok {
                bericht: opdracht.bericht.clone(),
                naam: blok.blok,
                rekening: own.expect("an account of ours").1,
                betalingen: blok.posten.into_iter().map(|post| (post.end_to_end, post.bedrag.0)).collect(),
                afgewezen: BTreeSet::new(),
                geweigerd: false,
                geboekt: false,
            });
        }
    }

    /// What it delivers on a day.
    pub fn day(&mut self, dice: &mut Dice, dag: Dag) -> Vec<Bestand> {
        let mut files = Vec::new();
        let mut posten: BTreeMap<&'static str, Vec<Post>> = BTreeMap::new();
        for (rekening, post) in std::mem::take(&mut self.later) {
            posten.entry(rekening).or_default().push(post);
        }
        for blok in &mut self.blokken {
            if !blok.geweigerd && dice.one_in(4) {
                files.push(Bestand::Weigering(refuse(dice, blok)));
            }
            let own = posten.entry(blok.rekening).or_default();
            if !blok.geboekt && !dice.one_in(4) {
                blok.geboekt = true;
                own.extend(book(dice, blok));
                let back = if blok.geboekt { refused_back(dice, blok) } else { Vec::new() };
                if dice.one_in(2) {
                    own.extend(back);
                } else {
                    self.later.extend(back.into_iter().map(|post| (blok.rekening, post)));
                }
            }
            if dice.one_in(4) {
                own.extend(wrong_or_back(dice, blok));
            }
        }
        for rekening in BEGIN.map(|(rekening, _)| rekening) {
            let mut own = posten.remove(rekening).unwrap_or_default();
            if dice.one_in(5) {
                let bedrag = (1 + i64::try_from(dice.below(500)).unwrap()) * [100, -100][dice.below(2)];
                own.push(Post { bedrag, wat: Wat::Vreemd });
            }
            if dice.one_in(3) {
                own.reverse();
            }
            if !own.is_empty() || dice.one_in(6) {
                let afschrift = self.statement(rekening, dag, own);
                self.deliver(dice, afschrift, &mut files);
            }
        }
        self.beside(dice, dag, &mut files);
        files
    }

    fn statement(&mut self, rekening: &'static str, dag: Dag, posten: Vec<Post>) -> Afschrift {
        let (_, saldo) = BEGIN.into_iter().find(|(known, _)| *known == rekening).expect("one of the two");
        let stand = self.standen.entry(rekening).or_insert(Stand { saldo, nummer: 0, dag: Dag::MIN });
        // One statement per account and day.
        let dag = dag.max(stand.dag.checked_add_days(Days::new(1)).unwrap_or(dag));
        let afschrift = Afschrift { rekening, nummer: stand.nummer + 1, dag, opening: stand.saldo, posten };
        *stand = Stand { saldo: afschrift.slot(), nummer: afschrift.nummer, dag };
        afschrift
    }

    /// At once, or behind a later one.
    fn deliver(&mut self, dice: &mut Dice, afschrift: Afschrift, files: &mut Vec<Bestand>) {
        if dice.one_in(6) {
            self.achtergehouden.push(afschrift);
            return;
        }
        let mut all = vec![afschrift];
        if dice.one_in(2) {
            all.append(&mut self.achtergehouden);
        }
        self.gezonden.extend(all.iter().cloned());
        if dice.one_in(2) {
            files.push(Bestand::Afschriften(all));
        } else {
            files.extend(all.into_iter().map(|one| Bestand::Afschriften(vec![one])));
        }
    }

    /// What is wrong about statements: one again, another one with its number, one of somebody else.
    fn beside(&self, dice: &mut Dice, dag: Dag, files: &mut Vec<Bestand>) {
        if !self.gezonden.is_empty() && dice.one_in(4) {
            let again = self.gezonden[dice.below(self.gezonden.len())].clone();
            files.push(Bestand::Afschriften(vec![again]));
        }
        if let Some(last) = self.gezonden.last().filter(|_| dice.one_in(12)) {
            let mut other = last.clone();
            other.posten.push(Post { bedrag: 100, wat: Wat::Vreemd });
            files.push(Bestand::Afschriften(vec![other]));
        }
        if dice.one_in(12) {
            let posten = vec![Post { bedrag: 500, wat: Wat::Vreemd }];
            let rekening = VREEMDE_REKENING;
            files.push(Bestand::Afschriften(vec![Afschrift {
                rekening,
                nummer: 1,
                dag,
                opening: 0,
                posten,
            }]));
        }
    }

    /// Every statement that was delivered, as it is.
    pub fn statements(&self) -> &[Afschrift] {
        &self.gezonden
    }

    /// What was kept back, at last.
    pub fn rest(&mut self) -> Vec<Bestand> {
        let rest = std::mem::take(&mut self.achtergehouden);
        self.gezonden.extend(rest.iter().cloned());
        rest.into_iter().map(|one| Bestand::Afschriften(vec![one])).collect()
    }
}

/// Refuses some of a block, or all of it.
fn refuse(dice: &mut Dice, blok: &mut Blok) -> Weigering {
    blok.geweigerd = true;
    let code = WEIGERING[dice.below(WEIGERING.len())];
    let geheel = dice.one_in(5).then_some(code);
    let mut betalingen = Vec::new();
    for (naam, bedrag) in &blok.betalingen {
        if dice.one_in(2) {
            // Nothing of ours: another amount.
            let wrong = i64::from(dice.one_in(10));
            betalingen.push((naam.clone(), bedrag + wrong, WEIGERING[dice.below(WEIGERING.len())]));
            if wrong == 0 && !blok.geboekt {
                blok.afgewezen.insert(naam.clone());
            }
        }
    }
    if geheel.is_some() && !blok.geboekt {
        blok.afgewezen.extend(blok.betalingen.iter().map(|(naam, _)| naam.clone()));
    }
    Weigering { bericht: blok.bericht.clone(), blok: blok.naam.clone(), geheel, betalingen }
}

/// A block leaves: as one, with or without what was refused; or each transfer by itself; or as something that it is not.
fn book(dice: &mut Dice, blok: &Blok) -> Vec<Post> {
    let (all, left) = (blok.betalingen.clone(), blok.left());
    let whole = |bedrag: i64, named: Vec<(String, i64)>| {
        let wat = Wat::Blok(blok.naam.clone(), named);
        if bedrag == 0 { Vec::new() } else { vec![Post { bedrag: -bedrag, wat }] }
    };
    let each = |of: &[(String, i64)]| -> Vec<Post> {
        let of = of.iter();
        of.map(|(naam, bedrag)| Post { bedrag: -bedrag, wat: Wat::Betaling(naam.clone(), None) }).collect()
    };
    let some = dice.below(all.len() + 1);
    match dice.below(12) {
        0..3 => whole(sum(&all), Vec::new()),
        3 => whole(sum(&all), all.clone()),
        4..6 => whole(sum(&left), left.clone()),
        6 => whole(sum(&all) + 1, Vec::new()),
        7 => whole(sum(&all[..some]), all[..some].to_vec()),
        8 => each(&all),
        // Without our names.
        9 => left.iter().map(|(_, bedrag)| Post { bedrag: -bedrag, wat: Wat::Vreemd }).collect(),
        _ => each(&left),
    }
}

/// Of a block that left as a whole, the money of what was refused.
fn refused_back(dice: &mut Dice, blok: &Blok) -> Vec<Post> {
    let refused = blok.refused();
    if refused.is_empty() {
        return Vec::new();
    }
    if dice.one_in(3) {
        return vec![Post { bedrag: sum(&refused), wat: Wat::Blok(blok.naam.clone(), Vec::new()) }];
    }
    let back = |(naam, bedrag): (String, i64)| Post { bedrag, wat: Wat::Betaling(naam, Some("MS03")) };
    refused.into_iter().map(back).collect()
}

/// Something of a transfer: it comes back, once more, with another amount, without a name, before it left; or it leaves
/// again.
fn wrong_or_back(dice: &mut Dice, blok: &Blok) -> Vec<Post> {
    let (naam, bedrag) = &blok.betalingen[dice.below(blok.betalingen.len())];
    let back = |by: i64, code| Post { bedrag: bedrag + by, wat: Wat::Betaling(naam.clone(), code) };
    let code = TERUG[dice.below(TERUG.len())];
    match dice.below(12) {
        0..5 => vec![back(0, code)],
        5 => vec![back(0, code), back(0, Some("AC04"))],
        6 => vec![back([1, -1][dice.below(2)], code)],
        7 => vec![Post { bedrag: *bedrag, wat: Wat::Vreemd }],
        8 | 9 => vec![Post { bedrag: -bedrag, wat: Wat::Betaling(naam.clone(), None) }],
        10 => vec![Post { bedrag: -bedrag, wat: Wat::Vreemd }],
        _ => vec![Post { bedrag: *bedrag, wat: Wat::Betaling(format!("{naam}9"), code) }],
    }
}
