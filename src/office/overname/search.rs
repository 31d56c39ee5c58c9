//! Search through archives: one pass that reads every file, judges it at levels 1 and 2, and says what goes with what.
//! Only what is needed to find it again is kept.

use super::regel::{OvernameLine, OvernameStatus, in_message};
use crate::codes::{AgbCode, Datum, Retourcode};
use crate::journal::overname::tabel::{self, PrestatieRij, Tabel, ToewijzingRij};
use crate::messages::jw303::Jw303;
use crate::messages::{Bericht, BerichtSoort, Header, Relatie};
use crate::office::line::FindingLine;
use crate::office::source::{Reader, Source};
use crate::rules::judge_in_message;
use crate::schema::{Document, Reading, read};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;

/// The claim that an answer names: its kind, relatie, Identificatie and Dagtekening (TR337); of a JW303 those are
/// DeclarantFactuurNummer and FactuurDagtekening, which a JW304 repeats.
type ClaimSleutel = (BerichtSoort, Relatie, String, Datum);
/// The order in which claims are booked: period, the two dates of the claim, place in the archive.
type Volgorde = (Datum, Datum, Datum, usize);

/// A claim, and where it and its answer are.
pub(super) enum FoundClaim {
    /// Kind, and places of the message and of its answer among the sources.
    Bericht { soort: BerichtSoort, heen: usize, antwoord: Option<usize> },
    /// Rows of a table.
    Rijen { bron: usize, rows: Vec<PrestatieRij> },
}

/// Everything that was found.
#[derive(Default)]
pub(super) struct FoundSources {
    /// JW301s by place, in the order given.
    pub toewijzingen: Vec<usize>,
    /// Rows with assignments that belong together.
    pub rijen: Vec<(usize, Vec<ToewijzingRij>)>,
    /// Claims in the order in which they are booked.
    pub declaraties: Vec<FoundClaim>,
    /// What needs no further look.
    pub lines: Vec<OvernameLine>,
}

/// A claim as it was found, before its answer is sought.
struct Heen {
    bron: usize,
    sleutel: ClaimSleutel,
    volgorde: Volgorde,
}

#[derive(Default)]
struct Search {
    seen: BTreeMap<[u8; 32], String>,
    found: FoundSources,
    jw301: Vec<(usize, Relatie, String)>,
    afgewezen: BTreeMap<(Relatie, String), String>,
    aanvaard: BTreeSet<(Relatie, String)>,
    heen: Vec<Heen>,
    antwoorden: BTreeMap<ClaimSleutel, Vec<(Datum, usize, String)>>,
    antwoord_nummers: BTreeSet<(crate::codes::GemeenteCode, String)>,
    /// Places of JW304s that reject a claim as a whole.
    afwijzend: BTreeSet<usize>,
    rijen: Vec<(Volgorde, FoundClaim)>,
}

/// What a claim is answered with.
pub(super) fn answer_to(soort: BerichtSoort) -> BerichtSoort {
    if soort == BerichtSoort::Jw303 { BerichtSoort::Jw304 } else { BerichtSoort::Jw325 }
}

/// Reads everything once. `unanswered_granted`: a claim without answer was granted in full.
pub(super) fn search(sources: &[Source], unanswered_granted: bool, mut step: impl FnMut()) -> FoundSources {
    let mut search = Search::default();
    let mut reader = Reader::default();
    for (place, source) in sources.iter().enumerate() {
        let name = &source.name;
        match reader.read(source) {
            Err(error) => {
                let findings = vec![FindingLine::unreadable(&error)];
                let line = OvernameLine::of(name, None, OvernameStatus::Skipped);
                search.found.lines.push(OvernameLine { findings, ..line });
            }
            Ok(bytes) => {
                let found = catch_unwind(std::panic::AssertUnwindSafe(|| search.take(place, name, &bytes)));
                if found.is_err() {
                    let line = OvernameLine::of(name, None, OvernameStatus::Skipped);
                    let findings = vec![FindingLine::not_judged()];
                    search.found.lines.push(OvernameLine { findings, ..line });
                }
            }
        }
        step();
    }
    search.match_answers(sources, unanswered_granted)
}

