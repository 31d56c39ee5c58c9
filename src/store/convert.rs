//! Values of the domain as a database has them: codes of digits as integers, an assignment's key and its earlier
//! versions; in SQLite dates and moments as integers too.

use crate::clock::Moment;
use crate::codes::{
    AgbCode, Bsn, Datum, Eenheid, Frequentie, GemeenteCode, ProductCategorie, RedenWijziging,
    ToewijzingNummer, TypeVerwijzer,
};
use crate::messages::BerichtSoort;
use crate::money::Cents;
use crate::state::{
    FactKeys, Ontvangst, Reeks, ToegewezenOmvang, VerzoekSoort, VerzoekStatus, VerzondenAntwoord,
    VerzondenVersie, VorigeVersie, WorkingSet,
};
use crate::store::StoreError;
use chrono::{DateTime, Datelike, NaiveDate};
use serde_json::{Value, json};

/// 1970-01-01 in days since the first of January of year 1.
const EPOCH_DAYS: i64 = 719_163;

/// Numbers of one gemeente are below this.
const NUMMERS_PER_GEMEENTE: i64 = 1_000_000_000;

/// The number that digits spell.
pub fn digits(text: &str) -> i64 {
    text.bytes().fold(0, |number, digit| number * 10 + i64::from(digit.wrapping_sub(b'0')))
}

/// Writes a number with exactly this many digits and reads it as a code.
fn code<const LENGTH: usize, T, E>(number: i64, parse: impl Fn(&str) -> Result<T, E>) -> Option<T> {
    let mut text = [b'0'; LENGTH];
    let mut rest = u64::try_from(number).ok()?;
    for digit in text.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).ok()?;
        rest /= 10;
    }
    if rest > 0 {
        return None;
    }
    parse(std::str::from_utf8(&text).ok()?).ok()
}

/// A code that is kept as an integer.
pub trait Coded: Sized {
    /// As kept.
    fn to_integer(self) -> i64;
    /// As read back; `None` when it is not such a code.
    fn from_integer(number: i64) -> Option<Self>;
}

macro_rules! coded {
    ($($name:ident: $length:literal),+) => { $(
        impl Coded for $name {
            fn to_integer(self) -> i64 {
                digits(self.as_str())
            }
            fn from_integer(number: i64) -> Option<Self> {
                code::<$length, _, _>(number, $name::parse)
            }
        }
    )+ };
}
coded!(AgbCode: 8, Bsn: 9, GemeenteCode: 4, ProductCategorie: 2, Eenheid: 2, Frequentie: 1, RedenWijziging: 2, BerichtSoort: 3, TypeVerwijzer: 2);

impl Coded for Datum {
    fn to_integer(self) -> i64 {
        i64::from(self.num_days_from_ce()) - EPOCH_DAYS
    }

    fn from_integer(number: i64) -> Option<Self> {
        NaiveDate::from_num_days_from_ce_opt(i32::try_from(number + EPOCH_DAYS).ok()?)
    }
}

impl Coded for Moment {
    fn to_integer(self) -> i64 {
        self.and_utc().timestamp()
    }

    fn from_integer(number: i64) -> Option<Self> {
        DateTime::from_timestamp(number, 0).map(|moment| moment.naive_utc())
    }
}

/// The key of an assignment as one integer.
pub fn toewijzing_key(gemeente: GemeenteCode, nummer: ToewijzingNummer) -> i64 {
    gemeente.to_integer() * NUMMERS_PER_GEMEENTE + i64::from(nummer.0)
}

/// First and last key of the assignments whose numbers must not be handed out, per gemeente.
pub fn bezette_sleutels(keys: &FactKeys, known: &WorkingSet) -> (Vec<i64>, Vec<i64>) {
    let of = |(gemeente, van): (&GemeenteCode, &ToewijzingNummer)| {
        let next = known.nummers.get(&(*gemeente, Reeks::ToewijzingNummer)).copied().unwrap_or(0);
        let first =
            toewijzing_key(*gemeente, *van).max(toewijzing_key(*gemeente, ToewijzingNummer(0)) + next);
        (first, toewijzing_key(*gemeente, ToewijzingNummer(0)) + NUMMERS_PER_GEMEENTE - 1)
    };
    keys.bezette_nummers.iter().map(of).unzip()
}

