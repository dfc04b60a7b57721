//! Takes the bytes of a request to disk, however it ends, with a bounded part of them in memory.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::PathBuf,
    pin::pin,
    time::Duration,
};

use futures_util::{
    Stream, StreamExt,
    future::{Either, select},
};
use tokio::time::{Instant, timeout_at};

use super::{
    parts::{Part, folder_of, on_disk},
    sight,
};
use crate::{
    blobs::{Shelf, sync_folder},
    checklists::manifest::MediaType,
    db::types::{Digesting, Sha256},
    error::{Code, Error, Result},
};

/// So many bytes are in memory before they are written.
pub(super) const BLOCK: usize = 256 * 1024;
/// A line that is silent for so long is dead.
const SILENCE: Duration = Duration::from_secs(30);
/// Once another request wants the file, a line that is silent for so long has nothing more …
const LAST_BYTES: Duration = Duration::from_millis(100);
/// … and one that goes on is left after so long.
const LAST_MOMENT: Duration = Duration::from_secs(1);
/// A request that takes longer is ended; what it brought is kept, and another one goes on.
const LONGEST: Duration = Duration::from_secs(1_800);

/// Where the bytes of a request belong.
#[derive(Clone, Debug)]
pub struct Piece {
    /// How many bytes of the file are here already.
    pub from: u64,
    /// How many of the bytes that come are among those.
    pub skip: u64,
    /// How many bytes the whole file has.
    pub size: u64,
    /// The kind of file that it is said to be.
    pub media_type: MediaType,
    /// The digest of the bytes that come. If they do not have it, none of them count.
    pub checksum: Option<Sha256>,
    /// Where the file goes as soon as it is whole, if it goes there at once.
    pub shelf: Option<Shelf>,
}

/// How a request's bytes ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All that it had were here.
    Complete,
    /// The connection ended before.
    Cut,
    /// None came for too long.
    Silent,
    /// Another request goes on with the file.
    TakenOver,
}

/// What came of a request's bytes.
#[derive(Clone, Debug)]
pub struct Received {
    /// How many bytes of the file are here now, all of them on disk.
    pub offset: u64,
    /// How the request's bytes ended.
    pub end: End,
    /// The digest of the whole file, once it is whole.
    pub whole: Option<Sha256>,
    /// Whether it is on its shelf already, and nothing of it here any more.
    pub shelved: bool,
    /// Why the whole file will never be read, if that can be seen: then it is not to be kept.
    pub refused: Option<String>,
}

/// Takes what comes, until it ends in one way or another.
///
/// # Errors
/// `body_too_large` if more comes than the file has, `digest_mismatch` if it has not the checksum: then none of it
/// counts. `unavailable` if the disk is not.
pub async fn receive<B: AsRef<[u8]>, E>(
    part: &Part,
    piece: Piece,
    body: impl Stream<Item = std::result::Result<B, E>>,
) -> Result<Received> {
    let size = piece.size;
    let mut writer = Writer::new(part.path(), piece);
    let (mut body, mut wanted) = (pin!(body), pin!(part.wanted()));
    let (mut silence, mut latest, mut late) = (SILENCE, Instant::now() + LONGEST, End::Silent);
    let end = loop {
        let next = timeout_at(latest.min(Instant::now() + silence), body.next());
        let next = match late {
            End::TakenOver => next.await,
            _ => match select(wanted.as_mut(), pin!(next)).await {
                Either::Right((next, _)) => next,
                Either::Left(_) => {
                    // What has arrived of it is still taken.
                    (silence, latest, late) = (LAST_BYTES, Instant::now() + LAST_MOMENT, End::TakenOver);
                    continue;
                }
            },
        };
        let bytes = match next {
            Err(_) => break late,
            Ok(None) => break End::Complete,
            Ok(Some(Err(_))) => break End::Cut,
            Ok(Some(Ok(bytes))) => bytes,
        };
        if !writer.take(bytes.as_ref()) {
            on_disk(move || writer.undo()).await?;
            let detail = format!("the file has {size} bytes");
            return Err(Error::new(Code::BodyTooLarge).detail(detail));
        }
        if writer.block.len() >= BLOCK {
            writer = on_disk(move || writer.write().map(|()| writer)).await?;
        }
    };
    let received = on_disk(move || writer.finish(end)).await?;
    received.ok_or_else(|| Error::new(Code::DigestMismatch))
}

/// The digest of the bytes of a file.
pub(super) fn digest_of(path: &std::path::Path) -> io::Result<Sha256> {
    let (mut file, mut block, mut digest) = (File::open(path)?, vec![0; BLOCK], Digesting::default());
    loop {
        match file.read(&mut block)? {
            0 => return Ok(digest.finish()),
            count => digest.take(block.get(..count).unwrap_or_default()),
        }
    }
}

