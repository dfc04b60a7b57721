//! The addresses where a phone sends its evidence: tus 1.0, and a plain `PUT` for small files.

pub mod speak;

use std::{future::Future, pin::pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::StatusCode,
    rt,
    web::{self, Bytes, Data, Path},
};
use futures_util::{
    Stream, StreamExt,
    future::{Either, select},
    stream::{self, BoxStream},
};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use self::speak::UPLOADS;
use crate::visits::store;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::DoFieldwork,
    app::App,
    checklists::manifest::MediaType,
    db::types::{Instant, Sha256},
    error::{Code, Error, Result},
    evidence::{
        arrive::{self, Body, Progress},
        model::{Evidence, Facts, FileState, size_of_file},
        parts::Parts,
        tus,
    },
    http::input::{Params, read_body, require_media_type},
    ids::{EvidenceId, VisitId},
};

/// The largest file of a plain `PUT`, in bytes.
const SMALL: usize = 1 << 20;

/// A request that speaks the version of tus that we do.
#[derive(Debug)]
pub struct Tus;

impl FromRequest for Tus {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = header(request, "tus-resumable") == Some(tus::VERSION);
        let detail = format!("send Tus-Resumable: {}", tus::VERSION);
        std::future::ready(known.then_some(Self).ok_or_else(|| Error::new(Code::TusVersion).detail(detail)))
    }
}

/// Announce a file, perhaps with its first bytes (tus: creation, creation-with-upload). Announce it again whenever an
/// answer is lost: the file is made once, and `Upload-Offset` says how much of it is here.
///
/// `Upload-Metadata` has `id` (the file's, as in the visit's manifest), `visit_id`, `media_type` (or `filetype`) and
/// `sha256` (of the whole file, in hexadecimal). The visit may be submitted before or after. A file has at most
/// 50 MiB, a visit 200 files and 500 MiB, and a shopper sends at most 2 GiB a day. An unfinished file is kept for a
/// day after its last bytes.
#[utoipa::path(post, path = "/v1/uploads", params(
    ("tus-resumable" = Option<String>, Header, description = "The version of tus: `1.0.0`.", example = "1.0.0"),
    ("upload-length" = Option<String>, Header, description = "How many bytes the file has."),
    ("upload-metadata" = Option<String>, Header, description = "Pairs of a name and a value in base64."),
    ("upload-checksum" = Option<String>, Header, description = "The digest of the bytes in this request.", pattern = r"^sha256 [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"),
), responses(
    (status = 201, description = "It is announced; `Location` is where its bytes go, and `Upload-Offset` how many of them are here."),
    (status = 404, description = "The id is another shopper's."),
    (status = 408, description = "No bytes came for too long. Those that came are kept."),
    (status = 409, description = "`conflict`: other things were said of a file with this id. `evidence_differs`."),
    (status = 412, description = "`tus_version`: `Tus-Version` names the version that is spoken."),
    (status = 413, description = "`file_too_large`, `visit_full`, or `body_too_large`: more bytes came than the file has."),
    (status = 422, description = "`invalid`: a header says something that is not acceptable."),
    (status = 423, description = "`upload_taken_over`: another request goes on with it."),
    (status = 429, description = "`daily_limit`."),
    (status = 460, description = "`digest_mismatch`: the bytes have another digest than was said."),
))]
pub async fn create_upload(
    app: Data<App>,
    parts: Data<Parts>,
    caller: Allowed<DoFieldwork>,
    _: Tus,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let told = |name| header(&request, name);
    let facts = tus::facts(caller.account(), told("upload-length"), told("upload-metadata"))?;
    let has_bytes = request.headers().get("content-type").is_some_and(|kind| kind == tus::PIECE);
    let checksum = told("upload-checksum").map(tus::checksum).transpose()?;
    let made = with_bytes(payload, move |bytes| async move {
        let body = has_bytes.then_some(Body { bytes, checksum });
        arrive::create(&app, &parts, facts, body, store::evidence_arrived).await
    });
    let made = made.await?;
    let mut answer = HttpResponse::Created();
    answer.insert_header(("Location", format!("{UPLOADS}/{}", made.file.id)));
    Ok(tell(&mut answer, &made))
}

