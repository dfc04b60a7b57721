//! Two looks at one state of the data, side by side.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::SimpleConnection;
use tokio::task::spawn_blocking;

use super::{
    Conn, DatabaseUrl, Db,
    engine::{self, Opener, Purpose},
};
use crate::error::{Code, Error, Result};

impl Db {
    /// Looks at one state of the data twice at the same time, each time on a thread and a connection of its own, which are none of the pools'. It
    /// is for looks that take minutes. The primary is read, and nothing is tried again.
    ///
    /// # Errors
    /// `unavailable` if there is no connection; those of the looks, the first one's first. The other one is waited for.
    pub async fn look_side_by_side<A: Send + 'static, B: Send + 'static>(
        &self,
        one: impl FnOnce(&mut Conn) -> Result<A> + Send + 'static,
        other: impl FnOnce(&mut Conn) -> Result<B> + Send + 'static,
    ) -> Result<(A, B)> {
        let reader = Opener { url: self.0.url.clone(), purpose: Purpose::Read };
        let open = move || Ok::<_, diesel::ConnectionError>((reader.open()?, reader.open()?));
        let pair = spawn_blocking(open).await.map_err(ended_badly)?;
        let pair = pair.map_err(|error| Error::new(Code::Unavailable).because(error))?;
        let (first, second) = match self.0.url {
            DatabaseUrl::Sqlite(_) => self.begin_between_writes(pair).await?,
            DatabaseUrl::Postgres(_) => {
                spawn_blocking(|| begin_shared(pair)).await.map_err(ended_badly)??
            }
        };
        let one = spawn_blocking(move || look(first, one));
        let other = spawn_blocking(move || look(second, other));
        let (one, other) = tokio::join!(one, other);
        Ok((one.map_err(ended_badly)??, other.map_err(ended_badly)??))
    }

    /// Begins on both while nothing is committed: within a transaction that writes, there is one on SQLite at a time.
    async fn begin_between_writes(&self, pair: (Conn, Conn)) -> Result<(Conn, Conn)> {
        let pair = Arc::new(Mutex::new(Some(pair)));
        let shared = Arc::clone(&pair);
        let begin = move |_: &mut Conn| {
            let mut pair = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let Some((first, second)) = pair.as_mut() else { return Ok(()) };
            for conn in [first, second] {
                // It may have begun in a transaction that is done once more; else there is nothing to undo.
                let _ = engine::rollback(conn);
                engine::begin_snapshot(conn)?;
                // The first look decides which state is seen.
                conn.batch_execute("SELECT count(*) FROM sqlite_schema")?;
            }
            Ok(())
        };
        self.write(begin).await?;
        let begun = pair.lock().unwrap_or_else(PoisonError::into_inner).take();
        begun.ok_or_else(|| Error::internal("both connections are gone"))
    }
}

/// Begins on both, the second with the state that the first one sees.
fn begin_shared((mut first, mut second): (Conn, Conn)) -> Result<(Conn, Conn)> {
    engine::begin_snapshot(&mut first)?;
    let state = engine::export_snapshot(&mut first)?;
    engine::begin_snapshot(&mut second)?;
    engine::see_snapshot(&mut second, &state)?;
    Ok((first, second))
}

fn look<T>(mut conn: Conn, look: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    let seen = look(&mut conn);
    // It has changed nothing, and the connection is closed.
    let _ = engine::rollback(&mut conn);
    seen
}

fn ended_badly(panic: tokio::task::JoinError) -> Error {
    Error::internal(format!("a look at the database ended badly: {panic}"))
}
