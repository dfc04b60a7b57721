//! Answers that may be of a moment ago: read from a replica of the database, with their age in `Age` (RFC 9111, 5.1).

use actix_web::{
    HttpRequest,
    dev::ServiceResponse,
    http::{
        StatusCode,
        header::{AGE, HeaderValue},
    },
};

use crate::db::{Wants, checks::Checks};

/// Marks an address that is read for figures or lists.
#[derive(Clone, Copy, Debug)]
pub struct MayLag;

/// What a request is about to do.
pub fn wants(request: &HttpRequest) -> Wants {
    match request.method().is_safe() {
        true if request.app_data::<MayLag>().is_some() => Wants::ToReadLate,
        true => Wants::ToRead,
        false => Wants::ToWrite,
    }
}

/// Says in the head of the answer how old it may be, if any of it came from a replica.
pub fn say_age<B>(checks: &Checks, answer: &mut ServiceResponse<B>) {
    let age = checks.asked().send_head();
    let is_reading = answer.status().is_success() || answer.status() == StatusCode::NOT_MODIFIED;
    if let (Some(age), true) = (age, is_reading) {
        answer.headers_mut().insert(AGE, HeaderValue::from(age));
    }
}
