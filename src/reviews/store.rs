//! The statements about visits that wait for a decision.

use diesel::{
    dsl::{exists, not, sql},
    prelude::*,
    sql_types::{Bool, Integer, Text},
};

use super::{
    claim::LEASE,
    queue::{ClaimedBy, Place, QueueFilter, QueueList, QueueOrder, Standing},
};
use crate::{
    accounts::policy::Scope,
    board::ratings::UNKNOWN,
    db::{
        Conn,
        engine::MultiBackend,
        schema::{assignment, second_opinion, shopper_rating, visit, waiting_flag},
        types::{Instant, SqlId, SqlInstant},
    },
    error::Result,
    ids::BrandId,
    places,
    trust::{self, model::Weight},
    visits::{state::State, store::blind::WANTED},
};

// Each is spelled out, because only so the engines see that a partial index answers it.
const WAITS: &str = "visit.state IN ('complete', 'in_review')";
const WITHOUT_FILES: &str = "visit.state = 'submitted'";
const CLAIMED: &str = "visit.claimed_by IS NOT NULL";
const IS_DECIDED: &str = "visit.state NOT IN ('submitted', 'complete', 'in_review', 'returned')";
const HAS_LANGUAGE: &str = "visit.language IS NOT NULL";

/// Where fewer visits than this have what is asked for, they are looked up by it and put in order; else the queue is walked
/// through in its order until enough of them are found. An engine that does not know how many there are would often choose
/// wrongly.
const FEW: i64 = 2_000;
// In words by which no engine looks visits up, where that would have it put many of them in order.
const BRAND: &str = "COALESCE(visit.brand_id, visit.brand_id) = ";
const RANK: &str = "COALESCE(visit.review_rank, visit.review_rank) = ";
const RECEIVED_BEFORE: &str = "COALESCE(visit.received_at, visit.received_at) < ";
const DUE_BEFORE: &str = "COALESCE(visit.review_due_at, visit.review_due_at) < ";
const LANGUAGE: &str = "COALESCE(visit.language, visit.language) = ";

type Query<'q> = visit::BoxedQuery<'q, MultiBackend>;

/// Visits in the scope that wait for a decision, in the order of the list.
pub fn waiting(
    conn: &mut Conn,
    scope: &Scope,
    list: &QueueList,
    after: Option<Place>,
    limit: i64,
    now: Instant,
) -> Result<Vec<Standing>> {
    let query = visit::table.filter(sql::<Bool>(WAITS)).into_boxed();
    let query = some_of(conn, query, scope, list, now)?;
    Ok(in_order(query, list.sort, after).limit(limit).select(Standing::as_select()).load(conn)?)
}

/// Visits in the scope whose files have been waited for long enough, in the order of the list.
pub fn without_files(
    conn: &mut Conn,
    scope: &Scope,
    list: &QueueList,
    after: Option<Place>,
    limit: i64,
    now: Instant,
) -> Result<Vec<Standing>> {
    let query = some_of(conn, whose_files_are_due(now), scope, list, now)?;
    Ok(in_order(query, list.sort, after).limit(limit).select(Standing::as_select()).load(conn)?)
}

/// Visits in the scope that were decided about, and of which a second opinion is wanted that the caller may give.
pub fn wanting_opinion(
    conn: &mut Conn,
    scope: &Scope,
    list: &QueueList,
    after: Option<Place>,
    limit: i64,
    now: Instant,
) -> Result<Vec<Standing>> {
    let of_others = second_opinion::first_reviewer_id.is_null();
    let of_others = of_others.or(second_opinion::first_reviewer_id.ne(scope.account).assume_not_null());
    let wanted =
        second_opinion::table.filter(sql::<Bool>(WANTED)).filter(of_others).select(second_opinion::visit_id);
    let query = visit::table
        .filter(visit::id.eq_any(wanted))
        .filter(visit::shopper_id.ne(scope.account))
        .filter(sql::<Bool>(IS_DECIDED))
        .into_boxed();
    let query = some_of(conn, query, scope, list, now)?;
    Ok(in_order(query, list.sort, after).limit(limit).select(Standing::as_select()).load(conn)?)
}

/// Where the first visit stands of those whose files have been waited for long enough.
pub fn first_without_files(
    conn: &mut Conn,
    scope: &Scope,
    list: &QueueList,
    now: Instant,
) -> Result<Option<Place>> {
    let query = some_of(conn, whose_files_are_due(now), scope, list, now)?;
    let first = in_order(query, list.sort, None).limit(1).select(Standing::as_select()).first(conn);
    Ok(first.optional()?.map(|standing: Standing| standing.place(list.sort)))
}

