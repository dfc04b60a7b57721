//! Parts of the service that speak differently: how each answers errors, and how its callers may say who they are.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, WWW_AUTHENTICATE},
};
use uuid::Uuid;

use super::{
    languages::{self, Wishes},
    problem::Problem,
};
use crate::{error::Error, texts::Language};

/// A part of the service with its own way of speaking. A route belongs to one.
#[derive(Clone, Copy)]
pub struct Door {
    /// Its name.
    pub name: &'static str,
    /// How a caller may say who is calling, the first being the usual one.
    pub schemes: &'static [Scheme],
    /// Whether its routes stand in the contract.
    pub in_contract: bool,
    /// How an error is answered, with the id of the request.
    pub refuse: fn(&Error, Uuid, &HttpRequest) -> HttpResponse,
}

/// How a caller says who is calling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer,
    /// `Authorization: Basic …` (RFC 7617), for programs that know nothing else; its password is the credential.
    Basic,
    /// The cookie of this name, for pages.
    Cookie(&'static str),
}

/// The API: problems in JSON, access tokens as Bearer, API keys as Bearer or Basic.
pub const API: Door = Door {
    name: "api",
    schemes: &[Scheme::Bearer, Scheme::Basic],
    in_contract: true,
    refuse: |error, id, request| {
        let mut answer = problem(error, id, Wishes::of_request(request).ours());
        ask_for_key(error, request, &mut answer);
        answer
    },
};

impl Door {
    /// What the caller shows to prove who is calling, by the first of the door's schemes that the request uses.
    pub fn credential(&self, headers: &HeaderMap) -> Option<(Scheme, String)> {
        self.schemes.iter().find_map(|scheme| Some((*scheme, scheme.read(headers)?)))
    }
}

impl Scheme {
    fn read(self, headers: &HeaderMap) -> Option<String> {
        match self {
            Self::Bearer => authorization(headers, "bearer").map(str::to_owned),
            Self::Basic => {
                let pair = data_encoding::BASE64.decode(authorization(headers, "basic")?.as_bytes()).ok()?;
                Some(std::str::from_utf8(&pair).ok()?.split_once(':')?.1.to_owned())
            }
            Self::Cookie(name) => {
                let cookies = headers.get_all(COOKIE).filter_map(|value| value.to_str().ok());
                let mut pairs =
                    cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
                pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
            }
        }
    }
}

/// What follows this scheme in `Authorization`.
fn authorization<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let (scheme, credential) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then_some(credential)
}

/// Has a program ask its user for an API key, as spreadsheets do where `Basic` is offered. A script of a page is not offered it, because its
/// browser would ask in its place.
pub fn ask_for_key(error: &Error, request: &HttpRequest, answer: &mut HttpResponse) {
    let mode = request.headers().get("sec-fetch-mode");
    let is_script = mode.is_some_and(|mode| mode.as_bytes() != b"navigate");
    if error.code() == crate::error::Code::SignInNeeded && !is_script {
        let basic = HeaderValue::from_static("Basic realm=\"incognito\", charset=\"UTF-8\"");
        answer.headers_mut().append(WWW_AUTHENTICATE, basic);
    }
}

/// The answer of the API: the problem in this language, with the request's id in it.
fn problem(error: &Error, id: Uuid, language: Language) -> HttpResponse {
    let body = Problem { request_id: Some(id.to_string()), ..Problem::of(error, language) };
    let mut answer = error.error_response();
    languages::say(answer.headers_mut(), Some(language.tag()));
    let json = serde_json::to_vec(&body).unwrap_or_default();
    // A body that came too slowly is not waited for.
    if error.code() == crate::error::Code::RequestTimeout {
        answer.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    }
    answer.set_body(actix_web::body::BoxBody::new(json))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn shown(schemes: &'static [Scheme], name: &'static str, value: &str) -> Option<(Scheme, String)> {
        let mut headers = HeaderMap::new();
        headers.insert(name.parse().unwrap(), HeaderValue::from_str(value).unwrap());
        Door { schemes, ..API }.credential(&headers)
    }

    #[test]
    fn each_door_takes_its_own_credentials_and_no_others() {
        const PAGE: &[Scheme] = &[Scheme::Cookie("session")];
        const KEYS: &[Scheme] = &[Scheme::Bearer, Scheme::Basic];
        let of = |scheme, credential: &str| Some((scheme, credential.to_owned()));
        for (schemes, name, value, wanted) in [
            (KEYS, "authorization", "Bearer abc", of(Scheme::Bearer, "abc")),
            (KEYS, "authorization", "bearer abc", of(Scheme::Bearer, "abc")),
            (KEYS, "authorization", "Bearer  abc", of(Scheme::Bearer, " abc")),
            // aladdin:opensesame
            (KEYS, "authorization", "Basic YWxhZGRpbjpvcGVuc2VzYW1l", of(Scheme::Basic, "opensesame")),
            (KEYS, "authorization", "Basic ?", None),
            (KEYS, "authorization", "Digest abc", None),
            (KEYS, "cookie", "session=abc", None),
            (API.schemes, "authorization", "Basic YWxhZGRpbjpvcGVuc2VzYW1l", of(Scheme::Basic, "opensesame")),
            (PAGE, "cookie", "a=b; session=abc; c=d", of(Scheme::Cookie("session"), "abc")),
            (PAGE, "cookie", "xsession=abc", None),
            (PAGE, "authorization", "Bearer abc", None),
        ] {
            assert_eq!(shown(schemes, name, value), wanted, "{name}: {value}");
        }
    }
}
