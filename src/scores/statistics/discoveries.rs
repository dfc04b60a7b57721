//! Which of many changes are beyond chance, though so many were looked at.

use super::{Change, Minimum, Spread, Sums};

/// Of those that are named, this share may be chance.
const CHANCE: f64 = 0.05;

/// Which of these p-values are discoveries, with a false discovery rate of 5 %: all up to the greatest one, in order, for which
/// `p₍ᵢ₎ ≤ 0.05·i/m`. Holds for changes that are independent or depend positively.
///
/// Source: Y. Benjamini and Y. Hochberg, Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing,
/// Journal of the Royal Statistical Society B 57 (1995), 289–300.
pub fn discoveries(p_values: &[f64]) -> Vec<bool> {
    let mut sorted = p_values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let all = p_values.len() as f64;
    let is_within = |(rank, p): &(usize, &f64)| **p <= CHANCE * (rank + 1) as f64 / all;
    let last = sorted.iter().enumerate().rfind(is_within).map(|(_, p)| *p);
    p_values.iter().map(|p| last.is_some_and(|last| *p <= last)).collect()
}

/// A place whose mean changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved<K> {
    /// The place, as the caller names it.
    pub key: K,
    /// The visits of the period before.
    pub before: Sums,
    /// Those of the period.
    pub now: Sums,
    /// How far the mean changed.
    pub change: Change,
}

/// Of places with their visits of the period before and of this one, those whose mean changed beyond chance, though so many were compared
/// ([`discoveries`]), in their order. A place whose mean is insufficient in either period is not compared.
pub fn moved<K>(
    places: impl IntoIterator<Item = (K, Sums, Sums)>,
    minimum: Minimum,
    spread: &Spread,
) -> Vec<Moved<K>> {
    let changed = |(key, before, now): (K, Sums, Sums)| {
        if before.insufficient(minimum, spread) || now.insufficient(minimum, spread) {
            return None;
        }
        Some(Moved { change: now.change_since(before, spread)?, key, before, now })
    };
    let changed: Vec<_> = places.into_iter().filter_map(changed).collect();
    let beyond_chance = discoveries(&changed.iter().map(|one| one.change.chance).collect::<Vec<_>>());
    let both = changed.into_iter().zip(beyond_chance);
    both.filter_map(|(one, beyond_chance)| beyond_chance.then_some(one)).collect()
}
