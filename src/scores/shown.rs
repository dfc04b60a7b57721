//! What the branch's side is shown of a branch's visits: sums of whole spans, so that no figure and no difference of
//! figures gives a visit away.
//!
//! A span is some months on end of one branch and one subject that are over and hold the brand's minimum of visits. No
//! two overlap, they depend on no question that is asked, and what is shown of a branch, a region or a brand is a sum
//! over spans that lie in the period as a whole. So what one figure says more than another is of whole spans as well.

use super::statistics::Sums;
use crate::months::{Month, Period};

/// What a caller is shown of some visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The sums that figures are made of.
    pub sums: Sums,
    /// How many visits there are in months that are over, shown or not.
    all: i64,
}

impl Shown {
    /// All of it.
    pub fn whole(sums: Sums) -> Self {
        Self { sums, all: sums.n }
    }

    /// What a period shows of a branch: these are its months, in their order, up to the end of the period or further.
    pub fn of(months: &[(Month, Sums)], period: Period, minimum: i64, present: Month) -> Self {
        let within = |span: &Span| period.from() <= span.from && span.to <= period.to();
        let spans = spans(months, minimum, present);
        let sums = spans.iter().filter(|span| within(span)).map(|span| span.sums);
        let over = months.iter().filter(|(month, _)| (period.from()..=period.to()).contains(month));
        let over = over.filter(|(month, _)| *month < present);
        Self { sums: sums.fold(Sums::default(), Sums::plus), all: over.map(|(_, sums)| sums.n).sum() }
    }

    /// What both show.
    pub fn plus(self, other: Self) -> Self {
        Self { sums: self.sums.plus(other.sums), all: self.all + other.all }
    }

    /// How many visits the figure is of; how many there are, where there is no figure.
    pub fn visits(&self) -> i64 {
        if self.sums.n == 0 { self.all } else { self.sums.n }
    }
}

/// Some months on end, and what their visits scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: Month,
    to: Month,
    sums: Sums,
}

/// The spans of these months: a month that has enough visits is one, and months that have too few make one together. They
/// do at the end of the first quarter by which they have enough, so that quarters and years are made of whole spans where
/// that is possible. A later month changes no earlier span.
fn spans(months: &[(Month, Sums)], minimum: i64, present: Month) -> Vec<Span> {
    let (mut spans, mut open) = (Vec::new(), None::<Span>);
    let enough = |sums: &Sums| !sums.insufficient(minimum);
    for &(month, sums) in months.iter().filter(|(month, sums)| *month < present && sums.n > 0) {
        if let Some(full) = open.filter(|span| span.to < month && enough(&span.sums)) {
            spans.push(full);
            open = None;
        }
        open = match open {
            None if enough(&sums) => {
                spans.push(Span { from: month, to: month, sums });
                None
            }
            None => Some(Span { from: month, to: month.quarter_end(), sums }),
            Some(span) => Some(Span { from: span.from, to: month.quarter_end(), sums: span.sums.plus(sums) }),
        };
    }
    spans.extend(open.filter(|span| span.to < present && enough(&span.sums)));
    spans
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    /// So many visits in each of these months, from January 2026 on.
    fn months(visits: &[i64]) -> Vec<(Month, Sums)> {
        let sums = |n: i64| Sums { n, sum: n * 5_000, sum_sq: n * 25_000_000 };
        let month = |at: usize| month("2026-01").plus(i32::try_from(at).unwrap()).unwrap();
        visits.iter().enumerate().map(|(at, n)| (month(at), sums(*n))).collect()
    }

    fn shown_spans(visits: &[i64], present: &str) -> Vec<(String, String, i64)> {
        let spans = spans(&months(visits), 3, month(present));
        spans.iter().map(|span| (span.from.to_string(), span.to.to_string(), span.sums.n)).collect()
    }

    #[test]
    fn spans_are_months_or_end_with_a_quarter() {
        let span = |from: &str, to: &str, n| (from.to_owned(), to.to_owned(), n);
        let [jan, feb] = ["2026-01", "2026-02"].map(|month| span(month, month, 3));
        assert_eq!(shown_spans(&[3, 3], "2026-03"), [jan.clone(), feb]);
        assert_eq!(shown_spans(&[3, 3], "2026-02"), std::slice::from_ref(&jan), "February is not over");
        let quarter = span("2026-01", "2026-03", 6);
        assert_eq!(shown_spans(&[2, 2, 2, 1], "2026-05"), std::slice::from_ref(&quarter));
        assert_eq!(shown_spans(&[2, 2, 2], "2026-03"), []);
        assert_eq!(shown_spans(&[2, 4], "2026-03"), [], "what March brings would be a difference");
        assert_eq!(shown_spans(&[2, 4], "2026-04"), [quarter]);
        assert_eq!(shown_spans(&[3, 2, 1], "2026-04"), [jan.clone(), span("2026-02", "2026-03", 3)]);
        assert_eq!(shown_spans(&[3, 1, 1, 1, 3], "2026-07"), [jan, span("2026-02", "2026-06", 6)]);
        assert_eq!(
            shown_spans(&[1, 0, 0, 1, 0, 0, 1, 0, 0, 3], "2026-11"),
            [span("2026-01", "2026-09", 3), span("2026-10", "2026-10", 3)]
        );
    }

    #[test]
    fn what_is_not_shown_is_counted_where_it_is_over() {
        let period = Period::new(month("2026-01"), month("2026-02")).unwrap();
        let shown = Shown::of(&months(&[2, 2, 2, 9]), period, 3, month("2026-04"));
        assert_eq!((shown.sums, shown.visits()), (Sums::default(), 4));
        let shown = Shown::of(&months(&[3, 2]), period, 3, month("2026-02"));
        assert_eq!((shown.sums.n, shown.visits()), (3, 3));
        let shown = Shown::of(&months(&[2, 9]), period, 3, month("2026-02"));
        assert_eq!((shown.sums.n, shown.visits()), (0, 2));
    }

    proptest! {
        /// Of any two periods, asked for at any time, neither isolates fewer than the minimum.
        #[test]
        fn no_difference_is_of_fewer_than_the_minimum(
            visits in prop::collection::vec(0..5_i64, 1..30),
            periods in prop::array::uniform2((0..30_i32, 0..30_i32)),
            presents in prop::array::uniform2(0..32_i32),
            minimum in 1..5_i64,
        ) {
            let (months, first) = (months(&visits), month("2026-01"));
            let each = [0, 1].map(|at| {
                let (a, b) = periods[at];
                let period = Period::new(first.plus(a.min(b)).unwrap(), first.plus(a.max(b)).unwrap()).unwrap();
                let present = first.plus(presents[at]).unwrap();
                let within = |span: &Span| period.from() <= span.from && span.to <= period.to();
                spans(&months, minimum, present).into_iter().filter(within).collect::<Vec<_>>()
            });
            for (one, other) in [(0, 1), (1, 0)] {
                // What only one of them has is whole spans, none of which the other has a part of.
                for span in each[one].iter().filter(|span| !each[other].contains(span)) {
                    prop_assert!(span.sums.n >= minimum);
                    prop_assert!(each[other].iter().all(|held| held.to < span.from || span.to < held.from));
                }
            }
        }
    }
}
