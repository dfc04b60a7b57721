//! Answers in words: which cost a place most, which speak best for it, and the visits or reports that say so.

use std::collections::{BTreeMap, BTreeSet};

use incognito::{
    accounts::model::{GrantScope, Role},
    ids::{AssignmentId, VisitId},
};
use serde_json::{Value, json};

use super::{
    Tree,
    filters::{Made, Many, PLACES, all, belongs_to},
};
use crate::{
    app::{TestApp, each_engine_test, id},
    builders::{assignment_body, content, visit_body},
    campaigns::{add_campaign, campaign_body, changed},
    personas::Persona,
    reports::{named_later_in, release_all, report},
    reviews::approve,
    visits::path,
};

each_engine_test!(
    the_worst_answers_come_first_with_those_who_gave_them,
    the_best_are_those_ahead_of_the_brand,
    answers_of_any_visits_are_those_that_they_list,
    the_branch_s_side_reads_what_its_reports_say,
    what_is_wrong_with_answers_is_named,
);

const IN_MARCH: &str = "from=2026-03&to=2026-03";

/// A visit of this day in March that answered this, approved.
async fn answered(app: &TestApp, tree: &Tree, branch: &str, day: u8, answers: Value) -> VisitId {
    let visit = sent(app, tree, branch, day, answers).await;
    approve(app, &tree.world.staff.reviewer, visit).await.expect(200);
    visit
}

async fn sent(app: &TestApp, tree: &Tree, branch: &str, day: u8, answers: Value) -> VisitId {
    let (assignment, visit): (AssignmentId, VisitId) = (id(), id());
    let staff = &tree.world.staff;
    let mut body = assignment_body(tree.branches[branch], tree.version, &staff.shopper);
    body["opens_at"] = json!("2020-01-01T00:00:00Z");
    app.put(&staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
    let mut body = visit_body(assignment, tree.version);
    let at = json!(format!("2026-03-{day:02}T09:00:00Z"));
    (body["started_at"], body["ended_at"]) = (at.clone(), at);
    body["answers"] = answers;
    app.put(&staff.shopper, path(visit), body).await.expect(201);
    visit
}

/// What is listed of a question: `greeted`, for one.
fn of<'a>(items: &'a [Value], question: &str) -> &'a Value {
    items.iter().find(|row| row["question"] == question).unwrap_or_else(|| panic!("{question}: {items:?}"))
}

async fn items(app: &TestApp, who: &Persona, path: &str) -> Vec<Value> {
    app.get(who, path).await.expect(200).json["items"].as_array().unwrap().clone()
}

/// The names of answers with how many visits gave them and what one of these lost.
fn counted(row: &Value) -> Vec<(String, i64, i64)> {
    let line = |one: &Value| {
        (
            one["answer"].as_str().unwrap().to_owned(),
            one["visits"].as_i64().unwrap(),
            one["loss"].as_i64().unwrap(),
        )
    };
    row["answers"].as_array().unwrap().iter().map(line).collect()
}

/// The visits of a list of quotes, or the reports.
fn sources(quotes: &Value) -> Vec<String> {
    let source = |one: &Value| {
        let source = &one["source"];
        let id = if source["kind"] == "visit" { &source["visit_id"] } else { &source["report_id"] };
        id.as_str().unwrap().to_owned()
    };
    quotes.as_array().unwrap().iter().map(source).collect()
}

