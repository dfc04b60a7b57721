//! How often somebody may try to sign in, per account and per address.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

use crate::error::{Code, Error, Policy, Result};

const fn times(count: u32) -> NonZeroU32 {
    match NonZeroU32::new(count) {
        Some(count) => count,
        None => NonZeroU32::MIN,
    }
}

const PER_ACCOUNT: Policy = Policy { name: "account", burst: times(10), every: 30 };
const PER_ADDRESS: Policy = Policy { name: "address", burst: times(100), every: 1 };

/// The limits on signing in. Counted in memory: each server of a database counts for itself.
#[derive(Clone)]
pub struct SignInLimits {
    accounts: Arc<DefaultKeyedRateLimiter<String>>,
    addresses: Arc<DefaultKeyedRateLimiter<IpAddr>>,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            accounts: Arc::new(RateLimiter::keyed(quota(PER_ACCOUNT))),
            addresses: Arc::new(RateLimiter::keyed(quota(PER_ADDRESS))),
        }
    }
}

impl SignInLimits {
    /// Counts one try with this address and account, known or not.
    ///
    /// # Errors
    /// `too_many_requests`, with how long to wait.
    pub fn count(&self, address: Option<IpAddr>, email: &str) -> Result<()> {
        self.addresses.retain_recent();
        self.accounts.retain_recent();
        if let Some(address) = address {
            check(&self.addresses, &network(address), PER_ADDRESS)?;
        }
        check(&self.accounts, &email.trim().to_lowercase(), PER_ACCOUNT)
    }
}

fn quota(policy: Policy) -> Quota {
    Quota::with_period(Duration::from_secs(u64::from(policy.every)))
        .unwrap_or(Quota::per_second(NonZeroU32::MIN))
        .allow_burst(policy.burst)
}

/// Whoever has one IPv6 address has a whole network of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & (u128::MAX << 64)).into()),
    }
}

fn check<K: std::hash::Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    policy: Policy,
) -> Result<()> {
    limiter.check_key(key).map_err(|refused| {
        let wait = refused.wait_time_from(limiter.clock().now()).as_secs() + 1;
        Error::new(Code::TooManyRequests).limited(policy, wait)
    })
}
