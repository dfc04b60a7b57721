//! All SQL of the job board: the steps that shoppers, schedulers and the clock take.

pub mod candidate;
pub mod jobs;
pub mod successor;

use diesel::{dsl::exists, prelude::*};

use super::model::{Job, WhyNot, why_not};
use crate::{
    accounts::{self, policy::Scope},
    db::{
        Conn,
        schema::{branch, visit},
        types::Instant,
    },
    error::{Code, Error, FieldError, Result, if_there},
    fieldwork::{
        self,
        campaigns::model::Campaign,
        model::{Assignment, AssignmentState},
    },
    ids::{AccountId, AssignmentId, CampaignId},
    places::model::Branch,
};

/// Gives an open job to the shopper who asks for it; the same again is the same answer.
///
/// # Errors
/// `not_found` if it is for nobody like the caller; `job_taken`, `not_eligible`; `wrong_state` if it is over.
pub fn claim(conn: &mut Conn, scope: &Scope, id: AssignmentId, now: Instant) -> Result<Assignment> {
    use AssignmentState::{Assigned, Offered};
    let me = scope.account;
    let was = fieldwork::store::find(conn, id)?
        .filter(|found| scope.works_for(found.brand_id))
        .filter(|found| found.campaign_id.is_some() || found.shopper_id == Some(me))
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let was = unless_unanswered(conn, was, now)?;
    match (was.state, was.shopper_id == Some(me)) {
        (Assigned, true) => return Ok(was),
        (Offered, true) => return accept(conn, scope, id, now),
        (Assigned | Offered, false) => return Err(Error::new(Code::JobTaken)),
        _ => {}
    }
    let (campaign, branch) = wanted_by(conn, &was)?;
    let is = was.claimed(me, campaign.terms.0.pay())?;
    let hindrances = hindrances(conn, me, &was, &campaign, &branch, now)?;
    if !hindrances.is_empty() {
        return Err(not_eligible("", &hindrances));
    }
    fieldwork::store::advance(conn, &was, &is, Some(me), None, now)?;
    Ok(is)
}

/// An offer that a scheduler makes.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Of what.
    pub assignment: AssignmentId,
    /// To whom.
    pub shopper: AccountId,
    /// Why in spite of what would keep the shopper from it.
    pub despite: Option<String>,
}

/// Asks a shopper whether they go; the same again is the same answer.
///
/// # Errors
/// `not_found` if it is out of scope; `invalid` if the account is no shopper for the brand; `not_eligible`;
/// `wrong_state` if it is not open.
pub fn offer(conn: &mut Conn, scope: &Scope, offer: &Offer, now: Instant) -> Result<Assignment> {
    use AssignmentState::{Assigned, Offered};
    let was = fieldwork::store::assignment(conn, scope, offer.assignment)?;
    let was = unless_unanswered(conn, was, now)?;
    if was.shopper_id == Some(offer.shopper) && matches!(was.state, Offered | Assigned) {
        return Ok(was);
    }
    let (campaign, branch) = wanted_by(conn, &was)?;
    let terms = &campaign.terms.0;
    // What has closed can be taken no more, so an offer of it ends then.
    let answer_by = terms.limits.answer_by(now).min(was.closes_at);
    let is = was.offered(offer.shopper, terms.pay(), answer_by)?;
    require_shopper(conn, &was, offer.shopper)?;
    let mut hindrances = hindrances(conn, offer.shopper, &was, &campaign, &branch, now)?;
    hindrances.retain(|why| why.is_final || offer.despite.is_none());
    if !hindrances.is_empty() {
        return Err(not_eligible("/shopper_id", &hindrances));
    }
    fieldwork::store::advance(conn, &was, &is, Some(scope.account), offer.despite.as_deref(), now)?;
    Ok(is)
}

/// Takes what was offered; the same again is the same answer.
///
/// # Errors
/// `not_found` if it was never offered to the caller; `offer_expired` if they took too long; `wrong_state` if it was
/// declined or taken back; `not_eligible` if they are tied to the brand or the branch.
pub fn accept(conn: &mut Conn, scope: &Scope, id: AssignmentId, now: Instant) -> Result<Assignment> {
    let (was, mine) = asked(conn, scope, id)?;
    match was.state {
        AssignmentState::Assigned if mine => return Ok(was),
        AssignmentState::Offered if mine && is_unanswered(&was, now) => {
            return Err(Error::new(Code::OfferExpired));
        }
        _ if mine => {}
        _ => return Err(no_more_offered(conn, scope.account, &was)?),
    }
    let is = was.accepted()?;
    require_untied(conn, &was, scope.account, now)?;
    fieldwork::store::advance(conn, &was, &is, Some(scope.account), None, now)?;
    Ok(is)
}

