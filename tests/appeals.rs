//! Appeals: objections to answers of reports, what both sides say, what the shopper is asked, and what follows.

mod figures;

use actix_web::http::Method;
use futures_util::future::join_all;
use incognito::{
    accounts::model::Role,
    ids::{AppealId, ReportId, VersionId, VisitId},
    reports::{finish::FinishVisits, store},
    reviews::second_opinions::{self, model::SecondOpinion},
    visits::state::State,
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, content, visit_body},
    ledger::all_is_right,
    personas::Persona,
    reports::{employee, inform, release_all, report},
    reviews::approve,
    visits::path,
};

each_engine_test!(
    an_appeal_is_upheld_and_all_figures_follow,
    what_is_declined_stays,
    what_cannot_be_appealed_against_has_its_place,
    the_time_to_appeal_ends,
    what_cannot_be_upheld_changes_nothing,
    what_a_correction_brings_up_is_corrected_as_well,
    who_owes_a_second_opinion_gives_that_first,
    both_sides_talk_and_neither_learns_who_the_other_is,
    the_shopper_is_asked_and_nobody_else_learns_of_it,
    files_are_attached,
    an_appeal_is_taken_back_or_ends_with_its_report,
    until_the_night_a_decision_changes_nothing_for_the_branch,
    appeals_are_listed_and_counted,
    one_of_many_decisions_stands,
);

/// From ten o'clock UTC to a quarter past three in Istanbul.
const TO_THE_NIGHT: i64 = 14 * 3_600 + 900;
pub const DAY: i64 = 86_400;

/// A visit whose report is out, and who argues about it.
pub struct Case {
    pub world: World,
    pub visit: VisitId,
    pub report: ReportId,
    pub manager: Persona,
    pub reviewer: Persona,
}

impl Case {
    pub async fn new(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let version = world.brands[0].version;
        Self::under(app, world, version).await
    }

    /// The same under this version.
    async fn under(app: &TestApp, world: World, version: VersionId) -> Self {
        let (brand, staff) = (&world.brands[0], &world.staff);
        let visit: VisitId = id();
        let to = staff.assignment(app, brand.regions[0].branches[0].id, version).await;
        let mut body = visit_body(to, version);
        body["answers"]["greeted"] = json!({"value": false, "comment": "Nobody looked up."});
        body["answers"]["clean"] = json!({"value": 1});
        app.put(&staff.shopper, path(visit), body).await.expect(201);
        approve(app, &staff.reviewer, visit).await.expect(200);
        release_all(app).await;
        let manager = Persona::with(app, &[(Role::Manager, brand.branch_scope(0, 0))]).await;
        let report = app.db().read(move |conn| store::of_visit(conn, visit)).await.unwrap().unwrap().id;
        let reviewer = Persona::everywhere(app, Role::Reviewer).await;
        Self { world, visit, report, manager, reviewer }
    }

    /// So that who signed in goes on being so after a long time.
    fn renewed(&mut self, app: &TestApp) {
        for one in [
            &mut self.manager,
            &mut self.reviewer,
            &mut self.world.staff.shopper,
            &mut self.world.staff.reviewer,
            &mut self.world.staff.administrator,
        ] {
            *one = one.clone().renewed(app);
        }
    }

    fn wait(&mut self, app: &TestApp, seconds: i64) {
        app.advance(seconds);
        self.renewed(app);
    }

    async fn file(&self, app: &TestApp, questions: &[&str]) -> AppealId {
        let appeal = id();
        self.put(app, appeal, questions).await.expect(201);
        appeal
    }

    async fn put(&self, app: &TestApp, appeal: AppealId, questions: &[&str]) -> Answer {
        app.put(&self.manager, self.path(appeal), appeal_body(questions)).await
    }

    fn path(&self, appeal: AppealId) -> String {
        format!("/v1/reports/{}/appeals/{appeal}", self.report)
    }

    async fn uphold(&self, app: &TestApp, appeal: AppealId, answers: Value) -> Answer {
        let body = json!({"answers": answers, "reason": "The camera shows it."});
        app.post(&self.reviewer, format!("/v1/appeals/{appeal}/uphold"), body).await
    }

    async fn decline(&self, app: &TestApp, appeal: AppealId) -> Answer {
        let body = json!({"reason": "The photo shows it."});
        app.post(&self.reviewer, format!("/v1/appeals/{appeal}/decline"), body).await
    }

