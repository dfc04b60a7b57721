//! Scores: exact figures for every place above a visit, ranks, and the check that finds what was tampered with.

use std::collections::BTreeMap;

use diesel::prelude::*;
use futures_util::future::join_all;
use incognito::{
    accounts::model::{GrantScope, Role},
    db::{
        Conn,
        schema::{rollup, visit},
        types::{Json, Sha256},
    },
    ids::{AssignmentId, BranchId, BrandId, ChecklistId, RegionId, VersionId, VisitId},
    months::Month,
    scores::{
        model::{PlaceId, PlaceKind, Subject},
        statistics::Sums,
        verify::{Difference, PlaceOf, Verified, WrongRollup, verify},
    },
    visits::model::Submission,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Dice, TestApp, each_engine_test, id},
    builders::{World, assignment_body, branch_body, content, visit_body},
    personas::Persona,
    reviews::{approve, reject},
    visits::path,
};

each_engine_test!(
    figures_are_exact_on_every_level,
    only_the_months_asked_for_count,
    periods_are_checked,
    those_who_cannot_be_told_apart_are_tied,
    managers_see_their_own_places,
    random_decisions_leave_nothing_to_find,
    what_was_tampered_with_is_found,
);

/// What recomputing everything says.
pub async fn verified(app: &TestApp) -> Verified {
    verify(app.db(), |_, _| {}).await.unwrap()
}

/// A brand of the default minimum of three visits:
///
/// ```text
/// brand ─┬─ country ─┬─ city ─┬─ a
///        │           │        └─ b
///        │           └─ c
///        ├─ abroad ──┬─ d
///        │           └─ f
///        ├─ e
///        └─ g
/// ```
struct Tree {
    world: World,
    brand: BrandId,
    checklist: ChecklistId,
    version: VersionId,
    regions: BTreeMap<&'static str, RegionId>,
    branches: BTreeMap<&'static str, BranchId>,
}

/// A way to answer, with what it scores: overall, on arrival and (where that applied) at the table.
struct Seen {
    greeted: bool,
    waited: &'static str,
    clean: Option<u8>,
}

// Greeting is worth 2, waiting 10 and cleanliness 4.
const BEST: Seen = Seen { greeted: true, waited: "short", clean: Some(5) }; // 16/16 = 10000, 12/12 = 10000, 4/4 = 10000
const GOOD: Seen = Seen { greeted: true, waited: "short", clean: Some(3) }; // 14/16 = 8750, 12/12 = 10000, 2/4 = 5000
const FAIR: Seen = Seen { greeted: false, waited: "short", clean: None }; // 10/12 = 8333, 10/12 = 8333, no table
const POOR: Seen = Seen { greeted: true, waited: "long", clean: Some(1) }; // 2/16 = 1250, 2/12 = 1667, 0/4 = 0
const ZERO: Seen = Seen { greeted: false, waited: "long", clean: Some(1) }; // 0/16, 0/12, 0/4

const MARCH: &str = "2026-03-14T09:00:00Z";

impl Tree {
    async fn build(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let (brand, administrator) = (id(), &world.staff.administrator);
        let body = json!({"name": "Caucasus", "language": "en"});
        app.put(administrator, format!("/v1/brands/{brand}"), body).await.expect(201);
        let (mut regions, mut branches) = (BTreeMap::new(), BTreeMap::new());
        for (name, parent) in [("country", None), ("city", Some("country")), ("abroad", None)] {
            let region: RegionId = id();
            let mut body = json!({"brand_id": brand, "name": name});
            if let Some(parent) = parent {
                body["parent_id"] = json!(regions[parent]);
            }
            app.put(administrator, format!("/v1/regions/{region}"), body).await.expect(201);
            regions.insert(name, region);
        }
        for (code, region) in [
            ("a", Some("city")),
            ("b", Some("city")),
            ("c", Some("country")),
            ("d", Some("abroad")),
            ("e", None),
            ("f", Some("abroad")),
            ("g", None),
        ] {
            let branch: BranchId = id();
            let body = branch_body(brand, region.map(|region| regions[region]), code);
            app.put(administrator, format!("/v1/branches/{branch}"), body).await.expect(201);
            branches.insert(code, branch);
        }
        let (checklist, version) = world.staff.checklist(app, brand, content()).await;
        Self { world, brand, checklist, version, regions, branches }
    }

