//! Claims: a reviewer takes a visit up for a while, so that no other works on it. A claim is a step of the visit; it ends with
//! its lease, and with what is decided.

use crate::{
    accounts::{
        self,
        policy::{Permission, Scope},
    },
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    ids::{AccountId, DecisionId, VisitId},
    places,
    visits::{
        advance::{Advance, look},
        model::VisitHead,
        state::Step,
        store::steps,
        taken::{Details, TakenStep},
    },
};

/// For so many seconds a visit is its reviewer's: half an hour.
pub const LEASE: i64 = 1_800;
/// A claim that has fewer seconds left than this begins anew if its reviewer claims again.
const RENEWED: i64 = LEASE / 2;

/// Which reviewer has claimed a visit, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The reviewer.
    pub by: AccountId,
    /// The end of the lease.
    pub until: Instant,
}

impl Held {
    /// The claim that follows from the last step about claims, if its lease is not over.
    pub fn by_step(step: &TakenStep, now: Instant) -> Option<Self> {
        let by = match step.step()? {
            Step::Claim => step.account_id?,
            Step::HandOver => step.details().reviewer_id?,
            _ => return None,
        };
        let until = step.taken_at.plus_seconds(LEASE);
        (now < until).then_some(Self { by, until })
    }
}

/// A visit, with its claim if a reviewer has one.
#[derive(Debug)]
pub struct Claimed {
    /// The visit.
    pub visit: VisitHead,
    /// The claim.
    pub held: Option<Held>,
}

/// The claim on this visit that holds now, if there is one.
///
/// # Errors
/// Those of the database.
pub fn held(conn: &mut Conn, visit: VisitId, now: Instant) -> Result<Option<Held>> {
    let claims = steps::claims(conn, &[visit])?;
    Ok(claims.get(&visit).and_then(|step| Held::by_step(step, now)))
}

/// Refuses what a reviewer does with a visit that another reviewer has claimed.
///
/// # Errors
/// `claimed_by_another`, with the end of the lease.
pub fn require_free(conn: &mut Conn, scope: &Scope, visit: VisitId, now: Instant) -> Result<()> {
    match held(conn, visit, now)? {
        Some(held) if held.by != scope.account => Err(of_another(held)),
        _ => Ok(()),
    }
}

fn of_another(held: Held) -> Error {
    Error::new(Code::ClaimedByAnother).detail(format!("it is another reviewer's until {}", held.until))
}

/// Takes a visit up. Its reviewer may claim it again, which renews the lease when half of it is over.
///
/// # Errors
/// `claimed_by_another`; otherwise as [`advance`](crate::visits::advance::advance).
pub fn claim(conn: &mut Conn, scope: &Scope, visit: VisitId, now: Instant) -> Result<Claimed> {
    let command = Advance::new(visit, Step::Claim, None);
    let looked = look(conn, scope, &command)?;
    require_free(conn, scope, visit, now)?;
    if let Some(held) = held(conn, visit, now)?.filter(|held| now.plus_seconds(RENEWED) <= held.until) {
        return Ok(Claimed { visit: looked.visit.head, held: Some(held) });
    }
    let claimed = looked.begin(Step::Claim)?.take(conn, scope, &command, Details::default(), now)?;
    Ok(Claimed { held: Held::by_step(&claimed.taken, now), visit: claimed.visit.head })
}

/// Gives a visit back, or hands it to another reviewer, for whom a lease begins. The same again is the same answer.
///
/// # Errors
/// `claimed_by_another` if another reviewer has claimed the visit; `wrong_state` if no reviewer has; `invalid` if the account
/// to which the visit is handed over cannot review it; otherwise as [`advance`](crate::visits::advance::advance).
pub fn release(
    conn: &mut Conn,
    scope: &Scope,
    visit: VisitId,
    to: Option<AccountId>,
    key: Option<DecisionId>,
    now: Instant,
) -> Result<Claimed> {
    let step = if to.is_some() { Step::HandOver } else { Step::Release };
    let command = Advance::new(visit, step, None).under(key);
    let looked = look(conn, scope, &command)?;
    let details = Details { reviewer_id: to, ..Details::default() };
    if looked.repeated(scope, &command, |detail| *detail == details)?.is_some() {
        return Ok(Claimed { held: held(conn, visit, now)?, visit: looked.visit.head });
    }
    require_free(conn, scope, visit, now)?;
    if let Some(to) = to {
        require_reviewer(conn, &looked.visit.head, to)?;
    }
    let released = looked.begin(step)?.take(conn, scope, &command, details, now)?;
    Ok(Claimed { held: Held::by_step(&released.taken, now), visit: released.visit.head })
}

/// Refuses an account that could not decide about this visit.
fn require_reviewer(conn: &mut Conn, visit: &VisitHead, to: AccountId) -> Result<()> {
    let account = accounts::store::account(conn, to)?.filter(|account| !account.disabled);
    let grants = accounts::store::grants(conn, to)?;
    let scope = account.and_then(|_| Scope::of(Permission::ReviewVisits, to, &grants));
    let is_one = match scope {
        Some(scope) => if_there(places::store::branch(conn, &scope, visit.branch_id))?.is_some(),
        None => false,
    };
    if is_one && to != visit.shopper_id {
        return Ok(());
    }
    let why = "this account is no other reviewer for the branch";
    Err(Error::invalid(vec![FieldError::new("/reviewer_id", "no_reviewer", why)]))
}
