//! What of a list is the same, what came and went, and what stands elsewhere.

use std::{collections::HashMap, hash::Hash};

/// Two lists, matched.
pub(super) struct Pairs {
    /// What is only in the new list, by its number in it.
    pub(super) added: Vec<usize>,
    /// What is only in the old list, by its number in it.
    pub(super) removed: Vec<usize>,
    /// What is in both, in the order of the new one.
    pub(super) kept: Vec<Pair>,
}

/// Something that is in both lists.
pub(super) struct Pair {
    /// Its number in the old list.
    pub(super) from: usize,
    /// Its number in the new one.
    pub(super) to: usize,
    /// Whether it stands elsewhere among those that are in both.
    pub(super) moved: bool,
}

impl Pairs {
    /// Matches by key; of several with one key the first with the first, the second with the second.
    pub(super) fn of<'t, T, K: Eq + Hash>(from: &'t [T], to: &'t [T], key: impl Fn(&'t T) -> K) -> Self {
        let mut places: HashMap<K, std::collections::VecDeque<usize>> = HashMap::new();
        for (at, item) in from.iter().enumerate() {
            places.entry(key(item)).or_default().push_back(at);
        }
        let (mut added, mut kept) = (Vec::new(), Vec::new());
        for (at, item) in to.iter().enumerate() {
            match places.get_mut(&key(item)).and_then(std::collections::VecDeque::pop_front) {
                Some(from) => kept.push(Pair { from, to: at, moved: false }),
                None => added.push(at),
            }
        }
        let mut removed: Vec<_> = places.into_values().flatten().collect();
        removed.sort_unstable();
        let places: Vec<_> = kept.iter().map(|pair| pair.from).collect();
        for (pair, moved) in kept.iter_mut().zip(out_of_order(&places)) {
            pair.moved = moved;
        }
        Self { added, removed, kept }
    }
}

/// Which of these different numbers to take out so that the others rise: as few as can be.
pub(super) fn out_of_order(numbers: &[usize]) -> Vec<bool> {
    // For each length, where the rising series of that length ends that ends lowest; and what comes before each.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers.get(*end).is_some_and(|last| last < number));
        before.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter)).copied());
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut moved = vec![true; numbers.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        if let Some(one) = moved.get_mut(at) {
            *one = false;
        }
        next = before.get(at).copied().flatten();
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_as_can_be_have_moved() {
        for (numbers, wanted) in [
            (vec![], vec![]),
            (vec![0, 1, 2], vec![false, false, false]),
            (vec![2, 0, 1], vec![true, false, false]),
            (vec![1, 2, 0], vec![false, false, true]),
            (vec![4, 0, 1, 3, 2], vec![true, false, false, true, false]),
        ] {
            assert_eq!(out_of_order(&numbers), wanted, "{numbers:?}");
        }
    }
}
