//! Links to charts: whoever has the address sees one chart, as long as its account would.

use actix_web::http::Method;
use incognito::{
    accounts::model::{GrantScope, Role},
    ids::ChartLinkId,
};
use serde_json::{Value, json};

use super::{
    Tree,
    drawn::{Seen, a_month_later},
};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    personas::Persona,
};

each_engine_test!(
    whoever_has_the_address_sees_that_chart_alone,
    a_link_shows_what_its_account_is_shown,
    a_link_ends_with_the_rights_of_its_account,
    a_link_is_revoked_by_those_who_may,
    what_is_no_link_is_refused,
);

const DAY: i64 = 86_400;
const MARCH: &str = "from=2026-03&to=2026-03";

fn body(app: &TestApp, chart: &str, days: i64) -> Value {
    json!({"chart": chart, "expires_at": app.now().plus_seconds(days * DAY)})
}

/// Makes a link that is good for thirty days: the link, and its address.
async fn link(app: &TestApp, who: &Persona, chart: &str) -> (String, String) {
    let path = format!("/v1/chart-links/{}", id::<()>());
    let made = app.put(who, &path, body(app, chart, 30)).await.expect(201);
    (path, made.text("/url"))
}

async fn open(app: &TestApp, url: &str) -> Answer {
    app.call(Method::GET, url).await
}

async fn whoever_has_the_address_sees_that_chart_alone(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    for chart in [
        format!("/v1/{}/trend.svg?{MARCH}", tree.place("brand")),
        format!(
            "/v1/{}/trend.svg?from=2026-01&to=2026-03&checklist_id={}&section=arrival",
            tree.place("city"),
            tree.checklist
        ),
        format!("/v1/{}/trend.svg", tree.place("a")),
        format!("/v1/{}/ranking.svg?{MARCH}&sort=worst&limit=2", tree.place("country")),
        format!("/v1/{}/heatmap.svg?{MARCH}&by=section&limit=3", tree.place("brand")),
    ] {
        for language in ["en", "fr", "ru", "bg", "tr"] {
            let path = format!("/v1/chart-links/{}", id::<()>());
            let made = app.put(who, &path, body(&app, &chart, 30)).header("accept-language", language);
            let made = made.await.expect(201);
            assert_eq!(made.json["chart"], json!(chart));
            let shown = open(&app, &made.text("/url")).await.expect(200);
            Seen::of(&shown);
            let asked = app.get(who, &chart).header("accept-language", language).await.expect(200);
            assert!(shown.bytes == asked.bytes, "{chart} in {language}");
            assert_eq!(shown.header("content-language"), language);
            // A page from elsewhere may show it, and whoever keeps it does not for long.
            assert_eq!(shown.header("cross-origin-resource-policy"), "cross-origin");
            assert_eq!(shown.header("cache-control"), "private, max-age=300");
            assert!(shown.header("content-security-policy").contains("default-src 'none'"));
            assert_eq!(shown.header("x-content-type-options"), "nosniff");
            let again = app.call(Method::GET, made.text("/url")).header("if-none-match", shown.etag()).await;
            again.expect(304);
            // The same again is the same link.
            let again = app.put(who, &path, body(&app, &chart, 30)).header("accept-language", language);
            assert_eq!(again.await.expect(200).text("/url"), made.text("/url"));
        }
    }
    // What is not there in a link's parameters is not taken from the address, and one link's signature opens no other.
    let (_, one) = link(&app, who, &format!("/v1/{}/trend.svg?{MARCH}", tree.place("brand"))).await;
    let (_, other) = link(&app, who, &format!("/v1/{}/trend.svg?{MARCH}", tree.place("a"))).await;
    open(&app, &format!("{one}&from=2026-01")).await.expect_problem(422, "invalid");
    let (path, _) = one.split_once('?').unwrap();
    let (_, signature) = other.split_once('?').unwrap();
    open(&app, &format!("{path}?{signature}")).await.expect_problem(404, "not_found");
    open(&app, &format!("/v1/charts/{}?{signature}", id::<()>())).await.expect_problem(404, "not_found");
    app.call(Method::POST, &one).await.expect(405);
    // It opens nothing else.
    let elsewhere = format!("/v1/{}/trend.svg?{MARCH}&{signature}", tree.place("brand"));
    open(&app, &elsewhere).await.expect_problem(401, "sign_in_needed");
    let ended = app.call(Method::HEAD, &one).await.expect(200);
    assert!(ended.bytes.is_empty());
}

