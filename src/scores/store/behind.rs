//! The statement about the visits behind a figure: who made each, and what it scored. For desks alone.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{branches_in, branches_of};
use crate::{
    db::{Conn, schema::visit},
    error::Result,
    ids::{AccountId, BranchId},
    months::{Month, Period},
    places::moves,
    scores::model::Place,
};

/// So many branches go into one statement.
const BRANCHES_AT_ONCE: usize = 1_000;
/// Which visits are in the index that this reads, spelled out for the engines to see it.
const COUNTED: &str = "visit.state IN ('approved', 'released', 'final') AND visit.score IS NOT NULL";

/// Who made each visit to a place that counts in a period and has a score, and what it scored.
pub(in crate::scores) fn visits(
    conn: &mut Conn,
    place: Place,
    period: Period,
) -> Result<Vec<(AccountId, i32)>> {
    let mut visits = Vec::new();
    let all: Vec<BranchId> = match place {
        Place::Region(id) => branches_in(id, period.from(), period.to()).load(conn)?,
        Place::Brand(_) | Place::Branch(_) => branches_of(conn, place, period.to())?,
    };
    for branches in all.chunks(BRANCHES_AT_ONCE) {
        let mut some: Vec<(BranchId, Month, AccountId, i32)> = visit::table
            .filter(visit::branch_id.eq_any(branches.to_vec()))
            .filter(visit::month.between(period.from(), period.to()))
            .filter(sql::<Bool>(COUNTED))
            .select((visit::branch_id, visit::month, visit::shopper_id, visit::score.assume_not_null()))
            .load(conn)?;
        if let Place::Region(id) = place {
            let stays = moves::store::stays_in(conn, id, branches)?;
            some.retain(|(branch, month, ..)| {
                stays.get(branch).is_some_and(|all| all.iter().any(|one| one.has(*month)))
            });
        }
        visits.extend(some.into_iter().map(|(.., shopper, score)| (shopper, score)));
    }
    Ok(visits)
}

#[cfg(test)]
mod tests {
    use super::COUNTED;
    use crate::visits::state::State;

    #[test]
    fn the_states_are_those_that_count() {
        for state in State::ALL {
            assert_eq!(COUNTED.contains(&format!("'{state}'")), state.is_counted(), "{state}");
        }
    }
}
