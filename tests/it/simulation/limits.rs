//! What the store keeps of limits, beside what the model counts from the start.

use super::mail::Mail;
use super::world::{Keeps, World, text};
use crate::model::desk::{limit_id, register};
use crate::model::limits::Stand;
use crate::model::office::Model;
use happyflow::state::FactKeys;

impl<S: Keeps, M: Mail> World<'_, S, M> {
    /// What is kept of every limit is what the model counts.
    pub async fn limits(&self, model: &Model) -> Result<(), String> {
        let register = register(&model.contract);
        let mut keys = FactKeys::default();
        let actief = || model.contract.limieten.iter().enumerate().filter(|(_, limiet)| limiet.actief);
        let id = |limiet| limit_id(&register, limiet).ok_or("the register lost a limit");
        for (_, limiet) in actief() {
            keys.budgetten.insert(id(limiet)?.into());
        }
        let known = self.store.begin().await.map_err(text)?.load(&keys).await.map_err(text)?;
        for (place, limiet) in actief() {
            let id = id(limiet)?;
            let promised = known.toegezegd.get(id).copied().unwrap_or_default();
            let toegekend = known.budget_standen.get(id).copied().unwrap_or_default().0;
            let kept = Stand { toegekend, toegezegd: promised.bedrag.0, onbekend: promised.onbekend };
            let counted = model.stand(place, self.today);
            if kept != counted {
                return Err(format!("limit {place}: kept {kept:?}, counted {counted:?}\n{limiet:?}"));
            }
        }
        Ok(())
    }
}
