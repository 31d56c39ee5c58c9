//! Why a payment was refused or came back, by the code of the bank, and what that does to the debt.
//!
//! The codes are those of the external code lists of ISO 20022 that a bank uses for euro transfers. A code that is not
//! here is shown with the text beside it, and a person decides.

use super::bestand::Bankreden;
use super::statussen::Naamcontrole;
use Klasse::{
    Begunstigde, Dubbel, EigenFout, Gegevens, Geld, Limiet, Mens, Naam, NietGezegd, Onbekend, Opnieuw,
    Rekening, Terugroep,
};

/// What codes have in common for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Klasse {
    /// The account cannot take the money.
    Rekening,
    /// The account is not of whom we think.
    Naam,
    /// There was not enough money on the paying account.
    Geld,
    /// More than was agreed with the bank.
    Limiet,
    /// Something of the receiver is missing.
    Gegevens,
    /// A matter of banks or of the hour: the same payment may go again.
    Opnieuw,
    /// The receiver, or its bank, sent it back for a reason of its own.
    Begunstigde,
    /// Nobody said why.
    NietGezegd,
    /// We asked for it back, or somebody says so.
    Terugroep,
    /// The bank has seen it before: paying again may be paying twice.
    Dubbel,
    /// A file or a setting of ours is wrong, and so will the next one be.
    EigenFout,
    /// A death, a suspicion, an order of a court: nothing moves by itself.
    Mens,
    /// A code that we do not know, or none.
    Onbekend,
}

impl Klasse {
    pub const ALL: [Self; 13] = [
        Rekening,
        Naam,
        Geld,
        Limiet,
        Gegevens,
        Opnieuw,
        Begunstigde,
        NietGezegd,
        Terugroep,
        Dubbel,
        EigenFout,
        Mens,
        Onbekend,
    ];

    /// What a reason of this class does.
    #[must_use]
    pub const fn gevolg(self) -> Redengevolg {
        let (schuld, iban_op_slot, werk) = match self {
            Rekening | Naam => (Schuldgevolg::Heropenen, true, Werkgevolg::Terugbellen),
            Geld => (Schuldgevolg::Heropenen, false, Werkgevolg::Aanvullen),
            Limiet => (Schuldgevolg::Heropenen, false, Werkgevolg::Bank),
            Gegevens | Begunstigde | NietGezegd => (Schuldgevolg::Heropenen, false, Werkgevolg::Navraag),
            Opnieuw => (Schuldgevolg::Heropenen, false, Werkgevolg::Geen),
            EigenFout => (Schuldgevolg::Heropenen, false, Werkgevolg::Alarm),
            Terugroep | Dubbel | Mens | Onbekend => (Schuldgevolg::NaMens, false, Werkgevolg::Beslissen),
        };
        Redengevolg { schuld, iban_op_slot, werk }
    }
}

/// What becomes of a payment that was refused or came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Redengevolg {
    pub schuld: Schuldgevolg,
    /// Nothing is paid to this account until another person has called back.
    pub iban_op_slot: bool,
    pub werk: Werkgevolg,
}

/// What becomes of the debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Schuldgevolg {
    /// It is open again, and the next run pays it.
    Heropenen,
    /// Nothing until a person has decided.
    NaMens,
}

/// What there is to do for people, from light to heavy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Werkgevolg {
    Geen,
    /// Ask the aanbieder.
    Navraag,
    /// Ask the bank.
    Bank,
    /// Have the gemeente send money.
    Aanvullen,
    /// Call the aanbieder on a number that was known before.
    Terugbellen,
    /// Who runs the installation has to mend something first.
    Alarm,
    /// Decide whether it is owed still.
    Beslissen,
}

/// A code that a bank gives as reason.
#[derive(Debug, PartialEq, Eq)]
pub struct Redencode {
    pub code: &'static str,
    pub klasse: Klasse,
    /// What it means and what to do, in Dutch.
    pub tekst: &'static str,
}

