//! Deciding a JW323 with its facts in memory: a small one, a usual one, and the largest; and a JW303 of as many
//! lines on the same facts, a few years earlier.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use happyflow::codes::{AgbCode, Bsn, Datum, Eenheid, Frequentie, GemeenteCode, ProductCode, ProductSleutel};
use happyflow::codes::{ProductCategorie, ToewijzingNummer};
use happyflow::contracts::{Register, import_sources};
use happyflow::decide::own::broken_by;
use happyflow::decide::{Input, Requests, decide};
use happyflow::messages::Bericht;
use happyflow::schema::{Reading, read};
use happyflow::state::{Besteding, Change, Ontvangst, ToegewezenOmvang, Toewijzing, WorkingSet};
use std::hint::black_box;
use std::sync::Arc;

/// Lines per client: each on an assignment of its own.
const LINES_PER_CLIENT: usize = 4;

fn day(text: &str) -> Datum {
    text.parse().unwrap()
}

/// The first test BSNs that pass the eleven test.
fn bsns() -> impl Iterator<Item = Bsn> {
    (999_900_000_u32..).map(|number| Bsn::parse(&number.to_string()).unwrap()).filter(Bsn::passes_elfproef)
}

fn register(year: i32) -> Register {
    let json = format!(
        r#"{{"contracten":[{{"tarief":8000,"eenheid":"04","productcode":"45A04","productcategorie":"45",
  "geldig_van":"{}-01-01","aanbieder":"12345678","gemeente":"0193"}}],
 "budgetten":[{{"bedrag":100000000000,"gemeente":"0193","productcategorie":"45","van":"{year}-01-01","tot":"{year}-12-31","bij_overschrijding":"signal"}}],
 "plafonds":[{{"jaar":{year},"aanbieder":"12345678","bedrag":100000000000,"bij_overschrijding":"hold"}}]}}"#,
        year - 1
    );
    import_sources(&[("contracts.json".to_owned(), json.into_bytes())]).unwrap().register
}

fn toewijzing(nummer: u32, bsn: Bsn) -> Toewijzing {
    Toewijzing {
        gemeente: GemeenteCode::parse("0193").unwrap(),
        nummer: ToewijzingNummer(nummer),
        aanbieder: AgbCode::parse("12345678").unwrap(),
        bsn,
        product: Some(ProductSleutel {
            categorie: ProductCategorie::parse("45").unwrap(),
            code: Some(ProductCode::parse("45A04").unwrap()),
        }),
        toewijzingsdatum: day("2024-12-20"),
        toewijzingstijd: "10:00:00".into(),
        ingangsdatum: day("2025-01-01"),
        einddatum: Some(day("2025-12-31")),
        reden_wijziging: None,
        omvang: Some(ToegewezenOmvang { volume: 3, eenheid: Eenheid::Uur, frequentie: Frequentie::PerWeek }),
        budget: None,
        referentie_aanbieder: None,
        commentaar: None,
        bericht: 1,
        ontvangst: Ontvangst::Verzonden,
        vorige: Vec::new(),
        verwijzer: None,
        vrijgegeven: None,
        besteed: Besteding::default(),
    }
}

/// A claim of so many lines, and facts on which one line in ten is rejected.
fn claim(lines: usize) -> (Vec<u8>, WorkingSet) {
    let mut known = WorkingSet::default();
    let mut changes = Vec::new();
    let mut clients = String::new();
    for (client, bsn) in bsns().take(lines.div_ceil(LINES_PER_CLIENT)).enumerate() {
        let first = client * LINES_PER_CLIENT;
        clients.push_str(&format!("<m:Client><m:Bsn>{}</m:Bsn><m:Prestaties>", bsn.as_str()));
        for line in first..lines.min(first + LINES_PER_CLIENT) {
            let nummer = u32::try_from(line).unwrap() + 1;
            let gemeente = GemeenteCode::parse("0193").unwrap();
            changes.push(Change::ClientBekend { gemeente, bsn });
            changes.push(Change::ToewijzingOpgeslagen(Box::new(toewijzing(nummer, bsn))));
            let hours = if line % 10 == 0 { 40 } else { 12 };
            clients.push_str(&prestatie(line, nummer, hours));
        }
        clients.push_str("</m:Prestaties></m:Client>");
    }
    let rejected = lines.div_ceil(10);
    let total = (lines - rejected) * 12 * 8000 + rejected * 40 * 8000;
    known.apply(&changes, &Arc::from([].as_slice()));
    (message(total, &clients).into_bytes(), known)
}

