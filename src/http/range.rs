//! A part of a file (RFC 9110, section 14): players of recordings ask for it when somebody jumps ahead.

use std::ops::Range;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{ACCEPT_RANGES, CONTENT_RANGE, HeaderName, HeaderValue, IF_NONE_MATCH, IF_RANGE, RANGE},
    },
};

use super::etag::ETag;
use crate::error::{Code, Error, Result};

/// The bytes that are wanted of a file of this size; all of it, if none. Whatever is not understood, such as several
/// ranges or another unit, is no wish, and neither is one for a part of what the file was before (`If-Range`). Whoever
/// may have all of it already (`If-None-Match`) gets no part.
///
/// # Errors
/// `range_not_satisfiable` if it lies behind the end.
pub fn wanted(request: &HttpRequest, tag: &ETag, size: u64) -> Result<Option<Range<u64>>> {
    let of_this = text(request, &IF_RANGE).is_none_or(|before| tag.is(before))
        && !request.headers().contains_key(IF_NONE_MATCH);
    let Some(range) = text(request, &RANGE).filter(|_| of_this).and_then(|range| parse(range, size)) else {
        return Ok(None);
    };
    let outside = || Error::new(Code::RangeNotSatisfiable).detail(format!("it has {size} bytes"));
    (range.start < range.end).then_some(Some(range)).ok_or_else(outside)
}

/// Says of an answer whose body is this part that it is, and of every other that parts can be had.
pub fn answer(mut whole: HttpResponse, part: Option<Range<u64>>, size: u64) -> HttpResponse {
    whole.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let (StatusCode::OK, Some(Range { start, end })) = (whole.status(), part) {
        let said = format!("bytes {start}-{}/{size}", end.saturating_sub(1));
        if let Ok(said) = HeaderValue::from_str(&said) {
            whole.headers_mut().insert(CONTENT_RANGE, said);
            *whole.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
    }
    whole
}

fn text<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// `bytes=0-99`, `bytes=100-` or `bytes=-100`; an empty range lies behind the end.
fn parse(range: &str, size: u64) -> Option<Range<u64>> {
    let (unit, range) = range.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Some(first..last.saturating_add(1).min(size)),
        (Some(first), None) if last.is_empty() => Some(first..size),
        (None, Some(most)) if first.is_empty() => Some(size.saturating_sub(most)..size),
        _ => None,
    }
}

/// Digits and nothing else.
fn number(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn ranges_are_read() {
        for (range, wanted) in [
            ("bytes=0-99", Some(0..100)),
            ("bytes=0-0", Some(0..1)),
            ("Bytes= 900-5000", Some(900..1000)),
            ("bytes=999-", Some(999..1000)),
            ("bytes=-1", Some(999..1000)),
            ("bytes=-5000", Some(0..1000)),
            ("bytes=1000-", Some(1000..1000)),
            ("bytes=-0", Some(1000..1000)),
            ("bytes=5-4", None),
            ("bytes=-", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("bytes=0-1,5-9", None),
            ("bytes=99999999999999999999-", None),
            ("lines=0-9", None),
            ("bytes", None),
        ] {
            assert_eq!(parse(range, 1000), wanted, "{range}");
        }
    }
}
