//! A visit that has not been looked at yet, with all that it is held against.

use super::{store, time::Span};
use crate::{
    accounts::{self, policy::Scope},
    db::{Conn, types::Instant},
    error::{Result, if_there},
    evidence::{self, clean::CleanCopy, model::Evidence},
    fieldwork::{
        campaigns::{self, terms::Terms},
        shoppers::{
            tie::{Destination, Tie},
            ties,
        },
    },
    ids::VisitId,
    places::{self, model::Branch},
    visits::{self, model::Visit},
};

/// A visit that has not been looked at yet.
#[derive(Debug)]
pub struct Unseen {
    /// The visit.
    pub visit: Visit,
    /// When it was to be made.
    pub window: Span,
    /// When its assignment was made.
    pub assigned_at: Instant,
    /// The terms of the campaign that wants it, if one does.
    pub terms: Option<Terms>,
    /// Where it was made.
    pub branch: Branch,
    /// Since when its shopper had no grant for the brand any more, if it was so when it arrived.
    pub ended_at: Option<Instant>,
    /// What ties its shopper to that.
    pub tie: Option<Tie>,
    /// The files that its shopper sent for it, in the order of their ids.
    pub files: Vec<UnseenFile>,
}

/// A file of such a visit.
#[derive(Debug)]
pub struct UnseenFile {
    /// Its row.
    pub file: Evidence,
    /// What was read in it, if it was.
    pub copy: Option<CleanCopy>,
}

impl Unseen {
    /// Whether all of its files have been read, or have had until this moment.
    pub fn is_ready(&self, patience: Instant) -> bool {
        let is_read = |one: &UnseenFile| one.copy.is_some() || !one.file.is_kept();
        self.files.iter().all(is_read)
            || self.visit.head.completed_at.unwrap_or(self.visit.head.received_at) <= patience
    }
}

/// The visit with what it is held against; none if there is no such visit, or it was looked at before.
///
/// # Errors
/// None but those of the database.
pub fn to_look_at(conn: &mut Conn, id: VisitId) -> Result<Option<Unseen>> {
    if store::looked_at(conn, id)?.is_some() {
        return Ok(None);
    }
    let Some(visit) = visits::store::find(conn, id)? else { return Ok(None) };
    let wanted = store::wanted(conn, visit.head.assignment_id)?;
    let campaign = wanted.campaign_id.map(|id| campaigns::store::find(conn, id)).transpose()?.flatten();
    let branch = places::store::branch(conn, &Scope::everything(), visit.head.branch_id)?;
    let ties = if_there(ties::of(conn, visit.head.shopper_id, visit.head.received_at))?.unwrap_or_default();
    let ended_at = accounts::grants::fieldwork_ended(conn, visit.head.shopper_id, visit.head.brand_id)?;
    Ok(Some(Unseen {
        ended_at: ended_at.filter(|ended| *ended < visit.head.received_at),
        window: Span { from: wanted.opens_at, to: wanted.closes_at },
        assigned_at: wanted.created_at,
        terms: campaign.map(|campaign| campaign.terms.0),
        tie: ties.with(Destination::from(&branch)),
        branch,
        files: files_of(conn, &visit)?,
        visit,
    }))
}

fn files_of(conn: &mut Conn, visit: &Visit) -> Result<Vec<UnseenFile>> {
    let named = visit.manifest().iter().map(|file| file.id).collect();
    let mut files = evidence::store::with_ids(conn, named)?;
    files.retain(|file| (file.visit_id, file.shopper_id) == (visit.head.id, visit.head.shopper_id));
    files.sort_by_key(|file| file.id);
    let mut copies = store::copies_of(conn, &files)?;
    let with_copy = |file: Evidence| {
        let copy = copies.remove(&file.id);
        UnseenFile { file, copy }
    };
    Ok(files.into_iter().map(with_copy).collect())
}
