//! Facts read from rows: the columns in this order.

use crate::codes::{Bsn, DebetCredit, GemeenteCode, ProductCode, ProductSleutel, ToewijzingNummer};
use crate::messages::Relatie;
use crate::money::Cents;
use crate::state::{
    Besteding, DebetSleutel, Einde, GeboektePrestatie, LeveringSleutel, Melding, Ontvangst, ToegewezenOmvang,
    Toewijzing, Verzoek, VerzoekSoort, VerzoekStatus, Verzonden,
};
use crate::store::StoreError;
use crate::store::cells::Fields;
use crate::store::convert::{
    Labelled, antwoorden_from_text, toewijzing_parts, versies_from_text, vorige_from_text,
};

type Result<T> = std::result::Result<T, StoreError>;

fn read_sleutel<F: Fields>(fields: &mut F) -> Result<(GemeenteCode, ToewijzingNummer)> {
    toewijzing_parts(fields.integer()?).ok_or_else(|| fields.corrupt())
}

fn read_code<F: Fields>(fields: &mut F) -> Result<Option<ProductCode>> {
    let corrupt = fields.corrupt();
    fields.text_or_null()?.map(ProductCode::parse).transpose().map_err(|_| corrupt)
}

fn read_product<F: Fields>(fields: &mut F) -> Result<Option<ProductSleutel>> {
    let (categorie, code) = (fields.code_or_null()?, read_code(fields)?);
    Ok(categorie.map(|categorie| ProductSleutel { categorie, code }))
}

fn read_omvang<F: Fields>(fields: &mut F) -> Result<Option<ToegewezenOmvang>> {
    let (volume, eenheid, frequentie) =
        (fields.integer_or_null()?, fields.code_or_null()?, fields.code_or_null()?);
    Ok(match (volume, eenheid, frequentie) {
        (Some(volume), Some(eenheid), Some(frequentie)) => {
            Some(ToegewezenOmvang { volume, eenheid, frequentie })
        }
        _ => None,
    })
}

/// An assignment with what was spent on it: sleutel, aanbieder, bsn, categorie, code, toewijzingsdatum,
/// toewijzingstijd, ingangsdatum, einddatum, reden_wijziging, volume, eenheid, frequentie, budget,
/// referentie_aanbieder, commentaar, journaal, ontvangst, vorige, verwijzer, vrijgegeven, volume and bedrag
/// spent.
pub fn read_toewijzing<F: Fields>(mut fields: F) -> Result<Toewijzing> {
    let (gemeente, nummer) = read_sleutel(&mut fields)?;
    Ok(Toewijzing {
        gemeente,
        nummer,
        aanbieder: fields.code()?,
        bsn: fields.code()?,
        product: read_product(&mut fields)?,
        toewijzingsdatum: fields.date()?,
        toewijzingstijd: fields.text()?.into(),
        ingangsdatum: fields.date()?,
        einddatum: fields.date_or_null()?,
        reden_wijziging: fields.code_or_null()?,
        omvang: read_omvang(&mut fields)?,
        budget: fields.integer_or_null()?.map(Cents),
        referentie_aanbieder: fields.text_or_null()?.map(Into::into),
        commentaar: fields.text_or_null()?.map(Into::into),
        bericht: fields.integer()?,
        ontvangst: Ontvangst::from_label(fields.text()?, "toewijzing")?,
        vorige: fields.text_or_null()?.map(vorige_from_text).transpose()?.unwrap_or_default(),
        verwijzer: fields.code_or_null()?,
        vrijgegeven: fields.flag_or_null()?,
        besteed: Besteding { volume: fields.integer()?, bedrag: Cents(fields.integer()?) },
    })
}

