//! Kinds of messages, and who sends or receives them.

use super::{AgbCode, GemeenteCode, code_enum};

code_enum!(
    /// The messages of the iJw family, by their BerichtCode (COD002).
    BerichtSoort {
        /// Toewijzing.
        Jw301 = "436",
        /// Retour on JW301.
        Jw302 = "437",
        /// Declaratie of care before 2021; a factuur has 450 (`FactuurCode`).
        Jw303 = "432",
        /// Answer on a JW303; on a factuur 451.
        Jw304 = "433",
        /// Start.
        Jw305 = "438",
        /// Retour on JW305.
        Jw306 = "439",
        /// Stop.
        Jw307 = "440",
        /// Retour on JW307.
        Jw308 = "441",
        /// Verzoek om toewijzing (VOT).
        Jw315 = "446",
        /// Retour on JW315.
        Jw316 = "447",
        /// Verzoek om wijziging (VOW).
        Jw317 = "486",
        /// Retour on JW317.
        Jw318 = "487",
        /// Antwoord on a request.
        Jw319 = "488",
        /// Retour on JW319.
        Jw320 = "489",
        /// Declaratie.
        Jw323 = "490",
        /// Answer on a declaratie.
        Jw325 = "491",
    }
);

impl BerichtSoort {
    /// Name for people and in scripts: `JW301`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jw301 => "JW301",
            Self::Jw302 => "JW302",
            Self::Jw303 => "JW303",
            Self::Jw304 => "JW304",
            Self::Jw305 => "JW305",
            Self::Jw306 => "JW306",
            Self::Jw307 => "JW307",
            Self::Jw308 => "JW308",
            Self::Jw315 => "JW315",
            Self::Jw316 => "JW316",
            Self::Jw317 => "JW317",
            Self::Jw318 => "JW318",
            Self::Jw319 => "JW319",
            Self::Jw320 => "JW320",
            Self::Jw323 => "JW323",
            Self::Jw325 => "JW325",
        }
    }

    /// Name in namespaces and as prefix: `jw301`.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Jw301 => "jw301",
            Self::Jw302 => "jw302",
            Self::Jw303 => "jw303",
            Self::Jw304 => "jw304",
            Self::Jw305 => "jw305",
            Self::Jw306 => "jw306",
            Self::Jw307 => "jw307",
            Self::Jw308 => "jw308",
            Self::Jw315 => "jw315",
            Self::Jw316 => "jw316",
            Self::Jw317 => "jw317",
            Self::Jw318 => "jw318",
            Self::Jw319 => "jw319",
            Self::Jw320 => "jw320",
            Self::Jw323 => "jw323",
            Self::Jw325 => "jw325",
        }
    }

    /// From the name for people, `JW301`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|soort| soort.name() == name)
    }

    /// The retour on a heenbericht. A JW323 has none: its answer is a JW325; nor has a JW303 one of this
    /// kind: a JW304 says what is granted.
    #[must_use]
    pub const fn retour(self) -> Option<Self> {
        match self {
            Self::Jw301 => Some(Self::Jw302),
            Self::Jw305 => Some(Self::Jw306),
            Self::Jw307 => Some(Self::Jw308),
            Self::Jw315 => Some(Self::Jw316),
            Self::Jw317 => Some(Self::Jw318),
            Self::Jw319 => Some(Self::Jw320),
            _ => None,
        }
    }

    /// What answers a message of this kind: its retour, or what is granted of a claim; never what may follow on it.
    #[must_use]
    pub const fn antwoord(self) -> Option<Self> {
        match self {
            Self::Jw303 => Some(Self::Jw304),
            Self::Jw323 => Some(Self::Jw325),
            heen => heen.retour(),
        }
    }

    /// Whether it is the retour on a heenbericht.
    #[must_use]
    pub fn is_retour(self) -> bool {
        Self::ALL.iter().any(|heen| heen.retour() == Some(self))
    }
}

/// Who sends or receives a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partij {
    Gemeente(GemeenteCode),
    Aanbieder(AgbCode),
}

impl Partij {
    /// The code as it stands in a header and as the name of a spool folder.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Gemeente(code) => code.as_str(),
            Self::Aanbieder(code) => code.as_str(),
        }
    }

    /// Stands for a sender of whom nothing is known; no party has this code, and nothing it sends is judged.
    #[must_use]
    pub fn onbekend() -> Self {
        Self::parse("00000000").expect("eight digits are a code")
    }

    /// Reads four digits as a gemeente, eight as an aanbieder.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        GemeenteCode::parse(text)
            .map(Self::Gemeente)
            .or_else(|_| AgbCode::parse(text).map(Self::Aanbieder))
            .ok()
    }
}

impl std::fmt::Display for Partij {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
