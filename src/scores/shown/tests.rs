#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::months::Period;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// So many visits in each of these months, from January 2026 on.
fn months(visits: &[i64]) -> Vec<Tally> {
    let sums = |n: i64| Sums { n, sum: n * 5_000, sum_sq: n * 25_000_000 };
    let month = |at: usize| month("2026-01").plus(i32::try_from(at).unwrap()).unwrap();
    let tally = |(at, n): (usize, &i64)| Tally { month: month(at), sums: sums(*n), changes: *n };
    visits.iter().enumerate().map(tally).collect()
}

fn named(spans: &[Span]) -> Vec<(String, String, i64)> {
    spans.iter().map(|span| (span.from.to_string(), span.to.to_string(), span.sums.n)).collect()
}

fn span(from: &str, to: &str, n: i64) -> (String, String, i64) {
    (from.to_owned(), to.to_owned(), n)
}

fn shown_spans(visits: &[i64], present: &str) -> Vec<(String, String, i64)> {
    named(&spans(&[], &months(visits), 3, month(present)))
}

#[test]
fn spans_are_months_or_end_with_a_quarter() {
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
fn a_span_moves_by_the_minimum_of_visits_or_not_at_all() {
    let april = month("2026-04");
    let day = |held: &[Span], visits: &[i64]| spans(held, &months(visits), 3, april);
    let first = day(&[], &[3, 0, 2]);
    assert_eq!(named(&first), [span("2026-01", "2026-01", 3)]);
    // Two more are too few, and March waits for the end of its quarter.
    let second = day(&first, &[5, 0, 2]);
    assert_eq!(named(&second), [span("2026-01", "2026-01", 3)]);
    let third = day(&second, &[6, 0, 2]);
    assert_eq!(named(&third), [span("2026-01", "2026-01", 6)]);
    // What comes late between two spans makes one of its own, and goes no further.
    let held = day(&third, &[6, 0, 3]);
    assert_eq!(named(&held), [span("2026-01", "2026-01", 6), span("2026-03", "2026-03", 3)]);
    assert_eq!(named(&day(&held, &[6, 2, 3])), named(&held));
    let between =
        [span("2026-01", "2026-01", 6), span("2026-02", "2026-02", 3), span("2026-03", "2026-03", 3)];
    assert_eq!(named(&day(&held, &[6, 3, 3])), between);
}

#[test]
fn a_visit_that_is_taken_out_for_another_is_two_changes() {
    let held = spans(&[], &months(&[4]), 3, month("2026-02"));
    let day = |n: i64, changes: i64, minimum| {
        let sums = Sums { n, sum: n * 1_000, sum_sq: n * 1_000_000 };
        let now = [Tally { month: month("2026-01"), sums, changes }];
        spans(&held, &now, minimum, month("2026-02"))[0]
    };
    assert_eq!(day(4, 6, 3).sums, held[0].sums, "as many, but others");
    assert_eq!(day(4, 6, 2).sums.sum, 4_000);
    // Of too few by now: nothing is shown, also where the brand wants more from now on.
    assert_eq!((day(2, 7, 3).sums.n, day(2, 7, 3).changes), (0, 7));
    assert_eq!((day(4, 4, 5).sums.n, day(4, 4, 4).sums.n), (0, 4));
}

#[test]
fn what_is_not_shown_is_counted_where_it_is_over() {
    let of = |visits: &[i64], present: &str| {
        let (months, present) = (months(visits), month(present));
        let figures = figures(&spans(&[], &months, 3, present), &months, present);
        let two = Period::new(month("2026-01"), month("2026-02")).unwrap();
        let within = figures.iter().filter(|((from, to), _)| two.from() <= *from && *to <= two.to());
        within.fold((0, 0), |(known, n), (_, figure)| (known + figure.known, n + figure.sums.n))
    };
    assert_eq!(of(&[2, 2, 2, 9], "2026-04"), (4, 0));
    assert_eq!(of(&[3, 2], "2026-02"), (3, 3));
    assert_eq!(of(&[2, 9], "2026-02"), (2, 0));
}

/// Some days: of each how many months are over, and which visits, by their month, have been approved by then.
fn days() -> impl Strategy<Value = Vec<(i32, Vec<usize>)>> {
    prop::collection::vec((0..4_i32, prop::collection::vec(0..12_usize, 0..6)), 1..10)
}

proptest! {
    /// Of any two periods, asked for on any two days, neither isolates fewer than the minimum. Each visit scores another power
    /// of two, so that a sum says which visits it is of.
    #[test]
    fn no_difference_is_of_fewer_than_the_minimum(days in days(), minimum in 1..5_i64) {
        let first = month("2026-01");
        let mut counted: Vec<_> = months(&[0; 12]).into_iter().map(|tally| Tally { changes: 0, ..tally }).collect();
        let (mut held, mut present, mut visits, mut seen) = (Vec::new(), first, 0, Vec::new());
        for (over, approved) in days {
            present = present.plus(over).unwrap();
            for at in approved {
                let sums = Sums { n: 1, sum: 1 << visits, sum_sq: 0 };
                let tally = &mut counted[at];
                (tally.sums, tally.changes) = (tally.sums.plus(sums), tally.changes + 1);
                visits += 1;
            }
            held = spans(&held, &counted, minimum, present);
            for (from, to) in (0..12).flat_map(|from| (from..12).map(move |to| (from, to))) {
                let (from, to) = (first.plus(from).unwrap(), first.plus(to).unwrap());
                let within = held.iter().filter(|span| from <= span.from && span.to <= to);
                let shown: i64 = within.map(|span| span.sums.sum).sum();
                if !seen.contains(&shown) {
                    seen.push(shown);
                }
            }
        }
        for one in &seen {
            for other in &seen {
                let isolated = i64::from((one & !other).count_ones());
                prop_assert!(isolated == 0 || isolated >= minimum, "{one:b} without {other:b}");
            }
        }
    }
}
