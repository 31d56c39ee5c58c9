//! The invented bank: its files are valid by the schemas of ISO 20022, come back as they were meant, and what it does
//! wrong is found.

use super::sent::{iban, own};
use super::text::AANBIEDER;
use crate::second_opinion::python;
use crate::standard::standard_dir;
use happyflow::bank::{
    Aansluiting, Afschriftnummer, Afschriftstand, Bankafschrift, Bankgrenzen, Bankinhoud, Bankmelding,
    Bankpost, Bankreden, Banktekst, Batchverwijzing, Batchwijze, Betaalstand, NaarBank, Onderzoeksreden,
    Postbetekenis, Postdetail, Poststatus, Statusuitkomst, VerzondenBetaling, VerzondenBlok, add_details,
    in_order, judge_order, read,
};
use happyflow::codes::{AgbCode, Datum, GemeenteCode};
use happyflow::generate::bank::{
    Banklevering, Bankopdracht, Bankopties, Bankstreek, Boekwijze, Camtversie, NagemaakteBank,
    write_statements,
};
use happyflow::money::Cents;
use happyflow::payments::pain001::{self, Debtor, Opdracht};
use happyflow::payments::{Beletselen, Payable, plan};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

fn day(number: u32) -> Datum {
    Datum::from_ymd_opt(2026, 3, number).unwrap()
}

/// Our file for a run over two gemeenten with two aanbieders and one more at the first.
fn bank_file(run: u32) -> Vec<u8> {
    let line = |(boeking, (aanbieder, gemeente, cents)): (i64, (&str, &str, i64))| Payable {
        boeking,
        gemeente: GemeenteCode::parse(gemeente).unwrap(),
        aanbieder: AgbCode::parse(aanbieder).unwrap(),
        declaratie: boeking,
        declaratie_nummer: format!("D{boeking}"),
        periode_begin: day(1),
        bedrag: Cents(cents),
    };
    let lines = [
        ("11110001", "0193", 10_000),
        ("11110002", "0193", 5_025),
        ("11110003", "0193", 700),
        ("11110001", "0166", 2_000),
        ("11110002", "0166", 2_001),
    ];
    let lines: Vec<Payable> = (1..).zip(lines).map(line).collect();
    let run = plan(&lines, |_, _| Some(iban(AANBIEDER)), &Beletselen::default(), day(2), run).unwrap();
    let debtor = |naam: &str| Debtor { naam: naam.to_owned(), iban: own(), bic: None };
    let rekeningen = ["0193", "0166"].map(|code| (GemeenteCode::parse(code).unwrap(), debtor(code)));
    let opdracht = Opdracht {
        opdrachtgever: "Regio",
        rekeningen: &rekeningen.into_iter().collect(),
        houders: &BTreeMap::new(),
        batchboeking: None,
        most_transfers: 100_000,
        moment: day(2).and_hms_opt(12, 0, 0).unwrap(),
    };
    pain001::write(&run, &opdracht).unwrap().remove(0)
}

/// What the ledger would know of the file.
fn sent_of(opdracht: &Bankopdracht) -> NaarBank {
    let mut verzonden = NaarBank::default();
    for (place, blok) in opdracht.blokken.iter().enumerate() {
        verzonden.blokken.push(VerzondenBlok {
            run: 1,
            bericht: opdracht.bericht.clone(),
            blok: blok.blok.clone(),
            rekening: blok.rekening,
        });
        for post in &blok.posten {
            let (gemeente, aanbieder) =
                (blok.blok.rsplit('-').next().unwrap(), post.end_to_end.split('-').nth(2));
            verzonden.betalingen.push(VerzondenBetaling {
                blok: place,
                end_to_end: post.end_to_end.clone(),
                bedrag: post.bedrag,
                gemeente: GemeenteCode::parse(gemeente).unwrap(),
                aanbieder: AgbCode::parse(aanbieder.unwrap()).unwrap(),
                iban: post.iban,
                stand: Betaalstand::default(),
            });
        }
    }
    verzonden
}

