//! What managers and HR see of scores: figures of whole spans, from which no visit can be read off.

use incognito::{
    accounts::model::{GrantScope, Role},
    scores::show_daily::{ShowBrand, ShowFigures},
    work::Task,
};
use serde_json::{Value, json};

use super::{BEST, GOOD, POOR, Tree, ZERO};
use crate::{
    app::{TestApp, each_engine_test},
    ledger::all_is_right,
    personas::Persona,
    reports::release_all,
};

each_engine_test!(
    no_visit_can_be_read_off_figures,
    a_month_shows_once_it_is_over_at_the_branch,
    a_region_is_the_sum_of_what_its_branches_show,
    a_figure_moves_with_the_night_of_a_report,
    each_brand_s_figures_are_taken_up_once_a_day,
    desks_see_everything,
);

const JANUARY: &str = "2026-01-14T09:00:00Z";
const FEBRUARY: &str = "2026-02-14T09:00:00Z";

/// What happens once a day, after a night in which the reports of all that waited went out.
async fn a_day_begins(app: &TestApp, tree: &Tree) {
    release_all(app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
}

/// A manager or HR of all the brand.
async fn seer(app: &TestApp, tree: &Tree, role: Role) -> Persona {
    Persona::with(app, &[(role, GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() })]).await
}

async fn score(app: &TestApp, who: &Persona, tree: &Tree, place: &str, query: &str) -> Value {
    app.get(who, format!("/v1/{}/score?{query}", tree.place(place))).await.expect(200).json
}

/// The figure for these months: visits and score.
async fn figure(
    app: &TestApp,
    who: &Persona,
    tree: &Tree,
    place: &str,
    (from, to): (&str, &str),
) -> (i64, Option<i64>) {
    let query = format!("from=2026-0{from}&to=2026-0{to}");
    let score = score(app, who, tree, place, &query).await;
    (score["visits"].as_i64().unwrap(), score["score"].as_i64())
}

/// A is visited twice in January, twice in February and twice in March.
async fn two_a_month(app: &TestApp) -> Tree {
    let tree = Tree::build(app).await;
    for (seen, at) in [(BEST, JANUARY), (GOOD, JANUARY), (POOR, FEBRUARY), (ZERO, FEBRUARY)] {
        tree.approved(app, "a", &seen, at).await;
    }
    for seen in [BEST, BEST] {
        tree.approved(app, "a", &seen, super::MARCH).await;
    }
    tree
}

async fn no_visit_can_be_read_off_figures(app: TestApp) {
    let tree = two_a_month(&app).await;
    tree.approved(&app, "b", &GOOD, JANUARY).await;
    app.advance(17 * 86_400);
    a_day_begins(&app, &tree).await;
    for role in [Role::Manager, Role::Hr] {
        let who = seer(&app, &tree, role).await;
        for place in ["a", "city", "country", "brand"] {
            let b = i64::from(place != "a");
            let shown = async |months| figure(&app, &who, &tree, place, months).await;
            // Two visits give both, and six less four give two: only the quarter is shown.
            assert_eq!(shown(("1", "1")).await, (2 + b, None), "{place}");
            assert_eq!(shown(("1", "2")).await, (4 + b, None), "{place}");
            assert_eq!(shown(("2", "3")).await, (4, None), "{place}");
            assert_eq!(shown(("1", "3")).await, (6, Some(6_667)), "{place}: without b's one visit");
            assert_eq!(shown(("1", "4")).await, (6, Some(6_667)), "{place}");
            let hidden = score(&app, &who, &tree, place, "from=2026-01&to=2026-02").await;
            let figure = ["score", "interval", "insufficient", "change"].map(|name| hidden[name].clone());
            assert_eq!(figure, [json!(null), json!(null), json!(true), json!(null)], "{hidden}");
            let sections = hidden["sections"].as_array().unwrap();
            assert!(!sections.is_empty() && sections.iter().all(|one| one["score"].is_null()), "{hidden}");
            // Nor is it shown as what was before.
            let before = score(&app, &who, &tree, place, "from=2026-02&to=2026-02").await;
            assert_eq!(before["change"], Value::Null, "{before}");
        }
        assert_eq!(figure(&app, &who, &tree, "b", ("1", "3")).await, (1, None));
    }
}

