//! A scene in which there is something of every kind that is sealed.

use actix_web::http::Method;
use incognito::{
    accounts::{
        model::{GrantScope, Role},
        policy::Scope,
    },
    alerts::{
        self,
        model::{Alert, AlertEnd, Ends, Found},
        rules,
    },
    digests::issue::IssueDigest,
    evidence::read::ReadEvidence,
    ids::{AlertRuleId, AssignmentId, ChartLinkId, DigestId, GrantId, VersionId, VisitId},
    months::Period,
    reports::{release::release, store::put_cut},
    reviews::second_opinions::{self, model::SecondOpinion},
    scores::{measure_leniency::measure, show::show_branches},
    visits::state::State,
    work::Task,
};
use serde_json::{Value, json};

use super::seal;
use crate::{
    actions::action_body,
    api_keys::program,
    app::{TestApp, id},
    appeals::appeal_body,
    board::{add_campaign, add_job, claim},
    builders::{World, answers, content, visit_body},
    employees::{add_employee, employee_body},
    evidence::{jpeg_of, tagged_jpeg},
    notices::PDF,
    notices::{add_notice, notice_body},
    personas::Persona,
    pictures::add_picture,
    qualifications::{add_qualification, certificate_body, qualification_body},
    receipts::with_photos,
    reports::means,
    reviews::{
        approve, exclude, reject,
        returns::{asking, reason, send_back},
    },
    scores::lend,
    shoppers::{call_them, declaration},
    standards::{add_dimension, standard_body},
    targets::{path, target_body},
    uploads::File,
};

/// Some visits, one of them with a photo that was read, one approved, one rejected, one excluded and wanted again, one taken
/// without a file, one sent anew; all of it sealed.
pub struct Sealed {
    pub world: World,
    pub version: VersionId,
    pub with_photo: VisitId,
    pub photo: File,
    pub approved: VisitId,
    pub rejected: VisitId,
    /// One that was taken without a file.
    pub without: VisitId,
    /// One that was sent anew.
    pub anew: VisitId,
    /// A job that a shopper has claimed.
    pub claimed: AssignmentId,
    /// A grant that was taken back and given again.
    pub grant: GrantId,
    /// Someone with a profile, ties, a namesake and a certificate.
    pub shopper: Persona,
}

