//! Retours byte by byte, header rules, numbers, and what is free again after a rejection.

use super::berichten::{aangevraagd, jw301, jw315, jw319, toegewezen};
use super::world::{
    GEMEENTE, World, answers, codes, day, document, reasons, register, retour_on, retourcodes, sent,
    to_aanbieder, values,
};
use happyflow::decide::answer::retour::{self, RetourVerdict as Said};
use happyflow::decide::{Outgoing, Requests, Verdict};
use happyflow::messages::{Bericht, BerichtSoort};
use happyflow::rules::{Finding, find};
use happyflow::state::{Ontvangst, WorkReason};
use std::slice::from_ref;

#[test]
fn a_clean_retour_is_a_header_without_codes() {
    let mut world = World::new();
    let decision = world.accept(&jw301("A1", &[toegewezen(1)]));
    assert_eq!(sent(&decision), [("JW302", GEMEENTE.to_owned())]);
    let retour = &decision.answers[0];
    assert_eq!(retourcodes(retour), []);
    assert_eq!(
        String::from_utf8(retour.bytes.clone()).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<jw302:Bericht xmlns:jw302=\"http://www.istandaarden.nl/ijw/3_2/jw302/schema\" xmlns:ijw=\"http://www.istandaarden.nl/ijw/3_2/basisschema/schema\">
  <jw302:Header>
    <jw302:BerichtCode>437</jw302:BerichtCode>
    <jw302:BerichtVersie>3</jw302:BerichtVersie>
    <jw302:BerichtSubversie>2</jw302:BerichtSubversie>
    <jw302:Afzender>0193</jw302:Afzender>
    <jw302:Ontvanger>12345678</jw302:Ontvanger>
    <jw302:BerichtIdentificatie>
      <ijw:Identificatie>A1</ijw:Identificatie>
      <ijw:Dagtekening>2025-03-03</ijw:Dagtekening>
    </jw302:BerichtIdentificatie>
    <jw302:XsdVersie>
      <ijw:BasisschemaXsdVersie>1.0.0</ijw:BasisschemaXsdVersie>
      <ijw:BerichtXsdVersie>1.0.0</ijw:BerichtXsdVersie>
    </jw302:XsdVersie>
    <jw302:IdentificatieRetour>800000001</jw302:IdentificatieRetour>
    <jw302:DagtekeningRetour>2025-03-03</jw302:DagtekeningRetour>
    <jw302:XsdVersieRetour>
      <ijw:BasisschemaXsdVersie>1.0.0</ijw:BasisschemaXsdVersie>
      <ijw:BerichtXsdVersie>1.0.0</ijw:BerichtXsdVersie>
    </jw302:XsdVersieRetour>
  </jw302:Header>
</jw302:Bericht>
"
    );
}

#[test]
fn level_two_gives_a_header_with_0001_and_opens_nothing() {
    let mut world = World::new();
    // TR302: the same product twice at the same time.
    let decision = world.give(&jw301("A1", &[toegewezen(1), toegewezen(2)]));
    assert_eq!((decision.verdict, decision.level), (Verdict::Rejected, Some(2)));
    assert_eq!(retourcodes(&decision.answers[0]), [("Header".to_owned(), "0001".to_owned())]);
    assert!(decision.forwards.is_empty());
    assert!(world.known.toewijzingen.is_empty());
    // Never sent: number and Identificatie are free.
    world.accept(&jw301("A1", &[toegewezen(1)]));
}

#[test]
fn a_fault_in_a_class_returns_the_client_unchanged_with_a_code_in_every_class() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let mut other = toegewezen(1).code("45A05");
    other.datum = "2025-02-01";
    let xml = jw301("A2", &[toegewezen(2).code("45A06"), other]);
    let decision = world.give(&xml);
    assert_eq!(codes(&decision), ["TR332"]);
    assert_eq!(decision.level, Some(3));
    let class = "Client/ToegewezenProducten/ToegewezenProduct";
    let expected = [
        ("Header".to_owned(), "0200"),
        ("Client/Contactgegevens/Contact[1]".to_owned(), "0200"),
        (format!("{class}[1]"), "0200"),
        (format!("{class}[2]"), "9332"),
        ("Client".to_owned(), "0200"),
    ];
    let found = retourcodes(&decision.answers[0]);
    assert_eq!(found.iter().map(|(path, code)| (path.clone(), code.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(values(&decision.answers[0], "ToewijzingNummer"), ["2", "1"]);
    assert_eq!(values(&decision.answers[0], "Achternaam"), ["Voorbeeld"]);
}

#[test]
fn values_keep_the_spelling_in_which_they_came() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let xml = jw301("A2", &[toegewezen(1).code("45A05")])
        .replace("<i:Achternaam>Voorbeeld<", "<i:Achternaam> A &amp; B\u{e9}<")
        .replace("<m:ToewijzingNummer>1<", "<m:ToewijzingNummer>+01<");
    let decision = world.give(&xml);
    assert_eq!(codes(&decision), ["TR332"]);
    assert_eq!(values(&decision.answers[0], "Achternaam"), [" A & B\u{e9}"]);
    assert_eq!(values(&decision.answers[0], "ToewijzingNummer"), ["+01"]);
}

#[test]
fn an_identificatie_is_used_once_per_sender_and_kind() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let again = world.give(&jw301("A1", &[toegewezen(2).code("45A05")]));
    assert_eq!(codes(&again), ["TR056"]);
    assert_eq!(retourcodes(&again.answers[0]), [("Header".to_owned(), "9056".to_owned())]);
    // Another kind, and another sender.
    world.accept(&jw315("A1", &[aangevraagd("R1").code("45A05")]));
}

