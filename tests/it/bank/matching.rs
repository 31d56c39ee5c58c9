//! What a post means: what is certain is certain, the rest waits for a person, and nothing is matched twice.

use super::sent::{MESSAGE, OTHER_ACCOUNT, back, batch, detail, iban, own, post, reason, sent, single};
use happyflow::bank::{
    Aansluiting, Bankpost, Bankvoorstel, Batchwijze, Betaalstand, Betalingstatus, Blokstatus, NaarBank,
    Onderzoeksreden, Postbetekenis, Poststatus, Postuitkomst, Statusbericht, Statusmelding, Statusuitkomst,
    Terugsoort, Uitkomstdeel,
};
use happyflow::money::Cents;
use proptest::prelude::*;

fn meanings(outcome: &[Postuitkomst]) -> Vec<Postbetekenis> {
    outcome.iter().flat_map(|post| post.delen.iter().map(|deel| deel.betekenis.clone())).collect()
}

fn of(verzonden: &NaarBank, posten: &[Bankpost]) -> Vec<Postbetekenis> {
    let outcome = Aansluiting::new(verzonden).posten(own(), posten);
    for (post, outcome) in posten.iter().zip(&outcome) {
        assert_eq!(outcome.delen.iter().map(|deel| deel.bedrag).sum::<Cents>(), post.bedrag);
    }
    meanings(&outcome)
}

fn why(waarom: Onderzoeksreden, voorstel: Option<Bankvoorstel>) -> Postbetekenis {
    Postbetekenis::TeOnderzoeken { waarom, voorstel }
}

const fn bruto(blok: usize) -> Postbetekenis {
    Postbetekenis::Batch { blok, wijze: Batchwijze::Bruto }
}

#[test]
fn a_block_leaves_whole_or_without_what_was_refused() {
    let mut verzonden = sent();
    assert_eq!(of(&verzonden, &[batch("0193", -15_725)]), [bruto(0)]);
    verzonden.betalingen[1].stand.afgewezen = true;
    assert_eq!(of(&verzonden, &[batch("0193", -15_725)]), [bruto(0)]);
    let netto = Postbetekenis::Batch { blok: 0, wijze: Batchwijze::Netto };
    assert_eq!(of(&verzonden, &[batch("0193", -10_700)]), [netto]);
    let other = [why(Onderzoeksreden::AnderBedrag, Some(Bankvoorstel::Blok(0)))];
    assert_eq!(of(&verzonden, &[batch("0193", -10_699)]), other);
    // By the name of the file alone: the block that has this amount.
    let mut by_file = batch("0166", -2_000);
    by_file.batch.as_mut().unwrap().blok = None;
    assert_eq!(of(&verzonden, &[by_file]), [bruto(1)]);
    // With no name at all it is a proposal.
    assert_eq!(of(&verzonden, &[post(-2_000)]), [why(Onderzoeksreden::Vreemd, Some(Bankvoorstel::Blok(1)))]);
}

#[test]
fn refused_transfers_that_left_come_back_one_by_one_or_together() {
    let mut verzonden = sent();
    verzonden.betalingen[0].stand.afgewezen = true;
    verzonden.betalingen[2].stand.afgewezen = true;
    let both = [Postbetekenis::AfwijzingTerug { betaling: 0 }, Postbetekenis::AfwijzingTerug { betaling: 2 }];
    let together = of(&verzonden, &[batch("0193", 10_700), batch("0193", -15_725)]);
    assert_eq!(together, [both[0].clone(), both[1].clone(), bruto(0)]);
    let apart =
        of(&verzonden, &[batch("0193", -15_725), back("E-0", 10_000, "AC04"), back("E-2", 700, "AC04")]);
    assert_eq!(apart, [bruto(0), both[0].clone(), both[1].clone()]);
    // What is left of a block that left says no more than which block it is.
    let other = of(&verzonden, &[batch("0193", -15_725), batch("0193", 1)]);
    assert_eq!(other[1], why(Onderzoeksreden::AnderBedrag, Some(Bankvoorstel::Blok(0))));
    // What never left does not come back.
    let never = of(&verzonden, &[back("E-0", 10_000, "AC04")]);
    assert_eq!(never, [why(Onderzoeksreden::NooitWeg, Some(Bankvoorstel::Betaling(0)))]);
}