fn bank(
    versie: Camtversie,
    boekwijze: Boekwijze,
    in_melding: bool,
    streken: &[Bankstreek],
) -> NagemaakteBank {
    let streken: BTreeSet<Bankstreek> = streken.iter().copied().collect();
    NagemaakteBank::new(Bankopties {
        seed: 7,
        versie,
        boekwijze,
        in_melding,
        streken,
        beginsaldo: Cents(1_000_000),
    })
}

const WAYS: [Boekwijze; 3] =
    [Boekwijze::Batch(Batchwijze::Bruto), Boekwijze::Batch(Batchwijze::Netto), Boekwijze::PerBetaling];
const VERSIONS: [Camtversie; 2] = [Camtversie::V02, Camtversie::V08];

/// What came of some days of files: how statements stood, and what their posts and the reports meant.
#[derive(Debug, Default)]
struct Heard {
    stands: Vec<Afschriftstand>,
    meanings: Vec<Postbetekenis>,
    refused: Vec<usize>,
    booked: Vec<Bankafschrift>,
}

/// Takes in what a bank delivers, as the office does.
fn hear(verzonden: &NaarBank, files: &[Banklevering]) -> Heard {
    let mut heard = Heard::default();
    let mut aansluiting = Aansluiting::new(verzonden);
    let mut meldingen: Vec<Bankmelding> = Vec::new();
    let mut known = Vec::new();
    for file in files {
        match read(&file.bytes, &Bankgrenzen::default())
            .unwrap_or_else(|fout| panic!("{}: {fout}", file.naam))
            .inhoud
        {
            Bankinhoud::Status(status) => {
                for outcome in aansluiting.status(&status) {
                    let Statusuitkomst::Afgewezen { betaling, .. } = outcome else { panic!("{outcome:?}") };
                    heard.refused.push(betaling);
                }
            }
            Bankinhoud::Meldingen(all) => meldingen.extend(all),
            Bankinhoud::Afschriften(mut all) => {
                for index in in_order(&all) {
                    let afschrift = &mut all[index];
                    let stand = judge_order(&[own()].into_iter().collect(), &known, afschrift);
                    heard.stands.push(stand);
                    if stand.is_taken_in() {
                        known.push(afschrift.known());
                        add_details(afschrift, &meldingen);
                        for outcome in aansluiting.posten(afschrift.rekening, &afschrift.posten) {
                            heard.meanings.extend(outcome.delen.into_iter().map(|deel| deel.betekenis));
                        }
                        heard.booked.push(afschrift.clone());
                    }
                }
            }
        }
    }
    heard
}

fn unexplained(heard: &Heard) -> Vec<Onderzoeksreden> {
    let why = heard.meanings.iter().filter_map(|meaning| match meaning {
        Postbetekenis::TeOnderzoeken { waarom, .. } => Some(*waarom),
        _ => None,
    });
    why.collect()
}

/// Two days at a bank, with our file on the first.
fn two_days(mut bank: NagemaakteBank) -> (NaarBank, Vec<Banklevering>) {
    let opdracht = Bankopdracht::read(&bank_file(1)).unwrap();
    let mut files = bank.day(day(3), std::slice::from_ref(&opdracht));
    files.extend(bank.day(day(4), &[Bankopdracht::read(&bank_file(2)).unwrap()]));
    let mut verzonden = sent_of(&opdracht);
    let second = sent_of(&Bankopdracht::read(&bank_file(2)).unwrap());
    let blocks = verzonden.blokken.len();
    verzonden.blokken.extend(second.blokken);
    verzonden.betalingen.extend(
        second
            .betalingen
            .into_iter()
            .map(|betaling| VerzondenBetaling { blok: betaling.blok + blocks, ..betaling }),
    );
    (verzonden, files)
}

