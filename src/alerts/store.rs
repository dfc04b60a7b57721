//! The statements about alerts. Of the rows of an alert the one with the highest revision counts.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{
    model::{Acknowledged, Alert, AlertEnd, AlertOrder, Closed, Found},
    rules::{model::AlertRule, store::seen},
};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        latest::{latest_counts, row_id},
        schema::alert,
        sealing::rows_sealed,
        types::{Id, Instant, Json},
    },
    error::{Error, Result},
    ids::{AccountId, AlertId, AlertRuleId, BranchId, BrandId, RegionId},
    months::{Month, Period},
    places::store::{branches_within, regions_below},
    scores::{
        model::{Place, PlaceId, PlaceKind, Reader},
        store::in_scope::{regions_in, within_scope},
    },
};

/// An alert in one of its revisions.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert, treat_none_as_default_value = false)]
struct Row {
    id: Id<Row>,
    alert_id: AlertId,
    revision: i64,
    rule_id: AlertRuleId,
    rule_revision: i64,
    brand_id: BrandId,
    place_kind: PlaceKind,
    place_id: PlaceId,
    reader: Reader,
    from_month: Month,
    to_month: Month,
    found: Json<Found>,
    raised_at: Instant,
    closed_at: Option<Instant>,
    closed_because: Option<AlertEnd>,
    acknowledged_at: Option<Instant>,
    acknowledged_by: Option<AccountId>,
    changed_at: Instant,
}

impl Row {
    fn alert(self) -> Result<Alert> {
        let period = Period::new(self.from_month, self.to_month);
        Ok(Alert {
            id: self.alert_id,
            rule_id: self.rule_id,
            rule_revision: self.rule_revision,
            brand_id: self.brand_id,
            place: self.place_kind.place(self.place_id),
            reader: self.reader,
            period: period.ok_or_else(|| Error::internal("an alert ends before it begins"))?,
            found: self.found.0,
            raised_at: self.raised_at,
            closed: self.closed_at.zip(self.closed_because).map(|(at, because)| Closed { at, because }),
            acknowledged: self
                .acknowledged_at
                .zip(self.acknowledged_by)
                .map(|(at, by)| Acknowledged { at, by }),
            revision: self.revision,
        })
    }
}

latest_counts!(alert by alert_id);

/// Which alerts are listed of those that the caller sees.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlertFilter {
    /// Only those of places of this brand.
    pub brand: Option<BrandId>,
    /// Only those of this region and of what lies in it.
    pub region: Option<RegionId>,
    /// Only those of this branch.
    pub branch: Option<BranchId>,
    /// Only those of this rule.
    pub rule: Option<AlertRuleId>,
    /// Only those that were found by the figures of such readers.
    pub reader: Option<Reader>,
    /// Only those of a period that this month is in.
    pub month: Option<Month>,
    /// Only those that are open, or only those that are over.
    pub is_open: Option<bool>,
    /// Only those that were acknowledged, or only those that were not.
    pub is_acknowledged: Option<bool>,
}

/// An alert that the caller sees.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn alert(conn: &mut Conn, scope: &Scope, id: AlertId) -> Result<Alert> {
    let seen = seen!(conn, alert, scope);
    let row: Row = alert::table
        .filter(alert::alert_id.eq(id))
        .filter(sql::<Bool>(COUNTS))
        .filter(seen)
        .select(Row::as_select())
        .first(conn)?;
    row.alert()
}

/// The alert with this id, in no scope.
///
/// # Errors
/// Those of the database.
pub fn alert_if_there(conn: &mut Conn, id: AlertId) -> Result<Option<Alert>> {
    let row: Option<Row> = alert::table
        .filter(alert::alert_id.eq(id))
        .filter(sql::<Bool>(COUNTS))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::alert).transpose()
}

