//! Issues JW301s and JW319s, with the same changes as if they had been received (rulings 3.2, 3.4).

use super::moment::after_all;
use crate::clock::{Moment, after};
use crate::codes::{Bsn, Datum, ProductSleutel, RedenWijziging, ToewijzingNummer, TypeVerwijzer};
use crate::contracts::Register;
use crate::decide::Outgoing;
use crate::decide::answer::{jw301, jw319};
use crate::decide::numbers::{Exhausted, GemeenteNumbers};
use crate::decide::own::{OwnFacts, verify_issued};
use crate::decide::wijziging::WijzigingRegel;
use crate::messages::jw301::{Client, ToegewezenProduct};
use crate::messages::{BerichtSoort, Partij, Relatie};
use crate::money::Cents;
use crate::rules::across_messages::Facts;
use crate::schema::{Release, releases};
use crate::state::{
    Bedragen, Besteding, Change, NewWorkItem, Ontvangst, ToegewezenOmvang, Toewijzing, VerzoekStatus,
    Verzonden, VerzondenAntwoord, VerzondenVersie, Voorstel, WorkReason, WorkingSet,
};
use std::collections::BTreeSet;

/// A request that is honoured, as it will be assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::decide) struct Gehonoreerd {
    /// ReferentieAanbieder of the request.
    pub referentie: Box<str>,
    /// Product; `None` is generic.
    pub product: Option<ProductSleutel>,
    /// First day.
    pub begin: Datum,
    /// Last day, inclusive.
    pub eind: Option<Datum>,
    /// How much.
    pub omvang: Option<ToegewezenOmvang>,
    pub budget: Option<Cents>,
    /// Who referred the child.
    pub verwijzer: Option<TypeVerwijzer>,
}

/// Under what circumstances something is issued.
#[derive(Debug, Clone, Copy)]
pub(in crate::decide) struct Uitgifte<'a> {
    /// Release of the request: it is answered in the release in which it came.
    pub release: &'static Release,
    /// Facts.
    pub known: &'a WorkingSet,
    /// Contract register in force.
    pub register: &'a Register,
    /// What the message that asks has changed so far; of an operator's decision nothing.
    pub earlier: &'a [Change],
    /// Gemeente and aanbieder.
    pub relatie: Relatie,
    /// Journal number of what is decided.
    pub journal: i64,
    /// When it is decided.
    pub moment: Moment,
    /// JW301s issued before in this run of a fixed clock.
    pub issued: u32,
}

/// What leaves and what it changes.
#[derive(Debug, Default)]
pub(in crate::decide) struct Uitgegeven {
    /// In order of leaving.
    pub answers: Vec<Outgoing>,
    /// In order of application.
    pub changes: Vec<Change>,
}

/// Why nothing was issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UitgifteError {
    /// No number.
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    /// The release of the request has no messages to answer it with.
    #[error(
        "een verzoek in release {0} beantwoorden wij niet zelf: die release kent geen JW319, en een toewijzing \
         vraagt er een beschikking die alleen de gemeente kent. Stuur de toewijzing of de afwijzing zelf"
    )]
    Release(&'static str),
    /// The newest version of an assignment that goes along was decided on too far ahead of our clock.
    #[error(
        "toewijzing {nummer} is volgens de gemeente vastgesteld op {moment}, meer dan een dag vooruit; een versie \
         van nu zou niet gelden (IV013). Laat de gemeente een versie met het juiste moment sturen"
    )]
    Vooruit {
        /// The assignment.
        nummer: ToewijzingNummer,
        /// Its Toewijzingsdatum and -tijd.
        moment: String,
    },
    /// What we made breaks these rules, of any level.
    #[error("ons eigen bericht zou niet geldig zijn volgens {}; controleer de gegevens van client en verzoek", .0.join(", "))]
    Invalid(Vec<String>),
}

impl UitgifteError {
    /// The alarm for operators: nothing left.
    pub(in crate::decide) fn alarm(&self, relatie: Relatie) -> NewWorkItem {
        match self {
            Self::Exhausted(exhausted) => exhausted.work(relatie),
            Self::Invalid(_) | Self::Release(_) | Self::Vooruit { .. } => NewWorkItem {
                reason: WorkReason::AntwoordOngeldig,
                relatie,
                toewijzing: None,
                due: None,
                story: format!("Er is niets verstuurd: {self}."),
                voorstel: Voorstel::Kennisnemen,
                bedragen: Bedragen::default(),
                verzamel: None,
            },
        }
    }
}