    /// Sends a visit that was made at this moment.
    async fn visit(&self, app: &TestApp, branch: &str, seen: &Seen, at: &str) -> VisitId {
        let (assignment, visit): (AssignmentId, VisitId) = (id(), id());
        let (staff, scheduled) = (&self.world.staff, format!("/v1/assignments/{assignment}"));
        let mut body = assignment_body(self.branches[branch], self.version, &staff.shopper);
        body["opens_at"] = json!("2020-01-01T00:00:00Z");
        app.put(&staff.scheduler, scheduled, body).await.expect(201);
        let mut body = visit_body(assignment, self.version);
        (body["started_at"], body["ended_at"]) = (json!(at), json!(at));
        let clean = seen.clean.map_or(json!({"not_applicable": true}), |clean| json!({"value": clean}));
        body["answers"] =
            json!({"greeted": {"value": seen.greeted}, "waited": {"value": seen.waited}, "clean": clean});
        app.put(&staff.shopper, path(visit), body).await.expect(201);
        visit
    }

    async fn approved(&self, app: &TestApp, branch: &str, seen: &Seen, at: &str) -> VisitId {
        let visit = self.visit(app, branch, seen, at).await;
        approve(app, &self.world.staff.reviewer, visit).await.expect(200);
        visit
    }

    /// What [`figures_are_exact_on_every_level`] and the ranking are about.
    async fn march(&self, app: &TestApp) {
        let visits: [(&str, &[Seen]); 6] = [
            ("a", &[BEST, GOOD, FAIR]),
            ("b", &[POOR, ZERO]),
            ("c", &[BEST, FAIR]),
            ("d", &[FAIR]),
            ("e", &[GOOD, GOOD, GOOD]),
            ("f", &[POOR, POOR, POOR]),
        ];
        let each = visits.iter().flat_map(|(branch, seen)| seen.iter().map(move |seen| (branch, seen)));
        join_all(each.map(|(branch, seen)| self.approved(app, branch, seen, MARCH))).await;
    }

    fn place(&self, name: &str) -> String {
        match (self.regions.get(name), self.branches.get(name)) {
            (Some(region), _) => format!("regions/{region}"),
            (_, Some(branch)) => format!("branches/{branch}"),
            _ => format!("brands/{}", self.brand),
        }
    }

    async fn score(&self, app: &TestApp, place: &str, query: &str) -> Answer {
        app.get(&self.world.staff.administrator, format!("/v1/{}/score?{query}", self.place(place))).await
    }
}

