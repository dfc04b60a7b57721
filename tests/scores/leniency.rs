//! How leniently shoppers score: for desks, and beside scores.

use diesel::prelude::*;
use incognito::{
    accounts::model::{GrantScope, Role},
    db::{Conn, schema::leniency, types::Json},
    scores::{leniency::NotAgain, show_daily::ShowBrand, verify::Difference},
    work::Task,
};
use serde_json::{Value, json};

use super::{BEST, GOOD, MARCH, Tree, ZERO};
use crate::{
    app::{TestApp, each_engine_test},
    personas::Persona,
    reviews::{approve, reject},
    verify::verified,
};

each_engine_test!(
    shoppers_are_compared_within_branches,
    only_desks_see_it,
    it_stands_beside_a_score_in_the_queue,
    a_night_is_computed_again,
);

/// A brand whose shoppers make four visits each to three branches:
///
/// | shopper | in each branch | mean | effect |
/// |---|---|---|---|
/// | 0 | 10000 10000 10000 8750 | 9687.5 | + 375 |
/// | 1 | 10000 10000 8750 8750 | 9375 | + 125 |
/// | 2 | 10000 8750 8750 8750 | 9062.5 | − 125 |
/// | 3 | 8750 8750 8750 8750 | 8750 | − 375 |
///
/// The visits scatter less about that than by one step of the least answer, 1/16 of 10000; so the variance within is 625² = 390625. Shoppers explain 5859375 of the
/// squares, and have three degrees of freedom: the variance between is (5859375 − 3·390625)/36, a third of it. So 12/(12 + 3) of a shopper's distance
/// from the mean is kept. The square of the standard error is 390625·(0.75/15 + 0.25/3); Student's t is 3.1824.
///
/// One more shopper is alone in another branch.
struct Scene {
    tree: Tree,
    shoppers: Vec<Persona>,
}

const LEVELS: [&str; 3] = ["a", "b", "d"];

impl Scene {
    async fn build(app: &TestApp) -> Self {
        let tree = Tree::build(app).await;
        let scope = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
        let mut shoppers = Vec::new();
        for best in [3, 2, 1, 0] {
            let shopper = Persona::with(app, &[(Role::Shopper, scope)]).await;
            for branch in LEVELS {
                for turn in 0..4 {
                    let seen = if turn < best { &BEST } else { &GOOD };
                    let visit = tree.visit_by(app, &shopper, branch, (seen, MARCH)).await;
                    approve(app, &tree.world.staff.reviewer, visit).await.expect(200);
                }
            }
            shoppers.push(shopper);
        }
        for _ in 0..11 {
            tree.approved(app, "g", &BEST, MARCH).await;
        }
        // What does not count is in no effect.
        let rejected = tree.visit_by(app, &shoppers[0], "a", (&ZERO, MARCH)).await;
        reject(app, &tree.world.staff.reviewer, rejected).await.expect(200);
        tree.visit_by(app, &shoppers[0], "a", (&ZERO, MARCH)).await;
        Self { tree, shoppers }
    }

    async fn night(&self, app: &TestApp) {
        ShowBrand { brand_id: self.tree.brand }.run(app.app(), &()).await.unwrap();
    }

    fn address(&self, query: &str) -> String {
        format!("/v1/brands/{}/leniency?{query}", self.tree.brand)
    }

    async fn listed(&self, app: &TestApp, query: &str) -> Vec<Value> {
        let answer = app.get(&self.tree.world.staff.reviewer, self.address(query)).await.expect(200);
        answer.json["items"].as_array().unwrap().clone()
    }

    /// The numbers of the shoppers in this list; 4 is the one who is alone.
    fn numbers(&self, listed: &[Value]) -> Vec<usize> {
        let number = |id: &Value| {
            self.shoppers.iter().position(|one| json!(one.account) == *id).unwrap_or(self.shoppers.len())
        };
        listed.iter().map(|one| number(&one["shopper_id"])).collect()
    }
}

