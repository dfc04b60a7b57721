//! What tus 1.0 and browsers want of every answer at `/v1/uploads`, errors included.
//!
//! A page of any origin may speak to these addresses: there are no cookies, so it gets nowhere without a token that
//! it was given.

use actix_web::{
    Error as ActixError, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};

/// The address of uploads.
pub const UPLOADS: &str = "/v1/uploads";

const ALWAYS: [(&str, &str); 3] = [
    ("tus-resumable", "1.0.0"),
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "Location, Retry-After, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, Upload-Expires, \
         Upload-Length, Upload-Metadata, Upload-Offset, X-Request-Id",
    ),
];
const ABOUT: [(&str, &str); 4] = [
    ("tus-version", "1.0.0"),
    ("tus-extension", "creation,creation-with-upload,checksum,expiration,termination"),
    ("tus-max-size", "52428800"),
    ("tus-checksum-algorithm", "sha256"),
];
const PREFLIGHT: [(&str, &str); 3] = [
    ("access-control-allow-methods", "POST, HEAD, PATCH, PUT, DELETE, OPTIONS"),
    (
        "access-control-allow-headers",
        "Authorization, Content-Digest, Content-Type, Tus-Resumable, Upload-Checksum, Upload-Length, \
         Upload-Metadata, Upload-Offset, X-HTTP-Method-Override, X-Request-Id, X-Requested-With",
    ),
    ("access-control-max-age", "86400"),
];

/// The middleware; around all others, because errors are written anew within.
pub async fn tus<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, ActixError> {
    let below = request.path().strip_prefix(UPLOADS);
    if below.is_none_or(|rest| !rest.is_empty() && !rest.starts_with('/')) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    if request.method() == Method::OPTIONS {
        return Ok(request.into_response(options()).map_into_right_body());
    }
    if let Some(method) = overridden(&request) {
        request.head_mut().method = method;
    }
    let mut answer = next.call(request).await?.map_into_left_body();
    let unknown_version = answer.status() == StatusCode::PRECONDITION_FAILED;
    add(answer.headers_mut(), &ALWAYS);
    if unknown_version {
        add(answer.headers_mut(), &ABOUT);
    }
    Ok(answer)
}

/// For clients whose surroundings know no other methods than GET and POST.
fn overridden(request: &ServiceRequest) -> Option<Method> {
    let wanted = request.headers().get("x-http-method-override")?.as_bytes();
    let wanted = [Method::PATCH, Method::DELETE, Method::HEAD]
        .into_iter()
        .find(|method| method.as_str().as_bytes().eq_ignore_ascii_case(wanted));
    wanted.filter(|_| request.method() == Method::POST)
}

/// What can be done here: for tus clients, and for browsers before they send a page's request.
fn options() -> HttpResponse<BoxBody> {
    let mut answer = HttpResponse::NoContent().finish();
    [&ALWAYS[..], &ABOUT, &PREFLIGHT].into_iter().for_each(|some| add(answer.headers_mut(), some));
    answer
}

fn add(headers: &mut HeaderMap, some: &[(&'static str, &'static str)]) {
    for (name, value) in some {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}
