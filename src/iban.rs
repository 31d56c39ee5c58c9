//! International bank account numbers (ISO 13616).

use crate::codes::plain_text;

/// Longest IBAN that ISO 13616 allows, in characters.
const LONGEST: usize = 34;
/// Shortest IBAN that any country uses, in characters.
const SHORTEST: usize = 15;

/// A bank account of an organisation, upper case and without spaces. Not personal data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iban {
    bytes: [u8; LONGEST],
    len: u8,
}
plain_text!(Iban);

/// Why a text is not an IBAN. Says what to look at and repeats no digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    /// Other characters, other order or another length than ISO 13616 has.
    #[error("geen IBAN: verwacht landcode, twee cijfers en het rekeningnummer, samen 15 tot 34 tekens")]
    Vorm,
    /// Not four letters and ten digits after NL and the check digits.
    #[error("geen Nederlandse IBAN: na NL en het controlegetal horen vier letters en tien cijfers")]
    NederlandseVorm,
    /// The check digits do not fit: most often a typing error.
    #[error("het controlegetal van de IBAN klopt niet: kijk het rekeningnummer na")]
    Controlegetal,
}

impl Iban {
    /// Reads an IBAN; spaces between the groups and lower case are accepted.
    ///
    /// Checks the form, the check digits and the Dutch account form. Lengths of other countries are
    /// left to the bank: that table changes.
    pub fn parse(text: &str) -> Result<Self, IbanError> {
        let mut bytes = [0; LONGEST];
        let mut len = 0;
        for byte in text.trim().bytes().filter(|byte| *byte != b' ') {
            let place = bytes.get_mut(len).ok_or(IbanError::Vorm)?;
            *place = byte.to_ascii_uppercase();
            len += 1;
        }
        let iban = Self { bytes, len: u8::try_from(len).map_err(|_| IbanError::Vorm)? };
        iban.check()?;
        Ok(iban)
    }

    /// The IBAN as machines write it: upper case, no spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.used()).unwrap_or_default()
    }

    fn used(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    fn check(&self) -> Result<(), IbanError> {
        if self.used().len() < SHORTEST {
            return Err(IbanError::Vorm);
        }
        let (country, rest) = self.used().split_at(2);
        let (check_digits, account) = rest.split_at(2);
        let has_form = country.iter().all(u8::is_ascii_uppercase)
            && check_digits.iter().all(u8::is_ascii_digit)
            && account.iter().all(u8::is_ascii_alphanumeric);
        if !has_form {
            return Err(IbanError::Vorm);
        }
        if country == b"NL" && !is_dutch_account(account) {
            return Err(IbanError::NederlandseVorm);
        }
        // Of each 97 check digits in a row one fits; 02 to 98 are in use, the rest are their doubles.
        let in_use = (b"02".as_slice()..=b"98").contains(&check_digits);
        let digits = account.iter().chain(country).chain(check_digits);
        if in_use && digits.fold(0, |rest, byte| remainder_after(rest, *byte)) == 1 {
            Ok(())
        } else {
            Err(IbanError::Controlegetal)
        }
    }
}

/// Four letters of the bank and ten digits of the account.
fn is_dutch_account(account: &[u8]) -> bool {
    account.len() == 14
        && account[..4].iter().all(u8::is_ascii_uppercase)
        && account[4..].iter().all(u8::is_ascii_digit)
}

