//! Deciding: what follows is said before it happens, happens once, and only as it was seen.

use super::{Browser, Region};
use happyflow::state::Voorstel;
use happyflow::store::{WorkItem, WorkStatus};

/// Open items.
pub fn open_items(open: &super::Open) -> Vec<WorkItem> {
    open.wait(open.store.work(true)).unwrap()
}

pub fn first(items: &[WorkItem], fits: impl Fn(&Voorstel) -> bool) -> i64 {
    items.iter().find(|item| fits(&item.item.voorstel)).expect("the region has such an item").id
}

/// The address that a form goes to.
pub fn action(body: &str) -> String {
    let form = body.split("class=\"formulier\" action=\"").nth(1).expect("a form");
    form.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")
}

pub fn confirm(browser: &Browser, path: &str, why: &str) -> super::Answer {
    let page = browser.get(path);
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    browser.post(&action(&page.body), &[("sleutel", page.key().as_str()), ("waarom", why)])
}

#[test]
fn a_request_is_refused_for_a_reason_of_the_list_as_the_page_said() {
    let region = Region::played();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let id = first(&open_items(&open), |voorstel| matches!(voorstel, Voorstel::Honoreren { .. }));
    let doors = operator.get(&format!("/werk/{id}")).doors();
    assert!(
        doors.contains(&format!("/werk/{id}/goedkeuren")) && doors.contains(&format!("/werk/{id}/afwijzen"))
    );
    let choose = operator.get(&format!("/werk/{id}/afwijzen"));
    assert!(choose.body.contains("name=\"reden\"") && !choose.body.contains("Wat er volgt"));
    let path = format!("/werk/{id}/afwijzen?reden=3");
    let page = operator.get(&path);
    assert!(page.body.contains("Een JW319 gaat naar aanbieder"), "{}", page.body);
    // Without a reason nothing happens.
    let empty = operator.post(&action(&page.body), &[("sleutel", page.key().as_str()), ("waarom", " ")]);
    assert_eq!(empty.status, 400, "{}", empty.body);
    assert_eq!(open.wait(open.store.work_item(id)).unwrap().unwrap().status, WorkStatus::Open);
    let done = confirm(&operator, &path, "er is geen contract");
    assert_eq!((done.status, done.header("location")), (303, Some(format!("/werk/{id}").as_str())));
    let item = open.wait(open.store.work_item(id)).unwrap().unwrap();
    let closed = item.closed.unwrap();
    assert_eq!(item.status, WorkStatus::Afgewezen);
    assert_eq!((closed.who.as_str(), closed.why.as_str()), ("Test Persoon", "er is geen contract"));
}

#[test]
fn a_second_press_a_second_tab_and_a_stale_page_do_nothing_twice() {
    let region = Region::played();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let id = first(&open_items(&open), |voorstel| matches!(voorstel, Voorstel::Honoreren { .. }));
    let path = format!("/werk/{id}/goedkeuren");
    let (one, two) = (operator.get(&path), operator.get(&path));
    assert!(one.body.contains("Een JW301 gaat naar"), "{}", one.body);
    let press = |page: &super::Answer| {
        operator.post(&action(&page.body), &[("sleutel", page.key().as_str()), ("waarom", "gezien")])
    };
    // What was seen is what is confirmed: another token is another page.
    let forged = action(&one.body).replace("token=", "token=0");
    let stale =
        operator.post(&forged, &[("sleutel", operator.get(&path).key().as_str()), ("waarom", "gezien")]);
    assert_eq!(stale.status, 409);
    assert!(stale.body.contains("intussen veranderd"), "{}", stale.body);
    assert_eq!(press(&one).status, 303);
    let sent = open.wait(open.store.overview()).unwrap();
    assert_eq!(press(&one).status, 409, "the key was used");
    let late = press(&two);
    assert_eq!(late.status, 409);
    assert!(late.body.contains("staat niet open"), "{}", late.body);
    assert!(operator.get(&path).body.contains("of niet meer"), "the page itself says so");
    assert_eq!(format!("{:?}", open.wait(open.store.overview()).unwrap()), format!("{sent:?}"));
}

