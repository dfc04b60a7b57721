//! The statements about qualifications.

pub mod attempts;
pub mod certificates;

use diesel::{
    dsl::{exists, select},
    prelude::*,
};

use super::model::Qualification;
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        inserted_or_taken,
        schema::{assignment, campaign, qualification},
        sealing::revisions_sealed,
    },
    error::{Code, Error, Result},
    ids::{BrandId, QualificationId, VersionId},
};

/// Whether this version is the test of a qualification.
///
/// # Errors
/// Those of the database.
pub fn is_test(conn: &mut Conn, version: VersionId) -> Result<bool> {
    let test = qualification::table.filter(qualification::version_id.eq(version)).select(qualification::id);
    Ok(test.first::<QualificationId>(conn).optional()?.is_some())
}

/// Whether visits are made under this version, or are to be.
///
/// # Errors
/// Those of the database.
pub fn is_for_visits(conn: &mut Conn, version: VersionId) -> Result<bool> {
    let of_campaigns = select(exists(campaign::table.filter(campaign::version_id.eq(version))));
    let of_assignments = select(exists(assignment::table.filter(assignment::version_id.eq(version))));
    Ok(of_campaigns.get_result(conn)? || of_assignments.get_result(conn)?)
}

/// Whose qualification it is, in no scope.
///
/// # Errors
/// `not_found` if there is none.
pub fn brand_of(conn: &mut Conn, id: QualificationId) -> Result<BrandId> {
    Ok(qualification::table.find(id).select(qualification::brand_id).first(conn)?)
}

/// Qualifications of this brand, or of all that the scope touches, after this one in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn qualifications(
    conn: &mut Conn,
    scope: &Scope,
    brand: Option<BrandId>,
    after: Option<QualificationId>,
    limit: i64,
) -> Result<Vec<Qualification>> {
    let mut query = qualification::table
        .select(Qualification::as_select())
        .order(qualification::id)
        .limit(limit)
        .into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(qualification::brand_id.eq_any(scope.touched_brands()));
    }
    if let Some(brand) = brand {
        query = query.filter(qualification::brand_id.eq(brand));
    }
    if let Some(after) = after {
        query = query.filter(qualification::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Qualifications of the brands that the caller does a shopper's work for, after this one in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn qualifications_worked_for(
    conn: &mut Conn,
    scope: &Scope,
    after: Option<QualificationId>,
    limit: i64,
) -> Result<Vec<Qualification>> {
    let mut query = qualification::table
        .select(Qualification::as_select())
        .order(qualification::id)
        .limit(limit)
        .into_boxed();
    if let Some(brands) = scope.brands_worked_for() {
        query = query.filter(qualification::brand_id.eq_any(brands));
    }
    if let Some(after) = after {
        query = query.filter(qualification::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The qualification with this id.
///
/// # Errors
/// `not_found` if there is none, or the scope does not touch its brand.
pub fn qualification(conn: &mut Conn, scope: &Scope, id: QualificationId) -> Result<Qualification> {
    let found = find(conn, id)?.filter(|found| scope.touches_brand(found.brand_id));
    found.ok_or_else(|| Error::new(Code::NotFound))
}

/// The qualification with this id, to be changed or given; nothing if there is none yet.
///
/// # Errors
/// `not_found` if the scope does not cover its brand.
pub fn qualification_to_change(
    conn: &mut Conn,
    scope: &Scope,
    id: QualificationId,
) -> Result<Option<Qualification>> {
    match find(conn, id)? {
        Some(found) if !scope.covers_brand(found.brand_id) => Err(Error::new(Code::NotFound)),
        found => Ok(found),
    }
}

/// The qualification with this id, in no scope.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, id: QualificationId) -> Result<Option<Qualification>> {
    Ok(qualification::table.find(id).select(Qualification::as_select()).first(conn).optional()?)
}

/// Keeps a new qualification.
///
/// # Errors
/// `conflict` if there is one with this id; `invalid` if there is no such brand.
pub fn insert_qualification(conn: &mut Conn, new: &Qualification) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(qualification::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Keeps a changed qualification.
///
/// # Errors
/// Those of the database.
pub fn update_qualification(conn: &mut Conn, changed: &Qualification) -> Result<()> {
    diesel::update(qualification::table.find(changed.id))
        .set((
            qualification::name.eq(&changed.name),
            qualification::version_id.eq(changed.version_id),
            qualification::pass_mark.eq(changed.pass_mark),
            qualification::valid_days.eq(changed.valid_days),
            qualification::most_attempts.eq(changed.most_attempts),
            qualification::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

revisions_sealed!(qualification::table by id, set_qualifications_sealed);
