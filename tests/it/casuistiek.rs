//! The worked cases and questions of the standard as stories through the engine, each named after its case.
//!
//! The table says which case is which test. What cannot be judged from messages stands below it with the
//! reason, so that nobody looks for it in vain.

mod declareren;
mod toewijzen;
mod verzoeken;

/// Where a case stands, what it is about, and the test that tells it.
const CASES: &[(&str, &str, &str)] = &[
    ("casuistiek 1", "een toewijzing verlengen door de einddatum op te rekken", "casus_1_oprekken"),
    (
        "casuistiek 2",
        "van tijdelijke naar definitieve stop op dezelfde dag",
        "casus_2_tijdelijk_dan_definitief",
    ),
    ("vragen, toewijzen", "welke toewijzingen in het bericht horen", "alle_actuele_toewijzingen_gaan_mee"),
    (
        "vragen, toewijzen",
        "een toewijzing inkorten of oprekken",
        "inkorten_en_oprekken_onder_hetzelfde_nummer",
    ),
    ("vragen, toewijzen", "een toewijzing verwijderen", "verwijderd_is_nooit_verzonden"),
    ("vragen, toewijzen", "het verschil tussen 01 en 14", "reden_01_vervalt_en_reden_14_niet"),
    ("vragen, toewijzen", "vervroegen met een extra toewijzing", "vervroegen_met_een_toewijzing_ervoor"),
    ("vragen, toewijzen", "vervroegen door in te trekken", "vervroegen_door_opnieuw_toe_te_wijzen"),
    ("vragen, toewijzen", "meer trajecten op een generieke toewijzing", "generiek_kent_een_start"),
    (
        "vragen, toewijzen",
        "meer trajecten op een generieke toewijzing, in de declaratie",
        "generiek_wordt_gedeclareerd_tot_het_budget",
    ),
    ("vragen, verzoeken", "een afgewezen VOW", "na_een_afwijzing_geldt_wat_er_was_en_mag_een_nieuw_verzoek"),
    ("vragen, verzoeken", "de toewijzing na een VOW", "na_een_vow_staat_de_hele_situatie_in_de_toewijzing"),
    ("vragen, verzoeken", "alle actuele toewijzingen in een VOW", "een_vow_noemt_alles"),
    ("vragen, verzoeken", "een VOW dat dubbel wordt gestuurd", "een_tweede_vow_wordt_afgekeurd"),
    (
        "vragen, verzoeken",
        "een datum in het verleden in een VOW",
        "een_totaal_mag_over_de_hele_looptijd_wijzigen",
    ),
    ("vragen, verzoeken", "een VOW met meer producten", "een_vow_wordt_als_geheel_gehonoreerd_of_afgewezen"),
    ("vragen, verzoeken", "de gewenste datum is verstreken", "een_verstreken_datum_is_voor_een_mens"),
    ("vragen, verzoeken", "een VOW intrekken", "intrekken_gaat_door_afwijzing"),
    ("vragen, verzoeken", "welke berichten kunnen volgen", "toewijzing_afwijzing_of_eerst_onderzoek"),
    ("vragen, verzoeken", "woonplaatsbeginsel", "een_andere_gemeente_krijgt_een_nieuw_verzoek"),
    ("vragen, verzoeken", "een VOW zonder rol", "een_vow_zonder_rol_wordt_met_4_afgewezen"),
    ("vragen, verzoeken", "een VOT zonder contract", "een_vot_zonder_contract_wordt_met_3_afgewezen"),
    ("vragen, verzoeken", "leveren tijdens onderzoek", "tijdens_onderzoek_geldt_de_eerdere_toewijzing"),
    ("vragen, declareren", "afkeur per regel", "een_regel_wordt_helemaal_toegekend_of_helemaal_niet"),
    ("vragen, declareren", "alles goedgekeurd", "een_regel_wordt_helemaal_toegekend_of_helemaal_niet"),
    ("vragen, declareren", "frequentie per week", "per_week_komt_nooit_boven_het_geheel"),
    ("vragen, declareren", "twee regels voor dezelfde maand", "een_maand_is_een_regel"),
    ("vragen, declareren", "eenheid euro", "euro_s_hebben_geen_tarief"),
    ("vragen, declareren", "start en stop als voorwaarde", "start_en_stop_raken_de_declaratie_niet"),
    (
        "vragen, start en stop",
        "een start na een definitieve stop",
        "na_een_definitieve_stop_mag_weer_een_start",
    ),
    ("vragen, afsluiten", "een stop na intrekking", "na_intrekking_volgt_een_stop"),
    ("vragen, afsluiten", "een start of stop verwijderen", "een_start_en_een_stop_zijn_te_verwijderen"),
];

/// What no message shows, and why.
const NOT_FROM_MESSAGES: &[(&str, &str)] = &[
    ("bijlagen en onderbouwing bij een verzoek", "gaan buiten de berichten om"),
    (
        "beschikking, keukentafelgesprek, verplicht gebruik van het VOW",
        "afspraken tussen partijen en de burger",
    ),
    ("gezagsdrager en persoonsgegevens in commentaar", "wie het gezag heeft staat niet in een bericht"),
    ("trajectfinanciering in twee delen", "welke delen zijn afgesproken staat in geen contractregel"),
    ("Wlz-toets, accountantscontrole, testvoorzieningen, contractstandaarden", "niet over een bericht"),
    ("toewijzingsvarianten", "vorm van een bericht: rules_in_message/jw301_assignments.rs"),
    ("reactietermijnen", "geen verloop: requests/operator.rs en het overzicht van termijnen"),
];

#[test]
fn every_case_of_the_table_is_a_test() {
    let tests = [
        include_str!("casuistiek/toewijzen.rs"),
        include_str!("casuistiek/verzoeken.rs"),
        include_str!("casuistiek/declareren.rs"),
    ]
    .concat();
    for (source, case, test) in CASES {
        assert!(tests.contains(&format!("#[test]\nfn {test}()")), "{source}: {case}");
    }
    let named = |line: &&str| line.starts_with("fn ") && line.ends_with("() {");
    let functions = tests.split("#[test]\n").skip(1).filter_map(|after| after.lines().next());
    for function in functions.filter(named) {
        let name = function.trim_start_matches("fn ").trim_end_matches("() {");
        assert!(CASES.iter().any(|(_, _, test)| *test == name), "{name} stands in no row");
    }
    assert!(NOT_FROM_MESSAGES.iter().all(|(what, why)| !what.is_empty() && !why.is_empty()));
}
