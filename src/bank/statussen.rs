//! What a bank says it will do with a file, a block or a transfer (pain.002), and what we do about it.
//!
//! Nothing here books money that left: only a statement does. A refusal opens the debt again, by its reason.

use super::bestand::{Poststatus, Statusmelding};

/// A status of a file, block or transfer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Betaalstatus {
    Rcvd,
    Actc,
    Accp,
    Acsp,
    Acsc,
    Accc,
    Acwc,
    Part,
    Pdng,
    Rjct,
    Canc,
    Rcvc,
    Rvcm,
    Rvnc,
    Rvmc,
    Rvnm,
    Rvna,
    /// One that we do not know, as the bank wrote it: shown, never refused.
    Anders(String),
}

/// What a status asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statusgevolg {
    /// All goes as it should.
    Niets,
    /// The bank has not decided yet; somebody is told when that takes long.
    Wachten,
    /// It differs per transfer, so those are looked at.
    PerBetaling,
    /// The bank will change something: a person looks at it.
    Bekijken,
    /// It will not be paid: what becomes of the debt follows from the reason.
    NietBetaald,
    /// What the bank knows of the name of the holder.
    Naam(Naamcontrole),
    /// We do not know this status: a person reads it.
    Onbekend,
}

/// Outcome of the check of the payee's name, before signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Naamcontrole {
    Klopt,
    /// Nearly: the bank tells the name it has, and a person takes it over or not.
    BijnaGelijk,
    /// Another name: nothing goes to this account until somebody called back.
    Anders,
    /// It could not be checked. Payment may go on.
    NietMogelijk,
    NogBezig,
    /// Of a file: some differ, so it is not signed before each was looked at.
    Afwijkingen,
}

const KNOWN: [(&str, Betaalstatus, Statusgevolg, &str); 17] = {
    use Betaalstatus::{
        Accc, Accp, Acsc, Acsp, Actc, Acwc, Canc, Part, Pdng, Rcvc, Rcvd, Rjct, Rvcm, Rvmc, Rvna, Rvnc, Rvnm,
    };
    use Statusgevolg::{Bekijken, Naam, NietBetaald, Niets, PerBetaling, Wachten};
    [
        ("ACCC", Accc, Niets, "bijgeschreven bij de ontvanger"),
        ("ACCP", Accp, Niets, "aangenomen, ook bij onze bank bekend"),
        ("ACSC", Acsc, Niets, "uitgevoerd; het afschrift boekt"),
        ("ACSP", Acsp, Niets, "aangenomen om uit te voeren"),
        ("ACTC", Actc, Niets, "vorm in orde"),
        ("ACWC", Acwc, Bekijken, "aangenomen met een wijziging: kijk welke"),
        ("CANC", Canc, NietBetaald, "ingetrokken"),
        ("PART", Part, PerBetaling, "deels aangenomen"),
        ("PDNG", Pdng, Wachten, "nog in behandeling"),
        ("RCVC", Rcvc, Naam(Naamcontrole::Klopt), "naam en rekening horen bij elkaar"),
        ("RCVD", Rcvd, Niets, "ontvangen"),
        ("RJCT", Rjct, NietBetaald, "afgewezen"),
        (
            "RVCM",
            Rvcm,
            Naam(Naamcontrole::Afwijkingen),
            "namen wijken af: teken het bestand niet voordat u ze hebt bekeken",
        ),
        (
            "RVMC",
            Rvmc,
            Naam(Naamcontrole::BijnaGelijk),
            "naam wijkt een beetje af: neem de naam van de bank over, of niet",
        ),
        ("RVNA", Rvna, Naam(Naamcontrole::NietMogelijk), "naam kon niet worden gecontroleerd"),
        ("RVNC", Rvnc, Naam(Naamcontrole::NogBezig), "controle van namen is nog bezig"),
        ("RVNM", Rvnm, Naam(Naamcontrole::Anders), "naam hoort niet bij de rekening: bel de aanbieder terug"),
    ]
};

