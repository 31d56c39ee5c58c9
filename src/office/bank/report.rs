//! What a status report does.

use super::lines::{BankLines, told};
use super::sent::Sent;
use super::take::BankLine;
use crate::bank::{
    Aansluiting, Betaalstatus, Schuldgevolg, Statusbericht, Statusgevolg, Statusover, Statusuitkomst,
};
use crate::journal::Bankverwerking;
use crate::money::Cents;
use crate::office::error::OfficeError;
use crate::state::Bankuitkomst;
use crate::store::Store;

/// The line of a status report, and its input when anything in it is of ours.
pub(super) async fn of_report(
    store: &dyn Store,
    sent: &Sent,
    matched: &mut Aansluiting<'_>,
    (file, digest): (&str, &str),
    report: &Statusbericht,
) -> Result<(BankLine, Option<Bankverwerking>), OfficeError> {
    let mut lines = BankLines::new(store, sent);
    let mut strange = Vec::new();
    for outcome in matched.status(report) {
        strange.extend(not_understood(sent, &outcome));
        one_status(&mut lines, outcome).await?;
    }
    let known = sent.to_bank.blokken.iter().any(|blok| blok.bericht == report.over);
    let stand = if known { "over een bestand van ons" } else { "niet over een bestand van ons" };
    let line = BankLine {
        file: file.to_owned(),
        rekening: None,
        wat: format!("statusbericht over {}", report.over),
        stand: stand.to_owned(),
        wrong: !known || !strange.is_empty(),
        strange,
        taken: !lines.regels.is_empty(),
        opening: Cents::ZERO,
        slot: Cents::ZERO,
        regels: lines.regels.clone(),
        heropend: lines.heropend.iter().map(|schuld| schuld.bedrag).sum(),
    };
    let BankLines { regels, heropend, .. } = lines;
    let input = (!regels.is_empty()).then(|| Bankverwerking {
        bestand: digest.to_owned(),
        afschrift: None,
        zonder_rekening: sent.before_the_ledger(&regels),
        regels,
        heropend,
    });
    Ok((line, input))
}

async fn one_status(lines: &mut BankLines<'_>, outcome: Statusuitkomst) -> Result<(), OfficeError> {
    let account = |lines: &BankLines<'_>, betaling: usize| {
        let blok = lines.sent.to_bank.betalingen[betaling].blok;
        lines.sent.to_bank.blokken[blok].rekening
    };
    match outcome {
        Statusuitkomst::Afgewezen { betaling, reden } => {
            let owed = reden.gevolg().schuld == Schuldgevolg::Heropenen;
            let uitkomst = if owed { Bankuitkomst::Afgewezen } else { Bankuitkomst::AfgewezenWacht };
            let (rekening, named) = (account(lines, betaling), lines.named(betaling));
            lines.add(rekening, Cents::ZERO, uitkomst, named).reden = told(&reden, owed);
            if owed {
                lines.reopen(betaling).await?;
            }
        }
        Statusuitkomst::AfgewezenNaBoeking { betaling, reden } => {
            let (rekening, named) = (account(lines, betaling), lines.named(betaling));
            lines.add(rekening, Cents::ZERO, Bankuitkomst::Melding, named).reden =
                format!("{}; het geld komt terug op een afschrift", reden.in_words());
        }
        Statusuitkomst::Naam { betaling, uitkomst, .. } => {
            let (rekening, named) = (account(lines, betaling), lines.named(betaling));
            uitkomst
                .in_words()
                .clone_into(&mut lines.add(rekening, Cents::ZERO, Bankuitkomst::Naam, named).reden);
        }
        Statusuitkomst::Bekijken { over, status } => view(lines, over, &status),
        Statusuitkomst::AlBekend { .. } | Statusuitkomst::Wachten(_) => {}
    }
    Ok(())
}

/// What an operator reads of a status that we do not understand, or that is about nothing that we sent.
fn not_understood(sent: &Sent, outcome: &Statusuitkomst) -> Option<String> {
    let Statusuitkomst::Bekijken { over, status } = outcome else { return None };
    let about = match over {
        Statusover::Betaling(place) => format!("betaling {}", sent.to_bank.betalingen[*place].end_to_end),
        Statusover::Blok(place) => format!("blok {}", sent.to_bank.blokken[*place].blok),
        Statusover::Bestand(bericht) => format!("bestand {bericht}"),
        // Nothing of what others call it is shown.
        Statusover::Onbekend(_) => {
            "een betaling of blok dat niet van ons is, of met een ander bedrag".to_owned()
        }
    };
    let strange = matches!(over, Statusover::Onbekend(_)) || status.gevolg() == Statusgevolg::Onbekend;
    strange
        .then(|| format!("{about}: {} {}; vraag de bank wat dit betekent", status.code(), status.in_words()))
}

/// A status that a person reads.
fn view(lines: &mut BankLines<'_>, over: Statusover, status: &Betaalstatus) {
    let reden = format!("{}: {}", status.code(), status.in_words());
    let of_block = |lines: &BankLines<'_>, blok: usize| {
        let blok = &lines.sent.to_bank.blokken[blok];
        (blok.rekening, (None, blok.blok.clone()))
    };
    let (rekening, named) = match over {
        Statusover::Betaling(betaling) => {
            let blok = lines.sent.to_bank.betalingen[betaling].blok;
            (lines.sent.to_bank.blokken[blok].rekening, lines.named(betaling))
        }
        Statusover::Blok(blok) => of_block(lines, blok),
        Statusover::Bestand(bericht) => {
            let found = lines.sent.to_bank.blokken.iter().position(|blok| blok.bericht == bericht);
            let Some(blok) = found else { return };
            of_block(lines, blok)
        }
        // Nothing of ours: the line of the file says so.
        Statusover::Onbekend(_) => return,
    };
    lines.add(rekening, Cents::ZERO, Bankuitkomst::Melding, named).reden = reden;
}
