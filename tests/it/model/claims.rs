//! The model on claims.

use super::answer::{Antwoord, client_key, prestatie_key};
use super::calendar::{minutes, most_in_all, most_in_period};
use super::holds::Geld;
use super::office::{Model, Regel};
use super::spec::{self, Bericht, Dag, Declaratie, Prestatie, Toewijzing, overlap};
use super::write::{clients, month_end};
use chrono::Datelike;

impl Model {
    pub(super) fn declaratie(&mut self, today: Dag, bericht: &Bericht, declaratie: &Declaratie) -> Antwoord {
        let mut answer = Antwoord::of("JW325");
        if spoiled(bericht, declaratie) {
            answer.class("Header", ["0001"]);
            return answer;
        }
        let header = self.header(today, bericht);
        if !header.is_empty() {
            answer.class("Header", header);
            return answer;
        }
        answer.class("Header", ["0200"]);
        let codes = self.declaratie_codes(today, bericht, declaratie);
        if !codes.is_empty() {
            answer.class("Declaratie", codes);
            answer.toegekend = Some(0);
            return answer;
        }
        self.accept(bericht);
        let (gemeente, aanbieder) = (bericht.gemeente, bericht.aanbieder);
        self.declaraties.push((gemeente, aanbieder, declaratie.nummer.clone(), declaratie.periode));
        self.lines(bericht, declaratie, &mut answer);
        answer
    }

