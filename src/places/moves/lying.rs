//! Where one place lies in all months, and what a move changes of that.

use super::{
    model::{Fault, Tree, Way},
    store,
};
use crate::{
    db::Conn,
    error::{Error, FieldError, Result},
    ids::RegionId,
    months::Month,
    places::{
        model::DEEPEST,
        steps::model::{Node, Placed},
    },
};

/// A place whose move was planned or taken back.
#[derive(Clone, Debug)]
pub struct Relocated {
    /// The place as it is now.
    pub place: Placed,
    /// What this changed; none if the same was asked for before.
    pub change: Option<Change>,
}

/// That a place lies elsewhere from a month on than it did.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which of the place's steps this was.
    pub number: i32,
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
    /// Where this place lies.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn of(conn: &mut Conn, place: &Placed) -> Result<Self> {
        let tree = store::tree(conn, place.brand_id)?;
        Ok(Self { way: store::way(conn, place)?, tree })
    }

    /// The regions that the place lies in in a month, however deep; a region is not in itself.
    pub fn above(&self, month: Month) -> Vec<RegionId> {
        self.tree.above(self.way.region_in(month), month)
    }

    /// The region right above the place in a month.
    pub(super) fn region_in(&self, month: Month) -> Option<RegionId> {
        self.way.region_in(month)
    }

    /// The month of the last move.
    pub(super) fn last_move(&self) -> Option<Month> {
        self.way.last_move()
    }

    /// The tree of regions.
    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The same with one move more, which is no earlier than the last one.
    pub(super) fn moved(self, place: &Placed, from: Month, to: Option<RegionId>) -> Self {
        let way = self.way.clone().moved(from, to);
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

    /// Refuses a region that would lie in itself in this month or a later one, and regions that would nest too deep then.
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

/// That a member of a move cannot be so.
pub(super) fn wrong(member: &str, code: &'static str, message: impl Into<String>) -> Error {
    Error::invalid(vec![FieldError::new(format!("/{member}"), code, message.into())])
}
