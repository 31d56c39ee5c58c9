//! The auditor on what a person says of a post: it has to be the post to the cent, and possible by what was posted.

use super::auditor::{Auditor, Rij, owed, row};
use super::bank::rekening;
use super::betalingen::{Betalingen, Vraag, Weer};

/// What a part of a post was said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deel {
    /// Money of a gemeente, or costs of its bank.
    Gemeente(String),
    Kosten(String),
    /// Paid to an aanbieder beside what it was owed, or back: gemeente and aanbieder.
    Terugvordering(String, String),
    /// A transfer, by its run and its place in it, and what the engine says that this makes of it.
    Betaling(i64, i64, &'static str),
    /// A refusal that is none.
    Doorgegaan(i64, i64),
}

impl Auditor {
    /// A person explains a post that waits, once: the parts are together the post.
    pub fn explained(&mut self, post: (i64, i64), delen: &[(i64, Deel)]) -> Result<Vec<Rij>, String> {
        let known = &mut self.betalingen;
        let vraag = known.vragen.remove(&post).ok_or_else(|| format!("{post:?} does not wait"))?;
        if delen.iter().map(|(bedrag, _)| bedrag).sum::<i64>() != vraag.bedrag || delen.is_empty() {
            return Err(format!("{delen:?} is not {vraag:?}"));
        }
        if vraag.afgewezen && delen.len() != 1 {
            return Err("a refusal is one thing".to_owned());
        }
        let mut rows = Vec::new();
        for (bedrag, deel) in delen {
            rows.extend(known.part(&vraag, *bedrag, deel)?);
        }
        Ok(self.post(rows))
    }
}

impl Betalingen {
    fn place(&self, run: i64, volgnummer: i64) -> Result<usize, String> {
        let run = usize::try_from(run - 1).ok().and_then(|run| self.runs.get(run));
        let place = run.and_then(|run| run.get(usize::try_from(volgnummer - 1).ok()?)).copied();
        place.ok_or_else(|| "no such transfer".to_owned())
    }

    fn part(&mut self, vraag: &Vraag, bedrag: i64, deel: &Deel) -> Result<Option<Rij>, String> {
        let unknown = format!("18/{}", vraag.rekening);
        let mut of_others = |event, account: String| {
            if vraag.afgewezen {
                return Err("a refusal moved no money".to_owned());
            }
            *self.van_anderen.entry(account.clone()).or_default() += bedrag;
            Ok(row(event, unknown.clone(), account, bedrag))
        };
        match deel {
            Deel::Gemeente(gemeente) => of_others("ontvangen-gemeente", format!("22/{gemeente}")),
            Deel::Kosten(gemeente) => of_others("bankkosten", format!("22/{gemeente}")),
            Deel::Terugvordering(gemeente, aanbieder) => {
                of_others("terugvordering", format!("15/{gemeente}/{aanbieder}"))
            }
            Deel::Doorgegaan(run, volgnummer) => {
                let place = self.place(*run, *volgnummer)?;
                let one = &mut self.alle[place];
                if !vraag.afgewezen || vraag.betaling != Some(place) || one.weer_open.is_some() || one.terug {
                    return Err(format!("{} did not go on", one.naam));
                }
                one.afgewezen = false;
                Ok(None)
            }
            Deel::Betaling(run, volgnummer, said) => {
                let place = self.place(*run, *volgnummer)?;
                let (event, row) = self.transfer_explained(vraag, bedrag, place)?;
                if event == *said { Ok(row) } else { Err(format!("{deel:?}, expected {event}")) }
            }
        }
    }

    /// What a transfer that a post was said to be becomes, by what was posted of it.
    fn transfer_explained(
        &mut self,
        vraag: &Vraag,
        bedrag: i64,
        place: usize,
    ) -> Result<(&'static str, Option<Rij>), String> {
        let iban = vraag.rekening;
        let (unknown, on_its_way) = (format!("18/{iban}"), format!("11/{iban}"));
        let paid_again = self.paid_again(place);
        let one = &mut self.alle[place];
        let wrong = |why: &str| Err(format!("{}: {why}", one.naam));
        let account = owed(one.gemeente, one.aanbieder);
        let named = vraag.betaling == Some(place);
        if rekening(one.gemeente) != iban || (vraag.betaling.is_some() && !named) {
            return wrong("another transfer, or another account");
        }
        if vraag.afgewezen {
            if one.weer_open.is_some() || (one.weg && !one.terug) {
                return wrong("it is owed again, or it left");
            }
            one.weer_open = Some(Weer::Afgewezen);
            return Ok(("bank-afgewezen", row("bank-afgewezen", on_its_way, account, one.bedrag)));
        }
        if bedrag.abs() != one.bedrag {
            return wrong("another amount");
        }
        if bedrag < 0 {
            // It came back, so it had left: this is when.
            if one.terug && !one.weg && !one.afgewezen {
                one.weg = true;
                return Ok(("betaling-herkend", row("betaling-herkend", unknown, on_its_way, bedrag)));
            }
            if one.weer_open.is_some() {
                if paid_again {
                    return wrong("it was paid again");
                }
                one.voldaan = true;
                return Ok(("alsnog-betaald", row("alsnog-betaald", unknown, account, bedrag)));
            }
            if one.weg {
                return wrong("it left before");
            }
            one.weg = true;
            return Ok(("betaling-herkend", row("betaling-herkend", unknown, on_its_way, bedrag)));
        }
        let back = one.terug && !named;
        if one.weg && one.afgewezen && !back {
            one.terug = true;
            return Ok(("afwijzing-herkend", row("afwijzing-herkend", unknown, on_its_way, bedrag)));
        }
        if one.weer_open.is_some() || back {
            return wrong("it is owed again already");
        }
        if !one.weg && !named {
            return wrong("it never left");
        }
        one.weer_open = Some(Weer::Teruggekomen);
        one.terug |= !one.afgewezen;
        Ok(("teruggekomen", row("teruggekomen", unknown, account, bedrag)))
    }
}
