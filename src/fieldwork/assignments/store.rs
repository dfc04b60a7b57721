//! The statements about assignments, and about the steps that were taken with them.

mod steps;

use diesel::prelude::*;

pub use self::steps::*;
use super::model::{Assignment, AssignmentState, OwnAssignment, Window};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        pieces::pieces,
        schema::{assignment, branch, campaign},
        sealing::revisions_sealed,
        types::Instant,
    },
    error::Result,
    fieldwork::campaigns::model::Slot,
    ids::{AccountId, AssignmentId, BranchId, BrandId, CampaignId, VersionId},
    places,
};

/// The assignment, if the scope covers its branch.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn assignment(conn: &mut Conn, scope: &Scope, id: AssignmentId) -> Result<Assignment> {
    Ok(assignment::table
        .find(id)
        .filter(assignment::branch_id.eq_any(places::store::branches_in(scope)))
        .select(Assignment::as_select())
        .first(conn)?)
}

/// The assignment with this id, in no scope: for acts that see by the assignment itself whether it is the caller's.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, id: AssignmentId) -> Result<Option<Assignment>> {
    Ok(assignment::table.find(id).select(Assignment::as_select()).first(conn).optional()?)
}

/// The shopper's own assignment: what every visit that arrives asks. One that was given up or missed is still the
/// shopper's; one that is only offered is not yet.
///
/// # Errors
/// Those of the database.
pub fn own(conn: &mut Conn, shopper: AccountId, id: AssignmentId) -> Result<Option<OwnAssignment>> {
    // For each engine by itself: so the statement is known by its type, and its text is not made each time.
    Ok(each_engine!(conn, c => assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(campaign::table.on(assignment::campaign_id.eq(campaign::id.nullable())))
        .filter(assignment::id.eq(id))
        .filter(assignment::shopper_id.eq(shopper))
        .filter(assignment::state.ne(AssignmentState::Offered))
        .select((
            assignment::id,
            assignment::brand_id,
            assignment::branch_id,
            assignment::version_id,
            assignment::opens_at,
            assignment::created_at,
            assignment::campaign_id,
            assignment::number,
            assignment::attempt,
            assignment::state,
            branch::time_zone,
            campaign::terms.nullable(),
        ))
        .first::<OwnAssignment>(c)
        .optional())?)
}

/// Which assignments are listed of those in scope.
#[derive(Clone, Copy, Debug)]
pub struct AssignmentFilter {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only those in this state.
    pub state: Option<AssignmentState>,
    /// Only those that this shopper has, had or is asked for.
    pub shopper: Option<AccountId>,
}

