#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

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
    named(&spans(&[], &months(visits), 3, (month(present), &[])))
}

#[test]
fn a_span_ends_where_the_branch_moves() {
    let of = |visits: &[i64], moves: &[&str]| {
        let moves: Vec<_> = moves.iter().map(|at| month(at)).collect();
        named(&spans(&[], &months(visits), 3, (month("2026-07"), &moves)))
    };
    assert_eq!(of(&[2, 2, 2], &[]), [span("2026-01", "2026-03", 6)]);
    assert_eq!(of(&[2, 2, 2], &["2026-02"]), [span("2026-02", "2026-03", 4)], "January's are too few");
    assert_eq!(of(&[2, 2, 2], &["2026-03"]), [span("2026-01", "2026-02", 4)]);
    assert_eq!(
        of(&[2, 2, 0, 2, 1], &["2026-03", "2026-05"]),
        [span("2026-01", "2026-02", 4)],
        "what lies between two moves is by itself"
    );
    assert_eq!(of(&[3, 3], &["2026-02"]), [span("2026-01", "2026-01", 3), span("2026-02", "2026-02", 3)]);
}

#[test]
fn where_there_is_no_figure_the_visits_are_those_that_are_known() {
    let sums = Sums { n: 3, sum: 9, sum_sq: 27 };
    assert_eq!((Shown::whole(sums).sums, Shown::whole(sums).visits()), (sums, 3));
    assert_eq!((Shown::new(sums, 7).visits(), Shown::new(Sums::default(), 7).visits()), (3, 7));
    let month = Figure { known: 7, sums, changes: Some(4) };
    let other = Figure { known: 5, sums: Sums { n: 1, sum: 2, sum_sq: 4 }, changes: Some(1) };
    let beyond = Figure { known: 2, sums: Sums { n: 2, sum: 7, sum_sq: 23 }, changes: Some(4) };
    assert_eq!(month.beyond(other), beyond);
}

#[test]
fn what_is_kept_says_which_spans_there_are() {
    let (months, may) = (months(&[3, 2, 1]), month("2026-04"));
    let spans = spans(&[], &months, 2, (may, &[]));
    assert_eq!(named(&spans), [span("2026-01", "2026-01", 3), span("2026-02", "2026-02", 2)]);
    assert_eq!(held(&figures(&spans, &months, may)), spans);
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
    let day = |held: &[Span], visits: &[i64]| spans(held, &months(visits), 3, (april, &[]));
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
    let held = spans(&[], &months(&[4]), 3, (month("2026-02"), &[]));
    let day = |n: i64, changes: i64, minimum| {
        let sums = Sums { n, sum: n * 1_000, sum_sq: n * 1_000_000 };
        let now = [Tally { month: month("2026-01"), sums, changes }];
        spans(&held, &now, minimum, (month("2026-02"), &[]))[0]
    };
    assert_eq!(day(4, 6, 3).sums, held[0].sums, "as many, but others");
    assert_eq!(day(4, 6, 2).sums.sum, 4_000);
    // Of too few by now: nothing is shown, also where the brand wants more from now on.
    assert_eq!((day(2, 7, 3).sums.n, day(2, 7, 3).changes), (0, 7));
    assert_eq!((day(4, 4, 5).sums.n, day(4, 4, 4).sums.n), (0, 4));
}

#[test]
fn what_was_taken_out_before_a_span_began_changes_it_no_further() {
    // Of April one visit was taken out before, and nothing is left of it.
    let mut counted = months(&[0, 1, 0, 0, 1, 1]);
    counted[3].changes = 1;
    let held = spans(&[], &counted, 2, (month("2026-07"), &[]));
    assert_eq!(named(&held), [span("2026-02", "2026-06", 3)]);
    counted[4] = Tally { sums: Sums::default(), changes: counted[4].changes + 1, ..counted[4] };
    assert_eq!(spans(&held, &counted, 2, (month("2026-07"), &[])), held, "one more is one");
}

