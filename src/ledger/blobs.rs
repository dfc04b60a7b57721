//! Whether all blobs are there that files have, and with the right bytes.

use std::{collections::HashSet, pin::pin};

use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use super::{
    findings::Findings,
    progress::{Progress, Stage},
    store,
};
use crate::{
    blobs::Blobs,
    db::{
        Db,
        types::{Digesting, Id, Sha256},
        walk::walk,
    },
    error::{Code, Error, Result},
    ids::EvidenceId,
};

/// So many blobs are asked for at a time.
const AT_ONCE: usize = 16;

/// Looks at all blobs; says how many there were to look at.
///
/// # Errors
/// Those of the database and of the store of blobs.
pub(super) async fn look(
    db: &Db,
    blobs: &Blobs,
    with_bytes: bool,
    erased: &HashSet<EvidenceId>,
    findings: &mut Findings,
    progress: &mut impl FnMut(Progress),
) -> Result<u64> {
    let files = walk(db.clone(), None, store::stored, |(id, _): &store::Stored| *id);
    let is_there = |(id, _): &store::Stored| !erased.contains(id);
    let files = files.map_ok(|piece| piece.into_iter().filter(is_there).collect());
    let mut looked = 0;
    each(blobs, with_bytes, files, ("file", &mut looked), findings, progress).await?;
    let photos = walk(db.clone(), None, store::stored_photos, |(id, _): &store::StoredPhoto| *id);
    each(blobs, with_bytes, photos, ("report file", &mut looked), findings, progress).await?;
    Ok(looked)
}

/// Looks at the blobs of some files, a piece at a time, and counts them.
async fn each<T: 'static>(
    blobs: &Blobs,
    with_bytes: bool,
    pieces: impl Stream<Item = Result<Vec<(Id<T>, Vec<Sha256>)>>>,
    (of, looked): (&str, &mut u64),
    findings: &mut Findings,
    progress: &mut impl FnMut(Progress),
) -> Result<()> {
    let mut pieces = pin!(pieces);
    while let Some(piece) = pieces.try_next().await? {
        let all: Vec<_> = piece
            .into_iter()
            .flat_map(|(id, digests)| digests.into_iter().map(move |digest| (id, digest)))
            .collect();
        *looked += all.len() as u64;
        let wrong = stream::iter(all)
            .map(|(id, digest)| async move {
                Ok::<_, Error>((id, digest, wrong(blobs, digest, with_bytes).await?))
            })
            .buffered(AT_ONCE);
        let mut wrong = pin!(wrong);
        while let Some((id, digest, what)) = wrong.try_next().await? {
            if let Some(what) = what {
                findings.add(format_args!("blob {digest} of {of} {id}"), what);
            }
        }
        progress(Progress { stage: Stage::Files, done: *looked, all: None });
    }
    Ok(())
}

/// What is wrong with a blob.
async fn wrong(blobs: &Blobs, digest: Sha256, with_bytes: bool) -> Result<Option<&'static str>> {
    const MISSING: &str = "it is not there";
    if !with_bytes {
        return Ok((!blobs.exists(digest).await?).then_some(MISSING));
    }
    let mut blob = match blobs.get(digest).await {
        Ok(blob) => blob,
        Err(error) if error.code() == Code::NotFound => return Ok(Some(MISSING)),
        Err(error) => return Err(error),
    };
    let mut read = Digesting::default();
    while let Some(piece) = blob.pieces.next().await {
        read.take(&piece?);
    }
    Ok((read.finish() != digest).then_some("its bytes are others"))
}
