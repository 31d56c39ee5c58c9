//! The specification that goes with a payment run: one CSV file per aanbieder, for spreadsheets.
//!
//! It names declaraties, lines and assignments by their numbers and never a client: the aanbieder
//! finds its clients by those numbers.

use super::csv_cell::{BYTE_ORDER_MARK, date, euros, guarded};
use super::run::{Payable, PaymentRun, Saldo, Uitkomst, sum};
use crate::codes::{AgbCode, Datum, Eenheid, GemeenteCode, ProductCode, ToewijzingNummer};
use crate::labels::labels;
use crate::money::{Cents, MoneyOverflow};
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: [&str; 13] = [
    "Soort",
    "Gemeente",
    "Declaratienummer",
    "Periode begin",
    "Periode eind",
    "Referentienummer",
    "Toewijzingnummer",
    "Productcode",
    "Volume",
    "Eenheid",
    "Bedrag",
    "Vastgehouden",
    "Uitkomst",
];

/// One granted Prestatie. The order of the fields is the order of the lines in the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpecLine {
    /// The gemeente that pays.
    pub gemeente: GemeenteCode,
    /// DeclaratieNummer of the declaratie it stands in.
    pub declaratie_nummer: String,
    /// ReferentieNummer of the line.
    pub referentie_nummer: String,
    /// The assignment.
    pub toewijzing_nummer: ToewijzingNummer,
    pub productcode: ProductCode,
    /// First day of care.
    pub periode_begin: Datum,
    /// Last day of care.
    pub periode_eind: Datum,
    /// In units of `eenheid`.
    pub volume: i64,
    /// Unit.
    pub eenheid: Eenheid,
    /// In eurocents; negative for a credit.
    pub bedrag: Cents,
    /// Granted, but not paid until it is released.
    pub vastgehouden: bool,
}