#[test]
fn what_is_not_shown_is_counted_where_it_is_over() {
    let of = |visits: &[i64], present: &str| {
        let (months, present) = (months(visits), month(present));
        let figures = figures(&spans(&[], &months, 3, (present, &[])), &months, present);
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
            held = spans(&held, &counted, minimum, (present, &[]));
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

/// Two branches of a region whose reports go out, and two of one in which none does; all of them are in one brand.
const PLACES: [&[usize]; 7] = [&[0], &[1], &[2], &[3], &[0, 1], &[2, 3], &[0, 1, 2, 3]];
/// Visits are of so many months.
const MONTHS: usize = 6;

/// What happens from one night to the next.
#[derive(Clone, Debug)]
struct Night {
    /// So many months are over.
    over: i32,
    /// Whether reports go out: then those of all that wait do, also of what counted before there were any.
    go_out: bool,
    /// What is approved in the first region, by branch and month.
    approved: Vec<(usize, usize)>,
    /// Which of those whose reports are out are withdrawn, by any number.
    withdrawn: Vec<usize>,
    /// Which of those that counted before are taken back in the other region, by any number.
    taken_back: Vec<usize>,
}

fn night() -> impl Strategy<Value = Night> {
    let some = || prop::collection::vec(0..100_usize, 0..3);
    let approved = prop::collection::vec((0..2_usize, 0..MONTHS), 0..4);
    (0..3_i32, any::<bool>(), approved, some(), some()).prop_map(
        |(over, go_out, approved, withdrawn, taken_back)| Night {
            over,
            go_out,
            approved,
            withdrawn,
            taken_back,
        },
    )
}

/// A visit, which scores a power of two of its own.
#[derive(Clone, Copy)]
struct Known {
    branch: usize,
    month: usize,
    bit: i64,
}

/// What the branch's side is shown of a brand whose branches each have these months.
struct Shows {
    counted: Vec<Vec<Tally>>,
    held: Vec<Vec<Span>>,
    present: Month,
}

impl Shows {
    fn change(&mut self, visit: Known, sign: i64, changes: i64) {
        let tally = &mut self.counted[visit.branch][visit.month];
        tally.sums = tally.sums.plus(Sums { n: sign, sum: sign * visit.bit, sum_sq: 0 });
        tally.changes += changes;
    }

    /// The figures of all places and periods after this night, each as the visits that it is of.
    fn figures(&mut self, minimum: i64) -> Vec<i64> {
        for (held, counted) in self.held.iter_mut().zip(&self.counted) {
            *held = spans(held, counted, minimum, (self.present, &[]));
        }
        let mut seen = Vec::new();
        for (from, to) in (0..MONTHS).flat_map(|from| (from..MONTHS).map(move |to| (from, to))) {
            let [from, to] = [from, to].map(|at| month("2026-01").plus(at as i32).unwrap());
            let of_branch = |branch: &usize| {
                let within = self.held[*branch].iter().filter(|span| from <= span.from && span.to <= to);
                within.map(|span| span.sums.sum).sum::<i64>()
            };
            seen.extend(PLACES.map(|branches| branches.iter().map(of_branch).sum::<i64>()));
        }
        seen
    }
}

proptest! {
    /// An attacker who keeps the figures of all places, periods and nights, reads every report and subtracts one figure from
    /// another isolates no fewer than the minimum of visits without a report: in a brand where reports go out in one region, and what
    /// counted before there were reports is taken back in another.
    #[test]
    fn no_difference_beside_the_reports_is_of_fewer_than_the_minimum(
        before in prop::collection::vec((0..4_usize, 0..MONTHS), 0..24),
        nights in prop::collection::vec(night(), 1..8),
        minimum in 2..5_i64,
    ) {
        let months = months(&[0; MONTHS]);
        let mut shows = Shows {
            counted: vec![months; 4],
            held: vec![Vec::new(); 4],
            present: month("2026-01").plus(2).unwrap(),
        };
        let mut bits = (0..62).map(|at| 1_i64 << at);
        let mut hidden = Vec::new();
        for (branch, month) in before {
            let visit = Known { branch, month, bit: bits.next().unwrap() };
            shows.change(visit, 1, 0);
            hidden.push(visit);
        }
        let (mut waiting, mut out) = (Vec::new(), Vec::<Known>::new());
        let (mut readable, mut seen) = (0, BTreeSet::from([0]));
        for night in nights {
            waiting.extend(night.approved.into_iter().filter_map(|(branch, month)| {
                Some(Known { branch, month, bit: bits.next()? })
            }));
            if night.go_out {
                for visit in waiting.drain(..) {
                    shows.change(visit, 1, 0);
                    out.push(visit);
                }
                out.extend(hidden.extract_if(.., |visit| visit.branch < 2));
                readable |= out.iter().map(|visit| visit.bit).sum::<i64>();
            }
            for at in night.withdrawn {
                if !out.is_empty() {
                    let visit = out.swap_remove(at % out.len());
                    shows.change(visit, -1, 0);
                }
            }
            for at in night.taken_back {
                let to_take: Vec<_> = (0..hidden.len()).filter(|at| hidden[*at].branch >= 2).collect();
                if !to_take.is_empty() {
                    let visit = hidden.swap_remove(to_take[at % to_take.len()]);
                    shows.change(visit, -1, 1);
                }
            }
            shows.present = shows.present.plus(night.over).unwrap();
            seen.extend(shows.figures(minimum));
        }
        for one in &seen {
            for other in &seen {
                let isolated = i64::from((one & !other & !readable).count_ones());
                prop_assert!(
                    isolated == 0 || isolated >= minimum,
                    "{one:b} without {other:b}, beside {readable:b}"
                );
            }
        }
    }
}