/// An offer stands whatever the campaign asks for by now; but nobody goes where they are tied, and ties may be known only
/// since it was made.
fn require_untied(conn: &mut Conn, of: &Assignment, shopper: AccountId, now: Instant) -> Result<()> {
    let (campaign, branch) = wanted_by(conn, of)?;
    let mut hindrances = hindrances(conn, shopper, of, &campaign, &branch, now)?;
    hindrances.retain(|why| why.is_final);
    if hindrances.is_empty() { Ok(()) } else { Err(not_eligible("", &hindrances)) }
}

/// Does not take what was offered, so that it is open again; the same again changes nothing.
///
/// # Errors
/// `not_found` if it was never offered to the caller; `wrong_state` if it is theirs: then it can be given up.
pub fn decline(
    conn: &mut Conn,
    scope: &Scope,
    id: AssignmentId,
    reason: Option<&str>,
    now: Instant,
) -> Result<()> {
    let (was, mine) = asked(conn, scope, id)?;
    if !mine {
        return Ok(());
    }
    let is = was.reopened()?;
    fieldwork::store::advance(conn, &was, &is, Some(scope.account), reason, now)
}

/// That an assignment is not to be done, and what then.
#[derive(Clone, Debug)]
pub struct Cancellation {
    /// Which one.
    pub assignment: AssignmentId,
    /// Why.
    pub reason: String,
    /// Whether the visit is still wanted; if not said, it is if somebody had the assignment or was asked.
    pub reopen: Option<bool>,
    /// The id of the next try at it, if there is to be one.
    pub next: AssignmentId,
}

/// Takes an assignment back, or gives one's own up, and opens the next try at it; the same again is the same answer.
///
/// # Errors
/// `not_found` if it is neither in scope nor the caller's; `wrong_state` if it is over, or was only offered to the
/// caller, or has a visit; `invalid` if a shopper says whether it is still wanted.
pub fn cancel(conn: &mut Conn, scope: &Scope, told: &Cancellation, now: Instant) -> Result<Assignment> {
    let (id, me) = (told.assignment, scope.account);
    let in_reach = if_there(fieldwork::store::assignment(conn, scope, id))?;
    let is_scheduler = in_reach.is_some();
    let own = || {
        let found = fieldwork::store::find(conn, id)?;
        Ok::<_, Error>(found.filter(|found| found.shopper_id == Some(me) && scope.works_for(found.brand_id)))
    };
    let was = in_reach.map_or_else(own, |found| Ok(Some(found)))?;
    let was = was.ok_or_else(|| Error::new(Code::NotFound))?;
    if was.state == AssignmentState::Cancelled
        && fieldwork::store::last_step(conn, id)? == Some((AssignmentState::Cancelled, Some(me)))
    {
        return Ok(was);
    }
    let is = was.cancelled()?;
    if !is_scheduler {
        own_to_give_up(&was, told)?;
    }
    if has_visit(conn, id)? {
        return Err(
            Error::new(Code::WrongState).detail("this assignment has a visit, so it cannot become cancelled")
        );
    }
    fieldwork::store::advance(conn, &was, &is, Some(me), Some(&told.reason), now)?;
    if told.reopen.unwrap_or(was.state != AssignmentState::Open) {
        successor::open(conn, &was, told.next, now)?;
    }
    Ok(is)
}

