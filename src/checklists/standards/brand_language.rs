//! A brand's own language: every entry of its catalogue is written in it.

use crate::{
    accounts::policy::Scope,
    checklists::text::Text,
    db::Conn,
    error::{Code, Error, FieldError, Result, escape, if_there},
    ids::BrandId,
    places,
};

/// Holds the text at this place to be written in the language of its brand.
///
/// # Errors
/// `not_found` if the scope does not cover the brand; `invalid` if the brand does not exist, or the text is not written
/// in its language.
pub(super) fn require_brand_language(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    pointer: &str,
    text: &Text,
) -> Result<()> {
    if !scope.covers_brand(brand) {
        return Err(Error::new(Code::NotFound));
    }
    // Only a scope that covers all brands comes so far with one that does not exist.
    let unknown = || Error::invalid(vec![FieldError::new("/brand_id", "unknown", "there is no such brand")]);
    let language = if_there(places::store::brand(conn, scope, brand))?.ok_or_else(unknown)?.language;
    if text.get(&language).is_some() {
        return Ok(());
    }
    let (at, why) = (format!("{pointer}/{}", escape(&language)), "the brand's own language is missing");
    Err(Error::invalid(vec![FieldError::new(at, "missing_translation", why)]))
}