impl Search {
    fn take(&mut self, place: usize, name: &str, bytes: &[u8]) {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        if let Some(first) = self.seen.get(&digest) {
            let reason = format!("zelfde inhoud als {first}");
            let line = OvernameLine::of(name, None, OvernameStatus::Known);
            self.found.lines.push(OvernameLine { reason: Some(reason), ..line });
            return;
        }
        self.seen.insert(digest, name.to_owned());
        if name.to_ascii_lowercase().ends_with(".csv") {
            self.take_table(place, name, bytes);
            return;
        }
        match read(bytes) {
            Reading::Invalid(invalid) => {
                let message = invalid.soort.map(BerichtSoort::name);
                let findings = FindingLine::of_invalid(&invalid);
                let line = OvernameLine::of(name, message, OvernameStatus::Skipped);
                self.found.lines.push(OvernameLine { findings, ..line });
            }
            Reading::Valid(document) => self.take_message(place, name, &document),
        }
    }

    fn take_message(&mut self, place: usize, name: &str, document: &Document<'_>) {
        let bericht = Bericht::read(document);
        let header = bericht.header();
        let soort = header.soort;
        let identificatie = header.bericht_identificatie.identificatie.to_owned();
        let told = |line: OvernameLine| OvernameLine { identificatie: Some(identificatie.clone()), ..line };
        if !matches!(
            soort,
            BerichtSoort::Jw301
                | BerichtSoort::Jw302
                | BerichtSoort::Jw303
                | BerichtSoort::Jw304
                | BerichtSoort::Jw323
                | BerichtSoort::Jw325
        ) {
            let reason = "deze berichtsoort wordt niet overgenomen";
            self.found.lines.push(told(OvernameLine::nothing(name, Some(soort.name()), reason)));
            return;
        }
        let found = judge_in_message(&bericht);
        if !found.is_empty() {
            let line = told(OvernameLine::of(name, Some(soort.name()), OvernameStatus::Skipped));
            let findings = in_message(document, &found);
            self.found.lines.push(OvernameLine { findings, ..line });
            return;
        }
        let relatie = header.relatie();
        match &bericht {
            Bericht::Toewijzing(_) if soort == BerichtSoort::Jw301 => {
                self.jw301.push((place, relatie, identificatie));
            }
            Bericht::Toewijzing(_) => self.take_retour(name, header),
            Bericht::Declaratie(bericht) => {
                let declaratie = &bericht.declaratie;
                let dagtekening = header.bericht_identificatie.dagtekening;
                self.heen.push(Heen {
                    bron: place,
                    sleutel: (soort, relatie, identificatie, dagtekening),
                    volgorde: (
                        declaratie.declaratie_periode.begindatum,
                        declaratie.declaratie_dagtekening,
                        dagtekening,
                        place,
                    ),
                });
            }
            Bericht::Factuur(factuur) => self.take_factuur(place, relatie, identificatie, factuur),
            Bericht::DeclaratieAntwoord(_) => {
                if !self.antwoord_nummers.insert((relatie.gemeente, identificatie.clone())) {
                    let reason =
                        "een ander antwoord (JW325) van deze gemeente heeft dezelfde Identificatie (TR056)";
                    self.found.lines.push(told(OvernameLine::skipped(name, Some("JW325"), reason)));
                    return;
                }
                let Some(antwoord) = &header.antwoord else { return };
                let named = &antwoord.declaratie_identificatie;
                let key = (BerichtSoort::Jw323, relatie, named.identificatie.to_owned(), named.dagtekening);
                let own = (header.bericht_identificatie.dagtekening, place, identificatie);
                self.antwoorden.entry(key).or_default().push(own);
            }
            _ => {}
        }
    }

