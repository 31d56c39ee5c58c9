//! TR381: a ProductCode belongs to its ProductCategorie.

use crate::codes::{ProductSleutel, Retourcode};
use crate::contracts::{Periode, Register};
use crate::messages::BerichtSoort;
use crate::messages::shared::Product;
use crate::rules::across_messages::{
    AanvraagFacts, MeldingFacts, NieuwFacts, PrestatieFacts, ToewijzingFacts,
};
use crate::rules::{Outcome, Rule, RuleCheck};

/// The list in use is part of the register; without a list the rule is not applied (docs/interface.md). It is looked
/// up on the day of care, because lists are replaced at the turn of a year while care of before is still claimed and
/// ended; and a code that was contracted belongs to it, because a list that is late is no fault of the sender.
pub static RULE: Rule = Rule {
    code: "TR381",
    level: 4,
    retourcode: Some(Retourcode::of("S329")),
    messages: &[
        BerichtSoort::Jw301,
        BerichtSoort::Jw303,
        BerichtSoort::Jw305,
        BerichtSoort::Jw307,
        BerichtSoort::Jw315,
        BerichtSoort::Jw317,
        BerichtSoort::Jw323,
    ],
    text: "De productcode hoort op de dag van de zorg volgens de gebruikte productcodelijst niet bij deze productcategorie, en geen contract heeft er dan een tarief voor.",
    source: "TR381, rulings 1.8",
    checks: &[
        RuleCheck::Toewijzing(judge_toewijzing),
        RuleCheck::Aanvraag(judge_aanvraag),
        RuleCheck::Melding(judge_melding),
        RuleCheck::NieuwProduct(judge_nieuw),
        RuleCheck::Prestatie(judge_prestatie),
    ],
};

/// The first day of the assignment.
fn judge_toewijzing(about: &ToewijzingFacts<'_>) -> Outcome {
    let first = Periode::dag(about.product.ingangsdatum);
    judge(about.facts.register, about.product.product.as_ref().map(Product::sleutel), first)
}

fn judge_aanvraag(about: &AanvraagFacts<'_>) -> Outcome {
    let first = Periode::dag(about.product.toewijzing_ingangsdatum);
    judge(about.facts.register, about.product.product.as_ref().map(Product::sleutel), first)
}

/// The days of care: a stop repeats the product of its start, whatever list came in between (TR382).
fn judge_melding(about: &MeldingFacts<'_>) -> Outcome {
    let begin = about.melding.levering.begin;
    let last = about.melding.einde.as_ref().map_or(begin, |einde| einde.einddatum.max(begin));
    let care = Periode::of(begin, Some(last));
    about.aanlevering(|| judge(about.facts.register, about.melding.levering.product, care))
}

fn judge_nieuw(about: &NieuwFacts<'_>) -> Outcome {
    let product = about.product.product.as_ref().map(Product::sleutel);
    let first = Periode::dag(about.product.gewenste_ingangsdatum);
    judge(about.wijziging.facts.register, product, first)
}

/// The days of care. A rate that holds for it because it held on the first day of the assignment counts as well.
fn judge_prestatie(about: &PrestatieFacts<'_>) -> Outcome {
    about.debet(|| {
        let prestatie = about.prestatie;
        let (categorie, code) = (prestatie.product_categorie, Some(prestatie.product_code));
        let periode = &prestatie.product_periode;
        let care = Periode::of(periode.begindatum, Some(periode.einddatum.max(periode.begindatum)));
        match judge(about.facts.register, Some(ProductSleutel { categorie, code }), care) {
            Outcome::Violated(_) if about.contract_lines().next().is_some() => Outcome::Holds,
            outcome => outcome,
        }
    })
}

fn judge(register: &Register, product: Option<ProductSleutel>, days: Periode) -> Outcome {
    let Some(ProductSleutel { categorie, code: Some(code) }) = product else { return Outcome::Holds };
    if register.product_allowed(categorie, code, days) {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("productcategorie", categorie.to_string()), ("productcode", code.to_string())])
}
