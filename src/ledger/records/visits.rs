//! What is sealed of visits and of their files.

use diesel::{Queryable, Selectable};
use serde::Serialize;

use super::{
    super::model::{Key, Kind},
    Record, key, of_json, salted,
};
use crate::{
    db::{
        schema::{clean_copy, visit, visit_before},
        types::{Instant, Sha256},
    },
    error::{Error, Result},
    ids::{AccountId, AssignmentId, BranchId, BrandId, EvidenceId, VersionId, VisitId},
};

/// A visit as it arrived; where it was sent anew, as it was at first.
#[derive(Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = visit)]
pub(in crate::ledger) struct Arrival {
    assignment_id: AssignmentId,
    pub(in crate::ledger) brand_id: BrandId,
    branch_id: BranchId,
    pub(in crate::ledger) content_hash: Sha256,
    pub(in crate::ledger) id: VisitId,
    made_at: Option<Instant>,
    month: i32,
    pub(in crate::ledger) received_at: Instant,
    pub(in crate::ledger) score: Option<i32>,
    shopper_id: AccountId,
    version_id: VersionId,
}

impl Record for Arrival {
    fn key(&self) -> Key {
        key(Kind::Arrival, self.id)
    }

    fn digest(&self) -> Result<Sha256> {
        of_json(self)
    }
}

/// The moment at which a visit was complete, and the files that it was taken without, in the order of their ids.
#[derive(Debug, Serialize)]
pub(in crate::ledger) struct Completion {
    pub(in crate::ledger) completed_at: Option<Instant>,
    pub(in crate::ledger) id: VisitId,
    pub(in crate::ledger) without: Vec<EvidenceId>,
}

impl Record for Completion {
    fn key(&self) -> Key {
        key(Kind::Completion, self.id)
    }

    fn digest(&self) -> Result<Sha256> {
        of_json(self)
    }
}

/// A content that a visit had.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = visit_before)]
pub(in crate::ledger) struct Had {
    pub(in crate::ledger) visit_id: VisitId,
    pub(in crate::ledger) content_hash: Sha256,
    pub(in crate::ledger) score: Option<i32>,
    pub(in crate::ledger) replaced_at: Instant,
    pub(in crate::ledger) sealed: bool,
}

/// What took the place of a visit's content, when it was sent anew.
#[derive(Debug, Serialize)]
pub(in crate::ledger) struct Replacement {
    #[serde(skip)]
    pub(in crate::ledger) brand: BrandId,
    pub(in crate::ledger) content_hash: Sha256,
    pub(in crate::ledger) number: i32,
    pub(in crate::ledger) replaced_at: Instant,
    pub(in crate::ledger) score: Option<i32>,
    #[serde(skip)]
    pub(in crate::ledger) sealed: bool,
    pub(in crate::ledger) visit_id: VisitId,
}

impl Record for Replacement {
    fn key(&self) -> Key {
        Key { number: self.number, ..key(Kind::Replacement, self.visit_id) }
    }

    fn digest(&self) -> Result<Sha256> {
        of_json(self)
    }
}

/// A file as it was read: all of it may have to be erased.
#[derive(Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = clean_copy)]
pub(in crate::ledger) struct FileRead {
    camera: Option<String>,
    pub(in crate::ledger) evidence_id: EvidenceId,
    height: Option<i32>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    look: Option<i64>,
    pub(in crate::ledger) made_at: Instant,
    media_type: Option<String>,
    problem: Option<String>,
    #[serde(skip)]
    pub(in crate::ledger) salt: Option<Vec<u8>>,
    seconds: Option<i32>,
    sha256: Option<Sha256>,
    size: Option<i64>,
    taken_at: Option<String>,
    thumbnail_sha256: Option<Sha256>,
    width: Option<i32>,
}

impl Record for FileRead {
    fn key(&self) -> Key {
        key(Kind::Copy, self.evidence_id)
    }

    fn digest(&self) -> Result<Sha256> {
        // As text, because a look has more digits than a number of JSON keeps.
        let text = serde_json::to_string(self).map_err(Error::internal)?;
        salted(self.salt.as_deref(), Some(&text))?.ok_or_else(|| Error::internal("a copy has no digest"))
    }
}
