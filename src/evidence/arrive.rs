//! How a file arrives: announced, brought in pieces or at once, given up.
//!
//! What is whole is given back as [`Whole`]: its bytes are on disk and have the digest that was announced. Keeping it is
//! left to the caller, who does it in the transaction in which a visit may become complete.

use futures_util::Stream;

use super::{
    announce::announced,
    model::{Announcement, Evidence, Incoming},
    parts::{Part, Parts},
    progress::{Progress, Reached, Whole},
    receive::{Piece, receive},
    settle::{look, settle, shelf, wait},
    sight, store,
};
use crate::{
    app::App,
    db::{Conn, types::Sha256},
    error::{Code, Error, Result},
    ids::{AccountId, EvidenceId},
};

/// The bytes of a request.
#[derive(Debug)]
pub struct Body<S> {
    /// The bytes as they come.
    pub bytes: S,
    /// The digest that they have, if the client sent one.
    pub checksum: Option<Sha256>,
}

/// A file of a shopper who is signed in.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    /// The shopper.
    pub shopper: AccountId,
    /// The file.
    pub id: EvidenceId,
}

/// Announces a file, perhaps with its first bytes. A file that was announced before is the same file; bytes that are
/// here already are not taken twice.
///
/// # Errors
/// `not_found`, `conflict`, `invalid`, `assignment_taken`, `visit_full`, `files_waiting`, `daily_limit` if it may not be announced; then as [`append`].
pub async fn create<B: AsRef<[u8]>, E>(
    app: &App,
    parts: &Parts,
    announcement: Announcement,
    body: Option<Body<impl Stream<Item = std::result::Result<B, E>>>>,
) -> Result<Reached> {
    let (part, found) = take_turn(app, parts, announcement).await?;
    let (incoming, from) = match found {
        Some(file) => {
            let progress = look(app, &part, file).await?;
            if progress.is_whole() || body.is_none() {
                return Ok(Reached::of(part, progress));
            }
            (Incoming::Announced(progress.file), progress.offset)
        }
        None => (Incoming::New(announcement), 0),
    };
    let Some(Body { bytes, checksum }) = body else {
        return wait(app, incoming).await.map(|file| Reached::Offset(Progress { file, offset: 0 }));
    };
    let (size, media_type) = (announcement.size.unsigned_abs(), announcement.media_type);
    let shelf = shelf(app, incoming.sha256(), from, size);
    let piece = Piece { from, skip: from, size, media_type, checksum, shelf };
    let received = receive(&part, piece, bytes).await?;
    settle(app, part, incoming, received).await
}

/// How far the shopper's own file has come. A request that still brings bytes is ended, so that this stays true.
///
/// # Errors
/// `not_found`, `upload_expired`.
pub async fn status(app: &App, parts: &Parts, own: Own) -> Result<Reached> {
    let (part, file) = take_own_turn(app, parts, own).await?;
    let progress = look(app, &part, file).await?;
    Ok(Reached::of(part, progress))
}

/// Takes the next bytes of a file, from this one on.
///
/// # Errors
/// `not_found`, `upload_expired`; `offset_differs` if the file stands at another byte. The bytes that came are kept, but
/// the request failed, if it was cut (`malformed_request`), came too slowly (`request_timeout`), or another request took
/// over (`upload_taken_over`). `body_too_large` or `digest_mismatch` if it has other bytes than were announced;
/// `unreadable_file` if it can never be read.
pub async fn append<B: AsRef<[u8]>, E>(
    app: &App,
    parts: &Parts,
    own: Own,
    offset: u64,
    body: Body<impl Stream<Item = std::result::Result<B, E>>>,
) -> Result<Reached> {
    let (part, file) = take_own_turn(app, parts, own).await?;
    let progress = look(app, &part, file).await?;
    if progress.offset != offset {
        let detail = format!("it stands at {}", progress.offset);
        return Err(Error::new(Code::OffsetDiffers).detail(detail));
    }
    if progress.is_whole() {
        return Ok(Reached::of(part, progress));
    }
    let (size, digest, media_type) = (progress.file.bytes(), progress.file.sha256, progress.file.media_type);
    let shelf = shelf(app, digest, offset, size);
    let piece = Piece { from: offset, skip: 0, size, media_type, checksum: body.checksum, shelf };
    let received = receive(&part, piece, body.bytes).await?;
    settle(app, part, Incoming::Announced(progress.file), received).await
}

/// Stores a small file that has come at once and has the digest with which it is announced.
///
/// # Errors
/// As [`create`].
pub async fn put(app: &App, parts: &Parts, announcement: Announcement, bytes: Vec<u8>) -> Result<Reached> {
    let (part, found) = take_turn(app, parts, announcement).await?;
    if let Some(file) = found.filter(Evidence::is_kept) {
        return Ok(Reached::Offset(Progress::kept(file)));
    }
    if let Some(why) = sight::refusal(announcement.media_type, &bytes) {
        return Err(Error::new(Code::UnreadableFile).detail(why));
    }
    app.blobs.put(announcement.sha256, bytes).await?;
    Ok(Reached::End(Whole::beside(part, Incoming::New(announcement))))
}

/// Gives up a file that is not finished.
///
/// # Errors
/// `not_found`; `conflict` if it is finished.
pub async fn give_up(app: &App, parts: &Parts, own: Own) -> Result<()> {
    let (part, _) = take_own_turn(app, parts, own).await?;
    if !app.db.write(move |conn| store::forget(conn, own.id)).await? {
        return Err(Error::new(Code::Conflict).detail("it is finished, and stays"));
    }
    part.clear().await
}

/// Takes a turn with a file that is announced, and finds out whether it was announced before. What is left of a file
/// that was given up is dropped.
async fn take_turn(app: &App, parts: &Parts, announcement: Announcement) -> Result<(Part, Option<Evidence>)> {
    let now = app.clock.now();
    let find = move |conn: &mut Conn| announced(conn, &announcement, now);
    let near = parts.approach(announcement.id);
    let mut found = app.db.glance(find).await?;
    let part = near.claim().await?;
    if part.out_of_date() {
        found = app.db.glance(find).await?;
    }
    if found.as_ref().is_some_and(|file| file.is_expired(now)) {
        part.clear().await?;
        found = None;
    }
    Ok((part, found))
}

/// Takes a turn with the shopper's own file. It is looked up before, so that a request for the file of another shopper
/// ends no other request.
async fn take_own_turn(app: &App, parts: &Parts, Own { shopper, id }: Own) -> Result<(Part, Evidence)> {
    let find = move |conn: &mut Conn| store::own(conn, shopper, id);
    let near = parts.approach(id);
    let mut file = app.db.glance(find).await?;
    let part = near.claim().await?;
    if part.out_of_date() {
        file = app.db.glance(find).await?;
    }
    Ok((part, file))
}
