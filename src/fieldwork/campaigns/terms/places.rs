//! Which branches a campaign is about.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    ids::{BranchId, RegionId},
    strict::objects_only,
};

/// Which branches a campaign is about: all that any of these names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CampaignPlaces {
    /// Regions of the brand, each with all below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 1_000))]
    #[schema(max_items = 1_000)]
    pub regions: Vec<RegionId>,
    /// Branches of the brand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 5_000))]
    #[schema(max_items = 5_000)]
    pub branches: Vec<BranchId>,
}

impl CampaignPlaces {
    /// Whether nothing is named, which means the whole brand.
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty() && self.branches.is_empty()
    }
}

objects_only!(CampaignPlaces);
