//! Names that designers give, by which answers, rules and catalogues find what they are about.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text::storable;
use crate::limits::{Identifier, LimitedText};

/// A name given by the designer: a small letter, then up to 63 small letters, digits and underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(pattern = r"^[^\x00]*$", example = "greeted_in_time")]
pub struct Key(#[serde(deserialize_with = "storable")] String);

impl Key {
    /// Whether it is spelled as a key has to be.
    pub fn is_well_formed(&self) -> bool {
        Identifier::check(&self.0).is_ok()
    }

    /// The key as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Key {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl From<String> for Key {
    fn from(key: String) -> Self {
        Self(key)
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let longest = "k".repeat(64);
        for key in ["a", "a_1", "greeted_in_time", &longest] {
            assert!(Key::from(key).is_well_formed(), "{key}");
        }
        for key in ["", "A", "1a", "_a", "a-b", "a b", "é", "a\n", &format!("{longest}k")] {
            assert!(!Key::from(key).is_well_formed(), "{key}");
        }
    }
}
