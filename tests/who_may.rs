//! Who may: every route by every role over every part of the world, and by those who are not (or no longer) anybody.

mod page;

use std::collections::BTreeSet;

use actix_web::http::Method;
use incognito::{
    accounts::{
        model::{GrantScope, Role},
        policy::{Permission, Scope},
        store,
    },
    alerts::{
        model::{Alert, Ends, Found},
        rules::store as store_of_rules,
        store as store_of_alerts,
    },
    evidence::read::ReadEvidence,
    exports::write_export::WriteExport,
    ids::{
        AlertId, AlertRuleId, Appeal, AppealFile, AppealFileId, AppealId, BranchId, CommentId, EvidenceId,
        ExportId, Inquiry, InquiryId, ReportFileId, ReportId, VisitId,
    },
    months::Period,
    reports::store as store_of_reports,
    scores::model::Place,
    server::{
        docs,
        routes::{self, Needs},
    },
    work::Task,
};
use serde_json::{Value, json};

use self::{Reach::*, Relation::*};
use crate::{
    actions::action_body,
    app::{Answer, Call, TestApp, each_engine_test, id},
    appeals::appeal_body,
    background::dead_task,
    builders::{World, assignment_body, branch_body, content, visit_body},
    campaigns::{add_campaign, campaign_body},
    employees::{add_employee, employee_body},
    evidence::{ShownPhoto, tagged_jpeg},
    notices::{PDF, add_document, notice_body},
    personas::Persona,
    pictures::{WEBP, add_picture},
    qualifications::{add_qualification, certificate_body, qualification_body},
    receipts::with_photos,
    reports::release_all,
    reviews::approve,
    shoppers::declaration,
    standards::{add_dimension, dimension_body, standard_body},
    targets::target_body,
    uploads::File,
};

each_engine_test!(every_route_by_everybody, lists_show_what_is_in_reach, grants_add_up);

/// The matrix takes the table of permissions for granted; this is what may never be in it.
#[test]
fn nobody_has_what_the_domain_forbids() {
    let has = |role: Role| Permission::ALL.iter().copied().filter(move |one| one.roles().contains(&role));
    let of_employee = [Permission::ReadReports, Permission::CommentReports];
    assert_eq!(has(Role::Employee).collect::<Vec<_>>(), of_employee);
    for side in [Role::Manager, Role::Hr] {
        let known = [
            Permission::ReadPlaces,
            Permission::ReadNotices,
            Permission::ReadStandards,
            Permission::ReadScores,
            Permission::ReadAnswersInWords,
            Permission::KeepAlerts,
            Permission::KeepApiKeys,
            Permission::ReadActions,
            Permission::ReadReports,
            Permission::CommentReports,
        ];
        let of_manager = [Permission::WriteActions, Permission::AppealReports];
        let staff = [Permission::ReadEmployees, Permission::WriteEmployees, Permission::WriteNotices];
        assert!(
            has(side).all(|one| known.contains(&one)
                || side == Role::Manager && of_manager.contains(&one)
                || side == Role::Hr && staff.contains(&one)),
            "{side}: the branch's side never learns who it was"
        );
    }
    let changes = |one: &Permission| {
        let name = format!("{one:?}");
        // A key only reads, in the name of who made it.
        !name.starts_with("Read") && *one != Permission::KeepApiKeys
    };
    assert_eq!(has(Role::Auditor).find(changes), None, "an auditor changes nothing");
    let content = [
        Permission::ReadOneVisit,
        Permission::ReadAnswers,
        Permission::ReadAnswersInWords,
        Permission::ReadExports,
        Permission::ReadPhotos,
        Permission::ReadFlags,
    ];
    assert!(!has(Role::Auditor).any(|one| content.contains(&one)), "an auditor reads nothing of content");
    let kept = [
        Permission::ReadAudit,
        Permission::ReadAccounts,
        Permission::ReadVisits,
        Permission::ReadVisitHistory,
    ];
    assert!(
        kept.iter().all(|one| has(Role::Auditor).any(|other| other == *one)),
        "an auditor reads decisions, accounts and grants"
    );
    let of_shopper: Vec<_> = has(Role::Shopper).collect();
    let own = [
        Permission::ReadVersions,
        Permission::DoFieldwork,
        Permission::FinishFieldwork,
        Permission::ReadVisits,
        Permission::ReadVisitHistory,
        Permission::ReadAnswers,
        Permission::SendVisitsAnew,
        Permission::ReadOneVisit,
    ];
    assert_eq!(of_shopper, own);
    for one in Permission::ALL {
        let makers: Vec<_> = one.roles().iter().filter(|_| changes(one)).collect();
        // A role that enters places enters employees and notices too, where no HR does.
        let most = match one {
            Permission::WriteEmployees | Permission::WriteNotices => 2,
            // The shopper, a reviewer and a scheduler may each find that the files do not come.
            Permission::SendVisitsAnew => 3,
            // So may all of the branch's side.
            Permission::CommentReports => 3,
            // Who sees scores is alerted to what they look for themselves; only an auditor changes nothing.
            Permission::KeepAlerts => 4,
            _ => 1,
        };
        assert!(makers.len() <= most, "{one:?} is one role's work, and not {makers:?}");
    }
}

/// How the part of the world that a caller's grant is over lies to the thing that is asked for: it is in the first
/// branch of the first region of the first brand, or is one of these itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Operator,
    OwnBrand,
    OwnRegion,
    OwnBranch,
    OtherBranch,
    OtherRegion,
    OtherBrand,
}

const RELATIONS: [Relation; 7] =
    [Operator, OwnBrand, OwnRegion, OwnBranch, OtherBranch, OtherRegion, OtherBrand];

impl Relation {
    fn scope(self, world: &World) -> GrantScope {
        let [own, other] = &world.brands;
        match self {
            Operator => GrantScope::default(),
            OwnBrand => own.scope(),
            OwnRegion => own.region_scope(0),
            OwnBranch => own.branch_scope(0, 0),
            OtherBranch => own.branch_scope(0, 1),
            OtherRegion => own.region_scope(1),
            OtherBrand => other.scope(),
        }
    }
}

/// How far a grant must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// The route is about the caller's own, or lists what is in reach: any grant will do.
    Anywhere,
    /// Over all brands.
    Everything,
    /// Over all of the brand.
    WholeBrand,
    /// Over anything in the brand.
    InBrand,
    /// Over all of the region.
    WholeRegion,
    /// Over the branch.
    TheBranch,
    /// No grant is enough: it belongs to one account.
    Owner,
}

impl Reach {
    fn includes(self, relation: Relation) -> bool {
        match self {
            Anywhere => true,
            Everything => relation == Operator,
            WholeBrand => [Operator, OwnBrand].contains(&relation),
            InBrand => relation != OtherBrand,
            WholeRegion => [Operator, OwnBrand, OwnRegion].contains(&relation),
            TheBranch => [Operator, OwnBrand, OwnRegion, OwnBranch].contains(&relation),
            Owner => false,
        }
    }
}

/// A request for one row of the table, and its feature's rule about it.
pub struct Sample {
    pub method: Method,
    /// As in the table.
    pub route: &'static str,
    /// With a place for each id.
    pub ids: Vec<String>,
    query: String,
    pub body: Option<(&'static str, String)>,
    /// How far the grant of a role must reach, and of a shopper, who does only the own work.
    reach: Reach,
    shopper: Reach,
    /// Whether it belongs to another account: then those alone reach it who manage accounts.
    is_another_s: bool,
    /// What those get whose grant has the permission and reaches elsewhere.
    elsewhere: u16,
}

impl Sample {
    fn new(method: Method, route: &'static str, ids: &[&dyn ToString], reach: Reach) -> Self {
        let ids = ids.iter().map(|id| id.to_string()).collect();
        Self {
            method,
            route,
            ids,
            query: String::new(),
            body: None,
            reach,
            shopper: Owner,
            is_another_s: false,
            elsewhere: 404,
        }
    }

