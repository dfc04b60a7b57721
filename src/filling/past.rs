//! A visit of the past, as those who had to do with it made it.

use crate::{
    db::types::Instant,
    fieldwork::assignments::model::Assignment,
    ids::{AccountId, VisitId},
    visits::{model::Submission, state::Step},
};

/// A visit of the past, without files, and outside of any campaign.
#[derive(Clone, Debug)]
pub struct PastVisit {
    /// What it was made for.
    pub assignment: Assignment,
    /// Made on the phone.
    pub id: VisitId,
    /// What its phone sent.
    pub submission: Submission,
    /// When that came.
    pub received_at: Instant,
    /// What a reviewer decided; nothing yet of one that is in the queue.
    pub review: Option<PastReview>,
}

/// What a reviewer decided about a visit.
#[derive(Clone, Debug)]
pub struct PastReview {
    /// Who it was.
    pub reviewer: AccountId,
    /// To approve it, to reject it or to exclude it.
    pub step: Step,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Instant,
}
