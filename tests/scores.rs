//! Scores: exact figures for every place above a visit, for a period, as ranks, and for whom.

mod addresses;
mod answers;
pub mod compared;
pub mod drawn;
pub mod files;
mod filters;
mod leniency;
mod links;
mod shown;
pub mod summaries;

use std::collections::BTreeMap;

use diesel::prelude::*;
use futures_util::future::join_all;
use incognito::{
    accounts::model::{GrantScope, Role},
    db::{Conn, schema::brand_statistics, types::Json},
    ids::{AssignmentId, BranchId, BrandId, ChecklistId, RegionId, VersionId, VisitId},
    scores::{
        lent::{self, Counts},
        show_daily::ShowBrand,
        statistics::{Sums, Within},
    },
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, assignment_body, branch_body, content, visit_body},
    personas::Persona,
    reviews::{approve, reject},
    verify::verified,
    visits::path,
};

each_engine_test!(
    figures_are_exact_on_every_level,
    only_the_months_asked_for_count,
    periods_are_checked,
    all_that_is_wrong_with_a_ranking_is_named_at_once,
    those_who_cannot_be_told_apart_are_tied,
    managers_see_their_own_places,
    a_brand_lends_what_its_visits_say,
);

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
pub struct Tree {
    pub world: World,
    pub brand: BrandId,
    pub checklist: ChecklistId,
    pub version: VersionId,
    pub regions: BTreeMap<&'static str, RegionId>,
    pub branches: BTreeMap<&'static str, BranchId>,
}

/// A way to answer, with what it scores: overall, on arrival and (where that applied) at the table.
pub struct Seen {
    greeted: bool,
    waited: &'static str,
    clean: Option<u8>,
}

// Greeting is worth 2, waiting 10 and cleanliness 4.
/// 16/16 = 10000; 12/12 = 10000; 4/4 = 10000.
pub const BEST: Seen = Seen { greeted: true, waited: "short", clean: Some(5) };
/// 14/16 = 8750; 12/12 = 10000; 2/4 = 5000.
pub const GOOD: Seen = Seen { greeted: true, waited: "short", clean: Some(3) };
/// 10/12 = 8333; 10/12 = 8333; none.
pub const FAIR: Seen = Seen { greeted: false, waited: "short", clean: None };
/// 2/16 = 1250; 2/12 = 1667; 0/4 = 0.
pub const POOR: Seen = Seen { greeted: true, waited: "long", clean: Some(1) };
/// 0/16, 0/12 and 0/4.
pub const ZERO: Seen = Seen { greeted: false, waited: "long", clean: Some(1) };

pub const MARCH: &str = "2026-03-14T09:00:00Z";

impl Tree {
    /// Approves visits of three months to five branches: of some there are enough to be shown to the branch's side, of some there are not.
    pub async fn three_months(&self, app: &TestApp) {
        for (branch, month, seen) in [
            ("a", "01", &[BEST, GOOD, FAIR, GOOD][..]),
            ("b", "01", &[POOR, ZERO]),
            ("c", "01", &[BEST]),
            ("a", "02", &[GOOD, GOOD, POOR]),
            ("b", "02", &[FAIR, FAIR, ZERO]),
            ("d", "02", &[FAIR, BEST, POOR]),
            ("a", "03", &[BEST]),
            ("e", "03", &[GOOD, GOOD, BEST]),
        ] {
            for one in seen {
                self.approved(app, branch, one, &format!("2026-{month}-10T09:00:00Z")).await;
            }
        }
    }

