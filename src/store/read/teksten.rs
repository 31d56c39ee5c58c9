//! The statements of `status`. Each finds its rows by an index: `tests/it/hot_path.rs` looks at their plans.
//!
//! Numbers that an aanbieder gives are unique with its code: the statement goes along the aanbieders that are in the
//! index, one seek each, and looks for the number at each of them. So does one on the number of an assignment along
//! gemeenten.

/// The table that it is about, and its text.
pub(super) type StatementText = (&'static str, &'static str);

/// The aanbieders of a table, as `a (x)`.
macro_rules! aanbieders {
    ($table:literal) => {
        concat!(
            "WITH RECURSIVE a (x) AS (SELECT min(aanbieder) FROM ",
            $table,
            " UNION ALL SELECT (SELECT min(t.aanbieder) FROM ",
            $table,
            " t WHERE t.aanbieder > a.x) FROM a WHERE a.x IS NOT NULL) "
        )
    };
}

pub(super) const CLAIMANTS: StatementText = (
    "declaratie",
    concat!(
        aanbieders!("declaratie"),
        "SELECT d.aanbieder FROM a CROSS JOIN declaratie d WHERE d.aanbieder = a.x AND d.nummer = $1 ORDER BY 1"
    ),
);
pub(super) const LINE_OWNERS: StatementText = (
    "prestatie",
    concat!(
        aanbieders!("prestatie"),
        "SELECT p.aanbieder FROM a CROSS JOIN prestatie p WHERE p.aanbieder = a.x AND p.referentie = $1 ORDER BY 1"
    ),
);
pub(super) const REQUEST_OWNERS: StatementText = (
    "verzoek",
    concat!(
        aanbieders!("verzoek"),
        "SELECT v.aanbieder FROM a CROSS JOIN verzoek v WHERE v.aanbieder = a.x AND v.referentie = $1 ORDER BY 1"
    ),
);
pub(super) const GEMEENTEN: StatementText = (
    "toewijzing",
    "WITH RECURSIVE g (x) AS (SELECT min(sleutel) FROM toewijzing
         UNION ALL SELECT (SELECT min(t.sleutel) FROM toewijzing t
             WHERE t.sleutel >= (g.x / 1000000000 + 1) * 1000000000) FROM g WHERE g.x IS NOT NULL)
     SELECT t.gemeente FROM g CROSS JOIN toewijzing t
     WHERE t.sleutel = g.x / 1000000000 * 1000000000 + $1 ORDER BY 1",
);
pub(super) const ARRIVALS_CALLED: StatementText =
    ("uitkomst", "SELECT aankomst FROM uitkomst WHERE identificatie = $1 ORDER BY aankomst");
pub(super) const ARRIVALS_OF_BYTES: StatementText =
    ("inkomend", "SELECT aankomst, kanaal FROM inkomend WHERE sha256 = $1 ORDER BY aankomst");
pub(super) const MESSAGE: StatementText = (
    "inkomend",
    "SELECT i.aankomst, i.ontvangen, i.kanaal, i.status, i.gemeente, i.aanbieder, u.soort, u.release, u.afzender,
         u.gemeente, u.aanbieder, u.identificatie, u.verdict, u.niveau, u.ingediend, u.toegekend, u.reden,
         CASE WHEN u.melding IS NULL THEN NULL ELSE u.gemeld END, u.journaal, j.moment, u.json
     FROM inkomend i LEFT JOIN uitkomst u ON u.aankomst = i.aankomst LEFT JOIN journaal j ON j.nummer = u.journaal
     WHERE i.aankomst = $1",
);
/// What was sent, under a condition on `u`.
macro_rules! sent {
    ($condition:literal) => {
        (
            "uitgaand",
            concat!(
                "SELECT u.zendnummer, u.soort, u.ontvanger, u.gemeente, u.aanbieder, u.identificatie, u.gepubliceerd,
                     j.moment, j.aankomst, v.aanvaard, CASE WHEN v.soort IS NULL THEN 0 ELSE 1 END
                 FROM uitgaand u JOIN journaal j ON j.nummer = u.journaal
                 LEFT JOIN verzonden v ON v.soort = u.soort AND v.gemeente = u.gemeente AND v.aanbieder = u.aanbieder
                     AND v.identificatie = u.identificatie
                 WHERE ",
                $condition,
                " ORDER BY u.zendnummer"
            ),
        )
    };
}
pub(super) const SENT: StatementText = sent!("u.zendnummer = $1");
pub(super) const SENT_CALLED: StatementText = sent!("u.identificatie = $1");
pub(super) const SENT_FOR: StatementText = sent!("u.journaal = $1");
pub(super) const CLAIM: StatementText = (
    "declaratie",
    "SELECT d.aanbieder, d.nummer, d.gemeente, d.periode_begin, d.ingediend, d.toegekend, d.journaal, j.moment,
         j.aankomst
     FROM declaratie d JOIN journaal j ON j.nummer = d.journaal WHERE d.aanbieder = $1 AND d.nummer = $2",
);
/// Of a relatie there is one a month.
pub(super) const CLAIM_BY_JOURNAL: StatementText = (
    "declaratie",
    "SELECT d.aanbieder, d.nummer, d.gemeente, d.periode_begin, d.ingediend, d.toegekend, d.journaal, j.moment,
         j.aankomst
     FROM declaratie d JOIN journaal j ON j.nummer = d.journaal
     WHERE d.gemeente = $1 AND d.aanbieder = $2 AND d.journaal = $3",
);
pub(super) const CLAIM_OF_LINE: StatementText = (
    "declaratie",
    "SELECT d.nummer FROM prestatie p CROSS JOIN declaratie d
     WHERE p.aanbieder = $1 AND p.referentie = $2 AND d.aanbieder = p.aanbieder AND d.aantal_prestaties > 0
         AND d.eerste_prestatie <= p.id
     ORDER BY d.eerste_prestatie DESC LIMIT 1",
);
/// Claims that were decided between two moments: by the journal, and of each message its claim by its relatie.
pub(super) const CLAIMS_BETWEEN: StatementText = (
    "declaratie",
    "SELECT d.aanbieder, d.nummer, d.gemeente, d.periode_begin, d.ingediend, d.toegekend, d.journaal, j.moment,
         j.aankomst
     FROM journaal j JOIN uitkomst u ON u.aankomst = j.aankomst AND u.journaal = j.nummer
     JOIN declaratie d ON d.gemeente = u.gemeente AND d.aanbieder = u.aanbieder AND d.journaal = u.journaal
     WHERE j.moment >= $1 AND j.moment < $2 AND (u.aanbieder = $3 OR $3 < 0)
     ORDER BY d.aanbieder, d.gemeente, d.journaal, d.nummer",
);
pub(super) const BOOKINGS: StatementText = (
    "boeking",
    "SELECT b.bedrag, b.vastgehouden, b.geweigerd, CASE WHEN b.vrijgegeven IS NULL THEN 0 ELSE 1 END, b.journaal,
         b.betaalrun, r.datum, r.journaal, b.oorsprong
     FROM boeking b LEFT JOIN betaalrun r ON r.nummer = b.betaalrun
     WHERE b.aanbieder = $1 AND b.declaratie_nummer = $2 ORDER BY b.id",
);
/// What the bank told, or somebody explained, by which what a transfer paid is owed again or is not any more.
pub(super) const TURNED: StatementText = (
    "bankregel",
    "SELECT x.uitkomst, coalesce(x.boekdatum, z.boekdatum), x.reden FROM betaling t
         JOIN overboeking z ON z.journaal = $1 AND z.regel = 1
         LEFT JOIN bankregel x ON x.betaalrun = t.betaalrun AND x.volgnummer = t.volgnummer
             AND (x.journaal = $1 OR x.verklaard = $1)
     WHERE t.betaalrun = $2 AND t.gemeente = $3 AND t.aanbieder = $4 ORDER BY x.journaal, x.volgorde LIMIT 1",
);
pub(super) const ENTRY: StatementText =
    ("journaal", "SELECT moment, aankomst FROM journaal WHERE nummer = $1");
