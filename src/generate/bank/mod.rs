//! A bank that is not there: it reads our file and answers as banks do, right or with what banks do wrong.
//!
//! Everything follows from its options and its seed. It keeps balances and numbers of statements per account, so its
//! statements follow one another from day to day.

mod opdracht;
mod schrijven;

pub use opdracht::{Bankopdracht, Opdrachtblok, Opdrachtpost};
pub use schrijven::{Camtversie, write_notifications, write_statements, write_status};

use super::random::Random;
use crate::bank::{
    Afschriftnummer, Bankafschrift, Bankmelding, Bankpost, Bankreden, Banktekst, Batchverwijzing, Batchwijze,
    Betalingstatus, Blokstatus, Postdetail, Poststatus, Statusbericht, Statusmelding,
};
use crate::codes::Datum;
use crate::iban::Iban;
use crate::money::Cents;
use std::collections::{BTreeMap, BTreeSet};

/// How an invented bank works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bankopties {
    pub seed: u64,
    pub versie: Camtversie,
    pub boekwijze: Boekwijze,
    /// Transactions of a batch stand in a notification of their own, not in the statement.
    pub in_melding: bool,
    /// What the bank does wrong or is wrong, each once a day.
    pub streken: BTreeSet<Bankstreek>,
    /// Balance of every account when it begins.
    pub beginsaldo: Cents,
}

/// How a bank books a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Boekwijze {
    Batch(Batchwijze),
    PerBetaling,
}

/// What happens at a bank beside payments that go as they should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bankstreek {
    /// A transfer is refused (pain.002).
    Afwijzing,
    /// A transfer comes back on the same day.
    Terugkomst,
    /// A transfer comes back a day later.
    LateTerugkomst,
    /// A transfer comes back with a cent too little.
    AnderBedrag,
    /// Money of somebody else.
    VreemdePost,
    /// A statement is delivered twice, in another file.
    ZelfdeAfschrift,
    /// A statement is delivered a day late, behind its successor.
    Gat,
}

impl Bankstreek {
    pub const ALL: [Self; 7] = [
        Self::Afwijzing,
        Self::Terugkomst,
        Self::LateTerugkomst,
        Self::AnderBedrag,
        Self::VreemdePost,
        Self::ZelfdeAfschrift,
        Self::Gat,
    ];
}

/// A file that the bank puts ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banklevering {
    pub naam: String,
    pub bytes: Vec<u8>,
}

/// Why a transfer comes back or is refused, as an invented bank says it.
const REASONS: [&str; 4] = ["AC04", "AC01", "MS03", "BE01"];

/// A bank that is not there.
#[derive(Debug)]
pub struct NagemaakteBank {
    opties: Bankopties,
    random: Random,
    rekeningen: BTreeMap<Iban, Rekeningstand>,
    /// What comes back on the next day: account, block and transfer.
    later: Vec<(Iban, Opdrachtpost)>,
    achtergehouden: Vec<Bankafschrift>,
    leveringen: u32,
}

/// An account at an invented bank.
#[derive(Debug)]
struct Rekeningstand {
    saldo: Cents,
    nummer: u64,
}

impl NagemaakteBank {
    #[must_use]
    pub fn new(opties: Bankopties) -> Self {
        let random = Random::new(opties.seed, 20_022);
        let (rekeningen, later, achtergehouden) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { opties, random, rekeningen, later, achtergehouden, leveringen: 0 }
    }

