//! TR381: a ProductCode belongs to its ProductCategorie.

use crate::codes::{ProductSleutel, Retourcode};
use crate::contracts::Register;
use crate::messages::BerichtSoort;
use crate::messages::shared::Product;
use crate::rules::across_messages::{
    AanvraagFacts, MeldingFacts, NieuwFacts, PrestatieFacts, ToewijzingFacts,
};
use crate::rules::{Check, Outcome, Rule};

/// The list in use is part of the register; without a list the rule is not applied (docs/interface.md).
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
    text: "De productcode hoort volgens de gebruikte productcodelijst niet bij deze productcategorie.",
    source: "TR381, rulings 1.8",
    checks: &[
        Check::Toewijzing(judge_toewijzing),
        Check::Aanvraag(judge_aanvraag),
        Check::Melding(judge_melding),
        Check::NieuwProduct(judge_nieuw),
        Check::Prestatie(judge_prestatie),
    ],
};

fn judge_toewijzing(about: &ToewijzingFacts<'_>) -> Outcome {
    judge(about.facts.register, about.product.product.as_ref().map(Product::sleutel))
}

fn judge_aanvraag(about: &AanvraagFacts<'_>) -> Outcome {
    judge(about.facts.register, about.product.product.as_ref().map(Product::sleutel))
}

fn judge_melding(about: &MeldingFacts<'_>) -> Outcome {
    about.aanlevering(|| judge(about.facts.register, about.melding.levering.product))
}

fn judge_nieuw(about: &NieuwFacts<'_>) -> Outcome {
    let product = about.product.product.as_ref().map(Product::sleutel);
    judge(about.wijziging.facts.register, product)
}

fn judge_prestatie(about: &PrestatieFacts<'_>) -> Outcome {
    about.debet(|| {
        let (categorie, code) = (about.prestatie.product_categorie, Some(about.prestatie.product_code));
        judge(about.facts.register, Some(ProductSleutel { categorie, code }))
    })
}

fn judge(register: &Register, product: Option<ProductSleutel>) -> Outcome {
    let Some(ProductSleutel { categorie, code: Some(code) }) = product else { return Outcome::Holds };
    if register.product_allowed(categorie, code) {
        return Outcome::Holds;
    }
    Outcome::Violated(vec![("productcategorie", categorie.to_string()), ("productcode", code.to_string())])
}
