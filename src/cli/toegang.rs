//! Commands that show or act on persons write down who, what and why, in the log of the console, before they do it.

use super::CliError;
use super::place::not_blank;
use crate::clock::Clock;
use crate::codes::Bsn;
use crate::disk;
use crate::store::Store;
use crate::store::console::{Bewaren, Toegang};
use clap::Args;
use std::path::Path;

/// In which role a command looks: whoever may run it sees all.
const ROL: &str = "opdrachtregel";
/// Bytes of the largest list of accounts.
const MOST_BYTES: u64 = 1024 * 1024;

/// Who looks, and why, where no work item says so.
#[derive(Debug, Args)]
pub(super) struct Kijker {
    /// Wie er kijkt (bij --client-file en --sample); anders de gebruiker van deze machine
    #[arg(long, value_name = "NAAM", value_parser = not_blank)]
    by: Option<String>,
    /// Waarom; het staat in het log van wie persoonsgegevens bekeek
    #[arg(long, value_name = "TEKST", value_parser = not_blank)]
    why: Option<String>,
}

impl Kijker {
    /// Writes down a look, with this reason when none was given.
    pub(super) async fn looked(
        &self,
        store: &dyn Store,
        actie: &str,
        onderwerp: &str,
        anders: &str,
    ) -> Result<(), CliError> {
        wrote(store, self.by.as_deref(), actie, onderwerp, self.why.as_deref().unwrap_or(anders)).await
    }
}

/// Writes down that somebody handles a work item: its number is the reason.
pub(super) async fn handled(
    store: &dyn Store,
    by: Option<&str>,
    actie: &str,
    id: i64,
) -> Result<(), CliError> {
    let about = format!("werkitem {id}");
    wrote(store, by, actie, &about, &about).await
}

/// Writes down what somebody does; durable when this returns.
pub(super) async fn wrote(
    store: &dyn Store,
    by: Option<&str>,
    actie: &str,
    onderwerp: &str,
    reden: &str,
) -> Result<(), CliError> {
    let account = account();
    let toegang = Toegang {
        moment: Clock::System.now(),
        wie: by.map_or_else(|| account.clone(), |by| format!("{by} ({account})")),
        rol: ROL.to_owned(),
        actie: actie.to_owned(),
        onderwerp: onderwerp.to_owned(),
        reden: Bsn::mask_in(reden),
        herkomst: "deze machine".to_owned(),
    };
    store.keep(Bewaren::Toegang(toegang)).await?;
    Ok(())
}

/// The account that runs this, as the system knows it; what the environment says of it anybody can change.
fn account() -> String {
    let number = rustix::process::getuid().as_raw();
    let accounts = disk::read_text(Path::new("/etc/passwd"), MOST_BYTES).unwrap_or_default();
    let found = accounts.lines().find_map(|line| name_of(line, number));
    found.map_or_else(|| format!("uid {number}"), str::to_owned)
}

/// The name in a line of the list, when it is of this number.
fn name_of(line: &str, number: u32) -> Option<&str> {
    let mut parts = line.split(':');
    let (name, _, uid) = (parts.next()?, parts.next()?, parts.next()?);
    (uid.parse() == Ok(number) && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_its_name_or_its_number() {
        assert_eq!(name_of("jo:x:1000:1000::/home/jo:/bin/sh", 1000), Some("jo"));
        assert_eq!(name_of("jo:x:1000:0::/:/bin/sh", 0), None);
        assert_eq!(name_of("# jo", 0), None);
        assert!(!account().is_empty());
    }
}