#[test]
fn a_message_is_not_dated_in_the_future() {
    let mut world = World::new();
    let tomorrow =
        jw301("A1", &[toegewezen(1)]).replace("2025-03-03</i:Dagtekening>", "2025-03-04</i:Dagtekening>");
    let decision = world.give(&tomorrow);
    assert_eq!((codes(&decision), decision.level), (vec!["TR135"], Some(4)));
    assert_eq!(retourcodes(&decision.answers[0]), [("Header".to_owned(), "8848".to_owned())]);
    world.today = day("2025-03-04");
    world.accept(&tomorrow);
}

#[test]
fn a_gemeentecode_holds_today_or_on_the_first_day_of_care() {
    // Weesp (0457) merged into Amsterdam on 24 March 2022.
    let weesp = |xml: String| xml.replace(">0193<", ">0457<");
    let mut world = World::new();
    let now = world.give(&weesp(jw301("A1", &[toegewezen(1)])));
    assert_eq!(codes(&now), ["TR378"]);
    assert_eq!(retourcodes(&now.answers[0]), [("Header".to_owned(), "S300".to_owned())]);
    let mut old = toegewezen(1);
    (old.datum, old.begin) = ("2022-01-01", "2022-01-01");
    world.accept(&weesp(jw301("A1", &[old])));
    // A request: its ToewijzingIngangsdatum.
    world.requests = Requests::Manual;
    let mut asked = aangevraagd("R1");
    assert_eq!(world.faults(&weesp(jw315("B1", from_ref(&asked)))), ["TR378"]);
    asked.begin = "2022-01-01";
    world.accept(&weesp(jw315("B1", &[asked])));
    // An answer has no date of care.
    assert_eq!(world.faults(&weesp(jw319("C1", "R1", None, None))), ["TR378"]);
}

#[test]
fn a_product_code_belongs_to_its_category_in_the_list_in_use() {
    let list = ("productcodes.csv", "productcategorie;productcode\n45;45A04\n");
    let mut world = World::with("", &[list]);
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let decision = world.give(&jw301("A2", &[toegewezen(2).code("45Z99")]));
    assert_eq!((codes(&decision), decision.level), (vec!["TR381"], Some(4)));
    assert_eq!(world.faults(&jw315("B1", &[aangevraagd("R1").code("45Z99")])), ["TR381"]);
    // Without a code, and without a list, there is nothing to hold against it.
    let mut aspecific = toegewezen(3);
    (aspecific.product, aspecific.omvang) = (Some(("46", None)), None);
    world.accept(&jw301("A3", &[aspecific]));
    World::new().accept(&jw301("A1", &[toegewezen(1).code("45Z99")]));
}

#[test]
fn a_range_that_is_used_up_stops_every_answer_with_an_alarm() {
    let regio = ("regio.toml", "[[nummers]]\nidentificatie_van = 7\nidentificatie_tot = 7\n");
    let mut world = World::with("", &[regio]);
    let first = world.accept(&jw301("A1", &[toegewezen(1)]));
    assert_eq!(first.answers[0].identificatie, "7");
    let second = world.give(&jw301("A2", &[toegewezen(2).code("45A05")]));
    assert_eq!(second.verdict, Verdict::Parked);
    assert_eq!(reasons(&second), [WorkReason::NummerreeksOp]);
    assert!(second.answers.is_empty() && second.changes.is_empty());
}

#[test]
fn a_retour_of_the_aanbieder_is_matched_and_not_answered() {
    let mut world = World::new();
    let heen = jw301("A1", &[toegewezen(1)]);
    assert_eq!(world.accept(&heen).forwards, [to_aanbieder()]);
    let clean = world.give(&retour_on(heen.as_bytes(), None));
    assert_eq!(clean.verdict, Verdict::Accepted);
    assert!(clean.answers.is_empty() && clean.work.is_empty());
    let sent = world.known.verzonden.values().next().unwrap();
    assert_eq!(sent.aanvaard, Some(true));
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
}

#[test]
fn a_rejecting_retour_takes_the_changes_out_until_they_are_sent_again() {
    let mut world = World::new();
    let heen = jw301("A1", &[toegewezen(1)]);
    world.accept(&heen);
    let rejecting = world.give(&retour_on(heen.as_bytes(), Some("TR056")));
    assert_eq!(reasons(&rejecting), [WorkReason::RetourAfgekeurd]);
    assert!(rejecting.work[0].story.contains("9056"));
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Afgewezen);
    // A clean one, such as that of the gemeente on its copy, does not take it back.
    world.give(&retour_on(heen.as_bytes(), None));
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Afgewezen);
    // The same version under another Identificatie.
    world.accept(&jw301("A2", &[toegewezen(1)]));
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
}

