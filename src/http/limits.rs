//! How often somebody may try to sign in, per account and per address, and how often a session may refresh.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, state::keyed::DashMapStateStore,
};

use crate::{
    clock::Clock,
    error::{Code, Error, Policy, Result},
    ids::SessionId,
};

const fn times(count: u32) -> NonZeroU32 {
    match NonZeroU32::new(count) {
        Some(count) => count,
        None => NonZeroU32::MIN,
    }
}

const PER_ACCOUNT: Policy = Policy { name: "account", burst: times(10), every: 30 };
const PER_ADDRESS: Policy = Policy { name: "address", burst: times(100), every: 1 };
const PER_SESSION: Policy = Policy { name: "session", burst: times(30), every: 10 };

/// Whoever has been quiet long enough is forgotten, all at once, every so many tries.
const TRIES_BETWEEN_SWEEPS: u32 = 1024;

/// The limits on signing in. Counted in memory: each server of a database counts for itself.
#[derive(Clone)]
pub struct SignInLimits {
    accounts: Arc<Limit<String>>,
    addresses: Arc<Limit<IpAddr>>,
    sessions: Arc<Limit<SessionId>>,
}

impl SignInLimits {
    /// Limits that nobody has reached, by this clock.
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

/// Whoever has one IPv6 address has a whole network of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & (u128::MAX << 64)).into()),
    }
}

/// One policy and all who were counted under it of late.
struct Limit<K: Hash + Eq + Clone> {
    policy: Policy,
    limiter: RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>,
    tries: AtomicU32,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(policy: Policy, clock: &Clock) -> Self {
        let quota = Quota::with_period(Duration::from_secs(u64::from(policy.every)))
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(policy.burst);
        let limiter = RateLimiter::dashmap_with_clock(quota, Ticks(clock.clone()));
        Self { policy, limiter, tries: AtomicU32::new(1) }
    }

    fn count(&self, key: &K) -> Result<()> {
        if self.tries.fetch_add(1, Ordering::Relaxed).is_multiple_of(TRIES_BETWEEN_SWEEPS) {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|refused| {
            let wait = refused.wait_time_from(self.limiter.clock().now()).as_secs() + 1;
            Error::new(Code::TooManyRequests).limited(self.policy, wait)
        })
    }
}

/// The program's clock, for `governor`.
#[derive(Clone, Debug)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.ticks()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::types::Instant;

    #[test]
    fn the_quiet_are_forgotten_now_and_then() {
        let clock = Clock::fixed(Instant::from_micros(0));
        let limit = Limit::new(PER_ACCOUNT, &clock);
        let mut largest = 0;
        for i in 0..5_000 {
            assert!(limit.count(&i).is_ok());
            clock.advance(60);
            largest = largest.max(limit.limiter.len());
        }
        assert_eq!(largest, TRIES_BETWEEN_SWEEPS as usize, "they are looked through at every try, or never");
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let of = |text: &str| network(text.parse().unwrap_or(IpAddr::from([0; 4])));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:0:0:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
