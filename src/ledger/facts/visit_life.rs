//! What a visit is by its steps: they are taken once more, by the table of a visit's life.

use crate::{
    db::types::Instant,
    visits::{
        state::{Leads, State},
        taken::TakenStep,
    },
};

/// The state that a visit is in after these steps, of which all had arrived at this moment, if it has; none if one of them
/// does not follow from those before it.
pub(super) fn state_by(steps: &[TakenStep], completed_at: Option<Instant>) -> Option<State> {
    let mut state = State::Submitted;
    for (number, taken) in (1..).zip(steps) {
        // Between two steps the last of its files may have come.
        let has_arrived = (state, taken.from_state) == (State::Submitted, State::Complete);
        if number != taken.number || taken.from_state != state && !has_arrived {
            return None;
        }
        let follows = match taken.step()?.leads_from(taken.from_state)? {
            Leads::To(to) => taken.to_state == to,
            Leads::ToReview => matches!(taken.to_state, State::Submitted | State::Complete),
        };
        if !follows {
            return None;
        }
        state = taken.to_state;
    }
    let has_arrived = state == State::Submitted && completed_at.is_some();
    Some(if has_arrived { State::Complete } else { state })
}
