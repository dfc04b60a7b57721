//! How long a task waits after a failure.

/// How often a task is tried before it is left dead.
pub const MOST_ATTEMPTS: i32 = 12;
/// The pause after the first failure is up to so many seconds; after each further one up to twice as long.
pub(super) const FIRST_PAUSE: i64 = 30;

/// The pause after this failed attempt, in seconds: between half and all of a time that doubles, so that what failed
/// together is not tried again together.
pub(super) fn after(attempt: i32) -> i64 {
    with(attempt, random())
}

fn with(attempt: i32, random: u32) -> i64 {
    let longest = FIRST_PAUSE << attempt.clamp(1, MOST_ATTEMPTS).saturating_sub(1);
    longest - i64::from(random) % (longest / 2 + 1)
}

fn random() -> u32 {
    let mut bytes = [0; 4];
    // Without randomness the pause is the full one.
    aws_lc_rs::rand::fill(&mut bytes).map_or(0, |()| u32::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::with;

    #[test]
    fn pauses_double_and_differ() {
        assert_eq!((with(1, 0), with(1, 15)), (30, 15));
        assert_eq!((with(4, 0), with(4, 120)), (240, 120));
        for random in 0..10_000 {
            assert!((15..=30).contains(&with(1, random)));
        }
    }
}
