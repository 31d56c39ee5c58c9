//! Newtypes for the identifiers and codes of the standard.
//!
//! What logic branches on is an enum; every other code is a checked newtype. All are small and
//! `Copy`: judging a declaration of twenty thousand lines allocates nothing for them.
//! `Bsn` never shows its digits in `Debug` or `Display`.

use std::fmt;

mod bericht;
pub mod day;
mod financiering;

pub use bericht::{BerichtSoort, Partij};
pub use financiering::Financiering;

/// A date of the Gregorian calendar without time zone (LDT_Datum).
///
/// A year that a computer calendar cannot hold is kept as the nearest date that it can; the
/// standard allows such years at level 1 and the rules on dates refuse them later.
pub type Datum = chrono::NaiveDate;

/// The day on which JW323 took over from JW303: older care is claimed with a JW303 only, care since with a
/// JW323 only (CS100, CS103).
pub const EERSTE_DAG_2021: Datum = match Datum::from_ymd_opt(2021, 1, 1) {
    Some(day) => day,
    None => panic!("no such day"),
};

/// Why a text is not the code it should be. Holds no value: the text may be personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("geen geldige {0}")]
pub struct CodeError(pub &'static str);

/// A code of a fixed number of ASCII characters, kept inline.
macro_rules! fixed_code {
    ($(#[$doc:meta])* $name:ident, $len:literal, $accepts:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name([u8; $len]);

        // Always as long: an array would write its length as well, and maps are asked for codes on every line.
        impl ::std::hash::Hash for $name {
            #[inline]
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                state.write(&self.0);
            }
        }

        impl $name {
            /// Reads the code; `CodeError` when the text has another form.
            pub fn parse(text: &str) -> Result<Self, CodeError> {
                let accepts: fn(&u8) -> bool = $accepts;
                match <[u8; $len]>::try_from(text.as_bytes()) {
                    Ok(bytes) if bytes.iter().all(accepts) => Ok(Self(bytes)),
                    _ => Err($crate::codes::CodeError(stringify!($name))),
                }
            }

            /// The code as it stands in a message.
            #[must_use]
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }
    };
}

/// `Debug`, `Display` and serde as the plain text of the code, for codes that are not personal.
macro_rules! plain_text {
    ($name:ident) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use plain_text;

fixed_code!(
    /// Burgerservicenummer, nine digits. Personal data: `Debug` and `Display` mask it.
    Bsn, 9, u8::is_ascii_digit
);

impl Bsn {
    /// The eleven test of CS002: weights 9 to 2, the last digit counts -1.
    #[must_use]
    pub fn passes_elfproef(&self) -> bool {
        let digit = |i: usize| i32::from(self.0[i] - b'0');
        let sum: i32 = (0..8).map(|i| (9 - i32::try_from(i).unwrap_or(0)) * digit(i)).sum();
        (sum - digit(8)) % 11 == 0
    }

    /// A text of others, as the name of a file, as it may be shown and logged: without what looks like a number of a
    /// person, and without characters that steer a screen.
    #[must_use]
    pub fn mask_in(text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        for run in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
            let digits = run.trim_end_matches(|c: char| !c.is_ascii_digit());
            let is_bsn = Self::parse(digits).is_ok_and(|bsn| bsn.passes_elfproef());
            masked.push_str(if is_bsn { "*********" } else { digits });
            masked.extend(run[digits.len()..].chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }));
        }
        masked
    }
}

impl fmt::Debug for Bsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bsn(*********)")
    }
}

impl fmt::Display for Bsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("*********")
    }
}

fixed_code!(
    /// AGB code of an aanbieder, eight digits.
    AgbCode, 8, u8::is_ascii_digit
);
plain_text!(AgbCode);

fixed_code!(
    /// CBS code of a gemeente, four digits.
    GemeenteCode, 4, u8::is_ascii_digit
);
plain_text!(GemeenteCode);

fixed_code!(
    /// ProductCategorie (JZ020), two digits.
    ProductCategorie, 2, u8::is_ascii_digit
);
plain_text!(ProductCategorie);

fixed_code!(
    /// Retourcode (WJ001), four characters such as `0200` or `S300`.
    Retourcode, 4, u8::is_ascii_alphanumeric
);
plain_text!(Retourcode);

