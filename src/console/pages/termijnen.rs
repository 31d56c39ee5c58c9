//! What we owe others and others owe us, oldest term first.

use super::rapporten::tables;
use super::{Gemaakt, Paginavraag, Result, exports, report_file};
use crate::console::Console;
use crate::console::blad::{Blad, Bladdeel, Bladeren, Vak};
use crate::console::routes::Schrijfwijze;
use crate::report::deadlines;

/// Rows of a table that stand on the page.
const MOST: usize = 100;

pub async fn list(console: &Console, asked: &Paginavraag<'_>) -> Result<Gemaakt> {
    asked.filter.only(&[])?;
    let register = console.register().await?;
    // One more than is shown tells that there are more.
    let most = if asked.vorm == Schrijfwijze::Html { MOST + 1 } else { usize::MAX };
    let report = deadlines::owed(&*console.store, &register, console.clock.now(), most).await?;
    if asked.vorm != Schrijfwijze::Html {
        return report_file(asked.vorm, &report);
    }
    let mut blad = Blad::new("Termijnen");
    let sentence =
        "Oudste termijn eerst. Starts en stops die niet zijn gemeld staan in het rapport Termijnen.";
    blad = blad.met(Bladdeel::Zinnen("", vec![Vak::new(sentence).deur("/rapporten/termijnen")]));
    blad = tables(blad, report.tables, MOST);
    let exports = exports(asked, "/termijnen");
    Ok(blad.met(Bladdeel::Bladeren(Bladeren { exports, ..Bladeren::default() })).into())
}
