//! Statements as they are kept, and how they stand one behind the other.

use crate::bank::{Afschriftnummer, Afschriftstand, Bankafschrift, BekendAfschrift, known_in_order};
use crate::digest::{Digest, hex};
use crate::state::Afschrift;
use crate::store::read::bank_statements;
use crate::store::{Store, StoreError};

/// A statement among the others of its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Afschriftplaats {
    /// Journal number of its input.
    pub journaal: i64,
    pub afschrift: Afschrift,
    /// How it stands behind the one before it.
    pub stand: Afschriftstand,
}

/// All statements, per account in order.
pub async fn statements_in_order(store: &dyn Store) -> Result<Vec<Afschriftplaats>, StoreError> {
    let all = bank_statements(store).await?;
    let known: Vec<BekendAfschrift> = all.iter().map(|(_, afschrift)| as_known(afschrift)).collect();
    let of = |(index, stand): (usize, Afschriftstand)| {
        let (journaal, afschrift) = all[index].clone();
        Afschriftplaats { journaal, afschrift, stand }
    };
    Ok(known_in_order(&known).into_iter().map(of).collect())
}

/// A statement that was taken in, as others are compared with it.
pub(super) fn as_known(afschrift: &Afschrift) -> BekendAfschrift {
    let mut afdruk = Digest::default();
    for (byte, digits) in afdruk.iter_mut().zip(afschrift.afdruk.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    BekendAfschrift {
        rekening: afschrift.rekening,
        identificatie: afschrift.identificatie.clone(),
        nummer: Afschriftnummer { elektronisch: afschrift.elektronisch, wettelijk: afschrift.wettelijk },
        deel: afschrift.deel,
        tot: afschrift.tot,
        opening: afschrift.opening,
        slot: afschrift.slot,
        afdruk,
    }
}

/// A statement as it is kept.
pub(super) fn as_kept(statement: &Bankafschrift) -> Afschrift {
    let BekendAfschrift { rekening, identificatie, nummer, deel, tot, opening, slot, afdruk } =
        statement.known();
    let (elektronisch, wettelijk) = (nummer.elektronisch, nummer.wettelijk);
    Afschrift {
        rekening,
        identificatie,
        elektronisch,
        wettelijk,
        deel,
        tot,
        opening,
        slot,
        afdruk: hex(&afdruk),
    }
}
