//! Folding: brings what visits have changed into the figures of their places.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use serde::{Deserialize, Serialize};

use super::{
    model::{Place, PlaceId, PlaceKind, Reader},
    store::{
        self,
        changes::{self, CHANGED},
    },
    vector::Vector,
};
use crate::{
    app::App,
    db::{Conn, notices::Topic, types::Instant},
    error::Result,
    ids::{BranchId, BrandId},
    months::Month,
    places::{self, moves::model::Stays},
    work::{Queue, Standing, Task},
};

/// So many changes are folded in one transaction, so that other writes do not wait long behind it.
const AT_ONCE: i64 = 200;

/// Folds until nothing is left.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FoldFigures {}

impl Task for FoldFigures {
    const KIND: &'static str = "fold_figures";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        while app.db.write(fold_some).await? {}
        Ok(())
    }
}

impl Standing for FoldFigures {
    const WOKEN_BY: &'static [Topic] = &[CHANGED];

    fn is_wanted(conn: &mut Conn, _: Instant) -> Result<bool> {
        changes::are_there(conn)
    }
}

/// Folds some changes, and says whether there were any.
///
/// # Errors
/// None but those of the database.
pub fn fold_some(conn: &mut Conn) -> Result<bool> {
    let changes = changes::first(conn, AT_ONCE)?;
    let mut sums = Folded::default();
    for change in &changes {
        let of_branch = (change.brand_id, change.branch_id, change.month);
        sums.branch(conn, change.reader, of_branch, &change.scores()?)?;
    }
    sums.keep(conn)?;
    changes::remove(conn, &changes)?;
    Ok(!changes.is_empty())
}

/// What is to be added to the figures of places.
#[derive(Debug, Default)]
pub(super) struct Folded {
    sums: BTreeMap<Figured, Vector>,
    stays: BTreeMap<BranchId, Stays>,
}

/// What a row of figures is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Figured {
    /// The place.
    pub(super) place: PlaceId,
    /// What it is.
    pub(super) kind: PlaceKind,
    /// Its brand.
    pub(super) brand: BrandId,
    /// For whom.
    pub(super) reader: Reader,
    /// The month.
    pub(super) month: Month,
}

impl Figured {
    /// The place.
    pub(super) fn of_place(&self) -> Place {
        self.kind.place(self.place)
    }
}

impl Folded {
    /// Adds what is counted in a branch; for desks to all that was above the branch in that month as well.
    pub(super) fn branch(
        &mut self,
        conn: &mut Conn,
        reader: Reader,
        (brand, branch, month): (BrandId, BranchId, Month),
        scores: &Vector,
    ) -> Result<()> {
        let mut places = vec![Place::Branch(branch)];
        if reader == Reader::Desk {
            places.push(Place::Brand(brand));
            places.extend(self.stays(conn, branch)?.regions_in(month).map(Place::Region));
        }
        for place in places {
            self.add(Figured { place: place.id(), kind: place.kind(), brand, reader, month }, scores);
        }
        Ok(())
    }

    /// Adds to one figure alone.
    pub(super) fn add(&mut self, of: Figured, scores: &Vector) {
        let sums = self.sums.entry(of).or_default();
        *sums = sums.plus(scores);
    }

    /// Where a branch lies in all months.
    fn stays(&mut self, conn: &mut Conn, branch: BranchId) -> Result<&Stays> {
        Ok(match self.stays.entry(branch) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(places::moves::store::stays(conn, branch)?),
        })
    }

    /// Adds all of it to the figures, in one order: transactions that lock rows in one order never wait for one another in a circle.
    pub(super) fn keep(&self, conn: &mut Conn) -> Result<()> {
        self.sums.iter().try_for_each(|(of, sums)| store::add(conn, *of, sums))
    }

    /// The same for places that have no figures yet.
    pub(super) fn keep_new(&self, conn: &mut Conn) -> Result<()> {
        store::insert(conn, self.sums.iter().map(|(of, sums)| (*of, sums)))
    }

    /// Keeps the figures of these branches, which have none yet, and forgets them here; what is above them grows on.
    pub(super) fn keep_branches(&mut self, conn: &mut Conn, branches: &[BranchId]) -> Result<()> {
        let ids: BTreeSet<PlaceId> = branches.iter().map(|branch| branch.cast()).collect();
        let of_them = self.sums.extract_if(.., |of, _| ids.contains(&of.place));
        let of_them: Vec<_> = of_them.collect();
        store::insert(conn, of_them.iter().map(|(of, sums)| (*of, sums)))
    }
}
