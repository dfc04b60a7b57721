//! Checklists: drafts that say what they lack, and versions that are published once and never change.

use actix_web::http::Method;
use futures_util::future::join_all;
use incognito::{
    accounts::model::{GrantScope, Role},
    ids::{BrandId, VersionId},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Call, TestApp, each_engine_test, id},
    builders::{assignment_body, content, visit_body},
    personas::Persona,
    places::walk,
};

each_engine_test!(
    a_checklist_is_made_repeated_and_renamed,
    a_draft_is_kept_as_it_is_and_says_what_it_lacks,
    what_cannot_be_read_is_no_draft,
    publishing_again_is_the_same_answer,
    only_the_draft_that_is_meant_is_published,
    what_has_problems_is_refused_with_all_of_them,
    the_same_content_is_published_once,
    publishing_at_once_counts_without_a_gap,
    a_version_never_changes,
    shoppers_read_versions_of_their_brands_and_nothing_else,
    five_hundred_questions_are_published_and_more_are_not,
    a_draft_may_be_as_large_as_a_body,
    lists_are_complete_and_filtered,
    a_draft_is_checked_as_a_whole,
    a_trial_scores_and_keeps_nothing,
    what_has_a_problem_counts_as_not_answered_in_a_trial,
    a_check_says_what_each_question_weighs,
    what_was_hidden_is_dropped_on_arrival,
);

/// A checklist without a draft, and who works on it.
struct Desk<'a> {
    app: &'a TestApp,
    brand: BrandId,
    designer: Persona,
    path: String,
}

impl<'a> Desk<'a> {
    async fn set_up(app: &'a TestApp) -> Self {
        let brand = id();
        let body = json!({"name": "Lumen", "language": "en"});
        let administrator = Persona::administrator(app).await;
        app.put(&administrator, format!("/v1/brands/{brand}"), body).await.expect(201);
        let designer = Persona::with(app, &[(Role::Designer, of(brand))]).await;
        let path = format!("/v1/checklists/{}", id::<()>());
        let named = json!({"brand_id": brand, "name": "Visit"});
        app.put(&designer, &path, named).await.expect(201);
        Self { app, brand, designer, path }
    }

    fn put(&self, draft: &Value) -> Call<'a> {
        self.app.put(&self.designer, format!("{}/draft", self.path), draft.clone())
    }

    /// Makes this the draft, and gives its tag.
    async fn write(&self, draft: &Value) -> String {
        let current = self.read().await;
        let put =
            if current.status == 200 { self.put(draft).if_match(current.etag()) } else { self.put(draft) };
        let written = put.await;
        assert!(matches!(written.status, 200 | 201), "{written}");
        written.etag().to_owned()
    }

    async fn read(&self) -> Answer {
        self.app.get(&self.designer, format!("{}/draft", self.path)).await
    }

    fn publish(&self, draft: &str, as_version: VersionId) -> Call<'a> {
        let body = json!({"id": as_version});
        self.app.post(&self.designer, format!("{}/versions", self.path), body).if_match(draft)
    }

    /// The numbers of the versions.
    async fn numbers(&self) -> Vec<u64> {
        let versions = walk(self.app, &self.designer, &format!("{}/versions", self.path), 3).await;
        versions.iter().map(|version| version["number"].as_u64().unwrap()).collect()
    }
}

fn of(brand: BrandId) -> GrantScope {
    GrantScope { brand_id: Some(brand), ..GrantScope::default() }
}

/// Something that can be published, unlike any other.
fn saying(what: impl ToString) -> Value {
    let mut content = content();
    content["title"]["en"] = json!(what.to_string());
    content
}

fn empty() -> Value {
    json!({"title": {}, "languages": [], "sections": []})
}

