//! The table of pages: where each is, and who may see it. What does not stand here is not there, for anybody.

use super::path;
use super::roles::Rolsoort::{
    self, Aanbieder, Auditor, Beheerder, Contractbeheerder, Gemeente, Operator, Penningmeester,
};

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table says where each is")]
pub enum Pagina {
    Stijl,
    Script,
    Toegankelijkheid,
    Inloggen,
    Inlogdienst,
    Terug,
    Uitloggen,
    Sessie,
    Overzicht,
    Zoek,
    ZoekBsn,
    Berichten,
    Bericht,
    BerichtBron,
    BerichtAntwoord,
    BerichtBestand,
    BerichtTonen,
    Proefbericht,
    Weekbrief,
    Kennisgevingen,
    Kennisgeving,
    Afkeur,
    AfkeurCode,
    Aanbieders,
    Aanbieder,
    Aanbiederbrief,
    Gemeenten,
    Gemeente,
    Toewijzingen,
    Toewijzing,
    ToewijzingTonen,
    Declaraties,
    Declaratie,
    Contracten,
    Contract,
    Contractversie,
    Contractaanbod,
    Contractvooraf,
    Limieten,
    Termijnen,
    Werk,
    Werkitem,
    Werkoppakken,
    Werkloslaten,
    Werknotitie,
    Werkbrief,
    Werkclient,
    Werkstil,
    Werkhoorbaar,
    Werkbesluit,
    Werkbulk,
    Wachtend,
    Werkwoord,
    Werkuitslag,
    Voordrachten,
    Voordracht,
    Geparkeerd,
    GeparkeerdBericht,
    Betalingen,
    Betaling,
    Betaalvoorstel,
    Blokkades,
    Betaalbestand,
    Bank,
    Bankafschrift,
    Bankposten,
    Bankpost,
    Bankinlezen,
    Grootboek,
    Grootboekrekening,
    Grootboekjournaal,
    Keten,
    Rapporten,
    Rapport,
    Meldingen,
    Melding,
    Vervanging,
    Toegang,
    Sessies,
    SessieBeheren,
    Rollen,
    Weergaven,
    Help,
}

impl Pagina {
    /// Whether it is one at which people log in, so that it may be asked for a number of times only.
    #[must_use]
    pub const fn logs_in(self) -> bool {
        matches!(self, Self::Inloggen | Self::Inlogdienst | Self::Terug)
    }

    /// Whether a form of it may have files in it.
    #[must_use]
    pub const fn takes_files(self) -> bool {
        matches!(self, Self::Proefbericht | Self::Bankinlezen | Self::Contractaanbod)
    }
}

/// Who may see a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voor {
    /// Anybody, logged in or not.
    Iedereen,
    /// These roles.
    Rollen(&'static [Rolsoort]),
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Its parts; `{}` stands for any one.
    pub pad: &'static str,
    /// The page.
    pub pagina: Pagina,
    /// Who may see it.
    pub voor: Voor,
    /// Whether it takes forms as well.
    pub formulier: bool,
    /// Whether `.csv` and `.xlsx` may stand behind it.
    pub lijst: bool,
}

const ALL: &[Rolsoort] = Rolsoort::ALL;
/// Who looks things up.
const WERK: &[Rolsoort] = &[Operator, Contractbeheerder, Penningmeester, Auditor, Gemeente, Aanbieder];
/// Who sees the whole region.
const REGIO: &[Rolsoort] = &[Operator, Contractbeheerder, Penningmeester, Auditor];

/// These, and a gemeente for what is its own.
const GEMEENTE_OOK: &[Rolsoort] = &[Operator, Contractbeheerder, Penningmeester, Auditor, Gemeente];

const fn page(pad: &'static str, pagina: Pagina, rollen: &'static [Rolsoort]) -> Route {
    Route { pad, pagina, voor: Voor::Rollen(rollen), formulier: false, lijst: false }
}

const fn list(pad: &'static str, pagina: Pagina, rollen: &'static [Rolsoort]) -> Route {
    Route { lijst: true, ..page(pad, pagina, rollen) }
}

