//! Saying something about an appeal: one thread, both sides.

use super::{
    model::{Appeal, AppealMessage, AppealSide, WaitsFor},
    read::{for_branch, for_reviewer},
    settle::{require_another, require_open},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::{AppealId, AppealMessageId},
    precondition::{Put, Stored, unchanging},
};

/// What somebody says.
#[derive(Clone, Debug)]
pub struct Say {
    /// The message's id, made by its author.
    pub id: AppealMessageId,
    /// The appeal.
    pub appeal: AppealId,
    /// The words.
    pub text: String,
}

/// Keeps a message of this side. The same again is the same message, which never changes. The other side is the next one to say
/// something.
///
/// # Errors
/// `not_found` if the appeal is not there, or out of scope; `forbidden` for a reviewer who made the visit or filed the appeal;
/// `wrong_state` if the appeal is over; `conflict` if another message has the id.
pub fn say(
    conn: &mut Conn,
    scope: &Scope,
    side: AppealSide,
    command: &Say,
    now: Instant,
) -> Result<Stored<AppealMessage>> {
    let (appeal, visit) = match side {
        AppealSide::Branch => for_branch(conn, scope, command.appeal, now)?,
        AppealSide::Reviewers => {
            let (appeal, visit) = for_reviewer(conn, scope, command.appeal)?;
            (appeal, visit.state)
        }
    };
    if side == AppealSide::Reviewers {
        require_another(&appeal, scope)?;
    }
    let new = AppealMessage {
        id: command.id,
        appeal_id: appeal.id,
        account_id: scope.account,
        side,
        text: Some(command.text.clone()),
        created_at: now,
    };
    let words = |one: &AppealMessage| (one.appeal_id, one.account_id, one.side, one.text.clone());
    let old = store::message(conn, command.id)?;
    let is_same = |old: &AppealMessage, new: &AppealMessage| words(old) == words(new);
    let stored = unchanging(old, &new, is_same, "another message has this id")?;
    if stored.put == Put::Keep {
        return Ok(stored);
    }
    match side {
        AppealSide::Reviewers => require_open(&appeal, visit)?,
        // The branch does not know yet what was decided since the last night.
        AppealSide::Branch => require_open(&appeal.clone().as_shown(now), visit)?,
    }
    store::insert_message(conn, &new)?;
    let waits_for = match side {
        AppealSide::Branch if appeal.waits_for == WaitsFor::Shopper => WaitsFor::Shopper,
        AppealSide::Branch => WaitsFor::Reviewers,
        AppealSide::Reviewers => WaitsFor::Branch,
    };
    // An appeal that a reviewer decided about since the last night goes on for the branch, so the appeal moves on as well.
    if appeal.waits_for != waits_for {
        let revision = appeal.revision + 1;
        store::update(conn, &Appeal { waits_for, revision, ..appeal })?;
    }
    Ok(stored)
}
