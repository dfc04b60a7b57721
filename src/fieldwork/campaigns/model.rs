//! Campaigns: waves of visits that a brand wants, and the slots that they are made of.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use super::terms::Terms;
use crate::{
    db::{
        schema::campaign,
        types::{Instant, Json, text_enum},
    },
    ids::{BranchId, BrandId, CampaignId, VersionId},
    precondition::Revised,
};

text_enum! {
    /// Where a campaign is.
    pub enum CampaignState {
        /// Its jobs are on the board.
        Running = "running",
        /// Its jobs are not on the board for now.
        Paused = "paused",
        /// It wants no more visits than those that shoppers have or are asked for.
        Closed = "closed",
    }
}

/// A wave of visits that a brand wants.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = campaign)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Whose it is; never changes once there are assignments.
    pub brand_id: BrandId,
    /// What is filled in; never changes once there are assignments.
    pub version_id: VersionId,
    /// What it is called.
    pub name: String,
    /// How it is wanted. What was promised to a shopper stands with the assignment, and does not change with these.
    pub terms: Json<Terms>,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
    /// Where it is.
    pub state: CampaignState,
}

impl Revised for Campaign {
    fn revision(&self) -> i64 {
        self.revision
    }

    /// What is wanted says nothing of where it is: that has steps of its own.
    fn in_place_of(self, old: &Self) -> Self {
        Self { revision: old.revision, created_at: old.created_at, state: old.state, ..self }
    }

    fn next(self) -> Self {
        Self { revision: self.revision + 1, ..self }
    }
}

/// One of the visits that a campaign wants, and which try at it this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The campaign that wants it.
    pub campaign: CampaignId,
    /// Where.
    pub branch: BranchId,
    /// Which of the branch's visits, from 1.
    pub number: i32,
    /// Which try, from 1.
    pub attempt: i32,
}

impl Slot {
    /// The next try at the same visit.
    pub const fn next(self) -> Self {
        Self { attempt: self.attempt.saturating_add(1), ..self }
    }
}