/// So many alerts that the caller sees after this one, in this order.
///
/// # Errors
/// Those of the database.
pub fn alerts(
    conn: &mut Conn,
    scope: &Scope,
    (filter, order): (AlertFilter, AlertOrder),
    after: Option<(Instant, AlertId)>,
    rows: i64,
) -> Result<Vec<Alert>> {
    let seen = seen!(conn, alert, scope);
    let mut query = alert::table
        .filter(sql::<Bool>(COUNTS))
        .filter(seen)
        .limit(rows)
        .select(Row::as_select())
        .into_boxed();
    query = match (order, after) {
        (AlertOrder::Newest, after) => {
            if let Some((at, id)) = after {
                let same = alert::raised_at.eq(at).and(alert::alert_id.lt(id));
                query = query.filter(alert::raised_at.lt(at).or(same));
            }
            query.order((alert::raised_at.desc(), alert::alert_id.desc()))
        }
        (AlertOrder::Oldest, after) => {
            if let Some((at, id)) = after {
                let same = alert::raised_at.eq(at).and(alert::alert_id.gt(id));
                query = query.filter(alert::raised_at.gt(at).or(same));
            }
            query.order((alert::raised_at, alert::alert_id))
        }
    };
    if let Some(brand) = filter.brand {
        query = query.filter(alert::brand_id.eq(brand));
    }
    if let Some(region) = filter.region {
        let regions = regions_below(conn, vec![region])?.into_iter();
        let regions: Vec<PlaceId> = regions.map(|region| region.cast()).collect();
        query =
            query.filter(alert::place_id.eq_any(regions).or(alert::place_id.eq_any(branches_within(region))));
    }
    if let Some(branch) = filter.branch {
        query = query.filter(alert::place_id.eq(branch.cast::<Place>()));
    }
    if let Some(rule) = filter.rule {
        query = query.filter(alert::rule_id.eq(rule));
    }
    if let Some(reader) = filter.reader {
        query = query.filter(alert::reader.eq(reader));
    }
    if let Some(month) = filter.month {
        query = query.filter(alert::from_month.le(month)).filter(alert::to_month.ge(month));
    }
    match filter.is_open {
        Some(true) => query = query.filter(alert::closed_at.is_null()),
        Some(false) => query = query.filter(alert::closed_at.is_not_null()),
        None => {}
    }
    match filter.is_acknowledged {
        Some(true) => query = query.filter(alert::acknowledged_at.is_not_null()),
        Some(false) => query = query.filter(alert::acknowledged_at.is_null()),
        None => {}
    }
    let found: Vec<Row> = query.load(conn)?;
    found.into_iter().map(Row::alert).collect()
}

/// The open alerts that a rule found in this revision.
///
/// # Errors
/// Those of the database.
pub fn open_of(conn: &mut Conn, rule: &AlertRule) -> Result<Vec<Alert>> {
    let found: Vec<Row> = alert::table
        .filter(alert::rule_id.eq(rule.id))
        .filter(alert::rule_revision.eq(rule.revision))
        .filter(alert::closed_at.is_null())
        .filter(sql::<Bool>(COUNTS))
        .order(alert::alert_id)
        .select(Row::as_select())
        .load(conn)?;
    found.into_iter().map(Row::alert).collect()
}

/// Adds a row: the alert as it is from now on.
///
/// # Errors
/// `conflict` if it has this revision already.
pub fn add(conn: &mut Conn, alert: &Alert, now: Instant) -> Result<()> {
    let row = Row {
        id: row_id("alert", alert.id, alert.revision),
        alert_id: alert.id,
        revision: alert.revision,
        rule_id: alert.rule_id,
        rule_revision: alert.rule_revision,
        brand_id: alert.brand_id,
        place_kind: alert.place.kind(),
        place_id: alert.place.id(),
        reader: alert.reader,
        from_month: alert.period.from(),
        to_month: alert.period.to(),
        found: Json(alert.found.clone()),
        raised_at: alert.raised_at,
        closed_at: alert.closed.map(|closed| closed.at),
        closed_because: alert.closed.map(|closed| closed.because),
        acknowledged_at: alert.acknowledged.map(|acknowledged| acknowledged.at),
        acknowledged_by: alert.acknowledged.map(|acknowledged| acknowledged.by),
        changed_at: now,
    };
    diesel::insert_into(alert::table).values(row).execute(conn)?;
    Ok(())
}

rows_sealed!(alert::table by id, set_sealed);