/// Gemeente and number of an assignment key.
pub fn toewijzing_parts(key: i64) -> Option<(GemeenteCode, ToewijzingNummer)> {
    let gemeente = GemeenteCode::from_integer(key / NUMMERS_PER_GEMEENTE)?;
    Some((gemeente, ToewijzingNummer(u32::try_from(key % NUMMERS_PER_GEMEENTE).ok()?)))
}

/// Stands behind a version that the aanbieder rejected.
const AFGEWEZEN: &str = " afgewezen";

/// Earlier versions of an assignment with `;` between, of each its seven values with spaces between, `-` for
/// what is absent, its moment, and that it was rejected; none is NULL.
pub fn vorige_text(vorige: &[VorigeVersie]) -> Option<String> {
    let texts: Vec<String> = vorige.iter().map(versie_text).collect();
    (!texts.is_empty()).then(|| texts.join(";"))
}

fn versie_text(vorige: &VorigeVersie) -> String {
    let VorigeVersie { bericht, moment, einddatum, reden_wijziging, omvang, budget, afgewezen } = vorige;
    let values = [
        einddatum.map(Coded::to_integer),
        reden_wijziging.map(Coded::to_integer),
        omvang.map(|omvang| omvang.volume),
        omvang.map(|omvang| omvang.eenheid.to_integer()),
        omvang.map(|omvang| omvang.frequentie.to_integer()),
        budget.map(|budget| budget.0),
        Some(*bericht),
    ];
    let texts = values.map(|value| value.map_or_else(|| "-".to_owned(), |value| value.to_string()));
    let mut text = texts.join(" ");
    if let Some((datum, tijd)) = moment {
        text.extend([" ", &datum.to_integer().to_string(), " ", tijd]);
    }
    text.push_str(if *afgewezen { AFGEWEZEN } else { "" });
    text
}

/// Earlier versions of an assignment as [`vorige_text`] wrote them.
pub fn vorige_from_text(text: &str) -> Result<Vec<VorigeVersie>, StoreError> {
    text.split(';').map(versie_from_text).collect()
}

fn versie_from_text(text: &str) -> Result<VorigeVersie, StoreError> {
    const TABLE: &str = "toewijzing";
    let corrupt = || StoreError::corrupt(TABLE);
    let value = |text: &&str| (*text != "-").then(|| text.parse().map_err(|_| corrupt())).transpose();
    let (text, afgewezen) = text.strip_suffix(AFGEWEZEN).map_or((text, false), |text| (text, true));
    let texts: Vec<&str> = text.split(' ').collect();
    // One that was written before the moment was kept with it has none.
    let (values, moment) = match texts.as_slice() {
        [values @ .., datum, tijd] if values.len() == 7 => {
            (values, read_option(value(datum)?, TABLE)?.zip(Some((*tijd).into())))
        }
        values => (values, None),
    };
    let mut values = values.iter().map(value).collect::<Result<Vec<Option<i64>>, StoreError>>()?;
    // Written before the message was kept with it.
    if values.len() == 6 {
        values.push(Some(0));
    }
    let Ok([einddatum, reden, volume, eenheid, frequentie, budget, Some(bericht)]) =
        <[_; 7]>::try_from(values)
    else {
        return Err(corrupt());
    };
    let omvang = match (volume, eenheid, frequentie) {
        (Some(volume), Some(eenheid), Some(frequentie)) => Some(ToegewezenOmvang {
            volume,
            eenheid: read(eenheid, TABLE)?,
            frequentie: read(frequentie, TABLE)?,
        }),
        _ => None,
    };
    Ok(VorigeVersie {
        bericht,
        moment,
        einddatum: read_option(einddatum, TABLE)?,
        reden_wijziging: read_option(reden, TABLE)?,
        omvang,
        budget: budget.map(Cents),
        afgewezen,
    })
}

