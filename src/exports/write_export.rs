//! Writes the file of an export, a turn at a time.

use std::{
    fs::File,
    io::{Read as _, Seek as _, Write as _},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::{
    fetch,
    model::{Export, ExportFormat, ExportState, KEPT_FOR, Progress},
    parts::{PART, name},
    ready::ExportReady,
    remove_parts::RemoveParts,
    source::{Sources, Writing, WrittenPiece},
    store,
};
use crate::{
    accounts::policy::Scope,
    app::App,
    db::Conn,
    demand::Requests,
    error::{Code, Error, Result},
    ids::{ExportId, TaskId},
    outbox,
    work::{self, Queue, Task},
};

/// Where exports wait for their turn.
pub const QUEUE: Queue = Queue::new("export").at_once(2);
/// So many parts are written in a turn; then it is another export's.
const PARTS_A_TURN: usize = 8;
/// A part ends after so long, however small it is.
const LONGEST_PART: Duration = Duration::from_secs(10);
/// So many turns at an export may come to nothing, one after the other.
const MOST_TRIES: u32 = 6;

/// Writes the next parts of an export's file, or all of it if it is a workbook or Parquet, which cannot be gone on with.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteExport {
    /// The export.
    pub export_id: ExportId,
}

/// How a turn ended.
enum Turn {
    /// Nothing is left to write: the file is whole, or the export was cancelled, or another server writes it.
    Over,
    /// Others follow.
    Goes,
}

impl Task for WriteExport {
    const KIND: &'static str = "write_export";
    const QUEUE: Queue = QUEUE;
    type State = Sources;

    fn subject(&self) -> Option<String> {
        Some(self.export_id.to_string())
    }

    fn key(&self) -> Option<String> {
        Some(self.export_id.to_string())
    }

    async fn run(self, app: &App, sources: &Sources) -> Result<()> {
        let id = self.export_id;
        let Some(export) = app.db.write(move |conn| take_up(conn, id)).await? else { return Ok(()) };
        if export.progress.0.tries > MOST_TRIES {
            return fail(app, id, Code::Internal).await;
        }
        match write(app, sources, export).await {
            Ok(Turn::Over) => Ok(()),
            Ok(Turn::Goes) => {
                let (task, now) = (app.clock.new_id(), app.clock.now());
                app.db.write(move |conn| work::enqueue(conn, &self.again(), task, now)).await
            }
            Err(error) if error.code().status() < 500 => fail(app, id, error.code()).await,
            Err(error) => Err(error),
        }
    }
}

impl WriteExport {
    const fn again(&self) -> Self {
        Self { export_id: self.export_id }
    }
}

/// Begins a turn at an export that is still to be written.
fn take_up(conn: &mut Conn, id: ExportId) -> Result<Option<Export>> {
    let Some(mut export) = store::find(conn, id)?.filter(|export| export.state.is_open()) else {
        return Ok(None);
    };
    export.state = ExportState::Running;
    export.progress.0.tries += 1;
    store::update(conn, &export)?;
    Ok(Some(export))
}

/// Writes a turn's parts.
async fn write(app: &App, sources: &Sources, export: Export) -> Result<Turn> {
    let mut writing = sources.0.open(&export.asked.0)?;
    match export.asked.0.format {
        ExportFormat::Xlsx | ExportFormat::Parquet => write_whole(app, writing, export).await,
        ExportFormat::Csv | ExportFormat::Lines => write_parts(app, writing.as_mut(), export).await,
    }
}

async fn write_parts(app: &App, writing: &mut dyn Writing, mut export: Export) -> Result<Turn> {
    let (mut bytes, mut before) = (Vec::new(), export.clone());
    if export.progress.0.parts.is_empty() && export.progress.0.after.is_none() {
        export.progress.0 = begun(app, writing, &export).await?;
        bytes = writing.head()?;
    }
    let mut after = export.progress.0.after.clone();
    let (mut things, mut written, mut began) = (0, 0, Instant::now());
    while written < PARTS_A_TURN {
        let piece = read(app, writing, &export, after).await?;
        bytes.extend_from_slice(&piece.bytes);
        things += piece.things;
        after = piece.next;
        let is_last = after.is_none();
        if !is_last && bytes.len() < PART && began.elapsed() < LONGEST_PART {
            continue;
        }
        put(app, &mut export, std::mem::take(&mut bytes)).await?;
        export.progress.0.done += std::mem::take(&mut things);
        export.progress.0.after.clone_from(&after);
        if !keep(app, before, &mut export, is_last).await? || is_last {
            return Ok(Turn::Over);
        }
        (before, began, written) = (export.clone(), Instant::now(), written + 1);
    }
    Ok(Turn::Goes)
}

