//! What comes of the bytes of a file, once a request has brought them.

use super::{
    announce::announce,
    model::{Evidence, Incoming},
    parts::{Part, on_disk},
    progress::{Progress, Reached, Whole},
    receive::{BLOCK, End, Received, digest_of, head_of},
    sight, store,
};
use crate::{
    app::App,
    blobs::Shelf,
    db::types::Sha256,
    error::{Code, Error, Result},
};

/// How far a file has come. All of its bytes may be here without its being kept, if the server was stopped just then:
/// they are stored under their digest now.
pub(super) async fn look(app: &App, part: &Part, file: Evidence) -> Result<Progress> {
    if file.is_kept() {
        return Ok(Progress::kept(file));
    }
    if file.is_expired(app.clock.now()) {
        return Err(Error::new(Code::UploadExpired));
    }
    let offset = part.len().await?;
    if offset < file.bytes() {
        return Ok(Progress { file, offset });
    }
    let path = part.path();
    if on_disk(move || digest_of(&path)).await? != file.sha256 {
        part.clear().await?;
        return Ok(Progress { file, offset: 0 });
    }
    let path = part.path();
    let head = on_disk(move || head_of(&path)).await?;
    if let Some(why) = sight::refusal(file.media_type, &head) {
        part.clear().await?;
        return Err(Error::new(Code::UnreadableFile).detail(why));
    }
    app.blobs.adopt(file.sha256, part.path()).await?;
    Ok(Progress { file, offset })
}

/// Where a file goes as soon as it is whole, if it is small and none of it is here yet. It is moved there, so that
/// nothing of it is left to go on with if its row cannot be written: then it is sent once more. A larger file gets its
/// place beside the name that it has, until it has its row.
pub(super) fn shelf(app: &App, digest: Sha256, from: u64, size: u64) -> Option<Shelf> {
    let is_small = from == 0 && size <= BLOCK as u64;
    is_small.then(|| app.blobs.shelf(digest)).flatten()
}

/// What comes of the bytes of a request.
pub(super) async fn settle(app: &App, part: Part, incoming: Incoming, received: Received) -> Result<Reached> {
    let Received { offset, end, whole, shelved, refused } = received;
    // Bytes with another digest are not those that were announced, and say nothing.
    if let (Some(why), true) = (refused, whole == Some(incoming.sha256())) {
        part.clear().await?;
        return Err(Error::new(Code::UnreadableFile).detail(why));
    }
    if let Some(digest) = whole {
        return settle_whole(app, part, incoming, digest, shelved).await.map(Reached::End);
    }
    let file = wait(app, incoming).await?;
    match end {
        End::Complete => Ok(Reached::Offset(Progress { file, offset })),
        End::Cut => {
            Err(Error::new(Code::MalformedRequest).detail("the connection ended before the body did"))
        }
        End::Silent => Err(Error::new(Code::RequestTimeout)),
        End::TakenOver => Err(Error::new(Code::UploadTakenOver)),
    }
}

/// All bytes are here, and have this digest.
async fn settle_whole(
    app: &App,
    part: Part,
    incoming: Incoming,
    digest: Sha256,
    shelved: bool,
) -> Result<Whole> {
    if digest != incoming.sha256() {
        part.clear().await?;
        let detail = "the whole file has another digest than was announced: it begins anew";
        return Err(Error::new(Code::DigestMismatch).detail(detail));
    }
    if shelved {
        return Ok(Whole::moved(part, incoming));
    }
    app.blobs.adopt(digest, part.path()).await?;
    Ok(Whole::beside(part, incoming))
}

/// More of the file is to come: it has a row from now on, and its end is put off.
pub(super) async fn wait(app: &App, incoming: Incoming) -> Result<Evidence> {
    let now = app.clock.now();
    match incoming {
        Incoming::New(announcement) => app.db.write(move |conn| announce(conn, &announcement, now)).await,
        Incoming::Announced(file) => {
            let Some(expires_at) = file.put_off(now) else { return Ok(file) };
            let id = file.id;
            app.db.write(move |conn| store::put_off(conn, id, expires_at)).await?;
            Ok(Evidence { expires_at, ..file })
        }
    }
}