    /// A JW303, or a JW304: both have the class of a factuur.
    fn take_factuur(&mut self, place: usize, relatie: Relatie, identificatie: String, factuur: &Jw303<'_>) {
        let dagtekening = factuur.kop.identificatie.dagtekening;
        let sleutel = (BerichtSoort::Jw303, relatie, identificatie, dagtekening);
        if let Some(retour) = &factuur.kop.retour_header {
            let number = retour.gemeente_referentie_nummer.to_owned();
            let kept = [Retourcode::VOLLEDIG_TOEGEWEZEN, Retourcode::GEEN_OPMERKING];
            if !factuur.kop.retour_codes.iter().any(|code| kept.contains(code)) {
                self.afwijzend.insert(place);
            }
            self.antwoorden.entry(sleutel).or_default().push((retour.retour_dagtekening, place, number));
        } else {
            let begin = factuur.kop.identificatie.periode.begindatum;
            self.heen.push(Heen { bron: place, sleutel, volgorde: (begin, dagtekening, dagtekening, place) });
        }
    }

    /// A JW302 tells which JW301s were rejected: those count as never sent.
    fn take_retour(&mut self, name: &str, header: &Header<'_>) {
        let key = (header.relatie(), header.bericht_identificatie.identificatie.to_owned());
        let codes: Vec<String> = header
            .retour
            .iter()
            .flat_map(|retour| retour.retour_codes.iter().map(ToString::to_string))
            .collect();
        if codes.is_empty() {
            self.aanvaard.insert(key);
        } else {
            self.afgewezen.insert(key, codes.join(", "));
        }
        let reason = "gebruikt om te zien welke toewijzingen zijn afgewezen";
        let line = OvernameLine::nothing(name, Some("JW302"), reason);
        let identificatie = Some(header.bericht_identificatie.identificatie.to_owned());
        self.found.lines.push(OvernameLine { identificatie, ..line });
    }

    fn take_table(&mut self, place: usize, name: &str, bytes: &[u8]) {
        match tabel::read(name, bytes) {
            Err(faults) => self.found.lines.push(OvernameLine::of_table(name, &faults)),
            Ok(Tabel::Toewijzingen(rows)) => self.take_assignments(place, name, rows),
            Ok(Tabel::Prestaties(rows)) => self.take_lines(place, name, rows),
        }
    }

    /// Rows of one message belong together; a row without Identificatie stands alone.
    fn take_assignments(&mut self, place: usize, name: &str, rows: Vec<ToewijzingRij>) {
        let mut groups: Vec<Vec<ToewijzingRij>> = Vec::new();
        let mut places = BTreeMap::new();
        for row in rows {
            let Some(identificatie) = row.identificatie.clone() else {
                groups.push(vec![row]);
                continue;
            };
            let key = (row.gemeente, row.aanbieder, identificatie);
            let at = *places.entry(key).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[at].push(row);
        }
        for rows in groups {
            if rows.iter().any(|row| row.bsn != rows[0].bsn) {
                let reason = "rijen met dezelfde identificatie zijn van verschillende clienten";
                let line = OvernameLine::skipped(name, Some("toewijzingen"), reason);
                let (line_number, identificatie) = (Some(rows[0].regel), rows[0].identificatie.clone());
                self.found.lines.push(OvernameLine { line: line_number, identificatie, ..line });
            } else {
                self.found.rijen.push((place, rows));
            }
        }
    }

    /// Rows of one claim belong together and say the same of it.
    fn take_lines(&mut self, place: usize, name: &str, rows: Vec<PrestatieRij>) {
        let mut groups: BTreeMap<(AgbCode, String), Vec<PrestatieRij>> = BTreeMap::new();
        for row in rows {
            groups.entry((row.aanbieder, row.declaratie_nummer.clone())).or_default().push(row);
        }
        let of_claim = |row: &PrestatieRij| {
            let totals = (row.totaal_ingediend, row.totaal_toegekend);
            (row.gemeente, row.identificatie.clone(), row.dagtekening, row.periode, totals)
        };
        for rows in groups.into_values() {
            let first = &rows[0];
            let other = rows.iter().find(|row| of_claim(row) != of_claim(first));
            if let Some(other) = other {
                let reason = format!(
                    "de rij op regel {} zegt iets anders over gemeente, identificatie, dagtekening, periode of totalen \
                     van deze declaratie",
                    other.regel
                );
                let line = OvernameLine::skipped(name, Some("prestaties"), reason);
                let identificatie = Some(first.identificatie.clone());
                self.found.lines.push(OvernameLine { line: Some(first.regel), identificatie, ..line });
                continue;
            }
            let volgorde = (first.periode.0, first.dagtekening, first.dagtekening, place);
            self.rijen.push((volgorde, FoundClaim::Rijen { bron: place, rows }));
        }
    }

