//! A small world, made through the API by the people whose work it is: two brands, in each two regions with two
//! branches each, a published checklist, and in every branch one visit that waits for a reviewer.

use incognito::{
    accounts::model::{GrantScope, Role},
    ids::{AssignmentId, BranchId, BrandId, ChecklistId, RegionId, VersionId, VisitId},
};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, id},
    personas::Persona,
};

/// Everything, and who made it.
pub struct World {
    pub staff: Staff,
    pub brands: [BrandWorld; 2],
}

/// One of each, over the whole operator.
pub struct Staff {
    pub administrator: Persona,
    pub designer: Persona,
    pub scheduler: Persona,
    pub reviewer: Persona,
    pub shopper: Persona,
}

#[derive(Clone)]
pub struct BrandWorld {
    pub id: BrandId,
    pub checklist: ChecklistId,
    pub version: VersionId,
    pub regions: [RegionWorld; 2],
}

#[derive(Clone)]
pub struct RegionWorld {
    pub id: RegionId,
    pub branches: [BranchWorld; 2],
}

/// A branch with one visit that was made and one that was not.
#[derive(Clone)]
pub struct BranchWorld {
    pub id: BranchId,
    pub assignment: AssignmentId,
    pub visit: VisitId,
    pub open_assignment: AssignmentId,
}

impl World {
    pub async fn build(app: &TestApp) -> Self {
        let staff = Staff {
            administrator: Persona::administrator(app).await,
            designer: Persona::everywhere(app, Role::Designer).await,
            scheduler: Persona::everywhere(app, Role::Scheduler).await,
            reviewer: Persona::everywhere(app, Role::Reviewer).await,
            shopper: Persona::everywhere(app, Role::Shopper).await,
        };
        let brands = [staff.brand(app, "Anatolia").await, staff.brand(app, "Balkan").await];
        Self { staff, brands }
    }
}

impl Staff {
    async fn brand(&self, app: &TestApp, name: &str) -> BrandWorld {
        let brand = id();
        let body = json!({"name": name, "language": "en", "minimum_visits": 2});
        app.put(&self.administrator, format!("/v1/brands/{brand}"), body).await.expect(201);
        let (checklist, version) = self.checklist(app, brand, content()).await;
        let regions = [
            self.region(app, brand, version, "North").await,
            self.region(app, brand, version, "South").await,
        ];
        BrandWorld { id: brand, checklist, version, regions }
    }

    /// A checklist of the brand, with its first version published.
    pub async fn checklist(&self, app: &TestApp, brand: BrandId, content: Value) -> (ChecklistId, VersionId) {
        let (checklist, version): (ChecklistId, VersionId) = (id(), id());
        let path = format!("/v1/checklists/{checklist}");
        let named = json!({"brand_id": brand, "name": "Service"});
        app.put(&self.designer, &path, named).await.expect(201);
        let draft = app.put(&self.designer, format!("{path}/draft"), content).await.expect(201);
        app.post(&self.designer, format!("{path}/versions"), json!({"id": version}))
            .if_match(draft.etag())
            .await
            .expect(201);
        (checklist, version)
    }

    /// Publishes another version of a checklist that asks what [`content`] asks.
    pub async fn next_version(&self, app: &TestApp, checklist: ChecklistId) -> VersionId {
        let (version, path): (VersionId, _) = (id(), format!("/v1/checklists/{checklist}"));
        let draft = app.get(&self.designer, format!("{path}/draft")).await.expect(200);
        let mut changed = content();
        changed["title"]["en"] = json!("The same, with another title");
        let put = app.put(&self.designer, format!("{path}/draft"), changed).if_match(draft.etag());
        let draft = put.await.expect(200);
        let publish = app.post(&self.designer, format!("{path}/versions"), json!({"id": version}));
        publish.if_match(draft.etag()).await.expect(201);
        version
    }

    async fn region(&self, app: &TestApp, brand: BrandId, version: VersionId, name: &str) -> RegionWorld {
        let region: RegionId = id();
        let body = json!({"brand_id": brand, "name": name});
        app.put(&self.administrator, format!("/v1/regions/{region}"), body).await.expect(201);
        let branches = [
            self.branch(app, (brand, region, version), &format!("{name} 1")).await,
            self.branch(app, (brand, region, version), &format!("{name} 2")).await,
        ];
        RegionWorld { id: region, branches }
    }