const fn code(code: &'static str, klasse: Klasse, tekst: &'static str) -> Redencode {
    Redencode { code, klasse, tekst }
}

impl Redencode {
    /// Every code that we know, by name.
    pub const ALL: &'static [Self] = &[
        code("AC01", Rekening, "rekeningnummer onjuist: bel de aanbieder terug en herstel de IBAN"),
        code(
            "AC03",
            Rekening,
            "rekening van de ontvanger onjuist: bel de aanbieder terug en herstel de IBAN",
        ),
        code("AC04", Rekening, "rekening opgeheven: bel de aanbieder terug en vraag de nieuwe IBAN"),
        code("AC06", Rekening, "rekening geblokkeerd: vraag de aanbieder wat er is"),
        code(
            "AG01",
            Rekening,
            "op dit soort rekening mag niet worden betaald: vraag de aanbieder een betaalrekening",
        ),
        code("AG02", EigenFout, "dit soort opdracht kan niet bij de bank van de ontvanger: beheerder"),
        code("AM01", EigenFout, "bedrag is nul: beheerder"),
        code("AM02", Limiet, "bedrag boven wat is afgesproken: verhoog de limiet bij de bank"),
        code("AM03", EigenFout, "munt niet verwerkbaar: beheerder"),
        code("AM04", Geld, "saldo ontoereikend: laat de gemeente aanvullen en betaal opnieuw"),
        code(
            "AM05",
            Dubbel,
            "dubbel aangeboden: ga na of het bestand al was ingelezen voordat u opnieuw betaalt",
        ),
        code("AM09", Begunstigde, "bedrag anders dan verwacht: vraag de aanbieder"),
        code("AM10", EigenFout, "de opdrachten zijn niet de controlesom van het bestand: beheerder"),
        code("ARDT", Dubbel, "al eerder teruggestort: zoek de eerdere terugkomst"),
        code(
            "BE01",
            Naam,
            "naam en rekening horen niet bij elkaar: bel de aanbieder terug en herstel de tenaamstelling",
        ),
        code("BE04", Gegevens, "adres van de ontvanger ontbreekt of klopt niet: vul het aan"),
        code("BE05", Begunstigde, "opdrachtgever niet herkend: vraag de aanbieder"),
        code("BE06", Rekening, "klant niet bekend bij de bank van de ontvanger: bel de aanbieder terug"),
        code("CH03", EigenFout, "uitvoeringsdatum te ver vooruit: beheerder"),
        code("CNOR", Opnieuw, "bank van de ontvanger niet bereikbaar: betaal opnieuw"),
        code("CUST", Terugroep, "ingetrokken op verzoek van de opdrachtgever: ga na wie dat vroeg"),
        code("DNOR", EigenFout, "onze bank niet bereikbaar onder deze BIC: herstel de instelling"),
        code("DT01", EigenFout, "datum ongeldig: beheerder"),
        code(
            "DUPL",
            Dubbel,
            "dubbel van een andere betaling: ga na of die is uitgevoerd voordat u opnieuw betaalt",
        ),
        code("ED05", Opnieuw, "verrekening tussen banken mislukt: betaal opnieuw"),
        code("FF01", EigenFout, "bestand onvolledig of ongeldig: beheerder"),
        code("FOCR", Terugroep, "teruggestort na een terugroep: ga na of wij die vroegen"),
        code("FRAD", Mens, "vermoeden van fraude: niets betalen, naar de functionaris"),
        code("LEGL", Mens, "wettelijke reden: niets betalen voordat iemand de bank heeft gesproken"),
        code("MD07", Mens, "rekeninghouder overleden: niets betalen voordat iemand heeft besloten"),
        code("MS02", NietGezegd, "de ontvanger gaf geen reden: vraag de aanbieder"),
        code("MS03", NietGezegd, "de bank gaf geen reden: vraag de aanbieder of de bank"),
        code("NARR", Onbekend, "de reden staat in de tekst van de bank"),
        code("NOAS", Begunstigde, "geen antwoord van de ontvanger: vraag de aanbieder"),
        code("NOOR", Mens, "de bank van de ontvanger kent deze betaling niet: laat de bank het uitzoeken"),
        code("RC01", EigenFout, "BIC heeft de verkeerde vorm: herstel of verwijder de BIC"),
        code("RC07", Opnieuw, "BIC van de ontvanger ongeldig: betaal opnieuw zonder BIC"),
        code("RR01", EigenFout, "gegevens van onze rekening onvoldoende: vul de instelling aan"),
        code("RR02", EigenFout, "onze naam of ons adres onvoldoende: vul de instelling aan"),
        code("RR03", Gegevens, "naam of adres van de ontvanger onvoldoende: vul het aan"),
        code("RR04", Mens, "reden van toezicht: niets betalen voordat iemand de bank heeft gesproken"),
        code("SL01", Limiet, "een dienst van onze bank hield de betaling tegen: vraag de bank"),
        code("TM01", Opnieuw, "na sluitingstijd ontvangen: betaal opnieuw"),
        code(
            "UPAY",
            Begunstigde,
            "de ontvanger zegt dat de betaling niet verschuldigd is: vraag de aanbieder",
        ),
    ];

    /// The code with this name.
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Self> {
        Self::ALL.binary_search_by(|known| known.code.cmp(code)).ok().map(|place| &Self::ALL[place])
    }

    /// The codes that stand in what an operator reads of a reason ([`Bankreden::in_words`]), as it is kept.
    pub fn told_in(reden: &str) -> impl Iterator<Item = &'static Self> {
        reden.split("; ").filter_map(|part| Self::find(part.split_once(": ")?.0))
    }
}