    /// As the branch's side sees it.
    async fn shown(&self, app: &TestApp, appeal: AppealId) -> Value {
        app.get(&self.manager, format!("/v1/appeals/{appeal}")).await.expect(200).json
    }

    async fn report(&self, app: &TestApp) -> Value {
        report(app, &self.manager, &json!(self.report)).await
    }

    async fn say(&self, app: &TestApp, who: &Persona, appeal: AppealId, text: &str) -> Answer {
        let of_desk = if who.account == self.manager.account { "" } else { "reviews/" };
        let path = format!("/v1/{of_desk}appeals/{appeal}/messages/{}", id::<()>());
        app.put(who, path, json!({"text": text})).await
    }

    /// What desks see of the brand.
    async fn mean(&self, app: &TestApp) -> Value {
        let path = format!("/v1/brands/{}/score", self.world.brands[0].id);
        app.get(&self.world.staff.administrator, path).await.expect(200).json["score"].clone()
    }
}

pub fn appeal_body(questions: &[&str]) -> Value {
    let one = |key: &&str| json!({"question": key, "words": "It was otherwise."});
    json!({"questions": questions.iter().map(one).collect::<Vec<_>>()})
}

/// The same person, who is a reviewer as well from now on.
async fn as_reviewer(app: &TestApp, case: &Case, who: &Persona) -> Persona {
    let body = json!({"role": "reviewer", "scope": {"brand_id": case.world.brands[0].id}});
    let path = format!("/v1/accounts/{}/grants/{}", who.account, id::<()>());
    app.put(&case.world.staff.administrator, path, body).await.expect(201);
    who.clone().renewed(app)
}

fn question<'v>(report: &'v Value, key: &str) -> &'v Value {
    let sections = report["content"]["sections"].as_array().unwrap().iter();
    let mut questions = sections.flat_map(|section| section["questions"].as_array().unwrap());
    questions.find(|one| one["question"] == key).unwrap()
}

