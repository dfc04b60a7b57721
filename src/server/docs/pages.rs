//! The pages of our own: a guide to begin with, and a page for every error. They run nothing and load nothing.

use actix_web::{
    HttpResponse, ResponseError,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
    web::Path,
};

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

/// How to begin: signing in, sending a visit and its files, lists, errors and limits.
#[utoipa::path(get, path = "/guide", responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"),
))]
pub async fn guide() -> HttpResponse {
    answer(html::guide())
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
