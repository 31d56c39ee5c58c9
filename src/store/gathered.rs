//! Rows of work items that gather, and what becomes of them, as they will be written.

use super::convert::toewijzing_key;
use super::pending::Pending;
use super::{Closed, WorkClosing, WorkStatus};
use crate::clock::Moment;
use crate::codes::AgbCode;
use crate::state::{Beurt, Verzameling, Werkregel};

/// Something that a work item is about.
pub struct WerkregelRow {
    pub werk: i64,
    pub nummer: i64,
    pub journal: i64,
    pub regel: Werkregel,
}

impl Pending {
    /// What comes to a work item that has so many lines.
    pub fn gather(&mut self, (werk, had, journal): (i64, i64, i64), regels: Vec<Werkregel>) {
        let rows =
            (had + 1..).zip(regels).map(|(nummer, regel)| WerkregelRow { werk, nummer, journal, regel });
        self.werkregels.extend(rows);
    }

    /// A work item that gathers changes, and opens or closes with it.
    pub fn change_gathered(&mut self, (journal, moment): (i64, Moment), mut nu: Verzameling) {
        let werk = nu.werk;
        let keys = nu.vervallen.iter().map(|(gemeente, nummer)| toewijzing_key(*gemeente, *nummer));
        self.vervallen.extend(keys.map(|key| (werk, key, journal)));
        self.gather((werk, nu.had, journal), std::mem::take(&mut nu.regels));
        match std::mem::replace(&mut nu.beurt, Beurt::Blijft) {
            Beurt::Blijft => {}
            Beurt::Heropend => self.reopened.push(werk),
            Beurt::Gesloten(why) => {
                let closed = Closed { journal, moment, who: String::new(), why: why.into() };
                self.closings.push(WorkClosing { id: werk, status: WorkStatus::Afgehandeld, closed });
            }
        }
        self.verzameld.push(nu);
    }

    /// A line counts no more for work items of before about rates.
    pub fn lapse(&mut self, journal: i64, aanbieder: AgbCode, referentie: Box<str>) {
        self.herzien.push((aanbieder, referentie, journal));
    }
}
