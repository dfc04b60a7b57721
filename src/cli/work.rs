//! `incognito work`: what administrators do about the background work, on the command line.

use uuid::Uuid;

use super::{Outcome, say};
use crate::{
    app::App,
    config::Config,
    error::Result,
    ids::TaskId,
    server::background::{api::queues, oversee},
    work::store::oversight::{self, Dead},
};

/// So many dead tasks are listed.
const MOST: i64 = 200;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List the queues, and the tasks that failed too often
    List,
    /// Have a dead task tried again, as often as a new one
    Repeat(Which),
    /// Drop a dead task: it is never done
    Drop(Which),
}

#[derive(clap::Args)]
pub(super) struct Which {
    /// The task's id, as the list has it
    #[arg(value_name = "ID")]
    id: Uuid,
}

pub(super) async fn run(command: Command, config: &Config) -> Outcome {
    let app = super::start(config).await?.ground();
    match command {
        Command::List => list(&app).await?.iter().for_each(say),
        Command::Repeat(which) => {
            repeat(&app, TaskId::new(which.id)).await?;
            say("it waits for its turn");
        }
        Command::Drop(which) => {
            drop_dead(&app, TaskId::new(which.id)).await?;
            say("it is gone");
        }
    }
    Ok(())
}

/// A line for each queue, then one for each dead task.
pub(crate) async fn list(app: &App) -> Result<Vec<String>> {
    let of_queues = queues(app).await?.into_iter().map(|queue| {
        let oldest = queue.oldest_s.map(|seconds| format!(", the oldest due for {seconds} s"));
        format!(
            "{}: {} waiting{}, {} running, {} dead",
            queue.queue,
            queue.waiting,
            oldest.unwrap_or_default(),
            queue.running,
            queue.dead,
        )
    });
    let dead = app.db.read(|conn| oversight::dead(conn, None, MOST)).await?;
    Ok(of_queues.chain(dead.into_iter().map(|task| line(&task))).collect())
}

fn line(task: &Dead) -> String {
    let why = task.last_error.as_deref().unwrap_or("no reason was written down");
    format!("{} {} of {}, dead after {} tries: {why}", task.id, task.kind, task.created_at, task.attempts)
}

/// Has a dead task tried again.
pub(crate) async fn repeat(app: &App, id: TaskId) -> Result<()> {
    let now = app.clock.now();
    app.db.write(move |conn| oversee::repeat(conn, None, id, now)).await
}

/// Deletes a dead task.
pub(crate) async fn drop_dead(app: &App, id: TaskId) -> Result<()> {
    let now = app.clock.now();
    app.db.write(move |conn| oversee::drop_dead(conn, None, id, now)).await
}

#[cfg(test)]
mod tests;