async fn an_appeal_is_upheld_and_all_figures_follow(app: TestApp) {
    let mut case = Case::new(&app).await;
    let before = case.report(&app).await;
    assert_eq!(before["appeal_until"], "2026-03-29");
    assert_eq!(case.mean(&app).await, 6_250, "10 of 16");
    let appeal = case.file(&app, &["greeted", "clean"]).await;
    case.put(&app, appeal, &["greeted", "clean"]).await.expect(200);
    let filed = case.shown(&app, appeal).await;
    assert_eq!((&filed["status"], &filed["waits_for"]), (&json!("open"), &json!("reviewers")));
    assert_eq!(filed["decide_by"], "2026-03-22T10:00:00Z");

    let upheld = case.uphold(&app, appeal, json!({"greeted": {"value": true}})).await.expect(200);
    assert_eq!(upheld.json["status"], "upheld");
    assert_eq!(upheld.json["shown_from"], "2026-03-16T00:00:00Z", "three o'clock in Istanbul");
    let again = case.uphold(&app, appeal, json!({"greeted": {"value": true}})).await.expect(200);
    assert_eq!(again.bytes, upheld.bytes);
    // Desks see it at once.
    let seen = app.get(&case.reviewer, path(case.visit)).await.expect(200);
    assert_eq!((seen.text("/state"), &seen.json["revision"]), ("released".to_owned(), &json!(1)));
    assert_eq!(
        seen.json["content"]["answers"]["greeted"],
        json!({"value": true, "comment": "Nobody looked up."})
    );
    assert_eq!(case.mean(&app).await, 7_500, "12 of 16");
    // The branch's side does with the next night.
    assert_eq!(case.report(&app).await, before);
    assert_eq!(case.shown(&app, appeal).await, filed);
    let listed = app.get(&case.manager, "/v1/reports").await.expect(200);
    assert_eq!(listed.json["items"][0]["score"], before["content"]["overall"]["score"]);
    case.put(&app, id(), &["waited"]).await.expect_problem(409, "wrong_state");
    all_is_right(&app).await;

    case.wait(&app, TO_THE_NIGHT);
    let after = case.report(&app).await;
    let changed = question(&after, "greeted");
    assert_eq!((&changed["answer"]["value"], &changed["corrected"]), (&json!(true), &json!(true)));
    assert_eq!(changed["comment"], "Nobody looked up.");
    assert_eq!(question(&after, "clean")["corrected"], false);
    assert_eq!(after["content"]["overall"]["score"], case.mean(&app).await);
    let listed = app.get(&case.manager, "/v1/reports").await.expect(200);
    assert_eq!(listed.json["items"][0]["score"], after["content"]["overall"]["score"]);
    let learned = case.shown(&app, appeal).await;
    assert_eq!((&learned["status"], &learned["reason"]), (&json!("upheld"), &json!("The camera shows it.")));
    assert_eq!(
        (&learned["questions"][0]["upheld"], &learned["questions"][1]["upheld"]),
        (&json!(true), &json!(false))
    );

    // The shopper learns it, and the first answer is kept beside.
    let shopper = &case.world.staff.shopper;
    let revisions = app.get(shopper, format!("{}/revisions", path(case.visit))).await.expect(200);
    assert_eq!(revisions.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(revisions.json["items"][0]["asked"], Value::Null);
    let mine = app.get(shopper, "/v1/me/visits").await.expect(200);
    assert_eq!(mine.json["items"][0]["grades"]["accuracy"]["grade"], 75);
    // A phone that asks for a revision that nobody asked of it changes nothing.
    let revision = json!({"answers": {"greeted": {"value": false}}});
    let sent = app.put(shopper, format!("{}/revisions/1", path(case.visit)), revision).await;
    sent.expect_problem(409, "wrong_state");
    // What was decided is not argued about again; the rest is.
    case.put(&app, id(), &["greeted"]).await.expect_invalid("/questions/0/question");
    let second = case.file(&app, &["waited"]).await;
    case.uphold(&app, second, json!({"waited": {"value": "long"}})).await.expect(200);
    case.wait(&app, DAY);
    let last = case.report(&app).await;
    assert_eq!(
        (question(&last, "waited")["corrected"].clone(), question(&last, "greeted")["corrected"].clone()),
        (json!(true), json!(true))
    );
    assert_eq!(case.mean(&app).await, 1_250, "2 of 16");
    all_is_right(&app).await;
}

async fn what_is_declined_stays(app: TestApp) {
    let mut case = Case::new(&app).await;
    let (before, mean) = (case.report(&app).await, case.mean(&app).await);
    let appeal = case.file(&app, &["greeted"]).await;
    let filed = case.shown(&app, appeal).await;
    let declined = case.decline(&app, appeal).await.expect(200);
    assert_eq!(declined.json["status"], "declined");
    assert_eq!(case.decline(&app, appeal).await.expect(200).bytes, declined.bytes, "the same again");
    case.uphold(&app, appeal, json!({"greeted": {"value": true}})).await.expect_problem(409, "wrong_state");
    assert_eq!(case.shown(&app, appeal).await, filed);
    case.wait(&app, TO_THE_NIGHT);
    let learned = case.shown(&app, appeal).await;
    assert_eq!((&learned["status"], &learned["questions"][0]["upheld"]), (&json!("declined"), &json!(false)));
    assert_eq!((case.report(&app).await, case.mean(&app).await), (before, mean));
    case.put(&app, id(), &["greeted"]).await.expect_invalid("/questions/0/question");
    all_is_right(&app).await;
}

async fn what_cannot_be_appealed_against_has_its_place(app: TestApp) {
    let case = Case::new(&app).await;
    case.put(&app, id(), &["greeted", "nothing", "greeted"]).await.expect_invalid("/questions/1/question");
    case.put(&app, id(), &["greeted", "greeted"]).await.expect_invalid("/questions/1/question");
    case.put(&app, id(), &[]).await.expect_invalid("/questions");
    let mut body = appeal_body(&["greeted"]);
    body["questions"][0]["words"] = json!("");
    app.put(&case.manager, case.path(id()), body).await.expect_invalid("/questions/0/words");
    let elsewhere = Persona::with(&app, &[(Role::Manager, case.world.brands[0].branch_scope(0, 1))]).await;
    app.put(&elsewhere, case.path(id()), appeal_body(&["greeted"])).await.expect_problem(404, "not_found");
    let appeal = case.file(&app, &["greeted"]).await;
    case.put(&app, appeal, &["clean"]).await.expect_problem(409, "conflict");
    case.put(&app, id(), &["clean"]).await.expect_problem(409, "wrong_state");
    app.get(&elsewhere, format!("/v1/appeals/{appeal}")).await.expect_problem(404, "not_found");
    all_is_right(&app).await;
}

async fn the_time_to_appeal_ends(app: TestApp) {
    let mut case = Case::new(&app).await;
    // The last evening, by the clocks of the branch.
    case.wait(&app, 14 * DAY + 10 * 3_600);
    let appeal = case.file(&app, &["greeted"]).await;
    case.wait(&app, 2 * 3_600);
    case.put(&app, id(), &["clean"]).await.expect_problem(409, "wrong_state");
    // As long as it is open the visit does not become final.
    case.wait(&app, 3 * DAY + 2 * 3_600 + 900);
    FinishVisits {}.run(app.app(), &()).await.unwrap();
    assert_eq!(app.get(&case.reviewer, path(case.visit)).await.expect(200).text("/state"), "released");
    case.decline(&app, appeal).await.expect(200);
    case.wait(&app, DAY);
    FinishVisits {}.run(app.app(), &()).await.unwrap();
    assert_eq!(app.get(&case.reviewer, path(case.visit)).await.expect(200).text("/state"), "final");
    case.put(&app, id(), &["clean"]).await.expect_problem(409, "wrong_state");
    assert_eq!(case.report(&app).await["appeal_until"], Value::Null);
    all_is_right(&app).await;
}

async fn what_cannot_be_upheld_changes_nothing(app: TestApp) {
    let case = Case::new(&app).await;
    let appeal = case.file(&app, &["greeted", "waited"]).await;
    for (answers, place) in [
        (json!({"clean": {"value": 5}}), "/answers/clean"),
        (json!({"greeted": {"value": false}}), "/answers/greeted"),
        (json!({"greeted": {"value": "yes"}}), "/answers/greeted/value"),
        (json!({"greeted": {"value": true, "comment": "It was so."}}), "/answers/greeted/comment"),
        (json!({"greeted": {"not_applicable": true}}), "/answers/greeted/not_applicable"),
        (json!({"waited": {"value": "very_long"}}), "/answers/waited/value"),
        (json!({}), "/answers"),
    ] {
        case.uphold(&app, appeal, answers).await.expect_invalid(place);
    }
    let answers = json!({"answers": {"greeted": {"value": true}}, "reason": "It was so."});
    let of_manager = app.post(&case.manager, format!("/v1/appeals/{appeal}/uphold"), answers.clone()).await;
    of_manager.expect_problem(403, "forbidden");
    // Neither who made the visit nor who filed the appeal decides about it.
    let shopper = as_reviewer(&app, &case, &case.world.staff.shopper).await;
    let decided = app.post(&shopper, format!("/v1/appeals/{appeal}/uphold"), answers.clone()).await;
    decided.expect_problem(403, "forbidden");
    app.get(&shopper, format!("/v1/reviews/appeals/{appeal}")).await.expect_problem(403, "forbidden");
    let both = as_reviewer(&app, &case, &case.manager).await;
    let decided = app.post(&both, format!("/v1/appeals/{appeal}/uphold"), answers).await;
    decided.expect_problem(403, "forbidden");
    assert_eq!(app.get(&case.reviewer, path(case.visit)).await.expect(200).json["revision"], 0);
    assert_eq!(case.shown(&app, appeal).await["status"], "open");
    all_is_right(&app).await;
}

/// A checklist that asks one question more of who was greeted.
fn asking_more() -> Value {
    let mut content = content();
    let more = json!({"key": "by_name", "text": {"en": "By name?"}, "weight": 4, "answer": {"kind": "yes_no"},
        "show_when": {"===": [{"var": "greeted"}, true]}});
    content["sections"][0]["questions"].as_array_mut().unwrap().push(more);
    content
}

async fn what_a_correction_brings_up_is_corrected_as_well(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, asking_more()).await;
    let mut case = Case::under(&app, world, version).await;
    let appeal = case.file(&app, &["greeted", "waited"]).await;
    let (greeted, by_name) = (json!({"value": true}), json!({"value": false}));
    let alone = case.uphold(&app, appeal, json!({"greeted": greeted})).await;
    alone.expect_invalid("/answers/by_name");
    let hidden = json!({"waited": {"value": "long"}, "by_name": by_name});
    case.uphold(&app, appeal, hidden).await.expect_invalid("/answers/by_name");
    let both = json!({"greeted": greeted, "by_name": by_name});
    case.uphold(&app, appeal, both.clone()).await.expect(200);
    case.uphold(&app, appeal, both).await.expect(200);
    case.wait(&app, DAY);
    let seen = case.report(&app).await;
    let of = |key: &str| question(&seen, key)["corrected"].clone();
    assert_eq!([of("greeted"), of("by_name"), of("waited")], [json!(true), json!(true), json!(false)]);
    all_is_right(&app).await;
}

