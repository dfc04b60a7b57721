//! The addresses where the files of visits are seen: never as they were sent, only as clean copies.

use std::ops::Range;

use actix_web::{
    HttpRequest,
    body::SizedStream,
    web::{Bytes, Data, Json, Path},
};
use futures_util::{StreamExt, stream::BoxStream};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::{Allowed, note_caller},
    accounts::model::Bearer,
    accounts::policy::permit::ReadAnswers,
    app::App,
    checklists::{
        key::Key,
        manifest::{FileSize, MediaType},
    },
    db::types::{Instant, Sha256},
    error::{Code, Error, Result},
    evidence::{
        address::{Address, Which},
        clean::{CleanCopy, Reading},
        fetch,
        model::FileState,
    },
    http::{
        answer::{File, FreshFile, Secret},
        bytes::bytes,
        etag::{ETag, IfNoneMatch, Keep},
        input::Params,
        range::{self, Ranged},
    },
    ids::{EvidenceId, SessionId, VisitId},
    limits::{Count, Count32, Latitude, Longitude, Opaque, Ordinal32},
    seals::Seals,
    visits::show_file::{ShownFile, show_file},
};

/// A file of a visit, with what was read in it. What people see is a clean copy: a photo is turned upright, has at most
/// 2048 pixels a side, and has nothing in it but the picture; a recording has nothing in it but the sound.
#[derive(Serialize, ToSchema)]
pub struct SeenEvidence {
    id: EvidenceId,
    visit_id: VisitId,
    /// The question that it belongs to; null as long as no visit that has arrived names it.
    question: Option<Key>,
    /// What kind of file it was sent as.
    media_type: MediaType,
    /// How many bytes were sent.
    #[schema(value_type = FileSize)]
    size: i64,
    /// The digest of what was sent.
    sha256: Sha256,
    state: FileState,
    reading: Reading,
    /// Why it cannot be read, in a sentence.
    problem: Option<String>,
    /// Pixels across that a photo was sent with, as it is to be seen.
    #[schema(value_type = Option<Ordinal32>)]
    width: Option<i32>,
    /// Pixels down that it was sent with, as it is to be seen.
    #[schema(value_type = Option<Ordinal32>)]
    height: Option<i32>,
    /// How long a recording is, rounded up.
    #[schema(value_type = Option<Count32>)]
    seconds: Option<i32>,
    /// The camera's clock, as it wrote it: `2026-05-04T13:02:01`, with `+02:00` behind if it wrote that as well.
    taken_at: Option<String>,
    /// Where the camera thought that it was.
    position: Option<PhotoPosition>,
    /// The camera's maker and model.
    camera: Option<String>,
    /// Where the clean copy is.
    content: Option<SignedAddress>,
    /// Where a small copy of a photo is, of at most 512 pixels a side.
    thumbnail: Option<SignedAddress>,
}

/// Where a camera thought that it was (WGS 84).
#[derive(Serialize, ToSchema)]
pub struct PhotoPosition {
    /// North of the equator, in degrees.
    #[schema(value_type = Latitude)]
    latitude: f64,
    /// East of Greenwich, in degrees.
    #[schema(value_type = Longitude)]
    longitude: f64,
}

/// An address that needs no token, and is good for five minutes, as long as the caller is signed in with the same rights.
#[derive(Serialize, ToSchema)]
pub struct SignedAddress {
    /// Relative to the server.
    #[schema(format = "uri-reference")]
    url: String,
    /// When it ends; read the evidence again for a new one.
    expires_at: Instant,
}

impl SignedAddress {
    fn new(address: Address, keys: &Seals) -> Self {
        let expires_at = Instant::from_micros(address.until.saturating_mul(1_000_000));
        Self { url: address.signed(keys), expires_at }
    }
}

impl SeenEvidence {
    fn new(ShownFile { file, question, copy }: ShownFile, address: impl Fn(Which) -> SignedAddress) -> Self {
        let reading = copy.as_ref().map_or(Reading::Waiting, CleanCopy::reading);
        let content = copy.as_ref().and_then(CleanCopy::content).map(|_| address(Which::Content));
        let thumbnail = copy.as_ref().and_then(CleanCopy::thumbnail).map(|_| address(Which::Thumbnail));
        let position = copy.as_ref().and_then(|copy| {
            let (latitude, longitude) = (copy.latitude?, copy.longitude?);
            Some(PhotoPosition { latitude, longitude })
        });
        let of = |number: fn(&CleanCopy) -> Option<i32>| copy.as_ref().and_then(number);
        let text =
            |text: fn(&CleanCopy) -> &Option<String>| copy.as_ref().and_then(|copy| text(copy).clone());
        Self {
            id: file.id,
            visit_id: file.visit_id,
            question,
            media_type: file.media_type,
            size: file.size,
            sha256: file.sha256,
            state: file.state,
            reading,
            problem: text(|copy| &copy.problem),
            width: of(|copy| copy.width),
            height: of(|copy| copy.height),
            seconds: of(|copy| copy.seconds),
            taken_at: text(|copy| &copy.taken_at),
            position,
            camera: text(|copy| &copy.camera),
            content,
            thumbnail,
        }
    }
}