    async fn branch(
        &self,
        app: &TestApp,
        (brand, region, version): (BrandId, RegionId, VersionId),
        code: &str,
    ) -> BranchWorld {
        let (branch, visit): (BranchId, VisitId) = (id(), id());
        let body = branch_body(brand, Some(region), code);
        app.put(&self.administrator, format!("/v1/branches/{branch}"), body).await.expect(201);
        let assignment = self.assignment(app, branch, version).await;
        let open_assignment = self.assignment(app, branch, version).await;
        let body = visit_body(assignment, version);
        app.put(&self.shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
        BranchWorld { id: branch, assignment, visit, open_assignment }
    }

    /// One more for the shopper, in March 2026.
    pub async fn assignment(&self, app: &TestApp, branch: BranchId, version: VersionId) -> AssignmentId {
        let assignment = id();
        let body = assignment_body(branch, version, &self.shopper);
        app.put(&self.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
        assignment
    }
}

impl BrandWorld {
    pub fn scope(&self) -> GrantScope {
        GrantScope { brand_id: Some(self.id), ..GrantScope::default() }
    }

    pub fn region_scope(&self, region: usize) -> GrantScope {
        GrantScope { region_id: Some(self.regions[region].id), ..self.scope() }
    }

    pub fn branch_scope(&self, region: usize, branch: usize) -> GrantScope {
        GrantScope { branch_id: Some(self.regions[region].branches[branch].id), ..self.scope() }
    }
}

/// A checklist of two sections; the best answers are [`answers`].
pub fn content() -> Value {
    json!({
        "title": {"en": "Service"},
        "languages": ["en"],
        "sections": [
            {"key": "arrival", "title": {"en": "Arrival"}, "questions": [
                {"key": "greeted", "text": {"en": "Were you greeted?"}, "weight": 2, "answer": {"kind": "yes_no"}},
                {"key": "waited", "text": {"en": "How long did you wait?"}, "answer": {"kind": "one_choice", "options": [
                    {"key": "short", "text": {"en": "Up to two minutes"}, "points": 10},
                    {"key": "long", "text": {"en": "Longer"}, "points": 0},
                ]}},
            ]},
            {"key": "table", "title": {"en": "At the table"}, "questions": [
                {"key": "clean", "text": {"en": "How clean was it?"}, "not_applicable": true,
                    "answer": {"kind": "scale", "from": 1, "to": 5}},
                {"key": "remarks", "text": {"en": "What else?"}, "required": false, "answer": {"kind": "text"}},
            ]},
        ],
    })
}

pub fn answers() -> Value {
    json!({"greeted": {"value": true}, "waited": {"value": "short"}, "clean": {"value": 5}})
}

pub fn branch_body(brand: BrandId, region: Option<RegionId>, code: &str) -> Value {
    let mut body = json!({"brand_id": brand, "code": code, "name": code, "address": "1 Main Street",
        "latitude": 41.0082, "longitude": 28.9784, "time_zone": "Europe/Istanbul", "languages": ["tr", "en"]});
    if let Some(region) = region {
        body["region_id"] = json!(region);
    }
    body
}

pub fn assignment_body(branch: BranchId, version: VersionId, shopper: &Persona) -> Value {
    json!({"branch_id": branch, "checklist_version_id": version, "shopper_id": shopper.account,
        "opens_at": "2026-03-01T00:00:00Z", "closes_at": "2026-04-01T00:00:00Z"})
}

pub fn visit_body(assignment: AssignmentId, version: VersionId) -> Value {
    json!({"assignment_id": assignment, "checklist_version_id": version, "started_at": "2026-03-14T09:00:00Z",
        "ended_at": "2026-03-14T09:40:00Z", "answers": answers()})
}

/// Makes the window of an assignment one that has passed, which nobody can give any more.
pub async fn window_was(app: &TestApp, assignment: AssignmentId, opens_at: &str, closes_at: &str) {
    use diesel::prelude::*;
    use incognito::db::{schema::assignment as row, types::Instant};
    let at = |text: &str| -> Instant { text.parse::<jiff::Timestamp>().unwrap().into() };
    let (opens_at, closes_at) = (at(opens_at), at(closes_at));
    let change = move |conn: &mut incognito::db::Conn| {
        let window = (row::opens_at.eq(opens_at), row::closes_at.eq(closes_at));
        Ok(diesel::update(row::table.find(assignment)).set(window).execute(conn)?)
    };
    assert_eq!(app.db().write(change).await.unwrap(), 1);
}