impl Sealed {
    pub async fn new(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let [own, other] = &world.brands[1].regions;
        for (branch, step, body) in [
            (
                &own.branches[0],
                "move",
                json!({"region_id": other.id, "from": "2026-03", "reason": "It was sold."}),
            ),
            (
                &own.branches[1],
                "move",
                json!({"region_id": other.id, "from": "2026-09", "reason": "It was sold."}),
            ),
            (&other.branches[0], "retire", json!({"from": "2026-12-31", "reason": "The lease ends."})),
        ] {
            let path = format!("/v1/branches/{}/{step}", branch.id);
            app.post(&world.staff.administrator, path, body).if_match("*").await.expect(200);
        }
        let (_, version) = world.staff.checklist(app, world.brands[0].id, with_photos()).await;
        let branch = &world.brands[0].regions[0].branches[0];
        let assignment = world.staff.assignment(app, branch.id, version).await;
        let with_photo = id();
        let photo = File::for_visit(with_photo, "image/jpeg", tagged_jpeg());
        let mut body = visit_body(assignment, version);
        body["manifest"] = json!([photo.listed("photos")]);
        body["answers"]["remarks"] = json!({"value": "Friendly."});
        // Somewhere else than the branch is, so that there is a flag.
        body["positions"] =
            json!([{"at": "2026-03-14T09:05:00Z", "latitude": 10.5, "longitude": 20.5, "accuracy_m": 5}]);
        app.put(&world.staff.shopper, format!("/v1/visits/{with_photo}"), body).await.expect(201);
        app.advance(5);
        photo.put(app, &world.staff.shopper).await.expect(201);
        read(app, &photo).await;
        let spelled = format!("/v1/visits/{with_photo}/comments/remarks");
        app.put(&world.staff.reviewer, spelled, json!({"text": "Friendly!"})).await.expect(201);
        // So that this is the first file that was kept.
        app.advance(1);
        let approved = branch.visit;
        approve(app, &world.staff.reviewer, approved).await.expect(200);
        let rejected = world.brands[0].regions[1].branches[0].visit;
        reject(app, &world.staff.reviewer, rejected).await.expect(200);
        let (without, _) = Self::lacking(app, &world, version).await;
        let take = format!("/v1/visits/{without}/review/take-without");
        app.post(&world.staff.reviewer, take, json!({"reason": "It was lost."})).await.expect(200);
        let (anew, mut body) = Self::lacking(app, &world, version).await;
        let ask = format!("/v1/visits/{anew}/send-anew");
        app.post(&world.staff.shopper, ask, json!({"reason": "It was lost."})).await.expect(200);
        app.advance(1);
        let other = File::for_visit(anew, "image/jpeg", File::of(3, 500).bytes);
        body["manifest"][1] = other.listed("photos");
        app.put(&world.staff.shopper, format!("/v1/visits/{anew}"), body).await.expect(201);
        other.put(app, &world.staff.shopper).await.expect(201);
        lend(app, world.brands[0].id, 800).await;
        let [claimed, made] = jobs(app, &world).await;
        let excluded: VisitId = id();
        let body = visit_body(made, world.brands[0].version);
        app.put(&world.staff.shopper, format!("/v1/visits/{excluded}"), body).await.expect(201);
        exclude(app, &world.staff.reviewer, excluded).await.expect(200);
        report(app, &world, version).await;
        catalogue(app, &world).await;
        revised(app, &world).await;
        let note = format!("/v1/visits/{excluded}/notes/{}", id::<()>());
        app.put(&world.staff.reviewer, note, json!({"text": "Look at the receipt."})).await.expect(201);
        let opinion = SecondOpinion {
            visit_id: excluded,
            brand_id: world.brands[0].id,
            first_state: State::Excluded,
            first_reviewer_id: Some(world.staff.reviewer.account),
            reviewer_id: Some(world.staff.reviewer.account),
            state: Some(State::Rejected),
            reason: Some("It is another branch.".to_owned()),
            given_at: Some(app.now()),
            revision: 2,
            created_at: app.now(),
        };
        app.db().write(move |conn| second_opinions::store::insert(conn, &opinion)).await.unwrap();
        let shopper = someone(app, &world).await;
        let grant = given_again(app, &world).await;
        action(app, &world).await;
        alert_and_digest(app, &world).await;
        // Traces of visits, and flags.
        let background = app.start_background();
        actix_web::rt::time::sleep(std::time::Duration::from_secs(2)).await;
        background.stop().await;
        // What managers are shown once the month is over.
        let (brand, next_month) = (world.brands[0].id, app.now().plus_seconds(31 * 86_400));
        app.db().write(move |conn| show_branches(conn, brand, None, next_month)).await.unwrap();
        let months = Period::new("2026-01".parse().unwrap(), "2026-03".parse().unwrap()).unwrap();
        measure(app.app(), brand, months).await.unwrap();
        // A decision that is not in the figures yet.
        let counted_last = world.brands[0].regions[1].branches[1].visit;
        approve(app, &world.staff.reviewer, counted_last).await.expect(200);
        seal(app).await;
        Self { world, version, with_photo, photo, approved, rejected, without, anew, claimed, grant, shopper }
    }

    /// A visit of which one file of two has come.
    async fn lacking(app: &TestApp, world: &World, version: VersionId) -> (VisitId, Value) {
        let assignment =
            world.staff.assignment(app, world.brands[0].regions[0].branches[0].id, version).await;
        let visit = id();
        let [came, lost] = [1, 2].map(|seed| File::for_visit(visit, "image/jpeg", File::of(seed, 500).bytes));
        let mut body = visit_body(assignment, version);
        body["manifest"] = json!([came.listed("photos"), lost.listed("photos")]);
        app.put(&world.staff.shopper, format!("/v1/visits/{visit}"), body.clone()).await.expect(201);
        came.put(app, &world.staff.shopper).await.expect(201);
        (visit, body)
    }
}