#[test]
fn our_file_is_read_as_it_was_written() {
    let opdracht = Bankopdracht::read(&bank_file(12)).unwrap();
    assert_eq!(opdracht.bericht, "HF-20260302-RUN-12");
    let blocks: Vec<(&str, usize)> =
        opdracht.blokken.iter().map(|blok| (blok.blok.as_str(), blok.posten.len())).collect();
    assert_eq!(blocks, [("HF-20260302-RUN-12-0166", 2), ("HF-20260302-RUN-12-0193", 3)]);
    let first = &opdracht.blokken[1].posten[0];
    assert_eq!((first.end_to_end.as_str(), first.bedrag), ("RUN-12-11110001-0193", Cents(10_000)));
    assert_eq!((first.iban, first.naam.as_str()), (iban(AANBIEDER), "Aanbieder 11110001"));
    for wrong in [&b""[..], b"<a/>", b"<Document><x></Document>", &bank_file(1)[..2_000]] {
        assert_eq!(Bankopdracht::read(wrong), None);
    }
}

#[test]
fn a_bank_that_does_as_asked_leaves_nothing_to_explain() {
    for (versie, way) in VERSIONS.into_iter().flat_map(|versie| WAYS.map(|way| (versie, way))) {
        for in_melding in [false, true] {
            let (verzonden, files) = two_days(bank(versie, way, in_melding, &[]));
            let heard = hear(&verzonden, &files);
            assert_eq!(heard.stands, [Afschriftstand::Eerste, Afschriftstand::Volgt]);
            assert_eq!(unexplained(&heard), [], "{versie:?} {way:?}");
            let left: Cents = verzonden.betalingen.iter().map(|betaling| betaling.bedrag).sum();
            assert_eq!(heard.booked.last().unwrap().slot, Cents(1_000_000) - left);
        }
    }
}

#[test]
fn a_refusal_is_known_and_its_money_is_found_however_the_bank_books() {
    for (versie, way) in VERSIONS.into_iter().flat_map(|versie| WAYS.map(|way| (versie, way))) {
        let (verzonden, files) =
            two_days(bank(versie, way, versie == Camtversie::V08, &[Bankstreek::Afwijzing]));
        let heard = hear(&verzonden, &files);
        assert_eq!((heard.refused.len(), unexplained(&heard)), (2, vec![]), "{versie:?} {way:?}");
        let back =
            heard.meanings.iter().filter(|meaning| matches!(meaning, Postbetekenis::AfwijzingTerug { .. }));
        assert_eq!(back.count(), if way == WAYS[0] { 2 } else { 0 });
        let paid: Cents = (0..)
            .zip(&verzonden.betalingen)
            .filter(|(index, _)| !heard.refused.contains(index))
            .map(|(_, betaling)| betaling.bedrag)
            .sum();
        assert_eq!(heard.booked.last().unwrap().slot, Cents(1_000_000) - paid);
    }
}

#[test]
fn each_thing_that_a_bank_does_wrong_is_found() {
    for way in WAYS {
        let with = |streek: Bankstreek| {
            let (verzonden, files) = two_days(bank(Camtversie::V08, way, false, &[streek]));
            hear(&verzonden, &files)
        };
        let returns = |heard: &Heard| {
            heard.meanings.iter().filter(|meaning| matches!(meaning, Postbetekenis::Terug { .. })).count()
        };
        let on_the_day = with(Bankstreek::Terugkomst);
        assert_eq!((returns(&on_the_day), unexplained(&on_the_day)), (2, vec![]), "one a day");
        let late = with(Bankstreek::LateTerugkomst);
        assert_eq!((returns(&late), unexplained(&late)), (1, vec![]));
        let amount = with(Bankstreek::AnderBedrag);
        assert_eq!((returns(&amount), unexplained(&amount)), (0, vec![Onderzoeksreden::AnderBedrag; 2]));
        assert_eq!(unexplained(&with(Bankstreek::VreemdePost)), [Onderzoeksreden::Vreemd; 2]);
        let twice = with(Bankstreek::ZelfdeAfschrift);
        let again = Afschriftstand::AlIngelezen;
        assert_eq!(twice.stands, [Afschriftstand::Eerste, again, Afschriftstand::Volgt, again]);
        assert_eq!(unexplained(&twice), []);
        let gap = with(Bankstreek::Gat);
        let missing = Afschriftstand::Gat { verwacht: 3, gevonden: 4 };
        assert_eq!(gap.stands, [Afschriftstand::Eerste, missing, Afschriftstand::Ingevuld]);
    }
}

