//! JW305 and JW307: care that started or stopped, judged, answered by a JW306 or JW308 and kept
//! (rulings 4). Nothing in here bears on payment (OP364).

use super::answer::retour::RetourVerdict as Retour;
use super::judge::parked;
use super::judge::{self, RuleVerdict};
use super::{Decision, Input, Verdict};
use crate::codes::{Bsn, StatusAanlevering};
use crate::messages::jw305::StartProduct;
use crate::messages::jw307::StopProduct;
use crate::messages::shared::Product;
use crate::messages::{Bericht, Partij, Relatie};
use crate::rules::across_messages::MeldingFacts;
use crate::rules::{Outcome, RuleCheck};
use crate::schema::At;
use crate::state::{Change, Einde, FactKeys, LeveringSleutel, Leveringen, Melding, Toewijzing};

/// A StartProduct or StopProduct.
struct LeveringClass {
    at: At,
    status: StatusAanlevering,
    melding: Melding,
}

impl LeveringClass {
    fn of_start(product: &StartProduct) -> Self {
        let levering = LeveringSleutel {
            toewijzing: product.toewijzing_nummer,
            product: product.product.as_ref().map(Product::sleutel),
            begin: product.begindatum,
        };
        let melding = Melding { levering, einde: None };
        Self { at: product.at, status: product.status_aanlevering, melding }
    }

    fn of_stop(product: &StopProduct<'_>) -> Self {
        let levering = LeveringSleutel {
            toewijzing: product.toewijzing_nummer,
            product: product.product.as_ref().map(Product::sleutel),
            begin: product.begindatum,
        };
        let einde = Einde { einddatum: product.einddatum, reden: product.reden_beeindiging.into() };
        let melding = Melding { levering, einde: Some(einde) };
        Self { at: product.at, status: product.status_aanlevering, melding }
    }

    fn is_removal(&self) -> bool {
        self.status == StatusAanlevering::Verwijderen
    }

    fn apply(&self, leveringen: &mut Leveringen, journal: i64) {
        if self.is_removal() {
            leveringen.remove(&self.melding);
        } else {
            leveringen.report(self.melding.clone(), journal);
        }
    }

    fn change(self, relatie: Relatie, bsn: Bsn, journal: i64) -> Change {
        let (is_removal, melding) = (self.is_removal(), Box::new(self.melding));
        if is_removal {
            Change::LeveringVerwijderd { relatie, bsn, melding }
        } else {
            Change::LeveringGemeld { relatie, bsn, melding, bericht: journal }
        }
    }
}

/// What a message reports of one client.
struct Gemeld {
    relatie: Relatie,
    bsn: Bsn,
    /// In the order in which they count: removals, so that what they replace can be delivered in the
    /// same message (IV008), then deliveries; each in the order of the file.
    classes: Vec<LeveringClass>,
}

impl Gemeld {
    fn read(bericht: &Bericht<'_>) -> Option<Self> {
        let relatie = bericht.header().relatie();
        let (bsn, mut classes): (Bsn, Vec<LeveringClass>) = match bericht {
            Bericht::Start(bericht) => {
                let client = bericht.client.as_ref()?;
                (client.bsn, client.start_producten.iter().map(LeveringClass::of_start).collect())
            }
            Bericht::Stop(bericht) => {
                let client = bericht.client.as_ref()?;
                (client.bsn, client.stop_producten.iter().map(LeveringClass::of_stop).collect())
            }
            _ => return None,
        };
        classes.sort_by_key(|class| !class.is_removal());
        Some(Self { relatie, bsn, classes })
    }
}

/// The starts and stops of the client, and the assignments named.
pub(super) fn keys(bericht: &Bericht<'_>, keys: &mut FactKeys) {
    let Some(Gemeld { relatie, bsn, classes }) = Gemeld::read(bericht) else { return };
    keys.leveringen.insert((relatie, bsn));
    let named = classes.iter().filter_map(|class| class.melding.levering.toewijzing);
    keys.toewijzingen.extend(named.map(|nummer| (relatie.gemeente, nummer)));
}

/// Judges, answers and keeps; the gemeente gets a copy where the region wants that.
pub(super) fn decide(input: &Input<'_>) -> Decision {
    let Some(gemeld) = Gemeld::read(input.bericht) else {
        return parked(input, "Het bericht heeft geen client.".to_owned());
    };
    let named = gemeld.classes.iter().filter_map(|class| class.melding.levering.toewijzing);
    let dates = judge::first_days(judge::facts(input), named);
    if let Some(refusal) = judge::refusal(input, &dates, |judged| judge_classes(input, &gemeld, judged)) {
        return refusal;
    }
    let mut numbers = judge::numbers(input);
    let retour = match judge::answer(input, Retour::Clean, &mut numbers) {
        Ok(retour) => retour,
        Err(alarm) => return Decision { work: vec![*alarm], ..Decision::of(Verdict::Parked) },
    };
    let Gemeld { relatie, bsn, classes } = gemeld;
    let mut changes = vec![judge::identificatie_gebruikt(input.bericht.header())];
    changes.extend(classes.into_iter().map(|class| class.change(relatie, bsn, input.journal)));
    changes.extend(numbers.changes());
    let copied = input.register.regio().regieberichten_doorsturen;
    let forwards = copied.then_some(Partij::Gemeente(relatie.gemeente)).into_iter().collect();
    Decision { answers: vec![retour], forwards, changes, ..Decision::of(Verdict::Accepted) }
}

/// Judges class after class, because each counts for the next; a faulty one does not. The findings
/// stand in order of precedence all the same.
fn judge_classes(input: &Input<'_>, gemeld: &Gemeld, judged: &mut RuleVerdict) {
    let known = input.known.leveringen.get(&(gemeld.relatie, gemeld.bsn));
    let mut leveringen = known.cloned().unwrap_or_default();
    let mut said = Vec::new();
    for class in &gemeld.classes {
        let about = MeldingFacts {
            facts: judge::facts(input),
            melding: &class.melding,
            status: class.status,
            toewijzing: toewijzing(input, gemeld, class),
            leveringen: &leveringen,
        };
        let mut holds = true;
        for (place, (rule, check)) in judge::checks(input.bericht.header()).enumerate() {
            let RuleCheck::Melding(judge) = check else { continue };
            let outcome = judge(&about);
            holds &= outcome == Outcome::Holds;
            said.push((place, class.at, rule, outcome));
        }
        if holds {
            class.apply(&mut leveringen, input.journal);
        }
    }
    said.sort_by_key(|(place, at, ..)| (*place, at.0));
    for (_, at, rule, outcome) in said {
        judged.note(rule, at, outcome);
    }
}

/// The assignment that a class names, of this client and aanbieder.
fn toewijzing<'a>(input: &Input<'a>, gemeld: &Gemeld, class: &LeveringClass) -> Option<&'a Toewijzing> {
    let nummer = class.melding.levering.toewijzing?;
    let known = input.known.toewijzingen.get(&(gemeld.relatie.gemeente, nummer))?;
    (known.aanbieder == gemeld.relatie.aanbieder && known.bsn == gemeld.bsn).then_some(known)
}
