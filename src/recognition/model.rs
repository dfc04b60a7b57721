//! What is recognised: nothing that may be chance.

use std::cmp::Reverse;

use crate::{
    actions::compliance::PROPOSED_BELOW,
    scores::statistics::{Minimum, Moved, Proportion, Ranked, Spread, Sums, Tail, moved},
};

/// A standard is mastered if surely no fewer visits keep it than this share, in basis points: where fewer do, a training is proposed.
pub const MASTERED_FROM: i64 = PROPOSED_BELOW;
/// With fewer visits nothing can be mastered, even if all keep it.
pub const FEWEST: i64 = 16;

/// The branches of a ranking that may hold its first rank: one alone if it is surely better than all others, and else all of which none
/// is surely better. In the order of the ranking.
pub fn best<K>(ranking: Vec<Ranked<K>>) -> Vec<Ranked<K>> {
    ranking.into_iter().filter(|one| one.rank.is_some_and(|rank| rank.best == 1)).collect()
}

/// Of the branches with their visits of the period before and of this one, those that improved most: whose mean rose beyond chance,
/// though so many branches were looked at ([`moved`]), and of which none surely rose more than they did. A branch with too few visits in either period is none of them. The greatest change comes
/// first, and of equal ones that which came first.
pub fn most_improved<K>(
    branches: impl IntoIterator<Item = (K, Sums, Sums)>,
    minimum: Minimum,
    spread: &Spread,
) -> Vec<Moved<K>> {
    let mut improved = moved(branches, minimum, spread, Tail::Upper);
    let surest = improved.iter().map(|one| one.change.low).max();
    improved.retain(|one| Some(one.change.high) >= surest);
    improved.sort_by_key(|one| Reverse(one.change.difference));
    improved
}

/// Whether a standard is mastered that so many visits kept: the lower end of the interval of their share is high enough.
pub fn is_mastered(kept: Proportion, minimum: i64) -> bool {
    !kept.insufficient(minimum) && kept.interval().is_some_and(|(low, _)| low >= MASTERED_FROM)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::statistics::rank;

    fn sums(scores: &[i32]) -> Sums {
        scores.iter().fold(Sums::default(), |sums, score| sums.plus(Sums::of(*score)))
    }

    fn names<K: Copy>(of: &[Moved<K>]) -> Vec<K> {
        of.iter().map(|one| one.key).collect()
    }

    #[test]
    fn the_best_is_one_or_all_that_are_tied_for_it() {
        let best_of = |places: &[(&'static str, Sums)]| -> Vec<_> {
            best(rank(places, Minimum::of_visits(3), &Spread::of_deviation(200)))
                .into_iter()
                .map(|one| one.key)
                .collect()
        };
        let high = ("high", sums(&[9_000, 9_010, 9_020]));
        let tied = ("tied", sums(&[8_990, 9_005, 9_020]));
        let low = ("low", sums(&[1_000, 1_010, 1_020]));
        let few = ("few", sums(&[10_000, 10_000]));
        assert_eq!(best_of(&[low, few, high]), ["high"]);
        assert_eq!(best_of(&[low, tied, few, high]), ["high", "tied"]);
        assert_eq!(best_of(&[low]), ["low"]);
        assert_eq!(best_of(&[few]), [""; 0]);
        assert_eq!(best_of(&[]), [""; 0]);
    }

    #[test]
    fn who_improved_most_did_so_beyond_chance() {
        let poor = sums(&[1_250, 1_250, 1_250]);
        let much = ("much", poor, sums(&[10_000, 10_000, 8_750]));
        let as_much = ("as much", sums(&[0, 0, 1_250]), sums(&[10_000, 10_000, 10_000]));
        let less = ("less", sums(&[8_333, 8_333, 8_750]), sums(&[10_000, 10_000, 10_000]));
        let chance = ("chance", sums(&[8_750, 8_750, 7_500]), sums(&[8_750, 8_750, 8_750]));
        let few_before = ("few before", sums(&[0, 10]), sums(&[9_000, 9_010, 9_020]));
        let few_now = ("few now", sums(&[0, 10, 20]), sums(&[9_000, 9_010]));
        let worse = ("worse", sums(&[10_000, 10_000, 8_750]), poor);
        let most = |of: &[(&'static str, Sums, Sums)]| {
            names(&most_improved(of.to_vec(), Minimum::of_visits(3), &Spread::of_deviation(800)))
        };
        assert_eq!(most(&[chance, less, few_before, few_now]), ["less"]);
        assert_eq!(
            most(&[chance, less, worse]),
            [""; 0],
            "what got worse makes it no easier to have improved"
        );
        assert_eq!(most(&[less, much]), ["much"]);
        assert_eq!(most(&[chance, less, much, worse, as_much]), ["as much", "much"]);
        assert_eq!(most(&[chance, worse, few_now]), [""; 0]);
        // The minimum is the brand's.
        assert_eq!(
            names(&most_improved([few_before, few_now], Minimum::of_visits(2), &Spread::of_deviation(800))),
            ["few before", "few now"]
        );
    }

    /// Of 40 branches one is that much better by chance alone.
    #[test]
    fn of_many_branches_one_improves_by_chance() {
        let (before, same) = (sums(&[8_000; 3]), sums(&[8_000; 3]));
        let better = ("better", before, sums(&[9_500; 3]));
        let alone = most_improved([better], Minimum::of_visits(3), &Spread::of_deviation(800));
        assert!(alone.len() == 1 && alone[0].change.chance > 0.02, "{alone:?}");
        let all = std::iter::once(better).chain((0..39).map(|_| ("same", before, same)));
        assert_eq!(names(&most_improved(all, Minimum::of_visits(3), &Spread::of_deviation(800))), [""; 0]);
        // Not so if they are many.
        let all = std::iter::repeat_n(better, 20).chain((0..20).map(|_| ("same", before, same)));
        assert_eq!(most_improved(all, Minimum::of_visits(3), &Spread::of_deviation(800)).len(), 20);
    }

    /// The lower ends of Wilson's interval: 15 of 15 is 79.61 %, 16 of 16 is 80.64 %, 25 of 26 is 81.11 %, 24 of 25 is 80.46 % and 23 of
    /// 24 is 79.76 %, by scipy (`binomtest(k, n).proportion_ci(method='wilson')`).
    #[test]
    fn what_is_mastered_is_kept_beyond_doubt() {
        let cases = [(15, 15, false), (16, 16, true), (25, 26, true), (24, 25, true), (23, 24, false)];
        for (hits, n, mastered) in cases {
            assert_eq!(is_mastered(Proportion { n, hits }, 3), mastered, "{hits} of {n}");
        }
        assert!(!is_mastered(Proportion { n: 16, hits: 16 }, 17), "too few for the brand");
        let all = |n| is_mastered(Proportion { n, hits: n }, 2);
        assert_eq!((0..50).find(|n| all(*n)), Some(FEWEST));
    }
}
