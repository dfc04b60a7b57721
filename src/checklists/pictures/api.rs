//! The addresses of example pictures.

use actix_web::{
    HttpMessage, HttpRequest,
    web::{Data, Path, Payload},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    model::{LARGEST, Picture, PictureType},
    put_picture, store,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadVersions, WriteChecklists},
    app::App,
    db::types::{Instant, Sha256},
    error::{Code, Error, Result},
    http::{
        answer::{File, FreshFile, Tagged},
        bytes::{are_unnamed, bytes},
        etag::{ETag, IfNoneMatch, Keep},
        input::{Params, read_body, refuse_coding},
    },
    ids::{BrandId, PictureId},
    media_types,
    precondition::Stored,
};

/// The bytes of a picture.
pub struct Image;

bytes!(Image, "The bytes of a picture", LARGEST);

/// A picture, without its bytes.
#[derive(Serialize, ToSchema)]
pub struct PictureView {
    id: PictureId,
    /// The brand that it belongs to.
    brand_id: BrandId,
    /// What it is.
    media_type: PictureType,
    /// The SHA-256 of its bytes.
    sha256: Sha256,
    created_at: Instant,
}

impl From<Picture> for PictureView {
    fn from(picture: Picture) -> Self {
        let Picture { id, brand_id, media_type, sha256, created_at } = picture;
        Self { id, brand_id, media_type, sha256, created_at }
    }
}

/// The brand of a picture.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PictureParams {
    /// The brand whose checklists show it.
    brand_id: BrandId,
}

/// Upload an example picture for a brand's checklists: JPEG, PNG or WebP, at most 256 KiB. It never changes: the same
/// picture again is answered as before, and other bytes need another id. A picture may also come under its own media type.
#[utoipa::path(put, path = "/v1/pictures/{id}", 
    request_body(content = Image, content_type = "application/octet-stream", description = "The picture."),
    responses(
        (status = 200, description = "It was there already."),
        (status = 201, description = "Kept."),
        (status = 409, description = "`conflict`: another picture has this id."),
    ),
)]
pub async fn put_picture(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<WriteChecklists>,
    id: Path<PictureId>,
    Params(PictureParams { brand_id }): Params<PictureParams>,
    body: Payload,
) -> Result<Tagged<PictureView>> {
    refuse_coding(&request)?;
    let named = if are_unnamed(&request) { None } else { Some(media_type(&request)?) };
    let bytes = read_body(&request, body.into_inner(), LARGEST).await?;
    let media_type = put_picture::kind_of(named, &bytes)?;
    let (id, sha256, created_at) = (id.into_inner(), Sha256::of(&bytes), app.clock.now());
    let new = Picture { id, brand_id, media_type, sha256, created_at };
    let put = move |conn: &mut _| put_picture::put_picture(conn, &caller.scope, &new, &bytes);
    let Stored { put: step, thing } = app.db.write(put).await?;
    Ok(Tagged { step, tag: ETag::of(thing.sha256), thing: thing.into() })
}

fn media_type(request: &HttpRequest) -> Result<PictureType> {
    let sent = media_types::meant(request.content_type());
    let known = PictureType::ALL.iter().copied().find(|one| one.as_str() == sent);
    known.ok_or_else(|| {
        Error::new(Code::UnsupportedMediaType).detail("send image/jpeg, image/png or image/webp")
    })
}

/// An example picture, which never changes. Also for the shoppers of its brand.
#[utoipa::path(get, path = "/v1/pictures/{id}", responses(
    (status = 200, description = "The picture; keep it for ever. Its ETag is the SHA-256 of its bytes.",
        content((Image = "image/jpeg"), (Image = "image/png"), (Image = "image/webp"))),
))]
pub async fn get_picture(
    app: Data<App>,
    caller: Allowed<ReadVersions>,
    had: IfNoneMatch,
    id: Path<PictureId>,
) -> Result<FreshFile> {
    let id = id.into_inner();
    let (picture, bytes) = app.db.read(move |conn| store::picture(conn, &caller.scope, id)).await?;
    let media_type = picture.media_type;
    let file =
        File { media_type: media_type.as_str(), name: format!("{id}.{}", media_type.extension()), bytes };
    Ok(FreshFile { had, tag: ETag::of(picture.sha256), keep: Keep::ForEver, file })
}