fn prestatie(line: usize, nummer: u32, hours: usize) -> String {
    format!(
        "<m:Prestatie><m:ProductReferentie><b:ReferentieNummer>REF{line:08}</b:ReferentieNummer>\
         </m:ProductReferentie><m:ToewijzingNummer>{nummer}</m:ToewijzingNummer>\
         <m:ProductCategorie>45</m:ProductCategorie><m:ProductCode>45A04</m:ProductCode>\
         <m:ProductPeriode><b:Begindatum>2025-03-01</b:Begindatum><b:Einddatum>2025-03-31</b:Einddatum>\
         </m:ProductPeriode><m:GeleverdVolume>{hours}</m:GeleverdVolume><m:Eenheid>04</m:Eenheid>\
         <m:ProductTarief>8000</m:ProductTarief><m:IngediendBedrag><b:Bedrag>{}</b:Bedrag>\
         <b:DebetCredit>D</b:DebetCredit></m:IngediendBedrag></m:Prestatie>",
        hours * 8000
    )
}

fn message(total: usize, clients: &str) -> String {
    let root = "http://www.istandaarden.nl/ijw/3_2";
    format!(
        "<m:Bericht xmlns:m=\"{root}/jw323/schema\" xmlns:b=\"{root}/basisschema/schema\"><m:Header>\
         <m:BerichtCode>490</m:BerichtCode><m:BerichtVersie>3</m:BerichtVersie>\
         <m:BerichtSubversie>2</m:BerichtSubversie><m:Afzender>12345678</m:Afzender>\
         <m:Ontvanger>0193</m:Ontvanger><m:BerichtIdentificatie><b:Identificatie>BENCH</b:Identificatie>\
         <b:Dagtekening>2025-04-05</b:Dagtekening></m:BerichtIdentificatie><m:XsdVersie>\
         <b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie><b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie>\
         </m:XsdVersie></m:Header><m:Declaratie><m:DeclaratieNummer>BENCH</m:DeclaratieNummer>\
         <m:DeclaratiePeriode><b:Begindatum>2025-03-01</b:Begindatum><b:Einddatum>2025-03-31</b:Einddatum>\
         </m:DeclaratiePeriode><m:DeclaratieDagtekening>2025-04-05</m:DeclaratieDagtekening>\
         <m:TotaalIngediendBedrag><b:TotaalBedrag>{total}</b:TotaalBedrag><b:DebetCredit>D</b:DebetCredit>\
         </m:TotaalIngediendBedrag><m:Clienten>{clients}</m:Clienten></m:Declaratie></m:Bericht>"
    )
}

/// The same claim of 2020 as a JW303 of release 2.4.
fn claim_before_2021(lines: usize) -> (Vec<u8>, WorkingSet) {
    let mut known = WorkingSet::default();
    let mut changes = Vec::new();
    let mut clients = String::new();
    for (client, bsn) in bsns().take(lines.div_ceil(LINES_PER_CLIENT)).enumerate() {
        let first = client * LINES_PER_CLIENT;
        clients.push_str(&format!(
            "<m:Client><m:Bsn>{}</m:Bsn><m:Geboortedatum><b:Datum>2010-05-17</b:Datum></m:Geboortedatum>\
             <m:Geslacht>2</m:Geslacht><m:Naam><b:Geslachtsnaam><b:Achternaam>Proef</b:Achternaam>\
             </b:Geslachtsnaam></m:Naam><m:Prestaties>",
            bsn.as_str()
        ));
        for line in first..lines.min(first + LINES_PER_CLIENT) {
            let nummer = u32::try_from(line).unwrap() + 1;
            let gemeente = GemeenteCode::parse("0193").unwrap();
            let toewijzing = Toewijzing {
                toewijzingsdatum: day("2019-12-20"),
                ingangsdatum: day("2020-01-01"),
                einddatum: Some(day("2020-12-31")),
                ..toewijzing(nummer, bsn)
            };
            changes.push(Change::ClientBekend { gemeente, bsn });
            changes.push(Change::ToewijzingOpgeslagen(Box::new(toewijzing)));
            let hours = if line % 10 == 0 { 40 } else { 12 };
            clients.push_str(&prestatie_before_2021(line, nummer, hours));
        }
        clients.push_str("</m:Prestaties></m:Client>");
    }
    let rejected = lines.div_ceil(10);
    let total = (lines - rejected) * 12 * 8000 + rejected * 40 * 8000;
    known.apply(&changes, &Arc::from([].as_slice()));
    (message_before_2021(total, &clients).into_bytes(), known)
}

fn prestatie_before_2021(line: usize, nummer: u32, hours: usize) -> String {
    format!(
        "<m:Prestatie><m:ToewijzingNummer>{nummer}</m:ToewijzingNummer>\
         <m:ProductCategorie>45</m:ProductCategorie><m:ProductCode>45A04</m:ProductCode>\
         <m:ProductPeriode><b:Begindatum>2020-03-01</b:Begindatum><b:Einddatum>2020-03-31</b:Einddatum>\
         </m:ProductPeriode><m:IngediendeBedragPrestatie><b:GeleverdVolume>{hours}</b:GeleverdVolume>\
         <b:Eenheid>04</b:Eenheid><b:ProductTarief>8000</b:ProductTarief><b:DeclaratieFactuurBedrag>\
         <b:Bedrag>{}</b:Bedrag><b:DebetCredit>D</b:DebetCredit></b:DeclaratieFactuurBedrag>\
         </m:IngediendeBedragPrestatie><m:ProductReferentie><b:ReferentieNummer>REF{line:08}</b:ReferentieNummer>\
         </m:ProductReferentie></m:Prestatie>",
        hours * 8000
    )
}

