//! Drivers: what costs a place the most points, and what it would gain where it does worse than its brand.

use std::collections::HashMap;

use super::{
    model::Place,
    names::Names,
    statistics::{Change, Spread, Sums},
    subjects::{OfSubject, OfSubjects, named, of_subjects, shown},
    visible::{Visible, benchmark},
};
use crate::{accounts::policy::Scope, checklists::counted::Subject, db::Conn, error::Result, months::Period};

/// What costs a place the most points.
#[derive(Debug)]
pub struct Drivers {
    /// What each driver is of, and what the brand lends.
    pub of: OfSubjects,
    /// The drivers, those first by which the most would be gained.
    pub drivers: Vec<Driver>,
}

/// A standard, or a question that verifies none, with what is lost by it.
#[derive(Clone, Debug)]
pub struct Driver {
    /// What is lost by it at the place.
    pub row: OfSubject,
    /// What is lost by it in the brand.
    pub brand: Sums,
    /// What the score of the place would gain if it lost as little by it as the brand: more is lost here if it is above zero. None for the
    /// brand itself, and without visits.
    pub gain: Option<Change>,
    /// How far visits scatter in it, and the number of the brand's statistics by which that is known.
    pub spread: (Spread, Option<i64>),
}

/// What costs a place the most points in a period.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn drivers(
    conn: &mut Conn,
    names: &Names,
    scope: &Scope,
    (place, period): (Place, Period),
) -> Result<Drivers> {
    let is_loss =
        |subject: &Subject| matches!(subject, Subject::LossByStandard(_) | Subject::LossByQuestion { .. });
    let of = of_subjects(conn, names, scope, (place, period), is_loss)?;
    let brand = losses(conn, names, &benchmark(&of.place), period)?;
    let driver = |row: &OfSubject| {
        let brand = brand.get(&row.subject).copied().unwrap_or_default();
        let spread = of.spread(&row.subject);
        let is_part = !matches!(of.place.place, Place::Brand(_));
        let gain = if is_part { row.now.sums.change_since(brand, &spread.0) } else { None };
        Driver { row: row.clone(), brand, gain, spread }
    };
    let mut drivers: Vec<_> = of.rows.iter().map(driver).collect();
    // What is shown of too few visits comes last.
    let few = |driver: &Driver| driver.row.now.sums.insufficient(of.place.minimum);
    let gain = |driver: &Driver| driver.gain.map_or(0, |gain| gain.difference);
    drivers.sort_by_key(|driver| (few(driver), -gain(driver), -driver.row.now.sums.mean().unwrap_or(0)));
    Ok(Drivers { drivers, of })
}

/// What is lost by each subject in a brand, as this reader is shown it.
fn losses(conn: &mut Conn, names: &Names, brand: &Visible, period: Period) -> Result<HashMap<Subject, Sums>> {
    let shown = shown(conn, brand, period)?;
    let named = named(conn, names, brand, shown)?.into_iter();
    Ok(named.map(|(_, subject, shown)| (subject, shown.sums)).collect())
}
