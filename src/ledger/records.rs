//! What the digests of entries are of: canonical JSON, in which what may have to be erased is a digest with a salt.

pub(super) mod visits;

use serde::Serialize;
use serde_json::Value;

use super::model::{Key, Kind};
use crate::{
    db::types::{Id, Instant, Sha256},
    error::{Error, Result},
    ids::{BrandId, KeyId},
    seals::{
        kept::KeptKey,
        salted::{Salt, canonical},
    },
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
    canonical(value).map(|json| Sha256::of(&json)).map_err(Error::internal)
}

/// The digest that is left of a part that was erased, if it stands here in place of the salt.
fn left(salt: &[u8]) -> Option<Sha256> {
    <[u8; 32]>::try_from(salt).ok().map(Sha256::from_bytes)
}

/// The salted digest of a part, or what is left of one that was erased.
fn salted<T: Serialize>(salt: Option<&[u8]>, part: Option<&T>) -> Result<Option<Sha256>> {
    if let Some(left) = salt.and_then(left) {
        return Ok(Some(left));
    }
    let Some(part) = part else { return Ok(None) };
    let salt = salt.and_then(|salt| <[u8; 16]>::try_from(salt).ok());
    let salt = salt.map(Salt::from_bytes).ok_or_else(|| Error::internal("what was sealed has no salt"))?;
    salt.digest(part).map(Some).map_err(Error::internal)
}

/// What rows say: of one row, or of several that belong together.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) key: Key,
    /// Whose it is; zeros for what belongs to no brand.
    pub(super) brand: BrandId,
    /// What stays for good.
    pub(super) stated: Value,
    /// What may have to be erased, if there is such a thing.
    pub(super) personal: Option<Value>,
    /// The salt of that, or the digest that is left of it.
    pub(super) salt: Option<Vec<u8>>,
    /// What else the statement needs that marks it as sealed.
    pub(super) since: Option<Instant>,
}

impl Row {
    pub(super) fn new(key: Key, brand: BrandId, stated: &impl Serialize) -> Result<Self> {
        let stated = serde_json::to_value(stated).map_err(Error::internal)?;
        Ok(Self { key, brand, stated, personal: None, salt: None, since: None })
    }

    /// The same with what may have to be erased.
    pub(super) fn with(self, personal: &impl Serialize, salt: Option<Vec<u8>>) -> Result<Self> {
        let personal = Some(serde_json::to_value(personal).map_err(Error::internal)?);
        Ok(Self { personal, salt, ..self })
    }

    /// The same with what such rows have had since a later migration. The digest of a row that has nothing of it is the one that
    /// it had before.
    pub(super) fn later(mut self, more: &impl Serialize) -> Result<Self> {
        let more = serde_json::to_value(more).map_err(Error::internal)?;
        if !more.as_array().is_some_and(|all| all.iter().all(Value::is_null)) {
            self.stated = Value::Array(vec![self.stated, more]);
        }
        Ok(self)
    }

    /// The same with a new salt for what may have to be erased, unless it was erased.
    ///
    /// # Errors
    /// `internal` if there is no randomness.
    pub(super) fn salted_anew(self) -> Result<Self> {
        if self.personal.is_none() || self.salt.as_deref().and_then(left).is_some() {
            return Ok(self);
        }
        Ok(Self { salt: Some(Salt::new()?.to_bytes().to_vec()), ..self })
    }
}

impl Record for Row {
    fn key(&self) -> Key {
        self.key
    }

    fn digest(&self) -> Result<Sha256> {
        of_json(&(self.brand, &self.stated, salted(self.salt.as_deref(), self.personal.as_ref())?))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::ledger::model::OF_NO_BRAND;

    #[test]
    fn what_came_later_is_in_the_digest_where_it_is_there() {
        let key = Key { kind: Kind::Step, id: Uuid::from_u128(1), number: 1 };
        let row = || Row::new(key, OF_NO_BRAND, &("a", "b")).unwrap();
        let with = |more: (Option<&str>, Option<&str>)| row().later(&more).unwrap().digest().unwrap();
        assert_eq!(with((None, None)), row().digest().unwrap());
        let others = [(Some("c"), None), (None, Some("c")), (Some("c"), Some("d"))].map(with);
        assert!(others.iter().all(|other| *other != row().digest().unwrap()));
        assert!(others[0] != others[1] && others[1] != others[2] && others[0] != others[2]);
    }

    #[test]
    fn what_is_erased_leaves_the_digest_as_it_was() {
        let key = Key { kind: Kind::Account, id: Uuid::from_u128(1), number: 1 };
        let of = |stated: Value, personal: Option<Value>, salt: Option<Vec<u8>>| {
            Row { personal, salt, ..Row::new(key, OF_NO_BRAND, &stated).unwrap() }.digest().ok()
        };
        let (stated, name) = (json!({"disabled": false}), json!({"name": "Ann"}));
        let whole = of(stated.clone(), Some(name.clone()), Some(vec![7; 16]));
        assert!(whole.is_some());
        let left = Salt::from_bytes([7; 16]).digest(&name).unwrap().to_bytes().to_vec();
        assert_eq!(of(stated.clone(), Some(json!({"name": ""})), Some(left.clone())), whole);
        assert_eq!(of(stated.clone(), None, Some(left)), whole);
        for other in [
            of(json!({"disabled": true}), Some(name.clone()), Some(vec![7; 16])),
            of(stated.clone(), Some(json!({"name": "Eve"})), Some(vec![7; 16])),
            of(stated.clone(), Some(name.clone()), Some(vec![8; 16])),
            of(stated.clone(), None, None),
            of(stated, Some(name), None),
        ] {
            assert_ne!(other, whole);
        }
    }
}