    /// TR333, TR318 and TR135 on the claim as a whole.
    fn declaratie_codes(&self, today: Dag, bericht: &Bericht, declaratie: &Declaratie) -> Vec<&'static str> {
        let mut codes = Vec::new();
        let mut own = self.declaraties.iter().filter(|known| known.1 == bericht.aanbieder);
        if own.any(|known| known.2 == declaratie.nummer) {
            codes.push("9333");
        }
        // Gaps and repeats are fine; only going back is not (IV090).
        let mut relatie = self
            .declaraties
            .iter()
            .filter(|known| (known.0, known.1) == (bericht.gemeente, bericht.aanbieder));
        if relatie.any(|known| declaratie.periode < known.3) {
            codes.push("8214");
        }
        if declaratie.dagtekening > today {
            codes.push("8848");
        }
        codes
    }

    /// Judges every line, credits first (OP366), and puts the rejected ones in the answer.
    fn lines(&mut self, bericht: &Bericht, declaratie: &Declaratie, answer: &mut Antwoord) {
        // A message has its lines client by client.
        let in_file = clients(&declaratie.prestaties).into_iter().flat_map(|(_, places)| places);
        let lines: Vec<Prestatie> = in_file.map(|place| declaratie.prestaties[place].clone()).collect();
        let before = self.regels.len();
        let mut verdicts: Vec<Vec<&'static str>> = vec![Vec::new(); lines.len()];
        // A reference is used by a line of this message that stands before it, whatever its verdict.
        let used = |place: usize, model: &Self| {
            let known = model.regels[..before].iter().any(|known| {
                known.aanbieder == bericht.aanbieder && known.inhoud.referentie == lines[place].referentie
            });
            known || lines_before(&lines, place)
        };
        let order: Vec<usize> = (0..lines.len()).filter(|place| lines[*place].credit).collect();
        let debits = (0..lines.len()).filter(|place| !lines[*place].credit);
        for place in order.into_iter().chain(debits) {
            let line = &lines[place];
            // TR304: a Bsn of any JW301 of this gemeente.
            let known =
                self.versies.iter().any(|known| known.gemeente == bericht.gemeente && known.bsn == line.bsn);
            let mut codes = Vec::new();
            if known {
                if used(place, self) {
                    codes.push("8021");
                }
                codes.extend(if line.credit {
                    self.credit_codes(bericht, line)
                } else {
                    self.debit_codes(bericht, declaratie, line)
                });
            } else {
                codes.push("0233");
            }
            let toegekend = codes.is_empty();
            verdicts[place] = codes;
            let (gemeente, aanbieder) = (bericht.gemeente, bericht.aanbieder);
            let geld = if toegekend { self.money(gemeente, aanbieder, line) } else { Geld::Weg };
            let (inhoud, declaratie) = (line.clone(), declaratie.nummer.clone());
            self.regels.push(Regel { gemeente, aanbieder, inhoud, toegekend, declaratie, geld });
        }
        let granted = lines.iter().zip(&verdicts).filter(|(_, codes)| codes.is_empty());
        answer.toegekend = Some(granted.map(|(line, _)| line.signed()).sum());
        let all = verdicts.iter().all(Vec::is_empty);
        answer.class("Declaratie", [if all { "8001" } else { "0200" }]);
        for (bsn, places) in clients(&lines) {
            let rejected: Vec<usize> =
                places.into_iter().filter(|place| !verdicts[*place].is_empty()).collect();
            let Some(first) = rejected.first() else { continue };
            let unknown = verdicts[*first] == ["0233"];
            answer.class(client_key(bsn), [if unknown { "8187" } else { "0200" }]);
            for place in rejected {
                answer.class(prestatie_key(&lines[place].referentie), &verdicts[place]);
            }
        }
    }

    /// A credit follows one granted debit, once, and mirrors it (TR323, TR390, IV085, IV091).
    fn credit_codes(&self, bericht: &Bericht, line: &Prestatie) -> Vec<&'static str> {
        // References are unique per aanbieder over all gemeenten, so the debit is one line or none.
        let debit = self.regels.iter().find(|known| {
            known.toegekend
                && !known.inhoud.credit
                && known.aanbieder == bericht.aanbieder
                && Some(&known.inhoud.referentie) == line.vorig.as_ref()
        });
        let Some(debit) = debit else { return vec!["8017"] };
        let mirror = Prestatie {
            referentie: line.referentie.clone(),
            vorig: line.vorig.clone(),
            credit: true,
            ..debit.inhoud.clone()
        };
        let mut codes = Vec::new();
        if mirror != *line || debit.gemeente != bericht.gemeente {
            codes.push("8017");
        }
        if self.credited(debit) {
            codes.push("9390");
        }
        codes
    }

    fn debit_codes(&self, bericht: &Bericht, declaratie: &Declaratie, line: &Prestatie) -> Vec<&'static str> {
        let mut codes = Vec::new();
        // TR319.
        if line.eind > month_end(declaratie.periode) {
            codes.push("9319");
        }
        // TR389.
        let twice = self.standing(bericht.gemeente, line.nummer).into_iter().any(|known| {
            let known_key = (&known.inhoud.code, known.inhoud.begin, known.inhoud.eind);
            known.aanbieder == bericht.aanbieder && known_key == (&line.code, line.begin, line.eind)
        });
        if twice {
            codes.push("9389");
        }
        // TR338, TR384: what follows reads the assignment.
        let assignment = self.received(bericht.gemeente, line.nummer);
        let own = assignment.filter(|known| known.aanbieder == bericht.aanbieder && known.bsn == line.bsn);
        match own {
            None => codes.push("9338"),
            Some(known) if known.inhoud.reden == Some("13") => codes.push("9384"),
            Some(known) => codes.extend(self.assignment_codes(bericht, line, &known.inhoud)),
        }
        codes.extend(self.rate_codes(bericht, line, codes.contains(&"9341")));
        if !self.listed(line) && self.agreed(of(bericht), line).is_empty() {
            codes.push("S329");
        }
        codes
    }

    /// Whether the contract pays months as certified institutions are paid; where its lines differ the widest counts.
    pub(super) fn pays_as_certified(&self, relatie: (&str, &str), line: &Prestatie) -> bool {
        let of_unit = self.agreed(relatie, line).into_iter().filter(|regel| regel.eenheid == line.eenheid);
        let mut months = of_unit.map(|regel| regel.gi).peekable();
        months.peek().is_some() && months.all(|gi| gi)
    }

    /// Lines of the contract for a product, valid on a day of the period, or on the first day of the assignment
    /// where that was agreed (rulings 5.7).
    fn agreed(&self, relatie: (&str, &str), line: &Prestatie) -> Vec<&spec::Regel> {
        let first_day = self.claimed(relatie, line).map(|known| known.ingang);
        self.of_code(relatie, line)
            .filter(|regel| match (regel.eerste_dag, first_day) {
                (true, None) => false,
                (true, Some(day)) => overlap((regel.van, regel.tot), (day, Some(day))),
                (false, _) => overlap((regel.van, regel.tot), (line.begin, Some(line.eind))),
            })
            .collect()
    }

    /// Whether a code was in use on a day of the care: the list says so, or anybody's contract has a rate for it then
    /// (rulings 1.8). Without list every code was.
    fn listed(&self, line: &Prestatie) -> bool {
        let days = (line.begin, Some(line.eind));
        let Some(lijst) = &self.contract.lijst else { return true };
        let in_list =
            lijst.iter().any(|(code, tot)| *code == line.code && tot.is_none_or(|tot| tot >= line.begin));
        let has_rate = |regel: &spec::Regel| regel.code == line.code && overlap((regel.van, regel.tot), days);
        in_list || self.contract.regels.iter().any(has_rate)
    }

    /// Lines of the contract for a product, whenever they are valid.
    fn of_code<'m>(
        &'m self,
        relatie: (&str, &str),
        line: &Prestatie,
    ) -> impl Iterator<Item = &'m spec::Regel> {
        let code = line.code;
        let lines = self.contract.regels.iter();
        lines.filter(move |regel| (regel.gemeente, regel.aanbieder) == relatie && regel.code == code)
    }

    /// The assignment that is claimed on, unless 9338 or 9384 says that there is none.
    fn claimed(&self, relatie: (&str, &str), line: &Prestatie) -> Option<&Toewijzing> {
        let known = self.received(relatie.0, line.nummer)?;
        let own = known.aanbieder == relatie.1 && known.bsn == line.bsn;
        (own && known.inhoud.reden != Some("13")).then_some(&known.inhoud)
    }

    /// TR418 and TR346.
    fn rate_codes(&self, bericht: &Bericht, line: &Prestatie, wrong_unit: bool) -> Vec<&'static str> {
        // IV081: the rate of this unit. When the unit itself is not that of the assignment, TR341 says so
        // and the rate is held against those of the code, which is all that TR418 names.
        let all = self.agreed(of(bericht), line);
        let mut valid = all.clone();
        valid.retain(|regel| same_unit(regel, line.eenheid));
        let compared = if valid.is_empty() && wrong_unit { &all } else { &valid };
        let by_the_hour = |regel: &spec::Regel| line.eenheid == "01" && hourly(regel);
        // IV081: half a cent goes up.
        let round = |sixtieths: i64| (sixtieths + 30) / 60;
        let mut codes = Vec::new();
        let agreed = compared.iter().any(|regel| match (line.tarief, regel.tarief) {
            (Some(tarief), Some(agreed)) if by_the_hour(regel) => tarief == round(agreed),
            (tarief, agreed) => tarief == agreed,
        });
        // 9338 and 9384 silence what reads the assignment (rulings 5.12), as a rate of its first day does.
        let untold = self.claimed(of(bericht), line).is_none()
            && self.of_code(of(bericht), line).any(|regel| regel.eerste_dag);
        if !agreed && !untold {
            codes.push("0611");
        }
        // Minutes that the contract does not know: nobody knows the hour rate behind them (rulings 5.7).
        let unknown = line.eenheid == "01" && valid.is_empty();
        if let Some(tarief) = line.tarief.filter(|_| !unknown) {
            let hours: Vec<i64> =
                valid.iter().filter(|regel| by_the_hour(regel)).filter_map(|regel| regel.tarief).collect();
            let right = if hours.is_empty() {
                line.bedrag == line.volume * tarief
            } else {
                hours.iter().any(|rate| line.bedrag == round(rate * line.volume))
            };
            if !right {
                codes.push("9346");
            }
        }
        codes
    }

    fn assignment_codes(&self, bericht: &Bericht, line: &Prestatie, known: &Toewijzing) -> Vec<&'static str> {
        let mut codes = Vec::new();
        let mut add = |wrong: bool, code: &'static str| {
            if wrong {
                codes.push(code);
            }
        };
        add(line.begin < known.ingang, "9307");
        add(known.einde.is_some_and(|einde| line.eind > einde), "9308");
        if let Some(product) = &known.product {
            add(line.categorie() != product.categorie, "9339");
            add(product.code.is_some_and(|code| code != line.code), "9340");
        }
        // TR387, TR388: the whole month, as far as the assignment goes.
        let (first, last) = (line.begin.with_day(1).unwrap(), month_end(line.begin));
        let later = (known.ingang > first && known.ingang <= last).then_some(known.ingang);
        add(line.begin != later.unwrap_or(first), "9387");
        let earlier = known.einde.filter(|einde| (first..last).contains(einde));
        add(line.eind != earlier.unwrap_or(last), "9388");
        let standing = self.standing(bericht.gemeente, known.nummer);
        let gi = self.pays_as_certified((bericht.gemeente, bericht.aanbieder), line);
        if let Some(omvang) = known.omvang {
            let fits = line.eenheid == omvang.eenheid || (line.eenheid, omvang.eenheid) == ("01", "04");
            add(!fits, "9341");
            if fits {
                let volume = minutes(line.volume, line.eenheid);
                let most = if omvang.frequentie == "6" {
                    Some(minutes(omvang.volume, omvang.eenheid))
                } else {
                    most_in_period(omvang, (known.ingang, known.einde), (line.begin, line.eind), gi)
                };
                add(most.is_some_and(|most| volume > most), "9321");
                let all: i64 =
                    standing.iter().map(|known| minutes(known.inhoud.volume, known.inhoud.eenheid)).sum();
                let most = most_in_all(omvang, known.ingang, known.einde, gi);
                add(most.is_some_and(|most| all + volume > most), "9322");
            }
        } else {
            // Aspecific or generic: the unit of the contract, when it has the product (else 0611).
            let agreed = self.agreed(of(bericht), line);
            add(!agreed.is_empty() && !agreed.iter().any(|regel| same_unit(regel, line.eenheid)), "9341");
        }
        if let Some(budget) = known.budget {
            let spent: i64 = standing.iter().map(|known| known.inhoud.bedrag).sum();
            add(spent + line.bedrag > budget, "9369");
        }
        codes
    }
}

