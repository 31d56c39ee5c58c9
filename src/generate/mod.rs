//! Traffic of an invented region: what gemeenten and aanbieders would send, month by month.
//!
//! Everything follows from the seed: the same [`Options`] give the same bytes. A [`Generator`] plays
//! both sides and remembers assignments, not messages, so that a year of a large region fits in memory.
//! What is sent is meant to be right, except where a [`Fout`] was put in; some requests are right and
//! still refused, because that is what a region gets.
//!
//! With [`ReleasesByDay`] messages are each of the release of their time, care before 2021 is claimed with JW303,
//! and the region buys what it did in 2018.
//!
//! `random` gives numbers, `region` `products` and `people` say who and what, `contracts` what was
//! agreed. A month is planned in `agenda`; `assignments` `requests` `changes` `regie` and `claims` write its
//! messages, `post` makes files of them. `bank` answers a file for the bank.

mod agenda;
mod assignments;
pub mod bank;
mod care;
mod changes;
mod claims;
mod contracts;
mod fault;
mod options;
mod people;
mod post;
mod products;
mod random;
mod regie;
mod region;
mod releases;
mod requests;

pub use fault::Fout;
pub use options::{Options, OptionsError};
pub use post::GeneratedFile;
pub use releases::ReleasesByDay;

use crate::codes::{Bsn, Datum, ToewijzingNummer};
use crate::messages::Bericht;
use crate::money::MoneyOverflow;
use crate::schema::{Reading, Release, read};
use care::{Dagen, FictieveZorg};
use claims::Administratie;
use people::FictiveClient;
use post::Post;
use products::Model;
use random::Random;
use region::{Paar, Region};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Why traffic could not be made or not be handed out.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError<E> {
    /// An amount left the range of amounts.
    #[error(transparent)]
    Bedrag(#[from] MoneyOverflow),
    /// The receiver of the files refused one.
    #[error("{0}")]
    Sink(E),
}

/// Makes the traffic of one month after another.
#[derive(Debug)]
pub struct Generator {
    options: Options,
    region: Region,
    clients: Vec<FictiveClient>,
    by_bsn: FxHashMap<Bsn, usize>,
    /// A test number that no client has.
    onbekende: Option<Bsn>,
    random: Random,
    post: Post,
    agenda: agenda::Agenda,
    administratie: Administratie,
    /// Next ToewijzingNummer per gemeente.
    nummers: Vec<u32>,
    /// First assignment of each gemeente, for the fault that uses its number again.
    eerste: Vec<Option<(usize, ToewijzingNummer)>>,
    verzoeken: u32,
    /// Months done.
    done: u32,
}

impl Generator {
    /// Invents the region and its people; `OptionsError` when the options do not fit.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        options.check()?;
        let region = Region {
            gemeenten: options.gemeenten as usize,
            aanbieders: options.aanbieders as usize,
            model: if options.releases.is_history() { Model::Van2018 } else { Model::Nu },
        };
        let clients = people::clients(options.clients, options.months, options.seed, region, options.start);
        Ok(Self {
            region,
            by_bsn: clients.iter().enumerate().map(|(place, client)| (client.bsn, place)).collect(),
            onbekende: people::test_numbers().nth(clients.len()),
            clients,
            random: Random::new(options.seed, 0),
            post: Post::new(options.fault_share(), options.seed),
            agenda: agenda::Agenda::default(),
            administratie: Administratie::new(region),
            nummers: vec![EERSTE_NUMMER; region.gemeenten],
            eerste: vec![None; region.gemeenten],
            verzoeken: 0,
            done: 0,
            options,
        })
    }

    /// What the region agreed: `contracts.json`, as `process --contracts` reads it.
    #[must_use]
    pub fn contracts_json(&self) -> Vec<u8> {
        contracts::contracts_json(self.region, &self.clients, self.options.start, self.options.months)
    }

    /// The release that a message of this day is written in.
    fn release(&self, day: Datum) -> &'static Release {
        self.options.releases.at(day)
    }

    /// How many months there are.
    #[must_use]
    pub fn months(&self) -> u32 {
        self.options.months
    }

    /// First day of the month that comes next; `None` when all are done.
    #[must_use]
    pub fn next_month(&self) -> Option<Datum> {
        (self.done < self.options.months)
            .then(|| self.options.start.checked_add_months(chrono::Months::new(self.done)))
            .flatten()
    }

    /// Makes the messages of the next month, in order of time, and gives each to `sink`.
    ///
    /// Nothing happens when all months are done. The error is that of `sink`.
    pub fn month<E>(
        &mut self,
        mut sink: impl FnMut(GeneratedFile) -> Result<(), E>,
    ) -> Result<(), GenerateError<E>> {
        let Some(first) = self.next_month() else { return Ok(()) };
        let month = Dagen::month_of(first);
        self.post.open_month(first);
        self.plan(month);
        while let Some((day, event)) = self.agenda.next(month.eind) {
            self.happen(day, event);
            hand_out(&mut self.post, &mut sink)?;
        }
        for (paar, lijst) in self.claimable(month) {
            self.claim(month, paar, &lijst)?;
            hand_out(&mut self.post, &mut sink)?;
        }
        self.done += 1;
        Ok(())
    }

    /// An aanbieder reads a message that the back office sent to it. Assignments issued in answer to a
    /// request are claimed from the next month on, and get their JW302. Anything else is left.
    pub fn receive(&mut self, bytes: &[u8]) {
        if let Reading::Valid(document) = read(bytes)
            && let Bericht::Toewijzing(bericht) = Bericht::read(&document)
        {
            self.receive_assignment(&bericht);
        }
    }

    /// Assignments that an aanbieder may claim in this month, by gemeente and aanbieder.
    fn claimable(&self, month: Dagen) -> BTreeMap<Paar, Vec<(usize, usize)>> {
        let mut lists: BTreeMap<Paar, Vec<(usize, usize)>> = BTreeMap::new();
        for (client, FictiveClient { gemeente, zorg, .. }) in self.clients.iter().enumerate() {
            let open = |zorg: &FictieveZorg| zorg.bekend && !zorg.verwijderd && zorg.ingang <= month.eind;
            let unclaimed =
                |zorg: &FictieveZorg| zorg.eind.is_none_or(|eind| eind >= zorg.te_declareren_vanaf);
            for (place, found) in zorg.iter().enumerate().filter(|(_, zorg)| open(zorg) && unclaimed(zorg)) {
                let paar = Paar { gemeente: *gemeente, aanbieder: found.aanbieder };
                lists.entry(paar).or_default().push((client, place));
            }
        }
        lists
    }
}

/// First ToewijzingNummer of every gemeente.
const EERSTE_NUMMER: u32 = 100_001;

fn hand_out<E>(
    post: &mut Post,
    sink: &mut impl FnMut(GeneratedFile) -> Result<(), E>,
) -> Result<(), GenerateError<E>> {
    post.take().into_iter().try_for_each(sink).map_err(GenerateError::Sink)
}