async fn the_worst_answers_come_first_with_those_who_gave_them(app: TestApp) {
    let tree = Tree::build(&app).await;
    let (desk, reviewer) = (&tree.world.staff.administrator, &tree.world.staff.reviewer);
    // Of 16 points greeting is worth 2, waiting 10 and cleanliness 4.
    let poor = json!({"greeted": {"value": false, "comment": "Nobody lookd up."}, "waited": {"value": "long"},
        "clean": {"value": 1}});
    let slow = json!({"greeted": {"value": true}, "waited": {"value": "long", "comment": "Ten minutes."},
        "clean": {"value": 3}, "remarks": {"value": "It was late."}});
    let good = json!({"greeted": {"value": true}, "waited": {"value": "short", "comment": "At once!"}, "clean": {"value": 5}});
    let poor = sent(&app, &tree, "a", 14, poor).await;
    let correction = format!("/v1/visits/{poor}/comments/greeted");
    app.put(reviewer, correction, json!({"text": "Nobody looked up."})).await.expect(201);
    approve(&app, reviewer, poor).await.expect(200);
    let slow = answered(&app, &tree, "a", 13, slow).await;
    let good = answered(&app, &tree, "a", 12, good).await;
    sent(
        &app,
        &tree,
        "a",
        12,
        json!({"greeted": {"value": false}, "waited": {"value": "long"}, "clean": {"value": 1}}),
    )
    .await;

    let path = format!("/v1/{}/answers?{IN_MARCH}", tree.place("a"));
    let found = items(&app, desk, &path).await;
    let order: Vec<_> =
        found.iter().map(|row| json!([row["question"], row["visits"], row["loss"], row["score"]])).collect();
    // 12,500, 3,750 and 1,250 of three visits; what one says in words alone costs nothing.
    assert_eq!(
        order,
        [
            json!(["waited", 3, 4_167, 3_333]),
            json!(["clean", 3, 1_250, 5_000]),
            json!(["greeted", 3, 417, 6_667])
        ]
    );
    let waited = of(&found, "waited");
    assert_eq!(counted(waited), [("long".into(), 2, 6_250), ("short".into(), 1, 0)]);
    assert_eq!(
        counted(of(&found, "clean")),
        [("1".into(), 1, 2_500), ("3".into(), 1, 1_250), ("5".into(), 1, 0)]
    );
    assert_eq!(counted(of(&found, "greeted")), [("no".into(), 1, 1_250), ("yes".into(), 2, 0)]);
    assert_eq!(
        (&waited["title"], &waited["answers"][0]["text"]),
        (&json!("How long did you wait?"), &json!("Longer"))
    );
    // Of two in three; the interval is Wilson's.
    assert_eq!(
        (&waited["answers"][0]["share"], &waited["answers"][0]["interval"]),
        (&json!(6_667), &json!({"low": 2_076, "high": 9_386}))
    );
    assert_eq!(of(&found, "clean")["answers"][0]["text"], "1 on a scale from 1 to 5");
    let ids = |some: &[VisitId]| some.iter().map(ToString::to_string).collect::<Vec<_>>();
    // Those first that lost points and say why.
    assert_eq!(sources(&waited["quotes"]), ids(&[slow, poor, good]));
    assert_eq!(
        waited["quotes"][0],
        json!({"source": {"kind": "visit", "visit_id": slow, "day": "2026-03-13"},
        "branch_id": tree.branches["a"], "answers": [{"answer": "long", "text": "Longer"}], "score": 0, "comment": "Ten minutes."})
    );
    assert_eq!(
        of(&found, "greeted")["quotes"][0]["comment"],
        "Nobody looked up.",
        "as the reviewer spelled it"
    );
    // All of them, those of the last day first.
    let long = all(&app, desk, waited["answers"][0]["quotes_at"].as_str().unwrap()).await;
    assert_eq!(sources(&json!(long)), ids(&[poor, slow]));
    let everybody = all(&app, desk, waited["quotes_at"].as_str().unwrap()).await;
    assert_eq!(sources(&json!(everybody)), ids(&[poor, slow, good]));
    let first = app.get(desk, format!("{}&limit=1", waited["quotes_at"].as_str().unwrap())).await.expect(200);
    assert_eq!(sources(&first.json["items"]), ids(&[poor]));
    let greeted = all(&app, desk, of(&found, "greeted")["quotes_at"].as_str().unwrap()).await;
    assert_eq!(greeted[0]["comment"], "Nobody looked up.");
    let next =
        format!("{}&limit=1&cursor={}", waited["quotes_at"].as_str().unwrap(), first.text("/next_cursor"));
    assert_eq!(sources(&app.get(desk, next).await.expect(200).json["items"]), ids(&[slow]));
    // In the reader's language, as far as there are words in it.
    let french = app.get(desk, &path).header("accept-language", "fr").await.expect(200).json;
    let french = french["items"].as_array().unwrap();
    assert_eq!(of(french, "greeted")["answers"][0]["text"], "Non");
    assert_eq!(of(french, "clean")["answers"][0]["text"], "1 sur une échelle de 1 à 5");
    // A part of what is asked, and a page.
    for (query, wanted) in [
        ("section=table", json!(["clean"])),
        ("question=greeted", json!(["greeted"])),
        ("standard=greeted_in_time", json!([])),
        ("limit=2", json!(["waited", "clean"])),
    ] {
        let some = items(&app, desk, &format!("{path}&{query}")).await;
        assert_eq!(json!(some.iter().map(|row| &row["question"]).collect::<Vec<_>>()), wanted, "{query}");
    }
    let page = app.get(desk, format!("{path}&limit=2")).await.expect(200);
    let rest = items(&app, desk, &format!("{path}&limit=2&cursor={}", page.text("/next_cursor"))).await;
    assert_eq!(rest.iter().map(|row| row["question"].clone()).collect::<Vec<_>>(), [json!("greeted")]);
    // What a desk made itself is named to others alone.
    let both = [Role::Administrator, Role::Shopper].map(|role| (role, GrantScope::default()));
    let both = Persona::with(&app, &both).await;
    let (assignment, own): (AssignmentId, VisitId) = (id(), id());
    let mut body = assignment_body(tree.branches["a"], tree.version, &both);
    body["opens_at"] = json!("2020-01-01T00:00:00Z");
    app.put(&tree.world.staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
    app.put(&both, super::path(own), visit_body(assignment, tree.version)).await.expect(201);
    approve(&app, reviewer, own).await.expect(200);
    for (who, wanted) in [(desk, true), (&both, false)] {
        let answer = app.get(who, &path).await.expect(200);
        assert_eq!(of(answer.json["items"].as_array().unwrap(), "waited")["visits"], 4);
        assert_eq!(answer.json.to_string().contains(&own.to_string()), wanted);
        let listed = app.get(who, waited["quotes_at"].as_str().unwrap()).await.expect(200);
        assert_eq!(listed.json.to_string().contains(&own.to_string()), wanted);
    }
}

async fn the_best_are_those_ahead_of_the_brand(app: TestApp) {
    let tree = Tree::build(&app).await;
    let desk = &tree.world.staff.administrator;
    let of_three = async |branch: &str, greeted: bool, waited: &str, clean: u8| {
        for day in [10, 11, 12] {
            let answers = json!({"greeted": {"value": greeted}, "waited": {"value": waited}, "clean": {"value": clean}});
            answered(&app, &tree, branch, day, answers).await;
        }
    };
    of_three("a", true, "long", 3).await;
    of_three("b", false, "long", 3).await;
    of_three("c", false, "short", 5).await;
    let path = |place: &str| format!("/v1/{}/answers?{IN_MARCH}&sort=best", tree.place(place));
    let line = |row: &Value| {
        json!([row["question"], row["score"], row["brand_score"], row["ahead"]["difference"], row["loss"]])
    };
    let of_a: Vec<_> = items(&app, desk, &path("a")).await.iter().map(line).collect();
    assert_eq!(
        of_a,
        [
            json!(["greeted", 10_000, 3_333, 6_667, 0]),
            json!(["clean", 5_000, 6_667, -1_667, 1_250]),
            json!(["waited", 0, 3_333, -3_333, 6_250]),
        ]
    );
    // What they answered most, and lost nothing by.
    let of_b = items(&app, desk, &path("brand")).await;
    let lines: Vec<_> = of_b.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            json!(["clean", 6_667, null, null, 833]),
            json!(["greeted", 3_333, null, null, 833]),
            json!(["waited", 3_333, null, null, 4_167]),
        ],
        "the brand is compared with nothing: those come first that cost it least"
    );
    assert_eq!(counted(of(&of_b, "greeted")), [("yes".into(), 3, 0), ("no".into(), 6, 1_250)]);
    let quotes = of(&of_b, "greeted")["quotes"].as_array().unwrap().clone();
    assert_eq!(
        quotes.iter().map(|one| one["score"].as_i64().unwrap()).collect::<Vec<_>>(),
        [10_000, 10_000, 10_000, 0, 0]
    );
    // A desk of one branch is not shown what the only other one scores, which the brand without its own would say.
    let at_a =
        GrantScope { brand_id: Some(tree.brand), region_id: None, branch_id: Some(tree.branches["a"]) };
    let of_one = Persona::with(&app, &[(Role::Administrator, at_a)]).await;
    let alone = items(&app, &of_one, &path("a")).await;
    assert!(alone.iter().all(|row| row["brand_score"].is_null() && row["ahead"].is_null()), "{alone:?}");
    of_three("d", false, "short", 5).await;
    let several = items(&app, &of_one, &path("a")).await;
    assert_eq!(of(&several, "greeted")["brand_score"], 2_500, "three that it does not see");
    // With a filter who sees a part of the brand is compared with nothing.
    let filtered = items(&app, &of_one, &format!("{}&version_id={}", path("a"), tree.version)).await;
    assert!(filtered.iter().all(|row| row["brand_score"].is_null()), "{filtered:?}");
}

