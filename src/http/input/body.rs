//! Reading a body within limits of size and time.

use std::time::Duration;

use actix_web::{
    HttpMessage, HttpRequest,
    dev::Payload,
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use crate::error::{Code, Error, Result};

/// A body has so long …
const BODY_GRACE: Duration = Duration::from_secs(10);
/// … and one more second for every so many bytes that have arrived.
const LEAST_BYTES_PER_SECOND: u64 = 8 * 1024;

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

/// Reads a body of at most so many bytes that arrives steadily enough.
///
/// # Errors
/// `body_too_large`; `request_timeout`; `malformed_request` if the transfer breaks the rules of HTTP.
pub async fn read_body(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Bytes> {
    let too_large = || Error::new(Code::BodyTooLarge).detail(format!("at most {limit} bytes"));
    let announced =
        request.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(too_large());
    }
    let start = Instant::now();
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0));
    loop {
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
