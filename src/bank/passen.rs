//! What a post of a statement means, given what we sent.
//!
//! Certain is what carries our own name (PmtInfId, EndToEndId) and our amount, and is possible: a transfer leaves once
//! and comes back once. Anything else is to be explained by a person, with a proposal where there is one that fits. The
//! parts of a post are always together the post.

use super::bestand::{Bankpost, Bankreden, Postdetail};
use super::redenen::Klasse;
use super::stand::Betaalstand;
use crate::codes::{AgbCode, GemeenteCode};
use crate::iban::Iban;
use crate::money::Cents;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What was sent to the bank, as the ledger knows it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct NaarBank {
    pub blokken: Vec<VerzondenBlok>,
    pub betalingen: Vec<VerzondenBetaling>,
    /// Accounts of gemeenten, from which money comes.
    pub gemeenten: BTreeMap<Iban, GemeenteCode>,
}

/// A block of a file for the bank (PmtInf): what one account pays in one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerzondenBlok {
    pub run: i64,
    /// MsgId of the file.
    pub bericht: String,
    /// PmtInfId.
    pub blok: String,
    /// The account that pays.
    pub rekening: Iban,
}

/// One transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerzondenBetaling {
    /// Its block, by place in [`NaarBank::blokken`].
    pub blok: usize,
    pub end_to_end: String,
    /// More than zero.
    pub bedrag: Cents,
    pub gemeente: GemeenteCode,
    pub aanbieder: AgbCode,
    pub iban: Iban,
    pub stand: Betaalstand,
}

/// A post and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postuitkomst {
    /// Of the post.
    pub volgorde: u32,
    /// Together the amount of the post; none where it was not booked.
    pub delen: Vec<Uitkomstdeel>,
}

/// Part of a post that means one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uitkomstdeel {
    /// As of a post: negative for what left.
    pub bedrag: Cents,
    /// Which transaction of the post it is, when it is one.
    pub detail: Option<usize>,
    pub betekenis: Postbetekenis,
}

/// What a part of a post means. Blocks and transfers are told by their place in [`NaarBank`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Postbetekenis {
    /// A block left as one.
    Batch { blok: usize, wijze: Batchwijze },
    /// One transfer left.
    Geboekt { betaling: usize },
    /// A transfer of which the refusal is known left with its block all the same, and this is its money back. Its debt
    /// was opened when it was refused.
    AfwijzingTerug { betaling: usize },
    /// A transfer came back: what becomes of its debt follows from the reason.
    Terug { betaling: usize, soort: Terugsoort, reden: Bankreden },
    /// A person has to say what it is.
    TeOnderzoeken { waarom: Onderzoeksreden, voorstel: Option<Bankvoorstel> },
}

/// How a bank books a block of which some transfers were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Batchwijze {
    /// All of it left; what was refused comes back.
    Bruto,
    /// It left without what was refused.
    Netto,
}

/// Who had a transfer come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Terugsoort {
    /// A bank or the receiver.
    Retour,
    /// Somebody on our side asked for it.
    Teruggeroepen,
}

/// Why a post is to be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Onderzoeksreden {
    /// Nothing in it is of ours.
    Vreemd,
    /// It carries our name and another amount.
    AnderBedrag,
    /// It is ours, and from another account than was to pay.
    AndereRekening,
    /// It left before.
    AlGeboekt,
    /// It came back before.
    AlTerug,
    /// It was refused, and left all the same.
    AfgewezenEnTochGeboekt,
    /// It comes back and never left.
    NooitWeg,
    /// The transactions in it are not told with their amounts.
    NietVerdeeld,
}

/// What a post may be. A person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bankvoorstel {
    /// This transfer, leaving or coming back.
    Betaling(usize),
    /// This block.
    Blok(usize),
    /// Money of this gemeente.
    Gemeente(GemeenteCode),
}

