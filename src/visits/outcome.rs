//! The outcome of a visit that could not be made as it was wanted: with proof, paid as its campaign says, and counted in no
//! score.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::Submission;
use crate::{
    checklists::{key::Key, manifest::Entry, prepared::Prepared},
    db::types::text_enum,
    error::FieldError,
    limits::PlainLines,
    strict::objects_only,
};

/// The files that prove an outcome belong to this in place of a question.
pub const PROOF: &str = "outcome";

text_enum! {
    /// Why a visit could not be made as it was wanted.
    pub enum Obstacle {
        /// The branch was closed when it was to be open, or is not there any more.
        BranchClosed = "branch_closed",
        /// The shopper was not let in, or not served.
        RefusedEntry = "refused_entry",
        /// Something else kept the shopper from it.
        NotPossible = "not_possible",
    }
}

/// The outcome of a visit that could not be made as it was wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct VisitOutcome {
    /// What kept the shopper from it.
    pub kind: Obstacle,
    /// What happened, in the shopper's words; there as long as it was not erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<OutcomeWords>,
}

/// What happened.
pub type OutcomeWords = PlainLines<1, 2_000>;

objects_only!(VisitOutcome);

impl Submission {
    /// What is wrong with it under this checklist, each with its place. A visit with an outcome may leave everything unanswered; it
    /// says what happened, and has a file or a position as proof.
    pub fn problems(&self, checklist: &Prepared) -> Vec<FieldError> {
        const LACKING: [&str; 4] = ["required", "too_few", "photo_required", "comment_required"];
        let mut problems = checklist.check_answers(self.filled());
        let Some(outcome) = &self.outcome else { return problems };
        let is_proof = |problem: &FieldError| {
            let place = problem.pointer.strip_prefix("/manifest/").and_then(|rest| rest.split('/').next());
            let file = place
                .and_then(|place| place.parse::<usize>().ok())
                .and_then(|at| self.manifest.iter().nth(at));
            problem.code == "unknown_question" && file.is_some_and(proves)
        };
        problems.retain(|problem| !LACKING.contains(&problem.code) && !is_proof(problem));
        if outcome.words.is_none() {
            problems.push(FieldError::new("/outcome/words", "required", "Say what happened."));
        }
        if self.positions.is_empty() && !self.manifest.iter().any(proves) {
            let why = "Add a photo or a recording to the manifest for the question `outcome`, or a position.";
            problems.push(FieldError::new("/manifest", "proof_required", why));
        }
        problems
    }

    /// What it scores under this checklist, in basis points: nothing if nothing that was answered carries points, or if it could not be
    /// made as it was wanted.
    pub fn score(&self, checklist: &Prepared) -> Option<i32> {
        match self.outcome {
            Some(_) => None,
            None => checklist.overall(self.filled()).map(|score| score.get()),
        }
    }
}

fn proves(file: &Entry) -> bool {
    Key::as_str(&file.question) == PROOF
}
