//! The event that an issue of a digest is here.

use serde::{Deserialize, Serialize};

use super::model::DigestIssue;
use crate::{
    ids::{AccountId, BrandId, DigestId, DigestIssueId},
    outbox::Happened,
};

/// An issue of a digest can be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DigestIssued {
    /// The issue.
    pub issue_id: DigestIssueId,
    /// The digest.
    pub digest_id: DigestId,
    /// The brand of its place.
    pub brand_id: BrandId,
    /// For whom it is.
    pub for_account_id: AccountId,
}

impl DigestIssued {
    /// That this issue is here.
    pub fn new(issue: &DigestIssue) -> Self {
        let DigestIssue { id: issue_id, digest_id, brand_id, account_id: for_account_id, .. } = *issue;
        Self { issue_id, digest_id, brand_id, for_account_id }
    }
}

impl Happened for DigestIssued {
    const KIND: &'static str = "digest_issued";

    fn subject(&self) -> String {
        self.digest_id.to_string()
    }

    fn step(&self) -> String {
        self.issue_id.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }
}