/// The versions that a message carried: `number:journal` with spaces between.
pub fn versies_text(versies: &[VerzondenVersie]) -> String {
    let text = |versie: &VerzondenVersie| match versie.bericht {
        Some(bericht) => format!("{}:{bericht}", versie.nummer),
        None => versie.nummer.to_string(),
    };
    versies.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// The versions as [`versies_text`] wrote them, or as numbers alone.
pub fn versies_from_text(text: &str) -> Result<Vec<VerzondenVersie>, StoreError> {
    let corrupt = |_| StoreError::corrupt("verzonden");
    let versie = |text: &str| {
        let (nummer, bericht) = text.split_once(':').map_or((text, None), |(one, two)| (one, Some(two)));
        Ok(VerzondenVersie {
            nummer: ToewijzingNummer(nummer.parse().map_err(corrupt)?),
            bericht: bericht.map(str::parse).transpose().map_err(corrupt)?,
        })
    };
    text.split_ascii_whitespace().map(versie).collect()
}

/// The requests that a message answered, as JSON: reference, where it stood, where it stands.
pub fn antwoorden_text(antwoorden: &[VerzondenAntwoord]) -> String {
    let row = |antwoord: &VerzondenAntwoord| {
        json!([antwoord.referentie, antwoord.eerder.label(), antwoord.nu.label()])
    };
    Value::Array(antwoorden.iter().map(row).collect()).to_string()
}

/// The requests as [`antwoorden_text`] wrote them.
pub fn antwoorden_from_text(text: &str) -> Result<Vec<VerzondenAntwoord>, StoreError> {
    const TABLE: &str = "verzonden";
    let rows: Vec<(Box<str>, String, String)> =
        serde_json::from_str(text).map_err(|_| StoreError::corrupt(TABLE))?;
    let antwoord = |(referentie, eerder, nu): (Box<str>, String, String)| {
        Ok(VerzondenAntwoord {
            referentie,
            eerder: VerzoekStatus::from_label(&eerder, TABLE)?,
            nu: VerzoekStatus::from_label(&nu, TABLE)?,
        })
    };
    rows.into_iter().map(antwoord).collect()
}

/// Something read back that must be there.
pub fn read<T: Coded>(number: i64, table: &'static str) -> Result<T, StoreError> {
    T::from_integer(number).ok_or(StoreError::corrupt(table))
}

/// Something read back that may be absent.
fn read_option<T: Coded>(number: Option<i64>, table: &'static str) -> Result<Option<T>, StoreError> {
    number.map(|number| read(number, table)).transpose()
}

/// A label that is kept as text.
pub trait Labelled: Sized + Copy + PartialEq + 'static {
    /// Every value with its label.
    const LABELS: &'static [(Self, &'static str)];

    /// As kept.
    fn label(self) -> &'static str {
        Self::LABELS.iter().find(|(value, _)| *value == self).map_or("", |(_, label)| label)
    }

    /// As read back.
    fn from_label(text: &str, table: &'static str) -> Result<Self, StoreError> {
        let found = Self::LABELS.iter().find(|(_, label)| *label == text);
        found.map(|(value, _)| *value).ok_or(StoreError::corrupt(table))
    }
}

impl Labelled for Ontvangst {
    const LABELS: &'static [(Self, &'static str)] = &[
        (Self::Verzonden, "verzonden"),
        (Self::Vastgehouden, "vastgehouden"),
        (Self::Afgewezen, "afgewezen"),
    ];
}

impl Labelled for VerzoekSoort {
    const LABELS: &'static [(Self, &'static str)] =
        &[(Self::Toewijzing, "toewijzing"), (Self::Wijziging, "wijziging")];
}

impl Labelled for VerzoekStatus {
    const LABELS: &'static [(Self, &'static str)] = &[
        (Self::Open, "open"),
        (Self::InOnderzoek, "in-onderzoek"),
        (Self::Gehonoreerd, "gehonoreerd"),
        (Self::Afgewezen, "afgewezen"),
    ];
}

