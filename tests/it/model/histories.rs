//! Histories at random, out of what really happens: most of it right, much of it at a boundary, some
//! of it wrong. The model is asked what the room is, so that the last hour and the last euro are hit.

use super::calendar::{minutes, most_in_all, most_in_period};
use super::office::{Model, Regel, Versie};
use super::spec::{
    self, Bericht, Contract, Dag, Declaratie, GEWOON, Inhoud, Limiet, Melding, Omvang, Persoon, Prestatie,
    Product, Stap, Toewijzing,
};
use super::write::month_end;
use crate::generator::Dice;
use chrono::{Datelike, Days, Months};

pub const GEMEENTEN: [&str; 2] = ["0193", "0150"];
pub const AANBIEDERS: [&str; 2] = ["12345678", "87654321"];
pub const BSNS: [&str; 3] = ["999900006", "999900018", "999900031"];

/// One child in other letters and with less of its date, and others.
pub const PERSONEN: [Persoon; 9] = [
    GEWOON,
    Persoon { achternaam: "PRÓEF", voorvoegsel: Some("van der"), ..GEWOON },
    Persoon { achternaam: "de Pro-ef", ..GEWOON },
    Persoon { geboren: "2012-05-01", gebruik: Some("1"), ..GEWOON },
    Persoon { geboren: "2012-01-01", gebruik: Some("2"), ..GEWOON },
    Persoon { geboren: "1900-01-01", gebruik: Some("3"), ..GEWOON },
    Persoon { geboren: "2012-05-05", ..GEWOON },
    Persoon { geboren: "2012-04-01", gebruik: Some("1"), ..GEWOON },
    Persoon { achternaam: "Proeve", ..GEWOON },
];

pub fn day(year: i32, month: u32, day: u32) -> Dag {
    Dag::from_ymd_opt(year, month, day).unwrap()
}

/// Hours, hours at a rate that changes, minutes at an hour rate, euros, pieces, days.
pub fn contract(second: i64) -> Contract {
    let lines = [
        ("45A04", "04", Some(8000), false),
        ("45A05", "04", Some(second), false),
        ("45A06", "01", Some(8050), true),
        ("45A07", "83", None, false),
        ("45A08", "82", Some(50_000), false),
        ("44A01", "14", Some(20_000), false),
        ("50P01", "82", Some(100_000), false),
    ];
    let mut regels = Vec::new();
    for gemeente in GEMEENTEN {
        for aanbieder in AANBIEDERS {
            for (code, eenheid, tarief, per_uur) in lines {
                // One relatie has no days.
                if (gemeente, aanbieder, code) == (GEMEENTEN[1], AANBIEDERS[1], "44A01") {
                    continue;
                }
                let regel = spec::Regel {
                    gemeente,
                    aanbieder,
                    code,
                    eenheid,
                    tarief,
                    per_uur,
                    // In one gemeente the rate that changes holds as it was on the first day of an assignment.
                    eerste_dag: (gemeente, code) == (GEMEENTEN[1], "45A05"),
                    // And its pieces are paid as measures of certified institutions.
                    gi: (gemeente, code) == (GEMEENTEN[1], "45A08"),
                    segment: (code == "45A08").then_some("C"),
                    spoed: (gemeente, code) == (GEMEENTEN[1], "44A01"),
                    // Some of these children become thirteen in the histories.
                    leeftijd_max: (code == "45A06").then_some(13),
                    vast: (code == "50P01").then_some(("signal", "signal")),
                    van: day(2024, 1, 1),
                    tot: None,
                };
                if code == "45A05" {
                    regels.push(spec::Regel {
                        tot: Some(day(2025, 3, 15)),
                        tarief: Some(9000),
                        ..regel.clone()
                    });
                    regels.push(spec::Regel { van: day(2025, 3, 16), ..regel });
                } else {
                    regels.push(regel);
                }
            }
        }
    }
    // A code that no contract has was dropped from the list in the course of the year.
    let listed = lines.iter().map(|(code, ..)| (*code, None));
    let lijst = Some(listed.chain([("45B01", Some(day(2025, 3, 31)))]).collect());
    Contract { regels, limieten: Vec::new(), aannemelijk: false, uitloop_maanden: 60, lijst }
}

/// One history under way.
pub struct Maker {
    dice: Dice,
    today: Dag,
    model: Model,
    steps: Vec<Stap>,
    count: u32,
    /// No limit is ever reached.
    roomy: bool,
}

