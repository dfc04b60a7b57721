//! The next try at a visit that was given up or missed.

use super::{model::Assignment, planned::campaign, store};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::campaigns::{
        self,
        model::{CampaignState, Slot},
        plan::Calendar,
    },
    ids::AssignmentId,
    places,
};

/// Opens the next try at the visit that this assignment was for, if its campaign still wants it and has days left for
/// it. What is not possible any more, the campaign's coverage shows as missing.
///
/// As long as a shopper has an assignment, no next try at it is made.
pub(super) fn open(conn: &mut Conn, gone: &Assignment, next: AssignmentId, now: Instant) -> Result<()> {
    let Some((campaign_id, number)) = gone.campaign_id.zip(gone.number) else { return Ok(()) };
    let campaign = campaign(conn, campaign_id)?;
    if campaign.state == CampaignState::Closed {
        return Ok(());
    }
    let zone = campaigns::store::time_zone_in(conn, &campaign, gone.branch_id)?;
    let zone = zone.filter(|_| number <= campaign.terms.0.visits_per_branch.as_i32());
    let Some(zone) = zone.and_then(|zone| places::model::time_zone(&zone)) else { return Ok(()) };
    let slot = Slot { campaign: campaign_id, branch: gone.branch_id, number, attempt: gone.attempt }.next();
    let others = store::standing_windows(conn, campaign_id, gone.branch_id)?;
    match Calendar::of(&campaign.terms.0).window(&zone, next, number, &others, now) {
        Ok(window) => store::insert(conn, &Assignment::open(&campaign, next, slot, window, now)),
        Err(_) => Ok(()),
    }
}