impl Labelled for crate::decide::Requests {
    const LABELS: &'static [(Self, &'static str)] =
        &[(Self::Automatic, "automatic"), (Self::Manual, "manual")];
}

impl Labelled for crate::decide::Verdict {
    const LABELS: &'static [(Self, &'static str)] = &[
        (Self::Accepted, "accepted"),
        (Self::Partial, "partial"),
        (Self::Rejected, "rejected"),
        (Self::Parked, "parked"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_leading_zeros() {
        let gemeente = GemeenteCode::parse("0193").unwrap();
        assert_eq!(gemeente.to_integer(), 193);
        assert_eq!(GemeenteCode::from_integer(193), Some(gemeente));
        assert_eq!(GemeenteCode::from_integer(12_345), None);
        assert_eq!(GemeenteCode::from_integer(-1), None);
        let key = toewijzing_key(gemeente, ToewijzingNummer(7));
        assert_eq!(key, 193_000_000_007);
        assert_eq!(toewijzing_parts(key), Some((gemeente, ToewijzingNummer(7))));
    }

    #[test]
    fn an_earlier_version_reads_back_as_it_was() {
        let omvang = ToegewezenOmvang {
            volume: 10,
            eenheid: Eenheid::Uur,
            frequentie: Frequentie::TotaalBinnenGeldigheidsduur,
        };
        let full = VorigeVersie {
            bericht: 12,
            moment: NaiveDate::from_ymd_opt(2025, 1, 2).map(|datum| (datum, "10:00:00.5".into())),
            einddatum: NaiveDate::from_ymd_opt(2025, 12, 31),
            reden_wijziging: Some(RedenWijziging::GeinitieerdDoorAanbieder),
            omvang: Some(omvang),
            budget: None,
            afgewezen: false,
        };
        let open = VorigeVersie {
            bericht: 0,
            moment: None,
            einddatum: None,
            reden_wijziging: None,
            omvang: None,
            budget: Some(Cents(-1)),
            afgewezen: false,
        };
        let [no, neither] = [&full, &open].map(|one| VorigeVersie { afgewezen: true, ..one.clone() });
        for vorige in [vec![full.clone()], vec![open.clone()], vec![full, open.clone()], vec![no, neither]] {
            assert_eq!(vorige_from_text(&vorige_text(&vorige).unwrap()).unwrap(), vorige);
        }
        assert_eq!(vorige_text(&[]), None);
        assert_eq!(vorige_from_text("- - - - - -1").unwrap(), [open], "as it was written before step 8");
        for wrong in ["- - -", "- - x - - -", "- - - - - - -", "- - - - - - 1;", "- - - - - - 1 x 10:00:00"] {
            assert!(vorige_from_text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_message_carried_and_answered_reads_back_as_it_was() {
        let versie = |nummer, bericht| VerzondenVersie { nummer: ToewijzingNummer(nummer), bericht };
        let versies = [versie(1, Some(7)), versie(20, None)];
        assert_eq!(versies_from_text(&versies_text(&versies)).unwrap(), versies);
        assert_eq!(versies_from_text("1 20").unwrap(), [versie(1, None), versie(20, None)], "before step 8");
        assert!(versies_from_text("1:x").is_err());
        let antwoord = VerzondenAntwoord {
            referentie: "R \"1\"".into(),
            eerder: VerzoekStatus::InOnderzoek,
            nu: VerzoekStatus::Afgewezen,
        };
        let antwoorden = std::slice::from_ref(&antwoord);
        assert_eq!(antwoorden_from_text(&antwoorden_text(antwoorden)).unwrap(), antwoorden);
        assert_eq!(antwoorden_from_text("[]").unwrap(), []);
        assert!(antwoorden_from_text("[[\"R\",\"open\",\"half\"]]").is_err());
    }

    #[test]
    fn dates_are_days_since_1970() {
        let date = NaiveDate::from_ymd_opt(1970, 1, 2).unwrap();
        assert_eq!(date.to_integer(), 1);
        for date in [date, NaiveDate::MIN, NaiveDate::MAX] {
            assert_eq!(Datum::from_integer(date.to_integer()), Some(date));
        }
    }
}
