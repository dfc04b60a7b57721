//! Passwords, kept as Argon2id.

pub mod weak;

use std::sync::{Arc, LazyLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{
    error::{Code, Error, Result},
    text::composed,
};

/// Each hash takes 19 MiB and a core for some 20 ms, so only so many are computed at once.
const AT_ONCE: usize = 2;
/// So many are computed or wait for it, which takes less than a second; more are refused.
const PLACES: usize = 64;
/// After how many seconds there is room again.
const ROOM_AGAIN: u64 = 1;

/// Hashes and checks passwords beside the requests.
#[derive(Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self { places: semaphore(PLACES), turns: semaphore(AT_ONCE) }
    }
}

/// The hash that an unknown address is checked against, so that it takes as long as a known one.
static UNKNOWN: LazyLock<Option<String>> = LazyLock::new(|| hash("no account has this password").ok());

/// Whether a password is the one that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It is another.
    None,
    /// It is.
    Same,
    /// It is, and was hashed as it was typed then: the hash is to be renewed.
    AsTyped,
}

impl Passwords {
    /// The PHC text to keep for a password.
    ///
    /// # Errors
    /// `unavailable` if too many wait.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.beside(move || hash(&composed(&password))).await?
    }

    /// Whether this is the password. With nothing to compare with it takes the same time, and the answer is no.
    ///
    /// # Errors
    /// `unavailable` if too many wait.
    pub async fn matches(&self, password: String, kept: Option<String>) -> Result<Match> {
        self.beside(move || {
            let (against, known) = (kept.as_deref().or(UNKNOWN.as_deref()), kept.is_some());
            let found = against.map_or(Match::None, |against| compare(&password, against));
            if known { found } else { Match::None }
        })
        .await
    }

    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            Error::new(Code::Unavailable).because("too many passwords wait to be checked").after(ROOM_AGAIN)
        })?;
        let turn =
            Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Error::new(Code::Unavailable))?;
        let done = spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        done.await.map_err(Error::internal)
    }
}

/// Argon2id with 19 MiB, two passes and one lane, as OWASP advises.
fn hash(password: &str) -> Result<String> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(Error::internal)
}

/// Hashes were once made of passwords as they were typed.
fn compare(password: &str, kept: &str) -> Match {
    let composed = composed(password);
    if matches(&composed, kept) {
        Match::Same
    } else if composed != password && matches(password, kept) {
        Match::AsTyped
    } else {
        Match::None
    }
}

fn matches(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept)
        .is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
}
