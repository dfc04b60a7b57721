//! Compressed answers: where the client accepts them, and where compressing is worth it and does no harm.
//!
//! The compressed form of a thing is another representation, so its entity tag is another one: `"7"` becomes `"7-gzip"`.
//! Such a tag names the same state in `If-Match` and `If-None-Match` ([`of_state`]).

use actix_http::encoding::Encoder;
use actix_web::{
    Error as ActixError, HttpMessage, HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, EitherBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{
            ACCEPT_ENCODING, AcceptEncoding, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, ETAG, Encoding,
            HeaderMap, HeaderValue, IF_NONE_MATCH, VARY,
        },
    },
    middleware::Next,
};

use super::sheet::JSON_LINES;
use crate::error::Error;

/// A shorter body is sent as it is, in bytes: with its head it fits into one packet anyway.
const WORTH_IT: u64 = 1024;
/// Up to this size a body is compressed as a whole, in bytes. So its length is known, and no memory of the work is held
/// while its client is slow.
const WHOLE: u64 = 8 << 20;
/// What is spoken.
static CODINGS: &[Encoding] = &[Encoding::identity(), Encoding::gzip(), Encoding::brotli()];
/// The same for streams. Brotli's encoder has megabytes of memory, which a slow client would hold.
static FOR_STREAMS: &[Encoding] = &[Encoding::identity(), Encoding::gzip()];
/// What an entity tag ends with, where it is that of a compressed form.
const ENDINGS: [(ContentEncoding, &str); 2] =
    [(ContentEncoding::Gzip, "-gzip\""), (ContentEncoding::Brotli, "-br\"")];

/// Marks an answer that has a secret in it. How well an answer can be compressed tells what is in it (BREACH), so such an
/// answer is sent as it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct HasSecret;

/// The middleware; around the one that writes errors anew.
///
/// # Errors
/// Those of the service; `internal` if a body cannot be read.
pub async fn compress<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, ActixError> {
    let mut answer = next.call(request).await?;
    if answer.status() == StatusCode::NOT_MODIFIED {
        confirm(&mut answer);
        return Ok(answer.map_into_left_body());
    }
    if !can_be_compressed(answer.response()) {
        return Ok(answer.map_into_left_body());
    }
    let spoken = if whole(&answer.response().body().size()) { CODINGS } else { FOR_STREAMS };
    match wanted(answer.request(), spoken) {
        Some((coding, ending)) => compressed(answer, coding, ending).await,
        None => {
            depends_on_encoding(answer.headers_mut());
            Ok(answer.map_into_left_body())
        }
    }
}

/// The entity tag of the state whose compressed form may have this one.
pub(super) fn of_state(tag: String) -> String {
    let plain = ENDINGS.iter().find_map(|(_, ending)| tag.strip_suffix(ending));
    plain.map(|plain| format!("{plain}\"")).unwrap_or(tag)
}

/// Whether this answer is compressed for those who accept it.
fn can_be_compressed<B: MessageBody>(answer: &HttpResponse<B>) -> bool {
    let long_enough = match answer.body().size() {
        BodySize::None => false,
        BodySize::Sized(size) => size >= WORTH_IT,
        BodySize::Stream => true,
    };
    long_enough
        && answer.status() != StatusCode::PARTIAL_CONTENT
        && !answer.headers().contains_key(CONTENT_ENCODING)
        && answer.headers().get(CONTENT_TYPE).is_some_and(is_text)
        && !answer.extensions().contains::<HasSecret>()
}

/// Whether a body of this size is compressed as a whole, and not as it comes.
fn whole(size: &BodySize) -> bool {
    matches!(size, BodySize::Sized(size) if *size <= WHOLE)
}

/// Text in one form or another. Pictures, sound and archives are compressed by nature.
fn is_text(media_type: &HeaderValue) -> bool {
    let essence = media_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let known =
        ["application/json", JSON_LINES, "application/yaml", "application/javascript", "application/xml"];
    essence.starts_with("text/")
        || known.contains(&essence)
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
}

/// The coding that the client likes best of those that are spoken, if it is one.
fn wanted(request: &HttpRequest, spoken: &[Encoding]) -> Option<(ContentEncoding, &'static str)> {
    if !request.headers().contains_key(ACCEPT_ENCODING) {
        return None;
    }
    let accepted = request.get_header::<AcceptEncoding>()?.negotiate(spoken.iter());
    ENDINGS.into_iter().find(|(coding, _)| accepted == Some(Encoding::Known(*coding)))
}

async fn compressed<B: MessageBody + 'static>(
    answer: ServiceResponse<B>,
    coding: ContentEncoding,
    ending: &str,
) -> Result<ServiceResponse<EitherBody<B>>, ActixError> {
    let (request, answer) = answer.into_parts();
    let (mut answer, body) = answer.into_parts();
    if let Some(tag) = answer.headers().get(ETAG).and_then(|tag| tag_of_form(tag, ending)) {
        answer.headers_mut().insert(ETAG, tag);
    }
    let body = if whole(&body.size()) {
        let plain = to_bytes(body).await.map_err(unreadable)?;
        let encoder = Encoder::response(coding, answer.head_mut(), plain);
        BoxBody::new(to_bytes(encoder).await.map_err(Error::internal)?)
    } else {
        BoxBody::new(Encoder::response(coding, answer.head_mut(), body))
    };
    Ok(ServiceResponse::new(request, answer.set_body(body)).map_into_right_body())
}

fn unreadable(error: impl Into<Box<dyn std::error::Error>>) -> Error {
    Error::internal(error.into())
}

/// A strong tag with this ending; a weak one is that of all forms.
fn tag_of_form(tag: &HeaderValue, ending: &str) -> Option<HeaderValue> {
    let strong = tag.to_str().ok().filter(|tag| tag.starts_with('"'))?;
    HeaderValue::from_str(&format!("{}{ending}", strong.strip_suffix('"')?)).ok()
}

