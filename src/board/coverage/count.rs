//! Counting: what the statements give becomes each region's counts.

use std::collections::HashMap;

use super::{Counts, Coverage, Node, store};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::{
        assignments::model::AssignmentState,
        campaigns::{
            self,
            model::{Campaign, CampaignState},
        },
    },
    ids::{BrandId, CampaignId, RegionId},
    places,
    visits::state::State,
};

/// Counts by the region that branches lie in directly.
type ByRegion = HashMap<Option<RegionId>, Counts>;

/// How far the campaign is in what the scope covers of it: ask within a snapshot.
///
/// # Errors
/// `not_found` if there is no such campaign, or the scope does not touch its brand.
pub fn coverage(conn: &mut Conn, scope: &Scope, id: CampaignId, now: Instant) -> Result<Coverage> {
    let campaign = campaigns::store::campaign(conn, scope, id)?;
    let mut own = ByRegion::new();
    count_wanted(conn, scope, &campaign, &mut own, now)?;
    count_without_visit(conn, scope, id, &mut own)?;
    count_with_visit(conn, scope, id, &mut own)?;
    for (region, late) in store::late(conn, scope, id, now)? {
        own.entry(region).or_default().late += late;
    }
    for (region, at_risk) in store::at_risk(conn, scope, id, now)? {
        own.entry(region).or_default().at_risk += at_risk;
    }
    Ok(Coverage::of(regions(conn, scope, campaign.brand_id)?, &own))
}

/// The brand's regions that are in scope.
fn regions(conn: &mut Conn, scope: &Scope, brand: BrandId) -> Result<Vec<Node>> {
    let regions = places::store::regions_of(conn, scope, brand)?;
    Ok(regions.into_iter().map(|one| Node { id: one.id, parent: one.parent_id, name: one.name }).collect())
}

/// What the campaign wants, and for how much of it there is nothing. Of branches that are retired it wants no more than what is there.
fn count_wanted(
    conn: &mut Conn,
    scope: &Scope,
    of: &Campaign,
    own: &mut ByRegion,
    now: Instant,
) -> Result<()> {
    let each = of.terms.0.visits_per_branch.get();
    let standing = store::standing(conn, scope, of)?;
    if of.state == CampaignState::Closed {
        // No more than what is there.
        for (region, _, standing) in standing {
            own.entry(region).or_default().wanted += standing;
        }
        return Ok(());
    }
    for (region, branches) in store::branches(conn, scope, of, now)? {
        let counts = own.entry(region).or_default();
        counts.wanted += branches * each;
        counts.missing += branches * each;
    }
    for (region, retired_at, standing) in standing {
        let counts = own.entry(region).or_default();
        if retired_at.is_some_and(|at| at <= now) {
            counts.wanted += standing;
        } else {
            counts.missing -= standing;
        }
    }
    Ok(())
}

fn count_without_visit(conn: &mut Conn, scope: &Scope, id: CampaignId, own: &mut ByRegion) -> Result<()> {
    use AssignmentState::{Assigned, Cancelled, Expired, Offered, Open};
    for (region, state, number) in store::without_visit(conn, scope, id)? {
        let counts = own.entry(region).or_default();
        match state {
            Open => counts.open += number,
            Offered => counts.offered += number,
            Assigned => counts.assigned += number,
            Cancelled | Expired => {}
        }
    }
    Ok(())
}

fn count_with_visit(conn: &mut Conn, scope: &Scope, id: CampaignId, own: &mut ByRegion) -> Result<()> {
    use State::{
        Approved, Complete, Excluded, Final, InReview, Rejected, Released, Returned, Submitted, Withdrawn,
    };
    for (region, state, number) in store::with_visit(conn, scope, id)? {
        let counts = own.entry(region).or_default();
        match state {
            Submitted | Complete | InReview | Returned => counts.submitted += number,
            Approved | Released | Final => counts.approved += number,
            Rejected | Withdrawn => counts.rejected += number,
            Excluded => counts.excluded += number,
        }
    }
    Ok(())
}
