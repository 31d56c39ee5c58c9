//! What is only to be known, quiet for a while: it stands apart, and speaks again when there is more of it.

use super::besluiten::{action, confirm, open_items};
use super::{Browser, Open, Region};
use chrono::TimeDelta;
use happyflow::money::Cents;
use happyflow::state::Soort;
use happyflow::store::WorkItem;

fn notices(open: &Open) -> Vec<WorkItem> {
    open_items(open).into_iter().filter(|item| item.item.soort() == Soort::Kennisnemen).collect()
}

/// Items of a list.
fn listed(browser: &Browser, filter: &str) -> Vec<i64> {
    let list = browser.get(&format!("/werk.csv?{filter}")).body;
    list.lines().filter_map(|row| row.split(';').next()?.parse().ok()).collect()
}

fn day(days: i64) -> String {
    (Region::today() + TimeDelta::days(days)).format("%d-%m-%Y").to_string()
}

fn quiet(browser: &Browser, id: i64, fields: &[(&str, &str)]) -> super::Answer {
    let page = browser.get(&format!("/werk/{id}/stil"));
    assert_eq!(page.status, 200, "{}", page.body);
    let key = page.key();
    let all = [&[("sleutel", key.as_str())], fields].concat();
    browser.post(&action(&page.body), &all)
}

/// Changes rows behind the back of everybody.
fn change(open: &Open, region: &Region, sql: &str) {
    let file = region.data().join("happyflow.db");
    open.wait(async {
        use sqlx::Connection;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let mut connection = sqlx::sqlite::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    });
}

#[test]
fn a_notice_is_quiet_until_its_day_or_until_there_is_more_of_it() {
    let region = Region::played();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let all = notices(&open);
    let with_amount = all.iter().find(|item| item.item.bedragen.over.is_some_and(|over| over > Cents::ZERO));
    let item = with_amount.expect("the region has a notice with an amount");
    let (id, over) = (item.id, item.item.bedragen.over.unwrap());
    let path = format!("/werk/{id}");
    assert!(operator.get(&path).doors().contains(&format!("{path}/stil")));
    for (tot, grens, why, wrong) in [
        (day(-1), "", "bekend", "fout-tot"),
        (day(367), "", "bekend", "fout-tot"),
        (day(3), "0,00", "bekend", "fout-grens"),
        (day(3), "veel", "bekend", "fout-grens"),
        (day(3), "", "", "fout-waarom"),
        (day(3), "", "kind 999900006", "fout-waarom"),
    ] {
        let refused =
            quiet(&operator, id, &[("wat", "een"), ("tot", &tot), ("grens", grens), ("waarom", why)]);
        assert!(refused.status == 200 && refused.body.contains(wrong), "{wrong}: {}", refused.body);
        assert!(refused.body.contains(&format!("value=\"{tot}\"")), "nothing typed is lost");
    }
    assert!(listed(&operator, "").contains(&id));
    let done =
        quiet(&operator, id, &[("wat", "een"), ("tot", &day(3)), ("waarom", "afgesproken met de aanbieder")]);
    assert_eq!(done.header("location"), Some(path.as_str()), "{}", done.body);
    assert!(!listed(&operator, "").contains(&id) && listed(&operator, "stil=ja") == [id]);
    assert!(listed(&operator, "stil=ook").contains(&id));
    let first = operator.get("/");
    assert!(first.body.contains("werkitems stil") && first.doors().contains(&"/werk?stil=ja".to_owned()));
    let auditor = open.login("auditor", "");
    assert!(listed(&auditor, "").contains(&id), "others see everything");
    let told = auditor.get(&path).body;
    assert!(told.contains("Dit werkitem is stil") && told.contains("afgesproken met de aanbieder"), "{told}");
    assert!(!told.contains("Laat weer horen"));
    assert!(auditor.get("/toegang").body.contains("stil gezet"));
    assert_eq!(auditor.get(&format!("{path}/stil")).status, 403);
    // It gets worse.
    let more = over.0 + 1;
    change(&open, &region, &format!("UPDATE werk SET te_veel = {more} WHERE id = {id}"));
    assert!(listed(&operator, "").contains(&id) && listed(&operator, "stil=ja").is_empty());
    assert!(operator.get(&path).body.contains("laat weer van zich horen"));
    // Quiet again up to an amount, and heard again with one press, twice without harm.
    let limit = format!("{},00", more / 100 + 1_000);
    let again = [("wat", "een"), ("tot", &*day(3)), ("grens", &*limit), ("waarom", "tot duizend meer")];
    assert_eq!(quiet(&operator, id, &again).status, 303);
    change(&open, &region, &format!("UPDATE werk SET te_veel = {} WHERE id = {id}", more + 99_000));
    assert_eq!(listed(&operator, "stil=ja"), [id]);
    for _ in 0..2 {
        assert_eq!(operator.post(&format!("{path}/hoorbaar?wat=een"), &[]).status, 303);
    }
    assert!(listed(&operator, "").contains(&id));
    // Who decides on it ends that as well: what comes back speaks.
    assert_eq!(quiet(&operator, id, &[("wat", "een"), ("tot", &*day(3)), ("waarom", "x")]).status, 303);
    change(&open, &region, &format!("UPDATE stil SET tot = tot - 4 WHERE werk = {id}"));
    assert!(listed(&operator, "").contains(&id), "its day is over");
    assert_eq!(confirm(&operator, &format!("{path}/goedkeuren"), "gezien").status, 303);
    change(&open, &region, &format!("UPDATE werk SET status = 'open' WHERE id = {id}"));
    assert!(!operator.get(&path).body.contains("was stil"), "{}", operator.get(&path).body);
}

