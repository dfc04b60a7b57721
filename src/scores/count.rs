//! Counting visits: a visit that counts is in the sums of its branch, of every region above it, and of its brand. For the
//! branch's side it counts from the release of its report on, in sums of its branch of their own.

use super::{
    model::{Counted, Place, Subject},
    statistics::Sums,
    store::{self, Rollup},
};
use crate::{
    db::Conn,
    error::Result,
    ids::{BrandId, RegionId},
    places,
};

/// Adds a visit to the sums of its places.
///
/// # Errors
/// None but those of the database.
pub fn count(conn: &mut Conn, visit: &Counted) -> Result<()> {
    add(conn, visit, Sums::of)
}

/// Takes a visit out of the sums of its places again; what is given is exactly what was counted.
///
/// # Errors
/// None but those of the database.
pub fn uncount(conn: &mut Conn, visit: &Counted) -> Result<()> {
    add(conn, visit, taken_out)
}

/// Adds a visit to what the branch's side is shown of its branch from the next night on, because its report goes out.
///
/// # Errors
/// None but those of the database.
pub fn release(conn: &mut Conn, visit: &Counted) -> Result<()> {
    store::add_released(conn, &of_branch(visit, Sums::of, 0))
}

/// Takes a visit out of that again, because its report is withdrawn.
///
/// # Errors
/// None but those of the database.
pub fn withdraw(conn: &mut Conn, visit: &Counted) -> Result<()> {
    store::add_released(conn, &of_branch(visit, taken_out, 0))
}

/// Takes a visit out of that which was in it without a report. As nobody can read what it scored, what is shown of its months
/// does not change before enough of them have.
///
/// # Errors
/// None but those of the database.
pub fn take_back(conn: &mut Conn, visit: &Counted) -> Result<()> {
    store::add_released(conn, &of_branch(visit, taken_out, 1))
}

fn taken_out(score: i32) -> Sums {
    Sums::default().minus(Sums::of(score))
}

/// What a visit changes in the sums of its branch; `changes` says how many visits without a report that is.
fn of_branch(visit: &Counted, sums: fn(i32) -> Sums, changes: i64) -> Vec<Rollup> {
    let place = Place::Branch(visit.branch_id);
    let row = |(subject, score): &(Subject, i32)| {
        Rollup::new(place, visit.brand_id, subject, visit.month, sums(*score)).with_changes(changes)
    };
    let mut rows: Vec<_> = visit.scores.iter().map(row).collect();
    rows.sort_by(|a, b| a.subject.cmp(&b.subject));
    rows
}

fn add(conn: &mut Conn, visit: &Counted, sums: fn(i32) -> Sums) -> Result<()> {
    let mut rows = Vec::new();
    let branch = Place::Branch(visit.branch_id);
    for place in places_above(conn, visit.brand_id, visit.region_id)?.into_iter().chain([branch]) {
        let row = |(subject, score): &(Subject, i32)| {
            Rollup::new(place, visit.brand_id, subject, visit.month, sums(*score))
        };
        rows.extend(visit.scores.iter().map(row));
    }
    // Transactions that lock rows in one order wait for one another, but never in a circle.
    rows.sort_by(|a, b| (a.place_id, &a.subject).cmp(&(b.place_id, &b.subject)));
    store::add(conn, &rows)
}

/// The places that a branch of this region counts in.
pub(super) fn places_above(conn: &mut Conn, brand: BrandId, region: Option<RegionId>) -> Result<Vec<Place>> {
    let mut places = vec![Place::Brand(brand)];
    if let Some(region) = region {
        places.extend(places::store::regions_above(conn, region)?.into_iter().map(Place::Region));
    }
    Ok(places)
}
