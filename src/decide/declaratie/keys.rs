//! Keys of the facts that a claim needs.

use super::beyond;
use super::spending::counting;
use crate::codes::{DebetCredit, EERSTE_DAG_2021, ToewijzingNummer};
use crate::contracts::Register;
use crate::decide::plausible;
use crate::messages::Relatie;
use crate::messages::jw323::Jw323;
use crate::state::{DebetSleutel, FactKeys};

/// Adds the facts that deciding a claim needs.
pub(in crate::decide) fn keys(bericht: &Jw323<'_>, register: &Register, keys: &mut FactKeys) {
    let relatie = bericht.header.relatie();
    let Relatie { gemeente, aanbieder } = relatie;
    let declaratie = &bericht.declaratie;
    keys.declaratie_nummers.insert((aanbieder, declaratie.declaratie_nummer.into()));
    keys.laatste_perioden.insert(relatie);
    keys.clienten.extend(beyond::births_asked(bericht, register));
    let compared = (register.has_fixed_prices(), plausible::holds(register));
    for client in &declaratie.clienten {
        keys.bekende_clienten.push((gemeente, client.bsn));
        for prestatie in &client.prestaties {
            let (begin, eind) = (prestatie.product_periode.begindatum, prestatie.product_periode.einddatum);
            let references = &prestatie.product_referentie;
            let references = [Some(references.referentie_nummer), references.vorig_referentie_nummer];
            keys.prestaties.extend(references.into_iter().flatten().map(|text| (aanbieder, text.into())));
            if prestatie.toewijzing_nummer != ToewijzingNummer::GEEN {
                keys.toewijzingen.push((gemeente, prestatie.toewijzing_nummer));
            }
            // No rule asks for debits that are open before 2021.
            let debet = prestatie.ingediend_bedrag.debet_credit == DebetCredit::Debet;
            if debet && begin >= EERSTE_DAG_2021 {
                keys.debets.push(DebetSleutel {
                    gemeente,
                    toewijzing: prestatie.toewijzing_nummer,
                    begin,
                    eind,
                    categorie: prestatie.product_categorie,
                    code: prestatie.product_code,
                });
            }
            beyond::keys(relatie, client.bsn, prestatie, register, compared, keys);
            for limit in counting(register, relatie, client.bsn, prestatie) {
                if limit.can_hold() && !keys.budgetten.contains(limit.id()) {
                    keys.budgetten.insert(limit.id().into());
                }
            }
        }
    }
}