async fn shoppers_are_compared_within_branches(app: TestApp) {
    let scene = Scene::build(&app).await;
    assert_eq!(scene.listed(&app, "").await, Vec::<Value>::new(), "nothing is known before a night");
    let score = async || {
        app.get(&scene.tree.world.staff.administrator, format!("/v1/{}/score", scene.tree.place("a"))).await
    };
    let before = score().await.expect(200).json;
    scene.night(&app).await;
    assert_eq!(score().await.expect(200).json, before, "scores stay as they are");
    let rows = [
        (9_688, 375, -352, 1_102),
        (9_375, 125, -602, 852),
        (9_062, -125, -852, 602),
        (8_750, -375, -1_102, 352),
    ];
    let all = scene.listed(&app, "").await;
    assert_eq!(scene.numbers(&all), [0, 1, 2, 3, 4]);
    for ((score, effect, low, high), (one, who)) in rows.into_iter().zip(all.iter().zip(&scene.shoppers)) {
        let wanted = json!({
            "shopper_id": who.account, "name": null, "visits": 12, "score": score, "shared_visits": 12,
            "shared_branches": 3, "group": 1, "effect": effect, "standard_error": 229, "low": low, "high": high,
            "insufficient": false, "missing": null, "computed_at": app.now(),
        });
        assert_eq!(*one, wanted);
    }
    let alone = json!({
        "shopper_id": scene.tree.world.staff.shopper.account, "name": null, "visits": 11, "score": 10_000,
        "shared_visits": 0, "shared_branches": 0, "group": 2, "effect": null, "standard_error": null, "low": null,
        "high": null, "insufficient": true, "missing": "few_visits", "computed_at": app.now(),
    });
    assert_eq!(all[4], alone);

    for (query, numbers) in [
        ("sort=strict", &[3, 2, 1, 0, 4][..]),
        ("insufficient=true", &[4]),
        ("insufficient=false&sort=strict", &[3, 2, 1, 0]),
        ("group=2", &[4]),
        ("group=3", &[]),
        ("group=1&limit=2", &[0, 1]),
    ] {
        assert_eq!(scene.numbers(&scene.listed(&app, query).await), numbers, "{query}");
    }
    let only = format!("shopper_id={}", scene.shoppers[2].account);
    assert_eq!(scene.numbers(&scene.listed(&app, &only).await), [2]);
    let by_visits = scene.numbers(&scene.listed(&app, "sort=visits").await);
    assert_eq!((by_visits.len(), by_visits[4]), (5, 4));
    let reviewer = &scene.tree.world.staff.reviewer;
    app.get(reviewer, scene.address("sort=name")).await.expect_invalid("sort");
    app.get(reviewer, scene.address("group=0")).await.expect_invalid("group");

    // By pages, and as a file.
    let first = app.get(reviewer, scene.address("limit=3")).await.expect(200);
    let next = format!("limit=3&cursor={}", first.text("/next_cursor"));
    assert_eq!(scene.numbers(&scene.listed(&app, &next).await), [3, 4]);
    let file = app.get(reviewer, scene.address("")).header("accept", "text/csv").await.expect(200);
    let text = String::from_utf8(file.bytes.to_vec()).unwrap();
    assert_eq!(text.lines().count(), 6, "{text}");

    // Two years and a month later nothing of it counts any more.
    app.advance(25 * 31 * 86_400);
    scene.night(&app).await;
    let administrator = Persona::administrator(&app).await;
    assert_eq!(app.get(&administrator, scene.address("")).await.expect(200).json["items"], json!([]));
}

async fn only_desks_see_it(app: TestApp) {
    let scene = Scene::build(&app).await;
    scene.night(&app).await;
    let (brand_id, tree) = (Some(scene.tree.brand), &scene.tree);
    let brand = GrantScope { brand_id, ..GrantScope::default() };
    let city = GrantScope { brand_id, region_id: Some(tree.regions["city"]), branch_id: None };
    let branch = GrantScope { brand_id, region_id: None, branch_id: Some(tree.branches["a"]) };
    let others = [
        Role::Manager,
        Role::Hr,
        Role::Employee,
        Role::Shopper,
        Role::Scheduler,
        Role::Designer,
        Role::Auditor,
    ];
    for role in others {
        for scope in [GrantScope::default(), brand] {
            let who = Persona::with(&app, &[(role, scope)]).await;
            app.get(&who, scene.address("")).await.expect(403);
        }
    }
    for scope in [city, branch] {
        let who = Persona::with(&app, &[(Role::Reviewer, scope), (Role::Manager, brand)]).await;
        app.get(&who, scene.address("")).await.expect(404);
    }
    // Who manages accounts sees names; the list is one of who shoppers are, so that it was read is written down.
    let administrator = Persona::with(&app, &[(Role::Administrator, brand)]).await;
    let listed = app.get(&administrator, scene.address("")).await.expect(200);
    assert_eq!(listed.json["items"][0]["name"], "Somebody");
    let audit = app.get(&administrator, format!("/v1/audit?account_id={}", administrator.account)).await;
    let entry = audit.expect(200).json["items"][0].clone();
    assert_eq!(entry["kind"], "shopper_shown", "{entry}");
    assert_eq!(entry["details"]["shopper_ids"].as_array().map(Vec::len), Some(5), "{entry}");
    // A shopper who is a reviewer as well is not shown their own line.
    let both = &scene.shoppers[3];
    let grant = format!("/v1/accounts/{}/grants/{}", both.account, crate::app::id::<()>());
    let body = json!({"role": "reviewer", "scope": brand});
    app.put(&tree.world.staff.administrator, grant, body).await.expect(201);
    let listed = app.get(both, scene.address("")).await.expect(200).json;
    assert_eq!(scene.numbers(listed["items"].as_array().unwrap()), [0, 1, 2, 4]);
}

