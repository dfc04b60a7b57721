//! The addresses beside the score: what a figure is made of, how it went, what costs the most, who got worse.

use incognito::accounts::model::{GrantScope, Role};
use serde_json::{Value, json};

use super::{BEST, GOOD, MARCH, POOR, Tree, lend};
use crate::{
    app::{Answer, TestApp, each_engine_test},
    personas::Persona,
};

each_engine_test!(
    a_figure_is_taken_apart_by_subject,
    a_trend_says_which_versions_it_is_of,
    drivers_say_what_would_be_gained,
    movers_are_beyond_chance_and_say_why,
    a_heat_map_has_each_branch_and_subject,
    what_is_wrong_with_a_question_is_named,
);

const IN_MARCH: &str = "from=2026-03&to=2026-03";

async fn ask(app: &TestApp, tree: &Tree, path: &str) -> Answer {
    app.get(&tree.world.staff.administrator, format!("/v1/{path}")).await
}

async fn items(app: &TestApp, tree: &Tree, place: &str, rest: &str) -> Vec<Value> {
    let answer = ask(app, tree, &format!("{}/{rest}", tree.place(place))).await.expect(200);
    answer.json["items"].as_array().unwrap().clone()
}

/// Of each row these members.
fn members<const N: usize>(rows: &[Value], names: [&str; N]) -> Vec<[Value; N]> {
    rows.iter().map(|row| names.map(|name| row[name].clone())).collect()
}

async fn a_figure_is_taken_apart_by_subject(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let sections = items(&app, &tree, "a", &format!("breakdown?{IN_MARCH}&by=section&sort=key")).await;
    assert_eq!(
        members(&sections, ["kind", "key", "visits", "score", "insufficient"]),
        [
            [json!("section"), json!("arrival"), json!(3), json!(9_444), json!(false)],
            [json!("section"), json!("table"), json!(2), json!(7_500), json!(true)],
        ]
    );
    assert_eq!(sections[0]["checklist_id"], json!(tree.checklist));
    assert!(sections[0]["title"].as_str().is_some_and(|title| !title.is_empty()), "{}", sections[0]);
    // The worst comes first, and what is of too few visits last.
    let questions = items(&app, &tree, "brand", &format!("breakdown?{IN_MARCH}&by=question")).await;
    assert_eq!(
        members(&questions, ["key", "visits", "score", "is_share"]),
        [
            [json!("clean"), json!(11), json!(3_636), json!(false)],
            [json!("waited"), json!(14), json!(6_429), json!(true)],
            [json!("greeted"), json!(14), json!(7_143), json!(true)],
        ]
    );
    // 10 of 14 and 9 of 14, by scipy (`binomtest(k, n).proportion_ci(method='wilson')`): 0.4535 to 0.8828, and 0.3876 to 0.8366.
    assert_eq!(questions[2]["interval"], json!({"low": 4_535, "high": 8_828}));
    assert_eq!(questions[1]["interval"], json!({"low": 3_876, "high": 8_366}));
    let choices =
        format!("breakdown?{IN_MARCH}&by=choice&question=waited&sort=key&checklist_id={}", tree.checklist);
    let choices = items(&app, &tree, "a", &choices).await;
    let shares: Vec<_> = choices.iter().map(|row| (row["key"].clone(), row["score"].clone())).collect();
    assert!(shares.contains(&(json!("short"), json!(10_000))), "{shares:?}");
    assert!(shares.contains(&(json!("long"), json!(0))), "{shares:?}");
    // One page after the other.
    let path = format!("{}/breakdown?{IN_MARCH}&by=question&limit=2", tree.place("brand"));
    let first = ask(&app, &tree, &path).await.expect(200).json;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = ask(&app, &tree, &format!("{path}&cursor={cursor}")).await.expect(200).json;
    let keys: Vec<_> = [&first, &second]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|row| row["key"].clone())
        .collect();
    assert_eq!(
        (keys, &second["next_cursor"]),
        (vec![json!("clean"), json!("waited"), json!("greeted")], &Value::Null)
    );
    // The branch's side is shown nothing before a night, and nothing of too few visits after it.
    let manager = Persona::with(
        &app,
        &[(
            Role::Manager,
            GrantScope {
                brand_id: Some(tree.brand),
                branch_id: Some(tree.branches["a"]),
                ..Default::default()
            },
        )],
    )
    .await;
    let path = format!("/v1/{}/breakdown?{IN_MARCH}&by=question", tree.place("a"));
    assert_eq!(app.get(&manager, path).await.expect(200).json["items"], json!([]));
}