/// Pointer and code of each problem.
fn places(problems: &Value) -> Vec<(&str, &str)> {
    let problems = problems.as_array().unwrap();
    problems.iter().map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

async fn a_checklist_is_made_repeated_and_renamed(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let boss = Persona::everywhere(&app, Role::Designer).await;
    let path = format!("/v1/checklists/{}", id::<()>());
    let named = |name: &str| json!({"brand_id": desk.brand, "name": name});
    let put = |body| app.put(&boss, &path, body);
    put(named("A")).if_match("\"1\"").await.expect_problem(412, "precondition_failed");
    let made = put(named("A")).await.expect(201);
    let again = put(named("A")).await.expect(200);
    assert_eq!((&again.json, again.etag()), (&made.json, made.etag()));
    put(named("B")).await.expect_problem(428, "precondition_required");
    put(named("B")).if_match("\"77\"").await.expect_problem(412, "precondition_failed");
    let renamed = put(named("B")).if_match(made.etag()).await.expect(200);
    let late = put(named("B")).if_match(made.etag()).await.expect(200);
    assert_eq!((late.etag(), late.text("/name")), (renamed.etag(), "B".to_owned()));
    app.get(&boss, &path).header("if-none-match", renamed.etag()).await.expect(304);

    let other = Desk::set_up(&app).await;
    let elsewhere = json!({"brand_id": other.brand, "name": "B"});
    put(elsewhere.clone()).if_match(renamed.etag()).await.expect_problem(409, "conflict");
    let to_stranger = app.put(&other.designer, &path, elsewhere.clone()).await;
    to_stranger.expect_problem(404, "not_found");
    let new = || format!("/v1/checklists/{}", id::<()>());
    let nowhere = json!({"brand_id": id::<()>(), "name": "B"});
    for brand in [elsewhere, nowhere.clone()] {
        app.put(&desk.designer, new(), brand).await.expect_problem(404, "not_found");
    }
    app.put(&boss, new(), nowhere).await.expect_invalid("/brand_id");
    for name in [json!(""), json!(" "), json!("\0"), json!("a\nb"), json!("x".repeat(201)), json!(null)] {
        app.put(&boss, new(), json!({"brand_id": desk.brand, "name": name})).await.expect_invalid("/name");
    }
}

async fn a_draft_is_kept_as_it_is_and_says_what_it_lacks(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    desk.read().await.expect_problem(404, "not_found");
    desk.put(&empty()).if_match("*").await.expect_problem(412, "precondition_failed");
    let made = desk.put(&empty()).await.expect(201);
    let lacking = [("/languages", "too_few"), ("/sections", "too_few"), ("/sections", "nothing_to_score")];
    assert_eq!(places(&made.json["errors"]), lacking);
    assert_eq!(desk.put(&empty()).await.expect(200).json, made.json);
    desk.put(&content()).await.expect_problem(428, "precondition_required");
    desk.put(&content()).if_match("\"1\"").await.expect_problem(412, "precondition_failed");

    let odd = json!({
        "title": {"\u{1}": "\u{7f}\u{ffff}", "": ""},
        "languages": ["\u{1}", "x"],
        "sections": [{"key": "", "title": {}, "questions": [
            {"key": "Z", "text": {}, "weight": 65535, "required": true, "not_applicable": false,
                "bonus": false, "critical": {"effect": "cap", "score": 65535},
                "answer": {"kind": "text", "max_length": 4_294_967_295_u32}},
            {"key": "Z", "text": {}, "weight": 1, "required": true, "not_applicable": false, "bonus": true,
                "answer": {"kind": "scale", "from": i32::MAX, "to": i32::MIN, "reversed": false}},
        ]}],
    });
    let written = desk.put(&odd).if_match(made.etag()).await.expect(200);
    assert_eq!(written.json["content"], odd);
    let problems = places(&written.json["errors"]);
    for wanted in [
        ("/languages/0", "malformed_language"),
        ("/title/x", "missing_translation"),
        ("/title/", "unlisted_language"),
        ("/title/\u{1}", "control_character"),
        ("/sections/0/key", "malformed_key"),
        ("/sections/0/questions/0/critical", "critical_without_points"),
        ("/sections/0/questions/0/weight", "out_of_range"),
        ("/sections/0/questions/1/answer/to", "out_of_range"),
    ] {
        assert!(problems.contains(&wanted), "{wanted:?} is not among {problems:?}");
    }
    let read = desk.read().await.expect(200);
    assert_eq!((&read.json, read.etag()), (&written.json, written.etag()));
    let whole = desk.put(&content()).if_match(read.etag()).await.expect(200);
    assert_eq!(whole.json["errors"], json!([]));
    let unread =
        app.get(&desk.designer, format!("{}/draft", desk.path)).header("if-none-match", whole.etag());
    unread.await.expect(304);
    let stranger = Desk::set_up(&app).await.designer;
    let put = app.put(&stranger, format!("{}/draft", desk.path), content()).if_match("*");
    put.await.expect_problem(404, "not_found");
}

async fn what_cannot_be_read_is_no_draft(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let question = "/sections/0/questions/0";
    for (at, value, pointer) in [
        ("/title/en", json!("nul\0"), "/title"),
        ("/languages/0", json!("nul\0"), "/languages"),
        ("/sections/0/key", json!("nul\0"), "/sections/0/key"),
        ("/sections/0", json!(["arrival", {"en": "Arrival"}, []]), "/sections/0"),
        ("/sections/0/questions/0/weight", json!(-1), "/sections/0/questions/0/weight"),
        ("/sections/0/questions/0/weight", json!(65536), "/sections/0/questions/0/weight"),
        ("/sections/0/questions/0/answer", json!({"kind": "song"}), "/sections/0/questions/0/answer"),
        (
            "/sections/0/questions/0",
            json!({"key": "a", "text": {}, "answer": {"kind": "yes_no"}, "x": 1}),
            question,
        ),
    ] {
        let mut draft = content();
        *draft.pointer_mut(at).unwrap() = value;
        let answer = desk.put(&draft).await.expect_problem(422, "invalid");
        assert!(answer.text("/errors/0/pointer").starts_with(pointer), "wanted {pointer}, but {answer}");
    }
    let twice = content().to_string().replacen("\"en\":", "\"en\":\"again\",\"en\":", 1);
    let put = app.call(Method::PUT, format!("{}/draft", desk.path)).by(&desk.designer);
    put.body("application/json", twice).await.expect_problem(422, "invalid");
    desk.read().await.expect_problem(404, "not_found");
}

async fn publishing_again_is_the_same_answer(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let version = id();
    let draft = desk.write(&saying("one")).await;
    let published = desk.publish(&draft, version).await.expect(201);
    assert_eq!(published.json["number"], 1);
    assert_eq!(format!("\"{}\"", published.text("/hash")), draft);
    app.advance(60);
    assert_eq!(desk.publish(&draft, version).await.expect(201).json, published.json);

    let next = desk.write(&saying("two")).await;
    assert_eq!(
        desk.publish(&draft, version).await.expect(201).json,
        published.json,
        "the draft has moved on"
    );
    desk.publish(&next, version).await.expect_problem(409, "conflict");
    let other = Desk::set_up(&app).await;
    let same = other.write(&saying("one")).await;
    assert_eq!(same, draft);
    other.publish(&same, version).await.expect_problem(409, "conflict");
    assert_eq!(desk.publish(&next, id()).await.expect(201).json["number"], 2);
    assert_eq!(other.publish(&same, id()).await.expect(201).json["number"], 1);
}

async fn only_the_draft_that_is_meant_is_published(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let versions = format!("{}/versions", desk.path);
    let publish = |who: &Persona| app.post(who, &versions, json!({"id": id::<()>()}));
    publish(&desk.designer).await.expect_problem(409, "conflict");
    desk.publish("*", id()).await.expect_problem(412, "precondition_failed");
    let old = desk.write(&saying("one")).await;
    let new = desk.write(&saying("two")).await;
    publish(&desk.designer).await.expect_problem(428, "precondition_required");
    desk.publish(&old, id()).await.expect_problem(412, "precondition_failed");
    let stranger = Desk::set_up(&app).await.designer;
    publish(&stranger).if_match(&new).await.expect_problem(404, "not_found");
    for body in [json!({}), json!({"id": "1"}), json!({"id": id::<()>(), "number": 7})] {
        app.post(&desk.designer, &versions, body).if_match(&new).await.expect_problem(422, "invalid");
    }
    assert_eq!(desk.numbers().await, [0; 0]);
}

async fn what_has_problems_is_refused_with_all_of_them(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let mut draft = content();
    draft["languages"] = json!(["en", "tr"]);
    draft["sections"][1]["questions"][0]["key"] = json!("greeted");
    draft["sections"][0]["questions"][1]["answer"]["options"] = json!([]);
    draft["sections"][0]["title"]["en"] = json!(" ");
    let written = desk.put(&draft).await.expect(201);
    let refused = desk.publish(written.etag(), id()).await.expect_problem(422, "invalid");
    assert_eq!(refused.json["errors"], written.json["errors"]);
    let problems = places(&refused.json["errors"]);
    for wanted in [
        ("/title/tr", "missing_translation"),
        ("/sections/0/title/en", "empty"),
        ("/sections/0/questions/1/answer/options", "too_few"),
        ("/sections/1/questions/0/key", "duplicate"),
    ] {
        assert!(problems.contains(&wanted), "{wanted:?} is not among {problems:?}");
    }
    assert_eq!(desk.numbers().await, [0; 0]);
    let mended = desk.write(&content()).await;
    assert_eq!(desk.publish(&mended, id()).await.expect(201).json["number"], 1);
}

async fn the_same_content_is_published_once(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let first: VersionId = id();
    for (what, version) in [("one", first), ("two", id())] {
        let draft = desk.write(&saying(what)).await;
        desk.publish(&draft, version).await.expect(201);
        desk.publish(&draft, id()).await.expect_problem(409, "conflict");
    }
    let back = desk.write(&saying("one")).await;
    let answer = desk.publish(&back, id()).await.expect_problem(409, "conflict");
    assert_eq!(answer.text("/detail"), format!("version 1 with the id {first} says the same"));
    assert_eq!(desk.numbers().await, [1, 2]);
}

async fn publishing_at_once_counts_without_a_gap(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let (draft, version) = (desk.write(&saying("repeated")).await, id());
    let answers = join_all((0..12).map(async |_| desk.publish(&draft, version).await)).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.json), (201, &answers[0].json), "{answer}");
    }

    let draft = desk.write(&saying("contended")).await;
    let answers = join_all((0..12).map(async |_| desk.publish(&draft, id()).await)).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [[201].as_slice(), &[409; 11]].concat());

    // Each writes what is theirs over whatever is there, and publishes it if nobody came in between.
    join_all((0..6).map(async |n| {
        let version = id();
        loop {
            let current = desk.read().await.expect(200);
            let written = desk.put(&saying(n)).if_match(current.etag()).await;
            let done = match written.status {
                200 => desk.publish(written.etag(), version).await,
                _ => written,
            };
            match done.status {
                201 => break,
                _ => drop(done.expect_problem(412, "precondition_failed")),
            }
        }
    }))
    .await;
    assert_eq!(desk.numbers().await, (1..=8).collect::<Vec<_>>());
}

