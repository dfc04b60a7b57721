//! Whether assignments are what their steps made of them.

use std::collections::HashMap;

use super::{super::store, Facts};
use crate::{db::Conn, error::Result, fieldwork::assignments::model::AssignmentState, ids::AssignmentId};

/// So many assignments are held in memory at a time.
const AT_ONCE: i64 = 500;

impl Facts {
    /// Looks at all assignments.
    ///
    /// # Errors
    /// Those of the database.
    pub(in crate::ledger) fn assignments(&mut self, conn: &mut Conn) -> Result<()> {
        let mut after = None;
        loop {
            let page = store::assignments(conn, after, AT_ONCE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id);
            let mut by_assignment: HashMap<AssignmentId, Vec<_>> = HashMap::new();
            let steps = store::steps_of_assignments(conn, page.iter().map(|one| one.id).collect())?;
            steps
                .into_iter()
                .for_each(|step| by_assignment.entry(step.assignment_id).or_default().push(step));
            for one in page {
                self.assignment(&one, &by_assignment.remove(&one.id).unwrap_or_default());
            }
        }
    }

    fn assignment(&mut self, one: &store::Life, steps: &[store::LifeStep]) {
        use AssignmentState::{Assigned, Offered, Open};
        let about = format!("assignment {}", one.id);
        let pairs = steps.iter().zip(steps.iter().skip(1));
        let follow = pairs.into_iter().all(|(before, after)| before.to_state == after.from_state);
        if !follow || !(1..).zip(steps).all(|(number, step)| number == step.number) {
            self.findings.add(&about, "its steps do not follow from each other");
        }
        let is_begun = || [Open, Assigned].contains(&one.state);
        if !steps.last().map_or_else(is_begun, |last| last.to_state == one.state) {
            self.findings.add(&about, format_args!("it is {}, and by its steps it is not", one.state));
        }
        if one.revision != 1 + steps.len() as i64 {
            self.findings.add(&about, "it was changed more or less often than steps were taken with it");
        }
        let last = steps.last().and_then(|last| last.shopper_id);
        if !steps.is_empty() && one.shopper_id.is_some() && one.shopper_id != last {
            self.findings.add(&about, "its shopper is not the one of its last step");
        }
        // Once the clock has looked at it for the last time, it looks no more.
        let due = match one.state {
            Open => Some(one.closes_at),
            Offered => one.answer_by,
            Assigned if one.due_at.is_some() => one.submit_by,
            _ => None,
        };
        if one.due_at != due {
            self.findings.add(&about, "the clock is to look at it at another moment than its state says");
        }
    }
}
