//! The model on starts and stops.

use super::answer::Antwoord;
use super::office::{Gemeld, Model};
use super::spec::{Bericht, Dag, Inhoud, Melding, Product};

impl Model {
    pub(super) fn regie(
        &mut self,
        today: Dag,
        bericht: &Bericht,
        bsn: &'static str,
        meldingen: &[Melding],
    ) -> Antwoord {
        let start = matches!(bericht.inhoud, Inhoud::Jw305 { .. });
        let mut answer = Antwoord::of(if start { "JW306" } else { "JW308" });
        if spoiled(bericht, meldingen) {
            answer.class("Header", ["0001"]);
            return answer;
        }
        let header = self.header(today, bericht);
        if !header.is_empty() {
            answer.class("Header", header);
            return answer;
        }
        // IV008: what is removed counts before what is new.
        let mut after = self.clone();
        let mut codes: Vec<Vec<&str>> = vec![Vec::new(); meldingen.len()];
        let order =
            |weg: bool| (0..meldingen.len()).filter(move |place| meldingen[*place].verwijderen == weg);
        for place in order(true) {
            codes[place] = after.remove(bericht, bsn, &meldingen[place]);
        }
        for place in order(false) {
            codes[place] = after.report(bericht, bsn, &meldingen[place]);
        }
        if codes.iter().any(|codes| !codes.is_empty()) {
            answer.class("Header", ["0200"]);
            answer.class("Client", ["0200"]);
            for codes in codes {
                let codes = if codes.is_empty() { vec!["0200"] } else { codes };
                answer.class(if start { "StartProduct" } else { "StopProduct" }, codes);
            }
            return answer;
        }
        *self = after;
        self.accept(bericht);
        answer.class("Header", [""; 0]);
        answer
    }

    /// Reports of this client at this relatie that stand.
    fn reports(&self, bericht: &Bericht, bsn: &str) -> Vec<&Gemeld> {
        let own = |known: &&Gemeld| {
            (known.gemeente, known.aanbieder, known.bsn) == (bericht.gemeente, bericht.aanbieder, bsn)
        };
        self.meldingen.iter().filter(own).filter(|known| !known.weg).collect()
    }

    /// StatusAanlevering 3: nothing else is judged (TR063, TR071).
    fn remove(&mut self, bericht: &Bericht, bsn: &'static str, melding: &Melding) -> Vec<&'static str> {
        let mut codes = Vec::new();
        let reports = self.reports(bericht, bsn);
        if !reports.iter().any(|known| same(&known.inhoud, melding)) {
            codes.push("9063");
        }
        let stopped =
            reports.iter().any(|known| known.inhoud.einde.is_some() && care(&known.inhoud) == care(melding));
        if melding.einde.is_none() && stopped {
            codes.push("9071");
        }
        if !codes.is_empty() {
            return codes;
        }
        for known in &mut self.meldingen {
            let own =
                (known.gemeente, known.aanbieder, known.bsn) == (bericht.gemeente, bericht.aanbieder, bsn);
            if own && same(&known.inhoud, melding) {
                known.weg = true;
            }
        }
        codes
    }

    /// StatusAanlevering 1.
    fn report(&mut self, bericht: &Bericht, bsn: &'static str, melding: &Melding) -> Vec<&'static str> {
        let mut codes = Vec::new();
        let mut add = |wrong: bool, code: &'static str| {
            if wrong {
                codes.push(code);
            }
        };
        let assigned = melding.nummer.is_none_or(|nummer| {
            self.at_aanbieder(bericht.gemeente, nummer).is_some_and(|known| {
                known.aanbieder == bericht.aanbieder && known.bsn == bsn && known.inhoud.reden != Some("13")
            })
        });
        add(!assigned, "9019");
        let reports = self.reports(bericht, bsn);
        add(reports.iter().any(|known| same(&known.inhoud, melding)), "9074");
        let starts = || reports.iter().filter(|known| known.inhoud.einde.is_none());
        let stops = || reports.iter().filter(|known| known.inhoud.einde.is_some());
        if let Some((eind, reden)) = melding.einde {
            // TR382, OP155: the latest start of this product.
            let product = |known: &&&Gemeld| {
                (known.inhoud.nummer, &known.inhoud.product) == (melding.nummer, &melding.product)
            };
            let latest = starts().rfind(product);
            add(latest.is_none_or(|latest| latest.inhoud.begin != melding.begin), "9069");
            // Same Bsn, ToewijzingNummer and Begindatum.
            let earlier: Vec<(Dag, &str)> = stops()
                .filter(|known| (known.inhoud.nummer, known.inhoud.begin) == (melding.nummer, melding.begin))
                .filter_map(|known| known.inhoud.einde)
                .collect();
            add(reden == "20" && earlier.iter().any(|(_, known)| *known == "20"), "9413");
            add(earlier.iter().any(|(known, _)| eind < *known), "9414");
            add(earlier.iter().any(|(_, known)| *known != "20"), "9415");
        } else {
            // TR326: a start of this assignment that no stop ended.
            let running = starts()
                .filter(|known| known.inhoud.nummer == melding.nummer)
                .any(|start| !stops().any(|stop| care(&stop.inhoud) == care(&start.inhoud)));
            add(running, "9326");
        }
        // What is wrong was never sent; what comes after it in the message does not see it.
        if !codes.is_empty() {
            return codes;
        }
        let (gemeente, aanbieder) = (bericht.gemeente, bericht.aanbieder);
        self.meldingen.push(Gemeld { gemeente, aanbieder, bsn, inhoud: melding.clone(), weg: false });
        codes
    }
}

/// Which care a start or stop is about: the key elements of a start.
fn care(melding: &Melding) -> (Option<u32>, Option<&Product>, Dag) {
    (melding.nummer, melding.product.as_ref(), melding.begin)
}

/// The same key: a stop also has its last day and reason.
fn same(one: &Melding, other: &Melding) -> bool {
    care(one) == care(other) && one.einde == other.einde
}

/// Level 2: TR101, TR018, TR134.
fn spoiled(bericht: &Bericht, meldingen: &[Melding]) -> bool {
    meldingen.iter().enumerate().any(|(place, one)| {
        meldingen[place + 1..].iter().any(|other| same(one, other))
            || one.begin > bericht.dagtekening
            || one.einde.is_some_and(|(eind, _)| eind < one.begin || eind > bericht.dagtekening)
    })
}
