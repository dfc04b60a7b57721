//! The pages of our own: where to go, guides, and a page for every error. They run nothing and load nothing.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::header::{
        ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY, VARY,
    },
    web::Path,
};
use serde_json::json;

use super::{FIVE_MINUTES, html};
use crate::{
    error::{Code, Error, Result},
    http::{
        door::Door,
        languages::{self, Wishes},
        problem::status,
    },
    texts::Language,
};

/// What a browser may do with a page of ours.
const MAY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The pages of documentation: errors are pages too.
pub const PAGES: Door = Door {
    name: "pages",
    schemes: &[],
    in_contract: false,
    refuse: |error, id, request| {
        let language = Wishes::of_request(request).ours();
        let mut page = answer(html::failure(error.code(), id, language));
        *page.status_mut() = status(error.code());
        languages::say(page.headers_mut(), Some(language.tag()));
        page.headers_mut().remove(CACHE_CONTROL);
        // What holds for the error in every form, such as the methods that the address has.
        for (name, value) in error.error_response().headers() {
            if !page.headers().contains_key(name) {
                page.headers_mut().insert(name.clone(), value.clone());
            }
        }
        page
    },
};

/// The places to go from the root, each with what is there.
pub(super) const PLACES: [(&str, &str); 7] = [
    ("/guide", "how a client begins"),
    ("/guide/phone-app", "how to build a phone app"),
    ("/guide/scores", "how to pull scores"),
    ("/docs/", "all operations, with examples and a way to try them"),
    ("/openapi.yaml", "the contract, for programs (OpenAPI 3.1)"),
    ("/livez", "whether the server lives"),
    ("/readyz", "whether it can work"),
];

/// Where to go: a page for browsers, and JSON for other programs.
#[utoipa::path(get, path = "/", responses(
    (status = 200, description = "The places.", content((String = "text/html"), (Object = "application/json"))),
))]
pub async fn root(request: HttpRequest) -> HttpResponse {
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let mut answer = match accept.is_some_and(|accept| accept.contains("text/html")) {
        true => answer(html::root()),
        false => {
            let places = PLACES.iter().map(|(path, about)| json!({ "path": path, "about": about }));
            HttpResponse::Ok().json(json!({ "name": "incognito", "places": places.collect::<Vec<_>>() }))
        }
    };
    answer.headers_mut().append(VARY, HeaderValue::from_static("accept"));
    answer
}

/// How to begin: signing in, sending a visit and its files, lists, errors and limits.
#[utoipa::path(get, path = "/guide", responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"),
))]
pub async fn guide() -> HttpResponse {
    answer(html::GUIDES[0].page())
}

/// A guide for one purpose.
#[utoipa::path(get, path = "/guide/{purpose}", responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"),
))]
pub async fn guide_for(purpose: Path<String>) -> Result<HttpResponse> {
    let is_it = |guide: &&html::Guide| guide.path.strip_prefix("/guide/") == Some(purpose.as_str());
    let guide = html::GUIDES.iter().find(is_it).ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(answer(guide.page()))
}

/// What one kind of error means and what to do about it, in the reader's language: the page that an error's `type` names.
#[utoipa::path(get, path = "/problems/{code}", params(("code" = Code, Path, description = "The error's code.")), responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"),
))]
pub async fn problem(code: Path<String>, language: Language) -> Result<HttpResponse> {
    let code = Code::ALL.iter().copied().find(|one| one.name() == *code);
    let code = code.ok_or_else(|| Error::new(Code::NotFound))?;
    let mut answer = answer(html::problem(code, language));
    languages::say(answer.headers_mut(), Some(language.tag()));
    Ok(answer)
}

fn answer(page: String) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, MAY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, FIVE_MINUTES));
    answer.body(page)
}
