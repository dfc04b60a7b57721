//! The secrets of API keys: what they look like, and what is kept of them.

use data_encoding::BASE32_NOPAD;

use crate::{db::types::Sha256, error::Result, seals};

/// How each secret begins, by which scanners find one where none should be.
pub const PREFIX: &str = "incognito_key_";
/// So many characters follow from 32 random bytes.
const RANDOM: usize = 52;
/// So many characters at the end follow from those before.
const CHECK: usize = 7;

/// A secret as a caller sends it: the prefix, 52 characters of chance and 7 that check them, of `a`–`z` and `2`–`7`.
pub struct ApiKeySecret(String);

impl ApiKeySecret {
    /// A new one.
    ///
    /// # Errors
    /// `internal` if there is no chance.
    pub fn draw() -> Result<Self> {
        Ok(Self::of(&seals::random::<32>()?))
    }

    fn of(bytes: &[u8; 32]) -> Self {
        let begun = format!("{PREFIX}{}", written(bytes));
        let check = check(&begun);
        Self(begun + &check)
    }

    /// Whether a credential is meant to be one.
    pub fn is_meant(credential: &str) -> bool {
        credential.starts_with(PREFIX)
    }

    /// Reads one; none if it was not made here, or not copied whole.
    pub fn read(credential: &str) -> Option<Self> {
        let begun = credential.len().checked_sub(CHECK).and_then(|end| credential.get(..end))?;
        let is_whole = begun.len() == PREFIX.len() + RANDOM && Self::is_meant(begun);
        (is_whole && credential.strip_prefix(begun)? == check(begun)).then(|| Self(credential.to_owned()))
    }

    /// What is kept of it.
    pub fn hash(&self) -> Sha256 {
        Sha256::of(self.0.as_bytes())
    }

    /// Shows it, once.
    pub fn show(self) -> String {
        self.0
    }
}

fn written(bytes: &[u8]) -> String {
    BASE32_NOPAD.encode(bytes).to_ascii_lowercase()
}

/// The last characters: the beginning of the digest of all before, as 4 bytes.
fn check(begun: &str) -> String {
    let [a, b, c, d, ..] = Sha256::of(begun.as_bytes()).to_bytes();
    written(&[a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_whole_or_not_at_all() {
        let secret = ApiKeySecret::of(&[7; 32]).show();
        assert_eq!(secret.len(), PREFIX.len() + RANDOM + CHECK);
        assert!(ApiKeySecret::read(&secret).is_some_and(|read| read.hash() == Sha256::of(secret.as_bytes())));
        for at in 0..secret.len() {
            let other = if secret.as_bytes()[at] == b'a' { "b" } else { "a" };
            let altered = format!("{}{other}{}", &secret[..at], &secret[at + 1..]);
            assert!(ApiKeySecret::read(&altered).is_none(), "{altered}");
            assert!(ApiKeySecret::read(&secret[..at]).is_none());
        }
        for wrong in [String::new(), format!("{secret}a"), secret.to_uppercase(), "ключ-ключ".repeat(9)]
        {
            assert!(ApiKeySecret::read(&wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn no_two_are_alike() {
        let drawn = || ApiKeySecret::draw().map(ApiKeySecret::show).unwrap_or_default();
        assert_ne!(drawn(), drawn());
    }
}