async fn figures_are_exact_on_every_level(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let rejected = tree.visit(&app, "a", &ZERO, MARCH).await;
    reject(&app, &tree.world.staff.reviewer, rejected).await.expect(200);
    tree.visit(&app, "a", &ZERO, MARCH).await; // still waits

    // Of each: how many visits, the sum of what they scored, the mean of that rounded half to even, and the ends of
    // its interval, by the tables of Student's t (12.7062, 4.3027, 3.1824, 2.7764 … for 2, 3, 4, 5 … visits).
    type Figure = (i64, i64, i64, [i64; 2]);
    let rows: [(&str, Figure, Figure, Option<Figure>); 9] = [
        (
            "a",
            (3, 27_083, 9_028, [6_872, 10_000]),
            (3, 28_333, 9_444, [7_053, 10_000]),
            Some((2, 15_000, 7_500, [0, 10_000])),
        ),
        ("b", (2, 1_250, 625, [0, 8_567]), (2, 1_667, 834, [0, 10_000]), Some((2, 0, 0, [0, 0]))),
        (
            "c",
            (2, 18_333, 9_166, [0, 10_000]),
            (2, 18_333, 9_166, [0, 10_000]),
            Some((1, 10_000, 10_000, [0, 10_000])),
        ),
        ("d", (1, 8_333, 8_333, [0, 10_000]), (1, 8_333, 8_333, [0, 10_000]), None),
        (
            "e",
            (3, 26_250, 8_750, [8_750, 8_750]),
            (3, 30_000, 10_000, [10_000, 10_000]),
            Some((3, 15_000, 5_000, [5_000, 5_000])),
        ),
        (
            "city",
            (5, 28_333, 5_667, [0, 10_000]),
            (5, 30_000, 6_000, [38, 10_000]),
            Some((4, 15_000, 3_750, [0, 10_000])),
        ),
        (
            "country",
            (7, 46_666, 6_667, [2_781, 10_000]),
            (7, 48_333, 6_905, [2_982, 10_000]),
            Some((5, 25_000, 5_000, [0, 10_000])),
        ),
        ("abroad", (4, 12_083, 3_021, [0, 8_657]), (4, 13_334, 3_334, [0, 8_638]), Some((3, 0, 0, [0, 0]))),
        (
            "brand",
            (14, 84_999, 6_071, [3_779, 8_363]),
            (14, 91_667, 6_548, [4_176, 8_919]),
            Some((11, 40_000, 3_636, [995, 6_278])),
        ),
    ];
    let figure = |(visits, total, mean, [low, high]): Figure| {
        let off = (2 * (mean * visits - total)).abs();
        assert!(off < visits || off == visits && mean % 2 == 0, "{total} by {visits} is not {mean}");
        json!({"visits": visits, "score": mean, "interval": {"low": low, "high": high}, "insufficient": visits < 3})
    };
    for (name, overall, arrival, table) in rows {
        let sections =
            [("arrival", Some(arrival)), ("table", table)].into_iter().filter_map(|(key, sums)| {
                let mut section = figure(sums?);
                (section["checklist_id"], section["section"]) = (json!(tree.checklist), json!(key));
                Some(section)
            });
        let mut wanted = figure(overall);
        let place = tree.place(name);
        let (kinds, place_id) = place.split_once('/').unwrap();
        let kind = match kinds {
            "brands" => "brand",
            "regions" => "region",
            _ => "branch",
        };
        for (key, value) in [
            ("place_id", json!(place_id)),
            ("kind", json!(kind)),
            ("from", json!("2025-04")),
            ("to", json!("2026-03")),
            ("change", Value::Null),
            ("sections", sections.collect()),
        ] {
            wanted[key] = value;
        }
        assert_eq!(tree.score(&app, name, "").await.expect(200).json, wanted, "{name}");
    }
    let nothing = json!({"place_id": tree.branches["g"], "kind": "branch", "from": "2025-04", "to": "2026-03",
        "visits": 0, "score": null, "interval": null, "insufficient": true, "change": null, "sections": []});
    assert_eq!(tree.score(&app, "g", "").await.expect(200).json, nothing);
    // The other brands' visits all wait, so nothing of this one has gone to them.
    for brand in &tree.world.brands {
        let score = app.get(&tree.world.staff.administrator, format!("/v1/brands/{}/score", brand.id)).await;
        assert_eq!(score.expect(200).json["visits"], 0);
    }
}

async fn only_the_months_asked_for_count(app: TestApp) {
    let tree = Tree::build(&app).await;
    for (seen, at) in [
        (BEST, "2025-12-10T09:00:00Z"),
        (GOOD, "2026-01-10T09:00:00Z"),
        (POOR, "2026-02-28T22:00:00Z"), // 1 March in Istanbul
        (ZERO, "2026-03-14T09:00:00Z"),
    ] {
        tree.approved(&app, "a", &seen, at).await;
    }
    let rows = [
        // query, from, to, visits, score, and of as many months before: visits, score, how much more it is now
        ("", "2025-04", "2026-03", 4, Some(5_000), None),
        ("from=2026-03&to=2026-03", "2026-03", "2026-03", 2, Some(625), None),
        ("from=2026-02&to=2026-02", "2026-02", "2026-02", 0, None, None),
        ("from=2026-02&to=2026-03", "2026-02", "2026-03", 2, Some(625), Some((2, 9_375, -8_750))),
        ("from=2026-01&to=2026-01", "2026-01", "2026-01", 1, Some(8_750), Some((1, 10_000, -1_250))),
        ("from=2026-01", "2026-01", "2026-03", 3, Some(3_333), Some((1, 10_000, -6_667))),
        ("to=2025-12", "2025-01", "2025-12", 1, Some(10_000), None),
        ("from=2026-04&to=2027-03", "2026-04", "2027-03", 0, None, None),
        ("from=0000-01&to=0000-12", "0000-01", "0000-12", 0, None, None),
    ];
    for (query, from, to, visits, score, change) in rows {
        for place in ["a", "city", "country", "brand"] {
            let answer = tree.score(&app, place, query).await.expect(200);
            let change = change.map(|(visits, score, difference)| {
                json!({"previous_visits": visits, "previous_score": score, "difference": difference})
            });
            let got = ["from", "to", "visits", "score", "change"].map(|name| &answer.json[name]);
            let wanted = [json!(from), json!(to), json!(visits), json!(score), json!(change)];
            assert_eq!(got, wanted.each_ref(), "{place} {query}");
        }
    }
}

