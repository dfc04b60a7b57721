//! A shopper's work: what is still to be done, and what became of the visits that were sent.

use super::{
    asked::Asked,
    complete::completion,
    model::VisitHead,
    state::State,
    store::{
        self,
        work::{Ended, Todo},
    },
    taken::TakenStep,
    unreadable::{Problems, Unreadable, unreadable},
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    evidence,
    ids::{AccountId, EvidenceId},
};

/// Work that closed stays with the phone for so long, since a late visit is taken, in seconds; and what became of a
/// visit is shown for so long, unless the phone says since when it wants to know.
const KEPT: i64 = 30 * 86_400;
/// What ended is shown until its shopper has seen it, and for so long at the most, in seconds.
const REMEMBERED: i64 = 365 * 86_400;
/// No shopper does more than this at once.
const MOST: i64 = 500;

/// All that a phone is to know of its shopper's work.
#[derive(Debug)]
pub struct PhoneWork {
    /// What is still to be done or to be answered, by when it closes; at most 500.
    pub todo: Vec<Todo>,
    /// Work that ended otherwise than by the shopper and was not seen yet, the latest first; at most 500.
    pub ended: Vec<Ended>,
    /// What became of the visits that were sent, by id: at most 500, those that arrived last.
    pub outcomes: Vec<Outcome>,
}

/// What became of a visit.
#[derive(Debug)]
pub struct Outcome {
    /// The visit.
    pub visit: VisitHead,
    /// The files that it still waits for, in the order of its manifest.
    pub missing: Vec<EvidenceId>,
    /// Its files that the server cannot read, in the order of its manifest.
    pub unreadable: Vec<Unreadable>,
    /// Whether it is to be sent anew, with another manifest.
    pub send_anew: bool,
    /// The last decision about it.
    pub decision: Option<TakenStep>,
}

impl Outcome {
    /// What its shopper is to answer anew, if it was returned.
    pub fn asked(&self) -> Option<Asked> {
        let returned = self.decision.as_ref().filter(|_| self.visit.state == State::Returned)?;
        returned.details().asked
    }
}

/// The shopper's work: what did not close long ago, and what became of the visits that arrived, were decided about or have
/// a file that turned out to be unreadable after `since`, or within 30 days.
///
/// # Errors
/// None but those of the database.
pub fn work(conn: &mut Conn, shopper: AccountId, since: Option<Instant>, now: Instant) -> Result<PhoneWork> {
    let kept = now.plus_seconds(-KEPT);
    let todo = store::work::todo(conn, shopper, kept, MOST)?;
    let outcomes = outcomes(conn, shopper, since.unwrap_or(kept))?;
    let ended = store::work::ended(conn, shopper, now.plus_seconds(-REMEMBERED), MOST)?;
    Ok(PhoneWork { todo, ended, outcomes })
}

fn outcomes(conn: &mut Conn, shopper: AccountId, since: Instant) -> Result<Vec<Outcome>> {
    let sent = store::work::sent(conn, shopper, since, MOST)?;
    let ids: Vec<_> = sent.iter().map(|visit| visit.id).collect();
    let mut decisions = store::work::last_steps(conn, &ids)?;
    let problems = evidence::store::problems_of_visits(conn, shopper, ids)?;
    let is_looked_into =
        |visit: &&VisitHead| visit.state == State::Submitted || problems.contains_key(&visit.id);
    let looked_into = sent.iter().filter(is_looked_into).map(|visit| visit.id).collect::<Vec<_>>();
    let mut whole = store::with_ids(conn, &looked_into)?;
    let anew = match whole.is_empty() {
        true => Vec::new(),
        false => store::anew::awaited_anew(conn, &looked_into)?,
    };
    let outcome = |visit: VisitHead| {
        let (mut missing, mut of_visit) = (Vec::new(), Vec::new());
        if let Some(place) = whole.iter().position(|other| other.head.id == visit.id) {
            let whole = whole.swap_remove(place);
            of_visit = unreadable(whole.manifest(), problems.get(&visit.id).unwrap_or(&Problems::new()));
            if visit.state == State::Submitted {
                missing = completion(conn, &whole)?.missing();
            }
        }
        let (decision, send_anew) = (decisions.remove(&visit.id), anew.contains(&visit.id));
        Ok(Outcome { visit, missing, unreadable: of_visit, send_anew, decision })
    };
    sent.into_iter().map(outcome).collect()
}
