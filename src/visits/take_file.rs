//! Taking a file that has arrived whole: it is kept, and its visit is complete if that waited for nothing else.

use super::{complete::complete, completion::never_to_come, store};
use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    evidence::{
        keep::{Kept, keep},
        model::{Evidence, Incoming},
        progress::{Progress, Reached},
    },
    ids::TaskId,
};

/// Keeps the file if a request has brought all of it; says how far it has come.
///
/// # Errors
/// As [`take_file`].
pub async fn take(app: &App, reached: Reached) -> Result<Progress> {
    let whole = match reached {
        Reached::Offset(progress) => return Ok(progress),
        Reached::End(whole) => whole,
    };
    let (incoming, now, task) = (whole.file().clone(), app.clock.now(), app.clock.new_id());
    let file = app.db.write(move |conn| take_file(conn, &incoming, now, task)).await?;
    whole.finish().await?;
    Ok(Progress::kept(file))
}

/// Keeps a file and, in the same transaction, completes the visit that waited for nothing else. If the visit is still to
/// come, it looks for the file itself.
///
/// Of a visit and its last file, or of two last files, that arrive at once, one is second: SQLite has one writer, and on
/// PostgreSQL each has read what the other writes, so that one of them is done again and sees the other.
///
/// # Errors
/// `evidence_differs` if its visit says that it is another file: then it is not kept. Otherwise as [`keep`].
pub fn take_file(conn: &mut Conn, incoming: &Incoming, now: Instant, task: TaskId) -> Result<Evidence> {
    let Kept { file, is_new } = keep(conn, incoming, now, task)?;
    if is_new {
        complete_visit_of(conn, &file)?;
    }
    Ok(file)
}

fn complete_visit_of(conn: &mut Conn, file: &Evidence) -> Result<()> {
    let waiting = store::waiting_for_files(conn, file.visit_id, file.shopper_id)?;
    let Some(mut visit) = waiting else { return Ok(()) };
    if !never_to_come(&visit.head, visit.manifest(), std::slice::from_ref(file)).is_empty() {
        return Err(Error::new(Code::EvidenceDiffers).detail("the manifest of its visit says otherwise"));
    }
    complete(conn, &mut visit).map(drop)
}
