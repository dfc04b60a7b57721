//! The addresses of digests.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    delete_digest,
    model::{Digest, DigestContent, DigestIssue, DigestTerms},
    put_digest,
    schedule::DigestSchedule,
    store::{self, DigestFilter},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{KeepAlerts, ReadScores},
    app::App,
    db::types::Instant,
    error::{Error, Result},
    http::{
        answer::{Fresh, NoContent, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        listed::Listed,
        page::{Listing, NoFilter, Page},
        sheet::Rows,
    },
    ids::{AccountId, BranchId, BrandId, DigestId, DigestIssueId, RegionId},
    scores::{
        latest::LatestPeriod,
        model::{HeldTo, Place, Reader},
        visible::visible,
    },
};

impl Rows for DigestView {}

/// A summary of a place that an account is given every week or month: the score, the branches whose scores changed, and the open alerts.
#[derive(Serialize, ToSchema)]
pub struct DigestView {
    id: DigestId,
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
    /// For whom it is.
    account_id: AccountId,
    /// Of which months each issue is.
    period: LatestPeriod,
    /// When it is due.
    schedule: DigestSchedule,
    /// When it is due next; for a moment that has passed an issue is written within a minute.
    next_due_at: Option<Instant>,
    created_at: Instant,
}

impl From<Digest> for DigestView {
    fn from(digest: Digest) -> Self {
        let next_due_at = digest.next_due();
        let DigestTerms { period, schedule } = digest.content;
        Self {
            id: digest.id,
            brand_id: digest.brand,
            region_id: digest.place.region(),
            branch_id: digest.place.branch(),
            account_id: digest.account,
            period,
            schedule,
            next_due_at,
            created_at: digest.created_at,
        }
    }
}

/// Which digests.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DigestParams {
    /// Only those of places of this brand.
    brand_id: Option<BrandId>,
    /// Only those of this region itself. Either this or `branch_id`.
    region_id: Option<RegionId>,
    /// Only those of this branch itself.
    branch_id: Option<BranchId>,
    /// Only those for this account.
    account_id: Option<AccountId>,
}

/// The digests for the caller, in the order of their ids. Administrators see those for all accounts, of the places that they administer.
#[utoipa::path(get, path = "/v1/digests", responses((status = 200, description = "A page of digests.")))]
pub async fn list_digests(
    caller: Allowed<ReadScores>,
    Listing(params, page): Listing<DigestParams>,
) -> Result<Listed<DigestView>> {
    let DigestParams { brand_id, region_id, branch_id, account_id: account } = params;
    let filter = DigestFilter { places: HeldTo::named(brand_id, region_id, branch_id)?, account };
    let read = move |conn: &mut _, after, rows| store::digests(conn, &caller.scope, filter, after, rows);
    page.list(read, |digest| digest.id, DigestView::from).await
}

/// One digest: one for the caller, or one of a place that the caller administers.
#[utoipa::path(get, path = "/v1/digests/{id}", responses((status = 200, description = "The digest.")))]
pub async fn get_digest(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    had: IfNoneMatch,
    id: Path<DigestId>,
) -> Result<Fresh<DigestView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::digest(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, found))
}

/// What a digest is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutDigest {
    /// The brand of the place; alone, the place is the whole brand. The place never changes.
    brand_id: BrandId,
    /// A region of the brand. Either this or `branch_id`.
    region_id: Option<RegionId>,
    /// A branch of the brand.
    branch_id: Option<BranchId>,
    /// For whom it is: an account that may see the scores of the place; if left out, the caller. It never changes. Only an administrator sets digests for
    /// other accounts; for other callers they do not exist (`not_found`).
    account_id: Option<AccountId>,
    /// Of which months each issue is: the latest ones. If there are not enough visits in the month, the quarter or the year that is still going on, the issue is
    /// of the one before.
    period: LatestPeriod,
    /// When it is due.
    schedule: DigestSchedule,
}

impl PutDigest {
    fn digest(self, id: DigestId, caller: AccountId, now: Instant) -> Result<Digest> {
        let place = Place::named(self.brand_id, self.region_id, self.branch_id);
        Ok(Digest {
            id,
            brand: self.brand_id,
            place: place.map_err(|wrong| Error::invalid(vec![wrong]))?,
            account: self.account_id.unwrap_or(caller),
            content: DigestTerms { period: self.period, schedule: self.schedule },
            settled_until: now,
            revision: 1,
            created_at: now,
        })
    }
}

/// Set a digest, or change one. An issue is written when it is due, with what the account sees of the place then; where several moments have passed,
/// one issue stands for all of them.
#[utoipa::path(put, path = "/v1/digests/{id}", responses(
    (status = 201, description = "Set."),
    (status = 409, description = "`conflict`: its place or its account would change, or a deleted digest had this id."),
))]
pub async fn put_digest(
    app: Data<App>,
    caller: Allowed<KeepAlerts>,
    id: Path<DigestId>,
    if_match: IfMatch,
    Input(put): Input<PutDigest>,
) -> Result<Tagged<DigestView>> {
    let now = app.clock.now();
    let new = put.digest(id.into_inner(), caller.account(), now)?;
    let put = move |conn: &mut _| put_digest::put_digest(conn, &caller.scope, &if_match, new.clone(), now);
    Ok(Tagged::of(app.db.write(put).await?))
}

/// Delete a digest: it is due no more. Its id is not used again.
#[utoipa::path(delete, path = "/v1/digests/{id}", responses((status = 204, description = "It is deleted.")))]
pub async fn delete_digest(
    app: Data<App>,
    caller: Allowed<KeepAlerts>,
    id: Path<DigestId>,
    if_match: IfMatch,
) -> Result<NoContent> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let delete = move |conn: &mut _| delete_digest::delete_digest(conn, &caller.scope, &if_match, id, now);
    app.db.write(delete).await?;
    Ok(NoContent)
}

/// An issue of a digest, for one moment at which it was due.
#[derive(Serialize, ToSchema)]
pub struct DigestIssueView {
    id: DigestIssueId,
    /// The moment at which the digest was due.
    due_at: Instant,
    /// When it was written.
    issued_at: Instant,
    /// By whose figures it is.
    reader: Reader,
    /// The summary.
    content: DigestContent,
}

impl DigestIssueView {
    fn of(issue: DigestIssue) -> Option<Self> {
        let DigestIssue { id, due_at, issued_at, reader, content, .. } = issue;
        Some(Self { id, due_at, issued_at, reader: reader?, content: content?.0 })
    }
}

/// The issues of a digest that are for the caller, the newest first. An issue by figures that the caller may see no longer is left out.
#[utoipa::path(get, path = "/v1/digests/{id}/issues", responses((status = 200, description = "A page of issues.")))]
pub async fn list_digest_issues(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<DigestId>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<DigestIssueView>> {
    let (id, before, rows) = (id.into_inner(), page.key()?, page.rows());
    let read = move |conn: &mut _| {
        let digest = store::digest(conn, &caller.scope, id)?;
        let readers = match visible(conn, &caller.scope, digest.place)?.reader {
            Reader::Desk => Reader::ALL,
            Reader::BranchSide => &[Reader::BranchSide],
        };
        store::issues(conn, (id, caller.scope.account, readers), before, rows)
    };
    let issues = app.db.snapshot(read).await?;
    let views = issues.into_iter().filter_map(DigestIssueView::of).collect();
    page.page(views, |issue: &DigestIssueView| (issue.due_at, issue.id))
}
