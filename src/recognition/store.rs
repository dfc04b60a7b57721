//! The statement of recognition.

use std::collections::HashSet;

use diesel::{dsl::count_star, prelude::*};

use crate::{
    db::{
        Conn,
        schema::{assignment, visit},
        types::Instant,
    },
    error::Result,
    ids::BranchId,
    months::Month,
    visits::{state::State, store::steps},
};

/// So many branches are asked for in one statement.
const AT_ONCE: usize = 500;

/// Those of these branches that have at least so many visits whose reports are out, of this month and later ones.
///
/// # Errors
/// Those of the database.
pub fn often_visited(
    conn: &mut Conn,
    branches: &[BranchId],
    from: Month,
    least: i64,
    now: Instant,
) -> Result<HashSet<BranchId>> {
    let shown: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_shown()).collect();
    let lately: Vec<_> = steps::withdrawn_lately(conn, now)?.into_keys().collect();
    let mut often = HashSet::new();
    for some in branches.chunks(AT_ONCE) {
        // By their assignments, which have an index for it.
        let wanted =
            assignment::table.filter(assignment::branch_id.eq_any(some.to_vec())).select(assignment::id);
        let found: Vec<BranchId> = visit::table
            .filter(visit::assignment_id.eq_any(wanted))
            .filter(visit::month.ge(from))
            .filter(visit::state.eq_any(shown.clone()).or(visit::id.eq_any(lately.clone())))
            .group_by(visit::branch_id)
            .having(count_star().ge(least))
            .select(visit::branch_id)
            .load(conn)?;
        often.extend(found);
    }
    Ok(often)
}
