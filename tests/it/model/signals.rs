//! The model on what people are told while nothing waits for it (rulings 8.4, 8.5, 8.6, 8.11, 8.12 and 8.16).

use super::limits::{Stand, deleted};
use super::office::Model;
use super::spec::{Bericht, Contract, Dag, Inhoud, Persoon, Prestatie, Regel, Toewijzing, overlap};
use chrono::{Datelike, Months};

/// What was last told of a limit: how far assignments brought it over, how far claims did, and what was in use when its
/// aanbieder was warned. Nothing while it is not over; who was warned is not warned again.
pub type Overrun = [Option<i64>; 3];

impl Model {
    /// Other contracts hold: what was told of a limit that is not over any more is over.
    pub fn agree(&mut self, contract: &Contract) {
        self.contract = contract.clone();
        self.settle();
    }

    /// A message comes on a day; a month that ended may have brought room.
    pub(super) fn day(&mut self, today: Dag) {
        let month = |day: Dag| (day.year(), day.month());
        let ended = month(self.vandaag) != month(today);
        self.vandaag = today;
        if ended {
            self.settle();
        }
    }

    fn settle(&mut self) {
        for place in 0..self.contract.limieten.len() {
            let limiet = &self.contract.limieten[place];
            let stand = self.stand(place, self.vandaag);
            let over = |used: i64| limiet.actief && used > limiet.bedrag;
            let (in_use, paid) = (over(stand.in_gebruik()), over(stand.toegekend));
            let told = self.gemeld.entry(place).or_default();
            told[0] = told[0].filter(|_| in_use);
            told[1] = told[1].filter(|_| paid);
            // Its aanbieder is warned from that percentage on, whatever brought it there (8.16).
            let used = stand.in_gebruik();
            let reached = |percent: i64| used * 100 >= limiet.bedrag * percent;
            let now = limiet.actief && used > 0 && limiet.dagen.0.year() >= self.vandaag.year();
            if now && told[2].is_none() && limiet.waarschuw_bij.is_some_and(reached) {
                told[2] = Some(used);
            }
        }
    }

    /// Where all limits stand.
    pub(super) fn stands(&self) -> Vec<Stand> {
        (0..self.contract.limieten.len()).map(|place| self.stand(place, self.vandaag)).collect()
    }

    /// What is told of limits after a message.
    pub(super) fn tell_of_limits(&mut self, before: &[Stand], inhoud: &Inhoud) {
        for (place, before) in before.iter().enumerate() {
            let limiet = self.contract.limieten[place].clone();
            let now = self.stand(place, self.vandaag);
            if !limiet.actief || now == *before {
                continue;
            }
            let told = self.gemeld.entry(place).or_default();
            let assigned = matches!(inhoud, Inhoud::Jw301 { .. })
                && limiet.bij_toewijzing != "niets"
                && now.toegezegd > before.toegezegd;
            let claimed = matches!(inhoud, Inhoud::Jw323(_))
                && limiet.bij_betaling == "signal"
                && now.toegekend > before.toegekend;
            let kinds = [(now.in_gebruik(), assigned), (now.toegekend, claimed)];
            for (kind, (used, tells)) in kinds.into_iter().enumerate() {
                let over = Some(used - limiet.bedrag).filter(|over| *over > 0);
                let grown =
                    |over: i64| told[kind].is_none_or(|last| over - last >= (limiet.bedrag / 10).max(1));
                match over {
                    None => told[kind] = None,
                    Some(over) if tells && grown(over) => told[kind] = Some(over),
                    Some(_) => {}
                }
            }
            let reached = |percent: i64| now.in_gebruik() * 100 >= limiet.bedrag * percent;
            if told[2].is_none() && limiet.waarschuw_bij.is_some_and(reached) {
                told[2] = Some(now.in_gebruik());
            }
        }
    }

    /// What is told of the assignments that a message brings and that does not wait; the model is as it was before it.
    pub(super) fn tell_of_assignments(
        &mut self,
        bericht: &Bericht,
        bsn: &'static str,
        wie: Persoon,
        producten: &[Toewijzing],
    ) {
        let new = self.brought(bericht, bsn, producten);
        if self.too_many_trajectories(&new) != "niets" {
            self.verteld.insert("vaste-prijs");
        }
        let relatie = (bericht.gemeente, bericht.aanbieder);
        let past = |known: &Toewijzing| {
            let code = known.product.as_ref().map(|product| (product.categorie, product.code));
            let reached = self.age_limit(relatie, code, (known.ingang, known.einde), wie);
            !deleted(known) && reached.is_some_and(|reached| known.einde.is_none_or(|einde| einde >= reached))
        };
        if new.iter().any(|versie| past(&versie.inhoud)) {
            self.verteld.insert("leeftijdsgrens");
        }
    }

    /// Whether care that is claimed begins when the child is older than its contract is for.
    pub(super) fn is_after_age_limit(&self, relatie: (&str, &str), line: &Prestatie) -> bool {
        let known = self.kinderen.iter().find(|(of, bsn, _)| (*of, *bsn) == (relatie.0, line.bsn));
        let code = Some((line.categorie(), Some(line.code)));
        let days = (line.begin, Some(line.begin));
        let reached = known.and_then(|(.., wie)| self.age_limit(relatie, code, days, *wie));
        reached.is_some_and(|reached| line.begin >= reached)
    }

    /// The day on which a child is too old for a product, when every line of the contract for it on these days has an age
    /// and all of the child's day of birth is known.
    fn age_limit(
        &self,
        (gemeente, aanbieder): (&str, &str),
        code: Option<(&str, Option<&str>)>,
        days: (Dag, Option<Dag>),
        wie: Persoon,
    ) -> Option<Dag> {
        let of_it = |regel: &&Regel| {
            (regel.gemeente, regel.aanbieder) == (gemeente, aanbieder)
                && code.is_none_or(|(categorie, code)| {
                    regel.code[..2] == *categorie && code.is_none_or(|code| regel.code == code)
                })
                && overlap((regel.van, regel.tot), days)
        };
        let lines: Vec<&Regel> = self.contract.regels.iter().filter(of_it).collect();
        let ages: Option<Vec<u32>> = lines.iter().map(|regel| regel.leeftijd_max).collect();
        let oldest = ages?.into_iter().max().filter(|_| wie.gebruik.is_none())?;
        let born: Dag = wie.geboren.parse().unwrap();
        Some(born + Months::new(12 * oldest))
    }
}
