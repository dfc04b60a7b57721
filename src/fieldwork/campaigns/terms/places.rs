//! Which branches a campaign is about.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ids::{BranchId, RegionId},
    limits::Unordered,
    strict::objects_only,
};

/// The regions that a campaign names.
pub type NamedRegions = Unordered<RegionId, 0, 1_000>;
/// The branches that a campaign names.
pub type NamedBranches = Unordered<BranchId, 0, 5_000>;

/// Which branches a campaign is about: all that any of these names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CampaignPlaces {
    /// Regions of the brand, each with all below it.
    #[serde(default, skip_serializing_if = "NamedRegions::is_empty")]
    pub regions: NamedRegions,
    /// Branches of the brand.
    #[serde(default, skip_serializing_if = "NamedBranches::is_empty")]
    pub branches: NamedBranches,
}

impl CampaignPlaces {
    /// Whether nothing is named, which means the whole brand.
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty() && self.branches.is_empty()
    }
}

objects_only!(CampaignPlaces);
