//! Visits: kept exactly once whatever a phone sends, refused with reasons, and counted in the right month.

mod as_phones_write;
mod ended;
mod ends;
mod export;
mod finish;
mod learned;
mod list;
mod lives;
mod outcomes;
mod unreadable;
mod without_files;

use std::collections::BTreeSet;

use futures_util::future::join_all;
use incognito::{
    accounts::model::Role,
    ids::{AssignmentId, BranchId, VersionId, VisitId},
    visits::{self, state::State},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Dice, TestApp, each_engine_test, id},
    builders::{BranchWorld, World, assignment_body, branch_body, content, visit_body, window_was},
    personas::Persona,
    reviews::{approve, reject},
    verify::verified,
};

each_engine_test!(
    the_same_again_is_answered_with_the_same_bytes,
    sixty_four_at_once_are_one_visit,
    of_many_contents_one_is_kept,
    one_assignment_is_one_visit,
    what_is_not_acceptable_is_refused_and_not_kept,
    clocks_may_be_wrong,
    a_visit_is_seen_by_its_shopper_and_by_those_who_review,
    a_score_explains_itself,
    a_random_schedule_ends_as_the_model_says,
);

pub fn path(visit: VisitId) -> String {
    format!("/v1/visits/{visit}")
}

/// What an answer to a submission says besides how far the visit is: the same each time.
pub fn facts(answer: &Answer) -> Value {
    let mut facts = answer.json.clone();
    facts
        .as_object_mut()
        .unwrap()
        .retain(|name, _| !["state", "missing", "receipt"].contains(&name.as_str()));
    facts
}

/// Every value that the answer names, in order; what is named twice fails.
fn pointers(answer: &Answer) -> BTreeSet<String> {
    let errors = answer.json["errors"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let all: BTreeSet<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect();
    assert_eq!(all.len(), errors.len(), "{answer}");
    all
}

async fn how_many(app: &TestApp) -> i64 {
    app.db().read(visits::store::count).await.unwrap()
}

/// The first branch, which has an assignment still to be done, and its version.
fn first(world: &World) -> (&BranchWorld, VersionId) {
    (&world.brands[0].regions[0].branches[0], world.brands[0].version)
}

async fn the_same_again_is_answered_with_the_same_bytes(app: TestApp) {
    let world = World::build(&app).await;
    let (branch, version) = first(&world);
    let (shopper, visit, to) = (&world.staff.shopper, id(), branch.open_assignment);
    let kept = app.put(shopper, path(visit), visit_body(to, version)).await.expect(201);
    let hash = kept.text("/content_hash");
    assert_eq!(
        kept.json,
        json!({"id": visit, "content_hash": hash, "salts": kept.json["salts"], "score": 10_000, "revision": 0,
            "received_at": "2026-03-15T10:00:00Z", "state": "complete", "missing": [], "unreadable": []})
    );
    let is_same = |answer: Answer| {
        assert_eq!((answer.status, &answer.bytes), (201, &kept.bytes));
    };
    app.advance(90);
    is_same(app.put(shopper, path(visit), visit_body(to, version)).await);
    // The same told otherwise: in another order and another time zone, with what may be left out.
    let otherwise = format!(
        r#"{{ "answers": {{"waited": {{"comment": null, "value": "short"}},
                          "greeted": {{"not_applicable": false, "value": true}}, "clean": {{"value": 5}}}},
             "ended_at": "2026-03-14T09:40:00.000000Z", "started_at": "2026-03-14T12:00:00+03:00",
             "checklist_version_id": "{version}", "assignment_id": "{to}" }}"#
    );
    let call = || app.call(actix_web::http::Method::PUT, path(visit)).by(shopper);
    is_same(call().body("application/json", otherwise.clone()).await);
    approve(&app, &world.staff.reviewer, visit).await.expect(200);
    let later = call().body("application/json", otherwise).await.expect(201);
    assert_eq!((&later.json["state"], facts(&later)), (&json!("approved"), facts(&kept)));
    assert_eq!(how_many(&app).await, 8 + 1);
}

async fn sixty_four_at_once_are_one_visit(app: TestApp) {
    let world = World::build(&app).await;
    let (branch, version) = first(&world);
    let (visit, body) = (id(), visit_body(branch.open_assignment, version));
    let send = |_| app.put(&world.staff.shopper, path(visit), body.clone()).into_future();
    let answers = join_all((0..64).map(send)).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.bytes), (201, &answers[0].bytes), "{answer}");
    }
    assert_eq!(how_many(&app).await, 8 + 1);
}

