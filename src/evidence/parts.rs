//! Files that have not arrived yet: the folder of their bytes, and who is busy with which of them.
//!
//! How far an upload has come is how long its file is: nothing else has to be kept in step with it. One request at a
//! time works with a file, and whoever comes later takes over from one that still waits for bytes. With several servers
//! on one database each has a folder of its own: an upload that comes to another server begins anew there.

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
    /// Whose turn it is, and how many turns there were.
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

    /// Comes near an upload without disturbing anybody. What is found out about it from now on is out of date if
    /// somebody else has a turn before oneself: [`Part::out_of_date`] will say so.
    pub fn approach(&self, id: EvidenceId) -> Approach {
        let seated = self.sit(id);
        let turns = seated.seat.turn.try_lock().ok().map(|turns| *turns);
        Approach { seated, turns }
    }

    /// Takes a turn with an upload that nobody is busy with.
    pub fn claim_idle(&self, id: EvidenceId) -> Option<Part> {
        let seated = self.sit(id);
        let ticket = *seated.seat.came.borrow();
        let mut turn = Arc::clone(&seated.seat.turn).try_lock_owned().ok()?;
        *turn += 1;
        Some(Part { seated, ticket, out_of_date: false, _turn: turn })
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

/// Somebody at a seat, waiting or not; the last one takes it away.
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

/// Somebody near an upload who has not said yet that they want it.
#[derive(Debug)]
pub struct Approach {
    seated: Seated,
    /// How many turns there had been, if nobody was busy.
    turns: Option<u64>,
}

impl Approach {
    /// Waits for one's turn. Whoever has it and waits for bytes is told to stop.
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

/// One upload's bytes. Whoever holds this is alone with them.
#[derive(Debug)]
pub struct Part {
    _turn: OwnedMutexGuard<u64>,
    seated: Seated,
    ticket: u64,
    out_of_date: bool,
}

impl Part {
    /// The server's own name for it, whatever the client calls it.
    pub fn path(&self) -> PathBuf {
        self.seated.parts.folder.join(format!("{}.part", self.seated.id))
    }

    /// Whether somebody else had a turn with it since one came near it, so that what was found out is out of date.
    pub fn out_of_date(&self) -> bool {
        self.out_of_date
    }

    /// Waits until somebody else wants it.
    pub fn wanted(&self) -> impl Future<Output = ()> + use<> {
        let (mut came, ticket) = (self.seated.seat.came.subscribe(), self.ticket);
        async move {
            if came.wait_for(|came| *came > ticket).await.is_err() {
                // Its sender is in the seat, which this outlives only when nobody is left to want anything.
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
    async fn whoever_comes_later_takes_over_and_no_seat_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let parts = Parts::open(folder.path().join("uploads")).unwrap();
        let id = Clock::System.new_id();
        let first = parts.approach(id).claim().await.unwrap();
        assert!(!first.out_of_date() && first.wanted().now_or_never().is_none());
        assert!(parts.claim_idle(id).is_none());
        assert!(first.wanted().now_or_never().is_none(), "whoever looks whether it is idle wants nothing");
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
        assert!(near.claim().await.unwrap().out_of_date(), "nobody is busy any more, but somebody was");
        let near = parts.approach(id);
        drop(parts.claim_idle(id).unwrap());
        assert!(near.claim().await.unwrap().out_of_date());
        assert!(parts.0.busy().is_empty());
    }
}