async fn who_owes_a_second_opinion_gives_that_first(app: TestApp) {
    let case = Case::new(&app).await;
    let appeal = case.file(&app, &["greeted"]).await;
    let wanted = SecondOpinion {
        visit_id: case.visit,
        brand_id: case.world.brands[0].id,
        first_state: State::Approved,
        first_reviewer_id: Some(case.world.staff.reviewer.account),
        reviewer_id: None,
        state: None,
        reason: None,
        given_at: None,
        revision: 1,
        created_at: app.now(),
    };
    app.db().write(move |conn| second_opinions::store::insert(conn, &wanted)).await.unwrap();
    let address = format!("/v1/reviews/appeals/{appeal}");
    app.get(&case.reviewer, &address).await.expect_problem(409, "wrong_state");
    case.decline(&app, appeal).await.expect_problem(409, "wrong_state");
    case.uphold(&app, appeal, json!({"greeted": {"value": true}})).await.expect_problem(409, "wrong_state");
    // Who approved the visit knows.
    app.get(&case.world.staff.reviewer, &address).await.expect(200);
    let opinion = json!({"decision": "approve"});
    app.put(&case.reviewer, path(case.visit) + "/review/second-opinion", opinion).await.expect(200);
    case.decline(&app, appeal).await.expect(200);
}

