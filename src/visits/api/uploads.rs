//! The addresses where a phone sends its evidence: tus 1.0, and a plain `PUT` for small files.

mod answers;
mod body;
mod headers;
mod small;
pub mod speak;

use actix_web::web::{self, Data, Path};

pub use self::small::*;
use self::{
    answers::{Announced, Appended, Standing},
    body::{to_the_end, with_bytes},
    headers::{NewUpload, NextBytes, NextPiece, Tus},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::FinishFieldwork,
    app::App,
    error::Result,
    evidence::{
        arrive::{self, Body, Own},
        parts::Parts,
    },
    http::{
        answer::NoContent,
        dear::{Dear, DearLimits},
    },
    ids::EvidenceId,
    visits::{finish, take_file::take},
};

/// Announce a file, perhaps with its first bytes (tus: creation, creation-with-upload). Announce it again whenever an
/// answer is lost: the file is made once, and `Upload-Offset` says how much of it is here.
///
/// `Upload-Metadata` has `id` (the file's, as in the visit's manifest), `visit_id`, `assignment_id`, `media_type` (or
/// `filetype`) and `sha256` (of the whole file, in hexadecimal). The visit may be submitted before or after; a file whose
/// visit has not come after 30 days is given up. Without `assignment_id` no more than 20 files of 10 MiB in all may wait
/// for their visits, for seven days. A file has at most 50 MiB, a visit 200 files and 500 MiB, and a shopper sends at most
/// 1,000 files and 2 GiB a day; each file counts for 64 KiB at least. An unfinished file is kept for a day after its
/// last bytes.
#[utoipa::path(post, path = "/v1/uploads", responses(
    (status = 404, description = "The id is another shopper's."),
    (status = 408, description = "No bytes came for too long. Those that came are kept."),
    (status = 409, description = "`conflict`: a file with this id was announced with other facts. `evidence_differs`. `assignment_taken`: the assignment has another visit. `files_waiting`."),
    (status = 412, description = "`tus_version`: `Tus-Version` names the version that is spoken."),
    (status = 413, description = "`file_too_large`, `visit_full`, or `body_too_large`: more bytes came than the file has."),
    (status = 415, description = "`unreadable_file`: the server cannot read such a file, and `detail` says what to send instead."),
    (status = 422, description = "`invalid`: a header says something that is not acceptable."),
    (status = 423, description = "`upload_taken_over`: another request goes on with it."),
    (status = 429, description = "`too_many_requests`: the account asks for too much at once. `daily_limit`."),
    (status = 460, description = "`digest_mismatch`: the bytes have another digest than was announced."),
))]
pub async fn create_upload(
    app: Data<App>,
    dear: Data<DearLimits>,
    parts: Data<Parts>,
    caller: Allowed<FinishFieldwork>,
    _: Tus,
    headers: NewUpload,
    payload: web::Payload,
) -> Result<Announced> {
    dear.count(Dear::Upload, caller.account())?;
    finish::require_time(&app, &caller.scope).await?;
    let announcement = headers.announcement(caller.account())?;
    let (has_bytes, checksum) = (headers.has_bytes(), headers.checksum()?);
    let made = with_bytes(payload, move |bytes| async move {
        let body = has_bytes.then_some(Body { bytes, checksum });
        take(&app, arrive::create(&app, &parts, announcement, body).await?).await
    });
    made.await.map(Announced)
}

/// How far a file has come (tus). A request that still brings bytes on a dead line is ended, so that the answer stays
/// true.
#[utoipa::path(head, path = "/v1/uploads/{id}", responses(
    (status = 409, description = "`evidence_differs`: all of it is here, and its visit says that it is another file."),
    (status = 410, description = "`upload_expired`."),
    (status = 412, description = "`tus_version`: `Tus-Version` names the version that is spoken."),
    (status = 423, description = "`upload_taken_over`: another request is busy with it."),
))]
pub async fn upload_status(
    app: Data<App>,
    parts: Data<Parts>,
    caller: Allowed<FinishFieldwork>,
    _: Tus,
    id: Path<EvidenceId>,
) -> Result<Standing> {
    finish::require_time(&app, &caller.scope).await?;
    let own = Own { shopper: caller.account(), id: id.into_inner() };
    let status = to_the_end(async move { take(&app, arrive::status(&app, &parts, own).await?).await });
    status.await.map(Standing)
}

/// The next bytes of a file (tus). What arrives is kept, however the connection ends, unless `Upload-Checksum` was
/// sent; with the last byte the whole is compared with its digest, and is on disk when this answers. tus calls such a body
/// `application/offset+octet-stream`.
#[utoipa::path(patch, path = "/v1/uploads/{id}", request_body(content((NextPiece = "application/octet-stream"), (NextPiece = "application/offset+octet-stream"))), responses(
    (status = 409, description = "`offset_differs`: the file stands at another byte. `evidence_differs`: its visit says that it is another file; it is not kept."),
    (status = 410, description = "`upload_expired`."),
    (status = 415, description = "`unreadable_file`: it is whole, and the server cannot read such a file; `detail` says what to send instead."),
    (status = 412, description = "`tus_version`: `Tus-Version` names the version that is spoken."),
    (status = 423, description = "`upload_taken_over`: another request goes on with it."),
    (status = 460, description = "`digest_mismatch`: the bytes, or the whole file, have another digest than was announced."),
))]
pub async fn append_upload(
    app: Data<App>,
    parts: Data<Parts>,
    caller: Allowed<FinishFieldwork>,
    _: Tus,
    id: Path<EvidenceId>,
    headers: NextBytes,
    payload: web::Payload,
) -> Result<Appended> {
    finish::require_time(&app, &caller.scope).await?;
    let (offset, checksum) = (headers.offset()?, headers.checksum()?);
    let own = Own { shopper: caller.account(), id: id.into_inner() };
    let append = with_bytes(payload, move |bytes| async move {
        let body = Body { bytes, checksum };
        take(&app, arrive::append(&app, &parts, own, offset, body).await?).await
    });
    append.await.map(Appended)
}

/// Give up a file that is not finished (tus: termination).
#[utoipa::path(delete, path = "/v1/uploads/{id}", responses(
    (status = 204, description = "It is gone."),
    (status = 409, description = "`conflict`: it is finished, and stays."),
    (status = 412, description = "`tus_version`: `Tus-Version` names the version that is spoken."),
    (status = 423, description = "`upload_taken_over`: another request is busy with it."),
))]
pub async fn give_up_upload(
    app: Data<App>,
    parts: Data<Parts>,
    caller: Allowed<FinishFieldwork>,
    _: Tus,
    id: Path<EvidenceId>,
) -> Result<NoContent> {
    finish::require_time(&app, &caller.scope).await?;
    let own = Own { shopper: caller.account(), id: id.into_inner() };
    to_the_end(async move { arrive::give_up(&app, &parts, own).await }).await?;
    Ok(NoContent)
}
