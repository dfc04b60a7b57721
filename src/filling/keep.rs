//! Keeping visits of the past: one transaction, whose rows are made beside it.

use std::{
    ops::Range,
    sync::{Arc, mpsc},
    thread,
};

use uuid::Uuid;

use super::{fill::Make, ground::Ground, past::PastVisit, rows::Rows};
use crate::{
    app::App,
    audit,
    db::{Conn, engine::keep_much},
    error::Result,
    fieldwork::assignments,
    ledger::{model::Kind, seal_past::seal_past},
    outbox, reports, trust, visits,
};

/// So many visits are made and sealed together.
const AT_ONCE: usize = 400;

/// Keeps the visits of these numbers to each of these branches in one transaction: all of them, or none. `progress` is called with how many
/// visits are kept so far.
///
/// # Errors
/// Those of making visits, and of the database, among others if one of the visits is there already.
pub(super) async fn keep(
    app: &Arc<App>,
    ground: &Arc<Ground>,
    (branches, turns): (Range<usize>, impl Fn(usize) -> Range<usize> + Send + Sync + 'static),
    visits: &Arc<Make>,
    progress: impl Fn(u64) + Send + 'static,
) -> Result<()> {
    let (this, ground, visits) = (Arc::clone(app), Arc::clone(ground), Arc::clone(visits));
    let write = move |conn: &mut Conn| {
        keep_much(conn, true)?;
        let of_branch = |branch| turns(branch).map(|turn| visits(branch, turn)).collect();
        let kept = fill(conn, &this, &ground, branches.clone(), &of_branch, &progress);
        keep_much(conn, false)?;
        kept
    };
    app.db.write(write).await
}

/// The visits to a branch of some time on end.
type OfBranch<'f> = dyn Fn(usize) -> Result<Vec<PastVisit>> + Sync + 'f;

fn fill(
    conn: &mut Conn,
    app: &App,
    ground: &Ground,
    branches: Range<usize>,
    visits: &OfBranch<'_>,
    progress: &impl Fn(u64),
) -> Result<()> {
    let makers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let maker = |first: usize| {
            let (give, take) = mpsc::sync_channel(1);
            let own = branches.clone().skip(first).step_by(makers);
            scope.spawn(move || make(ground, own, visits, &give));
            take
        };
        let mut lanes: Vec<Option<mpsc::Receiver<Result<Rows>>>> =
            (0..makers).map(|first| Some(maker(first))).collect();
        let mut done = 0;
        while lanes.iter().any(Option::is_some) {
            for lane in &mut lanes {
                let Some(made) = lane.as_ref().map(mpsc::Receiver::recv) else { continue };
                let Ok(rows) = made else {
                    *lane = None;
                    continue;
                };
                let rows = rows?;
                done += rows.visits.len() as u64;
                rows.keep(conn, app, ground)?;
                progress(done);
            }
        }
        Ok(())
    })
}

/// Makes the rows of these branches, some visits at a time, until the writer takes no more.
fn make(
    ground: &Ground,
    branches: impl Iterator<Item = usize>,
    visits: &OfBranch<'_>,
    give: &mpsc::SyncSender<Result<Rows>>,
) {
    let mut rows = Rows::default();
    for branch in branches {
        if let Err(error) = visits(branch).and_then(|visits| rows.add(ground, visits)) {
            let _ = give.send(Err(error));
            return;
        }
        if rows.visits.len() >= AT_ONCE && give.send(Ok(std::mem::take(&mut rows))).is_err() {
            return;
        }
    }
    if !rows.visits.is_empty() {
        let _ = give.send(Ok(rows));
    }
}

impl Rows {
    /// Writes the rows, seals them, and adds them to the figures.
    fn keep(self, conn: &mut Conn, app: &App, ground: &Ground) -> Result<()> {
        let Self {
            assignments,
            visits,
            looks,
            flags,
            waiting,
            bands,
            steps,
            audit,
            events,
            reports,
            counted,
        } = self;
        let of_visits: Vec<_> = visits.iter().map(|one| one.head.id.uuid()).collect();
        let mut of_steps: Vec<Uuid> = steps.iter().map(|(step, _)| step.visit_id.uuid()).collect();
        of_steps.dedup();
        let records = [
            (Kind::Assignment, assignments.iter().map(|one| one.id.uuid()).collect()),
            (Kind::Arrival, of_visits.clone()),
            (Kind::Completion, of_visits.clone()),
            (Kind::Look, of_visits),
            (Kind::Step, of_steps),
            (Kind::Audit, audit.iter().map(|one| one.id.uuid()).collect()),
            (Kind::Event, events.iter().map(|one| one.id.uuid()).collect()),
            (Kind::Report, reports.iter().map(|one| one.id.uuid()).collect()),
        ];
        assignments::store::insert_past(conn, assignments)?;
        visits::store::past::insert_past(conn, visits)?;
        trust::store::traces::insert_past(conn, looks)?;
        for (visit, flags) in &flags {
            trust::store::insert_flags(conn, (*visit, 0), flags)?;
            if waiting.contains(visit) {
                trust::store::insert_waiting(conn, *visit, flags.iter().map(|flag| flag.evidence.kind()))?;
            }
        }
        for (visit, bands) in &bands {
            trust::store::traces::insert_bands(conn, *visit, bands)?;
        }
        visits::store::steps::insert_past(conn, steps)?;
        audit::store::append_past(conn, audit)?;
        outbox::store::append_past(conn, events)?;
        reports::store::insert_past(conn, reports)?;
        seal_past(conn, &app.seals, ground.brand.id, &records, app.clock.now())?;
        counted.keep(conn)
    }
}
