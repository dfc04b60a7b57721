//! The parts of a file in the store of blobs.

use std::{ops::Range, sync::Arc};

use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};

use super::{fetch, model::Export};
use crate::{
    app::App,
    blobs::{BlobName, Blobs},
    error::{Error, Result},
    ids::ExportId,
};

/// A part of a file is at least so large, unless it is the last one: it is in memory while it is written.
pub const PART: usize = 4 << 20;

/// What the blob of a part is called.
pub(super) fn name(id: ExportId, number: usize) -> BlobName {
    BlobName::new("exports", id.uuid(), number)
}

/// Takes this many parts of a file away.
///
/// # Errors
/// `unavailable` if the store is not.
pub(super) async fn remove(blobs: &Blobs, id: ExportId, parts: usize) -> Result<()> {
    for number in 0..parts {
        blobs.delete_at(&name(id, number)).await?;
    }
    Ok(())
}

/// The part of a file that lies in each of its parts: which, and which bytes of it.
fn pieces(parts: &[u64], wanted: &Range<u64>) -> Vec<(usize, Range<u64>)> {
    let mut begins = 0;
    let mut pieces = Vec::new();
    for (number, size) in parts.iter().enumerate() {
        let (first, end) = (wanted.start.max(begins), wanted.end.min(begins + size));
        if first < end {
            pieces.push((number, first - begins..end - begins));
        }
        begins += size;
    }
    pieces
}

/// The bytes of a file, or some of them. Each part begins with whether the account may still have it: when the rights are gone, it breaks off.
pub fn bytes(
    app: Arc<App>,
    export: Export,
    wanted: Range<u64>,
) -> impl Stream<Item = Result<Vec<u8>>> + Send {
    let parts = pieces(&export.progress.0.parts, &wanted);
    let open = move |(number, range): (usize, Range<u64>)| {
        let (app, export) = (Arc::clone(&app), export.clone());
        async move {
            let id = export.id;
            app.db.read(move |conn| fetch::reach(conn, &export)).await?;
            let blob = app.blobs.get_at(&name(id, number), Some(range)).await?;
            Ok::<_, Error>(blob.pieces)
        }
    };
    stream::iter(parts).then(open).try_flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_found_in_its_parts() {
        let parts = [4, 4, 2];
        for (wanted, found) in [
            (0..10, vec![(0, 0..4), (1, 0..4), (2, 0..2)]),
            (3..5, vec![(0, 3..4), (1, 0..1)]),
            (4..8, vec![(1, 0..4)]),
            (9..10, vec![(2, 1..2)]),
            (0..0, vec![]),
        ] {
            assert_eq!(pieces(&parts, &wanted), found, "{wanted:?}");
        }
    }
}