/// A history of about this many steps.
pub fn history(seed: u64, length: usize) -> Vec<Stap> {
    let mut maker = Maker {
        dice: Dice::new(seed),
        today: day(2025, 1, 6),
        model: Model::default(),
        steps: Vec::new(),
        count: 0,
        roomy: !seed.is_multiple_of(3),
    };
    let agreed = maker.agreed(9500);
    maker.add(Stap::Contract(agreed));
    while maker.steps.len() < length {
        maker.step();
    }
    maker.steps
}

impl Maker {
    /// Contracts with limits of each kind; what they allow, what they do and whether they are there differs from import to
    /// import, and two in three histories have room for all.
    fn agreed(&mut self, second: i64) -> Contract {
        let (roomy, last) = (self.roomy, self.model.contract.limieten.clone());
        let year = (day(2025, 1, 1), day(2025, 12, 31));
        let general = Limiet {
            gemeente: None,
            bsn: None,
            aanbieder: None,
            categorie: None,
            segment: None,
            dagen: year,
            bedrag: 0,
            bij_toewijzing: "niets",
            bij_betaling: "hold",
            vanzelf: false,
            uitgezonderd: Vec::new(),
            specifiek_betalen: false,
            waarschuw_bij: None,
            actief: true,
        };
        let (gemeente, other) = (Some(GEMEENTEN[0]), Some(GEMEENTEN[1]));
        let kinds = [
            Limiet { aanbieder: Some(AANBIEDERS[0]), waarschuw_bij: Some(70), ..general.clone() },
            Limiet { gemeente, aanbieder: Some(AANBIEDERS[1]), ..general.clone() },
            Limiet { gemeente: other, ..general.clone() },
            Limiet { gemeente, bsn: Some(BSNS[0]), ..general.clone() },
            Limiet { gemeente, bsn: Some(BSNS[1]), aanbieder: Some(AANBIEDERS[0]), ..general.clone() },
            Limiet { gemeente: other, bsn: Some(BSNS[0]), categorie: Some("45"), ..general.clone() },
            Limiet {
                gemeente,
                categorie: Some("44"),
                dagen: (day(2025, 2, 10), day(2025, 7, 20)),
                ..general.clone()
            },
            Limiet { gemeente, segment: Some("C"), ..general.clone() },
            Limiet {
                aanbieder: Some(AANBIEDERS[1]),
                uitgezonderd: vec!["44"],
                specifiek_betalen: true,
                ..general
            },
        ];
        let mut limieten = Vec::new();
        for (place, kind) in kinds.into_iter().enumerate() {
            let bedrag = if roomy { 1_000_000_000 } else { self.below(60) * 10_000 };
            // Mostly as it was.
            let before = last.get(place).filter(|_| !self.dice.one_in(3));
            let acts = ["niets", "signal", "hold", "hold", "hold", "hold"];
            let fresh = Limiet {
                bedrag,
                bij_toewijzing: if self.dice.one_in(6) { "hold" } else { acts[self.dice.below(2)] },
                bij_betaling: acts[self.dice.below(6)],
                vanzelf: place.is_multiple_of(2),
                actief: !self.dice.one_in(4),
                ..kind
            };
            limieten.push(before.cloned().unwrap_or(fresh));
        }
        let mut agreed = Contract { limieten, aannemelijk: self.dice.one_in(2), ..contract(second) };
        for regel in agreed.regels.iter_mut().filter(|regel| regel.vast.is_some()) {
            let mut act = || ["niets", "signal", "hold", "hold"][self.dice.below(4)];
            regel.vast = Some((act(), act()));
        }
        agreed
    }

    fn add(&mut self, step: Stap) {
        match &step {
            Stap::Bericht(today, bericht) => {
                self.model.receive(*today, bericht);
            }
            Stap::Contract(contract) => self.model.agree(contract),
            Stap::Nogmaals(..) => {}
        }
        self.steps.push(step);
    }

    fn step(&mut self) {
        if self.dice.one_in(2) {
            self.today = self.today + Days::new(self.dice.below(25) as u64);
        }
        let kind = self.dice.below(24);
        match kind {
            0..8 => self.jw301(),
            8..17 => self.jw323(),
            17..21 => self.regie(),
            21 => {
                let known: Vec<Bericht> = self
                    .steps
                    .iter()
                    .filter_map(|step| match step {
                        Stap::Bericht(_, bericht) => Some(bericht.clone()),
                        _ => None,
                    })
                    .collect();
                if !known.is_empty() {
                    let again = known[self.dice.below(known.len())].clone();
                    self.add(Stap::Nogmaals(self.today, again));
                }
            }
            22 => {
                let second = [9500, 9500, 9700][self.dice.below(3)];
                let agreed = self.agreed(second);
                self.add(Stap::Contract(agreed));
            }
            _ => self.other_bytes(),
        }
    }

