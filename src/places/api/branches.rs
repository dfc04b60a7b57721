//! The addresses of branches.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError, ValidationErrors};

use super::PlacesParams;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadPlaces, WritePlaces},
    app::App,
    db::types::{Instant, Json},
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{BranchId, BrandId, RegionId},
    limits::{Latitude, Longitude, TimeZone},
    places::{
        model::{Address, Branch, BranchCode, Name, PlannedMove, SpokenLanguages},
        put_branch, store,
    },
    text::composed,
};

/// What a branch is to be.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutBranch {
    /// The brand that it is of. It stays so.
    brand_id: BrandId,
    /// The region that it lies in; directly under the brand if left out. It stays there until it is moved (`move`).
    region_id: Option<RegionId>,
    /// What the brand itself knows it by: one branch of the brand a code.
    code: BranchCode,
    /// What it is called.
    name: Name,
    /// Where to find it, in one line.
    address: Address,
    /// Degrees north. Without it and `longitude` no distance to the branch is measured.
    latitude: Option<Latitude>,
    /// Degrees east; there exactly if `latitude` is.
    longitude: Option<Longitude>,
    /// The IANA time zone.
    time_zone: TimeZone,
    /// The languages that are spoken there (BCP 47), the first one first.
    languages: SpokenLanguages,
}

impl Validate for PutBranch {
    /// A position has two halves.
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        let missing = match (&self.latitude, &self.longitude) {
            (Some(_), None) => "longitude",
            (None, Some(_)) => "latitude",
            _ => return Ok(()),
        };
        let mut wrong = ValidationErrors::new();
        wrong.add(
            missing,
            ValidationError::new("required").with_message("the other half of the position".into()),
        );
        Err(wrong)
    }
}

impl PutBranch {
    /// The branch as it would be if it were new.
    fn branch(self, id: BranchId, now: Instant) -> Branch {
        Branch {
            id,
            brand_id: self.brand_id,
            region_id: self.region_id,
            code: composed(&String::from(self.code)).into_owned(),
            name: self.name.into(),
            address: self.address.into(),
            latitude: self.latitude.map(Latitude::get),
            longitude: self.longitude.map(Longitude::get),
            time_zone: self.time_zone.into(),
            languages: Json(self.languages.into_strings()),
            revision: 1,
            created_at: now,
            retired_at: None,
            retired_with: None,
            moves_from: None,
            moves_to: None,
        }
    }
}

impl Rows for BranchView {}

/// A place that is visited.
#[derive(Serialize, ToSchema)]
pub struct BranchView {
    id: BranchId,
    brand_id: BrandId,
    /// The region that it lies in; missing directly under the brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    region_id: Option<RegionId>,
    /// What the brand itself knows it by.
    code: String,
    name: String,
    /// Where to find it, in one line.
    address: String,
    /// Degrees north, −90 to 90; missing where the position is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    latitude: Option<f64>,
    /// Degrees east, −180 to 180; missing where the position is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    longitude: Option<f64>,
    /// The IANA time zone.
    time_zone: String,
    /// The languages that are spoken there (BCP 47), the first one first.
    languages: Vec<String>,
    created_at: Instant,
    /// Since when it is retired, or when it will be; missing if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retired_at: Option<Instant>,
    /// The move that is to come, if one is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    planned_move: Option<PlannedMove>,
}

impl From<Branch> for BranchView {
    fn from(branch: Branch) -> Self {
        Self {
            id: branch.id,
            brand_id: branch.brand_id,
            region_id: branch.region_id,
            code: branch.code,
            name: branch.name,
            address: branch.address,
            latitude: branch.latitude,
            longitude: branch.longitude,
            time_zone: branch.time_zone,
            languages: branch.languages.0,
            created_at: branch.created_at,
            retired_at: branch.retired_at,
            planned_move: PlannedMove::of(branch.moves_from, branch.moves_to),
        }
    }
}

/// Branches that the caller may see, in the order of their ids.
#[utoipa::path(get, path = "/v1/branches", responses(
    (status = 200, description = "A page of branches."),
))]
pub async fn list_branches(
    app: Data<App>,
    caller: Allowed<ReadPlaces>,
    Listing(params, page): Listing<PlacesParams>,
) -> Result<Listed<BranchView>> {
    let filter = params.filter(app.clock.now());
    let read = move |conn: &mut _, after, rows| store::branches(conn, &caller.scope, filter, after, rows);
    page.list(read, |branch| branch.id, BranchView::from).await
}

/// One branch.
#[utoipa::path(get, path = "/v1/branches/{id}", responses(
    (status = 200, description = "The branch."),
))]
pub async fn get_branch(
    app: Data<App>,
    caller: Allowed<ReadPlaces>,
    had: IfNoneMatch,
    id: Path<BranchId>,
) -> Result<Fresh<BranchView>> {
    let id = id.into_inner();
    let branch = app.db.read(move |conn| store::branch(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, branch))
}

/// Make a branch, or change one. It stays where it is in the tree.
#[utoipa::path(put, path = "/v1/branches/{id}", responses(
    (status = 409, description = "`conflict`: another branch of the brand has this code, or it would move."),
))]
pub async fn put_branch(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<BranchId>,
    if_match: IfMatch,
    Input(put): Input<PutBranch>,
) -> Result<Tagged<BranchView>> {
    let new = put.branch(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_branch::put_branch(conn, &caller.scope, &if_match, &new);
    let stored = app.db.write(put).await?;
    Ok(Tagged::of(stored))
}