/// A thing is as the client has it. Its tag is that of the form that the client has, and that form depended on what the
/// client accepts.
fn confirm<B>(answer: &mut ServiceResponse<B>) {
    let had = answer.request().headers().get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let tag = answer.headers().get(ETAG);
    let form = ENDINGS.iter().find_map(|(_, ending)| {
        let form = tag_of_form(tag?, ending)?;
        had?.contains(form.to_str().ok()?).then_some(form)
    });
    if let Some(form) = form {
        answer.headers_mut().insert(ETAG, form);
    }
    depends_on_encoding(answer.headers_mut());
}

fn depends_on_encoding(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("accept-encoding"));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use actix_web::{
        App, HttpResponse, body,
        http::Method,
        middleware::from_fn,
        test::{TestRequest, call_service, init_service},
        web::{self, Bytes},
    };
    use futures_util::{StreamExt, stream};

    use super::*;

    const LONG: &str = "a line that is said again and again\n";

    async fn answered(answer: fn() -> HttpResponse, accepts: &str) -> (HeaderMap, BodySize, Vec<u8>) {
        let service = init_service(
            App::new().wrap(from_fn(compress)).default_service(web::to(move || async move { answer() })),
        )
        .await;
        let request =
            TestRequest::with_uri("/").method(Method::GET).insert_header((ACCEPT_ENCODING, accepts));
        let answer = call_service(&service, request.to_request()).await;
        let (headers, size) = (answer.headers().clone(), answer.response().body().size());
        (headers, size, body::to_bytes(answer.into_body()).await.unwrap().to_vec())
    }

    fn text(media_type: &'static str) -> HttpResponse {
        HttpResponse::Ok().content_type(media_type).insert_header((ETAG, "\"7\"")).body(LONG.repeat(100))
    }

    fn block<T>(work: impl Future<Output = T>) -> T {
        actix_web::rt::System::new().block_on(work)
    }

    #[test]
    fn the_client_s_favourite_is_taken() {
        for (accepts, coding) in [
            ("gzip", "gzip"),
            ("gzip, deflate, br, zstd", "br"),
            ("br;q=0.5, gzip", "gzip"),
            ("deflate", ""),
            ("gzip;q=0", ""),
            ("identity", ""),
            ("*", ""),
            ("nonsense;;;", ""),
        ] {
            let (headers, size, body) = block(answered(|| text("text/plain"), accepts));
            let sent = headers.get(CONTENT_ENCODING).map_or("", |sent| sent.to_str().unwrap());
            assert_eq!(sent, coding, "{accepts}");
            assert_eq!(size, BodySize::Sized(body.len() as u64), "{accepts}: its length is known");
            assert_eq!(body.len() < 500, !coding.is_empty(), "{accepts}");
            let tag = if coding.is_empty() { "\"7\"".to_owned() } else { format!("\"7-{coding}\"") };
            assert_eq!(headers.get(ETAG).unwrap(), &tag, "{accepts}");
            let vary: Vec<_> = headers.get_all(VARY).collect();
            assert_eq!(vary, ["accept-encoding"], "{accepts}");
        }
    }

    #[test]
    fn what_is_compressed_already_or_short_or_secret_or_a_part_is_left() {
        let cases: [fn() -> HttpResponse; 7] = [
            || text("image/jpeg"),
            || text("audio/mp4"),
            || text("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            || HttpResponse::Ok().content_type("application/json").body("[]"),
            || {
                HttpResponse::Ok()
                    .insert_header((CONTENT_ENCODING, "zstd"))
                    .content_type("text/css")
                    .body(LONG.repeat(100))
            },
            || HttpResponse::PartialContent().content_type("text/plain").body(LONG.repeat(100)),
            || {
                let mut answer = text("application/json");
                answer.extensions_mut().insert(HasSecret);
                answer
            },
        ];
        for (number, case) in cases.into_iter().enumerate() {
            let (headers, _, body) = block(answered(case, "gzip"));
            assert_ne!(
                headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes),
                Some(&b"gzip"[..]),
                "{number}"
            );
            assert!(headers.get(VARY).is_none(), "{number}");
            assert!(body.starts_with(LONG.as_bytes()) || body == b"[]", "{number}");
        }
    }

    #[test]
    fn texts_of_all_kinds_are_compressed() {
        let kinds = [
            "application/json",
            "application/problem+json",
            "application/yaml",
            "text/html; charset=utf-8",
            "text/css",
            "text/javascript",
            "text/csv",
            "image/svg+xml",
        ];
        for kind in kinds {
            assert!(is_text(&HeaderValue::from_static(kind)), "{kind}");
        }
    }

    #[test]
    fn a_stream_stays_one() {
        let (headers, size, body) = block(answered(
            || {
                let pieces =
                    stream::iter(0..100).map(|_| Ok::<_, ActixError>(Bytes::from_static(LONG.as_bytes())));
                HttpResponse::Ok().content_type("text/csv").streaming(pieces)
            },
            "gzip, br",
        ));
        assert_eq!(
            (size, headers.get(CONTENT_ENCODING).unwrap().as_bytes()),
            (BodySize::Stream, &b"gzip"[..])
        );
        assert!(body.len() < 500, "{}", body.len());
    }

    #[test]
    fn a_tag_of_a_form_names_the_state() {
        for (tag, state) in
            [("\"7-gzip\"", "\"7\""), ("\"7-br\"", "\"7\""), ("\"7\"", "\"7\""), ("\"7-zip\"", "\"7-zip\"")]
        {
            assert_eq!(of_state(tag.to_owned()), state);
        }
    }
}
