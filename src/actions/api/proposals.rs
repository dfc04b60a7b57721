//! What a branch's missed standards propose, and whether an action helped: of visits whose reports are out, by whole months.

use std::collections::BTreeMap;

use actix_web::web::{Data, Json, Path};
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadActions,
    actions::{
        compliance::{
            ComplianceView, MONTHS, MOST_VISITS, PROPOSED_BELOW, Trend, by_standard, change, together,
            versions_of,
        },
        store,
    },
    app::App,
    checklists::{
        cache::Versions,
        standards::{
            self,
            model::{Dimension, Standard, Track},
        },
        text::Text,
    },
    error::{Code, Error, Result, if_there},
    http::page::Page,
    ids::{ActionId, BranchId, DimensionId, StandardId},
    months::Month,
    places,
    scores::statistics::Proportion,
    visits::{self, model::Visit},
};

/// A training that a missed standard proposes.
#[derive(Serialize, ToSchema)]
pub struct ActionProposal {
    standard_id: StandardId,
    /// What names the standard in checklists.
    key: String,
    /// What it asks for, in its languages.
    text: Text,
    dimension_id: DimensionId,
    /// What training helps where standards of its dimension are missed.
    track: Track,
    /// How often the branch kept it in the last twelve months.
    compliance: ComplianceView,
    /// The open actions that are to help it already.
    action_ids: Vec<ActionId>,
}

/// Where a branch is, and what is shown of it.
struct Basis {
    minimum: i64,
    visits: Vec<Visit>,
}

/// What the branch's missed standards propose, the most missed first: those that fewer than 80 % of the visits of the last twelve
/// months kept, of at least as many visits as the brand wants, at most 200. Only visits count whose reports are out.
#[utoipa::path(get, path = "/v1/branches/{id}/action-proposals", responses(
    (status = 200, description = "The proposals."),
))]
pub async fn list_action_proposals(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadActions>,
    id: Path<BranchId>,
) -> Result<Page<ActionProposal>> {
    let (branch, now) = (id.into_inner(), app.clock.now());
    let month = Month::of(now, &TimeZone::UTC);
    let scope = caller.scope.clone();
    let read = move |conn: &mut _| {
        let branch = places::store::branch(conn, &scope, branch)?;
        let brand = places::store::brand_if_there(conn, branch.brand_id)?;
        let brand = brand.ok_or_else(|| Error::new(Code::NotFound))?;
        let from = month.plus(1 - MONTHS).unwrap_or(month);
        let visits = visits::store::shown(conn, branch.id, from, MOST_VISITS, now)?;
        Ok((Basis { minimum: brand.minimum_visits.into(), visits }, store::open_of(conn, branch.id)?))
    };
    let (Basis { minimum, visits }, open) = app.db.snapshot(read).await?;
    let versions = versions_of(&app.db, &versions, &visits).await?;
    let missed: BTreeMap<StandardId, Proportion> = by_standard(&visits, &versions)
        .into_iter()
        .map(|(standard, months)| (standard, together(&months, |_| true)))
        .filter(|(_, kept)| !kept.insufficient(minimum))
        .filter(|(_, kept)| kept.share().is_some_and(|share| share < PROPOSED_BELOW))
        .collect();
    let of: Vec<_> = missed.keys().copied().collect();
    let scope = caller.scope;
    let catalogue = move |conn: &mut _| {
        let mut found = Vec::new();
        for id in &of {
            // A standard that is not asked for any more proposes nothing.
            let standard = if_there(standards::store::standard(conn, &scope, *id))?;
            if let Some(standard) = standard.filter(|standard| !standard.retired) {
                let dimension = standards::store::dimension(conn, &scope, standard.dimension_id)?;
                found.push((standard, dimension));
            }
        }
        Ok(found)
    };
    let catalogue = app.db.snapshot(catalogue).await?;
    let proposal = |(standard, dimension): (Standard, Dimension)| {
        let kept = missed.get(&standard.id).copied().unwrap_or_default();
        let helping = open.iter().filter(|(_, of)| *of == standard.id).map(|(action, _)| *action);
        let view = ActionProposal {
            standard_id: standard.id,
            key: standard.key,
            text: standard.text.0,
            dimension_id: dimension.id,
            track: dimension.track,
            compliance: ComplianceView::new(kept, minimum),
            action_ids: helping.collect(),
        };
        (kept.share(), view)
    };
    let mut proposals: Vec<_> = catalogue.into_iter().map(proposal).collect();
    proposals.sort_by(|(share, one), (other_share, other)| (share, &one.key).cmp(&(other_share, &other.key)));
    Ok(Page::whole(proposals.into_iter().map(|(_, view)| view).take(200).collect()))
}

/// Whether an action helped.
#[derive(Serialize, ToSchema)]
pub struct ActionEffect {
    /// The last month that counts as before: the one in which the action was made.
    made_in: Month,
    /// How often the branch kept the standard in the twelve months up to then.
    before: ComplianceView,
    /// How often it kept the standard in the months after.
    since: ComplianceView,
    /// What that says, beyond chance.
    change: Trend,
}

/// Whether an action helped: how often the branch kept its standard before and since, in whole months, by visits whose reports
/// are out; of 200 visits at the most.
#[utoipa::path(get, path = "/v1/actions/{id}/effect", responses(
    (status = 200, description = "What the visits say."),
    (status = 404, description = "`not_found`: there is no such action, or it names no standard."),
))]
pub async fn action_effect(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadActions>,
    id: Path<ActionId>,
) -> Result<Json<ActionEffect>> {
    let (id, scope, now) = (id.into_inner(), caller.scope, app.clock.now());
    let read = move |conn: &mut _| {
        let action = store::action(conn, &scope, id)?;
        let standard = action.standard_id.ok_or_else(|| Error::new(Code::NotFound))?;
        let brand = places::store::brand_if_there(conn, action.brand_id)?;
        let brand = brand.ok_or_else(|| Error::new(Code::NotFound))?;
        let until = Month::of(action.created_at, &TimeZone::UTC);
        let from = until.plus(1 - MONTHS).unwrap_or(until);
        let visits = visits::store::shown(conn, action.branch_id, from, MOST_VISITS, now)?;
        Ok((standard, until, Basis { minimum: brand.minimum_visits.into(), visits }))
    };
    let (standard, until, Basis { minimum, visits }) = app.db.snapshot(read).await?;
    let versions = versions_of(&app.db, &versions, &visits).await?;
    let months = by_standard(&visits, &versions).remove(&standard).unwrap_or_default();
    let (before, since) =
        (together(&months, |month| month <= until), together(&months, |month| month > until));
    Ok(Json(ActionEffect {
        made_in: until,
        before: ComplianceView::new(before, minimum),
        since: ComplianceView::new(since, minimum),
        change: change(before, since, minimum),
    }))
}
