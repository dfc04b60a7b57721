//! Figures made of visits one by one: of days, and of visits that a filter leaves. They say what [`Wanted`] says.

use std::collections::{BTreeMap, HashMap};

use jiff::{civil::Date, tz::TimeZone};

use super::{
    content::{Content, contents},
    means::Means,
    model::{Counted, PlaceId, Reader},
    statistics::Sums,
    store::{
        Counting, Listed, ROWS_AT_ONCE,
        visits::{self as store, Made, Row},
    },
    vector::Vector,
    visible::Visible,
    wanted::Wanted,
};
use crate::{
    calendar::{Weekday, days::month_of},
    db::{
        Conn,
        types::{Id, Instant},
    },
    error::{Error, FieldError, Result},
    ids::{BranchId, CampaignId, ReportId},
    places,
    visits::{self, model::VisitHead},
};

/// So many visits are read one by one for one figure, at most, counted or not.
const MOST: usize = 20_000;
/// The visits of so many branches are asked for at a time.
pub(super) const BRANCHES_AT_ONCE: usize = 50;

/// A visit that counts, as the caller sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What is known of it.
    pub head: VisitHead,
    /// The day that it counts on.
    pub day: Date,
    /// Which day of the week that is; none where the report shows a week.
    pub weekday: Option<Weekday>,
    /// The hour in which it began, 0 to 23; none for the branch's side.
    pub hour: Option<i8>,
    /// The campaign that wanted it.
    pub campaign: Option<CampaignId>,
    /// Its report, with the last day that this shows; none at desks.
    pub report: Option<(ReportId, Date)>,
}

impl Seen {
    /// As a row has it, of a branch with these clocks.
    fn of(row: Row, zone: &TimeZone) -> Result<Self> {
        let Row { head, made, campaign } = row;
        let (day, weekday, hour, report) = match made {
            Made::At(began, opens_at) => {
                let began = (began, opens_at);
                let day = visits::day::day(&head, began, zone);
                (day, Some(Weekday::of(day)), Some(visits::day::hour(&head, began, zone)), None)
            }
            Made::Within { report, first, last } => {
                let day = first.parse().map_err(Error::internal)?;
                let last: Date = last.parse().map_err(Error::internal)?;
                (day, (day == last).then(|| Weekday::of(day)), None, Some((report, last)))
            }
        };
        Ok(Self { head, day, weekday, hour, campaign, report })
    }

    /// What it is opened by: on the branch's side its report, at desks the visit itself.
    pub fn source(&self) -> Id<Self> {
        self.report.map_or(self.head.id.cast(), |(report, _)| report.cast())
    }

    /// What the whole visit scored, as sums.
    pub fn sums(&self) -> Option<Sums> {
        self.head.score.map(Sums::of)
    }
}

/// Shows each visit that is wanted of a place, some at a time, in the order of branches: of all that are listed of it, or of these among them.
///
/// # Errors
/// `invalid` if there are more than can be read one by one, and what `take` says.
pub fn each(
    conn: &mut Conn,
    place: &Visible,
    (listed, among): (Listed, Option<&[BranchId]>),
    wanted: &Wanted,
    mut take: impl FnMut(&mut Conn, Vec<Seen>) -> Result<()>,
) -> Result<()> {
    let zones = zones(conn, place, (listed, among), wanted)?;
    let lately = match place.reader {
        Reader::Desk => Vec::new(),
        Reader::BranchSide => visits::store::steps::withdrawn_lately(conn, wanted.now)?.into_keys().collect(),
    };
    let (branches, mut left) = (zones.keys().copied().collect::<Vec<_>>(), MOST);
    let counts = Counting::listed(conn, place.place, &branches, listed)?;
    let versions = store::versions(conn, wanted)?;
    for some in branches.chunks(BRANCHES_AT_ONCE) {
        // One more than there may be shows that there are too many.
        let (of, most) = ((wanted, versions.as_deref()), left as i64 + 1);
        let rows = match place.reader {
            Reader::Desk => store::counted(conn, some, of, most)?,
            Reader::BranchSide => store::reported(conn, some, of, &lately, most)?,
        };
        left = left.checked_sub(rows.len()).ok_or_else(too_many)?;
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let rows = rows.by_ref().take(ROWS_AT_ONCE).collect();
            let mut seen = seen(conn, rows, (place.reader, &zones), wanted)?;
            seen.retain(|one| counts.has(one.head.branch_id, month_of(one.day)));
            if !seen.is_empty() {
                take(conn, seen)?;
            }
        }
    }
    Ok(())
}