async fn of_many_contents_one_is_kept(app: TestApp) {
    let world = World::build(&app).await;
    let (branch, version) = first(&world);
    let visit = id();
    let bodies: Vec<_> = (0..32)
        .map(|number| {
            let mut body = visit_body(branch.open_assignment, version);
            body["ended_at"] = json!(format!("2026-03-14T09:40:{:02}Z", number / 2));
            body["answers"]["remarks"] = json!({"value": format!("{}", number / 4)});
            if number % 2 == 1 {
                body["answers"]["clean"] = json!({"not_applicable": true, "comment": "closed"});
            }
            body
        })
        .collect();
    let send = |body: &Value| app.put(&world.staff.shopper, path(visit), body.clone()).into_future();
    let answers = join_all(bodies.iter().map(send)).await;
    let kept: Vec<_> = (0..32).filter(|&number| answers[number].status == 201).collect();
    assert_eq!(kept.len(), 1, "exactly one");
    let kept = kept[0];
    for (number, answer) in answers.into_iter().enumerate().filter(|(number, _)| *number != kept) {
        let named = pointers(&answer.expect_problem(409, "visit_differs"));
        let mut wanted = BTreeSet::new();
        if number / 2 != kept / 2 {
            wanted.insert("/ended_at".to_owned());
        }
        if number / 4 != kept / 4 {
            wanted.insert("/answers/remarks/value".to_owned());
        }
        if number % 2 != kept % 2 {
            wanted
                .extend(["value", "not_applicable", "comment"].map(|name| format!("/answers/clean/{name}")));
        }
        assert_eq!(named, wanted, "{number} against {kept}");
    }
    let read = app.get(&world.staff.shopper, path(visit)).await.expect(200);
    assert_eq!(read.json["content"]["answers"], bodies[kept]["answers"]);
    assert_eq!(read.json["content"]["ended_at"], bodies[kept]["ended_at"]);
    assert_eq!(how_many(&app).await, 8 + 1);
}

async fn one_assignment_is_one_visit(app: TestApp) {
    let world = World::build(&app).await;
    let (branch, version) = first(&world);
    let shopper = &world.staff.shopper;
    let ids: Vec<VisitId> = (0..16).map(|_| id()).collect();
    let body = visit_body(branch.open_assignment, version);
    let send = |visit: &VisitId| app.put(shopper, path(*visit), body.clone()).into_future();
    let answers = join_all(ids.iter().map(send)).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for (visit, answer) in ids.iter().zip(answers).filter(|(_, answer)| answer.status != 201) {
        answer.expect_problem(409, "assignment_taken");
        send(visit).await.expect_problem(409, "assignment_taken");
        app.get(shopper, path(*visit)).await.expect_problem(404, "not_found");
    }
    assert_eq!(how_many(&app).await, 8 + 1);
    let another = world.brands[0].regions[0].branches[1].open_assignment;
    let body = visit_body(another, version);
    let refused = send(&branch.visit).await.expect_problem(409, "visit_differs");
    assert_eq!(pointers(&refused), ["/assignment_id".to_owned()].into());
    app.put(shopper, path(id()), body).await.expect(201);
}

