//! Lines of what the bank told: what each post was taken for.

use super::sent::{Sent, settled_by};
use crate::bank::{
    Aansluiting, Bankafschrift, Bankreden, Bankvoorstel, Batchwijze, Onderzoeksreden, Postbetekenis,
    Schuldgevolg, Uitkomstdeel,
};
use crate::iban::Iban;
use crate::journal::Schuld;
use crate::money::Cents;
use crate::office::error::OfficeError;
use crate::state::{Bankregel, Bankuitkomst};
use crate::store::Store;

/// Lines of an input, and what is owed again by them.
pub(super) struct BankLines<'s> {
    store: &'s dyn Store,
    pub sent: &'s Sent,
    pub regels: Vec<Bankregel>,
    pub heropend: Vec<Schuld>,
}

impl<'s> BankLines<'s> {
    pub const fn new(store: &'s dyn Store, sent: &'s Sent) -> Self {
        Self { store, sent, regels: Vec::new(), heropend: Vec::new() }
    }

    pub fn add(
        &mut self,
        rekening: Iban,
        bedrag: Cents,
        uitkomst: Bankuitkomst,
        (betaling, kenmerk): (Option<usize>, String),
    ) -> &mut Bankregel {
        let volgorde = i64::try_from(self.regels.len()).unwrap_or(i64::MAX) + 1;
        let transfer = betaling.map(|place| &self.sent.transfers[place]);
        self.regels.push(Bankregel {
            volgorde,
            rekening,
            bedrag,
            boekdatum: None,
            uitkomst,
            betaling: transfer.map(|transfer| (transfer.run, transfer.volgnummer)),
            kenmerk,
            reden: String::new(),
        });
        let last = self.regels.len() - 1;
        &mut self.regels[last]
    }

    pub fn named(&self, betaling: usize) -> (Option<usize>, String) {
        (Some(betaling), self.sent.to_bank.betalingen[betaling].end_to_end.clone())
    }

    /// What a transfer settled is owed again.
    pub async fn reopen(&mut self, betaling: usize) -> Result<(), OfficeError> {
        self.heropend.extend(settled_by(self.store, &self.sent.transfers[betaling]).await?);
        Ok(())
    }
}

/// What the posts of a statement are. What the account began with is one: of its oldest statement that is known, so far as it is
/// not posted yet.
pub(super) async fn posts(
    (store, sent): (&dyn Store, &Sent),
    matched: &mut Aansluiting<'_>,
    statement: &Bankafschrift,
    begin: Beginsaldo,
) -> Result<(Vec<Bankregel>, Vec<Schuld>), OfficeError> {
    let mut lines = BankLines::new(store, sent);
    let rekening = statement.rekening;
    let missing = begin.oudste - begin.geboekt;
    if missing != Cents::ZERO {
        let unknown = Bankuitkomst::TeOnderzoeken;
        let line = lines.add(rekening, missing, unknown, (None, "beginsaldo".to_owned()));
        let text = match begin.geboekt {
            Cents::ZERO => "het saldo waarmee het eerste afschrift begint",
            _ => "het saldo waarmee het oudste afschrift begint, min wat daarvan al was geboekt",
        };
        text.clone_into(&mut line.reden);
        line.boekdatum = statement.van;
    }
    for (outcome, post) in matched.posten(rekening, &statement.posten).into_iter().zip(&statement.posten) {
        for deel in outcome.delen {
            let before = lines.regels.len();
            one_part(&mut lines, rekening, &deel).await?;
            for line in &mut lines.regels[before..] {
                line.boekdatum = post.boekdatum;
            }
        }
    }
    Ok((lines.regels, lines.heropend))
}

/// What an account began with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginsaldo {
    /// By the oldest statement of it.
    pub oudste: Cents,
    /// As it was posted so far.
    pub geboekt: Cents,
}

async fn one_part(lines: &mut BankLines<'_>, rekening: Iban, deel: &Uitkomstdeel) -> Result<(), OfficeError> {
    let bedrag = deel.bedrag;
    match &deel.betekenis {
        Postbetekenis::Batch { blok, wijze } => {
            let uitkomst = match wijze {
                Batchwijze::Bruto => Bankuitkomst::BatchBruto,
                Batchwijze::Netto => Bankuitkomst::BatchNetto,
            };
            let name = lines.sent.to_bank.blokken[*blok].blok.clone();
            lines.add(rekening, bedrag, uitkomst, (None, name));
        }
        Postbetekenis::Geboekt { betaling } => {
            let named = lines.named(*betaling);
            lines.add(rekening, bedrag, Bankuitkomst::Geboekt, named);
        }
        Postbetekenis::AfwijzingTerug { betaling } => {
            let named = lines.named(*betaling);
            lines.add(rekening, bedrag, Bankuitkomst::AfwijzingTerug, named);
        }
        Postbetekenis::Terug { betaling, reden, .. } => {
            let owed = reden.gevolg().schuld == Schuldgevolg::Heropenen;
            let uitkomst = if owed { Bankuitkomst::Teruggekomen } else { Bankuitkomst::TeOnderzoeken };
            let named = lines.named(*betaling);
            lines.add(rekening, bedrag, uitkomst, named).reden = told(reden, owed);
            if owed {
                lines.reopen(*betaling).await?;
            }
        }
        Postbetekenis::TeOnderzoeken { waarom, voorstel } => {
            let named = voorstel.map_or_else(String::new, |voorstel| proposed(lines.sent, voorstel));
            let line = lines.add(rekening, bedrag, Bankuitkomst::TeOnderzoeken, (None, named));
            line.reden = unexplained(*waarom, voorstel.is_some());
        }
    }
    Ok(())
}

/// What a post may be, as we call it.
fn proposed(sent: &Sent, voorstel: Bankvoorstel) -> String {
    match voorstel {
        Bankvoorstel::Betaling(place) => sent.to_bank.betalingen[place].end_to_end.clone(),
        Bankvoorstel::Blok(place) => sent.to_bank.blokken[place].blok.clone(),
        Bankvoorstel::Gemeente(gemeente) => gemeente.to_string(),
    }
}

fn unexplained(waarom: Onderzoeksreden, proposed: bool) -> String {
    let more = if proposed { "; er is een betaling of rekening die erop lijkt" } else { "" };
    format!("{}{more}", waarom.in_words())
}

pub(super) fn told(reden: &Bankreden, owed: bool) -> String {
    let what = if owed { "" } else { "; beslis of het nog betaald moet worden" };
    format!("{}{what}", reden.in_words())
}
