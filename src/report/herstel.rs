//! Rejections line by line, with what their sender can do: the same for the note to an aanbieder and for who looks a
//! number up.

use crate::codes::{Datum, ProductSleutel, ToewijzingNummer};
use crate::messages::shared::Product;
use crate::messages::{Bericht, BerichtSoort, Class, Relatie, jw303, jw323};
use crate::money::Cents;
use crate::retourcodes;
use crate::rules;
use crate::schema::{At, Document, Reading, read};
use crate::store::read::rejected_of;
use crate::store::{RejectedMessage, Store, StoreError, StoredFinding};
use std::collections::BTreeSet;

/// Something that was rejected, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Herstel {
    /// Kind of its message.
    pub soort: BerichtSoort,
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Arrival number of its message.
    pub arrival: i64,
    /// The whole message was rejected: it counts as never sent (rulings 1.2).
    pub whole: bool,
    /// Identificatie of its message; none when its body was removed or is damaged.
    pub identificatie: Option<String>,
    /// DeclaratieNummer of its message, when that is a claim.
    pub declaratie_nummer: Option<String>,
    /// ReferentieNummer of the line, or ReferentieAanbieder of what was asked.
    pub referentie: Option<String>,
    /// The assignment that it names.
    pub toewijzing: Option<ToewijzingNummer>,
    pub product: Option<ProductSleutel>,
    /// First day of the care.
    pub begin: Option<Datum>,
    /// What it claimed, signed; of a claim that was rejected as a whole all of it.
    pub bedrag: Option<Cents>,
    /// What is wrong, in order of precedence.
    pub codes: Vec<Reden>,
}

/// A reason for rejecting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reden {
    /// Its retourcode, when it has one.
    pub retourcode: Option<String>,
    pub rule: String,
    /// What is wrong, in Dutch, with the values that show it.
    pub text: String,
    /// What its sender can do.
    pub advice: String,
}

/// A finding with the place where it stands and what explains it.
type ExplainedFinding<'a> = (&'a StoredFinding, &'a str);

/// What was rejected of a message; empty when nothing was, or when nobody knows the message.
pub async fn herstel(store: &dyn Store, arrival: i64) -> Result<Vec<Herstel>, StoreError> {
    let Some((message, explained)) = rejected_of(store, arrival).await? else { return Ok(Vec::new()) };
    let findings: Vec<ExplainedFinding<'_>> =
        message.findings.iter().zip(explained.iter().map(String::as_str)).collect();
    if findings.is_empty() {
        return Ok(Vec::new());
    }
    let Reading::Valid(document) = read(&message.bytes) else {
        return Ok(vec![Herstel { codes: redenen(&findings), ..about(&message) }]);
    };
    let bericht = Bericht::read(&document);
    let about = Herstel {
        identificatie: Some(bericht.header().bericht_identificatie.identificatie.to_owned()),
        ..about(&message)
    };
    Ok(match &bericht {
        Bericht::Declaratie(bericht) => of_claim(&message, &document, bericht, &about, &findings),
        Bericht::Factuur(factuur) => {
            let nummer = |line: &jw303::Prestatie<'_>| line.toewijzing_nummer;
            let bericht = factuur.as_declaratie(|_, line| nummer(line).unwrap_or(ToewijzingNummer::GEEN));
            of_claim(&message, &document, &bericht, &about, &findings)
        }
        _ => of_classes(&document, &about, &findings),
    })
}

fn about(message: &RejectedMessage) -> Herstel {
    Herstel {
        soort: message.soort,
        relatie: message.relatie,
        arrival: message.arrival,
        whole: message.whole,
        identificatie: None,
        declaratie_nummer: None,
        referentie: None,
        toewijzing: None,
        product: None,
        begin: None,
        bedrag: None,
        codes: Vec::new(),
    }
}

