//! The receipt: what the server signs of a visit that is complete, and how it is checked.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde::{Deserialize, Serialize};

use super::{
    complete::completion,
    find,
    model::{Visit, VisitHead},
    parts::Parts,
    store,
    unreadable::unattested,
};
use crate::{
    accounts::policy::Scope,
    checklists::manifest::{Entry, Manifest},
    db::{
        Conn,
        types::{Instant, Sha256},
    },
    error::{Code, Error, Result},
    ids::{EvidenceId, VisitId},
    seals::{ISSUER, Seals},
};

/// The type of the JWS, which tells a receipt from other things that are signed with the same keys.
pub const TYPE: &str = "visit-receipt+jwt";
/// The media type of a compact JWS (RFC 7515).
pub const MEDIA_TYPE: &str = "application/jose";

/// The version of what receipts say. Those of the first visits have none.
pub const VERSION: u32 = 2;

/// What is signed: that this visit, with these files, has arrived whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which rules it is by; none in receipts of the first visits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub v: Option<u32>,
    /// The issuer: the deployment, as its published keys name it. In receipts of the first visits it is `incognito`.
    pub iss: String,
    /// The visit.
    pub visit_id: VisitId,
    /// The digest of the visit as it is kept.
    pub content_hash: Sha256,
    /// Its files that came, in the order of its manifest.
    pub manifest: Vec<AttestedFile>,
    /// When the last of it arrived, on the server's clock.
    pub completed_at: Instant,
    /// Which revision of the visit it is of; none of what came first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i32>,
}

/// A file that has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestedFile {
    /// Made on the phone.
    pub id: EvidenceId,
    /// What stands for its bytes.
    #[serde(flatten)]
    pub by: FileDigest,
}

/// What stands for the bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileDigest {
    /// Their digest: in receipts of the first visits.
    Sha256(Sha256),
    /// The salted digest of their digest, as it stands in what the content's digest is of.
    Salted(Sha256),
}

impl Receipt {
    /// What a deployment has to say of a visit that was complete at this moment: nothing of the files that it was taken
    /// without.
    ///
    /// # Errors
    /// `internal` if a file has no salt.
    pub fn new(
        issuer: &str,
        (visit_id, content_hash): (VisitId, Sha256),
        (manifest, without): (&Manifest, &[EvidenceId]),
        parts: Option<&Parts>,
        completed_at: Instant,
    ) -> Result<Self> {
        let by = |(place, file): (usize, &Entry)| match parts {
            Some(parts) => parts.of_file(place, file).map(FileDigest::Salted),
            None => Ok(FileDigest::Sha256(file.sha256)),
        };
        let came = manifest.iter().enumerate().filter(|(_, file)| !without.contains(&file.id));
        let files = came.map(|(place, file)| Ok(AttestedFile { id: file.id, by: by((place, file))? }));
        Ok(Self {
            v: parts.map(|_| VERSION),
            iss: if parts.is_some() { issuer } else { ISSUER }.to_owned(),
            visit_id,
            content_hash,
            manifest: files.collect::<Result<_>>()?,
            completed_at,
            revision: None,
        })
    }

    /// The same as the receipt of the revision that this is, if it is one: that is whole since it came, at the earliest.
    #[must_use]
    pub fn of_revision(self, visit: &VisitHead) -> Self {
        let since = visit.revised_at.map_or(self.completed_at, |since| since.max(self.completed_at));
        Self { completed_at: since, revision: (visit.revision > 0).then_some(visit.revision), ..self }
    }

    /// What a deployment has to say of this visit, which was taken without these files, if it is complete.
    ///
    /// # Errors
    /// `internal` if a file has no salt.
    pub fn of(issuer: &str, visit: &Visit, without: &[EvidenceId]) -> Result<Option<Self>> {
        let VisitHead { id, content_hash, completed_at, .. } = visit.head;
        let files = (visit.manifest(), without);
        let of = |at| Self::new(issuer, (id, content_hash), files, visit.parts(), at);
        Ok(completed_at.map(of).transpose()?.map(|receipt| receipt.of_revision(&visit.head)))
    }

    /// The receipt as a compact JWS: the same bytes each time, since the key is that of its moment, and Ed25519 is
    /// deterministic.
    ///
    /// # Errors
    /// `internal` if there is no key of that moment.
    pub fn signed(&self, seals: &Seals) -> Result<String> {
        seals.sign(TYPE, self, self.completed_at)
    }
}

/// What there is to attest of a visit, if it is the caller's own or the scope covers its branch.
///
/// # Errors
/// `not_found` if it is out of scope; `not_complete` if some of it has not arrived, or the server cannot read a file that a question
/// needs.
pub fn receipt(conn: &mut Conn, scope: &Scope, issuer: &str, id: VisitId) -> Result<Receipt> {
    let visit = find::visit(conn, scope, id)?;
    let without = if visit.manifest().is_empty() { Vec::new() } else { store::anew::without(conn, id)? };
    let unattested = unattested(conn, &visit)?;
    if !unattested.is_empty() {
        let detail = "the server cannot read these files: send them in another form, and the visit with those in their place";
        let files = unattested.into_iter().map(EvidenceId::uuid);
        return Err(Error::new(Code::NotComplete).detail(detail).missing(files));
    }
    match Receipt::of(issuer, &visit, &without)? {
        Some(receipt) => Ok(receipt),
        None => {
            let missing = completion(conn, &visit)?.missing();
            Err(Error::new(Code::NotComplete).missing(missing.into_iter().map(EvidenceId::uuid)))
        }
    }
}

/// A receipt that one of the keys has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What is attested.
    pub receipt: Receipt,
    /// The id of the key.
    pub key: String,
}

/// Published keys, with whose they are.
#[derive(Clone, Debug, Deserialize)]
pub struct Published {
    /// The keys.
    #[serde(flatten)]
    pub keys: JwkSet,
    /// Who issues receipts with them; it is not said with keys that were kept before receipts had versions.
    pub issuer: Option<String>,
}

/// Checks a compact JWS against published keys.
///
/// # Errors
/// Why it attests nothing, in words for a person.
pub fn check(jws: &str, Published { keys, issuer }: &Published) -> std::result::Result<Checked, String> {
    let jws = jws.trim();
    let header = jsonwebtoken::decode_header(jws).map_err(|error| format!("it is no JWS: {error}"))?;
    if header.typ.as_deref() != Some(TYPE) {
        return Err(format!("it is no receipt: its type is not {TYPE}"));
    }
    let kid = header.kid.ok_or("it does not name the key that signed it")?;
    let key = keys.find(&kid).ok_or_else(|| format!("none of the keys is {kid}, which it names"))?;
    let key = DecodingKey::from_jwk(key).map_err(|error| format!("the key {kid} cannot be read: {error}"))?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["iss"]);
    // It is good for ever, and for all audiences.
    validation.validate_exp = false;
    validation.validate_aud = false;
    let data = jsonwebtoken::decode::<Receipt>(jws, &key, &validation)
        .map_err(|error| format!("it is not what the key {kid} signed: {error}"))?;
    let receipt = data.claims;
    let wanted = match receipt.v {
        None => Some(ISSUER),
        Some(VERSION) => issuer.as_deref(),
        Some(other) => return Err(format!("it is of version {other}, which this program does not know")),
    };
    match wanted {
        Some(wanted) if receipt.iss != wanted => {
            Err(format!("it was issued by {}, and these keys are of {wanted}", receipt.iss))
        }
        _ => Ok(Checked { receipt, key: kid }),
    }
}
