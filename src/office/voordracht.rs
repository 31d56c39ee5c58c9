//! What two persons decide together: one proposes what was seen, another approves the same, and then it happens once, as long as it
//! is what still follows. Persons are told apart by account: names and roles can be the same, or typed.
//!
//! The one check that no door passes is [`Office::may_decide`]. What decides for two has an [`Akkoord`], which is made of a proposal that
//! was approved and of nothing else, and carries it out in its own transaction (`Batch::carry_out`).

use super::error::{OfficeError, PayError};
use super::handle::Office;
use super::operator::Person;
use crate::codes::Bsn;
use crate::contracts::Register;
use crate::decide::operator::Besluit;
use crate::labels::labels;
use crate::money::Cents;
use crate::store::StoreError;
use crate::store::console::{Bewaren, is_by_settings};
use crate::store::read::{same_voordracht, voordracht};
use crate::store::voordracht::{
    Ondertekening, Voordracht, Voordrachtsoort, Voordrachtstap, Voordrachtstatus, Voorgedragene,
};

/// Why a step of a proposal is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoordrachtError {
    #[error("voordracht {0} bestaat niet")]
    Unknown(i64),
    /// Nobody approves what they proposed themselves, in whatever role.
    #[error("u droeg dit zelf voor: een ander keurt het goed")]
    SamePerson,
    /// A program of before told persons apart by what the settings call a login.
    #[error(
        "een vorige versie van happyflow maakte deze voordracht: zij weet niet zeker wie het was. Trek haar in en draag opnieuw voor"
    )]
    Untold,
    /// It was approved, carried out, taken back or ended meanwhile.
    #[error("voordracht {nummer} is intussen {}; er is niets gedaan", .status.as_str())]
    Closed { nummer: i64, status: Voordrachtstatus },
    /// The same is proposed already.
    #[error("dit is al voorgedragen: zie voordracht {0}")]
    Twice(i64),
    /// The number of a person in a reason would stand where it is not taken out.
    #[error("een BSN hoort niet in een reden: haal het weg")]
    Bsn,
}

labels!(VoordrachtError {
    Self::Unknown(_) => "voordracht.unknown",
    Self::SamePerson => "voordracht.same-person",
    Self::Untold => "voordracht.untold",
    Self::Closed { .. } => "voordracht.closed",
    Self::Twice(_) => "voordracht.twice",
    Self::Bsn => "voordracht.bsn",
});

/// Somebody whom a login knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deelnemer {
    /// For people.
    pub naam: String,
    /// What tells this person from another.
    pub account: String,
}

/// What may be proposed about work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Werkzaak {
    /// A decision on one item.
    Een { werkitem: i64 },
    /// One decision about a choice of items.
    Vele { keuze: String, vrijgeven: bool },
}

impl Werkzaak {
    /// A decision on one item; none for those that release nothing.
    #[must_use]
    pub const fn of(werkitem: i64, besluit: Besluit) -> Option<Self> {
        match besluit {
            Besluit::Goedkeuren => Some(Self::Een { werkitem }),
            // What an assignment takes along is paid when it is claimed: nothing is released by that.
            Besluit::GoedkeurenMetBetaling
            | Besluit::GoedkeurenKindBekend
            | Besluit::Afwijzen { .. }
            | Besluit::Heropenen => None,
        }
    }

    const fn soort(&self) -> Voordrachtsoort {
        match self {
            Self::Een { .. } => Voordrachtsoort::Werkitem,
            Self::Vele { .. } => Voordrachtsoort::Werkitems,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Een { werkitem } => format!("goedkeuren {werkitem}"),
            Self::Vele { keuze, vrijgeven: true } => format!("vrijgeven {keuze}"),
            Self::Vele { keuze, vrijgeven: false } => format!("weigeren {keuze}"),
        }
    }

    /// What a proposal is about.
    pub fn read(wat: &Voorgedragene) -> Result<Self, StoreError> {
        let corrupt = || StoreError::corrupt("voordracht");
        let (word, of) = wat.besluit.split_once(' ').ok_or_else(corrupt)?;
        match (wat.soort, word) {
            (Voordrachtsoort::Werkitem, "goedkeuren") => {
                Ok(Self::Een { werkitem: of.parse().map_err(|_| corrupt())? })
            }
            (Voordrachtsoort::Werkitems, "vrijgeven" | "weigeren") => {
                Ok(Self::Vele { keuze: of.to_owned(), vrijgeven: word == "vrijgeven" })
            }
            _ => Err(corrupt()),
        }
    }
}

