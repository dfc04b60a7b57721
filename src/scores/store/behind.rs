//! The statement about the visits behind a figure: who made each, and what it scored. For desks alone.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::branches_of;
use crate::{
    db::{Conn, schema::visit},
    error::Result,
    ids::AccountId,
    months::Period,
    places::moves::store::lay_in,
    scores::model::Place,
    visits::store::list::{COUNTED, HAS_SCORE},
};

/// So many branches go into one statement.
const BRANCHES_AT_ONCE: usize = 1_000;

/// Who made each visit to a place that counts in a period and has a score, and what it scored: of a region the visits of those months in which the
/// branch lay in it.
pub(in crate::scores) fn visits(
    conn: &mut Conn,
    place: Place,
    period: Period,
) -> Result<Vec<(AccountId, i32)>> {
    let mut visits = Vec::new();
    for branches in branches_of(conn, place, period)?.chunks(BRANCHES_AT_ONCE) {
        let counted = visit::table
            .filter(visit::branch_id.eq_any(branches.to_vec()))
            .filter(visit::month.between(period.from(), period.to()))
            .filter(sql::<Bool>(COUNTED))
            .filter(sql::<Bool>(HAS_SCORE))
            .select((visit::shopper_id, visit::score.assume_not_null()))
            .into_boxed();
        let some = match place {
            Place::Brand(_) | Place::Branch(_) => counted,
            Place::Region(id) => counted.filter(lay_in!(id, visit::branch_id, visit::month)),
        };
        visits.extend(some.load::<(AccountId, i32)>(conn)?);
    }
    Ok(visits)
}
