//! Counting anew: makes the figures of a brand from its visits, as if each had been counted one by one.

use std::collections::HashMap;

use super::{
    fold::{Folded, fold_some},
    model::ShownQuestions,
    recount::Sides,
    show::{add_up, show_branches},
    store,
    verify::{BRANCHES_AT_ONCE, version},
};
use crate::{
    checklists,
    db::{Conn, Db, types::Instant},
    error::Result,
    ids::BrandId,
    visits,
};

/// Makes the figures of those brands whose figures are still to be made, after a migration that brought in figures of another form: those for
/// desks, and with them those that the branch's side is shown.
///
/// # Errors
/// None but those of the database.
pub async fn count_what_is_due(db: &Db, shown: ShownQuestions, now: Instant) -> Result<()> {
    for brand in db.read(store::to_count).await? {
        tracing::info!(%brand, "its figures are made of its visits");
        let make = move |conn: &mut Conn| {
            checklists::store::number_subjects(conn, brand)?;
            count_anew(conn, brand, shown)?;
            let mut after = None;
            loop {
                after = show_branches(conn, brand, after, now)?;
                if after.is_none() {
                    return Ok(());
                }
            }
        };
        db.write(make).await?;
    }
    Ok(())
}

/// Makes the figures of a brand from its visits, and adds up anew what the branch's side is shown of regions and of the brand. What it is shown of
/// branches stays as it is until the next night.
///
/// Rows that cannot be read are deleted first, those of other brands too, because counting reads all rows. The branch's side is shown
/// the figures of such rows anew with the next night. How often visits were taken out of such a row is lost with the row.
///
/// # Errors
/// None but those of the database.
pub fn repair(conn: &mut Conn, brand: BrandId, shown: ShownQuestions) -> Result<()> {
    store::changes::forget_unreadable(conn)?;
    store::forget_unreadable(conn)?;
    store::shown::forget_unreadable(conn)?;
    count_anew(conn, brand, shown)?;
    add_up(conn, brand)
}

fn count_anew(conn: &mut Conn, brand: BrandId, shown: ShownQuestions) -> Result<()> {
    // How often visits were taken out that had no report follows from no visit: it is kept, once all of it is in the figures.
    while fold_some(conn)? {}
    let mut sums = Folded::default();
    for (of, changes) in store::changes_of(conn, brand)? {
        sums.add(of, &changes);
    }
    store::forget(conn, brand)?;
    let mut versions = HashMap::new();
    for some in store::branches_of_brand(conn, brand)?.chunks(BRANCHES_AT_ONCE) {
        let visits = visits::store::counted_of(conn, some, None)?;
        let sides = Sides::of(conn, &visits, shown)?;
        for visit in visits.iter().filter(|visit| visit.head.state.is_counted()) {
            // If a checklist version is missing, the scores of its visits are not known; `verify` reports the version.
            let Some(version) = version(&mut versions, conn, visit.head.version_id)? else { continue };
            for (reader, counted) in sides.counts(visit, version) {
                let of_branch = (brand, counted.branch_id, counted.month);
                sums.branch(conn, reader, of_branch, &counted.scores)?;
            }
        }
        sums.keep_branches(conn, some)?;
    }
    sums.keep_new(conn)
}