/// What such a visit answered, by question.
fn answers_of(made: &Made) -> BTreeMap<&'static str, &'static str> {
    let (greeted, waited, clean) = match made.score {
        10_000 => ("yes", "short", Some("5")),
        8_750 => ("yes", "short", Some("3")),
        8_333 => ("no", "short", None),
        1_250 => ("yes", "long", Some("1")),
        _ => ("no", "long", Some("1")),
    };
    [("greeted", Some(greeted)), ("waited", Some(waited)), ("clean", clean)]
        .into_iter()
        .filter_map(|(question, answer)| Some((question, answer?)))
        .collect()
}

async fn answers_of_any_visits_are_those_that_they_list(app: TestApp) {
    let mut many = Many::make(&app, 23, 60).await;
    let desk = many.tree.world.staff.administrator.clone();
    let mut some = 0;
    for turn in 0..40 {
        let place = PLACES[turn % PLACES.len()];
        let address = many.tree.place(place).to_string();
        let (query, left) = many.filter(place);
        let mut wanted = BTreeMap::<(&str, &str), BTreeSet<String>>::new();
        for made in &left {
            for (question, answer) in answers_of(made) {
                wanted.entry((question, answer)).or_default().insert(made.id.to_string());
            }
        }
        let path = format!("/v1/{address}/answers?{query}");
        let found = items(&app, &desk, &path).await;
        let mut seen = BTreeMap::<(&str, &str), BTreeSet<String>>::new();
        for row in &found {
            let question = row["question"].as_str().unwrap();
            let all_of_it = all(&app, &desk, row["quotes_at"].as_str().unwrap()).await;
            assert_eq!(row["visits"], all_of_it.len(), "{query} {row}");
            let days: Vec<_> =
                all_of_it.iter().map(|one| one["source"]["day"].as_str().unwrap().to_owned()).collect();
            assert!(days.is_sorted_by(|one, next| one >= next), "{days:?}");
            for answer in row["answers"].as_array().unwrap() {
                let gave = sources(&json!(all(&app, &desk, answer["quotes_at"].as_str().unwrap()).await));
                assert_eq!(answer["visits"], gave.len(), "{query} {answer}");
                seen.insert((question, answer["answer"].as_str().unwrap()), gave.into_iter().collect());
            }
            let quotes = sources(&row["quotes"]);
            assert_eq!(quotes.len(), all_of_it.len().min(5));
            assert!(quotes.iter().all(|one| sources(&json!(all_of_it)).contains(one)));
        }
        assert_eq!(seen, wanted, "{place} {query}");
        some += left.len();
    }
    assert!(some > 100, "the filters leave something: {some}");
}