    /// An Identificatie that is in use, with other content (TR056).
    fn other_bytes(&mut self) {
        if self.model.berichten.is_empty() {
            return;
        }
        let (sender, soort, name) = self.model.berichten[self.dice.below(self.model.berichten.len())].clone();
        self.jw301();
        if let Some(Stap::Bericht(_, bericht)) = self.steps.last()
            && (bericht.afzender(), bericht.soort()) == (sender, soort)
        {
            let other = Bericht { identificatie: name, ..bericht.clone() };
            self.add(Stap::Bericht(self.today, other));
        }
    }

    fn number(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    fn send(&mut self, gemeente: &'static str, aanbieder: &'static str, inhoud: Inhoud) {
        let identificatie = format!("B{}", self.number());
        let future = u64::from(self.dice.one_in(40));
        let dagtekening = self.today + Days::new(future);
        self.add(Stap::Bericht(
            self.today,
            Bericht { gemeente, aanbieder, identificatie, dagtekening, inhoud },
        ));
    }

    fn below(&mut self, bound: usize) -> i64 {
        i64::try_from(self.dice.below(bound)).unwrap()
    }

    fn relatie(&mut self) -> (&'static str, &'static str) {
        (GEMEENTEN[self.dice.below(2)], AANBIEDERS[self.dice.below(2)])
    }

    /// A later moment than every other, to the second.
    fn moment(&mut self) -> (Dag, String) {
        let count = self.number();
        (self.today, format!("{:02}:{:02}:{:02}", 8 + count / 3600, count / 60 % 60, count % 60))
    }

    fn new_assignment(&mut self) -> Toewijzing {
        let start = day(2025, 1, 1) + Days::new(self.dice.below(120) as u64);
        let start = if self.dice.one_in(2) { start.with_day(1).unwrap() } else { start };
        let end = start + Days::new(20 + self.dice.below(200) as u64);
        let end = if self.dice.one_in(2) { month_end(end) } else { end };
        let specific = |categorie, code| Some(Product { categorie, code });
        let dozen = self.dice.below(12);
        let volume = 1 + i64::try_from(dozen).unwrap();
        let frequentie = ["2", "4", "6"][self.dice.below(3)];
        let (product, omvang, budget) = match self.dice.below(12) {
            0..3 => (specific("45", Some("45A04")), Some((volume, "04", frequentie)), None),
            3 => (specific("45", Some("45A05")), Some((volume, "04", frequentie)), None),
            4 => (specific("45", Some("45A06")), Some((volume * 30, "01", frequentie)), None),
            5 => (specific("45", Some("45A07")), Some((volume * 10_000, "83", frequentie)), None),
            6 => (specific("45", Some("45A08")), Some((volume, "82", frequentie)), None),
            7 => (specific("44", Some("44A01")), Some((volume, "14", frequentie)), None),
            // One in three is of the category that has a fixed price.
            8 => (specific(["50", "45", "45"][dozen % 3], None), None, Some(volume * 20_000)),
            9 | 10 => {
                let pieces = 1 + i64::from(self.dice.one_in(6));
                (specific("50", Some("50P01")), Some((pieces, "82", "6")), None)
            }
            _ => (None, None, Some(volume * 20_000)),
        };
        let omvang = omvang.map(|(volume, eenheid, frequentie)| Omvang { volume, eenheid, frequentie });
        let frequentie = omvang.map_or(frequentie, |omvang| omvang.frequentie);
        let open = budget.is_none() && frequentie != "2" && self.dice.one_in(5);
        Toewijzing {
            nummer: 1000 + self.number(),
            referentie: self.dice.one_in(40).then(|| "REF".to_owned()),
            product,
            vastgesteld: self.moment(),
            ingang: start,
            einde: (!open).then_some(end),
            reden: None,
            omvang,
            budget,
        }
    }

    /// Another version of an assignment.
    fn changed(&mut self, known: &Versie) -> Toewijzing {
        let mut next = known.inhoud.clone();
        let (kind, by) = (self.dice.below(9), 1 + self.dice.below(60) as u64);
        let older = kind != 5 && self.dice.one_in(6);
        if kind != 5 {
            next.vastgesteld = self.moment();
        }
        if older {
            next.vastgesteld.0 = next.vastgesteld.0 - Days::new(60);
        }
        next.reden = Some("14");
        match kind {
            0 | 1 => next.einde = next.einde.map(|einde| einde + Days::new(by)),
            2 | 3 => next.einde = next.einde.map(|einde| (einde - Days::new(by)).max(next.ingang)),
            4 => (next.einde, next.reden) = (Some(next.ingang), Some("13")),
            // Sent once more, or deleted without saying so.
            5 => next.reden = known.inhoud.reden,
            6 => next.ingang = next.ingang + Days::new(u64::from(next.einde != Some(next.ingang))),
            _ => {
                if let Some(budget) = &mut next.budget {
                    *budget = (*budget + 10_000 * (self.below(5) - 2)).max(1);
                } else if let Some(omvang) = &mut next.omvang
                    && omvang.frequentie == "6"
                {
                    omvang.volume = (omvang.volume + self.below(5) - 2).max(1);
                }
            }
        }
        next
    }

    /// Who the gemeente says the child is: it changes now and then.
    fn persoon(&mut self) -> Persoon {
        if self.dice.one_in(8) { PERSONEN[self.dice.below(PERSONEN.len())] } else { GEWOON }
    }

    fn jw301(&mut self) {
        let known: Vec<Versie> = self.model.assignments().into_iter().cloned().collect();
        if known.is_empty() || self.dice.one_in(2) {
            let (gemeente, aanbieder) = self.relatie();
            let bsn = BSNS[self.dice.below(3)];
            let mut producten = vec![self.new_assignment()];
            for _ in 0..self.dice.below(2) {
                let next = self.new_assignment();
                producten.push(next);
            }
            if self.dice.one_in(25) {
                let twin = Toewijzing { nummer: 1000 + self.number(), ..producten[0].clone() };
                producten.push(twin);
            }
            let wie = self.persoon();
            return self.send(gemeente, aanbieder, Inhoud::Jw301 { bsn, wie, producten });
        }
        let one = known[self.dice.below(known.len())].clone();
        let mut producten = vec![self.changed(&one)];
        for other in &known {
            let together =
                (other.gemeente, other.aanbieder, other.bsn) == (one.gemeente, one.aanbieder, one.bsn);
            if together && other.inhoud.nummer != one.inhoud.nummer && self.dice.one_in(3) {
                producten.push(other.inhoud.clone());
            }
        }
        let aanbieder = if self.dice.one_in(20) { AANBIEDERS[self.dice.below(2)] } else { one.aanbieder };
        let bsn = if self.dice.one_in(20) { BSNS[self.dice.below(3)] } else { one.bsn };
        let wie = self.persoon();
        self.send(one.gemeente, aanbieder, Inhoud::Jw301 { bsn, wie, producten });
    }

    fn jw323(&mut self) {
        let known: Vec<Versie> = self.model.assignments().into_iter().cloned().collect();
        if known.is_empty() {
            return;
        }
        let one = known[self.dice.below(known.len())].clone();
        let (gemeente, aanbieder) = (one.gemeente, one.aanbieder);
        let own: Vec<&Versie> =
            known.iter().filter(|other| (other.gemeente, other.aanbieder) == (gemeente, aanbieder)).collect();
        let back = u32::from(self.dice.one_in(8)) + u32::from(self.dice.one_in(4));
        let periode = self.today.with_day(1).unwrap() - Months::new(1 + back);
        let mut prestaties: Vec<Prestatie> = Vec::new();
        for _ in 0..=self.dice.below(4) {
            let versie = if self.dice.one_in(2) { &one } else { own[self.dice.below(own.len())] };
            let line = if self.dice.one_in(4) { self.credit(versie) } else { None };
            if let Some(line) = line {
                let again = Prestatie { vorig: None, credit: false, ..line.clone() };
                prestaties.push(line);
                // Credited and claimed again in one message.
                if self.dice.one_in(2) {
                    let line = Prestatie { referentie: format!("R{}", self.number()), ..again };
                    prestaties.push(self.bend(line));
                }
            } else {
                let line = self.debit(versie, periode, &prestaties);
                prestaties.push(line);
            }
        }
        if self.dice.one_in(4) {
            prestaties.reverse();
        }
        let nummer = if self.dice.one_in(15) {
            self.model.declaraties.last().map_or_else(|| "D".to_owned(), |known| known.2.clone())
        } else {
            format!("D{}", self.number())
        };
        let te_veel = i64::from(self.dice.one_in(30));
        let dagtekening = self.today + Days::new(u64::from(self.dice.one_in(40)));
        let declaratie = Declaratie { nummer, periode, dagtekening, te_veel, prestaties };
        self.send(gemeente, aanbieder, Inhoud::Jw323(declaratie));
    }

    /// The mirror of a line that was processed, mostly a granted debit; not always a good mirror.
    fn credit(&mut self, versie: &Versie) -> Option<Prestatie> {
        let careless = self.dice.one_in(8);
        let lines: Vec<Regel> = self
            .model
            .regels
            .iter()
            .filter(|line| {
                line.aanbieder == versie.aanbieder && (careless || line.gemeente == versie.gemeente)
            })
            .filter(|line| careless || (line.toegekend && !line.inhoud.credit))
            .cloned()
            .collect();
        if lines.is_empty() {
            return None;
        }
        let debit = &lines[self.dice.below(lines.len())].inhoud;
        let mut line = Prestatie {
            vorig: Some(debit.referentie.clone()),
            referentie: format!("R{}", self.number()),
            credit: true,
            ..debit.clone()
        };
        if self.dice.one_in(12) {
            (line.volume, line.bedrag) = (line.volume + 1, line.bedrag + line.tarief.unwrap_or(1));
        }
        Some(line)
    }

    /// A debit that is right, just right, just too much, or wrong.
    fn debit(&mut self, versie: &Versie, periode: Dag, before: &[Prestatie]) -> Prestatie {
        let known = &versie.inhoud;
        let month = periode - Months::new([0, 1, 2][self.dice.below(3)]);
        let begin = if self.dice.one_in(6) { month } else { month.max(known.ingang.with_day(1).unwrap()) };
        let first =
            if known.ingang > begin && known.ingang <= month_end(begin) { known.ingang } else { begin };
        let last = known.einde.map_or(month_end(first), |einde| einde.min(month_end(first)));
        let last = if last < first { month_end(first) } else { last };
        let code = known.product.as_ref().and_then(|product| product.code).unwrap_or("45A04");
        let code = if self.dice.one_in(20) { "45A05" } else { code };
        let generic = known.product.is_none() && self.dice.one_in(4);
        let fixed = known.product.as_ref().is_some_and(|product| product.categorie == "50");
        let code = if generic || fixed { "50P01" } else { code };
        let (eenheid, tarief) = match code {
            "45A06" => ("01", Some(134)),
            "45A07" => ("83", None),
            "45A08" => ("82", Some(50_000)),
            "44A01" => ("14", Some(20_000)),
            "50P01" => ("82", Some(100_000)),
            "45A05" => ("04", Some([9000, 9500][usize::from(last >= day(2025, 3, 16))])),
            _ => ("04", Some(8000)),
        };
        let room = self.room(versie, first, last, before, tarief);
        let volume = match self.dice.below(6) {
            0..3 => room,
            3 => room + 1,
            4 => 1 + self.below(4),
            _ => room / 2,
        };
        // An amount has eight digits at most.
        let volume = if tarief.is_some() { volume.min(900) } else { volume };
        let referentie = format!("R{}", self.number());
        let line = Prestatie {
            bsn: versie.bsn,
            referentie,
            vorig: None,
            nummer: known.nummer,
            code,
            begin: first,
            eind: last,
            volume: volume.max(1),
            eenheid,
            tarief,
            bedrag: 0,
            credit: false,
        };
        let line = priced(line);
        if self.dice.one_in(5) { self.bend(line) } else { line }
    }

    /// What still fits, in the unit claimed.
    fn room(&self, versie: &Versie, first: Dag, last: Dag, before: &[Prestatie], tarief: Option<i64>) -> i64 {
        let known = &versie.inhoud;
        let standing = self.model.standing(versie.gemeente, known.nummer);
        let lines = standing.iter().map(|line| &line.inhoud);
        let now = before.iter().filter(|line| line.nummer == known.nummer && !line.credit);
        if let Some(omvang) = known.omvang {
            let spent: i64 = lines.chain(now).map(|line| minutes(line.volume, line.eenheid)).sum();
            let all =
                most_in_all(omvang, known.ingang, known.einde, false).map_or(i64::MAX, |most| most - spent);
            let period =
                most_in_period(omvang, (known.ingang, known.einde), (first, last), false).unwrap_or(60);
            return all.min(period) / minutes(1, omvang.eenheid);
        }
        let spent: i64 = lines.chain(now).map(|line| line.bedrag).sum();
        (known.budget.unwrap_or_default() - spent) / tarief.unwrap_or(1)
    }

    /// One thing about a line is different.
    fn bend(&mut self, line: Prestatie) -> Prestatie {
        let mut line = line;
        match self.dice.below(13) {
            0 => line.bsn = BSNS[self.dice.below(3)],
            1 => line.nummer += 1,
            2 => line.code = ["45A04", "45A05", "45A06", "45A07", "44A01", "45B01"][self.dice.below(6)],
            3 => line.begin = line.begin.with_day(2).unwrap().min(line.eind),
            4 => line.eind = (line.eind - Days::new(1)).max(line.begin),
            5 => line.tarief = line.tarief.map(|tarief| tarief + 1),
            6 => line.bedrag += i64::from(line.eenheid != "83"),
            // Minutes at an hour rate.
            7 if line.eenheid == "04" => {
                let tarief = line.tarief.map(|tarief| (tarief + 30) / 60);
                let bedrag = line.bedrag;
                line = Prestatie { eenheid: "01", volume: line.volume * 60, tarief, bedrag, ..line };
            }
            8 if line.eenheid != "83" => line.eenheid = ["04", "14", "82"][self.dice.below(3)],
            9 => {
                // A reference that was used.
                if let Some(known) = self.model.regels.last() {
                    line.referentie.clone_from(&known.inhoud.referentie);
                }
            }
            10 => {
                (line.begin, line.eind) = {
                    let first = line.begin.with_day(1).unwrap() + Months::new(1);
                    (first, month_end(first))
                }
            }
            11 => line.volume = 1,
            _ => {
                line.volume += 1;
                line = priced(line);
            }
        }
        if line.eenheid == "83" {
            line.bedrag = line.volume;
        }
        line
    }

    fn regie(&mut self) {
        let known: Vec<Versie> = self.model.assignments().into_iter().cloned().collect();
        if known.is_empty() {
            return;
        }
        let one = known[self.dice.below(known.len())].clone();
        let reports: Vec<Melding> = self
            .model
            .meldingen
            .iter()
            .filter(|known| {
                (known.gemeente, known.aanbieder, known.bsn) == (one.gemeente, one.aanbieder, one.bsn)
            })
            .filter(|known| !known.weg || self.steps.len().is_multiple_of(7))
            .map(|known| known.inhoud.clone())
            .collect();
        let mut starts = Vec::new();
        let mut stops = Vec::new();
        for _ in 0..=self.dice.below(2) {
            let melding = self.melding(&one, &reports);
            if melding.einde.is_some() { stops.push(melding) } else { starts.push(melding) }
        }
        let bsn = if self.dice.one_in(25) { BSNS[self.dice.below(3)] } else { one.bsn };
        if !starts.is_empty() {
            self.send(one.gemeente, one.aanbieder, Inhoud::Jw305 { bsn, starts });
        }
        if !stops.is_empty() {
            self.send(one.gemeente, one.aanbieder, Inhoud::Jw307 { bsn, stops });
        }
    }

    fn melding(&mut self, versie: &Versie, reports: &[Melding]) -> Melding {
        let fresh = Melding {
            nummer: Some(versie.inhoud.nummer + u32::from(self.dice.one_in(25))),
            product: versie.inhoud.product.clone(),
            begin: self.today - Days::new(self.dice.below(3) as u64),
            einde: None,
            verwijderen: self.dice.one_in(20),
        };
        if reports.is_empty() || self.dice.one_in(3) {
            return fresh;
        }
        let known = reports[self.dice.below(reports.len())].clone();
        let eind = self.today - Days::new(self.dice.below(4) as u64);
        let reden = ["20", "20", "31", "02"][self.dice.below(4)];
        match self.dice.below(6) {
            0 => Melding { verwijderen: true, ..known },
            1 => known,
            2 => Melding {
                begin: known.begin - Days::new(1),
                einde: Some((eind.max(known.begin), reden)),
                ..known
            },
            _ => Melding { einde: Some((eind.max(known.begin), reden)), verwijderen: false, ..known },
        }
    }
}

/// The amount that belongs to the volume (IV081, CS339).
fn priced(mut line: Prestatie) -> Prestatie {
    line.bedrag = match (line.code, line.tarief) {
        (_, None) => line.volume,
        ("45A06", _) => (8050 * line.volume + 30) / 60,
        (_, Some(tarief)) => tarief * line.volume,
    };
    line
}
