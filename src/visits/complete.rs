//! Completing a visit when the last of it has arrived.

use super::{
    completion::Completion,
    model::{Visit, VisitHead},
    state::{State, Step},
    store,
    unreadable::{self, Problems},
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
            let files = Files::of(conn, visit.manifest())?;
            unreadable::completion(conn, &visit.head, visit.content.0.filled(), &files)
        }
    }
}

/// What is here under the ids that a manifest names.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The files.
    pub(super) here: Vec<Evidence>,
    /// Why some of them cannot be read, as far as that turned out.
    pub(super) problems: Problems,
}

impl Files {
    /// Nothing is asked of the database for a visit without evidence.
    pub(super) fn of(conn: &mut Conn, manifest: &Manifest) -> Result<Self> {
        if manifest.is_empty() {
            return Ok(Self::default());
        }
        let here = evidence::store::with_ids(conn, manifest.iter().map(|file| file.id).collect())?;
        // What is not here was not read.
        let problems = match here.is_empty() {
            true => Problems::new(),
            false => unreadable::problems(conn, manifest)?,
        };
        Ok(Self { here, problems })
    }
}

impl VisitHead {
    /// Takes the step that the last arrival takes, at this moment.
    pub(super) fn complete(&mut self, at: Instant) -> Result<()> {
        self.state = self.state.after(Step::Arrive, true)?;
        self.completed_at = Some(at);
        Ok(())
    }
}
