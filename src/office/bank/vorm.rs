//! What a person says that a post was.

use crate::codes::{AgbCode, GemeenteCode};
use crate::messages::Relatie;
use crate::money::Cents;

/// What a post was: one thing, or several that are together its amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uitleg {
    pub delen: Vec<Uitlegdeel>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uitlegdeel {
    pub is: Uitlegsoort,
    /// Above zero. None: of a transfer what it transfers, of anything else the whole post.
    pub bedrag: Option<Cents>,
}

/// What it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uitlegsoort {
    /// Money of a gemeente, in or out.
    Gemeente(GemeenteCode),
    /// Costs of the bank of this gemeente; as a whole post that comes in, interest.
    Kosten(GemeenteCode),
    /// Paid to an aanbieder beside what it was owed, or paid back by it.
    Terugvordering(Relatie),
    /// A transfer by its EndToEndId, or all of a block by its PmtInfId: leaving or coming back, as the post does.
    Betaling(String),
    /// A refusal that waits is none: the transfer that it names goes on.
    Doorgegaan,
}

impl Uitleg {
    /// A post that is one thing.
    #[must_use]
    pub fn whole(is: Uitlegsoort) -> Self {
        Self { delen: vec![Uitlegdeel { is, bedrag: None }] }
    }
}

impl Uitlegdeel {
    /// A transfer or a block by its name.
    #[must_use]
    pub const fn betaling(kenmerk: String) -> Self {
        Self { is: Uitlegsoort::Betaling(kenmerk), bedrag: None }
    }

    /// Money of a gemeente as people write it: `0193`, or `0193=2,50` for part of a post.
    pub fn gemeente(text: &str) -> Result<Self, &'static str> {
        Self::of_gemeente(text, Uitlegsoort::Gemeente)
    }

    /// Costs of the bank, written the same way.
    pub fn kosten(text: &str) -> Result<Self, &'static str> {
        Self::of_gemeente(text, Uitlegsoort::Kosten)
    }

    /// What an aanbieder has to pay back, or paid back: `0193/99100001`, or `0193/99100001=2,50`.
    pub fn terugvordering(text: &str) -> Result<Self, &'static str> {
        let wrong = "geef gemeente en aanbieder, zoals 0193/99100001 of 0193/99100001=2,50";
        let (whose, bedrag) = amount(text).ok_or(wrong)?;
        let (code, aanbieder) = whose.split_once('/').ok_or(wrong)?;
        let gemeente = GemeenteCode::parse(code).map_err(|_| wrong)?;
        let aanbieder = AgbCode::parse(aanbieder).map_err(|_| wrong)?;
        Ok(Self { is: Uitlegsoort::Terugvordering(Relatie { gemeente, aanbieder }), bedrag })
    }

    fn of_gemeente(text: &str, is: fn(GemeenteCode) -> Uitlegsoort) -> Result<Self, &'static str> {
        let wrong = "geef een gemeentecode van vier cijfers, of met een bedrag: 0193=2,50";
        let (code, bedrag) = amount(text).ok_or(wrong)?;
        let code = GemeenteCode::parse(code).map_err(|_| wrong)?;
        Ok(Self { is: is(code), bedrag })
    }
}

/// What stands before the amount, and the amount when there is one.
fn amount(text: &str) -> Option<(&str, Option<Cents>)> {
    let Some((whose, euros)) = text.split_once('=') else { return Some((text, None)) };
    let bedrag = Cents::read(euros).filter(|bedrag| *bedrag > Cents::ZERO)?;
    Some((whose, Some(bedrag)))
}
