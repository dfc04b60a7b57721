//! Visits in which nothing was found that may be wrong are approved without a reviewer, as large a share of them as their
//! campaign says. Which they are is drawn by lot, with a key of the server, so that nobody can tell beforehand; the others
//! are the sample that reviewers look at.

use serde::{Deserialize, Serialize};

use super::decide;
use crate::{
    app::App,
    checklists::cache::{Version, Versions},
    db::{Conn, notices::Topic, types::Instant},
    error::Result,
    fieldwork::campaigns,
    ids::VisitId,
    seals::Seal,
    visits::{
        self,
        advance::by_clock,
        model::VisitHead,
        state::{State, Step},
        taken::Details,
    },
    work::{Queue, Standing, Task},
};

/// So many visits are looked up together.
const AT_ONCE: i64 = 100;

/// Draws the lots of visits that wait for it, until none is left.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ApproveByLot {}

/// What is drawn for one visit.
#[derive(Clone, Copy, Debug)]
pub struct Lots {
    /// By which it is approved: 0 to 9999.
    pub approval: i64,
    /// By which a second reviewer is asked about it: likewise.
    pub opinion: i64,
}

impl Task for ApproveByLot {
    const KIND: &'static str = "approve_by_lot";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Versions;

    async fn run(self, app: &App, versions: &Versions) -> Result<()> {
        loop {
            let ids = app.db.read(|conn| visits::store::to_be_drawn(conn, AT_ONCE)).await?;
            if ids.is_empty() {
                return Ok(());
            }
            let waiting = app.db.read(move |conn| visits::store::with_ids(conn, &ids)).await?;
            for visit in waiting {
                let (id, now) = (visit.head.id, app.clock.now());
                let version = versions.get(&app.db, visit.head.version_id).await?;
                let lot = |seal| app.seals.lot(seal, id.uuid().as_bytes());
                let lots = Lots { approval: lot(Seal::Approval), opinion: lot(Seal::Opinion) };
                app.db.write(move |conn| draw(conn, id, lots, &version, now)).await?;
            }
        }
    }
}

impl Standing for ApproveByLot {
    const WOKEN_BY: &'static [Topic] = &[visits::store::TO_BE_DRAWN];

    fn is_wanted(conn: &mut Conn, _: Instant) -> Result<bool> {
        Ok(!visits::store::to_be_drawn(conn, 1)?.is_empty())
    }
}

/// Approves a visit if its lot says so, and if no reviewer has taken it up meanwhile. It is drawn once.
///
/// # Errors
/// None but those of the database.
pub fn draw(conn: &mut Conn, id: VisitId, lots: Lots, version: &Version, now: Instant) -> Result<()> {
    visits::store::set_drawn(conn, id)?;
    let Some(visit) = visits::store::find(conn, id)? else { return Ok(()) };
    if visit.head.state != State::Complete || lots.approval >= share(conn, &visit.head)? {
        return Ok(());
    }
    let advanced = by_clock(conn, id, Step::Approve, Details::default(), now)?;
    decide::follow(conn, advanced, version, lots.opinion, now).map(drop)
}

/// How large a share of such visits its campaign wants to be approved, in basis points.
fn share(conn: &mut Conn, visit: &VisitHead) -> Result<i64> {
    let terms = campaigns::store::terms_of(conn, visit.assignment_id)?;
    Ok(terms.and_then(|terms| terms.automatic_approval).map_or(0, |approval| approval.share_bp.get()))
}