#[test]
fn a_kind_of_notice_about_an_aanbieder_is_quiet_as_one() {
    let region = Region::whole();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let all = notices(&open);
    let same = |item: &WorkItem, other: &WorkItem| {
        item.item.reason == other.item.reason && item.item.relatie.aanbieder == other.item.relatie.aanbieder
    };
    let of = |item: &WorkItem| all.iter().filter(|other| same(item, other)).map(|other| other.id).collect();
    let kinds: Vec<Vec<i64>> = all.iter().map(of).collect();
    let kind = kinds.iter().max_by_key(|kind| kind.len()).expect("notices");
    let id = kind[0];
    let done =
        quiet(&operator, id, &[("wat", "soort"), ("tot", &day(30)), ("waarom", "bekend bij de regio")]);
    assert_eq!(done.status, 303, "{}", done.body);
    let mut quiet_now = listed(&operator, "stil=ja");
    quiet_now.sort_unstable();
    assert_eq!(quiet_now, *kind);
    let last = kind[kind.len() - 1];
    assert!(operator.get(&format!("/werk/{last}")).body.contains("Elke melding van deze soort"));
    assert_eq!(operator.post(&format!("/werk/{last}/hoorbaar?wat=soort"), &[]).status, 303);
    assert!(listed(&operator, "stil=ja").is_empty());
    // What must be decided is never quiet.
    let asks = open_items(&open).into_iter().find(|item| item.item.soort() == Soort::Besluit).unwrap();
    assert_eq!(operator.get(&format!("/werk/{}/stil", asks.id)).status, 404);
}

/// By whatever way an item closes or opens again, nobody works on it any more.
#[test]
fn an_item_that_closes_lets_go_of_who_took_it() {
    let region = Region::played();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let id = notices(&open)[0].id;
    for status in ["afgehandeld", "open"] {
        let sql =
            format!("INSERT INTO opgepakt (werk, wie, sinds) VALUES ({id}, 'Ada', 1) ON CONFLICT DO NOTHING");
        change(&open, &region, &sql);
        change(&open, &region, &format!("UPDATE werk SET status = '{status}' WHERE id = {id}"));
        assert!(!operator.get(&format!("/werk/{id}")).body.contains("Opgepakt door"), "{status}");
    }
}
