//! Files that have not arrived yet: the folder of their bytes, and which request works with which of them.
//!
//! How far an upload has come is how long its file is: nothing else has to be kept in step with it. One request at a
//! time works with a file, and a later request takes over from one that still waits for bytes. With several servers on
//! one database each has a folder of its own: an upload that comes to another server begins anew there.

use std::{
    collections::HashMap,
    fs::{self, File},
    future::Future,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex as Turn, OwnedMutexGuard, watch},
    task::spawn_blocking,
    time::timeout,
};

use crate::{
    durable,
    error::{Code, Error, Result},
    ids::EvidenceId,
};

/// How long a request waits for one that is still storing what it got.
const PATIENCE: Duration = Duration::from_secs(20);

/// The folder of files that have not arrived yet; cheap to clone.
#[derive(Clone, Debug)]
pub struct Parts(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    busy: Mutex<HashMap<EvidenceId, Arc<Seat>>>,
}

/// Where requests for one upload wait for their turn.
#[derive(Debug)]
struct Seat {
    /// Locked by the request whose turn it is; how many turns there were.
    turn: Arc<Turn<u64>>,
    /// How many have come so far.
    came: watch::Sender<u64>,
}

impl Parts {
    /// Opens this folder; it is made if need be.
    ///
    /// # Errors
    /// One line for a person.
    pub fn open(folder: PathBuf) -> std::result::Result<Self, String> {
        durable::make(&folder)
            .map_err(|error| format!("cannot keep uploads in {}: {error}", folder.display()))?;
        Ok(Self(Arc::new(Inner { folder, busy: Mutex::default() })))
    }

    /// Comes near an upload without ending another request. What is found out about it from now on is out of date if
    /// another request has a turn before this one: [`Part::out_of_date`] says so then.
    pub fn approach(&self, id: EvidenceId) -> Approach {
        let seated = self.sit(id);
        let turns = seated.seat.turn.try_lock().ok().map(|turns| *turns);
        Approach { seated, turns }
    }

    /// Takes a turn with an upload that no request works with.
    pub fn claim_idle(&self, id: EvidenceId) -> Option<Part> {
        let seated = self.sit(id);
        let ticket = *seated.seat.came.borrow();
        let mut turn = Arc::clone(&seated.seat.turn).try_lock_owned().ok()?;
        *turn += 1;
        Some(Part { seated, ticket, out_of_date: false, _turn: turn })
    }

    /// How many uploads requests work with just now.
    pub fn in_progress(&self) -> usize {
        self.0.busy().len()
    }

    /// The uploads that have bytes here.
    ///
    /// # Errors
    /// `unavailable` if the folder cannot be read.
    pub async fn ids(&self) -> Result<Vec<EvidenceId>> {
        let folder = self.0.folder.clone();
        on_disk(move || {
            let mut ids = Vec::new();
            for entry in fs::read_dir(folder)? {
                let name = entry?.file_name();
                let id =
                    name.to_str().and_then(|name| name.strip_suffix(".part")?.parse::<EvidenceId>().ok());
                ids.extend(id);
            }
            Ok(ids)
        })
        .await
    }

    fn sit(&self, id: EvidenceId) -> Seated {
        let mut busy = self.0.busy();
        let seat = busy
            .entry(id)
            .or_insert_with(|| Arc::new(Seat { turn: Arc::default(), came: watch::Sender::new(0) }));
        Seated { parts: Arc::clone(&self.0), id, seat: Arc::clone(seat) }
    }
}

