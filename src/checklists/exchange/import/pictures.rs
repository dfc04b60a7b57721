//! The pictures of a document, kept among those of the brand.

use super::{Note, Target};
use crate::{
    checklists::{
        derived_id::derived_id,
        exchange::document::{CarriedPicture, ChecklistDocument},
        model::Content,
        pictures::{model::Picture, store},
    },
    db::{Conn, types::Sha256},
    error::{Code, Error, Result},
    ids::PictureId,
};

/// Keeps the pictures of a document, and gives its content with the ids that they have now.
///
/// # Errors
/// `conflict` if one can be kept under no id.
pub(super) fn keep(
    conn: &mut Conn,
    document: &ChecklistDocument,
    target: &Target<'_>,
) -> Result<(Content, Vec<Note>)> {
    let (mut content, mut notes) = (document.content.clone(), Vec::new());
    for (i, carried) in document.pictures.iter().enumerate() {
        let id = keep_one(conn, carried, target)?;
        if id != carried.id {
            rename(&mut content, carried.id, id);
            let message = format!("Another picture has this id: this one is kept as {id}.");
            notes.push(Note { at: format!("/pictures/{i}/id"), message });
        }
    }
    Ok((content, notes))
}

/// Keeps a picture under its own id, or else under one that follows from the brand and its bytes.
fn keep_one(conn: &mut Conn, carried: &CarriedPicture, target: &Target<'_>) -> Result<PictureId> {
    let bytes = carried.bytes().map_err(Error::internal)?;
    let (brand_id, sha256) = (target.brand, Sha256::of(&bytes));
    let other = derived_id(&format!("incognito document: {brand_id} picture {} {sha256}", carried.id));
    for id in [carried.id, PictureId::new(other)] {
        let (media_type, created_at) = (carried.media_type, target.now);
        let new = Picture { id, brand_id, media_type, sha256, created_at };
        match store::picture_to_put(conn, target.scope, &new) {
            Ok(None) => return store::insert_picture(conn, &new, &bytes).map(|()| id),
            Ok(Some(old)) if old.is_same(&new) => return Ok(id),
            // Another brand has it, or this one has another picture under this id.
            Ok(Some(_)) => {}
            Err(error) if error.code() == Code::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::new(Code::Conflict).detail("other pictures have the ids that these would get"))
}

fn rename(content: &mut Content, old: PictureId, new: PictureId) {
    let questions = content.sections.iter_mut().flat_map(|section| &mut section.questions);
    for example in questions.flat_map(|question| &mut question.pictures).filter(|one| one.id == old) {
        example.id = new;
    }
}