    fn json(mut self, body: Value) -> Self {
        self.body = Some(("application/json", body.to_string()));
        self
    }

    fn csv(self, body: &str) -> Self {
        self.content("text/csv", body)
    }

    fn content(mut self, media_type: &'static str, body: &str) -> Self {
        self.body = Some((media_type, body.to_owned()));
        self
    }

    fn query(mut self, query: &str) -> Self {
        self.query = query.to_owned();
        self
    }

    fn webp(mut self, body: &str) -> Self {
        self.body = Some(("image/webp", body.to_owned()));
        self
    }

    fn shopper(mut self, reach: Reach) -> Self {
        self.shopper = reach;
        self
    }

    fn another_s(mut self) -> Self {
        self.is_another_s = true;
        self
    }

    /// How far the grant of this role must reach.
    fn reach_of(&self, role: Role) -> Reach {
        match role {
            Role::Shopper => self.shopper,
            _ if self.is_another_s && !Permission::ManageAccounts.roles().contains(&role) => Owner,
            _ => self.reach,
        }
    }

    fn elsewhere(mut self, status: u16) -> Self {
        self.elsewhere = status;
        self
    }

    /// Where it goes.
    pub fn address(&self) -> String {
        self.path(&self.ids)
    }

    fn path(&self, ids: &[String]) -> String {
        let mut ids = ids.iter();
        let parts = self.route.split('/').map(|part| match part.split_once('}') {
            Some((_, ending)) => ids.next().unwrap().clone() + ending,
            None => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("/") + &self.query
    }

    pub async fn send(&self, app: &TestApp, who: &Persona, ids: &[String]) -> Answer {
        let call = self.call(app, ids).by(who);
        match &self.body {
            Some((media_type, body)) => call.body(media_type, body.clone()).await,
            None => call.await,
        }
    }

    /// Uploads say which version of their protocol they speak.
    fn call<'a>(&self, app: &'a TestApp, ids: &[String]) -> Call<'a> {
        let call = app.call(self.method.clone(), self.path(ids));
        if self.route.starts_with("/v1/uploads") {
            call.header("tus-resumable", "1.0.0").header("upload-offset", "0")
        } else {
            call
        }
    }