    /// A day at the bank: it carries out these files and puts ready what it has to say. First what it will do, then what
    /// stands behind batches, then what it did.
    pub fn day(&mut self, dag: Datum, opdrachten: &[Bankopdracht]) -> Vec<Banklevering> {
        let mut files = Vec::new();
        let mut posten: BTreeMap<Iban, Vec<Bankpost>> = BTreeMap::new();
        self.come_back_late(dag, &mut posten);
        let mut paid: Vec<(Iban, Opdrachtpost)> = Vec::new();
        for opdracht in opdrachten {
            let refused = self.refuse(opdracht);
            let status = status_of(opdracht, &refused);
            let naam = self.name("pain.002", dag);
            files.push(Banklevering { bytes: write_status(&naam, dag, &status), naam });
            for blok in &opdracht.blokken {
                let own = posten.entry(blok.rekening).or_default();
                self.carry_out(dag, &opdracht.bericht, blok, &refused, own);
                let not_refused = blok.posten.iter().filter(|post| !refused.contains_key(&post.end_to_end));
                paid.extend(not_refused.map(|post| (blok.rekening, post.clone())));
            }
        }
        self.come_back(dag, &paid, &mut posten);
        let meldingen = self.notify(&mut posten);
        if !meldingen.is_empty() {
            let naam = self.name("camt.054", dag);
            files.push(Banklevering {
                bytes: write_notifications(&naam, self.opties.versie, dag, &meldingen),
                naam,
            });
        }
        files.extend(self.statements(dag, posten));
        files
    }

    fn has(&self, streek: Bankstreek) -> bool {
        self.opties.streken.contains(&streek)
    }

    /// A name that no other file of this bank has.
    fn name(&mut self, kind: &str, dag: Datum) -> String {
        self.leveringen += 1;
        format!("{kind}-{}-{}", dag.format("%Y%m%d"), self.leveringen)
    }

