#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::accounts::model::Role;

/// The table as ARCHITECTURE shows it: a row for each step, a column for each state.
fn table() -> String {
    let states: Vec<_> = State::ALL.iter().map(|state| format!("`{state}`")).collect();
    let mut lines = vec![
        format!("| step | by | {} |", states.join(" | ")),
        format!("|{}", "---|".repeat(State::ALL.len() + 2)),
    ];
    for step in Step::ALL {
        let cell = |state: &State| match step.leads_from(*state) {
            None => "–".to_owned(),
            Some(Leads::To(to)) => format!("`{to}`"),
            Some(Leads::ToReview) => "review".to_owned(),
        };
        let cells: Vec<_> = State::ALL.iter().map(cell).collect();
        let by = match step.taker() {
            Taker::Server => "server",
            Taker::Clock => "clock",
            Taker::Maker(_) => "shopper",
            Taker::Another(_) => "reviewer",
            Taker::Anybody(_) => "desk, shopper",
        };
        lines.push(format!("| {} | {by} | {} |", step.as_str().replace('_', " "), cells.join(" | ")));
    }
    lines.join("\n")
}

#[test]
fn architecture_shows_the_table() {
    let architecture = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md"));
    let table = table();
    assert!(architecture.contains(&table), "this is the table:\n{table}");
}

#[test]
fn a_refusal_names_both_states() {
    let (mut allowed, mut refused) = (0, 0);
    for &state in State::ALL {
        for &step in Step::ALL {
            for is_whole in [false, true] {
                let wanted = step.rule().ways[0].1.state(is_whole);
                match state.after(step, is_whole) {
                    Ok(_) => allowed += 1,
                    Err(error) => {
                        let message = error.to_string();
                        assert!(
                            message.contains(state.as_str()) && message.contains(wanted.as_str()),
                            "{message}"
                        );
                        refused += 1;
                    }
                }
            }
        }
    }
    assert_eq!(allowed + refused, 2 * State::ALL.len() * Step::ALL.len());
    assert!(allowed > 0 && refused > 0);
}

/// Where steps lead from a state, by those who have a role or by the server.
fn ways_on(state: State) -> Vec<State> {
    let can_be_taken = |step: &Step| match step.taker() {
        Taker::Server | Taker::Clock => true,
        Taker::Maker(permission) | Taker::Another(permission) | Taker::Anybody(permission) => {
            !permission.roles().is_empty()
        }
    };
    let steps = Step::ALL.iter().filter(|step| can_be_taken(step));
    steps
        .filter_map(|step| step.leads_from(state))
        .flat_map(|to| [true, false].map(|it| to.state(it)))
        .collect()
}

fn reached(from: State, steps: usize) -> BTreeSet<State> {
    let mut all = BTreeSet::from([from]);
    for _ in 0..steps {
        let next: Vec<_> = all.iter().flat_map(|state| ways_on(*state)).collect();
        all.extend(next);
    }
    all
}

#[test]
fn every_state_is_reached_and_an_end_is_near() {
    use State::{Excluded, Final, Rejected, Withdrawn};
    assert_eq!(reached(State::Submitted, State::ALL.len()), State::ALL.iter().copied().collect());
    for &state in State::ALL {
        let ends =
            reached(state, 4).into_iter().filter(|end| [Final, Rejected, Excluded, Withdrawn].contains(end));
        assert!(ends.count() > 0, "no end is four steps away from {state} at the most");
        assert!(state == Withdrawn || !ways_on(state).is_empty(), "nothing leads on from {state}");
    }
}

#[test]
fn decisions_are_a_reviewer_s_who_did_not_make_the_visit() {
    for step in [
        Step::TakeWithout,
        Step::Claim,
        Step::HandOver,
        Step::Release,
        Step::Approve,
        Step::Reject,
        Step::Exclude,
        Step::Return,
        Step::Reopen,
        Step::Correct,
        Step::ProposeWithdrawal,
        Step::KeepReport,
        Step::Withdraw,
    ] {
        let Taker::Another(permission) = step.taker() else { panic!("{step} by its own shopper") };
        assert_eq!(permission.roles(), [Role::Reviewer]);
    }
}

