//! Help, and what is known of accessibility.

use crate::console::blad::{Blad, Bladdeel, Vak};

/// How the console is used.
pub fn help() -> Blad {
    let sentences = |all: &[&str]| all.iter().map(|one| Vak::new(one)).collect();
    Blad::new("Hulp")
        .met(Bladdeel::Zinnen(
            "Zo werkt het",
            sentences(&[
                "Elk getal is een link naar precies de rijen die het telt.",
                "Een lijst is haar adres: bewaar of deel het adres, en een collega met dezelfde rol ziet dezelfde lijst. \
                 Onder elke lijst staan dezelfde rijen als CSV en als Excel.",
                "Zoek boven aan de pagina op elk nummer: een declaratie, toewijzing, referentie, Identificatie, werkitem, \
                 betaalrun, AGB-code, gemeentecode of retourcode.",
                "Persoonsgegevens zijn verborgen. Wie ze nodig heeft, toont ze met een reden; dat staat in het log.",
            ]),
        ))
        .met(Bladdeel::Zinnen(
            "Twee vragen",
            sentences(&[
                "Waarom is van een aanbieder vorige maand geld afgekeurd? Kies op het overzicht de aanbieder, daarna de \
                 code, daarna een bericht: daar staat per regel wat er mis is en wat te doen.",
                "Is deze declaratie betaald? Typ het nummer in het zoekvak en open de declaratie: de eerste zin zegt het.",
            ]),
        ))
        .met(Bladdeel::Zinnen(
            "Uw sessie",
            sentences(&[
                "Uw sessie eindigt na 30 minuten zonder gebruik en 10 uur na het inloggen. Vijf minuten tevoren staat boven \
                 aan de pagina een knop om ingelogd te blijven; wat u typte blijft staan. Is zij toch voorbij, dan krijgt u wat u \
                 typte terug: log in een ander tabblad in, en ga verder.",
            ]),
        ))
        .met(Bladdeel::Zinnen(
            "Sneltoetsen",
            sentences(&[
                "/ gaat naar het zoekvak, j en k naar de volgende en de vorige rij van een lijst, ? naar deze pagina.",
                "Ze staan uit tot u ze hier aanzet; alleen deze browser onthoudt dat. Zonder JavaScript zijn ze er niet.",
            ]),
        ))
}

/// That somebody is logged in: asking for this page is use of the session, as of any other.
pub fn sessie() -> Blad {
    let sentences = [
        "U bent ingelogd. Uw sessie eindigt na 30 minuten zonder gebruik en 10 uur na het inloggen; elke pagina die u opent \
         telt als gebruik.",
    ];
    Blad::new("Uw sessie").met(Bladdeel::Zinnen("", sentences.map(Vak::from).to_vec()))
}

/// What is known of accessibility.
pub fn toegankelijkheid() -> Blad {
    let sentences = |all: &[&str]| all.iter().map(|one| Vak::new(one)).collect();
    Blad::new("Toegankelijkheid")
        .met(Bladdeel::Zinnen(
            "",
            sentences(&[
                "De console is gemaakt naar WCAG 2.2 niveau AA: leesbaar zonder JavaScript, met het toetsenbord te bedienen, \
                 tot 400 % vergroot, met hoog contrast, donker en op papier.",
                "Een toegankelijkheidsverklaring is van de organisatie die de console gebruikt. Vraag haar aan de beheerder, \
                 en meld daar ook wat u hindert.",
            ]),
        ))
        .met(Bladdeel::Zinnen(
            "Hoe het is getoetst",
            sentences(&[
                "Bij elke wijziging gaat een browser langs elke soort pagina: met gegevens, zonder, en waar iets mis is. axe-core \
                 zoekt er wat mensen buitensluit, ook in donkere kleuren; de pagina moet in een venster van 320 punten passen.",
                "Het werk van elke dag gaat in die browser zonder JavaScript, en van begin tot eind met het toetsenbord; wat de \
                 aandacht heeft is daarbij altijd te zien.",
            ]),
        ))
        .met(Bladdeel::Zinnen(
            "Wat nog niet goed gaat",
            sentences(&[
                "Brede tabellen schuiven op een klein venster binnen hun eigen vlak; met het toetsenbord gaat dat met de pijlen \
                 als het vlak de aandacht heeft.",
                "Mensen die een schermlezer of spraak gebruiken hebben de console nog niet beproefd.",
            ]),
        ))
}
