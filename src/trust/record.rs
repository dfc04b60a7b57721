//! Writing down what was found in a visit, and by what later looks find it.

use super::{
    model::{Flag, Summary},
    store::{
        self,
        traces::{self, Traces},
    },
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    ids::{AccountId, VisitId},
};

/// Keeps by what later looks find a visit. It is done before the visit itself is looked at: so of two that are looked at
/// in one moment, one at least sees the other.
///
/// # Errors
/// None but those of the database.
pub fn leave_traces(conn: &mut Conn, shopper: AccountId, left: &Traces) -> Result<()> {
    // All of them are there if one of them is.
    if traces::insert_look(conn, shopper, &left.stay)? {
        traces::insert_photos(conn, &left.looks)?;
        traces::insert_bands(conn, left.stay.visit, &left.bands)?;
    }
    Ok(())
}

/// Writes down that a visit was looked at, and what was found, in this order. It is done once: if the visit was looked at
/// meanwhile, nothing changes.
///
/// # Errors
/// None but those of the database.
pub fn record(conn: &mut Conn, visit: VisitId, flags: &[Flag], now: Instant) -> Result<()> {
    if store::set_looked_at(conn, visit, Summary::of(flags), now)? {
        store::insert_flags(conn, visit, flags)?;
    }
    Ok(())
}
