//! Signals about a JW301 that is accepted, for an operator (rulings 2.1 to 2.4 and 2.7).

use super::onrechtmatig::{self, ToewijzingWijziging};
use super::{VersieSoort, known, zorg};
use crate::codes::{Datum, Frequentie, RedenWijziging, TypeVerwijzer};
use crate::contracts::{Dekking, Gevolg};
use crate::decide::cost::Zorg;
use crate::decide::drempels::SegmentC;
use crate::decide::limits::Straks;
use crate::decide::verzoek::age_limited;
use crate::decide::{Input, fixed_price, limits, termijn};
use crate::messages::Relatie;
use crate::messages::jw301::{Client, ToegewezenProduct};
use crate::messages::shared::Product;
use crate::state::{Bedragen, Grond, NewWorkItem, ToegewezenOmvang, Toewijzing, Voorstel, WorkReason};
use std::collections::BTreeSet;

/// Work items, and whether the message waits for an operator.
pub(super) struct Signalen {
    /// In the order of the assignments.
    pub work: Vec<NewWorkItem>,
    /// A contract asks to hold what it does not cover, or a limit to hold what goes over it.
    pub held: bool,
    /// Why it waits.
    pub gronden: BTreeSet<Grond>,
}

/// Everything worth telling about new, changed and older assignments.
pub(super) fn find(
    input: &Input<'_>,
    client: &Client<'_>,
    versies: &[(&ToegewezenProduct<'_>, VersieSoort)],
) -> Signalen {
    let relatie = input.bericht.header().relatie();
    // What is never held waits for nothing, whatever asks for it (rulings 8.7).
    let never = never_held(input, client, versies);
    let mut contracts = input.register.contracten().of_relatie(relatie, client.bsn);
    let contract_holds = !never && contracts.any(|contract| contract.niet_gedekt == Gevolg::Hold);
    let mut signalen = Signalen { work: Vec::new(), held: false, gronden: BTreeSet::new() };
    let today = input.moment.date();
    for &(product, versie) in versies {
        let about = ProductSignaal { input, client, product };
        match versie {
            VersieSoort::Herhaling => {}
            VersieSoort::Ouder => signalen.work.push(about.item(
                WorkReason::OudereToewijzing,
                "is ouder dan de versie die al bekend is (Toewijzingsdatum en -tijd) en is niet opgeslagen",
            )),
            VersieSoort::Nieuw | VersieSoort::Gewijzigd => {
                let told = [about.forbidden_change(), about.stacked(versies)];
                signalen.work.extend(told.into_iter().flatten());
                signalen.work.extend(about.against_what_was_granted());
                about.uncovered(contract_holds).into_iter().for_each(|told| signalen.tell(today, told));
            }
        }
    }
    signalen.segment_c(input, client, versies, contract_holds);
    for &(product, versie) in versies {
        let new = matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd);
        let about = ProductSignaal { input, client, product };
        for told in new.then(|| about.fixed_price(versies)).into_iter().flatten() {
            signalen.tell(today, Gemeld { holds: told.holds && !never, ..told });
        }
    }
    for over in over_limits(input, client, versies) {
        let first =
            versies.iter().find(|(_, versie)| matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd));
        // What passes a hold is told behind the commit, as what only signals is (rulings 8.4, 8.7).
        let Some((product, _)) = first.filter(|_| !never) else { continue };
        let about = ProductSignaal { input, client, product };
        let item = about.item(WorkReason::ToewijzingBovenBudget, &format!("gaat over {}", over.tekst));
        let bedragen = Bedragen { gevraagd: Some(over.erbij), over: Some(over.over) };
        signalen
            .tell(today, Gemeld { item: NewWorkItem { bedragen, ..item }, holds: true, grond: over.grond });
    }
    signalen
}

