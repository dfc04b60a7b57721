//! Keeping an example picture, which never changes.

use super::{
    model::{Picture, PictureType},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Error, FieldError, Result},
    precondition::{Put, Stored, unchanging},
};

/// What a picture is, by how its bytes begin; held to the type that its sender named, if there is one.
///
/// # Errors
/// `invalid` if the bytes are no picture, or a picture of another type.
pub fn kind_of(named: Option<PictureType>, bytes: &[u8]) -> Result<PictureType> {
    let why = match (PictureType::of(bytes), named) {
        (Some(found), None) => return Ok(found),
        (Some(found), Some(named)) if found == named => return Ok(found),
        (Some(found), Some(named)) => format!("these bytes are not {named} but {found}: send them as that"),
        (None, _) => {
            "these bytes are neither JPEG nor PNG nor WebP: save the picture as one of them".to_owned()
        }
    };
    Err(Error::invalid(vec![FieldError::new("", "signature", why)]))
}

/// Keeps a picture. The same picture again is answered with the one that was kept.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; `conflict` if another picture has its id; `invalid` if there is no
/// such brand.
pub fn put_picture(conn: &mut Conn, scope: &Scope, new: &Picture, bytes: &[u8]) -> Result<Stored<Picture>> {
    let old = store::picture_to_put(conn, scope, new)?;
    let stored = unchanging(old, new, Picture::is_same, "another picture has this id, and keeps it")?;
    if stored.put == Put::Make {
        store::insert_picture(conn, new, bytes).map_err(name_the_brand)?;
    }
    Ok(stored)
}

/// A picture refers to its brand and to nothing else.
fn name_the_brand(error: Error) -> Error {
    error.pointing("brand_id", "there is no such brand")
}
