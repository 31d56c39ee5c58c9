//! What is granted in part of a declaratie of care before 2021 (JW303 with 432, OP287, IV056): a rate above
//! the contract at the contract's, a volume over the room as far as there is room. An invoice (450) and a
//! JW323 are granted whole or not at all.
//!
//! Which lines a gemeente grants in part the standard leaves to it; ours is to pay what the contract and the
//! assignment allow, and to say with the codes of the violated rules why it is not more.

use super::lines::Telling;
use crate::codes::Eenheid;
use crate::money::{Cents, round_half_up};
use crate::rules::Finding;
use crate::rules::across_messages::PrestatieFacts;
use crate::rules::volume::Ruimte;
use crate::state::spent_volume;
use rust_decimal::Decimal;

/// Rules whose violation leaves a part to grant.
const TARIEF: &str = "TR418";
const PERIODE: &str = "TR321";
const TOTAAL: &str = "TR322";

/// What can be granted of a line with these violations; `None` when it is all or nothing.
pub fn granted_part(about: &PrestatieFacts<'_>, findings: &[Finding]) -> Option<Telling> {
    about.factuur.filter(|factuur| !factuur.code.is_factuur())?;
    let violated = |code| findings.iter().any(|finding| finding.rule.code == code);
    let only = findings.iter().all(|finding| [TARIEF, PERIODE, TOTAAL].contains(&finding.rule.code));
    let prestatie = about.prestatie;
    let (claimed, bedrag) = (prestatie.geleverd_volume, prestatie.ingediend_bedrag.bedrag);
    if findings.is_empty() || !only || about.is_credit() || claimed == 0 {
        return None;
    }
    let mut volume = claimed;
    if violated(PERIODE) {
        let periode = &prestatie.product_periode;
        let most = about.maximum(|ruimte| ruimte.maximum_in(periode.begindatum, periode.einddatum))?;
        volume = volume.min(in_claimed_unit(about, most, 0)?);
    }
    if violated(TOTAAL) {
        let spent = about.besteed(about.toewijzing?).volume;
        volume = volume.min(in_claimed_unit(about, about.maximum(Ruimte::maximum_in_total)?, spent)?);
    }
    let mut share = Decimal::from(volume) / Decimal::from(claimed);
    if violated(TARIEF) {
        let asked = prestatie.product_tarief?;
        let lines = about.contract_lines_for_eenheid();
        let agreed = lines.filter_map(|line| line.product_tarief(prestatie.eenheid).ok().flatten());
        share *= Decimal::from(agreed.filter(|agreed| *agreed < asked).max()?.0) / Decimal::from(asked.0);
    }
    let granted = round_half_up(Decimal::from(bedrag.0) * share).ok()?;
    (volume > 0 && granted > Cents::ZERO && granted < bedrag).then_some(Telling { volume, bedrag: granted })
}

/// What is left of a maximum of the assignment, in the unit of the line.
fn in_claimed_unit(about: &PrestatieFacts<'_>, most: i64, spent: i64) -> Option<i64> {
    let room = spent_volume(most, about.toewijzing?.omvang?.eenheid).saturating_sub(spent).max(0);
    Some(if about.prestatie.eenheid == Eenheid::Uur { room / 60 } else { room })
}