async fn a_trend_says_which_versions_it_is_of(app: TestApp) {
    let mut tree = Tree::build(&app).await;
    tree.approved(&app, "a", &GOOD, "2026-01-14T09:00:00Z").await;
    tree.approved(&app, "a", &BEST, "2026-02-14T09:00:00Z").await;
    let before = tree.version;
    tree.version = tree.world.staff.next_version(&app, tree.checklist).await;
    tree.approved(&app, "a", &GOOD, "2026-02-14T09:00:00Z").await;
    let path = format!("{}/trend?from=2026-01&to=2026-03", tree.place("a"));
    let points = ask(&app, &tree, &path).await.expect(200).json["points"].as_array().unwrap().clone();
    assert_eq!(
        members(&points, ["from", "to", "visits", "score", "mixes_versions", "new_version"]),
        [
            [json!("2026-01"), json!("2026-01"), json!(1), json!(8_750), json!(false), json!(false)],
            [json!("2026-02"), json!("2026-02"), json!(2), json!(9_375), json!(true), json!(true)],
            [json!("2026-03"), json!("2026-03"), json!(0), Value::Null, json!(false), json!(false)],
        ]
    );
    assert_eq!(points[0]["versions"], json!([{"version_id": before, "visits": 1}]));
    let path = format!("{}/trend?from=2026-01&to=2026-03&step=quarter", tree.place("a"));
    let quarter = ask(&app, &tree, &path).await.expect(200).json["points"].clone();
    assert_eq!((&quarter[0]["visits"], &quarter[0]["score"]), (&json!(3), &json!(9_167)));
    let section = format!("section=table&checklist_id={}", tree.checklist);
    let path = format!("{}/trend?from=2026-02&to=2026-02&{section}", tree.place("a"));
    let table = ask(&app, &tree, &path).await.expect(200).json["points"].clone();
    assert_eq!((&table[0]["visits"], &table[0]["score"]), (&json!(2), &json!(7_500)));
}

async fn drivers_say_what_would_be_gained(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let drivers = async |place: &str| {
        let path = format!("{}/drivers?{IN_MARCH}", tree.place(place));
        ask(&app, &tree, &path).await.expect(200).json["drivers"].as_array().unwrap().clone()
    };
    let line = |row: &Value| {
        json!([
            row["key"],
            row["loss"]["visits"],
            row["loss"]["score"],
            row["brand_loss"],
            row["gain"]["difference"]
        ])
    };
    // Of 16 points (12 where nobody sat at a table) greeting is 2, waiting 10, cleanliness 4.
    let of_a: Vec<_> = drivers("a").await.iter().map(line).collect();
    assert_eq!(
        of_a,
        [
            json!(["greeted", 3, 556, 446, 110]),
            json!(["waited", 3, 0, 2_232, -2_232]),
            json!(["clean", 2, 625, 1_591, -966]),
        ]
    );
    let of_brand: Vec<_> = drivers("brand").await.iter().map(line).collect();
    assert_eq!(
        of_brand,
        [
            json!(["waited", 14, 2_232, 2_232, null]),
            json!(["clean", 11, 1_591, 1_591, null]),
            json!(["greeted", 14, 446, 446, null]),
        ]
    );
}

async fn movers_are_beyond_chance_and_say_why(app: TestApp) {
    let tree = Tree::build(&app).await;
    for (branch, seen, at) in [
        ("a", &BEST, "2026-02-14T09:00:00Z"),
        ("a", &POOR, MARCH),
        ("c", &GOOD, "2026-02-14T09:00:00Z"),
        ("c", &GOOD, MARCH),
        ("e", &POOR, "2026-02-14T09:00:00Z"),
        ("e", &BEST, MARCH),
    ] {
        for _ in 0..3 {
            tree.approved(&app, branch, seen, at).await;
        }
    }
    lend(&app, tree.brand, 600).await;
    let down = items(&app, &tree, "brand", &format!("movers?{IN_MARCH}")).await;
    assert_eq!(members(&down, ["code", "visits", "score"]), [[json!("a"), json!(3), json!(1_250)]]);
    assert_eq!(down[0]["change"]["difference"], -8_750);
    let why: Vec<_> = down[0]["drivers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["key"], row["loss"]["score"], row["change"]["difference"]]))
        .collect();
    assert_eq!(why, [json!(["waited", 6_250, 6_250]), json!(["clean", 2_500, 2_500])]);
    let up = items(&app, &tree, "brand", &format!("movers?{IN_MARCH}&direction=up")).await;
    assert_eq!(members(&up, ["code"]), [[json!("e")]]);
    assert_eq!(items(&app, &tree, "abroad", &format!("movers?{IN_MARCH}")).await, [] as [Value; 0]);
}

async fn a_heat_map_has_each_branch_and_subject(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let rows = items(&app, &tree, "country", &format!("heatmap?{IN_MARCH}&by=section")).await;
    let cells = |row: &Value| -> Vec<Value> {
        let cells = row["cells"].as_array().unwrap().iter();
        cells.map(|cell| json!([cell["key"], cell["visits"], cell["score"]])).collect()
    };
    let found: Vec<_> = rows.iter().map(|row| (row["code"].clone(), cells(row))).collect();
    assert_eq!(
        found,
        [
            (json!("a"), vec![json!(["arrival", 3, 9_444]), json!(["table", 2, 7_500])]),
            (json!("b"), vec![json!(["arrival", 2, 834]), json!(["table", 2, 0])]),
            (json!("c"), vec![json!(["arrival", 2, 9_166]), json!(["table", 1, 10_000])]),
        ]
    );
}

async fn what_is_wrong_with_a_question_is_named(app: TestApp) {
    let tree = Tree::build(&app).await;
    for (rest, at) in [
        ("trend?section=table", "checklist_id"),
        ("trend?standard=x&side=personal", "standard"),
        ("breakdown?from=2026-03&to=2026-01", "from"),
        ("breakdown?by=weather", "by"),
        ("drivers?from=2010-01", "from"),
    ] {
        ask(&app, &tree, &format!("{}/{rest}", tree.place("a"))).await.expect_invalid(at);
    }
}
