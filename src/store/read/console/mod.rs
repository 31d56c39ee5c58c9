//! What the pages of the console show, a bounded part at a time. Whose things somebody may see is a condition of every
//! statement here, not of the page.

mod aanbod;
mod afkeur;
mod berichten;
mod geld;
mod kennisgevingen;
mod relaties;
mod toegang;
mod vervanging;
mod wachtend;
mod weergaven;
mod werk;
mod zorg;

use super::{Value, ask};
use crate::codes::{AgbCode, GemeenteCode};
use crate::store::convert::Coded;

pub use aanbod::aanbod;
pub use afkeur::{Afkeurgroep, Afkeurvraag, afkeurgroepen};
pub use berichten::{
    BerichtRij, Berichtvraag, arrivals_between, berichten, count_berichten, newest_arrival, sees_bericht,
};
pub use geld::{DeclaratieRij, Declaratievraag, betaalbaar, declaraties, sees_declaratie, vastgehouden};
pub use kennisgevingen::{kennisgeving, kennisgevingen};
pub use relaties::{RelatieMaand, newest_decision, relaties_between};
pub use toegang::{ToegangRij, inlogpoging, sessie, sessies, toegangen};
pub use vervanging::{Vervanging, vervanger, vervangingen};
pub use wachtend::{GezegdWoord, count_wachtend, wachtend, woorden};
pub use weergaven::weergaven;
pub use werk::{
    Notitieregel, Opgepakt, WerkRij, WerktEraan, Werkvraag, count_werk, notices_of, notities, opgepakt,
    sees_werk, stiltes, uitslag, werk, werk_closed_since,
};
pub use zorg::{
    Toewijzingrij, Toewijzingvraag, before_toewijzing, sees_toewijzing, toewijzingen, toewijzingen_of,
};

/// Rows that a list stops at when it counts: what is more is told as "more than".
pub const COUNTED: i64 = 1_000;

/// Of whom somebody sees things; of everybody when neither is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bereik {
    /// Only of this gemeente.
    pub gemeente: Option<GemeenteCode>,
    /// Only of this aanbieder, and what it knows itself.
    pub aanbieder: Option<AgbCode>,
}

/// The part of a list that is asked for, by a number that never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vanaf {
    /// The first rows.
    Begin,
    /// Those behind this one.
    Na(i64),
    /// Those before this one.
    Voor(i64),
}

/// A part of a list, with whether there is more at either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lijstdeel<T> {
    /// The rows, in the order of the list.
    pub rijen: Vec<T>,
    /// There are rows before these.
    pub ervoor: bool,
    /// There are rows behind these.
    pub erna: bool,
}

/// A part from rows in the order in which they were read: one more than was asked for tells that there is more.
fn deel<T>(vanaf: Vanaf, mut rijen: Vec<T>, most: usize) -> Lijstdeel<T> {
    let more = rijen.len() > most;
    rijen.truncate(most);
    let (ervoor, erna) = match vanaf {
        Vanaf::Begin => (false, more),
        Vanaf::Na(_) => (true, more),
        Vanaf::Voor(_) => {
            rijen.reverse();
            (more, true)
        }
    };
    Lijstdeel { rijen, ervoor, erna }
}

/// Everything that is asked here.
pub(super) fn statements() -> Vec<&'static str> {
    let all = [
        aanbod::STATEMENTS,
        afkeur::STATEMENTS,
        berichten::STATEMENTS,
        geld::STATEMENTS,
        kennisgevingen::STATEMENTS,
        relaties::STATEMENTS,
        toegang::STATEMENTS,
        vervanging::STATEMENTS,
        wachtend::STATEMENTS,
        weergaven::STATEMENTS,
        werk::STATEMENTS,
        zorg::STATEMENTS,
    ];
    all.concat()
}

/// A code as a key; -1 stands for any.
fn any<T: Coded>(code: Option<T>) -> Value {
    Value::from(code.map_or(-1, Coded::to_integer))
}

/// A text as a key; an empty one stands for any.
fn any_text(text: Option<&str>) -> Value {
    Value::Text(text.unwrap_or_default().to_owned())
}

/// One row more than this many.
fn one_more(most: usize) -> Value {
    Value::from(i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_more_than_asked_for_tells_that_there_is_more() {
        let part = |vanaf, rows: &[i64]| deel(vanaf, rows.to_vec(), 2);
        let of = |rijen: &[i64], ervoor, erna| Lijstdeel { rijen: rijen.to_vec(), ervoor, erna };
        assert_eq!(part(Vanaf::Begin, &[9, 8]), of(&[9, 8], false, false));
        assert_eq!(part(Vanaf::Begin, &[9, 8, 7]), of(&[9, 8], false, true));
        assert_eq!(part(Vanaf::Na(9), &[8]), of(&[8], true, false));
        assert_eq!(part(Vanaf::Voor(5), &[6, 7, 8]), of(&[7, 6], true, true));
        assert_eq!(part(Vanaf::Voor(7), &[8, 9]), of(&[9, 8], false, true));
    }
}
