//! How a file arrives: announced, brought in pieces or at once, kept for good, or given up.

use futures_util::Stream;

use super::{
    model::{After, Evidence, Facts},
    parts::{Part, Parts, on_disk},
    read::ReadEvidence,
    receive::{BLOCK, End, Piece, Received, digest_of, receive},
    store,
};
use crate::{
    app::App,
    blobs::Shelf,
    db::types::Sha256,
    error::{Code, Error, Result},
    ids::{AccountId, EvidenceId},
    work,
};

/// How far a file has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What is known of it.
    pub file: Evidence,
    /// How many of its bytes are here, on disk.
    pub offset: u64,
}

/// The bytes of a request.
#[derive(Debug)]
pub struct Body<S> {
    /// As they come.
    pub bytes: S,
    /// The digest that they have, if the client said one.
    pub checksum: Option<Sha256>,
}

/// Announces a file, perhaps with its first bytes. The same again is the file that is there; bytes that are here
/// already are not taken twice.
///
/// # Errors
/// `not_found`, `conflict`, `visit_full`, `daily_limit` if it may not be announced; then as [`append`].
pub async fn create<B: AsRef<[u8]>, E>(
    app: &App,
    parts: &Parts,
    facts: Facts,
    body: Option<Body<impl Stream<Item = std::result::Result<B, E>>>>,
    after: After,
) -> Result<Progress> {
    let (part, there) = look(app, parts, facts).await?;
    let now = app.clock.now();
    let (known, from) = match there {
        Some(file) => {
            let progress = progress(app, &part, file, after).await?;
            if progress.file.is_kept() || body.is_none() {
                return Ok(progress);
            }
            (Known::File(progress.file), progress.offset)
        }
        None => (Known::Facts(facts), 0),
    };
    let Some(Body { bytes, checksum }) = body else {
        let file = app.db.write(move |conn| store::announce(conn, &facts, now)).await?;
        return Ok(Progress { file, offset: 0 });
    };
    let size = facts.size.unsigned_abs();
    let shelf = shelf(app, known.sha256(), from, size);
    let piece = Piece { from, skip: from, size, checksum, shelf };
    let received = receive(&part, piece, bytes).await?;
    settle(app, &part, known, received, after).await
}

/// Takes one's turn with a file that is announced, and finds out whether it is there. What is left of one that was
/// given up is dropped.
async fn look(app: &App, parts: &Parts, facts: Facts) -> Result<(Part, Option<Evidence>)> {
    let now = app.clock.now();
    let there = move |conn: &mut crate::db::Conn| store::announced(conn, &facts, now);
    let near = parts.approach(facts.id);
    let mut found = app.db.glance(there).await?;
    let part = near.claim().await?;
    if part.out_of_date() {
        found = app.db.glance(there).await?;
    }
    if found.as_ref().is_some_and(|file| file.is_expired(now)) {
        part.clear().await?;
        found = None;
    }
    Ok((part, found))
}

/// How far the shopper's own file has come. A request that still brings bytes is ended, so that this stays true.
///
/// # Errors
/// `not_found`, `upload_expired`.
pub async fn status(
    app: &App,
    parts: &Parts,
    shopper: AccountId,
    id: EvidenceId,
    after: After,
) -> Result<Progress> {
    let (part, file) = own(app, parts, shopper, id).await?;
    progress(app, &part, file, after).await
}

/// Takes the next bytes of a file, from this one on.
///
/// # Errors
/// `not_found`, `upload_expired`; `offset_differs` if the file stands at another byte; what came is kept, but the
/// request failed, if it was cut (`malformed_request`), came too slowly (`request_timeout`), or another took over
/// (`upload_taken_over`); `body_too_large` or `digest_mismatch` if it has other bytes than were announced.
pub async fn append<B: AsRef<[u8]>, E>(
    app: &App,
    parts: &Parts,
    (shopper, id): (AccountId, EvidenceId),
    offset: u64,
    body: Body<impl Stream<Item = std::result::Result<B, E>>>,
    after: After,
) -> Result<Progress> {
    let (part, file) = own(app, parts, shopper, id).await?;
    let progress = progress(app, &part, file, after).await?;
    if progress.offset != offset {
        let detail = format!("it stands at {}", progress.offset);
        return Err(Error::new(Code::OffsetDiffers).detail(detail));
    }
    if progress.file.is_kept() {
        return Ok(progress);
    }
    let size = progress.file.bytes();
    let shelf = shelf(app, progress.file.sha256, offset, size);
    let piece = Piece { from: offset, skip: 0, size, checksum: body.checksum, shelf };
    let received = receive(&part, piece, body.bytes).await?;
    settle(app, &part, Known::File(progress.file), received, after).await
}

/// Where a file goes as soon as it is whole, if it is small and none of it is here yet. It is moved there, so that
/// nothing of it is left to go on with if its row cannot be written: then it is sent once more. A larger one gets its
/// place beside the name that it has, until it has its row.
fn shelf(app: &App, digest: Sha256, from: u64, size: u64) -> Option<Shelf> {
    let is_small = from == 0 && size <= BLOCK as u64;
    is_small.then(|| app.blobs.shelf(digest)).flatten()
}