async fn both_sides_talk_and_neither_learns_who_the_other_is(app: TestApp) {
    let case = Case::new(&app).await;
    let appeal = case.file(&app, &["greeted"]).await;
    let one = format!("/v1/appeals/{appeal}/messages/{}", id::<()>());
    app.put(&case.manager, &one, json!({"text": "The whole team was at the door."})).await.expect(201);
    app.put(&case.manager, &one, json!({"text": "The whole team was at the door."})).await.expect(200);
    app.put(&case.manager, &one, json!({"text": "It was not."})).await.expect_problem(409, "conflict");
    app.advance(1);
    case.say(&app, &case.reviewer, appeal, "Which of them?").await.expect(201);
    assert_eq!(case.shown(&app, appeal).await["waits_for"], "branch");
    app.advance(1);
    case.say(&app, &case.manager, appeal, "All.").await.expect(201);
    assert_eq!(case.shown(&app, appeal).await["waits_for"], "reviewers");
    let seen = app.get(&case.manager, format!("/v1/appeals/{appeal}/messages")).await.expect(200);
    let sides: Vec<_> =
        seen.json["items"].as_array().unwrap().iter().map(|one| one["side"].clone()).collect();
    assert_eq!(sides, ["branch", "reviewers", "branch"]);
    assert_eq!(seen.json["items"][1]["name"], Value::Null);
    assert!(!seen.json.to_string().contains(&case.reviewer.account.to_string()));
    let signed = app.get(&case.reviewer, format!("/v1/reviews/appeals/{appeal}/messages")).await.expect(200);
    assert_eq!(signed.json["items"][1]["account_id"], json!(case.reviewer.account));
    // An employee reads it as far as staff were informed, and says nothing.
    let employee = employee(&app, &case.world, "1").await;
    app.get(&employee, format!("/v1/appeals/{appeal}")).await.expect_problem(404, "not_found");
    inform(&app, &case.world, "branch").await;
    app.get(&employee, format!("/v1/appeals/{appeal}")).await.expect(200);
    let words = json!({"text": "I was at the door."});
    let path = format!("/v1/appeals/{appeal}/messages/{}", id::<()>());
    app.put(&employee, path, words).await.expect_problem(403, "forbidden");
    // The one who made the visit does not answer for the reviewers.
    let shopper = as_reviewer(&app, &case, &case.world.staff.shopper).await;
    case.say(&app, &shopper, appeal, "It was so.").await.expect_problem(403, "forbidden");
    case.decline(&app, appeal).await.expect(200);
    case.say(&app, &case.reviewer, appeal, "So it is.").await.expect_problem(409, "wrong_state");
    // The branch does not know yet.
    case.say(&app, &case.manager, appeal, "Is anybody there?").await.expect(201);
    app.advance(DAY);
    let manager = case.manager.clone().renewed(&app);
    case.say(&app, &manager, appeal, "Pity.").await.expect_problem(409, "wrong_state");
    all_is_right(&app).await;
}

