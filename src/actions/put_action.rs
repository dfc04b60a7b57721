//! Making an action, and changing one.

use super::{
    model::{Action, ActionState},
    store,
};
use crate::{
    accounts::{
        self,
        model::Role,
        policy::{Permission, Scope},
    },
    checklists::standards,
    db::Conn,
    error::{Code, Error, FieldError, Result, if_there},
    ids::AccountId,
    places::{self, employees, model::Branch},
    precondition::{IfMatch, Put, Stored},
};

/// Makes an action, given as it would be if it were new, or changes the one that has its id.
///
/// # Errors
/// `invalid` with what is wrong with it; `not_found` if it is not the caller's to change; those of the precondition; `conflict`
/// if it would go to another branch; `wrong_state` if its state does not lead to the new one; `forbidden` if the one who said
/// that it is done would confirm it.
pub fn put_action(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    mut new: Action,
) -> Result<Stored<Action>> {
    let branch = if_there(places::store::branch(conn, scope, new.branch_id))?;
    let unknown = || FieldError::new("/branch_id", "unknown", "there is no such branch");
    let branch = branch.ok_or_else(|| Error::invalid(vec![unknown()]))?;
    new.brand_id = branch.brand_id;
    let old = store::action_to_change(conn, scope, new.id)?;
    let stored = if_match.revise(old.as_ref(), new)?;
    if stored.put == Put::Keep {
        return Ok(stored);
    }
    let wrong = wrong(conn, scope, &branch, &stored.thing)?;
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    match &old {
        Some(old) => may_become(scope, old, &stored.thing)?,
        None if stored.thing.state != ActionState::Open => {
            let message = "a new action is open";
            return Err(Error::invalid(vec![FieldError::new("/state", "not_open", message)]));
        }
        None => {}
    }
    stored.write(conn, store::insert_action, store::update_action)
}

fn may_become(scope: &Scope, old: &Action, new: &Action) -> Result<()> {
    if old.branch_id != new.branch_id {
        return Err(Error::new(Code::Conflict).detail("an action stays in its branch"));
    }
    let is_over = matches!(old.state, ActionState::Confirmed | ActionState::Dropped);
    if is_over || old.state != new.state && !old.state.leads_to(new.state) {
        let detail = format!("this action is {}, and cannot become {}", old.state, new.state);
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    if new.state == ActionState::Confirmed && old.done_by == Some(scope.account) {
        return Err(
            Error::new(Code::Forbidden).detail("you said that it is done: another person confirms it")
        );
    }
    Ok(())
}

/// What is wrong with it.
fn wrong(conn: &mut Conn, scope: &Scope, branch: &Branch, new: &Action) -> Result<Vec<FieldError>> {
    let mut wrong = Vec::new();
    if let Some(id) = new.standard_id {
        let standard = if_there(standards::store::standard(conn, scope, id))?;
        if standard.is_none_or(|standard| standard.brand_id != branch.brand_id) {
            let message = "the brand has no such standard";
            wrong.push(FieldError::new("/standard_id", "unknown", message));
        }
    }
    match (new.owner_account_id, new.owner_employee_id) {
        (Some(account), None) if !is_of_branch_side(conn, branch, account)? => {
            let message = "this account is of no manager and of nobody of HR for the branch";
            wrong.push(FieldError::new("/owner_account_id", "unknown", message));
        }
        (None, Some(employee)) => {
            let employee = if_there(employees::store::employee(conn, scope, employee))?;
            if employee.is_none_or(|employee| employee.brand_id != branch.brand_id) {
                let message = "there is no such employee of the brand in your reach";
                wrong.push(FieldError::new("/owner_employee_id", "unknown", message));
            }
        }
        (Some(_), None) => {}
        _ => {
            let message = "an account or an employee sees to it: name one of them";
            wrong.push(FieldError::new("/owner_account_id", "one_owner", message));
        }
    }
    let is_done = matches!(new.state, ActionState::Done | ActionState::Confirmed);
    if is_done && new.proof.is_none() {
        wrong.push(FieldError::new("/proof", "required", "say by what it is seen that it is done"));
    }
    Ok(wrong)
}

/// Whether the account is a manager's or HR's for the branch, and may sign in.
fn is_of_branch_side(conn: &mut Conn, branch: &Branch, account: AccountId) -> Result<bool> {
    let is_able = accounts::store::account(conn, account)?.is_some_and(|account| !account.disabled);
    let mut grants = accounts::store::grants(conn, account)?;
    grants.retain(|grant| matches!(grant.role, Role::Manager | Role::Hr));
    match Scope::of(Permission::ReadActions, account, &grants) {
        Some(scope) if is_able => Ok(if_there(places::store::branch(conn, &scope, branch.id))?.is_some()),
        _ => Ok(false),
    }
}
