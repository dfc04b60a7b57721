//! Assignments: one visit wanted from one branch within one window.

use diesel::{Identifiable, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::{
        schema::assignment,
        types::{Instant, Json, text_enum},
    },
    ids::{AccountId, AssignmentId, BranchId, BrandId, CampaignId, VersionId},
};

text_enum! {
    /// Where an assignment is, as far as it is not told by its visit.
    pub enum AssignmentState {
        /// On the job board, for whoever may take it.
        Open = "open",
        /// A shopper has been asked.
        Offered = "offered",
        /// A shopper has it, and keeps it: what was made of it later, the visit says.
        Assigned = "assigned",
        /// It is not wanted any more, or its shopper gave it up.
        Cancelled = "cancelled",
        /// Nobody took it, or whoever had it did not go.
        Expired = "expired",
    }
}

/// What a shopper was promised for a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pay {
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: String,
    /// In the currency's minor units.
    #[schema(minimum = 0)]
    pub fee: i64,
    /// What is paid back at most of what the shopper spends, in minor units.
    #[schema(minimum = 0)]
    pub reimbursement_limit: i64,
}

/// One visit wanted.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = assignment, treat_none_as_default_value = false)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// The brand of the branch.
    pub brand_id: BrandId,
    /// Where to go.
    pub branch_id: BranchId,
    /// What to fill in.
    pub version_id: VersionId,
    /// From when on.
    pub opens_at: Instant,
    /// Until when; what comes later is taken all the same.
    pub closes_at: Instant,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
    /// Who is asked or is to go. Whoever once had it keeps it for good, so that a visit that was made is never refused.
    pub shopper_id: Option<AccountId>,
    /// The campaign that wants it; none if a scheduler gave it directly.
    pub campaign_id: Option<CampaignId>,
    /// Which of the visits that the campaign wants from the branch, from 1.
    pub number: Option<i32>,
    /// Which try at it this is, from 1: one that is given up or missed has a successor.
    pub attempt: i32,
    /// Where it is.
    pub state: AssignmentState,
    /// Until when an offer is to be answered.
    pub answer_by: Option<Instant>,
    /// Until when the visit has to be here, to be in time.
    pub submit_by: Option<Instant>,
    /// When the clock has to look at it; never, if there is nothing.
    pub due_at: Option<Instant>,
    /// What its shopper was promised.
    pub pay: Option<Json<Pay>>,
}

impl Assignment {
    /// One that a scheduler gives a shopper directly, outside of any campaign.
    pub fn given(
        id: AssignmentId,
        (brand_id, branch_id, version_id): (BrandId, BranchId, VersionId),
        shopper_id: AccountId,
        (opens_at, closes_at): (Instant, Instant),
        now: Instant,
    ) -> Self {
        Self {
            id,
            brand_id,
            branch_id,
            version_id,
            opens_at,
            closes_at,
            revision: 1,
            created_at: now,
            shopper_id: Some(shopper_id),
            campaign_id: None,
            number: None,
            attempt: 1,
            state: AssignmentState::Assigned,
            answer_by: None,
            submit_by: None,
            due_at: None,
            pay: None,
        }
    }

    /// Whether both were given for the same, whenever that was and whatever became of them.
    pub fn wants_the_same(&self, other: &Self) -> bool {
        let wanted = |one: &Self| {
            (one.branch_id, one.version_id, one.shopper_id, one.campaign_id, one.opens_at, one.closes_at)
        };
        wanted(self) == wanted(other)
    }
}

/// A step that was taken with an assignment.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct TakenStep {
    /// Where it was.
    pub from: AssignmentState,
    /// Where it is from then on.
    pub to: AssignmentState,
    /// Whom it concerned: who had it or was asked, before or after.
    pub shopper_id: Option<AccountId>,
    /// Who took the step; nobody, if the clock did.
    pub account_id: Option<AccountId>,
    /// Why, as far as they said.
    pub reason: Option<String>,
    /// When.
    pub taken_at: Instant,
}

/// What a visit has to know of the assignment that it was made for.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = assignment)]
pub struct Wanted {
    /// Its id.
    pub id: AssignmentId,
    /// The brand of the branch.
    pub brand_id: BrandId,
    /// Where to go.
    pub branch_id: BranchId,
    /// What to fill in.
    pub version_id: VersionId,
    /// From when on.
    pub opens_at: Instant,
}
