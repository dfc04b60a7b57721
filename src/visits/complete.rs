//! Completing a visit when the last of it has arrived.

use super::{
    completion::Completion,
    model::{Visit, VisitHead},
    state::{State, Step},
    store,
};
use crate::{
    checklists::manifest::Manifest,
    db::{Conn, types::Instant},
    error::Result,
    evidence::{self, model::Evidence},
};

/// Completes a visit that waits for no file any more; says how far it is.
///
/// # Errors
/// None but those of the database.
pub fn complete(conn: &mut Conn, visit: &mut Visit) -> Result<Completion> {
    let completion = completion(conn, visit)?;
    if let (State::Submitted, Some(at)) = (visit.head.state, completion.at()) {
        visit.head.complete(at)?;
        store::set_complete(conn, &visit.head)?;
    }
    Ok(completion)
}

/// How far a visit is that is kept.
///
/// # Errors
/// None but those of the database.
pub fn completion(conn: &mut Conn, visit: &Visit) -> Result<Completion> {
    match visit.head.completed_at {
        Some(at) => Ok(Completion::At(at)),
        None => {
            let files = files(conn, visit.manifest())?;
            Ok(Completion::of(&visit.head, visit.manifest(), &files))
        }
    }
}

/// The files that are here under the ids that a manifest names. Nothing is asked of the database for a visit without
/// evidence.
pub(super) fn files(conn: &mut Conn, manifest: &Manifest) -> Result<Vec<Evidence>> {
    if manifest.is_empty() {
        return Ok(Vec::new());
    }
    evidence::store::with_ids(conn, manifest.iter().map(|file| file.id).collect())
}

impl VisitHead {
    /// Takes the step that the last arrival takes, at this moment.
    pub(super) fn complete(&mut self, at: Instant) -> Result<()> {
        self.state = self.state.after(Step::Arrive, true)?;
        self.completed_at = Some(at);
        Ok(())
    }
}