/// A report that went out, with a photo of which parts are unrecognizable, and a comment on it.
async fn report(app: &TestApp, world: &World, version: VersionId) {
    let staff = &world.staff;
    let branch = &world.brands[0].regions[0].branches[1];
    let (assignment, visit) = (staff.assignment(app, branch.id, version).await, id());
    let photo = File::for_visit(visit, "image/jpeg", jpeg_of((40, 30)));
    let mut body = visit_body(assignment, version);
    body["manifest"] = json!([photo.listed("photos")]);
    app.put(&staff.shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    photo.put(app, &staff.shopper).await.expect(201);
    read(app, &photo).await;
    let areas = json!({"areas": [{"left": 0, "top": 0, "width": 100, "height": 100}]});
    app.put(&staff.reviewer, format!("/v1/visits/{visit}/files/{}/blur", photo.id), areas).await.expect(200);
    let stretches = serde_json::from_value(json!([{"from_ms": 0, "to_ms": 100}])).unwrap();
    let (file, by, now) = ((photo.id, visit), staff.reviewer.account, app.now());
    app.db().write(move |conn| put_cut(conn, file, &stretches, by, now)).await.unwrap();
    approve(app, &staff.reviewer, visit).await.expect(200);
    release(app.app(), &means(app), vec![visit]).await.unwrap();
    let manager = Persona::with(app, &[(Role::Manager, world.brands[0].scope())]).await;
    let listed = app.get(&manager, "/v1/reports").await.expect(200).text("/items/0/id");
    let path = format!("/v1/reports/{listed}/comments/{}", id::<()>());
    app.put(&manager, path, json!({"text": "It rained."})).await.expect(201);
    appeal(app, world, &manager, &listed).await;
}

/// An appeal with all that belongs to one, which is upheld.
async fn appeal(app: &TestApp, world: &World, manager: &Persona, report: &str) {
    let appeal = format!("/v1/appeals/{}", id::<()>());
    let filed = appeal.replace("/v1/", &format!("/v1/reports/{report}/"));
    app.put(manager, filed, appeal_body(&["greeted"])).await.expect(201);
    let file = app.call(Method::PUT, format!("{appeal}/files/{}", id::<()>())).by(manager);
    file.body("application/pdf", PDF).await.expect(201);
    let message = format!("{appeal}/messages/{}", id::<()>());
    app.put(manager, message, json!({"text": "All were at the door."})).await.expect(201);
    let inquiry = id::<()>();
    let asks = json!({"questions": ["greeted"], "text": "Where was that?"});
    app.put(&world.staff.reviewer, format!("{appeal}/inquiries/{inquiry}"), asks).await.expect(201);
    let answer = format!("/v1/me/inquiries/{inquiry}/answer");
    app.put(&world.staff.shopper, answer, json!({"answer": "By the window."})).await.expect(200);
    let upheld = json!({"answers": {"greeted": {"value": false}}, "reason": "The camera shows it."});
    app.post(&world.staff.reviewer, format!("{appeal}/uphold"), upheld).await.expect(200);
}

/// An alert that was acknowledged and is over, and a digest with an issue.
async fn alert_and_digest(app: &TestApp, world: &World) {
    let (who, brand) = (&world.staff.administrator, world.brands[0].id);
    let (rule, now): (AlertRuleId, _) = (id(), app.now());
    let body = json!({"brand_id": brand, "condition": "below", "mark": 8_000, "period": "month"});
    app.put(who, format!("/v1/alert-rules/{rule}"), body).await.expect(201);
    let by = who.account;
    let raise = move |conn: &mut incognito::db::Conn| {
        let rule = rules::store::rule(conn, &Scope::everything(), rule)?;
        let month = "2026-02".parse().unwrap();
        let found = Found {
            subject: rule.content.subject.clone(),
            condition: rule.content.condition,
            visits: 3,
            score: 1_250,
            compared_to: 8_000,
            interval: Ends { low: 0, high: 4_000 },
        };
        let alert = Alert::raised(&rule, rule.place, Period::new(month, month).unwrap(), found, now);
        alerts::store::add(conn, &alert, now)?;
        let alert = alert.acknowledged(by, now);
        alerts::store::add(conn, &alert, now)?;
        alerts::store::add(conn, &alert.closed(AlertEnd::Over, now), now)
    };
    app.db().write(raise).await.unwrap();
    // One of the keys is over: what is kept of each can be altered.
    for scope in [world.brands[0].region_scope(0), world.brands[0].branch_scope(0, 0)] {
        let (program, key) = program(app, who, &scope).await;
        app.get(&program, "/v1/brands").await.expect(200);
        app.delete(who, crate::api_keys::path(key)).await.expect(204);
    }
    // One of the links is revoked.
    let links: [ChartLinkId; 2] = [id(), id()];
    for link in links {
        let chart = format!("/v1/brands/{brand}/trend.svg?from=2026-01&to=2026-03");
        let body = json!({"chart": chart, "expires_at": app.now().plus_seconds(86_400)});
        app.put(who, format!("/v1/chart-links/{link}"), body).await.expect(201);
    }
    app.delete(who, format!("/v1/chart-links/{}", links[0])).await.expect(204);
    // An export that nobody has written yet.
    app.post(who, "/v1/exports", json!({"what": "reports", "format": "csv"})).await.expect(202);
    let digest: DigestId = id();
    let schedule = json!({"every": "month", "day": 1, "hour": 7, "time_zone": "Europe/Paris"});
    let body = json!({"brand_id": brand, "period": "month", "schedule": schedule});
    app.put(who, format!("/v1/digests/{digest}"), body).await.expect(201);
    let means = app.house().figures.clone().into_inner();
    let issue = IssueDigest { digest_id: digest, due_at: now.plus_seconds(1) };
    issue.run(app.app(), &means).await.unwrap();
}

pub async fn read(app: &TestApp, photo: &File) {
    ReadEvidence { evidence_id: photo.id, shopper_id: None }
        .run(app.app(), &app.house().readers)
        .await
        .unwrap();
}

/// A campaign with jobs of which two are claimed, one offered and declined, one taken back with a reason.
async fn jobs(app: &TestApp, world: &World) -> [AssignmentId; 2] {
    let brand = &world.brands[0];
    let campaign = add_campaign(app, brand, json!({})).await;
    let branch = brand.regions[0].branches[0].id;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(add_job(app, campaign, branch, (0, 7 * 86_400)).await);
    }
    let (staff, step) = (&world.staff, |job: AssignmentId, step| format!("/v1/assignments/{job}/{step}"));
    for job in [made[0], made[4]] {
        claim(app, &staff.shopper, job).await.expect(200);
    }
    let to = json!({"shopper_id": staff.shopper.account});
    for job in [made[1], made[3]] {
        app.post(&staff.scheduler, step(job, "offer"), to.clone()).await.expect(200);
    }
    let reason = json!({"reason": "I am away."});
    app.post(&staff.shopper, step(made[1], "decline"), reason).await.expect(204);
    app.post(&staff.scheduler, step(made[2], "cancel"), json!({"reason": "It is closed."})).await.expect(200);
    [made[0], made[4]]
}

