//! Checkup of the contract register: what works otherwise than who wrote it may think.

use super::Checkup;
use crate::contracts::aandachtspunten;
use crate::office::register::in_force;
use crate::store::Store;

/// The register in force; what cannot be read is told.
pub async fn register_checks(store: &dyn Store) -> Vec<Checkup> {
    const WHAT: &str = "contracten";
    let in_force = match in_force(store).await {
        Ok(in_force) => in_force,
        Err(error) => return vec![Checkup::wrong(WHAT, error.to_string())],
    };
    let register = &in_force.versie.register;
    let punten = aandachtspunten(register);
    if punten.is_empty() {
        let count = register.contracten().list().len();
        return vec![Checkup::good(WHAT, format!("versie {} met {count} contracten", in_force.version))];
    }
    punten.into_iter().map(|punt| Checkup::attention(WHAT, punt)).collect()
}
