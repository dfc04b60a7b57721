//! Salted digests: what stands for a part that may have to be erased. The part goes together with its salt; then trying
//! does not show what it was, and all that was signed over its digest stays true.

use std::fmt;

use data_encoding::BASE64URL_NOPAD as BASE64URL;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::{
    db::types::Sha256,
    error::{Error, Result},
    seals::random,
};

/// How many bytes a salt has.
const LENGTH: usize = 16;

/// What is random in a salted digest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; LENGTH]);

impl Salt {
    /// A new one.
    ///
    /// # Errors
    /// `internal` if there is no randomness.
    pub fn new() -> Result<Self> {
        random().map(Self)
    }

    /// So many new ones.
    ///
    /// # Errors
    /// `internal` if there is no randomness.
    pub fn some(count: usize) -> Result<Vec<Self>> {
        let mut bytes = vec![0; LENGTH * count];
        aws_lc_rs::rand::fill(&mut bytes).map_err(Error::internal)?;
        Ok(bytes.as_chunks().0.iter().copied().map(Self).collect())
    }

    /// The salt that has these bytes.
    pub const fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn to_bytes(self) -> [u8; LENGTH] {
        self.0
    }

    /// The digest of a part with this salt: the SHA-256 of the canonical JSON of `[salt, part]`.
    ///
    /// # Errors
    /// If the part cannot be JSON.
    pub fn digest(self, part: &impl Serialize) -> serde_json::Result<Sha256> {
        canonical(&(self, part)).map(|json| Sha256::of(&json))
    }
}

/// The canonical JSON of a value (RFC 8785).
///
/// # Errors
/// If it cannot be JSON.
pub fn canonical(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value)
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL.encode(&self.0))
    }
}

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64URL.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        let bytes = BASE64URL.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| D::Error::custom("a salt is 16 bytes in base64url"))
    }
}

impl PartialSchema for Salt {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[A-Za-z0-9_-]{22}$"))
            .description(Some("A salt: 16 random bytes in base64url."))
            .into()
    }
}

impl ToSchema for Salt {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_salted_digest_is_of_the_canonical_pair() {
        let salt = Salt::from_bytes([0xfb; 16]);
        let part = json!({"b": 1e-7, "a": "é\u{1f}"});
        let text = "[\"-_v7-_v7-_v7-_v7-_v7-w\",{\"a\":\"é\\u001f\",\"b\":1e-7}]";
        assert_eq!(String::from_utf8(canonical(&(salt, &part)).unwrap()).unwrap(), text);
        assert_eq!(salt.digest(&part).unwrap(), Sha256::of(text.as_bytes()));
        assert_eq!(serde_json::from_str::<Salt>("\"-_v7-_v7-_v7-_v7-_v7-w\"").unwrap(), salt);
        for wrong in ["", "-_v7-_v7-_v7-_v7-_v7", "-_v7-_v7-_v7-_v7-_v7-_v7", "+/v7+/v7+/v7+/v7+/v7+w"] {
            assert!(serde_json::from_value::<Salt>(json!(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_two_salts_are_alike() {
        let salts = Salt::some(9).unwrap();
        assert!((1..9).all(|one| !salts[..one].contains(&salts[one])), "{salts:?}");
    }
}