async fn the_shopper_is_asked_and_nobody_else_learns_of_it(app: TestApp) {
    let case = Case::new(&app).await;
    let appeal = case.file(&app, &["greeted", "clean"]).await;
    let before = case.shown(&app, appeal).await;
    let inquiry = id::<incognito::ids::Inquiry>();
    let path_of = |inquiry: &dyn std::fmt::Display| format!("/v1/appeals/{appeal}/inquiries/{inquiry}");
    let body = json!({"questions": ["greeted"], "text": "Where did you stand when you came in?"});
    app.put(&case.reviewer, path_of(&inquiry), body.clone()).await.expect(201);
    app.put(&case.reviewer, path_of(&inquiry), body.clone()).await.expect(200);
    let mut other = body.clone();
    other["questions"] = json!(["waited"]);
    app.put(&case.reviewer, path_of(&id::<()>()), other.clone()).await.expect_invalid("/questions/0");
    app.put(&case.reviewer, path_of(&inquiry), other).await.expect_problem(409, "conflict");
    assert_eq!(case.shown(&app, appeal).await, before, "the branch's side does not see whom it waits for");
    let desk =
        async || app.get(&case.reviewer, format!("/v1/reviews/appeals/{appeal}")).await.expect(200).json;
    assert_eq!(desk().await["waits_for"], "shopper");
    let shopper = &case.world.staff.shopper;
    let mine = app.get(shopper, "/v1/me/inquiries").await.expect(200);
    let wanted = json!({"id": inquiry, "visit_id": case.visit, "questions": ["greeted"],
        "text": "Where did you stand when you came in?", "asked_at": "2026-03-15T10:00:00Z",
        "answer_by": "2026-03-18T10:00:00Z", "answer": null});
    assert_eq!(mine.json["items"], json!([wanted]), "nothing of the appeal, and of who asks");
    let answer = format!("/v1/me/inquiries/{inquiry}/answer");
    let other = Persona::everywhere(&app, Role::Shopper).await;
    let words = json!({"answer": "By the window."});
    app.put(&other, &answer, words.clone()).await.expect_problem(404, "not_found");
    app.put(shopper, &answer, words.clone()).await.expect(200);
    app.put(shopper, &answer, words).await.expect(200);
    app.put(shopper, &answer, json!({"answer": "By the door."})).await.expect_problem(409, "conflict");
    let seen = desk().await;
    assert_eq!(
        (&seen["waits_for"], &seen["inquiries"][0]["answer"]),
        (&json!("reviewers"), &json!("By the window."))
    );
    assert_eq!(case.shown(&app, appeal).await, before);
    let late = id::<()>();
    app.put(&case.reviewer, path_of(&late), body).await.expect(201);
    case.decline(&app, appeal).await.expect(200);
    let words = json!({"answer": "By the window."});
    app.put(shopper, format!("/v1/me/inquiries/{late}/answer"), words)
        .await
        .expect_problem(409, "wrong_state");
    all_is_right(&app).await;
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nany picture";

async fn files_are_attached(app: TestApp) {
    let case = Case::new(&app).await;
    let appeal = case.file(&app, &["greeted"]).await;
    let path_of = |file: &dyn std::fmt::Display| format!("/v1/appeals/{appeal}/files/{file}");
    let attach = async |file: &dyn std::fmt::Display, kind: &str, bytes: &[u8]| {
        app.call(Method::PUT, path_of(file)).by(&case.manager).body(kind, bytes.to_vec()).await
    };
    let file = id::<()>();
    let kept = attach(&file, "image/png", PNG).await.expect(201);
    assert_eq!(kept.json["media_type"], "image/png");
    attach(&file, "application/octet-stream", PNG).await.expect(200);
    attach(&file, "application/pdf", b"%PDF-1.7").await.expect_problem(409, "conflict");
    attach(&id::<()>(), "image/png", b"GIF89a").await.expect_invalid("");
    attach(&id::<()>(), "application/pdf", PNG).await.expect_problem(415, "unsupported_media_type");
    assert_eq!(case.shown(&app, appeal).await["files"], json!([file]));
    for who in [&case.manager, &case.reviewer] {
        let seen = app.get(who, format!("/v1/appeal-files/{file}")).await.expect(200);
        assert_eq!((&seen.bytes[..], seen.header("content-type")), (PNG, "image/png"));
    }
    let elsewhere = Persona::with(&app, &[(Role::Manager, case.world.brands[0].branch_scope(0, 1))]).await;
    app.get(&elsewhere, format!("/v1/appeal-files/{file}")).await.expect_problem(404, "not_found");
    for _ in 1..10 {
        attach(&id::<()>(), "image/png", PNG).await.expect(201);
    }
    attach(&id::<()>(), "image/png", PNG).await.expect_problem(409, "wrong_state");
    all_is_right(&app).await;
}

async fn an_appeal_is_taken_back_or_ends_with_its_report(app: TestApp) {
    let mut case = Case::new(&app).await;
    let appeal = case.file(&app, &["greeted"]).await;
    let back = format!("/v1/appeals/{appeal}/take-back");
    let colleague = Persona::with(&app, &[(Role::Manager, case.world.brands[0].region_scope(0))]).await;
    let taken = app.call(Method::POST, &back).by(&colleague).await.expect(200);
    assert_eq!(taken.json["status"], "taken_back");
    app.call(Method::POST, &back).by(&case.manager).await.expect(200);
    case.decline(&app, appeal).await.expect_problem(409, "wrong_state");
    // The same can be objected to again, as nothing was decided.
    let again = case.file(&app, &["greeted"]).await;
    let withdraw = format!("{}/review/", path(case.visit));
    let reason = json!({"reason": "It was made up."});
    app.post(&case.reviewer, format!("{withdraw}propose-withdrawal"), reason).await.expect(200);
    let other = &case.world.staff.reviewer;
    app.call(Method::POST, format!("{withdraw}withdraw")).by(other).await.expect(200);
    case.decline(&app, again).await.expect_problem(409, "wrong_state");
    // For the branch nothing is over before the night: it can even object to more.
    let open = app.get(&case.manager, "/v1/appeals?status=open").await.expect(200);
    assert_eq!(
        (&open.json["items"][0]["id"], &open.json["items"][0]["status"]),
        (&json!(again), &json!("open"))
    );
    assert_eq!(case.shown(&app, again).await["status"], "open");
    let say = format!("/v1/appeals/{again}/messages/{}", id::<()>());
    app.put(&case.manager, say, json!({"text": "What became of it?"})).await.expect(201);
    case.wait(&app, DAY);
    assert_eq!(case.shown(&app, again).await["status"], "report_withdrawn");
    case.decline(&app, again).await.expect_problem(409, "wrong_state");
    case.put(&app, id(), &["clean"]).await.expect_problem(409, "wrong_state");
    let listed = app.get(&case.manager, "/v1/appeals?status=report_withdrawn").await.expect(200);
    assert_eq!(listed.json["items"][0]["id"], json!(again));
    let none = app.get(&case.manager, "/v1/appeals?status=open").await.expect(200);
    assert_eq!(none.json["items"], json!([]));
    all_is_right(&app).await;
}

/// All that the branch's side does with an appeal until the night goes the same whether or not it was decided about.
async fn until_the_night_a_decision_changes_nothing_for_the_branch(app: TestApp) {
    let (mut seen, mut cases) = (Vec::new(), Vec::new());
    for decided in [None, Some("upheld"), Some("declined")] {
        let case = Case::new(&app).await;
        let appeal = case.file(&app, &["greeted"]).await;
        case.say(&app, &case.world.staff.reviewer, appeal, "Who greeted?").await.expect(201);
        match decided {
            None => {}
            Some("upheld") => {
                case.uphold(&app, appeal, json!({"greeted": {"value": true}})).await.expect(200);
            }
            Some(_) => {
                case.decline(&app, appeal).await.expect(200);
            }
        }
        let list = async |case: &Case, what: &str| {
            let path = format!("/v1/appeals?report_id={}&{what}", case.report);
            app.get(&case.manager, path).await.expect(200).json["items"].clone()
        };
        let mut steps = vec![case.shown(&app, appeal).await, list(&case, "waits_for=branch").await];
        case.say(&app, &case.manager, appeal, "Ms. Roy did.").await.expect(201);
        steps.extend([case.shown(&app, appeal).await, list(&case, "waits_for=reviewers").await]);
        for _ in 0..2 {
            let back =
                app.call(Method::POST, format!("/v1/appeals/{appeal}/take-back")).by(&case.manager).await;
            steps.push(back.expect(200).json.clone());
        }
        case.say(&app, &case.manager, appeal, "One more word.").await.expect_problem(409, "wrong_state");
        for status in ["open", "taken_back", "upheld", "declined"] {
            steps.push(list(&case, &format!("status={status}")).await);
        }
        let again: AppealId = id();
        case.put(&app, again, &["greeted"]).await.expect(201);
        steps.push(case.report(&app).await["appeals"].clone());
        let text = json!(steps).to_string();
        let ids = [appeal.to_string(), again.to_string(), case.report.to_string(), case.visit.to_string()];
        let text = ids.iter().fold(text, |text, id| text.replace(id, "#"));
        let world = [json!(case.world.brands[0].id), json!(case.world.brands[0].regions[0].branches[0].id)];
        let text = world.iter().fold(text, |text, id| text.replace(&id.to_string(), "#"));
        seen.push(text.replace(&case.manager.account.to_string(), "#"));
        cases.push((case, appeal, decided.unwrap_or("taken_back")));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    app.advance(DAY);
    for (mut case, appeal, status) in cases {
        case.renewed(&app);
        assert_eq!(case.shown(&app, appeal).await["status"], status);
    }
    all_is_right(&app).await;
}

async fn appeals_are_listed_and_counted(app: TestApp) {
    let mut case = Case::new(&app).await;
    let first = case.file(&app, &["greeted"]).await;
    let branch = case.world.brands[0].regions[0].branches[0].id;
    let ids = async |who: &Persona, query: String| {
        let answer = app.get(who, query).await.expect(200);
        answer.json["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    let counts = async |case: &Case| {
        let branch = app.get(&case.manager, "/v1/appeals/counts").await.expect(200).json;
        (branch, app.get(&case.reviewer, "/v1/reviews/appeals/counts").await.expect(200).json)
    };
    for (query, is_in) in [
        (String::new(), true),
        (format!("?branch_id={branch}"), true),
        (format!("?brand_id={}", case.world.brands[0].id), true),
        (format!("?region_id={}", case.world.brands[0].regions[1].id), false),
        (format!("?report_id={}", case.report), true),
        (format!("?report_id={}", id::<()>()), false),
        ("?status=open".to_owned(), true),
        ("?status=upheld".to_owned(), false),
        ("?waits_for=reviewers".to_owned(), true),
        ("?waits_for=branch".to_owned(), false),
        ("?overdue=true".to_owned(), false),
    ] {
        let wanted = if is_in { vec![json!(first)] } else { Vec::new() };
        assert_eq!(ids(&case.manager, format!("/v1/appeals{query}")).await, wanted, "{query}");
        assert_eq!(ids(&case.reviewer, format!("/v1/reviews/appeals{query}")).await, wanted, "{query}");
    }
    case.wait(&app, 8 * DAY);
    assert_eq!(ids(&case.reviewer, "/v1/reviews/appeals?overdue=true".to_owned()).await, [json!(first)]);
    let (branch, desk) = counts(&case).await;
    assert_eq!(branch, json!({"open": 1, "waiting_for_branch": 0, "overdue": 1, "upheld": 0, "declined": 0}));
    let wanted = json!({"open": 1, "waiting_for_reviewers": 1, "waiting_for_branch": 0, "waiting_for_shopper": 0,
        "overdue": 1});
    assert_eq!(desk, wanted);
    case.uphold(&app, first, json!({"greeted": {"value": true}})).await.expect(200);
    let (branch, desk) = counts(&case).await;
    assert_eq!((&branch["open"], &branch["upheld"], &desk["open"]), (&json!(1), &json!(0), &json!(0)));
    assert_eq!(ids(&case.manager, "/v1/appeals?status=upheld".to_owned()).await, [] as [Value; 0]);
    case.wait(&app, DAY);
    let (branch, _) = counts(&case).await;
    assert_eq!((&branch["open"], &branch["upheld"]), (&json!(0), &json!(1)));
    assert_eq!(ids(&case.manager, "/v1/appeals?status=upheld".to_owned()).await, [json!(first)]);
    all_is_right(&app).await;
}

async fn one_of_many_decisions_stands(app: TestApp) {
    let case = Case::new(&app).await;
    let appeal = case.file(&app, &["greeted"]).await;
    let decide = async |number: usize| match number % 2 {
        0 => case.uphold(&app, appeal, json!({"greeted": {"value": true}})).await,
        _ => case.decline(&app, appeal).await,
    };
    let answers = join_all((0..64).map(decide)).await;
    let of =
        |status: &str| answers.iter().filter(|one| one.status == 200 && one.json["status"] == status).count();
    let (upheld, declined) = (of("upheld"), of("declined"));
    assert!((upheld == 32 && declined == 0) || (upheld == 0 && declined == 32), "{upheld} {declined}");
    assert!(answers.iter().filter(|one| one.status != 200).all(|one| one.status == 409));
    let revision = app.get(&case.reviewer, path(case.visit)).await.expect(200).json["revision"].clone();
    assert_eq!(revision, if upheld > 0 { 1 } else { 0 });
    all_is_right(&app).await;
}
