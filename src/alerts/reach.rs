//! Which places a rule looks at, at present.

use std::collections::HashSet;

use super::{model::AlertEnd, rules::model::AlertRule};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    places::store::{branches_below, regions_below, retired},
    scores::{
        model::{Place, PlaceId},
        watch::PlacesBelow,
    },
};

/// Which places a rule looks at, at present: those that are not retired and lie in the place of the rule. A place that has moved is looked at by the rules
/// of the region that it lies in.
#[derive(Debug)]
pub struct Reach {
    retired: HashSet<PlaceId>,
    /// The places in the region of the rule; none if the rule looks at its own place, or at all of a brand, which no place leaves.
    within: Option<HashSet<PlaceId>>,
}

impl Reach {
    /// The reach of a rule at this moment.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(conn: &mut Conn, rule: &AlertRule, now: Instant) -> Result<Self> {
        let (regions, branches) = retired(conn, rule.brand, now)?;
        let regions = regions.into_iter().map(|region| region.cast());
        let retired = regions.chain(branches.into_iter().map(|branch| branch.cast())).collect();
        let within = match (rule.place, rule.content.below) {
            (Place::Region(id), Some(PlacesBelow::Branches)) => {
                Some(branches_below(conn, id)?.into_iter().map(|branch| branch.cast()).collect())
            }
            (Place::Region(id), Some(PlacesBelow::Regions)) => {
                Some(regions_below(conn, vec![id])?.into_iter().map(|region| region.cast()).collect())
            }
            _ => None,
        };
        Ok(Self { retired, within })
    }

    /// Why the rule looks at this place no longer, if it does not.
    pub fn left(&self, place: Place) -> Option<AlertEnd> {
        if self.retired.contains(&place.id()) {
            return Some(AlertEnd::PlaceRetired);
        }
        let is_elsewhere = self.within.as_ref().is_some_and(|within| !within.contains(&place.id()));
        is_elsewhere.then_some(AlertEnd::PlaceMoved)
    }
}
