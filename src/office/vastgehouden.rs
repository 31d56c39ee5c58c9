//! JW301s that are held and of which the term passed: they are forwarded where the region says so, and else the gemeente
//! hears that they wait (rulings 8.7).

use super::error::OfficeError;
use super::handle::Office;
use super::work::Passed;
use crate::clock::Moment;
use crate::contracts::Register;
use crate::decide::doorsturen::acts;
use crate::store::{LateHold, Store, StoreError};

impl Office {
    /// Acts on held JW301s whose term passed. Only for those does anybody who decides have to wait. One that fails does not
    /// stop the others.
    pub(super) async fn pass_holds(&self) -> Result<Vec<Passed>, OfficeError> {
        let moment = self.settings().clock.now();
        let register = self.register().await?.versie.register;
        let mut passed = Vec::new();
        for id in due_now(self.store(), &register, moment).await? {
            passed.extend(self.pass_hold(id, moment).await?);
        }
        Ok(passed)
    }

    /// Looked at again now that nobody else decides: two services act on a term once.
    async fn pass_hold(&self, id: i64, moment: Moment) -> Result<Option<Passed>, OfficeError> {
        let alone = self.alone().await?;
        if !due_now(self.store(), &alone.register(), moment).await?.contains(&id) {
            return Ok(None);
        }
        self.pass_in(alone, id).await
    }
}

/// The numbers of their work items, what must be done first on top.
async fn due_now(store: &dyn Store, register: &Register, moment: Moment) -> Result<Vec<i64>, StoreError> {
    let na_termijn = register.regio().bewaking.na_termijn;
    let mut late = store.late_holds(moment.date()).await?;
    late.retain(|LateHold { item, told }| acts(&item.item, *told, na_termijn, moment));
    late.sort_by_key(|late| super::work::by_term(&late.item));
    Ok(late.into_iter().map(|late| late.item.id).collect())
}
