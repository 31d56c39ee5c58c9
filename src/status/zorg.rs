//! Assignments, requests and work items.

use super::{Opzoeken, Result, Stand, StatusSoort, tekst, tekst::day};
use crate::codes::{AgbCode, GemeenteCode, ToewijzingNummer};
use crate::decide::termijn;
use crate::messages::{BerichtSoort, Relatie};
use crate::state::{FactKeys, Ontvangst, Toewijzing, Verzoek, VerzoekSoort, VerzoekStatus};
use crate::store::{WorkStatus, read};

impl Opzoeken<'_> {
    /// An assignment.
    pub async fn toewijzing(
        &self,
        gemeente: GemeenteCode,
        nummer: ToewijzingNummer,
    ) -> Result<Option<Stand>> {
        let keys = FactKeys { toewijzingen: vec![(gemeente, nummer)], ..FactKeys::default() };
        let known = self.store.facts(&keys).await?;
        let Some(toewijzing) = known.toewijzingen.get(&(gemeente, nummer)) else { return Ok(None) };
        let relatie = Relatie { gemeente, aanbieder: toewijzing.aanbieder };
        let mut stand = Stand::of(StatusSoort::Toewijzing, &nummer, Some(relatie));
        stand.say(format!("Toewijzing {nummer} {}: {}.", self.partijen(relatie), described(toewijzing)));
        let entry = read::entry(self.store, toewijzing.bericht).await?;
        if let Some((moment, arrival)) = entry {
            stand.arrival = arrival;
            stand.decided = Some(moment.to_string());
            stand.say(match arrival {
                Some(arrival) => format!(
                    "De laatste versie volgt op het bericht met aankomstnummer {arrival}, beoordeeld op {}.",
                    tekst::moment(moment)
                ),
                None => format!("De laatste versie is van {}.", tekst::moment(moment)),
            });
        }
        let (state, sentence) = received(toewijzing);
        stand.state = state;
        stand.say(sentence.to_owned());
        for sent in read::sent_for(self.store, toewijzing.bericht).await? {
            if sent.soort == BerichtSoort::Jw301 {
                self.add_one(&mut stand, &sent);
            }
        }
        if let Some(referentie) = &toewijzing.referentie_aanbieder {
            stand.say(format!("Ze volgt op verzoek {referentie}."));
        }
        stand.say(format!("Toegekend en niet gecrediteerd: {}.", toewijzing.besteed.bedrag));
        self.say_levering(&mut stand, toewijzing, relatie).await?;
        let work = read::work_about_assignment(self.store, gemeente, nummer).await?;
        self.add_work(&mut stand, work).await?;
        Ok(Some(stand))
    }

    async fn say_levering(&self, stand: &mut Stand, toewijzing: &Toewijzing, relatie: Relatie) -> Result<()> {
        let child = (relatie, toewijzing.bsn);
        let keys = FactKeys { leveringen: [child].into(), ..FactKeys::default() };
        let known = self.store.facts(&keys).await?;
        let reports = known.leveringen.get(&child).map(|all| all.list().cloned().collect::<Vec<_>>());
        let mut told = false;
        for melding in reports.unwrap_or_default() {
            if melding.levering.toewijzing != Some(toewijzing.nummer) {
                continue;
            }
            told = true;
            stand.say(match &melding.einde {
                None => format!("Start gemeld per {}.", day(melding.levering.begin)),
                Some(einde) => format!("Stop gemeld per {} (reden {}).", day(einde.einddatum), einde.reden),
            });
        }
        if !told {
            stand.say("Er is geen start gemeld.".to_owned());
        }
        Ok(())
    }

    /// A request of an aanbieder.
    pub(super) async fn verzoek(&self, aanbieder: AgbCode, referentie: &str) -> Result<Option<Stand>> {
        let sleutel: (AgbCode, Box<str>) = (aanbieder, referentie.into());
        let keys = FactKeys { verzoeken: [sleutel.clone()].into(), ..FactKeys::default() };
        let known = self.store.facts(&keys).await?;
        let Some(verzoek) = known.verzoeken.get(&sleutel).cloned() else { return Ok(None) };
        let relatie = Relatie { gemeente: verzoek.gemeente, aanbieder };
        let mut stand = Stand::of(StatusSoort::Verzoek, &referentie, Some(relatie));
        let what = match verzoek.soort {
            VerzoekSoort::Toewijzing => "Verzoek om toewijzing",
            VerzoekSoort::Wijziging => "Verzoek om wijziging",
        };
        stand.say(format!("{what} {referentie} {}.", self.partijen(relatie)));
        let entry = read::entry(self.store, verzoek.bericht).await?;
        let arrival = entry.and_then(|(_, arrival)| arrival);
        stand.arrival = arrival;
        self.tell_of_message(&mut stand, arrival, verzoek.bericht).await?;
        let (state, sentence) = answered(&verzoek);
        stand.state = state;
        stand.say(sentence);
        for nummer in self.assigned_on(&verzoek).await? {
            stand.say(format!("Daarop is toewijzing {nummer} afgegeven."));
        }
        let work = read::work_about_key(self.store, aanbieder, referentie).await?;
        for id in &work {
            let item = self.store.work_item(*id).await?;
            if let Some(closed) =
                item.filter(|item| item.status != WorkStatus::Open).and_then(|item| item.closed)
            {
                self.add_answers(&mut stand, closed.journal).await?;
            }
        }
        self.add_work(&mut stand, work).await?;
        Ok(Some(stand))
    }

    /// Assignments that name a request.
    async fn assigned_on(&self, verzoek: &Verzoek) -> Result<Vec<ToewijzingNummer>> {
        let keys = FactKeys { clienten: [(verzoek.gemeente, verzoek.bsn)].into(), ..FactKeys::default() };
        let known = self.store.facts(&keys).await?;
        let named = known.toewijzingen.values().filter(|toewijzing| {
            toewijzing.aanbieder == verzoek.aanbieder
                && toewijzing.referentie_aanbieder.as_deref() == Some(&*verzoek.referentie)
        });
        let mut numbers: Vec<ToewijzingNummer> = named.map(|toewijzing| toewijzing.nummer).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// A work item.
    pub async fn werkitem(&self, id: i64) -> Result<Option<Stand>> {
        let Some(item) = self.store.work_item(id).await? else { return Ok(None) };
        let mut stand = Stand::of(StatusSoort::Werkitem, &id, Some(item.item.relatie));
        stand.state = item.status.as_str();
        stand.arrival = item.arrival;
        stand.say(format!(
            "Werkitem {id} ({}), gemaakt op {}, {}.",
            item.item.reason.as_str(),
            tekst::moment(item.made),
            self.partijen(item.item.relatie)
        ));
        if self.vertel.verhaal {
            stand.say(item.item.story.clone());
        }
        if let Some(nummer) = item.item.toewijzing {
            stand.say(format!("Het gaat over toewijzing {nummer}."));
        }
        match (&item.closed, tekst::waits(&item)) {
            (Some(closed), _) => {
                let state = item.status.as_str();
                stand.say(format!("Het is gesloten op {}: {state}.", tekst::moment(closed.moment)));
                self.add_answers(&mut stand, closed.journal).await?;
            }
            (None, Some(sentence)) => stand.say(sentence),
            (None, None) => {}
        }
        stand.work.push(tekst::werk(&item));
        Ok(Some(stand))
    }
}

