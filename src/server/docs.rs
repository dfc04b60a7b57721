//! What the service says about itself: the contract, and pages for people.

mod about;
pub mod checklist;
mod contract;
mod directions;
mod examples;
mod html;
pub mod pages;
mod schemas;
mod signature;
mod spelled;
pub mod swagger;
mod unions;

use std::sync::LazyLock;

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    web::Bytes,
};

pub use self::contract::document;
use crate::error::{Error, Result};

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

#[cfg(test)]
mod tests;