#[test]
fn only_an_operator_decides_and_only_where_somebody_carries_it_out() {
    let region = Region::played();
    let open = region.deciding();
    let id = first(&open_items(&open), |voorstel| matches!(voorstel, Voorstel::Honoreren { .. }));
    let auditor = open.login("auditor", "");
    assert_eq!(auditor.get(&format!("/werk/{id}/goedkeuren")).status, 403);
    assert!(!auditor.get(&format!("/werk/{id}")).body.contains("Wat u kunt besluiten"));
    assert!(!auditor.get("/werk").body.contains("In een keer"));
    drop(open);
    let shown = region.open();
    let operator = shown.login("operator", "");
    assert!(!operator.get(&format!("/werk/{id}")).body.contains("Wat u kunt besluiten"));
    assert_eq!(operator.get(&format!("/werk/{id}/goedkeuren")).status, 404);
}

#[test]
fn many_are_decided_as_one_without_what_somebody_did_in_the_meantime() {
    let region = Region::played();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let notices = || -> Vec<i64> {
        let seen = |item: &&WorkItem| item.item.soort() == happyflow::state::Soort::Kennisnemen;
        open_items(&open).iter().filter(seen).map(|item| item.id).collect()
    };
    let all = notices();
    assert!(all.len() > 1, "{all:?}");
    let list = operator.get("/werk");
    let door = list.doors().into_iter().find(|door| door.contains("besluit=gezien")).expect("a door");
    let page = operator.get(&door);
    assert!(page.body.contains(&format!("{} werkitems.", all.len())), "{}", page.body);
    let of_first = open.wait(open.store.work_item(all[0])).unwrap().unwrap().item;
    assert!(page.doors().contains(&format!("/werk/{}/goedkeuren", all[0])), "one can be tried first");
    assert!(page.body.contains(of_first.reason.as_str()), "what is closed is told, not numbered alone");
    let one = confirm(&operator, &format!("/werk/{}/goedkeuren", all[0]), "gezien");
    assert_eq!(one.status, 303, "{}", one.body);
    let sent = operator.post(&action(&page.body), &[("sleutel", page.key().as_str()), ("waarom", "gelezen")]);
    // What came of it has an address of its own, for whoever asks later.
    let result = sent.header("location").unwrap().to_owned();
    assert!(sent.status == 303 && result.starts_with("/werk/bulk/"), "{result}");
    let done = operator.get(&result);
    assert_eq!(open.login("auditor", "").get(&result).body.matches("overgeslagen").count(), 1);
    assert_eq!(operator.get("/werk/bulk/1").status, 404);
    let left = all.len() - 1;
    let items = if left == 1 { "1 werkitem".to_owned() } else { format!("{left} werkitems") };
    assert!(done.body.contains(&format!("Gedaan: {items} van {}.", all.len())), "{}", done.body);
    assert!(done.body.contains("overgeslagen") && done.body.contains("goedgekeurd op"), "{}", done.body);
    assert_eq!(done.body.matches("gedaan").count(), left, "a row for each");
    assert!(notices().is_empty());
    assert!(operator.get(&door).body.contains("Er is niets dat hieraan voldoet"));
}

#[test]
fn a_parked_message_is_tried_again_or_left() {
    let region = Region::played();
    let open = region.deciding();
    let operator = open.login("operator", "");
    let parked = open.wait(open.store.parked()).unwrap();
    let arrivals: Vec<i64> = parked.iter().map(|message| message.arrival).take(2).collect();
    let [one, two] = arrivals[..] else { panic!("the region parks two messages") };
    let page = operator.get(&format!("/geparkeerd/{one}"));
    assert!(page.body.contains("Opnieuw beoordelen") && page.body.contains("Laten vervallen"));
    let again = confirm(&operator, &format!("/geparkeerd/{one}?doe=opnieuw"), "nog eens");
    assert_eq!(again.status, 303, "{}", again.body);
    let left = confirm(&operator, &format!("/geparkeerd/{two}?doe=vervallen"), "is niets");
    assert_eq!(left.status, 303, "{}", left.body);
    let now: Vec<i64> =
        open.wait(open.store.parked()).unwrap().iter().map(|message| message.arrival).collect();
    assert!(!now.contains(&two), "{now:?}");
    assert_eq!(left.header("location"), Some(format!("/geparkeerd/{two}").as_str()));
    let told = operator.get(&format!("/geparkeerd/{two}"));
    assert!(told.body.contains("Dit bericht is niet geparkeerd: vervallen."), "{}", told.body);
    assert!(told.doors().contains(&format!("/berichten/{two}")));
    // Judged again it is parked again, and its page says why.
    let told = operator.get(&format!("/geparkeerd/{one}"));
    assert_eq!(now.contains(&one), told.doors().contains(&format!("/geparkeerd/{one}?doe=opnieuw")));
    assert_eq!(operator.get("/geparkeerd/999999").status, 404);
}
