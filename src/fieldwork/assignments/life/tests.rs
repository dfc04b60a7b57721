#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::{
    db::types::Id,
    fieldwork::assignments::model::{DirectAssignment, Window},
};

const STEPS: [Step; 9] = [
    Step::Offer,
    Step::Claim,
    Step::Accept,
    Step::Decline,
    Step::GiveUp,
    Step::Cancel,
    Step::Lapse,
    Step::Move,
    Step::See,
];

fn at(seconds: i64) -> Instant {
    Instant::from_micros(seconds * 1_000_000)
}

fn id<T>(number: u128) -> Id<T> {
    Id::new(uuid::Uuid::from_u128(number))
}

fn open() -> Assignment {
    let window = Window { opens_at: at(0), closes_at: at(100) };
    let given =
        DirectAssignment { id: id(4), branch_id: id(2), version_id: id(3), shopper_id: id(5), window };
    Assignment {
        shopper_id: None,
        number: Some(1),
        state: AssignmentState::Open,
        due_at: Some(at(100)),
        submit_by: Some(at(150)),
        ..Assignment::direct(&given, id(1), at(0))
    }
}

fn pay() -> Pay {
    Pay { currency: "EUR".to_owned(), fee: 1_500, reimbursement_limit: 800 }
}

fn taken(from: &Assignment, step: Step, shopper: AccountId) -> Result<Assignment> {
    match step {
        Step::Offer => from.offered(shopper, pay(), at(50)),
        Step::Claim => from.claimed(shopper, pay()),
        Step::Accept => from.accepted(),
        Step::Decline => from.declined(),
        Step::GiveUp => from.given_up(),
        Step::Cancel => from.cancelled(),
        Step::Lapse => from.lapsed(),
        Step::See => from.seen(),
        Step::Move => from.moved(Window { opens_at: at(20), closes_at: at(100) }, Some(at(150))),
    }
}

proptest! {
    /// After any steps in any order: it has a shopper exactly if its state says so, and the clock looks at it exactly as
    /// long as there is something to wait for.
    #[test]
    fn it_always_hangs_together(steps in prop::collection::vec((0..STEPS.len(), 7..9_u128), 0..20)) {
        let mut now = open();
        let mut had_by = None;
        for (step, shopper) in steps {
            let step = STEPS[step];
            let Ok(next) = taken(&now, step, id(shopper)) else {
                prop_assert!(now.state.after(step).is_err());
                continue;
            };
            prop_assert_eq!(next.revision, now.revision + 1);
            if next.state == AssignmentState::Assigned {
                prop_assert!(had_by.is_none() || step == Step::Move, "given twice");
                had_by = next.shopper_id;
            }
            now = next;
            let has_shopper = now.shopper_id.is_some();
            match now.state {
                AssignmentState::Open => {
                    prop_assert!(!has_shopper && now.pay.is_none());
                    prop_assert_eq!(now.due_at, Some(at(100)));
                }
                AssignmentState::Offered => {
                    prop_assert!(has_shopper && now.pay.is_some());
                    prop_assert_eq!((now.due_at, now.answer_by), (Some(at(50)), Some(at(50))));
                }
                AssignmentState::Assigned => {
                    prop_assert!(has_shopper && now.pay.is_some());
                    prop_assert_eq!(now.due_at, Some(at(150)));
                }
                AssignmentState::Cancelled | AssignmentState::Expired => {
                    prop_assert_eq!(now.shopper_id, had_by, "the shopper who had it keeps it, and no other has it");
                    prop_assert_eq!(now.due_at, None);
                }
            }
            prop_assert!(now.state == AssignmentState::Offered || now.answer_by.is_none());
        }
    }
}

/// ARCHITECTURE shows the same table.
#[test]
fn every_step_leads_where_it_should() {
    use AssignmentState::{Assigned, Cancelled, Expired, Offered, Open};
    let table = [
        (
            Open,
            [
                Some(Offered),
                Some(Assigned),
                None,
                None,
                None,
                Some(Cancelled),
                Some(Expired),
                Some(Open),
                None,
            ],
        ),
        (
            Offered,
            [None, None, Some(Assigned), Some(Open), None, Some(Cancelled), Some(Open), Some(Offered), None],
        ),
        (
            Assigned,
            [None, None, None, None, Some(Cancelled), Some(Cancelled), Some(Expired), Some(Assigned), None],
        ),
        (Cancelled, [None, None, None, None, None, None, None, None, Some(Cancelled)]),
        (Expired, [None, None, None, None, None, None, None, None, Some(Expired)]),
    ];
    for (state, wanted) in table {
        assert_eq!(STEPS.map(|step| state.after(step).ok()), wanted, "{state}");
    }
    let architecture = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md"));
    for (state, wanted) in &table {
        let cells = wanted.map(|to| to.map_or("–".to_owned(), |to| format!("`{to}`")));
        let row = format!("| `{state}` | {} |", cells.join(" | "));
        assert!(architecture.contains(&row), "{row}");
    }
}

#[test]
fn a_refusal_names_both_states() {
    for state in [AssignmentState::Cancelled, AssignmentState::Expired] {
        for step in STEPS.into_iter().filter(|step| *step != Step::See) {
            let refusal = state.after(step).unwrap_err().to_string();
            assert!(refusal.contains("wrong_state") && refusal.contains(state.as_str()), "{refusal}");
        }
    }
    let refusal = AssignmentState::Assigned.after(Step::Offer).unwrap_err().to_string();
    assert!(refusal.contains("assigned") && refusal.contains("offered"), "{refusal}");
}