#[test]
fn a_transfer_leaves_once_and_comes_back_once() {
    let verzonden = sent();
    let gone = Postbetekenis::Geboekt { betaling: 3 };
    let returned = Postbetekenis::Terug { betaling: 3, soort: Terugsoort::Retour, reden: reason(&["AC04"]) };
    let proposal = Some(Bankvoorstel::Betaling(3));
    let posten = [
        single("E-3", -2_000),
        single("E-3", -2_000),
        back("E-3", 2_000, "AC04"),
        back("E-3", 2_000, "AC04"),
        batch("0166", -2_000),
    ];
    let expected = [
        gone,
        why(Onderzoeksreden::AlGeboekt, proposal),
        returned,
        why(Onderzoeksreden::AlTerug, proposal),
        why(Onderzoeksreden::AlGeboekt, Some(Bankvoorstel::Blok(1))),
    ];
    assert_eq!(of(&verzonden, &posten), expected);
    // In whichever order they stand, also over statements.
    let mut aansluiting = Aansluiting::new(&verzonden);
    let first = aansluiting.posten(own(), &[back("E-3", 2_000, "FOCR")]);
    let called_back =
        Postbetekenis::Terug { betaling: 3, soort: Terugsoort::Teruggeroepen, reden: reason(&["FOCR"]) };
    assert_eq!(meanings(&first), [called_back]);
    let second = aansluiting.posten(own(), &[single("E-3", -2_000)]);
    assert_eq!(meanings(&second), [Postbetekenis::Geboekt { betaling: 3 }]);
    assert_eq!(aansluiting.stand(3), Betaalstand { weg: true, afgewezen: false, terug: true });
}

#[test]
fn another_amount_account_or_state_is_to_be_explained() {
    let mut verzonden = sent();
    let proposal = Some(Bankvoorstel::Betaling(3));
    assert_eq!(of(&verzonden, &[single("E-3", -2_001)]), [why(Onderzoeksreden::AnderBedrag, proposal)]);
    assert_eq!(of(&verzonden, &[back("E-3", 1_999, "AC04")]), [why(Onderzoeksreden::AnderBedrag, proposal)]);
    let elsewhere =
        |post: Bankpost| meanings(&Aansluiting::new(&verzonden).posten(iban(OTHER_ACCOUNT), &[post]));
    assert_eq!(elsewhere(single("E-3", -2_000)), [why(Onderzoeksreden::AndereRekening, proposal)]);
    assert_eq!(elsewhere(back("E-3", 2_000, "AC04")), [why(Onderzoeksreden::AndereRekening, proposal)]);
    let block = Some(Bankvoorstel::Blok(1));
    assert_eq!(elsewhere(batch("0166", -2_000)), [why(Onderzoeksreden::AndereRekening, block)]);
    verzonden.betalingen[3].stand.afgewezen = true;
    assert_eq!(
        of(&verzonden, &[single("E-3", -2_000)]),
        [why(Onderzoeksreden::AfgewezenEnTochGeboekt, proposal)]
    );
}

#[test]
fn what_carries_no_name_of_ours_gets_a_proposal_and_no_more() {
    let verzonden = sent();
    let unnamed = |cents: i64| Bankpost { details: vec![detail(None, cents)], ..post(cents) };
    let proposal = Some(Bankvoorstel::Betaling(3));
    assert_eq!(of(&verzonden, &[unnamed(-2_000)]), [why(Onderzoeksreden::Vreemd, proposal)]);
    assert_eq!(of(&verzonden, &[unnamed(2_000)]), [why(Onderzoeksreden::Vreemd, None)], "it has not left");
    let left = of(&verzonden, &[single("E-3", -2_000), unnamed(2_000)]);
    assert_eq!(left[1], why(Onderzoeksreden::Vreemd, proposal));
    let mut from_gemeente = unnamed(9_999);
    from_gemeente.details[0].tegenrekening = Some(iban(OTHER_ACCOUNT));
    let gemeente = verzonden.betalingen[0].gemeente;
    assert_ne!(of(&verzonden, std::slice::from_ref(&from_gemeente)), [why(Onderzoeksreden::Vreemd, None)]);
    assert!(
        !of(&verzonden, &[from_gemeente])
            .contains(&why(Onderzoeksreden::Vreemd, Some(Bankvoorstel::Gemeente(gemeente))))
    );
    // Two transfers that could be it are no proposal.
    let mut twice = verzonden.clone();
    twice.betalingen[2].bedrag = Cents(2_000);
    assert_eq!(of(&twice, &[unnamed(-2_000)]), [why(Onderzoeksreden::Vreemd, None)]);
    assert_eq!(of(&verzonden, &[single("RUN-9-X", -5)]), [why(Onderzoeksreden::Vreemd, None)]);
}

