//! What a shopper's assignments came to.

use diesel::Queryable;

use super::ratings::{Event, Happened};
use crate::{
    db::types::Instant,
    fieldwork::{assignments::model::AssignmentState, eligibility::BranchVisit},
    ids::{AssignmentId, BranchId, BrandId, RegionId},
    visits::state::State,
};

/// An assignment of the shopper's, with the visit that came of it.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct PastAssignment {
    /// Its id.
    pub assignment: AssignmentId,
    /// Its brand.
    pub brand: BrandId,
    /// Its branch.
    pub branch: BranchId,
    /// The region that the branch lies in directly.
    pub region: Option<RegionId>,
    /// From when on.
    pub opens_at: Instant,
    /// Until when.
    pub closes_at: Instant,
    /// Until when the visit has to be here, to be in time.
    pub submit_by: Option<Instant>,
    /// Until when an offer is to be answered.
    pub answer_by: Option<Instant>,
    /// Where it is.
    pub state: AssignmentState,
    /// Its visit.
    pub visit: Option<PastVisit>,
}

/// A visit of the shopper's.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct PastVisit {
    /// Where it is in its life.
    pub state: State,
    /// When it arrived.
    pub received_at: Instant,
    /// When it was made; not known of the oldest.
    pub made_at: Option<Instant>,
}

impl PastAssignment {
    /// Whether the visit is still to be made, in time, or its shopper can still say that they make it: else a shopper who
    /// is offered several at once could take them all, although the campaign limits how many.
    pub fn is_held(&self, now: Instant) -> bool {
        let until = match self.state {
            AssignmentState::Assigned => self.submit_by.unwrap_or(self.closes_at),
            AssignmentState::Offered => self.answer_by.unwrap_or(self.closes_at),
            _ => return false,
        };
        self.visit.is_none() && now < until
    }

    /// The visit that was made, or that is still to be made.
    pub fn branch_visit(&self, now: Instant) -> Option<BranchVisit> {
        let &Self { brand, branch, region, opens_at, closes_at, .. } = self;
        let (from, until) = match self.visit {
            Some(PastVisit { received_at, made_at, .. }) => {
                let at = made_at.unwrap_or(received_at);
                (at, at)
            }
            None => self.is_held(now).then_some((opens_at, closes_at))?,
        };
        Some(BranchVisit { brand, branch, region, from, until })
    }

    /// What its visit says of the shopper.
    pub fn events(&self) -> Vec<Event> {
        let Some(PastVisit { state, received_at: at, made_at }) = self.visit else { return Vec::new() };
        let is_early = made_at.unwrap_or(at) < self.opens_at;
        let arrived = match is_early {
            true => Happened::Early,
            false => Happened::arrived(at, self.submit_by, self.closes_at),
        };
        let what = [Some(arrived), Happened::decided(state)].into_iter().flatten();
        what.map(|what| Event { assignment: self.assignment, brand: self.brand, what, at }).collect()
    }
}
