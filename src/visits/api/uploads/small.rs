//! A small file in one request, without tus.

use actix_web::{
    HttpRequest,
    web::{self, Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    body::to_the_end,
    headers::{header, headers},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::FinishFieldwork,
    app::App,
    checklists::manifest::{FileSize, MediaType},
    db::types::{Instant, Sha256},
    error::{Code, Error, Result},
    evidence::{
        arrive,
        model::{Announcement, Evidence, FileState, size_of_file},
        parts::Parts,
        progress::Reached,
        sight, tus,
    },
    http::{
        answer::Kept,
        bytes::{are_unnamed, bytes},
        dear::{Dear, DearLimits},
        input::{Params, read_body, refuse_coding},
    },
    ids::{AssignmentId, EvidenceId, VisitId},
    visits::{finish, take_file::take},
};

/// The largest file of a plain `PUT`, in bytes.
const SMALL: usize = 1 << 20;

/// A photo or a recording that comes in one request.
pub struct SmallFile;

bytes!(SmallFile, "The bytes of a photo or a recording", SMALL);

/// What a file belongs to.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Belonging {
    /// The visit, which may be submitted before or after.
    visit_id: VisitId,
    /// The assignment that it is for. Without it no more than 20 files of 10 MiB in all may wait for their visits, for
    /// seven days.
    assignment_id: Option<AssignmentId>,
}

/// A file of a visit that is here.
#[derive(Serialize, ToSchema)]
pub struct EvidenceView {
    id: EvidenceId,
    visit_id: VisitId,
    media_type: MediaType,
    /// How many bytes it has.
    #[schema(value_type = FileSize)]
    size: i64,
    /// The digest of its bytes.
    sha256: Sha256,
    state: FileState,
    /// When its last byte was here.
    kept_at: Option<Instant>,
}

impl From<Evidence> for EvidenceView {
    fn from(file: Evidence) -> Self {
        let Evidence { id, visit_id, media_type, size, sha256, state, kept_at, .. } = file;
        Self { id, visit_id, media_type, size, sha256, state, kept_at }
    }
}

/// A small file in one request, of at most 1 MiB. It is on disk when this answers; send it again whenever an answer is
/// lost. It may also come under its own media type (`image/jpeg`, `image/png`, `image/webp`, `audio/mp4`, `audio/ogg`,
/// `audio/webm`, `audio/wav`), which is believed; what comes as `application/octet-stream` is what its bytes say.
#[utoipa::path(put, path = "/v1/uploads/{id}", params(
    ("content-digest" = Option<String>, Header, description = "The digest of the file (RFC 9530): `sha-256=:…:`, needed. `Repr-Digest` is read as well."),
), request_body(content = SmallFile, content_type = "application/octet-stream"), responses(
    (status = 200, description = "It was here already."),
    (status = 201, description = "It is kept."),
    (status = 409, description = "`conflict`: another file is here under this id, or was announced. `evidence_differs`: its visit says that it is another file. `assignment_taken`: its assignment has another visit. `files_waiting`."),
    (status = 413, description = "`body_too_large`: a file of more than 1 MiB is uploaded in pieces. `visit_full`."),
    (status = 415, description = "`unsupported_media_type`; `unreadable_file`: the server cannot read such a file, and `detail` says what to send instead."),
    (status = 423, description = "`upload_taken_over`: another request is busy with it."),
    (status = 429, description = "`too_many_requests`: the account asks for too much at once. `daily_limit`."),
))]
pub async fn put_upload(
    app: Data<App>,
    parts: Data<Parts>,
    caller: Allowed<FinishFieldwork>,
    id: Path<EvidenceId>,
    Params(belonging): Params<Belonging>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Kept<EvidenceView>> {
    DearLimits::of(&request)?.count(Dear::Upload, caller.account())?;
    finish::require_time(&app, &caller.scope).await?;
    refuse_coding(&request)?;
    let named = if are_unnamed(&request) { None } else { Some(kind_of_file(&request)?) };
    let digests = ["content-digest", "repr-digest"].map(|name| headers(&request, name));
    let sha256 = tus::content_digest(digests.into_iter().flatten())?;
    let bytes = read_body(&request, payload.into_inner(), SMALL).await?.to_vec();
    if bytes.is_empty() || Sha256::of(&bytes) != sha256 {
        return Err(tus::wrong("Content-Digest", "the body has another digest, or is empty"));
    }
    let media_type = named.map_or_else(|| kind_of_bytes(&bytes), Ok)?;
    let Belonging { visit_id: visit, assignment_id: assignment } = belonging;
    let (id, shopper) = (id.into_inner(), caller.account());
    let size = size_of_file(bytes.len() as u64)?;
    let announcement = Announcement { id, visit, assignment, shopper, media_type, size, sha256 };
    let put = async move {
        let reached = arrive::put(&app, &parts, announcement, bytes).await?;
        let made = matches!(reached, Reached::End(_));
        Ok(Kept { made, thing: EvidenceView::from(take(&app, reached).await?.file) })
    };
    to_the_end(put).await
}

fn kind_of_file(request: &HttpRequest) -> Result<MediaType> {
    header(request, "content-type")
        .and_then(MediaType::named)
        .ok_or_else(no_such_kind)
        .and_then(tus::readable)
}

fn kind_of_bytes(bytes: &[u8]) -> Result<MediaType> {
    sight::media_type(bytes).ok_or_else(no_such_kind).and_then(tus::readable)
}

fn no_such_kind() -> Error {
    let kinds = MediaType::ALL.iter().filter(|kind| kind.is_read());
    let kinds: Vec<_> = kinds.map(|kind| kind.as_str()).collect();
    Error::new(Code::UnsupportedMediaType).detail(format!("one of {}", kinds.join(", ")))
}