impl Retourcode {
    /// For the codes that our own rules and answers name; panics at compile time when misspelt.
    #[must_use]
    pub const fn of(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        assert!(bytes.len() == 4, "a retourcode has four characters");
        Self([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    /// Bericht is afgekeurd om technische redenen.
    pub const TECHNISCH: Self = Self::of("0001");
    /// Geen opmerking over deze berichtklasse.
    pub const GEEN_OPMERKING: Self = Self::of("0200");
    /// Berichtklasse is niet beoordeeld.
    pub const NIET_BEOORDEELD: Self = Self::of("0233");
    /// Declaratie is volledig toegewezen.
    pub const VOLLEDIG_TOEGEWEZEN: Self = Self::of("8001");
}

/// ProductCode: one to five characters (JZ021 or a list of the gemeente's own), kept inline.
///
/// Five characters can take twenty bytes of UTF-8.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProductCode {
    bytes: [u8; 20],
    len: u8,
}

/// Its first eight bytes: all of nearly every code there is.
impl std::hash::Hash for ProductCode {
    #[inline]
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        if let Some((first, _)) = self.bytes.split_first_chunk::<8>() {
            state.write_u64(u64::from_ne_bytes(*first));
        }
    }
}

impl ProductCode {
    /// Reads the code; `CodeError` when it is empty or longer than five characters.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let error = CodeError("ProductCode");
        let len = u8::try_from(text.len()).map_err(|_| error)?;
        if len == 0 || len > 20 || (len > 5 && text.chars().count() > 5) {
            return Err(error);
        }
        let mut bytes = [0; 20];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len })
    }

    /// The code as it stands in a message.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}
plain_text!(ProductCode);

/// ToewijzingNummer: the key of an assignment, unique per gemeente (TR332). 0 to 999,999,999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ToewijzingNummer(pub u32);

impl ToewijzingNummer {
    /// Stands for the number that a line of a JW303 does not name and that could not be found: beyond what
    /// level 1 allows, so that no assignment has it.
    pub const GEEN: Self = Self(u32::MAX);
}

impl fmt::Display for ToewijzingNummer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An enum whose variants are the codes of a code list.
macro_rules! code_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order of the code list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Reads the code; `CodeError` when it is not in the list.
            pub fn parse(text: &str) -> Result<Self, $crate::codes::CodeError> {
                match text { $($code => Ok(Self::$variant),)+ _ => Err($crate::codes::CodeError(stringify!($name))) }
            }

            /// The code as it stands in a message.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
        $crate::codes::plain_text!($name);
    };
}
pub(crate) use code_enum;

code_enum!(
    /// Unit of volume (WJ756).
    Eenheid {
        Minuut = "01",
        Uur = "04",
        Etmaal = "14",
        Dagdeel = "16",
        /// Before 1 April 2019 only (CS331).
        Week = "21",
        /// Pieces, whatever the time; before 1 April 2019 only (CS331).
        Tijdsonafhankelijk = "81",
        /// Pieces of output.
        StuksOutput = "82",
        /// Eurocents: the volume is an amount.
        Euro = "83",
        /// Pieces of effort.
        StuksInspanning = "84",
    }
);

code_enum!(
    /// How often a volume may be used (WMO757).
    Frequentie {
        PerDag = "1",
        PerWeek = "2",
        /// Releases before 3.0 only.
        PerVierWeken = "3",
        PerMaand = "4",
        /// Releases before 3.0 only.
        PerJaar = "5",
        TotaalBinnenGeldigheidsduur = "6",
    }
);

code_enum!(
    /// Whether an amount is claimed or given back (COD043).
    DebetCredit { Credit = "C", Debet = "D" }
);

code_enum!(
    /// Why an assignment was sent again (JZ002).
    RedenWijziging {
        AdministratieveCorrectieVervallen = "01",
        ClientOverleden = "02",
        Contractwijziging = "03",
        HerbeoordelingVerlenging = "04",
        HerbeoordelingVerkorting = "05",
        UitstroomAnderDomein = "06",
        VerhuizingAndereGemeente = "07",
        WijzigingLeveringsvorm = "08",
        OverstapAndereAanbieder = "09",
        NieuweBekostiging = "10",
        GemeentelijkeHerindeling = "11",
        GeinitieerdDoorAanbieder = "12",
        Verwijderd = "13",
        AdministratieveCorrectie = "14",
    }
);

code_enum!(
    /// What the gemeente says about a request (WJ760).
    VerzoekAntwoord {
        /// Verzoek afgewezen: the request is closed.
        Afgewezen = "1",
        /// Aanvraag in onderzoek: the request stays open.
        InOnderzoek = "2",
    }
);