impl Onderzoeksreden {
    /// What an operator reads.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Vreemd => "geen kenmerk van een betaling van ons",
            Self::AnderBedrag => "kenmerk van ons, met een ander bedrag",
            Self::AndereRekening => "van ons, en van een andere rekening dan die zou betalen",
            Self::AlGeboekt => "deze betaling is al eerder afgeschreven: mogelijk dubbel betaald",
            Self::AlTerug => "deze betaling is al eerder teruggekomen",
            Self::AfgewezenEnTochGeboekt => "deze betaling was afgewezen en is toch afgeschreven",
            Self::NooitWeg => "deze betaling is niet afgeschreven en komt toch terug",
            Self::NietVerdeeld => "de transacties in deze post zijn niet met hun bedrag genoemd",
        }
    }
}

/// Matches posts, one statement behind the other, and remembers what they did. What comes out it never gives twice.
#[derive(Debug)]
pub struct Aansluiting<'v> {
    pub(super) verzonden: &'v NaarBank,
    pub(super) standen: Vec<Betaalstand>,
    leden: Vec<Vec<usize>>,
    tellingen: Vec<Bloktelling>,
    by_end_to_end: FxHashMap<&'v str, usize>,
    by_blok: FxHashMap<&'v str, usize>,
    by_bericht: FxHashMap<&'v str, Vec<usize>>,
    by_iban: FxHashMap<(Iban, Cents), Vec<usize>>,
}

/// What the transfers of a block come to by now, so that no post has to add them up.
#[derive(Debug, Default, Clone, Copy)]
struct Bloktelling {
    som: i128,
    /// Of those that were refused.
    afgewezen: i128,
    /// Of those that were refused, left all the same and have not come back.
    wacht: i128,
    /// How many left.
    weg: usize,
}

impl Bloktelling {
    fn count(&mut self, Betaalstand { weg, afgewezen, terug }: Betaalstand, bedrag: i128, add: bool) {
        let signed = if add { bedrag } else { -bedrag };
        self.som += signed;
        self.afgewezen += if afgewezen { signed } else { 0 };
        self.wacht += if weg && afgewezen && !terug { signed } else { 0 };
        self.weg = if add { self.weg + usize::from(weg) } else { self.weg - usize::from(weg) };
    }
}

impl<'v> Aansluiting<'v> {
    #[must_use]
    pub fn new(verzonden: &'v NaarBank) -> Self {
        let mut leden = vec![Vec::new(); verzonden.blokken.len()];
        let mut tellingen = vec![Bloktelling::default(); verzonden.blokken.len()];
        let mut by_end_to_end = FxHashMap::default();
        let mut by_iban: FxHashMap<_, Vec<usize>> = FxHashMap::default();
        for (index, betaling) in verzonden.betalingen.iter().enumerate() {
            if let (Some(leden), Some(telling)) =
                (leden.get_mut(betaling.blok), tellingen.get_mut(betaling.blok))
            {
                leden.push(index);
                telling.count(betaling.stand, betaling.bedrag.0.into(), true);
            }
            by_end_to_end.insert(betaling.end_to_end.as_str(), index);
            by_iban.entry((betaling.iban, betaling.bedrag)).or_default().push(index);
        }
        let mut by_bericht: FxHashMap<_, Vec<usize>> = FxHashMap::default();
        let mut by_blok = FxHashMap::default();
        for (index, blok) in verzonden.blokken.iter().enumerate() {
            by_blok.insert(blok.blok.as_str(), index);
            by_bericht.entry(blok.bericht.as_str()).or_default().push(index);
        }
        let standen = verzonden.betalingen.iter().map(|betaling| betaling.stand).collect();
        Self { verzonden, standen, leden, tellingen, by_end_to_end, by_blok, by_bericht, by_iban }
    }

    /// How far a transfer is by now.
    #[must_use]
    pub fn stand(&self, betaling: usize) -> Betaalstand {
        self.standen.get(betaling).copied().unwrap_or_default()
    }

    pub(super) fn change(&mut self, betaling: usize, change: impl FnOnce(&mut Betaalstand)) {
        let VerzondenBetaling { blok, bedrag, .. } = &self.verzonden.betalingen[betaling];
        let stand = &mut self.standen[betaling];
        let before = *stand;
        change(stand);
        if let Some(telling) = self.tellingen.get_mut(*blok) {
            telling.count(before, bedrag.0.into(), false);
            telling.count(*stand, bedrag.0.into(), true);
        }
    }

