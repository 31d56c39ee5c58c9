//! The specification that goes with a payment run: per aanbieder a CSV file for spreadsheets, and the same as a page to be printed.
//!
//! It names declaraties, lines and assignments by their numbers and never a client: the aanbieder
//! finds its clients by those numbers.

use super::csv_cell::{BYTE_ORDER_MARK, date, euros, guarded};
use super::run::{Payable, PaymentRun, Saldo, Uitkomst, sum};
use crate::codes::{AgbCode, Datum, Eenheid, GemeenteCode, ProductCode, ToewijzingNummer};
use crate::labels::labels;
use crate::money::{Cents, MoneyOverflow};
use crate::paper::{self, Celsoort, escaped};
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: [&str; 14] = [
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
    "Toelichting",
];

/// Columns with numbers.
const NUMBERS: [usize; 2] = [8, 10];

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
    /// Whether it is paid.
    pub stand: Specstand,
    /// Why not, in words; nothing of what is paid.
    pub toelichting: String,
}

/// Whether a line is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Specstand {
    /// It counts in what the run settles.
    Verrekend,
    /// Granted, but not paid until it is released.
    Vastgehouden,
    /// Refused since the run before: it will not be paid.
    Geweigerd,
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

/// The files of a specification, name and content; a name holds no more than the run and the AGB code.
pub fn files(
    run: &PaymentRun,
    aanbieder: AgbCode,
    naam: Option<&str>,
    lines: &[SpecLine],
) -> Result<[(String, Vec<u8>); 2], SpecificationError> {
    let rows = rows(run, aanbieder, naam, lines)?;
    let name = |kind| format!("specificatie-run-{}-{aanbieder}.{kind}", run.nummer);
    Ok([(name("csv"), rows.csv()?), (name("html"), rows.page(run).into_bytes())])
}

/// The specification of one aanbieder: what the run is, every declaratie with its lines where
/// given, what becomes of each balance, and the totals.
///
/// `lines` are the aanbieder's own. Those of one declaratie that are paid must add up to its
/// entries in the run; a declaratie of which no line is paid needs no entry.
fn rows(
    run: &PaymentRun,
    aanbieder: AgbCode,
    naam: Option<&str>,
    lines: &[SpecLine],
) -> Result<SpecificationRows, SpecificationError> {
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

    let mut table = SpecificationRows::start(run, aanbieder, naam);
    let gemeenten: BTreeSet<_> =
        saldi.keys().copied().chain(lines.iter().map(|line| line.gemeente)).collect();
    for gemeente in gemeenten {
        if let Some(saldo) = saldi.get(&gemeente) {
            for boeking in &saldo.boekingen {
                table.declaratie(saldo, boeking);
                let given = per_declaratie.remove(&(gemeente, boeking.declaratie_nummer.as_str()));
                table.prestaties(&given.unwrap_or_default());
            }
        }
        for (_, held) in per_declaratie.iter().filter(|((code, _), _)| *code == gemeente) {
            table.prestaties(held);
        }
        if let Some(saldo) = saldi.get(&gemeente) {
            table.total("Totaal gemeente", Some(saldo), saldo.bedrag);
        }
    }
    let transferred = run.transfers().filter(|(saldo, _)| saldo.aanbieder == aanbieder);
    table.total("Totaal betaald", None, sum(transferred.map(|(saldo, _)| saldo.bedrag))?);
    for (stand, title) in
        [(Specstand::Vastgehouden, "Totaal vastgehouden"), (Specstand::Geweigerd, "Totaal geweigerd")]
    {
        if lines.iter().any(|line| line.stand == stand) {
            let of_it = lines.iter().filter(|line| line.stand == stand).map(|line| line.bedrag);
            table.total(title, None, sum(of_it)?);
        }
    }
    Ok(table)
}

