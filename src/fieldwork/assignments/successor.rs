//! The next try at a visit that was given up, missed, or found not to count.

use super::{model::Assignment, planned::campaign, store};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::campaigns::{
        self,
        model::{CampaignState, Slot},
        plan::{Calendar, Latest, latest},
    },
    ids::AssignmentId,
    places,
};

/// Opens the next try at the visit that this assignment was for, if its campaign still wants it and has days left for
/// it, and no other try at it stands. What is not possible any more, the campaign's coverage shows as missing.
///
/// As long as a shopper has an assignment without a visit, no next try at it is made. Tells whether one was made now.
pub(super) fn open(conn: &mut Conn, gone: &Assignment, next: AssignmentId, now: Instant) -> Result<bool> {
    let Some(slot) = gone.slot() else { return Ok(false) };
    // A visit of an earlier try may have come after all, or another try is under way.
    let tries = latest(campaigns::store::attempts_at(conn, slot)?);
    let Some(Latest { attempt, stands: None }) = tries.into_values().next() else { return Ok(false) };
    let slot = Slot { attempt, ..slot };
    let campaign = campaign(conn, slot.campaign)?;
    if campaign.state == CampaignState::Closed {
        return Ok(false);
    }
    let clocked = campaigns::store::clocked_in(conn, &campaign, gone.branch_id)?;
    let clocked = clocked.filter(|_| slot.number <= campaign.terms.0.visits_per_branch.as_i32());
    let Some((zone, until)) = clocked else { return Ok(false) };
    let Some(zone) = places::model::time_zone(&zone) else { return Ok(false) };
    let others = store::standing_windows(conn, slot.campaign, slot.branch)?;
    match Calendar::of(&campaign.terms.0).window(&zone, next, slot.number, &others, (now, until)) {
        Ok(window) => store::insert(conn, &Assignment::open(&campaign, next, slot.next(), window, now))?,
        Err(_) => return Ok(false),
    }
    Ok(true)
}
