//! The list of visits.

use std::collections::{HashMap, HashSet};

use diesel::{
    dsl::{exists, not, sql},
    prelude::*,
    sql_types::{Bool, Integer},
};
use serde::{Deserialize, Serialize};

use super::blind::WANTED;
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::MultiBackend,
        schema::{assignment, branch, checklist_version, second_opinion, visit, visit_content},
        types::{Instant, Json, SqlId, SqlInstant, text_enum},
    },
    error::Result,
    ids::{AccountId, BranchId, BrandId, CampaignId, ChecklistId, RegionId, VersionId, VisitId},
    months::{Month, Period},
    places::{self, moves::store::lay_in},
    visits::{
        model::{Began, VisitHead},
        state::State,
    },
};

text_enum! {
    /// In which order visits are listed.
    pub enum VisitOrder {
        /// Those first that arrived last.
        Newest = "newest",
        /// Those first that arrived first.
        Oldest = "oldest",
        /// Those first with the lowest score; those without a score are left out.
        Worst = "worst",
        /// Those first with the highest score; those without a score are left out.
        Best = "best",
    }
}

impl VisitOrder {
    /// Whether it tells what visits scored.
    pub const fn is_by_score(self) -> bool {
        matches!(self, Self::Worst | Self::Best)
    }
}

/// Where a visit stands in each of these orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitPlace {
    score: Option<i32>,
    at: Instant,
    id: VisitId,
}

impl From<&VisitHead> for VisitPlace {
    fn from(visit: &VisitHead) -> Self {
        Self { score: visit.score, at: visit.received_at, id: visit.id }
    }
}

/// Which visits are listed of those that the caller may see.
#[derive(Clone, Debug, Default)]
pub struct VisitFilter {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those to branches in this region, however deep.
    pub region: Option<RegionId>,
    /// Only those to this branch.
    pub branch: Option<BranchId>,
    /// Only those that this campaign wanted.
    pub campaign: Option<CampaignId>,
    /// Only those that this shopper made.
    pub shopper: Option<AccountId>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those that count in this month.
    pub month: Option<Month>,
    /// Only those that count in these months.
    pub months: Option<Period>,
    /// Only those with this checklist.
    pub checklist: Option<ChecklistId>,
    /// Only those with this version.
    pub version: Option<VersionId>,
    /// Only those that count in scores; of a region those of the months in which their branches lay in it.
    pub counted: bool,
    /// Only those that scored so much at least, in basis points.
    pub lowest_score: Option<i32>,
    /// Only those that scored so much at most, in basis points.
    pub highest_score: Option<i32>,
    /// Only those that arrived at this moment or after it.
    pub received_from: Option<Instant>,
    /// Only those that arrived before this moment.
    pub received_before: Option<Instant>,
    /// Only those to branches whose code or name has this in it, in whichever letters.
    pub branch_called: Option<String>,
}

/// That the code or the name of a branch has these letters in it.
macro_rules! is_called {
    ($letters:expr) => {{
        let like = |pattern: String| {
            let name = branch::name.like(pattern.clone()).escape('\\');
            branch::code.like(pattern).escape('\\').or(name)
        };
        let [one, two, three, four] = $crate::visits::store::list::patterns($letters).map(like);
        one.or(two).or(three).or(four)
    }};
}
pub(crate) use is_called;

/// The branches of a brand, or of all, whose code or name has these letters in it, in whichever case.
///
/// # Errors
/// Those of the database.
pub fn branches_called(conn: &mut Conn, of: Option<BrandId>, letters: &str) -> Result<HashSet<BranchId>> {
    let mut called = branch::table.filter(is_called!(letters)).select(branch::id).into_boxed();
    if let Some(brand) = of {
        called = called.filter(branch::brand_id.eq(brand));
    }
    Ok(called.load(conn)?.into_iter().collect())
}

type Query<'q> = visit::BoxedQuery<'q, MultiBackend>;

/// So many visits after this one, in this order: the caller's own, and those whose branch is in scope.
///
/// # Errors
/// Those of the database.
pub fn visits(
    conn: &mut Conn,
    scope: &Scope,
    filter: &VisitFilter,
    order: VisitOrder,
    after: Option<VisitPlace>,
    rows: i64,
) -> Result<Vec<VisitHead>> {
    let query = narrowed(in_order(visit::table.into_boxed(), order, after), scope, filter);
    Ok(query.limit(rows).select(VisitHead::as_select()).load(conn)?)
}

