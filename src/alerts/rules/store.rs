//! The statements about rules of alerts. Of the rows of a rule the one with the highest revision counts.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::model::{AlertRule, Content};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        latest::{latest_counts, row_id},
        schema::alert_rule,
        sealing::rows_sealed,
        types::{Id, Instant, Json},
    },
    error::Result,
    ids::{AccountId, AlertRuleId, BrandId},
    scores::{
        model::{HeldTo, PlaceId, PlaceKind, Reader},
        store::in_scope::{held_to, regions_in, within_scope},
    },
};

/// A rule in one of its revisions.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_rule, treat_none_as_default_value = false)]
struct Row {
    id: Id<Row>,
    rule_id: AlertRuleId,
    revision: i64,
    brand_id: BrandId,
    place_kind: PlaceKind,
    place_id: PlaceId,
    reader: Reader,
    content: Json<Content>,
    is_deleted: bool,
    changed_by: AccountId,
    created_at: Instant,
    changed_at: Instant,
}

impl From<Row> for AlertRule {
    fn from(row: Row) -> Self {
        Self {
            id: row.rule_id,
            brand: row.brand_id,
            place: row.place_kind.place(row.place_id),
            reader: row.reader,
            content: row.content.0,
            revision: row.revision,
            created_at: row.created_at,
        }
    }
}

latest_counts!(alert_rule by rule_id: AlertRuleId, unless deleted, is_there);

/// Rows that a caller sees: those by the figures of the branch's side where the scope covers the place, and those by a desk's figures where it does so
/// from a desk.
macro_rules! seen {
    ($conn:expr, $table:ident, $scope:expr) => {{
        let desk = &$scope.at_desks();
        let (regions, of_desk) = (regions_in($conn, $scope)?, regions_in($conn, desk)?);
        let shown = $table::reader.eq(Reader::BranchSide).and(within_scope!($table, $scope, regions));
        shown.or($table::reader.eq(Reader::Desk).and(within_scope!($table, desk, of_desk)))
    }};
}
pub(in crate::alerts) use seen;

/// A rule that the caller sees.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn rule(conn: &mut Conn, scope: &Scope, id: AlertRuleId) -> Result<AlertRule> {
    let seen = seen!(conn, alert_rule, scope);
    let row: Row = alert_rule::table
        .filter(alert_rule::rule_id.eq(id))
        .filter(sql::<Bool>(COUNTS))
        .filter(seen)
        .select(Row::as_select())
        .first(conn)?;
    Ok(row.into())
}

/// The rule that a `PUT` would change, if there is one.
///
/// # Errors
/// `not_found` if it is not the caller's to change; `conflict` if it was deleted.
pub fn rule_to_change(conn: &mut Conn, scope: &Scope, id: AlertRuleId) -> Result<Option<AlertRule>> {
    if is_there(conn, id)? { self::rule(conn, scope, id).map(Some) } else { Ok(None) }
}

/// Which rules are listed of those that the caller sees.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleFilter {
    /// Only those of these places.
    pub places: HeldTo,
    /// Only those that are judged by the figures of such readers.
    pub reader: Option<Reader>,
}

/// So many rules that the caller sees after this one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn rules(
    conn: &mut Conn,
    scope: &Scope,
    filter: RuleFilter,
    after: Option<AlertRuleId>,
    rows: i64,
) -> Result<Vec<AlertRule>> {
    let seen = seen!(conn, alert_rule, scope);
    let query = alert_rule::table
        .filter(sql::<Bool>(COUNTS))
        .filter(seen)
        .order(alert_rule::rule_id)
        .limit(rows)
        .select(Row::as_select())
        .into_boxed();
    let mut query = held_to!(query, alert_rule, filter.places);
    if let Some(reader) = filter.reader {
        query = query.filter(alert_rule::reader.eq(reader));
    }
    if let Some(after) = after {
        query = query.filter(alert_rule::rule_id.gt(after));
    }
    let found: Vec<Row> = query.load(conn)?;
    Ok(found.into_iter().map(AlertRule::from).collect())
}

/// The rules of a brand that are judged by the figures of these readers, in their order.
///
/// # Errors
/// Those of the database.
pub fn of_brand(conn: &mut Conn, brand: BrandId, readers: &[Reader]) -> Result<Vec<AlertRuleId>> {
    Ok(alert_rule::table
        .filter(alert_rule::brand_id.eq(brand))
        .filter(alert_rule::reader.eq_any(readers.to_vec()))
        .filter(sql::<Bool>(COUNTS))
        .order(alert_rule::rule_id)
        .select(alert_rule::rule_id)
        .load(conn)?)
}

/// How many rules a place itself has that are judged by the figures of such readers.
///
/// # Errors
/// Those of the database.
pub fn how_many(conn: &mut Conn, place: PlaceId, reader: Reader) -> Result<i64> {
    Ok(alert_rule::table
        .filter(alert_rule::place_id.eq(place))
        .filter(alert_rule::reader.eq(reader))
        .filter(sql::<Bool>(COUNTS))
        .count()
        .get_result(conn)?)
}

/// The rule with this id, in no scope; none if it was deleted.
///
/// # Errors
/// Those of the database.
pub fn rule_if_there(conn: &mut Conn, id: AlertRuleId) -> Result<Option<AlertRule>> {
    let row: Option<Row> = alert_rule::table
        .filter(alert_rule::rule_id.eq(id))
        .filter(sql::<Bool>(COUNTS))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(AlertRule::from))
}

/// Adds a row: the rule as it is from now on, or as it was when it was deleted.
///
/// # Errors
/// Those of the database.
pub fn add(
    conn: &mut Conn,
    rule: &AlertRule,
    is_deleted: bool,
    (changed_by, changed_at): (AccountId, Instant),
) -> Result<()> {
    let row = Row {
        id: row_id("alert_rule", rule.id, rule.revision),
        rule_id: rule.id,
        revision: rule.revision,
        brand_id: rule.brand,
        place_kind: rule.place.kind(),
        place_id: rule.place.id(),
        reader: rule.reader,
        content: Json(rule.content.clone()),
        is_deleted,
        changed_by,
        created_at: rule.created_at,
        changed_at,
    };
    diesel::insert_into(alert_rule::table).values(row).execute(conn)?;
    Ok(())
}

rows_sealed!(alert_rule::table by id, set_sealed);
