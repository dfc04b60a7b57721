//! How often something may be tried: per account, per network address, or per another key.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, state::keyed::DashMapStateStore,
};

use crate::{
    clock::Clock,
    error::{Code, Error, Policy, Result},
};

/// A number of tries; none at all counts as one.
pub const fn times(count: u32) -> NonZeroU32 {
    match NonZeroU32::new(count) {
        Some(count) => count,
        None => NonZeroU32::MIN,
    }
}

/// Every so many tries, all keys that have been quiet long enough are forgotten.
const TRIES_BETWEEN_SWEEPS: u32 = 1024;

/// The network that an address counts as: its owner has all of an IPv6 network.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & (u128::MAX << 64)).into()),
    }
}

/// One policy and all who were counted under it of late.
pub struct Limit<K: Hash + Eq + Clone> {
    policy: Policy,
    limiter: RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>,
    tries: AtomicU32,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    /// A limit that nothing has reached, by this clock.
    pub fn new(policy: Policy, clock: &Clock) -> Self {
        let quota = Quota::with_period(Duration::from_secs(u64::from(policy.every)))
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(policy.burst);
        let limiter = RateLimiter::dashmap_with_clock(quota, Ticks(clock.clone()));
        Self { policy, limiter, tries: AtomicU32::new(1) }
    }

    /// Counts one try.
    ///
    /// # Errors
    /// `too_many_requests`, with how long to wait.
    pub fn count(&self, key: &K) -> Result<()> {
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

    const POLICY: Policy = Policy { name: "account", burst: times(10), every: 30 };

    #[test]
    fn the_quiet_are_forgotten_now_and_then() {
        let clock = Clock::fixed(Instant::from_micros(0));
        let limit = Limit::new(POLICY, &clock);
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