    /// The transfers that are refused, each with its reason.
    fn refuse(&mut self, opdracht: &Bankopdracht) -> BTreeMap<String, &'static str> {
        let all: Vec<&Opdrachtpost> = opdracht.blokken.iter().flat_map(|blok| &blok.posten).collect();
        let mut refused = BTreeMap::new();
        if self.has(Bankstreek::Afwijzing)
            && let Some(post) = self.random.pick(&all)
        {
            let reason = self.random.pick(&REASONS).copied().unwrap_or("MS03");
            refused.insert(post.end_to_end.clone(), reason);
        }
        refused
    }

    fn come_back_late(&mut self, dag: Datum, posten: &mut BTreeMap<Iban, Vec<Bankpost>>) {
        for (rekening, post) in std::mem::take(&mut self.later) {
            let back = self.back(dag, &post, post.bedrag);
            posten.entry(rekening).or_default().push(back);
        }
    }

    fn carry_out(
        &mut self,
        dag: Datum,
        bericht: &str,
        blok: &Opdrachtblok,
        refused: &BTreeMap<String, &'static str>,
        posten: &mut Vec<Bankpost>,
    ) {
        let is_refused = |post: &&Opdrachtpost| refused.contains_key(&post.end_to_end);
        let paid: Vec<&Opdrachtpost> = blok.posten.iter().filter(|post| !is_refused(post)).collect();
        match self.opties.boekwijze {
            Boekwijze::Batch(Batchwijze::Bruto) => {
                posten.push(self.batch(dag, bericht, blok, &blok.posten.iter().collect::<Vec<_>>()));
                for post in blok.posten.iter().filter(is_refused) {
                    let mut back = self.back(dag, post, post.bedrag);
                    for detail in &mut back.details {
                        let codes = refused.get(&post.end_to_end).map(|code| (*code).to_owned());
                        detail.reden =
                            Some(Bankreden { codes: codes.into_iter().collect(), teksten: Vec::new() });
                    }
                    posten.push(back);
                }
            }
            Boekwijze::Batch(Batchwijze::Netto) if paid.is_empty() => {}
            Boekwijze::Batch(Batchwijze::Netto) => posten.push(self.batch(dag, bericht, blok, &paid)),
            Boekwijze::PerBetaling => {
                for post in &paid {
                    let detail = leaving(bericht, &blok.blok, post);
                    posten.push(self.booked(dag, -post.bedrag, None, vec![detail]));
                }
            }
        }
    }

    /// Of all that was paid on a day, one transfer comes back.
    fn come_back(
        &mut self,
        dag: Datum,
        paid: &[(Iban, Opdrachtpost)],
        posten: &mut BTreeMap<Iban, Vec<Bankpost>>,
    ) {
        let Some((rekening, post)) = self.random.pick(paid) else { return };
        let back = if self.has(Bankstreek::Terugkomst) {
            self.back(dag, post, post.bedrag)
        } else if self.has(Bankstreek::AnderBedrag) && post.bedrag > Cents(1) {
            self.back(dag, post, post.bedrag - Cents(1))
        } else {
            if self.has(Bankstreek::LateTerugkomst) {
                self.later.push((*rekening, post.clone()));
            }
            return;
        };
        posten.entry(*rekening).or_default().push(back);
    }

    fn batch(&mut self, dag: Datum, bericht: &str, blok: &Opdrachtblok, of: &[&Opdrachtpost]) -> Bankpost {
        let total: Cents = of.iter().map(|post| post.bedrag).sum();
        let batch = Batchverwijzing {
            bericht: Some(bericht.to_owned()),
            blok: Some(blok.blok.clone()),
            aantal: Some(of.len() as u64),
        };
        let details = of.iter().map(|post| leaving(bericht, &blok.blok, post)).collect();
        self.booked(dag, -total, Some(batch), details)
    }

    fn back(&mut self, dag: Datum, post: &Opdrachtpost, bedrag: Cents) -> Bankpost {
        let code = self.random.pick(&REASONS).copied().unwrap_or("MS03");
        let detail = Postdetail {
            bedrag: Some(bedrag),
            end_to_end: Some(post.end_to_end.clone()),
            bericht: None,
            blok: None,
            tegenrekening: Some(post.iban),
            tegenpartij: Some(Banktekst(post.naam.clone())),
            omschrijving: None,
            reden: Some(Bankreden { codes: vec![code.to_owned()], teksten: Vec::new() }),
            met_kosten: false,
        };
        let mut back = self.booked(dag, bedrag, None, vec![detail]);
        back.is_return = true;
        back
    }

    fn booked(
        &mut self,
        dag: Datum,
        bedrag: Cents,
        batch: Option<Batchverwijzing>,
        details: Vec<Postdetail>,
    ) -> Bankpost {
        self.leveringen += 1;
        Bankpost {
            volgorde: 0,
            bedrag,
            status: Poststatus::Geboekt,
            boekdatum: Some(dag),
            bankkenmerk: Some(format!("{}{:07}", dag.format("%y%m%d"), self.leveringen)),
            batch,
            is_return: false,
            omschrijving: None,
            details,
        }
    }

    /// Moves the transactions of batches to notifications, where that is how this bank does it.
    fn notify(&self, posten: &mut BTreeMap<Iban, Vec<Bankpost>>) -> Vec<Bankmelding> {
        let mut meldingen = Vec::new();
        for (rekening, posten) in posten.iter_mut().filter(|_| self.opties.in_melding) {
            let mut told: Vec<Bankpost> =
                posten.iter().filter(|post| post.batch.is_some()).cloned().collect();
            for post in posten.iter_mut().filter(|post| post.batch.is_some()) {
                post.details.clear();
            }
            number(&mut told);
            if !told.is_empty() {
                let identificatie = format!("N{}", meldingen.len() + 1);
                meldingen.push(Bankmelding { rekening: *rekening, identificatie, posten: told });
            }
        }
        meldingen
    }

    fn statements(&mut self, dag: Datum, posten: BTreeMap<Iban, Vec<Bankpost>>) -> Vec<Banklevering> {
        let mut files = Vec::new();
        let late = std::mem::take(&mut self.achtergehouden);
        for (rekening, mut own) in posten {
            if self.has(Bankstreek::VreemdePost) {
                own.push(self.foreign(dag));
            }
            if self.has(Bankstreek::Gat) {
                let foreign = self.foreign(dag);
                let before = self.statement(dag, rekening, vec![foreign]);
                self.achtergehouden.push(before);
            }
            let afschrift = self.statement(dag, rekening, own);
            files.push(self.deliver(dag, afschrift.clone()));
            if self.has(Bankstreek::ZelfdeAfschrift) {
                files.push(self.deliver(dag, afschrift));
            }
        }
        files.extend(late.into_iter().map(|afschrift| self.deliver(dag, afschrift)));
        files
    }

    fn deliver(&mut self, dag: Datum, afschrift: Bankafschrift) -> Banklevering {
        let naam = self.name("camt.053", dag);
        Banklevering { bytes: write_statements(&naam, self.opties.versie, &[afschrift]), naam }
    }

    fn foreign(&mut self, dag: Datum) -> Bankpost {
        let bedrag = Cents(i64::from(self.random.between(1, 100_000)));
        let detail = Postdetail {
            bedrag: Some(bedrag),
            end_to_end: None,
            bericht: None,
            blok: None,
            tegenrekening: None,
            tegenpartij: None,
            omschrijving: Some(Banktekst("zie brief".to_owned())),
            reden: None,
            met_kosten: false,
        };
        self.booked(dag, bedrag, None, vec![detail])
    }

    fn statement(&mut self, dag: Datum, rekening: Iban, mut posten: Vec<Bankpost>) -> Bankafschrift {
        number(&mut posten);
        let begin = Rekeningstand { saldo: self.opties.beginsaldo, nummer: 0 };
        let stand = self.rekeningen.entry(rekening).or_insert(begin);
        let opening = stand.saldo;
        stand.saldo = opening + posten.iter().map(|post| post.bedrag).sum();
        stand.nummer += 1;
        let nummer = Afschriftnummer { elektronisch: Some(stand.nummer), wettelijk: None };
        let identificatie = format!("{}-{}", dag.format("%Y%m%d"), stand.nummer);
        let (van, tot) = (Some(dag), Some(dag));
        Bankafschrift {
            rekening,
            identificatie,
            nummer,
            deel: None,
            van,
            tot,
            opening,
            slot: stand.saldo,
            posten,
        }
    }
}