async fn a_version_never_changes(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let version: VersionId = id();
    let path = format!("/v1/checklist-versions/{version}");
    let draft = desk.write(&saying("one")).await;
    let written = desk.read().await.json["content"].clone();
    let published = desk.publish(&draft, version).await.expect(201);
    let first = app.get(&desk.designer, &path).await.expect(200);
    assert_eq!((first.etag(), &first.json["content"]), (draft.as_str(), &written));
    assert_eq!(first.header("cache-control"), "private, max-age=31536000, immutable");
    for field in ["id", "checklist_id", "number", "hash", "published_at"] {
        assert_eq!(first.json[field], published.json[field], "{field}");
    }
    let cached = app.get(&desk.designer, &path).header("if-none-match", &draft).await.expect(304);
    assert_eq!((cached.etag(), cached.bytes.len()), (draft.as_str(), 0));

    let next = desk.write(&saying("two")).await;
    desk.publish(&next, id()).await.expect(201);
    let renamed = json!({"brand_id": desk.brand, "name": "Another"});
    app.put(&desk.designer, &desk.path, renamed).if_match("\"1\"").await.expect(200);
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let call = app.call(method, &path).by(&desk.designer).json(&saying("two"));
        call.await.expect_problem(405, "method_not_allowed");
    }
    let designer = desk.designer.clone();
    let app = TestApp::start(app.stop()).await; // nothing is at hand any more
    let later = app.get(&designer, &path).await.expect(200);
    assert_eq!((later.etag(), &later.bytes), (first.etag(), &first.bytes));
}

