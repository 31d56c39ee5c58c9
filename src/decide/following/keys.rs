//! The facts that are asked for to follow what messages did.

use super::plausible;
use crate::codes::Datum;
use crate::state::{Controle, FactKeys, Gemelde, Groep, TeVolgen, WorkReason, WorkingSet};

/// The limits that are to be followed, with the work items that gather what is told of them and of the rest.
#[must_use]
pub fn keys(rows: &[TeVolgen], today: Datum) -> FactKeys {
    let mut keys = FactKeys::default();
    for row in rows {
        let of = |reden| Groep::of(reden, row.relatie.aanbieder, today);
        for verschil in &row.verschillen {
            let limiet = &verschil.limiet;
            keys.budgetten.insert(limiet.clone());
            let told = [Gemelde::Toewijzing, Gemelde::Betaling];
            keys.groepen.extend(told.map(|wat| Groep::Grens { wat, limiet: limiet.clone() }.sleutel()));
        }
        for controle in &row.controles {
            let reden = match controle {
                Controle::VastePrijs { .. } => WorkReason::VastePrijs,
                Controle::Nachten { .. } | Controle::Samenloop { .. } => WorkReason::NietAannemelijk,
                Controle::Gewijzigd { .. } => {
                    keys.groepen_van.insert(controle.toewijzing());
                    continue;
                }
            };
            keys.groepen.extend(of(reden).map(|groep| groep.sleutel()));
        }
        keys.groepen.extend(row.te_vertellen.iter().filter_map(|told| Some(of(told.reden)?.sleutel())));
    }
    keys
}

/// The assignments that are compared: whose they are says which children to load.
#[must_use]
pub fn compared_assignments(rows: &[TeVolgen]) -> FactKeys {
    let assignments = rows.iter().flat_map(|row| &row.controles).map(Controle::toewijzing);
    FactKeys { toewijzingen: assignments.collect(), ..FactKeys::default() }
}

/// Everything of the children that are compared, as far as it is about the same days.
#[must_use]
pub fn compared_children(rows: &[TeVolgen], known: &WorkingSet) -> FactKeys {
    let mut keys = FactKeys::default();
    for controle in rows.iter().flat_map(|row| &row.controles) {
        let Some(bsn) = known.toewijzingen.get(&controle.toewijzing()).map(|toewijzing| toewijzing.bsn)
        else {
            continue;
        };
        match *controle {
            Controle::VastePrijs { .. } => {
                keys.kinderen.insert(bsn);
            }
            Controle::Nachten { begin, eind, .. } => {
                keys.nachten.insert(plausible::around(bsn, begin, eind));
            }
            Controle::Samenloop { gemeente, nummer, begin, .. } => {
                keys.debets_op.insert((gemeente, nummer, begin));
            }
            Controle::Gewijzigd { .. } => {}
        }
    }
    keys
}