/// Keeps a small file that has come at once, whose digest was found right. Says whether it was not here before.
///
/// # Errors
/// As [`create`].
pub async fn put(
    app: &App,
    parts: &Parts,
    facts: Facts,
    bytes: Vec<u8>,
    after: After,
) -> Result<(bool, Evidence)> {
    let (part, there) = look(app, parts, facts).await?;
    if let Some(file) = there.filter(Evidence::is_kept) {
        return Ok((false, file));
    }
    app.blobs.put(facts.sha256, bytes).await?;
    let file = keep(app, Known::Facts(facts), after).await?;
    part.clear().await?;
    Ok((true, file))
}

/// Gives up a file that is not finished.
///
/// # Errors
/// `not_found`; `conflict` if it is finished.
pub async fn give_up(app: &App, parts: &Parts, shopper: AccountId, id: EvidenceId) -> Result<()> {
    let (part, _) = own(app, parts, shopper, id).await?;
    if !app.db.write(move |conn| store::forget(conn, id)).await? {
        return Err(Error::new(Code::Conflict).detail("it is finished, and stays"));
    }
    part.clear().await
}

/// Takes one's turn with the shopper's own file.
async fn own(app: &App, parts: &Parts, shopper: AccountId, id: EvidenceId) -> Result<(Part, Evidence)> {
    let find = move |conn: &mut crate::db::Conn| store::own(conn, shopper, id);
    let near = parts.approach(id);
    // Nobody disturbs what is not theirs.
    let mut file = app.db.glance(find).await?;
    let part = near.claim().await?;
    if part.out_of_date() {
        file = app.db.glance(find).await?;
    }
    Ok((part, file))
}

/// How far it has come. If all bytes were here when the server was stopped, it is finished now.
async fn progress(app: &App, part: &Part, file: Evidence, after: After) -> Result<Progress> {
    if file.is_kept() {
        let offset = file.bytes();
        return Ok(Progress { file, offset });
    }
    if file.is_expired(app.clock.now()) {
        return Err(Error::new(Code::UploadExpired));
    }
    let offset = part.len().await?;
    if offset < file.bytes() {
        return Ok(Progress { file, offset });
    }
    let path = part.path();
    let whole = on_disk(move || digest_of(&path)).await?;
    if whole != file.sha256 {
        part.clear().await?;
        return Ok(Progress { file, offset: 0 });
    }
    let received = Received { offset, end: End::Complete, whole: Some(whole), shelved: false };
    settle(app, part, Known::File(file), received, after).await
}

/// What is known of a file whose bytes have come.
enum Known {
    /// What was said of it; it has no row yet, so that one transaction is enough if all of it comes at once.
    Facts(Facts),
    /// Its row.
    File(Evidence),
}

impl Known {
    fn sha256(&self) -> Sha256 {
        match self {
            Self::Facts(facts) => facts.sha256,
            Self::File(file) => file.sha256,
        }
    }
}

/// Writes down how far a file has come.
async fn settle(app: &App, part: &Part, known: Known, received: Received, after: After) -> Result<Progress> {
    let Received { offset, end, whole, shelved } = received;
    if let Some(digest) = whole {
        if digest != known.sha256() {
            part.clear().await?;
            let detail = "the whole file has another digest than was announced: it begins anew";
            return Err(Error::new(Code::DigestMismatch).detail(detail));
        }
        if !shelved {
            app.blobs.adopt(digest, part.path()).await?;
        }
        let file = keep(app, known, after).await?;
        if !shelved {
            part.clear().await?;
        }
        return Ok(Progress { file, offset });
    }
    let file = wait_on(app, known).await?;
    match end {
        End::Complete => Ok(Progress { file, offset }),
        End::Cut => {
            Err(Error::new(Code::MalformedRequest).detail("the connection ended before the body did"))
        }
        End::Silent => Err(Error::new(Code::RequestTimeout)),
        End::TakenOver => Err(Error::new(Code::UploadTakenOver)),
    }
}

/// It is all here, and its blob is stored; it will be read.
async fn keep(app: &App, known: Known, after: After) -> Result<Evidence> {
    let (now, task) = (app.clock.now(), app.clock.new_id());
    let keep = move |conn: &mut crate::db::Conn| {
        let file = match &known {
            Known::Facts(facts) => store::keep_at_once(conn, facts, now, after)?,
            Known::File(file) => store::keep(conn, file.id, now, after)?,
        };
        work::enqueue(conn, &ReadEvidence { evidence_id: file.id }, task, now)?;
        Ok(file)
    };
    app.db.write(keep).await
}

/// More of it is to come.
async fn wait_on(app: &App, known: Known) -> Result<Evidence> {
    let now = app.clock.now();
    match known {
        Known::Facts(facts) => app.db.write(move |conn| store::announce(conn, &facts, now)).await,
        Known::File(file) => {
            let Some(expires_at) = file.put_off(now) else { return Ok(file) };
            let id = file.id;
            app.db.write(move |conn| store::put_off(conn, id, expires_at)).await?;
            Ok(Evidence { expires_at, ..file })
        }
    }
}
