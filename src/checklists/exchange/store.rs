//! What a document carries beside the content, from a brand and into one.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use diesel::prelude::*;
use uuid::{Builder, Uuid};

use super::{
    Note,
    document::{CarriedDimension, CarriedPicture, CarriedStandard, ChecklistDocument},
};
use crate::{
    accounts::policy::Scope,
    checklists::{
        bindings::Bindings,
        model::{Content, Key},
        pictures::{self, model::Picture},
        standards::{
            self,
            model::{Dimension, Standard},
        },
    },
    db::{
        Conn,
        schema::{dimension, picture, standard},
        types::{Instant, Json, Sha256},
    },
    error::{Code, Error, FieldError, Result},
    ids::{BrandId, DimensionId, PictureId, StandardId},
};

/// A document of a content, with what the brand has of all that it refers to. What the brand lacks is left out.
pub fn document(
    conn: &mut Conn,
    brand: BrandId,
    name: String,
    content: Content,
) -> Result<ChecklistDocument> {
    let mut document = ChecklistDocument::of(name, content);
    let (standards, dimensions) = Bindings::keys(&document.content);
    let standards: Vec<&str> = standards.into_iter().map(Key::as_str).collect();
    let mut dimensions: BTreeSet<String> = dimensions.into_iter().map(Key::to_string).collect();
    let rows: Vec<(String, String, Json<_>)> = standard::table
        .inner_join(dimension::table.on(dimension::id.eq(standard::dimension_id)))
        .filter(standard::brand_id.eq(brand).and(standard::key.eq_any(standards)))
        .order(standard::key)
        .select((standard::key, dimension::key, standard::text))
        .load(conn)?;
    for (key, of, Json(text)) in rows {
        dimensions.insert(of.clone());
        document.standards.push(CarriedStandard { key: key.into(), dimension: of.into(), text });
    }
    let rows: Vec<Dimension> = dimension::table
        .filter(dimension::brand_id.eq(brand).and(dimension::key.eq_any(dimensions)))
        .order(dimension::key)
        .select(Dimension::as_select())
        .load(conn)?;
    document.dimensions = rows
        .into_iter()
        .map(|row| CarriedDimension {
            key: row.key.into(),
            name: row.name.0,
            side: row.side,
            servqual: row.servqual,
            track: row.track,
        })
        .collect();
    let ids: BTreeSet<PictureId> = shown(&document.content).collect();
    let rows: Vec<(Picture, Vec<u8>)> = picture::table
        .filter(picture::brand_id.eq(brand).and(picture::id.eq_any(ids)))
        .order(picture::id)
        .select((Picture::as_select(), picture::bytes))
        .load(conn)?;
    document.pictures =
        rows.into_iter().map(|(row, bytes)| CarriedPicture::of(row.id, row.media_type, &bytes)).collect();
    Ok(document)
}

fn shown(content: &Content) -> impl Iterator<Item = PictureId> {
    let questions = content.sections.iter().flat_map(|section| &section.questions);
    questions.flat_map(|question| &question.pictures).map(|example| example.id)
}

/// Into what a document is brought.
#[derive(Debug)]
pub struct Into<'a> {
    /// Who brings it; their scope covers the brand.
    pub scope: &'a Scope,
    /// The brand.
    pub brand: BrandId,
    /// Whether dimensions and standards that it lacks are made.
    pub add_standards: bool,
    /// When.
    pub now: Instant,
}

/// Brings what a document carries into a brand, and gives its content with notes. A picture whose id stands for another
/// one already gets an id of its own, which is the same each time.
///
/// # Errors
/// `invalid` with every dimension and standard that the brand lacks, unless they are to be added.
pub fn bring(conn: &mut Conn, document: &ChecklistDocument, into: &Into<'_>) -> Result<(Content, Vec<Note>)> {
    let mut notes = Vec::new();
    catalogue(conn, document, into, &mut notes)?;
    let mut content = document.content.clone();
    for (i, carried) in document.pictures.iter().enumerate() {
        let id = keep_picture(conn, carried, into)?;
        if id == carried.id {
            continue;
        }
        let at = format!("/pictures/{i}/id");
        notes.push(Note { at, message: format!("Another picture has this id: this one is kept as {id}.") });
        let questions = content.sections.iter_mut().flat_map(|section| &mut section.questions);
        for example in questions.flat_map(|question| &mut question.pictures).filter(|e| e.id == carried.id) {
            example.id = id;
        }
    }
    Ok((content, notes))
}

