//! Taking a step with a place: it is kept for good, and stands in the audit.

use std::collections::HashMap;

use super::{
    model::{Node, NodeId, PlaceStep, Placed, StepKind},
    store,
};
use crate::{
    audit::{self, About, AuditKind, Details, Entry},
    db::{
        Conn,
        types::{Id, Instant},
    },
    error::{Error, Result},
    ids::{AccountId, RegionId},
    months::Month,
};

/// Who takes a step, why, and when.
#[derive(Clone, Copy, Debug)]
pub struct Why<'r> {
    /// Who.
    pub account: AccountId,
    /// Why.
    pub reason: &'r str,
    /// When.
    pub now: Instant,
}

/// What is to become of a place.
#[derive(Clone, Copy, Debug)]
pub enum Taken {
    /// It lies in another region from this month on.
    Move {
        /// The month.
        from: Month,
        /// Where it lies then.
        to: Option<RegionId>,
    },
    /// The move that was planned last is not to be.
    TakeBack,
    /// It retires at this moment.
    Retire(Instant),
    /// It is visited again.
    Restore,
}

impl Taken {
    /// What of it stands in the row of a step: its kind, the month and the region of a move, and since when a place is retired.
    const fn row(self) -> (StepKind, Option<Month>, Option<RegionId>, Option<Instant>) {
        match self {
            Self::Move { from, to } => (StepKind::Move, Some(from), to, None),
            Self::TakeBack => (StepKind::TakeBack, None, None, None),
            Self::Retire(at) => (StepKind::Retire, None, None, Some(at)),
            Self::Restore => (StepKind::Restore, None, None, None),
        }
    }
}

/// Whether this step is the last one that was taken with a place: by the same account, for the same reason, and with the place by itself. Then
/// the same was asked for again.
///
/// # Errors
/// Those of the database.
pub fn was_last(conn: &mut Conn, place: &Placed, taken: Taken, why: Why<'_>) -> Result<bool> {
    let last = store::last(conn, place.node.id())?;
    Ok(last.is_some_and(|last| {
        (last.step, last.from_month, last.to_region, last.retired_at) == taken.row()
            && last.with_region.is_none()
            && (last.account_id, last.reason.as_str()) == (why.account, why.reason)
    }))
}

/// Keeps a step, and writes it down in the audit; gives its number.
///
/// # Errors
/// Those of the database.
pub fn take(conn: &mut Conn, place: &Placed, taken: Taken, why: Why<'_>) -> Result<i32> {
    let counts = store::counts(conn, &[place.node.id()])?;
    let step = step_of(place, taken, &counts, None, why)?;
    let number = step.number;
    store::insert(conn, std::slice::from_ref(&step))?;
    let about = match place.node {
        Node::Region(_) => About::Region,
        Node::Branch(_) => About::Branch,
    };
    let entry = Entry::new(AuditKind::PlaceStep, (about, place.node.id()), number);
    let details = Details::default()
        .code("step", step.step.as_str())
        .number("number", number)
        .month("from", step.from_month)
        .id("from_region_id", step.from_region)
        .id("to_region_id", step.to_region)
        .moment("retired_at", step.retired_at);
    audit::record(conn, entry.by(why.account).of(place.brand_id).with(details), why.now)?;
    Ok(number)
}

/// Keeps the steps of places that retire, or are restored, together with a region that they lie in.
///
/// # Errors
/// Those of the database.
pub fn take_with(conn: &mut Conn, places: &[(Placed, Taken)], region: RegionId, why: Why<'_>) -> Result<()> {
    let ids: Vec<_> = places.iter().map(|(place, _)| place.node.id()).collect();
    let counts = store::counts(conn, &ids)?;
    let steps = places.iter().map(|(place, taken)| step_of(place, *taken, &counts, Some(region), why));
    let steps = steps.collect::<Result<Vec<_>>>()?;
    store::insert(conn, &steps)
}

/// The step as it is kept; `counts` says how many were taken with the place before.
fn step_of(
    place: &Placed,
    taken: Taken,
    counts: &HashMap<NodeId, i64>,
    with_region: Option<RegionId>,
    Why { account: account_id, reason, now: taken_at }: Why<'_>,
) -> Result<PlaceStep> {
    let place_id = place.node.id();
    let before = counts.get(&place_id).copied().unwrap_or_default();
    let number = i32::try_from(before + 1).map_err(Error::internal)?;
    let (step, from_month, to_region, retired_at) = taken.row();
    Ok(PlaceStep {
        id: Id::named(&format!("step of place\n{place_id}\n{number}")),
        brand_id: place.brand_id,
        place_kind: place.node.kind(),
        place_id,
        number,
        step,
        from_month,
        from_region: place.region_id.filter(|_| from_month.is_some()),
        to_region,
        retired_at,
        with_region,
        reason: reason.to_owned(),
        account_id,
        taken_at,
    })
}
