//! One view on the four classes that assign or request a product: their rules are the same.

use crate::codes::{Datum, ProductCode};
use crate::messages::shared::{Omvang, Product};
use crate::messages::{jw301, jw315, jw317};
use crate::money::Cents;
use crate::schema::At;

use super::overlap::Zorgperiode;

/// A ToegewezenProduct, AangevraagdProduct, NieuwProduct or TeWijzigenProduct.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProductRegel<'a> {
    /// Its class.
    pub at: At,
    /// Its product; a TeWijzigenProduct has none of its own.
    pub product: Option<&'a Product>,
    /// First day.
    pub begin: Datum,
    /// Last day, inclusive.
    pub eind: Option<Datum>,
    /// Name of the element with the last day.
    pub eind_element: &'static str,
    /// How much.
    pub omvang: Option<&'a Omvang>,
    pub budget: Option<Cents>,
}

impl ProductRegel<'_> {
    /// The ProductCode, when there is one.
    pub fn code(&self) -> Option<ProductCode> {
        self.product.and_then(|product| product.code)
    }

    /// Product and period, to find overlaps.
    pub fn zorgperiode(&self) -> Zorgperiode {
        Zorgperiode {
            at: self.at,
            product: self.product.map(Product::sleutel),
            begin: self.begin,
            eind: self.eind,
        }
    }
}

/// The assignments of a JW301.
pub(super) fn toegewezen<'a>(bericht: &'a jw301::Jw301<'_>) -> impl Iterator<Item = ProductRegel<'a>> {
    bericht.client.iter().flat_map(|client| &client.toegewezen_producten).map(|product| ProductRegel {
        at: product.at,
        product: product.product.as_ref(),
        begin: product.ingangsdatum,
        eind: product.einddatum,
        eind_element: "Einddatum",
        omvang: product.omvang.as_ref(),
        budget: product.budget,
    })
}

/// The products that a JW315 asks for.
pub(super) fn aangevraagd<'a>(bericht: &'a jw315::Jw315<'_>) -> impl Iterator<Item = ProductRegel<'a>> {
    bericht.client.iter().flat_map(|client| &client.aangevraagde_producten).map(|product| ProductRegel {
        at: product.at,
        product: product.product.as_ref(),
        begin: product.toewijzing_ingangsdatum,
        eind: product.toewijzing_einddatum,
        eind_element: "ToewijzingEinddatum",
        omvang: product.omvang.as_ref(),
        budget: product.budget,
    })
}

/// The assignments that a JW317 wants to see changed.
pub(super) fn te_wijzigen<'a>(bericht: &'a jw317::Jw317<'_>) -> impl Iterator<Item = ProductRegel<'a>> {
    bericht.client.iter().flat_map(|client| &client.verzoek.te_wijzigen_producten).map(|product| {
        ProductRegel {
            at: product.at,
            product: None,
            begin: product.gewenste_ingangsdatum,
            eind: product.einddatum,
            eind_element: "Einddatum",
            omvang: product.omvang.as_ref(),
            budget: product.budget,
        }
    })
}

/// The new products that a JW317 asks for.
pub(super) fn nieuw<'a>(bericht: &'a jw317::Jw317<'_>) -> impl Iterator<Item = ProductRegel<'a>> {
    bericht.client.iter().flat_map(|client| &client.verzoek.nieuwe_producten).map(|product| ProductRegel {
        at: product.at,
        product: product.product.as_ref(),
        begin: product.gewenste_ingangsdatum,
        eind: product.einddatum,
        eind_element: "Einddatum",
        omvang: product.omvang.as_ref(),
        budget: product.budget,
    })
}

/// Everything that a JW317 asks for.
pub(super) fn te_wijzigen_en_nieuw<'a>(
    bericht: &'a jw317::Jw317<'_>,
) -> impl Iterator<Item = ProductRegel<'a>> {
    te_wijzigen(bericht).chain(nieuw(bericht))
}