async fn what_is_not_acceptable_is_refused_and_not_kept(app: TestApp) {
    let world = World::build(&app).await;
    let (branch, version) = first(&world);
    let (staff, brand, visit) = (&world.staff, &world.brands[0], id());
    let another = Persona::everywhere(&app, Role::Shopper).await;
    let theirs: AssignmentId = id();
    let given = assignment_body(branch.id, version, &another);
    app.put(&staff.scheduler, format!("/v1/assignments/{theirs}"), given).await.expect(201);
    let (_, other_version) = staff.checklist(&app, brand.id, content()).await;
    let (a, v) = ("assignment_id", "checklist_version_id");
    let refused: [(&str, Value, &[&str]); 24] = [
        (a, json!(theirs), &["/assignment_id"]),
        (a, json!(id::<()>()), &["/assignment_id"]),
        (a, json!("x"), &["/assignment_id"]),
        (v, json!(id::<()>()), &["/checklist_version_id"]),
        (v, json!(other_version), &["/checklist_version_id"]),
        (v, json!(world.brands[1].version), &["/checklist_version_id"]),
        ("started_at", json!("yesterday"), &["/started_at"]),
        ("started_at", json!("2026-02-30T23:59:59Z"), &["/started_at"]),
        ("ended_at", json!(1_773_568_800), &["/ended_at"]),
        ("score", json!(10_000), &["/score"]),
        ("answers", json!([]), &["/answers"]),
        ("answers", json!({}), &["/answers/greeted", "/answers/waited", "/answers/clean"]),
        ("answers/extra", json!({"value": true}), &["/answers/extra"]),
        ("answers/greeted", json!({"value": "yes"}), &["/answers/greeted/value"]),
        ("answers/greeted", json!({"value": 1.5}), &["/answers/greeted/value"]),
        ("answers/greeted", json!({"not_applicable": true}), &["/answers/greeted/not_applicable"]),
        ("answers/greeted", json!({"value": true, "points": 1}), &["/answers/greeted/points"]),
        (
            "answers/greeted",
            json!({"value": true, "comment": "x".repeat(2_001)}),
            &["/answers/greeted/comment"],
        ),
        ("answers/waited", json!({"value": "forever"}), &["/answers/waited/value"]),
        ("answers/waited", json!({"value": 0}), &["/answers/waited/value"]),
        ("answers/clean", json!({"value": 6}), &["/answers/clean/value"]),
        ("answers/clean", json!({"value": 3, "not_applicable": true}), &["/answers/clean"]),
        ("answers/clean", json!({"comment": "which?"}), &["/answers/clean"]),
        // A blank text is no answer.
        ("answers/greeted", json!({"value": " "}), &["/answers/greeted"]),
    ];
    for (at, value, wanted) in refused {
        let mut body = visit_body(branch.open_assignment, version);
        match at.strip_prefix("answers/") {
            Some(question) => body["answers"][question] = value,
            None => body[at] = value,
        }
        let answer = app.put(&staff.shopper, path(visit), body).await.expect_problem(422, "invalid");
        let named = pointers(&answer);
        let wanted: BTreeSet<_> = wanted.iter().map(|&pointer| pointer.to_owned()).collect();
        assert!(named == wanted, "wanted {wanted:?}, but {answer}");
        app.get(&staff.reviewer, path(visit)).await.expect_problem(404, "not_found");
    }
    for missing in [a, v, "started_at", "ended_at", "answers"] {
        let mut body = visit_body(branch.open_assignment, version);
        body.as_object_mut().unwrap().remove(missing);
        app.put(&staff.shopper, path(visit), body).await.expect_invalid(&format!("/{missing}"));
    }
    let several = json!({"greeted": {"value": 1}, "waited": {}, "extra": {"value": true}});
    let mut body = visit_body(branch.open_assignment, version);
    body["answers"] = several;
    let answer = app.put(&staff.shopper, path(visit), body).await.expect(422);
    let all = ["greeted/value", "waited", "extra", "clean"].map(|at| format!("/answers/{at}"));
    assert_eq!(pointers(&answer), all.into());

    assert_eq!(how_many(&app).await, 8);
    let good = visit_body(branch.open_assignment, version);
    app.put(&staff.shopper, path(visit), good).await.expect(201);
    // A visit that another shopper sent is not there for this one, whatever is sent.
    let mine = visit_body(theirs, version);
    app.put(&another, path(visit), mine).await.expect_problem(404, "not_found");
}

