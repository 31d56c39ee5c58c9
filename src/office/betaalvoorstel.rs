//! A payment run in two steps: one person proposes what would be paid now, another approves exactly that, and then it is paid.
//!
//! A proposal is frozen at a number of the journal: what becomes payable later goes along with the next run. What is approved is
//! planned once more and compared with what was seen: another account, a block, a credit or a payment meanwhile ends it.

use super::error::{OfficeError, PayError};
use super::handle::Office;
use super::pay::{DecidedRun, Planned};
use super::voordracht::{Deelnemer, is_final};
use crate::codes::Datum;
use crate::config::Betaling;
use crate::digest::{Digest, hex};
use crate::money::Cents;
use crate::payments::{Payable, PaymentRun};
use crate::store::StoreError;
use crate::store::voordracht::{Voordracht, Voordrachtsoort, Voordrachtstatus, Voorgedragene};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Lines of what is not paid that a proposal keeps; all of them stand with the run.
const MOST_TOLD: usize = 100;

/// What is proposed: the day of payment, and the last entry of the journal that it looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Betaalvoorstel {
    pub datum: Datum,
    pub journaal: i64,
}

impl fmt::Display for Betaalvoorstel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "betalen {} tot {}", self.datum, self.journaal)
    }
}

impl FromStr for Betaalvoorstel {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let corrupt = || StoreError::corrupt("voordracht");
        let (datum, journaal) =
            text.strip_prefix("betalen ").and_then(|rest| rest.split_once(" tot ")).ok_or_else(corrupt)?;
        let datum = datum.parse().map_err(|_| corrupt())?;
        Ok(Self { datum, journaal: journaal.parse().map_err(|_| corrupt())? })
    }
}

impl Office {
    /// From which accounts is paid, by the settings.
    pub fn betaling(&self) -> Result<&Betaling, OfficeError> {
        Ok(self.settings().betaling.as_ref().ok_or(PayError::NoSettings)?)
    }

    /// Proposes to pay what is payable now. The number of the proposal, none when there is nothing to pay, and what it is.
    pub async fn propose_payment(
        &self,
        datum: Datum,
        betaling: &Betaling,
        wie: Deelnemer,
        waarom: String,
    ) -> Result<(Option<i64>, DecidedRun), OfficeError> {
        self.expire_voordrachten().await?;
        let journaal = self.store().settled().await?;
        let decided = self.decide_run(datum, betaling, journaal).await?;
        if decided.run.paid.is_empty() {
            if journaal == 0 && !self.store().payable().await?.is_empty() {
                return Err(PayError::Busy.into());
            }
            return Ok((None, decided));
        }
        let wat = Voorgedragene {
            soort: Voordrachtsoort::Betaalrun,
            titel: format!("betalen op {}", decided.run.execution_date().format("%d-%m-%Y")),
            besluit: Betaalvoorstel { datum, journaal }.to_string(),
            gezien: fingerprint(&decided),
            bedrag: decided.run.total().map_err(|error| PayError::Run(error.into()))?,
            regels: told(&decided.run)?,
            werk: None,
        };
        Ok((Some(self.voordragen(wat, wie, waarom).await?), decided))
    }

    /// What a proposal would pay, decided again; refused where that is not what was seen.
    pub async fn proposed_payment(
        &self,
        voordracht: &Voordracht,
        betaling: &Betaling,
    ) -> Result<DecidedRun, OfficeError> {
        let Betaalvoorstel { datum, journaal } = voordracht.wat.besluit.parse()?;
        let decided = self.decide_run(datum, betaling, journaal).await?;
        if fingerprint(&decided) == voordracht.wat.gezien {
            Ok(decided)
        } else {
            Err(PayError::ProposalChanged(voordracht.nummer).into())
        }
    }

    /// Pays what was agreed on, from the accounts of the settings; the number of the run.
    pub(super) async fn pay_agreed(&self, nummer: i64) -> Result<i64, OfficeError> {
        let planned = self.agreed_payment(nummer, self.betaling()?).await?;
        self.record_agreed(nummer, &planned).await
    }

    /// What was agreed on, planned again with its files. What can never be paid any more ends, and says why.
    pub async fn agreed_payment(&self, nummer: i64, betaling: &Betaling) -> Result<Planned, OfficeError> {
        let (found, _) = self.akkoord(nummer).await?;
        match self.proposed_payment(&found, betaling).await {
            Err(error) if is_final(&error) => {
                self.end(nummer, Voordrachtstatus::Verlopen, vec![error.to_string()]).await?;
                Err(error)
            }
            decided => self.with_files(decided?, betaling).await,
        }
    }

    /// Records what was agreed on as a run: from here on it is paid. Returns its number.
    pub async fn record_agreed(&self, nummer: i64, planned: &Planned) -> Result<i64, OfficeError> {
        let (_, akkoord) = self.akkoord(nummer).await?;
        self.record_payment_by(planned, Some(akkoord)).await
    }
}

/// What leaves and what it settles, as a digest: neither the number of the run nor the moment, which are those of the day on which
/// it is carried out.
fn fingerprint(decided: &DecidedRun) -> String {
    let mut hash = Sha256::new();
    let amounts = decided.run.saldi.iter().flat_map(|saldo| &saldo.boekingen);
    let amounts: BTreeMap<i64, Cents> =
        amounts.map(|Payable { boeking, bedrag, .. }| (*boeking, *bedrag)).collect();
    for entry in &decided.run.paid {
        let cents = amounts.get(entry).map_or(0, |bedrag| bedrag.0);
        hash.update(format!("{entry} {cents}\n"));
    }
    for transfer in &decided.betalingen {
        let (relatie, bedrag) = (transfer.relatie, transfer.bedrag.0);
        hash.update(format!(
            "{} {} {} {} {bedrag}\n",
            relatie.gemeente, relatie.aanbieder, transfer.van, transfer.naar
        ));
    }
    let digest: Digest = hash.finalize().into();
    hex(&digest)
}

/// What follows, in sentences: what each gemeente pays, and what is not paid.
fn told(run: &PaymentRun) -> Result<Vec<String>, OfficeError> {
    let mut per_gemeente: BTreeMap<_, (usize, Cents)> = BTreeMap::new();
    for (saldo, _) in run.transfers() {
        let (count, sum) = per_gemeente.entry(saldo.gemeente).or_default();
        *count += 1;
        *sum = sum.plus(saldo.bedrag).map_err(|error| PayError::Run(error.into()))?;
    }
    let mut told: Vec<String> = per_gemeente
        .into_iter()
        .map(|(gemeente, (count, sum))| format!("Gemeente {gemeente}: {count} overboekingen, samen {sum}."))
        .collect();
    let left: Vec<String> = run.problems().chain(run.blocked()).chain(run.carried_forward()).collect();
    let more = left.len().saturating_sub(MOST_TOLD);
    told.extend(left.into_iter().take(MOST_TOLD));
    if more > 0 {
        told.push(format!("En {more} andere saldi die niet worden betaald."));
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_written_and_read_again() {
        let voorstel = Betaalvoorstel { datum: "2025-06-10".parse().unwrap(), journaal: 412 };
        assert_eq!(voorstel.to_string(), "betalen 2025-06-10 tot 412");
        assert_eq!(voorstel.to_string().parse::<Betaalvoorstel>().unwrap(), voorstel);
        for wrong in ["", "betalen 2025-06-10", "betalen 2025-06-31 tot 1", "betalen 2025-06-10 tot x"] {
            assert!(wrong.parse::<Betaalvoorstel>().is_err(), "{wrong}");
        }
    }
}