const fn of(bericht: &Bericht) -> (&'static str, &'static str) {
    (bericht.gemeente, bericht.aanbieder)
}

/// A rate per hour, whatever is claimed.
fn hourly(regel: &spec::Regel) -> bool {
    regel.per_uur || regel.eenheid == "04"
}

/// Hours and minutes both go with a rate per hour (IV081).
fn same_unit(regel: &spec::Regel, eenheid: &str) -> bool {
    regel.eenheid == eenheid || (hourly(regel) && matches!(eenheid, "01" | "04"))
}

fn lines_before(lines: &[Prestatie], place: usize) -> bool {
    lines[..place].iter().any(|line| line.referentie == lines[place].referentie)
}

/// Level 2: TR358, TR101, TR315, TR316, TR416 and the dates (TR134, TR137).
fn spoiled(bericht: &Bericht, declaratie: &Declaratie) -> bool {
    let lines = &declaratie.prestaties;
    let late = |day: Dag| day > bericht.dagtekening;
    if declaratie.te_veel != 0 || late(month_end(declaratie.periode)) {
        return true;
    }
    for (place, one) in lines.iter().enumerate() {
        if late(one.begin) || late(one.eind) {
            return true;
        }
        // TR316.
        if lines.iter().any(|other| one.vorig.as_ref() == Some(&other.referentie)) {
            return true;
        }
        for other in &lines[place + 1..] {
            let same_key =
                (one.bsn, &one.referentie, &one.vorig) == (other.bsn, &other.referentie, &other.vorig);
            let same_debit = one.vorig.is_some() && one.vorig == other.vorig;
            let both_debits = !one.credit && !other.credit;
            let same_care = (one.bsn, one.nummer, one.code, one.begin, one.eind)
                == (other.bsn, other.nummer, other.code, other.begin, other.eind);
            if same_key || same_debit || (both_debits && same_care) {
                return true;
            }
        }
    }
    false
}
