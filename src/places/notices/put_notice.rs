//! Entering a notice, which never changes.

use std::collections::HashSet;

use jiff::tz::TimeZone;

use super::{documents, model::Notice, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Error, FieldError, Result},
    places::{self, named::NamedPlaces},
    precondition::{Put, Stored, unchanging},
};

/// Enters a notice. The same notice again is answered with the one that was entered.
///
/// # Errors
/// `not_found` if the scope touches nothing of its brand; `invalid` with all that contradicts itself, that its brand does
/// not have, or that the scope does not cover; `conflict` if another notice has its id, or another one follows the same
/// notice.
pub fn put_notice(conn: &mut Conn, scope: &Scope, new: &Notice) -> Result<Stored<Notice>> {
    let old = store::notice_to_put(conn, scope, new)?;
    let stored = unchanging(old, new, Notice::is_same, "another notice has this id, and keeps it")?;
    if stored.put == Put::Keep {
        return Ok(stored);
    }
    if places::store::brand_if_there(conn, new.brand_id)?.is_none() {
        return Err(Error::invalid(vec![FieldError::new("/brand_id", "unknown", "there is no such brand")]));
    }
    let content = &new.content.0;
    let mut wrong = content.contradictions(new.created_at.timestamp().to_zoned(TimeZone::UTC).date());
    wrong.extend(content.places.unknown(conn, new.brand_id, "/content/places")?);
    wrong.extend(out_of_reach(conn, scope, new)?);
    wrong.extend(unknown_documents(conn, new)?);
    wrong.extend(unknown_predecessor(conn, new)?);
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let entered = store::insert_notice(conn, new);
    entered.map_err(|error| error.taken("another notice follows this one already: follow that one"))?;
    Ok(stored)
}

/// A caller enters only what staff in reach were informed of.
fn out_of_reach(conn: &mut Conn, scope: &Scope, new: &Notice) -> Result<Vec<FieldError>> {
    if scope.covers_brand(new.brand_id) {
        return Ok(Vec::new());
    }
    let NamedPlaces { regions, branches } = &new.content.0.places;
    if new.content.0.places.is_empty() {
        let message = "the whole brand is out of your reach: name regions or branches";
        return Ok(vec![FieldError::new("/content/places", "unknown", message)]);
    }
    let (mut wrong, message) = (Vec::new(), "there is no such place in your reach");
    let seen = places::store::regions_of(conn, scope, new.brand_id)?;
    let seen: HashSet<_> = seen.into_iter().map(|region| region.id).collect();
    for (at, _) in regions.iter().enumerate().filter(|(_, id)| !seen.contains(id)) {
        wrong.push(FieldError::new(format!("/content/places/regions/{at}"), "unknown", message));
    }
    let seen = places::store::branch_names(conn, scope, branches)?;
    for (at, _) in branches.iter().enumerate().filter(|(_, id)| !seen.contains_key(id)) {
        wrong.push(FieldError::new(format!("/content/places/branches/{at}"), "unknown", message));
    }
    Ok(wrong)
}

fn unknown_documents(conn: &mut Conn, new: &Notice) -> Result<Vec<FieldError>> {
    let named = &new.content.0.documents;
    let ids: Vec<_> = named.iter().map(|one| one.document_id).collect();
    let known = documents::store::documents_among(conn, new.brand_id, &ids)?;
    let unknown = ids.iter().enumerate().filter(|(_, id)| !known.contains(id));
    let mistake = |(at, _)| {
        let pointer = format!("/content/documents/{at}/document_id");
        FieldError::new(pointer, "unknown", "the brand has no such document: send it before the notice")
    };
    Ok(unknown.map(mistake).collect())
}

fn unknown_predecessor(conn: &mut Conn, new: &Notice) -> Result<Option<FieldError>> {
    let Some(id) = new.follows_id else { return Ok(None) };
    let brand = store::brand_of(conn, id)?;
    let wrong = || FieldError::new("/follows_id", "unknown", "the brand has no such notice");
    Ok((brand != Some(new.brand_id)).then(wrong))
}
