//! Identity of persons: whether two messages may be about the same one, by day of birth and surname (IV009, rulings
//! 3.10).

use super::shared::{Achternaam, Geboortedatum, VolledigeNaam};
use crate::codes::DatumGebruik;
use chrono::Datelike;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

impl Geboortedatum {
    /// Whether it says anything at all: DatumGebruik 3 does not.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.known_parts() > 0
    }

    /// Whether the two are the same as far as both say (IV009); where one says nothing, they agree.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        let parts = |born: &Self| {
            let day = born.datum;
            [i64::from(day.year()), i64::from(day.month()), i64::from(day.day())]
        };
        let known = self.known_parts().min(other.known_parts());
        parts(self)[..known] == parts(other)[..known]
    }

    /// How many of year, month and day are known.
    const fn known_parts(&self) -> usize {
        match self.datum_gebruik {
            None => 3,
            Some(DatumGebruik::DagOnbekend) => 2,
            Some(DatumGebruik::DagEnMaandOnbekend) => 1,
            Some(DatumGebruik::Onbekend) => 0,
        }
    }
}

/// Words that stand before a surname and count as its Voorvoegsel, also where a sender wrote them in the
/// surname itself.
const VOORVOEGSELS: [&str; 47] = [
    "s", "t", "a", "aan", "al", "am", "auf", "aus", "bij", "d", "da", "dal", "dalla", "das", "de", "degli",
    "dei", "del", "della", "den", "der", "des", "di", "do", "dos", "du", "el", "het", "im", "in", "l", "la",
    "las", "le", "les", "lo", "los", "onder", "op", "over", "te", "ten", "ter", "van", "von", "voor", "zu",
];

/// A surname as it is compared: letters without case, accents, spaces, hyphens and apostrophes. A difference
/// of Voorvoegsel only is none.
#[derive(Clone, PartialEq, Eq)]
pub struct Naamletters {
    /// With what stands before it.
    geheel: String,
    /// Without.
    kern: String,
}

impl std::fmt::Debug for Naamletters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Naamletters {
    /// A surname.
    #[must_use]
    pub fn of(achternaam: &str, voorvoegsel: Option<&str>) -> Self {
        let words = words(achternaam);
        let before = words.iter().take_while(|word| VOORVOEGSELS.contains(&word.as_str())).count();
        // A name that is nothing but such words is a name.
        let kern = if before < words.len() { words[before..].concat() } else { words.concat() };
        let geheel = voorvoegsel.map(folded).unwrap_or_default() + &words.concat();
        Self { geheel, kern }
    }

    /// Whether there is any letter in it: `-` and `.` say nothing.
    #[must_use]
    pub fn says_something(&self) -> bool {
        !self.kern.is_empty()
    }

    /// Whether the two may be the surname of one person.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.says_something() && (self.kern == other.kern || self.geheel == other.geheel)
    }

    /// Whether this is the surname joined with that of the partner, in either order.
    fn is_joined(&self, own: &Self, partner: &Self) -> bool {
        let joined = [
            [&own.geheel, &partner.geheel],
            [&partner.geheel, &own.geheel],
            [&own.kern, &partner.geheel],
            [&partner.kern, &own.geheel],
        ];
        let is = |parts: [&String; 2]| {
            let name = format!("{}{}", parts[0], parts[1]);
            name == self.geheel || name == self.kern
        };
        own.says_something() && partner.says_something() && joined.into_iter().any(is)
    }
}

impl From<&Achternaam<'_>> for Naamletters {
    fn from(naam: &Achternaam<'_>) -> Self {
        Self::of(naam.achternaam.0, naam.voorvoegsel.map(|voorvoegsel| voorvoegsel.0))
    }
}

/// The surname of a person as it may be written: alone, or joined with that of the partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Achternamen {
    eigen: Naamletters,
    partner: Option<Naamletters>,
}

impl Achternamen {
    /// A surname, and that of the partner where one is known.
    #[must_use]
    pub const fn of(eigen: Naamletters, partner: Option<Naamletters>) -> Self {
        Self { eigen, partner }
    }

