//! The list of visits: each filter, page by page, and whole as JSON lines.

use incognito::{accounts::model::Role, ids::VisitId};
use serde_json::Value;

use crate::{
    app::{TestApp, each_engine_test, id},
    board::{self, Board},
    builders::{World, assignment_body, visit_body},
    personas::Persona,
    reviews::approve,
    visits::path,
};

each_engine_test!(
    each_filter_leaves_what_it_says,
    pages_are_the_whole_list_newest_first,
    each_order_holds_over_pages,
    json_lines_are_the_whole_list,
    shoppers_list_their_own_and_the_branchs_side_nothing,
);

const LIST: &str = "/v1/visits";

/// The visits that are listed with these parameters, sorted.
async fn listed(app: &TestApp, who: &Persona, parameters: &str) -> Vec<VisitId> {
    let answer = app.get(who, format!("{LIST}?limit=200&{parameters}")).await.expect(200);
    let mut ids: Vec<_> = answer.json["items"].as_array().unwrap().iter().map(visit_id).collect();
    ids.sort();
    ids
}

fn visit_id(visit: &Value) -> VisitId {
    visit["id"].as_str().unwrap().parse().unwrap()
}

/// All visits of the world, by brand, region and branch.
fn visits(world: &World) -> impl Iterator<Item = ((usize, usize, usize), VisitId)> {
    let brands = world.brands.iter().enumerate();
    brands.flat_map(|(brand, one)| {
        one.regions.iter().enumerate().flat_map(move |(region, one)| {
            one.branches.iter().enumerate().map(move |(branch, one)| ((brand, region, branch), one.visit))
        })
    })
}

async fn each_filter_leaves_what_it_says(app: TestApp) {
    let board = Board::set(&app).await;
    let world = &board.world;
    let who = &world.staff.reviewer;
    let [brand, _] = &world.brands;
    let branch = &brand.regions[0].branches[1];
    let those = |wanted: fn((usize, usize, usize)) -> bool| {
        let mut those: Vec<_> =
            visits(world).filter(|(place, _)| wanted(*place)).map(|(_, visit)| visit).collect();
        those.sort();
        those
    };
    approve(&app, who, branch.visit).await.expect(200);

    assert_eq!(listed(&app, who, "").await, those(|_| true));
    for (filter, wanted) in [
        (format!("brand_id={}", brand.id), those(|(brand, ..)| brand == 0)),
        (format!("region_id={}", brand.regions[0].id), those(|(brand, region, _)| (brand, region) == (0, 0))),
        (format!("branch_id={}", branch.id), vec![branch.visit]),
        (format!("shopper_id={}", world.staff.shopper.account), those(|_| true)),
        (format!("shopper_id={}", who.account), vec![]),
        ("state=approved".to_owned(), vec![branch.visit]),
        ("month=2026-03".to_owned(), those(|_| true)),
        ("month=2026-02".to_owned(), vec![]),
        (format!("brand_id={}&state=approved&month=2026-03", brand.id), vec![branch.visit]),
        (format!("branch_id={}&brand_id={}", branch.id, world.brands[1].id), vec![]),
        (format!("campaign_id={}", id::<()>()), vec![]),
    ] {
        assert_eq!(listed(&app, who, &filter).await, wanted, "{filter}");
    }
    for wrong in ["state=lost", "month=2026-13", "colour=red"] {
        let name = wrong.split('=').next().unwrap();
        app.get(who, format!("{LIST}?{wrong}")).await.expect_invalid(name);
    }

    // A visit that a campaign wanted.
    let (job, shopper) = (board.job(&app).await, board::shopper(&app).await);
    board::claim(&app, &shopper, job).await.expect(200);
    let sent = board::submit(&app, &board, &shopper, job).await.expect(201);
    let campaign = board.campaign;
    for (filter, wanted) in [
        (format!("campaign_id={campaign}"), vec![visit_id(&sent.json)]),
        (format!("campaign_id={campaign}&shopper_id={}", shopper.account), vec![visit_id(&sent.json)]),
        (format!("campaign_id={campaign}&branch_id={}", branch.id), vec![]),
    ] {
        assert_eq!(listed(&app, who, &filter).await, wanted, "{filter}");
    }
}

