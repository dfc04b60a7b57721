//! The address of photos of reports.

use actix_web::web::{Data, Path};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadReports,
    app::App,
    error::Result,
    evidence::model::MAX_FILE,
    http::{
        answer::{File, FreshFile},
        etag::{ETag, IfNoneMatch, Keep},
    },
    ids::ReportFileId,
    reports::read,
};

/// The bytes of a photo of a report.
pub struct ReportPhoto;

impl ToSchema for ReportPhoto {}

impl PartialSchema for ReportPhoto {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("The bytes of a picture."))
            .into()
    }
}

/// A photo of a report: the picture alone, in a square of 1280 pixels a side. Its sides and its size are those of many others.
#[utoipa::path(get, path = "/v1/report-files/{id}", responses(
    (status = 200, description = "The photo. Its ETag is its id: it never changes.", content((ReportPhoto = "image/jpeg"))),
))]
pub async fn get_report_file(
    app: Data<App>,
    caller: Allowed<ReadReports>,
    had: IfNoneMatch,
    id: Path<ReportFileId>,
) -> Result<FreshFile> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let file = app.db.snapshot(move |conn| read::file(conn, &caller.scope, id, now)).await?;
    let bytes = app.blobs.read(file.sha256, MAX_FILE).await?;
    let file = File { media_type: "image/jpeg", name: format!("{id}.jpg"), bytes };
    Ok(FreshFile { had, tag: ETag::of(id), keep: Keep::Ask, file })
}