/// The remainder by 97 of a number, after one more character of it; a letter counts as 10 to 35.
fn remainder_after(rest: u32, character: u8) -> u32 {
    if character.is_ascii_digit() {
        (rest * 10 + u32::from(character - b'0')) % 97
    } else {
        (rest * 100 + u32::from(character - b'A') + 10) % 97
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The remainder by 97 of a decimal text by way of large numbers instead of characters.
    fn remainder_in_groups(decimal: &str) -> u64 {
        decimal.as_bytes().chunks(9).fold(0, |rest, group| {
            format!("{rest}{}", std::str::from_utf8(group).unwrap()).parse::<u64>().unwrap() % 97
        })
    }

    fn with_check_digits(country: &str, account: &str) -> String {
        let decimal: String =
            format!("{account}{country}00").chars().map(|c| c.to_digit(36).unwrap().to_string()).collect();
        format!("{country}{:02}{account}", 98 - remainder_in_groups(&decimal))
    }

    #[test]
    fn accepts_what_is_printed_on_paper() {
        let iban = Iban::parse(" nl13 test 0123 4567 89 ").unwrap();
        assert_eq!(iban.to_string(), "NL13TEST0123456789");
        assert_eq!(Iban::parse(iban.as_str()), Ok(iban));
        assert!(Iban::parse("MT21TEST00000ABCDEFGHIJKLMNOPQR").is_ok());
        assert!(Iban::parse("DE03100000002000000003").is_ok());
    }

    #[test]
    fn says_what_is_wrong() {
        let wrong = |text: &str| Iban::parse(text).unwrap_err();
        assert_eq!(wrong(""), IbanError::Vorm);
        assert_eq!(wrong("NL"), IbanError::Vorm);
        assert_eq!(wrong("NL1ÉTEST0123456789"), IbanError::Vorm);
        assert_eq!(wrong("NL13-TEST-0123456789"), IbanError::Vorm);
        assert_eq!(wrong("DE0312345"), IbanError::Vorm);
        assert_eq!(wrong(&"A".repeat(500)), IbanError::Vorm);
        assert_eq!(wrong("NL13TEST012345678"), IbanError::NederlandseVorm);
        assert_eq!(wrong("NL13TES10123456789"), IbanError::NederlandseVorm);
        assert_eq!(wrong("NL13TEST0123456798"), IbanError::Controlegetal);
    }

    #[test]
    fn the_doubles_of_check_digits_are_refused() {
        // 97 more or less leaves the remainder as it is; only 02 to 98 are given out.
        let low = (0..).find_map(|number| {
            let text = with_check_digits("NL", &format!("TEST{number:010}"));
            text.starts_with("NL02").then_some(text)
        });
        let low = low.unwrap();
        assert!(Iban::parse(&low).is_ok());
        assert_eq!(Iban::parse(&low.replacen("02", "99", 1)), Err(IbanError::Controlegetal));
    }

    #[test]
    fn reads_from_configuration() {
        #[derive(Debug, serde::Deserialize)]
        struct Account {
            iban: Iban,
        }
        let read = toml::from_str::<Account>("iban = 'NL13 TEST 0123 4567 89'").unwrap();
        assert_eq!(read.iban.as_str(), "NL13TEST0123456789");
        let error = toml::from_str::<Account>("iban = 'NL14TEST0123456789'").unwrap_err();
        assert!(error.to_string().contains("controlegetal"));
    }

    proptest! {
        #[test]
        fn every_account_has_one_pair_of_check_digits(account in "[A-Z]{4}[0-9]{10}") {
            let right = with_check_digits("NL", &account);
            let fitting: Vec<String> = (0..100)
                .map(|check| format!("NL{check:02}{account}"))
                .filter(|text| Iban::parse(text).is_ok())
                .collect();
            prop_assert_eq!(fitting, vec![right]);
        }

        #[test]
        fn one_wrong_digit_or_two_in_the_wrong_order_show(account in "TEST[0-9]{10}", at in 8_usize..17) {
            let right = with_check_digits("NL", &account);
            let mut swapped = right.clone().into_bytes();
            swapped.swap(at, at + 1);
            let mut changed = right.clone().into_bytes();
            changed[at] = if changed[at] == b'9' { b'0' } else { changed[at] + 1 };
            prop_assert!(Iban::parse(&String::from_utf8(changed).unwrap()).is_err());
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert!(swapped == right || Iban::parse(&swapped).is_err());
        }

        #[test]
        fn no_text_makes_it_fail(text in ".{0,60}") {
            let _ = Iban::parse(&text);
        }
    }
}
