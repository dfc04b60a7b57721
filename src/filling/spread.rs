//! How many visits are spread over branches and over time.

use std::ops::Range;

/// Visits of some time, as many to each branch as to every other, and the same time long: the last branches may have one less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// How many visits there are.
    pub visits: usize,
    /// To how many branches.
    pub branches: usize,
    /// In how many parts of the time they are kept: each is one transaction.
    pub windows: usize,
}

impl Spread {
    /// How many visits a branch has, or one less.
    pub fn each(self) -> usize {
        self.visits.div_ceil(self.branches.max(1))
    }

    /// Which visits of a branch, by their numbers from 0, are of a window. A branch that has one less has no first one.
    pub(super) fn turns(self, branch: usize, window: usize) -> Range<usize> {
        let has_less = branch >= self.branches - (self.branches * self.each()).saturating_sub(self.visits);
        let first = usize::from(has_less);
        let from = |window: usize| (window * self.each()).div_ceil(self.windows.max(1)).max(first);
        from(window)..from(window + 1)
    }

    /// How many visits are of a window.
    pub(super) fn of_window(self, window: usize) -> u64 {
        (0..self.branches).map(|branch| self.turns(branch, window).len() as u64).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_visits_as_are_wanted() {
        for (visits, branches, windows) in [
            (1, 16, 20),
            (2_000, 16, 20),
            (9_999, 777, 20),
            (1_000_000, 5_000, 20),
            (10, 5_000, 4),
            (7, 1, 1),
        ] {
            let spread = Spread { visits, branches, windows };
            let all: u64 = (0..windows).map(|window| spread.of_window(window)).sum();
            assert_eq!(all, visits as u64);
            for branch in [0, branches - 1] {
                let turns: Vec<_> = (0..windows).flat_map(|window| spread.turns(branch, window)).collect();
                assert!(turns.iter().copied().eq(spread.each() - turns.len()..spread.each()), "{spread:?}");
            }
        }
    }
}