/// How many visits there are of this list in the scope, in this state if one is wanted; counted up to `most`.
pub fn count(
    conn: &mut Conn,
    scope: &Scope,
    list: &QueueList,
    state: Option<State>,
    most: i64,
    now: Instant,
) -> Result<i64> {
    let mut query = match state {
        Some(State::Submitted) => whose_files_are_due(now),
        _ => visit::table.filter(sql::<Bool>(WAITS)).into_boxed(),
    };
    if let Some(state) = state {
        query = query.filter(visit::state.eq(state));
    }
    let is_claimed = state == Some(State::InReview);
    if is_claimed {
        query = query.filter(sql::<Bool>(CLAIMED));
    }
    query = some_of(conn, query, scope, list, now)?;
    if !is_claimed && list.filter.claimed.is_none() {
        query = in_order(query, list.sort, None);
    }
    let found: Vec<i32> = query.limit(most).select(sql::<Integer>("1")).load(conn)?;
    Ok(found.len() as i64)
}

fn whose_files_are_due<'q>(now: Instant) -> Query<'q> {
    visit::table
        .filter(sql::<Bool>(WITHOUT_FILES))
        .filter(visit::files_due_at.is_null().or(visit::files_due_at.le(now).assume_not_null()))
        .into_boxed()
}

/// In the order of the list, from behind this place on. A place is compared as a whole, because only so the engines begin at
/// it, instead of reading all that stands before it.
fn in_order(mut query: Query<'_>, sort: QueueOrder, after: Option<Place>) -> Query<'_> {
    query = match sort {
        QueueOrder::Age => query.order((visit::received_at, visit::id)),
        QueueOrder::Risk => query.order((visit::review_rank, visit::received_at, visit::id)),
        QueueOrder::Deadline => query.order((visit::review_due_at, visit::id)),
    };
    let Some(Place { rank, at, id, .. }) = after else { return query };
    match sort {
        QueueOrder::Age => query.filter(
            sql::<Bool>("(visit.received_at, visit.id) > (")
                .bind::<SqlInstant, _>(at)
                .sql(", ")
                .bind::<SqlId, _>(id)
                .sql(")"),
        ),
        QueueOrder::Risk => query.filter(
            sql::<Bool>("(visit.review_rank, visit.received_at, visit.id) > (")
                .bind::<Integer, _>(rank)
                .sql(", ")
                .bind::<SqlInstant, _>(at)
                .sql(", ")
                .bind::<SqlId, _>(id)
                .sql(")"),
        ),
        QueueOrder::Deadline => query.filter(
            sql::<Bool>("(visit.review_due_at, visit.id) > (")
                .bind::<SqlInstant, _>(at)
                .sql(", ")
                .bind::<SqlId, _>(id)
                .sql(")"),
        ),
    }
}

fn some_of<'q>(
    conn: &mut Conn,
    query: Query<'q>,
    scope: &Scope,
    list: &QueueList,
    now: Instant,
) -> Result<Query<'q>> {
    let filter = &list.filter;
    let mut query = in_places(query, scope, filter);
    for brand in filter.brand.into_iter().chain(only_brand(scope)) {
        query = match list.sort == QueueOrder::Age || fewer_wait_for(conn, brand)? {
            true => query.filter(visit::brand_id.eq(brand)),
            false => query.filter(sql::<Bool>(BRAND).bind::<SqlId, _>(brand)),
        };
    }
    if let Some(campaign) = filter.campaign {
        let wanted = assignment::table.filter(assignment::campaign_id.eq(campaign));
        let some: Vec<i32> = wanted.limit(FEW).select(sql::<Integer>("1")).load(conn)?;
        query = match (some.len() as i64) < FEW {
            true => query.filter(visit::assignment_id.eq_any(wanted.select(assignment::id))),
            false => query.filter(exists(wanted.filter(assignment::id.eq(visit::assignment_id)))),
        };
    }
    if filter.of_others || list.tells_flags() {
        query = query.filter(visit::shopper_id.ne(scope.account));
    }
    if let Some(rank) = filter.weight.map(Weight::rank) {
        query = match list.sort {
            QueueOrder::Age | QueueOrder::Risk => query.filter(visit::review_rank.eq(rank)),
            QueueOrder::Deadline => query.filter(sql::<Bool>(RANK).bind::<Integer, _>(rank)),
        };
    }
    if let Some(kind) = filter.flag {
        let flagged = waiting_flag::table.filter(waiting_flag::kind.eq(kind));
        query = match trust::store::fewer_wait_with(conn, kind, FEW)? {
            true => query.filter(visit::id.eq_any(flagged.select(waiting_flag::visit_id))),
            false => query.filter(exists(flagged.filter(waiting_flag::visit_id.eq(visit::id)))),
        };
    }
    if let Some(before) = filter.received_before {
        query = match list.sort {
            QueueOrder::Age => query.filter(visit::received_at.lt(before)),
            _ => query.filter(sql::<Bool>(RECEIVED_BEFORE).bind::<SqlInstant, _>(before)),
        };
    }
    if let Some(before) = filter.due_before {
        query = match list.sort {
            QueueOrder::Deadline => query.filter(visit::review_due_at.lt(before)),
            _ => query.filter(sql::<Bool>(DUE_BEFORE).bind::<SqlInstant, _>(before)),
        };
    }
    if let Some(language) = &filter.language {
        let language = language.as_str().to_owned();
        query = match list.sort {
            QueueOrder::Age => query.filter(sql::<Bool>(HAS_LANGUAGE)).filter(visit::language.eq(language)),
            _ => query.filter(sql::<Bool>(LANGUAGE).bind::<Text, _>(language)),
        };
    }
    if let Some(highest) = filter.highest_rating {
        query = rated(query, highest.as_i32() * 100 + 99);
    }
    Ok(match filter.claimed {
        None => query,
        Some(claimed) => claimed_by(query, scope, claimed, now),
    })
}

