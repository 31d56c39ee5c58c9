//! Assignments after a request for change, when it is honoured (IV093, OP348).

use crate::codes::{Bsn, Datum, Frequentie, ToewijzingNummer, TypeVerwijzer};
use crate::contracts::Register;
use crate::decide::verwijzing;
use crate::decide::verzoek::Gehonoreerd;
use crate::messages::Relatie;
use crate::messages::jw317::{NieuwProduct, TeWijzigenProduct, Verzoek};
use crate::messages::shared::Product;
use crate::money::Cents;
use crate::state::{ToegewezenOmvang, Toewijzing, WorkingSet};

/// One product of a request, as it will be assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::decide) enum WijzigingRegel<'a> {
    /// Repeated as it is.
    Ongewijzigd(&'a Toewijzing),
    /// Changed under its own number.
    Gewijzigd {
        /// As it was.
        van: &'a Toewijzing,
        /// With its new end, volume or budget.
        naar: Toewijzing,
    },
    /// Ended the day before the change, with a new one from then on.
    Vervangen {
        /// As it was.
        van: &'a Toewijzing,
        /// With its new end.
        naar: Toewijzing,
        /// What comes after it.
        door: Gehonoreerd,
    },
    /// New.
    Nieuw(Gehonoreerd),
}

impl WijzigingRegel<'_> {
    /// The assignment that it is about and how that is from then on, when it changes.
    pub(in crate::decide) const fn changed(&self) -> Option<(&Toewijzing, &Toewijzing)> {
        match self {
            Self::Gewijzigd { van, naar } | Self::Vervangen { van, naar, .. } => Some((van, naar)),
            Self::Ongewijzigd(_) | Self::Nieuw(_) => None,
        }
    }

    /// The assignment that it is about, as it is in force.
    pub(in crate::decide) const fn in_force(&self) -> Option<&Toewijzing> {
        match self {
            Self::Ongewijzigd(van) | Self::Gewijzigd { van, .. } | Self::Vervangen { van, .. } => Some(van),
            Self::Nieuw(_) => None,
        }
    }

    /// What is assigned under a new number.
    pub(in crate::decide) const fn nieuw(&self) -> Option<&Gehonoreerd> {
        match self {
            Self::Vervangen { door, .. } | Self::Nieuw(door) => Some(door),
            Self::Ongewijzigd(_) | Self::Gewijzigd { .. } => None,
        }
    }
}

/// What becomes of every product in a request, in its order; in Dutch why it cannot be assigned as it
/// was asked.
pub(in crate::decide) fn regels<'a>(
    known: &'a WorkingSet,
    register: &Register,
    relatie: Relatie,
    bsn: Bsn,
    verzoek: &Verzoek<'_>,
) -> Result<Vec<WijzigingRegel<'a>>, &'static str> {
    let reference = verzoek.referentie_aanbieder;
    let find = |nummer: ToewijzingNummer| {
        let found = known.toewijzingen.get(&(relatie.gemeente, nummer));
        let found = found.filter(|found| found.aanbieder == relatie.aanbieder && found.bsn == bsn);
        found.filter(|found| !found.is_verwijderd()).ok_or("een genoemde toewijzing is er niet meer")
    };
    let mut regels = Vec::new();
    for product in &verzoek.ongewijzigde_producten {
        regels.push(WijzigingRegel::Ongewijzigd(find(product.toewijzing_nummer)?));
    }
    for product in &verzoek.te_wijzigen_producten {
        regels.push(te_wijzigen(find(product.toewijzing_nummer)?, product, reference)?);
    }
    let verwijzer = verwijzing::of_new(known, register, relatie, bsn);
    let nieuw = verzoek.nieuwe_producten.iter().map(|product| nieuw(product, reference, verwijzer));
    regels.extend(nieuw.map(WijzigingRegel::Nieuw));
    Ok(regels)
}

/// OP033x1, OP257 and OP380: another end never needs another number, nor does another budget or another
/// total; anything else does.
fn te_wijzigen<'a>(
    van: &'a Toewijzing,
    product: &TeWijzigenProduct,
    reference: &str,
) -> Result<WijzigingRegel<'a>, &'static str> {
    let (omvang, budget) = (product.omvang.as_ref().map(ToegewezenOmvang::from), product.budget);
    let (begin, einddatum) = (product.gewenste_ingangsdatum, product.einddatum);
    let same_amount = omvang == van.omvang && budget == van.budget;
    if same_amount && einddatum == van.einddatum {
        return Ok(WijzigingRegel::Ongewijzigd(van));
    }
    if same_amount || may_change(van, omvang, budget) {
        return Ok(WijzigingRegel::Gewijzigd {
            van,
            naar: Toewijzing { einddatum, omvang, budget, ..van.clone() },
        });
    }
    if begin <= van.ingangsdatum {
        return Err("een andere omvang over de hele periode past niet in dezelfde toewijzing (OP033x1)");
    }
    if van.einddatum.is_some_and(|end| begin > end) {
        return Err("de gewenste wijziging begint na het einde van de toewijzing (IV092)");
    }
    let naar = Toewijzing { einddatum: begin.pred_opt(), ..van.clone() };
    let (referentie, product, verwijzer) = (reference.into(), van.product, van.verwijzer);
    let door = Gehonoreerd { referentie, product, begin, eind: einddatum, omvang, budget, verwijzer };
    Ok(WijzigingRegel::Vervangen { van, naar, door })
}

/// A budget stays a budget, and a total a total in the same unit.
fn may_change(van: &Toewijzing, omvang: Option<ToegewezenOmvang>, budget: Option<Cents>) -> bool {
    match (van.omvang, omvang) {
        (None, None) => van.budget.is_some() && budget.is_some(),
        (Some(van), Some(naar)) => {
            van.frequentie == Frequentie::TotaalBinnenGeldigheidsduur
                && naar.frequentie == van.frequentie
                && naar.eenheid == van.eenheid
        }
        _ => false,
    }
}

fn nieuw(product: &NieuwProduct, reference: &str, verwijzer: Option<TypeVerwijzer>) -> Gehonoreerd {
    Gehonoreerd {
        referentie: reference.into(),
        product: product.product.as_ref().map(Product::sleutel),
        begin: product.gewenste_ingangsdatum,
        eind: product.einddatum,
        omvang: product.omvang.as_ref().map(ToegewezenOmvang::from),
        budget: product.budget,
        verwijzer,
    }
}

/// Whether one end is later than another; no end is the latest.
pub(in crate::decide) fn is_later(end: Option<Datum>, other: Option<Datum>) -> bool {
    end.unwrap_or(Datum::MAX) > other.unwrap_or(Datum::MAX)
}
