//! The model on what is asked for a child together: EUR 8,000 on referral (rulings 8.9) and segment C (rulings 8.10).

use super::calendar::most_in_all;
use super::office::{Model, Versie};
use super::requests::Uitkomst;
use super::spec::{Aanvraag, Dag, Omvang, Toewijzing, Wijziging, overlap};
use chrono::{Days, Months};

/// The most that is assigned on referral without the wijkteam, in cents.
const WIJKTEAM: i64 = 800_000;
/// The most of segment C that is assigned without a person, in cents.
const SEGMENT_C: i64 = 2_500_000;

/// Huisarts, jeugdarts, medical specialist.
fn looked_at(verwijzer: Option<&str>) -> bool {
    verwijzer.is_some_and(|verwijzer| ["02", "03", "05"].contains(&verwijzer))
}

/// Care as far as its cost goes.
#[derive(Clone, Copy)]
struct Zorg {
    code: Option<&'static str>,
    begin: Dag,
    einde: Option<Dag>,
    omvang: Option<Omvang>,
    budget: Option<i64>,
}

impl Zorg {
    fn asked(product: &Aanvraag) -> Self {
        let Aanvraag { code, begin, einde, omvang, .. } = *product;
        Self { code: Some(code), begin, einde: Some(einde), omvang: Some(omvang), budget: None }
    }

    fn assigned(known: &Toewijzing) -> Self {
        let Toewijzing { ingang, einde, omvang, budget, .. } = *known;
        let code = known.product.as_ref().and_then(|product| product.code);
        Self { code, begin: ingang, einde, omvang, budget }
    }
}

impl Model {
    /// What becomes of the products of one request when they are looked at together; `alone` is what each gets by
    /// itself. A product that is refused costs nothing.
    pub(super) fn together(
        &self,
        today: Dag,
        relatie: (&'static str, &'static str, &'static str),
        producten: &[Aanvraag],
        alone: &[Uitkomst],
    ) -> Vec<Uitkomst> {
        let stays = |place: usize| !matches!(alone[place], Uitkomst::Geweigerd(_));
        let left = || producten.iter().enumerate().filter(|(place, _)| stays(*place)).map(|(_, one)| one);
        let over_referral = self.over_referral(relatie, left());
        let of_c = |product: &&Aanvraag| self.is_segment_c(relatie, Zorg::asked(product));
        let costs = left().filter(of_c).map(|product| self.cost(relatie, Zorg::asked(product)));
        let over_c = costs.sum::<Option<i64>>();
        let waits = |product: &Aanvraag| {
            // What an institution referred for is told of only, when its cost is known and when it is not.
            let c = of_c(&product) && product.verwijzer != "04" && over_c.is_none_or(|cost| cost > SEGMENT_C);
            c || (looked_at(Some(product.verwijzer)) && over_referral)
        };
        // i. What is honoured of a request counts for the rest of it; what an institution or the court referred is honoured
        // over a limit.
        let mut honoured: Vec<&Aanvraag> = Vec::new();
        let mut uitkomsten = Vec::new();
        for (product, alone) in producten.iter().zip(alone) {
            let asked = [&honoured[..], &[product]].concat();
            let over = product.verwijzer != "04" && self.asks_too_much(today, relatie, &asked);
            uitkomsten.push(match alone {
                Uitkomst::Toegewezen if over || waits(product) => Uitkomst::Werk,
                Uitkomst::Toegewezen => {
                    honoured = asked;
                    Uitkomst::Toegewezen
                }
                alone => alone.clone(),
            });
        }
        uitkomsten
    }

    /// The products on referral with what this aanbieder was assigned on referral in the twelve months before the first
    /// start, as it stands now.
    fn over_referral<'a>(
        &self,
        relatie: (&str, &str, &str),
        producten: impl Iterator<Item = &'a Aanvraag>,
    ) -> bool {
        let referred: Vec<&Aanvraag> =
            producten.filter(|product| looked_at(Some(product.verwijzer))).collect();
        let Some(first) = referred.iter().map(|product| product.begin).min() else { return false };
        let asked = referred.iter().map(|product| self.cost(relatie, Zorg::asked(product)));
        let earlier = self.of_child(relatie).into_iter().filter(|versie| {
            versie.inhoud.ingang >= first - Months::new(12) && looked_at(self.verwijzer(versie))
        });
        let earlier = earlier.map(|versie| self.cost(relatie, Zorg::assigned(&versie.inhoud)));
        asked.chain(earlier).sum::<Option<i64>>().is_none_or(|cost| cost > WIJKTEAM)
    }

    /// Newest versions of what the child has at this aanbieder, without what was deleted.
    fn of_child(&self, (gemeente, aanbieder, bsn): (&str, &str, &str)) -> Vec<&Versie> {
        let mut all = self.received_assignments();
        all.retain(|versie| {
            (versie.gemeente, versie.aanbieder, versie.bsn) == (gemeente, aanbieder, bsn)
                && versie.inhoud.reden != Some("13")
        });
        all
    }

