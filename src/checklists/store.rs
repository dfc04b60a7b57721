//! All SQL about checklists, their drafts and their versions. No statement changes what a published
//! version says.

pub mod subjects;

use std::collections::BTreeSet;

use diesel::{dsl::max, prelude::*};

use super::{
    bindings::Bindings,
    counted::Subject,
    model::Content,
    prepared::Prepared,
    records::{Checklist, Published, PublishedContent, Version, hash},
};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        inserted_or_taken,
        schema::{campaign, checklist, checklist_version},
        sealing::{revisions_sealed, rows_sealed},
        types::{Json, Readable, Sha256},
    },
    error::{Code, Error, Result},
    ids::{AccountId, BrandId, ChecklistId, VersionId},
};

/// Checklists of this brand, or of all that the scope touches, after this one in the order of their ids.
pub fn checklists(
    conn: &mut Conn,
    scope: &Scope,
    brand: Option<BrandId>,
    after: Option<ChecklistId>,
    limit: i64,
) -> Result<Vec<Checklist>> {
    let mut query =
        checklist::table.select(Checklist::as_select()).order(checklist::id).limit(limit).into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(checklist::brand_id.eq_any(scope.touched_brands()));
    }
    if let Some(brand) = brand {
        query = query.filter(checklist::brand_id.eq(brand));
    }
    if let Some(after) = after {
        query = query.filter(checklist::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The checklist with this id.
///
/// # Errors
/// `not_found` if there is none, or the scope does not touch its brand.
pub fn checklist(conn: &mut Conn, scope: &Scope, id: ChecklistId) -> Result<Checklist> {
    let found: Checklist = checklist::table.find(id).select(Checklist::as_select()).first(conn)?;
    touched(scope, found.brand_id).map(|()| found)
}

/// The checklist with this id, to be changed; nothing if there is none yet.
///
/// # Errors
/// `not_found` if the scope does not cover its brand.
pub fn checklist_to_change(conn: &mut Conn, scope: &Scope, id: ChecklistId) -> Result<Option<Checklist>> {
    let found = checklist::table.find(id).select(Checklist::as_select()).first::<Checklist>(conn);
    let found = found.optional()?;
    found.map(|found| covered(scope, found.brand_id).map(|()| found)).transpose()
}

/// Keeps a new checklist.
///
/// # Errors
/// `invalid` if there is no such brand; `conflict` if there is a checklist with this id.
pub fn insert_checklist(conn: &mut Conn, new: &Checklist) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(checklist::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Keeps a checklist's changed name.
pub fn update_checklist(conn: &mut Conn, changed: &Checklist) -> Result<()> {
    diesel::update(checklist::table.find(changed.id))
        .set((checklist::name.eq(&changed.name), checklist::revision.eq(changed.revision)))
        .execute(conn)?;
    Ok(())
}

/// The draft of a checklist, with the checklist's brand.
///
/// # Errors
/// `not_found` if there is none yet, or no such checklist, or the scope does not touch its brand; `wrong_state` if it
/// cannot be read.
pub fn draft(conn: &mut Conn, scope: &Scope, id: ChecklistId) -> Result<(BrandId, Content)> {
    let (brand, draft) = brand_and_draft(conn, id)?;
    touched(scope, brand)?;
    let Readable(draft) = draft.ok_or_else(|| Error::new(Code::NotFound))?;
    let replace =
        "the draft that is kept cannot be read: put or import another one in its place, without If-Match";
    draft.map(|draft| (brand, draft)).ok_or_else(|| Error::new(Code::WrongState).detail(replace))
}

/// The draft of a checklist, to be changed or published, with the checklist's brand; no draft if there is none yet, nor
/// if it cannot be read: then another one takes its place.
///
/// # Errors
/// `not_found` if there is no such checklist, or the scope does not cover its brand.
pub fn draft_to_change(
    conn: &mut Conn,
    scope: &Scope,
    id: ChecklistId,
) -> Result<(BrandId, Option<Content>)> {
    let (brand, draft) = brand_and_draft(conn, id)?;
    covered(scope, brand).map(|()| (brand, draft.and_then(|Readable(draft)| draft)))
}

fn brand_and_draft(conn: &mut Conn, id: ChecklistId) -> Result<(BrandId, Option<Readable<Content>>)> {
    let columns = (checklist::brand_id, checklist::draft);
    Ok(checklist::table.find(id).select(columns).first(conn)?)
}

/// Keeps this as the draft of a checklist.
pub fn set_draft(conn: &mut Conn, id: ChecklistId, draft: &Json<Content>) -> Result<()> {
    diesel::update(checklist::table.find(id)).set(checklist::draft.eq(draft)).execute(conn)?;
    Ok(())
}

/// The version with this id, of any checklist, without its content.
pub fn published(conn: &mut Conn, id: VersionId) -> Result<Option<Published>> {
    Ok(checklist_version::table.find(id).select(Published::as_select()).first(conn).optional()?)
}

/// The version of a checklist whose content has this hash, and whose keys stand for the same.
pub fn published_with(
    conn: &mut Conn,
    of: ChecklistId,
    hash: Sha256,
    bindings: &Bindings,
) -> Result<Option<Published>> {
    let with_hash: Vec<(Published, Json<Bindings>)> = checklist_version::table
        .filter(checklist_version::checklist_id.eq(of))
        .filter(checklist_version::content_hash.eq(hash))
        .order(checklist_version::number)
        .select((Published::as_select(), checklist_version::bindings))
        .load(conn)?;
    let same = with_hash.into_iter().find(|(_, Json(bound))| bound == bindings);
    Ok(same.map(|(published, _)| published))
}

/// The number that a checklist's next version gets.
pub fn next_number(conn: &mut Conn, of: ChecklistId) -> Result<i32> {
    let last: Option<i32> = checklist_version::table
        .filter(checklist_version::checklist_id.eq(of))
        .select(max(checklist_version::number))
        .first(conn)?;
    Ok(last.unwrap_or(0) + 1)
}

/// Keeps a new version with its content, which never changes again, and gives numbers to its subjects.
///
/// # Errors
/// `conflict` if there is a version with this id, or with this number of the checklist.
pub fn insert_version(
    conn: &mut Conn,
    new: &Published,
    content: &Json<Content>,
    bindings: &Json<Bindings>,
    published_by: AccountId,
) -> Result<()> {
    let row = (
        new,
        checklist_version::content.eq(content),
        checklist_version::bindings.eq(bindings),
        checklist_version::published_by.eq(published_by),
    );
    let inserted = each_engine!(conn, c => diesel::insert_into(checklist_version::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)?;
    let prepared = Prepared::bound(content.0.clone(), bindings.0.clone());
    subjects::number(conn, new.brand_id, &prepared.counted_subjects(new.checklist_id, new.id))
}

/// The versions of a brand, each with its checklist, the newest of each checklist first.
pub fn version_ids(conn: &mut Conn, brand: BrandId) -> Result<Vec<(ChecklistId, VersionId)>> {
    Ok(checklist_version::table
        .filter(checklist_version::brand_id.eq(brand))
        .order((checklist_version::checklist_id, checklist_version::number.desc()))
        .select((checklist_version::checklist_id, checklist_version::id))
        .load(conn)?)
}

/// Gives numbers to the subjects of all versions of a brand that have none yet.
pub fn number_subjects(conn: &mut Conn, brand: BrandId) -> Result<()> {
    for version in versions_of_brand(conn, brand)? {
        let subjects = counted_subjects(conn, version)?;
        subjects::number(conn, brand, &subjects)?;
    }
    Ok(())
}

/// The brands whose subjects are not those of their versions, with the numbers from 1 on.
pub fn wrongly_numbered(conn: &mut Conn) -> Result<Vec<BrandId>> {
    let with_versions = checklist_version::table.select(checklist_version::brand_id).distinct();
    let mut brands: BTreeSet<BrandId> = with_versions.load(conn)?.into_iter().collect();
    brands.extend(subjects::brands(conn)?);
    let mut wrong = Vec::new();
    for brand in brands {
        let mut wanted = BTreeSet::new();
        for version in versions_of_brand(conn, brand)? {
            wanted.extend(counted_subjects(conn, version)?.iter().map(Subject::to_string));
        }
        let kept = subjects::kept(conn, brand)?;
        let names: BTreeSet<_> = kept.values().cloned().collect();
        if names != wanted || !kept.keys().copied().eq((1..).take(wanted.len())) {
            wrong.push(brand);
        }
    }
    Ok(wrong)
}

/// The versions of a brand in the order in which they were published.
fn versions_of_brand(conn: &mut Conn, brand: BrandId) -> Result<Vec<VersionId>> {
    Ok(checklist_version::table
        .filter(checklist_version::brand_id.eq(brand))
        .order((checklist_version::published_at, checklist_version::id))
        .select(checklist_version::id)
        .load(conn)?)
}

/// The subjects of a version.
fn counted_subjects(conn: &mut Conn, id: VersionId) -> Result<Vec<Subject>> {
    let (of, Json(content), Json(bindings)): (_, Json<Content>, Json<Bindings>) = checklist_version::table
        .find(id)
        .select((checklist_version::checklist_id, checklist_version::content, checklist_version::bindings))
        .first(conn)?;
    Ok(Prepared::bound(content, bindings).counted_subjects(of, id))
}

/// Versions of a checklist after this number, in the order of their numbers.
///
/// # Errors
/// `not_found` if there is no such checklist, or the scope does not touch its brand.
pub fn versions(
    conn: &mut Conn,
    scope: &Scope,
    of: ChecklistId,
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<Published>> {
    checklist(conn, scope, of)?;
    Ok(checklist_version::table
        .filter(checklist_version::checklist_id.eq(of))
        .filter(checklist_version::number.gt(after.unwrap_or(0)))
        .order(checklist_version::number)
        .limit(limit)
        .select(Published::as_select())
        .load(conn)?)
}

/// The version with this id, of any brand. The caller has to compare `brand_id` with its scope before it shows the
/// version.
///
/// # Errors
/// `not_found` if there is none; `internal` if its subjects have no numbers.
pub fn version(conn: &mut Conn, id: VersionId) -> Result<Version> {
    let columns = (Published::as_select(), checklist_version::content, checklist_version::bindings);
    let (published, Json(content), Json(bindings)): (Published, Json<Content>, Json<Bindings>) =
        checklist_version::table.find(id).select(columns).first(conn)?;
    let prepared = Prepared::bound(content, bindings);
    let subjects = prepared.counted_subjects(published.checklist_id, id);
    let subjects = subjects::numbered(conn, published.brand_id, subjects)?;
    Ok(Version::new(published, prepared, subjects))
}

/// A version with its content.
///
/// # Errors
/// `not_found` if there is none, or the scope does not touch its brand.
pub fn version_content(conn: &mut Conn, scope: &Scope, id: VersionId) -> Result<PublishedContent> {
    let columns = (Published::as_select(), checklist_version::content);
    let row: Row = checklist_version::table.find(id).select(columns).first(conn)?;
    let found = PublishedContent::from(row);
    touched(scope, found.version.brand_id).map(|()| found)
}

/// A version of this checklist with its content, if the checklist has it. The caller has to see the checklist.
pub fn content_of(conn: &mut Conn, of: ChecklistId, id: VersionId) -> Result<Option<PublishedContent>> {
    let found: Option<Row> = checklist_version::table
        .find(id)
        .filter(checklist_version::checklist_id.eq(of))
        .select((Published::as_select(), checklist_version::content))
        .first(conn)
        .optional()?;
    Ok(found.map(PublishedContent::from))
}

/// The last version of a checklist before this number, or else the latest, with its content. The caller has to see the
/// checklist.
pub fn content_before(
    conn: &mut Conn,
    of: ChecklistId,
    number: Option<i32>,
) -> Result<Option<PublishedContent>> {
    let found: Option<Row> = checklist_version::table
        .filter(checklist_version::checklist_id.eq(of))
        .filter(checklist_version::number.lt(number.unwrap_or(i32::MAX)))
        .order(checklist_version::number.desc())
        .select((Published::as_select(), checklist_version::content))
        .first(conn)
        .optional()?;
    Ok(found.map(PublishedContent::from))
}

/// The columns of a [`PublishedContent`].
type Row = (Published, Json<Content>);

impl From<Row> for PublishedContent {
    fn from((version, Json(content)): Row) -> Self {
        Self { version, content }
    }
}

/// Whose version it is.
///
/// # Errors
/// `not_found` if there is none.
pub fn version_brand(conn: &mut Conn, id: VersionId) -> Result<BrandId> {
    Ok(checklist_version::table.find(id).select(checklist_version::brand_id).first(conn)?)
}

/// A scope that touches the brand sees what belongs to it.
pub(super) fn touched(scope: &Scope, brand: BrandId) -> Result<()> {
    if scope.touches_brand(brand) { Ok(()) } else { Err(Error::new(Code::NotFound)) }
}

/// A scope that covers the brand may change what belongs to it.
pub(super) fn covered(scope: &Scope, brand: BrandId) -> Result<()> {
    if scope.covers_brand(brand) { Ok(()) } else { Err(Error::new(Code::NotFound)) }
}

rows_sealed!(checklist_version::table by id, set_versions_sealed);

revisions_sealed!(checklist::table by id, set_checklists_sealed);

/// Versions after this one: of each the digest that is stored, and that of its content.
pub fn hashed(
    conn: &mut Conn,
    after: Option<VersionId>,
    limit: i64,
) -> Result<Vec<(VersionId, Sha256, Option<Sha256>)>> {
    let mut query = checklist_version::table
        .order(checklist_version::id)
        .limit(limit)
        .select((checklist_version::id, checklist_version::content_hash, checklist_version::content))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(checklist_version::id.gt(after));
    }
    let rows: Vec<(VersionId, Sha256, Json<Content>)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(id, stored, content)| (id, stored, hash(&content.0).ok())).collect())
}

/// Whether a campaign with this version shows shoppers no scores.
///
/// # Errors
/// Those of the database.
pub fn hides_scores(conn: &mut Conn, version: VersionId) -> Result<bool> {
    let terms: Vec<Json<serde_json::Value>> =
        campaign::table.filter(campaign::version_id.eq(version)).select(campaign::terms).load(conn)?;
    Ok(terms.iter().any(|terms| terms.0.get("show_scores") == Some(&serde_json::Value::Bool(false))))
}
