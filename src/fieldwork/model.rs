//! Assignments: one visit wanted from one branch within one window.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use crate::{
    db::{schema::assignment, types::Instant},
    ids::{AccountId, AssignmentId, BranchId, BrandId, VersionId},
};

/// One visit wanted, given to a shopper.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = assignment)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// The brand of the branch.
    pub brand_id: BrandId,
    /// Where to go.
    pub branch_id: BranchId,
    /// What to fill in.
    pub version_id: VersionId,
    /// Who is to go.
    pub shopper_id: AccountId,
    /// From when on.
    pub opens_at: Instant,
    /// Until when; what comes later is taken all the same.
    pub closes_at: Instant,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

impl Assignment {
    /// Whether both want the same, whenever they were made.
    pub fn wants_the_same(&self, other: &Self) -> bool {
        *self == Self { revision: self.revision, created_at: self.created_at, ..other.clone() }
    }
}
