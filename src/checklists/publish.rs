//! Publishing: a draft becomes a version, for good.

use super::{
    bindings::Bindings,
    findings::MOST_FINDINGS,
    model::Content,
    naming::unannounced,
    records::{Published, hash},
    standards, store,
};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        types::{Instant, Json, Sha256},
    },
    error::{Code, Error, FieldError, Result},
    ids::{BrandId, ChecklistId, VersionId},
    precondition::{ETag, IfMatch},
};

/// The wish to publish a draft.
#[derive(Debug)]
pub struct Publication {
    /// The checklist whose draft it is.
    pub checklist_id: ChecklistId,
    /// The id of the new version.
    pub version_id: VersionId,
    /// Names the draft that is meant.
    pub if_match: IfMatch,
    /// The draft as it was found before the transaction; none if there was none.
    pub checked: Option<Checked>,
}

/// What is wrong with a draft. It takes time to find, so it is found before the transaction, and holds for a draft with
/// the same hash.
#[derive(Debug)]
pub struct Checked {
    hash: Sha256,
    errors: Vec<FieldError>,
}

impl Checked {
    /// Checks a draft.
    ///
    /// # Errors
    /// `internal` if it has no hash.
    pub fn new(draft: &Content) -> Result<Self> {
        Ok(Self { hash: hash(draft)?, errors: draft.check() })
    }
}

/// Makes a version of a draft. The same wish again is answered with the version that it made.
///
/// # Errors
/// `not_found` if there is no such checklist, or the scope does not cover its brand; `conflict` if there is no draft, a
/// version has the same content already, or another version has the id; `invalid` with everything that is wrong with the draft,
/// and with each question that names staff where no notice says so;
/// `precondition_failed` or `precondition_required` if the wish does not name the draft.
pub fn publish(conn: &mut Conn, scope: &Scope, wish: &Publication, now: Instant) -> Result<Published> {
    let (id, checklist_id) = (wish.version_id, wish.checklist_id);
    let (brand_id, draft) = store::draft_to_change(conn, scope, checklist_id)?;
    if let Some(earlier) = store::published(conn, id)? {
        return repeated(earlier, wish);
    }
    let Some(draft) = draft else {
        return wish.if_match.expects_nothing().and(Err(conflict("there is no draft to publish")));
    };
    let hash = hash(&draft)?;
    wish.if_match.expects(&ETag::of(hash))?;
    let checked = wish.checked.as_ref().filter(|checked| checked.hash == hash);
    let bindings = bind(conn, brand_id, &draft, checked, now)?;
    if let Some(Published { number, id, .. }) = store::published_with(conn, checklist_id, hash, &bindings)? {
        return Err(conflict(format!("version {number} with the id {id} says the same")));
    }
    let number = store::next_number(conn, checklist_id)?;
    let new = Published { id, checklist_id, brand_id, number, hash, published_at: now };
    store::insert_version(conn, &new, &Json(draft), &Json(bindings), scope.account).map(|()| new)
}

/// What the keys of a draft stand for, if nothing is wrong with it and it names nobody who was not informed.
fn bind(
    conn: &mut Conn,
    brand: BrandId,
    draft: &Content,
    checked: Option<&Checked>,
    now: Instant,
) -> Result<Bindings> {
    let (bindings, unknown) = standards::store::catalogue(conn, brand)?.bind(draft);
    let mut errors = checked.map_or_else(|| draft.check(), |checked| checked.errors.clone());
    errors.extend(unknown);
    errors.extend(unannounced(conn, brand, draft, now)?);
    errors.truncate(MOST_FINDINGS);
    if errors.is_empty() {
        return Ok(bindings);
    }
    Err(Error::invalid(errors).detail("the pointers are into the draft"))
}

/// The version with the id of the wish exists: the same wish made it if it is of the same draft of the same checklist.
fn repeated(earlier: Published, wish: &Publication) -> Result<Published> {
    let same_draft = wish.if_match.expects(&ETag::of(earlier.hash));
    match same_draft.map_err(|error| error.code()) {
        Err(Code::PreconditionRequired) => Err(Error::new(Code::PreconditionRequired)),
        Ok(()) if earlier.checklist_id == wish.checklist_id => Ok(earlier),
        _ => Err(conflict("another version has this id")),
    }
}

fn conflict(detail: impl Into<String>) -> Error {
    Error::new(Code::Conflict).detail(detail)
}
