//! An assignment as it is kept, and as it is when it is made.

use diesel::{Identifiable, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::{
        schema::assignment,
        types::{Instant, Json, text_enum},
    },
    fieldwork::campaigns::{
        model::{Campaign, Slot},
        terms::Terms,
    },
    ids::{AccountId, AssignmentId, BranchId, BrandId, CampaignId, VersionId},
    limits::{Count, Currency},
    precondition::revised,
};

text_enum! {
    /// Where an assignment is in its life. What was made of it after it was assigned, its visit says.
    pub enum AssignmentState {
        /// On the job board, for every shopper who may take it.
        Open = "open",
        /// A shopper has been asked.
        Offered = "offered",
        /// A shopper has it, and keeps it: what was made of it later, the visit says.
        Assigned = "assigned",
        /// It is not wanted any more, or its shopper gave it up.
        Cancelled = "cancelled",
        /// No shopper took it, or the shopper who had it did not go.
        Expired = "expired",
    }
}

impl AssignmentState {
    /// Whether nothing leads on from here.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Cancelled | Self::Expired)
    }
}

/// When a visit is to be made: from its opening until its closing, which comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From when on.
    pub opens_at: Instant,
    /// Until when.
    pub closes_at: Instant,
}

/// What a shopper is promised for a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pay {
    /// ISO 4217.
    #[schema(value_type = Currency)]
    pub currency: String,
    /// In the currency's minor units.
    #[schema(value_type = Count)]
    pub fee: i64,
    /// What is paid back at most of what the shopper spends, in minor units.
    #[schema(value_type = Count)]
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
    /// Until when; a visit that comes later is taken all the same.
    pub closes_at: Instant,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
    /// Who is asked or is to go. A shopper who once had it keeps it for good, so that a visit that was made is never
    /// refused.
    pub shopper_id: Option<AccountId>,
    /// The campaign that wants it; none if a scheduler gave it directly.
    pub campaign_id: Option<CampaignId>,
    /// Which of the visits that the campaign wants from the branch, from 1.
    pub number: Option<i32>,
    /// Which try at it this is, from 1: one that is given up or missed has a successor.
    pub attempt: i32,
    /// Where it is in its life.
    pub state: AssignmentState,
    /// Until when an offer is to be answered.
    pub answer_by: Option<Instant>,
    /// Until when the visit has to be here, to be in time.
    pub submit_by: Option<Instant>,
    /// When the clock has to look at it; never, if there is nothing to be done.
    pub due_at: Option<Instant>,
    /// What its shopper was promised.
    pub pay: Option<Json<Pay>>,
}

revised!(Assignment);

/// What a scheduler gives a shopper directly, outside of any campaign.
#[derive(Clone, Copy, Debug)]
pub struct DirectAssignment {
    /// The assignment's id.
    pub id: AssignmentId,
    /// Where to go.
    pub branch_id: BranchId,
    /// What to fill in.
    pub version_id: VersionId,
    /// Who is to go.
    pub shopper_id: AccountId,
    /// When.
    pub window: Window,
}

impl Assignment {
    /// One that a scheduler gives directly, in a branch of this brand: its shopper has it at once.
    pub fn direct(given: &DirectAssignment, brand_id: BrandId, now: Instant) -> Self {
        Self {
            id: given.id,
            brand_id,
            branch_id: given.branch_id,
            version_id: given.version_id,
            opens_at: given.window.opens_at,
            closes_at: given.window.closes_at,
            revision: 1,
            created_at: now,
            shopper_id: Some(given.shopper_id),
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

    /// One that a campaign wants for this slot, open to every shopper. The clock looks at it when it closes.
    pub fn open(campaign: &Campaign, id: AssignmentId, slot: Slot, window: Window, now: Instant) -> Self {
        let Window { opens_at, closes_at } = window;
        Self {
            id,
            brand_id: campaign.brand_id,
            branch_id: slot.branch,
            version_id: campaign.version_id,
            opens_at,
            closes_at,
            revision: 1,
            created_at: now,
            shopper_id: None,
            campaign_id: Some(campaign.id),
            number: Some(slot.number),
            attempt: slot.attempt,
            state: AssignmentState::Open,
            answer_by: None,
            submit_by: Some(campaign.terms.0.limits.submit_by(closes_at)),
            due_at: Some(closes_at),
            pay: None,
        }
    }

    /// The next try at the same, which another shopper has at once, on the same terms.
    pub fn handed_over(&self, id: AssignmentId, shopper: AccountId, now: Instant) -> Self {
        Self {
            id,
            shopper_id: Some(shopper),
            attempt: self.attempt.saturating_add(1),
            revision: 1,
            created_at: now,
            ..self.clone()
        }
    }

    /// Which of the visits that a campaign wants it is, and which try at it; none if a scheduler gave it directly.
    pub fn slot(&self) -> Option<Slot> {
        let (campaign, number) = self.campaign_id.zip(self.number)?;
        Some(Slot { campaign, branch: self.branch_id, number, attempt: self.attempt })
    }

    /// Whether both were given for the same, without regard to what became of them since.
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
    /// Whom it concerned: the shopper who had it or was asked, before or after it.
    pub shopper_id: Option<AccountId>,
    /// Who took the step; none if the clock did.
    pub account_id: Option<AccountId>,
    /// Why, if a reason was given.
    pub reason: Option<String>,
    /// When.
    pub taken_at: Instant,
}

impl TakenStep {
    /// Whether this account cancelled the assignment by it.
    pub fn is_cancelling_by(&self, account: AccountId) -> bool {
        self.to == AssignmentState::Cancelled && self.account_id == Some(account)
    }

    /// Whether an offer was not answered in time.
    pub fn is_lapsed_offer(&self) -> bool {
        self.to == AssignmentState::Open && self.account_id.is_none()
    }
}

/// What a visit has to know of the assignment that it was made for.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct OwnAssignment {
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
    /// When it was made.
    pub created_at: Instant,
    /// The campaign that wants it, if one does.
    pub campaign_id: Option<CampaignId>,
    /// Which of the visits that the campaign wants from the branch.
    pub number: Option<i32>,
    /// Which try at it this is.
    pub attempt: i32,
    /// Where it is in its life.
    pub state: AssignmentState,
    /// The branch's time zone (IANA).
    pub time_zone: String,
    /// The terms of the campaign, if one wants it.
    pub terms: Option<Json<Terms>>,
}

impl OwnAssignment {
    /// Whether its shopper is shown scores.
    pub fn shows_scores(&self) -> bool {
        self.terms.as_ref().is_none_or(|terms| terms.0.show_scores)
    }
}
