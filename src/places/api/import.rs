//! The address that takes a file of places.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path, Payload},
};

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::WritePlaces,
    app::App,
    error::Result,
    http::{
        dear::{Dear, DearLimits},
        input::{read_body, require_media_type},
    },
    ids::BrandId,
    places::{import, model::ImportedPlaces},
};

/// Import places from a file, whole or not at all.
///
/// CSV in UTF-8, with commas, semicolons or tabs; the first line names the columns, in any order: `region` (a path such as
/// `Europe/France`, or empty), `branch` (the brand's own code for it), `name`, `address`, `latitude`, `longitude`,
/// `time_zone` (IANA) and `languages` (tags separated by `;`). At most 8 MiB and 20,000 branches. A branch that is
/// there already is changed; the same file again changes nothing. Every bad line is named, at pointers such as
/// `/lines/17/time_zone`: the first 1,000 mistakes.
#[utoipa::path(post, path = "/v1/brands/{id}/places/import",
    request_body(content = String, content_type = "text/csv", description = "The file."),
    responses((status = 200, description = "Imported."),
        (status = 429, description = "`too_many_requests`: the account asks for too much at once.")),
)]
pub async fn import_places(
    app: Data<App>,
    dear: Data<DearLimits>,
    request: HttpRequest,
    caller: Allowed<WritePlaces>,
    id: Path<BrandId>,
    body: Payload,
) -> Result<Json<ImportedPlaces>> {
    dear.count(Dear::Import, caller.account())?;
    require_media_type(&request, "text/csv")?;
    let csv = read_body(&request, body.into_inner(), import::LARGEST).await?;
    import::import(&app.db, &app.clock, &caller.scope, id.into_inner(), csv).await.map(Json)
}
