//! The addresses of what is attached to appeals.

use actix_web::{
    HttpRequest,
    web::{Data, Path, Payload},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{AppealReports, ReadReports},
    app::App,
    appeals::{
        attach::{self, LARGEST},
        model::AppealFile,
        read,
    },
    db::types::{Instant, Sha256},
    error::{Code, Error, Result},
    http::{
        answer::{File, FreshFile, Tagged},
        bytes::{bytes, require_kind},
        etag::{ETag, IfNoneMatch, Keep},
        input::{read_body, refuse_coding},
    },
    ids::{AccountId, AppealFileId, AppealId},
    precondition::Stored,
};

/// The bytes of a file of an appeal.
pub struct Attachment;

bytes!(Attachment, "The bytes of a file", LARGEST);

/// What is attached to an appeal, without its bytes.
#[derive(Serialize, ToSchema)]
pub struct AppealFileView {
    id: AppealFileId,
    appeal_id: AppealId,
    /// Who attached it.
    attached_by: AccountId,
    /// `application/pdf`, `image/jpeg` or `image/png`, by its bytes.
    media_type: String,
    /// The SHA-256 of its bytes.
    sha256: Sha256,
    created_at: Instant,
}

impl From<AppealFile> for AppealFileView {
    fn from(file: AppealFile) -> Self {
        let AppealFile { id, appeal_id, account_id, media_type, sha256, created_at } = file;
        Self { id, appeal_id, attached_by: account_id, media_type, sha256, created_at }
    }
}

/// Attach a file to an open appeal: PDF, JPEG or PNG, at most 4 MiB, and at most ten files. Reviewers see it as it is. It never changes:
/// the same file again is answered as before. It may also come as what it is.
#[utoipa::path(put, path = "/v1/appeals/{id}/files/{file_id}",
    request_body(content = Attachment, content_type = "application/octet-stream", description = "The file."),
    responses(
        (status = 200, description = "It was there already."),
        (status = 201, description = "Kept."),
        (status = 409, description = "`conflict`: another file has this id. `wrong_state`: the appeal is over, or has ten files."),
    ),
)]
pub async fn put_appeal_file(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<AppealReports>,
    ids: Path<(AppealId, AppealFileId)>,
    body: Payload,
) -> Result<Tagged<AppealFileView>> {
    refuse_coding(&request)?;
    let bytes = read_body(&request, body.into_inner(), LARGEST).await?;
    let media_type = attach::media_type(&bytes)?;
    require_kind(&request, media_type)?;
    let ((appeal_id, id), now) = (ids.into_inner(), app.clock.now());
    let new = AppealFile {
        id,
        appeal_id,
        account_id: caller.account(),
        media_type: media_type.to_owned(),
        sha256: Sha256::of(&bytes),
        created_at: now,
    };
    let put = move |conn: &mut _| attach::attach(conn, &caller.scope, &new, &bytes, now);
    let Stored { put: step, thing } = app.db.write(put).await?;
    Ok(Tagged { step, tag: ETag::of(thing.sha256), thing: thing.into() })
}

/// What is attached to an appeal against a report that the caller may read.
#[utoipa::path(get, path = "/v1/appeal-files/{id}", responses(
    (status = 200, description = "The file. Its ETag is the SHA-256 of its bytes: it never changes.", content(
        (Attachment = "application/pdf"), (Attachment = "image/jpeg"), (Attachment = "image/png"),
    )),
))]
pub async fn get_appeal_file(
    app: Data<App>,
    caller: Allowed<ReadReports>,
    had: IfNoneMatch,
    id: Path<AppealFileId>,
) -> Result<FreshFile> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let (file, bytes) = app.db.read(move |conn| read::file(conn, &caller.scope, id, now)).await?;
    let (media_type, ending) = match file.media_type.as_str() {
        "application/pdf" => ("application/pdf", "pdf"),
        "image/jpeg" => ("image/jpeg", "jpg"),
        "image/png" => ("image/png", "png"),
        _ => return Err(Error::new(Code::NotFound)),
    };
    let shown = File { media_type, name: format!("{id}.{ending}"), bytes };
    Ok(FreshFile { had, tag: ETag::of(file.sha256), keep: Keep::Ask, file: shown })
}
