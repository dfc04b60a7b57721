//! The figures of a place subject by subject: what is shown of each for a period, and for as many months right before.

use std::collections::HashMap;

use super::{
    by_visit,
    lent::Lent,
    means::Means,
    model::{Place, Reader},
    shown::Shown,
    statistics::{Spread, Sums},
    store::{self, Listed},
    targets::in_force::InForce,
    vector::{Counts, Vector},
    visible::{Visible, benchmark, visible},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    calendar::days::Days,
    checklists::counted::{Subject, SubjectNumber},
    db::Conn,
    error::Result,
    ids::BrandId,
    places,
};

/// The figures of a place, subject by subject.
#[derive(Debug)]
pub struct OfSubjects {
    /// The place.
    pub place: Visible,
    /// The languages in which its brand is read, the first one first.
    pub languages: Vec<String>,
    /// Each subject that is wanted and has visits, in the order of subjects.
    pub rows: Vec<OfSubject>,
    /// What scores are to be in the last month.
    pub targets: InForce,
}

/// What is shown of one subject.
#[derive(Clone, Debug)]
pub struct OfSubject {
    /// The subject.
    pub subject: Subject,
    /// For the period.
    pub now: Shown,
    /// For as many months right before.
    pub before: Sums,
    /// How far visits scatter in it.
    pub spread: Spread,
    /// The number of the brand's statistics by which that is known; none if the brand lends nothing.
    pub number: Option<i64>,
}

/// The figures of a place for a period, of the subjects that are wanted.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn of_subjects(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    is_wanted: impl Fn(&Subject) -> bool,
) -> Result<OfSubjects> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let rows = rows(conn, means, &place, (wanted, &lent), is_wanted)?;
    let targets = InForce::of(conn, &place, wanted.touched().last_month())?;
    Ok(OfSubjects { languages: languages(conn, place.brand)?, place, rows, targets })
}

/// The same of a place that the caller may see, with what its brand lends.
///
/// # Errors
/// None but those of the database.
pub fn rows(
    conn: &mut Conn,
    means: &Means,
    place: &Visible,
    (wanted, lent): (&Wanted, &Lent),
    is_wanted: impl Fn(&Subject) -> bool,
) -> Result<Vec<OfSubject>> {
    let now = shown(conn, means, place, wanted)?;
    let before: HashMap<_, _> = match wanted.before() {
        Some(before) => shown(conn, means, place, &before)?.into_iter().collect(),
        None => HashMap::new(),
    };
    let row = |(number, subject, now)| {
        let before = before.get(&number).map(|shown| shown.sums).unwrap_or_default();
        let spread = lent.spread(&subject, place.place.extent(), wanted.months());
        OfSubject { subject, now, before, spread, number: lent.number(&spread) }
    };
    let named = named(conn, means, place, now)?.into_iter();
    let mut rows: Vec<_> = named.filter(|(_, subject, _)| is_wanted(subject)).map(row).collect();
    rows.sort_by(|one, other| one.subject.cmp(&other.subject));
    Ok(rows)
}

/// What is shown of each subject of the brand of a place, with which the place is compared. There is nothing where figures of greater places are
/// not given beside it.
///
/// # Errors
/// Those of [`shown`].
pub fn of_brand(
    conn: &mut Conn,
    means: &Means,
    place: &Visible,
    wanted: &Wanted,
) -> Result<HashMap<Subject, Sums>> {
    if !place.is_beside_all(wanted) {
        return Ok(HashMap::new());
    }
    let brand = benchmark(place);
    let shown = shown(conn, means, &brand, wanted)?;
    let named = named(conn, means, &brand, shown)?.into_iter();
    Ok(named.map(|(_, subject, shown)| (subject, shown.sums)).collect())
}

/// The languages in which a brand is read, the first one first.
///
/// # Errors
/// None but those of the database.
pub fn languages(conn: &mut Conn, brand: BrandId) -> Result<Vec<String>> {
    let brand = places::store::brand_if_there(conn, brand)?;
    Ok(brand.map(|brand| brand.languages_read()).unwrap_or_default())
}

/// What the caller is shown of each subject of a place that has visits, in the order of their numbers.
///
/// # Errors
/// `invalid` if more visits are to be counted one by one than can be.
pub fn shown(
    conn: &mut Conn,
    means: &Means,
    place: &Visible,
    wanted: &Wanted,
) -> Result<Vec<(SubjectNumber, Shown)>> {
    let mut shown = shown_on(conn, means, place, wanted, &[wanted.days])?;
    Ok(shown.pop().unwrap_or_default())
}

/// The same of several spans of days, which may overlap: no visit is read more than once.
///
/// # Errors
/// Those of [`shown`].
pub fn shown_on(
    conn: &mut Conn,
    means: &Means,
    place: &Visible,
    wanted: &Wanted,
    spans: &[Days],
) -> Result<Vec<Vec<(SubjectNumber, Shown)>>> {
    let (mut all, mut edges) = (vec![Vector::default(); spans.len()], Vec::new());
    let mut from_figures = HashMap::new();
    for (at, days) in spans.iter().enumerate() {
        let of_span = wanted.on(*days);
        let (whole, days) = of_span.parts(place.reader);
        edges.extend(days.into_iter().map(|days| (at, days)));
        let Some(period) = whole else { continue };
        match (place.reader, all.get_mut(at)) {
            (Reader::Desk, Some(sums)) => *sums = store::scores(conn, place, period)?,
            _ => _ = from_figures.insert(at, store::shown::by_subject(conn, place, period)?),
        }
    }
    for days in Days::joined(edges.iter().map(|(_, days)| *days).collect()) {
        let wanted = wanted.on(days);
        let listed = Listed::ByMonths(wanted.touched());
        by_visit::each(conn, place, (listed, None), &wanted, |conn, seen| {
            let vectors = by_visit::vectors(conn, means, (place.reader, wanted.now), &seen)?;
            for (one, vector) in seen.iter().zip(vectors) {
                for (at, _) in edges.iter().filter(|(_, days)| days.contains(one.day)) {
                    if let Some(sums) = all.get_mut(*at) {
                        *sums = sums.plus(&vector);
                    }
                }
            }
            Ok(())
        })?;
    }
    let shown = |(at, scores): (usize, Vector)| {
        let of = |(subject, counts): (SubjectNumber, Counts)| (subject, place.shows(counts.sums));
        let counted = || scores.iter().map(of).filter(|(_, shown)| shown.visits() > 0).collect();
        from_figures.remove(&at).unwrap_or_else(counted)
    };
    Ok(all.into_iter().enumerate().map(shown).collect())
}

/// The same with what the numbers stand for.
///
/// # Errors
/// None but those of the database.
pub fn named<T>(
    conn: &mut Conn,
    means: &Means,
    place: &Visible,
    numbered: Vec<(SubjectNumber, T)>,
) -> Result<Vec<(SubjectNumber, Subject, T)>> {
    let last = numbered.last().map_or(SubjectNumber::OVERALL, |(subject, _)| *subject);
    let names = means.names.of(conn, place.brand, last)?;
    let named = |(number, shown)| Some((number, names.get(&number)?.clone(), shown));
    Ok(numbered.into_iter().filter_map(named).collect())
}