    /// The transfers of a block.
    #[must_use]
    pub fn leden(&self, blok: usize) -> &[usize] {
        self.leden.get(blok).map_or(&[], Vec::as_slice)
    }

    /// The block with this PmtInfId, or the transfer with this EndToEndId.
    pub(super) fn blok_named(&self, blok: &str) -> Option<usize> {
        self.by_blok.get(blok).copied()
    }

    pub(super) fn betaling_named(&self, end_to_end: &str) -> Option<usize> {
        self.by_end_to_end.get(end_to_end).copied()
    }

    pub(super) fn blokken_of(&self, bericht: &str) -> &[usize] {
        self.by_bericht.get(bericht).map_or(&[], Vec::as_slice)
    }

    /// What the booked posts of a statement mean, in their order. What left goes first: a transfer may leave and come
    /// back in one statement, whichever stands above the other.
    pub fn posten(&mut self, rekening: Iban, posten: &[Bankpost]) -> Vec<Postuitkomst> {
        let mut found: Vec<Vec<Uitkomstdeel>> = vec![Vec::new(); posten.len()];
        for leaves in [true, false] {
            for (delen, post) in found.iter_mut().zip(posten) {
                if post.status.is_booked() && (post.bedrag < Cents::ZERO) == leaves {
                    *delen = self.post(rekening, post);
                }
            }
        }
        let outcome = |(delen, post): (_, &Bankpost)| Postuitkomst { volgorde: post.volgorde, delen };
        found.into_iter().zip(posten).map(outcome).collect()
    }

    fn post(&mut self, rekening: Iban, post: &Bankpost) -> Vec<Uitkomstdeel> {
        if post.bedrag == Cents::ZERO {
            return Vec::new();
        }
        let blok = self.blok_of(rekening, post);
        let by_block = match blok {
            Some(blok) if post.bedrag < Cents::ZERO => self.batch_leaves(rekening, post, blok),
            Some(blok) if post.details.is_empty() => self.refused_together(post, blok),
            _ => None,
        };
        by_block.or_else(|| self.each(rekening, post)).unwrap_or_else(|| {
            let (waarom, voorstel) = match blok {
                Some(blok) => (self.why_not(rekening, post.bedrag, blok), Some(Bankvoorstel::Blok(blok))),
                None if post.details.is_empty() => {
                    (Onderzoeksreden::Vreemd, self.block_by_amount(rekening, post.bedrag))
                }
                None => (Onderzoeksreden::NietVerdeeld, None),
            };
            vec![part(post.bedrag, None, Postbetekenis::TeOnderzoeken { waarom, voorstel })]
        })
    }

    /// The block that a post says it is.
    fn blok_of(&self, rekening: Iban, post: &Bankpost) -> Option<usize> {
        let batch = post.batch.as_ref();
        if let Some(blok) = batch.and_then(|batch| batch.blok.as_deref()) {
            return self.blok_named(blok);
        }
        // Several transactions that all name one block are that block.
        if let [first, _, ..] = post.details.as_slice()
            && post.details.iter().all(|detail| detail.blok == first.blok)
            && let Some(blok) = first.blok.as_deref()
        {
            return self.blok_named(blok);
        }
        let bericht = batch.and_then(|batch| batch.bericht.as_deref())?;
        let here = |blok: &&usize| self.verzonden.blokken[**blok].rekening == rekening;
        let of_file: Vec<usize> = self.blokken_of(bericht).iter().filter(here).copied().collect();
        match of_file.as_slice() {
            [only] => Some(*only),
            several => {
                let mut fits = several.iter().filter(|blok| self.wijze(**blok, post.bedrag).is_some());
                fits.next().filter(|_| fits.next().is_none()).copied()
            }
        }
    }

