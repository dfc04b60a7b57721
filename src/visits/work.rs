//! All that a shopper's phone needs to work without a network.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{self, Todo, VersionHead};
use crate::{
    accounts::policy::permit::DoFieldwork,
    app::App,
    db::types::{Instant, Sha256},
    error::{Error, Result},
    http::{
        auth::Allowed,
        etag::{self, ETag, Keep},
    },
    ids::{AssignmentId, BranchId, ChecklistId, VersionId},
};

/// Work that closed stays with the phone for so long, since a late visit is taken, in seconds.
const KEPT_AFTER_CLOSING: i64 = 30 * 86_400;
/// Nobody does more than this at once.
const MOST: i64 = 500;

/// A shopper's work.
#[derive(Serialize, ToSchema)]
pub struct Work {
    /// What is still to be done, by when it closes; at most 500.
    assignments: Vec<WorkAssignment>,
    /// The checklist versions that these need. A version never changes: fetch it once and keep it.
    checklist_versions: Vec<WorkVersion>,
}

/// One visit to be made.
#[derive(Serialize, ToSchema)]
pub struct WorkAssignment {
    id: AssignmentId,
    checklist_version_id: VersionId,
    /// From when on.
    opens_at: Instant,
    /// Until when; what comes later is taken all the same.
    closes_at: Instant,
    branch: WorkBranch,
}

/// Where to go.
#[derive(Serialize, ToSchema)]
pub struct WorkBranch {
    id: BranchId,
    code: String,
    name: String,
    address: String,
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// IANA name.
    time_zone: String,
    /// BCP 47 tags.
    languages: Vec<String>,
}

/// What to fill in.
#[derive(Serialize, ToSchema)]
pub struct WorkVersion {
    id: VersionId,
    checklist_id: ChecklistId,
    number: i32,
    /// The digest of its content.
    hash: Sha256,
    /// Where it is.
    href: String,
}

/// The caller's open assignments with all that they need offline. Ask again with `If-None-Match`.
#[utoipa::path(get, path = "/v1/me/work", params(("if-none-match" = Option<String>, Header)), responses(
    (status = 200, description = "The work.", body = Work),
))]
pub async fn my_work(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<DoFieldwork>,
) -> Result<HttpResponse> {
    let (shopper, since) = (caller.account(), app.clock.now().plus_seconds(-KEPT_AFTER_CLOSING));
    let todo = app.db.read(move |conn| store::todo(conn, shopper, since, MOST)).await?;
    let work = Work::new(todo);
    let tag = ETag::of(Sha256::of_json(&work).map_err(Error::internal)?);
    Ok(etag::fresh(&request, &tag, Keep::Ask, &work))
}

impl Work {
    fn new(todo: Vec<Todo>) -> Self {
        let versions: BTreeMap<_, _> =
            todo.iter().map(|(_, _, version)| (version.id, version.clone().into())).collect();
        Self {
            assignments: todo.into_iter().map(WorkAssignment::from).collect(),
            checklist_versions: versions.into_values().collect(),
        }
    }
}

impl From<Todo> for WorkAssignment {
    fn from((assignment, branch, _): Todo) -> Self {
        Self {
            id: assignment.id,
            checklist_version_id: assignment.version_id,
            opens_at: assignment.opens_at,
            closes_at: assignment.closes_at,
            branch: WorkBranch {
                id: branch.id,
                code: branch.code,
                name: branch.name,
                address: branch.address,
                latitude: branch.latitude,
                longitude: branch.longitude,
                time_zone: branch.time_zone,
                languages: branch.languages.0,
            },
        }
    }
}

impl From<VersionHead> for WorkVersion {
    fn from(version: VersionHead) -> Self {
        Self {
            id: version.id,
            checklist_id: version.checklist_id,
            number: version.number,
            hash: version.content_hash,
            href: format!("/v1/checklist-versions/{}", version.id),
        }
    }
}
