//! Passwords, kept as Argon2id.

use std::sync::{Arc, LazyLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::error::{Code, Error, Result};

/// Each hash takes 19 MiB and a core for some 20 ms, so only so many are computed at once.
const AT_ONCE: usize = 2;

/// Hashes and checks passwords beside the requests.
#[derive(Clone)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// The hash that an unknown address is checked against, so that it takes as long as a known one.
static UNKNOWN: LazyLock<Option<String>> = LazyLock::new(|| hash("no account has this password").ok());

impl Passwords {
    /// The PHC text to keep for a password.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.beside(move || hash(&password)).await?
    }

    /// Whether this is the password. With nothing to compare with it takes the same time, and the answer is no.
    pub async fn matches(&self, password: String, kept: Option<String>) -> Result<bool> {
        self.beside(move || {
            let (against, known) = (kept.as_deref().or(UNKNOWN.as_deref()), kept.is_some());
            against.is_some_and(|against| matches(&password, against)) && known
        })
        .await
    }

    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let permit = Arc::clone(&self.0).acquire_owned().await.map_err(|_| Error::new(Code::Unavailable))?;
        let done = spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(Error::internal)
    }
}

/// Argon2id with 19 MiB, two passes and one lane, as OWASP advises.
fn hash(password: &str) -> Result<String> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(Error::internal)
}

fn matches(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept)
        .is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
}
