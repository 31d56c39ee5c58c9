//! The contract register: what was agreed with whom, for which clients, at what rate.
//!
//! A [`Register`] is one version of everything that is not a message: contracts, the list of
//! product codes, codes of gemeenten, budgets, ceilings, clients and the settings of the region.
//! It lives in memory and is never changed: an [`Import`] of files makes the next version, and
//! a [`Versie`] says since which number of the journal it is known. What the journal keeps of
//! an import is the bytes of its files; [`import_sources`] makes the same register of them again.
//!
//! Two times never mix: *valid* (the dates in the lines, all inclusive) and *known* (the number in
//! the journal at which a version was recorded).

mod aandacht;
mod clienten;
mod contract;
mod contracten;
mod digest;
mod errors;
mod example;
mod export;
mod gemeenten;
mod gevolgen;
mod herkomst;
mod herzien;
pub(crate) mod import;
mod indexering;
mod kalender;
mod limits;
mod periode;
mod regio;
mod register;
mod render;
mod samenvoegen;
mod uitvoer;
mod verschil;
mod versions;

pub use crate::codes::Financiering;
pub use aandacht::aandachtspunten;
pub use clienten::{
    ClientAdres, ClientGegevens, Clienten, Geboren, Geslachtsnaam, Overleden, postcode_in_bericht,
};
pub use contract::{
    Contract, ContractRegel, Declaratiewijze, GebrokenMaand, Peil, Peildatum, Segment, Tariefeenheid,
    Uitvoeringsvariant, Verlenging,
};
pub use contracten::{Contracten, Dekking, GeldendeRegel, Rekening};
pub use errors::{Bron, ImportErrors, ImportFout};
pub use example::example;
pub use export::flat_json;
pub use gemeenten::{GemeenteRegel, Gemeentecodes};
pub use gevolgen::{BETAALTERMIJN_DAGEN, Gevolg, Gevolgen, Vrijgave};
pub use herkomst::{Herkomst, Wijze};
pub use herzien::{Herzien, herzien};
pub use import::{Import, client_feed, client_told, import_new, import_sources};
pub use indexering::{IndexFout, Indexering};
pub use kalender::{Kalenderregel, kalender};
pub use limits::{Bestedingsruimte, Budget, BudgetSleutel, Limieten, Plafond, PlafondSleutel, Vasthouden};
pub use periode::Periode;
pub use regio::{Bewaking, Drempels, Instellingen, NaTermijn, Nummerreeks, Nummerreeksen, Regio};
pub use register::{Onderdeel, Productcode, Register};
pub use render::{render_import, render_list, render_show};
pub use verschil::{ClientVerschil, ContractNaam, Procent, TariefVerschil, Verschil, Wijziging};
pub use versions::Versie;
