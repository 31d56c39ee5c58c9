//! One version of everything that is known apart from messages.

use super::digest::Canon;
use super::limits::{Budgetten, Plafonds};
use super::{
    Budget, ClientGegevens, Clienten, Contract, ContractRegel, Contracten, Dekking, GeldendeRegel,
    Gemeentecodes, Instellingen, Peil, Periode, Plafond, Regio, Segment, Uitvoeringsvariant,
};
use crate::codes::{
    AgbCode, Bsn, Datum, Eenheid, GemeenteCode, ProductCategorie, ProductCode, ProductSleutel, code_enum,
};
use crate::iban::Iban;
use crate::messages::Relatie;
use std::collections::BTreeSet;
use std::sync::Arc;

code_enum!(
    /// A kind of content; an import replaces a kind as a whole or leaves it alone.
    Onderdeel {
        Contracten = "contracten",
        Productcodelijst = "productcodelijst",
        Gemeentecodes = "gemeentecodes",
        Budgetten = "budgetten",
        Plafonds = "plafonds",
        Clienten = "clienten",
        Regio = "regio",
        /// What a flat document says of the region.
        Instellingen = "instellingen",
    }
);

/// A row of the list of product codes: category, code, and when the code is in use.
pub type Productcode = (ProductCategorie, ProductCode, Periode);

/// When a code is in use, row by row.
fn rows_of(
    codes: &BTreeSet<Productcode>,
    categorie: ProductCategorie,
    code: ProductCode,
) -> impl Iterator<Item = Periode> {
    // Without dates is the least of all periods.
    let from = codes.range((categorie, code, Periode::ALTIJD)..);
    from.take_while(move |row| (row.0, row.1) == (categorie, code)).map(|row| row.2)
}

/// One version of the register. Never changes; copies share their content.
#[derive(Debug, Default, Clone)]
pub struct Register {
    pub(super) contracten: Arc<Contracten>,
    /// Absent: TR381 is not applied. Empty: no product is allowed.
    pub(super) productcodelijst: Option<Arc<BTreeSet<Productcode>>>,
    /// Beside the list that is built in.
    pub(super) gemeentecodes: Arc<Gemeentecodes>,
    pub(super) budgetten: Arc<Budgetten>,
    pub(super) plafonds: Arc<Plafonds>,
    pub(super) clienten: Arc<Clienten>,
    /// As its file has it.
    pub(super) eigen_regio: Arc<Regio>,
    /// What a flat document says of the region.
    pub(super) instellingen: Arc<Instellingen>,
    /// The two together.
    pub(super) regio: Arc<Regio>,
}

impl Register {
    /// This version with some kinds of content from another: the next version after an import.
    #[must_use]
    pub fn with(&self, other: &Self, onderdelen: &BTreeSet<Onderdeel>) -> Self {
        let mut next = self.clone();
        for onderdeel in onderdelen {
            match onderdeel {
                Onderdeel::Contracten => next.contracten = Arc::clone(&other.contracten),
                Onderdeel::Productcodelijst => next.productcodelijst.clone_from(&other.productcodelijst),
                Onderdeel::Gemeentecodes => next.gemeentecodes = Arc::clone(&other.gemeentecodes),
                Onderdeel::Budgetten => next.budgetten = Arc::clone(&other.budgetten),
                Onderdeel::Plafonds => next.plafonds = Arc::clone(&other.plafonds),
                Onderdeel::Clienten => next.clienten = Arc::clone(&other.clienten),
                // The file says everything of the region: what a document said before it is over.
                Onderdeel::Regio => {
                    next.eigen_regio = Arc::clone(&other.eigen_regio);
                    next.instellingen = Arc::default();
                }
                Onderdeel::Instellingen => next.instellingen = Arc::clone(&other.instellingen),
            }
        }
        next.settled()
    }

    /// With the settings of the region that hold.
    pub(super) fn settled(mut self) -> Self {
        self.regio = if self.instellingen.is_empty() {
            Arc::clone(&self.eigen_regio)
        } else {
            Arc::new(self.eigen_regio.with(&self.instellingen))
        };
        self
    }