impl Naamcontrole {
    /// What an operator reads of it, of a transfer or a file.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Klopt => "naam en rekening horen bij elkaar",
            Self::Afwijkingen => "namen wijken af: teken deze betaalrun niet voor dat is nagegaan",
            Self::BijnaGelijk => {
                "de naam wijkt iets af: neem de naam van de bank over in het contract, of niet"
            }
            Self::Anders => "de naam hoort niet bij de rekening: bel de aanbieder terug op een bekend nummer",
            Self::NietMogelijk => "de naam kon niet worden gecontroleerd",
            Self::NogBezig => "de controle van de naam is nog bezig",
        }
    }
}

impl Betaalstatus {
    /// The status with this code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        let known = KNOWN.iter().find(|(name, ..)| *name == code);
        known.map_or_else(|| Self::Anders(code.to_owned()), |(_, status, ..)| status.clone())
    }

    /// As the bank writes it.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Anders(code) => code,
            known => known.row().map_or("", |(code, ..)| code),
        }
    }

    #[must_use]
    pub fn gevolg(&self) -> Statusgevolg {
        self.row().map_or(Statusgevolg::Onbekend, |(_, _, gevolg, _)| *gevolg)
    }

    /// What an operator reads.
    #[must_use]
    pub fn in_words(&self) -> &'static str {
        self.row().map_or("onbekende status van de bank", |(_, _, _, text)| text)
    }

    fn row(&self) -> Option<&'static (&'static str, Self, Statusgevolg, &'static str)> {
        KNOWN.iter().find(|(_, status, ..)| status == self)
    }
}

impl Statusmelding {
    /// What it says, when it says something.
    #[must_use]
    pub fn status(&self) -> Option<Betaalstatus> {
        self.code.as_deref().map(Betaalstatus::of)
    }
}

impl Poststatus {
    /// Whether a post with this status moves money.
    #[must_use]
    pub const fn is_booked(&self) -> bool {
        matches!(self, Self::Geboekt)
    }

    /// As the bank writes it.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Geboekt => "BOOK",
            Self::InBehandeling => "PDNG",
            Self::TerInformatie => "INFO",
            Self::Later => "FUTR",
            Self::Anders(code) => code,
        }
    }

    /// What an operator reads.
    #[must_use]
    pub const fn in_words(&self) -> &'static str {
        match self {
            Self::Geboekt => "geboekt",
            Self::InBehandeling => "nog niet geboekt",
            Self::TerInformatie => "alleen ter informatie",
            Self::Later => "wordt later geboekt",
            Self::Anders(_) => "onbekende status van de bank, niet geboekt",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_known_by_its_code_and_one_that_is_not_is_shown() {
        for (code, status, gevolg, text) in &KNOWN {
            assert_eq!(
                (Betaalstatus::of(code), status.code(), status.gevolg()),
                (status.clone(), *code, *gevolg)
            );
            assert_eq!(status.in_words(), *text);
        }
        assert!(KNOWN.iter().map(|(code, ..)| code).is_sorted());
        let other = Betaalstatus::of("ZZZZ");
        assert_eq!((other.code(), other.gevolg()), ("ZZZZ", Statusgevolg::Onbekend));
        assert!(other.in_words().contains("onbekend"));
    }

    #[test]
    fn only_a_refusal_touches_the_debt_and_only_what_is_booked_moves_money() {
        let refused: Vec<&str> =
            KNOWN.iter().filter(|row| row.2 == Statusgevolg::NietBetaald).map(|row| row.0).collect();
        assert_eq!(refused, ["CANC", "RJCT"]);
        let other = Poststatus::Anders("XXXX".to_owned());
        for status in [Poststatus::InBehandeling, Poststatus::TerInformatie, Poststatus::Later, other] {
            assert!(!status.is_booked() && status.in_words() != "geboekt");
        }
        assert!(Poststatus::Geboekt.is_booked());
    }
}