    pub async fn build(app: &TestApp) -> Self {
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
    pub async fn visit(&self, app: &TestApp, branch: &str, seen: &Seen, at: &str) -> VisitId {
        self.visit_by(app, &self.world.staff.shopper, branch, (seen, at)).await
    }

    /// The same by this shopper.
    pub async fn visit_by(
        &self,
        app: &TestApp,
        shopper: &Persona,
        branch: &str,
        (seen, at): (&Seen, &str),
    ) -> VisitId {
        let (assignment, visit): (AssignmentId, VisitId) = (id(), id());
        let (staff, scheduled) = (&self.world.staff, format!("/v1/assignments/{assignment}"));
        let mut body = assignment_body(self.branches[branch], self.version, shopper);
        body["opens_at"] = json!("2020-01-01T00:00:00Z");
        app.put(&staff.scheduler, scheduled, body).await.expect(201);
        let mut body = visit_body(assignment, self.version);
        (body["started_at"], body["ended_at"]) = (json!(at), json!(at));
        let clean = seen.clean.map_or(json!({"not_applicable": true}), |clean| json!({"value": clean}));
        body["answers"] =
            json!({"greeted": {"value": seen.greeted}, "waited": {"value": seen.waited}, "clean": clean});
        app.put(shopper, path(visit), body).await.expect(201);
        visit
    }

    pub async fn approved(&self, app: &TestApp, branch: &str, seen: &Seen, at: &str) -> VisitId {
        let visit = self.visit(app, branch, seen, at).await;
        approve(app, &self.world.staff.reviewer, visit).await.expect(200);
        visit
    }

    /// What [`figures_are_exact_on_every_level`] and the ranking are about.
    pub async fn march(&self, app: &TestApp) {
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

    pub fn place(&self, name: &str) -> String {
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

/// From now on the brand lends this standard deviation to its places, in basis points, as one does whose shoppers all differ.
pub async fn lend(app: &TestApp, brand: BrandId, deviation: i64) {
    let (n, middle, now) = (200, 5_000, app.now());
    // A little less, because it is rounded up.
    let apart = deviation - 8;
    let sums = Sums { n, sum: n * middle, sum_sq: n * (middle * middle + apart * apart) };
    let line = id();
    let keep = move |conn: &mut Conn| {
        let within = BTreeMap::from([("overall".to_owned(), Within::default().with(sums))]);
        lent::keep(conn, line, brand, Counts { within, ..Counts::default() }, now)
    };
    app.db().write(keep).await.unwrap();
}

async fn figures_are_exact_on_every_level(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let rejected = tree.visit(&app, "a", &ZERO, MARCH).await;
    reject(&app, &tree.world.staff.reviewer, rejected).await.expect(200);
    tree.visit(&app, "a", &ZERO, MARCH).await; // still waits

    let rows: [(&str, &str, i64, i64, i64, i64, i64); 26] = [
        // Place, subject, visits, what they scored together, the mean of that (rounded half to even), and the
        // ends of its interval for scores of which nothing is known: `bounded` in tests/vectors/statistics.py.
        ("a", "overall", 3, 27_083, 9_028, 463, 10_000),
        ("a", "arrival", 3, 28_333, 9_444, 591, 10_000),
        ("a", "table", 2, 15_000, 7_500, 34, 10_000),
        ("b", "overall", 2, 1_250, 625, 0, 9_848),
        ("b", "arrival", 2, 1_667, 834, 0, 9_870),
        ("b", "table", 2, 0, 0, 0, 9_751),
        ("c", "overall", 2, 18_333, 9_166, 130, 10_000),
        ("c", "arrival", 2, 18_333, 9_166, 130, 10_000),
        ("c", "table", 1, 10_000, 10_000, 249, 10_000),
        ("d", "overall", 1, 8_333, 8_333, 69, 10_000),
        ("d", "arrival", 1, 8_333, 8_333, 69, 10_000),
        ("e", "overall", 3, 26_250, 8_750, 393, 10_000),
        ("e", "arrival", 3, 30_000, 10_000, 854, 10_000),
        ("e", "table", 3, 15_000, 5_000, 18, 9_982),
        ("city", "overall", 5, 28_333, 5_667, 225, 9_931),
        ("city", "arrival", 5, 30_000, 6_000, 283, 9_954),
        ("city", "table", 4, 15_000, 3_750, 12, 9_817),
        ("country", "overall", 7, 46_666, 6_667, 826, 9_937),
        ("country", "arrival", 7, 48_333, 6_905, 926, 9_955),
        ("country", "table", 5, 25_000, 5_000, 132, 9_868),
        ("abroad", "overall", 4, 12_083, 3_021, 2, 9_701),
        ("abroad", "arrival", 4, 13_334, 3_334, 5, 9_756),
        ("abroad", "table", 3, 0, 0, 0, 9_146),
        ("brand", "overall", 14, 84_999, 6_071, 1_553, 9_485),
        ("brand", "arrival", 14, 91_667, 6_548, 1_863, 9_640),
        ("brand", "table", 11, 40_000, 3_636, 273, 8_649),
    ];
    let counted = |path: &str| {
        let (kind, id) = path.split_once('/').unwrap();
        let kind = if kind == "branches" { "branch" } else { kind.trim_end_matches('s') };
        format!("/v1/visits?{kind}_id={id}&from=2025-04&to=2026-03&counted_in=overall")
    };
    for place in ["a", "b", "c", "d", "e", "city", "country", "abroad", "brand"] {
        let mut wanted = json!({"from": "2025-04", "to": "2026-03", "change": null, "year_change": null, "sections": [],
                "mixes_versions": false, "planned": null});
        let path = tree.place(place);
        let (kind, place_id) = path.split_once('/').unwrap();
        wanted["place_id"] = json!(place_id);
        wanted["kind"] = json!(if kind == "branches" { "branch" } else { kind.trim_end_matches('s') });
        for &(_, subject, visits, total, mean, low, high) in rows.iter().filter(|row| row.0 == place) {
            let off = (2 * (mean * visits - total)).abs();
            assert!(off < visits || off == visits && mean % 2 == 0, "{total} by {visits} is not {mean}");
            let figure = json!({"visits": visits, "score": mean, "interval": {"low": low, "high": high},
                "statistics": null, "insufficient": visits < 3});
            let mut figure = figure.as_object().unwrap().clone();
            if subject == "overall" {
                wanted.as_object_mut().unwrap().append(&mut figure);
            } else {
                figure.insert("checklist_id".to_owned(), json!(tree.checklist));
                figure.insert("section".to_owned(), json!(subject));
                let title = if subject == "table" { "At the table" } else { "Arrival" };
                figure.insert("title".to_owned(), json!(title));
                wanted["sections"].as_array_mut().unwrap().push(json!(figure));
            }
        }
        wanted["counted"] = json!(counted(&path));
        assert_eq!(tree.score(&app, place, "").await.expect(200).json, wanted, "{place}");
    }
    let nothing = json!({"place_id": tree.branches["g"], "kind": "branch", "from": "2025-04", "to": "2026-03",
        "visits": 0, "score": null, "interval": null, "statistics": null, "insufficient": true, "change": null, "year_change": null, "sections": [],
        "mixes_versions": false, "planned": null, "counted": counted(&tree.place("g"))});
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
        // query, from, to, visits, score; of as many months before visits, score, and the difference with its ends
        ("", "2025-04", "2026-03", 4, Some(5_000), None),
        ("from=2026-03&to=2026-03", "2026-03", "2026-03", 2, Some(625), None),
        ("from=2026-02&to=2026-02", "2026-02", "2026-02", 0, None, None),
        (
            "from=2026-02&to=2026-03",
            "2026-02",
            "2026-03",
            2,
            Some(625),
            Some((2, 9_375, -8_750, -10_000, 10_000)),
        ),
        (
            "from=2026-01&to=2026-01",
            "2026-01",
            "2026-01",
            1,
            Some(8_750),
            Some((1, 10_000, -1_250, -10_000, 10_000)),
        ),
        ("from=2026-01", "2026-01", "2026-03", 3, Some(3_333), Some((1, 10_000, -6_667, -10_000, 10_000))),
        ("to=2025-12", "2025-01", "2025-12", 1, Some(10_000), None),
        ("from=2026-04&to=2027-03", "2026-04", "2027-03", 0, None, None),
        ("from=0000-01&to=0000-12", "0000-01", "0000-12", 0, None, None),
    ];
    for (query, from, to, visits, score, change) in rows {
        for place in ["a", "city", "country", "brand"] {
            let answer = tree.score(&app, place, query).await.expect(200);
            // Each is of too few visits before.
            let change = change.map(|(visits, score, difference, low, high)| {
                json!({"previous_visits": visits, "previous_score": score, "difference": difference, "low": low,
                    "high": high, "insufficient": true})
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

async fn all_that_is_wrong_with_a_ranking_is_named_at_once(app: TestApp) {
    let tree = Tree::build(&app).await;
    let get = async |query: &str| {
        let path = format!("/v1/{}/ranking?{query}", tree.place("country"));
        app.get(&tree.world.staff.administrator, path).await
    };
    let found = get("from=2026-02&to=2026-01&limit=1001&cursor=x").await;
    let found = found.expect_invalid("from").expect_invalid("limit").expect_invalid("cursor");
    assert_eq!(found.json["errors"].as_array().map(Vec::len), Some(3), "{found}");
    get("limit=1000").await.expect(200);
}

async fn those_who_cannot_be_told_apart_are_tied(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    lend(&app, tree.brand, 600).await;
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
        // 278 is no distance for three visits each, 7500 is one.
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

/// Two hundred visits to two branches, by one shopper.
async fn a_brand_lends_what_its_visits_say(app: TestApp) {
    let tree = Tree::build(&app).await;
    let night = async || ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    let figure = async |place: &str, query: &str| tree.score(&app, place, query).await.expect(200).json;
    let width = |figure: &Value| {
        let [low, high] = ["low", "high"].map(|end| figure["interval"][end].as_i64().unwrap());
        high - low
    };
    for turn in 0..20 {
        // By threes and sevens, so that no branch is all alike.
        let seen = |at: usize| if (turn + at).is_multiple_of(3) { GOOD } else { BEST };
        let ten = (0..10).map(|at| (if at % 2 == 0 { "a" } else { "b" }, seen(at)));
        if turn == 19 {
            night().await;
            let few = figure("a", "").await;
            assert_eq!(
                (&few["visits"], &few["statistics"]),
                (&json!(95), &Value::Null),
                "190 visits are too few"
            );
            assert!(width(&few) > 1_000, "{few}");
        }
        for (branch, seen) in ten {
            tree.approved(&app, branch, &seen, MARCH).await;
        }
    }
    let before = figure("a", "").await;
    assert_eq!(before["statistics"], Value::Null, "nothing is lent before a night");
    night().await;
    for place in ["a", "city", "brand"] {
        let figure = figure(place, "").await;
        assert_eq!(figure["statistics"], 1, "{figure}");
        let sections = figure["sections"].as_array().unwrap();
        assert!(sections.iter().all(|section| section["statistics"] == 1), "{figure}");
    }
    let lines = app.db().read(|conn| {
        type Line = (Json<Value>, Option<Json<Value>>);
        let lines: Vec<Line> =
            brand_statistics::table.select((brand_statistics::terms, brand_statistics::counts)).load(conn)?;
        Ok(lines)
    });
    let (Json(terms), Some(Json(counts))) = lines.await.unwrap().pop().unwrap() else { panic!("no line") };
    assert_eq!(
        (&counts["within"]["overall"]["visits"], &counts["within"]["overall"]["branches"]),
        (&json!(200), &json!(2))
    );
    // One step of the least answer is 1 of 16, and 625 is rounded up.
    assert_eq!(
        (&counts["least"]["overall"], &terms["variances"]["overall"]),
        (&json!(390_625), &json!(409_600))
    );
    assert!(verified(&app).await.is_right());
    // All of them are by one shopper, so how much alike one shopper's visits are is not known: they are taken as the same.
    let after = figure("a", "").await;
    assert!(width(&after) > 1_500, "{after}");
    let path = format!("/v1/{}/ranking", tree.place("city"));
    let ranking = app.get(&tree.world.staff.administrator, path.as_str()).await.expect(200).json;
    assert_eq!(ranking["items"][0]["statistics"], 1);
    night().await;
    assert_eq!(figure("a", "").await, after, "what has not changed keeps its number");
    lend(&app, tree.brand, 600).await;
    let other = figure("a", "").await;
    assert_eq!(other["statistics"], 2);
    assert!(width(&other) < width(&after), "{other}");
    assert_eq!(other["sections"][0]["statistics"], Value::Null, "for sections nothing is lent any more");
    // With a maximum margin of error the same figure is insufficient, and takes no rank.
    let brand = format!("/v1/brands/{}", tree.brand);
    let read = app.get(&tree.world.staff.administrator, brand.as_str()).await.expect(200);
    let body = json!({"name": "Caucasus", "language": "en", "maximum_margin": width(&other) / 2 - 1});
    app.put(&tree.world.staff.administrator, brand, body).if_match(read.etag()).await.expect(200);
    let wide = figure("a", "").await;
    assert_eq!((&other["insufficient"], &wide["insufficient"]), (&json!(false), &json!(true)), "{wide}");
    let ranked = app.get(&tree.world.staff.administrator, path.as_str()).await.expect(200).json;
    let ranks = [&ranking, &ranked].map(|ranking| ranking["items"][0]["rank"].is_null());
    assert_eq!(ranks, [false, true], "{ranked}");
    // What was too long ago does not count: two years and a month later there is nothing to lend.
    app.advance(25 * 31 * 86_400);
    night().await;
    let path = format!("/v1/{}/score?from=2026-03&to=2026-03", tree.place("a"));
    let administrator = Persona::with(&app, &[(Role::Administrator, GrantScope::default())]).await;
    let last = app.get(&administrator, path).await.expect(200).json;
    assert_eq!((&last["visits"], &last["statistics"]), (&json!(100), &Value::Null));
}
