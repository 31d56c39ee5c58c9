//! The file for the bank: a SEPA credit transfer initiation, pain.001.001.09 as EPC132-08 narrows it.
//!
//! One PmtInf per gemeente, each from the account that pays for that gemeente. The bytes follow from
//! the run alone, so that a lost file can be written again. Nothing about a client is in it, and no
//! text that an aanbieder chose.

use super::bic::Bic;
use super::epc_text::epc_text;
use super::run::{Payable, PaymentRun, Saldo, sum};
use crate::codes::{AgbCode, Datum, GemeenteCode};
use crate::iban::Iban;
use crate::labels::labels;
use crate::money::{Cents, MoneyOverflow};
use std::collections::BTreeMap;

/// Longest name that SEPA carries, in characters.
const LONGEST_NAME: usize = 70;
/// Longest unstructured remittance information, in characters.
const LONGEST_REMITTANCE: usize = 140;

/// The account from which the claims on a gemeente are paid: its own or that of the BVO.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Debtor {
    /// Name of the holder.
    pub naam: String,
    /// The account.
    pub iban: Iban,
    /// Bank of the account; inside SEPA a bank does not need it.
    pub bic: Option<Bic>,
}

/// What the file needs besides the run.
#[derive(Debug, Clone, Copy)]
pub struct Opdracht<'a> {
    /// Name of the organisation that hands the file in.
    pub opdrachtgever: &'a str,
    /// The paying account per gemeente.
    pub rekeningen: &'a BTreeMap<GemeenteCode, Debtor>,
    /// Whose the accounts are by name; where that is not known the aanbieder is called by its AGB code.
    pub houders: &'a BTreeMap<(AgbCode, GemeenteCode), String>,
    /// When the run was made, local time, recorded with the run.
    pub moment: chrono::NaiveDateTime,
}

/// Why the file cannot be written. Commit nothing of the run then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Pain001Error {
    /// No paying account is configured.
    #[error("geen betaalrekening ingesteld voor gemeente {}: vul deze aan in de configuratie; er is niets betaald", .0.iter().map(GemeenteCode::as_str).collect::<Vec<_>>().join(", "))]
    GeenBetaalrekening(Vec<GemeenteCode>),
    /// A sum left the range of amounts.
    #[error(transparent)]
    Bedrag(#[from] MoneyOverflow),
}

labels!(Pain001Error {
    Self::GeenBetaalrekening(_) => "pay.no-account",
    Self::Bedrag(_) => "pay.bank-amount",
});

/// The transfers of one gemeente.
type Transfers<'a> = Vec<(&'a Saldo, Iban)>;

/// Writes the file; `None` when the run transfers nothing, for the format has no empty file.
pub fn write(run: &PaymentRun, opdracht: &Opdracht<'_>) -> Result<Option<Vec<u8>>, Pain001Error> {
    let mut per_gemeente: BTreeMap<GemeenteCode, Transfers<'_>> = BTreeMap::new();
    for (saldo, iban) in run.transfers() {
        per_gemeente.entry(saldo.gemeente).or_default().push((saldo, iban));
    }
    let without_account: Vec<_> =
        per_gemeente.keys().filter(|code| !opdracht.rekeningen.contains_key(*code)).copied().collect();
    if !without_account.is_empty() {
        return Err(Pain001Error::GeenBetaalrekening(without_account));
    }
    if per_gemeente.is_empty() {
        return Ok(None);
    }
    let mut xml = Xml::start();
    xml.open("CstmrCdtTrfInitn");
    group_header(&mut xml, run, opdracht)?;
    for (gemeente, transfers) in &per_gemeente {
        if let Some(debtor) = opdracht.rekeningen.get(gemeente) {
            payment(&mut xml, run, *gemeente, debtor, transfers, opdracht)?;
        }
    }
    xml.close("CstmrCdtTrfInitn");
    Ok(Some(xml.finish()))
}

fn group_header(xml: &mut Xml, run: &PaymentRun, opdracht: &Opdracht<'_>) -> Result<(), MoneyOverflow> {
    xml.open("GrpHdr");
    xml.leaf("MsgId", &message_id(run));
    xml.leaf("CreDtTm", &opdracht.moment.format("%Y-%m-%dT%H:%M:%S").to_string());
    xml.leaf("NbOfTxs", &run.transfers().count().to_string());
    xml.leaf("CtrlSum", &euros(run.total()?));
    xml.open("InitgPty");
    xml.leaf("Nm", &name(opdracht.opdrachtgever, || "Betaalorganisatie".to_owned()));
    xml.close("InitgPty");
    xml.close("GrpHdr");
    Ok(())
}

