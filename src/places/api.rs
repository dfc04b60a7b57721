//! The addresses of places.

mod branches;
mod brands;
mod file;
mod import;
mod regions;

use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub(in crate::places) use self::file::read_file;
pub use self::{
    branches::*,
    brands::*,
    file::{TableFileBytes, TableParams},
    import::*,
    regions::*,
};
use super::{model::PlaceState, store::PlaceFilter};
use crate::{
    db::types::Instant,
    ids::{BrandId, RegionId},
};

/// Which regions or branches.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlacesParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// Only those in this region, however deep; a region counts as in itself.
    region_id: Option<RegionId>,
    /// Only those that are visited (`active`), or only those that have retired.
    #[param(inline)]
    state: Option<PlaceState>,
}

impl PlacesParams {
    fn filter(self, now: Instant) -> PlaceFilter {
        let state = self.state.map(|state| (state, now));
        PlaceFilter { brand: self.brand_id, within: self.region_id, state }
    }
}
