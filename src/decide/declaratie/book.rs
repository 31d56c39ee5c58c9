//! Booking: what a processed claim changes.

use super::lines::{Line, Lines};
use crate::codes::ToewijzingNummer;
use crate::contracts::Register;
use crate::decide::judge;
use crate::ledger::{GeboekteKosten, Tegenrekening, claim_posted};
use crate::messages::jw323::Jw323;
use crate::messages::{BerichtSoort, Relatie};
use crate::money::Cents;
use crate::state::{Boeking, BoekingSoort, Change, GeboekteDeclaratie, GeboektePrestatie};
use chrono::Datelike;

/// Bookings of a claim that was judged per line, with the account that each line comes on.
pub fn changes(bericht: &Jw323<'_>, judged: &Lines<'_>, accounts: &[BoekingSoort]) -> Vec<Change> {
    let relatie = bericht.header.relatie();
    let declaratie = &bericht.declaratie;
    let geboekt = GeboekteDeclaratie {
        relatie,
        nummer: declaratie.declaratie_nummer.into(),
        periode_begin: declaratie.declaratie_periode.begindatum,
        ingediend: declaratie.totaal_ingediend_bedrag.signed(),
        toegekend: judged.granted(),
    };
    // A credit closes its debit before a debit of the same month opens it again (TR389).
    let order = judged.in_order_of_judging();
    let mut prestaties = Vec::with_capacity(judged.lines.len());
    prestaties.extend(order.filter_map(|place| prestatie(relatie, &judged.lines[place], accounts[place])));
    let on = |account: BoekingSoort| {
        let lines = judged.lines.iter().zip(accounts).filter(|(_, own)| **own == account);
        (account, lines.map(|(line, _)| line.toegekend()).sum::<Cents>())
    };
    let entry = |(soort, bedrag)| Boeking {
        aanbieder: relatie.aanbieder,
        gemeente: relatie.gemeente,
        declaratie_nummer: geboekt.nummer.clone(),
        periode_begin: geboekt.periode_begin,
        soort,
        bedrag,
    };
    let money: Vec<Change> = [BoekingSoort::Betaalbaar, BoekingSoort::Vastgehouden, BoekingSoort::Geweigerd]
        .into_iter()
        .map(on)
        .filter(|(_, bedrag)| *bedrag != Cents::ZERO)
        .map(|money| Change::Geboekt(entry(money)))
        .collect();
    // A JW303 has no Identificatie but its number, which the claim itself keeps.
    let identificatie =
        (bericht.header.soort != BerichtSoort::Jw303).then(|| judge::identificatie_gebruikt(&bericht.header));
    let mut changes =
        vec![Change::PrestatiesGeboekt(prestaties), Change::DeclaratieGeboekt(Box::new(geboekt))];
    changes.extend(money);
    changes.extend(identificatie);
    changes
}

/// What a claim moves in the ledger; `tegen` says where the money of a line goes, none where none moves.
pub fn posted(
    bericht: &Jw323<'_>,
    judged: &Lines<'_>,
    register: &Register,
    tegen: impl Fn(usize) -> Option<Tegenrekening>,
) -> impl Iterator<Item = Change> {
    let relatie = bericht.header.relatie();
    let granted = judged.lines.iter().enumerate().filter(|(_, line)| line.is_granted());
    let lines = granted.filter_map(|(place, line)| {
        let prestatie = line.prestatie;
        let begin = prestatie.product_periode.begindatum;
        let product = (prestatie.product_categorie, prestatie.product_code);
        Some(GeboekteKosten {
            vorm: register.contracten().financiering(relatie, product, begin),
            jaar: begin.year(),
            tegen: tegen(place)?,
            bedrag: line.toegekend(),
        })
    });
    claim_posted(relatie, lines).into_iter().map(Change::Overgeboekt)
}

/// The account that money of a line goes to; none when it was refused: then it is no cost any more, and no credit makes one.
pub const fn tegenrekening(account: BoekingSoort) -> Option<Tegenrekening> {
    match account {
        BoekingSoort::Betaalbaar => Some(Tegenrekening::Crediteur),
        BoekingSoort::Vastgehouden => Some(Tegenrekening::Vastgehouden),
        BoekingSoort::Geweigerd => None,
    }
}

/// A line as it is booked: of one that is granted in part, that part. One whose reference was used before cannot be: the reference stands for the
/// line that used it first.
fn prestatie(relatie: Relatie, line: &Line<'_>, account: BoekingSoort) -> Option<GeboektePrestatie> {
    let prestatie = line.prestatie;
    let referentie = &prestatie.product_referentie;
    // A line that names no assignment and for which none was found is rejected: its number counts nowhere.
    let toewijzing = match prestatie.toewijzing_nummer {
        ToewijzingNummer::GEEN => ToewijzingNummer(0),
        nummer => nummer,
    };
    line.reference_free.then(|| GeboektePrestatie {
        relatie,
        bsn: line.client.bsn,
        referentie: referentie.referentie_nummer.into(),
        vorig_referentie: referentie.vorig_referentie_nummer.map(Into::into),
        toewijzing,
        categorie: prestatie.product_categorie,
        code: prestatie.product_code,
        begin: prestatie.product_periode.begindatum,
        eind: prestatie.product_periode.einddatum,
        volume: line.telt.volume,
        eenheid: prestatie.eenheid,
        tarief: prestatie.product_tarief,
        bedrag: line.telt.bedrag,
        debet_credit: prestatie.ingediend_bedrag.debet_credit,
        toegekend: line.is_granted(),
        gecrediteerd: false,
        vastgehouden: account == BoekingSoort::Vastgehouden && !line.is_credit(),
    })
}
