//! The visits that a figure counts, found again: those of some days that are scored in a subject.

use std::collections::HashSet;

use jiff::tz::TimeZone;

use super::{
    day::day,
    model::VisitHead,
    store::{
        self,
        list::{self, VisitFilter, VisitOrder, VisitPlace},
    },
};
use crate::{
    accounts::policy::Scope,
    calendar::days::Days,
    checklists::{cache::Versions, counted::Subject},
    db::Conn,
    error::{Error, FieldError, Result},
    places,
};

/// So many visits are looked through for one page, at most: as many as one figure is made of one by one.
const MOST: usize = 20_000;
/// So many are looked at together.
const AT_ONCE: i64 = 500;

/// What visits of a list have to have beside what its filter says.
#[derive(Clone, Debug, Default)]
pub struct Only {
    /// On these days.
    pub days: Option<Days>,
    /// That are scored in this subject, and count.
    pub counted_in: Option<Subject>,
}

impl Only {
    /// Whether the statement itself finds them.
    fn is_found_by_statement(&self) -> bool {
        self.days.is_none_or(|days| days.period().is_some())
            && self.counted_in.as_ref().is_none_or(|subject| *subject == Subject::Overall)
    }
}

/// So many visits after this one that are in scope, and have it.
///
/// # Errors
/// `invalid` if too many were to be looked through to find them.
pub fn visits(
    conn: &mut Conn,
    versions: &Versions,
    scope: &Scope,
    (filter, only): (&VisitFilter, &Only),
    order: VisitOrder,
    (after, rows): (Option<VisitPlace>, i64),
) -> Result<Vec<VisitHead>> {
    if only.is_found_by_statement() {
        return list::visits(conn, scope, filter, order, after, rows);
    }
    let next = |conn: &mut Conn, after| list::visits(conn, scope, filter, order, after, AT_ONCE);
    let keep = |conn: &mut Conn, visits| keep(conn, versions, only, visits);
    let by = if only.counted_in.is_some() { "counted_in" } else { "from" };
    look_through(conn, by, (after, rows), next, |visit| VisitPlace::from(visit), keep)
}

/// How many visits in scope have it; none if they would have to be looked through.
///
/// # Errors
/// Those of the database.
pub fn count(conn: &mut Conn, scope: &Scope, (filter, only): (&VisitFilter, &Only)) -> Result<Option<i64>> {
    only.is_found_by_statement().then(|| list::count(conn, scope, filter)).transpose()
}

/// Those of these visits that have it.
fn keep(
    conn: &mut Conn,
    versions: &Versions,
    only: &Only,
    mut visits: Vec<VisitHead>,
) -> Result<Vec<VisitHead>> {
    let ids = |visits: &[VisitHead]| visits.iter().map(|visit| visit.id).collect::<Vec<_>>();
    if let Some(days) = only.days.filter(|days| days.period().is_none()) {
        let began = list::began(conn, ids(&visits))?;
        visits.retain(|visit| {
            began.get(&visit.id).is_some_and(|(began, opens_at, zone)| {
                let zone = places::model::time_zone(zone).unwrap_or(TimeZone::UTC);
                days.contains(day(visit, (*began, *opens_at), &zone))
            })
        });
    }
    if let Some(subject) = only.counted_in.as_ref().filter(|subject| **subject != Subject::Overall) {
        let mut scored = HashSet::new();
        for visit in store::with_ids(conn, &ids(&visits))? {
            let version = versions.read(conn, visit.head.version_id)?;
            let number = version.number_of(subject);
            if version.count(visit.content.0.filled()).iter().any(|(one, _)| Some(*one) == number) {
                scored.insert(visit.head.id);
            }
        }
        visits.retain(|visit| scored.contains(&visit.id));
    }
    Ok(visits)
}

/// So many rows after a key that `keep` keeps: asks for rows until there are enough, or no more. `by` is the parameter that makes it necessary.
///
/// # Errors
/// `invalid` if too many were to be looked through to find them, and those of `next` and `keep`.
pub fn look_through<T, K>(
    conn: &mut Conn,
    by: &'static str,
    (mut after, rows): (Option<K>, i64),
    mut next: impl FnMut(&mut Conn, Option<K>) -> Result<Vec<T>>,
    key: impl Fn(&T) -> K,
    mut keep: impl FnMut(&mut Conn, Vec<T>) -> Result<Vec<T>>,
) -> Result<Vec<T>> {
    let (wanted, mut found, mut looked) = (usize::try_from(rows).unwrap_or_default(), Vec::new(), 0);
    while found.len() < wanted {
        if looked >= MOST {
            let why = format!(
                "more than {MOST} visits were to be looked through: ask for fewer months, or for a smaller place"
            );
            return Err(Error::invalid(vec![FieldError::new(by, "too_many_visits", why)]));
        }
        let some = next(conn, after)?;
        let Some(last) = some.last() else { break };
        after = Some(key(last));
        looked += some.len();
        found.extend(keep(conn, some)?);
    }
    found.truncate(wanted);
    Ok(found)
}