async fn a_month_shows_once_it_is_over_at_the_branch(app: TestApp) {
    let tree = Tree::build(&app).await;
    for seen in [BEST, GOOD, POOR] {
        tree.approved(&app, "a", &seen, super::MARCH).await;
    }
    let manager = seer(&app, &tree, Role::Manager).await;
    a_day_begins(&app, &tree).await;
    for place in ["a", "brand"] {
        assert_eq!(figure(&app, &manager, &tree, place, ("3", "3")).await, (0, None), "not even how many");
    }
    let ranking = async |who: &Persona| {
        let path = format!("/v1/{}/ranking?from=2026-03&to=2026-03", tree.place("city"));
        app.get(who, path).await.expect(200).json["items"].clone()
    };
    assert_eq!(ranking(&manager).await[0]["visits"], 0);
    // Istanbul is three hours ahead: there April begins at 21:00.
    app.advance(16 * 86_400 + 11 * 3_600 - 1);
    let manager = manager.renewed(&app);
    a_day_begins(&app, &tree).await;
    assert_eq!(figure(&app, &manager, &tree, "a", ("3", "3")).await, (0, None));
    app.advance(1);
    assert_eq!(figure(&app, &manager, &tree, "a", ("3", "3")).await, (0, None), "until the day begins");
    a_day_begins(&app, &tree).await;
    assert_eq!(figure(&app, &manager, &tree, "a", ("3", "3")).await, (3, Some(6_667)));
    assert_eq!(figure(&app, &manager, &tree, "brand", ("3", "3")).await, (3, Some(6_667)));
    let first = &ranking(&manager).await[0];
    assert_eq!((&first["visits"], &first["rank"]), (&json!(3), &json!({"best": 1, "worst": 1})));
}

/// What a region has more than the branches that are shown would be the others' visits.
async fn a_region_is_the_sum_of_what_its_branches_show(app: TestApp) {
    let tree = Tree::build(&app).await;
    for (branch, seen) in
        [("a", BEST), ("a", BEST), ("a", BEST), ("b", ZERO), ("c", GOOD), ("c", GOOD), ("c", GOOD)]
    {
        tree.approved(&app, branch, &seen, JANUARY).await;
    }
    a_day_begins(&app, &tree).await;
    let manager = seer(&app, &tree, Role::Manager).await;
    let shown = async |place| figure(&app, &manager, &tree, place, ("1", "1")).await;
    assert_eq!([shown("a").await, shown("b").await], [(3, Some(10_000)), (1, None)]);
    assert_eq!(shown("city").await, (3, Some(10_000)));
    assert_eq!(shown("country").await, (6, Some(9_375)));
    assert_eq!(shown("brand").await, (6, Some(9_375)));
}

/// Who is shown a figure reads the reports that it is of: so it moves with the night in which a report goes out, and not before.
async fn a_figure_moves_with_the_night_of_a_report(app: TestApp) {
    let tree = Tree::build(&app).await;
    for seen in [BEST, BEST, BEST] {
        tree.approved(&app, "a", &seen, JANUARY).await;
    }
    tree.approved(&app, "b", &GOOD, JANUARY).await;
    let manager = seer(&app, &tree, Role::Manager).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    assert_eq!(figure(&app, &manager, &tree, "a", ("1", "1")).await, (0, None), "no report went out");
    a_day_begins(&app, &tree).await;
    let places = ["a", "city", "country", "brand"];
    let mut before = (3, Some(10_000));
    for (late, after) in [(POOR, (4, Some(7_812))), (ZERO, (5, Some(6_250))), (BEST, (6, Some(6_875)))] {
        tree.approved(&app, "a", &late, JANUARY).await;
        ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
        for place in places {
            assert_eq!(figure(&app, &manager, &tree, place, ("1", "1")).await, before, "{place}: no report");
        }
        a_day_begins(&app, &tree).await;
        for place in places {
            for months in [("1", "1"), ("1", "3")] {
                assert_eq!(figure(&app, &manager, &tree, place, months).await, after, "{place}");
            }
        }
        let path = format!("/v1/{}/ranking?from=2026-01&to=2026-01", tree.place("city"));
        let first = app.get(&manager, path).await.expect(200).json["items"][0].clone();
        assert_eq!((first["visits"].as_i64().unwrap(), first["score"].as_i64()), after);
        let sections = score(&app, &manager, &tree, "a", "from=2026-01&to=2026-01").await;
        assert_eq!(sections["sections"][0]["visits"], after.0);
        before = after;
    }
    // Desks see each at once.
    let desk = seer(&app, &tree, Role::Auditor).await;
    tree.approved(&app, "a", &ZERO, JANUARY).await;
    assert_eq!(figure(&app, &desk, &tree, "a", ("1", "1")).await, (7, Some(5_893)));
    assert_eq!(figure(&app, &manager, &tree, "a", ("1", "1")).await, (6, Some(6_875)));
    all_is_right(&app).await;
}

