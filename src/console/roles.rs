//! Who somebody is here, and of whom things are seen.

use crate::codes::{AgbCode, GemeenteCode, code_enum};
use crate::store::read::console::Bereik;

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

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Wie {
    /// Name.
    pub naam: String,
    /// Role.
    pub rol: Toegangsrol,
    /// The session.
    pub sessie: [u8; 32],
    /// The address that is asked from.
    pub herkomst: String,
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
        assert_eq!(Toegangsrol::of("beheerder", None), None);
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
}
