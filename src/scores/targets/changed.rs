//! The event that a target was set, changed or deleted.

use serde::{Deserialize, Serialize};

use super::model::Target;
use crate::{
    ids::{AccountId, BrandId, TargetId},
    outbox::Happened,
    scores::model::{PlaceId, PlaceKind},
};

/// A target was set, changed or deleted: the place and the places in it may have another one now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TargetChanged {
    /// The target.
    pub target_id: TargetId,
    /// The brand of the place.
    pub brand_id: BrandId,
    /// What the place is.
    pub place_kind: PlaceKind,
    /// The place.
    pub place_id: PlaceId,
    /// The revision of the target since then.
    pub revision: i64,
    /// Who changed it.
    pub account_id: AccountId,
}

impl TargetChanged {
    /// That this account changed the target into what it is now.
    pub fn new(target: &Target, account_id: AccountId) -> Self {
        let Target { id: target_id, brand: brand_id, revision, place, .. } = *target;
        Self { target_id, brand_id, place_kind: place.kind(), place_id: place.id(), revision, account_id }
    }
}

impl Happened for TargetChanged {
    const KIND: &'static str = "target_changed";

    fn subject(&self) -> String {
        self.target_id.to_string()
    }

    fn step(&self) -> String {
        self.revision.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account_id)
    }
}
