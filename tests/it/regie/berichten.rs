//! Starts and stops to test with; a test changes what it is about.

use crate::requests::berichten::{PERSON, element, jw301, jw301_for, message, product, toegewezen};
use crate::requests::world::{AANBIEDER, BSN, GEMEENTE, World, day};
use happyflow::decide::Decision;

/// Day on which every message is dated and judged.
pub const VANDAAG: &str = "2025-09-01";
/// RedenBeeindiging of a stop for a time.
pub const TIJDELIJK: &str = "20";
/// RedenBeeindiging of a stop as planned.
pub const DEFINITIEF: &str = "31";

/// A StartProduct or StopProduct.
#[derive(Clone)]
pub struct Regel {
    pub nummer: Option<u32>,
    pub product: Option<(&'static str, Option<&'static str>)>,
    pub ingang: Option<&'static str>,
    pub begin: &'static str,
    /// RedenBeeindiging and Einddatum of a stop.
    pub einde: Option<(&'static str, &'static str)>,
    pub status: &'static str,
}

/// Care on assignment 1 that began on a day.
pub fn start(begin: &'static str) -> Regel {
    Regel {
        nummer: Some(1),
        product: Some(("45", Some("45A04"))),
        ingang: Some("2025-01-01"),
        begin,
        einde: None,
        status: "1",
    }
}

/// Care on assignment 1 that began on a day and ended on another.
pub fn stop(begin: &'static str, reden: &'static str, eind: &'static str) -> Regel {
    Regel { einde: Some((reden, eind)), ..start(begin) }
}

impl Regel {
    /// On another assignment.
    pub fn on(self, nummer: u32) -> Self {
        Self { nummer: Some(nummer), ..self }
    }

    /// Without assignment: taakgericht.
    pub fn taak(self) -> Self {
        Self { nummer: None, ingang: None, ..self }
    }

    /// Another code of category 45.
    pub fn code(self, code: &'static str) -> Self {
        Self { product: Some(("45", Some(code))), ..self }
    }

    /// Its removal.
    pub fn weg(&self) -> Self {
        Self { status: "3", ..self.clone() }
    }

    fn write(&self) -> String {
        let name = if self.einde.is_some() { "StopProduct" } else { "StartProduct" };
        format!(
            "<m:{name}>{}{}{}{}{}{}{}</m:{name}>",
            element("ToewijzingNummer", self.nummer),
            product(self.product),
            element("ToewijzingIngangsdatum", self.ingang),
            element("Begindatum", Some(self.begin)),
            element("RedenBeeindiging", self.einde.map(|(reden, _)| reden)),
            element("Einddatum", self.einde.map(|(_, eind)| eind)),
            element("StatusAanlevering", Some(self.status)),
        )
    }
}

/// A JW305, or a JW307 when its classes are stops.
pub fn regie(id: &str, regels: &[Regel]) -> String {
    let (soort, code, name) = match regels[0].einde {
        None => ("jw305", "438", "StartProducten"),
        Some(_) => ("jw307", "440", "StopProducten"),
    };
    let classes: String = regels.iter().map(Regel::write).collect();
    let body = format!(
        "<m:Client><m:Bsn>{BSN}</m:Bsn>{PERSON}<m:Naam><i:Geslachtsnaam><i:Achternaam>Voorbeeld</i:Achternaam>\
         </i:Geslachtsnaam></m:Naam><m:{name}>{classes}</m:{name}></m:Client>"
    );
    message(soort, code, AANBIEDER, GEMEENTE, id, VANDAAG, &body)
}

/// Messages to a world that has assignments 1 and 2 for the client, 3 for another client and 4 at
/// another aanbieder.
pub struct Regie {
    pub world: World,
    sent: u32,
}

impl Regie {
    pub fn new() -> Self {
        Self::of(World::new())
    }

    pub fn of(mut world: World) -> Self {
        world.today = day(VANDAAG);
        world.accept(&jw301("T1", &[toegewezen(1), toegewezen(2).code("45A05")]));
        world.accept(&jw301_for("999900018", AANBIEDER, "T3", &[toegewezen(3)]));
        world.accept(&jw301_for(BSN, "87654321", "T4", &[toegewezen(4)]));
        Self { world, sent: 0 }
    }

    fn message(&mut self, regels: &[Regel]) -> String {
        self.sent += 1;
        regie(&format!("S{}", self.sent), regels)
    }

    /// Judges and applies a message with these classes.
    pub fn give(&mut self, regels: &[Regel]) -> Decision {
        let message = self.message(regels);
        self.world.give(&message)
    }

    /// As [`Regie::give`], for classes without a fault.
    pub fn accept(&mut self, regels: &[Regel]) -> Decision {
        let message = self.message(regels);
        self.world.accept(&message)
    }

    /// The codes of the rules that these classes violate; none when they are accepted.
    pub fn faults(&mut self, regels: &[Regel]) -> Vec<&'static str> {
        crate::requests::world::codes(&self.give(regels))
    }
}