/// Why a specification cannot be written. Commit nothing of the run then.
#[derive(Debug, thiserror::Error)]
pub enum SpecificationError {
    /// The lines given for a declaratie are not what the run settles.
    #[error(
        "specificatie van aanbieder {aanbieder}, gemeente {gemeente}: de prestaties van een declaratie zijn samen {prestaties}, de boeking is {boeking}; er is niets betaald, meld dit aan de beheerder"
    )]
    TeltNietOp {
        aanbieder: AgbCode,
        gemeente: GemeenteCode,
        /// Sum of the lines that are not held.
        prestaties: Cents,
        /// Sum of the entries of the declaratie.
        boeking: Cents,
    },
    /// A sum left the range of amounts.
    #[error(transparent)]
    Bedrag(#[from] MoneyOverflow),
    /// The text could not be built.
    #[error("de specificatie kon niet worden geschreven: {0}")]
    Csv(#[from] csv::Error),
    /// The text could not be closed.
    #[error("de specificatie kon niet worden geschreven: {0}")]
    Afsluiten(#[from] std::io::Error),
}

labels!(SpecificationError {
    Self::TeltNietOp { .. } => "pay.specification-sum",
    Self::Bedrag(_) => "pay.specification-amount",
    Self::Csv(_) => "pay.specification-text",
    Self::Afsluiten(_) => "pay.specification-end",
});

/// Lines by gemeente and DeclaratieNummer.
type PerDeclaratie<'a> = BTreeMap<(GemeenteCode, &'a str), Vec<&'a SpecLine>>;

/// File name of a specification; holds no more than the run and the AGB code.
#[must_use]
pub fn file_name(run: &PaymentRun, aanbieder: AgbCode) -> String {
    format!("specificatie-run-{}-{aanbieder}.csv", run.nummer)
}

/// Writes the specification of one aanbieder: what the run is, every declaratie with its lines where
/// given, what becomes of each balance, and the totals.
///
/// `lines` are the aanbieder's own. Those of one declaratie that are not held must add up to its
/// entries in the run; a declaratie of which all lines are held needs no entry.
pub fn write(
    run: &PaymentRun,
    aanbieder: AgbCode,
    naam: Option<&str>,
    lines: &[SpecLine],
) -> Result<Vec<u8>, SpecificationError> {
    let saldi: BTreeMap<GemeenteCode, &Saldo> =
        run.saldi.iter().filter(|s| s.aanbieder == aanbieder).map(|s| (s.gemeente, s)).collect();
    let mut per_declaratie = PerDeclaratie::new();
    for line in lines {
        per_declaratie.entry((line.gemeente, line.declaratie_nummer.as_str())).or_default().push(line);
    }
    for lines in per_declaratie.values_mut() {
        lines.sort();
    }
    check_sums(aanbieder, &saldi, &per_declaratie)?;

    let mut table = SpecificationFile::start(run, aanbieder, naam)?;
    let gemeenten: BTreeSet<_> =
        saldi.keys().copied().chain(lines.iter().map(|line| line.gemeente)).collect();
    for gemeente in gemeenten {
        if let Some(saldo) = saldi.get(&gemeente) {
            for boeking in &saldo.boekingen {
                table.declaratie(saldo, boeking)?;
                let given = per_declaratie.remove(&(gemeente, boeking.declaratie_nummer.as_str()));
                table.prestaties(&given.unwrap_or_default())?;
            }
        }
        for (_, held) in per_declaratie.iter().filter(|((code, _), _)| *code == gemeente) {
            table.prestaties(held)?;
        }
        if let Some(saldo) = saldi.get(&gemeente) {
            table.total("Totaal gemeente", Some(saldo), saldo.bedrag)?;
        }
    }
    let transferred = run.transfers().filter(|(saldo, _)| saldo.aanbieder == aanbieder);
    table.total("Totaal betaald", None, sum(transferred.map(|(saldo, _)| saldo.bedrag))?)?;
    if lines.iter().any(|line| line.vastgehouden) {
        let held = lines.iter().filter(|line| line.vastgehouden).map(|line| line.bedrag);
        table.total("Totaal vastgehouden", None, sum(held)?)?;
    }
    table.finish()
}

fn check_sums(
    aanbieder: AgbCode,
    saldi: &BTreeMap<GemeenteCode, &Saldo>,
    per_declaratie: &PerDeclaratie<'_>,
) -> Result<(), SpecificationError> {
    for ((gemeente, nummer), lines) in per_declaratie {
        let prestaties = sum(lines.iter().filter(|line| !line.vastgehouden).map(|line| line.bedrag))?;
        let entries = saldi.get(gemeente).into_iter().flat_map(|saldo| &saldo.boekingen);
        let of_declaratie = entries.filter(|entry| entry.declaratie_nummer == *nummer);
        let boeking = sum(of_declaratie.map(|entry| entry.bedrag))?;
        if prestaties != boeking {
            return Err(SpecificationError::TeltNietOp {
                aanbieder,
                gemeente: *gemeente,
                prestaties,
                boeking,
            });
        }
    }
    Ok(())
}

fn outcome(uitkomst: &Uitkomst) -> String {
    match uitkomst {
        Uitkomst::Betaald(iban) => format!("betaald op {iban}"),
        Uitkomst::Verrekend => "verrekend, niets over te maken".to_owned(),
        Uitkomst::Meegenomen => "meegenomen naar een volgende betaalrun".to_owned(),
        Uitkomst::Geblokkeerd => "nog niet betaald: geblokkeerd".to_owned(),
        Uitkomst::Probleem(_) => "nog niet betaald".to_owned(),
    }
}

/// The growing file.
struct SpecificationFile(csv::Writer<Vec<u8>>);

impl SpecificationFile {
    fn start(run: &PaymentRun, aanbieder: AgbCode, naam: Option<&str>) -> Result<Self, csv::Error> {
        let mut table = Self(
            csv::WriterBuilder::new()
                .delimiter(b';')
                .terminator(csv::Terminator::CRLF)
                .flexible(true)
                .from_writer(BYTE_ORDER_MARK.to_vec()),
        );
        table.row(&["Betaalrun", &run.nummer.to_string()])?;
        table.row(&["Betaaldatum", &date(run.execution_date())])?;
        table.row(&["Aanbieder", aanbieder.as_str()])?;
        if let Some(naam) = naam {
            table.row(&["Naam", naam])?;
        }
        table.row(&["", ""])?;
        table.row(&COLUMNS)?;
        Ok(table)
    }

    fn row(&mut self, cells: &[&str]) -> Result<(), csv::Error> {
        self.0.write_record(cells.iter().map(|cell| guarded(cell).into_owned()))
    }

    fn declaratie(&mut self, saldo: &Saldo, boeking: &Payable) -> Result<(), csv::Error> {
        let mut cells = [""; COLUMNS.len()];
        let (begin, bedrag) = (date(boeking.periode_begin), euros(boeking.bedrag));
        cells[..4].copy_from_slice(&[
            "Declaratie",
            saldo.gemeente.as_str(),
            &boeking.declaratie_nummer,
            &begin,
        ]);
        cells[10] = &bedrag;
        self.row(&cells)
    }

    fn prestaties(&mut self, lines: &[&SpecLine]) -> Result<(), csv::Error> {
        for line in lines {
            self.row(&[
                "Prestatie",
                line.gemeente.as_str(),
                &line.declaratie_nummer,
                &date(line.periode_begin),
                &date(line.periode_eind),
                &line.referentie_nummer,
                &line.toewijzing_nummer.to_string(),
                line.productcode.as_str(),
                &line.volume.to_string(),
                line.eenheid.as_str(),
                &euros(line.bedrag),
                if line.vastgehouden { "ja" } else { "nee" },
                "",
            ])?;
        }
        Ok(())
    }

    fn total(&mut self, soort: &str, saldo: Option<&Saldo>, bedrag: Cents) -> Result<(), csv::Error> {
        let mut cells = [""; COLUMNS.len()];
        let (bedrag, uitkomst) = (euros(bedrag), saldo.map(|saldo| outcome(&saldo.uitkomst)));
        cells[0] = soort;
        cells[1] = saldo.map_or("", |saldo| saldo.gemeente.as_str());
        cells[10] = &bedrag;
        cells[12] = uitkomst.as_deref().unwrap_or_default();
        self.row(&cells)
    }

    fn finish(self) -> Result<Vec<u8>, SpecificationError> {
        Ok(self.0.into_inner().map_err(csv::IntoInnerError::into_error)?)
    }
}
