//! Which of many changes are beyond chance, though so many were looked at.

use super::{Change, Minimum, Spread, Sums, Tail};

/// Of what is named on one side this share may be chance: half of 5 %. So what is named lies beyond that end of its interval of 95 %, and of both sides
/// together 5 % may be chance.
pub const ON_ONE_SIDE: f64 = 0.025;

/// Which of these p-values are discoveries, with this false discovery rate: all up to the greatest one, in order, for which
/// `p₍ᵢ₎ ≤ rate·i/m`. Holds for changes that are independent or depend positively. Where one side alone is asked for, the p-values are of that side: else
/// places that are far out on the other one would make it easier to be named.
///
/// Source: Y. Benjamini and Y. Hochberg, Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing,
/// Journal of the Royal Statistical Society B 57 (1995), 289–300.
pub fn discoveries(p_values: &[f64], rate: f64) -> Vec<bool> {
    let mut sorted = p_values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let all = p_values.len() as f64;
    let is_within = |(rank, p): &(usize, &f64)| **p <= rate * (rank + 1) as f64 / all;
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

/// Of places with their visits of the period before and of this one, those whose mean changed to this side beyond chance, though so many were compared
/// ([`discoveries`]), in their order. A place whose mean is insufficient in either period is not compared.
pub fn moved<K>(
    places: impl IntoIterator<Item = (K, Sums, Sums)>,
    minimum: Minimum,
    spread: &Spread,
    tail: Tail,
) -> Vec<Moved<K>> {
    let is_sufficient = |sums: &Sums| !sums.insufficient(minimum, spread);
    let is_compared = |(_, before, now): &(K, Sums, Sums)| is_sufficient(before) && is_sufficient(now);
    let changed = |(key, before, now): (K, Sums, Sums)| {
        Some(Moved { change: now.change_since(before, spread)?, key, before, now })
    };
    let changed: Vec<_> = places.into_iter().filter(is_compared).filter_map(changed).collect();
    let chances: Vec<_> = changed.iter().map(|one| one.change.chance_on(tail)).collect();
    let is_named = |(one, is_beyond_chance): &(Moved<K>, bool)| *is_beyond_chance && one.change.is_on(tail);
    let both = changed.into_iter().zip(discoveries(&chances, ON_ONE_SIDE));
    both.filter(is_named).map(|(one, _)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(score: i32) -> Sums {
        (0..3).fold(Sums::default(), |sums, _| sums.plus(Sums::of(score)))
    }

    /// Chance makes a fall of 1500 with a standard error of 639 in 1.05 of 100 cases: that is enough for one place of two (1.25), and not for one of four
    /// (0.625). If what rose counted as well, it would be the fourth discovery of four.
    #[test]
    fn what_rose_makes_it_no_easier_to_have_fallen() {
        let fell = ("fell", sums(9_500), sums(8_000));
        let rose = |name| (name, sums(2_000), sums(9_000));
        let of = |places: Vec<(&'static str, Sums, Sums)>, tail| -> Vec<_> {
            let moved = moved(places, Minimum::of_visits(3), &Spread::of_deviation(800), tail);
            moved.into_iter().map(|one| one.key).collect()
        };
        assert_eq!(of(vec![fell, ("same", sums(5_000), sums(5_000))], Tail::Lower), ["fell"]);
        let among = vec![rose("x"), fell, rose("y"), rose("z")];
        assert_eq!(of(among.clone(), Tail::Lower), [""; 0]);
        assert_eq!(of(among, Tail::Upper), ["x", "y", "z"]);
    }

    #[test]
    fn what_is_insufficient_is_not_compared() {
        let two = sums(0).minus(Sums::of(0));
        let places = [("before", two, sums(9_000)), ("now", sums(0), two), ("both", sums(0), sums(9_000))];
        let found = moved(places, Minimum::of_visits(3), &Spread::of_deviation(800), Tail::Upper);
        assert_eq!(found.iter().map(|one| one.key).collect::<Vec<_>>(), ["both"]);
    }
}