async fn periods_are_checked(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.score(&app, "a", "from=2016-04&to=2026-03").await.expect(200);
    for (query, name) in [
        ("from=2016-03&to=2026-03", "from"),
        ("from=2026-04", "from"),
        ("from=2026-02&to=2026-01", "from"),
        ("from=2026-13", "from"),
        ("to=2026-00", "to"),
        ("to=2026-1", "to"),
        ("to=March", "to"),
        ("month=2026-03", "month"),
    ] {
        tree.score(&app, "brand", query).await.expect_invalid(name);
        let ranking = format!("/v1/{}/ranking?{query}", tree.place("country"));
        app.get(&tree.world.staff.administrator, ranking).await.expect_invalid(name);
    }
}

async fn those_who_cannot_be_told_apart_are_tied(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let administrator = &tree.world.staff.administrator;
    let ranking = async |place: &str, query: &str| {
        let path = format!("/v1/{}/ranking?{query}", tree.place(place));
        app.get(administrator, path).await.expect(200)
    };
    let line = |item: &Value| {
        let code = item["code"].as_str().unwrap().to_owned();
        assert_eq!(item["branch_id"], json!(tree.branches[code.as_str()]));
        assert_eq!(
            (&item["name"], &item["rank"].is_null()),
            (&json!(code), &item["insufficient"].as_bool().unwrap())
        );
        let rank = item["rank"]
            .as_object()
            .map(|rank| (rank["best"].as_u64().unwrap(), rank["worst"].as_u64().unwrap()));
        (code, item["visits"].as_i64().unwrap(), item["score"].as_i64(), rank)
    };
    let lines = |page: &Answer| page.json["items"].as_array().unwrap().iter().map(line).collect::<Vec<_>>();
    let row = |code: &str, visits, score, rank| (code.to_owned(), visits, score, rank);
    let brand = [
        // The interval of a is 6872 to 10000 and holds that of e, 8750 to 8750, but not that of f, 1250 to 1250.
        row("a", 3, Some(9_028), Some((1, 2))),
        row("e", 3, Some(8_750), Some((1, 2))),
        row("f", 3, Some(1_250), Some((3, 3))),
        // Too few visits: however good, they come last and take no rank from anybody.
        row("c", 2, Some(9_166), None),
        row("d", 1, Some(8_333), None),
        row("b", 2, Some(625), None),
        row("g", 0, None, None),
    ];
    assert_eq!(lines(&ranking("brand", "").await), brand);
    let (mut paged, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = ranking("brand", &query).await;
        paged.extend(lines(&page));
        let Some(cursor) = page.json["next_cursor"].as_str() else { break };
        query = format!("limit=2&cursor={cursor}");
    }
    assert_eq!(paged, brand);

    // Among themselves, however deep they lie.
    let [a, f] = ["a", "f"].map(|code| brand.iter().find(|row| row.0 == code).unwrap().clone());
    let first = |row: (String, i64, Option<i64>, _)| (row.0, row.1, row.2, Some((1, 1)));
    let [c, d, b] = [3, 4, 5].map(|at| brand[at].clone());
    assert_eq!(lines(&ranking("country", "").await), [first(a.clone()), c, b.clone()]);
    assert_eq!(lines(&ranking("city", "").await), [first(a), b]);
    assert_eq!(lines(&ranking("abroad", "").await), [first(f), d]);
    let none = lines(&ranking("city", "to=2025-12").await);
    assert_eq!(none, [row("a", 0, None, None), row("b", 0, None, None)]);
}

async fn managers_see_their_own_places(app: TestApp) {
    let tree = Tree::build(&app).await;
    let brand_id = Some(tree.brand);
    let over = |region: &str| GrantScope { brand_id, region_id: Some(tree.regions[region]), branch_id: None };
    let at = |branch: &str| GrantScope { brand_id, region_id: None, branch_id: Some(tree.branches[branch]) };
    let all = ["brand", "country", "city", "abroad", "a", "b", "c", "d", "e"];
    let rows: [(&[GrantScope], &[&str]); 5] = [
        (&[GrantScope { brand_id, region_id: None, branch_id: None }], &all),
        (&[over("country")], &["country", "city", "a", "b", "c"]),
        (&[over("city")], &["city", "a", "b"]),
        (&[at("b")], &["b"]),
        (&[over("city"), at("d")], &["city", "a", "b", "d"]),
    ];
    for (scopes, seen) in rows {
        let grants: Vec<_> = scopes.iter().map(|scope| (Role::Manager, *scope)).collect();
        let manager = Persona::with(&app, &grants).await;
        for place in all {
            let status = if seen.contains(&place) { 200 } else { 404 };
            let path = format!("/v1/{}", tree.place(place));
            app.get(&manager, format!("{path}/score")).await.expect(status);
            if !tree.branches.contains_key(place) {
                app.get(&manager, format!("{path}/ranking")).await.expect(status);
            }
        }
    }
}