    /// How a block would have left with this amount; `None` when it did not, or has left.
    fn wijze(&self, blok: usize, bedrag: Cents) -> Option<Batchwijze> {
        let telling = self.tellingen[blok];
        let left = -i128::from(bedrag.0);
        if left <= 0 || telling.weg > 0 {
            None
        } else if telling.som == left {
            Some(Batchwijze::Bruto)
        } else {
            (telling.som - telling.afgewezen == left).then_some(Batchwijze::Netto)
        }
    }

    fn batch_leaves(&mut self, rekening: Iban, post: &Bankpost, blok: usize) -> Option<Vec<Uitkomstdeel>> {
        if self.verzonden.blokken[blok].rekening != rekening {
            return None;
        }
        let wijze = self.wijze(blok, post.bedrag)?;
        for index in self.leden[blok].clone() {
            self.change(index, |stand| stand.weg = wijze == Batchwijze::Bruto || !stand.afgewezen);
        }
        Some(vec![part(post.bedrag, None, Postbetekenis::Batch { blok, wijze })])
    }

    /// Of a block that left with what was refused, all of that back in one amount.
    fn refused_together(&mut self, post: &Bankpost, blok: usize) -> Option<Vec<Uitkomstdeel>> {
        if self.tellingen[blok].wacht == 0 || self.tellingen[blok].wacht != post.bedrag.0.into() {
            return None;
        }
        let waits = |index: &usize| {
            let Betaalstand { weg, afgewezen, terug } = self.standen[*index];
            weg && afgewezen && !terug
        };
        let refused: Vec<usize> = self.leden[blok].iter().copied().filter(waits).collect();
        for &index in &refused {
            self.change(index, |stand| stand.terug = true);
        }
        let amount = |index: &usize| self.verzonden.betalingen[*index].bedrag;
        let of = |betaling: usize| part(amount(&betaling), None, Postbetekenis::AfwijzingTerug { betaling });
        Some(refused.into_iter().map(of).collect())
    }

    /// Why a post that names a block is not that block.
    fn why_not(&self, rekening: Iban, bedrag: Cents, blok: usize) -> Onderzoeksreden {
        if self.verzonden.blokken[blok].rekening != rekening {
            Onderzoeksreden::AndereRekening
        } else if bedrag < Cents::ZERO && self.tellingen[blok].weg > 0 {
            Onderzoeksreden::AlGeboekt
        } else {
            Onderzoeksreden::AnderBedrag
        }
    }

    /// Each transaction by itself, when together they are the post.
    fn each(&mut self, rekening: Iban, post: &Bankpost) -> Option<Vec<Uitkomstdeel>> {
        let amounts: Vec<Cents> = match post.details.as_slice() {
            [] => return None,
            [_] if post.single().is_some() => vec![post.bedrag],
            several => several.iter().map(|detail| detail.bedrag).collect::<Option<_>>()?,
        };
        if sum(amounts.iter().copied()) != Some(post.bedrag) {
            return None;
        }
        let alone = amounts.len() == 1;
        let mut delen = Vec::with_capacity(amounts.len());
        for (place, (detail, bedrag)) in post.details.iter().zip(amounts).enumerate() {
            let betekenis = if bedrag < Cents::ZERO {
                self.leaves(rekening, detail, bedrag)
            } else {
                self.comes_back(rekening, detail, bedrag)
            };
            delen.push(part(bedrag, (!alone).then_some(place), betekenis));
        }
        Some(delen)
    }

    fn leaves(&mut self, rekening: Iban, detail: &Postdetail, bedrag: Cents) -> Postbetekenis {
        let Some(betaling) = detail.end_to_end.as_deref().and_then(|id| self.betaling_named(id)) else {
            return self.foreign(detail, bedrag);
        };
        let sent = &self.verzonden.betalingen[betaling];
        let stand = self.standen[betaling];
        let waarom = if self.verzonden.blokken.get(sent.blok).is_none_or(|blok| blok.rekening != rekening) {
            Onderzoeksreden::AndereRekening
        } else if Cents::ZERO.minus(bedrag) != Ok(sent.bedrag) {
            Onderzoeksreden::AnderBedrag
        } else if stand.weg {
            Onderzoeksreden::AlGeboekt
        } else if stand.afgewezen {
            Onderzoeksreden::AfgewezenEnTochGeboekt
        } else {
            self.change(betaling, |stand| stand.weg = true);
            return Postbetekenis::Geboekt { betaling };
        };
        Postbetekenis::TeOnderzoeken { waarom, voorstel: Some(Bankvoorstel::Betaling(betaling)) }
    }