#[test]
fn what_was_decided_is_taken_back_before_it_is_decided_otherwise() {
    use State::{Approved, Excluded, Rejected, Returned};
    for &state in State::ALL {
        for step in [Step::Return, Step::Approve, Step::Reject, Step::Exclude] {
            let is_settled = state.is_decided() || state == Returned;
            assert!(!is_settled || state.after(step, true).is_err(), "{step} of what is {state}");
        }
        let is_taken_back = [Approved, Rejected, Excluded, Returned].contains(&state);
        assert_eq!(state.after(Step::Reopen, true).is_ok(), is_taken_back, "{state}");
        assert!(!state.is_counted() || state.is_decided());
        assert!(!state.is_shown() || state.is_counted());
    }
}

/// The states or steps for which this is true.
fn of<T: Copy>(all: &[T], holds: impl Fn(T) -> bool) -> Vec<T> {
    all.iter().copied().filter(|one| holds(*one)).collect()
}

#[test]
fn a_state_says_what_becomes_of_a_visit_in_it() {
    use State::{Approved, Excluded, Final, Rejected, Released, Withdrawn};
    assert_eq!(of(State::ALL, State::is_counted), [Approved, Released, Final]);
    assert_eq!(of(State::ALL, State::is_shown), [Released, Final]);
    let decided = [Approved, Rejected, Excluded, Released, Final, Withdrawn];
    assert_eq!(of(State::ALL, State::is_decided), decided);
}

#[test]
fn shoppers_do_not_see_what_reviewers_consider() {
    let unseen = of(Step::ALL, |step| !step.is_shown());
    let wanted = [Step::Claim, Step::HandOver, Step::Release, Step::ProposeWithdrawal, Step::KeepReport];
    assert_eq!(unseen, wanted);
}

#[test]
fn a_visit_that_is_done_with_is_no_reviewer_s() {
    use Step::{Approve, Exclude, Reject, Release, Reopen, Return, Revise};
    assert_eq!(of(Step::ALL, Step::ends_claims), [Release, Approve, Reject, Exclude, Return, Revise, Reopen]);
}

#[test]
fn a_step_without_a_name_is_known_by_its_states() {
    use State::{Approved, Complete, InReview, Rejected, Released, Submitted};
    for (from, to, step) in [
        (Submitted, Submitted, Some(Step::SendAnew)),
        (Submitted, Complete, Some(Step::TakeWithout)),
        (InReview, Approved, Some(Step::Approve)),
        (Complete, Rejected, Some(Step::Reject)),
        (Complete, Submitted, None),
        (Approved, Released, None),
    ] {
        assert_eq!(Step::unnamed(from, to), step, "{from} to {to}");
    }
}

#[test]
fn what_goes_back_to_review_waits_for_its_files() {
    let after = |step, is_whole| State::Returned.after(step, is_whole).unwrap();
    for step in [Step::Revise, Step::Lapse, Step::Reopen] {
        assert_eq!((after(step, true), after(step, false)), (State::Complete, State::Submitted), "{step}");
    }
}

#[test]
fn who_takes_a_decision_back_learns_what_can_be() {
    let message = |state: State, step| state.after(step, true).unwrap_err().to_string();
    assert!(message(State::Final, Step::Reopen).contains("only what was decided and not released"));
    assert!(message(State::Final, Step::Approve).contains("from there it cannot become approved"));
}

proptest! {
    /// Whatever is asked of a visit, in whatever order: it is counted exactly if its last decision was an approval that was
    /// neither taken back nor withdrawn, and shown exactly if a report of that went out; what has not arrived whole is neither.
    #[test]
    fn it_counts_exactly_while_it_is_approved(asked in prop::collection::vec(0..Step::ALL.len(), 0..60)) {
        let (mut state, mut is_whole, mut approved, mut reported) = (State::Submitted, false, false, false);
        for step in asked {
            let step = Step::ALL[step];
            let Ok(next) = state.after(step, is_whole) else { continue };
            is_whole |= next == State::Complete;
            (approved, reported) = match step {
                Step::Approve => (true, false),
                Step::Reopen | Step::Withdraw => (false, false),
                Step::Report => (approved, true),
                _ => (approved, reported),
            };
            prop_assert_eq!(next.is_counted(), approved, "{} leads to {}", step, next);
            prop_assert_eq!(next.is_shown(), reported, "{} leads to {}", step, next);
            prop_assert!(is_whole || !next.is_counted());
            state = next;
        }
    }
}
