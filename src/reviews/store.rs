//! The statements about visits that wait for a decision.

use diesel::{
    dsl::{exists, sql},
    prelude::*,
    sql_types::Bool,
};

use super::queue::QueueFilter;
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::MultiBackend,
        schema::{assignment, trust_look, visit},
        types::Instant,
    },
    error::Result,
    ids::VisitId,
    places,
    visits::model::{Visit, VisitHead},
};

/// Visits in the scope that wait for a decision, the longest waiting first.
pub fn waiting(
    conn: &mut Conn,
    scope: &Scope,
    filter: &QueueFilter,
    after: Option<(Instant, VisitId)>,
    limit: i64,
) -> Result<Vec<VisitHead>> {
    // Spelled out, because only so the engines see that the partial index answers it.
    let query = visit::table.filter(sql::<Bool>("visit.state IN ('complete', 'in_review')")).into_boxed();
    Ok(some_of(query, scope, filter, after, limit).select(VisitHead::as_select()).load(conn)?)
}

/// Visits in the scope whose files have been waited for long enough, the longest waiting first.
pub fn without_files(
    conn: &mut Conn,
    scope: &Scope,
    filter: &QueueFilter,
    after: Option<(Instant, VisitId)>,
    limit: i64,
    now: Instant,
) -> Result<Vec<Visit>> {
    let query = visit::table
        // Spelled out, because only so the engines see that the partial index answers it.
        .filter(sql::<Bool>("visit.state = 'submitted'"))
        .filter(visit::files_due_at.is_null().or(visit::files_due_at.le(now).assume_not_null()))
        .into_boxed();
    Ok(some_of(query, scope, filter, after, limit).select(Visit::as_select()).load(conn)?)
}

fn some_of<'q>(
    query: visit::BoxedQuery<'q, MultiBackend>,
    scope: &Scope,
    filter: &QueueFilter,
    after: Option<(Instant, VisitId)>,
    limit: i64,
) -> visit::BoxedQuery<'q, MultiBackend> {
    let mut query = query
        .filter(visit::branch_id.eq_any(places::store::branches_in(scope)))
        .order((visit::received_at, visit::id))
        .limit(limit);
    let QueueFilter { brand, region, branch, campaign, incomplete: _, weight } = *filter;
    if let Some(brand) = brand {
        query = query.filter(visit::brand_id.eq(brand));
    }
    if let Some(region) = region {
        query = query.filter(visit::branch_id.eq_any(places::store::branches_within(region)));
    }
    if let Some(branch) = branch {
        query = query.filter(visit::branch_id.eq(branch));
    }
    if let Some(campaign) = campaign {
        let wanted = assignment::table.filter(assignment::campaign_id.eq(campaign)).select(assignment::id);
        query = query.filter(visit::assignment_id.eq_any(wanted));
    }
    if let Some(weight) = weight {
        let looks = trust_look::table
            .filter(trust_look::visit_id.eq(visit::id))
            .filter(trust_look::weight.eq(Some(weight)))
            .filter(trust_look::looked_at.is_not_null());
        query = query.filter(exists(looks)).filter(visit::shopper_id.ne(scope.account));
    }
    if let Some((at, id)) = after {
        query = query.filter(visit::received_at.gt(at).or(visit::received_at.eq(at).and(visit::id.gt(id))));
    }
    query
}
