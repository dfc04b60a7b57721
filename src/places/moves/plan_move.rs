//! Moving a place to another region of its brand, from a month on.

use jiff::tz::TimeZone;

use super::{
    carry_out::carry_out,
    model::{Fault, Tree, Way},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    ids::RegionId,
    months::Month,
    places::{
        model::{DEEPEST, time_zone},
        put_region::{require_not_retired, require_region},
        steps::{
            self,
            model::{Node, Placed, StepKind},
            take::{Taken, Why, take},
        },
    },
    precondition::{ETag, IfMatch},
};

/// A move to another region.
#[derive(Clone, Debug)]
pub struct Move {
    /// What moves; a region moves with all below it.
    pub place: Node,
    /// The month from which on it lies there.
    pub from: Month,
    /// The region; the top of the brand if missing.
    pub to: Option<RegionId>,
    /// Why.
    pub reason: String,
}

/// That a place lies elsewhere from a month on.
#[derive(Clone, Debug)]
pub struct Relocated {
    /// The place as it is now.
    pub place: Placed,
    /// Which of its steps this was; none if it was so already.
    pub step: Option<i32>,
    /// The month from which on it lies elsewhere.
    pub from: Month,
    /// Where it lay before, in all months.
    pub before: Lying,
    /// Where it lies now, in all months.
    pub after: Lying,
}

/// Where one place lies in all months.
#[derive(Clone, Debug)]
pub struct Lying {
    tree: Tree,
    way: Way,
}

impl Lying {
    /// The regions that the place lies in in a month, however deep; a region is not in itself.
    pub fn above(&self, month: Month) -> Vec<RegionId> {
        self.tree.above(self.way.region_in(month), month)
    }
}

/// Lets a place lie in another region from a month on: at once if the month has begun. `require` is asked whether that month may
/// be named, before anything is written. The same again is the same answer.
///
/// # Errors
/// `not_found` if the place is not the caller's to change; those of the precondition; `wrong_state` if it is retired; `conflict` if another
/// move is planned, or a region there has its name; `invalid` if it cannot lie there, or not from that month on; those of `require`.
pub fn plan_move(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    command: &Move,
    require: impl FnOnce(&mut Conn, &Placed) -> Result<()>,
    now: Instant,
) -> Result<Relocated> {
    let place = steps::store::to_change(conn, scope, command.place)?;
    let before = Lying::of(conn, &place)?;
    if is_planned_by(conn, &place, scope, command)? {
        let (from, after) = (command.from, before.clone());
        return Ok(Relocated { place, step: None, from, before, after });
    }
    if_match.expects(&ETag::of(place.revision))?;
    require_movable(&place, now)?;
    require_target(conn, &place, command.to)?;
    if before.way.last_move().is_some_and(|last| command.from < last) {
        return Err(wrong("from", "range", "it moved later than that: a further move begins no earlier"));
    }
    if before.way.region_in(command.from) == command.to {
        return Err(wrong("region_id", "same", "it lies there in that month already"));
    }
    require(conn, &place)?;
    let after = before.clone().moved(&place, command);
    after.require_sound(&place, command.from)?;
    require_free_name(conn, &place, command.to)?;
    let taken = Taken::Move { from: command.from, to: command.to };
    let number = take(conn, &place, taken, Why { account: scope.account, reason: &command.reason, now })?;
    let planned = Placed { moves_from: Some(command.from), moves_to: command.to, ..place }.next();
    let place = if command.from <= present(conn, &planned, now)? {
        carry_out(conn, planned)?
    } else {
        steps::store::update(conn, &planned)?;
        planned
    };
    let branches = store::branches_ever_in(conn, place.node)?;
    store::make_stays(conn, &after.tree, &branches)?;
    Ok(Relocated { place, step: Some(number), from: command.from, before, after })
}

