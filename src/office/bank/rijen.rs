//! Rows of the ledger that follow from what the bank told and from what a person said of it. Live, in a replay, and where the
//! ledger is held to what was told.

use crate::journal::{Bankverklaring, Bankverwerking, Deelverklaring, Herkend, Schuld, Verklaring};
use crate::ledger::{Boekgebeurtenis, Grootboekrekening, Overboeking};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Bankregel, Bankuitkomst};

/// What the lines of an input move, in their order; each row with the place of its line.
pub(crate) fn rows_of_lines(bank: &Bankverwerking) -> Vec<(usize, Overboeking)> {
    let lines = bank.regels.iter().enumerate();
    lines.flat_map(|(place, regel)| posted(regel, bank).map(move |row| (place, row))).collect()
}

/// What an explanation moves, in the order of its parts.
pub(crate) fn rows_of_explanation(verklaring: &Bankverklaring) -> Vec<Overboeking> {
    let Bankverklaring { regel, is, heropend, .. } = verklaring;
    let unknown = Grootboekrekening::TeOnderzoeken(regel.rekening);
    match is {
        Verklaring::Gemeente(gemeente) => {
            let of = Deelverklaring::Gemeente(*gemeente);
            row_of_part(unknown, regel.bedrag, &of).into_iter().collect()
        }
        Verklaring::Terug(run, volgnummer) => {
            let whose = heropend.first().map(|schuld| schuld.relatie);
            let row = whose.and_then(|relatie| match regel.uitkomst {
                // It never left: what was on its way is owed again.
                Bankuitkomst::AfgewezenWacht => Overboeking::of(
                    Boekgebeurtenis::BankAfgewezen,
                    Grootboekrekening::Onderweg(Some(regel.rekening)),
                    Grootboekrekening::Crediteur(relatie),
                    heropend.iter().map(|schuld| schuld.bedrag).sum(),
                ),
                _ => came_back(regel, relatie),
            });
            row.map(|row| row.of_betaling(*run, *volgnummer)).into_iter().collect()
        }
        Verklaring::Delen(delen) => {
            delen.iter().filter_map(|deel| row_of_part(unknown, deel.bedrag, &deel.is)).collect()
        }
    }
}

/// What a part of a post moves off the account of what is not explained.
fn row_of_part(unknown: Grootboekrekening, bedrag: Cents, is: &Deelverklaring) -> Option<Overboeking> {
    use Boekgebeurtenis as Event;
    let to = |event, other| Overboeking::of(event, unknown, other, bedrag);
    let of = |row: Option<Overboeking>, herkend: &Herkend| {
        row.map(|row| row.of_betaling(herkend.betaalrun, herkend.volgnummer))
    };
    let owed = |herkend: &Herkend| Grootboekrekening::Crediteur(herkend.relatie);
    let on_its_way = |herkend: &Herkend| Grootboekrekening::Onderweg(herkend.van);
    match is {
        Deelverklaring::Gemeente(gemeente) => {
            to(Event::OntvangenVanGemeente, Grootboekrekening::Gemeente(*gemeente))
        }
        Deelverklaring::Kosten(gemeente) => to(Event::Bankkosten, Grootboekrekening::Gemeente(*gemeente)),
        Deelverklaring::Terugvordering(relatie) => {
            to(Event::Terugvordering, Grootboekrekening::TerugTeVorderen(*relatie))
        }
        Deelverklaring::Geboekt(herkend) => of(to(Event::BetalingHerkend, on_its_way(herkend)), herkend),
        Deelverklaring::AfwijzingTerug(herkend) => {
            of(to(Event::AfwijzingHerkend, on_its_way(herkend)), herkend)
        }
        Deelverklaring::Terug(herkend) => of(to(Event::Teruggekomen, owed(herkend)), herkend),
        Deelverklaring::AlsnogBetaald(herkend) => of(to(Event::AlsnogBetaald, owed(herkend)), herkend),
        Deelverklaring::WeerOpen(herkend) => {
            let (from, to) = (on_its_way(herkend), owed(herkend));
            of(Overboeking::of(Event::BankAfgewezen, from, to, herkend.bedrag), herkend)
        }
        Deelverklaring::Doorgegaan(_) => None,
    }
}

/// What the bank says came or went, without knowing yet what it is.
fn seen(regel: &Bankregel) -> Option<Overboeking> {
    let (bank, unknown) =
        (Grootboekrekening::Bank(regel.rekening), Grootboekrekening::TeOnderzoeken(regel.rekening));
    Overboeking::of(Boekgebeurtenis::BankOnbekend, bank, unknown, regel.bedrag)
}

/// A transfer that came back is owed again.
fn came_back(regel: &Bankregel, relatie: Relatie) -> Option<Overboeking> {
    Overboeking::of(
        Boekgebeurtenis::Teruggekomen,
        Grootboekrekening::TeOnderzoeken(regel.rekening),
        Grootboekrekening::Crediteur(relatie),
        regel.bedrag,
    )
}

/// What a line moves.
fn posted(regel: &Bankregel, bank: &Bankverwerking) -> impl Iterator<Item = Overboeking> + use<> {
    let known = !bank.zonder_rekening.contains(&regel.volgorde);
    let on_its_way = Grootboekrekening::Onderweg(known.then_some(regel.rekening));
    let whose = || {
        let of_it = |schuld: &&Schuld| Some((schuld.betaalrun, schuld.volgnummer)) == regel.betaling;
        bank.heropend.iter().find(of_it).map(|schuld| schuld.relatie)
    };
    let of_transfer = |row: Option<Overboeking>| {
        row.zip(regel.betaling).map(|(row, (run, volgnummer))| row.of_betaling(run, volgnummer))
    };
    let rows = match regel.uitkomst {
        Bankuitkomst::BatchBruto
        | Bankuitkomst::BatchNetto
        | Bankuitkomst::Geboekt
        | Bankuitkomst::AfwijzingTerug => {
            let bank = Grootboekrekening::Bank(regel.rekening);
            [Overboeking::of(Boekgebeurtenis::BankGeboekt, bank, on_its_way, regel.bedrag), None]
        }
        Bankuitkomst::Afgewezen => {
            let relatie = whose();
            let again = owed_again(bank, regel);
            let row = relatie.and_then(|relatie| {
                let crediteur = Grootboekrekening::Crediteur(relatie);
                Overboeking::of(Boekgebeurtenis::BankAfgewezen, on_its_way, crediteur, again)
            });
            [of_transfer(row), None]
        }
        Bankuitkomst::Teruggekomen => {
            let owed = whose().and_then(|relatie| came_back(regel, relatie));
            [seen(regel), of_transfer(owed)]
        }
        Bankuitkomst::TeOnderzoeken => [seen(regel), None],
        Bankuitkomst::AfgewezenWacht | Bankuitkomst::Naam | Bankuitkomst::Melding => [None, None],
    };
    rows.into_iter().flatten()
}

/// What is owed again of the transfer of a line.
fn owed_again(bank: &Bankverwerking, regel: &Bankregel) -> Cents {
    let of_it =
        bank.heropend.iter().filter(|schuld| Some((schuld.betaalrun, schuld.volgnummer)) == regel.betaling);
    of_it.map(|schuld| schuld.bedrag).sum()
}
