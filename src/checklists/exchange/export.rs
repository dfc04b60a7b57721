//! Exporting: a document of a checklist, with everything of its brand that it refers to.

use std::collections::BTreeSet;

use super::{
    document::{CarriedDimension, CarriedPicture, ChecklistDocument},
    store as carried,
};
use crate::{
    accounts::policy::Scope,
    checklists::{
        bindings::Bindings,
        model::{Content, Key},
        standards::model::Dimension,
        store,
    },
    db::Conn,
    error::Result,
    ids::{BrandId, ChecklistId, PictureId},
};

/// A document of the draft of a checklist.
///
/// # Errors
/// `not_found` if there is no draft, or no such checklist, or the scope does not touch its brand.
pub fn export_draft(conn: &mut Conn, scope: &Scope, id: ChecklistId) -> Result<ChecklistDocument> {
    let (_, draft) = store::draft(conn, scope, id)?;
    export_content(conn, scope, id, draft)
}

/// A document of the content of a version of a checklist, with the standards as the brand has them now.
///
/// # Errors
/// `not_found` if there is no such checklist, or the scope does not touch its brand.
pub fn export_content(
    conn: &mut Conn,
    scope: &Scope,
    id: ChecklistId,
    content: Content,
) -> Result<ChecklistDocument> {
    let checklist = store::checklist(conn, scope, id)?;
    let mut document = ChecklistDocument::of(checklist.name, content);
    add_catalogue(conn, checklist.brand_id, &mut document)?;
    let shown: BTreeSet<PictureId> = shown(&document.content).collect();
    let pictures = carried::pictures(conn, checklist.brand_id, &shown)?;
    document.pictures = pictures
        .into_iter()
        .map(|(picture, bytes)| CarriedPicture::of(picture.id, picture.media_type, &bytes))
        .collect();
    Ok(document)
}

/// Adds the standards and dimensions that the content names. The brand may lack some of them.
fn add_catalogue(conn: &mut Conn, brand: BrandId, document: &mut ChecklistDocument) -> Result<()> {
    let (standards, dimensions) = Bindings::keys(&document.content);
    let standards = carried::standards(conn, brand, &standards.into_iter().map(Key::as_str).collect())?;
    let of_standards = standards.iter().map(|standard| standard.dimension.as_str());
    let keys = dimensions.into_iter().map(Key::as_str).chain(of_standards).collect();
    let dimensions = carried::dimensions(conn, brand, &keys)?;
    document.dimensions = dimensions.into_iter().map(CarriedDimension::from).collect();
    document.standards = standards;
    Ok(())
}

fn shown(content: &Content) -> impl Iterator<Item = PictureId> {
    let questions = content.sections.iter().flat_map(|section| &section.questions);
    questions.flat_map(|question| &question.pictures).map(|example| example.id)
}

impl From<Dimension> for CarriedDimension {
    fn from(dimension: Dimension) -> Self {
        Self {
            key: dimension.key.into(),
            name: dimension.name.0,
            side: dimension.side,
            servqual: dimension.servqual,
            track: dimension.track,
        }
    }
}