async fn a_link_shows_what_its_account_is_shown(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let chart = format!("/v1/{}/trend.svg?{MARCH}", tree.place("a"));
    let scope = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
    let (_, url) = link(&app, &manager, &chart).await;
    let nothing = Seen::of(&open(&app, &url).await.expect(200));
    assert!(nothing.figures().is_empty(), "the branch's side is shown nothing that went not out");
    let (_, of_desk) = link(&app, &tree.world.staff.administrator, &chart).await;
    assert_eq!(Seen::of(&open(&app, &of_desk).await.expect(200)).figures()[0]["visits"], "3");
    // What comes later is shown by the same address.
    a_month_later(&app, &tree).await;
    let shown = open(&app, &url).await.expect(200);
    assert_eq!(shown.bytes, app.get(&manager.clone().renewed(&app), &chart).await.expect(200).bytes);
    assert!(!Seen::of(&shown).figures().is_empty());
}

async fn a_link_ends_with_the_rights_of_its_account(app: TestApp) {
    let tree = Tree::build(&app).await;
    let administrator = &tree.world.staff.administrator;
    let chart = format!("/v1/{}/ranking.svg", tree.place("city"));
    for end in ["nothing", "password", "account", "grant", "another grant", "time"] {
        let scope = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
        let who = Persona::with(&app, &[(Role::Designer, scope)]).await;
        let (path, url) = link(&app, &who, &chart).await;
        open(&app, &url).await.expect(200);
        let administrator = administrator.clone().renewed(&app);
        let account = format!("/v1/accounts/{}", who.account);
        let seen = app.get(&administrator, &account).await.expect(200);
        let mut changed = json!({"email": seen.json["email"], "name": seen.json["name"], "language": seen.json["language"]});
        match end {
            "password" => {
                changed["password"] = json!("another horse battery staple");
                app.put(&administrator, &account, changed).if_match(seen.etag()).await.expect(200);
            }
            "account" => {
                changed["disabled"] = json!(true);
                app.put(&administrator, &account, changed.clone()).if_match(seen.etag()).await.expect(200);
                open(&app, &url).await.expect_problem(404, "not_found");
                // It does not come back with the account.
                changed["disabled"] = json!(false);
                app.put(&administrator, &account, changed).if_match("*").await.expect(200);
            }
            "grant" => {
                let grant = format!("{account}/grants/{}", seen.text("/grants/0/id"));
                app.delete(&administrator, grant).await.expect(204);
            }
            "another grant" => {
                let grant = format!("{account}/grants/{}", seen.text("/grants/0/id"));
                app.delete(&administrator, grant).await.expect(204);
                let elsewhere = GrantScope { region_id: Some(tree.regions["abroad"]), ..scope };
                let grant = json!({"role": Role::Designer, "scope": elsewhere});
                app.put(&administrator, format!("{account}/grants/{}", id::<()>()), grant).await.expect(201);
            }
            "time" => {
                app.advance(30 * DAY - 1);
                open(&app, &url).await.expect(200);
                app.advance(1);
                open(&app, &url).await.expect_problem(403, "address_expired");
                continue;
            }
            _ => {
                open(&app, &url).await.expect(200);
                // A session's end is not that of a link.
                app.delete(&who, format!("/v1/sessions/{}", who.session)).await.expect(204);
                open(&app, &url).await.expect(200);
                continue;
            }
        }
        open(&app, &url).await.expect_problem(404, "not_found");
        let _ = path;
    }
}

