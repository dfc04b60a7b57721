//! What the service says about itself: the contract, a page to read it on, and a page for every error.

mod about;
pub mod checklist;
mod contract;
mod html;
mod schemas;
mod signature;
mod spelled;
mod unions;

use std::sync::LazyLock;

use actix_web::{
    HttpResponse, ResponseError,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
    web::{Bytes, Path},
};

pub use self::contract::document;
use crate::{
    error::{Code, Error, Result},
    http::{
        door::Door,
        languages::{self, Wishes},
        problem::status,
    },
    texts::Language,
};

/// The pages load nothing and run nothing.
const PAGES_MAY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The pages of documentation: errors are pages too.
pub const PAGES: Door = Door {
    name: "pages",
    schemes: &[],
    in_contract: false,
    refuse: |error, id, request| {
        let language = Wishes::of_request(request).ours();
        let mut page = answer_page(Bytes::from(html::failure(error.code(), id, language)));
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
/// It changes only when the program does.
const FIVE_MINUTES: &str = "public, max-age=300";

/// The contract as it is committed and served.
///
/// # Errors
/// `internal` if it cannot be written as YAML.
pub fn yaml() -> Result<String> {
    let yaml = document().to_yaml().map_err(Error::internal)?;
    let lines: String = yaml.lines().map(|line| quote_old_booleans(line) + "\n").collect();
    Ok(format!("# Written by `incognito openapi` from the code: change the code, not this.\n{lines}"))
}

/// Many programs still read YAML 1.1, to which a bare `yes` is a boolean; quoted, it is a text to all.
fn quote_old_booleans(line: &str) -> String {
    const OLD: [&str; 6] = ["yes", "no", "on", "off", "y", "n"];
    let bare = line.trim_start().trim_start_matches("- ");
    let (name, value) = bare.split_once(": ").map_or((None, bare), |(name, value)| (Some(name), value));
    match (name, value.strip_suffix(':')) {
        (None, Some(key)) if OLD.contains(&key) => line.replace(&format!("{key}:"), &format!("'{key}':")),
        (_, None) if OLD.contains(&value) => {
            let before = line.len() - value.len();
            format!("{}'{value}'", &line[..before])
        }
        _ => line.to_owned(),
    }
}

/// This contract.
#[utoipa::path(get, path = "/openapi.yaml", responses(
    (status = 200, description = "OpenAPI 3.1.", body = String, content_type = "application/yaml"),
))]
pub async fn openapi_yaml() -> Result<HttpResponse> {
    static YAML: LazyLock<Result<Bytes>> = LazyLock::new(|| yaml().map(Bytes::from));
    let yaml = YAML.as_ref().map_err(Error::internal)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CONTENT_TYPE, "application/yaml")).insert_header((CACHE_CONTROL, FIVE_MINUTES));
    Ok(answer.body(yaml.clone()))
}

/// This contract as a page for people.
#[utoipa::path(get, path = "/docs", responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"),
))]
pub async fn page() -> Result<HttpResponse> {
    static PAGE: LazyLock<Result<Bytes>> = LazyLock::new(|| {
        let document = serde_json::to_value(document()).map_err(Error::internal)?;
        Ok(Bytes::from(html::contract(&document)))
    });
    let page = PAGE.as_ref().map_err(Error::internal)?;
    Ok(answer_page(page.clone()))
}

/// What one kind of error means and what to do about it, in the reader's language: the page that an error's `type` names.
#[utoipa::path(get, path = "/problems/{code}", params(("code" = Code, Path, description = "The error's code.")), responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"),
))]
pub async fn problem(code: Path<String>, language: Language) -> Result<HttpResponse> {
    let code = Code::ALL.iter().copied().find(|one| one.name() == *code);
    let code = code.ok_or_else(|| Error::new(Code::NotFound))?;
    let mut answer = answer_page(Bytes::from(html::problem(code, language)));
    languages::say(answer.headers_mut(), Some(language.tag()));
    Ok(answer)
}

fn answer_page(page: Bytes) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, PAGES_MAY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, FIVE_MINUTES));
    answer.body(page)
}

#[cfg(test)]
mod tests;
