//! How often a caller may try to sign in, per account and per address, and how often a session may refresh.

use std::{net::IpAddr, sync::Arc};

use crate::{
    clock::Clock,
    error::{Policy, Result},
    http::limits::{Limit, network, times},
    ids::SessionId,
};

const PER_ACCOUNT: Policy = Policy { name: "account", burst: times(10), every: 30 };
const PER_ADDRESS: Policy = Policy { name: "address", burst: times(100), every: 1 };
const PER_SESSION: Policy = Policy { name: "session", burst: times(30), every: 10 };

/// The limits on signing in. Counted in memory: each server of a database counts for itself.
#[derive(Clone)]
pub struct SignInLimits {
    accounts: Arc<Limit<String>>,
    addresses: Arc<Limit<IpAddr>>,
    sessions: Arc<Limit<SessionId>>,
}

impl SignInLimits {
    /// Limits that no caller has reached, by this clock.
    pub fn new(clock: &Clock) -> Self {
        Self {
            accounts: Arc::new(Limit::new(PER_ACCOUNT, clock)),
            addresses: Arc::new(Limit::new(PER_ADDRESS, clock)),
            sessions: Arc::new(Limit::new(PER_SESSION, clock)),
        }
    }

    /// Counts one try with this address and account, known or not.
    ///
    /// # Errors
    /// `too_many_requests`, with how long to wait.
    pub fn count(&self, address: Option<IpAddr>, email: &str) -> Result<()> {
        if let Some(address) = address {
            self.addresses.count(&network(address))?;
        }
        self.accounts.count(&email.trim().to_lowercase())
    }

    /// Counts one refresh of this session.
    ///
    /// # Errors
    /// `too_many_requests`, with how long to wait.
    pub fn count_refresh(&self, session: SessionId) -> Result<()> {
        self.sessions.count(&session)
    }
}