/// How many visits there are of those.
///
/// # Errors
/// Those of the database.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &VisitFilter) -> Result<i64> {
    Ok(narrowed(visit::table.into_boxed(), scope, filter).count().get_result(conn)?)
}

/// Those of these visits that are wanted: the caller's own, and those whose branch is in scope.
fn narrowed<'q>(mut query: Query<'q>, scope: &'q Scope, filter: &'q VisitFilter) -> Query<'q> {
    if !scope.is_operator_wide() {
        let covered = visit::branch_id.eq_any(places::store::branches_in(scope));
        let own = visit::shopper_id.eq(scope.account);
        query = match scope.brands_worked_for() {
            Some(brands) => query.filter(covered.or(own.and(visit::brand_id.eq_any(brands)))),
            None => query.filter(covered.or(own)),
        };
    }
    if let Some(brand) = filter.brand {
        query = query.filter(visit::brand_id.eq(brand));
    }
    if let Some(region) = filter.region {
        query = match filter.counted {
            false => query.filter(visit::branch_id.eq_any(places::store::branches_within(region))),
            // As figures are counted: where the branch lay in the month of the visit.
            true => query.filter(lay_in!(region, visit::branch_id, visit::month)),
        };
    }
    // These are found by their assignments, which have indexes for it: an arrival would have to write one more each.
    let wanted = assignment::table.select(assignment::id);
    if let Some(branch) = filter.branch {
        query = query.filter(visit::assignment_id.eq_any(wanted.filter(assignment::branch_id.eq(branch))));
    }
    if let Some(campaign) = filter.campaign {
        query =
            query.filter(visit::assignment_id.eq_any(wanted.filter(assignment::campaign_id.eq(campaign))));
    }
    let covers_nothing = !scope.is_operator_wide() && scope.touched_brands().is_empty();
    for shopper in filter.shopper.into_iter().chain(covers_nothing.then_some(scope.account)) {
        query = query.filter(visit::assignment_id.eq_any(wanted.filter(assignment::shopper_id.eq(shopper))));
    }
    if let Some(state) = filter.state {
        query = query.filter(visit::state.eq(state));
        if state.is_decided() {
            query = without_those_to_judge(query, scope);
        }
    }
    if let Some(month) = filter.month {
        query = query.filter(visit::month.eq(month));
    }
    if let Some(months) = filter.months {
        query = query.filter(visit::month.between(months.from(), months.to()));
    }
    if let Some(checklist) = filter.checklist {
        let versions = checklist_version::table.filter(checklist_version::checklist_id.eq(checklist));
        query = query.filter(visit::version_id.eq_any(versions.select(checklist_version::id)));
    }
    if let Some(version) = filter.version {
        query = query.filter(visit::version_id.eq(version));
    }
    if filter.counted {
        query = query.filter(sql::<Bool>(COUNTED)).filter(sql::<Bool>(HAS_SCORE));
        query = without_those_to_judge(query, scope);
    }
    if let Some(lowest) = filter.lowest_score {
        query = query.filter(sql::<Bool>(HAS_SCORE)).filter(visit::score.ge(lowest));
    }
    if let Some(highest) = filter.highest_score {
        query = query.filter(sql::<Bool>(HAS_SCORE)).filter(visit::score.le(highest));
    }
    if let Some(from) = filter.received_from {
        query = query.filter(visit::received_at.ge(from));
    }
    if let Some(before) = filter.received_before {
        query = query.filter(visit::received_at.lt(before));
    }
    if let Some(called) = &filter.branch_called {
        let branches = branch::table.filter(is_called!(called)).select(branch::id);
        query =
            query.filter(visit::assignment_id.eq_any(wanted.filter(assignment::branch_id.eq_any(branches))));
    }
    query
}

/// When each of these visits began by its phone's clock, when its window opens, and the time zone of its branch.
///
/// # Errors
/// Those of the database.
pub fn began(conn: &mut Conn, ids: Vec<VisitId>) -> Result<HashMap<VisitId, (Instant, Instant, String)>> {
    let rows: Vec<(VisitId, Json<Began>, Instant, String)> = visit::table
        .inner_join(visit_content::table)
        .inner_join(assignment::table.on(assignment::id.eq(visit::assignment_id)))
        .inner_join(branch::table.on(branch::id.eq(visit::branch_id)))
        .filter(visit::id.eq_any(ids))
        .select((visit::id, visit_content::content, assignment::opens_at, branch::time_zone))
        .load(conn)?;
    let row = |(id, Json(Began { started_at }), opens_at, zone)| (id, (started_at, opens_at, zone));
    Ok(rows.into_iter().map(row).collect())
}