    /// Says which answer goes with which claim, and in which order claims are booked.
    fn match_answers(mut self, sources: &[Source], unanswered_granted: bool) -> FoundSources {
        for (place, relatie, identificatie) in std::mem::take(&mut self.jw301) {
            let key = (relatie, identificatie);
            match self.afgewezen.get(&key).filter(|_| !self.aanvaard.contains(&key)) {
                None => self.found.toewijzingen.push(place),
                Some(codes) => {
                    let reason = format!("afgewezen met een JW302 ({codes})");
                    let line = OvernameLine::nothing(&sources[place].name, Some("JW301"), reason);
                    self.found.lines.push(OvernameLine { identificatie: Some(key.1), ..line });
                }
            }
        }
        let mut found = std::mem::take(&mut self.rijen);
        let mut heen = std::mem::take(&mut self.heen);
        // A number may be used again after a rejection (OP286): the first answer is on the first claim.
        heen.sort_by_key(|one| one.volgorde);
        let mut claims: BTreeMap<&ClaimSleutel, usize> = BTreeMap::new();
        for one in &heen {
            *claims.entry(&one.sleutel).or_default() += 1;
        }
        for (key, answers) in &mut self.antwoorden {
            answers.sort();
            // The number of a JW303 that was rejected as a whole comes again; of a claim that is not valid by
            // itself only the answer is left.
            let of_key = claims.get(key).copied().unwrap_or_default();
            while answers.len() > of_key
                && let Some(at) = answers.iter().position(|(_, place, _)| self.afwijzend.contains(place))
            {
                let (_, place, identificatie) = answers.remove(at);
                let reason = "keurt een declaratie als geheel af";
                let line = OvernameLine::nothing(&sources[place].name, Some("JW304"), reason);
                self.found.lines.push(OvernameLine { identificatie: Some(identificatie), ..line });
            }
            answers.reverse();
        }
        for Heen { bron, sleutel, volgorde } in heen {
            let answer = self.antwoorden.get_mut(&sleutel).and_then(Vec::pop);
            let soort = sleutel.0;
            if answer.is_none() && !unanswered_granted {
                let reason = format!(
                    "er is geen antwoord ({}) op deze declaratie; zonder antwoord wordt niets geboekt",
                    answer_to(soort).name()
                );
                let line = OvernameLine::of(&sources[bron].name, Some(soort.name()), OvernameStatus::Skipped);
                let (reason, identificatie) = (Some(reason), Some(sleutel.2));
                self.found.lines.push(OvernameLine { identificatie, reason, ..line });
                continue;
            }
            let antwoord = answer.map(|(_, place, _)| place);
            found.push((volgorde, FoundClaim::Bericht { soort, heen: bron, antwoord }));
        }
        for ((soort, ..), answers) in std::mem::take(&mut self.antwoorden) {
            let rule = if soort == BerichtSoort::Jw323 { " (TR337)" } else { "" };
            for (_, place, identificatie) in answers {
                let reason = format!(
                    "de declaratie ({}) waar dit antwoord bij hoort, zit niet in het archief{rule}",
                    soort.name()
                );
                let name = answer_to(soort).name();
                let line = OvernameLine::of(&sources[place].name, Some(name), OvernameStatus::Skipped);
                let (reason, identificatie) = (Some(reason), Some(identificatie));
                self.found.lines.push(OvernameLine { identificatie, reason, ..line });
            }
        }
        found.sort_by_key(|(volgorde, _)| *volgorde);
        self.found.declaraties = found.into_iter().map(|(_, declaratie)| declaratie).collect();
        self.found
    }
}
