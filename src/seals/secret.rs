//! The secret that keys are kept under: AES-256-GCM, with a key that HKDF makes of the secret.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf::{HKDF_SHA256, Salt},
};

use crate::error::{Error, Result};

/// Fewer characters are guessed.
const SHORTEST: usize = 32;

/// A secret that is not in the database.
#[derive(Clone)]
pub struct Secret(Arc<RandomizedNonceKey>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Reads a secret; white space around it does not count.
    ///
    /// # Errors
    /// What is wrong with it, for a person.
    pub fn of(text: &str) -> std::result::Result<Self, &'static str> {
        let text = text.trim();
        if text.chars().count() < SHORTEST {
            return Err("a secret for keys has 32 random characters or more");
        }
        let made = Salt::new(HKDF_SHA256, b"incognito: the server's keys").extract(text.as_bytes());
        let (mut key, purpose): ([u8; 32], [&[u8]; 1]) = ([0; 32], [b"aes-256-gcm"]);
        let filled = made.expand(&purpose, &AES_256_GCM).and_then(|made| made.fill(&mut key));
        filled.map_err(|_| "the secret cannot be used")?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &key).map_err(|_| "the secret cannot be used")?;
        Ok(Self(Arc::new(key)))
    }

    /// The bytes under the secret, good for this place only.
    ///
    /// # Errors
    /// `internal` if there is no randomness.
    pub(super) fn close(&self, bytes: &[u8], place: &[u8]) -> Result<Vec<u8>> {
        let mut closed = bytes.to_vec();
        let nonce =
            self.0.seal_in_place_append_tag(Aad::from(place), &mut closed).map_err(Error::internal)?;
        Ok([nonce.as_ref().as_slice(), &closed].concat())
    }

    /// What was put under it.
    ///
    /// # Errors
    /// `internal` if it was another secret or another place.
    pub(super) fn open(&self, closed: &[u8], place: &[u8]) -> Result<Vec<u8>> {
        let wrong = || Error::internal("the keys are kept under another secret than the one that is given");
        let (nonce, bytes) = closed.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut bytes = bytes.to_vec();
        let opened = self.0.open_in_place(nonce, Aad::from(place), &mut bytes).map_err(|_| wrong())?;
        Ok(opened.to_vec())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_same_secret_opens_and_only_in_its_place() {
        let of = |text: &str| Secret::of(text).unwrap();
        let (secret, other) = (of(&"a".repeat(32)), of(&"b".repeat(32)));
        let closed = secret.close(b"a key", b"here").unwrap();
        assert!(!closed.windows(5).any(|window| window == b"a key"));
        assert_eq!(secret.open(&closed, b"here").unwrap(), b"a key");
        assert!(secret.open(&closed, b"there").is_err() && other.open(&closed, b"here").is_err());
        assert!(secret.open(&closed[..5], b"here").is_err());
        assert!(Secret::of(&format!(" {} \n", "a".repeat(31))).is_err());
        assert_eq!(of(&format!("{}\n", "a".repeat(32))).open(&closed, b"here").unwrap(), b"a key");
    }
}