/// A file of a visit: for its shopper, and for those who decide about visits. It is read soon after it has arrived;
/// until its visit has arrived as well, only its shopper sees it. The addresses are signed in the name of the caller's session, and end with it and with its rights.
#[utoipa::path(get, path = "/v1/evidence/{id}", responses((status = 200, description = "The file.")))]
pub async fn get_evidence(
    app: Data<App>,
    caller: Allowed<ReadAnswers>,
    id: Path<EvidenceId>,
) -> Result<Secret<Json<SeenEvidence>>> {
    let (id, bearer, now) = (id.into_inner(), caller.bearer()?, app.clock.now());
    let shown = app.db.snapshot(move |conn| show_file(conn, &caller.scope, id)).await?;
    let address = |which| SignedAddress::new(Address::new(id, which, bearer, now), &app.seals);
    Ok(Secret(Json(SeenEvidence::new(shown, address))))
}

/// What makes an address good.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Signed {
    /// The session that asked for the address.
    #[serde(rename = "for")]
    session: SessionId,
    /// The version of the rights that it had.
    #[param(inline)]
    rights: Count,
    /// When it ends, in seconds of the Unix time.
    #[param(inline)]
    until: Count,
    /// The server's, over all of it.
    #[param(inline)]
    signature: Opaque<1, 64>,
}

/// The bytes of a clean copy.
pub struct CleanBytes;

bytes!(CleanBytes, "The bytes of a picture or of a sound.");

/// The clean copy of a file. Its address is that of `content` in `GET /v1/evidence/{id}`, as it stands there.
#[utoipa::path(get, path = "/v1/evidence/{id}/content", params(
    ("range" = Option<String>, Header, description = "One range of bytes: `bytes=0-999`. Anything else is as if it was not there."),
), responses(
    (status = 200, description = "The copy. Its ETag is the SHA-256 of its bytes.", content(
        (CleanBytes = "image/jpeg"), (CleanBytes = "audio/mp4"), (CleanBytes = "audio/ogg"),
        (CleanBytes = "audio/webm"), (CleanBytes = "audio/wav"),
    )),
    (status = 206, description = "The part that was asked for; `Content-Range` says which it is.", content(
        (CleanBytes = "image/jpeg"), (CleanBytes = "audio/mp4"), (CleanBytes = "audio/ogg"),
        (CleanBytes = "audio/webm"), (CleanBytes = "audio/wav"),
    )),
    (status = 416, description = "`range_not_satisfiable`: it lies behind the end."),
    (status = 403, description = "`address_expired`."),
))]
pub async fn get_evidence_content(
    app: Data<App>,
    request: HttpRequest,
    had: IfNoneMatch,
    id: Path<EvidenceId>,
    Params(signed): Params<Signed>,
) -> Result<Ranged<FreshFile<Pieces>>> {
    let id = id.into_inner();
    let copy = signed.copy(&app, &request, id, Which::Content).await?;
    let (media_type, digest) = copy.content().ok_or_else(|| Error::new(Code::NotFound))?;
    let (tag, size) = (ETag::of(digest), copy.size.map_or(0, i64::unsigned_abs));
    let part = range::wanted(&request, &tag, size)?;
    let name = format!("{id}.{}", media_type.extension());
    let file = file(&app, name, media_type, digest, part.clone()).await?;
    Ok(Ranged { answer: FreshFile { had, tag, keep: Keep::FiveMinutes, file }, part, size })
}

/// A small copy of a photo. Its address is that of `thumbnail` in `GET /v1/evidence/{id}`, as it stands there.
#[utoipa::path(get, path = "/v1/evidence/{id}/thumbnail", responses(
    (status = 200, description = "The copy. Its ETag is the SHA-256 of its bytes.", body = CleanBytes, content_type = "image/jpeg"),
    (status = 403, description = "`address_expired`."),
))]
pub async fn get_evidence_thumbnail(
    app: Data<App>,
    request: HttpRequest,
    had: IfNoneMatch,
    id: Path<EvidenceId>,
    Params(signed): Params<Signed>,
) -> Result<FreshFile<Pieces>> {
    let id = id.into_inner();
    let copy = signed.copy(&app, &request, id, Which::Thumbnail).await?;
    let (media_type, digest) = copy.thumbnail().ok_or_else(|| Error::new(Code::NotFound))?;
    let name = format!("{id}-small.{}", media_type.extension());
    let file = file(&app, name, media_type, digest, None).await?;
    Ok(FreshFile { had, tag: ETag::of(digest), keep: Keep::FiveMinutes, file })
}

impl Signed {
    /// What was read in the file, if the address is good.
    async fn copy(
        &self,
        app: &App,
        request: &HttpRequest,
        file: EvidenceId,
        which: Which,
    ) -> Result<CleanCopy> {
        let Self { session, rights, until, ref signature } = *self;
        let bearer = Bearer { session, grants_version: rights.get() };
        Address { file, which, bearer, until: until.get() }.check(&app.seals, signature, app.clock.now())?;
        let (account, copy) = app.db.read(move |conn| fetch::clean_copy(conn, bearer, file)).await?;
        note_caller(request, account);
        Ok(copy)
    }
}

/// The bytes of a copy, passed on as they are read.
pub type Pieces = SizedStream<BoxStream<'static, Result<Bytes>>>;

/// A copy, or a part of one.
async fn file(
    app: &App,
    name: String,
    media_type: MediaType,
    digest: Sha256,
    part: Option<Range<u64>>,
) -> Result<File<Pieces>> {
    let blob = app.blobs.get_part(digest, part).await?;
    let pieces = blob.pieces.map(|piece| piece.map(Bytes::from)).boxed();
    Ok(File { media_type: media_type.as_str(), name, bytes: SizedStream::new(blob.size, pieces) })
}