/// The limits that hold assignments and that the message as a whole brings over their amount (rulings 8.4).
fn over_limits(
    input: &Input<'_>,
    client: &Client<'_>,
    versies: &[(&ToegewezenProduct<'_>, VersieSoort)],
) -> Vec<limits::Overschrijding> {
    let relatie = input.bericht.header().relatie();
    let new =
        versies.iter().filter(|(_, versie)| matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd));
    let straks: Vec<Straks> = new
        .map(|(product, _)| {
            let leveringen = input.known.leveringen.get(&(relatie, client.bsn));
            let gestopt = leveringen.and_then(|leveringen| leveringen.gestopt(product.nummer()));
            let zorg = (!onrechtmatig::is_deletion(product)).then(|| zorg(relatie, client, product));
            Straks { zorg, sleutel: Some((relatie.gemeente, product.nummer())), gestopt }
        })
        .collect();
    let since = limits::counted_from(input.register, input.moment.date());
    limits::exceeded(&straks, input.known, input.register, since)
}

/// Whether the message is of a kind that never waits (rulings 8.7): help in a crisis or by the court, and what ends,
/// shortens, lowers or deletes anything.
fn never_held(
    input: &Input<'_>,
    client: &Client<'_>,
    versies: &[(&ToegewezenProduct<'_>, VersieSoort)],
) -> bool {
    let relatie = input.bericht.header().relatie();
    let dates = |product: &ToegewezenProduct<'_>| zorg(relatie, client, product);
    versies.iter().any(|(product, versie)| {
        if *versie == VersieSoort::Ouder {
            return false;
        }
        let ends = matches!(
            product.reden_wijziging,
            Some(RedenWijziging::Verwijderd | RedenWijziging::AdministratieveCorrectieVervallen)
        ) || product.reden_wijziging.is_some_and(|reden| reden.as_str() == "02");
        // What is held back was never there to be shortened: else a correction of it would pass the hold unseen.
        let known = known(input.known, relatie, product.nummer()).and_then(Toewijzing::zoals_bekend);
        let shorter = known.is_some_and(|known| {
            *versie == VersieSoort::Gewijzigd
                && (limits::ends_earlier(product.einddatum, known.einddatum)
                    || onrechtmatig::is_deletion(product))
        });
        ends && *versie != VersieSoort::Herhaling
            || shorter
            || answers_institution_or_court(input, relatie, product)
            || limits::is_never_held(&dates(product), input.register)
    })
}

/// Whether a product answers a request that a certified institution or the court referred.
fn answers_institution_or_court(
    input: &Input<'_>,
    relatie: Relatie,
    product: &ToegewezenProduct<'_>,
) -> bool {
    let reference = product.referentie_aanbieder;
    let verzoek =
        reference.and_then(|reference| input.known.verzoeken.get(&(relatie.aanbieder, reference.into())));
    verzoek.and_then(|verzoek| verzoek.verwijzer).is_some_and(TypeVerwijzer::is_institution_or_court)
}

impl Signalen {
    /// The last day for the decision on a message that waits; none when it does not.
    pub(super) fn uiterlijk(&self) -> Option<Datum> {
        let item = self.work.iter().find(|item| item.voorstel == Voorstel::Doorsturen)?;
        item.due.map(|due| due.date())
    }

    /// The products of segment C of a message together over their amount (rulings 8.10); told at the last of them.
    fn segment_c(
        &mut self,
        input: &Input<'_>,
        client: &Client<'_>,
        versies: &[(&ToegewezenProduct<'_>, VersieSoort)],
        contract_holds: bool,
    ) {
        let relatie = input.bericht.header().relatie();
        let new = versies.iter().filter(|(product, versie)| {
            matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd)
                && !onrechtmatig::is_deletion(product)
        });
        let new: Vec<_> = new.map(|(product, _)| (*product, zorg(relatie, client, product))).collect();
        let all = SegmentC::of(new.iter().map(|(_, zorg)| zorg), input.register);
        let over = all.and_then(|all| Some((all.over()?, all.bedragen())));
        let last = new.iter().rev().find(|(_, zorg)| zorg.is_segment_c(input.register));
        if let (Some((what, bedragen)), Some((product, _))) = (over, last) {
            let item = ProductSignaal { input, client, product }
                .item(WorkReason::SegmentC, &format!("gaat te ver: {what}"));
            let item = NewWorkItem { bedragen, ..item };
            self.tell(input.moment.date(), Gemeld { item, holds: contract_holds, grond: Grond::SegmentC });
        }
    }

    fn tell(&mut self, today: Datum, Gemeld { mut item, holds, grond }: Gemeld) {
        if holds {
            self.gronden.insert(grond);
        }
        if holds && !self.held {
            self.held = true;
            item.due = termijn::moment(termijn::vasthouding(today));
            item.voorstel = Voorstel::Doorsturen;
            item.story.push_str(" Het bericht is niet doorgestuurd en wacht op vrijgave.");
        }
        self.work.push(item);
    }
}

/// Told, and whether it holds the message: the region opted in to that at the contract (`niet_gedekt`)
/// or at the limit itself (`bij_toewijzing`). Rulings 2.4 names budgets and ceilings alike, and in a
/// register of one JSON the limit is the one place to opt in.
struct Gemeld {
    item: NewWorkItem,
    holds: bool,
    grond: Grond,
}

struct ProductSignaal<'a> {
    input: &'a Input<'a>,
    client: &'a Client<'a>,
    product: &'a ToegewezenProduct<'a>,
}

impl ProductSignaal<'_> {
    fn item(&self, reason: WorkReason, what: &str) -> NewWorkItem {
        let nummer = self.product.nummer();
        NewWorkItem {
            reason,
            relatie: self.input.bericht.header().relatie(),
            toewijzing: Some(nummer),
            due: None,
            story: format!("Toewijzing {nummer} {}.", what.trim_end_matches('.')),
            voorstel: Voorstel::Kennisnemen,
            bedragen: Bedragen::default(),
            verzamel: None,
        }
    }

    fn known(&self) -> Option<&Toewijzing> {
        known(self.input.known, self.input.bericht.header().relatie(), self.product.nummer())
    }

    fn zorg(&self) -> Zorg {
        zorg(self.input.bericht.header().relatie(), self.client, self.product)
    }

    /// OP033x1: deleting, another last day, another budget, and with frequentie 6 another volume. Nothing else.
    fn forbidden_change(&self) -> Option<NewWorkItem> {
        let known = self.known()?;
        let omvang = self.product.omvang.as_ref().map(ToegewezenOmvang::from);
        let mut faults = Vec::new();
        if !omvang_may_change(known.omvang, omvang) {
            faults.push("de omvang mag alleen veranderen bij frequentie 6, en dan alleen het volume");
        }
        if known.is_verwijderd() && !self.is_deletion() {
            faults.push("een verwijderde toewijzing wordt weer geldig");
        }
        if self.product.reden_wijziging == Some(RedenWijziging::Verwijderd)
            && self.product.einddatum != Some(self.product.ingangsdatum)
        {
            faults.push("bij verwijderen hoort een einddatum die gelijk is aan de ingangsdatum");
        }
        (!faults.is_empty()).then(|| {
            let what = format!("is gewijzigd op een manier die OP033x1 niet toestaat: {}", faults.join("; "));
            self.item(WorkReason::WijzigingNietToegestaan, &what)
        })
    }

    fn is_deletion(&self) -> bool {
        onrechtmatig::is_deletion(self.product)
    }

    /// What becomes unlawful, and what is taken back that we granted (rulings 2.7).
    fn against_what_was_granted(&self) -> Vec<NewWorkItem> {
        let Some(van) = self.known() else { return Vec::new() };
        let change = ToewijzingWijziging { input: self.input, product: self.product, van };
        let unlawful = change.onrechtmatig().map(|what| (WorkReason::ZorgOnrechtmatig, what));
        let undone = change.teruggedraaid().map(|what| (WorkReason::WijzigingTeruggedraaid, what));
        unlawful.into_iter().chain(undone).map(|(reason, what)| self.item(reason, &what)).collect()
    }

    /// OP259 across messages; within this one TR302 looks after it.
    fn stacked(&self, versies: &[(&ToegewezenProduct<'_>, VersieSoort)]) -> Option<NewWorkItem> {
        if self.is_deletion() {
            return None;
        }
        let relatie = self.input.bericht.header().relatie();
        let facts = self.input.known;
        let product = self.product.product.as_ref().map(Product::sleutel);
        let numbers = facts.toewijzingen_van.get(&(relatie.gemeente, self.client.bsn))?;
        let others: Vec<String> = numbers
            .iter()
            .filter(|nummer| !versies.iter().any(|(product, _)| product.nummer() == **nummer))
            .filter_map(|nummer| facts.toewijzingen.get(&(relatie.gemeente, *nummer)))
            .filter(|other| other.aanbieder == relatie.aanbieder)
            .filter(|other| other.stacks_with(product, self.product.ingangsdatum, self.product.einddatum))
            .map(|other| other.nummer.to_string())
            .collect();
        (!others.is_empty()).then(|| {
            let what =
                format!("is van hetzelfde product in dezelfde periode als toewijzing {}", others.join(", "));
            self.item(WorkReason::Stapeling, &what)
        })
    }

    /// More than one piece at a fixed price, or beside another such assignment of the child (rulings 8.6). What others
    /// have of the child is known where a contract holds; where both only signal that is told behind the commit.
    fn fixed_price(&self, versies: &[(&ToegewezenProduct<'_>, VersieSoort)]) -> Vec<Gemeld> {
        let (zorg, register) = (self.zorg(), self.input.register);
        let gevolgen = fixed_price::gevolgen(&zorg, register).filter(|_| !self.is_deletion());
        let Some(gevolg) = gevolgen.map(|gevolgen| gevolgen.bij_toewijzing) else { return Vec::new() };
        let mut told = Vec::new();
        if fixed_price::is_more_pieces(&zorg) {
            told.push(("is voor meer dan een traject met een vaste prijs".to_owned(), gevolg));
        }
        let own = (zorg.relatie.gemeente, self.product.nummer());
        if fixed_price::compares(&zorg, register) {
            // What the message only repeats stands as it is known.
            let anew = |nummer| {
                let mut new = versies.iter().filter(|(_, versie)| is_new(*versie));
                new.any(|(product, _)| product.nummer() == nummer)
            };
            let beside = fixed_price::beside(&zorg, own, self.input.known, register).into_iter();
            let beside = beside.filter(|(other, _)| other.gemeente != own.0 || !anew(other.nummer));
            let beside =
                beside.map(|(other, theirs)| (fixed_price::story(other), gevolg.max(theirs.bij_toewijzing)));
            told.extend(beside.filter(|(_, gevolg)| *gevolg == Gevolg::Hold));
        }
        let in_message = self.beside_in_message(&zorg, versies);
        told.extend(in_message.map(|(what, theirs)| (what, gevolg.max(theirs))));
        let told = told.into_iter().filter(|(_, gevolg)| *gevolg != Gevolg::Niets);
        let item = |(what, gevolg): (String, Gevolg)| Gemeld {
            item: self.item(WorkReason::VastePrijs, &what),
            holds: gevolg == Gevolg::Hold,
            grond: Grond::VastePrijs,
        };
        told.map(item).collect()
    }

    /// Care that goes on after the age limit of its contract is told, never more (rulings 8.11).
    fn past_age_limit(&self, zorg: &Zorg) -> Option<NewWorkItem> {
        let born = &self.client.geboortedatum;
        if born.datum_gebruik.is_some() {
            return None;
        }
        let lines = age_limited(zorg, self.input.register);
        let reached = lines.iter().filter_map(|line| line.leeftijd_bereikt_op(born.datum)).max()?;
        zorg.eind.is_none_or(|end| end >= reached).then(|| {
            self.item(
                WorkReason::Leeftijdsgrens,
                &format!("gaat door na {reached}, als het kind de leeftijdsgrens bereikt"),
            )
        })
    }

    /// Of two trajectories in one message the later one is beside the first; what the contract of that does.
    fn beside_in_message(
        &self,
        own: &Zorg,
        versies: &[(&ToegewezenProduct<'_>, VersieSoort)],
    ) -> Option<(String, Gevolg)> {
        let relatie = self.input.bericht.header().relatie();
        let earlier = versies.iter().take_while(|(product, _)| product.nummer() != self.product.nummer());
        let mut beside = earlier.filter(|(_, versie)| is_new(*versie)).filter_map(|(product, _)| {
            let other = zorg(relatie, self.client, product);
            let together = !onrechtmatig::is_deletion(product) && other.periode().overlaps(&own.periode());
            let gevolgen = fixed_price::gevolgen(&other, self.input.register).filter(|_| together)?;
            Some((product.nummer(), gevolgen.bij_toewijzing))
        });
        let (nummer, gevolg) = beside.next()?;
        let what =
            format!("valt samen met toewijzing {nummer} in hetzelfde bericht, ook met een vaste prijs");
        Some((what, gevolg))
    }

    /// Not covered by the contract, over a limit, or segment C over its amount (rulings 2.4).
    fn uncovered(&self, contract_holds: bool) -> Vec<Gemeld> {
        if self.is_deletion() {
            return Vec::new();
        }
        let (zorg, register) = (self.zorg(), self.input.register);
        let mut items = Vec::new();
        let dekking =
            register.covers(zorg.relatie, zorg.bsn, zorg.product, zorg.eenheid(), zorg.begin, zorg.eind);
        if let Some(why) = not_covered(dekking) {
            let what = format!("valt buiten het contract: {why}");
            let item = self.item(WorkReason::ToewijzingNietGedekt, &what);
            items.push(Gemeld { item, holds: contract_holds, grond: Grond::Contract });
        }
        let aged = self.past_age_limit(&zorg);
        items.extend(aged.map(|item| Gemeld { item, holds: false, grond: Grond::Leeftijdsgrens }));
        items
    }
}

/// Whether a message brings something with it.
const fn is_new(versie: VersieSoort) -> bool {
    matches!(versie, VersieSoort::Nieuw | VersieSoort::Gewijzigd)
}

/// IV066: another volume is allowed with frequentie 6 only; another unit or frequentie never.
fn omvang_may_change(known: Option<ToegewezenOmvang>, new: Option<ToegewezenOmvang>) -> bool {
    match (known, new) {
        (Some(known), Some(new)) => {
            known == new
                || (known.frequentie == Frequentie::TotaalBinnenGeldigheidsduur
                    && new.frequentie == known.frequentie
                    && new.eenheid == known.eenheid)
        }
        (known, new) => known == new,
    }
}

/// Why the contracts do not cover it, in Dutch; `None` when they do.
pub(in crate::decide) fn not_covered(dekking: Dekking) -> Option<&'static str> {
    match dekking {
        Dekking::Volledig | Dekking::OpenEinde { .. } => None,
        Dekking::BuitenPeriode => Some("het product is niet in de hele periode gecontracteerd"),
        Dekking::AndereEenheid => Some("het product is in een andere eenheid gecontracteerd"),
        Dekking::GeenProduct => Some("het product is niet gecontracteerd"),
        Dekking::GeenContract => Some("er is geen contract op de eerste dag"),
    }
}