    /// The status wanted for a caller who is signed in; 200 stands for whatever the route does.
    fn wanted(&self, needs: Needs, who: &Who) -> u16 {
        match (needs, who) {
            (Needs::Nobody, _) => 200,
            (_, Who::Nobody | Who::Revoked(_) | Who::Disabled(_)) => 401,
            (Needs::SignedIn, _) if self.reach == Owner => self.elsewhere,
            (Needs::SignedIn, _) => 200,
            (Needs::May(_), Who::WithoutGrant) => 403,
            (Needs::May(permission), Who::Owner) => {
                if permission.roles().contains(&Role::Shopper) {
                    200
                } else {
                    403
                }
            }
            (Needs::May(permission), Who::With(role, relation)) => match permission.roles().contains(role) {
                false => 403,
                true if self.reach_of(*role).includes(*relation) => 200,
                true => self.elsewhere,
            },
        }
    }
}

#[derive(Clone, Copy, Debug)]
#[allow(dead_code)] // which role it is, is only shown
enum Who {
    Nobody,
    Revoked(Role),
    Disabled(Role),
    WithoutGrant,
    /// The shopper whose assignment and visit it is.
    Owner,
    With(Role, Relation),
}

async fn everybody(app: &TestApp, world: &World) -> Vec<(Who, Persona)> {
    let mut all = vec![
        (Who::Nobody, Persona::nobody()),
        (Who::WithoutGrant, Persona::with(app, &[]).await),
        (Who::Owner, world.staff.shopper.clone()),
    ];
    for &role in Role::ALL {
        for relation in RELATIONS {
            let persona = Persona::with(app, &[(role, relation.scope(world))]).await;
            if role == Role::Employee {
                works_in_the_branch(app, world, &persona).await;
            }
            all.push((Who::With(role, relation), persona));
        }
        all.push((Who::Revoked(role), revoked(app, role).await));
        all.push((Who::Disabled(role), disabled(app, role).await));
    }
    all
}

/// An employee reads the reports of the branch where they work, as far as their grant reaches.
async fn works_in_the_branch(app: &TestApp, world: &World, persona: &Persona) {
    let branch = world.brands[0].regions[0].branches[0].id;
    let mut body = employee_body(branch, &persona.account.to_string()[..8]);
    body["account_id"] = json!(persona.account);
    add_employee(app, world, body).await;
}

/// The report of a visit to the first branch, and a photo of it.
async fn a_report(app: &TestApp, world: &World) -> (VisitId, ReportId, ReportFileId) {
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let (_, version) = staff.checklist(app, brand.id, with_photos()).await;
    let assignment = staff.assignment(app, brand.regions[0].branches[0].id, version).await;
    let visit = id();
    let photo = File::for_visit(visit, "image/jpeg", tagged_jpeg());
    let mut body = visit_body(assignment, version);
    body["manifest"] = json!([photo.listed("photos")]);
    app.put(&staff.shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    photo.put(app, &staff.shopper).await.expect(201);
    let read = ReadEvidence { evidence_id: photo.id, shopper_id: None };
    read.run(app.app(), &app.house().readers).await.unwrap();
    approve(app, &staff.reviewer, visit).await.expect(200);
    release_all(app).await;
    let found = move |conn: &mut incognito::db::Conn| {
        let report = store_of_reports::of_visit(conn, visit)?.unwrap().id;
        Ok((report, store_of_reports::files(conn, report)?[0].id))
    };
    let (report, file) = app.db().read(found).await.unwrap();
    (visit, report, file)
}

/// A rule for the branch's side, and what it found at the branch.
async fn an_alert(app: &TestApp, who: &Persona, rule_is: &Value, branch: BranchId) -> (AlertRuleId, AlertId) {
    let rule: AlertRuleId = id();
    app.put(who, format!("/v1/alert-rules/{rule}"), rule_is.clone()).await.expect(201);
    let now = app.now();
    let raise = move |conn: &mut incognito::db::Conn| {
        let rule = store_of_rules::rule(conn, &Scope::everything(), rule)?;
        let month = "2026-02".parse().unwrap();
        let found = Found {
            subject: rule.content.subject.clone(),
            condition: rule.content.condition,
            visits: 3,
            score: 1_250,
            compared_to: 8_000,
            interval: Ends { low: 0, high: 4_000 },
        };
        let alert =
            Alert::raised(&rule, Place::Branch(branch), Period::new(month, month).unwrap(), found, now);
        store_of_alerts::add(conn, &alert, now)?;
        Ok(alert.id)
    };
    (rule, app.db().write(raise).await.unwrap())
}

/// An export that is ready, and what makes its address good.
async fn an_export(app: &TestApp, who: &Persona) -> (ExportId, String) {
    let wish = json!({"what": "reports", "format": "csv"});
    let asked = app.post(who, "/v1/exports", wish).await.expect(202);
    let export: ExportId = asked.text("/id").parse().unwrap();
    WriteExport { export_id: export }.run(app.app(), &app.house().exports).await.unwrap();
    let link = app.get(who, format!("/v1/exports/{export}/link")).await.expect(200).text("/url");
    (export, format!("?{}", link.split_once('?').unwrap().1))
}

/// A comment of somebody else on the report.
async fn a_comment(app: &TestApp, world: &World, on: ReportId) -> CommentId {
    let (comment, manager) = (id(), Persona::with(app, &[(Role::Manager, world.brands[0].scope())]).await);
    let path = format!("/v1/reports/{on}/comments/{comment}");
    app.put(&manager, path, json!({"text": "It rained."})).await.expect(201);
    comment
}

/// An open appeal against the report, with a file, and what the shopper is asked because of it.
async fn an_appeal(app: &TestApp, world: &World, against: ReportId) -> (AppealId, AppealFileId, InquiryId) {
    let (appeal, file, inquiry) = (id::<Appeal>(), id::<AppealFile>(), id::<Inquiry>());
    let manager = Persona::with(app, &[(Role::Manager, world.brands[0].scope())]).await;
    let path = format!("/v1/reports/{against}/appeals/{appeal}");
    app.put(&manager, path, appeal_body(&["greeted", "waited"])).await.expect(201);
    let path = format!("/v1/appeals/{appeal}/files/{file}");
    app.call(Method::PUT, path).by(&manager).body("application/pdf", PDF).await.expect(201);
    let path = format!("/v1/appeals/{appeal}/inquiries/{inquiry}");
    let asks = json!({"questions": ["greeted"], "text": "Where was that?"});
    app.put(&world.staff.reviewer, path, asks).await.expect(201);
    (appeal, file, inquiry)
}

async fn revoked(app: &TestApp, role: Role) -> Persona {
    let persona = Persona::everywhere(app, role).await;
    app.delete(&persona, format!("/v1/sessions/{}", persona.session)).await.expect(204);
    persona
}

/// Only disabled: the session itself is not ended.
async fn disabled(app: &TestApp, role: Role) -> Persona {
    use diesel::prelude::*;
    use incognito::db::schema::account;
    let persona = Persona::everywhere(app, role).await;
    let whose = persona.account;
    let disable = move |conn: &mut incognito::db::Conn| {
        Ok(diesel::update(account::table.find(whose)).set(account::disabled.eq(true)).execute(conn)?)
    };
    assert_eq!(app.db().write(disable).await.unwrap(), 1);
    persona
}

/// One request for each row, about what is in the first branch. Where a change is asked for, it is one that changes
/// nothing when it is made again, or that its precondition refuses.
pub async fn samples(app: &TestApp, world: &World) -> Vec<Sample> {
    let brand = &world.brands[0];
    let region = &brand.regions[0];
    let branch = &region.branches[0];
    let victim = Persona::with(app, &[(Role::Auditor, brand.scope())]).await;
    let whose = victim.account;
    let grant = app.db().read(move |conn| store::grants(conn, whose)).await.unwrap()[0].id;
    let (get, put, post, delete) = (Method::GET, Method::PUT, Method::POST, Method::DELETE);
    let new = Sample::new;
    let account = json!({"email": format!("{whose}@example.org"), "name": "A", "language": "en"});
    let sign_in = json!({"email": "nobody@example.org", "password": "none", "device": "none"});
    let publish = json!({"id": brand.version});
    let designer = &world.staff.designer;
    let (dimension, standard) = (add_dimension(app, designer, brand.id, "speed").await, id::<()>());
    let dimension_is = dimension_body(brand.id, "speed");
    let standard_is = standard_body(brand.id, "greeted", dimension, "Guests are greeted.");
    app.put(designer, format!("/v1/standards/{standard}"), standard_is.clone()).await.expect(201);
    let picture = add_picture(app, designer, brand.id).await;
    let document = add_document(app, &world.staff.administrator, brand.id).await;
    let (notice, notice_is) = (id::<()>(), notice_body(brand.id));
    app.put(&world.staff.administrator, format!("/v1/notices/{notice}"), notice_is.clone()).await.expect(201);
    let campaign = add_campaign(app, &world.staff.scheduler, campaign_body(brand.id, brand.version)).await;
    let employee = add_employee(app, world, employee_body(branch.id, "1")).await;
    let shopper = Persona::with(app, &[(Role::Shopper, brand.scope())]).await.account;
    app.put(&world.staff.shopper, "/v1/me/shopper", declaration()).await.expect(201);
    let (_, test) = world.staff.checklist(app, brand.id, content()).await;
    let qualification_is = qualification_body(brand.id, test);
    let qualification = add_qualification(app, &world.staff.scheduler, qualification_is.clone()).await;
    let (certificate, certificate_is) = (id::<()>(), certificate_body(qualification, &world.staff.shopper));
    let path = format!("/v1/certificates/{certificate}");
    app.put(&world.staff.scheduler, path, certificate_is.clone()).await.expect(201);
    let commented = id::<()>();
    let mut body = visit_body(world.staff.assignment(app, branch.id, brand.version).await, brand.version);
    body["answers"]["remarks"] = json!({"value": "Frendly."});
    app.put(&world.staff.shopper, format!("/v1/visits/{commented}"), body).await.expect(201);
    let manager = Persona::with(app, &[(Role::Manager, brand.scope())]).await;
    let (action, action_is) = (id::<()>(), action_body(branch.id, standard, &manager));
    app.put(&manager, format!("/v1/actions/{action}"), action_is.clone()).await.expect(201);
    let (target, target_is) = (id::<()>(), target_body(brand.id, json!({"branch_id": branch.id})));
    app.put(designer, format!("/v1/targets/{target}"), target_is.clone()).await.expect(201);
    let rule_is = json!({"brand_id": brand.id, "branch_id": branch.id, "reader": "branch_side", "condition": "below", "mark": 8_000,
        "period": "month"});
    let (rule, alert) = an_alert(app, &manager, &rule_is, branch.id).await;
    let digest = id::<()>();
    let digest_is = json!({"brand_id": brand.id, "branch_id": branch.id, "account_id": manager.account, "period": "month",
        "schedule": {"every": "month", "day": 1, "hour": 7, "time_zone": "Europe/Paris"}});
    app.put(&manager, format!("/v1/digests/{digest}"), digest_is.clone()).await.expect(201);
    let (export, signed_export) = an_export(app, &victim).await;
    let api_key = id::<()>();
    let api_key_is = json!({"name": "Power BI", "scope": brand.branch_scope(0, 0), "expires_at": app.now().plus_seconds(86_400)});
    app.put(&manager, format!("/v1/api-keys/{api_key}"), api_key_is.clone()).await.expect(201);
    let chart_link = id::<()>();
    let chart_link_is = json!({"chart": format!("/v1/branches/{}/trend.svg", branch.id), "expires_at": app.now().plus_seconds(86_400)});
    app.put(&manager, format!("/v1/chart-links/{chart_link}"), chart_link_is.clone()).await.expect(201);
    let open_link = id::<()>();
    let linked = app.put(&manager, format!("/v1/chart-links/{open_link}"), chart_link_is.clone()).await;
    let signed = linked.expect(201).text("/url");
    let signed = signed.split_once('?').map(|(_, query)| format!("?{query}")).unwrap();
    let (to_repeat, to_drop) = (dead_task(app).await, dead_task(app).await);
    let reason = crate::reviews::returns::reason(app, world).await;
    let shown = ShownPhoto::new(app, &world.staff.shopper, branch.visit).await;
    let (reported, report, report_file) = a_report(app, world).await;
    let (appeal, appeal_file, inquiry) = an_appeal(app, world, report).await;
    let comment = a_comment(app, world, report).await;
    vec![
        // Without what its reading adds.
        new(get.clone(), "/v1/audit", &[], Anywhere).query("?kind=grant_given"),
        // The background work is the operator's as well.
        new(get.clone(), "/v1/background-work", &[], Everything).elsewhere(403),
        new(post.clone(), "/v1/background-work/{id}/repeat", &[&to_repeat], Everything).elsewhere(403),
        new(delete.clone(), "/v1/background-work/{id}", &[&to_drop], Everything).elsewhere(403),
        new(post.clone(), "/v1/sessions", &[], Anywhere).json(sign_in),
        new(post.clone(), "/v1/sessions/refresh", &[], Anywhere).json(json!({"refresh_token": "none"})),
        new(get.clone(), "/v1/sessions", &[], Anywhere),
        new(delete.clone(), "/v1/sessions/{id}", &[&victim.session], Owner),
        new(get.clone(), "/v1/me", &[], Anywhere),
        new(get.clone(), "/.well-known/jwks.json", &[], Anywhere),
        // Accounts belong to the operator, and only who is over all of it is told more than 'forbidden'.
        new(get.clone(), "/v1/accounts", &[], Everything).elsewhere(403),
        new(get.clone(), "/v1/accounts/{id}", &[&whose], Everything).elsewhere(403),
        new(put.clone(), "/v1/accounts/{id}", &[&whose], Everything).json(account).elsewhere(403),
        new(put.clone(), "/v1/accounts/{id}/grants/{grant_id}", &[&whose, &grant], Everything)
            .json(json!({"role": "auditor", "scope": {"brand_id": brand.id}}))
            .elsewhere(403),
        new(delete.clone(), "/v1/accounts/{id}/grants/{grant_id}", &[&whose, &grant], Everything)
            .elsewhere(403),
        new(get.clone(), "/v1/brands", &[], Anywhere),
        new(get.clone(), "/v1/brands/{id}", &[&brand.id], InBrand),
        // One can see whether one's own grant is over a brand, so this tells nothing.
        new(put.clone(), "/v1/brands/{id}", &[&brand.id], WholeBrand)
            .json(json!({"name": "Anatolia", "language": "en", "minimum_visits": 2}))
            .elsewhere(403),
        new(post.clone(), "/v1/brands/{id}/places/import", &[&brand.id], WholeBrand)
            .csv("region,branch,name,address,latitude,longitude,time_zone,languages\n"),
        new(get.clone(), "/v1/regions", &[], Anywhere),
        new(get.clone(), "/v1/regions/{id}", &[&region.id], WholeRegion),
        new(put.clone(), "/v1/regions/{id}", &[&region.id], WholeBrand)
            .json(json!({"brand_id": brand.id, "name": "North"})),
        new(get.clone(), "/v1/branches", &[], Anywhere),
        new(get.clone(), "/v1/branches/{id}", &[&branch.id], TheBranch),
        new(put.clone(), "/v1/branches/{id}", &[&branch.id], WholeBrand).json(branch_body(
            brand.id,
            Some(region.id),
            "North 1",
        )),
        new(get.clone(), "/v1/regions/{id}/history", &[&region.id], WholeRegion),
        new(post.clone(), "/v1/regions/{id}/move", &[&region.id], WholeBrand)
            .json(json!({"region_id": brand.regions[1].id, "from": "2026-03", "reason": "It was so."})),
        new(post.clone(), "/v1/regions/{id}/take-back-move", &[&region.id], WholeBrand)
            .json(json!({"reason": "It was so."})),
        new(post.clone(), "/v1/regions/{id}/retire", &[&region.id], WholeBrand)
            .json(json!({"from": "2026-03-15", "reason": "It was so."})),
        new(post.clone(), "/v1/regions/{id}/restore", &[&region.id], WholeBrand)
            .json(json!({"reason": "It was so."})),
        new(get.clone(), "/v1/branches/{id}/history", &[&branch.id], TheBranch),
        new(post.clone(), "/v1/branches/{id}/move", &[&branch.id], WholeBrand)
            .json(json!({"from": "2026-03", "reason": "It was so."})),
        new(post.clone(), "/v1/branches/{id}/take-back-move", &[&branch.id], WholeBrand)
            .json(json!({"reason": "It was so."})),
        new(post.clone(), "/v1/branches/{id}/retire", &[&branch.id], WholeBrand)
            .json(json!({"from": "2026-03-15", "reason": "It was so."})),
        new(post.clone(), "/v1/branches/{id}/restore", &[&branch.id], WholeBrand)
            .json(json!({"reason": "It was so."})),
        new(get.clone(), "/v1/employees", &[], Anywhere),
        new(get.clone(), "/v1/employees/{id}", &[&employee], TheBranch),
        // The branch is in the body, so one that is out of reach is a value that is not acceptable.
        new(put.clone(), "/v1/employees/{id}", &[&employee], TheBranch)
            .json(employee_body(branch.id, "1"))
            .elsewhere(422),
        new(post.clone(), "/v1/brands/{id}/employees/import", &[&brand.id], WholeBrand)
            .csv("branch_code,code,name,email,active\n"),
        new(get.clone(), "/v1/notices", &[], Anywhere),
        new(get.clone(), "/v1/notices/{id}", &[&notice], InBrand),
        new(put.clone(), "/v1/notices/{id}", &[&notice], InBrand).json(notice_is),
        new(get.clone(), "/v1/branches/{id}/notices", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/notice-documents/{id}", &[&document], InBrand),
        new(put.clone(), "/v1/notice-documents/{id}", &[&document], InBrand)
            .query(&format!("?brand_id={}", brand.id))
            .content("application/pdf", PDF),
        new(get.clone(), "/v1/dimensions", &[], Anywhere),
        new(get.clone(), "/v1/dimensions/{id}", &[&dimension], InBrand),
        new(put.clone(), "/v1/dimensions/{id}", &[&dimension], WholeBrand).json(dimension_is),
        new(get.clone(), "/v1/standards", &[], Anywhere),
        new(get.clone(), "/v1/standards/{id}", &[&standard], InBrand),
        new(put.clone(), "/v1/standards/{id}", &[&standard], WholeBrand).json(standard_is),
        new(get.clone(), "/v1/standards/{id}/versions", &[&standard], InBrand),
        new(get.clone(), "/v1/pictures/{id}", &[&picture], InBrand).shopper(InBrand),
        new(put.clone(), "/v1/pictures/{id}", &[&picture], WholeBrand)
            .query(&format!("?brand_id={}", brand.id))
            .webp(WEBP),
        new(get.clone(), "/v1/checklists", &[], Anywhere),
        new(get.clone(), "/v1/checklists/{id}", &[&brand.checklist], InBrand),
        new(put.clone(), "/v1/checklists/{id}", &[&brand.checklist], WholeBrand)
            .json(json!({"brand_id": brand.id, "name": "Service"})),
        new(get.clone(), "/v1/checklists/{id}/draft", &[&brand.checklist], InBrand),
        new(put.clone(), "/v1/checklists/{id}/draft", &[&brand.checklist], WholeBrand).json(content()),
        new(post.clone(), "/v1/checklists/{id}/draft/check", &[&brand.checklist], InBrand),
        new(get.clone(), "/v1/checklists/{id}/draft/diff", &[&brand.checklist], InBrand),
        new(get.clone(), "/v1/checklists/{id}/draft/export", &[&brand.checklist], InBrand),
        new(post.clone(), "/v1/checklists/{id}/draft/import", &[&brand.checklist], WholeBrand)
            .json(json!({"format": "incognito-checklist/1", "name": "Service", "content": content()})),
        new(post.clone(), "/v1/checklists/{id}/draft/what-if", &[&brand.checklist], WholeBrand)
            .json(json!({"from": "2026-01", "to": "2026-12"})),
        new(get.clone(), "/v1/checklists/{id}/versions", &[&brand.checklist], InBrand),
        new(post.clone(), "/v1/checklists/{id}/versions", &[&brand.checklist], WholeBrand).json(publish),
        new(get.clone(), "/v1/checklist-versions/{id}", &[&brand.version], InBrand).shopper(InBrand),
        new(get.clone(), "/v1/checklist-versions/{id}/codebook", &[&brand.version], InBrand),
        new(get.clone(), "/v1/checklist-versions/{id}/diff", &[&brand.version], InBrand),
        new(get.clone(), "/v1/checklist-versions/{id}/export", &[&brand.version], InBrand),
        new(get.clone(), "/schemas/checklist.json", &[], Anywhere),
        new(post.clone(), "/v1/checklist-versions/{id}/trial", &[&brand.version], InBrand)
            .json(json!({"answers": {}})),
        new(get.clone(), "/v1/campaigns", &[], Anywhere),
        new(get.clone(), "/v1/campaigns/{id}", &[&campaign], InBrand),
        new(put.clone(), "/v1/campaigns/{id}", &[&campaign], WholeBrand)
            .json(campaign_body(brand.id, brand.version)),
        new(post.clone(), "/v1/campaigns/{id}/plan", &[&campaign], WholeBrand),
        new(post.clone(), "/v1/campaigns/{id}/pause", &[&campaign], WholeBrand),
        new(post.clone(), "/v1/campaigns/{id}/resume", &[&campaign], WholeBrand),
        new(post.clone(), "/v1/campaigns/{id}/close", &[&campaign], WholeBrand),
        new(get.clone(), "/v1/campaigns/{id}/coverage", &[&campaign], InBrand),
        new(get.clone(), "/v1/assignments", &[], Anywhere),
        new(get.clone(), "/v1/assignments/{id}", &[&branch.assignment], TheBranch),
        new(get.clone(), "/v1/assignments/{id}/history", &[&branch.assignment], TheBranch),
        // The branch is in the body, so one that is out of reach is a value that is not acceptable.
        new(put.clone(), "/v1/assignments/{id}", &[&branch.assignment], TheBranch)
            .json(assignment_body(branch.id, brand.version, &world.staff.shopper))
            .elsewhere(422),
        // The assignment has a visit, so no step is left for it.
        new(post.clone(), "/v1/assignments/{id}/offer", &[&branch.assignment], TheBranch)
            .json(json!({"shopper_id": world.staff.shopper.account})),
        new(post.clone(), "/v1/assignments/{id}/accept", &[&branch.assignment], Owner),
        new(post.clone(), "/v1/assignments/{id}/decline", &[&branch.assignment], Owner).json(json!({})),
        new(post.clone(), "/v1/assignments/{id}/cancel", &[&branch.assignment], TheBranch)
            .json(json!({"reason": "It is not wanted any more."})),
        new(post.clone(), "/v1/assignments/{id}/give-up", &[&branch.assignment], Owner)
            .json(json!({"reason": "I am ill."})),
        // It is moved to where it is, and handed over to the shopper who has it.
        new(post.clone(), "/v1/assignments/move", &[], TheBranch)
            .json(json!({"reason": "It rains.", "moves": [{"assignment_id": branch.open_assignment,
                "opens_at": "2026-03-01T00:00:00Z", "closes_at": "2026-04-01T00:00:00Z"}]}))
            .elsewhere(422),
        new(post.clone(), "/v1/assignments/hand-over", &[], TheBranch)
            .json(json!({"reason": "It rains.", "assignment_ids": [branch.open_assignment],
                "shopper_id": world.staff.shopper.account}))
            .elsewhere(422),
        new(get.clone(), "/v1/jobs", &[], Anywhere).shopper(Anywhere),
        new(post.clone(), "/v1/jobs/{id}/claim", &[&branch.assignment], Owner),
        new(get.clone(), "/v1/me/rating", &[], Anywhere).shopper(Anywhere),
        new(get.clone(), "/v1/shoppers/{id}/rating", &[&shopper], InBrand),
        new(get.clone(), "/v1/shoppers", &[], Anywhere),
        new(get.clone(), "/v1/shoppers/{id}", &[&shopper], InBrand),
        new(put.clone(), "/v1/shoppers/{id}/namesakes/{employee_id}", &[&shopper, &employee], TheBranch)
            .json(json!({"same_person": false, "reason": "They are two."})),
        // Only a shopper who has declared something can read it: asked before another one declares.
        new(get.clone(), "/v1/me/shopper", &[], Owner),
        new(put.clone(), "/v1/me/shopper", &[], Anywhere).json(declaration()).shopper(Anywhere),
        new(get.clone(), "/v1/qualifications", &[], Anywhere),
        new(get.clone(), "/v1/qualifications/{id}", &[&qualification], InBrand),
        new(put.clone(), "/v1/qualifications/{id}", &[&qualification], WholeBrand).json(qualification_is),
        new(get.clone(), "/v1/qualifications/{id}/test", &[&qualification], Owner).shopper(InBrand),
        // Of a test that is none: else the first to try it under this id would be its owner.
        new(
            put.clone(),
            "/v1/qualifications/{id}/attempts/{attempt_id}",
            &[&qualification, &id::<()>()],
            Owner,
        )
        .json(json!({"hash": "0".repeat(64), "answers": {}}))
        .shopper(InBrand),
        new(get.clone(), "/v1/certificates", &[], Anywhere),
        new(get.clone(), "/v1/certificates/{id}", &[&certificate], InBrand),
        // The qualification is in the body, as an assignment's branch.
        new(put.clone(), "/v1/certificates/{id}", &[&certificate], WholeBrand)
            .json(certificate_is)
            .elsewhere(422),
        new(get.clone(), "/v1/me/qualifications", &[], Anywhere).shopper(Anywhere),
        new(get.clone(), "/v1/me/visits", &[], Anywhere).shopper(Anywhere),
        new(get.clone(), "/v1/me/work", &[], Anywhere).shopper(Anywhere),
        // It has not ended.
        new(post.clone(), "/v1/assignments/{id}/seen", &[&branch.open_assignment], Owner),
        new(get.clone(), "/v1/visits", &[], Anywhere).shopper(Anywhere),
        new(get.clone(), "/v1/visits/export", &[], Anywhere),
        new(get.clone(), "/v1/checklists/{id}/answers", &[&brand.checklist], InBrand),
        new(get.clone(), "/v1/visits/photos.zip", &[], Anywhere),
        new(get.clone(), "/v1/visits/{id}", &[&branch.visit], TheBranch),
        // So is an assignment that is not the caller's.
        new(put.clone(), "/v1/visits/{id}", &[&branch.visit], Owner)
            .json(visit_body(branch.assignment, brand.version))
            .elsewhere(422),
        // The visit is whole, so it cannot be sent anew.
        new(post.clone(), "/v1/visits/{id}/send-anew", &[&branch.visit], TheBranch)
            .json(json!({"reason": "A file is lost."})),
        new(put.clone(), "/v1/visits/{id}/comments/{question}", &[&commented, &"remarks"], TheBranch)
            .json(json!({"text": "Friendly."})),
        new(get.clone(), "/v1/visits/{id}/history", &[&branch.visit], TheBranch),
        new(get.clone(), "/v1/visits/{id}/revisions", &[&branch.visit], TheBranch),
        // It is asked anew only where the sample of that comes first.
        new(put.clone(), "/v1/visits/{id}/revisions/{n}", &[&branch.visit, &1], Owner)
            .json(json!({"answers": {"greeted": {"value": true}}})),
        new(get.clone(), "/v1/visits/{id}/receipt", &[&branch.visit], TheBranch),
        new(get.clone(), "/v1/visits/{id}/score", &[&branch.visit], TheBranch),
        new(get.clone(), "/v1/visits/{id}/flags", &[&branch.visit], TheBranch),
        new(post.clone(), "/v1/uploads", &[], Anywhere).shopper(Anywhere),
        new(Method::HEAD, "/v1/uploads/{id}", &[&upload(app, world).await], Owner),
        new(Method::PATCH, "/v1/uploads/{id}", &[&upload(app, world).await], Owner)
            .content("application/offset+octet-stream", "bytes"),
        // Every caller who may send one is refused for its body: else the first to send it would be its owner.
        new(put.clone(), "/v1/uploads/{id}", &[&id::<()>()], Anywhere)
            .query(&format!("?visit_id={}", branch.visit))
            .content("image/png", "bytes")
            .shopper(Anywhere),
        new(delete.clone(), "/v1/uploads/{id}", &[&upload(app, world).await], Owner),
        new(get.clone(), "/v1/evidence/{id}", &[&shown.id], TheBranch),
        new(get.clone(), "/v1/evidence/{id}/content", &[&shown.id], Anywhere).query(&shown.content),
        new(get.clone(), "/v1/evidence/{id}/thumbnail", &[&shown.id], Anywhere).query(&shown.thumbnail),
        new(get.clone(), "/v1/reviews", &[], Anywhere),
        new(get.clone(), "/v1/reviews/counts", &[], Anywhere),
        new(post.clone(), "/v1/reviews/next", &[], Anywhere)
            .query(&format!("?brand_id={}", world.brands[1].id)),
        new(get.clone(), "/v1/visits/{id}/notes", &[&branch.visit], TheBranch),
        // Each reviewer has notes of their own: of another's they learn that it is there.
        new(put.clone(), "/v1/visits/{id}/notes/{note_id}", &[&branch.visit, &id::<()>()], TheBranch)
            .json(json!({"text": "Look at the receipt."})),
        new(put.clone(), "/v1/visits/{id}/review/second-opinion", &[&branch.visit], TheBranch)
            .json(json!({"decision": "approve"})),
        new(get.clone(), "/v1/second-opinions", &[], Anywhere),
        new(get.clone(), "/v1/brands/{id}/agreement", &[&brand.id], WholeBrand),
        new(post.clone(), "/v1/visits/{id}/review/claim", &[&branch.visit], TheBranch),
        new(post.clone(), "/v1/visits/{id}/review/release-claim", &[&branch.visit], TheBranch)
            .json(json!({})),
        new(post.clone(), "/v1/visits/{id}/review/take-without", &[&branch.visit], TheBranch)
            .json(json!({"reason": "A file is lost."})),
        new(post.clone(), "/v1/visits/{id}/review/approve", &[&branch.visit], TheBranch),
        new(post.clone(), "/v1/visits/{id}/review/reject", &[&branch.visit], TheBranch)
            .json(json!({"reason": "The photo is of another place."})),
        new(post.clone(), "/v1/visits/{id}/review/exclude", &[&branch.visit], TheBranch)
            .json(json!({"reason": "The branch was being rebuilt."})),
        new(post.clone(), "/v1/visits/{id}/review/return", &[&branch.visit], TheBranch).json(json!({
            "questions": [{"question": "greeted", "reason_id": reason}],
        })),
        new(get.clone(), "/v1/return-reasons", &[], Anywhere),
        new(get.clone(), "/v1/return-reasons/{id}", &[&reason], Anywhere),
        new(put.clone(), "/v1/return-reasons/{id}", &[&reason], Everything)
            .json(json!({"texts": {"en": "The comment says otherwise."}}))
            .elsewhere(403),
        new(post.clone(), "/v1/visits/{id}/review/reopen", &[&branch.visit], TheBranch)
            .json(json!({"reason": "It is looked at again."})),
        new(post.clone(), "/v1/visits/{id}/review/propose-withdrawal", &[&reported], TheBranch)
            .json(json!({"reason": "It was made up."})),
        new(post.clone(), "/v1/visits/{id}/review/keep-report", &[&reported], TheBranch),
        // Nobody proposed it any more.
        new(post.clone(), "/v1/visits/{id}/review/withdraw", &[&branch.visit], TheBranch),
        new(get.clone(), "/v1/visits/{id}/report-preview", &[&branch.visit], TheBranch),
        new(post.clone(), "/v1/visits/{id}/remarks", &[&branch.visit], TheBranch)
            .json(json!({"text": "The photo shows it."})),
        // Its report went out.
        new(put.clone(), "/v1/visits/{id}/files/{evidence_id}/blur", &[&reported, &shown.id], TheBranch)
            .json(json!({"areas": []})),
        new(put.clone(), "/v1/visits/{id}/files/{evidence_id}/cut", &[&reported, &shown.id], TheBranch)
            .json(json!({"stretches": []})),
        new(get.clone(), "/v1/reports", &[], Anywhere),
        new(get.clone(), "/v1/reports/{id}", &[&report], TheBranch),
        new(get.clone(), "/v1/reports/{id}.pdf", &[&report], TheBranch),
        new(get.clone(), "/v1/reports/{id}/comments", &[&report], TheBranch),
        // It is another's: who may comment is told that.
        new(put.clone(), "/v1/reports/{id}/comments/{comment_id}", &[&report, &comment], TheBranch)
            .json(json!({"text": "It was being repaired."})),
        // Another one is open: who may appeal is told that.
        new(put.clone(), "/v1/reports/{id}/appeals/{appeal_id}", &[&report, &id::<()>()], TheBranch)
            .json(appeal_body(&["greeted"])),
        new(get.clone(), "/v1/appeals", &[], Anywhere),
        new(get.clone(), "/v1/appeals/counts", &[], Anywhere),
        new(get.clone(), "/v1/appeals/{id}", &[&appeal], TheBranch),
        new(get.clone(), "/v1/appeals/{id}/messages", &[&appeal], TheBranch),
        new(put.clone(), "/v1/appeals/{id}/messages/{message_id}", &[&appeal, &id::<()>()], TheBranch)
            .json(json!({"text": "It is looked at."})),
        new(put.clone(), "/v1/appeals/{id}/files/{file_id}", &[&appeal, &id::<()>()], TheBranch)
            .content("application/pdf", PDF),
        new(get.clone(), "/v1/appeal-files/{id}", &[&appeal_file], TheBranch),
        new(put.clone(), "/v1/appeals/{id}/inquiries/{inquiry_id}", &[&appeal, &id::<()>()], TheBranch)
            .json(json!({"questions": ["greeted"], "text": "Where was that?"})),
        // The first one settles it: the others are told so.
        new(post.clone(), "/v1/appeals/{id}/uphold", &[&appeal], TheBranch)
            .json(json!({"answers": {"waited": {"value": "long"}}, "reason": "It was so."})),
        new(post.clone(), "/v1/appeals/{id}/decline", &[&appeal], TheBranch)
            .json(json!({"reason": "It was so."})),
        new(post.clone(), "/v1/appeals/{id}/take-back", &[&appeal], TheBranch),
        new(get.clone(), "/v1/reviews/appeals", &[], Anywhere),
        new(get.clone(), "/v1/reviews/appeals/counts", &[], Anywhere),
        new(get.clone(), "/v1/reviews/appeals/{id}", &[&appeal], TheBranch),
        new(get.clone(), "/v1/reviews/appeals/{id}/messages", &[&appeal], TheBranch),
        new(
            put.clone(),
            "/v1/reviews/appeals/{id}/messages/{message_id}",
            &[&appeal, &id::<()>()],
            TheBranch,
        )
        .json(json!({"text": "It is looked at."})),
        new(get.clone(), "/v1/brands/{id}/appeal-outcomes", &[&brand.id], InBrand).query("?by=shopper"),
        new(get.clone(), "/v1/me/inquiries", &[], Anywhere).shopper(Anywhere),
        new(put.clone(), "/v1/me/inquiries/{id}/answer", &[&inquiry], Owner)
            .json(json!({"answer": "By the door."})),
        new(get.clone(), "/v1/report-files/{id}", &[&report_file], TheBranch),
        // The figures of a brand tell of places that a part of it is not to see.
        new(get.clone(), "/v1/scores", &[], TheBranch).query(&format!("?places=branch:{}", branch.id)),
        new(get.clone(), "/v1/brands/{id}/score", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/score", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/branches/{id}/score", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/branches/{id}/summary.pdf", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/brands/{id}/summaries.zip", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/summaries.zip", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/brands/{id}/ranking", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/ranking", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/brands/{id}/trend", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/trend", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/branches/{id}/trend", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/brands/{id}/breakdown", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/breakdown", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/branches/{id}/breakdown", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/brands/{id}/drivers", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/drivers", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/branches/{id}/drivers", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/brands/{id}/answers", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/answers", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/branches/{id}/answers", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/brands/{id}/answers/quotes", &[&brand.id], WholeBrand)
            .query("?question=greeted"),
        new(get.clone(), "/v1/regions/{id}/answers/quotes", &[&region.id], WholeRegion)
            .query("?question=greeted"),
        new(get.clone(), "/v1/branches/{id}/answers/quotes", &[&branch.id], TheBranch)
            .query("?question=greeted"),
        new(get.clone(), "/v1/brands/{id}/movers", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/movers", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/brands/{id}/heatmap", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/heatmap", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/brands/{id}/comparison", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/comparison", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/branches/{id}/comparison", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/brands/{id}/distribution", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/distribution", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/branches/{id}/distribution", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/brands/{id}/leniency", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/brands/{id}/recognition", &[&brand.id], WholeBrand),
        new(get.clone(), "/v1/regions/{id}/recognition", &[&region.id], WholeRegion),
        new(get.clone(), "/v1/alert-rules", &[], Anywhere),
        new(get.clone(), "/v1/alert-rules/{id}", &[&rule], TheBranch),
        new(put.clone(), "/v1/alert-rules/{id}", &[&rule], TheBranch).json(rule_is),
        new(delete.clone(), "/v1/alert-rules/{id}", &[&rule], TheBranch),
        new(get.clone(), "/v1/alerts", &[], Anywhere),
        new(get.clone(), "/v1/alerts/{id}", &[&alert], TheBranch),
        new(post.clone(), "/v1/alerts/{id}/acknowledge", &[&alert], TheBranch),
        new(get.clone(), "/odata", &[], Anywhere),
        new(get.clone(), "/odata/", &[], Anywhere),
        new(get.clone(), "/odata/$metadata", &[], Anywhere),
        new(get.clone(), "/odata/Brands", &[], Anywhere),
        new(get.clone(), "/odata/Regions", &[], Anywhere),
        new(get.clone(), "/odata/Branches", &[], Anywhere),
        new(get.clone(), "/odata/Visits", &[], Anywhere).shopper(Anywhere),
        new(get.clone(), "/odata/Reports", &[], Anywhere),
        new(get.clone(), "/odata/Scores", &[], Anywhere),
        new(get.clone(), "/odata/Subjects", &[], Anywhere),
        new(get.clone(), "/odata/{resource}", &[&"$batch"], Anywhere),
        new(get.clone(), "/v1/api-keys", &[], Anywhere),
        new(get.clone(), "/v1/api-keys/{id}", &[&api_key], TheBranch).another_s(),
        new(put.clone(), "/v1/api-keys/{id}", &[&api_key], TheBranch).json(api_key_is),
        new(delete.clone(), "/v1/api-keys/{id}", &[&api_key], TheBranch).another_s(),
        new(get.clone(), "/v1/exports", &[], Anywhere),
        // What is asked for wrongly is answered before it is looked who may read such things; that stands in tests/exports/beside.rs.
        new(post.clone(), "/v1/exports", &[], Anywhere)
            .json(json!({"what": "visits", "format": "csv", "filter": "colour=red"})),
        new(get.clone(), "/v1/exports/{id}", &[&export], Owner),
        new(delete.clone(), "/v1/exports/{id}", &[&export], Owner),
        new(get.clone(), "/v1/exports/{id}/file", &[&export], Owner),
        new(get.clone(), "/v1/exports/{id}/link", &[&export], Owner),
        new(get.clone(), "/v1/exports/{id}/download", &[&export], Anywhere).query(&signed_export),
        new(get.clone(), "/v1/chart-links", &[], Anywhere),
        new(put.clone(), "/v1/chart-links/{id}", &[&chart_link], TheBranch).json(chart_link_is),
        new(delete.clone(), "/v1/chart-links/{id}", &[&chart_link], WholeBrand).another_s(),
        new(get.clone(), "/v1/charts/{id}", &[&open_link], Anywhere).query(&signed),
        new(get.clone(), "/v1/digests", &[], Anywhere),
        new(get.clone(), "/v1/digests/{id}", &[&digest], TheBranch).another_s(),
        new(put.clone(), "/v1/digests/{id}", &[&digest], TheBranch).json(digest_is).another_s(),
        new(delete.clone(), "/v1/digests/{id}", &[&digest], TheBranch).another_s(),
        new(get.clone(), "/v1/digests/{id}/issues", &[&digest], TheBranch).another_s(),
        new(get.clone(), "/v1/targets", &[], Anywhere),
        new(get.clone(), "/v1/targets/{id}", &[&target], TheBranch),
        new(put.clone(), "/v1/targets/{id}", &[&target], TheBranch).json(target_is),
        new(delete.clone(), "/v1/targets/{id}", &[&target], TheBranch),
        new(get.clone(), "/v1/branches/{id}/action-proposals", &[&branch.id], TheBranch),
        new(get.clone(), "/v1/actions", &[], Anywhere),
        new(get.clone(), "/v1/actions/{id}", &[&action], TheBranch),
        // The branch is in the body, as an assignment's.
        new(put.clone(), "/v1/actions/{id}", &[&action], TheBranch).json(action_is).elsewhere(422),
        new(get.clone(), "/v1/actions/{id}/effect", &[&action], TheBranch),
        new(get.clone(), "/v1/actions/{id}/comments", &[&action], TheBranch),
        new(put.clone(), "/v1/actions/{id}/comments/{comment_id}", &[&action, &id::<()>()], TheBranch)
            .json(json!({"text": "It is under way."})),
        new(get.clone(), "/livez", &[], Anywhere),
        new(get.clone(), "/readyz", &[], Anywhere),
        new(get.clone(), "/openapi.yaml", &[], Anywhere),
        new(get.clone(), "/docs", &[], Anywhere),
        new(get.clone(), "/docs/", &[], Anywhere),
        new(get.clone(), "/docs/{file}", &[&"swagger-ui.css"], Anywhere),
        new(get.clone(), "/", &[], Anywhere),
        new(get.clone(), "/guide", &[], Anywhere),
        new(get.clone(), "/guide/{purpose}", &[&"scores"], Anywhere),
        new(get, "/problems/{code}", &[&"not_found"], Anywhere),
    ]
}

/// A file that the shopper has announced.
async fn upload(app: &TestApp, world: &World) -> EvidenceId {
    let file = File::of(1, 10);
    file.create(app, &world.staff.shopper).await.expect(201);
    file.id
}

async fn every_route_by_everybody(app: TestApp) {
    let world = World::build(&app).await;
    let samples = samples(&app, &world).await;
    let everybody = everybody(&app, &world).await;
    let mut wrong = Vec::new();
    let mut cells = 0;
    let contract = serde_json::to_value(docs::document()).unwrap();
    for route in routes::table() {
        let name = format!("{} {}", route.method, route.path);
        let Some(sample) = samples.iter().find(|s| s.route == route.path && s.method == route.method) else {
            wrong.push(format!("{name} has no sample"));
            continue;
        };
        let mut row: Vec<_> = everybody
            .iter()
            .map(|(who, persona)| (sample.wanted(route.needs(), who), who, persona))
            .collect();
        row.sort_by_key(|(wanted, ..)| *wanted == 200); // what changes something comes last
        for (wanted, who, persona) in row {
            cells += 1;
            let answer = sample.send(&app, persona, &sample.ids).await;
            if route.method == Method::GET {
                let head = app.call(Method::HEAD, sample.address()).by(persona).await;
                if !is_head_of(&head, &answer) {
                    wrong.push(format!("HEAD {} by {who:?}: {head} {:?}", route.path, head.headers));
                }
            }
            let method = route.method.as_str().to_lowercase();
            let answers = &contract["paths"][route.path][method]["responses"];
            if contract["paths"][route.path].is_object() && answers[answer.status.to_string()].is_null() {
                wrong.push(format!("the contract has no {} of {name}", answer.status));
            }
            if !is_as_wanted(&answer, wanted, sample.elsewhere) {
                wrong.push(format!("{name} by {who:?}: wanted {wanted}, but {answer}"));
            }
            if wanted == 404 {
                let elsewhere: Vec<_> = sample.ids.iter().map(|_| id::<()>().to_string()).collect();
                let of_nothing = sample.send(&app, persona, &elsewhere).await;
                if masked(&of_nothing) != masked(&answer) {
                    wrong.push(format!("{name} by {who:?} tells {answer} from {of_nothing}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cells}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(cells, routes::table().len() * everybody.len());
    assert_eq!(everybody.len(), 3 + Role::ALL.len() * (RELATIONS.len() + 2));
}

/// 200 stands for anything that is no refusal and no failure of the server's.
fn is_as_wanted(answer: &Answer, wanted: u16, elsewhere: u16) -> bool {
    match wanted {
        200 => {
            let refused = ["sign_in_needed", "forbidden", "not_found"].contains(&answer.code());
            // What OData does not support is a refusal of its own.
            (answer.status < 500 || answer.status == 501)
                && !refused
                && (elsewhere != 422 || answer.status < 300)
        }
        // An answer to HEAD has no body to say more.
        wanted if answer.bytes.is_empty() => answer.status == wanted,
        401 => answer.status == 401 && answer.code() == "sign_in_needed",
        403 => answer.status == 403 && answer.code() == "forbidden",
        404 => answer.status == 404 && answer.code() == "not_found",
        other => answer.status == other,
    }
}

/// Whether the one is the other without its body. Their ids differ, and the moments at which they were given.
fn is_head_of(head: &Answer, whole: &Answer) -> bool {
    let headers = |of: &Answer| {
        let mut headers = of.headers.clone();
        headers.remove("x-request-id");
        headers.remove("date");
        headers
    };
    head.status == whole.status && head.bytes.is_empty() && headers(head) == headers(whole)
}

fn masked(answer: &Answer) -> String {
    let mut json = answer.json.clone();
    json["request_id"] = Value::Null;
    format!("{} {json}", answer.status)
}

async fn lists_show_what_is_in_reach(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let branches = |of: &dyn Fn(usize, usize, usize) -> bool| {
        let mut ids = Vec::new();
        for (b, brand) in world.brands.iter().enumerate() {
            for (r, region) in brand.regions.iter().enumerate() {
                ids.extend(region.branches.iter().enumerate().filter(|(n, _)| of(b, r, *n)).map(|(_, x)| x));
            }
        }
        ids
    };
    for relation in RELATIONS {
        let seen = branches(&|brand, region, branch| match relation {
            Operator => true,
            OwnBrand => brand == 0,
            OwnRegion => (brand, region) == (0, 0),
            OwnBranch => (brand, region, branch) == (0, 0, 0),
            OtherBranch => (brand, region, branch) == (0, 0, 1),
            OtherRegion => (brand, region) == (0, 1),
            OtherBrand => brand == 1,
        });
        let brands = match relation {
            Operator => vec![own, other],
            OtherBrand => vec![other],
            _ => vec![own],
        };
        let regions: Vec<_> = match relation {
            Operator => own.regions.iter().chain(&other.regions).collect(),
            OwnBrand => own.regions.iter().collect(),
            OwnRegion => vec![&own.regions[0]],
            OtherRegion => vec![&own.regions[1]],
            OwnBranch | OtherBranch => Vec::new(),
            OtherBrand => other.regions.iter().collect(),
        };
        let expectations: [(Role, &str, &str, Vec<String>); 8] = [
            (Role::Manager, "/v1/brands", "id", brands.iter().map(|x| x.id.to_string()).collect()),
            (Role::Manager, "/v1/regions", "id", regions.iter().map(|x| x.id.to_string()).collect()),
            (Role::Manager, "/v1/branches", "id", seen.iter().map(|x| x.id.to_string()).collect()),
            (Role::Auditor, "/v1/checklists", "id", brands.iter().map(|x| x.checklist.to_string()).collect()),
            (
                Role::Auditor,
                "/v1/assignments",
                "id",
                seen.iter().flat_map(|x| [x.assignment.to_string(), x.open_assignment.to_string()]).collect(),
            ),
            (Role::Auditor, "/v1/visits", "id", seen.iter().map(|x| x.visit.to_string()).collect()),
            (Role::Reviewer, "/v1/visits/export", "id", seen.iter().map(|x| x.visit.to_string()).collect()),
            (Role::Reviewer, "/v1/reviews", "visit_id", seen.iter().map(|x| x.visit.to_string()).collect()),
        ];
        for (role, list, key, wanted) in expectations {
            let who = Persona::with(&app, &[(role, relation.scope(&world))]).await;
            let answer = app.get(&who, format!("{list}?limit=200")).await.expect(200);
            let items = answer.json["items"].as_array().unwrap();
            let found: BTreeSet<_> = items.iter().map(|x| x[key].as_str().unwrap().to_owned()).collect();
            assert_eq!(found.len(), items.len(), "nothing twice: {answer}");
            assert_eq!(found, wanted.into_iter().collect(), "{role} {relation:?} {list}");
        }
    }
}

/// Two grants reach as far as both; a role of one reaches no further for the other's being there.
async fn grants_add_up(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let both = [(Role::Manager, own.branch_scope(0, 0)), (Role::Manager, other.region_scope(0))];
    let manager = Persona::with(&app, &both).await;
    let path = |branch: &crate::builders::BranchWorld| format!("/v1/branches/{}/score", branch.id);
    app.get(&manager, path(&own.regions[0].branches[0])).await.expect(200);
    app.get(&manager, path(&own.regions[0].branches[1])).await.expect_problem(404, "not_found");
    app.get(&manager, path(&other.regions[0].branches[1])).await.expect(200);
    app.get(&manager, path(&other.regions[1].branches[0])).await.expect_problem(404, "not_found");

    // Reviews everything in one brand, and only looks at the other.
    let mixed = [(Role::Reviewer, other.scope()), (Role::Auditor, own.scope())];
    let mixed = Persona::with(&app, &mixed).await;
    let visit = own.regions[0].branches[0].visit;
    app.get(&mixed, format!("/v1/visits/{visit}/history")).await.expect(200);
    app.get(&mixed, format!("/v1/visits/{visit}")).await.expect_problem(404, "not_found");
    let approve = app.call(Method::POST, format!("/v1/visits/{visit}/review/approve")).by(&mixed);
    approve.await.expect_problem(404, "not_found");
    let approve = app.call(Method::POST, format!("/v1/visits/{visit}/review/approve"));
    approve.by(&world.staff.reviewer).await.expect(200);
}