async fn pages_are_the_whole_list_newest_first(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.reviewer;
    let (branch, version) = (&world.brands[1].regions[1].branches[1], world.brands[1].version);
    app.advance(1);
    let newest: VisitId = id();
    let body = visit_body(branch.open_assignment, version);
    app.put(&world.staff.shopper, path(newest), body).await.expect(201);

    let mut found = Vec::new();
    let mut next = format!("{LIST}?limit=2");
    loop {
        let page = app.get(who, &next).await.expect(200);
        found.extend(page.json["items"].as_array().unwrap().iter().map(visit_id));
        let Some(link) = page.header("link").strip_prefix('<').and_then(|link| link.split('>').next()) else {
            break;
        };
        next = link.to_owned();
    }
    assert_eq!(found.first(), Some(&newest));
    let mut all: Vec<_> = visits(&world).map(|(_, visit)| visit).chain([newest]).collect();
    all.sort();
    found.sort();
    assert_eq!(found, all);
}

async fn each_order_holds_over_pages(app: TestApp) {
    let world = World::build(&app).await;
    let (who, brand) = (&world.staff.reviewer, &world.brands[0]);
    // Each arrives a second later, and scores as its number says.
    let mut sent = Vec::new();
    for (number, clean) in [3, 1, 5, 3, 2].into_iter().enumerate() {
        app.advance(1);
        let branch = brand.regions[0].branches[0].id;
        let to = world.staff.assignment(&app, branch, brand.version).await;
        let (visit, mut body): (VisitId, _) = (id(), visit_body(to, brand.version));
        body["answers"]["clean"] = serde_json::json!({"value": clean});
        app.put(&world.staff.shopper, path(visit), body).await.expect(201);
        sent.push((clean, number, visit));
    }
    let those = format!("received_from=2026-03-15T10:00:01Z&brand_id={}", brand.id);
    let in_order = async |parameters: &str, limit: usize| {
        let (mut found, mut next) = (Vec::new(), format!("{LIST}?limit={limit}&{parameters}"));
        while !next.is_empty() {
            let page = app.get(who, &next).await.expect(200);
            found.extend(page.json["items"].as_array().unwrap().iter().map(visit_id));
            let link = page.header("link").trim_start_matches('<');
            next = link.trim_end_matches(">; rel=\"next\"").to_owned();
        }
        found
    };
    let by = |key: fn(&(i32, usize, VisitId)) -> (i32, usize)| {
        let mut all = sent.clone();
        all.sort_by_key(key);
        all.into_iter().map(|(.., visit)| visit).collect::<Vec<_>>()
    };
    let backwards = |mut all: Vec<VisitId>| {
        all.reverse();
        all
    };
    let (oldest, worst) = (by(|one| (0, one.1)), by(|one| (one.0, one.1)));
    for (sort, wanted) in [
        ("", backwards(oldest.clone())),
        ("&sort=newest", backwards(oldest.clone())),
        ("&sort=oldest", oldest.clone()),
        ("&sort=worst", worst.clone()),
        ("&sort=best", backwards(worst.clone())),
    ] {
        for limit in [1, 2, 5] {
            assert_eq!(in_order(&format!("{those}{sort}"), limit).await, wanted, "{sort}, {limit} at a time");
        }
    }
    let before = "received_before=2026-03-15T10:00:03Z";
    assert_eq!(in_order(&format!("{those}&{before}&sort=oldest"), 50).await, oldest[..2]);
    let score = app.get(who, path(sent[0].2)).await.expect(200).json["score"].as_i64().unwrap();
    let range = format!("{those}&lowest_score={score}&highest_score={score}&sort=oldest");
    assert_eq!(in_order(&range, 50).await, [sent[0].2, sent[3].2]);
    let above = format!("{those}&lowest_score={}&sort=oldest", score + 1);
    assert_eq!(in_order(&above, 50).await, [sent[2].2]);
    for wrong in ["lowest_score=10001", "highest_score=-1", "sort=name", "received_from=yesterday", "q="] {
        let name = wrong.split('=').next().unwrap();
        app.get(who, format!("{LIST}?{wrong}")).await.expect_invalid(name);
    }
    // By the names of branches.
    let south: Vec<_> = listed(&app, who, &format!("q=south&brand_id={}", brand.id)).await;
    let mut wanted = brand.regions[1].branches.each_ref().map(|branch| branch.visit).to_vec();
    wanted.sort();
    assert_eq!(south, wanted);
    assert_eq!(listed(&app, who, "q=TH+2").await.len(), 4);
    assert_eq!(listed(&app, who, "q=%25").await, []);
    assert_eq!(listed(&app, who, "q=h_1").await, []);
}