impl Inner {
    fn busy(&self) -> MutexGuard<'_, HashMap<EvidenceId, Arc<Seat>>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request at a seat, waiting or not; the last one takes the seat away.
#[derive(Debug)]
struct Seated {
    parts: Arc<Inner>,
    id: EvidenceId,
    seat: Arc<Seat>,
}

impl Drop for Seated {
    fn drop(&mut self) {
        let mut busy = self.parts.busy();
        // The table's and this one.
        if Arc::strong_count(&self.seat) == 2 {
            busy.remove(&self.id);
        }
    }
}

/// A request near an upload that has not asked for a turn yet.
#[derive(Debug)]
pub struct Approach {
    seated: Seated,
    /// How many turns there had been, if no request had one.
    turns: Option<u64>,
}

impl Approach {
    /// Waits for a turn. The request that has it and waits for bytes is asked to stop.
    ///
    /// # Errors
    /// `upload_taken_over` if it stays busy for long.
    pub async fn claim(self) -> Result<Part> {
        let Self { seated, turns } = self;
        let mut ticket = 0;
        seated.seat.came.send_modify(|came| {
            *came += 1;
            ticket = *came;
        });
        let turn = timeout(PATIENCE, Arc::clone(&seated.seat.turn).lock_owned()).await;
        let mut turn = turn.map_err(|_| Error::new(Code::UploadTakenOver).after(1))?;
        let out_of_date = turns != Some(*turn);
        *turn += 1;
        Ok(Part { seated, ticket, out_of_date, _turn: turn })
    }
}

/// One upload's bytes. Only one request at a time holds this.
#[derive(Debug)]
pub struct Part {
    _turn: OwnedMutexGuard<u64>,
    seated: Seated,
    ticket: u64,
    out_of_date: bool,
}

impl Part {
    /// Where the bytes are, under a name of the server's own.
    pub fn path(&self) -> PathBuf {
        self.seated.parts.folder.join(format!("{}.part", self.seated.id))
    }

    /// Whether another request had a turn with it since this one came near, so that what was found out is out of date.
    pub fn out_of_date(&self) -> bool {
        self.out_of_date
    }

    /// Waits until another request asks for a turn.
    pub fn wanted(&self) -> impl Future<Output = ()> + use<> {
        let (mut came, ticket) = (self.seated.seat.came.subscribe(), self.ticket);
        async move {
            if came.wait_for(|came| *came > ticket).await.is_err() {
                // Its sender is in the seat, which this outlives only when no request is left.
                std::future::pending().await
            }
        }
    }

    /// How many bytes are here, all of them on disk.
    ///
    /// # Errors
    /// `unavailable` if the disk is not.
    pub async fn len(&self) -> Result<u64> {
        let path = self.path();
        on_disk(move || {
            let Some(file) = if_there(File::open(&path))? else { return Ok(0) };
            // Those of a process that was killed may not be.
            if let Err(error) = file.sync_all() {
                // The system may think now that it has nothing more to sync: none of them can be relied on.
                fs::remove_file(&path)?;
                return Err(error);
            }
            file.metadata().map(|about| about.len())
        })
        .await
    }

    /// Drops all bytes.
    ///
    /// # Errors
    /// `unavailable` if the disk is not.
    pub async fn clear(&self) -> Result<()> {
        let path = self.path();
        on_disk(move || if_there(fs::remove_file(path)).map(drop)).await
    }
}

/// What is there, or nothing where it is not.
pub(super) fn if_there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// Does the work with the disk on a thread that may wait for it.
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let done = spawn_blocking(work).await.map_err(Error::internal)?;
    done.map_err(|error| Error::new(Code::Unavailable).because(error))
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_util::FutureExt as _;

    use super::*;
    use crate::clock::Clock;

    #[tokio::test(flavor = "current_thread")]
    async fn a_later_request_takes_over_and_no_seat_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let parts = Parts::open(folder.path().join("uploads")).unwrap();
        let id = Clock::System.new_id();
        let first = parts.approach(id).claim().await.unwrap();
        assert!(!first.out_of_date() && first.wanted().now_or_never().is_none());
        assert!(parts.claim_idle(id).is_none());
        assert!(first.wanted().now_or_never().is_none(), "looking whether it is idle asks for no turn");
        let mut second = Box::pin(parts.approach(id).claim());
        assert!((&mut second).now_or_never().is_none());
        assert!(first.wanted().now_or_never().is_some());
        drop(first);
        let second = second.await.unwrap();
        assert!(second.out_of_date() && second.wanted().now_or_never().is_none());
        let mut third = Box::pin(parts.approach(id).claim());
        assert!((&mut third).now_or_never().is_none());
        drop(second);
        drop(third); // it hung up while it waited
        assert!(parts.0.busy().is_empty());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_turn_that_came_and_went_meanwhile_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let parts = Parts::open(folder.path().join("uploads")).unwrap();
        let id = Clock::System.new_id();
        let near = parts.approach(id);
        assert!(!near.claim().await.unwrap().out_of_date());
        let near = parts.approach(id);
        drop(parts.approach(id).claim().await.unwrap());
        assert!(near.claim().await.unwrap().out_of_date(), "it is idle again, but it was not meanwhile");
        let near = parts.approach(id);
        drop(parts.claim_idle(id).unwrap());
        assert!(near.claim().await.unwrap().out_of_date());
        assert!(parts.0.busy().is_empty());
    }
}