async fn random_decisions_leave_nothing_to_find(app: TestApp) {
    let tree = Tree::build(&app).await;
    let mut dice = Dice::seeded(7);
    let mut counted = 0;
    for _ in 0..40 {
        let branch = ["a", "b", "c", "d", "e", "f"][dice.roll(6) as usize];
        let seen = &[BEST, GOOD, FAIR, POOR, ZERO][dice.roll(5) as usize];
        let at = format!("2026-0{}-{}T{:02}:00:00Z", 1 + dice.roll(3), 10 + dice.roll(18), dice.roll(24));
        let visit = tree.visit(&app, branch, seen, &at).await;
        match dice.roll(4) {
            0 => {}
            1 => drop(reject(&app, &tree.world.staff.reviewer, visit).await.expect(200)),
            _ => {
                approve(&app, &tree.world.staff.reviewer, visit).await.expect(200);
                counted += 1;
            }
        }
    }
    let verified = verified(&app).await;
    assert!(verified.is_right(), "{:?}", verified.differences);
    assert_eq!((verified.visits, verified.counted), (8 + 40, counted));
    assert!(verified.rollups > 50, "{verified:?}");
}

/// What is changed behind the server's back, each time in one place, is found there, and nothing else.
async fn what_was_tampered_with_is_found(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let victim = tree.approved(&app, "b", &GOOD, MARCH).await;
    assert_eq!(found(&app).await, []);
    let month: Month = "2026-03".parse().unwrap();
    let section = |key: &str| Subject::Section { checklist: tree.checklist, key: key.into() };
    let sums =
        |scores: &[i32]| scores.iter().fold(Sums::default(), |sums, score| sums.plus(Sums::of(*score)));
    let wrong = |kind, place: PlaceId, subject: &Subject, stored, recomputed| {
        let place = PlaceOf { brand: tree.brand, kind, id: place };
        Difference::Rollup(WrongRollup { place, subject: subject.to_string(), month, stored, recomputed })
    };
    let rollup_of =
        |place: PlaceId, subject: &Subject| rollup::table.find((place, subject.to_string(), month));

    // One row one too high.
    let city: PlaceId = tree.regions["city"].cast();
    let right = sums(&[10_000, 8_750, 8_333, 1_250, 0, 8_750]);
    let total = move |total: i64| {
        let of = rollup_of(city, &Subject::Overall);
        move |conn: &mut Conn| Ok(diesel::update(of.clone()).set(rollup::total.eq(total)).execute(conn)?)
    };
    change(&app, total(right.sum + 1)).await;
    let stored = Sums { sum: right.sum + 1, ..right };
    assert_eq!(found(&app).await, [wrong(PlaceKind::Region, city, &Subject::Overall, stored, right)]);
    change(&app, total(right.sum)).await;

    // One row gone.
    type Row = (PlaceId, String, Month, BrandId, PlaceKind, i64, i64, i64);
    let of = rollup_of(tree.brand.cast(), &section("table"));
    let row: Row = app
        .db()
        .read({
            let of = of.clone();
            move |conn| Ok(of.clone().first(conn)?)
        })
        .await
        .unwrap();
    change(&app, move |conn| Ok(diesel::delete(of.clone()).execute(conn)?)).await;
    let right = sums(&[10_000, 5_000, 0, 0, 10_000, 5_000, 5_000, 5_000, 0, 0, 0, 5_000]);
    let missing = wrong(PlaceKind::Brand, tree.brand.cast(), &section("table"), Sums::default(), right);
    assert_eq!(found(&app).await, [missing]);
    change(&app, move |conn| {
        Ok(diesel::insert_into(rollup::table)
            .values({
                use rollup::{brand_id, month, place_id, place_kind, subject, total, total_squares, visits};
                let (place, of, at, brand, kind, n, sum, sum_sq) = row.clone();
                (
                    place_id.eq(place),
                    subject.eq(of),
                    month.eq(at),
                    brand_id.eq(brand),
                    place_kind.eq(kind),
                    visits.eq(n),
                    total.eq(sum),
                    total_squares.eq(sum_sq),
                )
            })
            .execute(conn)?)
    })
    .await;

    // Another score on the visit. What counts is what its answers score, so no place is wrong.
    let score = |score: Option<i32>| {
        move |conn: &mut Conn| {
            Ok(diesel::update(visit::table.find(victim)).set(visit::score.eq(score)).execute(conn)?)
        }
    };
    for stored in [Some(8_751), Some(0), None] {
        change(&app, score(stored)).await;
        assert_eq!(found(&app).await, [Difference::Score { visit: victim, stored, recomputed: Some(8_750) }]);
    }
    change(&app, score(Some(8_750))).await;

    // Other answers: neither digest nor score are theirs, nor are the sums of any place above.
    let kept: Json<Submission> = app
        .db()
        .read(move |conn| Ok(visit::table.find(victim).select(visit::content).first(conn)?))
        .await
        .unwrap();
    let told = |clean: Value| {
        let mut told = json!(kept.0);
        told["answers"]["clean"] = clean;
        serde_json::from_value::<Submission>(told).unwrap()
    };
    let tell = |told: Submission| {
        move |conn: &mut Conn| {
            let content = visit::content.eq(Json(told.clone()));
            Ok(diesel::update(visit::table.find(victim)).set(content).execute(conn)?)
        }
    };
    let differs = |told: &Submission| Difference::Content {
        visit: victim,
        stored: Sha256::of_json(&kept.0).unwrap(),
        recomputed: Sha256::of_json(told).unwrap(),
    };
    let commented = told(json!({"value": 3, "comment": "Very."}));
    change(&app, tell(commented.clone())).await;
    assert_eq!(found(&app).await, [differs(&commented)]);

    let better = told(json!({"value": 5}));
    change(&app, tell(better.clone())).await;
    let mut wanted = vec![
        differs(&better),
        Difference::Score { visit: victim, stored: Some(8_750), recomputed: Some(10_000) },
    ];
    for (kind, place, others, at_table) in [
        (PlaceKind::Branch, tree.branches["b"].cast(), vec![1_250, 0], vec![0, 0]),
        (PlaceKind::Region, city, vec![1_250, 0, 10_000, 8_750, 8_333], vec![0, 0, 10_000, 5_000]),
        (
            PlaceKind::Region,
            tree.regions["country"].cast(),
            vec![1_250, 0, 10_000, 8_750, 8_333, 10_000, 8_333],
            vec![0, 0, 10_000, 5_000, 10_000],
        ),
        (
            PlaceKind::Brand,
            tree.brand.cast(),
            vec![
                1_250, 0, 10_000, 8_750, 8_333, 10_000, 8_333, 8_333, 8_750, 8_750, 8_750, 1_250, 1_250,
                1_250,
            ],
            vec![0, 0, 10_000, 5_000, 10_000, 5_000, 5_000, 5_000, 0, 0, 0],
        ),
    ] {
        for (subject, others, was, is) in
            [(Subject::Overall, others, 8_750, 10_000), (section("table"), at_table, 5_000, 10_000)]
        {
            let others = sums(&others);
            let (stored, recomputed) = (others.plus(Sums::of(was)), others.plus(Sums::of(is)));
            wanted.push(wrong(kind, place, &subject, stored, recomputed));
        }
    }
    let all = |mut differences: Vec<Difference>| {
        differences.sort_by_key(ToString::to_string);
        differences
    };
    assert_eq!(all(found(&app).await), all(wanted));
    change(&app, tell(kept.0.clone())).await;
    assert_eq!(found(&app).await, []);
}

async fn found(app: &TestApp) -> Vec<Difference> {
    let verified = verified(app).await;
    assert_eq!((verified.visits, verified.counted, verified.unlisted), (8 + 15, 15, 0));
    verified.differences
}

/// Changes one row without the server.
async fn change(
    app: &TestApp,
    sql: impl FnMut(&mut Conn) -> incognito::error::Result<usize> + Send + 'static,
) {
    assert_eq!(app.db().write(sql).await.unwrap(), 1);
}
