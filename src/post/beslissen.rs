//! What must be told now, to whom, and in which words: pure.

use crate::clock::Moment;
use crate::config::PostLijsten;
use crate::store::post::{Meldsoort, Postmelding, Verzending};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// Most things that are named in one mail.
const NAMED: usize = 50;

/// When something is told, and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meldregels {
    /// How long something of the service lasts before it is told.
    pub na: TimeDelta,
    /// After how long it is told again.
    pub herhaal: TimeDelta,
}

/// A mail that must leave: to whom, and what is in it, with how often each of it was told before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeSturen<'a> {
    pub aan: &'a str,
    pub over: Vec<(&'a Postmelding, i64)>,
}

/// What must leave now. Nothing that somebody took, that is over, or that was told not long ago; one mail per receiver.
#[must_use]
pub fn due<'a>(
    meldingen: &'a [Postmelding],
    verzonden: &[Verzending],
    lijsten: &'a PostLijsten,
    regels: Meldregels,
    now: Moment,
) -> Vec<TeSturen<'a>> {
    let sent: BTreeMap<(&str, &str), &Verzending> =
        verzonden.iter().map(|one| ((one.sleutel.as_str(), one.aan.as_str()), one)).collect();
    let mut mails: BTreeMap<&str, Vec<(&Postmelding, i64)>> = BTreeMap::new();
    for melding in meldingen {
        let lasts = melding.voorbij.is_none() && melding.genomen.is_none();
        // The term of what waits is patience enough.
        let patient = melding.aanleiding.soort == Meldsoort::Wachtend || now - melding.sinds >= regels.na;
        if !lasts || !patient {
            continue;
        }
        for aan in lijsten.of(melding.aanleiding.soort) {
            let before = sent.get(&(melding.aanleiding.sleutel.as_str(), aan.as_str()));
            let told = before.and_then(|one| one.gemeld).is_some_and(|told| now - told < regels.herhaal);
            let busy = before.and_then(|one| one.bezig).is_some_and(|until| until > now);
            if !told && !busy {
                mails.entry(aan).or_default().push((melding, before.map_or(0, |one| one.keren)));
            }
        }
    }
    mails.into_iter().map(|(aan, over)| TeSturen { aan, over }).collect()
}

/// Subject and text of a mail. What it says of `herhaal` is what happens when nobody takes it.
#[must_use]
pub fn words(
    over: &[(&Postmelding, i64)],
    name: &str,
    console: Option<&str>,
    herhaal: TimeDelta,
) -> (String, String) {
    let subject = match over {
        [(melding, _)] => heading(melding.aanleiding.soort, 1),
        [(first, _), ..] if over.iter().all(|(one, _)| one.aanleiding.soort == first.aanleiding.soort) => {
            heading(first.aanleiding.soort, over.len())
        }
        _ => format!("{} dingen vragen om iemand", over.len()),
    };
    let again = over.iter().any(|(_, keren)| *keren > 0);
    let subject = format!("happyflow: {subject}{}", if again { " (nogmaals)" } else { "" });
    let mut text = String::new();
    for (melding, _) in over.iter().take(NAMED) {
        text.push_str(&format!(
            "- {} (sinds {})\n",
            melding.aanleiding.tekst,
            melding.sinds.format("%d-%m-%Y %H:%M")
        ));
    }
    if over.len() > NAMED {
        text.push_str(&format!("- en nog {}\n", over.len() - NAMED));
    }
    let minutes = herhaal.num_minutes();
    let again =
        if minutes % 60 == 0 { format!("{} uur", minutes / 60) } else { format!("{minutes} minuten") };
    let place =
        console.map_or_else(|| "/meldingen in de console".to_owned(), |url| format!("{url}/meldingen"));
    text.push_str(&format!(
        "\nDit bericht komt elke {again} terug, tot het over is of iemand het oppakt: {place}\nGestuurd door {name}.\n"
    ));
    (subject, text)
}