/// What was seen of it by who proposes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gezien {
    /// For people.
    pub titel: String,
    /// The token of the preview.
    pub token: String,
    pub bedrag: Cents,
    /// In sentences.
    pub regels: Vec<String>,
}

/// That two persons agreed: the proposal, and both of them.
#[derive(Debug)]
pub(super) struct Akkoord {
    voordracht: i64,
    person: Person,
}

impl Akkoord {
    /// The proposal.
    pub(super) const fn voordracht(&self) -> i64 {
        self.voordracht
    }

    /// Both of them.
    pub(super) const fn person(&self) -> &Person {
        &self.person
    }

    fn of(voordracht: &Voordracht) -> Option<Self> {
        let approved = voordracht.status == Voordrachtstatus::Goedgekeurd;
        let tweede = voordracht.tweede.as_ref().filter(|_| approved)?;
        let eerste = &voordracht.eerste;
        let why = format!("{}; akkoord: {}", eerste.waarom, tweede.waarom);
        // Where the region asks for one person, one may have done both.
        let second = (tweede.account != eerste.account).then(|| tweede.wie.clone());
        let person = Person { who: eerste.wie.clone(), second, why };
        Some(Self { voordracht: voordracht.nummer, person })
    }
}

/// By whom something is decided.
#[derive(Debug)]
pub(super) enum Besluitvorming {
    /// By whoever says so.
    Persoon(Person),
    /// By two, of whom each was logged in.
    Akkoord(Akkoord),
}

impl From<Person> for Besluitvorming {
    fn from(person: Person) -> Self {
        Self::Persoon(person)
    }
}

impl Besluitvorming {
    /// The proposal that is carried out by it.
    pub(super) const fn voordracht(&self) -> Option<i64> {
        match self {
            Self::Persoon(_) => None,
            Self::Akkoord(akkoord) => Some(akkoord.voordracht),
        }
    }

    /// Who decides, and why.
    pub(super) fn person(self) -> Person {
        match self {
            Self::Persoon(person) | Self::Akkoord(Akkoord { person, .. }) => person,
        }
    }
}

impl Office {
    /// Whether this much may be decided so: above the amounts of the settings two persons of whom each was logged in, above that
    /// of the region two names (rulings 8.8). `kind`: payments are released; many items are decided on at once.
    pub(super) fn may_decide(
        &self,
        register: &Register,
        (vrijgave, bulk): (bool, bool),
        bedrag: Cents,
        door: &Besluitvorming,
    ) -> Result<(), OfficeError> {
        let Besluitvorming::Persoon(person) = door else { return Ok(()) };
        let above = |grens: &Cents| bedrag > *grens;
        if let Some(grens) = self.settings().twee_personen.grens(vrijgave, bulk).filter(above) {
            return Err(OfficeError::TwoPersons { bedrag, grens });
        }
        let mandaat = register.regio().bewaking.mandaat_bedrag.filter(|_| vrijgave);
        match mandaat.filter(above) {
            Some(grens) if !person.are_two() => Err(OfficeError::Mandate { bedrag, grens }),
            _ => Ok(()),
        }
    }

    /// What one person may decide, where this is more; none where one is enough.
    pub async fn needs_two(
        &self,
        (vrijgave, bulk): (bool, bool),
        bedrag: Cents,
    ) -> Result<Option<Cents>, OfficeError> {
        let register = self.register().await?.versie.register;
        let mandaat = register.regio().bewaking.mandaat_bedrag.filter(|_| vrijgave);
        let grens = self.settings().twee_personen.grens(vrijgave, bulk).into_iter().chain(mandaat).min();
        Ok(grens.filter(|grens| bedrag > *grens))
    }

    /// Proposes a decision on work; the number of the proposal.
    pub async fn propose(
        &self,
        zaak: &Werkzaak,
        gezien: Gezien,
        wie: Deelnemer,
        waarom: String,
    ) -> Result<i64, OfficeError> {
        self.expire_voordrachten().await?;
        let Gezien { titel, token, bedrag, regels } = gezien;
        let werk = match zaak {
            Werkzaak::Een { werkitem } => Some(*werkitem),
            Werkzaak::Vele { .. } => None,
        };
        let (soort, besluit) = (zaak.soort(), zaak.text());
        let wat = Voorgedragene { soort, titel, besluit, gezien: token, bedrag, regels, werk };
        self.voordragen(wat, wie, waarom).await
    }

