//! The addresses of targets.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    delete_target,
    model::Target,
    put_target,
    store::{self, TargetFilter},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadScores, WriteTargets},
    app::App,
    checklists::counted::Subject,
    db::types::Instant,
    error::{Error, FieldError, Result},
    http::{
        answer::{Fresh, NoContent, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{BranchId, BrandId, RegionId, TargetId},
    limits::BasisPoints,
    months::Month,
    scores::{
        model::{HeldTo, Place},
        subject_name::SubjectName,
    },
};

impl Rows for PlaceTarget {}

/// What a subject is to score at a place.
#[derive(Serialize, ToSchema)]
pub struct PlaceTarget {
    id: TargetId,
    /// The brand of the place; the place itself if neither a region nor a branch is named.
    brand_id: BrandId,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    region_id: Option<RegionId>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    branch_id: Option<BranchId>,
    /// The subject.
    #[schema(value_type = SubjectName)]
    subject: Option<SubjectName>,
    /// The first month that it is for.
    from: Month,
    /// The last month that it is for; null if it has no end.
    to: Option<Month>,
    /// The score that is wanted, in basis points.
    #[schema(value_type = BasisPoints)]
    score: i32,
    created_at: Instant,
}

impl From<Target> for PlaceTarget {
    fn from(target: Target) -> Self {
        Self {
            id: target.id,
            brand_id: target.brand,
            region_id: target.place.region(),
            branch_id: target.place.branch(),
            subject: SubjectName::of(&target.subject),
            from: target.from,
            to: target.to,
            score: target.score,
            created_at: target.created_at,
        }
    }
}

/// Which targets.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TargetParams {
    /// Only those of places of this brand.
    brand_id: Option<BrandId>,
    /// Only those of this region itself. Either this or `branch_id`.
    region_id: Option<RegionId>,
    /// Only those of this branch itself.
    branch_id: Option<BranchId>,
    /// Only those that are for this month.
    month: Option<Month>,
}

/// The targets of places that the caller's roles cover, in the order of their ids. A figure also says what it is to be by the target of a
/// place above it.
#[utoipa::path(get, path = "/v1/targets", responses((status = 200, description = "A page of targets.")))]
pub async fn list_targets(
    caller: Allowed<ReadScores>,
    Listing(params, page): Listing<TargetParams>,
) -> Result<Listed<PlaceTarget>> {
    let TargetParams { brand_id, region_id, branch_id, month } = params;
    let filter = TargetFilter { places: HeldTo::named(brand_id, region_id, branch_id)?, month };
    let read = move |conn: &mut _, after, rows| store::targets(conn, &caller.scope, filter, after, rows);
    page.list(read, |target| target.id, PlaceTarget::from).await
}

/// One target.
#[utoipa::path(get, path = "/v1/targets/{id}", responses((status = 200, description = "The target.")))]
pub async fn get_target(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    had: IfNoneMatch,
    id: Path<TargetId>,
) -> Result<Fresh<PlaceTarget>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::target(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, found))
}

/// What a target is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutTarget {
    /// The brand of the place; alone, the place is the whole brand. The place never changes.
    brand_id: BrandId,
    /// A region of the brand. Either this or `branch_id`.
    region_id: Option<RegionId>,
    /// A branch of the brand.
    branch_id: Option<BranchId>,
    /// The subject; if left out, whole visits. It never changes.
    subject: Option<SubjectName>,
    /// The first month that it is for.
    from: Month,
    /// The last month that it is for; if left out, it has no end.
    to: Option<Month>,
    /// The score that is wanted, in basis points.
    score: BasisPoints,
}

impl PutTarget {
    fn target(self, id: TargetId, now: Instant) -> Result<Target> {
        let place = Place::named(self.brand_id, self.region_id, self.branch_id);
        let subject = self.subject.map_or(Ok(Subject::Overall), |name| name.subject("/subject"));
        let months = match self.to {
            Some(to) if to < self.from => Err(FieldError::new("/to", "range", "no earlier than `from`")),
            to => Ok(to),
        };
        match (place, subject, months) {
            (Ok(place), Ok(subject), Ok(to)) => Ok(Target {
                id,
                brand: self.brand_id,
                place,
                subject,
                from: self.from,
                to,
                score: self.score.get(),
                revision: 1,
                created_at: now,
            }),
            (place, subject, months) => {
                let wrong = [place.err(), subject.err(), months.err()];
                Err(Error::invalid(wrong.into_iter().flatten().collect()))
            }
        }
    }
}

/// Set a target, or change its months or its score. Of the targets for a month the one of the nearest place counts: that of the branch,
/// then those of its regions, from the nearest up, then that of the brand.
#[utoipa::path(put, path = "/v1/targets/{id}", responses(
    (status = 201, description = "Set."),
    (status = 409, description = "`conflict`: another target is for the same place and subject in one of these months (`detail` \
        names it), its place or subject would change, or a deleted target had this id."),
))]
pub async fn put_target(
    app: Data<App>,
    caller: Allowed<WriteTargets>,
    id: Path<TargetId>,
    if_match: IfMatch,
    Input(put): Input<PutTarget>,
) -> Result<Tagged<PlaceTarget>> {
    let now = app.clock.now();
    let new = put.target(id.into_inner(), now)?;
    let put = move |conn: &mut _| put_target::put_target(conn, &caller.scope, &if_match, new.clone(), now);
    Ok(Tagged::of(app.db.write(put).await?))
}

/// Delete a target: no figure has it any more, of no month. Its id is not used again.
#[utoipa::path(delete, path = "/v1/targets/{id}", responses((status = 204, description = "It is deleted.")))]
pub async fn delete_target(
    app: Data<App>,
    caller: Allowed<WriteTargets>,
    id: Path<TargetId>,
    if_match: IfMatch,
) -> Result<NoContent> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let delete = move |conn: &mut _| delete_target::delete_target(conn, &caller.scope, &if_match, id, now);
    app.db.write(delete).await?;
    Ok(NoContent)
}
