//! The statements about appeals.

mod thread;

use std::collections::HashMap;

use diesel::{
    dsl::{exists, not, sql},
    prelude::*,
    sql_types::Bool,
};

pub use self::thread::*;
use super::model::{Appeal, AppealState, AppealStatus, Objection, WaitsFor};
use crate::{
    accounts::policy::Scope,
    checklists::key::Key,
    db::{
        Conn,
        engine::{MultiBackend, each_engine},
        inserted_or_taken,
        schema::{appeal, checklist_version, visit},
        sealing::revisions_sealed,
        types::{Instant, Json},
    },
    error::Result,
    ids::{AccountId, AppealId, BranchId, BrandId, ChecklistId, RegionId, ReportId, VisitId},
    places,
    visits::{model::VisitHead, state::State, store::steps},
};

/// An appeal, with its visit.
pub type Found = (Appeal, VisitHead);

/// The appeal with this id, of any branch.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, id: AppealId) -> Result<Option<Appeal>> {
    Ok(appeal::table.find(id).select(Appeal::as_select()).first(conn).optional()?)
}

/// An appeal of a branch in scope.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn appeal(conn: &mut Conn, scope: &Scope, id: AppealId) -> Result<Found> {
    Ok(appeal::table
        .inner_join(visit::table.on(visit::id.eq(appeal::visit_id)))
        .filter(appeal::id.eq(id))
        .filter(appeal::branch_id.eq_any(places::store::branches_in(scope)))
        .select((Appeal::as_select(), VisitHead::as_select()))
        .first(conn)?)
}

/// The appeals against a report, the first first.
///
/// # Errors
/// Those of the database.
pub fn of_report(conn: &mut Conn, of: ReportId) -> Result<Vec<Appeal>> {
    Ok(appeal::table
        .filter(appeal::report_id.eq(of))
        .order((appeal::created_at, appeal::id))
        .select(Appeal::as_select())
        .load(conn)?)
}

/// Who looks at appeals.
#[derive(Clone, Copy, Debug)]
pub enum Audience {
    /// The branch's side, at this moment: it learns what was decided with the next night.
    BranchSide(Instant),
    /// Reviewers, who see what is; without appeals against visits of their own.
    Reviewers,
}

/// Which appeals are listed of those in scope.
#[derive(Clone, Copy, Debug, Default)]
pub struct AppealFilter {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those of branches in this region, however deep.
    pub region: Option<RegionId>,
    /// Only those of this branch.
    pub branch: Option<BranchId>,
    /// Only those against this report.
    pub report: Option<ReportId>,
    /// Only those that are here.
    pub status: Option<AppealStatus>,
    /// Only those that are open and wait for this side.
    pub waits_for: Option<WaitsFor>,
    /// Only those that are open and should have been decided about before this moment.
    pub overdue_at: Option<Instant>,
}

type Query<'q> = appeal::BoxedQuery<'q, MultiBackend>;

/// What was withdrawn since the last night, with the state that this audience is still shown.
type Lately = HashMap<VisitId, State>;

fn lately(conn: &mut Conn, audience: Audience) -> Result<Lately> {
    match audience {
        Audience::BranchSide(now) => steps::withdrawn_lately(conn, now),
        Audience::Reviewers => Ok(Lately::new()),
    }
}

fn some_of<'q>(
    mut query: Query<'q>,
    scope: &Scope,
    filter: &AppealFilter,
    audience: Audience,
    lately: &Lately,
) -> Query<'q> {
    query = query.filter(appeal::branch_id.eq_any(places::store::branches_in(scope)));
    let AppealFilter { brand, region, branch, report, status, waits_for, overdue_at } = *filter;
    if let Some(brand) = brand {
        query = query.filter(appeal::brand_id.eq(brand));
    }
    if let Some(region) = region {
        query = query.filter(appeal::branch_id.eq_any(places::store::branches_within(region)));
    }
    if let Some(branch) = branch {
        query = query.filter(appeal::branch_id.eq(branch));
    }
    if let Some(report) = report {
        query = query.filter(appeal::report_id.eq(report));
    }
    if let Audience::Reviewers = audience {
        let own = visit::table.filter(visit::shopper_id.eq(scope.account)).select(visit::id);
        query = query.filter(appeal::visit_id.ne_all(own));
    }
    if let Some(status) = status {
        query = in_status(query, status, audience, lately);
    }
    if waits_for.is_some() || overdue_at.is_some() {
        query = in_status(query, AppealStatus::Open, audience, lately);
    }
    if let Some(waits_for) = waits_for {
        query = match (waits_for, audience) {
            (WaitsFor::Reviewers, Audience::BranchSide(_)) => {
                query.filter(appeal::waits_for.ne(WaitsFor::Branch))
            }
            (waits_for, _) => query.filter(appeal::waits_for.eq(waits_for)),
        };
    }
    if let Some(at) = overdue_at {
        query = query.filter(appeal::answer_by.lt(at));
    }
    query
}