async fn shoppers_read_versions_of_their_brands_and_nothing_else(app: TestApp) {
    let (desk, other) = (Desk::set_up(&app).await, Desk::set_up(&app).await);
    let version: VersionId = id();
    desk.publish(&desk.write(&content()).await, version).await.expect(201);
    let [checklist, draft, versions] = ["", "/draft", "/versions"].map(|end| format!("{}{end}", desk.path));
    let one = format!("/v1/checklist-versions/{version}");
    let nothing = format!("/v1/checklist-versions/{}", id::<()>());
    let administrator = Persona::administrator(&app).await;
    let region = id();
    let body = json!({"brand_id": desk.brand, "name": "North"});
    app.put(&administrator, format!("/v1/regions/{region}"), body).await.expect(201);
    let in_region = GrantScope { region_id: Some(region), ..of(desk.brand) };
    for (role, scope, of_version, of_checklist) in [
        (Role::Shopper, GrantScope::default(), 200, 403),
        (Role::Shopper, of(desk.brand), 200, 403),
        (Role::Shopper, in_region, 200, 403),
        (Role::Shopper, of(other.brand), 404, 403),
        (Role::Reviewer, of(desk.brand), 200, 200),
        (Role::Scheduler, in_region, 200, 200),
        (Role::Designer, of(other.brand), 404, 404),
        (Role::Manager, of(desk.brand), 403, 403),
    ] {
        let who = Persona::with(&app, &[(role, scope)]).await;
        for (path, status) in [
            (&one, of_version),
            (&checklist, of_checklist),
            (&draft, of_checklist),
            (&versions, of_checklist),
            (&nothing, if of_version == 403 { 403 } else { 404 }),
        ] {
            let answer = app.get(&who, path).await;
            assert_eq!(answer.status, status, "{role} {scope:?}: {answer}");
        }
    }
}

