//! What stands on a page: parts in order, each of one of a few kinds. Templates show them; nothing here is HTML.

use super::grafiek::Grafiek;
use super::lijst::Lijst;
use super::shown::{number, plain, straight};

/// How bad something is, in words beside any colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ernst {
    /// Nothing to say of it.
    #[default]
    Gewoon,
    /// As it should be.
    Goed,
    /// To be looked at.
    Let,
    /// Wrong.
    Fout,
}

impl Ernst {
    /// The class in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Gewoon => "gewoon",
            Self::Goed => "goed",
            Self::Let => "let",
            Self::Fout => "fout",
        }
    }
}

/// Characters up to which a text stays on one line.
const SHORT: usize = 26;

/// A text that may be a door to another page.
#[derive(Debug, Clone, Default)]
pub struct Vak {
    /// What is read.
    pub tekst: String,
    /// Where it leads.
    pub href: Option<String>,
    /// Shown to the right, as figures are.
    pub getal: bool,
    /// Part of a whole, from 0 to 100, shown as a bar.
    pub balk: Option<u8>,
}

impl Vak {
    /// A text, of others or of ours.
    pub fn new(tekst: &str) -> Self {
        Self { tekst: plain(tekst), ..Self::default() }
    }

    /// How it is laid out: figures to the right, short texts on one line, long ones with room.
    pub fn klasse(&self) -> &'static str {
        match self.tekst.chars().count() {
            _ if self.getal => "getal",
            0..=SHORT => "kort",
            _ => "lang",
        }
    }

    /// Whether these are a few doors and nothing else: those stand beside each other.
    pub fn only_doors(all: &[Self]) -> bool {
        matches!(all.len(), 1..=3) && all.iter().all(|one| one.href.is_some())
    }

    /// As a door.
    pub fn deur(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

impl From<String> for Vak {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<&str> for Vak {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// A figure with what it counts, and the door to exactly what it counted.
#[derive(Debug, Clone)]
pub struct Kaart {
    /// The figure.
    pub getal: String,
    /// What it counts.
    pub tekst: String,
    /// Where it leads; none when this role has no such page.
    pub href: Option<String>,
    /// How bad it is.
    pub ernst: Ernst,
}

impl Kaart {
    /// A figure that may lead somewhere.
    pub fn new(getal: impl Into<String>, tekst: &str, href: Option<String>, ernst: Ernst) -> Self {
        Self { getal: getal.into(), tekst: tekst.to_owned(), href, ernst }
    }

    /// A figure that should be nothing: as bad as this when it is more.
    pub fn nul(getal: i64, tekst: &str, href: Option<String>, ernst: Ernst) -> Self {
        Self::new(number(getal), tekst, href, bad(getal, ernst))
    }
}

/// How bad a figure is that should be nothing.
pub const fn bad(figure: i64, ernst: Ernst) -> Ernst {
    if figure == 0 { Ernst::Gewoon } else { ernst }
}

/// What files a field takes.
#[derive(Debug, Clone, Copy)]
pub struct Bestandsveld {
    /// More than one.
    pub meer: bool,
    /// The kinds that a browser offers.
    pub soorten: &'static str,
}

/// A field of a form.
#[derive(Debug, Clone)]
pub struct Veld {
    /// Its name in the address.
    pub naam: &'static str,
    pub label: &'static str,
    /// What stands in it.
    pub waarde: String,
    /// What may be chosen, value and text; a text field when there are none.
    pub keuzes: Vec<(String, String)>,
    /// A sentence below the label.
    pub uitleg: &'static str,
    /// Whether it must be filled in.
    pub nodig: bool,
    /// What files it takes; none when it is for text.
    pub bestand: Option<Bestandsveld>,
    /// Whether it has room for more than one line.
    pub lang: bool,
    /// What is wrong with what was filled in; empty when nothing is.
    pub fout: String,
}

impl Veld {
    /// A field for text.
    pub fn tekst(naam: &'static str, label: &'static str, waarde: &str) -> Self {
        let waarde = straight(waarde);
        Self {
            naam,
            label,
            waarde,
            keuzes: Vec::new(),
            uitleg: "",
            nodig: false,
            bestand: None,
            lang: false,
            fout: String::new(),
        }
    }

    /// A field for files.
    pub fn bestand(naam: &'static str, label: &'static str, bestand: Bestandsveld) -> Self {
        Self { bestand: Some(bestand), nodig: true, ..Self::tekst(naam, label, "") }
    }

    /// What tells of it on the page, by their places.
    pub fn beschreven(&self) -> Option<String> {
        let parts = [("uitleg", self.uitleg), ("fout", &self.fout)];
        let there = parts.into_iter().filter(|(_, text)| !text.is_empty());
        let places: Vec<String> = there.map(|(part, _)| format!("{part}-{}", self.naam)).collect();
        (!places.is_empty()).then(|| places.join(" "))
    }

    /// A choice; the first is none.
    pub fn keuze(naam: &'static str, label: &'static str, waarde: &str, keuzes: &[(&str, &str)]) -> Self {
        let own = |(value, text): &(&str, &str)| ((*value).to_owned(), (*text).to_owned());
        Self { keuzes: keuzes.iter().map(own).collect(), ..Self::tekst(naam, label, waarde) }
    }
}

/// A form.
#[derive(Debug, Clone)]
pub struct Formulier {
    /// Where it goes.
    pub naar: String,
    /// Its fields.
    pub velden: Vec<Veld>,
    /// The text on its button.
    pub knop: &'static str,
    /// Its key; none for one that only asks, which goes by the address.
    pub sleutel: Option<String>,
    /// What comes back with it unseen.
    pub mee: Vec<(String, String)>,
    /// What happens, before the button.
    pub gevolg: String,
}

impl Formulier {
    /// Says beside a field what is wrong with it; whether there is such a field.
    pub fn wrong(&mut self, naam: &str, fout: &str) -> bool {
        let found = self.velden.iter_mut().find(|veld| veld.naam == naam);
        found.is_some_and(|veld| {
            fout.clone_into(&mut veld.fout);
            true
        })
    }

    /// Whether something that was filled in is wrong.
    pub fn has_faults(&self) -> bool {
        self.velden.iter().any(|veld| !veld.fout.is_empty())
    }

    /// Whether it has a field for a file.
    pub fn takes_a_file(&self) -> bool {
        self.velden.iter().any(|veld| veld.bestand.is_some())
    }
}

/// A button that does at once what it says, and does the same when it is pressed again.
#[derive(Debug, Clone)]
pub struct Knop {
    /// Where it goes.
    pub naar: String,
    /// The text on it.
    pub tekst: String,
}

/// The filter of a list: what it says in words, and the form to change it.
#[derive(Debug, Clone)]
pub struct Filterblok {
    /// In words.
    pub woorden: String,
    /// Whether anything is filtered.
    pub actief: bool,
    /// Where the whole list is.
    pub alles: String,
    /// The form.
    pub formulier: Formulier,
}

/// The doors below a list.
#[derive(Debug, Clone, Default)]
pub struct Bladeren {
    /// To the rows before these.
    pub vorige: Option<String>,
    /// To the rows behind these.
    pub volgende: Option<String>,
    /// To the same rows for spreadsheets, with their kinds.
    pub exports: Vec<(&'static str, String)>,
}

/// The named views of a list.
#[derive(Debug, Clone, Default)]
pub struct Weergaven {
    /// Their doors, with whether it is the one that is shown.
    pub deuren: Vec<(Vak, bool)>,
    /// Where the list as it is shown gets a name; none when it has one.
    pub bewaren: Option<String>,
}

/// A line of a message as it was received.
#[derive(Debug, Clone)]
pub struct Bronregel {
    /// From 1.
    pub nummer: usize,
    /// What stands there.
    pub tekst: String,
    /// What was found there.
    pub bevindingen: Vec<String>,
}

/// A part of a page.
#[derive(Debug, Clone)]
pub enum Bladdeel {
    /// Sentences below a heading; without heading when it is empty.
    Zinnen(&'static str, Vec<Vak>),
    /// Names and values.
    Feiten(&'static str, Vec<(&'static str, Vak)>),
    /// Figures that are doors.
    Kaarten(&'static str, Vec<Kaart>),
    /// A table.
    Tabel(Lijst),
    /// The filter of the list below it.
    Filter(Filterblok),
    /// The doors below a list.
    Bladeren(Bladeren),
    /// The named views of the list.
    Weergaven(Weergaven),
    /// A chart of the table below it.
    Grafiek(Grafiek),
    /// A form.
    Formulier(&'static str, Formulier),
    /// Buttons, with a sentence before them.
    Knoppen(String, Vec<Knop>),
    /// A door that opens beside this page, so that what stands here is not lost.
    Tabblad(&'static str, String),
    /// Lines of a message.
    Bron(Vec<Bronregel>),
}

/// A page.
#[derive(Debug, Clone)]
pub struct Blad {
    /// Its title.
    pub titel: String,
    /// The number of what it is about, to be copied; empty when it has none.
    pub nummer: String,
    /// The page above it: address and name.
    pub boven: Option<(&'static str, &'static str)>,
    /// The verdict in one sentence, when there is one.
    pub oordeel: Option<(Ernst, String)>,
    /// Its parts.
    pub delen: Vec<Bladdeel>,
    /// What was asked did not happen, because what was seen changed.
    pub botst: bool,
}

impl Blad {
    /// A page without anything yet.
    pub fn new(titel: &str) -> Self {
        Self {
            titel: plain(titel),
            nummer: String::new(),
            boven: None,
            oordeel: None,
            delen: Vec::new(),
            botst: false,
        }
    }

    /// Below another page.
    pub fn onder(mut self, href: &'static str, naam: &'static str) -> Self {
        self.boven = Some((href, naam));
        self
    }

    /// About something with a number.
    pub fn over(mut self, nummer: &str) -> Self {
        // What looks like the number of a person is shown nowhere, so it is not copied either.
        if plain(nummer) == nummer {
            nummer.clone_into(&mut self.nummer);
        }
        self
    }

    /// With one more part.
    pub fn met(mut self, deel: Bladdeel) -> Self {
        self.delen.push(deel);
        self
    }

    /// With a chart, when there is something to compare.
    pub fn met_grafiek(mut self, grafiek: Option<Grafiek>) -> Self {
        self.delen.extend(grafiek.map(Bladdeel::Grafiek));
        self
    }

    /// With one more part behind its filter; at the top when it has none.
    pub fn met_onder_filter(mut self, deel: Bladdeel) -> Self {
        let filter = self.delen.iter().position(|deel| matches!(deel, Bladdeel::Filter(_)));
        self.delen.insert(filter.map_or(0, |place| place + 1), deel);
        self
    }

    /// Whether a key of a form stands on it: then it is not compressed.
    pub fn has_key(&self) -> bool {
        self.delen.iter().any(|deel| matches!(deel, Bladdeel::Formulier(_, form) if form.sleutel.is_some()))
    }
}