/// A visit that was sent back and revised.
async fn revised(app: &TestApp, world: &World) {
    let visit = world.brands[0].regions[1].branches[1].visit;
    let reason = reason(app, world).await;
    send_back(app, &world.staff.reviewer, visit, asking(&["greeted"], reason)).await.expect(200);
    app.advance(1);
    let answer = json!({"answers": {"greeted": {"value": false}}});
    app.put(&world.staff.shopper, format!("/v1/visits/{visit}/revisions/1"), answer).await.expect(201);
}

/// What checklists may refer to.
async fn catalogue(app: &TestApp, world: &World) {
    let (brand, designer) = (world.brands[0].id, &world.staff.designer);
    let dimension = add_dimension(app, designer, brand, "speed").await;
    let standard = format!("/v1/standards/{}", id::<()>());
    let made =
        app.put(designer, &standard, standard_body(brand, "quick", dimension, "Be quick.")).await.expect(201);
    let changed = standard_body(brand, "quick", dimension, "Be quicker.");
    app.put(designer, &standard, changed).if_match(made.etag()).await.expect(200);
    add_picture(app, designer, brand).await;
    let branch = world.brands[0].regions[0].branches[0].id;
    let first = add_notice(app, &world.staff.administrator, brand, branch).await;
    let mut next = notice_body(brand);
    next["follows_id"] = json!(first);
    app.put(&world.staff.administrator, format!("/v1/notices/{}", id::<()>()), next).await.expect(201);
    app.put(designer, path(id()), target_body(brand, json!({"to": "2026-12"}))).await.expect(201);
}

