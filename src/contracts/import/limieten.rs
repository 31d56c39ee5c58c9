//! Records of budgets and ceilings, and what in them contradicts itself.

use super::build::{CATEGORIE, SEGMENT, aanbieder, categorie, gemeente, gevolgen};
use super::record::Lezer;
use crate::codes::ProductCategorie;
use crate::contracts::{
    Bestedingsruimte, Budget, BudgetSleutel, Gevolg, Gevolgen, Plafond, PlafondSleutel, Segment, Vasthouden,
    Vrijgave,
};
use chrono::Datelike;

/// Days after which nobody waits for a payment any more.
const MAX_BETAALTERMIJN: i64 = 366;

/// A budget; every part of what it is about may be left open.
pub(super) fn budget(lezer: &mut Lezer<'_, '_>) -> Option<Budget> {
    let before = lezer.faults();
    let gemeente = gemeente(lezer, "gemeente");
    let bsn = lezer.bsn("bsn");
    let aanbieder = aanbieder(lezer, "aanbieder");
    let categorie = categorie(lezer, "productcategorie");
    let segment = lezer.code("segment", SEGMENT, Segment::parse);
    let periode = lezer.periode("van", "tot");
    let bedrag = lezer.must("bedrag", Lezer::bedrag);
    let gevolgen = gevolgen(lezer);
    let vasthouden = vasthouden(lezer, gevolgen);
    // A part that could not be read would make the budget wider than it was meant.
    if lezer.faults() > before {
        return None;
    }
    let sleutel = BudgetSleutel { gemeente, bsn, aanbieder, categorie, segment, periode: periode? };
    Some(Budget::new(sleutel, bedrag?, gevolgen, vasthouden))
}

/// A ceiling of a calendar year.
pub(super) fn plafond(lezer: &mut Lezer<'_, '_>) -> Option<Plafond> {
    let before = lezer.faults();
    let gemeente = gemeente(lezer, "gemeente");
    let aanbieder = aanbieder(lezer, "aanbieder");
    let jaar = lezer.must("jaar", |l, veld| l.getal(veld, 2015, 2200));
    let bedrag = lezer.must("bedrag", Lezer::bedrag);
    let gevolgen = gevolgen(lezer);
    let vasthouden = vasthouden(lezer, gevolgen);
    let ruimte = ruimte(lezer);
    if lezer.faults() > before {
        return None;
    }
    let sleutel = PlafondSleutel { gemeente, aanbieder, jaar: i32::try_from(jaar?).ok()? };
    fits(lezer, &sleutel, gevolgen, &ruimte);
    Some(Plafond::new(sleutel, bedrag?, gevolgen, vasthouden, ruimte))
}

/// How what a limit holds is released.
fn vasthouden(lezer: &mut Lezer<'_, '_>, gevolgen: Gevolgen) -> Vasthouden {
    let standard = Vasthouden::default();
    let vrijgave = lezer.code("vrijgave", "persoon of automatisch", Vrijgave::parse);
    let days =
        lezer.getal("betaaltermijn_dagen", 1, MAX_BETAALTERMIJN).and_then(|days| u32::try_from(days).ok());
    if vrijgave == Some(Vrijgave::Automatisch) && gevolgen.bij_betaling != Gevolg::Hold {
        lezer.fault(
            Some("vrijgave"),
            "automatisch kan niet: deze grens houdt geen betaling vast (bij_betaling)",
        );
    }
    Vasthouden {
        vrijgave: vrijgave.unwrap_or(standard.vrijgave),
        betaaltermijn_dagen: days.unwrap_or(standard.betaaltermijn_dagen),
    }
}

fn ruimte(lezer: &mut Lezer<'_, '_>) -> Bestedingsruimte {
    let mut uitgezonderd =
        lezer.codes_or_cell("uitgezonderd", CATEGORIE, ProductCategorie::parse).unwrap_or_default();
    uitgezonderd.sort_unstable();
    uitgezonderd.dedup();
    Bestedingsruimte {
        waarschuw_bij: lezer.getal("waarschuw_bij", 1, 100).and_then(|percent| u8::try_from(percent).ok()),
        uitgezonderd,
        specifiek_betalen: lezer.ja_nee("specifiek_betalen").unwrap_or(false),
        clientenstop_vanaf: lezer.datum("clientenstop_vanaf"),
    }
}

/// What a ceiling says of its room must be able to happen.
fn fits(lezer: &mut Lezer<'_, '_>, sleutel: &PlafondSleutel, gevolgen: Gevolgen, ruimte: &Bestedingsruimte) {
    if ruimte.specifiek_betalen && gevolgen.bij_betaling != Gevolg::Hold {
        lezer.fault(
            Some("specifiek_betalen"),
            "kan niet: dit plafond houdt geen betaling vast (bij_betaling), dus wordt alles al betaald",
        );
    }
    if !ruimte.uitgezonderd.is_empty() && !gevolgen.holds() && ruimte.clientenstop_vanaf.is_none() {
        lezer.fault(
            Some("uitgezonderd"),
            "kan niet: dit plafond houdt niets vast en kent geen clientenstop, dus valt er niets uit te zonderen",
        );
    }
    if let Some(datum) = ruimte.clientenstop_vanaf {
        if sleutel.aanbieder.is_none() {
            lezer.fault(Some("clientenstop_vanaf"), "kan alleen bij het plafond van een aanbieder");
        }
        if datum.year() != sleutel.jaar {
            let tekst = format!("ligt buiten het jaar van het plafond ({})", sleutel.jaar);
            lezer.fault(Some("clientenstop_vanaf"), tekst);
        }
    }
}
