//! The event that a shopper is asked because of an appeal.

use serde::{Deserialize, Serialize};

use super::model::Inquiry;
use crate::{
    db::types::Instant,
    ids::{AccountId, BrandId, InquiryId, VisitId},
    outbox::Happened,
};

/// A reviewer asked a shopper.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShopperAsked {
    /// Which inquiry.
    pub inquiry_id: InquiryId,
    /// The visit that it is about.
    pub visit_id: VisitId,
    /// Whose the visit is.
    pub brand_id: BrandId,
    /// Who is asked.
    pub shopper_id: AccountId,
    /// Until when it is to be answered.
    pub answer_by: Instant,
    /// Who asks.
    pub reviewer_id: AccountId,
}

impl ShopperAsked {
    /// That this was asked about a visit of this brand.
    pub fn new(inquiry: &Inquiry, brand_id: BrandId) -> Self {
        Self {
            inquiry_id: inquiry.id,
            visit_id: inquiry.visit_id,
            brand_id,
            shopper_id: inquiry.shopper_id,
            answer_by: inquiry.answer_by,
            reviewer_id: inquiry.account_id,
        }
    }
}

impl Happened for ShopperAsked {
    const KIND: &'static str = "shopper_asked";

    fn subject(&self) -> String {
        self.visit_id.to_string()
    }

    fn step(&self) -> String {
        self.inquiry_id.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.reviewer_id)
    }
}