/// A request: aanbieder, referentie, gemeente, bsn, soort, journaal, dagtekening, ontvangen, status, verwijzer.
pub fn read_verzoek<F: Fields>(fields: &mut F) -> Result<Verzoek> {
    Ok(Verzoek {
        aanbieder: fields.code()?,
        referentie: fields.text()?.into(),
        gemeente: fields.code()?,
        bsn: fields.code()?,
        soort: VerzoekSoort::from_label(fields.text()?, "verzoek")?,
        bericht: fields.integer()?,
        dagtekening: fields.date()?,
        ontvangen: fields.date()?,
        status: VerzoekStatus::from_label(fields.text()?, "verzoek")?,
        verwijzer: fields.code_or_null()?,
    })
}

/// A sent message: soort, gemeente, aanbieder, identificatie, toewijzingen, verzoeken, aanvaard.
pub fn read_verzonden<F: Fields>(mut fields: F) -> Result<Verzonden> {
    let soort = fields.code()?;
    let relatie = Relatie { gemeente: fields.code()?, aanbieder: fields.code()? };
    let identificatie = fields.text()?.into();
    let toewijzingen = versies_from_text(fields.text()?)?;
    let verzoeken = antwoorden_from_text(fields.text()?)?;
    Ok(Verzonden { soort, relatie, identificatie, toewijzingen, verzoeken, aanvaard: fields.flag_or_null()? })
}

/// A start or stop with the journal number of its message: gemeente, aanbieder, bsn, toewijzing, categorie,
/// code, begin, eind, reden, journaal.
pub fn read_levering<F: Fields>(mut fields: F) -> Result<((Relatie, Bsn), Melding, i64)> {
    let relatie = Relatie { gemeente: fields.code()?, aanbieder: fields.code()? };
    let bsn: Bsn = fields.code()?;
    let number = fields.integer_or_null()?.map(u32::try_from).transpose();
    let toewijzing = number.map_err(|_| fields.corrupt())?.map(ToewijzingNummer);
    let product = read_product(&mut fields)?;
    let levering = LeveringSleutel { toewijzing, product, begin: fields.date()? };
    let einddatum = fields.date_or_null()?;
    let einde = match (einddatum, fields.text_or_null()?) {
        (Some(einddatum), Some(reden)) => Some(Einde { einddatum, reden: reden.into() }),
        _ => None,
    };
    Ok(((relatie, bsn), Melding { levering, einde }, fields.integer()?))
}

/// A line of a claim: aanbieder, referentie, vorig_referentie, toewijzing, bsn, categorie, code, begin,
/// eind, volume, eenheid, tarief, bedrag, debet, toegekend, gecrediteerd, vastgehouden.
pub fn read_prestatie<F: Fields>(mut fields: F) -> Result<GeboektePrestatie> {
    let aanbieder = fields.code()?;
    let referentie = fields.text()?.into();
    let vorig_referentie = fields.text_or_null()?.map(Into::into);
    let (gemeente, toewijzing) = read_sleutel(&mut fields)?;
    Ok(GeboektePrestatie {
        relatie: Relatie { gemeente, aanbieder },
        referentie,
        vorig_referentie,
        toewijzing,
        bsn: fields.code()?,
        categorie: fields.code()?,
        code: fields.parse(ProductCode::parse)?,
        begin: fields.date()?,
        eind: fields.date()?,
        volume: fields.integer()?,
        eenheid: fields.code()?,
        tarief: fields.integer_or_null()?.map(Cents),
        bedrag: Cents(fields.integer()?),
        debet_credit: if fields.flag()? { DebetCredit::Debet } else { DebetCredit::Credit },
        toegekend: fields.flag()?,
        gecrediteerd: fields.flag()?,
        vastgehouden: fields.flag()?,
    })
}

/// An open debit: toewijzing, begin, eind, categorie, code.
pub fn read_debet<F: Fields>(mut fields: F) -> Result<DebetSleutel> {
    let (gemeente, toewijzing) = read_sleutel(&mut fields)?;
    Ok(DebetSleutel {
        gemeente,
        toewijzing,
        begin: fields.date()?,
        eind: fields.date()?,
        categorie: fields.code()?,
        code: fields.parse(ProductCode::parse)?,
    })
}
