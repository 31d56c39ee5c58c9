//! Roles at the console, and who gets which by what a token says.

use crate::codes::{AgbCode, GemeenteCode, code_enum};
use crate::store::read::console::Bereik;
use serde::{Deserialize, Deserializer, de};

code_enum!(
    /// A role; what it may see stands in the table of pages.
    Rolsoort {
        /// Watches over messages, terms and work.
        Operator = "operator",
        /// Watches over contracts and limits.
        Contractbeheerder = "contractbeheerder",
        /// Watches over money.
        Penningmeester = "penningmeester",
        /// Looks at everything, and at who looked.
        Auditor = "auditor",
        /// Keeps the console itself: who is logged in, and who looked.
        Beheerder = "beheerder",
        /// Sees what is of one gemeente.
        Gemeente = "gemeente",
        /// Sees what one aanbieder sent, and what became of that.
        Aanbieder = "aanbieder",
    }
);

/// A role with whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toegangsrol {
    /// [`Rolsoort::Operator`].
    Operator,
    /// [`Rolsoort::Contractbeheerder`].
    Contractbeheerder,
    /// [`Rolsoort::Penningmeester`].
    Penningmeester,
    /// [`Rolsoort::Auditor`].
    Auditor,
    /// [`Rolsoort::Beheerder`].
    Beheerder,
    /// [`Rolsoort::Gemeente`].
    Gemeente(GemeenteCode),
    /// [`Rolsoort::Aanbieder`].
    Aanbieder(AgbCode),
}

impl Toegangsrol {
    /// From its label and the code of its party; none when they do not belong together.
    #[must_use]
    pub fn of(soort: &str, partij: Option<&str>) -> Option<Self> {
        let soort = Rolsoort::parse(soort).ok()?;
        match (soort, partij.filter(|code| !code.is_empty())) {
            (Rolsoort::Operator, None) => Some(Self::Operator),
            (Rolsoort::Contractbeheerder, None) => Some(Self::Contractbeheerder),
            (Rolsoort::Penningmeester, None) => Some(Self::Penningmeester),
            (Rolsoort::Auditor, None) => Some(Self::Auditor),
            (Rolsoort::Beheerder, None) => Some(Self::Beheerder),
            (Rolsoort::Gemeente, Some(code)) => GemeenteCode::parse(code).ok().map(Self::Gemeente),
            (Rolsoort::Aanbieder, Some(code)) => AgbCode::parse(code).ok().map(Self::Aanbieder),
            _ => None,
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn soort(&self) -> Rolsoort {
        match self {
            Self::Operator => Rolsoort::Operator,
            Self::Contractbeheerder => Rolsoort::Contractbeheerder,
            Self::Penningmeester => Rolsoort::Penningmeester,
            Self::Auditor => Rolsoort::Auditor,
            Self::Beheerder => Rolsoort::Beheerder,
            Self::Gemeente(_) => Rolsoort::Gemeente,
            Self::Aanbieder(_) => Rolsoort::Aanbieder,
        }
    }

    /// The code of its party.
    #[must_use]
    pub fn partij(&self) -> Option<String> {
        match self {
            Self::Gemeente(code) => Some(code.to_string()),
            Self::Aanbieder(code) => Some(code.to_string()),
            _ => None,
        }
    }

    /// Of whom things are seen.
    #[must_use]
    pub const fn bereik(&self) -> Bereik {
        match self {
            Self::Gemeente(code) => Bereik { gemeente: Some(*code), aanbieder: None },
            Self::Aanbieder(code) => Bereik { gemeente: None, aanbieder: Some(*code) },
            _ => Bereik { gemeente: None, aanbieder: None },
        }
    }

    /// For people: `gemeente 0193`.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.partij() {
            Some(code) => format!("{} {code}", self.soort().as_str()),
            None => self.soort().as_str().to_owned(),
        }
    }
}

/// Which role somebody gets: one that is known, or that of a party of which the token has the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roltoekenning {
    /// Always this one.
    Vast(Toegangsrol),
    /// `gemeente` or `aanbieder`, of the party in the claim.
    VanPartij(Rolsoort),
}

impl Roltoekenning {
    /// As the settings write it: `operator`, `gemeente 0193`, or `gemeente` alone.
    fn parse(text: &str) -> Option<Self> {
        let (soort, partij) = text.split_once(' ').unwrap_or((text, ""));
        match Rolsoort::parse(soort) {
            Ok(soort @ (Rolsoort::Gemeente | Rolsoort::Aanbieder)) if partij.is_empty() => {
                Some(Self::VanPartij(soort))
            }
            _ => Toegangsrol::of(soort, Some(partij)).map(Self::Vast),
        }
    }

    /// The role, with the code of a party that the token has; none when it has none that fits.
    #[must_use]
    pub fn with_party(&self, partij: Option<&str>) -> Option<Toegangsrol> {
        match self {
            Self::Vast(rol) => Some(*rol),
            Self::VanPartij(soort) => Toegangsrol::of(soort.as_str(), partij),
        }
    }

    /// For people.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Vast(rol) => rol.shown(),
            Self::VanPartij(soort) => format!("{} uit de partij_claim", soort.as_str()),
        }
    }
}

impl<'de> Deserialize<'de> for Roltoekenning {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(
                "dit is geen rol; wel: operator, contractbeheerder, penningmeester, auditor, beheerder, \"gemeente CODE\", \
                 \"aanbieder AGB\", of gemeente of aanbieder met een partij_claim",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_of_a_party_has_one_and_no_other_role_has() {
        assert_eq!(Toegangsrol::of("operator", None), Some(Toegangsrol::Operator));
        assert_eq!(Toegangsrol::of("operator", Some("0193")), None);
        assert_eq!(Toegangsrol::of("gemeente", None), None);
        assert_eq!(Toegangsrol::of("gemeente", Some("19")), None);
        assert_eq!(Toegangsrol::of("aanbieder", Some("0193")), None);
        assert_eq!(Toegangsrol::of("opzichter", None), None);
        let gemeente = Toegangsrol::of("gemeente", Some("0193")).unwrap();
        assert_eq!((gemeente.shown().as_str(), gemeente.bereik().aanbieder), ("gemeente 0193", None));
        for soort in Rolsoort::ALL {
            let partij = match soort {
                Rolsoort::Gemeente => Some("0193"),
                Rolsoort::Aanbieder => Some("12345678"),
                _ => None,
            };
            let rol = Toegangsrol::of(soort.as_str(), partij).unwrap();
            assert_eq!((rol.soort(), rol.partij().as_deref()), (*soort, partij));
        }
    }

    #[test]
    fn what_the_settings_give_is_a_role_or_one_of_a_party_in_the_token() {
        let given = |text, partij| Roltoekenning::parse(text).and_then(|rol| rol.with_party(partij));
        assert_eq!(given("auditor", Some("0193")), Some(Toegangsrol::Auditor));
        assert_eq!(given("gemeente 0193", Some("0307")), Toegangsrol::of("gemeente", Some("0193")));
        assert_eq!(given("gemeente", Some("0307")), Toegangsrol::of("gemeente", Some("0307")));
        for (text, partij) in
            [("gemeente", None), ("gemeente", Some("12345678")), ("aanbieder", Some("")), ("gemeente ", None)]
        {
            assert_eq!(given(text, partij), None, "{text:?} {partij:?}");
        }
        for text in ["", "Operator", "operator 0193", "gemeente 19", "gemeente  0193", "aanbieder 0193"] {
            assert_eq!(Roltoekenning::parse(text), None, "{text:?}");
        }
    }
}