async fn five_hundred_questions_are_published_and_more_are_not(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let asking = |count: usize| {
        let question =
            |n: usize| json!({"key": format!("q{n}"), "text": {"en": "?"}, "answer": {"kind": "yes_no"}});
        let section = |s: usize| {
            let questions: Vec<_> = (s * 100..count.min(s * 100 + 100)).map(question).collect();
            json!({"key": format!("s{s}"), "title": {"en": "S"}, "questions": questions})
        };
        let sections: Vec<_> = (0..count.div_ceil(100)).map(section).collect();
        json!({"title": {"en": "Long"}, "languages": ["en"], "sections": sections})
    };
    let more = desk.write(&asking(501)).await;
    let refused = desk.publish(&more, id()).await.expect_problem(422, "invalid");
    assert_eq!(places(&refused.json["errors"]), [("/sections", "too_many")]);
    let (most, version): (_, VersionId) = (desk.write(&asking(500)).await, id());
    desk.publish(&most, version).await.expect(201);
    let read = app.get(&desk.designer, format!("/v1/checklist-versions/{version}")).await.expect(200);
    assert_eq!(read.json["content"]["sections"][4]["questions"][99]["key"], "q499");
}

async fn a_draft_may_be_as_large_as_a_body(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let around = saying("").to_string().len();
    let draft = saying("x".repeat((1 << 20) - around));
    let made = desk.put(&draft).await.expect(201);
    assert_eq!(places(&made.json["errors"]), [("/title/en", "too_long")]);
    assert_eq!(desk.read().await.expect(200).json["content"]["title"], draft["title"]);
    let larger = saying("x".repeat((1 << 20) - around + 1));
    desk.put(&larger).if_match(made.etag()).await.expect_problem(413, "body_too_large");

    // The answer does not grow as the mistakes do.
    let mut wrong = saying("x".repeat(500_000));
    wrong["languages"] = json!(vec!["x y"; 60_000]);
    let answer = desk.put(&wrong).if_match(made.etag()).await.expect(200);
    assert_eq!(places(&answer.json["errors"]).len(), 500);
}

async fn lists_are_complete_and_filtered(app: TestApp) {
    let (desk, other) = (Desk::set_up(&app).await, Desk::set_up(&app).await);
    for n in 0..6 {
        let named = json!({"brand_id": desk.brand, "name": n.to_string()});
        app.put(&desk.designer, format!("/v1/checklists/{}", id::<()>()), named).await.expect(201);
    }
    let boss = Persona::everywhere(&app, Role::Designer).await;
    let (own, strange) = (format!("?brand_id={}", desk.brand), format!("?brand_id={}", other.brand));
    for (who, filter, wanted) in [
        (&boss, "", 8),
        (&boss, own.as_str(), 7),
        (&boss, strange.as_str(), 1),
        (&desk.designer, "", 7),
        (&desk.designer, strange.as_str(), 0),
        (&other.designer, "", 1),
    ] {
        let whole = walk(&app, who, &format!("/v1/checklists{filter}"), 200).await;
        assert_eq!(whole.len(), wanted, "{filter}");
        assert_eq!(walk(&app, who, &format!("/v1/checklists{filter}"), 3).await, whole, "{filter}");
        assert!(whole.is_sorted_by(|a, b| a["id"].as_str() < b["id"].as_str()), "nothing twice: {whole:?}");
    }
}

