//! A version of the contracts as it is offered at the console: the files are kept until somebody confirms the difference that they
//! make, or two do; and whether one person may.

use super::error::OfficeError;
use super::handle::Office;
use super::import::Imported;
use super::operator::Person;
use super::register::InForce;
use super::voordracht::{Akkoord, Deelnemer};
use crate::clock::Moment;
use crate::codes::AgbCode;
use crate::contracts::{
    Bron, Budget, Contract, Herkomst, Plafond, Register, Verschil, Wijze, aandachtspunten, import_new,
};
use crate::digest::hex;
use crate::money::Cents;
use crate::store::console::{Aanbod, Bewaren};
use crate::store::read::console::{Bereik, aanbod, relaties_between};
use crate::store::voordracht::{Voordrachtsoort, Voorgedragene};
use crate::store::{Store, StoreError};
use chrono::{Months, TimeDelta};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How long files are kept that nobody confirms or proposes.
const KEPT: TimeDelta = TimeDelta::days(1);
/// Months whose granted money says how much a contract is about.
const MONTHS: Months = Months::new(12);
/// Most lines of a difference that are kept with a proposal.
const LINES: usize = 300;

/// What a version of the contracts is about, for whether one person may take it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gewicht {
    /// What was granted in twelve months to the aanbieders whose contracts change, and how much budgets and ceilings change.
    pub bedrag: Cents,
    /// Whether an account changes that is paid to.
    pub rekening: bool,
}

impl fmt::Display for Gewicht {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rekening {
            f.write_str("deze versie verandert een rekening waarop wordt betaald")
        } else {
            write!(f, "deze versie gaat over {}", self.bedrag)
        }
    }
}

/// What files would change, before somebody confirms it.
#[derive(Debug)]
pub struct Contractvooraf {
    /// Everything that differs.
    pub verschil: Verschil,
    /// What would disappear by the choice that the files are complete; nothing when that was chosen.
    pub verdwijnt: Verschil,
    /// What the contracts would have that somebody should look at.
    pub aandacht: Vec<String>,
    /// Whether two persons must decide, and why; none when one is enough.
    pub twee: Option<Gewicht>,
    /// What it is about.
    pub gewicht: Gewicht,
    /// Whether taking it over changes nothing.
    pub gelijk: bool,
    /// What the confirmation is asked with: the version in force, and the one that would be.
    pub token: String,
}

impl Contractvooraf {
    /// In sentences.
    #[must_use]
    pub fn regels(&self) -> Vec<String> {
        self.verschil.shown().lines().take(LINES).map(str::to_owned).collect()
    }
}

/// Files as they are kept: of each the name and the number of its bytes on a line, and then those.
fn kept(sources: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut all = Vec::new();
    for (naam, bytes) in sources {
        all.extend_from_slice(format!("{} {naam}\n", bytes.len()).as_bytes());
        all.extend_from_slice(bytes);
    }
    all
}

fn read_kept(mut inhoud: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut sources = Vec::new();
    while !inhoud.is_empty() {
        let end = inhoud.iter().position(|byte| *byte == b'\n')?;
        let (length, naam) = std::str::from_utf8(&inhoud[..end]).ok()?.split_once(' ')?;
        let rest = &inhoud[end + 1..];
        let length: usize = length.parse().ok()?;
        sources.push((naam.to_owned(), rest.get(..length)?.to_vec()));
        inhoud = &rest[length..];
    }
    Some(sources)
}

fn token(version: i64, wijze: Wijze, after: &Register) -> String {
    hex(&Sha256::digest(format!("{version} {wijze} {}", hex(&after.digest()))))[..16].to_owned()
}

/// What a proposal decides: how, and which files.
fn besluit(wijze: Wijze, sleutel: &str) -> String {
    format!("{wijze} {sleutel}")
}

/// How and which files a proposal is about.
pub fn voorgedragen_aanbod(wat: &Voorgedragene) -> Result<(Wijze, String), StoreError> {
    let corrupt = || StoreError::corrupt("voordracht");
    let (wijze, sleutel) = wat.besluit.split_once(' ').ok_or_else(corrupt)?;
    Ok((Wijze::parse(wijze).map_err(|_| corrupt())?, sleutel.to_owned()))
}