fn message_before_2021(total: usize, clients: &str) -> String {
    let root = "http://www.istandaarden.nl/ijw/2_4";
    format!(
        "<m:Bericht xmlns:m=\"{root}/jw303/schema\" xmlns:b=\"{root}/basisschema/schema\"><m:Header>\
         <m:BerichtCode>432</m:BerichtCode><m:BerichtVersie>2</m:BerichtVersie>\
         <m:BerichtSubversie>4</m:BerichtSubversie><m:Gemeente>0193</m:Gemeente>\
         <m:Aanbieder>12345678</m:Aanbieder><m:BetalingAanID>02</m:BetalingAanID>\
         <m:DeclaratieFactuurIdentificatie><b:DeclaratiePeriode><b:Begindatum>2020-03-01</b:Begindatum>\
         <b:Einddatum>2020-03-31</b:Einddatum></b:DeclaratiePeriode>\
         <b:DeclarantFactuurNummer>BENCH</b:DeclarantFactuurNummer>\
         <b:FactuurDagtekening>2020-04-05</b:FactuurDagtekening><b:ValutaCode>EUR</b:ValutaCode>\
         </m:DeclaratieFactuurIdentificatie><m:DeclaratieFactuurBedragen><b:DeclaratieFactuurTotaalBedrag>\
         <b:TotaalBedrag>{total}</b:TotaalBedrag><b:DebetCredit>D</b:DebetCredit>\
         </b:DeclaratieFactuurTotaalBedrag></m:DeclaratieFactuurBedragen></m:Header>\
         <m:Clienten>{clients}</m:Clienten></m:Bericht>"
    )
}

/// A JW303 may cost half as much again per line as a JW323 (`decide JW323` beside it).
fn decide_claims_before_2021(criterion: &mut Criterion) {
    let register = register(2020);
    let mut group = criterion.benchmark_group("decide JW303");
    for lines in [10, 1000, 20_000] {
        let (bytes, known) = claim_before_2021(lines);
        let Reading::Valid(document) = read(&bytes) else { panic!("the message is not valid") };
        let bericht = Bericht::read(&document);
        let input = Input {
            bericht: &bericht,
            document: &document,
            in_message: &[],
            journal: 1,
            known: &known,
            register: &register,
            requests: Requests::Automatic,
            moment: day("2020-04-10").and_hms_opt(12, 0, 0).unwrap(),
            issued: 0,
        };
        let decision = decide(&input);
        assert_eq!(decision.findings.len(), lines.div_ceil(10), "one line in ten is over its maximum");
        group.throughput(Throughput::Elements(lines as u64));
        group.bench_function(BenchmarkId::from_parameter(lines), |bencher| {
            bencher.iter_batched(|| (), |()| decide(black_box(&input)), BatchSize::LargeInput);
        });
    }
    group.finish();
}

fn decide_claims(criterion: &mut Criterion) {
    let register = register(2025);
    let mut group = criterion.benchmark_group("decide JW323");
    for lines in [10, 1000, 20_000] {
        let (bytes, known) = claim(lines);
        let Reading::Valid(document) = read(&bytes) else { panic!("the message is not valid") };
        let bericht = Bericht::read(&document);
        let input = Input {
            bericht: &bericht,
            document: &document,
            in_message: &[],
            journal: 1,
            known: &known,
            register: &register,
            requests: Requests::Automatic,
            moment: day("2025-04-10").and_hms_opt(12, 0, 0).unwrap(),
            issued: 0,
        };
        let decision = decide(&input);
        assert_eq!(decision.findings.len(), lines.div_ceil(10), "one line in ten is over its maximum");
        group.throughput(Throughput::Elements(lines as u64));
        group.bench_function(BenchmarkId::from_parameter(lines), |bencher| {
            bencher.iter_batched(|| (), |()| decide(black_box(&input)), BatchSize::LargeInput);
        });
        // What judging the answer beside its claim adds, before it leaves.
        let Reading::Valid(answer) = read(&decision.answers[0].bytes) else {
            panic!("the answer is not valid")
        };
        let answer = Bericht::read(&answer);
        group.bench_function(BenchmarkId::new("own answer", lines), |bencher| {
            bencher.iter(|| broken_by(black_box(&input), &decision, black_box(&answer)));
        });
    }
    group.finish();
}

criterion_group!(benches, decide_claims, decide_claims_before_2021);
criterion_main!(benches);
