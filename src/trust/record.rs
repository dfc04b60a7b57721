//! Writing down what was found in a visit, and by what later looks find it.

use super::{
    model::{Flag, Summary},
    store::{
        self,
        traces::{self, Traces},
    },
};
use crate::{
    db::{
        Conn,
        types::{Instant, Sha256},
    },
    error::Result,
    fieldwork::campaigns::terms::CampaignLimits,
    ids::{AccountId, VisitId},
    visits::{self, state::State, store::QueueMarks},
};

/// Keeps by what others find a visit that is looked at. It is done before the visit itself is looked at: so of two that are
/// looked at in one moment, one at least sees the other.
///
/// # Errors
/// None but those of the database.
pub fn leave_traces(
    conn: &mut Conn,
    shopper: AccountId,
    number: i32,
    revision: i32,
    left: &Traces,
) -> Result<()> {
    // All of them are there if one of them is.
    if traces::insert_look(conn, shopper, number, revision, &left.stay)? {
        traces::insert_photos(conn, &left.looks)?;
        traces::insert_bands(conn, left.stay.visit, &left.bands)?;
    }
    Ok(())
}

/// What a look at a visit brought.
#[derive(Clone, Debug)]
pub struct Look {
    /// The visit.
    pub visit: VisitId,
    /// Which look at it this is.
    pub number: i32,
    /// In which revision the visit was.
    pub revision: i32,
    /// The digest of the content that was looked at.
    pub content_hash: Sha256,
    /// What was found, in this order.
    pub flags: Vec<Flag>,
    /// When all of it had come.
    pub whole_at: Instant,
    /// The time limits of its campaign, or the usual ones outside of any.
    pub limits: CampaignLimits,
    /// In which language its shopper wrote, as far as that is known.
    pub language: Option<String>,
    /// Whether its campaign has visits approved by lot in which nothing was found.
    pub by_lot: bool,
}

/// Writes down that visits were looked at, what was found, and by what reviewers find them in their queue. It is done once for
/// each content: what was looked at meanwhile stays as it is. What was found in a visit whose content another has taken the place of
/// meanwhile is kept as well, and the queue goes by the next look.
///
/// # Errors
/// None but those of the database.
pub fn record(conn: &mut Conn, looks: &[Look], now: Instant) -> Result<()> {
    let ids: Vec<_> = looks.iter().map(|look| look.visit).collect();
    let standing = visits::store::standing(conn, &ids)?;
    let mut came_back = visits::store::steps::came_back(conn, &ids)?;
    for look in looks {
        let (looked, found) = ((look.visit, look.number), Summary::of(&look.flags));
        if !store::set_looked_at(conn, looked, found, now)? {
            continue;
        }
        store::insert_flags(conn, looked, &look.flags)?;
        let is_as_it_is = |(content, _): &&(Sha256, State)| *content == look.content_hash;
        let Some((_, state)) = standing.get(&look.visit).filter(is_as_it_is) else { continue };
        let waits = !state.is_decided();
        store::stop_waiting(conn, look.visit)?;
        if waits {
            store::insert_waiting(conn, look.visit, look.flags.iter().map(|flag| flag.evidence.kind()))?;
        }
        let since = came_back.remove(&look.visit).map_or(look.whole_at, |back| back.max(look.whole_at));
        let marks = QueueMarks {
            due_at: look.limits.review_by(since),
            rank: found.rank(),
            language: look.language.clone(),
            // What a reviewer has asked for is looked at by a reviewer.
            to_be_drawn: look.by_lot && waits && look.revision == 0 && look.flags.is_empty(),
        };
        visits::store::set_queue_marks(conn, look.visit, &marks)?;
    }
    Ok(())
}