    /// Keeps a proposal of any kind: what is decided, and a digest of what was seen of it.
    pub async fn voordragen(
        &self,
        wat: Voorgedragene,
        wie: Deelnemer,
        waarom: String,
    ) -> Result<i64, OfficeError> {
        let eerste = self.signed(wie, waarom)?;
        let verloopt = eerste.moment + self.settings().twee_personen.wacht();
        let (soort, besluit, token) = (wat.soort, wat.besluit.clone(), wat.gezien.clone());
        let account = eerste.account.clone();
        let step = Voordrachtstap::Nieuw { wat, eerste, verloopt };
        let made = self.store().keep(Bewaren::Voordracht(step)).await? == 1;
        let found = same_voordracht(self.store(), soort, &besluit).await?;
        match found {
            Some(found) if made || (found.eerste.account == account && found.wat.gezien == token) => {
                Ok(found.nummer)
            }
            Some(found) => Err(VoordrachtError::Twice(found.nummer).into()),
            // It was open a moment ago: somebody closed it.
            None => Err(StoreError::corrupt("voordracht").into()),
        }
    }

    fn signed(&self, wie: Deelnemer, waarom: String) -> Result<Ondertekening, OfficeError> {
        if Bsn::mask_in(&waarom) != waarom {
            return Err(VoordrachtError::Bsn.into());
        }
        let moment = self.settings().clock.now();
        Ok(Ondertekening { wie: wie.naam, account: wie.account, waarom, moment })
    }

    /// What waits longer than it may ends; how many did.
    pub async fn expire_voordrachten(&self) -> Result<u64, OfficeError> {
        let nu = self.settings().clock.now();
        Ok(self.store().keep(Bewaren::Voordracht(Voordrachtstap::Verstreken { nu })).await?)
    }

    /// A proposal as it stands.
    async fn found(&self, nummer: i64) -> Result<Voordracht, OfficeError> {
        Ok(voordracht(self.store(), nummer).await?.ok_or(VoordrachtError::Unknown(nummer))?)
    }

    /// Whether a payment run needs two persons; else whoever proposes one may approve it too.
    #[must_use]
    pub fn two_for_payment(&self) -> bool {
        self.settings().twee_personen.betaalrun.unwrap_or_default()
    }

    /// A second person approves a proposal. What is decided does not happen by this alone.
    pub async fn approve(&self, nummer: i64, wie: Deelnemer, waarom: String) -> Result<(), OfficeError> {
        self.expire_voordrachten().await?;
        let found = self.found(nummer).await?;
        let zelf = found.wat.soort == Voordrachtsoort::Betaalrun && !self.two_for_payment();
        if found.eerste.account == wie.account && !zelf {
            return Err(VoordrachtError::SamePerson.into());
        }
        if is_by_settings(&found.eerste.account) {
            return Err(VoordrachtError::Untold.into());
        }
        let step = Voordrachtstap::Goedgekeurd { nummer, tweede: self.signed(wie, waarom)?, zelf };
        if self.store().keep(Bewaren::Voordracht(step)).await? == 1 {
            return Ok(());
        }
        let status = self.found(nummer).await?.status;
        Err(VoordrachtError::Closed { nummer, status }.into())
    }

    /// Somebody takes a proposal back, or does not approve it.
    pub async fn withdraw(&self, nummer: i64, wie: Deelnemer, waarom: String) -> Result<(), OfficeError> {
        let Ondertekening { wie, waarom, moment, .. } = self.signed(wie, waarom)?;
        let told = format!("Ingetrokken door {wie} op {}: {waarom}", moment.format("%d-%m-%Y %H:%M"));
        self.end(nummer, Voordrachtstatus::Ingetrokken, vec![told]).await
    }

    /// A proposal that two persons agreed on, of any kind, for who carries it out.
    pub(super) async fn akkoord(&self, nummer: i64) -> Result<(Voordracht, Akkoord), OfficeError> {
        let found = self.found(nummer).await?;
        let status = found.status;
        let akkoord = Akkoord::of(&found).ok_or(VoordrachtError::Closed { nummer, status })?;
        Ok((found, akkoord))
    }

