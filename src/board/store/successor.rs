//! The next try at a visit that was given up or missed.

use diesel::prelude::*;

use super::campaign;
use crate::{
    db::{Conn, schema::branch, types::Instant},
    error::Result,
    fieldwork::{
        self,
        campaigns::{model::Slot, plan::slot_window, store::branches_of},
        model::Assignment,
    },
    ids::AssignmentId,
    places,
};

/// Opens the next try at the visit that this assignment was for, if its campaign still wants it and has days left for
/// it. As long as somebody has an assignment, nobody else makes a next try at it.
pub fn open(conn: &mut Conn, gone: &Assignment, next: AssignmentId, now: Instant) -> Result<()> {
    let Some((of, number)) = gone.campaign_id.zip(gone.number) else { return Ok(()) };
    let campaign = campaign(conn, of)?;
    let wanted = branches_of(&campaign).filter(branch::id.eq(gone.branch_id));
    let zone: Option<String> = wanted.select(branch::time_zone).first(conn).optional()?;
    let zone = zone.filter(|_| number <= campaign.terms.0.visits_per_branch);
    let Some(zone) = zone.and_then(|zone| places::model::time_zone(&zone)) else { return Ok(()) };
    let slot = Slot { campaign: of, branch: gone.branch_id, number, attempt: gone.attempt }.next();
    match slot_window(&campaign.terms.0, &zone, slot, now) {
        Ok(window) => fieldwork::store::insert(conn, &campaign.open(next, slot, window, now)),
        // What is not possible any more, the campaign's coverage shows as missing.
        Err(_) => Ok(()),
    }
}