/// The first bytes of a file, by which it is known.
pub(super) fn head_of(path: &std::path::Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(sight::HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Bytes on their way to disk.
struct Writer {
    path: PathBuf,
    piece: Piece,
    /// Opened when there is something to write.
    file: Option<File>,
    block: Vec<u8>,
    skip: u64,
    /// How many bytes of the file are here, written or in the block.
    offset: u64,
    /// The digest of the file, if it comes from its first byte on.
    whole: Option<Digesting>,
    /// The digest of this request's bytes, if it matters and is not that of the file.
    checksum: Option<Digesting>,
}

impl Writer {
    fn new(path: PathBuf, piece: Piece) -> Self {
        let expected = piece.size.saturating_sub(piece.from).min(BLOCK as u64);
        Self {
            path,
            file: None,
            block: Vec::with_capacity(usize::try_from(expected).unwrap_or_default()),
            skip: piece.skip,
            offset: piece.from,
            whole: (piece.from == 0).then(Digesting::default),
            checksum: piece.checksum.filter(|_| piece.from > 0).map(|_| Digesting::default()),
            piece,
        }
    }

    /// Takes bytes into the block; whether the file can have so many.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let known = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
        let (known, new) = bytes.split_at_checked(known).unwrap_or((bytes, &[]));
        self.skip -= known.len() as u64;
        if let Some(checksum) = self.checksum.as_mut() {
            checksum.take(known);
        }
        self.offset += new.len() as u64;
        self.block.extend_from_slice(new);
        self.offset <= self.piece.size
    }

    /// Empties the block into the file.
    fn write(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        [&mut self.whole, &mut self.checksum]
            .into_iter()
            .flatten()
            .for_each(|digest| digest.take(&self.block));
        self.write_block()
    }

    fn write_block(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                // What is there and does not count is written over.
                let options = OpenOptions::new().create(true).write(true).truncate(false).open(&self.path)?;
                options.set_len(self.piece.from)?;
                let file = none.insert(options);
                file.seek(SeekFrom::Start(self.piece.from))?;
                file
            }
        };
        file.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    /// Puts all of it on disk; nothing if it has not the checksum, and then none of it counts.
    fn finish(mut self, end: End) -> io::Result<Option<Received>> {
        [&mut self.whole, &mut self.checksum]
            .into_iter()
            .flatten()
            .for_each(|digest| digest.take(&self.block));
        let whole = self.whole.take().map(Digesting::finish);
        let checksum = match self.checksum.take() {
            Some(digest) => Some(digest.finish()),
            None => self.piece.checksum.and(whole),
        };
        if checksum != self.piece.checksum {
            let from = self.piece.from;
            self.undo()?;
            let cut = Received { offset: from, end, whole: None, shelved: false, refused: None };
            return Ok((end != End::Complete).then_some(cut));
        }
        let is_whole = self.offset == self.piece.size;
        // What came at once and is small is at hand.
        let at_hand = (is_whole && self.block.len() as u64 == self.piece.size)
            .then(|| sight::refusal(self.piece.media_type, &self.block));
        if !self.block.is_empty() {
            self.write_block()?;
        }
        if let Some(file) = &self.file {
            if let Err(error) = file.sync_all() {
                // The system may think now that it has nothing more to sync, and another sync would say that all is
                // well: what was not synced has to come again.
                file.set_len(self.piece.from)?;
                return Err(error);
            }
            // One that is whole gets another name at once, and this one goes.
            if self.piece.from == 0 && !is_whole {
                sync_folder(folder_of(&self.path))?;
            }
        }
        let whole = match (is_whole, whole) {
            (false, _) => None,
            (true, Some(digest)) => Some(digest),
            (true, None) => Some(digest_of(&self.path)?),
        };
        let refused = match (whole, at_hand) {
            (None, _) => None,
            (Some(_), Some(refused)) => refused,
            (Some(_), None) => sight::refusal(self.piece.media_type, &head_of(&self.path)?),
        };
        let shelf = self.piece.shelf.filter(|shelf| Some(shelf.digest()) == whole && refused.is_none());
        if let Some(shelf) = &shelf {
            shelf.take(&self.path)?;
        }
        Ok(Some(Received { offset: self.offset, end, whole, shelved: shelf.is_some(), refused }))
    }

    /// Takes back what was written.
    fn undo(self) -> io::Result<()> {
        let Some(file) = self.file else { return Ok(()) };
        file.set_len(self.piece.from)?;
        file.sync_all()
    }
}