#[test]
fn a_batch_less_than_what_was_sent_is_what_its_transactions_say() {
    let verzonden = sent();
    let mut part = batch("0193", -10_700);
    part.details = vec![detail(Some("E-0"), -10_000), detail(Some("E-2"), -700)];
    let gone = [0, 2].map(|betaling| Postbetekenis::Geboekt { betaling });
    assert_eq!(of(&verzonden, std::slice::from_ref(&part)), gone);
    part.details[1].bedrag = None;
    assert_eq!(of(&verzonden, &[part]), [why(Onderzoeksreden::AnderBedrag, Some(Bankvoorstel::Blok(0)))]);
    let mut mixed = post(5_025 - 2_000);
    mixed.details = vec![detail(Some("E-1"), 5_025), detail(Some("E-3"), -2_000)];
    let found = of(&verzonden, &[single("E-1", -5_025), mixed]);
    assert!(matches!(found[1], Postbetekenis::Terug { betaling: 1, .. }));
    assert_eq!(found[2], Postbetekenis::Geboekt { betaling: 3 });
}

#[test]
fn what_is_not_booked_means_nothing() {
    let verzonden = sent();
    for status in [Poststatus::InBehandeling, Poststatus::TerInformatie, Poststatus::Later] {
        let post = Bankpost { status, ..single("E-3", -2_000) };
        let mut aansluiting = Aansluiting::new(&verzonden);
        assert_eq!(meanings(&aansluiting.posten(own(), &[post])), []);
        assert_eq!(aansluiting.stand(3), Betaalstand::default());
    }
}

fn any_post() -> impl Strategy<Value = Bankpost> {
    let amounts =
        prop_oneof![Just(10_000), Just(5_025), Just(700), Just(2_000), Just(15_725), Just(10_700), Just(1)];
    let name = prop_oneof![Just("E-0"), Just("E-1"), Just("E-2"), Just("E-3"), Just("E-9")];
    (amounts, name, any::<bool>(), 0..6_u8, any::<bool>()).prop_map(|(cents, name, leaves, kind, foreign)| {
        let cents = if leaves { -cents } else { cents };
        let mut made = match kind {
            0 => batch("0193", cents),
            1 => batch("0166", cents),
            2 => post(cents),
            3 => {
                let mut several = batch("0193", cents - 700);
                several.details = vec![detail(Some(name), cents), detail(Some("E-2"), -700)];
                several
            }
            4 => back(name, cents, "AM05"),
            _ => single(name, cents),
        };
        if foreign {
            made.batch = None;
        }
        made
    })
}

/// Whole amounts of a run by state, with some transfers refused before.
fn any_sent() -> impl Strategy<Value = NaarBank> {
    proptest::collection::vec((any::<bool>(), 0..8_u8), 4).prop_map(|states| {
        let mut verzonden = sent();
        for (betaling, (refused, left)) in verzonden.betalingen.iter_mut().zip(states) {
            betaling.stand = Betaalstand { weg: left == 0, afgewezen: refused, terug: false };
        }
        verzonden
    })
}

/// Something that a bank tells: a statement, or that it refuses a transfer.
#[derive(Debug, Clone)]
enum Told {
    Statement(Vec<Bankpost>),
    Refusal(usize),
}

fn any_told() -> impl Strategy<Value = Told> {
    prop_oneof![
        proptest::collection::vec(any_post(), 0..6).prop_map(Told::Statement),
        (0..4_usize).prop_map(Told::Refusal),
    ]
}

