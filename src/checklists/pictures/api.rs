//! The addresses of example pictures.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};
use validator::Validate;

use super::{
    model::{LARGEST, Picture, PictureType},
    store,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{
        Scope,
        permit::{ReadVersions, WriteChecklists},
    },
    app::App,
    db::{
        Conn,
        types::{Instant, Sha256},
    },
    error::{Code, Error, FieldError, Result},
    http::{
        etag::{self, ETag, File, Keep, Put},
        input::{Params, read_body},
    },
    ids::{BrandId, PictureId},
};

/// The bytes of a picture.
pub struct Image;

impl ToSchema for Image {}

impl PartialSchema for Image {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("The bytes of a picture: at most 262144."))
            .into()
    }
}

/// A picture, without its bytes.
#[derive(Serialize, ToSchema)]
pub struct PictureView {
    id: PictureId,
    /// Whose it is.
    brand_id: BrandId,
    /// What it is.
    media_type: PictureType,
    /// Stands for its bytes.
    sha256: Sha256,
    created_at: Instant,
}

impl From<Picture> for PictureView {
    fn from(picture: Picture) -> Self {
        let Picture { id, brand_id, media_type, sha256, created_at } = picture;
        Self { id, brand_id, media_type, sha256, created_at }
    }
}

/// Whose a picture is to be.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PictureParams {
    /// The brand whose checklists show it.
    brand_id: BrandId,
}

/// Upload an example picture for a brand's checklists: JPEG, PNG or WebP, at most 256 KiB. It never changes: the same
/// again is answered as before, other bytes need another id.
#[utoipa::path(put, path = "/v1/pictures/{id}", params(("id" = PictureId, Path), PictureParams),
    request_body(content((Image = "image/jpeg"), (Image = "image/png"), (Image = "image/webp")), description = "The picture."),
    responses(
        (status = 200, description = "It was there already.", body = PictureView),
        (status = 201, description = "Kept.", body = PictureView),
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
) -> Result<HttpResponse> {
    let media_type = media_type(&request)?;
    let bytes = read_body(&request, body.into_inner(), LARGEST).await?;
    is_what_it_is_said_to_be(media_type, &bytes)?;
    let (id, sha256, created_at) = (id.into_inner(), Sha256::of(&bytes), app.clock.now());
    let new = Picture { id, brand_id, media_type, sha256, created_at };
    let (step, picture) = app.db.write(move |conn| keep_picture(conn, &caller.scope, &new, &bytes)).await?;
    Ok(etag::answer(step.status(), &ETag::of(picture.sha256), &PictureView::from(picture)))
}

fn media_type(request: &HttpRequest) -> Result<PictureType> {
    let said = request.content_type();
    let known = PictureType::ALL.iter().copied().find(|one| one.as_str().eq_ignore_ascii_case(said));
    known.ok_or_else(|| {
        Error::new(Code::UnsupportedMediaType).detail("send image/jpeg, image/png or image/webp")
    })
}

fn is_what_it_is_said_to_be(said: PictureType, bytes: &[u8]) -> Result<()> {
    let why = match PictureType::of(bytes) {
        Some(media_type) if media_type == said => return Ok(()),
        Some(other) => format!("these bytes are not {said} but {other}: send them as that"),
        None => "these bytes are neither JPEG nor PNG nor WebP: save the picture as one of them".to_owned(),
    };
    Err(Error::invalid(vec![FieldError::new("", "signature", why)]))
}

fn keep_picture(conn: &mut Conn, scope: &Scope, new: &Picture, bytes: &[u8]) -> Result<(Put, Picture)> {
    match store::picture_there(conn, scope, new)? {
        None => {
            store::insert_picture(conn, new, bytes).map_err(name_the_brand)?;
            Ok((Put::Make, new.clone()))
        }
        Some(there) if there.is_same(new) => Ok((Put::Keep, there)),
        Some(_) => Err(Error::new(Code::Conflict).detail("another picture has this id, and keeps it")),
    }
}

/// The only thing that a picture can refer to in vain is its brand.
fn name_the_brand(error: Error) -> Error {
    error.pointing("brand_id", "there is no such brand")
}

/// An example picture, which never changes. Also for the shoppers of its brand.
#[utoipa::path(get, path = "/v1/pictures/{id}", params(("id" = PictureId, Path)), responses(
    (status = 200, description = "The picture; keep it for ever. Its ETag is the SHA-256 of its bytes.",
        content((Image = "image/jpeg"), (Image = "image/png"), (Image = "image/webp"))),
))]
pub async fn get_picture(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadVersions>,
    id: Path<PictureId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let (picture, bytes) = app.db.read(move |conn| store::picture(conn, &caller.scope, id)).await?;
    let media_type = picture.media_type;
    let file =
        File { media_type: media_type.as_str(), name: format!("{id}.{}", media_type.extension()), bytes };
    Ok(etag::fresh_file(&request, &ETag::of(picture.sha256), Keep::ForEver, file))
}
