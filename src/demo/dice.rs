//! Chance that falls the same way every time, and ids made from names: so the demo can be loaded twice.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// The id of the thing of this name: always the same one.
pub(super) fn id(name: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&seed(name)[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// The id of the thing of this name that was made then: always the same one, and it lies among those of its time (UUID, version 7).
pub(super) fn id_at(name: &str, at: Timestamp) -> Uuid {
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&seed(name)[..10]);
    Builder::from_unix_timestamp_millis(at.as_millisecond().unsigned_abs(), &bytes).into_uuid()
}

fn seed(name: &str) -> [u8; 32] {
    let mut seed = [0; 32];
    seed.copy_from_slice(digest(&SHA256, format!("incognito demo: {name}").as_bytes()).as_ref());
    seed
}

/// A sequence of numbers that look like chance (SplitMix64), and are the same for the same name.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(name: &str) -> Self {
        Self(seed(name).iter().take(8).fold(0, |state, byte| state << 8 | u64::from(*byte)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to and without `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Something from `from` up to and without `to`.
    pub(super) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Happens with this probability.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.between(0.0, 1.0) < probability
    }

    /// One of them; the first if there is no other.
    pub(super) fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len() as u64) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_is_the_same_chance_and_another_is_not() {
        let throw = |name| Dice::of(name).next();
        assert_eq!(throw("a"), throw("a"));
        assert_ne!(throw("a"), throw("b"));
        assert_eq!(id("a"), id("a"));
        assert_ne!(id("a"), id("b"));
    }

    #[test]
    fn chance_is_fair_enough() {
        let mut dice = Dice::of("fair");
        let heads = (0..10_000).filter(|_| dice.happens(0.3)).count();
        assert!((2_850..3_150).contains(&heads), "{heads}");
        assert!((0..1_000).all(|_| dice.below(7) < 7));
    }
}