async fn a_link_is_revoked_by_those_who_may(app: TestApp) {
    let tree = Tree::build(&app).await;
    let scope = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let chart = format!("/v1/{}/heatmap.svg", tree.place("brand"));
    let owner = Persona::with(&app, &[(Role::Designer, scope)]).await;
    let administrator = Persona::with(&app, &[(Role::Administrator, scope)]).await;
    let of_region = GrantScope { region_id: Some(tree.regions["city"]), ..scope };
    let elsewhere = GrantScope { brand_id: Some(tree.world.brands[0].id), ..GrantScope::default() };
    let others = [
        Persona::with(&app, &[(Role::Designer, scope)]).await,
        Persona::with(&app, &[(Role::Manager, scope)]).await,
        Persona::with(&app, &[(Role::Administrator, of_region)]).await,
        Persona::with(&app, &[(Role::Administrator, elsewhere)]).await,
    ];
    for by in [&owner, &administrator, &tree.world.staff.administrator] {
        let (path, url) = link(&app, &owner, &chart).await;
        for other in &others {
            app.delete(other, &path).await.expect_problem(404, "not_found");
            let seen = app.get(other, "/v1/chart-links").await.expect(200).json;
            assert_eq!(seen["items"], json!([]));
        }
        open(&app, &url).await.expect(200);
        let listed = app.get(by, "/v1/chart-links?limit=200").await.expect(200).json;
        let listed = listed["items"].as_array().unwrap().iter();
        let mut listed = listed.filter(|one| path.ends_with(one["id"].as_str().unwrap()));
        let seen = listed.next().unwrap();
        assert!(seen["url"].is_null() && seen["revoked_at"].is_null() && seen["chart"] == json!(chart));
        for _ in 0..2 {
            app.delete(by, &path).await.expect(204);
        }
        open(&app, &url).await.expect_problem(404, "not_found");
        // The id is not used again.
        app.put(&owner, &path, body(&app, &chart, 30)).await.expect_problem(409, "conflict");
    }
    let audit = app.get(&administrator, "/v1/audit?kind=chart_link_revoked").await.expect(200).json;
    let by: Vec<_> = audit["items"].as_array().unwrap().iter().map(|row| row["account_id"].clone()).collect();
    assert_eq!(by.len(), 3, "{audit}");
    let made = app.get(&administrator, "/v1/audit?kind=chart_link_made").await.expect(200).json;
    assert_eq!(made["items"].as_array().unwrap().len(), 3, "{made}");
    // Who looks at a chart is nobody that is known: no file of it is written down.
    let exported = app.get(&administrator, "/v1/audit?kind=exported").await.expect(200).json;
    assert_eq!(exported["items"], json!([]));
}

async fn what_is_no_link_is_refused(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    let path = |link: ChartLinkId| format!("/v1/chart-links/{link}");
    let chart = format!("/v1/{}/trend.svg?{MARCH}", tree.place("brand"));
    for (chart, status) in [
        (format!("/v1/{}/score.svg", tree.place("brand")), 422),
        (format!("/v1/{}/ranking.svg", tree.place("a")), 422),
        (format!("/v1/{}/trend.csv", tree.place("brand")), 422),
        (format!("https://incognito.example/v1/{}/trend.svg", tree.place("brand")), 422),
        (format!("/v1/{}/trend.svg?colour=red", tree.place("brand")), 422),
        (format!("/v1/{}/trend.svg?from=2026-05&to=2026-03", tree.place("brand")), 422),
        (format!("/v1/{}/ranking.svg?limit=0", tree.place("brand")), 422),
        (format!("/v1/{}/ranking.svg?cursor=AAAA", tree.place("brand")), 422),
        (format!("/v1/{}/heatmap.svg?by=hour", tree.place("brand")), 422),
        (format!("/v1/brands/{}/trend.svg", id::<()>()), 404),
    ] {
        let answer = app.put(who, path(id()), body(&app, &chart, 1)).await.expect(status);
        if status == 422 {
            assert_eq!(answer.json["errors"][0]["pointer"], json!("/chart"), "{answer}");
        }
    }
    for days in [0, -1, 91] {
        app.put(who, path(id()), body(&app, &chart, days)).await.expect_invalid("/expires_at");
    }
    app.put(who, path(id()), body(&app, &chart, 90)).await.expect(201);
    let shopper = &tree.world.staff.shopper;
    app.put(shopper, path(id()), body(&app, &chart, 1)).await.expect_problem(403, "forbidden");
    let elsewhere = Persona::with(&app, &[(Role::Manager, tree.world.brands[0].scope())]).await;
    app.put(&elsewhere, path(id()), body(&app, &chart, 1)).await.expect_problem(404, "not_found");
    // Another's id, and another chart under one's own.
    let link: ChartLinkId = id();
    app.put(who, path(link), body(&app, &chart, 1)).await.expect(201);
    app.put(who, path(link), body(&app, &chart, 2)).await.expect_problem(409, "conflict");
    let other = Persona::everywhere(&app, Role::Administrator).await;
    app.put(&other, path(link), body(&app, &chart, 1)).await.expect_problem(409, "conflict");
    open(&app, &format!("/v1/charts/{link}")).await.expect_problem(422, "invalid");
}
