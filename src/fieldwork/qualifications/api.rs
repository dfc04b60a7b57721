//! The addresses of qualifications.

mod attempts;
mod certificates;
mod questions;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub use self::{attempts::*, certificates::*};
use super::{
    model::{self, Qualification},
    store,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{
        Scope,
        permit::{ReadQualifications, WriteQualifications},
    },
    app::App,
    checklists::cache::Versions,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    http::{
        etag::{self, ETag, IfMatch, Keep, Put},
        input::Input,
        page::{Listing, OfBrand, Page, PageParams},
    },
    ids::{BrandId, QualificationId, VersionId},
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
    #[schema(minimum = 1, maximum = 10000)]
    pass_mark: Option<i32>,
    /// For how many days it holds once the test is passed; null if for good.
    #[schema(minimum = 1, maximum = 3650)]
    valid_days: Option<i32>,
    /// How many tries a shopper has within 30 days.
    #[schema(minimum = 1, maximum = 100)]
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
#[utoipa::path(get, path = "/v1/qualifications", params(OfBrand, PageParams), responses(
    (status = 200, description = "A page of qualifications.", body = Page<QualificationView>),
))]
pub async fn list_qualifications(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadQualifications>,
    Listing(OfBrand { brand_id: brand }, page): Listing<OfBrand>,
) -> Result<HttpResponse> {
    let (after, rows) = (page.after::<QualificationId>(&app.seals, &request)?, page.rows());
    let found =
        app.db.read(move |conn| store::qualifications(conn, &caller.scope, brand, after, rows)).await?;
    let views = found.into_iter().map(QualificationView::from).collect();
    page.answer(&app.seals, &request, views, |qualification| qualification.id)
}

/// One qualification.
#[utoipa::path(get, path = "/v1/qualifications/{id}", params(("id" = QualificationId, Path)), responses(
    (status = 200, description = "The qualification.", body = QualificationView),
))]
pub async fn get_qualification(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadQualifications>,
    id: Path<QualificationId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::qualification(conn, &caller.scope, id)).await?;
    let tag = ETag::of(found.revision);
    Ok(etag::fresh(&request, &tag, Keep::Ask, &QualificationView::from(found)))
}

/// What a qualification is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutQualification {
    /// Whose it is; never changes.
    brand_id: BrandId,
    /// What it is called, for shoppers as well.
    #[validate(length(min = 1, max = 200), custom(function = "crate::http::input::plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    name: String,
    /// The published version that is its test, together with `pass_mark`; without, only schedulers give it. It has no
    /// question that needs files, and none that asks for a comment only where an answer earns little. Let nobody visit
    /// with it: a phone is told what the answers of its checklists earn.
    checklist_version_id: Option<VersionId>,
    /// What has to be scored in the test, in basis points.
    #[validate(range(min = 1, max = 10000))]
    #[schema(minimum = 1, maximum = 10000)]
    pass_mark: Option<i32>,
    /// For how many days it holds once the test is passed; for good, if not said.
    #[validate(range(min = 1, max = 3650))]
    #[schema(minimum = 1, maximum = 3650)]
    valid_days: Option<i32>,
    /// How many tries a shopper has within 30 days.
    #[serde(default = "three")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100, default = 3)]
    most_attempts: i32,
}

fn three() -> i32 {
    3
}

impl PutQualification {
    /// The qualification as it would be, still in the revision of the one that is there.
    fn qualification(&self, id: QualificationId, old: Option<&Qualification>, now: Instant) -> Qualification {
        Qualification {
            id,
            brand_id: self.brand_id,
            name: self.name.clone(),
            version_id: self.checklist_version_id,
            pass_mark: self.pass_mark,
            valid_days: self.valid_days,
            most_attempts: self.most_attempts,
            revision: old.map_or(1, |old| old.revision),
            created_at: old.map_or(now, |old| old.created_at),
        }
    }
}

/// Make a qualification, or change one. Certificates that were given stay as they are.
#[utoipa::path(put, path = "/v1/qualifications/{id}", params(("id" = QualificationId, Path), ("if-match" = Option<String>, Header)), request_body = PutQualification, responses(
    (status = 200, description = "Changed, or it was so already.", body = QualificationView),
    (status = 201, description = "Made.", body = QualificationView),
    (status = 409, description = "`conflict`: it belongs to another brand."),
))]
pub async fn put_qualification(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<WriteQualifications>,
    id: Path<QualificationId>,
    if_match: IfMatch,
    Input(put): Input<PutQualification>,
) -> Result<HttpResponse> {
    let (id, now) = (id.into_inner(), app.clock.now());
    check_test(&app, &versions, &caller.scope, &put).await?;
    let (step, kept) =
        app.db.write(move |conn| keep_qualification(conn, &caller.scope, &if_match, id, &put, now)).await?;
    let tag = ETag::of(kept.revision);
    Ok(etag::answer(step.status(), &tag, &QualificationView::from(kept)))
}

/// Whether what is to be the test can be one. A version never changes, so this is asked before anything is written.
async fn check_test(app: &App, versions: &Versions, scope: &Scope, put: &PutQualification) -> Result<()> {
    let invalid = |pointer, code, why: &str| Err(Error::invalid(vec![FieldError::new(pointer, code, why)]));
    if !scope.covers_brand(put.brand_id) {
        return Err(Error::new(Code::NotFound));
    }
    let version = match (put.checklist_version_id, put.pass_mark) {
        (None, None) => return Ok(()),
        (Some(version), Some(_)) => if_there(versions.get(&app.db, version).await)?,
        (Some(_), None) => {
            return invalid("/pass_mark", "required", "a test is passed with so many basis points");
        }
        (None, Some(_)) => {
            return invalid("/checklist_version_id", "required", "there is no test to be passed");
        }
    };
    let Some(version) = version.filter(|version| version.brand_id == put.brand_id) else {
        return invalid("/checklist_version_id", "unknown", "the brand has no such version");
    };
    let wrong = model::unfit(version.prepared.content());
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

fn keep_qualification(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: QualificationId,
    put: &PutQualification,
    now: Instant,
) -> Result<(Put, Qualification)> {
    let old = store::qualification_to_change(conn, scope, id)?;
    if old.as_ref().is_some_and(|old| old.brand_id != put.brand_id) {
        return Err(Error::new(Code::Conflict).detail("it belongs to another brand, and stays there"));
    }
    let wanted = put.qualification(id, old.as_ref(), now);
    let step = if_match.step(old.as_ref(), &wanted, |one| one.revision)?;
    let kept = step.take(conn, wanted, store::insert_qualification, store::update_qualification);
    Ok((step, kept.map_err(name_the_brand)?))
}

/// Its test has been looked at, so that the only thing that it can refer to in vain is its brand.
fn name_the_brand(error: Error) -> Error {
    error.pointing("/brand_id", "there is no such brand")
}