/// How far a file has come (tus). A request that still brings bytes on a dead line is ended, so that the answer stays
/// true.
#[utoipa::path(head, path = "/v1/uploads/{id}", params(
    ("id" = EvidenceId, Path),
    ("tus-resumable" = Option<String>, Header, description = "The version of tus: `1.0.0`.", example = "1.0.0"),
), responses(
    (status = 200, description = "`Upload-Offset` says how many bytes are here, `Upload-Length` how many it has."),
    (status = 409, description = "`evidence_differs`: all of it is here, and its visit says that it is another file."),
    (status = 410, description = "`upload_expired`."),
    (status = 412, description = "`tus_version`: `Tus-Version` names the version that is spoken."),
    (status = 423, description = "`upload_taken_over`: another request is busy with it."),
))]
pub async fn upload_status(
    app: Data<App>,
    parts: Data<Parts>,
    caller: Allowed<DoFieldwork>,
    _: Tus,
    id: Path<EvidenceId>,
) -> Result<HttpResponse> {
    let (shopper, id) = (caller.account(), id.into_inner());
    let status =
        to_the_end(async move { arrive::status(&app, &parts, shopper, id, store::evidence_arrived).await })
            .await?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("Upload-Length", status.file.size.to_string()));
    answer.insert_header(("Upload-Metadata", tus::metadata(&status.file)));
    Ok(tell(&mut answer, &status))
}

