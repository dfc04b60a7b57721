//! How often a caller may try to sign in, and how often a session may refresh.
//!
//! Tries are counted for account and network together, so that a stranger closes nobody's account. What many networks try
//! together has a ceiling for each account; a device that signed in before is counted apart from all of that.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    clock::Clock,
    db::types::Sha256,
    error::{Policy, Result},
    http::limits::{Limit, network, times},
    ids::{AccountId, SessionId},
};

const PER_ADDRESS: Policy = Policy { name: "address", burst: times(100), every: 1 };
/// Tries with API keys that are not known to be good. People of the same network sign in beside them.
const KEYS_PER_ADDRESS: Policy = Policy { name: "api-key", burst: times(100), every: 1 };
const PER_ACCOUNT_AND_NETWORK: Policy = Policy { name: "account", burst: times(10), every: 30 };
/// Three networks that try without end reach it.
const PER_ACCOUNT: Policy = Policy { name: "account-everywhere", burst: times(100), every: 10 };
const KNOWN_DEVICES: Policy = Policy { name: "device", burst: times(20), every: 30 };
const PER_SESSION: Policy = Policy { name: "session", burst: times(30), every: 10 };

/// The limits on signing in. Counted in memory: each server of a database counts for itself.
#[derive(Clone)]
pub struct SignInLimits(Arc<Limits>);

struct Limits {
    addresses: Limit<Option<IpAddr>>,
    pairs: Limit<(String, Option<IpAddr>)>,
    accounts: Limit<String>,
    devices: Limit<AccountId>,
    sessions: Limit<SessionId>,
    key_addresses: Limit<Option<IpAddr>>,
    /// The hashes of API keys that were good.
    keys: RwLock<HashSet<Sha256>>,
}

/// When so many keys are known, they are forgotten.
const MOST_KEYS: usize = 10_000;

impl SignInLimits {
    /// Limits that no caller has reached, by this clock.
    pub fn new(clock: &Clock) -> Self {
        Self(Arc::new(Limits {
            addresses: Limit::new(PER_ADDRESS, clock),
            pairs: Limit::new(PER_ACCOUNT_AND_NETWORK, clock),
            accounts: Limit::new(PER_ACCOUNT, clock),
            devices: Limit::new(KNOWN_DEVICES, clock),
            sessions: Limit::new(PER_SESSION, clock),
            key_addresses: Limit::new(KEYS_PER_ADDRESS, clock),
            keys: RwLock::default(),
        }))
    }

    /// Counts one try from there with this address of an account, known or not. What is refused for its network does not
    /// count against the account.
    ///
    /// # Errors
    /// `too_many_requests`, with how long to wait.
    pub fn count(&self, from: Option<IpAddr>, email: &str) -> Result<()> {
        let from = from.map(network);
        self.0.addresses.count(&from)?;
        self.0.pairs.count(&(email.to_owned(), from))?;
        self.0.accounts.count(&email.to_owned())
    }

    /// Counts one try of a device that signed in to this account before.
    ///
    /// # Errors
    /// `too_many_requests`, with how long to wait.
    pub fn count_known(&self, account: AccountId) -> Result<()> {
        self.0.devices.count(&account)
    }

    /// Counts one refresh of this session.
    ///
    /// # Errors
    /// `too_many_requests`, with how long to wait.
    pub fn count_refresh(&self, session: SessionId) -> Result<()> {
        self.0.sessions.count(&session)
    }

    /// Counts one try with an API key that is not known to be good, from there.
    ///
    /// # Errors
    /// `too_many_requests`, with how long to wait.
    pub fn count_key(&self, from: Option<IpAddr>) -> Result<()> {
        self.0.key_addresses.count(&from.map(network))
    }

    /// Whether the API key with this hash was good before: then strangers of the same network do not lock it out.
    pub fn knows_key(&self, hash: Sha256) -> bool {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner).contains(&hash)
    }

    /// The API key with this hash is good.
    pub fn know_key(&self, hash: Sha256) {
        if self.knows_key(hash) {
            return;
        }
        let mut keys = self.0.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MOST_KEYS {
            keys.clear();
        }
        keys.insert(hash);
    }

    /// The API key with this hash, which was good, is good no longer: tries with it count.
    pub fn forget_key(&self, hash: Sha256) {
        self.0.keys.write().unwrap_or_else(PoisonError::into_inner).remove(&hash);
    }
}
