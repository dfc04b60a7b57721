//! The statements about notices. None changes one.

use diesel::prelude::*;

use super::model::Notice;
use crate::{
    accounts::policy::Scope,
    db::{Conn, schema::notice, sealing::rows_sealed},
    error::{Code, Error, Result},
    ids::{BrandId, NoticeId},
};

/// A notice of a brand that the scope touches.
///
/// # Errors
/// `not_found` if there is none.
pub(super) fn notice(conn: &mut Conn, scope: &Scope, id: NoticeId) -> Result<Notice> {
    let found: Notice = notice::table.find(id).select(Notice::as_select()).first(conn)?;
    if scope.touches_brand(found.brand_id) { Ok(found) } else { Err(Error::new(Code::NotFound)) }
}

/// The notice that has the id of this new one, if there is one.
///
/// # Errors
/// `not_found` if the scope does not touch the brand of either.
pub(super) fn notice_to_put(conn: &mut Conn, scope: &Scope, new: &Notice) -> Result<Option<Notice>> {
    let old = notice::table.find(new.id).select(Notice::as_select()).first::<Notice>(conn).optional()?;
    let brand = old.as_ref().unwrap_or(new).brand_id;
    if scope.touches_brand(brand) { Ok(old) } else { Err(Error::new(Code::NotFound)) }
}

/// Whose a notice is, if there is one.
///
/// # Errors
/// Those of the database.
pub(super) fn brand_of(conn: &mut Conn, id: NoticeId) -> Result<Option<BrandId>> {
    Ok(notice::table.find(id).select(notice::brand_id).first(conn).optional()?)
}

/// The notice that follows this one, if there is one.
///
/// # Errors
/// Those of the database.
pub(super) fn follower(conn: &mut Conn, id: NoticeId) -> Result<Option<NoticeId>> {
    Ok(notice::table.filter(notice::follows_id.eq(Some(id))).select(notice::id).first(conn).optional()?)
}

/// So many notices after this one, in the order of their ids, each with the one that follows it: of this brand, or of all
/// that the scope touches.
///
/// # Errors
/// Those of the database.
pub(super) fn notices(
    conn: &mut Conn,
    scope: &Scope,
    brand: Option<BrandId>,
    after: Option<NoticeId>,
    rows: i64,
) -> Result<Vec<(Notice, Option<NoticeId>)>> {
    let later = diesel::alias!(notice as later);
    let mut query = notice::table
        .left_join(later.on(later.field(notice::follows_id).eq(notice::id.nullable())))
        .order(notice::id)
        .limit(rows)
        .select((Notice::as_select(), later.field(notice::id).nullable()))
        .into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(notice::brand_id.eq_any(scope.touched_brands()));
    }
    if let Some(brand) = brand {
        query = query.filter(notice::brand_id.eq(brand));
    }
    if let Some(after) = after {
        query = query.filter(notice::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// All notices of a brand, in the order of their entering.
///
/// # Errors
/// Those of the database.
pub fn all_of(conn: &mut Conn, brand: BrandId) -> Result<Vec<Notice>> {
    Ok(notice::table
        .filter(notice::brand_id.eq(brand))
        .order((notice::created_at, notice::id))
        .select(Notice::as_select())
        .load(conn)?)
}

/// Keeps a new notice.
///
/// # Errors
/// `conflict` if there is one with this id, or one that follows the same.
pub(super) fn insert_notice(conn: &mut Conn, new: &Notice) -> Result<()> {
    diesel::insert_into(notice::table).values(new).execute(conn)?;
    Ok(())
}

rows_sealed!(notice::table by id, set_sealed);
