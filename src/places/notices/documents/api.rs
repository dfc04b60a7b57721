//! The addresses of documents of notices.

use actix_web::{
    HttpRequest,
    web::{Data, Path, Payload},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    model::{Document, LARGEST, PDF},
    put_document, store,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadNotices, WriteNotices},
    app::App,
    db::types::{Instant, Sha256},
    error::Result,
    http::{
        answer::{File, FreshFile, Tagged},
        bytes::{bytes, require_kind},
        etag::{ETag, IfNoneMatch, Keep},
        input::{Params, read_body, refuse_coding},
    },
    ids::{BrandId, DocumentId},
    precondition::Stored,
};

/// The bytes of a document.
pub struct Pdf;

bytes!(Pdf, "The bytes of a document", LARGEST);

/// A document that staff were given with a notice, without its bytes.
#[derive(Serialize, ToSchema)]
pub struct NoticeDocumentView {
    id: DocumentId,
    /// The brand that it belongs to.
    brand_id: BrandId,
    /// The SHA-256 of its bytes.
    sha256: Sha256,
    created_at: Instant,
}

impl From<Document> for NoticeDocumentView {
    fn from(document: Document) -> Self {
        let Document { id, brand_id, sha256, created_at } = document;
        Self { id, brand_id, sha256, created_at }
    }
}

/// The brand of a document.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeDocumentParams {
    /// The brand whose staff were given it.
    brand_id: BrandId,
}

/// Upload a document that staff were given with a notice: PDF, at most 4 MiB. It never changes: the same document again is
/// answered as before, and other bytes need another id. The notice names it afterwards. It may also come as `application/pdf`.
#[utoipa::path(put, path = "/v1/notice-documents/{id}",
    request_body(content = Pdf, content_type = "application/octet-stream", description = "The document."),
    responses(
        (status = 200, description = "It was there already."),
        (status = 201, description = "Kept."),
        (status = 409, description = "`conflict`: another document has this id."),
    ),
)]
pub async fn put_notice_document(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<WriteNotices>,
    id: Path<DocumentId>,
    Params(NoticeDocumentParams { brand_id }): Params<NoticeDocumentParams>,
    body: Payload,
) -> Result<Tagged<NoticeDocumentView>> {
    refuse_coding(&request)?;
    require_kind(&request, PDF)?;
    let bytes = read_body(&request, body.into_inner(), LARGEST).await?;
    put_document::require_pdf(&bytes)?;
    let new =
        Document { id: id.into_inner(), brand_id, sha256: Sha256::of(&bytes), created_at: app.clock.now() };
    let put = move |conn: &mut _| put_document::put_document(conn, &caller.scope, &new, &bytes);
    let Stored { put: step, thing } = app.db.write(put).await?;
    Ok(Tagged { step, tag: ETag::of(thing.sha256), thing: thing.into() })
}

/// A document that staff were given with a notice.
#[utoipa::path(get, path = "/v1/notice-documents/{id}", responses(
    (status = 200, description = "The document; keep it for ever. Its ETag is the SHA-256 of its bytes.",
        content((Pdf = "application/pdf"))),
))]
pub async fn get_notice_document(
    app: Data<App>,
    caller: Allowed<ReadNotices>,
    had: IfNoneMatch,
    id: Path<DocumentId>,
) -> Result<FreshFile> {
    let id = id.into_inner();
    let (document, bytes) = app.db.read(move |conn| store::document(conn, &caller.scope, id)).await?;
    let file = File { media_type: PDF, name: format!("{id}.pdf"), bytes };
    Ok(FreshFile { had, tag: ETag::of(document.sha256), keep: Keep::ForEver, file })
}
