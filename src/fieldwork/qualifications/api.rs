//! The addresses of qualifications.

mod attempts;
mod certificates;
mod questions;

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub use self::{attempts::*, certificates::*};
use super::{
    model::{MostAttempts, PassMark, Qualification, ValidDays},
    put_qualification::{self, check_test},
    store,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadQualifications, WriteQualifications},
    app::App,
    checklists::cache::Versions,
    db::types::Instant,
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        page::{Listing, OfBrand, Page},
    },
    ids::{BrandId, QualificationId, VersionId},
    limits::PlainText,
};

/// What a shopper must have shown to be able to do, for the campaigns that ask for it.
#[derive(Serialize, ToSchema)]
pub struct QualificationView {
    id: QualificationId,
    /// Whose it is.
    brand_id: BrandId,
    /// What it is called.
    name: String,
    /// The published version that is its test; null if only schedulers give it.
    checklist_version_id: Option<VersionId>,
    /// What has to be scored in the test, in basis points; null without a test.
    #[schema(value_type = Option<PassMark>)]
    pass_mark: Option<i32>,
    /// For how many days it holds once the test is passed; null if for good.
    #[schema(value_type = Option<ValidDays>)]
    valid_days: Option<i32>,
    /// How many tries a shopper has within 30 days.
    #[schema(value_type = MostAttempts)]
    most_attempts: i32,
    created_at: Instant,
}

impl From<Qualification> for QualificationView {
    fn from(qualification: Qualification) -> Self {
        Self {
            id: qualification.id,
            brand_id: qualification.brand_id,
            name: qualification.name,
            checklist_version_id: qualification.version_id,
            pass_mark: qualification.pass_mark,
            valid_days: qualification.valid_days,
            most_attempts: qualification.most_attempts,
            created_at: qualification.created_at,
        }
    }
}

/// The qualifications of the brands that the caller has to do with, in the order of their ids.
#[utoipa::path(get, path = "/v1/qualifications", responses(
    (status = 200, description = "A page of qualifications."),
))]
pub async fn list_qualifications(
    app: Data<App>,
    caller: Allowed<ReadQualifications>,
    Listing(OfBrand { brand_id: brand }, page): Listing<OfBrand>,
) -> Result<Page<QualificationView>> {
    let (after, rows) = (page.key()?, page.rows());
    let found =
        app.db.read(move |conn| store::qualifications(conn, &caller.scope, brand, after, rows)).await?;
    let views = found.into_iter().map(QualificationView::from).collect();
    page.page(views, |qualification| qualification.id)
}

/// One qualification.
#[utoipa::path(get, path = "/v1/qualifications/{id}", responses(
    (status = 200, description = "The qualification."),
))]
pub async fn get_qualification(
    app: Data<App>,
    caller: Allowed<ReadQualifications>,
    had: IfNoneMatch,
    id: Path<QualificationId>,
) -> Result<Fresh<QualificationView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::qualification(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, found))
}

/// What a qualification is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutQualification {
    /// Whose it is; never changes.
    brand_id: BrandId,
    /// What it is called, for shoppers as well.
    name: PlainText<1, 200>,
    /// The published version that is its test, together with `pass_mark`; without, only schedulers give it. It has no
    /// question that needs files, and none that asks for a comment only where an answer earns little. No visit should be
    /// made with it: a phone learns what the answers of its checklists earn.
    checklist_version_id: Option<VersionId>,
    /// What has to be scored in the test, in basis points.
    pass_mark: Option<PassMark>,
    /// For how many days it holds once the test is passed; for good, if left out.
    valid_days: Option<ValidDays>,
    /// How many tries a shopper has within 30 days.
    #[serde(default = "three")]
    #[schema(default = 3)]
    most_attempts: MostAttempts,
}

const fn three() -> MostAttempts {
    MostAttempts::of::<3>()
}

impl PutQualification {
    /// The qualification as it would be if it were new.
    fn qualification(self, id: QualificationId, now: Instant) -> Qualification {
        Qualification {
            id,
            brand_id: self.brand_id,
            name: self.name.into(),
            version_id: self.checklist_version_id,
            pass_mark: self.pass_mark.map(PassMark::as_i32),
            valid_days: self.valid_days.map(ValidDays::as_i32),
            most_attempts: self.most_attempts.as_i32(),
            revision: 1,
            created_at: now,
        }
    }
}

/// Make a qualification, or change one. Certificates that were given stay as they are.
#[utoipa::path(put, path = "/v1/qualifications/{id}", responses(
    (status = 409, description = "`conflict`: it belongs to another brand."),
))]
pub async fn put_qualification(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<WriteQualifications>,
    id: Path<QualificationId>,
    if_match: IfMatch,
    Input(put): Input<PutQualification>,
) -> Result<Tagged<QualificationView>> {
    let new = put.qualification(id.into_inner(), app.clock.now());
    check_test(&app.db, &versions, &caller.scope, &new).await?;
    let put = move |conn: &mut _| put_qualification::put_qualification(conn, &caller.scope, &if_match, &new);
    let stored = app.db.write(put).await?;
    Ok(Tagged::of(stored))
}