const fn form(pad: &'static str, pagina: Pagina, rollen: &'static [Rolsoort]) -> Route {
    Route { formulier: true, ..page(pad, pagina, rollen) }
}

const fn open(pad: &'static str, pagina: Pagina) -> Route {
    Route { voor: Voor::Iedereen, ..page(pad, pagina, &[]) }
}

/// Every page.
pub const ROUTES: &[Route] = &[
    open("/stijl/{}", Pagina::Stijl),
    open("/script/{}", Pagina::Script),
    open("/toegankelijkheid", Pagina::Toegankelijkheid),
    Route { formulier: true, ..open("/inloggen", Pagina::Inloggen) },
    open("/inloggen/{}", Pagina::Inlogdienst),
    open("/terug/{}", Pagina::Terug),
    form("/uitloggen", Pagina::Uitloggen, ALL),
    page("/sessie", Pagina::Sessie, ALL),
    page("/", Pagina::Overzicht, ALL),
    page("/help", Pagina::Help, ALL),
    page("/zoek", Pagina::Zoek, WERK),
    form("/zoek/bsn", Pagina::ZoekBsn, &[Operator, Auditor, Gemeente]),
    list("/berichten", Pagina::Berichten, &[Operator, Auditor, Gemeente, Aanbieder]),
    page("/berichten/{}", Pagina::Bericht, &[Operator, Auditor, Gemeente, Aanbieder]),
    page("/berichten/{}/xml", Pagina::BerichtBron, &[Operator, Auditor, Gemeente, Aanbieder]),
    page("/berichten/{}/antwoord/{}", Pagina::BerichtAntwoord, &[Operator, Auditor, Gemeente, Aanbieder]),
    form("/berichten/{}/antwoord/{}/bestand", Pagina::BerichtBestand, &[Gemeente, Aanbieder]),
    form("/berichten/{}/tonen", Pagina::BerichtTonen, &[Operator, Auditor, Gemeente]),
    list("/afkeur", Pagina::Afkeur, &[Operator, Contractbeheerder, Auditor, Gemeente, Aanbieder]),
    page("/afkeur/{}", Pagina::AfkeurCode, &[Operator, Contractbeheerder, Auditor, Gemeente, Aanbieder]),
    form("/proef", Pagina::Proefbericht, &[Aanbieder]),
    list("/brief", Pagina::Weekbrief, &[Aanbieder]),
    list("/kennisgevingen", Pagina::Kennisgevingen, &[Operator, Auditor, Gemeente, Aanbieder]),
    page("/kennisgevingen/{}/{}", Pagina::Kennisgeving, &[Operator, Auditor, Gemeente, Aanbieder]),
    list("/aanbieders", Pagina::Aanbieders, REGIO),
    page(
        "/aanbieders/{}",
        Pagina::Aanbieder,
        &[Operator, Contractbeheerder, Penningmeester, Auditor, Aanbieder],
    ),
    list("/aanbieders/{}/brief", Pagina::Aanbiederbrief, &[Operator, Contractbeheerder, Auditor]),
    list("/gemeenten", Pagina::Gemeenten, REGIO),
    page(
        "/gemeenten/{}",
        Pagina::Gemeente,
        &[Operator, Contractbeheerder, Penningmeester, Auditor, Gemeente],
    ),
    list("/toewijzingen", Pagina::Toewijzingen, &[Operator, Contractbeheerder, Auditor, Gemeente, Aanbieder]),
    page(
        "/toewijzingen/{}/{}",
        Pagina::Toewijzing,
        &[Operator, Contractbeheerder, Auditor, Gemeente, Aanbieder],
    ),
    form("/toewijzingen/{}/{}/tonen", Pagina::ToewijzingTonen, &[Operator, Auditor, Gemeente]),
    list("/declaraties", Pagina::Declaraties, &[Operator, Penningmeester, Auditor, Gemeente, Aanbieder]),
    page("/declaraties/{}/{}", Pagina::Declaratie, &[Operator, Penningmeester, Auditor, Gemeente, Aanbieder]),
    list("/contracten", Pagina::Contracten, REGIO),
    form("/contracten/inlezen", Pagina::Contractaanbod, &[Contractbeheerder]),
    form("/contracten/inlezen/{}", Pagina::Contractvooraf, &[Contractbeheerder]),
    page("/contracten/{}", Pagina::Contract, REGIO),
    page("/contractversies/{}", Pagina::Contractversie, REGIO),
    list("/limieten", Pagina::Limieten, GEMEENTE_OOK),
    list("/termijnen", Pagina::Termijnen, &[Operator, Contractbeheerder, Auditor]),
    list("/werk", Pagina::Werk, &[Operator, Auditor, Gemeente]),
    form("/werk/bulk", Pagina::Werkbulk, &[Operator]),
    page("/werk/bulk/{}", Pagina::Werkuitslag, &[Operator, Auditor]),
    page("/werk/{}", Pagina::Werkitem, &[Operator, Auditor, Gemeente]),
    form("/werk/{}/woord", Pagina::Werkwoord, &[Gemeente]),
    form("/werk/{}/oppakken", Pagina::Werkoppakken, &[Operator]),
    form("/werk/{}/loslaten", Pagina::Werkloslaten, &[Operator]),
    form("/werk/{}/notitie", Pagina::Werknotitie, &[Operator]),
    page("/werk/{}/brief", Pagina::Werkbrief, &[Operator, Auditor]),
    form("/werk/{}/client", Pagina::Werkclient, &[Operator]),
    form("/werk/{}/stil", Pagina::Werkstil, &[Operator]),
    form("/werk/{}/hoorbaar", Pagina::Werkhoorbaar, &[Operator]),
    form("/werk/{}/{}", Pagina::Werkbesluit, &[Operator]),
    list("/wachtend", Pagina::Wachtend, &[Operator, Auditor, Gemeente]),
    list("/voordrachten", Pagina::Voordrachten, &[Operator, Contractbeheerder, Penningmeester, Auditor]),
    form("/voordrachten/{}", Pagina::Voordracht, &[Operator, Contractbeheerder, Penningmeester, Auditor]),
    list("/geparkeerd", Pagina::Geparkeerd, &[Operator, Auditor, Beheerder]),
    form("/geparkeerd/{}", Pagina::GeparkeerdBericht, &[Operator]),
    list("/betalingen", Pagina::Betalingen, &[Penningmeester, Auditor]),
    form("/betalingen/voorstel", Pagina::Betaalvoorstel, &[Penningmeester]),
    form("/betalingen/blokkades", Pagina::Blokkades, &[Penningmeester, Auditor]),
    list("/betalingen/{}", Pagina::Betaling, &[Penningmeester, Auditor]),
    page("/betalingen/{}/bestand/{}", Pagina::Betaalbestand, &[Penningmeester, Auditor]),
    list("/bank", Pagina::Bank, &[Operator, Penningmeester, Auditor]),
    list("/bank/posten", Pagina::Bankposten, &[Operator, Penningmeester, Auditor]),
    form("/bank/posten/{}/{}", Pagina::Bankpost, &[Operator, Penningmeester]),
    form("/bank/inlezen", Pagina::Bankinlezen, &[Operator, Penningmeester]),
    list("/bank/{}", Pagina::Bankafschrift, &[Operator, Penningmeester, Auditor]),
    list("/grootboek", Pagina::Grootboek, &[Penningmeester, Auditor]),
    list("/grootboek/journaal/{}", Pagina::Grootboekjournaal, &[Penningmeester, Auditor]),
    list("/grootboek/{}", Pagina::Grootboekrekening, &[Penningmeester, Auditor]),
    page("/keten", Pagina::Keten, &[Auditor]),
    page("/rapporten", Pagina::Rapporten, GEMEENTE_OOK),
    list("/rapporten/{}", Pagina::Rapport, GEMEENTE_OOK),
    list("/meldingen", Pagina::Meldingen, &[Operator, Auditor, Beheerder]),
    form("/meldingen/{}", Pagina::Melding, &[Operator, Beheerder]),
    form("/vervanging", Pagina::Vervanging, &[Operator, Beheerder]),
    list("/toegang", Pagina::Toegang, &[Auditor, Beheerder]),
    page("/beheer/sessies", Pagina::Sessies, &[Beheerder]),
    form("/beheer/sessies/{}", Pagina::SessieBeheren, &[Beheerder]),
    page("/beheer/rollen", Pagina::Rollen, &[Auditor, Beheerder]),
    form("/beheer/weergaven", Pagina::Weergaven, ALL),
];

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schrijfwijze {
    /// For a browser.
    Html,
    /// For a spreadsheet, as text.
    Csv,
    /// For a spreadsheet.
    Xlsx,
}

