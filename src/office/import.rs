//! Contract files, taken over as a new version of the register.

use super::error::OfficeError;
use super::following::imported;
use super::handle::Office;
use super::herziening;
use super::register::{self, InForce};
use super::voordracht::Akkoord;
use crate::contracts::{Import, Register, Wijze, herzien};
use crate::journal::Herziening;
use crate::store::{Entry, JournalKind};
use std::path::Path;
use std::sync::Arc;

/// What an import of contract files did.
#[derive(Debug)]
pub struct Imported {
    /// The new version; none when nothing changed.
    pub version: Option<i64>,
    /// What was read.
    pub import: Import,
    pub before: Arc<Register>,
    pub after: Arc<Register>,
    /// Work items about granted lines whose rate is another since.
    pub work: Vec<i64>,
    /// Work items about ceilings that are nearly used by what it says.
    pub warned: Vec<i64>,
}

impl Office {
    /// Takes over contract files; content that changes nothing makes no version. Somebody keeps this register: a
    /// gemeente in them that nobody knows is refused.
    pub async fn import(&self, path: &Path) -> Result<Imported, OfficeError> {
        let import = super::import_path(path)?;
        self.import_made(|_| Ok::<_, OfficeError>(import)).await
    }

    /// As [`Office::import`], of what is made of the register in force, which nobody changed meanwhile.
    pub async fn import_made<E: From<OfficeError>>(
        &self,
        make: impl FnOnce(&Register) -> Result<Import, E>,
    ) -> Result<Imported, E> {
        let newest = self.register().await?;
        let known = &newest.versie.register;
        let import = make(known)?;
        let fits = import.known_to(known).and_then(|()| import.fits(known));
        fits.map_err(OfficeError::from)?;
        let adds = import.herkomst.wijze == Wijze::Aanvullend;
        let on = adds.then_some(newest.version);
        Ok(self.import_read(newest, import, on, None).await?)
    }

    /// As [`Office::import`], for what a script gives as a whole beside messages that are judged by themselves (TR378):
    /// a gemeente that nobody knows is told.
    pub async fn import_given(&self, path: &Path) -> Result<Imported, OfficeError> {
        let import = super::import_path(path)?;
        let newest = self.register().await?;
        if let Err(errors) = import.known_to(&newest.versie.register) {
            errors.0.iter().for_each(|fault| tracing::warn!("{fault}"));
        }
        self.import_read(newest, import, None, None).await
    }

    /// `on` is the version that the import was made for, where it says anything of what it found there; `akkoord` that two persons
    /// agreed.
    pub(super) async fn import_read(
        &self,
        newest: InForce,
        import: Import,
        on: Option<i64>,
        akkoord: Option<&Akkoord>,
    ) -> Result<Imported, OfficeError> {
        let before = newest.versie.register.clone();
        let same = |before: Arc<Register>, import| Imported {
            version: None,
            import,
            after: before.clone(),
            before,
            work: Vec::new(),
            warned: Vec::new(),
        };
        // Nobody waits for what changes nothing. What changes something changes the register of that moment: another
        // import may have been first.
        if newest.versie.next(0, &import).is_none() {
            return Ok(same(before, import));
        }
        let mut alone = self.alone().await?;
        let before = alone.register();
        import.fits(&before)?;
        if on.is_some_and(|on| on != alone.in_force().version) {
            return Err(OfficeError::OtherRegister);
        }
        if alone.in_force().versie.next(0, &import).is_none() {
            return Ok(same(before, import));
        }
        // What messages did is followed by the register that they were decided with.
        alone.follow_all().await?;
        let entry = alone.entry(JournalKind::Contract);
        let Some(versie) = alone.in_force().versie.next(entry.journal, &import) else {
            return Ok(same(before, import));
        };
        let after = versie.register.clone();
        match akkoord {
            Some(akkoord) => alone.batch.carry_out(akkoord.voordracht(), entry.journal).await?,
            None => self.may_import(&before, &after).await?,
        }
        let at = (entry.moment.date(), alone.in_force().version + 1);
        let (gevolgd, _) = self.store().gevolgd().await?;
        let changes = imported(&mut *alone.batch, (&before, &after), at, gevolgd).await?;
        let made = register::for_store(&import, &versie, changes);
        let version = alone.batch.import_register(entry, made).await?;
        let producten = herzien(&before, &after, at.0);
        let mut work = Vec::new();
        if !producten.is_empty() {
            let entry = Entry { register_version: version, ..alone.entry(JournalKind::Termijn) };
            let herziening = Herziening { versie: version, producten };
            let decision = herziening::revised(&mut *alone.batch, &after, &herziening).await?;
            if !decision.work.is_empty() || !decision.changes.is_empty() {
                work = herziening::decided(entry, &herziening, decision).enter(&mut *alone.batch).work;
            }
        }
        let warned = alone.follow_version(version, &after, at.0).await?;
        alone.commit().await?;
        self.registers().put(InForce { version, versie }).await;
        Ok(Imported { version: Some(version), import, before, after, work, warned })
    }
}
