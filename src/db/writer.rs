//! Group commit for SQLite: one thread takes all the work that waits, does it in one transaction, commits once, and
//! only then answers. One sync to the disk serves many callers, and a piece that fails or panics is undone alone: it
//! harms no other.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    time::Instant,
};

use tokio::sync::oneshot;
use tracing::Span;

use super::{
    Conn,
    engine::{self, Opener},
    metrics::Meter,
    notices::{self, Notices},
    unit::{Outcome, Unit},
};
use crate::error::{Code, Error, Result};

/// No more than this shares one commit, so that the first piece of a long queue is answered soon.
const LARGEST_GROUP: usize = 256;

/// When this many wait, further work is refused, to be sent again later: it would wait too long.
const LONGEST_QUEUE: usize = 20_000;

/// After a piece has failed, so many groups have a savepoint for each piece.
const CAREFUL_GROUPS: usize = 16;

/// The way to the writing thread, which ends when the last handle on it is gone.
pub(super) struct Writer {
    queue: mpsc::SyncSender<Piece>,
    meter: Meter,
}

impl Writer {
    pub(super) fn start(opener: Opener, conn: Conn, notices: Notices, meter: Meter) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::sync_channel(LONGEST_QUEUE);
        let measuring = meter.clone();
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || write_groups(&opener, conn, &waiting, &notices, &measuring))?;
        Ok(Self { queue, meter })
    }

    pub(super) async fn run(&self, unit: Unit) -> Result<Outcome> {
        let (reply, answer) = oneshot::channel();
        let piece = Piece { unit, outcome: None, reply, caller: Span::current(), wanted: self.meter.now() };
        self.queue.try_send(piece).map_err(|error| Error::new(Code::Unavailable).because(error))?;
        answer.await.map_err(|_| Error::new(Code::Unavailable))?
    }
}

/// One caller's work.
struct Piece {
    unit: Unit,
    outcome: Option<Result<Outcome>>,
    reply: oneshot::Sender<Result<Outcome>>,
    /// What the caller is in.
    caller: Span,
    /// Since when it is wanted, if that is measured.
    wanted: Option<Instant>,
}

impl Piece {
    /// Does the work; says whether it is to be kept.
    fn run(&mut self, conn: &mut Conn) -> bool {
        let _span = self.caller.enter();
        let _unit = tracing::debug_span!("database").entered();
        let outcome = catch_unwind(AssertUnwindSafe(|| self.unit.run(conn)))
            .unwrap_or_else(|_| Err(Error::internal("a unit of database work panicked")));
        self.outcome.insert(outcome).is_ok()
    }

    /// Gives the caller its answer, or why the group that it was part of could not be committed.
    fn answer(self, committed: std::result::Result<(), &str>) {
        let outcome = match (self.outcome, committed) {
            // It failed by itself: its own error says more than the group's.
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(reason)) => Err(Error::new(Code::Unavailable).because(reason)),
            (None, Ok(())) => Err(Error::internal("a unit of database work was not run")),
        };
        // A caller that has gone away needs no answer.
        let _ = self.reply.send(outcome);
    }
}

fn write_groups(
    opener: &Opener,
    mut conn: Conn,
    queue: &mpsc::Receiver<Piece>,
    notices: &Notices,
    meter: &Meter,
) {
    let mut careful = 0;
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(LARGEST_GROUP - 1));
        let began = meter.begin_group(group.iter().map(|piece| piece.wanted));
        notices::begin();
        let committed = write_group(&mut conn, &mut group, &mut careful).map_err(|error| error.to_string());
        meter.end_group(began, group.len());
        if let Err(error) = &committed {
            tracing::error!(%error, pieces = group.len(), "a group of writes could not be committed");
            start_afresh(opener, &mut conn);
        } else {
            notices.committed();
        }
        for piece in group {
            piece.answer(committed.as_ref().copied().map_err(String::as_str));
        }
    }
}

/// Savepoints cost about as much as a small piece of work, and nearly all work succeeds: so it is first done without
/// them. Where a piece fails, all is undone and done again with them, and for a while they stay.
fn write_group(conn: &mut Conn, group: &mut [Piece], careful: &mut usize) -> diesel::QueryResult<()> {
    if *careful > 0 {
        *careful -= 1;
    } else if write_bare(conn, group)? {
        return Ok(());
    } else if group.len() > 1 {
        *careful = CAREFUL_GROUPS;
    } else {
        return Ok(());
    }
    engine::begin_write(conn)?;
    for piece in group {
        engine::savepoint(conn)?;
        if piece.run(conn) {
            engine::commit(conn)?;
        } else {
            engine::rollback(conn)?;
        }
    }
    engine::commit(conn)
}

/// Commits all pieces, or nothing if one fails; says which it was.
fn write_bare(conn: &mut Conn, group: &mut [Piece]) -> diesel::QueryResult<bool> {
    engine::begin_write(conn)?;
    let all_good = group.iter_mut().all(|piece| piece.run(conn));
    if all_good {
        engine::commit(conn)?
    } else {
        engine::rollback(conn)?
    }
    Ok(all_good)
}

/// After a full disk or a failed sync nobody knows what state a connection is in, so it is replaced;
/// closing the old one undoes what it had begun.
fn start_afresh(opener: &Opener, conn: &mut Conn) {
    match opener.open() {
        Ok(fresh) => *conn = fresh,
        Err(error) => tracing::error!(%error, "the database could not be opened again"),
    }
}