async fn a_draft_is_checked_as_a_whole(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let check = async || app.post(&desk.designer, format!("{}/draft/check", desk.path), Value::Null).await;
    check().await.expect_problem(404, "not_found");
    let mut draft = content();
    let question = &mut draft["sections"][0]["questions"][0];
    (question["weight"], question["text"]) = (json!(0), json!({"en": "", "xx": "?"}));
    question["show_when"] = json!({"===": [{"var": "no_such"}, true]});
    let tag = desk.write(&draft).await;
    let found = check().await.expect(200).json;
    let written = desk.read().await.json;
    assert_eq!((&found["errors"], &found["warnings"]), (&written["errors"], &written["warnings"]));
    let at = "/sections/0/questions/0";
    let errors = places(&found["errors"]);
    for (place, code) in [("/text/en", "empty"), ("/text/xx", "unlisted_language")] {
        assert!(errors.contains(&(&format!("{at}{place}"), code)), "{code} is not among {errors:?}");
    }
    assert!(
        errors.iter().any(|(place, code)| place.contains("show_when") && *code == "unknown_question"),
        "{errors:?}"
    );
    let warnings = places(&found["warnings"]);
    assert!(warnings.iter().any(|(_, code)| *code == "no_standard"), "{warnings:?}");
    // What is an error keeps it from being published, and what is a warning does not.
    let refused = desk.publish(&tag, id()).await.expect_problem(422, "invalid");
    assert_eq!(refused.json["errors"], found["errors"]);
    let tag = desk.write(&content()).await;
    assert_ne!(check().await.expect(200).json["warnings"], json!([]));
    desk.publish(&tag, id()).await.expect(201);
}

/// Two questions, of which the second is asked where the first is answered with no.
fn with_a_rule() -> Value {
    json!({"title": {"en": "Visit"}, "languages": ["en"], "sections": [{"key": "s", "title": {"en": "S"}, "questions": [
        {"key": "greeted", "text": {"en": "Were you greeted?"}, "answer": {"kind": "yes_no"}},
        {"key": "why_not", "text": {"en": "What did they do instead?"}, "weight": 2,
            "show_when": {"===": [{"var": "greeted"}, false]},
            "answer": {"kind": "one_choice", "options": [
                {"key": "looked", "text": {"en": "They looked"}, "points": 3},
                {"key": "nothing", "text": {"en": "Nothing"}, "points": 0}]}}]}]})
}

async fn a_trial_scores_and_keeps_nothing(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let (tag, version): (_, VersionId) = (desk.write(&with_a_rule()).await, id());
    desk.publish(&tag, version).await.expect(201);
    let path = format!("/v1/checklist-versions/{version}/trial");
    let trial = async |answers: Value| {
        app.post(&desk.designer, &path, json!({"answers": answers})).await.expect(200).json
    };
    let greeted = trial(json!({"greeted": {"value": true}, "why_not": {"value": "nothing"}})).await;
    assert_eq!(greeted["hidden"], json!(["why_not"]));
    assert_eq!((&greeted["score"]["overall"]["score"], &greeted["problems"]), (&json!(10_000), &json!([])));
    let looked = trial(json!({"greeted": {"value": false}, "why_not": {"value": "looked"}})).await;
    // 0 of 1 and 6 of 6.
    assert_eq!((&looked["hidden"], &looked["score"]["overall"]["score"]), (&json!([]), &json!(8_571)));
    let lacking = trial(json!({"greeted": {"value": false}})).await;
    assert_eq!(places(&lacking["problems"]), [("/answers/why_not", "required")]);
    assert_eq!(lacking["score"]["overall"]["score"], json!(0));
    let empty = trial(json!({})).await;
    assert_eq!(places(&empty["problems"]), [("/answers/greeted", "required")]);
    assert_eq!(empty["score"]["overall"].get("score"), None);
    let other = Desk::set_up(&app).await;
    app.post(&other.designer, &path, json!({"answers": {}})).await.expect_problem(404, "not_found");
    app.post(&desk.designer, &path, json!({"answers": [], "x": 1})).await.expect_problem(422, "invalid");
}