/// A visit counts when the phone says, but never before it could be made nor after it arrived (10:00 UTC on
/// 15 March 2026), and in the month that it then is in the branch.
async fn clocks_may_be_wrong(app: TestApp) {
    let world = World::build(&app).await;
    let istanbul = "Europe/Istanbul";
    let rows = [
        // the window, when the visit began and ended, the branch's time zone, the month it counts in
        ("2026-03-01 2026-04-01", "2026-03-14T09:00 2026-03-14T09:40", istanbul, "2026-03"),
        // Sent late, and made late.
        ("2026-01-01 2026-02-01", "2026-01-20T09:00 2026-01-20T09:40", istanbul, "2026-01"),
        ("2026-01-01 2026-02-01", "2026-02-10T09:00 2026-02-10T09:40", istanbul, "2026-02"),
        // Made early, as the phone has it; and before there was anything to be made.
        ("2026-03-10 2026-04-01", "2026-02-20T09:00 2026-02-20T09:40", istanbul, "2026-03"),
        ("2026-05-01 2026-06-01", "2026-02-20T09:00 2026-02-20T09:40", istanbul, "2026-03"),
        // A clock that was never set, one that is years ahead, one that went backwards.
        ("2026-02-01 2026-04-01", "1970-01-01T00:00 1970-01-01T00:40", istanbul, "2026-02"),
        ("2026-02-01 2026-04-01", "2031-01-01T00:00 2031-01-01T00:40", istanbul, "2026-03"),
        ("2026-01-01 2026-04-01", "2026-02-20T09:00 2025-02-20T09:00", istanbul, "2026-02"),
        // The same moment in two months, and the last and the first place where it is New Year.
        ("2026-01-01 2026-04-01", "2026-02-28T22:30 2026-02-28T23:00", istanbul, "2026-03"),
        ("2026-01-01 2026-04-01", "2026-02-28T22:30 2026-02-28T23:00", "America/Lima", "2026-02"),
        ("2025-12-01 2026-04-01", "2025-12-31T10:00 2025-12-31T10:30", "Pacific/Kiritimati", "2026-01"),
        ("2025-12-01 2026-04-01", "2026-01-01T11:30 2026-01-01T12:00", "Etc/GMT+12", "2025-12"),
    ];
    let midnight = |day: &str| format!("{day}T00:00:00Z");
    let minute = |time: &str| json!(format!("{time}:00Z"));
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let made = async |number: usize, (window, times, zone, month): (&str, &str, &str, &str)| {
        let (window, times) = (window.split_once(' ').unwrap(), times.split_once(' ').unwrap());
        let (branch, assignment, visit): (BranchId, AssignmentId, VisitId) = (id(), id(), id());
        let mut body = branch_body(brand.id, None, &format!("Branch {number}"));
        body["time_zone"] = json!(zone);
        app.put(&staff.administrator, format!("/v1/branches/{branch}"), body).await.expect(201);
        let body = assignment_body(branch, brand.version, &staff.shopper);
        app.put(&staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
        window_was(&app, assignment, &midnight(window.0), &midnight(window.1)).await;
        let mut body = visit_body(assignment, brand.version);
        (body["started_at"], body["ended_at"]) = (minute(times.0), minute(times.1));
        app.put(&staff.shopper, path(visit), body.clone()).await.expect(201);
        let read = app.get(&staff.shopper, path(visit)).await.expect(200);
        assert_eq!(read.json["content"], body, "what the phone says is kept as it is");
        approve(&app, &staff.reviewer, visit).await.expect(200);
        for months in [format!("from={month}&to={month}"), "from=2022-01&to=2031-12".to_owned()] {
            let score = app.get(&staff.administrator, format!("/v1/branches/{branch}/score?{months}")).await;
            assert_eq!(score.json["visits"], 1, "row {number}: {score}");
        }
    };
    join_all(rows.into_iter().enumerate().map(|(number, row)| made(number, row))).await;
}

async fn a_visit_is_seen_by_its_shopper_and_by_those_who_review(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let (branch, version) = first(&world);
    let rows = [
        (Persona::with(&app, &[(Role::Reviewer, own.branch_scope(0, 0))]).await, 200),
        (world.staff.administrator.clone(), 200),
        (world.staff.shopper.clone(), 200),
        (Persona::everywhere(&app, Role::Shopper).await, 404),
        (Persona::with(&app, &[(Role::Shopper, own.branch_scope(0, 0))]).await, 404),
        (Persona::with(&app, &[(Role::Reviewer, own.branch_scope(0, 1))]).await, 404),
        (Persona::with(&app, &[(Role::Reviewer, other.scope())]).await, 404),
        (Persona::with(&app, &[(Role::Manager, own.branch_scope(0, 0))]).await, 403),
        (Persona::with(&app, &[(Role::Hr, own.scope())]).await, 403),
        // An auditor reads who decided what, and nothing of content.
        (Persona::with(&app, &[(Role::Auditor, own.scope())]).await, 403),
        (world.staff.scheduler.clone(), 403),
    ];
    for (who, status) in &rows {
        app.get(who, path(branch.visit)).await.expect(*status);
        app.get(who, format!("{}/score", path(branch.visit))).await.expect(*status);
    }
    let read = app.get(&world.staff.shopper, path(branch.visit)).await.expect(200);
    let body = visit_body(branch.assignment, version);
    let hash = read.text("/content_hash");
    let wanted = json!({"id": branch.visit, "brand_id": own.id, "branch_id": branch.id,
        "shopper_id": world.staff.shopper.account, "state": "complete", "score": 10_000, "content_hash": hash,
        "received_at": "2026-03-15T10:00:00Z", "completed_at": "2026-03-15T10:00:00Z", "revision": 0, "revised_at": null, "content": body,
        "salts": read.json["salts"], "erased": {}});
    assert_eq!(read.json, wanted);
    let again = || app.get(&world.staff.shopper, path(branch.visit)).header("if-none-match", read.etag());
    again().await.expect(304);
    approve(&app, &world.staff.reviewer, branch.visit).await.expect(200);
    assert_eq!(again().await.expect(200).text("/state"), "approved");
}

async fn a_score_explains_itself(app: TestApp) {
    let world = World::build(&app).await;
    let branch = &world.brands[0].regions[0].branches[0];
    let mut strict = content();
    strict["sections"][0]["questions"][0]["critical"] = json!({"effect": "cap", "score": 6_000});
    strict["sections"][1]["questions"][1]["required"] = json!(true);
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, strict).await;
    let assignment = world.staff.assignment(&app, branch.id, version).await;
    let (visit, mut body) = (id(), visit_body(assignment, version));
    body["answers"] = json!({"greeted": {"value": false}, "waited": {"value": "short"},
        "clean": {"not_applicable": true}, "remarks": {"value": "None."}});
    let kept = app.put(&world.staff.shopper, path(visit), body).await.expect(201);
    assert_eq!(kept.json["score"], 6_000);
    let explained = app.get(&world.staff.reviewer, format!("{}/score", path(visit))).await.expect(200);
    let cap = json!({"effect": "cap", "score": 6_000});
    let question = |section: &str, key: &str, weight: u16, earned: u16, possible: u16, why: &str| {
        json!({"section": section, "question": key, "weight": weight, "earned": earned, "possible": possible,
            "bonus": false, "why": why})
    };
    let with = |mut line: Value, more: Value| {
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    };
    let greeted = with(
        question("arrival", "greeted", 2, 0, 2, "answered"),
        json!({"points": 0, "most_points": 1, "score": 0, "triggered": cap,
            "because": {"by": "expected", "expected": "yes", "given": "no"}}),
    );
    let waited = with(
        question("arrival", "waited", 1, 10, 10, "answered"),
        json!({"points": 10, "most_points": 10, "score": 10_000,
            "because": {"by": "options", "chosen": [{"option": "short", "points": 10}]}}),
    );
    let clean = with(question("table", "clean", 1, 0, 0, "not_applicable"), json!({"most_points": 4}));
    assert_eq!(
        explained.json,
        json!({
            "overall": {"earned": 10, "possible": 12, "before_effects": 8_333, "score": 6_000},
            "sections": [
                {"key": "arrival",
                    "figures": {"earned": 10, "possible": 12, "before_effects": 8_333, "score": 8_333}},
                {"key": "table", "figures": {"earned": 0, "possible": 0}},
            ],
            // The questions name no standards.
            "dimensions": [], "sides": [], "standards": [],
            "questions": [
                greeted,
                waited,
                clean,
                question("table", "remarks", 1, 0, 0, "carries_no_points"),
            ],
            "effects": [{"question": "greeted", "effect": cap}],
        })
    );
}