/// What an address asks for.
#[derive(Debug, Clone)]
pub struct Gevonden {
    /// The row.
    pub route: &'static Route,
    /// What stands at `{}`, in order.
    pub delen: Vec<String>,
    /// How it is to be written.
    pub vorm: Schrijfwijze,
}

/// What stands behind the address of a list for its files.
const ENDINGS: [(&str, Schrijfwijze); 2] = [(".csv", Schrijfwijze::Csv), (".xlsx", Schrijfwijze::Xlsx)];

/// The page at a path; none: there is none.
#[must_use]
pub fn find(asked: &str) -> Option<Gevonden> {
    if let Some(found) = exact(asked, Schrijfwijze::Html) {
        return Some(found);
    }
    let (path, vorm) =
        ENDINGS.iter().find_map(|(ending, vorm)| Some((asked.strip_suffix(ending)?, *vorm)))?;
    exact(path, vorm).filter(|found| found.route.lijst)
}

fn exact(asked: &str, vorm: Schrijfwijze) -> Option<Gevonden> {
    ROUTES.iter().find_map(|route| {
        let delen = path::matches(route.pad, asked)?;
        // What may end in a form is not taken as a part of an address that ends in it.
        let ends = |part: &String| ENDINGS.iter().any(|(ending, _)| part.ends_with(ending));
        (!(route.lijst && delen.last().is_some_and(ends))).then_some(Gevonden { route, delen, vorm })
    })
}

