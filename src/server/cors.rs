//! Which pages of other origins may call the API from a browser: those that the configuration lists.
//!
//! There are no cookies, so a page gets nowhere without a token that it was given, and credentials are not allowed. The
//! addresses of uploads let every page in ([`speak`](crate::visits::api::uploads::speak)).

use actix_cors::Cors;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, HeaderMap, VARY};

use crate::config::Origins;

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// What a page may read of an answer beside what every page may.
const EXPOSED: [&str; 18] = [
    "Age",
    "Content-Range",
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Tus-Checksum-Algorithm",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Expires",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "X-Request-Id",
];

/// How long a browser may go by what it was answered before it sent a page's request, in seconds: a day, of which
/// Chromium uses two hours.
const MAX_AGE: usize = 86_400;

/// The middleware; within the one that writes errors anew.
pub(super) fn of(origins: &Origins) -> Cors {
    // Every header may be sent: which of them mean anything is the operation's matter.
    let cors =
        Cors::default().allowed_methods(METHODS).allow_any_header().expose_headers(EXPOSED).max_age(MAX_AGE);
    origins.iter().fold(cors, Cors::allowed_origin)
}

/// An answer that is written anew still says what the first one said of origins.
pub(super) fn keep(before: &HeaderMap, now: &mut HeaderMap) {
    for name in [ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, VARY] {
        for value in before.get_all(&name) {
            now.append(name.clone(), value.clone());
        }
    }
}