/// An assignment, and what the model says became of it.
struct Case {
    assignment: AssignmentId,
    kept: Option<Kept>,
}

struct Kept {
    visit: VisitId,
    body: Value,
    facts: Value,
    state: State,
}

async fn a_random_schedule_ends_as_the_model_says(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, mut cases) = (&world.brands[0], Vec::new());
    for number in 0..24 {
        let branch = &brand.regions[number % 2].branches[number / 2 % 2];
        let assignment = world.staff.assignment(&app, branch.id, brand.version).await;
        cases.push(Case { assignment, kept: None });
    }
    let mut dice = Dice::seeded(2_026);
    for _ in 0..300 {
        app.advance(1);
        let case = dice.roll(cases.len() as u64) as usize;
        cases[case].step(&app, &world, &mut dice).await;
    }

    let mut waiting: BTreeSet<_> = world
        .brands
        .iter()
        .flat_map(|brand| &brand.regions)
        .flat_map(|region| &region.branches)
        .map(|branch| branch.visit.to_string())
        .collect();
    for Case { kept, .. } in &cases {
        let Some(kept) = kept else { continue };
        let read = app.get(&world.staff.reviewer, path(kept.visit)).await.expect(200);
        assert_eq!(read.text("/state"), kept.state.as_str(), "{read}");
        assert_eq!(read.json["content"], kept.body);
        if kept.state == State::Complete {
            waiting.insert(kept.visit.to_string());
        }
    }
    let queue = app.get(&world.staff.reviewer, "/v1/reviews?limit=200").await.expect(200);
    let queue = queue.json["items"].as_array().unwrap();
    let queue: BTreeSet<_> = queue.iter().map(|item| item["visit_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(queue, waiting);
    let in_state =
        |state| cases.iter().flat_map(|case| &case.kept).filter(|kept| kept.state == state).count();
    let ends = [State::Complete, State::Approved, State::Rejected].map(in_state);
    assert!(ends.iter().all(|&count| count > 0), "the schedule reaches every end: {ends:?}");
    let score =
        app.get(&world.staff.administrator, format!("/v1/brands/{}/score", brand.id)).await.expect(200);
    assert_eq!(score.json["visits"], ends[1]);
    let verified = verified(&app).await;
    assert!(verified.is_right(), "{:?}", verified.differences);
    assert_eq!((verified.visits, verified.counted), (8 + ends.iter().sum::<usize>() as u64, ends[1] as u64));
}

impl Case {
    /// Sends one thing or another, and holds the answer to what the model says.
    async fn step(&mut self, app: &TestApp, world: &World, dice: &mut Dice) {
        let (staff, body) = (&world.staff, self.random_body(world, dice));
        let send = |visit, body: &Value| app.put(&staff.shopper, path(visit), body.clone());
        match (dice.roll(8), &mut self.kept) {
            (0..5, None) => {
                let visit = id();
                let facts = facts(&send(visit, &body).await.expect(201));
                self.kept = Some(Kept { visit, body, facts, state: State::Complete });
            }
            (_, None) => {
                approve(app, &staff.reviewer, id()).await.expect_problem(404, "not_found");
            }
            (0, Some(_)) => {
                send(id(), &body).await.expect_problem(409, "assignment_taken");
            }
            (1 | 2, Some(kept)) => {
                let again = send(kept.visit, &kept.body).await.expect(201);
                assert_eq!(
                    (again.text("/state").as_str(), facts(&again)),
                    (kept.state.as_str(), kept.facts.clone())
                );
            }
            (3, Some(kept)) => {
                let mut altered = kept.body.clone();
                altered["answers"]["remarks"]["value"] = body["started_at"].clone();
                let refused = send(kept.visit, &altered).await.expect_problem(409, "visit_differs");
                assert_eq!(pointers(&refused), ["/answers/remarks/value".to_owned()].into());
            }
            (4, Some(kept)) => {
                let mut altered = kept.body.clone();
                altered["answers"].as_object_mut().unwrap().remove("remarks");
                altered["ended_at"] = json!("2026-03-14T23:00:00Z");
                let refused = send(kept.visit, &altered).await.expect_problem(409, "visit_differs");
                assert_eq!(pointers(&refused), ["/answers/remarks", "/ended_at"].map(str::to_owned).into());
            }
            (step, Some(kept)) => {
                let decide = if step == 5 { reject } else { approve };
                let (decided, wanted) = (
                    decide(app, &staff.reviewer, kept.visit).await,
                    if step == 5 { State::Rejected } else { State::Approved },
                );
                if kept.state == State::Complete {
                    assert_eq!(decided.expect(200).text("/state"), wanted.as_str());
                    kept.state = wanted;
                } else if kept.state == wanted {
                    assert_eq!(decided.expect(200).text("/state"), wanted.as_str(), "the same again");
                } else {
                    decided.expect_problem(409, "wrong_state");
                }
            }
        }
    }

    fn random_body(&self, world: &World, dice: &mut Dice) -> Value {
        let mut body = visit_body(self.assignment, world.brands[0].version);
        body["started_at"] = json!(format!("2026-0{}-14T09:00:00Z", 1 + dice.roll(3)));
        let waited = if dice.roll(2) == 0 { "short" } else { "long" };
        let clean = match dice.roll(6) {
            0 => json!({"not_applicable": true}),
            clean => json!({"value": clean}),
        };
        body["answers"] = json!({"greeted": {"value": dice.roll(2) == 0},
            "waited": {"value": waited}, "clean": clean,
            "remarks": {"value": format!("Remark {}", dice.roll(1_000))}});
        body
    }
}