/// Whether a role may see what stands at an address: then it is a door.
#[must_use]
pub fn may_see(rol: Rolsoort, href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    find(path).is_some_and(|found| found.route.voor.includes(Some(rol)))
}

impl Voor {
    /// Whether it is for somebody with this role, or without one.
    #[must_use]
    pub fn includes(&self, rol: Option<Rolsoort>) -> bool {
        match self {
            Self::Iedereen => true,
            Self::Rollen(rollen) => rol.is_some_and(|rol| rollen.contains(&rol)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_one_page_and_lists_have_their_exports() {
        let of = |path: &str| find(path).map(|found| (found.route.pagina, found.delen, found.vorm));
        assert_eq!(of("/"), Some((Pagina::Overzicht, Vec::new(), Schrijfwijze::Html)));
        assert_eq!(of("/berichten.csv"), Some((Pagina::Berichten, Vec::new(), Schrijfwijze::Csv)));
        assert_eq!(of("/berichten/7"), Some((Pagina::Bericht, vec!["7".to_owned()], Schrijfwijze::Html)));
        assert_eq!(
            of("/berichten/7.csv"),
            Some((Pagina::Bericht, vec!["7.csv".to_owned()], Schrijfwijze::Html))
        );
        assert_eq!(
            of("/betalingen/7.xlsx"),
            Some((Pagina::Betaling, vec!["7".to_owned()], Schrijfwijze::Xlsx))
        );
        let claim = vec!["12345678".to_owned(), "D/1 .csv".to_owned()];
        assert_eq!(
            of("/declaraties/12345678/D%2F1%20.csv"),
            Some((Pagina::Declaratie, claim, Schrijfwijze::Html))
        );
        for nothing in ["", "/x", "/berichten/", "//", "/berichten/7/xml/8", "/keten.csv", "/zoek.csv"] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_door_that_a_role_may_not_go_through_is_none() {
        assert!(may_see(Operator, "/berichten?maand=2025-01#r1"));
        assert!(!may_see(Penningmeester, "/berichten"));
        assert!(!may_see(Aanbieder, "/werk/3") && !may_see(Gemeente, "/toegang"));
        assert!(!may_see(Operator, "/beheer/sessies") && !may_see(Beheerder, "/berichten"));
    }
}