/// The brand that all of a scope is in, if there is one.
fn only_brand(scope: &Scope) -> Option<BrandId> {
    if scope.is_operator_wide() {
        return None;
    }
    match scope.touched_brands().as_slice() {
        [one, others @ ..] if others.iter().all(|other| other == one) => Some(*one),
        _ => None,
    }
}

/// Whether few visits of a brand wait.
fn fewer_wait_for(conn: &mut Conn, brand: BrandId) -> Result<bool> {
    let waiting = visit::table.filter(sql::<Bool>(WAITS)).filter(visit::brand_id.eq(brand));
    let some: Vec<i32> =
        waiting.order((visit::received_at, visit::id)).limit(FEW).select(sql::<Integer>("1")).load(conn)?;
    Ok((some.len() as i64) < FEW)
}

fn in_places<'q>(mut query: Query<'q>, scope: &Scope, filter: &QueueFilter) -> Query<'q> {
    if !scope.is_operator_wide() {
        query = query.filter(visit::branch_id.eq_any(places::store::branches_in(scope)));
    }
    if let Some(region) = filter.region {
        query = query.filter(visit::branch_id.eq_any(places::store::branches_within(region)));
    }
    if let Some(branch) = filter.branch {
        query = query.filter(visit::branch_id.eq(branch));
    }
    query
}

/// Those whose shopper's rating was this at most, in basis points; of whom nothing is known is as what is expected of them.
fn rated(query: Query<'_>, highest: i32) -> Query<'_> {
    let of_shopper = shopper_rating::table.filter(shopper_rating::account_id.eq(visit::shopper_id));
    match UNKNOWN <= highest {
        true => query.filter(not(exists(of_shopper.filter(shopper_rating::rating.gt(highest))))),
        false => query.filter(exists(of_shopper.filter(shopper_rating::rating.le(highest)))),
    }
}

fn claimed_by<'q>(query: Query<'q>, scope: &Scope, claimed: ClaimedBy, now: Instant) -> Query<'q> {
    let over = now.plus_seconds(-LEASE);
    let holds = visit::claimed_at.gt(over);
    match claimed {
        ClaimedBy::Mine => {
            query.filter(sql::<Bool>(CLAIMED)).filter(visit::claimed_by.eq(scope.account)).filter(holds)
        }
        ClaimedBy::Others => {
            query.filter(sql::<Bool>(CLAIMED)).filter(visit::claimed_by.ne(scope.account)).filter(holds)
        }
        ClaimedBy::None => {
            query.filter(visit::claimed_by.is_null().or(visit::claimed_at.le(over).assume_not_null()))
        }
    }
}
