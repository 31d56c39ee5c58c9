//! Knowledge of a child: whether an aanbieder shows that it knows the child that it asks for (rulings 3.10).
//!
//! Else a request would be answered with the address of a child to whoever guesses a number, or to whoever
//! makes a typing error in one. Nobody but the operator learns of the difference: the aanbieder sees the same
//! whether its data are those of another child or the number is nobody's.
//!
//! A JW317 needs no such look: it names care that this aanbieder has for this child (TR352), or is refused with
//! the code of a number that is nobody's (TR350, TR351).

use super::client::Newest;
use crate::contracts::{ClientGegevens, Geslachtsnaam};
use crate::decide::clientfeiten::Clientfeit;
use crate::messages::persoon::{Achternamen, Naamletters};
use crate::messages::shared::Geboortedatum;
use crate::messages::{jw301, jw315};

/// What a request shows of a child, as far as it falls short. Its text names no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::decide) struct NietGetoond {
    geboortedatum: Feit,
    geslachtsnaam: Feit,
}

/// How a fact in a request stands beside what is known of the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feit {
    /// It is the same.
    Gelijk,
    /// It is another than this source says.
    Anders(KennisBron),
    /// The request does not say it.
    NietGezegd,
    /// Nothing here says it.
    Onbekend,
}

/// Where a fact about a child is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KennisBron {
    Toewijzing,
    Clientregister,
    Verzoek,
}

/// What a source says of a child.
struct Bekend {
    bron: KennisBron,
    geboortedatum: Option<Geboortedatum>,
    naam: Option<Achternamen>,
}

impl NietGetoond {
    /// What the request lacks; `None` when day of birth and surname are those known.
    ///
    /// A JW301 of the gemeente says who the child is, then the register. A request that we honoured comes
    /// last: an aanbieder made it.
    pub(super) fn of(
        asked: &jw315::Client<'_>,
        newest: Option<&Newest<'_>>,
        registered: Option<&ClientGegevens>,
    ) -> Option<Self> {
        let registered = registered.map(Bekend::of_register);
        let bekend: Vec<Bekend> = match newest {
            Some(Newest::Jw301(client)) => {
                [Bekend::of_toewijzing(client)].into_iter().chain(registered).collect()
            }
            Some(Newest::Jw315(client)) => {
                registered.into_iter().chain([Bekend::of_verzoek(client)]).collect()
            }
            None => registered.into_iter().collect(),
        };
        let born = &asked.geboortedatum;
        let says = bekend.iter().find_map(|known| Some((known.bron, known.geboortedatum.as_ref()?)));
        let geboortedatum = Feit::of(born.is_known(), says, |known| born.agrees_with(known));
        let naam = Naamletters::from(&asked.naam.geslachtsnaam);
        let says = bekend.iter().find_map(|known| Some((known.bron, known.naam.as_ref()?)));
        let geslachtsnaam = Feit::of(naam.says_something(), says, |known| known.is_meant_by(&naam));
        (geboortedatum != Feit::Gelijk || geslachtsnaam != Feit::Gelijk)
            .then_some(Self { geboortedatum, geslachtsnaam })
    }
}

impl NietGetoond {
    /// What nothing here says: the client register could.
    pub(super) fn nowhere_known(self) -> impl Iterator<Item = Clientfeit> {
        let facts = [
            (Clientfeit::Geboortedatum, self.geboortedatum),
            (Clientfeit::Geslachtsnaam, self.geslachtsnaam),
        ];
        facts.into_iter().filter(|(_, found)| *found == Feit::Onbekend).map(|(feit, _)| feit)
    }
}

impl Feit {
    /// How a fact stands beside the first source that says it.
    fn of<T>(asked: bool, says: Option<(KennisBron, T)>, is_same: impl FnOnce(T) -> bool) -> Self {
        match says {
            None => Self::Onbekend,
            Some(_) if !asked => Self::NietGezegd,
            Some((bron, known)) => {
                if is_same(known) {
                    Self::Gelijk
                } else {
                    Self::Anders(bron)
                }
            }
        }
    }
}

impl Bekend {
    fn of_toewijzing(client: &jw301::Client<'_>) -> Self {
        let born = client.geboortedatum.clone();
        Self::new(KennisBron::Toewijzing, Some(born), Some((&client.naam).into()))
    }

    fn of_verzoek(client: &jw315::Client<'_>) -> Self {
        let naam = Achternamen::of((&client.naam.geslachtsnaam).into(), None);
        Self::new(KennisBron::Verzoek, Some(client.geboortedatum.clone()), Some(naam))
    }

    fn of_register(client: &ClientGegevens) -> Self {
        let naam = client.geslachtsnaam.as_ref();
        let naam = naam.map(|Geslachtsnaam(naam)| Achternamen::of(Naamletters::of(naam, None), None));
        Self::new(KennisBron::Clientregister, client.geboortedatum.map(Geboortedatum::from), naam)
    }

    /// What says nothing leaves it to the next source.
    fn new(bron: KennisBron, geboortedatum: Option<Geboortedatum>, naam: Option<Achternamen>) -> Self {
        let geboortedatum = geboortedatum.filter(Geboortedatum::is_known);
        Self { bron, geboortedatum, naam: naam.filter(Achternamen::says_something) }
    }
}

impl std::fmt::Display for NietGetoond {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let facts = [("de geboortedatum", self.geboortedatum), ("de geslachtsnaam", self.geslachtsnaam)];
        let said = facts.map(|(fact, found)| match found {
            Feit::Gelijk => format!("{fact} klopt"),
            Feit::Anders(bron) => format!("{fact} is een andere dan in {bron}"),
            Feit::NietGezegd => format!("{fact} zegt het verzoek niet"),
            Feit::Onbekend => format!("{fact} is niet bekend uit een toewijzing of het clientregister"),
        });
        write!(f, "het verzoek laat niet zien dat de aanbieder dit kind kent: {}", said.join(", "))
    }
}

impl std::fmt::Display for KennisBron {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Toewijzing => "de nieuwste toewijzing",
            Self::Clientregister => "het clientregister",
            Self::Verzoek => "het verzoek dat eerder is gehonoreerd",
        })
    }
}
