//! The documentation of the contract: Swagger UI, whose files come with its crate and are served out of this program.

use std::sync::{Arc, LazyLock};

use actix_web::{
    HttpResponse,
    http::header::{
        CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    },
    web::Path,
};
use utoipa_swagger_ui::{Config, serve};

use super::FIVE_MINUTES;
use crate::error::{Code, Error, Result};

/// Its own scripts and styles may be loaded, none may be inline, and requests go to this server alone.
const MAY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                   base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is shown, and how. The validator would send the contract's address to a server of the tool's makers.
static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/openapi.yaml").validator_url("none").use_base_layout();
    let config = config.doc_expansion("none").default_models_expand_depth(0).filter(true);
    Arc::new(config.display_request_duration(true))
});

/// The files refer to one another, so the page stands at an address that ends in a slash.
#[utoipa::path(get, path = "/docs", responses((status = 308, description = "It leads to `/docs/`.")))]
pub async fn redirect() -> HttpResponse {
    let mut answer = HttpResponse::PermanentRedirect();
    answer.insert_header((LOCATION, "/docs/")).insert_header((CACHE_CONTROL, FIVE_MINUTES)).finish()
}

/// The page that shows the contract.
#[utoipa::path(get, path = "/docs/", responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"),
))]
pub async fn page() -> Result<HttpResponse> {
    answer("index.html")
}

/// A file that the page refers to.
#[utoipa::path(get, path = "/docs/{file}", responses((status = 200, description = "The file.")))]
pub async fn file(name: Path<String>) -> Result<HttpResponse> {
    answer(&name)
}

fn answer(name: &str) -> Result<HttpResponse> {
    let file = serve(name, CONFIG.clone()).map_err(Error::internal)?;
    let file = file.ok_or_else(|| Error::new(Code::NotFound))?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, file.content_type))
        .insert_header((CONTENT_SECURITY_POLICY, MAY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, FIVE_MINUTES));
    // They lie in the program compressed, and every browser unpacks them.
    if file.gzpipped {
        answer.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(answer.body(file.bytes.into_owned()))
}
