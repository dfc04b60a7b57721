//! The rows of the tables, a piece at a time, each in an order that never changes: as the features that own them list them.

use serde::{Serialize, de::DeserializeOwned};

use super::{
    cell::{Cell, Row, percent},
    condition::{Comparison, Condition},
    model::Table,
};
use crate::{
    accounts::policy::Scope,
    checklists::cache::Versions,
    db::{Conn, types::Instant},
    error::{Error, Result},
    ids::{BranchId, BrandId, RegionId, ReportId},
    months::Month,
    places::store::{self as places, PlaceFilter},
    reports::{read as reports, store::ReportFilter},
    visits::{
        blind,
        state::State,
        store::list::{self as visits, VisitFilter, VisitOrder, VisitPlace},
        unscored::without_hidden,
    },
};

/// Some rows after a place, each with its own place.
pub type Piece = Vec<(String, Row)>;

/// What is read by a condition before it is looked at row by row: values that columns have to have.
#[derive(Clone, Debug, Default)]
pub struct Hints(Vec<(&'static str, Comparison, Cell)>);

impl Hints {
    /// What has to hold of each row for the condition to hold.
    pub fn of(condition: Option<&Condition>, table: &'static Table) -> Self {
        let needed = condition.map(Condition::needed).unwrap_or_default().into_iter();
        let named = |(at, comparison, cell): (usize, Comparison, &Cell)| {
            Some((table.columns.get(at)?.name, comparison, cell.clone()))
        };
        Self(needed.filter_map(named).collect())
    }

    /// The id that a column has to have.
    pub fn id<T: 'static>(&self, column: &str) -> Option<crate::db::types::Id<T>> {
        self.0.iter().find_map(|(name, comparison, cell)| match (comparison, cell) {
            (Comparison::Eq, Cell::Id(id)) if *name == column => Some(crate::db::types::Id::new(*id)),
            _ => None,
        })
    }

    /// The first month of which a column is the first day.
    fn month(&self, column: &str) -> Option<Month> {
        self.0.iter().find_map(|(name, comparison, cell)| match (comparison, cell) {
            (Comparison::Eq, Cell::Day(day)) if *name == column && day.day() == 1 => {
                Month::new(day.year().into(), day.month().into())
            }
            _ => None,
        })
    }

    /// The text that a column has to be.
    pub(super) fn text(&self, column: &str) -> Option<&str> {
        self.0.iter().find_map(|(name, comparison, cell)| match (comparison, cell) {
            (Comparison::Eq, Cell::Text(text)) if *name == column => Some(text.as_str()),
            _ => None,
        })
    }

    /// The first and the last month in which a column can be, as far as that is known.
    pub(super) fn months(&self, column: &str) -> (Option<Month>, Option<Month>) {
        let (mut from, mut to) = (None, None);
        for (_, comparison, cell) in self.0.iter().filter(|(name, ..)| *name == column) {
            let Cell::Day(day) = cell else { continue };
            let month = Month::new(day.year().into(), day.month().into());
            if matches!(comparison, Comparison::Eq | Comparison::Ge | Comparison::Gt) {
                from = from.max(month);
            }
            if matches!(comparison, Comparison::Eq | Comparison::Le | Comparison::Lt) {
                to = if to.is_none() { month } else { to.min(month) };
            }
        }
        (from, to)
    }

    /// The moment from which on a column is, at the earliest; no later one is wanted before it.
    fn moment(&self, column: &str, of: &[Comparison]) -> Option<Instant> {
        self.0.iter().find_map(|(name, comparison, cell)| match cell {
            Cell::Moment(moment) if *name == column && of.contains(comparison) => Some(*moment),
            _ => None,
        })
    }

    /// A state of visits that were decided about. Another one is no hint: a visit of which the caller is not to know the decision stands as
    /// one that waits, and is kept as decided.
    fn decided_state(&self, column: &str) -> Option<State> {
        let text = self.text(column)?;
        State::ALL.iter().copied().find(|one| one.as_str() == text).filter(|one| one.is_decided())
    }
}

pub(super) fn key<K: DeserializeOwned>(after: Option<&str>) -> Result<Option<K>> {
    after.map(serde_json::from_str).transpose().map_err(Error::internal)
}

pub(super) fn placed<K: Serialize>(key: &K, row: Row) -> Result<(String, Row)> {
    Ok((serde_json::to_string(key).map_err(Error::internal)?, row))
}

/// Brands, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn brands(conn: &mut Conn, scope: &Scope, after: Option<&str>, rows: i64) -> Result<Piece> {
    let found = places::brands(conn, scope, key::<BrandId>(after)?, rows)?.into_iter();
    found.map(|one| placed(&one.id, vec![one.id.into(), one.name.into(), one.language.into()])).collect()
}

