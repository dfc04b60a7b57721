//! Entering a notice, which never changes.

use std::collections::HashSet;

use jiff::tz::TimeZone;

use super::{documents, model::Notice, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Error, FieldError, Result},
    places,
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
    wrong.extend(unknown_places(conn, scope, new)?);
    wrong.extend(unknown_documents(conn, new)?);
    wrong.extend(unknown_predecessor(conn, new)?);
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let entered = store::insert_notice(conn, new);
    entered.map_err(|error| error.taken("another notice follows this one already: follow that one"))?;
    Ok(stored)
}

/// A caller enters only what staff in reach were informed of. To a caller who does not cover the brand, places out of reach and
/// places that do not exist look the same.
fn unknown_places(conn: &mut Conn, scope: &Scope, new: &Notice) -> Result<Vec<FieldError>> {
    let named = &new.content.0.places;
    if scope.covers_brand(new.brand_id) {
        return named.unknown(conn, new.brand_id, "/content/places");
    }
    let wrong = |at: String, message| FieldError::new(format!("/content/places{at}"), "unknown", message);
    if named.is_empty() {
        let message = "the whole brand is out of your reach: name regions or branches";
        return Ok(vec![wrong(String::new(), message)]);
    }
    let message = "there is no such place in your reach";
    let regions = places::store::regions_of(conn, scope, new.brand_id)?;
    let regions: HashSet<_> = regions.into_iter().map(|region| region.id).collect();
    let mut branches = places::store::branches_among(conn, new.brand_id, &named.branches)?;
    let seen = places::store::branch_names(conn, scope, &named.branches)?;
    branches.retain(|branch| seen.contains_key(branch));
    let of_regions = (0..).zip(&named.regions).filter(|(_, id)| !regions.contains(id));
    let of_branches = (0..).zip(&named.branches).filter(|(_, id)| !branches.contains(id));
    let of_regions = of_regions.map(|(at, _): (usize, _)| wrong(format!("/regions/{at}"), message));
    let of_branches = of_branches.map(|(at, _): (usize, _)| wrong(format!("/branches/{at}"), message));
    Ok(of_regions.chain(of_branches).collect())
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