    /// Ends a proposal that is open, without carrying it out.
    pub(super) async fn end(
        &self,
        nummer: i64,
        status: Voordrachtstatus,
        uitkomst: Vec<String>,
    ) -> Result<(), OfficeError> {
        let step = Voordrachtstap::Beeindigd { nummer, status, uitkomst };
        if self.store().keep(Bewaren::Voordracht(step)).await? == 1 {
            return Ok(());
        }
        let status = self.found(nummer).await?.status;
        Err(VoordrachtError::Closed { nummer, status }.into())
    }

    /// Carries out what was approved. What can never be carried out any more ends, and says why; what failed for another reason is
    /// tried again by whoever asks.
    pub async fn carry_out(&self, nummer: i64) -> Result<(), OfficeError> {
        self.expire_voordrachten().await?;
        let (found, akkoord) = self.akkoord(nummer).await?;
        let done = match found.wat.soort {
            Voordrachtsoort::Betaalrun => self.pay_agreed(nummer).await.map(|_| true),
            Voordrachtsoort::Contract => self.carry_out_import(&found.wat, &akkoord).await,
            Voordrachtsoort::Werkitem | Voordrachtsoort::Werkitems => {
                self.carry_out_work(&found, akkoord).await
            }
        };
        match done {
            Ok(true) => Ok(()),
            Ok(false) => {
                let none = "niets van wat werd voorgedragen staat nog zo open; er is niets gedaan";
                self.end(nummer, Voordrachtstatus::Verlopen, vec![none.to_owned()]).await
            }
            Err(error) if is_final(&error) => {
                self.end(nummer, Voordrachtstatus::Verlopen, vec![error.to_string()]).await?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }
}

impl Office {
    /// Whether anything was left of it to carry out.
    async fn carry_out_work(&self, found: &Voordracht, akkoord: Akkoord) -> Result<bool, OfficeError> {
        let (gezien, door) = (&found.wat.gezien, Besluitvorming::Akkoord(akkoord));
        match Werkzaak::read(&found.wat)? {
            Werkzaak::Een { werkitem } => {
                self.decide_work_as(werkitem, Besluit::Goedkeuren, Some(gezien), door).await.map(|_| true)
            }
            Werkzaak::Vele { keuze, vrijgeven } => {
                let done = self.decide_many_as(&keuze, gezien, vrijgeven, door).await?;
                Ok(!done.gedaan.is_empty())
            }
        }
    }
}

/// Whether a decision failed because of what it is about, so that trying again gives the same.
pub(super) const fn is_final(error: &OfficeError) -> bool {
    matches!(
        error,
        OfficeError::WorkChanged { .. }
            | OfficeError::Closed { .. }
            | OfficeError::Work { .. }
            | OfficeError::OtherPreview
            | OfficeError::OtherRegister
            | OfficeError::OfferGone
            | OfficeError::Import(_)
            | OfficeError::Choice(_)
            | OfficeError::Pay(PayError::ProposalChanged(_))
            | OfficeError::Store(StoreError::WorkNotOpen(_) | StoreError::WorkNotClosed(_))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_proposed_is_written_and_read_again() {
        let wat = |soort, besluit: &str| Voorgedragene {
            soort,
            titel: String::new(),
            besluit: besluit.to_owned(),
            gezien: String::new(),
            bedrag: Cents::ZERO,
            regels: Vec::new(),
            werk: None,
        };
        for zaak in [
            Werkzaak::Een { werkitem: 17 },
            Werkzaak::Vele { keuze: "gemeente=0193,reden=plafond-overschreden".to_owned(), vrijgeven: true },
            Werkzaak::Vele { keuze: "alles".to_owned(), vrijgeven: false },
        ] {
            assert_eq!(Werkzaak::read(&wat(zaak.soort(), &zaak.text())).unwrap(), zaak);
        }
        for (soort, besluit) in [
            (Voordrachtsoort::Werkitem, "vrijgeven alles"),
            (Voordrachtsoort::Werkitem, "goedkeuren x"),
            (Voordrachtsoort::Werkitems, "goedkeuren 17"),
            (Voordrachtsoort::Werkitems, ""),
        ] {
            assert!(Werkzaak::read(&wat(soort, besluit)).is_err(), "{besluit}");
        }
    }
}