    /// [`Naamletters::says_something`] of the own name.
    #[must_use]
    pub fn says_something(&self) -> bool {
        self.eigen.says_something()
    }

    /// Whether somebody of this name may be meant by a surname.
    #[must_use]
    pub fn is_meant_by(&self, achternaam: &Naamletters) -> bool {
        let joined = |partner| achternaam.is_joined(&self.eigen, partner);
        achternaam.same_as(&self.eigen) || self.partner.as_ref().is_some_and(joined)
    }

    /// Whether the two may be of one person.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.is_meant_by(&other.eigen) || other.is_meant_by(&self.eigen)
    }
}

impl From<&VolledigeNaam<'_>> for Achternamen {
    fn from(naam: &VolledigeNaam<'_>) -> Self {
        Self::of((&naam.geslachtsnaam).into(), naam.partnernaam.as_ref().map(Naamletters::from))
    }
}

/// The words of a name, folded; what is not a letter stands between two words.
fn words(name: &str) -> Vec<String> {
    let parts = name.split(|letter: char| !letter.is_alphanumeric() && !is_combining_mark(letter));
    parts.map(folded).filter(|word| !word.is_empty()).collect()
}

/// The letters of a text, whatever their case and accents.
fn folded(text: &str) -> String {
    let letters = text.nfkd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkd();
    let mut folded = String::with_capacity(text.len());
    for letter in letters.filter(|letter| letter.is_alphanumeric() && !is_combining_mark(*letter)) {
        match letter {
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ł' => folded.push('l'),
            'ŋ' => folded.push('n'),
            'ŧ' => folded.push('t'),
            'þ' => folded.push_str("th"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            letter => folded.push(letter),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Persoonlijk;
    use crate::schema::At;
    use proptest::prelude::*;

    fn name(achternaam: &str) -> Naamletters {
        Naamletters::of(achternaam, None)
    }

    fn born(datum: &str, gebruik: Option<&str>) -> Geboortedatum {
        let datum_gebruik = gebruik.map(|code| DatumGebruik::parse(code).unwrap());
        Geboortedatum { at: At::default(), datum: datum.parse().unwrap(), datum_gebruik }
    }

    #[test]
    fn what_differs_in_writing_only_is_one_name() {
        for (one, other) in [
            ("Jansen", "JANSEN"),
            ("Öztürk", "Ozturk"),
            ("Öztürk", "O\u{308}ztu\u{308}rk"),
            ("Yıldız", "YILDIZ"),
            ("Łukasiewicz", "Lukasiewicz"),
            ("Weiß", "WEISS"),
            ("Sørensen", "Sorensen"),
            ("Ĳsbrand", "IJsbrand"),
            ("Smit-Bakker", "Smit Bakker"),
            ("Smit - Bakker", "SmitBakker"),
            ("O'Brien", "Obrien"),
            ("van den Berg", "Vandenberg"),
            ("in 't Veld", "Veld"),
            ("d'Angelo", "Angelo"),
            ("El-Idrissi", "Idrissi"),
            ("van der Berg", "de Berg"),
        ] {
            assert!(name(one).same_as(&name(other)) && name(other).same_as(&name(one)), "{one} {other}");
        }
        let with = Naamletters::of("Berg", Some("van den"));
        for other in ["Berg", "van den Berg", "Vandenberg", "de Berg"] {
            assert!(with.same_as(&name(other)), "{other}");
        }
        assert!(with.same_as(&Naamletters::of("BERG", Some("v.d."))), "the prefix only");
    }

    #[test]
    fn another_name_is_another() {
        for (one, other) in [
            ("Jansen", "Janssen"),
            ("Berg", "Berger"),
            ("Denberg", "Berg"),
            ("Vandenberg", "Berg"),
            ("Smit-Bakker", "Smit"),
            ("Smit-Bakker", "Bakker-Smit"),
            ("De", "Der"),
            ("-", "-"),
            ("", ""),
        ] {
            assert!(!name(one).same_as(&name(other)), "{one} {other}");
        }
        assert!(name("De").same_as(&name("de")), "a name that is nothing but a prefix is a name");
    }

    #[test]
    fn the_name_of_the_partner_may_stand_beside_the_own_one() {
        let class = |achternaam, voorvoegsel: Option<&'static str>| Achternaam {
            at: At::default(),
            achternaam: Persoonlijk(achternaam),
            voorvoegsel: voorvoegsel.map(Persoonlijk),
        };
        let full = |partner| VolledigeNaam {
            at: At::default(),
            geslachtsnaam: class("Vries", Some("de")),
            partnernaam: partner,
            voornamen: None,
            voorletters: None,
            naam_gebruik: crate::codes::NaamGebruik::EigenNaam,
        };
        let of = |partner| Achternamen::from(&full(partner));
        let (alone, joined) = (of(None), of(Some(class("Jansen", None))));
        for asked in ["Vries", "de Vries", "Jansen-de Vries", "de Vries-Jansen", "Vries Jansen"] {
            assert!(joined.is_meant_by(&name(asked)), "{asked}");
        }
        assert!(!joined.is_meant_by(&name("Jansen")), "the name of the partner is not the own one");
        assert!(!joined.is_meant_by(&name("Jansen-Smit")));
        assert!(alone.is_meant_by(&name("Vries")));
        assert!(!alone.is_meant_by(&name("Jansen-de Vries")), "no partner is known");
    }

    #[test]
    fn a_day_of_birth_agrees_as_far_as_both_say() {
        let agree = |one: &Geboortedatum, other: &Geboortedatum| {
            assert_eq!(one.agrees_with(other), other.agrees_with(one));
            one.agrees_with(other)
        };
        let exact = born("2012-05-17", None);
        for (datum, gebruik, same) in [
            ("2012-05-17", None, true),
            ("2012-05-18", None, false),
            ("2012-05-01", Some("1"), true),
            ("2012-06-01", Some("1"), false),
            ("2011-05-01", Some("1"), false),
            ("2012-01-01", Some("2"), true),
            ("2013-01-01", Some("2"), false),
            ("1900-01-01", Some("3"), true),
        ] {
            assert_eq!(agree(&exact, &born(datum, gebruik)), same, "{datum} {gebruik:?}");
        }
        let month = born("2012-05-01", Some("1"));
        assert!(agree(&month, &born("2012-01-01", Some("2"))));
        assert!(!agree(&month, &born("2012-04-01", Some("1"))));
        assert!(exact.is_known() && born("2012-01-01", Some("2")).is_known());
        assert!(!born("1900-01-01", Some("3")).is_known());
    }

    /// Letters as they stand in names in Europe, and what stands between them.
    fn any_name() -> impl Strategy<Value = String> {
        proptest::string::string_regex("[A-Za-zÀ-ÖØ-öø-ſ' -]{0,24}").unwrap()
    }

    proptest! {
        #[test]
        fn writing_a_name_otherwise_changes_nothing(text in any_name(), before in "(van|de|van der|el)?") {
            let own = name(&text);
            let others = [
                text.to_uppercase(),
                text.to_lowercase(),
                text.nfd().collect(),
                text.nfd().filter(|letter| !is_combining_mark(*letter)).collect(),
                text.replace('-', " "),
                text.replace(' ', ""),
                format!(" {text}-"),
            ];
            for other in others {
                prop_assert_eq!(own.says_something(), own.same_as(&name(&other)), "{}", other);
            }
            prop_assert_eq!(own.says_something(), own.same_as(&Naamletters::of(&text, Some(&before))));
        }

        #[test]
        fn another_letter_is_another_name(text in "[b-y]{1,12}") {
            let (longer, other) = (format!("{text}z"), format!("a{text}"));
            prop_assert!(!name(&text).same_as(&name(&longer)));
            prop_assert!(!name(&text).same_as(&name(&other)));
        }

        #[test]
        fn any_text_is_folded_once_and_for_all(text in any::<String>()) {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once.clone());
            // A sign that is no letter, and stands for one, says nothing: a person looks.
            prop_assert_eq!(name(&text).same_as(&name(&text)), name(&text).says_something());
            prop_assert!(!once.is_empty() || !name(&text).says_something());
        }
    }
}
