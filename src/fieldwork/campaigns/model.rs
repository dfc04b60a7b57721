//! Campaigns: waves of visits that a brand wants, and the slots that they are made of.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use super::terms::Terms;
use crate::{
    db::{
        schema::campaign,
        types::{Instant, Json},
    },
    ids::{BranchId, BrandId, CampaignId, VersionId},
    precondition::revised,
};

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
}

revised!(Campaign);

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