#[test]
fn a_retour_only_concerns_what_was_new_in_its_message() {
    let mut world = World::new();
    world.accept(&jw301("A1", &[toegewezen(1)]));
    let second = jw301("A2", &[toegewezen(1), toegewezen(2).code("45A05")]);
    world.accept(&second);
    world.give(&retour_on(second.as_bytes(), Some("TR056")));
    assert_eq!(world.toewijzing(1).ontvangst, Ontvangst::Verzonden);
    assert_eq!(world.toewijzing(2).ontvangst, Ontvangst::Afgewezen);
}

#[test]
fn a_retour_on_nothing_is_work_and_one_of_ours_is_misrouted() {
    let mut world = World::new();
    let unknown = world.give(&retour_on(jw301("A1", &[toegewezen(1)]).as_bytes(), None));
    assert_eq!(reasons(&unknown), [WorkReason::RetourOnbekend]);
    let misrouted = world.give(&retour_on(jw315("B1", &[aangevraagd("R1")]).as_bytes(), None));
    assert_eq!(misrouted.verdict, Verdict::Parked);
    assert!(misrouted.answers.is_empty() && misrouted.changes.is_empty());
}

#[test]
fn a_gemeente_without_numbers_of_its_own_gets_the_standard_range() {
    let mut world = World::of(register(&[(
        "regio.toml",
        "[[nummers]]\ngemeente = \"0148\"\nidentificatie_van = 5\nidentificatie_tot = 9\n",
    )]));
    let decision = world.accept(&jw301("A1", &[toegewezen(1)]));
    assert_eq!(answers(&decision, BerichtSoort::Jw302)[0].identificatie, "800000001");
}

/// A JW317 that names one assignment and one new product.
fn jw317() -> String {
    let ns = "http://www.istandaarden.nl/ijw/3_2";
    let header = "<m:BerichtCode>486</m:BerichtCode><m:BerichtVersie>3</m:BerichtVersie><m:BerichtSubversie>2</m:BerichtSubversie>\
         <m:Afzender>12345678</m:Afzender><m:Ontvanger>0193</m:Ontvanger><m:BerichtIdentificatie><i:Identificatie>W1</i:Identificatie>\
         <i:Dagtekening>2025-03-03</i:Dagtekening></m:BerichtIdentificatie><m:XsdVersie><i:BasisschemaXsdVersie>1.0.0</i:BasisschemaXsdVersie>\
         <i:BerichtXsdVersie>1.0.0</i:BerichtXsdVersie></m:XsdVersie>";
    let verzoek = "<m:ReferentieAanbieder>R1</m:ReferentieAanbieder><m:RedenVerzoek>1</m:RedenVerzoek>\
         <m:OngewijzigdeProducten><m:OngewijzigdProduct><m:ToewijzingNummer>1</m:ToewijzingNummer></m:OngewijzigdProduct>\
         </m:OngewijzigdeProducten><m:NieuweProducten><m:NieuwProduct><m:Product><i:Categorie>45</i:Categorie><i:Code>45A04</i:Code></m:Product>\
         <m:GewensteIngangsdatum>2025-04-01</m:GewensteIngangsdatum><m:Omvang><i:Volume>1</i:Volume><i:Eenheid>04</i:Eenheid>\
         <i:Frequentie>4</i:Frequentie></m:Omvang></m:NieuwProduct></m:NieuweProducten>";
    format!(
        "<m:Bericht xmlns:m=\"{ns}/jw317/schema\" xmlns:i=\"{ns}/basisschema/schema\"><m:Header>{header}</m:Header>\
         <m:Client><m:Bsn>999900006</m:Bsn><m:Verzoek>{verzoek}</m:Verzoek></m:Client></m:Bericht>"
    )
}

#[test]
fn what_lies_below_a_client_that_is_unknown_was_not_judged() {
    let xml = jw317();
    let document = document(xml.as_bytes());
    let client = document.root().child("Client").unwrap().at();
    let finding = Finding { rule: find("TR304").unwrap(), at: client, element: "Bsn", values: Vec::new() };
    let bytes = retour::write(&document, Said::Classes(&[finding]), "R-1", day("2025-03-04"));
    let retour = Outgoing {
        soort: BerichtSoort::Jw318,
        receiver: to_aanbieder(),
        relatie: Bericht::read(&document).header().relatie(),
        identificatie: "R-1".to_owned(),
        bytes,
    };
    let found = retourcodes(&retour);
    let expected = [
        ("Header", "0200"),
        ("Client/Verzoek/OngewijzigdeProducten/OngewijzigdProduct[1]", "0233"),
        ("Client/Verzoek/NieuweProducten/NieuwProduct[1]", "0233"),
        ("Client/Verzoek", "0233"),
        ("Client", "8187"),
    ];
    assert_eq!(found.iter().map(|(path, code)| (path.as_str(), code.as_str())).collect::<Vec<_>>(), expected);
}