/// How often each transfer left, came back, and had its debt opened.
#[derive(Debug, Default)]
struct Counts {
    left: [u32; 4],
    came: [u32; 4],
    opened: [u32; 4],
}

impl Counts {
    fn part(&mut self, aansluiting: &Aansluiting<'_>, before: &[Betaalstand], deel: &Uitkomstdeel) {
        let size = |betaling: usize| sent().betalingen[betaling].bedrag;
        match &deel.betekenis {
            Postbetekenis::Batch { blok, wijze } => {
                let refused = |index: &usize| before[*index].afgewezen;
                let members = aansluiting.leden(*blok).iter().copied();
                let those: Vec<usize> =
                    members.filter(|index| *wijze == Batchwijze::Bruto || !refused(index)).collect();
                let sum: Cents = those.iter().map(|index| size(*index)).sum();
                assert_eq!(-sum, deel.bedrag);
                for index in those {
                    self.left[index] += 1;
                }
            }
            Postbetekenis::Geboekt { betaling } => {
                assert!(-size(*betaling) == deel.bedrag && !before[*betaling].afgewezen);
                self.left[*betaling] += 1;
            }
            Postbetekenis::AfwijzingTerug { betaling } => {
                assert_eq!(size(*betaling), deel.bedrag);
                self.came[*betaling] += 1;
            }
            Postbetekenis::Terug { betaling, .. } => {
                assert_eq!(size(*betaling), deel.bedrag);
                self.came[*betaling] += 1;
                self.opened[*betaling] += 1;
            }
            Postbetekenis::TeOnderzoeken { .. } => {}
        }
    }

    fn report(&mut self, aansluiting: &mut Aansluiting<'_>, betaling: usize) {
        let code = Some("RJCT".to_owned());
        let of_one = Betalingstatus {
            end_to_end: Some(format!("E-{betaling}")),
            bedrag: None,
            melding: Statusmelding { code, reden: reason(&["AC01"]) },
        };
        let name = if betaling == 3 { "0166" } else { "0193" };
        let blok = Blokstatus {
            blok: Some(format!("{MESSAGE}-{name}")),
            melding: Statusmelding::default(),
            betalingen: vec![of_one],
        };
        let geheel = Statusmelding::default();
        let report = Statusbericht { over: MESSAGE.to_owned(), geheel, blokken: vec![blok] };
        for outcome in aansluiting.status(&report) {
            self.opened[betaling] += u32::from(matches!(outcome, Statusuitkomst::Afgewezen { .. }));
        }
    }
}

proptest! {
    /// Whatever a bank tells in whatever order: a transfer leaves once, comes back once, and its debt opens once, so
    /// nothing is paid twice; and the parts of a post are the post.
    #[test]
    fn nothing_is_matched_twice_and_parts_are_the_post(
        verzonden in any_sent(),
        all in proptest::collection::vec(any_told(), 0..8),
    ) {
        let mut aansluiting = Aansluiting::new(&verzonden);
        let mut counts = Counts::default();
        for (index, betaling) in verzonden.betalingen.iter().enumerate() {
            counts.left[index] += u32::from(betaling.stand.weg);
            counts.opened[index] += u32::from(betaling.stand.afgewezen);
        }
        for told in &all {
            let posten = match told {
                Told::Statement(posten) => posten,
                Told::Refusal(betaling) => {
                    counts.report(&mut aansluiting, *betaling);
                    continue;
                }
            };
            let before: Vec<Betaalstand> = (0..4).map(|index| aansluiting.stand(index)).collect();
            let outcome = aansluiting.posten(own(), posten);
            for (post, outcome) in posten.iter().zip(&outcome) {
                prop_assert_eq!(outcome.delen.iter().map(|deel| deel.bedrag).sum::<Cents>(), post.bedrag);
                for deel in &outcome.delen {
                    counts.part(&aansluiting, &before, deel);
                }
            }
        }
        let most = counts.left.iter().chain(&counts.came).chain(&counts.opened).max();
        prop_assert!(most <= Some(&1), "{counts:?}");
        for index in 0..4 {
            let Betaalstand { weg, terug, .. } = aansluiting.stand(index);
            prop_assert_eq!((weg, terug), (counts.left[index] == 1, counts.came[index] == 1));
        }
    }
}