fn in_status<'q>(query: Query<'q>, status: AppealStatus, audience: Audience, lately: &Lately) -> Query<'q> {
    let withdrawn = visit::table
        .filter(visit::id.eq(appeal::visit_id))
        .filter(visit::state.eq(State::Withdrawn))
        .filter(visit::id.ne_all(lately.keys().copied().collect::<Vec<_>>()))
        .select(visit::id);
    match (status, audience) {
        (AppealStatus::Open | AppealStatus::ReportWithdrawn, audience) => {
            let query =
                match audience {
                    Audience::Reviewers => query.filter(appeal::state.eq(AppealState::Open)),
                    Audience::BranchSide(now) => query.filter(appeal::state.eq(AppealState::Open).or(
                        appeal::shown_from.gt(now).assume_not_null().and(appeal::taken_back_at.is_null()),
                    )),
                };
            match status {
                AppealStatus::Open => query.filter(not(exists(withdrawn))),
                _ => query.filter(exists(withdrawn)),
            }
        }
        (AppealStatus::TakenBack, audience) => {
            match audience {
                Audience::Reviewers => query.filter(appeal::state.eq(AppealState::TakenBack)),
                Audience::BranchSide(now) => query.filter(appeal::state.eq(AppealState::TakenBack).or(
                    appeal::shown_from.gt(now).assume_not_null().and(appeal::taken_back_at.is_not_null()),
                )),
            }
        }
        (AppealStatus::Upheld | AppealStatus::Declined, audience) => {
            let state = match status {
                AppealStatus::Upheld => AppealState::Upheld,
                _ => AppealState::Declined,
            };
            let query = query.filter(appeal::state.eq(state));
            match audience {
                Audience::Reviewers => query,
                Audience::BranchSide(now) => query.filter(appeal::shown_from.le(now).assume_not_null()),
            }
        }
    }
}

/// Appeals in scope, the newest first.
///
/// # Errors
/// Those of the database.
pub fn newest(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AppealFilter,
    audience: Audience,
    after: Option<(Instant, AppealId)>,
    rows: i64,
) -> Result<Vec<(Appeal, State)>> {
    let lately = lately(conn, audience)?;
    let mut query = some_of(appeal::table.into_boxed(), scope, filter, audience, &lately);
    if let Some((at, id)) = after {
        let at_once = appeal::created_at.eq(at).and(appeal::id.lt(id));
        query = query.filter(appeal::created_at.lt(at).or(at_once));
    }
    let newest = query.order((appeal::created_at.desc(), appeal::id.desc()));
    let found: Vec<Appeal> = newest.limit(rows).select(Appeal::as_select()).load(conn)?;
    with_states(conn, found, &lately)
}

/// Appeals in scope, those that are to be decided about first before the others.
///
/// # Errors
/// Those of the database.
pub fn by_deadline(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AppealFilter,
    after: Option<(Instant, AppealId)>,
    rows: i64,
) -> Result<Vec<(Appeal, State)>> {
    let lately = Lately::new();
    let mut query = some_of(appeal::table.into_boxed(), scope, filter, Audience::Reviewers, &lately);
    if let Some((at, id)) = after {
        let at_once = appeal::answer_by.eq(at).and(appeal::id.gt(id));
        query = query.filter(appeal::answer_by.gt(at).or(at_once));
    }
    let in_order = query.order((appeal::answer_by, appeal::id));
    let found: Vec<Appeal> = in_order.limit(rows).select(Appeal::as_select()).load(conn)?;
    with_states(conn, found, &lately)
}