fn own_to_give_up(was: &Assignment, told: &Cancellation) -> Result<()> {
    if was.state == AssignmentState::Offered {
        let detail =
            "this assignment is offered, and from there its shopper declines it instead of giving it up";
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    if told.reopen.is_some() {
        let wrong =
            FieldError::new("/reopen", "forbidden", "a scheduler says whether the visit is still wanted");
        return Err(Error::invalid(vec![wrong]));
    }
    Ok(())
}

/// Does what the clock is to do with this assignment now, and says whether there was anything; `next` is the id of the
/// next try, if one is due.
pub fn expire(conn: &mut Conn, id: AssignmentId, next: AssignmentId, now: Instant) -> Result<bool> {
    use AssignmentState::{Assigned, Offered, Open};
    let due = fieldwork::store::find(conn, id)?.filter(|found| found.due_at.is_some_and(|due| due <= now));
    let Some(was) = due else { return Ok(false) };
    match was.state {
        Offered => return Ok(unless_unanswered(conn, was, now)?.state == Open),
        Assigned if !has_visit(conn, id)? => {
            fieldwork::store::advance(conn, &was, &was.expired()?, None, None, now)?;
            successor::open(conn, &was, next, now)?;
        }
        Open => fieldwork::store::advance(conn, &was, &was.expired()?, None, None, now)?,
        // It has a visit, or is over.
        _ => fieldwork::store::settle(conn, id)?,
    }
    Ok(true)
}

/// The assignment as the clock would have it now: an offer whose time is over is open again, even if nobody has looked
/// since then.
fn unless_unanswered(conn: &mut Conn, was: Assignment, now: Instant) -> Result<Assignment> {
    if !is_unanswered(&was, now) {
        return Ok(was);
    }
    let is = was.reopened()?;
    fieldwork::store::advance(conn, &was, &is, None, None, now)?;
    Ok(is)
}

fn is_unanswered(was: &Assignment, now: Instant) -> bool {
    was.state == AssignmentState::Offered && was.answer_by.is_some_and(|until| until <= now)
}

/// The assignment, if the caller has it or was ever asked; and whether they have it or are asked now.
fn asked(conn: &mut Conn, scope: &Scope, id: AssignmentId) -> Result<(Assignment, bool)> {
    let nothing = || Error::new(Code::NotFound);
    let found = fieldwork::store::find(conn, id)?.filter(|found| scope.works_for(found.brand_id));
    let found = found.ok_or_else(nothing)?;
    let mine = found.shopper_id == Some(scope.account);
    if !mine && fieldwork::store::last_step_of(conn, scope.account, id)?.is_none() {
        return Err(nothing());
    }
    Ok((found, mine))
}

/// Why what was once offered to the shopper is not any more.
fn no_more_offered(conn: &mut Conn, shopper: AccountId, was: &Assignment) -> Result<Error> {
    match fieldwork::store::last_step_of(conn, shopper, was.id)? {
        Some((AssignmentState::Open, None)) => Ok(Error::new(Code::OfferExpired)),
        _ => {
            let detail = format!(
                "this assignment is {} and not offered to you, so it cannot become assigned",
                was.state
            );
            Ok(Error::new(Code::WrongState).detail(detail))
        }
    }
}

/// The campaign that wants it, and the branch.
fn wanted_by(conn: &mut Conn, of: &Assignment) -> Result<(Campaign, Branch)> {
    let nobody = || {
        let detail = format!("this assignment is {}, and was never on the board", of.state);
        Error::new(Code::WrongState).detail(detail)
    };
    let campaign = campaign(conn, of.campaign_id.ok_or_else(nobody)?)?;
    let branch = branch::table.find(of.branch_id).select(Branch::as_select()).first(conn)?;
    Ok((campaign, branch))
}

fn campaign(conn: &mut Conn, id: CampaignId) -> Result<Campaign> {
    fieldwork::campaigns::store::find(conn, id)?
        .ok_or_else(|| Error::internal("an assignment without its campaign"))
}

fn has_visit(conn: &mut Conn, of: AssignmentId) -> Result<bool> {
    Ok(diesel::select(exists(visit::table.filter(visit::assignment_id.eq(of)))).get_result(conn)?)
}

fn hindrances(
    conn: &mut Conn,
    shopper: AccountId,
    of: &Assignment,
    campaign: &Campaign,
    branch: &Branch,
    now: Instant,
) -> Result<Vec<WhyNot>> {
    let candidate = candidate::candidate(conn, shopper, now)?;
    let job = Job {
        brand: of.brand_id,
        branch: of.branch_id,
        region: branch.region_id,
        languages: &branch.languages.0,
        opens_at: of.opens_at,
        closes_at: of.closes_at,
        who: &campaign.terms.0.who,
    };
    Ok(why_not(&candidate, &job, now))
}

fn not_eligible(pointer: &str, hindrances: &[WhyNot]) -> Error {
    let entry = |why: &WhyNot| FieldError::new(pointer, why.code.as_str(), why.text.clone());
    Error::new(Code::NotEligible).fields(hindrances.iter().map(entry).collect())
}

fn require_shopper(conn: &mut Conn, of: &Assignment, shopper: AccountId) -> Result<()> {
    if accounts::store::is_shopper_of(conn, shopper, of.brand_id)? {
        return Ok(());
    }
    let wrong = FieldError::new("/shopper_id", "no_shopper", "this account is no shopper for the brand");
    Err(Error::invalid(vec![wrong]))
}
