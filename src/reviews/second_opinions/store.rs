//! The statements about second opinions.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::model::SecondOpinion;
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        schema::{second_opinion, visit},
        sealing::revisions_sealed,
        types::Instant,
    },
    error::Result,
    ids::{BrandId, VisitId},
    places,
    visits::state::State,
};

// Spelled out, because only so the engines see that the partial index answers it.
const IS_GIVEN: &str = "second_opinion.state IS NOT NULL";

/// The second opinion about this visit, wanted or given.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, of: VisitId) -> Result<Option<SecondOpinion>> {
    Ok(second_opinion::table.find(of).select(SecondOpinion::as_select()).first(conn).optional()?)
}

/// Adds one that is wanted.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, wanted: &SecondOpinion) -> Result<()> {
    diesel::insert_into(second_opinion::table).values(wanted).execute(conn)?;
    Ok(())
}

/// Puts what it is now in the place of what it was.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, now: &SecondOpinion) -> Result<()> {
    diesel::update(second_opinion::table.find(now.visit_id))
        .set((
            second_opinion::first_state.eq(now.first_state),
            second_opinion::first_reviewer_id.eq(now.first_reviewer_id),
            second_opinion::reviewer_id.eq(now.reviewer_id),
            second_opinion::state.eq(now.state),
            second_opinion::reason.eq(now.reason.clone()),
            second_opinion::given_at.eq(now.given_at),
            second_opinion::revision.eq(now.revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which of those that were given are listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpinionFilter {
    /// Only those about visits of this brand.
    pub brand: Option<BrandId>,
    /// Only those that agree with the decision, or that do not.
    pub agrees: Option<bool>,
}

/// So many second opinions that were given about visits in scope, the newest first, from behind this one on. What is about a
/// visit of the caller's own is left out.
///
/// # Errors
/// Those of the database.
pub fn given(
    conn: &mut Conn,
    scope: &Scope,
    filter: OpinionFilter,
    after: Option<(Instant, VisitId)>,
    rows: i64,
) -> Result<Vec<SecondOpinion>> {
    let mut query = second_opinion::table
        .inner_join(visit::table.on(visit::id.eq(second_opinion::visit_id)))
        .filter(sql::<Bool>(IS_GIVEN))
        .filter(visit::shopper_id.ne(scope.account))
        .order((second_opinion::given_at.desc(), second_opinion::visit_id.desc()))
        .limit(rows)
        .select(SecondOpinion::as_select())
        .into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(visit::branch_id.eq_any(places::store::branches_in(scope)));
    }
    if let Some(brand) = filter.brand {
        query = query.filter(second_opinion::brand_id.eq(brand));
    }
    let is_same = sql::<Bool>("second_opinion.state = second_opinion.first_state");
    match filter.agrees {
        Some(true) => query = query.filter(is_same),
        Some(false) => query = query.filter(diesel::dsl::not(is_same)),
        None => {}
    }
    if let Some((at, id)) = after {
        let earlier = second_opinion::given_at.lt(at).assume_not_null();
        let at_once = second_opinion::given_at.eq(at).assume_not_null();
        query = query.filter(earlier.or(at_once.and(second_opinion::visit_id.lt(id))));
    }
    Ok(query.load(conn)?)
}

/// How often which two decisions met about the visits of a brand, in second opinions that were given from one moment up to
/// another.
///
/// # Errors
/// Those of the database.
pub fn pairs(conn: &mut Conn, of: BrandId, from: Instant, to: Instant) -> Result<Vec<(State, State, i64)>> {
    Ok(second_opinion::table
        .filter(sql::<Bool>(IS_GIVEN))
        .filter(second_opinion::brand_id.eq(of))
        .filter(second_opinion::given_at.ge(from))
        .filter(second_opinion::given_at.lt(to))
        .group_by((second_opinion::first_state, second_opinion::state))
        .select((
            second_opinion::first_state,
            second_opinion::state.assume_not_null(),
            diesel::dsl::count_star(),
        ))
        .load(conn)?)
}

revisions_sealed!(second_opinion::table by visit_id with salts, set_opinions_sealed);
