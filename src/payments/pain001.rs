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
use std::collections::{BTreeMap, BTreeSet};

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
    /// Whether the bank books a block as one debit (BtchBookg); none leaves it to what was agreed.
    pub batchboeking: Option<bool>,
    /// Most transfers that the bank takes in one file.
    pub most_transfers: usize,
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

/// Transfers, by gemeente and then aanbieder.
type Transfers<'a> = [(&'a Saldo, Iban)];

/// The transfers of a run in the order of its files, and how many go into each. One file where they all fit.
#[must_use]
pub fn parts(run: &PaymentRun, most: usize) -> Vec<Vec<(&Saldo, Iban)>> {
    let mut all: Vec<(&Saldo, Iban)> = run.transfers().collect();
    all.sort_by_key(|(saldo, _)| (saldo.gemeente, saldo.aanbieder));
    all.chunks(most.max(1)).map(<[_]>::to_vec).collect()
}

/// Whether every gemeente that pays has an account to pay from.
pub fn all_pay(run: &PaymentRun, rekeningen: &BTreeMap<GemeenteCode, Debtor>) -> Result<(), Pain001Error> {
    let paying: BTreeSet<GemeenteCode> = run.transfers().map(|(saldo, _)| saldo.gemeente).collect();
    let without: Vec<_> = paying.into_iter().filter(|code| !rekeningen.contains_key(code)).collect();
    if without.is_empty() { Ok(()) } else { Err(Pain001Error::GeenBetaalrekening(without)) }
}

/// Writes the files; none when the run transfers nothing, for the format has no empty file.
pub fn write(run: &PaymentRun, opdracht: &Opdracht<'_>) -> Result<Vec<Vec<u8>>, Pain001Error> {
    all_pay(run, opdracht.rekeningen)?;
    let parts = parts(run, opdracht.most_transfers);
    let numbers = part_numbers(parts.len());
    parts.iter().zip(numbers).map(|(part, deel)| Ok(file(run, opdracht, part, deel)?)).collect()
}

/// The numbers of this many files: a file that is alone has none.
pub fn part_numbers(count: usize) -> impl Iterator<Item = Option<i64>> {
    (1_i64..).map(move |deel| (count > 1).then_some(deel)).take(count)
}

fn file(
    run: &PaymentRun,
    opdracht: &Opdracht<'_>,
    transfers: &Transfers<'_>,
    deel: Option<i64>,
) -> Result<Vec<u8>, MoneyOverflow> {
    let name_of_file = file_id(run.datum, run.nummer.into(), deel);
    let mut xml = Xml::start();
    xml.open("CstmrCdtTrfInitn");
    group_header(&mut xml, &name_of_file, transfers, opdracht)?;
    for block in transfers.chunk_by(|(one, _), (other, _)| one.gemeente == other.gemeente) {
        let gemeente = block[0].0.gemeente;
        if let Some(debtor) = opdracht.rekeningen.get(&gemeente) {
            payment(&mut xml, run, (&name_of_file, gemeente), debtor, block, opdracht)?;
        }
    }
    xml.close("CstmrCdtTrfInitn");
    Ok(xml.finish())
}

fn group_header(
    xml: &mut Xml,
    name_of_file: &str,
    transfers: &Transfers<'_>,
    opdracht: &Opdracht<'_>,
) -> Result<(), MoneyOverflow> {
    xml.open("GrpHdr");
    xml.leaf("MsgId", name_of_file);
    xml.leaf("CreDtTm", &opdracht.moment.format("%Y-%m-%dT%H:%M:%S").to_string());
    xml.leaf("NbOfTxs", &transfers.len().to_string());
    xml.leaf("CtrlSum", &euros(sum(transfers.iter().map(|(saldo, _)| saldo.bedrag))?));
    xml.open("InitgPty");
    xml.leaf("Nm", &name(opdracht.opdrachtgever, || "Betaalorganisatie".to_owned()));
    xml.close("InitgPty");
    xml.close("GrpHdr");
    Ok(())
}

fn payment(
    xml: &mut Xml,
    run: &PaymentRun,
    (name_of_file, gemeente): (&str, GemeenteCode),
    debtor: &Debtor,
    transfers: &Transfers<'_>,
    opdracht: &Opdracht<'_>,
) -> Result<(), MoneyOverflow> {
    xml.open("PmtInf");
    xml.leaf("PmtInfId", &block_id(name_of_file, gemeente));
    xml.leaf("PmtMtd", "TRF");
    if let Some(as_one) = opdracht.batchboeking {
        xml.leaf("BtchBookg", if as_one { "true" } else { "false" });
    }
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

/// Names a file of a run for the bank, at most 35 characters; the date keeps it apart from other years.
#[must_use]
pub fn file_id(datum: Datum, run: i64, deel: Option<i64>) -> String {
    let part = deel.map_or_else(String::new, |deel| format!("-D{deel}"));
    format!("HF-{}-RUN-{run}{part}", datum.format("%Y%m%d"))
}

/// The name of a file of a run on disk.
#[must_use]
pub fn file_name(run: i64, deel: Option<i64>) -> String {
    let part = deel.map_or_else(String::new, |deel| format!("-{deel}"));
    format!("betaalrun-{run}{part}.xml")
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
