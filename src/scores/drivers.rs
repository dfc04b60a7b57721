//! Drivers: what costs a place the most points, and what it would gain where it does worse than its brand.

use std::collections::HashMap;

use super::{
    lent::Lent,
    means::Means,
    model::Place,
    statistics::{Change, Sums},
    subjects::{OfSubject, languages, of_brand, rows},
    visible::{Visible, visible},
    wanted::Wanted,
};
use crate::{accounts::policy::Scope, checklists::counted::Subject, db::Conn, error::Result};

/// What costs a place the most points.
#[derive(Debug)]
pub struct Drivers {
    /// The place.
    pub place: Visible,
    /// The languages in which its brand is read, the first one first.
    pub languages: Vec<String>,
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
}

/// What costs a place the most points in a period.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn drivers(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
) -> Result<Drivers> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let losses = Losses::of_brand(conn, means, &place, wanted)?;
    let mut drivers = losses.at(conn, means, &place, (wanted, &lent))?;
    // What is shown of too few visits comes last.
    let few = |driver: &Driver| driver.row.now.sums.insufficient(place.minimum, &driver.row.spread);
    let gain = |driver: &Driver| driver.gain.map_or(0, |gain| gain.difference);
    drivers.sort_by_key(|driver| (few(driver), -gain(driver), -driver.row.now.sums.mean().unwrap_or(0)));
    Ok(Drivers { languages: languages(conn, place.brand)?, place, drivers })
}

/// What is lost by each subject in a brand, with which its places are compared.
#[derive(Debug)]
pub(super) struct Losses(HashMap<Subject, Sums>);

impl Losses {
    /// Those of the brand of a place, as its reader is shown them.
    /// There are none where figures of greater places are not given beside it.
    pub(super) fn of_brand(conn: &mut Conn, means: &Means, place: &Visible, wanted: &Wanted) -> Result<Self> {
        Ok(Self(of_brand(conn, means, place, wanted)?))
    }

    /// What is lost at a place of the brand, beside that.
    pub(super) fn at(
        &self,
        conn: &mut Conn,
        means: &Means,
        place: &Visible,
        of: (&Wanted, &Lent),
    ) -> Result<Vec<Driver>> {
        let is_loss = |subject: &Subject| {
            matches!(subject, Subject::LossByStandard(_) | Subject::LossByQuestion { .. })
        };
        let is_part = !matches!(place.place, Place::Brand(_));
        let driver = |row: OfSubject| {
            let brand = self.0.get(&row.subject).copied().unwrap_or_default();
            let gain = if is_part { row.now.sums.change_since(brand, &row.spread) } else { None };
            Driver { row, brand, gain }
        };
        Ok(rows(conn, means, place, of, is_loss)?.into_iter().map(driver).collect())
    }
}