impl Office {
    /// Keeps contract files that can be read, under a key that was drawn. Every fault with its place ([`OfficeError::Import`]).
    pub async fn offer(
        &self,
        sleutel: String,
        sources: &[(String, Vec<u8>)],
        wie: String,
    ) -> Result<(), OfficeError> {
        import_new(sources)?;
        let moment = self.settings().clock.now();
        let aanbod = Aanbod { sleutel, wie, moment, inhoud: kept(sources) };
        self.store().keep(Bewaren::Aanbod(aanbod, moment - KEPT)).await?;
        Ok(())
    }

    async fn offered(&self, sleutel: &str) -> Result<Vec<(String, Vec<u8>)>, OfficeError> {
        let found = aanbod(self.store(), sleutel).await?.ok_or(OfficeError::OfferGone)?;
        Ok(read_kept(&found.inhoud).ok_or(StoreError::corrupt("aanbod"))?)
    }

    /// The names of files that were kept.
    pub async fn offered_names(&self, sleutel: &str) -> Result<Vec<String>, OfficeError> {
        Ok(self.offered(sleutel).await?.into_iter().map(|(naam, _)| naam).collect())
    }

    /// What files that were kept would change now. Nothing is taken over.
    pub async fn preview_import(&self, sleutel: &str, wijze: Wijze) -> Result<Contractvooraf, OfficeError> {
        let import = import_new(&self.offered(sleutel).await?)?;
        let newest = self.register().await?;
        let before = &newest.versie.register;
        let whole = import.clone().taken(Herkomst { wijze: Wijze::Volledig, ..Herkomst::default() });
        let import = import.taken(Herkomst { wijze, ..Herkomst::default() });
        import.known_to(before).and_then(|()| import.fits(before))?;
        let after = import.onto(before);
        let verdwijnt = match wijze {
            Wijze::Volledig => Verschil::default(),
            Wijze::Aanvullend => Verschil::of(&after, &whole.onto(before)),
        };
        let gewicht = self.weigh(before, &after).await?;
        Ok(Contractvooraf {
            verschil: Verschil::of(before, &after),
            verdwijnt,
            aandacht: aandachtspunten(&after),
            twee: self.too_much(gewicht).then_some(gewicht),
            gewicht,
            gelijk: before.digest() == after.digest(),
            token: token(newest.version, wijze, &after),
        })
    }

    /// Takes over files that were kept, as the difference was seen.
    pub async fn confirm_import(
        &self,
        (sleutel, wijze): (&str, Wijze),
        token: &str,
        person: &Person,
    ) -> Result<Imported, OfficeError> {
        self.import_seen((sleutel, wijze), token, person, None).await
    }

    /// Carries out what two agreed on; whether it changed anything.
    pub(super) async fn carry_out_import(
        &self,
        wat: &Voorgedragene,
        akkoord: &Akkoord,
    ) -> Result<bool, OfficeError> {
        let (wijze, sleutel) = voorgedragen_aanbod(wat)?;
        let done = self.import_seen((&sleutel, wijze), &wat.gezien, akkoord.person(), Some(akkoord)).await?;
        Ok(done.version.is_some())
    }

    async fn import_seen(
        &self,
        (sleutel, wijze): (&str, Wijze),
        seen: &str,
        person: &Person,
        akkoord: Option<&Akkoord>,
    ) -> Result<Imported, OfficeError> {
        let herkomst = Herkomst { wijze, door: Some(person.signature()), waarom: Some(person.why.clone()) };
        let import = import_new(&self.offered(sleutel).await?)?.taken(herkomst);
        let newest: InForce = self.register().await?;
        let before = newest.versie.register.clone();
        if seen != token(newest.version, wijze, &import.onto(&before)) {
            return Err(OfficeError::OtherRegister);
        }
        import.known_to(&before).and_then(|()| import.fits(&before))?;
        let on = Some(newest.version);
        let done = self.import_read(newest, import, on, akkoord).await?;
        self.store().keep(Bewaren::AanbodWeg { sleutel: sleutel.to_owned() }).await?;
        Ok(done)
    }

    /// Proposes files that were kept to a second person; the number of the proposal.
    pub async fn propose_import(
        &self,
        (sleutel, wijze): (&str, Wijze),
        seen: &str,
        wie: Deelnemer,
        waarom: String,
    ) -> Result<i64, OfficeError> {
        self.expire_voordrachten().await?;
        let vooraf = self.preview_import(sleutel, wijze).await?;
        if vooraf.token != seen {
            return Err(OfficeError::OtherRegister);
        }
        let namen = self.offered_names(sleutel).await?;
        let wat = Voorgedragene {
            soort: Voordrachtsoort::Contract,
            titel: format!("Contracten inlezen: {}", namen.join(", ")),
            besluit: besluit(wijze, sleutel),
            bedrag: vooraf.gewicht.bedrag,
            regels: vooraf.regels(),
            gezien: vooraf.token,
            werk: None,
        };
        self.voordragen(wat, wie, waarom).await
    }

