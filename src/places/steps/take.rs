//! Taking a step with a place: it is kept for good, and stands in the audit.

use super::{
    model::{PlaceStep, Placed, StepKind},
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
    places::steps::model::Node,
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

/// Keeps a step, and writes it down in the audit; gives its number.
///
/// # Errors
/// Those of the database.
pub fn take(conn: &mut Conn, place: &Placed, taken: Taken, why: Why<'_>) -> Result<i32> {
    let step = step_of(conn, place, taken, None, why)?;
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
        .id("from_region_id", step.from_region)
        .id("to_region_id", step.to_region);
    audit::record(conn, entry.by(why.account).of(place.brand_id).with(details), why.now)?;
    Ok(number)
}

/// Keeps the steps of places with which the same becomes of a region that they lie in.
///
/// # Errors
/// Those of the database.
pub fn take_with(conn: &mut Conn, places: &[(Placed, Taken)], region: RegionId, why: Why<'_>) -> Result<()> {
    let steps = places.iter().map(|(place, taken)| step_of(conn, place, *taken, Some(region), why));
    let steps = steps.collect::<Result<Vec<_>>>()?;
    store::insert(conn, &steps)
}

fn step_of(
    conn: &mut Conn,
    place: &Placed,
    taken: Taken,
    with_region: Option<RegionId>,
    Why { account: account_id, reason, now: taken_at }: Why<'_>,
) -> Result<PlaceStep> {
    let place_id = place.node.id();
    let number = i32::try_from(store::count(conn, place_id)? + 1).map_err(Error::internal)?;
    let (step, from_month, to_region, retired_at) = match taken {
        Taken::Move { from, to } => (StepKind::Move, Some(from), to, None),
        Taken::TakeBack => (StepKind::TakeBack, None, None, None),
        Taken::Retire(at) => (StepKind::Retire, None, None, Some(at)),
        Taken::Restore => (StepKind::Restore, None, None, None),
    };
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