impl<'a> Uitgifte<'a> {
    /// One JW301 for everything that is honoured, with every other current assignment of the client at
    /// this aanbieder (OP087). The gemeente gets a copy.
    pub(in crate::decide) fn toewijzing(
        &self,
        client: Client<'_>,
        honoured: &[Gehonoreerd],
        numbers: &mut GemeenteNumbers<'_>,
    ) -> Result<Uitgegeven, UitgifteError> {
        self.answers_itself()?;
        let bsn = client.bsn;
        let unchanged = self.unchanged(bsn);
        let moment = after_all(self.clock(), unchanged.iter().copied())?;
        let identificatie = numbers.identificatie()?;
        let mut new = Vec::with_capacity(honoured.len());
        for request in honoured {
            new.push(self.assigned(bsn, request, moment, numbers.toewijzing()?));
        }
        let repeated = unchanged.iter().map(|toewijzing| ToegewezenProduct {
            referentie_aanbieder: self.open_again(toewijzing),
            ..jw301::repeated(toewijzing)
        });
        let lines = repeated.chain(new.iter().map(jw301::assigned)).collect();
        let bytes = jw301::write(self.release, self.relatie, &identificatie, moment.date(), client, lines);
        let answers = self.jw301(&identificatie, &bytes, moment)?;
        let references = unchanged.iter().filter_map(|toewijzing| self.open_again(toewijzing));
        let references = references.chain(honoured.iter().map(|request| &*request.referentie));
        let references = references.map(Into::into).collect();
        let changes = self.assigned_changes(bsn, &identificatie, (&unchanged, new), references);
        Ok(Uitgegeven { answers, changes })
    }

