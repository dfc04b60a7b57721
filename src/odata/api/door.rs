//! How OData answers errors (OData JSON Format 4.0, 21), and how its callers say who they are.

use actix_web::{
    ResponseError,
    body::BoxBody,
    http::header::{CONTENT_TYPE, HeaderValue},
};
use serde_json::json;

use crate::http::{
    door::{Door, Scheme, ask_for_key},
    languages::{self, Wishes},
};

/// The version that is spoken.
pub const VERSION: (&str, &str) = ("OData-Version", "4.0");

/// The door: errors in OData's own form, access tokens as Bearer, API keys as Bearer or Basic.
pub const ODATA: Door = Door {
    name: "odata",
    schemes: &[Scheme::Bearer, Scheme::Basic],
    in_contract: false,
    refuse: |error, id, request| {
        let language = Wishes::of_request(request).ours();
        let title = error.code().title().say(language);
        let message = match &error.particulars().detail {
            Some(detail) => format!("{title} ({detail})"),
            None => title.into_owned(),
        };
        let inner = json!({"request_id": id.to_string()});
        let body = json!({"error": {"code": error.code().name(), "message": message, "innererror": inner}});
        let mut answer = error.error_response().set_body(BoxBody::new(body.to_string()));
        let json = HeaderValue::from_static("application/json");
        answer.headers_mut().insert(CONTENT_TYPE, json);
        answer.headers_mut().insert(
            actix_web::http::header::HeaderName::from_static("odata-version"),
            HeaderValue::from_static(VERSION.1),
        );
        languages::say(answer.headers_mut(), Some(language.tag()));
        ask_for_key(error, request, &mut answer);
        answer
    },
};
