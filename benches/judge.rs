//! Levels 1 and 2 of a file, as one pass of the product does them: read, typed message, every rule,
//! every finding with its place. `cargo bench --bench judge -- FILE SECONDS`
//!
//! Prints one JSON line per mode in the form of the peers it is compared with: CPU time of this
//! thread, median of many samples. Without arguments it judges a claim that it makes itself.

#![expect(clippy::cast_precision_loss, reason = "figures for people have three digits")]

use happyflow::messages::Bericht;
use happyflow::rules::judge_in_message;
use happyflow::schema::{Reading, read, read_thoroughly};
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Nanoseconds that this thread has run; the kernel counts them.
fn cpu_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|field| field.parse().ok()).unwrap_or(0)
}

fn judge<'a>(bytes: &'a [u8], reader: fn(&'a [u8]) -> Reading<'a>) -> usize {
    match reader(bytes) {
        Reading::Invalid(invalid) => invalid.findings.len(),
        Reading::Valid(document) => {
            let findings = judge_in_message(&Bericht::read(&document));
            findings.iter().map(|finding| document.path(finding.at).len()).sum()
        }
    }
}

fn measure(name: &str, file: &str, bytes: &[u8], seconds: f64, mut run: impl FnMut() -> usize) {
    let found = run();
    let (mut rounds, start) = (1_u32, Instant::now());
    black_box(run());
    // At least fifty milliseconds per sample: the kernel counts in ticks of a few.
    let once = start.elapsed().max(Duration::from_nanos(100));
    while once * rounds < Duration::from_millis(50) {
        rounds *= 2;
    }
    let mut samples = Vec::new();
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < seconds || samples.len() < 5 {
        let before = cpu_ns();
        for _ in 0..rounds {
            black_box(run());
        }
        samples.push((cpu_ns() - before) / u64::from(rounds));
    }
    samples.sort_unstable();
    let (median, best) = (samples[samples.len() / 2], samples[0]);
    let mbps = |ns: u64| bytes.len() as f64 * 1e3 / ns.max(1) as f64;
    println!(
        "{{\"impl\":\"{name}\",\"file\":\"{file}\",\"mbps\":{:.2},\"msgs\":{:.2},\"best_mbps\":{:.2},\"n\":{found},\"reps\":{}}}",
        mbps(median),
        1e9 / median.max(1) as f64,
        mbps(best),
        samples.len()
    );
}

/// A claim of many lines of one client each; every client has its own test number.
fn example(lines: u32) -> Vec<u8> {
    let root = "http://www.istandaarden.nl/ijw/3_2";
    let mut clients = String::new();
    let passes = |number: &u32| {
        happyflow::codes::Bsn::parse(&number.to_string()).is_ok_and(|bsn| bsn.passes_elfproef())
    };
    for (line, bsn) in (0..lines).zip((999_000_000..999_999_990).filter(passes)) {
        writeln!(
            clients,
            "<m:Client><m:Bsn>{bsn}</m:Bsn><m:Prestaties><m:Prestatie><m:ProductReferentie>\
             <b:ReferentieNummer>R{line:09}</b:ReferentieNummer></m:ProductReferentie>\
             <m:ToewijzingNummer>{line}</m:ToewijzingNummer><m:ProductCategorie>45</m:ProductCategorie>\
             <m:ProductCode>45A04</m:ProductCode><m:ProductPeriode><b:Begindatum>2025-01-01</b:Begindatum>\
             <b:Einddatum>2025-01-31</b:Einddatum></m:ProductPeriode><m:GeleverdVolume>5</m:GeleverdVolume>\
             <m:Eenheid>04</m:Eenheid><m:ProductTarief>100</m:ProductTarief><m:IngediendBedrag>\
             <b:Bedrag>500</b:Bedrag><b:DebetCredit>D</b:DebetCredit></m:IngediendBedrag></m:Prestatie>\
             </m:Prestaties></m:Client>"
        )
        .unwrap_or_default();
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<m:Bericht xmlns:m=\"{root}/jw323/schema\" \
         xmlns:b=\"{root}/basisschema/schema\"><m:Header><m:BerichtCode>490</m:BerichtCode>\
         <m:BerichtVersie>3</m:BerichtVersie><m:BerichtSubversie>2</m:BerichtSubversie>\
         <m:Afzender>12345678</m:Afzender><m:Ontvanger>0193</m:Ontvanger><m:BerichtIdentificatie>\
         <b:Identificatie>1</b:Identificatie><b:Dagtekening>2025-02-05</b:Dagtekening></m:BerichtIdentificatie>\
         <m:XsdVersie><b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie>\
         <b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie></m:XsdVersie></m:Header><m:Declaratie>\
         <m:DeclaratieNummer>D1</m:DeclaratieNummer><m:DeclaratiePeriode><b:Begindatum>2025-01-01</b:Begindatum>\
         <b:Einddatum>2025-01-31</b:Einddatum></m:DeclaratiePeriode>\
         <m:DeclaratieDagtekening>2025-02-05</m:DeclaratieDagtekening><m:TotaalIngediendBedrag>\
         <b:TotaalBedrag>{}</b:TotaalBedrag><b:DebetCredit>D</b:DebetCredit></m:TotaalIngediendBedrag>\
         <m:Clienten>{clients}</m:Clienten></m:Declaratie></m:Bericht>",
        500 * lines
    )
    .into_bytes()
}

fn main() {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let seconds = arguments.get(1).and_then(|text| text.parse().ok()).unwrap_or(1.0);
    let files: Vec<(String, Vec<u8>)> = match arguments.first() {
        Some(path) => {
            let name = path.rsplit('/').next().unwrap_or(path).to_owned();
            vec![(name, std::fs::read(path).expect("the file can be read"))]
        }
        None => [("small", 5), ("medium", 500), ("large", 20_000)]
            .map(|(name, lines)| (format!("example_{name}"), example(lines)))
            .to_vec(),
    };
    for (name, bytes) in &files {
        measure("happyflow-level1", name, bytes, seconds, || match read(bytes) {
            Reading::Valid(document) => document.nodes.len(),
            Reading::Invalid(invalid) => invalid.findings.len(),
        });
        measure("happyflow-level1+2", name, bytes, seconds, || judge(bytes, read));
        measure("happyflow-level1+2-thorough", name, bytes, seconds, || judge(bytes, read_thoroughly));
    }
}