fn check_sums(
    aanbieder: AgbCode,
    saldi: &BTreeMap<GemeenteCode, &Saldo>,
    per_declaratie: &PerDeclaratie<'_>,
) -> Result<(), SpecificationError> {
    for ((gemeente, nummer), lines) in per_declaratie {
        let prestaties =
            sum(lines.iter().filter(|line| line.stand == Specstand::Verrekend).map(|line| line.bedrag))?;
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

/// The growing rows: what stands above the table, and the table.
struct SpecificationRows {
    above: Vec<[String; 2]>,
    rows: Vec<[String; COLUMNS.len()]>,
}

impl SpecificationRows {
    fn start(run: &PaymentRun, aanbieder: AgbCode, naam: Option<&str>) -> Self {
        let mut above = vec![
            ["Betaalrun".to_owned(), run.nummer.to_string()],
            ["Betaaldatum".to_owned(), date(run.execution_date())],
            ["Aanbieder".to_owned(), aanbieder.to_string()],
        ];
        above.extend(naam.map(|naam| ["Naam".to_owned(), naam.to_owned()]));
        Self { above, rows: Vec::new() }
    }

    fn declaratie(&mut self, saldo: &Saldo, boeking: &Payable) {
        let mut cells = [const { String::new() }; COLUMNS.len()];
        "Declaratie".clone_into(&mut cells[0]);
        cells[1] = saldo.gemeente.to_string();
        cells[2].clone_from(&boeking.declaratie_nummer);
        cells[3] = date(boeking.periode_begin);
        cells[10] = euros(boeking.bedrag);
        self.rows.push(cells);
    }

    fn prestaties(&mut self, lines: &[&SpecLine]) {
        for line in lines {
            let vastgehouden = if line.stand == Specstand::Vastgehouden { "ja" } else { "nee" };
            self.rows.push([
                "Prestatie".to_owned(),
                line.gemeente.to_string(),
                line.declaratie_nummer.clone(),
                date(line.periode_begin),
                date(line.periode_eind),
                line.referentie_nummer.clone(),
                line.toewijzing_nummer.to_string(),
                line.productcode.to_string(),
                line.volume.to_string(),
                line.eenheid.as_str().to_owned(),
                euros(line.bedrag),
                vastgehouden.to_owned(),
                String::new(),
                line.toelichting.clone(),
            ]);
        }
    }

    fn total(&mut self, soort: &str, saldo: Option<&Saldo>, bedrag: Cents) {
        let mut cells = [const { String::new() }; COLUMNS.len()];
        soort.clone_into(&mut cells[0]);
        cells[1] = saldo.map_or_else(String::new, |saldo| saldo.gemeente.to_string());
        cells[10] = euros(bedrag);
        cells[12] = saldo.map(|saldo| outcome(&saldo.uitkomst)).unwrap_or_default();
        self.rows.push(cells);
    }

    fn csv(&self) -> Result<Vec<u8>, SpecificationError> {
        let mut table = csv::WriterBuilder::new()
            .delimiter(b';')
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(BYTE_ORDER_MARK.to_vec());
        let mut row =
            |cells: &[String]| table.write_record(cells.iter().map(|cell| guarded(cell).into_owned()));
        for fact in &self.above {
            row(fact)?;
        }
        row(&[String::new(), String::new()])?;
        row(&COLUMNS.map(str::to_owned))?;
        for cells in &self.rows {
            row(cells)?;
        }
        Ok(table.into_inner().map_err(csv::IntoInnerError::into_error)?)
    }

    /// The same on paper.
    fn page(&self, run: &PaymentRun) -> String {
        let mut body = String::new();
        for [fact, text] in &self.above {
            body.push_str(&format!(
                "<p>{}: {}</p>
",
                escaped(fact),
                escaped(text)
            ));
        }
        let soort = |place: usize| if NUMBERS.contains(&place) { Celsoort::Getal } else { Celsoort::Tekst };
        let columns: Vec<(&str, Celsoort)> =
            COLUMNS.iter().enumerate().map(|(place, kop)| (*kop, soort(place))).collect();
        let rows = self.rows.iter().map(|cells| {
            cells.iter().enumerate().map(|(place, text)| (soort(place), text.as_str().into())).collect()
        });
        body.push_str(&paper::table("Declaraties en prestaties", &columns, rows));
        paper::page(&format!("Specificatie van betaalrun {}", run.nummer), &body)
    }
}