/// Without those of which the caller is not to know the decision, because they may give a second opinion that is wanted.
fn without_those_to_judge<'q>(query: Query<'q>, scope: &Scope) -> Query<'q> {
    let Some(reviewing) = scope.reviewing() else { return query };
    let by_another = second_opinion::first_reviewer_id.is_null();
    let by_another = by_another.or(second_opinion::first_reviewer_id.ne(reviewing.account).assume_not_null());
    let wanted = second_opinion::table
        .filter(second_opinion::visit_id.eq(visit::id))
        .filter(sql::<Bool>(WANTED))
        .filter(by_another);
    let own_or_judged = visit::shopper_id.eq(reviewing.account).or(not(exists(wanted)));
    match reviewing.is_operator_wide() {
        true => query.filter(own_or_judged),
        false => {
            let elsewhere = not(visit::branch_id.eq_any(places::store::branches_in(&reviewing)));
            query.filter(own_or_judged.or(elsewhere))
        }
    }
}

/// That a visit counts: spelled out, because only so the engines see that the partial index answers it.
pub const COUNTED: &str = "visit.state IN ('approved', 'released', 'final')";

/// Spelled out, because only so the engines see that the partial index answers it.
pub const HAS_SCORE: &str = "visit.score IS NOT NULL";

/// In this order, from behind this place on. A place is compared as a whole, because only so the engines begin at it.
fn in_order(mut query: Query<'_>, order: VisitOrder, after: Option<VisitPlace>) -> Query<'_> {
    query = match order {
        VisitOrder::Newest => query.order((visit::received_at.desc(), visit::id.desc())),
        VisitOrder::Oldest => query.order((visit::received_at, visit::id)),
        VisitOrder::Worst => {
            query.filter(sql::<Bool>(HAS_SCORE)).order((visit::score, visit::received_at, visit::id))
        }
        VisitOrder::Best => query.filter(sql::<Bool>(HAS_SCORE)).order((
            visit::score.desc(),
            visit::received_at.desc(),
            visit::id.desc(),
        )),
    };
    let Some(VisitPlace { score, at, id }) = after else { return query };
    let (place, beyond) = match order {
        VisitOrder::Newest => ("(visit.received_at, visit.id) < (", false),
        VisitOrder::Oldest => ("(visit.received_at, visit.id) > (", false),
        VisitOrder::Worst => ("(visit.score, visit.received_at, visit.id) > (", true),
        VisitOrder::Best => ("(visit.score, visit.received_at, visit.id) < (", true),
    };
    match beyond {
        false => {
            query.filter(sql::<Bool>(place).bind::<SqlInstant, _>(at).sql(", ").bind::<SqlId, _>(id).sql(")"))
        }
        true => query.filter(
            sql::<Bool>(place)
                .bind::<Integer, _>(score.unwrap_or_default())
                .sql(", ")
                .bind::<SqlInstant, _>(at)
                .sql(", ")
                .bind::<SqlId, _>(id)
                .sql(")"),
        ),
    }
}

/// What the code or the name of a branch is like that has these letters in it. SQLite knows small and capital letters of English
/// alone, so what people write is looked for in the ways in which names are written.
pub(crate) fn patterns(letters: &str) -> [String; 4] {
    let mut first = letters.chars();
    let capital: String = first.next().into_iter().flat_map(char::to_uppercase).collect();
    let capital = capital + &first.as_str().to_lowercase();
    [letters.to_owned(), letters.to_lowercase(), letters.to_uppercase(), capital].map(|way| {
        let escape = |one: char| "\\%_".contains(one).then_some('\\').into_iter().chain([one]);
        format!("%{}%", way.chars().flat_map(escape).collect::<String>())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_looked_for_as_names_are_written() {
        assert_eq!(patterns("соФия"), ["%соФия%", "%софия%", "%СОФИЯ%", "%София%"]);
        assert_eq!(patterns("5%_a\\")[0], "%5\\%\\_a\\\\%");
        assert_eq!(patterns("")[3], "%%");
    }

    #[test]
    fn the_states_are_those_that_count() {
        for state in State::ALL {
            assert_eq!(COUNTED.contains(&format!("'{state}'")), state.is_counted(), "{state}");
        }
    }
}