async fn it_stands_beside_a_score_in_the_queue(app: TestApp) {
    let scene = Scene::build(&app).await;
    let (tree, reviewer) = (&scene.tree, &scene.tree.world.staff.reviewer);
    let by_other = tree.visit(&app, "b", &BEST, MARCH).await;
    let by_strict = tree.visit_by(&app, &scene.shoppers[3], "b", (&BEST, MARCH)).await;
    let beside = async |who: &Persona| {
        let queue =
            app.get(who, format!("/v1/reviews?limit=200&brand_id={}", tree.brand)).await.expect(200).json;
        let of = move |visit| {
            let items = queue["items"].as_array().unwrap();
            let found = items.iter().find(|one| one["visit_id"] == json!(visit)).unwrap();
            (found["score"].clone(), found["leniency"].clone())
        };
        [by_other, by_strict].map(of)
    };
    let nothing = || (json!(10_000), Value::Null);
    assert_eq!(beside(reviewer).await, [nothing(), nothing()]);
    scene.night(&app).await;
    let strict = json!({"effect": -375, "low": -1_102, "high": 352});
    assert_eq!(beside(reviewer).await, [nothing(), (json!(10_000), strict)]);
    // Nor does a reviewer learn it of a visit of their own.
    let brand = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let grant = format!("/v1/accounts/{}/grants/{}", scene.shoppers[3].account, crate::app::id::<()>());
    let body = json!({"role": "reviewer", "scope": brand});
    app.put(&tree.world.staff.administrator, grant, body).await.expect(201);
    assert_eq!(beside(&scene.shoppers[3]).await, [nothing(), nothing()]);
}

async fn a_night_is_computed_again(app: TestApp) {
    let scene = Scene::build(&app).await;
    scene.night(&app).await;
    let lines = async || {
        let read = |conn: &mut Conn| {
            let lines: Vec<(i64, Json<Value>)> = leniency::table
                .order(leniency::number)
                .select((leniency::number, leniency::found))
                .load(conn)?;
            Ok(lines)
        };
        app.db().read(read).await.unwrap()
    };
    scene.night(&app).await;
    let kept = lines().await;
    assert_eq!(kept.len(), 1, "what has not changed keeps its line");
    let found = kept[0].1.0.clone();
    assert_eq!((&found["within"], &found["between"]), (&json!(625), &json!(361)));
    let all = verified(&app).await;
    assert_eq!((all.differences, all.not_again), (vec![], vec![]));
    let brand = scene.tree.brand;
    let write = async |number: i64, found: Value| {
        let set = move |conn: &mut Conn| {
            let line = leniency::table.filter(leniency::number.eq(number));
            Ok(diesel::update(line).set(leniency::found.eq(Json(found.clone()))).execute(conn)?)
        };
        assert_eq!(app.db().write(set).await.unwrap(), 1);
    };
    // Another effect, and another number of visits, are not what the visits say.
    let of_line = |number| vec![Difference::Leniency { brand, number }];
    for (pointer, other) in [("effect/effect", 500), ("shared_visits", 13)] {
        let mut altered = found.clone();
        let at = altered["shoppers"].as_array().unwrap().iter().position(|one| one["group"] == 1).unwrap();
        *altered.pointer_mut(&format!("/shoppers/{at}/{pointer}")).unwrap() = json!(other);
        write(1, altered).await;
        assert_eq!(verified(&app).await.differences, of_line(1), "{pointer}");
    }
    // One that was computed in another way cannot be computed again.
    let mut other = found.clone();
    other["method"] = json!(0);
    write(1, other).await;
    let all = verified(&app).await;
    assert_eq!((all.differences, all.not_again), (vec![], vec![(brand, NotAgain::OtherMethod)]));
    write(1, found.clone()).await;
    // Nor can one whose visits have changed: the next night makes another line.
    scene.tree.approved(&app, "a", &GOOD, MARCH).await;
    let all = verified(&app).await;
    assert_eq!((all.differences, all.not_again), (vec![], vec![(brand, NotAgain::VisitsChanged)]));
    scene.night(&app).await;
    assert_eq!(lines().await.len(), 2);
    let all = verified(&app).await;
    assert_eq!((all.differences, all.not_again), (vec![], vec![]));
    // What cannot be read is named, shown to nobody, and made anew.
    write(2, json!("garbled")).await;
    assert_eq!(verified(&app).await.differences, of_line(2));
    assert_eq!(scene.listed(&app, "").await, Vec::<Value>::new());
    scene.night(&app).await;
    assert_eq!(scene.listed(&app, "").await.len(), 5);
}