    /// SHA-256 over the content, whatever files it came from: equal digests mean nothing changed.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut canon = Canon::of("happyflow register 1");
        self.contracten.write(&mut canon);
        canon.optional(self.productcodelijst.as_deref(), |canon, codes| {
            canon.list(codes.iter(), |canon, (categorie, code, geldig)| {
                canon.text(categorie.as_str());
                canon.text(code.as_str());
                // Written only where there are dates: a list of before rows had them keeps its digest.
                if *geldig != Periode::ALTIJD {
                    canon.text("geldig");
                    canon.periode(*geldig);
                }
            });
        });
        self.gemeentecodes.write(&mut canon);
        self.budgetten.write(&mut canon);
        self.plafonds.write(&mut canon);
        self.clienten.write(&mut canon);
        self.eigen_regio.write(&mut canon);
        self.instellingen.write(&mut canon);
        canon.finish()
    }

    /// The contracts and all questions about them.
    #[must_use]
    pub fn contracten(&self) -> &Contracten {
        &self.contracten
    }

    /// Settings of the region.
    #[must_use]
    pub fn regio(&self) -> &Regio {
        &self.regio
    }

    /// Whether a flat document says anything of the region.
    #[must_use]
    pub fn has_instellingen(&self) -> bool {
        !self.instellingen.is_empty()
    }

    /// The clients.
    #[must_use]
    pub fn clienten(&self) -> &Clienten {
        &self.clienten
    }

    /// Every budget, in order of key.
    #[must_use]
    pub fn budgetten(&self) -> &[Budget] {
        self.budgetten.list()
    }

    /// Every ceiling, in order of key.
    #[must_use]
    pub fn plafonds(&self) -> &[Plafond] {
        self.plafonds.list()
    }

    /// The codes of gemeenten that were added to the built-in ones.
    #[must_use]
    pub fn gemeentecodes(&self) -> &Gemeentecodes {
        &self.gemeentecodes
    }

    /// The product codes in use, when there is a list.
    #[must_use]
    pub fn productcodelijst(&self) -> Option<&BTreeSet<Productcode>> {
        self.productcodelijst.as_deref()
    }

    /// [`Contracten::tarief`].
    pub fn tarief(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: (ProductCategorie, ProductCode),
        eenheid: Eenheid,
        peil: Peil,
    ) -> impl Iterator<Item = GeldendeRegel<'_>> {
        self.contracten.tarief(relatie, bsn, product, eenheid, peil)
    }

    /// [`Contracten::has_contract`].
    #[must_use]
    pub fn has_contract(&self, relatie: Relatie, bsn: Bsn, datum: Datum) -> bool {
        self.contracten.has_contract(relatie, bsn, datum)
    }

    /// [`Contracten::covers`].
    #[must_use]
    pub fn covers(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: Option<ProductSleutel>,
        eenheid: Option<Eenheid>,
        van: Datum,
        tot: Option<Datum>,
    ) -> Dekking {
        self.contracten.covers(relatie, bsn, product, eenheid, van, tot)
    }

    /// [`Contracten::variant`].
    #[must_use]
    pub fn variant(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: Option<ProductSleutel>,
        eenheid: Option<Eenheid>,
        periode: Periode,
    ) -> Option<Uitvoeringsvariant> {
        self.contracten.variant(relatie, bsn, product, eenheid, periode)
    }

    /// [`Contracten::iban`].
    #[must_use]
    pub fn iban(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: (ProductCategorie, ProductCode),
        periode: Periode,
    ) -> Option<Iban> {
        self.contracten.iban(relatie, bsn, product, periode)
    }

    /// [`Contracten::segment`].
    #[must_use]
    pub fn segment(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: ProductSleutel,
        datum: Datum,
    ) -> Option<Segment> {
        self.contracten.segment(relatie, bsn, product, datum)
    }

    /// [`Contracten::aanbieder_naam`].
    #[must_use]
    pub fn aanbieder_naam(&self, aanbieder: AgbCode) -> Option<&str> {
        self.contracten.aanbieder_naam(aanbieder)
    }

    /// The budgets that care on a day counts for, in order of key; no product for generic care.
    #[must_use]
    pub fn budgets_for(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: Option<ProductSleutel>,
        datum: Datum,
    ) -> Vec<&Budget> {
        self.budgets_over(relatie, bsn, product, Periode::dag(datum))
    }

    /// The budgets that care on one of these days counts for, in order of key; its segment is that of the first day.
    #[must_use]
    pub fn budgets_over(
        &self,
        relatie: Relatie,
        bsn: Bsn,
        product: Option<ProductSleutel>,
        days: Periode,
    ) -> Vec<&Budget> {
        let segment = || self.segment(relatie, bsn, product?, days.van?);
        let categorie = product.map(|product| product.categorie);
        self.budgetten.counting(relatie, bsn, categorie, segment, days)
    }

    /// Whether there is a budget or ceiling at all.
    #[must_use]
    pub fn has_limits(&self) -> bool {
        !self.budgetten().is_empty() || !self.plafonds().is_empty()
    }

    /// Whether any contract pays a fixed price for a trajectory.
    #[must_use]
    pub fn has_fixed_prices(&self) -> bool {
        self.contracten.has_fixed_prices()
    }

    /// Whether any contract with a fixed price holds a second trajectory, or its payment.
    #[must_use]
    pub fn holds_fixed_prices(&self) -> bool {
        self.contracten.holds_fixed_prices()
    }

    /// The budget whose sums are kept by this id.
    #[must_use]
    pub fn budget(&self, id: &str) -> Option<&Budget> {
        self.budgetten.by_id(id)
    }

    /// The ceiling whose sums are kept by this id.
    #[must_use]
    pub fn plafond(&self, id: &str) -> Option<&Plafond> {
        self.plafonds.by_id(id)
    }

    /// The ceilings that care in a year counts for, in order of key: those of the aanbieder and those of
    /// the parties that it works under.
    #[must_use]
    pub fn ceilings_for(&self, relatie: Relatie, jaar: i32) -> Vec<&Plafond> {
        self.plafonds.counting(&self.contracten, relatie, jaar)
    }

    /// What is known of a client in a gemeente.
    #[must_use]
    pub fn client(&self, gemeente: GemeenteCode, bsn: Bsn) -> Option<&ClientGegevens> {
        self.clienten.get(gemeente, bsn)
    }

    /// Whether a code of a gemeente held on a day: built in or added. TR378 asks this for today and for
    /// the days that ruling 1.8 names.
    #[must_use]
    pub fn gemeente_valid(&self, code: GemeenteCode, datum: Datum) -> bool {
        Gemeentecodes::built_in().valid(code, datum) || self.gemeentecodes.valid(code, datum)
    }

    /// Whether a code of a gemeente holds on a day, or ended so shortly before that the gemeente still closes its
    /// care under it (TR378, rulings 1.8).
    #[must_use]
    pub fn gemeente_in_use(&self, code: GemeenteCode, datum: Datum) -> bool {
        let months = self.regio.herindeling();
        Gemeentecodes::built_in().in_use(code, datum, months)
            || self.gemeentecodes.in_use(code, datum, months)
    }

    /// Name of a gemeente: as added, else as built in.
    #[must_use]
    pub fn gemeente_naam(&self, code: GemeenteCode) -> Option<&str> {
        self.gemeentecodes.naam(code).or_else(|| Gemeentecodes::built_in().naam(code))
    }

    /// Whether a code goes with a category on a day of care (TR381, rulings 1.8): the list in use says so, or a
    /// contract has a rate for it that is valid then. Without list everything does.
    #[must_use]
    pub fn product_allowed(&self, categorie: ProductCategorie, code: ProductCode, days: Periode) -> bool {
        let Some(codes) = &self.productcodelijst else { return true };
        let mut rows = rows_of(codes, categorie, code);
        rows.any(|geldig| geldig.overlaps(&days)) || self.contracten.has_rate(categorie, code, days)
    }

    /// Lines of contracts whose product the list in use does not have on all their days.
    pub fn outside_list(&self) -> impl Iterator<Item = (&Contract, &ContractRegel)> {
        let lines = self
            .contracten
            .list()
            .iter()
            .flat_map(|contract| contract.regels.iter().map(move |regel| (contract, regel)));
        lines.filter(|(_, regel)| {
            self.productcodelijst.as_ref().is_some_and(|codes| {
                let mut rows = rows_of(codes, regel.categorie, regel.code);
                !rows.any(|geldig| geldig.intersection(&regel.geldig) == Some(regel.geldig))
            })
        })
    }

    /// Whether we serve a gemeente (configured; never derived from contracts).
    #[must_use]
    pub fn serves(&self, gemeente: GemeenteCode) -> bool {
        self.regio.serves(gemeente)
    }
}
