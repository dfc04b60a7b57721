#![allow(clippy::unwrap_used)]

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;
use crate::{
    clock::Clock,
    config::BlobsUrl,
    db::{DatabaseUrl, schema::task},
    error::Code,
    server::house::{Files, House},
    work::{self, Queue, Task},
};

#[derive(Serialize, Deserialize)]
struct Never {}

impl Task for Never {
    const KIND: &'static str = "never";
    const QUEUE: Queue = Queue::new("never");
    type State = ();

    async fn run(self, _: &App, (): &()) -> Result<()> {
        Ok(())
    }
}

#[test]
fn dead_tasks_are_listed_and_repeated_and_dropped() {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(all());
}

async fn all() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(folder.path(), &BlobsUrl::Folder(folder.path().join("blobs"))).unwrap();
    let clock = Clock::fixed("2026-03-01T08:00:00Z".parse::<jiff::Timestamp>().unwrap().into());
    let database = DatabaseUrl::Sqlite(folder.path().join("work.db"));
    let app = House::open(&database, 2, clock, files, None).await.unwrap().ground();
    assert_eq!(list(&app).await.unwrap(), [""; 0]);
    let (ids, now) = ([app.clock.new_id(), app.clock.new_id()], app.clock.now());
    app.db
        .write(move |conn| {
            for id in ids {
                work::enqueue(conn, &Never {}, id, now)?;
                diesel::update(task::table.find(id))
                    .set((task::dead.eq(true), task::attempts.eq(12), task::last_error.eq("so it is")))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    repeat(&app, ids[0]).await.unwrap();
    app.clock.advance(30);
    let lines = list(&app).await.unwrap();
    assert_eq!(lines[0], "never: 1 waiting, the oldest due for 30 s, 0 running, 1 dead");
    assert_eq!(
        lines[1..],
        [format!("{} never of 2026-03-01T08:00:00Z, dead after 12 tries: so it is", ids[1])]
    );
    drop_dead(&app, ids[1]).await.unwrap();
    assert_eq!(drop_dead(&app, ids[1]).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(list(&app).await.unwrap().len(), 1);
}