async fn each_brand_s_figures_are_taken_up_once_a_day(app: TestApp) {
    let tree = Tree::build(&app).await;
    for branch in ["a", "b", "c"] {
        for seen in [BEST, BEST, BEST] {
            tree.approved(&app, branch, &seen, JANUARY).await;
        }
    }
    let manager = seer(&app, &tree, Role::Manager).await;
    release_all(&app).await;
    assert_eq!(figure(&app, &manager, &tree, "brand", ("1", "1")).await, (0, None));
    ShowFigures {}.run(app.app(), &()).await.unwrap();
    // A second run finds the brand's task waiting already.
    ShowFigures {}.run(app.app(), &()).await.unwrap();
    let background = app.start_background();
    for _ in 0..1_000 {
        if figure(&app, &manager, &tree, "brand", ("1", "1")).await.0 == 9 {
            break;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    background.stop().await;
    assert_eq!(figure(&app, &manager, &tree, "brand", ("1", "1")).await, (9, Some(10_000)));
    a_day_begins(&app, &tree).await;
    assert_eq!(
        figure(&app, &manager, &tree, "brand", ("1", "1")).await,
        (9, Some(10_000)),
        "nothing counts twice"
    );
}

/// All members with this name, however deep.
fn members<'j>(json: &'j Value, name: &str) -> Vec<&'j Value> {
    match json {
        Value::Object(object) => {
            let below = object.values().flat_map(|one| members(one, name));
            object.get(name).into_iter().chain(below).collect()
        }
        Value::Array(items) => items.iter().flat_map(|one| members(one, name)).collect(),
        _ => Vec::new(),
    }
}

async fn desks_see_everything(app: TestApp) {
    let tree = two_a_month(&app).await;
    for role in [Role::Administrator, Role::Designer, Role::Auditor] {
        let desk = seer(&app, &tree, role).await;
        assert_eq!(figure(&app, &desk, &tree, "a", ("1", "1")).await, (2, Some(9_375)), "{role}");
        assert_eq!(figure(&app, &desk, &tree, "city", ("3", "3")).await, (2, Some(10_000)), "{role}");
        // Each address that an answer names is one that its caller can read.
        for of in ["score", "trend", "breakdown", "ranking"] {
            let place = tree.place(if of == "ranking" { "city" } else { "a" });
            let answer = app.get(&desk, format!("/v1/{place}/{of}")).await.expect(200);
            for counted in members(&answer.json, "counted") {
                assert_eq!(counted.is_null(), role == Role::Designer, "{role} {of}");
                if let Some(list) = counted.as_str() {
                    app.get(&desk, list).await.expect(200);
                }
            }
        }
    }
    // Who sits at a desk for one branch and manages the brand sees the branch from the desk, and the rest as a manager.
    let brand_id = Some(tree.brand);
    let branch = GrantScope { brand_id, branch_id: Some(tree.branches["a"]), ..GrantScope::default() };
    let brand = GrantScope { brand_id, ..GrantScope::default() };
    a_day_begins(&app, &tree).await;
    let both = Persona::with(&app, &[(Role::Auditor, branch), (Role::Manager, brand)]).await;
    assert_eq!(figure(&app, &both, &tree, "a", ("1", "1")).await, (2, Some(9_375)));
    assert_eq!(figure(&app, &both, &tree, "city", ("1", "1")).await, (2, None));
}