/// These appeals, each with the state of its visit as its audience is shown it.
fn with_states(conn: &mut Conn, found: Vec<Appeal>, lately: &Lately) -> Result<Vec<(Appeal, State)>> {
    let ids: Vec<_> = found.iter().map(|appeal| appeal.visit_id).collect();
    let states: Vec<(VisitId, State)> =
        visit::table.filter(visit::id.eq_any(ids)).select((visit::id, visit::state)).load(conn)?;
    let states: HashMap<_, _> =
        states.into_iter().chain(lately.iter().map(|(id, state)| (*id, *state))).collect();
    let with_state = |appeal: Appeal| states.get(&appeal.visit_id).map(|state| (appeal, *state));
    Ok(found.into_iter().filter_map(with_state).collect())
}

/// How many appeals there are in scope.
///
/// # Errors
/// Those of the database.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &AppealFilter, audience: Audience) -> Result<i64> {
    let lately = lately(conn, audience)?;
    let query = some_of(appeal::table.into_boxed(), scope, filter, audience, &lately);
    Ok(query.count().get_result(conn)?)
}

/// Keeps a new appeal.
///
/// # Errors
/// `conflict` if there is one with this id, or an open one against the same report.
pub fn insert(conn: &mut Conn, new: &Appeal) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(appeal::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Keeps what became of an appeal.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, changed: &Appeal) -> Result<()> {
    diesel::update(appeal::table.find(changed.id))
        .set((
            appeal::state.eq(changed.state),
            appeal::waits_for.eq(changed.waits_for),
            appeal::decided_by.eq(changed.decided_by),
            appeal::decided_at.eq(changed.decided_at),
            appeal::reason.eq(&changed.reason),
            appeal::corrected.eq(&changed.corrected),
            appeal::shown_from.eq(changed.shown_from),
            appeal::taken_back_by.eq(changed.taken_back_by),
            appeal::taken_back_at.eq(changed.taken_back_at),
            appeal::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// An appeal that was decided about, as figures are made of it.
#[derive(Clone, Debug, Queryable)]
pub struct Decided {
    /// The reviewer whose approval it objected to; none if the visit was approved by lot.
    pub approved_by: Option<AccountId>,
    /// Who made the visit.
    pub shopper: AccountId,
    /// The branch that was visited.
    pub branch: BranchId,
    /// The checklist of the visit.
    pub checklist: ChecklistId,
    /// What was objected to.
    pub objections: Json<Vec<Objection>>,
    /// What was corrected.
    pub corrected: Option<Json<Vec<Key>>>,
}

/// The appeals of a brand that reviewers decided about from one moment up to another, of branches in scope; so many at most. Those
/// against visits of the caller's own are left out.
///
/// # Errors
/// Those of the database.
pub fn decided(
    conn: &mut Conn,
    scope: &Scope,
    of: BrandId,
    (from, to): (Instant, Instant),
    most: i64,
) -> Result<Vec<Decided>> {
    Ok(appeal::table
        .inner_join(visit::table.on(visit::id.eq(appeal::visit_id)))
        .inner_join(checklist_version::table.on(checklist_version::id.eq(visit::version_id)))
        .filter(sql::<Bool>("appeal.decided_at IS NOT NULL"))
        .filter(appeal::brand_id.eq(of))
        .filter(appeal::decided_at.ge(from).assume_not_null())
        .filter(appeal::decided_at.lt(to).assume_not_null())
        .filter(appeal::state.ne(AppealState::TakenBack))
        .filter(appeal::branch_id.eq_any(places::store::branches_in(scope)))
        .filter(visit::shopper_id.ne(scope.account))
        .order((appeal::decided_at.desc(), appeal::id))
        .limit(most)
        .select((
            appeal::approved_by,
            visit::shopper_id,
            appeal::branch_id,
            checklist_version::checklist_id,
            appeal::objections,
            appeal::corrected,
        ))
        .load(conn)?)
}

revisions_sealed!(appeal::table by id with salts, set_appeals_sealed);
