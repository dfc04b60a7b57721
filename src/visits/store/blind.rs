//! The statements about second opinions that are wanted: who may give one does not see the decision.

use std::collections::HashSet;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        schema::{second_opinion, visit},
    },
    error::Result,
    ids::VisitId,
    places,
};

/// Spelled out, because only so the engines see that the partial index answers it.
pub const WANTED: &str = "second_opinion.state IS NULL";

/// Of which of these visits, which are decided about, a second opinion is wanted that the caller may give.
pub fn wanted_of(conn: &mut Conn, reviewing: &Scope, ids: Vec<VisitId>) -> Result<HashSet<VisitId>> {
    let by_another = second_opinion::first_reviewer_id.is_null();
    let by_another = by_another.or(second_opinion::first_reviewer_id.ne(reviewing.account).assume_not_null());
    let mut query = second_opinion::table
        .inner_join(visit::table.on(visit::id.eq(second_opinion::visit_id)))
        .filter(second_opinion::visit_id.eq_any(ids))
        .filter(sql::<Bool>(WANTED))
        .filter(by_another)
        .filter(visit::shopper_id.ne(reviewing.account))
        .select(second_opinion::visit_id)
        .into_boxed();
    if !reviewing.is_operator_wide() {
        query = query.filter(visit::branch_id.eq_any(places::store::branches_in(reviewing)));
    }
    Ok(query.load(conn)?.into_iter().collect())
}