/// The next bytes of a file (tus). What arrives is kept, however the connection ends, unless `Upload-Checksum` was
/// said; with the last byte the whole is compared with its digest, and is on disk when this answers.
#[utoipa::path(patch, path = "/v1/uploads/{id}", params(
    ("id" = EvidenceId, Path),
    ("tus-resumable" = Option<String>, Header, description = "The version of tus: `1.0.0`.", example = "1.0.0"),
    ("upload-offset" = Option<String>, Header, description = "How many bytes of the file are here already."),
    ("upload-checksum" = Option<String>, Header, description = "The digest of the bytes in this request.", pattern = r"^sha256 [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"),
), request_body(content_type = "application/offset+octet-stream", content = Vec<u8>), responses(
    (status = 204, description = "They are here; `Upload-Offset` says how many there are."),
    (status = 409, description = "`offset_differs`: the file stands at another byte. `evidence_differs`: its visit says that it is another file; it is not kept."),
    (status = 410, description = "`upload_expired`."),
    (status = 412, description = "`tus_version`: `Tus-Version` names the version that is spoken."),
    (status = 423, description = "`upload_taken_over`: another request goes on with it."),
    (status = 460, description = "`digest_mismatch`: the bytes, or the whole file, have another digest than was said."),
))]
pub async fn append_upload(
    app: Data<App>,
    parts: Data<Parts>,
    caller: Allowed<DoFieldwork>,
    _: Tus,
    id: Path<EvidenceId>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse> {
    require_media_type(&request, tus::PIECE)?;
    let offset = tus::offset(header(&request, "upload-offset"))?;
    let checksum = header(&request, "upload-checksum").map(tus::checksum).transpose()?;
    let whose = (caller.account(), id.into_inner());
    let append = with_bytes(payload, move |bytes| async move {
        arrive::append(&app, &parts, whose, offset, Body { bytes, checksum }, store::evidence_arrived).await
    });
    Ok(tell(&mut HttpResponse::NoContent(), &append.await?))
}

/// Give up a file that is not finished (tus: termination).
#[utoipa::path(delete, path = "/v1/uploads/{id}", params(
    ("id" = EvidenceId, Path),
    ("tus-resumable" = Option<String>, Header, description = "The version of tus: `1.0.0`.", example = "1.0.0"),
), responses(
    (status = 204, description = "It is gone."),
    (status = 409, description = "`conflict`: it is finished, and stays."),
    (status = 412, description = "`tus_version`: `Tus-Version` names the version that is spoken."),
    (status = 423, description = "`upload_taken_over`: another request is busy with it."),
))]
pub async fn give_up_upload(
    app: Data<App>,
    parts: Data<Parts>,
    caller: Allowed<DoFieldwork>,
    _: Tus,
    id: Path<EvidenceId>,
) -> Result<HttpResponse> {
    let (shopper, id) = (caller.account(), id.into_inner());
    to_the_end(async move { arrive::give_up(&app, &parts, shopper, id).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a file belongs to.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Belonging {
    /// The visit, which may be submitted before or after.
    visit_id: VisitId,
}

/// A file of a visit that is here.
#[derive(Serialize, ToSchema)]
pub struct EvidenceView {
    id: EvidenceId,
    visit_id: VisitId,
    media_type: MediaType,
    /// How many bytes it has.
    #[schema(minimum = 1, maximum = 52428800)]
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
/// lost.
#[utoipa::path(put, path = "/v1/uploads/{id}", params(
    ("id" = EvidenceId, Path),
    Belonging,
    ("content-digest" = Option<String>, Header, description = "The digest of the file (RFC 9530): `sha-256=:…:`, needed."),
), request_body(content(
    (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/heic"),
    (Vec<u8> = "audio/mp4"), (Vec<u8> = "audio/ogg"), (Vec<u8> = "audio/webm"), (Vec<u8> = "audio/wav"),
)), responses(
    (status = 200, description = "It was here already.", body = EvidenceView),
    (status = 201, description = "It is kept.", body = EvidenceView),
    (status = 409, description = "`conflict`: another file is here under this id, or was announced. `evidence_differs`: its visit says that it is another file."),
    (status = 413, description = "`body_too_large`: a file of more than 1 MiB is uploaded in pieces. `visit_full`."),
    (status = 423, description = "`upload_taken_over`: another request is busy with it."),
    (status = 429, description = "`daily_limit`."),
))]
pub async fn put_upload(
    app: Data<App>,
    parts: Data<Parts>,
    caller: Allowed<DoFieldwork>,
    id: Path<EvidenceId>,
    Params(belonging): Params<Belonging>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let media_type = kind_of_file(&request)?;
    let sha256 = tus::content_digest(header(&request, "content-digest"))?;
    let bytes = read_body(&request, payload.into_inner(), SMALL).await?.to_vec();
    if bytes.is_empty() || Sha256::of(&bytes) != sha256 {
        return Err(tus::wrong("Content-Digest", "the body has another digest, or is empty"));
    }
    let (id, visit, shopper) = (id.into_inner(), belonging.visit_id, caller.account());
    let facts = Facts { id, visit, shopper, media_type, size: size_of_file(bytes.len() as u64)?, sha256 };
    let put = async move { arrive::put(&app, &parts, facts, bytes, store::evidence_arrived).await };
    let (is_new, file) = to_the_end(put).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(HttpResponse::build(status).json(EvidenceView::from(file)))
}

fn kind_of_file(request: &HttpRequest) -> Result<MediaType> {
    let kinds: Vec<_> = MediaType::ALL.iter().map(|kind| kind.as_str()).collect();
    let refused = || Error::new(Code::UnsupportedMediaType).detail(format!("one of {}", kinds.join(", ")));
    header(request, "content-type").and_then(tus::media_type).ok_or_else(refused)
}

/// A client that hangs up takes its request's future away. What it sent before is stored all the same.
async fn to_the_end<T: 'static>(work: impl Future<Output = Result<T>> + 'static) -> Result<T> {
    rt::spawn(work).await.map_err(Error::internal)?
}

/// The same for a body that is stored as it comes. actix drops what it has read ahead when a connection ends, unless
/// everything was taken from it before; so it is taken at once, and waits here.
async fn with_bytes<T: 'static, W: Future<Output = Result<T>> + 'static>(
    mut payload: web::Payload,
    work: impl FnOnce(BoxStream<'static, std::result::Result<Bytes, Cut>>) -> W,
) -> Result<T> {
    let (pass_on, waiting) = mpsc::channel(WAITING);
    let work = rt::spawn(work(pieces(waiting).boxed()));
    let take = async move {
        while let Some(piece) = payload.next().await {
            let whole = piece.is_ok();
            if pass_on.send(piece.ok()).await.is_err() || !whole {
                break;
            }
        }
        // An empty piece says that this was all; without it the connection was lost.
        let _ = pass_on.send(Some(Bytes::new())).await;
        std::future::pending::<()>().await
    };
    match select(work, pin!(take)).await {
        Either::Left((done, _)) => done.map_err(Error::internal)?,
        Either::Right(((), work)) => work.await.map_err(Error::internal)?,
    }
}

/// So many pieces of a body, of at most 128 KiB each, wait for the disk.
const WAITING: usize = 4;

/// The connection ended before the body did.
#[derive(Debug)]
struct Cut;

/// What was taken, until it is over in one way or the other.
fn pieces(waiting: mpsc::Receiver<Option<Bytes>>) -> impl Stream<Item = std::result::Result<Bytes, Cut>> {
    stream::unfold(Some(waiting), |waiting| async {
        let mut waiting = waiting?;
        match waiting.recv().await {
            Some(Some(piece)) if piece.is_empty() => None,
            Some(Some(piece)) => Some((Ok(piece), Some(waiting))),
            Some(None) | None => Some((Err(Cut), None)),
        }
    })
}

/// The header's text; what is no text is as good as nothing.
fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// Says how far the file has come.
fn tell(answer: &mut HttpResponseBuilder, progress: &Progress) -> HttpResponse {
    answer.insert_header(("Upload-Offset", progress.offset.to_string()));
    if !progress.file.is_kept() {
        answer.insert_header(("Upload-Expires", tus::http_date(progress.file.expires_at)));
    }
    answer.finish()
}