async fn json_lines_are_the_whole_list(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.reviewer;
    let list =
        |parameters: &str, accept: &str| app.get(who, format!("{LIST}{parameters}")).header("accept", accept);
    let page = list("?limit=200", "application/json").await.expect(200);
    for accept in
        ["application/jsonl", "application/x-ndjson", "image/png, application/jsonl;q=0.9, */*;q=0.1"]
    {
        let whole = list("", accept).await.expect(200);
        assert_eq!(whole.header("content-type"), "application/jsonl", "{accept}");
        assert!(whole.header("vary").contains("Accept"), "{whole}");
        assert!(whole.bytes.ends_with(b"\n"), "{whole}");
        let lines: Vec<Value> =
            whole.bytes.split(|&byte| byte == b'\n').flat_map(serde_json::from_slice).collect();
        assert_eq!(&lines, page.json["items"].as_array().unwrap(), "{accept}");
    }
    for accept in [
        "*/*",
        "application/json, application/jsonl;q=0.5",
        "text/html",
        "not a media type",
        "application/jsonl;q=0",
    ] {
        assert_eq!(list("", accept).await.expect(200).json["items"].as_array().unwrap().len(), 8, "{accept}");
    }

    // From a cursor on, with a filter, and of nothing.
    let first = list("?limit=3", "application/json").await.expect(200);
    let rest = format!("?cursor={}", first.text("/next_cursor"));
    let rest = list(&rest, "application/jsonl").await.expect(200);
    assert_eq!(rest.bytes.iter().filter(|&&byte| byte == b'\n').count(), 5);
    let none = list("?state=excluded", "application/jsonl").await.expect(200);
    assert!(none.bytes.is_empty(), "{none}");

    list("?limit=3", "application/jsonl").await.expect_invalid("limit");
    list("?cursor=x", "application/jsonl").await.expect_invalid("cursor");
    list("?state=lost", "application/jsonl").await.expect_invalid("state");
}

async fn shoppers_list_their_own_and_the_branchs_side_nothing(app: TestApp) {
    let world = World::build(&app).await;
    let [brand, other] = &world.brands;
    assert_eq!(listed(&app, &world.staff.shopper, "").await.len(), 8);
    let stranger = Persona::everywhere(&app, Role::Shopper).await;
    assert_eq!(listed(&app, &stranger, "").await, []);
    let account = world.staff.shopper.account;
    assert_eq!(listed(&app, &stranger, &format!("shopper_id={account}")).await, []);

    // What is covered and what is one's own add up.
    let visit: VisitId = id();
    let both =
        Persona::with(&app, &[(Role::Shopper, other.scope()), (Role::Reviewer, brand.branch_scope(0, 0))])
            .await;
    let assignment = id();
    let body = assignment_body(other.regions[0].branches[0].id, other.version, &both);
    app.put(&world.staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
    app.put(&both, path(visit), visit_body(assignment, other.version)).await.expect(201);
    let mut wanted = [visit, brand.regions[0].branches[0].visit];
    wanted.sort();
    assert_eq!(listed(&app, &both, "").await, wanted);

    for role in [Role::Manager, Role::Hr, Role::Scheduler, Role::Designer] {
        let who = Persona::everywhere(&app, role).await;
        app.get(&who, LIST).await.expect_problem(403, "forbidden");
    }
}