fn payment(
    xml: &mut Xml,
    run: &PaymentRun,
    gemeente: GemeenteCode,
    debtor: &Debtor,
    transfers: &Transfers<'_>,
    opdracht: &Opdracht<'_>,
) -> Result<(), MoneyOverflow> {
    xml.open("PmtInf");
    xml.leaf("PmtInfId", &block_id(&message_id(run), gemeente));
    xml.leaf("PmtMtd", "TRF");
    xml.leaf("NbOfTxs", &transfers.len().to_string());
    xml.leaf("CtrlSum", &euros(sum(transfers.iter().map(|(saldo, _)| saldo.bedrag))?));
    xml.nested(&["PmtTpInf", "SvcLvl"], "Cd", "SEPA");
    xml.nested(&["ReqdExctnDt"], "Dt", &run.execution_date().format("%Y-%m-%d").to_string());
    xml.nested(&["Dbtr"], "Nm", &name(&debtor.naam, || format!("Gemeente {gemeente}")));
    xml.nested(&["DbtrAcct", "Id"], "IBAN", debtor.iban.as_str());
    match &debtor.bic {
        Some(bic) => xml.nested(&["DbtrAgt", "FinInstnId"], "BICFI", bic.as_str()),
        None => xml.nested(&["DbtrAgt", "FinInstnId", "Othr"], "Id", "NOTPROVIDED"),
    }
    xml.leaf("ChrgBr", "SLEV");
    for (saldo, iban) in transfers {
        transfer(xml, run, saldo, *iban, opdracht);
    }
    xml.close("PmtInf");
    Ok(())
}

fn transfer(xml: &mut Xml, run: &PaymentRun, saldo: &Saldo, iban: Iban, opdracht: &Opdracht<'_>) {
    let given = opdracht.houders.get(&(saldo.aanbieder, saldo.gemeente)).map_or("", String::as_str);
    xml.open("CdtTrfTxInf");
    xml.nested(&["PmtId"], "EndToEndId", &end_to_end_id(run.nummer.into(), saldo.aanbieder, saldo.gemeente));
    xml.open("Amt");
    xml.leaf_with("InstdAmt", " Ccy=\"EUR\"", &euros(saldo.bedrag));
    xml.close("Amt");
    xml.nested(&["Cdtr"], "Nm", &name(given, || format!("Aanbieder {}", saldo.aanbieder)));
    xml.nested(&["CdtrAcct", "Id"], "IBAN", iban.as_str());
    xml.nested(&["RmtInf"], "Ustrd", &remittance(run, saldo));
    xml.close("CdtTrfTxInf");
}

/// Names the run for the bank, at most 35 characters; the date keeps it apart from other years.
#[must_use]
pub fn message_id(run: &PaymentRun) -> String {
    file_id(run.datum, run.nummer.into())
}

/// The same by day of payment and number.
#[must_use]
pub fn file_id(datum: Datum, run: i64) -> String {
    format!("HF-{}-RUN-{run}", datum.format("%Y%m%d"))
}

/// Names what one account pays in a file.
#[must_use]
pub fn block_id(file: &str, gemeente: GemeenteCode) -> String {
    format!("{file}-{gemeente}")
}

/// Names one transfer through all banks, at most 35 characters; statements carry it back.
#[must_use]
pub fn end_to_end_id(run: i64, aanbieder: AgbCode, gemeente: GemeenteCode) -> String {
    format!("RUN-{run}-{aanbieder}-{gemeente}")
}

/// What the aanbieder reads on its statement: the run and the months that it settles.
fn remittance(run: &PaymentRun, saldo: &Saldo) -> String {
    let month = |line: Option<&Payable>| {
        line.map_or(String::new(), |line| line.periode_begin.format("%Y-%m").to_string())
    };
    let (first, last) = (month(saldo.boekingen.first()), month(saldo.boekingen.last()));
    let period = if first == last { first } else { format!("{first} t/m {last}") };
    let text = format!("Jeugdhulp gemeente {} betaalrun {} periode {period}", saldo.gemeente, run.nummer);
    epc_text(&text, LONGEST_REMITTANCE)
}

fn name(given: &str, otherwise: impl FnOnce() -> String) -> String {
    let text = epc_text(given, LONGEST_NAME);
    if text.is_empty() { otherwise() } else { text }
}

/// Euros with a point and two decimals. Only positive amounts are transferred.
fn euros(amount: Cents) -> String {
    format!("{}.{:02}", amount.0 / 100, amount.0 % 100)
}

/// Writes elements, two spaces per level. Nothing needs escaping: the characters that banks accept
/// hold none of those that XML reads otherwise.
struct Xml {
    out: String,
    depth: usize,
}

impl Xml {
    fn start() -> Self {
        let out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                   <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n"
            .to_owned();
        Self { out, depth: 1 }
    }

    fn finish(mut self) -> Vec<u8> {
        self.out.push_str("</Document>\n");
        self.out.into_bytes()
    }

    fn indent(&mut self) {
        self.out.push_str(&"  ".repeat(self.depth));
    }

    fn open(&mut self, tag: &str) {
        self.indent();
        self.out.push_str(&format!("<{tag}>\n"));
        self.depth += 1;
    }

    fn close(&mut self, tag: &str) {
        self.depth -= 1;
        self.indent();
        self.out.push_str(&format!("</{tag}>\n"));
    }

    fn leaf(&mut self, tag: &str, text: &str) {
        self.leaf_with(tag, "", text);
    }

    fn leaf_with(&mut self, tag: &str, attribute: &str, text: &str) {
        self.indent();
        self.out.push_str(&format!("<{tag}{attribute}>"));
        self.out.push_str(text);
        self.out.push_str(&format!("</{tag}>\n"));
    }

    /// A value inside elements that hold nothing else.
    fn nested(&mut self, around: &[&str], tag: &str, text: &str) {
        for outer in around {
            self.open(outer);
        }
        self.leaf(tag, text);
        for outer in around.iter().rev() {
            self.close(outer);
        }
    }
}
