//! Rows of our types: the same columns in the same order in every engine.

mod changes;
mod facts;
mod ledger;
mod money;
mod promises;
mod record;
mod verzameld;

pub use changes::{
    bind_antwoord, bind_identificatie, bind_levering, bind_nummers, bind_retour, bind_toewijzing,
    bind_verzoek, bind_verzonden,
};
pub use facts::{read_debet, read_levering, read_prestatie, read_toewijzing, read_verzoek, read_verzonden};
pub use ledger::{
    bind_afschrift, bind_bankregel, bind_betaling, bind_grootboekstand, bind_overboeking, bind_verklaard,
    read_afschrift, read_bankregel, read_overboeking, read_rekening,
};
pub use money::{
    bind_beslist, bind_boeking, bind_declaratie, bind_limiet_vast, bind_prestatie, bind_vasthouding,
    read_soort, read_vasthouding,
};
pub use promises::{
    bind_gemeld, bind_gevolgd, bind_te_volgen, bind_toegezegd, bind_toezegging, bind_toezegging_key,
    gemeld_per_limiet, read_gevolgd, read_te_volgen, read_toegezegd, read_toezegging,
};
pub use record::{
    bind_entry, bind_finding, bind_outcome, bind_outgoing, bind_settled_arrival, bind_settled_hold,
    bind_settled_request, bind_settled_retour, bind_work,
};
pub use verzameld::{
    bind_herzien, bind_vervallen, bind_verzameling, bind_werkregel, read_verzameld, read_werkregel,
};