impl Bankreden {
    /// The classes of its codes, without those that we do not know beside one that we do.
    #[must_use]
    pub fn klassen(&self) -> Vec<Klasse> {
        let known = self.codes.iter().filter_map(|code| Redencode::find(code)).map(|known| known.klasse);
        let mut all: Vec<Klasse> = known.collect();
        all.sort_unstable();
        all.dedup();
        if all.is_empty() { vec![Onbekend] } else { all }
    }

    /// What it does: of several reasons the heaviest.
    #[must_use]
    pub fn gevolg(&self) -> Redengevolg {
        let all = self.klassen().into_iter().map(Klasse::gevolg);
        let heaviest = all.reduce(|one, other| Redengevolg {
            schuld: one.schuld.max(other.schuld),
            iban_op_slot: one.iban_op_slot || other.iban_op_slot,
            werk: one.werk.max(other.werk),
        });
        heaviest.unwrap_or(Onbekend.gevolg())
    }

    /// What an operator reads: each code with what it means, or as the bank wrote it.
    #[must_use]
    pub fn in_words(&self) -> String {
        let told = self.codes.iter().map(|code| match Redencode::find(code) {
            Some(known) => format!("{code}: {}", known.tekst),
            None => format!("{code}: onbekende code van de bank"),
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() { "de bank gaf geen code".to_owned() } else { told.join("; ") }
    }
}

/// Whether what is kept of a refusal, a return or a check of a name asks that nothing is paid to the account until somebody
/// called back.
#[must_use]
pub fn asks_for_lock(reden: &str) -> bool {
    reden == Naamcontrole::Anders.in_words()
        || Redencode::told_in(reden).any(|known| known.klasse.gevolg().iban_op_slot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn reden(codes: &[&str]) -> Bankreden {
        Bankreden { codes: codes.iter().map(|code| (*code).to_owned()).collect(), teksten: Vec::new() }
    }

    #[test]
    fn every_code_stands_once_and_in_order() {
        let names: Vec<&str> = Redencode::ALL.iter().map(|known| known.code).collect();
        assert!(names.is_sorted() && names.iter().collect::<BTreeSet<_>>().len() == names.len());
        assert_eq!(names.len(), 44);
        for known in Redencode::ALL {
            assert_eq!(Redencode::find(known.code), Some(known));
            assert!(
                known.code.len() == 4 && known.tekst.len() > 10 && !known.tekst.ends_with('.'),
                "{}",
                known.code
            );
        }
        assert_eq!(Redencode::find("ac01"), None);
    }

    #[test]
    fn every_class_does_one_thing() {
        for klasse in Klasse::ALL {
            let Redengevolg { schuld, iban_op_slot, werk } = klasse.gevolg();
            assert_eq!(iban_op_slot, matches!(klasse, Rekening | Naam), "{klasse:?}");
            // What waits for a person has work for one, and the other way round.
            assert_eq!(schuld == Schuldgevolg::NaMens, werk == Werkgevolg::Beslissen, "{klasse:?}");
            assert_eq!(werk == Werkgevolg::Geen, klasse == Opnieuw, "{klasse:?}");
            assert!(Redencode::ALL.iter().any(|known| known.klasse == klasse), "{klasse:?}");
        }
    }

    #[test]
    fn codes_that_decide_over_money_are_in_their_class() {
        let of = |code: &str| reden(&[code]).gevolg();
        for code in ["AC01", "AC04", "AC06", "AG01", "BE01"] {
            let locked = Redengevolg {
                schuld: Schuldgevolg::Heropenen,
                iban_op_slot: true,
                werk: Werkgevolg::Terugbellen,
            };
            assert_eq!(of(code), locked, "{code}");
        }
        assert_eq!(of("AM04").werk, Werkgevolg::Aanvullen);
        for code in
            ["AM05", "DUPL", "ARDT", "MD07", "RR04", "LEGL", "FRAD", "NARR", "CUST", "FOCR", "XX99", ""]
        {
            assert_eq!(of(code).schuld, Schuldgevolg::NaMens, "{code}");
        }
        for code in ["FF01", "AM10", "RC01", "DT01", "AM01"] {
            assert_eq!(
                (of(code).schuld, of(code).werk),
                (Schuldgevolg::Heropenen, Werkgevolg::Alarm),
                "{code}"
            );
        }
    }

    #[test]
    fn the_heaviest_of_several_reasons_counts_and_nothing_known_is_hidden_by_the_unknown() {
        let both = reden(&["AC04", "AM05"]).gevolg();
        assert_eq!((both.schuld, both.iban_op_slot), (Schuldgevolg::NaMens, true));
        assert_eq!(reden(&["BANK-37", "AM04"]).gevolg(), Geld.gevolg());
        assert_eq!(reden(&[]).gevolg(), Onbekend.gevolg());
        assert_eq!(reden(&["BANK-37"]).klassen(), [Onbekend]);
        assert!(reden(&["AC04", "BANK-37"]).in_words().contains("opgeheven"));
        assert!(reden(&["BANK-37"]).in_words().contains("BANK-37: onbekende code"));
        assert_eq!(reden(&[]).in_words(), "de bank gaf geen code");
    }

    #[test]
    fn the_codes_of_a_reason_are_found_again_in_its_words() {
        for known in Redencode::ALL {
            let told = format!("{}; beslist nog iemand", reden(&["BANK-37", known.code]).in_words());
            assert_eq!(Redencode::told_in(&told).collect::<Vec<_>>(), [known]);
        }
        assert_eq!(Redencode::told_in("de bank gaf geen code").count(), 0);
    }

    #[test]
    fn an_account_or_a_name_that_is_wrong_asks_for_a_lock_and_nothing_else_does() {
        for (codes, locks) in [
            (&["AC04"][..], true),
            (&["AM04"], false),
            (&["AM05", "BE01"], true),
            (&["MS03"], false),
            (&[], false),
        ] {
            assert_eq!(asks_for_lock(&reden(codes).in_words()), locks, "{codes:?}");
        }
        assert!(asks_for_lock(Naamcontrole::Anders.in_words()));
        assert!(!asks_for_lock(Naamcontrole::BijnaGelijk.in_words()));
    }
}
