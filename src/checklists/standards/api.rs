//! The addresses of dimensions and standards.

mod dimensions;
mod entries;
mod wording;

pub use self::{dimensions::*, entries::*};
use crate::{
    accounts::policy::Scope,
    checklists::{model::Key, text::Text},
    db::Conn,
    error::{Code, Error, FieldError, Result, escape, if_there},
    ids::BrandId,
    places,
};

/// Holds a text to be there in the language of its brand, in which everybody can be shown it.
///
/// # Errors
/// `not_found` if the brand is not the caller's to write for; `invalid` if it is not there, or the text not in its
/// language.
fn in_the_brands_language(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    (member, text): (&str, &Text),
) -> Result<()> {
    if !scope.covers_brand(brand) {
        return Err(Error::new(Code::NotFound));
    }
    // Only who sees all brands is told this: to anybody else, one of others and none are both `not_found`.
    let unknown = || Error::invalid(vec![FieldError::new("/brand_id", "unknown", "there is no such brand")]);
    let language = if_there(places::store::brand(conn, scope, brand))?.ok_or_else(unknown)?.language;
    if text.get(&language).is_some() {
        return Ok(());
    }
    let (at, why) = (format!("/{member}/{}", escape(&language)), "the brand's own language is missing");
    Err(Error::invalid(vec![FieldError::new(at, "missing_translation", why)]))
}

/// What checklists may already name keeps its brand and its key.
///
/// # Errors
/// `conflict` if it would not.
fn stays_what_it_is(there: (BrandId, &str), wanted: (BrandId, &Key)) -> Result<()> {
    let conflict = |detail: &str| Err(Error::new(Code::Conflict).detail(detail));
    match (there.0 == wanted.0, there.1 == wanted.1.as_str()) {
        (false, _) => conflict("it belongs to another brand, and stays there"),
        (true, false) => conflict("it has another key, and keeps it"),
        (true, true) => Ok(()),
    }
}