/// Regions, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn regions(
    conn: &mut Conn,
    scope: &Scope,
    hints: &Hints,
    after: Option<&str>,
    rows: i64,
) -> Result<Piece> {
    let filter = PlaceFilter { brand: hints.id("brand_id"), within: None, state: None };
    let found = places::regions(conn, scope, filter, key::<RegionId>(after)?, rows)?.into_iter();
    let row = |one: crate::places::model::Region| {
        let cells = vec![
            one.id.into(),
            one.brand_id.into(),
            one.parent_id.into(),
            one.name.into(),
            one.retired_at.into(),
        ];
        placed(&one.id, cells)
    };
    found.map(row).collect()
}

/// Branches, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn branches(
    conn: &mut Conn,
    scope: &Scope,
    hints: &Hints,
    after: Option<&str>,
    rows: i64,
) -> Result<Piece> {
    let filter = PlaceFilter { brand: hints.id("brand_id"), within: None, state: None };
    let found = places::branches(conn, scope, filter, key::<BranchId>(after)?, rows)?.into_iter();
    let row = |one: crate::places::model::Branch| {
        let cells = vec![
            one.id.into(),
            one.brand_id.into(),
            one.region_id.into(),
            one.code.into(),
            one.name.into(),
            one.address.into(),
            one.time_zone.into(),
            one.retired_at.into(),
        ];
        placed(&one.id, cells)
    };
    found.map(row).collect()
}

/// Visits as desks list them, the oldest first: a visit of which the caller may give a second opinion stands as if it were not decided about.
///
/// # Errors
/// Those of the database.
pub fn visits(
    conn: &mut Conn,
    scope: &Scope,
    hints: &Hints,
    after: Option<&str>,
    rows: i64,
) -> Result<Piece> {
    let filter = VisitFilter {
        brand: hints.id("brand_id"),
        branch: hints.id("branch_id"),
        version: hints.id("checklist_version_id"),
        state: hints.decided_state("state"),
        month: hints.month("month"),
        received_from: hints.moment("received_at", &[Comparison::Ge, Comparison::Gt]),
        received_before: hints.moment("received_at", &[Comparison::Lt]),
        ..VisitFilter::default()
    };
    let at_desks = scope.at_desks();
    let after = key::<VisitPlace>(after)?;
    let found = visits::visits(conn, &at_desks, &filter, VisitOrder::Oldest, after, rows)?;
    let row = |one: crate::visits::model::VisitHead| {
        let cells = vec![
            one.id.into(),
            one.brand_id.into(),
            one.branch_id.into(),
            one.assignment_id.into(),
            one.version_id.into(),
            one.state.as_str().into(),
            one.score.into(),
            percent(one.score),
            one.month.into(),
            one.received_at.into(),
            one.completed_at.into(),
        ];
        placed(&VisitPlace::from(&one), cells)
    };
    let found = blind::as_seen(conn, scope, found)?;
    without_hidden(conn, scope.account, found)?.into_iter().map(row).collect()
}

/// Reports as the branch's side lists them, those that went out last first.
///
/// # Errors
/// Those of the database.
pub fn reports(
    conn: &mut Conn,
    versions: &Versions,
    scope: &Scope,
    hints: &Hints,
    after: Option<&str>,
    (rows, now): (i64, Instant),
) -> Result<Piece> {
    let filter = ReportFilter {
        brand: hints.id("brand_id"),
        branch: hints.id("branch_id"),
        campaign: hints.id("campaign_id"),
        ..ReportFilter::default()
    };
    let after = key::<(String, ReportId)>(after)?;
    let found = reports::list(conn, versions, scope, &filter, after, rows, now)?.into_iter();
    let day = |text: &str| text.parse::<jiff::civil::Date>().map(Cell::Day).map_err(Error::internal);
    let row = |(report, state, score): (crate::reports::model::Report, State, Option<i32>)| {
        let score = score.filter(|_| state != State::Withdrawn);
        let cells = vec![
            report.id.into(),
            report.brand_id.into(),
            report.branch_id.into(),
            report.campaign_id.into(),
            state.as_str().into(),
            day(&report.first_day)?,
            day(&report.last_day)?,
            day(&report.released_on)?,
            score.into(),
            percent(score),
        ];
        placed(&(&report.released_on, report.id), cells)
    };
    found.map(row).collect()
}
