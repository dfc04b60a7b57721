//! Attempts: a unit of work with its transaction, tried as often as the engine asks.

use std::time::Duration;

use diesel::result::Error as SqlError;
use uuid::Uuid;

use super::{
    Conn, engine,
    notices::{self, Notices},
    replica,
    unit::{Outcome, Unit},
};
use crate::error::{Code, Error, Result, Retry};

/// How often one write is tried before the database counts as busy.
const WRITE_ATTEMPTS: u32 = 40;

/// A unit of work with the transaction around it, if any.
pub(super) struct Attempt {
    begin: Option<fn(&mut Conn) -> diesel::QueryResult<()>>,
    unit: Unit,
    /// Whom a commit is made known to.
    notices: Option<Notices>,
    /// The account that writes, if it is kept how far the log had come then.
    writer: Option<Uuid>,
}

impl Attempt {
    pub(super) fn plain(unit: Unit) -> Self {
        Self { begin: None, unit, notices: None, writer: None }
    }

    pub(super) fn within(begin: fn(&mut Conn) -> diesel::QueryResult<()>, unit: Unit) -> Self {
        Self { begin: Some(begin), unit, notices: None, writer: None }
    }

    pub(super) fn telling(self, notices: Notices) -> Self {
        Self { notices: Some(notices), ..self }
    }

    pub(super) fn written_by(self, writer: Option<Uuid>) -> Self {
        Self { writer, ..self }
    }

    pub(super) fn run(&mut self, conn: &mut Conn) -> Result<Outcome> {
        let Some(begin) = self.begin else { return self.unit.run(conn) };
        begin(conn)?;
        notices::begin();
        match self.unit.run(conn) {
            Ok(value) => {
                engine::commit(conn).map_err(unsure)?;
                self.notices.iter().for_each(Notices::committed);
                if let Some(account) = self.writer
                    && let Err(error) = replica::note_write(conn, account)
                {
                    // What was committed is answered.
                    tracing::warn!(%error, "a write could not be noted: its account may read an older state from the replica");
                }
                Ok(value)
            }
            Err(error) => {
                // The first error says why; one more from the rollback would hide it.
                let _ = engine::rollback(conn);
                Err(error)
            }
        }
    }
}

/// A connection that is lost while it commits leaves open whether it has: the caller has to ask again.
fn unsure(error: SqlError) -> Error {
    if engine::is_connection_lost(&error) {
        return Error::new(Code::Unavailable).because(error);
    }
    error.into()
}

/// Tries until it works, fails for good, or has been tried often enough; waits longer each time, never in step.
pub(super) fn retry(mut attempt: impl FnMut() -> Result<Outcome>) -> Result<Outcome> {
    let (mut tries, mut once_more) = (1, true);
    loop {
        let error = match attempt() {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        match error.retry() {
            Retry::Once if once_more => once_more = false,
            Retry::Often if tries < WRITE_ATTEMPTS => {}
            Retry::Often => return Err(Error::new(Code::Unavailable).because(error)),
            Retry::Once | Retry::Never => return Err(error),
        }
        tracing::debug!(tries, %error, "a unit of database work is tried again");
        std::thread::sleep(pause(tries));
        tries += 1;
    }
}

/// A random wait of up to 2, 4, 8 … 128 milliseconds.
fn pause(tries: u32) -> Duration {
    let ceiling = 1_000_u64 << tries.min(7);
    let mut random = [0; 8];
    // Without randomness the wait is the full one.
    let fraction = match aws_lc_rs::rand::fill(&mut random) {
        Ok(()) => u64::from_le_bytes(random) % ceiling,
        Err(_) => ceiling,
    };
    Duration::from_micros(fraction)
}