/// Writes a file that cannot be gone on with to the disk, and then its parts.
async fn write_whole(app: &App, mut writing: Box<dyn Writing>, mut export: Export) -> Result<Turn> {
    let mut before = export.clone();
    export.progress.0 = begun(app, writing.as_mut(), &export).await?;
    let mut after = None;
    let mut file =
        spawn_blocking(tempfile::tempfile).await.map_err(Error::internal)?.map_err(Error::internal)?;
    loop {
        let piece = read(app, writing.as_mut(), &export, after).await?;
        file = added(file, piece.bytes).await?;
        export.progress.0.done += piece.things;
        after = piece.next;
        if after.is_none() {
            break;
        }
    }
    let written = spawn_blocking(move || {
        writing.end(&mut file)?;
        file.rewind().map_err(Error::internal)?;
        Ok::<_, Error>(file)
    });
    file = written.await.map_err(Error::internal)??;
    let mut bytes;
    (file, bytes) = next_part(file).await?;
    loop {
        let (rest, following) = next_part(file).await?;
        file = rest;
        put(app, &mut export, bytes).await?;
        let is_last = following.is_empty();
        if !keep(app, before, &mut export, is_last).await? || is_last {
            return Ok(Turn::Over);
        }
        before = export.clone();
        bytes = following;
    }
}

/// The file with these bytes behind it.
async fn added(mut file: File, bytes: Vec<u8>) -> Result<File> {
    if bytes.is_empty() {
        return Ok(file);
    }
    let written = spawn_blocking(move || file.write_all(&bytes).map(|()| file));
    written.await.map_err(Error::internal)?.map_err(Error::internal)
}

async fn next_part(mut file: File) -> Result<(File, Vec<u8>)> {
    let read = spawn_blocking(move || {
        let mut part = Vec::new();
        (&mut file).take(PART as u64).read_to_end(&mut part).map(|_| (file, part))
    });
    read.await.map_err(Error::internal)?.map_err(Error::internal)
}

/// How far a file is that begins: anew, if parts of it are there already.
async fn begun(app: &App, writing: &mut dyn Writing, export: &Export) -> Result<Progress> {
    let of = writing.count(reach(app, export).await?).await?;
    let Progress { most_parts, tries, .. } = export.progress.0;
    Ok(Progress { of, most_parts, tries, ..Progress::default() })
}

/// The next piece, by what the account may now. It leaves room for requests.
async fn read(
    app: &App,
    writing: &mut dyn Writing,
    export: &Export,
    after: Option<serde_json::Value>,
) -> Result<WrittenPiece> {
    let turn = app.demand.work();
    let piece = writing.read(reach(app, export).await?, after).await?;
    turn.leave_room(Requests::Many).await;
    Ok(piece)
}

async fn reach(app: &App, export: &Export) -> Result<Scope> {
    let export = export.clone();
    app.db.read(move |conn| fetch::reach(conn, &export)).await
}

/// Puts the next part into the store.
async fn put(app: &App, export: &mut Export, bytes: Vec<u8>) -> Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let (size, progress) = (bytes.len() as u64, &mut export.progress.0);
    app.blobs.put_at(&name(export.id, progress.parts.len()), bytes).await?;
    progress.parts.push(size);
    progress.most_parts = progress.most_parts.max(progress.parts.len());
    Ok(())
}

/// Writes down how far an export is, unless it was cancelled meanwhile or another server has gone on with it: then it says so.
async fn keep(app: &App, before: Export, export: &mut Export, is_last: bool) -> Result<bool> {
    let now = app.clock.now();
    export.progress.0.tries = 0;
    if is_last {
        export.state = ExportState::Ready;
        export.ended_at = Some(now);
        export.expires_at = now.plus_seconds(KEPT_FOR);
    }
    let after = export.clone();
    let write = move |conn: &mut Conn| {
        let is_mine = store::find(conn, after.id)?.is_some_and(|found| found == before);
        if !is_mine {
            return Ok(false);
        }
        store::update(conn, &after)?;
        if after.state == ExportState::Ready {
            outbox::record(conn, &ExportReady::new(&after), now)?;
        }
        Ok(true)
    };
    app.db.write(write).await
}

/// There will be no file, for this reason.
async fn fail(app: &App, id: ExportId, why: Code) -> Result<()> {
    let (now, task): (_, TaskId) = (app.clock.now(), app.clock.new_id());
    let write = move |conn: &mut Conn| {
        let Some(mut export) = store::find(conn, id)?.filter(|export| export.state.is_open()) else {
            return Ok(());
        };
        export.state = ExportState::Failed;
        export.ended_at = Some(now);
        export.expires_at = now.plus_seconds(KEPT_FOR);
        export.progress.0.failed_because = Some(why.name().to_owned());
        store::update(conn, &export)?;
        work::enqueue(conn, &RemoveParts::of(&export), task, now)
    };
    app.db.write(write).await
}
