//! What the bank tells is taken in: statements move money to and from the account, status reports open debts again. In one
//! transaction per call, an entry of the journal per statement and per status report.
//!
//! Which transfer a post is, [`crate::bank`] says; what is not certain goes to an account to be explained, and a person
//! says what it was.

mod sent;
mod take;
mod uitleg;

pub use take::{BankFile, BankImport, BankLine, NotRead};
pub use uitleg::Uitleg;

use super::alone::DecidedAlone;
use crate::journal::{Bankverklaring, Bankverwerking, Besloten, Schuld, Verklaring};
use crate::ledger::{Boekgebeurtenis, Grootboekrekening, Overboeking};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{Bankregel, Bankuitkomst, Change};
use crate::store::Entry;

/// What follows from what the bank told, with its entry. Live and in a replay.
pub(crate) fn taken(entry: Entry, bank: &Bankverwerking) -> DecidedAlone {
    let mut changes = Vec::new();
    if let Some(afschrift) = &bank.afschrift {
        changes.push(Change::AfschriftIngelezen(Box::new(afschrift.clone())));
    }
    for regel in &bank.regels {
        changes.extend(posted(regel, bank).into_iter().map(Change::Overgeboekt));
        changes.push(Change::BankregelIngelezen(Box::new(regel.clone())));
    }
    changes.extend(bank.heropend.iter().map(|schuld| Change::Heropend(Box::new(schuld.heropend()))));
    let body = Some(Besloten::Bank(Box::new(bank.clone())).body());
    DecidedAlone::of_changes(Entry { body, ..entry }, changes)
}

/// The same of an explanation.
pub(crate) fn explained(entry: Entry, verklaring: &Bankverklaring) -> DecidedAlone {
    let Bankverklaring { journaal, volgorde, regel, is, heropend } = verklaring;
    let unknown = Grootboekrekening::TeOnderzoeken(regel.rekening);
    let row = match is {
        Verklaring::Gemeente(gemeente) => Overboeking::of(
            Boekgebeurtenis::OntvangenVanGemeente,
            unknown,
            Grootboekrekening::Gemeente(*gemeente),
            regel.bedrag,
        ),
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
            row.map(|row| row.of_betaling(*run, *volgnummer))
        }
    };
    let mut changes: Vec<Change> = row.into_iter().map(Change::Overgeboekt).collect();
    changes.push(Change::BankregelVerklaard { journaal: *journaal, volgorde: *volgorde });
    changes.extend(heropend.iter().map(|schuld| Change::Heropend(Box::new(schuld.heropend()))));
    let body = Some(Besloten::Bankverklaring(Box::new(verklaring.clone())).body());
    DecidedAlone::of_changes(Entry { body, ..entry }, changes)
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
fn posted(regel: &Bankregel, bank: &Bankverwerking) -> Vec<Overboeking> {
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
    rows.into_iter().flatten().collect()
}

/// What is owed again of the transfer of a line.
fn owed_again(bank: &Bankverwerking, regel: &Bankregel) -> Cents {
    let of_it =
        bank.heropend.iter().filter(|schuld| Some((schuld.betaalrun, schuld.volgnummer)) == regel.betaling);
    of_it.map(|schuld| schuld.bedrag).sum()
}
