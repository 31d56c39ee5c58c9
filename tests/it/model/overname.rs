//! What a previous system decided and paid: it is known, and moves no money of ours.

use super::histories::{AANBIEDERS, BSNS, GEMEENTEN, day};
use super::holds::Geld;
use super::office::{Model, Regel, Versie};
use super::spec::{Bericht, Dag, Declaratie, GEWOON, Inhoud, Omvang, Prestatie, Product, Toewijzing};
use super::write::month_end;
use crate::generator::Dice;

impl Model {
    /// Takes a message over as it was accepted there; what was claimed was granted in full.
    pub fn taken_over(&mut self, bericht: &Bericht) {
        let Bericht { gemeente, aanbieder, identificatie, .. } = bericht;
        match &bericht.inhoud {
            Inhoud::Jw301 { bsn, wie, producten } => {
                self.kinderen.push((gemeente, bsn, *wie));
                let version = |product: &Toewijzing| {
                    Versie::new((gemeente, aanbieder), bsn, identificatie, product.clone())
                };
                self.versies.extend(producten.iter().map(version));
            }
            Inhoud::Jw323(Declaratie { nummer, periode, prestaties, .. }) => {
                self.declaraties.push((gemeente, aanbieder, nummer.clone(), *periode));
                for inhoud in prestaties {
                    self.overgenomen.insert((aanbieder, inhoud.referentie.clone()));
                    self.regels.push(Regel {
                        gemeente,
                        aanbieder,
                        inhoud: inhoud.clone(),
                        toegekend: true,
                        declaratie: nummer.clone(),
                        geld: Geld::Betaalbaar,
                    });
                }
            }
            _ => panic!("nothing else is taken over"),
        }
    }

    /// Whether a previous system paid a line.
    pub fn is_taken_over(&self, line: &Regel) -> bool {
        self.overgenomen.contains(&(line.aanbieder, line.inhoud.referentie.clone()))
    }

    /// What a previous system paid an aanbieder.
    pub fn paid_before(&self, gemeente: &str, aanbieder: &str) -> i64 {
        let own = self.regels.iter().filter(|line| (line.gemeente, line.aanbieder) == (gemeente, aanbieder));
        own.filter(|line| self.is_taken_over(line)).map(|line| line.inhoud.signed()).sum()
    }
}

fn months() -> [Dag; 3] {
    [day(2024, 8, 1), day(2024, 9, 1), day(2024, 10, 1)]
}

/// An archive at random: assignments that ended, each with a claim of its three months.
pub fn archive(seed: u64) -> Vec<Bericht> {
    let mut dice = Dice::new(seed);
    let mut all = Vec::new();
    for nummer in 1..=1 + u32::try_from(dice.below(2)).unwrap() {
        let (gemeente, aanbieder) = (GEMEENTEN[dice.below(2)], AANBIEDERS[dice.below(2)]);
        let bsn = BSNS[dice.below(3)];
        let toewijzing = Toewijzing {
            nummer,
            referentie: None,
            product: Some(Product { categorie: "45", code: Some("45A04") }),
            vastgesteld: (day(2024, 7, 1), "08:00:00".to_owned()),
            ingang: months()[0],
            einde: Some(month_end(months()[2])),
            reden: None,
            omvang: Some(Omvang { volume: 100, eenheid: "04", frequentie: "6" }),
            budget: None,
        };
        let line = |month: Dag| {
            let volume = 1 + i64::try_from(dice.below(20)).unwrap();
            Prestatie {
                bsn,
                referentie: format!("T{nummer}-{}", month.format("%m")),
                vorig: None,
                nummer,
                code: "45A04",
                begin: month,
                eind: month_end(month),
                volume,
                eenheid: "04",
                tarief: Some(8000),
                bedrag: volume * 8000,
                credit: false,
            }
        };
        let declaratie = Declaratie {
            nummer: format!("T{nummer}"),
            periode: months()[2],
            dagtekening: day(2024, 11, 5),
            te_veel: 0,
            prestaties: months().into_iter().map(line).collect(),
        };
        for (soort, dagtekening, inhoud) in [
            ("T", day(2024, 7, 1), Inhoud::Jw301 { bsn, wie: GEWOON, producten: vec![toewijzing] }),
            ("TD", day(2024, 11, 5), Inhoud::Jw323(declaratie)),
        ] {
            let identificatie = format!("{soort}{nummer}");
            all.push(Bericht { gemeente, aanbieder, identificatie, dagtekening, inhoud });
        }
    }
    all
}

/// A credit of a line in an archive, sent on a day.
pub fn credit(archive: &[Bericht], dice: &mut Dice, today: Dag) -> Option<Bericht> {
    let claims = archive.iter().filter_map(|bericht| match &bericht.inhoud {
        Inhoud::Jw323(declaratie) => Some((bericht, declaratie)),
        _ => None,
    });
    let claims: Vec<_> = claims.collect();
    let (bericht, claim) = claims.get(dice.below(claims.len().max(1)))?;
    let debit = &claim.prestaties[dice.below(claim.prestaties.len())];
    let nummer = format!("TC{}", dice.below(1_000_000));
    let line = Prestatie {
        vorig: Some(debit.referentie.clone()),
        referentie: format!("{nummer}-1"),
        credit: true,
        ..debit.clone()
    };
    let periode = today.pred_opt()?.checked_sub_months(chrono::Months::new(1))?;
    let periode = day(chrono::Datelike::year(&periode), chrono::Datelike::month(&periode), 1);
    let (identificatie, dagtekening) = (nummer.clone(), today);
    let declaratie = Declaratie { nummer, periode, dagtekening, te_veel: 0, prestaties: vec![line] };
    let inhoud = Inhoud::Jw323(declaratie);
    Some(Bericht { identificatie, dagtekening, inhoud, ..(*bericht).clone() })
}
