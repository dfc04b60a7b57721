//! Whether a checklist may name staff: only where they were informed of that.

use super::model::Content;
use crate::{
    db::{Conn, types::Instant},
    error::{FieldError, Result},
    ids::BrandId,
    places::notices::informed::are_people_named,
};

/// The questions that name staff, if the brand has no notice by which they know: none such is published.
///
/// # Errors
/// Those of the database.
pub fn unannounced(
    conn: &mut Conn,
    brand: BrandId,
    content: &Content,
    now: Instant,
) -> Result<Vec<FieldError>> {
    const WHY: &str = "staff are named only where a notice of the level `person` runs or is to start: enter that notice first";
    let named = || {
        content.sections.iter().enumerate().flat_map(|(section, one)| {
            let named = one.questions.iter().enumerate().filter(|(_, question)| question.names_staff);
            named.map(move |(question, _)| format!("/sections/{section}/questions/{question}/names_staff"))
        })
    };
    if named().next().is_none() || are_people_named(conn, brand, now)? {
        return Ok(Vec::new());
    }
    Ok(named().map(|pointer| FieldError::new(pointer, "no_notice", WHY)).collect())
}
