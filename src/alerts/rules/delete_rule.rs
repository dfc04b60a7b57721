//! Deleting a rule of alerts.

use super::{put_rule::entry, store};
use crate::{
    accounts::policy::Scope,
    alerts::{close::close_all, model::AlertEnd},
    audit,
    db::{Conn, types::Instant},
    error::Result,
    ids::AlertRuleId,
    precondition::{ETag, IfMatch, Revised as _},
};

/// Deletes a rule. Its alerts are over; they and what it was are kept.
///
/// # Errors
/// `not_found` if it is not there, or out of scope; those of the precondition.
pub fn delete_rule(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: AlertRuleId,
    now: Instant,
) -> Result<()> {
    let rule = store::rule(conn, scope, id)?;
    if_match.expects(&ETag::of(rule.revision))?;
    let last = rule.clone().next();
    store::add(conn, &last, true, (scope.account, now))?;
    close_all(conn, &rule, AlertEnd::RuleDeleted, now)?;
    audit::record(conn, entry(&last, "deleted", scope), now)
}