code_enum!(
    /// Why a request is refused (WJ759).
    RedenAfwijzingVerzoek {
        NieuweAanvraag = "1",
        PastNietBinnenBudget = "2",
        GeenContract = "3",
        PastNietBinnenContract = "4",
        AndereGemeente = "5",
        Stapeling = "6",
        ZorginhoudelijkeAfkeur = "7",
        Woonplaatsbeginsel = "8",
        LeeftijdsgrensBereikt = "9",
    }
);

code_enum!(
    /// Who referred the client (COD327).
    TypeVerwijzer {
        Gemeente = "01",
        Huisarts = "02",
        Jeugdarts = "03",
        GecertificeerdeInstelling = "04",
        MedischSpecialist = "05",
        ZelfverwijzerOfGeen = "06",
        /// Expired with release 2.4.
        Onbekend = "07",
        Justitie = "08",
    }
);

impl TypeVerwijzer {
    /// Whether a certified institution or the court decided on the care: it never waits for money (rulings 8.7).
    #[must_use]
    pub const fn is_institution_or_court(self) -> bool {
        matches!(self, Self::GecertificeerdeInstelling | Self::Justitie)
    }

    /// Whether such a referrer goes by an AGB code rather than by a name (CD066, CD067, CD068).
    #[must_use]
    pub const fn has_code(self) -> bool {
        matches!(
            self,
            Self::Huisarts | Self::Jeugdarts | Self::GecertificeerdeInstelling | Self::MedischSpecialist
        )
    }
}

code_enum!(
    /// First delivery, change or removal of a start or stop (COD467).
    StatusAanlevering { Eerste = "1", Gewijzigd = "2", Verwijderen = "3", Ongewijzigd = "9" }
);

code_enum!(
    /// Yes or no (COD260).
    JaNee { Ja = "1", Nee = "2" }
);

code_enum!(
    /// Which parts of a date are known (COD170).
    DatumGebruik { DagOnbekend = "1", DagEnMaandOnbekend = "2", Onbekend = "3" }
);

/// Whether a postcode is a Dutch one (CS089): four digits, of which the first is no 0, and two letters.
#[must_use]
pub fn is_dutch_postcode(postcode: &str) -> bool {
    match postcode.as_bytes() {
        [b'1'..=b'9', digits @ .., one, two] => {
            let letters = one.is_ascii_alphabetic() && two.is_ascii_alphabetic();
            letters && digits.len() == 3 && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

code_enum!(
    /// Kind of address (COD757).
    AdresSoort { Brp = "01", Correspondentie = "02", Verblijf = "03", Tijdelijk = "04" }
);

code_enum!(
    /// How a name is used (COD700); 6 is an organisation.
    NaamGebruik {
        EigenNaam = "1",
        NaamPartner = "2",
        PartnerDanEigen = "3",
        EigenDanPartner = "4",
        Onbekend = "5",
        NietNatuurlijkPersoon = "6",
    }
);

/// One product: a category, with or without a code. An assignment without product is generic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductSleutel {
    pub categorie: ProductCategorie,
    /// Empty: the whole category (aspecific).
    pub code: Option<ProductCode>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elfproef_holds_for_test_numbers_only() {
        // CS002 and the worked example of the eleven test.
        assert!(Bsn::parse("999900006").unwrap().passes_elfproef());
        assert!(!Bsn::parse("999900007").unwrap().passes_elfproef());
    }

    #[test]
    fn bsn_is_masked() {
        let bsn = Bsn::parse("999900006").unwrap();
        assert!(!format!("{bsn:?} {bsn}").contains('9'));
    }

    #[test]
    fn a_number_of_a_person_is_masked_in_a_text_and_nothing_else_is() {
        for (text, masked) in [
            ("in/0193/999900006.xml", "in/0193/*********.xml"),
            ("999900006", "*********"),
            ("a999900006b999900006", "a*********b*********"),
            ("999900007 9999000061 000000000012-JW302.xml", "999900007 9999000061 000000000012-JW302.xml"),
            ("een\u{1b}[2J\ntwee", "een\u{FFFD}[2J\u{FFFD}twee"),
            ("", ""),
        ] {
            assert_eq!(Bsn::mask_in(text), masked);
        }
    }

    #[test]
    fn product_code_counts_characters_not_bytes() {
        assert!(ProductCode::parse("ééééé").is_ok());
        assert!(ProductCode::parse("éééééé").is_err());
        assert!(ProductCode::parse("").is_err());
    }
}
