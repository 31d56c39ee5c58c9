//! JW325, the answer on a declaratie; we write these, so the rules check what we send.

use super::base::bsn;
use super::base_claims::{afgewezen, bedrag, credit, debet, jw325, periode, teruggestuurd, totaal};
use super::case::{Case, Place, breaks, holds};
use happyflow::codes::{DebetCredit, Retourcode};
use happyflow::messages::Bericht;
use happyflow::messages::jw325::{DeclaratieAntwoord, Prestatie};

const ANSWER: &str = "DeclaratieAntwoord";
const LINE: &str = "DeclaratieAntwoord/Clienten/Client[1]/Prestaties/Prestatie[1]";
const LINE_2: &str = "DeclaratieAntwoord/Clienten/Client[1]/Prestaties/Prestatie[2]";
const REJECTED: Retourcode = Retourcode::of("9321");

pub fn cases() -> Vec<Case> {
    [keys(), totals(), lines()].concat()
}

fn with(change: impl FnOnce(&mut Prestatie<'static>)) -> Bericht<'static> {
    jw325(|antwoord| change(&mut antwoord.clienten[0].prestaties[0]))
}

/// With a second rejected line; nothing of the claim is granted then.
fn and(line: Prestatie<'static>) -> Bericht<'static> {
    jw325(|antwoord| {
        antwoord.clienten[0].prestaties.push(line);
        antwoord.totaal_toegekend_bedrag = totaal(0, DebetCredit::Debet);
    })
}

fn keys() -> Vec<Case> {
    let client_2 = "DeclaratieAntwoord/Clienten/Client[2]";
    let second_client = |number: &'static str| {
        jw325(|antwoord| {
            let line = teruggestuurd(&debet("P2", 2), REJECTED);
            antwoord.clienten.push(afgewezen(number, vec![line]));
            antwoord.totaal_toegekend_bedrag = totaal(0, DebetCredit::Debet);
        })
    };
    vec![
        holds("TR101", "two lines", and(teruggestuurd(&debet("P2", 2), REJECTED))),
        breaks(
            "TR101",
            "the same line",
            and(teruggestuurd(&debet("P1", 2), REJECTED)),
            &[(LINE_2, "ProductReferentie")],
        ),
        holds("TR101", "two clients", second_client("999900018")),
        breaks("TR101", "the same client", second_client("999900006"), &[(client_2, "Bsn")]),
        breaks("CS002", "the second client", second_client("999900007"), &[(client_2, "Bsn")]),
        breaks(
            "CS002",
            "the first client",
            jw325(|antwoord| antwoord.clienten[0].bsn = bsn("999900007")),
            &[("DeclaratieAntwoord/Clienten/Client[1]", "Bsn")],
        ),
    ]
}

fn totals() -> Vec<Case> {
    let granted = |cents, kind| jw325(|antwoord| antwoord.totaal_toegekend_bedrag = totaal(cents, kind));
    let rejected = |change: fn(&mut DeclaratieAntwoord<'static>)| {
        jw325(|antwoord| {
            antwoord.retour_codes = vec![Retourcode::of("9333")];
            antwoord.totaal_toegekend_bedrag = totaal(0, DebetCredit::Debet);
            antwoord.clienten.clear();
            change(antwoord);
        })
    };
    let grant: &[Place] = &[(ANSWER, "TotaalToegekendBedrag")];
    vec![
        breaks("TR342", "a cent more granted", granted(32001, DebetCredit::Debet), grant),
        breaks("TR342", "granted as a credit", granted(32000, DebetCredit::Credit), grant),
        holds(
            "TR342",
            "all granted",
            jw325(|antwoord| {
                antwoord.retour_codes = vec![Retourcode::VOLLEDIG_TOEGEWEZEN];
                antwoord.totaal_toegekend_bedrag = totaal(64000, DebetCredit::Debet);
                antwoord.clienten.clear();
            }),
        ),
        holds(
            "TR342",
            "a credit rejected raises what is granted",
            jw325(|antwoord| {
                let line = teruggestuurd(&credit("P1", "V1", 1), REJECTED);
                antwoord.clienten[0].prestaties = vec![line];
                antwoord.totaal_toegekend_bedrag = totaal(96000, DebetCredit::Debet);
            }),
        ),
        holds("TR342", "the claim itself rejected", rejected(|_| {})),
        breaks(
            "TR342",
            "the claim rejected, yet granted",
            rejected(|antwoord| antwoord.totaal_toegekend_bedrag = totaal(64000, DebetCredit::Debet)),
            grant,
        ),
        breaks(
            "TR342",
            "the claim rejected, yet lines",
            rejected(|antwoord| {
                let line = teruggestuurd(&debet("P1", 1), REJECTED);
                antwoord.clienten = vec![afgewezen("999900006", vec![line])];
            }),
            &[(ANSWER, "Clienten")],
        ),
        breaks(
            "TR342",
            "a line that is not rejected",
            with(|line| line.retour_codes = vec![Retourcode::GEEN_OPMERKING]),
            &[(LINE, "RetourCodes")],
        ),
        holds(
            "TR342",
            "a line not judged",
            with(|line| line.retour_codes = vec![Retourcode::NIET_BEOORDEELD]),
        ),
        breaks(
            "CS325",
            "nothing claimed as a credit",
            jw325(|antwoord| antwoord.totaal_ingediend_bedrag = totaal(0, DebetCredit::Credit)),
            &[(ANSWER, "TotaalIngediendBedrag/DebetCredit")],
        ),
        breaks(
            "CS325",
            "nothing granted as a credit",
            granted(0, DebetCredit::Credit),
            &[(ANSWER, "TotaalToegekendBedrag/DebetCredit")],
        ),
        holds("CS325", "nothing granted as a debit", granted(0, DebetCredit::Debet)),
    ]
}

fn lines() -> Vec<Case> {
    let over =
        |begin: &'static str, eind: &'static str| with(|line| line.product_periode = periode(begin, eind));
    let vorig: &[Place] = &[(LINE, "ProductReferentie/VorigReferentieNummer")];
    vec![
        holds("TR134", "begins on the day of the answer", over("2026-05-07", "2026-05-07")),
        breaks(
            "TR134",
            "begins the day after",
            over("2026-05-08", "2026-05-31"),
            &[(LINE, "ProductPeriode/Begindatum")],
        ),
        holds("TR137", "ends on the day of the answer", over("2026-05-01", "2026-05-07")),
        breaks(
            "TR137",
            "ends the day after",
            over("2026-05-01", "2026-05-08"),
            &[(LINE, "ProductPeriode/Einddatum")],
        ),
        holds("CD060", "a credit with its debit", and(teruggestuurd(&credit("P2", "V1", 1), REJECTED))),
        breaks(
            "CD060",
            "a credit without",
            with(|line| line.ingediend_bedrag.debet_credit = DebetCredit::Credit),
            vorig,
        ),
        breaks(
            "CD060",
            "a debit with",
            with(|line| line.product_referentie.vorig_referentie_nummer = Some("V1")),
            vorig,
        ),
        breaks(
            "CS325",
            "a line of nothing as a credit",
            with(|line| line.ingediend_bedrag = bedrag(0, DebetCredit::Credit)),
            &[(LINE, "IngediendBedrag/DebetCredit")],
        ),
    ]
}