    /// Whether one person may make of one register the other.
    pub(super) async fn may_import(&self, before: &Register, after: &Register) -> Result<(), OfficeError> {
        if self.settings().twee_personen.contract_bedrag.is_none() {
            return Ok(());
        }
        let gewicht = self.weigh(before, after).await?;
        if self.too_much(gewicht) { Err(OfficeError::TwoPersonsContract(gewicht)) } else { Ok(()) }
    }

    fn too_much(&self, gewicht: Gewicht) -> bool {
        let grens = self.settings().twee_personen.contract_bedrag;
        grens.is_some_and(|grens| gewicht.rekening || gewicht.bedrag > grens)
    }

    async fn weigh(&self, before: &Register, after: &Register) -> Result<Gewicht, OfficeError> {
        let (parties, rekening) = touched(before, after);
        let granted = granted(self.store(), &parties, self.settings().clock.now()).await?;
        Ok(Gewicht { bedrag: granted + limits_moved(before, after), rekening })
    }
}

/// Aanbieders whose contracts are another, and whether an account is.
fn touched(before: &Register, after: &Register) -> (BTreeSet<AgbCode>, bool) {
    let by_number = |register: &Register| -> BTreeMap<String, Contract> {
        // Where it was read changes nothing of it.
        let plain = |one: &Contract| Contract { bron: Bron::default(), ..one.clone() };
        register.contracten().list().iter().map(|one| (one.nummer.clone(), plain(one))).collect()
    };
    let (old, new) = (by_number(before), by_number(after));
    let mut parties = BTreeSet::new();
    let mut rekening = false;
    for number in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let both = [old.get(number), new.get(number)];
        if both[0] == both[1] {
            continue;
        }
        for contract in both.into_iter().flatten() {
            parties.insert(contract.aanbieder);
            parties.extend(&contract.onderaannemers);
        }
        let [before, after] =
            both.map(|one| one.into_iter().flat_map(Contract::accounts).collect::<BTreeSet<_>>());
        rekening |= !after.is_subset(&before);
    }
    (parties, rekening)
}

/// How much budgets and ceilings are more or less, together.
fn limits_moved(before: &Register, after: &Register) -> Cents {
    let amounts = |register: &Register| -> BTreeMap<Box<str>, i64> {
        let budgets = register.budgetten().iter().map(|Budget { id, bedrag, .. }| (id.clone(), bedrag.0));
        let ceilings = register.plafonds().iter().map(|Plafond { id, bedrag, .. }| (id.clone(), bedrag.0));
        budgets.chain(ceilings).collect()
    };
    let (old, new) = (amounts(before), amounts(after));
    let keys: BTreeSet<&str> = old.keys().chain(new.keys()).map(|id| &**id).collect();
    let of = |all: &BTreeMap<Box<str>, i64>, id: &str| all.get(id).copied().unwrap_or_default();
    let moved = keys.into_iter().map(|id| of(&new, id).saturating_sub(of(&old, id)).saturating_abs());
    Cents(moved.fold(0, i64::saturating_add))
}

/// What was granted to these in the twelve months before a moment.
async fn granted(store: &dyn Store, parties: &BTreeSet<AgbCode>, now: Moment) -> Result<Cents, StoreError> {
    if parties.is_empty() {
        return Ok(Cents::ZERO);
    }
    let since = now.checked_sub_months(MONTHS).unwrap_or(now);
    let all = relaties_between(store, &Bereik::default(), since..now + TimeDelta::seconds(1)).await?;
    let own = all.iter().filter(|month| parties.contains(&month.relatie.aanbieder));
    Ok(own.map(|month| month.toegekend).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_and_read_again_byte_for_byte() {
        let sources = [
            ("a.json".to_owned(), b"{}\n12 x\n".to_vec()),
            ("map/tarieven.csv".to_owned(), Vec::new()),
            ("b c.csv".to_owned(), vec![0, 10, 255]),
        ];
        assert_eq!(read_kept(&kept(&sources)).unwrap(), sources);
        assert_eq!(read_kept(b""), Some(Vec::new()));
        for wrong in [&b"3 a"[..], b"4 a\nabc", b"x a\n", b"3\nabc"] {
            assert_eq!(read_kept(wrong), None);
        }
    }
}
