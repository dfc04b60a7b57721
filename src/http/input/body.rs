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
    time::{Instant, timeout, timeout_at},
};

use crate::error::{Code, Error, Result};

/// A body has so long …
const BODY_GRACE: Duration = Duration::from_secs(10);
/// … and one more second for every so many bytes that have arrived.
const LEAST_BYTES_PER_SECOND: u64 = 8 * 1024;

/// So much of a body is taken in without asking for room.
const FREE: usize = 2 * 1024;
/// What all larger bodies that are on their way may hold together, in KiB.
const ROOM: u32 = 32 * 1024;
/// How long a body waits for room.
const ROOM_DEADLINE: Duration = Duration::from_secs(10);

/// The room for bodies that are on their way, in all requests together.
#[derive(Clone, Debug)]
pub struct BodyRoom(Arc<Semaphore>);

impl Default for BodyRoom {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ROOM as usize)))
    }
}

impl BodyRoom {
    /// Waits until there is room for all of a body of at most so many bytes: bodies that had some of theirs and waited for
    /// more could wait for each other.
    ///
    /// # Errors
    /// `unavailable` if there is none for long.
    async fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit> {
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(ROOM).min(ROOM);
        let room = timeout(ROOM_DEADLINE, Arc::clone(&self.0).acquire_many_owned(kib)).await;
        let room = room.ok().and_then(std::result::Result::ok);
        room.ok_or_else(|| Error::new(Code::Unavailable).because("too many bodies are on their way"))
    }
}

/// Refuses a body of another type than this one.
///
/// # Errors
/// `unsupported_media_type`.
pub fn require_media_type(request: &HttpRequest, wanted: &str) -> Result<()> {
    if request.content_type().eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(Error::new(Code::UnsupportedMediaType).detail(format!("send {wanted}")))
}

/// Reads a body of at most so many bytes that arrives steadily enough. It takes memory as it arrives, and not as it was announced.
///
/// # Errors
/// `body_too_large`; `request_timeout`; `malformed_request` if the transfer breaks the rules of HTTP; `unavailable` if too
/// many others are on their way.
pub async fn read_body(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Bytes> {
    let too_large = || Error::new(Code::BodyTooLarge).detail(format!("at most {limit} bytes"));
    let announced =
        request.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(too_large());
    }
    let mut start = Instant::now();
    let mut body = BytesMut::with_capacity(announced.unwrap_or(FREE).min(FREE));
    let mut room = None;
    loop {
        if body.len() > FREE && room.is_none() {
            let asked = Instant::now();
            let shared =
                request.app_data::<Data<BodyRoom>>().ok_or_else(|| Error::internal("no BodyRoom"))?;
            room = Some(shared.take(announced.unwrap_or(limit)).await?);
            start += asked.elapsed();
        }
        let bought = Duration::from_secs(body.len() as u64 / LEAST_BYTES_PER_SECOND);
        match timeout_at(start + BODY_GRACE + bought, payload.next()).await {
            Err(_) => return Err(Error::new(Code::RequestTimeout)),
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(Err(error))) => return Err(Error::new(Code::MalformedRequest).because(error)),
            Ok(Some(Ok(chunk))) if body.len() + chunk.len() > limit => return Err(too_large()),
            Ok(Some(Ok(chunk))) => body.extend_from_slice(&chunk),
        }
    }
}