fn heading(soort: Meldsoort, count: usize) -> String {
    match (soort, count) {
        (Meldsoort::Wachtend, 1) => "een kind wacht te lang op een besluit".to_owned(),
        (Meldsoort::Wachtend, count) => format!("{count} kinderen wachten te lang op een besluit"),
        (Meldsoort::Dienst, _) => "de dienst doet zijn werk niet".to_owned(),
        (Meldsoort::Schijf, _) => "er is niet te schrijven".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::post::Meldgrond;

    const REGELS: Meldregels = Meldregels { na: TimeDelta::seconds(120), herhaal: TimeDelta::minutes(240) };

    fn at(text: &str) -> Moment {
        format!("2026-02-03T{text}").parse().unwrap()
    }

    fn melding(sleutel: &str, soort: Meldsoort) -> Postmelding {
        let (sleutel, tekst) = (sleutel.to_owned(), format!("tekst {sleutel}"));
        let aanleiding = Meldgrond { sleutel, soort, tekst, werk: None };
        Postmelding { aanleiding, sinds: at("10:00:00"), genomen: None, voorbij: None }
    }

    fn sent(sleutel: &str, aan: &str, gemeld: Option<&str>, bezig: Option<&str>) -> Verzending {
        let (gemeld, bezig) = (gemeld.map(at), bezig.map(at));
        let keren = i64::from(gemeld.is_some());
        Verzending { sleutel: sleutel.to_owned(), aan: aan.to_owned(), gemeld, keren, bezig, mislukt: None }
    }

    /// To whom what leaves, in short.
    fn leaves(meldingen: &[Postmelding], verzonden: &[Verzending], now: &str) -> String {
        let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        let lijsten = PostLijsten { wachtend: list(&["a", "b"]), dienst: list(&["b"]), schijf: list(&[]) };
        let mails = due(meldingen, verzonden, &lijsten, REGELS, at(now));
        let shown = mails.iter().map(|mail| {
            let over: Vec<&str> = mail.over.iter().map(|(one, _)| one.aanleiding.sleutel.as_str()).collect();
            format!("{}: {}", mail.aan, over.join(" "))
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn each_receiver_gets_one_mail_of_what_is_its_own() {
        let all = [
            melding("w1", Meldsoort::Wachtend),
            melding("d1", Meldsoort::Dienst),
            melding("w2", Meldsoort::Wachtend),
            melding("s1", Meldsoort::Schijf),
        ];
        assert_eq!(leaves(&all, &[], "10:00:01"), "a: w1 w2; b: w1 w2", "the service has a little patience");
        assert_eq!(leaves(&all, &[], "10:02:00"), "a: w1 w2; b: w1 d1 w2");
    }

    #[test]
    fn it_is_told_again_after_a_while_until_it_is_over_or_taken() {
        let mut all = [melding("w1", Meldsoort::Wachtend)];
        let told = [sent("w1", "a", Some("10:01:00"), None), sent("w1", "b", Some("10:05:00"), None)];
        for (now, expected) in [
            ("13:59:00", ""),
            ("14:01:00", "a: w1"),
            ("14:05:00", "a: w1; b: w1"),
            ("14:06:00", "a: w1; b: w1"),
        ] {
            assert_eq!(leaves(&all, &told, now), expected, "{now}");
        }
        all[0].genomen = Some(("A. Wacht".to_owned(), at("12:00:00")));
        assert_eq!(leaves(&all, &told, "20:00:00"), "");
        all[0].genomen = None;
        all[0].voorbij = Some(at("12:00:00"));
        assert_eq!(leaves(&all, &told, "20:00:00"), "");
    }

    #[test]
    fn while_one_is_at_it_or_waits_after_a_failure_nobody_else_sends() {
        let all = [melding("w1", Meldsoort::Wachtend)];
        let busy = [sent("w1", "a", None, Some("10:10:00"))];
        assert_eq!(leaves(&all, &busy, "10:09:59"), "b: w1");
        assert_eq!(leaves(&all, &busy, "10:10:00"), "a: w1; b: w1");
    }

    #[test]
    fn a_mail_says_what_where_and_when_again() {
        let (one, two) = (melding("w1", Meldsoort::Wachtend), melding("d1", Meldsoort::Dienst));
        let (subject, text) = words(&[(&one, 0)], "hf-1", Some("https://c.nl"), TimeDelta::minutes(240));
        assert_eq!(subject, "happyflow: een kind wacht te lang op een besluit");
        assert!(text.starts_with("- tekst w1 (sinds 03-02-2026 10:00)\n"), "{text}");
        assert!(text.contains("elke 4 uur terug") && text.contains("https://c.nl/meldingen"), "{text}");
        let (subject, text) = words(&[(&one, 1), (&two, 0)], "hf-1", None, TimeDelta::minutes(90));
        assert_eq!(subject, "happyflow: 2 dingen vragen om iemand (nogmaals)");
        assert!(text.contains("elke 90 minuten") && text.contains("hf-1"), "{text}");
        let many: Vec<(&Postmelding, i64)> = vec![(&one, 0); 60];
        let (subject, text) = words(&many, "hf-1", None, TimeDelta::minutes(60));
        assert!(subject.contains("60 kinderen") && text.contains("en nog 10"), "{subject} {text}");
    }
}
