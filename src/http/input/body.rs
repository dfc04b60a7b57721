//! Reading a body within limits of size and time.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpMessage, HttpRequest,
    dev::Payload,
    web::{Bytes, BytesMut, Data},
};
use futures_util::StreamExt;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::yield_now,
    time::{Instant, timeout, timeout_at},
};

use super::coding::{self, Coding};
use crate::{
    error::{Code, Error, Result},
    media_types,
};

/// A body has so long …
const BODY_GRACE: Duration = Duration::from_secs(10);
/// … and one more second for every so many bytes that have arrived.
const LEAST_BYTES_PER_SECOND: u64 = 8 * 1024;

/// So many bytes of a body are taken in without asking for room.
const FREE: usize = 2 * 1024;
/// What all bodies that are on their way may hold together beside that, in KiB.
const ROOM: usize = 64 * 1024;
/// How long a body waits for more room.
const ROOM_DEADLINE: Duration = Duration::from_secs(10);

/// The room for bodies that are on their way, in all requests together.
#[derive(Clone, Debug)]
pub struct BodyRoom(Arc<Semaphore>);

impl Default for BodyRoom {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ROOM)))
    }
}

/// The part of the room that one body holds; it is free again when this is dropped.
struct Held<'r> {
    room: &'r BodyRoom,
    permit: Option<OwnedSemaphorePermit>,
}

impl Held<'_> {
    /// Waits until there is room for so many bytes in all. A body holds no more than has arrived of it: what is only announced
    /// takes no room away from others. Bodies that wait for each other are ended by the deadline.
    ///
    /// # Errors
    /// `unavailable` if there is no room for long.
    async fn grow_to(&mut self, bytes: usize) -> Result<()> {
        let held = self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let wanted = bytes.saturating_sub(FREE).div_ceil(1024).min(ROOM);
        let Some(more) = wanted.checked_sub(held).filter(|more| *more > 0) else { return Ok(()) };
        let more = Arc::clone(&self.room.0).acquire_many_owned(u32::try_from(more).map_err(Error::internal)?);
        let more = timeout(ROOM_DEADLINE, more).await.ok().and_then(std::result::Result::ok);
        let more =
            more.ok_or_else(|| Error::new(Code::Unavailable).because("too many bodies are on their way"))?;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

/// Refuses a body of another type than this one, by whichever of its names.
///
/// # Errors
/// `unsupported_media_type`.
pub fn require_media_type(request: &HttpRequest, wanted: &str) -> Result<()> {
    if media_types::is(request.content_type(), wanted) {
        return Ok(());
    }
    Err(Error::new(Code::UnsupportedMediaType).detail(format!("send {wanted}")))
}

/// Reads a body of at most so many bytes that arrives steadily enough, and unpacks it if it comes in gzip: then it is held
/// to the limit packed and unpacked. The body takes memory as it arrives, and not as it was announced.
///
/// # Errors
/// `body_too_large`; `request_timeout`; `malformed_request` if the transfer breaks the rules of HTTP, or if it is no gzip;
/// `unsupported_media_type` if it comes in another coding; `unavailable` if too many others are on their way.
pub async fn read_body(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Bytes> {
    let too_large = || Error::new(Code::BodyTooLarge).detail(format!("at most {limit} bytes"));
    let coding = coding::of(request)?;
    let announced =
        request.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(too_large());
    }
    let mut start = Instant::now();
    let mut body = BytesMut::new();
    let room = request.app_data::<Data<BodyRoom>>().ok_or_else(|| Error::internal("no BodyRoom"))?;
    let mut held = Held { room, permit: None };
    loop {
        let bought = Duration::from_secs(body.len() as u64 / LEAST_BYTES_PER_SECOND);
        match timeout_at(start + BODY_GRACE + bought, payload.next()).await {
            Err(_) => return Err(Error::new(Code::RequestTimeout)),
            Ok(None) => break,
            Ok(Some(Err(error))) => return Err(Error::new(Code::MalformedRequest).because(error)),
            Ok(Some(Ok(chunk))) if body.len() + chunk.len() > limit => return Err(too_large()),
            Ok(Some(Ok(chunk))) => {
                // The time of waiting for room is not the client's.
                let asked = Instant::now();
                held.grow_to(body.len() + chunk.len()).await?;
                start += asked.elapsed();
                body.extend_from_slice(&chunk);
            }
        }
    }
    if coding == Coding::Identity {
        return Ok(body.freeze());
    }
    let mut unpacking = coding::Unpacking::of(&body);
    let mut unpacked = BytesMut::new();
    while let Some(piece) = unpacking.next()? {
        if unpacked.len() + piece.len() > limit {
            return Err(too_large());
        }
        held.grow_to(body.len() + unpacked.len() + piece.len()).await?;
        unpacked.extend_from_slice(piece);
        // Others are answered between two pieces.
        yield_now().await;
    }
    Ok(unpacked.freeze())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn block<T>(work: impl Future<Output = T>) -> T {
        actix_web::rt::System::new().block_on(work)
    }

    /// A body holds what has arrived of it, and gives it back when it is done with.
    #[test]
    fn a_body_holds_room_for_what_has_arrived() {
        block(async {
            let room = BodyRoom(Arc::new(Semaphore::new(4)));
            let mut first = Held { room: &room, permit: None };
            first.grow_to(FREE).await.unwrap();
            assert_eq!(room.0.available_permits(), 4, "the beginning of a body is free");
            first.grow_to(FREE + 1).await.unwrap();
            first.grow_to(FREE + 1024).await.unwrap();
            assert_eq!(room.0.available_permits(), 3);
            first.grow_to(FREE + 4 * 1024).await.unwrap();
            assert_eq!(room.0.available_permits(), 0);

            let mut second = Held { room: &room, permit: None };
            let waiting = second.grow_to(FREE + 1);
            let freed = async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                drop(first);
            };
            let (waited, ()) = futures_util::future::join(waiting, freed).await;
            waited.unwrap();
            assert_eq!(room.0.available_permits(), 3);
        });
    }
}