    fn verwijzer(&self, versie: &Versie) -> Option<&'static str> {
        let mut all = self.verwijzingen.iter();
        let known =
            all.find(|(gemeente, nummer, _)| (*gemeente, *nummer) == (versie.gemeente, versie.inhoud.nummer));
        known.map(|(.., verwijzer)| *verwijzer)
    }

    /// An assignment of ours names a request: who referred for that referred for the assignment, the first time. What comes
    /// in the place of another was referred for as that was.
    pub(super) fn refer(
        &mut self,
        (gemeente, aanbieder): (&'static str, &str),
        nummer: u32,
        referentie: &str,
    ) {
        let known = |nummer: u32| {
            let mut all = self.verwijzingen.iter();
            all.find(|(of, known, _)| (*of, *known) == (gemeente, nummer)).map(|(.., verwijzer)| *verwijzer)
        };
        let existed = self.newest(gemeente, nummer).is_some();
        let mut requests = self.verzoeken.iter();
        let request = requests
            .find(|request| (request.aanbieder, request.referentie.as_str()) == (aanbieder, referentie));
        let Some(request) = request.filter(|_| !existed) else { return };
        let verwijzer = request.verwijzer.or_else(|| known(request.verandert?));
        self.verwijzingen.extend(verwijzer.map(|verwijzer| (gemeente, nummer, verwijzer)));
    }

    /// Why a request for change that made `nummer` longer or larger was not for a machine to honour: `before` is that
    /// assignment as it was, the model is as it is after the change.
    pub fn whole_over(
        &self,
        today: Dag,
        relatie: (&str, &str, &str),
        named: &[u32],
        before: &Versie,
    ) -> Option<&'static str> {
        let mut whole = self.of_child(relatie);
        // What ended before today is in it only when it was named.
        whole.retain(|versie| {
            let current = versie.inhoud.einde.is_none_or(|einde| einde >= today);
            current || named.contains(&versie.inhoud.nummer)
        });
        let sum = |all: &[&Versie]| {
            all.iter().map(|versie| self.cost(relatie, Zorg::assigned(&versie.inhoud))).sum::<Option<i64>>()
        };
        let referred: Vec<&Versie> =
            whole.iter().copied().filter(|versie| looked_at(self.verwijzer(versie))).collect();
        if looked_at(self.verwijzer(before)) && sum(&referred).is_none_or(|cost| cost > WIJKTEAM) {
            return Some("over the amount on referral");
        }
        let is_c = |versie: &&Versie| self.is_segment_c(relatie, Zorg::assigned(&versie.inhoud));
        let of_c: Vec<&Versie> = whole.into_iter().filter(is_c).collect();
        let waits = is_c(&before) && self.verwijzer(before) != Some("04");
        (waits && sum(&of_c).is_none_or(|cost| cost > SEGMENT_C)).then_some("over the amount of segment C")
    }

    /// Lines of the contract for this care.
    fn priced(&self, (gemeente, aanbieder, _): (&str, &str, &str), zorg: Zorg) -> Vec<&super::spec::Regel> {
        let of = |regel: &&super::spec::Regel| {
            (regel.gemeente, regel.aanbieder) == (gemeente, aanbieder)
                && Some(regel.code) == zorg.code
                && Some(regel.eenheid) == zorg.omvang.map(|omvang| omvang.eenheid)
        };
        let einde = zorg.einde.or(Some(zorg.begin + Months::new(12) - Days::new(1)));
        let mut regels: Vec<_> = self.contract.regels.iter().filter(of).collect();
        regels.retain(|regel| {
            // Where the rate of the first day holds, it holds for all of it.
            let einde = if regel.eerste_dag { Some(zorg.begin) } else { einde };
            overlap((regel.van, regel.tot), (zorg.begin, einde))
        });
        regels
    }

    fn is_segment_c(&self, relatie: (&str, &str, &str), zorg: Zorg) -> bool {
        self.priced(relatie, zorg).iter().any(|regel| regel.segment == Some("C"))
    }

    /// Expected cost: all of the volume at the dearest rate; an open end counts for twelve months. `None`: nobody can tell.
    fn cost(&self, relatie: (&str, &str, &str), zorg: Zorg) -> Option<i64> {
        if zorg.budget.is_some() {
            return zorg.budget;
        }
        let omvang = zorg.omvang?;
        let regels = self.priced(relatie, zorg);
        let einde = zorg.einde.unwrap_or(zorg.begin + Months::new(12) - Days::new(1));
        let gi = regels.first().is_some_and(|regel| regel.gi);
        let volume = most_in_all(omvang, zorg.begin, Some(einde), gi)?;
        if omvang.eenheid == "83" {
            return Some(volume);
        }
        let dearest = regels.iter().filter_map(|regel| regel.tarief).max()?;
        let per = if matches!(omvang.eenheid, "01" | "04") { 60 } else { 1 };
        // Minutes at a rate per hour are rounded half up.
        Some((volume * dearest * 2 + per) / (per * 2))
    }
}

/// Whether a change asks for more than stands: a later end, another volume or a larger budget.
pub fn asks_for_more(wijziging: &Wijziging, stands: &Toewijzing) -> bool {
    let later = match (wijziging.einde, stands.einde) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(asked), Some(known)) => asked > known,
    };
    later || wijziging.omvang != stands.omvang || wijziging.budget > stands.budget
}