/// A checklist with what reports leave out.
fn telling() -> Value {
    let mut content = content();
    let bands = json!([{"up_to": 120, "points": 10}, {"points": 0}]);
    let more = json!([
        {"key": "paid", "text": {"en": "Paid?"}, "answer": {"kind": "amount", "currency": "EUR", "bands": bands}},
        {"key": "queue", "text": {"en": "Queue?"}, "answer": {"kind": "duration", "bands": bands}},
        {"key": "door", "text": {"en": "By which door?"}, "about_visit": true, "answer": {"kind": "yes_no"}},
        {"key": "waiter", "text": {"en": "Did she smile?"}, "names_staff": true, "answer": {"kind": "yes_no"}},
    ]);
    content["sections"]
        .as_array_mut()
        .unwrap()
        .push(json!({"key": "more", "title": {"en": "More"}, "questions": more}));
    content
}

async fn the_branch_s_side_reads_what_its_reports_say(app: TestApp) {
    let mut tree = Tree::build(&app).await;
    // Before a question may name staff they are informed; that it is shown takes a notice of a later level.
    let (brand, staff) = (tree.brand, &tree.world.staff);
    let all_of_it = GrantScope { brand_id: Some(brand), ..GrantScope::default() };
    named_later_in(&app, &tree.world, brand).await;
    (tree.checklist, tree.version) = staff.checklist(&app, brand, telling()).await;
    let wordless = changed(
        &campaign_body(brand, tree.version),
        &[("/terms/reports", json!({"comments": false, "hidden": ["queue"]}))],
    );
    let wordless = add_campaign(&app, &staff.scheduler, wordless).await;
    let manager = Persona::with(&app, &[(Role::Manager, all_of_it)]).await;
    let of_a = GrantScope { branch_id: Some(tree.branches["a"]), ..all_of_it };
    let of_a = Persona::with(&app, &[(Role::Hr, of_a)]).await;
    let answers = |number: u8| {
        json!({"greeted": {"value": number.is_multiple_of(2), "comment": format!("Comment {number}.")},
            "waited": {"value": if number.is_multiple_of(3) { "long" } else { "short" }},
            "clean": {"value": 1 + number % 5}, "remarks": {"value": format!("Remark {number}.")},
            "paid": {"value": 100 + 10 * i64::from(number)}, "queue": {"value": 115 + i64::from(number)},
            "door": {"value": number.is_multiple_of(2), "comment": "By the back door."},
            "waiter": {"value": number.is_multiple_of(2), "comment": "Mehmet did."}})
    };
    let mut visits = Vec::new();
    for number in 0..12_u8 {
        let visit =
            answered(&app, &tree, ["a", "b", "c"][usize::from(number % 3)], 1 + number, answers(number))
                .await;
        belongs_to(&app, visit, (number % 4 == 0).then_some(wordless)).await;
        visits.push(visit);
    }
    let path = |place: &str, more: &str| format!("/v1/{}/answers?{IN_MARCH}{more}", tree.place(place));
    assert_eq!(items(&app, &manager, &path("brand", "")).await, [] as [Value; 0], "no report is out");
    assert_eq!(items(&app, &staff.administrator, &path("brand", "")).await.len(), 7, "desks see all of it");
    release_all(&app).await;
    let found = items(&app, &manager, &path("brand", "")).await;
    let mut questions: Vec<_> = found.iter().map(|row| row["question"].as_str().unwrap()).collect();
    questions.sort_unstable();
    assert_eq!(
        questions,
        ["clean", "greeted", "paid", "queue", "waited"],
        "what reports leave out is in none"
    );
    assert_eq!((&of(&found, "greeted")["visits"], &of(&found, "queue")["visits"]), (&json!(12), &json!(9)));
    assert_eq!(counted(of(&found, "queue")).len(), 2);
    assert_eq!(of(&found, "paid")["answers"], json!([]), "amounts are not shown");
    // Each of them stands in its report, with the same words.
    let mut commented = 0;
    for row in &found {
        let question = row["question"].as_str().unwrap();
        let listed = all(&app, &manager, row["quotes_at"].as_str().unwrap()).await;
        assert_eq!(row["visits"], listed.len(), "{row}");
        for one in row["quotes"].as_array().unwrap().iter().chain(&listed) {
            let report = report(&app, &manager, &one["source"]["report_id"]).await;
            let sections = report["content"]["sections"].as_array().unwrap();
            let mut asked = sections.iter().flat_map(|section| section["questions"].as_array().unwrap());
            let asked = asked.find(|asked| asked["question"] == question).unwrap();
            assert_eq!(one["comment"], asked["comment"], "{one} {asked}");
            assert_eq!(
                (&one["source"]["first_day"], &one["branch_id"]),
                (&report["first_day"], &report["branch_id"])
            );
            let (earned, possible) = (asked["earned"].as_i64().unwrap(), asked["possible"].as_i64().unwrap());
            assert_eq!(one["score"], 10_000 * earned / possible);
            commented += usize::from(one["comment"].is_string());
        }
        let text = row.to_string();
        for canary in ["back door", "Mehmet", "visit_id", &staff.shopper.account.to_string()] {
            assert!(!text.contains(canary), "{canary} in {text}");
        }
        assert!(visits.iter().all(|visit| !text.contains(&visit.to_string())), "{text}");
    }
    assert!(commented >= 9 + 5, "{commented}");
    // Too few: their number and nothing else.
    let few = items(&app, &of_a, &path("a", &format!("&campaign_id={wordless}"))).await;
    for row in &few {
        let given = ["score", "loss", "ahead", "brand_score"].map(|name| row[name].is_null());
        assert_eq!((given, &row["answers"], &row["quotes"]), ([true; 4], &json!([]), &json!([])), "{row}");
        assert_eq!(all(&app, &of_a, row["quotes_at"].as_str().unwrap()).await.len(), 0);
    }
    assert_eq!(of(&few, "greeted")["visits"], 1);
    // The branch of another manager is not there, and a part of the brand is compared with nothing that it cannot see.
    app.get(&of_a, path("b", "")).await.expect_problem(404, "not_found");
    app.get(&of_a, format!("/v1/{}/answers/quotes?question=greeted", tree.place("brand"))).await.expect(404);
    let own = items(&app, &of_a, &path("a", "")).await;
    assert_eq!(of(&own, "greeted")["visits"], 4);
    // What was approved since then changes nothing.
    answered(&app, &tree, "a", 13, answers(0)).await;
    assert_eq!(items(&app, &manager, &path("brand", "")).await, found);
}

async fn what_is_wrong_with_answers_is_named(app: TestApp) {
    let tree = Tree::build(&app).await;
    let desk = &tree.world.staff.administrator;
    for (query, name) in [
        ("answers?sort=fell", "sort"),
        ("answers?from=2026-03&to=2026-01", "from"),
        ("answers?section=table&standard=clean", "standard"),
        ("answers?limit=101", "limit"),
        ("answers?answer=no", "answer"),
        ("answers/quotes", "question"),
        ("answers/quotes?question=greeted&sort=best", "sort"),
        ("answers/quotes?question=greeted&rolling=3&from=2026-01", "rolling"),
    ] {
        app.get(desk, format!("/v1/{}/{query}", tree.place("city"))).await.expect_invalid(name);
    }
    let whole = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    for role in
        [Role::Designer, Role::Auditor, Role::Reviewer, Role::Scheduler, Role::Employee, Role::Shopper]
    {
        let who = Persona::with(&app, &[(role, whole)]).await;
        for query in ["answers", "answers/quotes?question=greeted"] {
            app.get(&who, format!("/v1/{}/{query}", tree.place("a"))).await.expect_problem(403, "forbidden");
        }
    }
}