pub(super) const DECIDED_BY: StatementText = ("journaal", "SELECT wie FROM journaal WHERE nummer = $1");
pub(super) const WORK_ABOUT_ARRIVAL: StatementText =
    ("werk", "SELECT id FROM werk WHERE aankomst = $1 ORDER BY id");
pub(super) const WORK_ABOUT_KEY: StatementText =
    ("werk", "SELECT id FROM werk WHERE aanbieder = $1 AND voorstel_sleutel = $2 ORDER BY id");
pub(super) const WORK_ABOUT_ASSIGNMENT: StatementText =
    ("werk", "SELECT id FROM werk WHERE status = 'open' AND gemeente = $1 AND toewijzing = $2 ORDER BY id");
pub(super) const RUN: StatementText =
    ("betaalrun", "SELECT nummer, moment, datum FROM betaalrun WHERE nummer = $1");
pub(super) const RUN_PARTS: StatementText = (
    "boeking",
    "SELECT aanbieder, gemeente, CAST(sum(bedrag) AS BIGINT), count(*) FROM boeking WHERE betaalrun = $1
         AND journaal < (SELECT r.journaal FROM betaalrun r WHERE r.nummer = $1)
     GROUP BY aanbieder, gemeente ORDER BY aanbieder, gemeente",
);
pub(super) const PAID_BETWEEN: StatementText = (
    "boeking",
    "SELECT r.nummer, r.moment, r.datum, b.aanbieder, b.gemeente, CAST(sum(b.bedrag) AS BIGINT), count(*)
     FROM betaalrun r CROSS JOIN boeking b WHERE b.betaalrun = r.nummer AND r.datum >= $1 AND r.datum <= $2
         AND (b.aanbieder = $3 OR $3 < 0)
     GROUP BY r.nummer, r.moment, r.datum, b.aanbieder, b.gemeente ORDER BY b.aanbieder, r.nummer, b.gemeente",
);

/// Everything that is asked here.
pub(super) const STATEMENTS: &[&str] = &[
    CLAIMANTS.1,
    LINE_OWNERS.1,
    REQUEST_OWNERS.1,
    GEMEENTEN.1,
    ARRIVALS_CALLED.1,
    ARRIVALS_OF_BYTES.1,
    MESSAGE.1,
    SENT.1,
    SENT_CALLED.1,
    SENT_FOR.1,
    CLAIM.1,
    CLAIM_BY_JOURNAL.1,
    CLAIM_OF_LINE.1,
    CLAIMS_BETWEEN.1,
    BOOKINGS.1,
    TURNED.1,
    ENTRY.1,
    DECIDED_BY.1,
    WORK_ABOUT_ARRIVAL.1,
    WORK_ABOUT_KEY.1,
    WORK_ABOUT_ASSIGNMENT.1,
    RUN.1,
    RUN_PARTS.1,
    PAID_BETWEEN.1,
];
