//! What people are told by mail.

use super::{Query, Value};
use crate::store::post::{Meldgrond, Postregel};

const TABLE: &str = "melding";

/// What keeps it.
pub fn queries(what: Postregel) -> Vec<Query> {
    let about = |text: &'static str| Query::new("post bijhouden", TABLE, text);
    match what {
        Postregel::Gezien(Meldgrond { sleutel, soort, tekst, werk }, moment) => {
            // What comes back was not taken by anybody yet.
            const SEEN: &str = "INSERT INTO melding (sleutel, soort, tekst, sinds, werk)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (sleutel) DO UPDATE SET tekst = excluded.tekst, voorbij = NULL,
                    sinds = CASE WHEN melding.voorbij IS NULL THEN melding.sinds ELSE excluded.sinds END,
                    genomen = CASE WHEN melding.voorbij IS NULL THEN melding.genomen ELSE NULL END,
                    genomen_door = CASE WHEN melding.voorbij IS NULL THEN melding.genomen_door ELSE NULL END
                WHERE melding.voorbij IS NOT NULL OR melding.tekst <> excluded.tekst";
            let query = about(SEEN).with(&*sleutel).with(soort.as_str()).with(&*tekst);
            vec![query.with(Value::Moment(moment)).with(werk)]
        }
        Postregel::Voorbij { sleutel, moment } => {
            const OVER: &str = "UPDATE melding SET voorbij = $2 WHERE sleutel = $1 AND voorbij IS NULL";
            vec![about(OVER).with(&*sleutel).with(Value::Moment(moment))]
        }
        Postregel::Genomen { sleutel, wie, moment } => {
            const TAKEN: &str = "UPDATE melding SET genomen = $2, genomen_door = $3
                WHERE sleutel = $1 AND werk IS NULL AND voorbij IS NULL AND genomen IS NULL";
            vec![about(TAKEN).with(&*sleutel).with(Value::Moment(moment)).with(&*wie)]
        }
        Postregel::Bezig { sleutel, aan, tot, nu, na } => {
            const BUSY: &str = "INSERT INTO melding_post (sleutel, aan, keren, bezig) VALUES ($1, $2, 0, $3)
                ON CONFLICT (sleutel, aan) DO UPDATE SET bezig = excluded.bezig
                WHERE (melding_post.bezig IS NULL OR melding_post.bezig <= $4)
                    AND (melding_post.gemeld IS NULL OR melding_post.gemeld <= $5)";
            let query = about(BUSY).with(&*sleutel).with(&*aan).with(Value::Moment(tot));
            vec![query.with(Value::Moment(nu)).with(Value::Moment(na))]
        }
        Postregel::Gemeld { sleutel, aan, moment } => {
            const TOLD: &str = "INSERT INTO melding_post (sleutel, aan, gemeld, keren) VALUES ($1, $2, $3, 1)
                ON CONFLICT (sleutel, aan) DO UPDATE SET gemeld = excluded.gemeld, keren = melding_post.keren + 1,
                    bezig = NULL, mislukt = NULL
                WHERE melding_post.gemeld IS NULL OR melding_post.gemeld < excluded.gemeld";
            vec![about(TOLD).with(&*sleutel).with(&*aan).with(Value::Moment(moment))]
        }
        Postregel::Mislukt { sleutel, aan, weer, waarom } => {
            const FAILED: &str =
                "INSERT INTO melding_post (sleutel, aan, keren, bezig, mislukt) VALUES ($1, $2, 0, $3, $4)
                ON CONFLICT (sleutel, aan) DO UPDATE SET bezig = excluded.bezig, mislukt = excluded.mislukt";
            vec![about(FAILED).with(&*sleutel).with(&*aan).with(Value::Moment(weer)).with(waarom)]
        }
        Postregel::Opruimen(moment) => {
            const LEFT: &str =
                "DELETE FROM melding_post WHERE sleutel IN (SELECT sleutel FROM melding WHERE voorbij < $1)";
            const GONE: &str = "DELETE FROM melding WHERE voorbij < $1";
            [LEFT, GONE].map(|text| about(text).with(Value::Moment(moment))).to_vec()
        }
    }
}