fn too_many() -> Error {
    let why = format!(
        "at most {MOST} visits are read one by one: ask for whole months without a filter, for fewer months, or for a smaller place"
    );
    Error::invalid(vec![FieldError::new("from", "too_many_visits", why)])
}

/// The branches of a place that are wanted, each with its clocks.
pub(super) fn zones(
    conn: &mut Conn,
    place: &Visible,
    (listed, among): (Listed, Option<&[BranchId]>),
    wanted: &Wanted,
) -> Result<BTreeMap<BranchId, TimeZone>> {
    let called = wanted.filter.branch_called.as_deref();
    let called = called
        .map(|called| visits::store::list::branches_called(conn, Some(place.brand), called))
        .transpose()?;
    let is_wanted = |id: &BranchId| {
        called.as_ref().is_none_or(|called| called.contains(id))
            && among.is_none_or(|among| among.contains(id))
    };
    let zone = |name: &str| places::model::time_zone(name).unwrap_or(TimeZone::UTC);
    let rows = store::zones(conn, place, listed)?.into_iter().filter(|(id, _)| is_wanted(id));
    Ok(rows.map(|(id, name)| (id, zone(&name))).collect())
}

/// Those of these rows that are of the days, as the caller sees them.
fn seen(
    conn: &mut Conn,
    rows: Vec<Row>,
    (reader, zones): (Reader, &BTreeMap<BranchId, TimeZone>),
    wanted: &Wanted,
) -> Result<Vec<Seen>> {
    let of = |row: Row| zones.get(&row.head.branch_id).map(|zone| Seen::of(row, zone));
    let mut seen = rows.into_iter().filter_map(of).collect::<Result<Vec<_>>>()?;
    seen.retain(|one| wanted.days.contains(one.day));
    if reader == Reader::BranchSide {
        // What an appeal changed is shown from the next night on.
        let ids = seen.iter().map(|one| one.head.id).collect();
        let still = visits::store::still_shown(conn, ids, wanted.now)?;
        for one in &mut seen {
            if let Some(was) = still.get(&one.head.id) {
                one.head.score = was.score;
            }
        }
    }
    Ok(seen)
}

/// What each of these visits scored in each subject, as the caller is shown it.
///
/// # Errors
/// None but those of the database.
pub fn vectors(
    conn: &mut Conn,
    means: &Means,
    (reader, now): (Reader, Instant),
    seen: &[Seen],
) -> Result<Vec<Vector>> {
    let counted = |Content { visit, version, shown }: Content| match reader {
        Reader::Desk => Counted::for_desks(&visit, &version).scores,
        Reader::BranchSide => {
            Counted::for_branch_side(&visit, &version, |question| shown.shows(question)).scores
        }
    };
    let contents = contents(conn, means, (reader, now), seen)?.into_iter();
    Ok(contents.map(|content| content.map(counted).unwrap_or_default()).collect())
}

/// What whole visits scored at each branch that is listed of a place, of those that have any.
///
/// # Errors
/// Those of [`each`].
pub fn by_branch(
    conn: &mut Conn,
    place: &Visible,
    wanted: &Wanted,
    listed: Listed,
) -> Result<HashMap<PlaceId, Sums>> {
    let mut by_branch = HashMap::<PlaceId, Sums>::new();
    each(conn, place, (listed, None), wanted, |_, seen| {
        for one in seen {
            if let Some(sums) = one.sums() {
                let all = by_branch.entry(one.head.branch_id.cast()).or_default();
                *all = all.plus(sums);
            }
        }
        Ok(())
    })?;
    Ok(by_branch)
}

/// What visits scored in each subject at each of these branches, which are listed of a place in this way.
///
/// # Errors
/// Those of [`each`].
pub fn scores_by_branch(
    conn: &mut Conn,
    means: &Means,
    place: &Visible,
    (branches, listed): (&[BranchId], Listed),
    wanted: &Wanted,
) -> Result<HashMap<PlaceId, Vector>> {
    let mut by_branch = HashMap::<PlaceId, Vector>::new();
    each(conn, place, (listed, Some(branches)), wanted, |conn, seen| {
        let vectors = vectors(conn, means, (place.reader, wanted.now), &seen)?;
        for (one, vector) in seen.iter().zip(vectors) {
            let all = by_branch.entry(one.head.branch_id.cast()).or_default();
            *all = all.plus(&vector);
        }
        Ok(())
    })?;
    Ok(by_branch)
}
