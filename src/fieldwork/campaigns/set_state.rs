//! Closing, pausing and resuming a campaign.

use super::{
    model::{Campaign, CampaignState},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    fieldwork::assignments::surplus,
    ids::CampaignId,
    precondition::{Put, Revised, Stored},
};

/// Brings a campaign into this state; the same again changes nothing. If it is closed, the jobs that no shopper has or is
/// asked for are over at once. A closed campaign can be resumed: planning again makes what it lacks then.
///
/// # Errors
/// `not_found` if there is no such campaign or the scope does not cover its brand; `wrong_state` if it is closed and is to
/// be paused.
pub fn set_state(
    conn: &mut Conn,
    scope: &Scope,
    id: CampaignId,
    to: CampaignState,
    now: Instant,
) -> Result<Stored<Campaign>> {
    let found = store::campaign_to_change(conn, scope, id)?;
    let was = found.ok_or_else(|| Error::new(Code::NotFound))?;
    if was.state == to {
        return Ok(Stored { put: Put::Keep, thing: was });
    }
    if (was.state, to) == (CampaignState::Closed, CampaignState::Paused) {
        let detail = "this campaign is closed, and from there it cannot become paused";
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    let is = Campaign { state: to, ..was }.next();
    store::update_campaign(conn, &is)?;
    if to == CampaignState::Closed {
        surplus::cancel_all(conn, &is, Some(scope.account), "its campaign is closed", now)?;
    }
    Ok(Stored { put: Put::Change, thing: is })
}
