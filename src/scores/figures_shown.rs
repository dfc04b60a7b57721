//! The event that the figures of a brand were taken up.

use serde::{Deserialize, Serialize};

use crate::{db::types::Instant, ids::BrandId, outbox::Happened};

/// What had been counted for a brand was taken up into what the branch's side is shown, and into what the brand lends to its places.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FiguresShown {
    /// The brand.
    pub brand_id: BrandId,
    /// When that began.
    pub shown_at: Instant,
}

impl Happened for FiguresShown {
    const KIND: &'static str = "figures_shown";

    fn subject(&self) -> String {
        self.brand_id.to_string()
    }

    fn step(&self) -> String {
        self.shown_at.micros().to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }
}