    /// The request that an assignment honours whose message the aanbieder rejected: it was never sent, so
    /// this is the first time (TR379, IV097).
    fn open_again<'t>(&self, toewijzing: &'t Toewijzing) -> Option<&'t str> {
        let reference = toewijzing.referentie_aanbieder.as_deref()?;
        let request = self.known.verzoeken.get(&(self.relatie.aanbieder, reference.into()))?;
        (toewijzing.ontvangst == Ontvangst::Afgewezen && request.status.is_open()).then_some(reference)
    }

    /// One JW301 for a request for change: every line with its reference (IV093, IV097). What the request
    /// leaves alone keeps its moment; so does what goes along because the aanbieder lacks it.
    pub(in crate::decide) fn wijziging(
        &self,
        client: Client<'_>,
        referentie: &str,
        regels: &[WijzigingRegel<'_>],
        numbers: &mut GemeenteNumbers<'_>,
    ) -> Result<Uitgegeven, UitgifteError> {
        self.answers_itself()?;
        let bsn = client.bsn;
        let others = self.unchanged(bsn);
        let in_force = regels.iter().filter_map(WijzigingRegel::in_force).chain(others.iter().copied());
        let moment = after_all(self.clock(), in_force)?;
        let identificatie = numbers.identificatie()?;
        let mut unchanged = Vec::new();
        let mut new = Vec::new();
        for regel in regels {
            match regel {
                WijzigingRegel::Ongewijzigd(toewijzing) => unchanged.push(*toewijzing),
                WijzigingRegel::Gewijzigd { van, naar } => {
                    new.push(self.changed(van, naar.clone(), referentie, moment));
                }
                WijzigingRegel::Vervangen { van, naar, door } => {
                    new.push(self.changed(van, naar.clone(), referentie, moment));
                    new.push(self.assigned(bsn, door, moment, numbers.toewijzing()?));
                }
                WijzigingRegel::Nieuw(product) => {
                    new.push(self.assigned(bsn, product, moment, numbers.toewijzing()?));
                }
            }
        }
        let named: BTreeSet<_> = unchanged.iter().copied().chain(&new).map(|line| line.nummer).collect();
        unchanged.extend(others.into_iter().filter(|other| !named.contains(&other.nummer)));
        let lines = unchanged.iter().map(|toewijzing| jw301::repeated(toewijzing));
        let lines = lines
            .chain(new.iter().map(jw301::assigned))
            .map(|line| ToegewezenProduct { referentie_aanbieder: Some(referentie), ..line })
            .collect();
        let bytes = jw301::write(self.release, self.relatie, &identificatie, moment.date(), client, lines);
        let answers = self.jw301(&identificatie, &bytes, moment)?;
        let references = vec![referentie.into()];
        let changes = self.assigned_changes(bsn, &identificatie, (&unchanged, new), references);
        Ok(Uitgegeven { answers, changes })
    }

    /// Releases before 3.0 have no JW319, and their JW301 needs a beschikking that we do not have.
    fn answers_itself(&self) -> Result<(), UitgifteError> {
        match releases().message(self.release.name, BerichtSoort::Jw319) {
            Some(_) => Ok(()),
            None => Err(UitgifteError::Release(self.release.name)),
        }
    }

    /// The message to the aanbieder and its copy to the gemeente, when it is valid.
    fn jw301(
        &self,
        identificatie: &str,
        bytes: &[u8],
        moment: Moment,
    ) -> Result<Vec<Outgoing>, UitgifteError> {
        self.verify(bytes, moment)?;
        let Relatie { gemeente, aanbieder } = self.relatie;
        let outgoing = |receiver| Outgoing {
            soort: BerichtSoort::Jw301,
            receiver,
            relatie: self.relatie,
            identificatie: identificatie.to_owned(),
            bytes: bytes.to_vec(),
        };
        Ok(vec![outgoing(Partij::Aanbieder(aanbieder)), outgoing(Partij::Gemeente(gemeente))])
    }

    /// The clock, which in a run of a fixed clock moves on with each JW301.
    fn clock(&self) -> Moment {
        after(self.moment, self.issued)
    }

    /// Judges what we made as its receiver will (docs/ARCHITECTURE.md), at the moment that stands in it.
    fn verify(&self, bytes: &[u8], moment: Moment) -> Result<(), UitgifteError> {
        let facts = Facts { relatie: self.relatie, known: self.known, register: self.register, moment };
        verify_issued(OwnFacts { facts, earlier: self.earlier }, bytes).map_err(UitgifteError::Invalid)
    }

    /// A known assignment as it is from now on, with its own number (IV093).
    fn changed(&self, van: &Toewijzing, naar: Toewijzing, referentie: &str, moment: Moment) -> Toewijzing {
        Toewijzing {
            toewijzingsdatum: moment.date(),
            toewijzingstijd: tijd(moment),
            reden_wijziging: Some(RedenWijziging::GeinitieerdDoorAanbieder),
            referentie_aanbieder: Some(referentie.into()),
            bericht: self.journal,
            ontvangst: Ontvangst::Verzonden,
            vorige: van.as_vorige(Ontvangst::Verzonden),
            ..naar
        }
    }

    /// The new assignment for a request. The Commentaar of the request is not for the assignment.
    fn assigned(
        &self,
        bsn: Bsn,
        request: &Gehonoreerd,
        moment: Moment,
        nummer: ToewijzingNummer,
    ) -> Toewijzing {
        Toewijzing {
            gemeente: self.relatie.gemeente,
            nummer,
            aanbieder: self.relatie.aanbieder,
            bsn,
            product: request.product,
            toewijzingsdatum: moment.date(),
            toewijzingstijd: tijd(moment),
            ingangsdatum: request.begin,
            einddatum: request.eind,
            reden_wijziging: None,
            omvang: request.omvang,
            budget: request.budget,
            referentie_aanbieder: Some(request.referentie.clone()),
            commentaar: None,
            bericht: self.journal,
            ontvangst: Ontvangst::Verzonden,
            vorige: Vec::new(),
            verwijzer: request.verwijzer,
            vrijgegeven: None,
            besteed: Besteding::default(),
        }
    }

    /// Every current assignment, and what changed since the last JW301 that the aanbieder accepted.
    fn unchanged(&self, bsn: Bsn) -> Vec<&'a Toewijzing> {
        let (known, gemeente, today) = (self.known, self.relatie.gemeente, self.clock().date());
        let numbers = known.toewijzingen_van.get(&(gemeente, bsn)).into_iter().flatten();
        numbers
            .filter_map(|nummer| known.toewijzingen.get(&(gemeente, *nummer)))
            .filter(|other| other.aanbieder == self.relatie.aanbieder && !other.is_onbekend_bij_aanbieder())
            .filter(|other| other.is_actueel(today) || other.ontvangst == Ontvangst::Afgewezen)
            .collect()
    }

    fn assigned_changes(
        &self,
        bsn: Bsn,
        identificatie: &str,
        (unchanged, new): (&[&Toewijzing], Vec<Toewijzing>),
        references: Vec<Box<str>>,
    ) -> Vec<Change> {
        let Relatie { gemeente, aanbieder } = self.relatie;
        let mut changes = vec![self.used(BerichtSoort::Jw301, identificatie)];
        if !self.known.clienten.contains_key(&(gemeente, bsn)) {
            changes.push(Change::ClientBekend { gemeente, bsn });
        }
        let (sent_again, once_more): (Vec<&Toewijzing>, Vec<&Toewijzing>) =
            unchanged.iter().partition(|toewijzing| toewijzing.ontvangst == Ontvangst::Afgewezen);
        let mut carried: Vec<_> = sent_again.into_iter().map(versie).collect();
        changes.extend(carried.iter().map(|versie| Change::ToewijzingOntvangst {
            gemeente,
            nummer: versie.nummer,
            ontvangst: Ontvangst::Verzonden,
        }));
        for herhaald in once_more.into_iter().filter_map(|toewijzing| toewijzing.herhaald(self.journal)) {
            carried.push(VerzondenVersie { nummer: herhaald.nummer, bericht: Some(self.journal) });
            changes.push(Change::ToewijzingOpgeslagen(Box::new(herhaald)));
        }
        let answered = self.answered(references);
        changes.extend(answered.iter().map(|answered| answered.change(aanbieder)));
        for toewijzing in new {
            carried.push(versie(&toewijzing));
            changes.push(Change::ToewijzingOpgeslagen(Box::new(toewijzing)));
        }
        changes.push(self.sent(BerichtSoort::Jw301, identificatie, carried, answered));
        changes
    }

    /// The requests that a JW301 of ours honours. A request in the message that is being answered is not
    /// among the facts yet: it is open.
    fn answered(&self, references: Vec<Box<str>>) -> Vec<VerzondenAntwoord> {
        let nu = VerzoekStatus::Gehonoreerd;
        let references: BTreeSet<Box<str>> = references.into_iter().collect();
        let answered = references.into_iter().map(|referentie| {
            let eerder = self.status(&referentie);
            VerzondenAntwoord { referentie, eerder, nu }
        });
        answered.collect()
    }

    fn status(&self, referentie: &str) -> VerzoekStatus {
        let known = self.known.verzoeken.get(&(self.relatie.aanbieder, referentie.into()));
        known.map_or(VerzoekStatus::Open, |verzoek| verzoek.status)
    }

    /// One JW319 on one request.
    pub(in crate::decide) fn antwoord(
        &self,
        referentie: &str,
        bescheid: jw319::Bescheid,
        numbers: &mut GemeenteNumbers<'_>,
    ) -> Result<Uitgegeven, UitgifteError> {
        self.answers_itself()?;
        let relatie = self.relatie;
        let identificatie = numbers.identificatie()?;
        let bytes =
            jw319::write(self.release, relatie, &identificatie, self.moment.date(), referentie, bescheid);
        self.verify(&bytes, self.clock())?;
        let status = match bescheid {
            jw319::Bescheid::Afgewezen { .. } => VerzoekStatus::Afgewezen,
            jw319::Bescheid::InOnderzoek => VerzoekStatus::InOnderzoek,
        };
        let eerder = self.status(referentie);
        let answered = VerzondenAntwoord { referentie: referentie.into(), eerder, nu: status };
        let changes = vec![
            self.used(BerichtSoort::Jw319, &identificatie),
            answered.change(relatie.aanbieder),
            self.sent(BerichtSoort::Jw319, &identificatie, Vec::new(), vec![answered]),
        ];
        let receiver = Partij::Aanbieder(relatie.aanbieder);
        let answers = vec![Outgoing { soort: BerichtSoort::Jw319, receiver, relatie, identificatie, bytes }];
        Ok(Uitgegeven { answers, changes })
    }

    fn used(&self, soort: BerichtSoort, identificatie: &str) -> Change {
        let afzender = Partij::Gemeente(self.relatie.gemeente);
        Change::IdentificatieGebruikt { afzender, soort, identificatie: identificatie.into() }
    }

    fn sent(
        &self,
        soort: BerichtSoort,
        identificatie: &str,
        toewijzingen: Vec<VerzondenVersie>,
        verzoeken: Vec<VerzondenAntwoord>,
    ) -> Change {
        let (relatie, identificatie) = (self.relatie, identificatie.into());
        Change::Verzonden(Verzonden {
            soort,
            relatie,
            identificatie,
            toewijzingen,
            verzoeken,
            aanvaard: None,
        })
    }
}

/// The newest version of an assignment as a message carries it.
fn versie(toewijzing: &Toewijzing) -> VerzondenVersie {
    VerzondenVersie { nummer: toewijzing.nummer, bericht: Some(toewijzing.bericht) }
}

/// A moment as Toewijzingstijd.
fn tijd(moment: Moment) -> Box<str> {
    moment.format("%H:%M:%S").to_string().into()
}
