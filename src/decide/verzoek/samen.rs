//! Sums of a request: what its products come to together, and with what was assigned before (rulings 8.9 and 8.10).

use super::oordeel::Aanvraag;
use crate::contracts::Gevolg;
use crate::decide::cost::Zorg;
use crate::decide::drempels::{SegmentC, Verwezen, counts, is_looked_at, window};
use crate::decide::verwijzing;

/// What is looked at together: of every product that is not refused for what it is.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Samen {
    /// Why a person looks at what is asked on a referral.
    verwezen: Option<String>,
    segment_c: Option<SegmentC>,
}

impl Samen {
    /// Of all products of a request.
    pub(super) fn of(asked: &[Aanvraag<'_>]) -> Self {
        let zorg: Vec<Zorg> = asked.iter().map(Aanvraag::zorg).collect();
        let segment_c = asked.first().and_then(|one| SegmentC::of(&zorg, one.register));
        Self { verwezen: verwezen(asked), segment_c }
    }
}

/// With what this aanbieder was assigned on referrals from twelve months before the first start on.
fn verwezen(asked: &[Aanvraag<'_>]) -> Option<String> {
    let referred: Vec<&Aanvraag<'_>> = asked.iter().filter(|one| one.is_referred()).collect();
    let (one, begin) = (referred.first()?, referred.iter().map(|one| one.zorg().begin).min()?);
    let (register, bsn) = (one.register, one.client.bsn);
    let mut all = Verwezen::default();
    for asked in &referred {
        all.add(asked.zorg(), Some(asked.product.verwijzer.soort), register);
    }
    let assigned = verwijzing::here(one.known, register, one.relatie, bsn);
    for toewijzing in assigned.filter(|toewijzing| toewijzing.ingangsdatum >= window(begin)) {
        all.add_assigned(toewijzing, register);
    }
    all.over(register)
}

impl Aanvraag<'_> {
    /// Asked on a referral that the threshold looks at.
    fn is_referred(&self) -> bool {
        is_looked_at(Some(self.product.verwijzer.soort), self.register)
            && self.product.toewijzing_ingangsdatum >= self.register.regio().drempels.verwijzing_vanaf
    }

    /// Without recent contact with the wijkteam.
    pub(super) fn referral_over(&self) -> Option<&str> {
        let contact = self.registered().and_then(|client| client.wijkteam_contact);
        let known = counts(contact, self.product.toewijzing_ingangsdatum, self.register);
        self.samen.verwezen.as_deref().filter(|_| self.is_referred() && !known)
    }

    /// Why a product of segment C waits for a person.
    pub(super) fn segment_c_waits(&self) -> Option<String> {
        let all = self.samen.segment_c.filter(|_| self.zorg().is_segment_c(self.register))?;
        if all.kosten.is_none() {
            return Some(
                "de verwachte kosten zijn niet te berekenen bij een product van segment C".to_owned(),
            );
        }
        let waits = self.register.regio().drempels.segment_c_verzoek == Gevolg::Hold;
        all.over().filter(|_| waits)
    }

    /// That the products of segment C are over their amount.
    pub(super) fn segment_c_over(&self) -> Option<String> {
        self.samen.segment_c.filter(|_| self.zorg().is_segment_c(self.register))?.over()
    }
}
