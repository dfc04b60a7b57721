//! The bytes of an upload: what has come is stored, even if the client hangs up.

use std::{future::Future, pin::pin};

use actix_web::{
    rt,
    web::{self, Bytes},
};
use futures_util::{
    Stream, StreamExt,
    future::{Either, select},
    stream::{self, BoxStream},
};
use tokio::sync::mpsc;
use tracing::Instrument;

use crate::{
    db::checks::Checks,
    error::{Error, Result},
};

/// A client that hangs up takes its request's future away. What it sent before is stored all the same.
pub(super) async fn to_the_end<T: 'static>(work: impl Future<Output = Result<T>> + 'static) -> Result<T> {
    rt::spawn(Checks::current().around(work).in_current_span()).await.map_err(Error::internal)?
}

/// The same for a body that is stored as it comes. actix drops what it has read ahead when a connection ends, unless
/// everything was taken from it before; so it is taken at once, and waits here.
pub(super) async fn with_bytes<T: 'static, W: Future<Output = Result<T>> + 'static>(
    mut payload: web::Payload,
    work: impl FnOnce(BoxStream<'static, std::result::Result<Bytes, Cut>>) -> W,
) -> Result<T> {
    let (pass_on, waiting) = mpsc::channel(WAITING);
    let work = Checks::current().around(work(pieces(waiting).boxed()));
    let work = rt::spawn(work.in_current_span());
    let take = async move {
        while let Some(piece) = payload.next().await {
            let whole = piece.is_ok();
            if pass_on.send(piece.ok()).await.is_err() || !whole {
                break;
            }
        }
        // An empty piece says that this was all; without it the connection was lost.
        let _ = pass_on.send(Some(Bytes::new())).await;
        std::future::pending::<()>().await
    };
    match select(work, pin!(take)).await {
        Either::Left((done, _)) => done.map_err(Error::internal)?,
        Either::Right(((), work)) => work.await.map_err(Error::internal)?,
    }
}

/// So many pieces of a body, of at most 128 KiB each, wait for the disk.
const WAITING: usize = 4;

/// The connection ended before the body did.
#[derive(Debug)]
pub(super) struct Cut;

/// What was taken, until it is over in one way or the other.
fn pieces(waiting: mpsc::Receiver<Option<Bytes>>) -> impl Stream<Item = std::result::Result<Bytes, Cut>> {
    stream::unfold(Some(waiting), |waiting| async {
        let mut waiting = waiting?;
        match waiting.recv().await {
            Some(Some(piece)) if piece.is_empty() => None,
            Some(Some(piece)) => Some((Ok(piece), Some(waiting))),
            Some(None) | None => Some((Err(Cut), None)),
        }
    })
}
