//! Visits with their answers as files, and the codebook that says what they mean.

use std::collections::BTreeMap;

use incognito::accounts::model::Role;
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, assignment_body, visit_body},
    personas::Persona,
    visits::path,
};

each_engine_test!(
    an_export_says_what_was_answered_and_earned,
    a_checklist_has_a_column_for_each_question,
    a_codebook_says_what_answers_mean,
);

type Row = BTreeMap<String, String>;

fn rows(answer: &Answer) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(&answer.bytes[3..]);
    let names = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        names.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

async fn an_export_says_what_was_answered_and_earned(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, staff) = (&world.brands[0], &world.staff);
    let (assignment, visit) = (id(), id());
    let branch = brand.regions[0].branches[0].id;
    let body = assignment_body(branch, brand.version, &staff.shopper);
    app.put(&staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
    let mut sent = visit_body(assignment, brand.version);
    sent["answers"] = json!({
        "greeted": {"value": false, "comment": "=nobody"},
        "waited": {"value": "long"},
        "clean": {"not_applicable": true},
        "remarks": {"value": "Two lines,\nand a \"quote\"."},
    });
    app.put(&staff.shopper, path(visit), sent).await.expect(201);

    let list = format!("/v1/visits/export?branch_id={branch}");
    let page = app.get(&staff.reviewer, format!("{list}&limit=200")).await.expect(200).json;
    let newest = page["items"].as_array().unwrap().iter().find(|one| one["id"] == json!(visit)).unwrap();
    let explained = app.get(&staff.reviewer, format!("/v1/visits/{visit}/score")).await.expect(200).json;
    let answers = newest["answers"].as_array().unwrap();
    for (answer, line) in answers.iter().zip(explained["questions"].as_array().unwrap()) {
        for member in ["section", "question", "why", "earned", "possible"] {
            assert_eq!(answer[member], line[member], "{answer}");
        }
        for member in ["points", "most_points"] {
            assert_eq!(&answer[member], line.get(member).unwrap_or(&Value::Null), "{answer}");
        }
    }
    let found = |name: &str| -> Vec<_> { answers.iter().map(|answer| answer[name].clone()).collect() };
    assert_eq!(
        found("value"),
        [json!("false"), json!("long"), Value::Null, json!("Two lines,\nand a \"quote\".")]
    );
    assert_eq!(found("label"), [Value::Null, json!("Longer"), Value::Null, Value::Null]);
    assert_eq!(found("not_applicable"), [json!(false), json!(false), json!(true), json!(false)]);

    // A row for each question of each visit.
    let all = app.get(&staff.reviewer, format!("{list}&limit=200")).await.expect(200).json;
    let visits = all["items"].as_array().unwrap();
    let file = rows(&app.get(&staff.reviewer, list.replace("export?", "export.csv?")).await.expect(200));
    assert_eq!(file.len(), 4 * visits.len());
    let own: Vec<_> = file.iter().filter(|row| row["id"] == visit.to_string()).collect();
    let cells = |name: &str| -> Vec<_> { own.iter().map(|row| row[name].as_str()).collect() };
    assert_eq!(cells("question"), ["greeted", "waited", "clean", "remarks"]);
    assert_eq!(cells("value"), ["false", "long", "", "Two lines,\nand a \"quote\"."]);
    assert_eq!(cells("comment"), ["'=nobody", "", "", ""]);
    assert_eq!(cells("score_percent"), ["0.00"; 4]);
    assert_eq!(cells("not_applicable"), ["false", "false", "true", "false"]);

    for role in [Role::Manager, Role::Hr, Role::Auditor, Role::Scheduler, Role::Shopper] {
        let who = Persona::everywhere(&app, role).await;
        app.get(&who, list.clone()).await.expect_problem(403, "forbidden");
    }
    // Whose visits were taken is written down.
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let looks = app.get(&auditor, "/v1/audit?limit=200").await.expect(200).json;
    let whole =
        looks["items"].as_array().unwrap().iter().filter(|entry| entry.to_string().contains("whole_list"));
    assert_eq!(whole.count(), 1, "{looks}");
}

async fn a_checklist_has_a_column_for_each_question(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, staff) = (&world.brands[0], &world.staff);
    let list = format!("/v1/checklists/{}/answers", brand.checklist);
    let page = app.get(&staff.reviewer, format!("{list}?limit=200")).await.expect(200).json;
    let visits = page["items"].as_array().unwrap();
    assert!(!visits.is_empty());
    let file = app.get(&staff.reviewer, format!("{list}.csv")).await.expect(200);
    let file = rows(&file);
    assert_eq!(file.len(), visits.len());
    for (row, visit) in file.iter().zip(visits) {
        assert_eq!(json!(row["id"]), visit["id"]);
        for question in ["greeted", "waited", "clean", "remarks"] {
            let answer = &visit["answers"][question];
            assert_eq!(row[question], answer["value"].as_str().unwrap_or_default(), "{question}");
            assert_eq!(row[&format!("{question}_comment")], answer["comment"].as_str().unwrap_or_default());
        }
        assert_eq!([&row["greeted"], &row["waited"], &row["clean"]], ["true", "short", "5"]);
    }
    let other = &world.brands[1];
    let reviewer = Persona::with(&app, &[(Role::Reviewer, brand.scope())]).await;
    app.get(&reviewer, list.clone()).await.expect(200);
    let theirs = format!("/v1/checklists/{}/answers", other.checklist);
    app.get(&reviewer, theirs).await.expect_problem(404, "not_found");
}

async fn a_codebook_says_what_answers_mean(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, who) = (&world.brands[0], &world.staff.reviewer);
    let path = format!("/v1/checklist-versions/{}/codebook", brand.version);
    let book = app.get(who, path.clone()).await.expect(200).json;
    let questions = book["questions"].as_array().unwrap();
    let found: Vec<_> = questions.iter().map(|one| (one["question"].clone(), one["kind"].clone())).collect();
    let wanted = [("greeted", "yes_no"), ("waited", "one_choice"), ("clean", "scale"), ("remarks", "text")];
    assert_eq!(found, wanted.map(|(key, kind)| (json!(key), json!(kind))));
    assert_eq!((&questions[0]["weight"], &questions[0]["most_points"]), (&json!(2), &json!(1)));
    let file = rows(&app.get(who, format!("{path}.csv")).await.expect(200));
    let options: Vec<_> = file
        .iter()
        .filter(|row| row["question"] == "waited")
        .map(|row| [row["option"].as_str(), row["label"].as_str(), row["points"].as_str()])
        .collect();
    assert_eq!(options, [["short", "Up to two minutes", "10"], ["long", "Longer", "0"]]);
    assert_eq!(file.len(), 5);
}
