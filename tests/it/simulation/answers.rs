//! What leaves on an input, beside what the model says.

use super::mail::Delivery;
use super::react::{Retour, first, issued, refusal};
use super::world::Sent;
use crate::model::answer::Antwoord;
use crate::model::office::{Model, Versie};
use crate::model::referrals::asks_for_more;
use crate::model::requests::Uitkomst;
use crate::model::spec::{Aanvraag, Bericht, Dag, Inhoud};
use happyflow::messages::Partij;
use std::collections::BTreeMap;

/// Retours, and answers on claims; not what follows on a request.
pub fn is_answer(kind: &str) -> bool {
    matches!(kind, "JW302" | "JW306" | "JW308" | "JW316" | "JW318" | "JW325")
}

/// One answer of ours with what the model says, and the message itself to whom it is for.
pub fn answered(
    model: &mut Model,
    today: Dag,
    sent: &Sent,
    bericht: &Bericht,
    bytes: &[u8],
    own: &[Delivery],
) -> Result<(), String> {
    let (answers, others): (Vec<&Delivery>, Vec<&Delivery>) =
        own.iter().partition(|delivery| is_answer(&delivery.kind));
    let [answer] = answers.as_slice() else {
        return Err(format!("{} answers on {bericht:?}", answers.len()));
    };
    if answer.receiver != sent.sender {
        return Err(format!("answered to {} instead of {}", answer.receiver, sent.sender));
    }
    let found = Antwoord::read(&answer.bytes);
    let differ = |expected: &Antwoord| format!("{bericht:?}\n model: {expected:?}\nengine: {found:?}");
    match &bericht.inhoud {
        Inhoud::Jw315 { bsn, wie, producten } => {
            let (expected, uitkomsten) = model.aanvraag(today, bericht, (bsn, *wie), producten);
            if found != expected {
                return Err(differ(&expected));
            }
            follows(model, bericht, producten, &uitkomsten, own)
        }
        Inhoud::Jw317(wijziging) => {
            // Whether it is right is tried elsewhere; here, that it is answered as a whole (IV093).
            if found.codes["Header"][0].is_empty() {
                let (before, whole) =
                    (model.newest(bericht.gemeente, wijziging.nummer).cloned(), model.clone());
                model.change_asked(bericht, wijziging);
                learn(model, own)?;
                let spared = before.as_ref().is_some_and(|before| model.spared_care(before));
                if !spared && whole.is_over_in(model, today) {
                    return Err(format!("honoured over a limit that holds: {bericht:?}"));
                }
                let honoured = others.iter().any(|other| other.kind == "JW301");
                // Who asks for less than stands adds nothing to what is looked at.
                let more = |before: &Versie| asks_for_more(wijziging, &before.inhoud);
                if let Some(before) = before.filter(|before| honoured && more(before)) {
                    let relatie = (bericht.gemeente, bericht.aanbieder, wijziging.bsn);
                    let named: Vec<u32> =
                        wijziging.blijft.iter().copied().chain([wijziging.nummer]).collect();
                    if let Some(why) = model.whole_over(today, relatie, &named, &before) {
                        return Err(format!("honoured, and {why}: {bericht:?}"));
                    }
                }
            }
            let others = others.iter().filter(|other| other.receiver == answer.receiver).count();
            if others > 1 { Err(format!("{others} answers follow on {bericht:?}")) } else { Ok(()) }
        }
        inhoud => {
            let expected = model.receive(today, bericht);
            if found != expected {
                return Err(differ(&expected));
            }
            let accepted = expected.codes["Header"][0].is_empty();
            let wanted = usize::from(accepted && matches!(inhoud, Inhoud::Jw301 { .. }) && !model.held);
            if others.len() != wanted || others.iter().any(|forward| forward.bytes != bytes) {
                return Err(format!("forwarded {} times: {bericht:?}", others.len()));
            }
            Ok(())
        }
    }
}

/// What follows on a request for assignment, product by product.
fn follows(
    model: &mut Model,
    bericht: &Bericht,
    producten: &[Aanvraag],
    uitkomsten: &[Uitkomst],
    own: &[Delivery],
) -> Result<(), String> {
    let mut expected = BTreeMap::new();
    for (product, uitkomst) in producten.iter().zip(uitkomsten) {
        expected.insert(product.referentie.clone(), uitkomst.clone());
    }
    expected.retain(|_, uitkomst| *uitkomst != Uitkomst::Werk);
    let mut found = BTreeMap::new();
    for delivery in own.iter().filter(|delivery| delivery.receiver.to_string() == bericht.aanbieder) {
        match delivery.kind.as_str() {
            "JW301" => {
                for product in issued(&delivery.bytes).producten {
                    let Some(referentie) = product.referentie.clone() else { continue };
                    let asked = producten.iter().find(|asked| asked.referentie == referentie);
                    let same = asked.is_some_and(|asked| {
                        (product.ingang, product.einde, product.omvang)
                            == (asked.begin, Some(asked.einde), Some(asked.omvang))
                            && product.product.as_ref().and_then(|product| product.code) == Some(asked.code)
                    });
                    if !same {
                        return Err(format!("{bericht:?}\nis assigned as {product:?}"));
                    }
                    found.insert(referentie, Uitkomst::Toegewezen);
                }
            }
            "JW319" => {
                let (referentie, _, reden) = refusal(&delivery.bytes);
                let reden = ["4", "6"].into_iter().find(|known| *known == reden).unwrap_or("another");
                found.insert(referentie, Uitkomst::Geweigerd(reden));
            }
            _ => {}
        }
    }
    if found != expected {
        return Err(format!("{bericht:?}\n model: {expected:?}\nengine: {found:?}"));
    }
    learn(model, own)
}

/// A retour: nothing is answered.
pub fn heard(model: &mut Model, retour: &Retour, own: &[Delivery]) -> Result<(), String> {
    if !own.is_empty() {
        return Err(format!("{} messages follow on {retour:?}", own.len()));
    }
    if retour.afgekeurd {
        model.rejected(&retour.gemeente, &retour.aanbieder, retour.soort, &retour.identificatie);
    }
    Ok(())
}

/// What we issue counts from now on; the gemeente has a copy of every assignment of ours.
pub fn learn(model: &mut Model, own: &[Delivery]) -> Result<(), String> {
    for delivery in own {
        match (delivery.kind.as_str(), delivery.receiver) {
            ("JW301", Partij::Aanbieder(_)) => {
                let copies = own.iter().filter(|other| other.bytes == delivery.bytes).count();
                if copies != 2 {
                    return Err(format!("{copies} parties have {}", delivery.id));
                }
                model.issued(&issued(&delivery.bytes));
            }
            ("JW319", Partij::Aanbieder(aanbieder)) => {
                let (referentie, refused, _) = refusal(&delivery.bytes);
                if refused {
                    let by = ("JW319", first(&delivery.bytes, "Identificatie"));
                    model.answered(aanbieder.as_str(), &referentie, &by);
                }
            }
            _ => {}
        }
    }
    Ok(())
}