/// So many assignments in the scope after this one, in the order of their making.
///
/// # Errors
/// Those of the database.
pub fn assignments(
    conn: &mut Conn,
    scope: &Scope,
    filter: AssignmentFilter,
    after: Option<(Instant, AssignmentId)>,
    rows: i64,
) -> Result<Vec<Assignment>> {
    let mut query = assignment::table
        .filter(assignment::branch_id.eq_any(places::store::branches_in(scope)))
        .order((assignment::created_at, assignment::id))
        .limit(rows)
        .select(Assignment::as_select())
        .into_boxed();
    if let Some(brand) = filter.brand {
        query = query.filter(assignment::brand_id.eq(brand));
    }
    if let Some(campaign) = filter.campaign {
        query = query.filter(assignment::campaign_id.eq(campaign));
    }
    if let Some(state) = filter.state {
        query = query.filter(assignment::state.eq(state));
    }
    if let Some(shopper) = filter.shopper {
        query = query.filter(assignment::shopper_id.eq(shopper));
    }
    if let Some((at, id)) = after {
        let later = assignment::created_at.gt(at);
        query = query.filter(later.or(assignment::created_at.eq(at).and(assignment::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// The windows of those assignments of this campaign in this branch that are not over.
///
/// # Errors
/// Those of the database.
pub fn standing_windows(conn: &mut Conn, campaign: CampaignId, branch: BranchId) -> Result<Vec<Window>> {
    let rows: Vec<(Instant, Instant, AssignmentState)> = assignment::table
        .filter(assignment::campaign_id.eq(campaign))
        .filter(assignment::branch_id.eq(branch))
        .select((assignment::opens_at, assignment::closes_at, assignment::state))
        .load(conn)?;
    let standing = rows.into_iter().filter(|(.., state)| !state.is_over());
    Ok(standing.map(|(opens_at, closes_at, _)| Window { opens_at, closes_at }).collect())
}

/// The later tries at the visit of this slot that are on the board.
///
/// # Errors
/// Those of the database.
pub(super) fn open_after(conn: &mut Conn, slot: Slot) -> Result<Vec<Assignment>> {
    Ok(assignment::table
        .filter(assignment::campaign_id.eq(slot.campaign))
        .filter(assignment::branch_id.eq(slot.branch))
        .filter(assignment::number.eq(slot.number))
        .filter(assignment::attempt.gt(slot.attempt))
        .filter(assignment::state.eq(AssignmentState::Open))
        .select(Assignment::as_select())
        .load(conn)?)
}

/// The open jobs of a campaign.
///
/// # Errors
/// Those of the database.
pub(super) fn open_of(conn: &mut Conn, campaign: CampaignId) -> Result<Vec<Assignment>> {
    Ok(assignment::table
        .filter(assignment::campaign_id.eq(campaign))
        .filter(assignment::state.eq(AssignmentState::Open))
        .order(assignment::id)
        .select(Assignment::as_select())
        .load(conn)?)
}

/// The open jobs in these branches.
///
/// # Errors
/// Those of the database.
pub(super) fn open_in(conn: &mut Conn, branches: &[BranchId]) -> Result<Vec<Assignment>> {
    Ok(assignment::table
        .filter(assignment::branch_id.eq_any(branches.to_vec()))
        .filter(assignment::state.eq(AssignmentState::Open))
        .order(assignment::id)
        .select(Assignment::as_select())
        .load(conn)?)
}

/// Assignments that the clock has to look at, the longest overdue first.
///
/// # Errors
/// Those of the database.
pub fn due(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<AssignmentId>> {
    Ok(assignment::table
        .filter(assignment::due_at.le(now))
        .order((assignment::due_at, assignment::id))
        .limit(limit)
        .select(assignment::id)
        .load(conn)?)
}

/// When the last window closes of those that the shopper has or had.
///
/// # Errors
/// Those of the database.
pub fn last_closing_of(conn: &mut Conn, shopper: AccountId) -> Result<Option<Instant>> {
    Ok(assignment::table
        .filter(assignment::shopper_id.eq(shopper))
        .filter(assignment::state.ne(AssignmentState::Offered))
        .order(assignment::closes_at.desc())
        .select(assignment::closes_at)
        .first(conn)
        .optional()?)
}

/// Whether anything was made from this campaign yet.
///
/// # Errors
/// Those of the database.
pub fn has_any_of(conn: &mut Conn, campaign: CampaignId) -> Result<bool> {
    let any = assignment::table.filter(assignment::campaign_id.eq(campaign)).select(assignment::id).limit(1);
    Ok(any.first::<AssignmentId>(conn).optional()?.is_some())
}

/// Keeps a new assignment.
///
/// # Errors
/// `conflict` if there is one with this id or in this slot.
pub(super) fn insert(conn: &mut Conn, new: &Assignment) -> Result<()> {
    each_engine!(conn, c => diesel::insert_into(assignment::table).values(new).execute(c))?;
    Ok(())
}

/// Keeps assignments of the past, which go into the ledger in the same transaction.
///
/// # Errors
/// Those of the database.
pub fn insert_past(conn: &mut Conn, past: Vec<Assignment>) -> Result<()> {
    for piece in pieces(past) {
        let rows = piece.into_iter().map(|one| {
            let sealed = assignment::sealed.eq(one.revision);
            (one, sealed)
        });
        let rows: Vec<_> = rows.collect();
        each_engine!(conn, c => diesel::insert_into(assignment::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// Keeps new assignments, at most 1,000, but for those whose slots are filled; gives how many were kept.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork) fn insert_where_free(conn: &mut Conn, new: &[Assignment]) -> Result<usize> {
    Ok(each_engine!(conn, c => diesel::insert_into(assignment::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?)
}

/// Keeps what an assignment has become, if it is still as it was; tells whether it is.
///
/// # Errors
/// Those of the database.
pub(super) fn update(conn: &mut Conn, was: &Assignment, is: &Assignment) -> Result<bool> {
    let unchanged = assignment::table.find(was.id).filter(assignment::revision.eq(was.revision));
    let changed = diesel::update(unchanged)
        .set((
            assignment::state.eq(is.state),
            assignment::shopper_id.eq(is.shopper_id),
            assignment::opens_at.eq(is.opens_at),
            assignment::closes_at.eq(is.closes_at),
            assignment::answer_by.eq(is.answer_by),
            assignment::submit_by.eq(is.submit_by),
            assignment::due_at.eq(is.due_at),
            assignment::pay.eq(&is.pay),
            assignment::revision.eq(is.revision),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Cancels these open jobs, which no shopper has or is asked for.
///
/// # Errors
/// Those of the database.
pub(super) fn cancel_open(conn: &mut Conn, ids: &[AssignmentId]) -> Result<()> {
    let open = assignment::table
        .filter(assignment::id.eq_any(ids.to_vec()))
        .filter(assignment::state.eq(AssignmentState::Open));
    diesel::update(open)
        .set((
            assignment::state.eq(AssignmentState::Cancelled),
            assignment::due_at.eq(None::<Instant>),
            assignment::revision.eq(assignment::revision + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets the clock look at an assignment no more.
///
/// # Errors
/// Those of the database.
pub(super) fn settle(conn: &mut Conn, id: AssignmentId) -> Result<()> {
    diesel::update(assignment::table.find(id)).set(assignment::due_at.eq(None::<Instant>)).execute(conn)?;
    Ok(())
}

/// What an assignment wants, and of whom.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Wanted {
    /// The assignment.
    pub id: AssignmentId,
    /// The brand of the branch.
    pub brand_id: BrandId,
    /// Where the visit is wanted.
    pub branch_id: BranchId,
    /// What is to be filled in.
    pub version_id: VersionId,
    /// The shopper who has it or is asked for it, if there is one.
    pub shopper_id: Option<AccountId>,
    /// When its window opens.
    pub opens_at: Instant,
}

/// What the assignments with these ids want.
///
/// # Errors
/// Those of the database.
pub fn wanted(conn: &mut Conn, ids: Vec<AssignmentId>) -> Result<Vec<Wanted>> {
    Ok(assignment::table
        .filter(assignment::id.eq_any(ids))
        .select((
            assignment::id,
            assignment::brand_id,
            assignment::branch_id,
            assignment::version_id,
            assignment::shopper_id,
            assignment::opens_at,
        ))
        .load(conn)?)
}

revisions_sealed!(assignment::table by id, set_sealed);