fn number(posten: &mut [Bankpost]) {
    for (volgorde, post) in (1..).zip(posten) {
        post.volgorde = volgorde;
    }
}

fn leaving(bericht: &str, blok: &str, post: &Opdrachtpost) -> Postdetail {
    Postdetail {
        bedrag: Some(-post.bedrag),
        end_to_end: Some(post.end_to_end.clone()),
        bericht: Some(bericht.to_owned()),
        blok: Some(blok.to_owned()),
        tegenrekening: Some(post.iban),
        tegenpartij: Some(Banktekst(post.naam.clone())),
        omschrijving: None,
        reden: None,
        met_kosten: false,
    }
}

/// What the bank says it will do: all of it, or all but what is refused.
fn status_of(opdracht: &Bankopdracht, refused: &BTreeMap<String, &'static str>) -> Statusbericht {
    let melding = |code: &str| Statusmelding { code: Some(code.to_owned()), reden: Bankreden::default() };
    let whole = |any: bool| melding(if any { "PART" } else { "ACSP" });
    let of = |blok: &Opdrachtblok| {
        let of_one = |post: &Opdrachtpost| {
            let reason = refused.get(&post.end_to_end)?;
            let reden = Bankreden { codes: vec![(*reason).to_owned()], teksten: Vec::new() };
            Some(Betalingstatus {
                end_to_end: Some(post.end_to_end.clone()),
                bedrag: Some(post.bedrag),
                melding: Statusmelding { code: Some("RJCT".to_owned()), reden },
            })
        };
        let betalingen: Vec<Betalingstatus> = blok.posten.iter().filter_map(of_one).collect();
        Blokstatus { blok: Some(blok.blok.clone()), melding: whole(!betalingen.is_empty()), betalingen }
    };
    Statusbericht {
        over: opdracht.bericht.clone(),
        geheel: whole(!refused.is_empty()),
        blokken: opdracht.blokken.iter().map(of).collect(),
    }
}
