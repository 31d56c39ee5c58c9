//! Forms: each is given with a key that is good for one time, to one who has it.

use super::error::ConsoleError;
use super::roles::Wie;
use super::session::{FORM, digest, secret};
use super::upload::{self, FormParts};
use crate::clock::Clock;
use crate::office::operator::Person;
use crate::store::Store;
use crate::store::console::Bewaren;

/// Longest text in a field, in characters.
const LONGEST: usize = 200;
/// The field that has the key.
const KEY: &str = "sleutel";

/// The field that has what a page said when it was seen.
pub const SEEN: &str = "gezien";

/// The field that says why somebody decides so.
pub const WHY: &str = "waarom";

/// What was filled in.
#[derive(Debug, Default, Clone)]
pub struct Ingevuld {
    velden: Vec<(String, String)>,
    bestanden: Vec<(String, Vec<u8>)>,
}

impl Ingevuld {
    /// Reads the body of a form by what its head says it is; none when it cannot be read.
    pub fn read(soort: &str, body: &[u8]) -> Option<Self> {
        if upload::may_have_a_file(soort) {
            let FormParts { velden, bestanden } = upload::read(soort, body)?;
            return Some(Self { velden, bestanden });
        }
        Some(Self { velden: form_urlencoded::parse(body).into_owned().collect(), bestanden: Vec::new() })
    }

    /// The file that was sent along, the first when there are more.
    pub fn bestand(&self) -> Option<&[u8]> {
        self.bestanden.first().map(|(_, bytes)| &**bytes)
    }

    /// The files that were sent along, under what somebody called them.
    pub fn bestanden(&self) -> &[(String, Vec<u8>)] {
        &self.bestanden
    }

    /// A field, without spaces around it; empty when it is not there.
    pub fn text(&self, name: &str) -> String {
        self.all(name).into_iter().next().unwrap_or_default().chars().take(LONGEST).collect()
    }

    /// What somebody filled in, without what only a page knows.
    pub fn typed(&self) -> Vec<(&str, &str)> {
        let own = |name: &str| name == KEY || name == SEEN || name == super::hervat::FIELD;
        let all = self.velden.iter().filter(|(name, value)| !own(name) && !value.trim().is_empty());
        all.map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Whether a field of this name was on the form.
    pub fn has(&self, name: &str) -> bool {
        self.velden.iter().any(|(known, _)| known == name)
    }

    /// Every field of this name, as long as it is.
    pub fn all(&self, name: &str) -> Vec<String> {
        let found = self.velden.iter().filter(|(known, _)| known == name);
        found.map(|(_, value)| value.trim().chars().filter(|c| !c.is_control()).collect()).collect()
    }
}

impl Ingevuld {
    /// Why, as it was filled in; a decision has a reason.
    pub fn why(&self) -> Result<String, ConsoleError> {
        let why = self.text(WHY);
        if why.is_empty() {
            return Err(ConsoleError::Filter("vul in waarom: het staat bij het besluit"));
        }
        Ok(why)
    }

    /// Who decides, with the reason that was filled in.
    pub fn person(&self, wie: &Wie) -> Result<Person, ConsoleError> {
        let why = self.why()?;
        Ok(Person { who: wie.naam.clone(), second: None, why })
    }
}

/// To whom a form is given: a session, or nobody yet.
fn holder(wie: Option<&Wie>) -> Vec<u8> {
    wie.map(|wie| wie.sessie.to_vec()).unwrap_or_default()
}

/// The key of a form that is given now.
pub async fn give(store: &dyn Store, wie: Option<&Wie>) -> Result<String, ConsoleError> {
    let (text, sleutel) = secret()?;
    store.keep(Bewaren::Formulier(sleutel, holder(wie), Clock::System.now())).await?;
    Ok(text)
}

/// Takes a form in: what it asks happens once.
pub async fn take(store: &dyn Store, wie: Option<&Wie>, form: &Ingevuld) -> Result<(), ConsoleError> {
    let sleutel = digest(&form.text(KEY));
    let since = Clock::System.now() - FORM;
    match store.keep(Bewaren::Ingeleverd(sleutel, holder(wie), since)).await? {
        1 => Ok(()),
        _ => Err(ConsoleError::Form),
    }
}