    fn comes_back(&mut self, rekening: Iban, detail: &Postdetail, bedrag: Cents) -> Postbetekenis {
        let Some(betaling) = detail.end_to_end.as_deref().and_then(|id| self.betaling_named(id)) else {
            return self.foreign(detail, bedrag);
        };
        let sent = &self.verzonden.betalingen[betaling];
        let stand = self.standen[betaling];
        let reden = detail.reden.clone().unwrap_or_default();
        let waarom = if self.verzonden.blokken.get(sent.blok).is_none_or(|blok| blok.rekening != rekening) {
            Onderzoeksreden::AndereRekening
        } else if bedrag != sent.bedrag {
            Onderzoeksreden::AnderBedrag
        } else if stand.terug {
            Onderzoeksreden::AlTerug
        } else if stand.afgewezen && !stand.weg {
            Onderzoeksreden::NooitWeg
        } else {
            self.change(betaling, |stand| stand.terug = true);
            return if stand.afgewezen {
                Postbetekenis::AfwijzingTerug { betaling }
            } else {
                Postbetekenis::Terug { betaling, soort: terugsoort(&reden), reden }
            };
        };
        Postbetekenis::TeOnderzoeken { waarom, voorstel: Some(Bankvoorstel::Betaling(betaling)) }
    }

    /// Without a name of ours: what it may be by account and amount, when that is one thing.
    fn foreign(&self, detail: &Postdetail, bedrag: Cents) -> Postbetekenis {
        let comes = bedrag > Cents::ZERO;
        let size = if comes { Some(bedrag) } else { Cents::ZERO.minus(bedrag).ok() };
        let candidate = detail.tegenrekening.zip(size).and_then(|key| {
            let possible = |index: &&usize| {
                let Betaalstand { weg, afgewezen, terug } = self.standen[**index];
                if comes { weg && !terug } else { !weg && !afgewezen }
            };
            let mut fits = self.by_iban.get(&key)?.iter().filter(possible);
            fits.next().filter(|_| fits.next().is_none()).copied()
        });
        let gemeente = || {
            let iban = detail.tegenrekening.filter(|_| comes)?;
            self.verzonden.gemeenten.get(&iban).map(|code| Bankvoorstel::Gemeente(*code))
        };
        let voorstel = candidate.map(Bankvoorstel::Betaling).or_else(gemeente);
        Postbetekenis::TeOnderzoeken { waarom: Onderzoeksreden::Vreemd, voorstel }
    }

    /// The one block of this account that could have left with this amount.
    fn block_by_amount(&self, rekening: Iban, bedrag: Cents) -> Option<Bankvoorstel> {
        let of_account = |blok: &usize| self.verzonden.blokken[*blok].rekening == rekening;
        let mut fits = (0..self.verzonden.blokken.len())
            .filter(of_account)
            .filter(|blok| bedrag < Cents::ZERO && self.wijze(*blok, bedrag).is_some());
        fits.next().filter(|_| fits.next().is_none()).map(Bankvoorstel::Blok)
    }
}

const fn part(bedrag: Cents, detail: Option<usize>, betekenis: Postbetekenis) -> Uitkomstdeel {
    Uitkomstdeel { bedrag, detail, betekenis }
}

fn terugsoort(reden: &Bankreden) -> Terugsoort {
    if reden.klassen().contains(&Klasse::Terugroep) { Terugsoort::Teruggeroepen } else { Terugsoort::Retour }
}

/// `None` when it is no amount any more.
fn sum(mut amounts: impl Iterator<Item = Cents>) -> Option<Cents> {
    amounts.try_fold(Cents::ZERO, |sum, amount| sum.plus(amount).ok())
}
