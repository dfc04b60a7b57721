//! The statements about actions and their comments.

use diesel::prelude::*;

use super::model::{Action, ActionState, Comment};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        schema::{action, action_comment},
        sealing::{revisions_sealed, rows_sealed},
        types::Instant,
    },
    error::Result,
    ids::{AccountId, ActionId, BranchId, CommentId, EmployeeId, StandardId},
    places::store::branches_in,
};

/// The action, if the scope covers its branch.
///
/// # Errors
/// `not_found` if there is none, or out of scope.
pub fn action(conn: &mut Conn, scope: &Scope, id: ActionId) -> Result<Action> {
    Ok(action::table
        .find(id)
        .filter(action::branch_id.eq_any(branches_in(scope)))
        .select(Action::as_select())
        .first(conn)?)
}

/// The action that a `PUT` would change, if there is one.
///
/// # Errors
/// `not_found` if it is not the caller's to change.
pub fn action_to_change(conn: &mut Conn, scope: &Scope, id: ActionId) -> Result<Option<Action>> {
    let found: Option<BranchId> = action::table.find(id).select(action::branch_id).first(conn).optional()?;
    found.map(|_| action(conn, scope, id)).transpose()
}

/// Which actions are listed of those in scope.
#[derive(Clone, Debug, Default)]
pub struct ActionFilter {
    /// Only those of this branch.
    pub branch: Option<BranchId>,
    /// Only those in this state.
    pub state: Option<ActionState>,
    /// Only those that this account sees to.
    pub account: Option<AccountId>,
    /// Only those that this employee sees to.
    pub employee: Option<EmployeeId>,
    /// Only those that were to be done before this day and are open.
    pub overdue_on: Option<String>,
}

/// So many actions in scope after this one, in the order of their making.
///
/// # Errors
/// Those of the database.
pub fn actions(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ActionFilter,
    after: Option<(Instant, ActionId)>,
    rows: i64,
) -> Result<Vec<Action>> {
    let mut query = action::table
        .filter(action::branch_id.eq_any(branches_in(scope)))
        .order((action::created_at, action::id))
        .limit(rows)
        .select(Action::as_select())
        .into_boxed();
    if let Some(branch) = filter.branch {
        query = query.filter(action::branch_id.eq(branch));
    }
    if let Some(state) = filter.state {
        query = query.filter(action::state.eq(state));
    }
    if let Some(account) = filter.account {
        query = query.filter(action::owner_account_id.eq(account));
    }
    if let Some(employee) = filter.employee {
        query = query.filter(action::owner_employee_id.eq(employee));
    }
    if let Some(today) = &filter.overdue_on {
        query = query.filter(action::state.eq(ActionState::Open)).filter(action::due_on.lt(today.clone()));
    }
    if let Some((at, id)) = after {
        query = query.filter(action::created_at.gt(at).or(action::created_at.eq(at).and(action::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// The open actions of a branch that are to help a standard, in the order of their making.
///
/// # Errors
/// Those of the database.
pub fn open_of(conn: &mut Conn, branch: BranchId) -> Result<Vec<(ActionId, StandardId)>> {
    let rows: Vec<(ActionId, Option<StandardId>)> = action::table
        .filter(action::branch_id.eq(branch))
        .filter(action::state.eq(ActionState::Open))
        .filter(action::standard_id.is_not_null())
        .order((action::created_at, action::id))
        .select((action::id, action::standard_id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, standard)| Some((id, standard?))).collect())
}

/// Keeps a new action.
///
/// # Errors
/// `conflict` if there is one with this id.
pub fn insert_action(conn: &mut Conn, new: &Action) -> Result<()> {
    diesel::insert_into(action::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps a changed action.
///
/// # Errors
/// Those of the database.
pub fn update_action(conn: &mut Conn, changed: &Action) -> Result<()> {
    diesel::update(action::table.find(changed.id))
        .set((
            action::standard_id.eq(changed.standard_id),
            action::title.eq(&changed.title),
            action::owner_account_id.eq(changed.owner_account_id),
            action::owner_employee_id.eq(changed.owner_employee_id),
            action::due_on.eq(&changed.due_on),
            action::state.eq(changed.state),
            action::proof.eq(&changed.proof),
            action::done_by.eq(changed.done_by),
            action::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// So many comments on an action after this one, in the order in which they were made.
///
/// # Errors
/// Those of the database.
pub fn comments(
    conn: &mut Conn,
    of: ActionId,
    after: Option<(Instant, CommentId)>,
    rows: i64,
) -> Result<Vec<Comment>> {
    let mut query = action_comment::table
        .filter(action_comment::action_id.eq(of))
        .order((action_comment::made_at, action_comment::id))
        .limit(rows)
        .select(Comment::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        let later = action_comment::made_at.gt(at);
        query = query.filter(later.or(action_comment::made_at.eq(at).and(action_comment::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// The comment with this id, if there is one.
///
/// # Errors
/// Those of the database.
pub fn comment(conn: &mut Conn, id: CommentId) -> Result<Option<Comment>> {
    Ok(action_comment::table.find(id).select(Comment::as_select()).first(conn).optional()?)
}

/// Keeps a new comment.
///
/// # Errors
/// `conflict` if there is one with this id.
pub fn insert_comment(conn: &mut Conn, new: &Comment) -> Result<()> {
    diesel::insert_into(action_comment::table).values(new).execute(conn)?;
    Ok(())
}

revisions_sealed!(action::table by id with salts, set_actions_sealed);
rows_sealed!(action_comment::table by id with salt, set_comments_sealed);
