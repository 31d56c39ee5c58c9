//! Contract files become a version of the register.

use super::Engine;
use super::error::PipelineError;
use super::register::{self, InForce};
use crate::contracts::{Import, Register, Wijze};
use crate::hub::Hub;
use crate::store::{Batch, JournalKind, Store};
use std::path::Path;
use std::sync::Arc;

/// What an import of contract files did.
#[derive(Debug)]
pub struct Imported {
    /// The new version; none when nothing changed.
    pub version: Option<i64>,
    /// What was read.
    pub import: Import,
    /// The register before.
    pub before: Arc<Register>,
    /// The register after.
    pub after: Arc<Register>,
}

impl<S: Store, H: Hub> Engine<S, H> {
    /// Takes over contract files; content that changes nothing makes no version. Somebody keeps this register: a
    /// gemeente in them that nobody knows is refused.
    pub async fn import(&mut self, path: &Path) -> Result<Imported, PipelineError> {
        let import = super::import_path(path)?;
        self.import_made(|_| Ok::<_, PipelineError>(import)).await
    }

    /// As [`Engine::import`], of what is made of the register in force, which nobody changed meanwhile.
    pub async fn import_made<E: From<PipelineError>>(
        &mut self,
        make: impl FnOnce(&Register) -> Result<Import, E>,
    ) -> Result<Imported, E> {
        let newest = register::newest_version(&*self.store).await.map_err(E::from)?;
        self.follow(newest).await?;
        let known = self.register();
        let import = make(&known)?;
        let version = self.in_force.version;
        let fits = import.known_to(&known).and_then(|()| import.fits(&known));
        fits.map_err(PipelineError::from)?;
        Ok(self.import_read(import, Some(version)).await?)
    }

    /// As [`Engine::import`], for what a script gives as a whole beside messages that are judged by themselves (TR378):
    /// a gemeente that nobody knows is told.
    pub async fn import_given(&mut self, path: &Path) -> Result<Imported, PipelineError> {
        let import = super::import_path(path)?;
        self.follow(register::newest_version(&*self.store).await?).await?;
        if let Err(errors) = import.known_to(&self.register()) {
            errors.0.iter().for_each(|fault| tracing::warn!("{fault}"));
        }
        self.import_read(import, None).await
    }

    /// `on` is the version that the import was made for, where it says anything of what it found there.
    async fn import_read(&mut self, import: Import, on: Option<i64>) -> Result<Imported, PipelineError> {
        let mut before = self.register();
        let mut version = None;
        // Nobody waits for what changes nothing. What changes something changes the register of that moment: another
        // import may have been first.
        if self.in_force.versie.next(0, &import).is_some() {
            let mut batch = self.alone().await?;
            before = self.register();
            import.fits(&before)?;
            if import.herkomst.wijze == Wijze::Aanvullend && on.is_some_and(|on| on != self.in_force.version)
            {
                return Err(PipelineError::OtherRegister);
            }
            let journal = batch.numbers().draw_journal();
            if let Some(versie) = self.in_force.versie.next(journal, &import) {
                let entry = self.entry(JournalKind::Contract, journal);
                let made = batch.import_register(entry, register::for_store(&import, &versie)).await?;
                batch.commit().await?;
                self.in_force = InForce { version: made, versie };
                version = Some(made);
            }
        }
        Ok(Imported { version, import, before, after: self.register() })
    }
}
