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
}

/// What is known of accessibility.
pub fn toegankelijkheid() -> Blad {
    let sentences = [
        "De console is gemaakt naar WCAG 2.2 niveau AA: leesbaar zonder JavaScript, met het toetsenbord te bedienen, tot \
         400 % vergroot, met hoog contrast, donker en op papier.",
        "Een toegankelijkheidsverklaring is van de organisatie die de console gebruikt. Vraag haar aan de beheerder.",
    ];
    Blad::new("Toegankelijkheid").met(Bladdeel::Zinnen("", sentences.map(Vak::from).to_vec()))
}