fn keep_picture(conn: &mut Conn, carried: &CarriedPicture, into: &Into<'_>) -> Result<PictureId> {
    let bytes = carried.bytes().map_err(Error::internal)?;
    let sha256 = Sha256::of(&bytes);
    let other = PictureId::new(id(into.brand, "picture", &format!("{} {sha256}", carried.id)));
    for id in [carried.id, other] {
        let (media_type, created_at) = (carried.media_type, into.now);
        let new = Picture { id, brand_id: into.brand, media_type, sha256, created_at };
        match pictures::store::picture_there(conn, into.scope, &new) {
            Ok(None) => return pictures::store::insert_picture(conn, &new, &bytes).map(|()| id),
            Ok(Some(there)) if there.is_same(&new) => return Ok(id),
            // Another brand has it, or this one has another picture under this id.
            Ok(Some(_)) => {}
            Err(error) if error.code() == Code::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::new(Code::Conflict).detail("other pictures have the ids that these would get"))
}

fn catalogue(
    conn: &mut Conn,
    document: &ChecklistDocument,
    into: &Into<'_>,
    notes: &mut Vec<Note>,
) -> Result<()> {
    let there = standards::store::catalogue(conn, into.brand)?;
    let mut lacking = Vec::new();
    let mut missing = |at: String, what: &str| {
        let message = format!("The brand has no such {what}: import with `add_standards=true` to add it.");
        lacking.push(FieldError::new(at, "unknown", message));
    };
    let mut dimensions: Vec<Dimension> = Vec::new();
    for (i, carried) in document.dimensions.iter().enumerate() {
        let known = there.dimensions.contains_key(&carried.key)
            || dimensions.iter().any(|other| other.key == carried.key.as_str());
        match (known, into.add_standards) {
            (true, _) => {}
            (false, false) => missing(format!("/dimensions/{i}/key"), "dimension"),
            (false, true) => dimensions.push(new_dimension(carried, into)),
        }
    }
    let mut standards: Vec<Standard> = Vec::new();
    for (i, carried) in document.standards.iter().enumerate() {
        let known = there.standards.contains_key(&carried.key)
            || standards.iter().any(|other| other.key == carried.key.as_str());
        let of = there.dimensions.get(&carried.dimension).map(|dimension| dimension.id);
        let added = dimensions.iter().find(|new| new.key == carried.dimension.as_str()).map(|new| new.id);
        match (known, into.add_standards, of.or(added)) {
            (true, ..) => {}
            (false, false, _) => missing(format!("/standards/{i}/key"), "standard"),
            (false, true, None) => missing(format!("/standards/{i}/dimension"), "dimension"),
            (false, true, Some(dimension_id)) => standards.push(new_standard(carried, dimension_id, into)),
        }
    }
    if !lacking.is_empty() {
        return Err(Error::invalid(lacking));
    }
    let added =
        |at: &str, key: &str| Note { at: at.into(), message: format!("`{key}` was added to the brand.") };
    notes.extend(dimensions.iter().map(|new| added("/dimensions", &new.key)));
    notes.extend(standards.iter().map(|new| added("/standards", &new.key)));
    standards::store::insert_dimensions(conn, &dimensions)?;
    standards::store::insert_standards(conn, &standards, into.scope.account, into.now)
}

fn new_dimension(carried: &CarriedDimension, into: &Into<'_>) -> Dimension {
    Dimension {
        id: DimensionId::new(id(into.brand, "dimension", carried.key.as_str())),
        brand_id: into.brand,
        key: carried.key.to_string(),
        name: Json(carried.name.clone()),
        side: carried.side,
        servqual: carried.servqual,
        track: carried.track,
        revision: 1,
        created_at: into.now,
    }
}

fn new_standard(carried: &CarriedStandard, dimension_id: DimensionId, into: &Into<'_>) -> Standard {
    Standard {
        id: StandardId::new(id(into.brand, "standard", carried.key.as_str())),
        brand_id: into.brand,
        key: carried.key.to_string(),
        dimension_id,
        version: 1,
        text: Json(carried.text.clone()),
        retired: false,
        created_at: into.now,
    }
}

/// The id that something carried gets in a brand: the same each time, so that the same document brings the same.
fn id(brand: BrandId, kind: &str, name: &str) -> Uuid {
    let said = format!("incognito document: {brand} {kind} {name}");
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest(&SHA256, said.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
    Builder::from_custom_bytes(bytes).into_uuid()
}
