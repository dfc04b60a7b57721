//! The address that takes a file of places.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path, Payload},
};

use super::{TableFileBytes, TableParams, read_file};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::WritePlaces,
    app::App,
    error::Result,
    http::{
        answer::InLanguage,
        dear::{Dear, DearLimits},
        input::Params,
    },
    ids::BrandId,
    places::{import, imported::ImportedPlaces},
    texts::Language,
};

/// Import places from a file, whole or not at all.
///
/// A CSV file or a workbook (.xlsx, .xlsm, .xls); the first line names the columns, in any order: `region` (a path such as
/// `Europe/France`, or empty), `branch` (the brand's own code for it), `name`, `address`, and, where they are known,
/// `latitude`, `longitude`, `time_zone` (IANA) and `languages` (tags separated by `;`). At most 8 MiB and 20,000
/// branches. A branch that is there already is changed; the same file again changes nothing. Every bad line is named, at
/// pointers such as `/lines/17/time_zone`: the first 1,000 mistakes.
///
/// CSV is taken as spreadsheet programs write it: columns separated by commas, semicolons or tabs, or as a first line
/// `sep=;` says; decimal commas; names of columns in any case, with spaces or without. It is UTF-8 or UTF-16, or what
/// `charset` says in the `Content-Type` of `text/csv`; anything else is recognized by its bytes, with a note. Of a workbook the sheet that
/// has these columns is read. Other columns are left out with a note.
///
/// A branch without a time zone or languages in the file keeps what it has; a new one takes those of `branch_defaults` of
/// its nearest region, or of the brand. A branch without a position is in no list of jobs around a place, and no distance
/// to it is measured, which is flagged on its visits. Codes and names of regions that differ only in small and capital
/// letters, spaces, and characters that are not seen are taken for one, with a note.
///
/// With `dry_run=true` the answer says what would change, and nothing is written. Notes and mistakes are in the language
/// of `Content-Language`. The file may also come under its own media type, such as `text/csv`.
#[utoipa::path(post, path = "/v1/brands/{id}/places/import",
    request_body(content = TableFileBytes, content_type = "application/octet-stream", description = "The file."),
    responses((status = 200, description = "Imported, or what would be."),
        (status = 429, description = "`too_many_requests`: the account asks for too much at once.")),
)]
#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
pub async fn import_places(
    app: Data<App>,
    dear: Data<DearLimits>,
    request: HttpRequest,
    caller: Allowed<WritePlaces>,
    id: Path<BrandId>,
    Params(params): Params<TableParams>,
    language: Language,
    body: Payload,
) -> Result<InLanguage<Json<ImportedPlaces>>> {
    dear.count(Dear::Import, caller.account())?;
    let file = read_file(&request, body, language).await?;
    let (id, dry_run) = (id.into_inner(), params.dry_run());
    let imported = import::import(&app.db, &app.clock, &caller.scope, id, file, dry_run).await?;
    Ok(InLanguage { language: Some(language.tag().to_owned()), answer: Json(imported) })
}
