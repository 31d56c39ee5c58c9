//! Posts that wait for an explanation, as work: until when, and what each probably is.
//!
//! They stand in no table of their own: what waits is what the journal's inputs of the bank left unexplained, so a post opens with the
//! statement and closes with its explanation, live and in a replay. A work item has a gemeente and an aanbieder; a post has neither
//! before it is explained.

use super::sent::{ToldBefore, told};
use crate::calendar::add_working_days;
use crate::clock::Moment;
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Bankregel, Bankuitkomst};
use crate::store::read::{entry, open_posts, transfers};
use crate::store::{Store, StoreError, TransferRow};
use std::collections::BTreeMap;

/// Working days in which a post is explained: a return may be asked about at the bank, and the next run may pay it again.
const TERM: u32 = 5;
/// Most transfers that are named as what a post may be.
const CANDIDATES: usize = 3;
/// Why a post waits, as the label of a work item.
pub const BANKPOST: &str = "bankpost";

/// A post that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bankwerk {
    /// Journal number of its statement or report.
    pub journaal: i64,
    pub regel: Bankregel,
    /// When it was taken in.
    pub sinds: Moment,
    /// Until when it should be explained.
    pub voor: Moment,
    /// What it may be, the most probable first.
    pub voorstellen: Vec<Bankkandidaat>,
}

/// What a post may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bankkandidaat {
    /// Name of a transfer or a block, or code of a gemeente; as `bank explain` takes it.
    pub kenmerk: String,
    /// Whose transfer it is.
    pub relatie: Option<Relatie>,
    /// What people read: why it may be that.
    pub waarom: &'static str,
}

/// Everything that waits, in order of its term.
pub async fn waiting(store: &dyn Store) -> Result<Vec<Bankwerk>, StoreError> {
    let open = open_posts(store).await?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let (told, transfers) = (told(store).await?, transfers(store, 0).await?);
    let mut moments: BTreeMap<i64, Moment> = BTreeMap::new();
    let mut work = Vec::with_capacity(open.len());
    for (journaal, regel) in open {
        let sinds = if let Some(moment) = moments.get(&journaal) {
            *moment
        } else {
            let (moment, _) = entry(store, journaal).await?.ok_or(StoreError::corrupt("bankregel"))?;
            moments.insert(journaal, moment);
            moment
        };
        let voor = add_working_days(sinds.date(), TERM).and_time(sinds.time());
        let voorstellen = candidates(&regel, &told, &transfers);
        work.push(Bankwerk { journaal, regel, sinds, voor, voorstellen });
    }
    work.sort_by_key(|work| (work.voor, work.journaal, work.regel.volgorde));
    Ok(work)
}

/// What a post may be: what it is named after, and transfers of its account with its amount.
fn candidates(regel: &Bankregel, told: &ToldBefore, transfers: &[TransferRow]) -> Vec<Bankkandidaat> {
    let named = transfers.iter().find(|transfer| *transfer.kenmerk == *regel.kenmerk);
    let mut found = Vec::new();
    if let Some(transfer) = named {
        let waarom =
            if regel.betaling.is_some() { "genoemd in de post" } else { "zelfde rekening of kenmerk" };
        found.push(of_transfer(transfer, waarom));
    } else if !regel.kenmerk.is_empty() && regel.kenmerk != "beginsaldo" {
        let kenmerk = regel.kenmerk.clone();
        found.push(Bankkandidaat { kenmerk, relatie: None, waarom: "zelfde kenmerk of rekening" });
    }
    if regel.uitkomst != Bankuitkomst::TeOnderzoeken || regel.betaling.is_some() {
        return found;
    }
    let fits = |transfer: &&TransferRow| {
        let leaves = regel.bedrag < Cents::ZERO;
        let amount = if leaves { -regel.bedrag } else { regel.bedrag };
        let (stand, owed) =
            (told.stand(transfer), told.owed_again.contains(&(transfer.run, transfer.volgnummer)));
        let possible = if leaves { !stand.weg || owed } else { stand.weg && !stand.terug };
        transfer.bedrag == amount
            && transfer.van.is_none_or(|van| van == regel.rekening)
            && *transfer.kenmerk != *regel.kenmerk
            && possible
    };
    let same = transfers.iter().rev().filter(fits).take(CANDIDATES);
    found.extend(same.map(|transfer| of_transfer(transfer, "zelfde bedrag")));
    found
}

fn of_transfer(transfer: &TransferRow, waarom: &'static str) -> Bankkandidaat {
    Bankkandidaat { kenmerk: transfer.kenmerk.to_string(), relatie: Some(transfer.relatie), waarom }
}

impl Bankwerk {
    /// What `bank explain` calls it.
    #[must_use]
    pub fn naam(&self) -> String {
        format!("{}/{}", self.journaal, self.regel.volgorde)
    }

    /// What people read of why it waits.
    #[must_use]
    pub fn verhaal(&self) -> String {
        let Bankregel { bedrag, rekening, reden, .. } = &self.regel;
        match self.regel.uitkomst {
            Bankuitkomst::AfgewezenWacht => format!("Afwijzing van {}: {reden}.", self.regel.kenmerk),
            _ if *bedrag < Cents::ZERO => format!("{} ging van rekening {rekening}: {reden}.", -*bedrag),
            _ => format!("{bedrag} kwam op rekening {rekening}: {reden}."),
        }
    }

    /// What people read of what it probably is.
    #[must_use]
    pub fn voorstel(&self) -> String {
        let one = |kandidaat: &Bankkandidaat| format!("{} ({})", kandidaat.kenmerk, kandidaat.waarom);
        let all: Vec<String> = self.voorstellen.iter().map(one).collect();
        if all.is_empty() {
            "niets dat erop lijkt".to_owned()
        } else {
            format!("mogelijk {}", all.join(", of "))
        }
    }
}