/// An assignment without its client.
fn described(toewijzing: &Toewijzing) -> String {
    let until = toewijzing
        .einddatum
        .map_or_else(|| "zonder einddatum".to_owned(), |end| format!("tot en met {}", day(end)));
    let much = toewijzing.omvang.map_or_else(String::new, |omvang| {
        format!(", volume {} (eenheid {}, frequentie {})", omvang.volume, omvang.eenheid, omvang.frequentie)
    });
    let budget = toewijzing.budget.map_or_else(String::new, |budget| format!(", budget {budget}"));
    let product = tekst::product(toewijzing.product);
    format!("{product}, vanaf {} {until}{much}{budget}", day(toewijzing.ingangsdatum))
}

fn received(toewijzing: &Toewijzing) -> (&'static str, &'static str) {
    match toewijzing.ontvangst {
        _ if toewijzing.is_verwijderd() => ("verwijderd", "De gemeente heeft haar verwijderd."),
        Ontvangst::Verzonden => ("verzonden", "Ze is doorgegeven aan de aanbieder."),
        Ontvangst::Vastgehouden => {
            ("vastgehouden", "Ze wordt vastgehouden en is niet doorgegeven aan de aanbieder.")
        }
        Ontvangst::Afgewezen => ("afgekeurd", "De aanbieder heeft het bericht waar ze in stond afgekeurd."),
    }
}

fn answered(verzoek: &Verzoek) -> (&'static str, String) {
    match verzoek.status {
        VerzoekStatus::Open => (
            "open",
            format!("Het wacht op antwoord, uiterlijk {}.", day(termijn::antwoord(verzoek.ontvangen))),
        ),
        VerzoekStatus::InOnderzoek => {
            let until = termijn::na_onderzoek(verzoek.dagtekening, verzoek.ontvangen, false);
            ("in-onderzoek", format!("Het is in onderzoek; antwoord uiterlijk {}.", day(until)))
        }
        VerzoekStatus::Gehonoreerd => ("gehonoreerd", "Het is gehonoreerd.".to_owned()),
        VerzoekStatus::Afgewezen => ("afgewezen", "Het is afgewezen.".to_owned()),
    }
}