#[test]
fn the_same_seed_is_the_same_bank() {
    let files = || two_days(bank(Camtversie::V02, WAYS[0], true, &Bankstreek::ALL)).1;
    assert_eq!(files(), files());
}

#[test]
fn its_files_are_valid_by_the_schemas_of_iso() {
    let (Some(standard), Some(python)) = (standard_dir(), python()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = Vec::new();
    for (versie, way) in VERSIONS.into_iter().flat_map(|versie| WAYS.map(|way| (versie, way))) {
        for in_melding in [false, true] {
            for file in two_days(bank(versie, way, in_melding, &Bankstreek::ALL)).1 {
                let number = if versie == Camtversie::V02 { "02" } else { "08" };
                let schema = match file.naam.get(..8).unwrap() {
                    "pain.002" => "pain.002.001.10.xsd".to_owned(),
                    camt => format!("{camt}.001.{number}.xsd"),
                };
                let path = folder.path().join(arguments.len().to_string());
                std::fs::write(&path, &file.bytes).unwrap();
                arguments.push(standard.join("iso20022").join(schema));
                arguments.push(path);
            }
        }
    }
    let script = "import sys\nfrom lxml import etree\nof = {}\n\
                  for xsd, path in zip(sys.argv[1::2], sys.argv[2::2]):\n\
                  \x20   schema = of.setdefault(xsd, None) or etree.XMLSchema(file=xsd)\n\
                  \x20   of[xsd] = schema\n\
                  \x20   schema.assertValid(etree.parse(path))";
    let output = Command::new(python).args(["-c", script]).args(&arguments).output().unwrap();
    assert!(arguments.len() > 80 && output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn any_detail() -> impl Strategy<Value = Postdetail> {
    let name = proptest::option::of("[A-Za-z]([A-Za-z0-9&<>é -]{0,20}[A-Za-z])?");
    let reden = proptest::option::of(("[A-Z]{2}[0-9]{2}", proptest::collection::vec("[a-z&]{1,9}", 0..3)));
    (name.clone(), name.clone(), name.clone(), name, reden, any::<bool>()).prop_map(
        |(end_to_end, bericht, blok, text, reden, known)| Postdetail {
            bedrag: None,
            end_to_end,
            bericht,
            blok,
            tegenrekening: known.then(|| iban(AANBIEDER)),
            tegenpartij: text.clone().filter(|_| known).map(Banktekst),
            omschrijving: text.map(Banktekst),
            reden: reden.map(|(code, texts)| Bankreden {
                codes: vec![code],
                teksten: texts.into_iter().map(Banktekst).collect(),
            }),
            met_kosten: false,
        },
    )
}

/// A post of which the transactions add up.
fn any_bankpost() -> impl Strategy<Value = Bankpost> {
    let details = proptest::collection::vec((1..1_000_000_000_i64, any_detail()), 0..4);
    let status = prop_oneof![Just(Poststatus::Geboekt), Just(Poststatus::InBehandeling)];
    let batch = proptest::option::of(("[A-Z]{1,9}", 0..9_u64));
    (details, status, any::<bool>(), any::<bool>(), batch).prop_map(
        |(details, status, comes, is_return, batch)| {
            let sign = if comes { 1 } else { -1 };
            let total: i64 = details.iter().map(|(cents, _)| cents * sign).sum();
            let told = |(cents, detail)| Postdetail { bedrag: Some(Cents(cents * sign)), ..detail };
            let details: Vec<Postdetail> = details.into_iter().map(told).collect();
            let is_return = is_return || details.iter().any(|detail| detail.reden.is_some());
            Bankpost {
                status,
                is_return,
                boekdatum: Some(day(3)),
                bankkenmerk: Some("K-1".to_owned()),
                batch: batch.map(|(blok, aantal)| Batchverwijzing {
                    bericht: Some("M & N".to_owned()),
                    blok: Some(blok),
                    aantal: Some(aantal),
                }),
                omschrijving: Some(Banktekst("a <b> &c;".to_owned())),
                details,
                ..super::sent::post(total)
            }
        },
    )
}

proptest! {
    /// What a statement says is what is read of it, however it is written.
    #[test]
    fn what_is_written_is_read(
        mut posten in proptest::collection::vec(any_bankpost(), 0..6),
        opening in -1_000_000_i64..1_000_000,
        new in any::<bool>(),
        number in proptest::option::of(1..999_999_u64),
    ) {
        let versie = if new { Camtversie::V08 } else { Camtversie::V02 };
        for (volgorde, post) in (1..).zip(&mut posten) {
            post.volgorde = volgorde;
        }
        let booked = posten.iter().filter(|post| post.status.is_booked());
        let slot = Cents(opening) + booked.map(|post| post.bedrag).sum();
        let afschrift = Bankafschrift {
            rekening: own(),
            identificatie: "S & T".to_owned(),
            nummer: Afschriftnummer { elektronisch: number, wettelijk: number.map(|number| number + 1) },
            deel: None,
            van: Some(day(3)),
            tot: Some(day(3)),
            opening: Cents(opening),
            slot,
            posten,
        };
        let bytes = write_statements("M", versie, std::slice::from_ref(&afschrift));
        let bestand = read(&bytes, &Bankgrenzen::default()).unwrap();
        prop_assert_eq!(bestand.inhoud, Bankinhoud::Afschriften(vec![afschrift]));
    }

    /// Whatever a bank does at once: sums hold, a transfer leaves and comes back at most once, and what is to be explained
    /// has a cause in what the bank did.
    #[test]
    fn whatever_a_bank_does_nothing_is_lost_or_found_twice(
        seed in any::<u64>(),
        new in any::<bool>(),
        way in 0..3_usize,
        in_melding in any::<bool>(),
        streken in proptest::sample::subsequence(Bankstreek::ALL.to_vec(), 0..=7),
    ) {
        let versie = if new { Camtversie::V08 } else { Camtversie::V02 };
        let mut bank = NagemaakteBank::new(Bankopties {
            seed,
            versie,
            boekwijze: WAYS[way],
            in_melding,
            streken: streken.iter().copied().collect(),
            beginsaldo: Cents(123),
        });
        let opdracht = Bankopdracht::read(&bank_file(1)).unwrap();
        let mut files = bank.day(day(3), std::slice::from_ref(&opdracht));
        for number in 4..7 {
            files.extend(bank.day(day(number), &[]));
        }
        let verzonden = sent_of(&opdracht);
        let heard = hear(&verzonden, &files);
        let wrong = |streek: Bankstreek| streken.contains(&streek);
        for waarom in unexplained(&heard) {
            let cause = match waarom {
                Onderzoeksreden::Vreemd => wrong(Bankstreek::VreemdePost) || wrong(Bankstreek::Gat),
                Onderzoeksreden::AnderBedrag => wrong(Bankstreek::AnderBedrag),
                _ => false,
            };
            prop_assert!(cause, "{waarom:?} {streken:?}");
        }
        for afschrift in &heard.booked {
            let sum: Cents = afschrift.posten.iter().map(|post| post.bedrag).sum();
            prop_assert_eq!(afschrift.opening + sum, afschrift.slot);
        }
    }
}