/// A claim that was rejected as a whole is one; else every line with what stands on it or on its client.
fn of_claim(
    message: &RejectedMessage,
    document: &Document<'_>,
    bericht: &jw323::Jw323<'_>,
    about: &Herstel,
    findings: &[ExplainedFinding<'_>],
) -> Vec<Herstel> {
    let declaratie = &bericht.declaratie;
    let about = Herstel { declaratie_nummer: Some(declaratie.declaratie_nummer.to_owned()), ..about.clone() };
    if message.whole {
        let bedrag = Some(declaratie.totaal_ingediend_bedrag.signed());
        let begin = Some(declaratie.declaratie_periode.begindatum);
        return vec![Herstel { codes: redenen(findings), bedrag, begin, ..about }];
    }
    let mut by_place: Vec<(u32, usize)> =
        findings.iter().enumerate().map(|(order, (finding, _))| (finding.at.0, order)).collect();
    by_place.sort_unstable();
    let within = |range: std::ops::Range<u32>| {
        let first = by_place.partition_point(|(at, _)| *at < range.start);
        by_place[first..].iter().take_while(move |(at, _)| *at < range.end).map(|(_, order)| *order)
    };
    let mut all = Vec::new();
    for client in &declaratie.clienten {
        let first = client.prestaties.first().map_or(client.at, |prestatie| prestatie.at);
        for prestatie in &client.prestaties {
            let end = document.element(prestatie.at).node().end;
            let mut orders: Vec<usize> =
                within(client.at.0..first.0).chain(within(prestatie.at.0..end)).collect();
            orders.sort_unstable();
            orders.dedup();
            if orders.is_empty() {
                continue;
            }
            let on_line: Vec<ExplainedFinding<'_>> =
                orders.into_iter().map(|order| findings[order]).collect();
            let nummer = prestatie.toewijzing_nummer;
            all.push(Herstel {
                referentie: Some(prestatie.product_referentie.referentie_nummer.to_owned()),
                toewijzing: (nummer != ToewijzingNummer::GEEN).then_some(nummer),
                product: Some(ProductSleutel {
                    categorie: prestatie.product_categorie,
                    code: Some(prestatie.product_code),
                }),
                begin: Some(prestatie.product_periode.begindatum),
                bedrag: Some(prestatie.ingediend_bedrag.signed()),
                codes: redenen(&on_line),
                ..about.clone()
            });
        }
    }
    all
}

/// Every class with a finding; level 2 is about the message.
fn of_classes(document: &Document<'_>, about: &Herstel, findings: &[ExplainedFinding<'_>]) -> Vec<Herstel> {
    let place = |finding: &StoredFinding| if finding.level == 2 { At(0) } else { finding.at };
    let places: BTreeSet<u32> = findings.iter().map(|(finding, _)| place(finding).0).collect();
    let of_place = |at: u32| {
        let here: Vec<ExplainedFinding<'_>> =
            findings.iter().copied().filter(|(finding, _)| place(finding).0 == at).collect();
        let class = document.element(At(at));
        let text = |name: &str| class.child(name).map(|child| child.text().trim().to_owned());
        Herstel {
            referentie: text("ReferentieAanbieder"),
            toewijzing: text("ToewijzingNummer").and_then(|number| number.parse().ok()).map(ToewijzingNummer),
            product: class.child("Product").map(|product| Product::read(product).sleutel()),
            codes: redenen(&here),
            ..about.clone()
        }
    };
    places.into_iter().map(of_place).collect()
}

/// The reasons of some findings in order of precedence, each once.
fn redenen(findings: &[ExplainedFinding<'_>]) -> Vec<Reden> {
    let mut all: Vec<Reden> = Vec::new();
    for (finding, explained) in findings {
        let reden = reden(finding, explained);
        if !all.contains(&reden) {
            all.push(reden);
        }
    }
    all
}

fn reden(finding: &StoredFinding, explained: &str) -> Reden {
    let meaning = finding.retourcode.as_deref().and_then(retourcodes::find);
    let rule = rules::find(&finding.rule).map_or("", |rule| rule.text);
    // What 0001 says is no more than that the message was rejected.
    let text = match meaning {
        Some(meaning) if finding.level > 2 => meaning.text,
        _ if !rule.is_empty() => rule,
        Some(meaning) => meaning.text,
        None => "",
    };
    let mut text = text.to_owned();
    if !explained.is_empty() {
        text = format!("{} ({explained})", text.trim_end_matches('.'));
    }
    Reden {
        retourcode: finding.retourcode.clone(),
        rule: finding.rule.clone(),
        text,
        advice: meaning.map_or("", |meaning| meaning.advice).to_owned(),
    }
}