impl Lying {
    /// Where this place lies.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn of(conn: &mut Conn, place: &Placed) -> Result<Self> {
        let tree = store::tree(conn, place.brand_id)?;
        Ok(Self { way: store::way(conn, place)?, tree })
    }

    fn moved(self, place: &Placed, command: &Move) -> Self {
        let way = self.way.clone().moved(command.from, command.to);
        self.with_way(place, way)
    }

    /// The same without the last move.
    pub(super) fn without_the_last(self, place: &Placed) -> Self {
        let way = self.way.clone().without_the_last();
        self.with_way(place, way)
    }

    fn with_way(self, place: &Placed, way: Way) -> Self {
        let tree = match place.node {
            Node::Region(id) => self.tree.with(id, way.clone()),
            Node::Branch(_) => self.tree,
        };
        Self { tree, way }
    }

    /// The tree of regions.
    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The month of the last move.
    pub(super) fn last_move(&self) -> Option<Month> {
        self.way.last_move()
    }

    /// Refuses a tree that is none from this month on.
    ///
    /// # Errors
    /// `invalid`, naming the month.
    pub(super) fn require_sound(&self, place: &Placed, from: Month) -> Result<()> {
        let Node::Region(id) = place.node else { return Ok(()) };
        match self.tree.fault(id, from) {
            None => Ok(()),
            Some(Fault::Circle(month)) => {
                Err(wrong("region_id", "circle", format!("in {month} that region lies in this one")))
            }
            Some(Fault::Depth(month)) => {
                let message =
                    format!("regions nest at most {DEEPEST} deep, and would nest deeper in {month}");
                Err(wrong("region_id", "depth", message))
            }
        }
    }
}

/// The present month: of a branch by its clock, of a region the latest by the clocks of its branches.
///
/// # Errors
/// Those of the database.
pub fn present(conn: &mut Conn, place: &Placed, now: Instant) -> Result<Month> {
    let zones = match (place.node, &place.time_zone) {
        (Node::Region(id), _) => store::zones_in(conn, id)?,
        (Node::Branch(_), zone) => zone.iter().cloned().collect(),
    };
    let months = zones.iter().map(|zone| Month::of(now, &time_zone(zone).unwrap_or(TimeZone::UTC)));
    Ok(months.max().unwrap_or_else(|| Month::of(now, &TimeZone::UTC)))
}

/// Whether the last that became of the place is this move, by the same person.
fn is_planned_by(conn: &mut Conn, place: &Placed, scope: &Scope, command: &Move) -> Result<bool> {
    let last = steps::store::last(conn, place.node.id())?;
    Ok(last.is_some_and(|last| {
        last.step == StepKind::Move
            && (last.from_month, last.to_region) == (Some(command.from), command.to)
            && last.account_id == scope.account
            && last.reason == command.reason
    }))
}

fn require_movable(place: &Placed, now: Instant) -> Result<()> {
    if place.retired_at.is_some_and(|at| at <= now) {
        let detail = "this place is retired, and does not move: restore it first";
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    match place.moves_from {
        Some(month) => Err(Error::new(Code::Conflict)
            .detail(format!("a move from {month} on is planned: take it back (`take-back-move`) first"))),
        None => Ok(()),
    }
}

fn require_target(conn: &mut Conn, place: &Placed, to: Option<RegionId>) -> Result<()> {
    let Some(to) = to else { return Ok(()) };
    require_region(conn, place.brand_id, to, "/region_id")?;
    require_not_retired(conn, to, "/region_id")
}

/// Refuses a region whose name another one there has, or will have.
fn require_free_name(conn: &mut Conn, place: &Placed, to: Option<RegionId>) -> Result<()> {
    let Node::Region(id) = place.node else { return Ok(()) };
    if store::has_name(conn, (place.brand_id, to), &place.name, id)?
        || store::is_name_to_come(conn, (place.brand_id, to), &place.name, id)?
    {
        return Err(Error::new(Code::Conflict).detail("another region there has its name, or will have it"));
    }
    Ok(())
}

pub(super) fn wrong(member: &str, code: &'static str, message: impl Into<String>) -> Error {
    Error::invalid(vec![FieldError::new(format!("/{member}"), code, message.into())])
}
