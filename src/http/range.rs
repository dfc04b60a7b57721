//! A part of a file (RFC 9110, section 14): players of recordings ask for it when the listener jumps ahead.

use std::ops::Range;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::{
        Method, StatusCode,
        header::{
            self, ACCEPT_RANGES, ByteRangeSpec, ContentRange, ContentRangeSpec, Header as _, HeaderValue,
            IfRange, TryIntoHeaderValue as _,
        },
    },
};

use super::{
    endpoint::{Answer, Signature},
    etag::ETag,
};
use crate::error::{Code, Error, Result};

/// The bytes that are wanted of a file of this size; all of it, if none. What is not understood, such as several ranges or
/// another unit, is no wish, and neither is one for a part of what the file was before (`If-Range`). A caller who may have
/// all of it already (`If-None-Match`) gets no part.
///
/// # Errors
/// `range_not_satisfiable` if it lies behind the end.
pub fn wanted(request: &HttpRequest, tag: &ETag, size: u64) -> Result<Option<Range<u64>>> {
    let Some(range) = range(request).filter(|_| is_of_this(request, tag)) else { return Ok(None) };
    let outside = || Error::new(Code::RangeNotSatisfiable).detail(format!("it has {size} bytes"));
    let (first, last) = range.to_satisfiable_range(size).ok_or_else(outside)?;
    Ok(Some(first..last + 1))
}

/// The one range of bytes that a request asks for; only GET has parts.
fn range(request: &HttpRequest) -> Option<ByteRangeSpec> {
    if request.method() != Method::GET {
        return None;
    }
    match header::Range::parse(request).ok()? {
        header::Range::Bytes(ranges) => <[_; 1]>::try_from(ranges).ok().map(|[range]| range),
        header::Range::Unregistered(..) => None,
    }
}

/// Whether the caller means the file in this state.
fn is_of_this(request: &HttpRequest, tag: &ETag) -> bool {
    let headers = request.headers();
    let same = || matches!(IfRange::parse(request), Ok(IfRange::EntityTag(before)) if before.to_string() == tag.as_str());
    !headers.contains_key(header::IF_NONE_MATCH) && (!headers.contains_key(header::IF_RANGE) || same())
}

/// A file of which a part may be wanted: `206` with the part, or the whole answer. The handler's own description gives the
/// media types of the part.
pub struct Ranged<A> {
    /// The answer; if a part is wanted, its body is the part.
    pub answer: A,
    /// The part.
    pub part: Option<Range<u64>>,
    /// How many bytes the whole file has.
    pub size: u64,
}

impl<A: Responder> Responder for Ranged<A> {
    type Body = A::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<A::Body> {
        let mut answer = self.answer.respond_to(request);
        answer.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if let (StatusCode::OK, Some(Range { start, end })) = (answer.status(), self.part) {
            let range = Some((start, end.saturating_sub(1)));
            let part = ContentRange(ContentRangeSpec::Bytes { range, instance_length: Some(self.size) });
            if let Ok(part) = part.try_into_value() {
                answer.headers_mut().insert(header::CONTENT_RANGE, part);
                *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            }
        }
        answer
    }
}

impl<A: Answer> Answer for Ranged<A> {
    fn describe(signature: &mut Signature) {
        A::describe(signature);
        signature.answers(206, "The part that was asked for; `Content-Range` says which it is.", None);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn ranges_are_read() {
        let outside = Some(Code::RangeNotSatisfiable);
        for (range, part, error) in [
            ("bytes=0-99", Some(0..100), None),
            ("bytes=0-0", Some(0..1), None),
            ("bytes= 900-5000", Some(900..1000), None),
            ("bytes=999-", Some(999..1000), None),
            ("bytes=-1", Some(999..1000), None),
            ("bytes=-5000", Some(0..1000), None),
            ("bytes=1000-", None, outside),
            ("bytes=-0", None, outside),
            ("bytes=5-4", None, None),
            ("bytes=-", None, None),
            ("bytes=a-b", None, None),
            ("bytes=0-1,5-9", None, None),
            ("bytes=99999999999999999999-", None, None),
            ("lines=0-9", None, None),
            ("bytes", None, None),
        ] {
            let request = TestRequest::default().insert_header((header::RANGE, range)).to_http_request();
            let found = wanted(&request, &ETag::of(1), 1000);
            assert_eq!(found.as_ref().err().map(Error::code), error, "{range}");
            assert_eq!(found.unwrap_or_default(), part, "{range}");
        }
    }
}
