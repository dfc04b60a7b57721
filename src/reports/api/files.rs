//! The address of photos and recordings of reports.

use actix_web::{
    HttpRequest,
    body::SizedStream,
    web::{Bytes, Data, Path},
};
use futures_util::{StreamExt, stream::BoxStream};

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadReports,
    app::App,
    error::Result,
    http::{
        answer::{File, FreshFile},
        bytes::bytes,
        etag::{ETag, IfNoneMatch, Keep},
        range::{self, Ranged},
    },
    ids::ReportFileId,
    reports::read,
};

/// The bytes of a photo or a recording of a report.
pub struct ReportBytes;

bytes!(ReportBytes, "The bytes of a picture or of a sound.");

/// The bytes of a copy, passed on as they are read.
type Pieces = SizedStream<BoxStream<'static, Result<Bytes>>>;

/// A photo or a recording of a report. A photo is the picture alone, in a square of 1280 pixels a side. A recording is the sound
/// alone, silent where a reviewer cut it: an MP4 of AAC or Opus, or a WAV. Their sizes are those of many others.
#[utoipa::path(get, path = "/v1/report-files/{id}", params(
    ("range" = Option<String>, Header, description = "One range of bytes: `bytes=0-999`. Anything else is as if it was not there."),
), responses(
    (status = 200, description = "The file. Its ETag is its id: it never changes.", content(
        (ReportBytes = "image/jpeg"), (ReportBytes = "audio/mp4"), (ReportBytes = "audio/wav"),
    )),
    (status = 206, description = "The part that was asked for; `Content-Range` says which it is.", content(
        (ReportBytes = "image/jpeg"), (ReportBytes = "audio/mp4"), (ReportBytes = "audio/wav"),
    )),
    (status = 416, description = "`range_not_satisfiable`: it lies behind the end."),
))]
pub async fn get_report_file(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadReports>,
    had: IfNoneMatch,
    id: Path<ReportFileId>,
) -> Result<Ranged<FreshFile<Pieces>>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let file = app.db.snapshot(move |conn| read::file(conn, &caller.scope, id, now)).await?;
    let (tag, size, kind) = (ETag::of(id), file.size.unsigned_abs(), file.kind());
    let part = range::wanted(&request, &tag, size)?;
    let blob = app.blobs.get_part(file.sha256, part.clone()).await?;
    let pieces = blob.pieces.map(|piece| piece.map(Bytes::from)).boxed();
    let bytes = SizedStream::new(blob.size, pieces);
    let file = File { media_type: kind.as_str(), name: format!("{id}.{}", kind.extension()), bytes };
    Ok(Ranged { answer: FreshFile { had, tag, keep: Keep::Ask, file }, part, size })
}
