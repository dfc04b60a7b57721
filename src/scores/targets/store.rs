//! The statements about targets. Of the rows of a target the one with the highest revision counts.

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::model::Target;
use crate::{
    accounts::policy::Scope,
    checklists::counted::Subject,
    db::{
        Conn,
        latest::{latest_counts, row_id},
        schema::{branch, stay, target},
        sealing::rows_sealed,
        types::{Id, Instant},
    },
    error::{Error, Result},
    ids::{AccountId, BranchId, BrandId, RegionId, TargetId},
    months::{Month, Period},
    scores::{
        model::{HeldTo, PlaceId, PlaceKind},
        store::in_scope::{held_to, regions_in, within_scope},
    },
};

/// A target in one of its revisions.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = target, treat_none_as_default_value = false)]
struct Row {
    id: Id<Row>,
    target_id: TargetId,
    revision: i64,
    brand_id: BrandId,
    place_kind: PlaceKind,
    place_id: PlaceId,
    subject: String,
    from_month: Month,
    to_month: Option<Month>,
    score: i32,
    is_deleted: bool,
    changed_by: AccountId,
    created_at: Instant,
    changed_at: Instant,
}

impl Row {
    fn target(self) -> Result<Target> {
        let subject = Subject::parse(&self.subject);
        let subject = subject.ok_or_else(|| Error::internal(format_args!("no subject: {}", self.subject)))?;
        Ok(Target {
            id: self.target_id,
            brand: self.brand_id,
            place: self.place_kind.place(self.place_id),
            subject,
            from: self.from_month,
            to: self.to_month,
            score: self.score,
            revision: self.revision,
            created_at: self.created_at,
        })
    }
}

latest_counts!(target by target_id: TargetId, unless deleted, is_there);

/// A target in scope.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn target(conn: &mut Conn, scope: &Scope, id: TargetId) -> Result<Target> {
    let regions = regions_in(conn, scope)?;
    let row: Row = target::table
        .filter(target::target_id.eq(id))
        .filter(sql::<Bool>(COUNTS))
        .filter(within_scope!(target, scope, regions))
        .select(Row::as_select())
        .first(conn)?;
    row.target()
}

/// The target that a `PUT` would change, if there is one.
///
/// # Errors
/// `not_found` if it is not the caller's to change; `conflict` if it was deleted.
pub fn target_to_change(conn: &mut Conn, scope: &Scope, id: TargetId) -> Result<Option<Target>> {
    if is_there(conn, id)? { self::target(conn, scope, id).map(Some) } else { Ok(None) }
}

/// Which targets are listed of those in scope.
#[derive(Clone, Copy, Debug, Default)]
pub struct TargetFilter {
    /// Only those of these places.
    pub places: HeldTo,
    /// Only those that are for this month.
    pub month: Option<Month>,
}

/// So many targets in scope after this one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn targets(
    conn: &mut Conn,
    scope: &Scope,
    filter: TargetFilter,
    after: Option<TargetId>,
    rows: i64,
) -> Result<Vec<Target>> {
    let regions = regions_in(conn, scope)?;
    let query = target::table
        .filter(sql::<Bool>(COUNTS))
        .filter(within_scope!(target, scope, regions))
        .order(target::target_id)
        .limit(rows)
        .select(Row::as_select())
        .into_boxed();
    let mut query = held_to!(query, target, filter.places);
    if let Some(month) = filter.month {
        query = query.filter(target::from_month.le(month));
        query = query.filter(target::to_month.is_null().or(target::to_month.ge(month)));
    }
    if let Some(after) = after {
        query = query.filter(target::target_id.gt(after));
    }
    let found: Vec<Row> = query.load(conn)?;
    found.into_iter().map(Row::target).collect()
}

/// The targets for the same place and subject, but for the one with this id.
///
/// # Errors
/// Those of the database.
pub fn beside(conn: &mut Conn, new: &Target) -> Result<Vec<Target>> {
    let rows: Vec<Row> = target::table
        .filter(target::brand_id.eq(new.brand))
        .filter(target::place_id.eq(new.place.id()))
        .filter(target::subject.eq(new.subject.to_string()))
        .filter(target::target_id.ne(new.id))
        .filter(sql::<Bool>(COUNTS))
        .order((target::from_month, target::target_id))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::target).collect()
}

/// The targets of a brand that are for any of these months.
///
/// # Errors
/// Those of the database.
pub fn for_months(conn: &mut Conn, brand: BrandId, period: Period) -> Result<Vec<Target>> {
    let rows: Vec<Row> = target::table
        .filter(target::brand_id.eq(brand))
        .filter(target::from_month.le(period.to()))
        .filter(target::to_month.is_null().or(target::to_month.ge(period.from())))
        .filter(sql::<Bool>(COUNTS))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::target).collect()
}

/// The regions that each branch of a brand lies in in a month, however deep, in no order.
///
/// # Errors
/// Those of the database.
pub fn regions_of_branches(
    conn: &mut Conn,
    brand: BrandId,
    month: Month,
) -> Result<HashMap<PlaceId, Vec<RegionId>>> {
    let rows: Vec<(BranchId, RegionId)> = stay::table
        .inner_join(branch::table.on(branch::id.eq(stay::branch_id)))
        .filter(branch::brand_id.eq(brand))
        .filter(stay::from_month.le(month))
        .filter(stay::to_month.ge(month))
        .select((stay::branch_id, stay::region_id))
        .load(conn)?;
    let mut regions = HashMap::<PlaceId, Vec<RegionId>>::new();
    for (branch, region) in rows {
        regions.entry(branch.cast()).or_default().push(region);
    }
    Ok(regions)
}

/// Adds a row: the target as it is from now on, or as it was when it was deleted.
///
/// # Errors
/// Those of the database.
pub fn add(
    conn: &mut Conn,
    target: &Target,
    is_deleted: bool,
    (changed_by, changed_at): (AccountId, Instant),
) -> Result<()> {
    let row = Row {
        id: row_id("target", target.id, target.revision),
        target_id: target.id,
        revision: target.revision,
        brand_id: target.brand,
        place_kind: target.place.kind(),
        place_id: target.place.id(),
        subject: target.subject.to_string(),
        from_month: target.from,
        to_month: target.to,
        score: target.score,
        is_deleted,
        changed_by,
        created_at: target.created_at,
        changed_at,
    };
    diesel::insert_into(target::table).values(row).execute(conn)?;
    Ok(())
}

rows_sealed!(target::table by id, set_sealed);
