//! An assignment that a campaign wants: what decides who may have it, and what is promised for it.

use super::model::{Assignment, Pay};
use crate::{
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    fieldwork::{
        campaigns::{
            self,
            model::{Campaign, CampaignState},
        },
        eligibility::{Candidate, Opening, WhyNot, why_not},
    },
    ids::CampaignId,
    places::{self, model::Branch},
};

/// An assignment with the campaign that wants it, and its branch.
pub(super) struct Planned {
    pub(super) assignment: Assignment,
    campaign: Campaign,
    branch: Branch,
}

impl Planned {
    /// Reads what belongs to this assignment.
    ///
    /// # Errors
    /// `wrong_state` if no campaign wants it.
    pub(super) fn of(conn: &mut Conn, assignment: Assignment) -> Result<Self> {
        let direct = || {
            let detail = format!("this assignment is {}, and was never on the board", assignment.state);
            Error::new(Code::WrongState).detail(detail)
        };
        let campaign = campaign(conn, assignment.campaign_id.ok_or_else(direct)?)?;
        let branch = places::store::branch_if_there(conn, assignment.branch_id)?;
        let branch = branch.ok_or_else(|| Error::internal("an assignment without its branch"))?;
        Ok(Self { assignment, campaign, branch })
    }

    /// Refuses a job whose campaign is not running: it is not on the board.
    ///
    /// # Errors
    /// `wrong_state`, naming the campaign's state.
    pub(super) fn require_running(&self) -> Result<()> {
        if self.campaign.state == CampaignState::Running {
            return Ok(());
        }
        let detail = format!("its campaign is {}, so it is not on the board", self.campaign.state);
        Err(Error::new(Code::WrongState).detail(detail))
    }

    /// What a shopper who takes it now is promised.
    pub(super) fn pay(&self) -> Pay {
        self.campaign.terms.0.pay()
    }

    /// Until when an offer that is made now is to be answered: what has closed can be taken no more, so an offer of it
    /// ends then.
    pub(super) fn answer_by(&self, now: Instant) -> Instant {
        self.campaign.terms.0.limits.answer_by(now).min(self.assignment.closes_at)
    }

    /// Refuses a shopper who may not have it, for those reasons that `counts` lets stand.
    ///
    /// # Errors
    /// `not_eligible` with these reasons, at the place of the request that names the shopper.
    pub(super) fn require_eligible(
        &self,
        candidate: &Candidate,
        pointer: &str,
        counts: impl Fn(&WhyNot) -> bool,
        now: Instant,
    ) -> Result<()> {
        let mut reasons = why_not(candidate, &self.opening(), now);
        reasons.retain(counts);
        if reasons.is_empty() {
            return Ok(());
        }
        let entry = |why: WhyNot| FieldError::new(pointer, why.code.as_str(), why.text);
        Err(Error::new(Code::NotEligible).fields(reasons.into_iter().map(entry).collect()))
    }

    fn opening(&self) -> Opening<'_> {
        Opening {
            brand: self.assignment.brand_id,
            branch: self.assignment.branch_id,
            region: self.branch.region_id,
            languages: &self.branch.languages.0,
            opens_at: self.assignment.opens_at,
            closes_at: self.assignment.closes_at,
            who: &self.campaign.terms.0.who,
        }
    }
}

/// The campaign of an assignment.
///
/// # Errors
/// `internal` if it is not there: a campaign is never deleted.
pub(super) fn campaign(conn: &mut Conn, id: CampaignId) -> Result<Campaign> {
    campaigns::store::find(conn, id)?.ok_or_else(|| Error::internal("an assignment without its campaign"))
}
