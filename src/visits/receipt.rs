//! The receipt: what the server signs of a visit that is complete, and how it is checked.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde::{Deserialize, Serialize};

use super::{
    complete::completion,
    find,
    model::{Visit, VisitHead},
    store,
};
use crate::{
    accounts::policy::Scope,
    checklists::manifest::Manifest,
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

/// What is signed: that this visit, with these files, has arrived whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The issuer.
    pub iss: String,
    /// The visit.
    pub visit_id: VisitId,
    /// The digest of what its phone sent, as it is kept.
    pub content_hash: Sha256,
    /// Its files that came, in the order of its manifest.
    pub manifest: Vec<Attested>,
    /// When the last of it arrived, on the server's clock.
    pub completed_at: Instant,
}

/// A file that has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// Made on the phone.
    pub id: EvidenceId,
    /// The digest of its bytes.
    pub sha256: Sha256,
}

impl Receipt {
    /// What there is to say of a visit that was complete at this moment: nothing of the files that it was taken without.
    pub fn new(
        visit_id: VisitId,
        content_hash: Sha256,
        manifest: &Manifest,
        without: &[EvidenceId],
        completed_at: Instant,
    ) -> Self {
        let came = manifest.iter().filter(|file| !without.contains(&file.id));
        let manifest = came.map(|file| Attested { id: file.id, sha256: file.sha256 }).collect();
        Self { iss: ISSUER.to_owned(), visit_id, content_hash, manifest, completed_at }
    }

    /// What there is to say of this visit, which was taken without these files, if it is complete.
    pub fn of(visit: &Visit, without: &[EvidenceId]) -> Option<Self> {
        let VisitHead { id, content_hash, completed_at, .. } = visit.head;
        Some(Self::new(id, content_hash, visit.manifest(), without, completed_at?))
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
/// `not_found` if it is out of scope; `not_complete` if some of it has not arrived.
pub fn receipt(conn: &mut Conn, scope: &Scope, id: VisitId) -> Result<Receipt> {
    let visit = find::visit(conn, scope, id)?;
    let without = if visit.manifest().is_empty() { Vec::new() } else { store::without(conn, id)? };
    match Receipt::of(&visit, &without) {
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

/// Checks a compact JWS against published keys.
///
/// # Errors
/// Why it attests nothing, in words for a person.
pub fn check(jws: &str, keys: &JwkSet) -> std::result::Result<Checked, String> {
    let jws = jws.trim();
    let header = jsonwebtoken::decode_header(jws).map_err(|error| format!("it is no JWS: {error}"))?;
    if header.typ.as_deref() != Some(TYPE) {
        return Err(format!("it is no receipt: its type is not {TYPE}"));
    }
    let kid = header.kid.ok_or("it does not name the key that signed it")?;
    let key = keys.find(&kid).ok_or_else(|| format!("none of the keys is {kid}, which it names"))?;
    let key = DecodingKey::from_jwk(key).map_err(|error| format!("the key {kid} cannot be read: {error}"))?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["iss"]);
    // It is good for ever, and for all audiences.
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode(jws, &key, &validation)
        .map_err(|error| format!("it is not what the key {kid} signed: {error}"))
        .map(|data| Checked { receipt: data.claims, key: kid.clone() })
}
