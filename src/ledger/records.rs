//! What the digests of entries are of: the JSON of these types. Their members stand in the order of their names, and what
//! may have to be erased is in a digest with a salt.

use diesel::{Queryable, Selectable};
use serde::Serialize;
use serde_json::Value;

use super::model::{Key, Kind};
use crate::{
    db::{
        schema::{access_grant, checklist_version, clean_copy, event, visit, visit_before, visit_step},
        types::{Id, Instant, Json, Sha256},
    },
    error::{Error, Result},
    ids::{
        AccountId, AssignmentId, BranchId, BrandId, ChecklistId, EventId, EvidenceId, GrantId, KeyId,
        RegionId, VersionId, VisitId,
    },
    seals::{kept::KeptKey, salted::Salt},
};

/// A record that is sealed.
pub(super) trait Record {
    /// Which it is.
    fn key(&self) -> Key;

    /// Its digest.
    ///
    /// # Errors
    /// `internal` if it has none.
    fn digest(&self) -> Result<Sha256>;
}

fn key<T>(kind: Kind, id: Id<T>) -> Key {
    Key { kind, id: id.uuid(), number: 0 }
}

fn of_json(value: &impl Serialize) -> Result<Sha256> {
    Sha256::of_json(value).map_err(Error::internal)
}

/// A visit as it arrived; where it was sent anew, as it was at first.
#[derive(Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = visit)]
pub(super) struct Arrival {
    assignment_id: AssignmentId,
    pub(super) brand_id: BrandId,
    branch_id: BranchId,
    pub(super) content_hash: Sha256,
    pub(super) id: VisitId,
    made_at: Option<Instant>,
    month: i32,
    pub(super) received_at: Instant,
    pub(super) score: Option<i32>,
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
pub(super) struct Completion {
    pub(super) completed_at: Option<Instant>,
    pub(super) id: VisitId,
    pub(super) without: Vec<EvidenceId>,
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
pub(super) struct Had {
    pub(super) visit_id: VisitId,
    pub(super) content_hash: Sha256,
    pub(super) score: Option<i32>,
    pub(super) replaced_at: Instant,
    pub(super) sealed: bool,
}

/// What took the place of a visit's content, when it was sent anew.
#[derive(Debug, Serialize)]
pub(super) struct Replacement {
    #[serde(skip)]
    pub(super) brand: BrandId,
    pub(super) content_hash: Sha256,
    pub(super) number: i32,
    pub(super) replaced_at: Instant,
    pub(super) score: Option<i32>,
    #[serde(skip)]
    pub(super) sealed: bool,
    pub(super) visit_id: VisitId,
}

impl Record for Replacement {
    fn key(&self) -> Key {
        Key { number: self.number, ..key(Kind::Replacement, self.visit_id) }
    }

    fn digest(&self) -> Result<Sha256> {
        of_json(self)
    }
}

/// A step that a person took with a visit.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = visit_step)]
pub(super) struct Step {
    pub(super) visit_id: VisitId,
    pub(super) number: i32,
    from_state: String,
    to_state: String,
    account_id: AccountId,
    pub(super) reason: Option<String>,
    taken_at: Instant,
    pub(super) salt: Option<Vec<u8>>,
}

#[derive(Serialize)]
struct SealedStep<'s> {
    account_id: AccountId,
    from_state: &'s str,
    number: i32,
    reason: Option<Sha256>,
    taken_at: Instant,
    to_state: &'s str,
    visit_id: VisitId,
}

impl Record for Step {
    fn key(&self) -> Key {
        Key { number: self.number, ..key(Kind::Step, self.visit_id) }
    }

    fn digest(&self) -> Result<Sha256> {
        let Self { visit_id, number, from_state, to_state, account_id, reason, taken_at, salt } = self;
        of_json(&SealedStep {
            account_id: *account_id,
            from_state,
            number: *number,
            reason: salted(salt.as_deref(), reason.as_ref())?,
            taken_at: *taken_at,
            to_state,
            visit_id: *visit_id,
        })
    }
}

/// The salted digest of a part, or what is left of one that was erased.
fn salted<T: Serialize>(salt: Option<&[u8]>, part: Option<&T>) -> Result<Option<Sha256>> {
    if let Some(left) = salt.and_then(|left| <[u8; 32]>::try_from(left).ok()) {
        return Ok(Some(Sha256::from_bytes(left)));
    }
    let Some(part) = part else { return Ok(None) };
    let salt = salt.and_then(|salt| <[u8; 16]>::try_from(salt).ok());
    let salt = salt.map(Salt::from_bytes).ok_or_else(|| Error::internal("what was sealed has no salt"))?;
    salt.digest(part).map(Some).map_err(Error::internal)
}

/// A published checklist version.
#[derive(Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = checklist_version)]
pub(super) struct Version {
    #[serde(serialize_with = "json")]
    bindings: Json<Value>,
    pub(super) brand_id: BrandId,
    checklist_id: ChecklistId,
    content_hash: Sha256,
    pub(super) id: VersionId,
    number: i32,
    published_at: Instant,
    published_by: AccountId,
}

impl Record for Version {
    fn key(&self) -> Key {
        key(Kind::Version, self.id)
    }

    fn digest(&self) -> Result<Sha256> {
        of_json(self)
    }
}

fn json<S: serde::Serializer>(value: &Json<Value>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    value.0.serialize(serializer)
}

/// A file as it was read: all of it may have to be erased.
#[derive(Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = clean_copy)]
pub(super) struct FileRead {
    camera: Option<String>,
    pub(super) evidence_id: EvidenceId,
    height: Option<i32>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    look: Option<i64>,
    pub(super) made_at: Instant,
    media_type: Option<String>,
    problem: Option<String>,
    #[serde(skip)]
    pub(super) salt: Option<Vec<u8>>,
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

/// Something that happened.
#[derive(Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = event)]
pub(super) struct Event {
    account_id: Option<AccountId>,
    at: Instant,
    pub(super) brand_id: Option<BrandId>,
    pub(super) id: EventId,
    kind: String,
    #[serde(serialize_with = "json")]
    payload: Json<Value>,
    subject: String,
}

impl Record for Event {
    fn key(&self) -> Key {
        key(Kind::Event, self.id)
    }

    fn digest(&self) -> Result<Sha256> {
        of_json(self)
    }
}

/// A key of the server; of the key itself only a digest, out from under the secret that it may be kept under.
#[derive(Serialize)]
struct SealedKey {
    created_at: Instant,
    id: KeyId,
    material: Sha256,
    purpose: &'static str,
}

impl Record for KeptKey {
    fn key(&self) -> Key {
        key(Kind::Key, self.id)
    }

    fn digest(&self) -> Result<Sha256> {
        let material = self.digest.ok_or_else(|| Error::internal("the key cannot be opened"))?;
        let Self { id, created_at, purpose, .. } = *self;
        of_json(&SealedKey { created_at, id, material, purpose: purpose.as_str() })
    }
}

/// A role over a scope, as it was given to an account.
#[derive(Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = access_grant)]
pub(super) struct Grant {
    account_id: AccountId,
    branch_id: Option<BranchId>,
    pub(super) brand_id: Option<BrandId>,
    created_at: Instant,
    pub(super) id: GrantId,
    region_id: Option<RegionId>,
    role: String,
}

impl Record for Grant {
    fn key(&self) -> Key {
        key(Kind::Grant, self.id)
    }

    fn digest(&self) -> Result<Sha256> {
        of_json(self)
    }
}
