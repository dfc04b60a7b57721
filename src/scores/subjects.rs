//! The figures of a place subject by subject: what is shown of each for a period, and for as many months right before.

use std::collections::HashMap;

use super::{
    lent::Lent,
    model::{Place, Reader},
    names::Names,
    shown::Shown,
    statistics::{Spread, Sums},
    store,
    targets::in_force::InForce,
    visible::{Visible, visible},
};
use crate::{
    accounts::policy::Scope,
    checklists::counted::{Subject, SubjectNumber},
    db::Conn,
    error::Result,
    ids::BrandId,
    months::Period,
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
    names: &Names,
    scope: &Scope,
    (place, period): (Place, Period),
    is_wanted: impl Fn(&Subject) -> bool,
) -> Result<OfSubjects> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let rows = rows(conn, names, &place, (period, &lent), is_wanted)?;
    let targets = InForce::of(conn, &place, period.last_month())?;
    Ok(OfSubjects { languages: languages(conn, place.brand)?, place, rows, targets })
}

/// The same of a place that the caller may see, with what its brand lends.
///
/// # Errors
/// None but those of the database.
pub fn rows(
    conn: &mut Conn,
    names: &Names,
    place: &Visible,
    (period, lent): (Period, &Lent),
    is_wanted: impl Fn(&Subject) -> bool,
) -> Result<Vec<OfSubject>> {
    let now = shown(conn, place, period)?;
    let before: HashMap<_, _> = match period.before() {
        Some(before) => shown(conn, place, before)?.into_iter().collect(),
        None => HashMap::new(),
    };
    let row = |(number, subject, now)| {
        let before = before.get(&number).map(|shown| shown.sums).unwrap_or_default();
        let spread = lent.spread(&subject, place.place.extent(), period.months());
        OfSubject { subject, now, before, spread, number: lent.number(&spread) }
    };
    let named = named(conn, names, place, now)?.into_iter();
    let mut rows: Vec<_> = named.filter(|(_, subject, _)| is_wanted(subject)).map(row).collect();
    rows.sort_by(|one, other| one.subject.cmp(&other.subject));
    Ok(rows)
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
/// None but those of the database.
pub fn shown(conn: &mut Conn, place: &Visible, period: Period) -> Result<Vec<(SubjectNumber, Shown)>> {
    match place.reader {
        Reader::Desk => {
            let scores = store::scores(conn, place, period)?;
            let whole = scores.iter().map(|(subject, counts)| (subject, Shown::whole(counts.sums)));
            Ok(whole.filter(|(_, shown)| shown.visits() > 0).collect())
        }
        Reader::BranchSide => store::shown::by_subject(conn, place, period),
    }
}

/// The same with what the numbers stand for.
///
/// # Errors
/// None but those of the database.
pub fn named<T>(
    conn: &mut Conn,
    names: &Names,
    place: &Visible,
    numbered: Vec<(SubjectNumber, T)>,
) -> Result<Vec<(SubjectNumber, Subject, T)>> {
    let last = numbered.last().map_or(SubjectNumber::OVERALL, |(subject, _)| *subject);
    let names = names.of(conn, place.brand, last)?;
    let named = |(number, shown)| Some((number, names.get(&number)?.clone(), shown));
    Ok(numbered.into_iter().filter_map(named).collect())
}
