//! Retourcodes of code list WJ001: what each means, in our own words, and what its receiver can do.

use crate::codes::Retourcode;

/// A retourcode for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Betekenis {
    pub code: Retourcode,
    /// What it says, in Dutch, one sentence.
    pub text: &'static str,
    /// What who gets it can do, in Dutch.
    pub advice: &'static str,
}

const fn of(code: &'static str, text: &'static str, advice: &'static str) -> Betekenis {
    Betekenis { code: Retourcode::of(code), text, advice }
}

const START_FIRST: &str =
    "Kijk welke start of stop de gemeente al kent; verwijder die eerst of stuur het ontbrekende bericht.";
const COPY_ASSIGNMENT: &str =
    "Neem het gegeven over uit de laatste toewijzing en dien de prestatie opnieuw in.";
const OWN_ANSWER: &str = "Deze code gaat over een JW325; meld de fout aan wie het stuurde.";
const CHECK_REQUESTS: &str =
    "Zoek op wat er eerder op deze ReferentieAanbieder is geantwoord; stuur dit antwoord niet nog eens.";
const SEE_ASSIGNMENTS: &str =
    "Vergelijk het verzoek met de lopende toewijzingen van de cliënt en stuur het verbeterd opnieuw.";

/// Every retourcode, by code.
static TABLE: &[Betekenis] = &[
    of(
        "0001",
        "Het hele bericht is om technische redenen afgekeurd (niveau 2); het geldt als niet verzonden.",
        "Verbeter het bericht en stuur het onder een nieuwe Identificatie opnieuw. Welke regel geschonden is staat bij de afkeuring.",
    ),
    of("0013", "De AGB-code van het servicebureau klopt niet.", "Verbeter Servicebureau in de header."),
    of(
        "0030",
        "Het DeclarantFactuurNummer is al gebruikt (zorg voor 2021).",
        "Stuur de declaratie of factuur onder een nieuw nummer.",
    ),
    of(
        "0200",
        "Op deze berichtklasse is niets aan te merken.",
        "Niets. Staat de code in de header van een afkeuring, dan zit de fout dieper in het bericht.",
    ),
    of(
        "0233",
        "Deze berichtklasse is niet bekeken, omdat de klasse erboven al is afgekeurd.",
        "Herstel de fout in de klasse erboven en stuur beide opnieuw; dan pas blijkt of hier ook iets aan \
         schort.",
    ),
    of(
        "0551",
        "Er is geen toewijzing waar deze prestatie bij hoort (zorg voor 2021).",
        "Controleer ToewijzingNummer, cliënt en gemeente; zonder toewijzing kan er niet gedeclareerd worden.",
    ),
    of(
        "0611",
        "Het tarief wijkt af van wat er voor deze productcode is afgesproken.",
        "Dien opnieuw in met het contractuele tarief, of laat het contract nakijken.",
    ),
    of("1112", "De productcategorie is niet die van de toewijzing (zorg voor 2021).", COPY_ASSIGNMENT),
    of("1142", "De productcode is niet die van de toewijzing (zorg voor 2021).", COPY_ASSIGNMENT),
    of("8001", "De declaratie is helemaal toegekend.", "Niets: alle prestaties zijn toegekend."),
    of("8004", "Bsn en geboortedatum horen niet bij elkaar.", "Controleer de gegevens van de cliënt."),
    of(
        "8017",
        "Bij deze creditregel is geen toegekende debetregel bekend.",
        "Controleer VorigReferentieNummer; een afgewezen regel hoeft niet gecrediteerd te worden.",
    ),
    of(
        "8021",
        "Dit ReferentieNummer is al eens gebruikt.",
        "Dien de prestatie in onder een nieuw ReferentieNummer, ook als de eerdere regel is afgewezen.",
    ),
    of(
        "8187",
        "Dit Bsn is hier niet bekend als cliënt.",
        "Controleer het Bsn en de gemeente; zonder toewijzing voor deze cliënt kan er niets gedeclareerd of gewijzigd worden.",
    ),
    of(
        "8214",
        "De DeclaratiePeriode ligt vóór een periode die al gedeclareerd is.",
        "Zet de prestaties in de declaratie van een latere maand; oudere productperioden mogen daarin meelopen.",
    ),
    of(
        "8847",
        "De declaratieperiode begint in de toekomst.",
        "Wacht met insturen tot de periode is begonnen.",
    ),
    of("8848", "Een datum ligt in de toekomst.", "Verbeter de datum of wacht met insturen tot die dag."),
    of(
        "8849",
        "De dagtekening van het antwoord ligt in de toekomst.",
        "Meld de fout aan wie het antwoord stuurde.",
    ),
    of(
        "8853",
        "Er wordt een prestatie gecrediteerd die was afgewezen.",
        "Laat de creditregel weg: er is niets toegekend dat terug moet.",
    ),
    of(
        "8854",
        "De prestatie is al eerder gecrediteerd (zorg voor 2021).",
        "Stuur de credit niet nog eens; dien zo nodig een nieuwe debetregel in.",
    ),
    of(
        "8855",
        "Er is een declaratie gestuurd waar een factuur is afgesproken.",
        "Stuur het bericht opnieuw als factuur (BerichtCode 450).",
    ),
    of(
        "8856",
        "Er is een factuur gestuurd waar een declaratie is afgesproken.",
        "Stuur het bericht opnieuw als declaratie (BerichtCode 432).",
    ),
    of(
        "9019",
        "Dit regiebericht hoort bij geen enkele bekende toewijzing.",
        "Neem ToewijzingNummer en product over uit de toewijzing.",
    ),
    of(
        "9056",
        "De Identificatie is al gebruikt voor een ander bericht van dezelfde soort.",
        "Stuur het bericht onder een nieuwe Identificatie.",
    ),
    of("9063", "Wat verwijderd moet worden, is hier nooit ontvangen.", START_FIRST),
    of("9069", "Bij deze stop is geen lopende start met dezelfde sleutel bekend.", START_FIRST),
    of("9071", "De start kan niet meer weg: er is al een stop op gevolgd.", START_FIRST),
    of("9074", "Een bericht met deze sleutel is er al.", START_FIRST),
    of(
        "9300",
        "De prestatie of melding past niet bij de toewijzing.",
        "Neem de gegevens over uit de toewijzing.",
    ),
    of(
        "9307",
        "De prestatie begint voordat de toewijzing ingaat.",
        "Laat de ProductPeriode beginnen op of na de Ingangsdatum van de toewijzing.",
    ),
    of(
        "9308",
        "De prestatie loopt door na het einde van de toewijzing.",
        "Laat de ProductPeriode eindigen op of voor de Einddatum van de toewijzing, of vraag eerst verlenging aan.",
    ),
    of("9309", "De eenheid past niet bij die van de toewijzing (zorg voor 2021).", COPY_ASSIGNMENT),
    of(
        "9311",
        "De toewijzing is van een andere aanbieder.",
        "Laat de aanbieder van de toewijzing declareren, of vraag een eigen toewijzing aan.",
    ),
    of(
        "9319",
        "De prestatie valt na de maand die gedeclareerd wordt.",
        "Zet de prestatie in de declaratie van haar eigen maand of een latere.",
    ),
    of(
        "9321",
        "Er is in deze periode meer geleverd dan de toewijzing toestaat.",
        "Declareer ten hoogste het toegewezen volume, of vraag eerst een wijziging aan.",
    ),
    of(
        "9322",
        "Met deze prestatie komt het totaal boven wat er is toegewezen.",
        "Kijk wat er al is toegekend; declareer wat er nog past of vraag een wijziging aan.",
    ),
    of("9326", "Er loopt al een levering: de vorige start is nog niet gestopt.", START_FIRST),
    of(
        "9332",
        "Dit ToewijzingNummer is al van een andere toewijzing.",
        "Geef de toewijzing een eigen nummer; een bestaande wijzigt alleen met dezelfde cliënt, hetzelfde product en dezelfde Ingangsdatum.",
    ),
    of(
        "9333",
        "Dit DeclaratieNummer is al gebruikt.",
        "Stuur de declaratie onder een nieuw DeclaratieNummer.",
    ),
    of(
        "9338",
        "Er is voor deze cliënt bij deze aanbieder geen toewijzing met dit nummer.",
        "Controleer ToewijzingNummer, cliënt en gemeente; zonder toewijzing kan er niet gedeclareerd worden.",
    ),
    of("9339", "De productcategorie is een andere dan die van de toewijzing.", COPY_ASSIGNMENT),
    of("9340", "De productcode is een andere dan die van de toewijzing.", COPY_ASSIGNMENT),
    of("9341", "De eenheid past niet bij die van de toewijzing.", COPY_ASSIGNMENT),
    of(
        "9346",
        "Volume maal tarief komt niet uit op het ingediende bedrag.",
        "Reken het bedrag na; bij een uurtarief en minuten wordt pas het eindbedrag afgerond.",
    ),
    of(
        "9347",
        "Deze ReferentieAanbieder is al voor een ander verzoek gebruikt.",
        "Stuur het verzoek met een nieuwe ReferentieAanbieder.",
    ),
    of("9349", "Het verzoek noemt niet alle lopende toewijzingen van de cliënt.", SEE_ASSIGNMENTS),
    of("9350", "Een ongewijzigd product is geen lopende toewijzing van deze cliënt.", SEE_ASSIGNMENTS),
    of("9351", "Een te wijzigen product is geen lopende toewijzing van deze cliënt.", SEE_ASSIGNMENTS),
    of(
        "9355",
        "Er is geen verzoek met deze ReferentieAanbieder.",
        "Controleer de ReferentieAanbieder in het antwoord.",
    ),
    of(
        "9357",
        "Een wijziging met terugwerkende kracht gaat niet in op de eerste dag van de toewijzing.",
        "Vraag de wijziging aan vanaf de Ingangsdatum van de toewijzing, of vanaf een dag die nog komt.",
    ),
    of("9359", "Op dit verzoek is al een toewijzing gevolgd.", CHECK_REQUESTS),
    of("9360", "Dat dit verzoek in onderzoek is, was al gemeld of beantwoord.", CHECK_REQUESTS),
    of("9361", "Het gevraagde overlapt met een ander product in het verzoek.", SEE_ASSIGNMENTS),
    of("9365", "Dit verzoek is al afgewezen; daar komt geen antwoord meer op.", CHECK_REQUESTS),
    of("9366", "Een teruggestuurde prestatie staat niet in de declaratie.", OWN_ANSWER),
    of("9367", "Een teruggestuurde waarde is niet die van de declaratie.", OWN_ANSWER),
    of(
        "9369",
        "Met deze prestatie komt het totaal boven het toegewezen budget.",
        "Kijk wat er van het budget over is; declareer wat er nog past of vraag een hoger budget aan.",
    ),
    of(
        "9373",
        "Een ander budget of totaal gaat niet in op de eerste dag van de toewijzing.",
        SEE_ASSIGNMENTS,
    ),
    of(
        "9374",
        "Voor deze cliënt loopt al een verzoek van deze aanbieder.",
        "Wacht op de toewijzing of de afwijzing van het eerdere verzoek.",
    ),
    of("9375", "Voor een toewijzing zonder product wordt een Omvang gevraagd.", SEE_ASSIGNMENTS),
    of(
        "9379",
        "De ReferentieAanbieder verwijst naar geen verzoek, of staat er terwijl er niets gehonoreerd wordt.",
        "Vul de referentie van het verzoek dat met deze toewijzing wordt gehonoreerd, of laat haar weg.",
    ),
    of(
        "9384",
        "De toewijzing is verwijderd; er kan niets meer op gedeclareerd worden.",
        "Vraag de gemeente om een nieuwe toewijzing als de zorg wel geleverd is.",
    ),
    of(
        "9385",
        "Op deze toewijzing zijn prestaties toegekend; zij kan niet meer verwijderd worden.",
        "Laat de aanbieder de prestaties eerst crediteren, of beëindig de toewijzing in plaats van haar te verwijderen.",
    ),
    of(
        "9387",
        "De ProductPeriode begint niet op de eerste dag die in deze maand is toegewezen.",
        "Begin op de eerste van de maand, of op de Ingangsdatum van de toewijzing als die later in de maand ligt.",
    ),
    of(
        "9388",
        "De ProductPeriode eindigt niet op de laatste dag die in deze maand is toegewezen.",
        "Eindig op de laatste van de maand, of op de Einddatum van de toewijzing als die eerder in de maand ligt.",
    ),
    of(
        "9389",
        "Deze zorg is al toegekend en niet teruggenomen.",
        "Crediteer eerst de eerdere prestatie als deze in de plaats komt.",
    ),
    of(
        "9390",
        "De debetregel is al eerder gecrediteerd.",
        "Stuur de credit niet nog eens; dien zo nodig een nieuwe debetregel in.",
    ),
    of("9411", "Voor een toewijzing met een productcode ontbreekt de gevraagde Omvang.", SEE_ASSIGNMENTS),
    of("9412", "Voor een toewijzing zonder productcode wordt een Omvang gevraagd.", SEE_ASSIGNMENTS),
    of("9413", "De levering is al tijdelijk gestopt.", START_FIRST),
    of("9414", "De stop ligt voor de stop die al bekend is.", START_FIRST),
    of("9415", "De levering is al definitief gestopt.", START_FIRST),
    of(
        "S300",
        "De gemeentecode bestaat niet, of was op die datum niet geldig.",
        "Neem de code uit de gemeentelijke indeling van het CBS; na een herindeling die van de nieuwe gemeente.",
    ),
    of(
        "S329",
        "De productcode hoort niet bij de productcategorie.",
        "Neem code en categorie uit de productcodelijst die is afgesproken.",
    ),
];

/// Every retourcode that we can explain, by code.
#[must_use]
pub fn all() -> &'static [Betekenis] {
    TABLE
}

/// What a code means; `None` for a code that is not in the list.
#[must_use]
pub fn find(code: &str) -> Option<&'static Betekenis> {
    TABLE.iter().find(|row| row.code.as_str() == code)
}

/// One Dutch sentence for a retourcode.
#[must_use]
pub fn text(code: Retourcode) -> &'static str {
    find(code.as_str()).map_or("Onbekende retourcode.", |row| row.text)
}
