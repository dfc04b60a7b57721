//! All SQL about employees.

use diesel::prelude::*;

use super::model::Employee;
use crate::{
    accounts::policy::Scope,
    db::{Conn, engine::MultiBackend, schema::employee},
    error::Result,
    places::store::branches_in,
};

/// Employees of branches in scope.
fn seen(scope: &Scope) -> employee::BoxedQuery<'static, MultiBackend> {
    let all = employee::table.into_boxed();
    if scope.is_operator_wide() {
        return all;
    }
    all.filter(employee::branch_id.eq_any(branches_in(scope)))
}

/// Those who work in branches in scope and have one of these addresses or one of these names, both given as the
/// [keys](super::names) that they are compared by; in the order of their ids.
pub fn working_with_keys(
    conn: &mut Conn,
    scope: &Scope,
    emails: Vec<String>,
    names: Vec<String>,
) -> Result<Vec<Employee>> {
    let one_of_them =
        employee::email_key.eq_any(emails).assume_not_null().or(employee::name_key.eq_any(names));
    Ok(seen(scope)
        .filter(employee::active.eq(true))
        .filter(one_of_them)
        .order(employee::id)
        .select(Employee::as_select())
        .load(conn)?)
}