async fn what_has_a_problem_counts_as_not_answered_in_a_trial(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let mut content = with_a_rule();
    for question in content["sections"][0]["questions"].as_array_mut().unwrap() {
        question["comment"] = json!({"when": "always"});
    }
    let (tag, version): (_, VersionId) = (desk.write(&content).await, id());
    desk.publish(&tag, version).await.expect(201);
    let path = format!("/v1/checklist-versions/{version}/trial");
    let trial = async |greeted: Value, why_not: Value| {
        let body = json!({"answers": {"greeted": greeted, "why_not": why_not}});
        app.post(&desk.designer, &path, body).await.expect(200).json
    };
    let no = json!({"value": false, "comment": "Nobody was there."});
    let lacking = trial(no.clone(), json!({"value": "looked"})).await;
    assert_eq!(places(&lacking["problems"]), [("/answers/why_not/comment", "comment_required")]);
    let questions = lacking["score"]["questions"].as_array().unwrap();
    assert_eq!((&questions[0]["why"], &questions[1]["why"]), (&json!("answered"), &json!("not_answered")));
    assert_eq!((&lacking["score"]["overall"]["score"], &lacking["hidden"]), (&json!(0), &json!([])));
    // Without the answer that has the problem, the rule does not hold either.
    let looked = json!({"value": "looked", "comment": "They looked up."});
    let first = trial(json!({"value": false}), looked.clone()).await;
    assert_eq!(places(&first["problems"]), [("/answers/greeted/comment", "comment_required")]);
    assert_eq!((first["score"]["overall"].get("score"), &first["hidden"]), (None, &json!(["why_not"])));
    let whole = trial(no, looked).await;
    assert_eq!((&whole["score"]["overall"]["score"], &whole["problems"]), (&json!(8_571), &json!([])));
}

async fn a_check_says_what_each_question_weighs(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let mut content = with_a_rule();
    let greeted = &mut content["sections"][0]["questions"][0];
    greeted["critical"] = json!({"effect": "cap", "score": 7000});
    content["sections"][0]["questions"][1]["weight"] = json!(10);
    desk.write(&content).await;
    let check =
        app.post(&desk.designer, format!("{}/draft/check", desk.path), json!({})).await.expect(200).json;
    let shares = json!({"possible": 31, "sections": [{"key": content["sections"][0]["key"], "possible": 31, "share": 10_000,
        "questions": [{"key": "greeted", "possible": 1, "share": 323, "at_stake": 3_000},
            {"key": "why_not", "possible": 30, "share": 9_677, "at_stake": 9_677}]}]});
    assert_eq!(check["shares"], shares);
    let warned = ("/sections/0/questions/0/weight", "critical_weighs_little");
    assert!(places(&check["warnings"]).contains(&warned), "{check}");
}

async fn what_was_hidden_is_dropped_on_arrival(app: TestApp) {
    let world = crate::builders::World::build(&app).await;
    let brand = &world.brands[0];
    let (_, version) = world.staff.checklist(&app, brand.id, with_a_rule()).await;
    let branch = &brand.regions[0].branches[0];
    let submit = async |visit: &str, assignment: &str, answers: Value| {
        let mut body = visit_body(assignment.parse().unwrap(), version);
        body["answers"] = answers;
        app.put(&world.staff.shopper, format!("/v1/visits/{visit}"), body).await
    };
    let assign = async || {
        let assignment = id::<()>().to_string();
        let body = assignment_body(branch.id, version, &world.staff.shopper);
        app.put(&world.staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
        assignment
    };
    let (visit, assignment) = (id::<()>().to_string(), assign().await);
    // Invalid as it is, it would be refused if the question had been shown.
    let with_hidden = json!({"greeted": {"value": true}, "why_not": {"value": "no such option"}});
    let kept = submit(&visit, &assignment, with_hidden).await.expect(201);
    let again = submit(&visit, &assignment, json!({"greeted": {"value": true}})).await.expect(201);
    assert_eq!(again.bytes, kept.bytes, "what is hidden makes no difference");
    assert_eq!(kept.json["score"], 10_000);
    let read = app.get(&world.staff.reviewer, format!("/v1/visits/{visit}")).await.expect(200);
    assert_eq!(read.json["content"]["answers"], json!({"greeted": {"value": true}}));
    let why = app.get(&world.staff.reviewer, format!("/v1/visits/{visit}/score")).await.expect(200);
    assert_eq!(why.json["questions"][1]["why"], "hidden");

    let (visit, assignment) = (id::<()>().to_string(), assign().await);
    let lacking = submit(&visit, &assignment, json!({"greeted": {"value": false}})).await;
    assert_eq!(
        places(&lacking.expect_problem(422, "invalid").json["errors"]),
        [("/answers/why_not", "required")]
    );
}