/// A shopper who declares ties and withdraws one, has a namesake, a certificate and a test passed.
async fn someone(app: &TestApp, world: &World) -> Persona {
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let shopper = Persona::everywhere(app, Role::Shopper).await;
    call_them(app, world, &shopper, "elif@example.com", "Elif Kaya").await;
    let branches = [0, 1].map(|number| brand.regions[1].branches[number].id);
    let mut profile = declaration();
    profile["relatives_branches"] = json!(branches);
    let made = app.put(&shopper, "/v1/me/shopper", profile.clone()).await.expect(201);
    app.advance(1);
    profile["relatives_branches"] = json!([branches[0]]);
    app.put(&shopper, "/v1/me/shopper", profile).if_match(made.etag()).await.expect(200);
    let mut named = employee_body(brand.regions[0].branches[1].id, "7");
    named["name"] = json!("Elif Kaya");
    named["email"] = json!("kaya@example.com");
    let employee = add_employee(app, world, named).await;
    let settle = format!("/v1/shoppers/{}/namesakes/{employee}", shopper.account);
    let reason = json!({"same_person": false, "reason": "I know both."});
    app.put(&staff.scheduler, settle, reason).await.expect(201);
    let (_, test) = staff.checklist(app, brand.id, content()).await;
    let test = qualification_body(brand.id, test);
    let qualification = add_qualification(app, &staff.scheduler, test).await;
    let path = format!("/v1/qualifications/{qualification}");
    let hash = app.get(&shopper, format!("{path}/test")).await.expect(200).text("/hash");
    let attempt = json!({"hash": hash, "answers": answers()});
    app.put(&shopper, format!("{path}/attempts/{}", id::<()>()), attempt).await.expect(201);
    let mut certificate = certificate_body(qualification, &staff.shopper);
    certificate["note"] = json!("Seen at work.");
    app.put(&staff.scheduler, format!("/v1/certificates/{}", id::<()>()), certificate).await.expect(201);
    shopper
}

/// An action that is done, with a comment.
async fn action(app: &TestApp, world: &World) {
    let brand = &world.brands[0];
    let manager = Persona::with(app, &[(Role::Manager, brand.scope())]).await;
    let path = format!("/v1/actions/{}", id::<()>());
    let mut body = action_body(brand.regions[0].branches[0].id, Value::Null, &manager);
    let made = app.put(&manager, &path, body.clone()).await.expect(201);
    body["state"] = json!("done");
    body["proof"] = json!("It was practised.");
    app.put(&manager, &path, body).if_match(made.etag()).await.expect(200);
    let comment = format!("{path}/comments/{}", id::<()>());
    app.put(&manager, comment, json!({"text": "Good."})).await.expect(201);
}

/// A grant that was sealed, taken back, and given again under the same id.
async fn given_again(app: &TestApp, world: &World) -> GrantId {
    let (grant, whose) = (id(), Persona::with(app, &[]).await);
    let path = format!("/v1/accounts/{}/grants/{grant}", whose.account);
    let scope = GrantScope { brand_id: Some(world.brands[0].id), ..GrantScope::default() };
    let body = json!({"role": "shopper", "scope": scope});
    let administrator = &world.staff.administrator;
    app.put(administrator, &path, body.clone()).await.expect(201);
    seal(app).await;
    app.advance(1);
    app.delete(administrator, &path).await.expect(204);
    seal(app).await;
    app.advance(1);
    app.put(administrator, &path, body).await.expect(201);
    grant
}
