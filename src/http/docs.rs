//! stub

use actix_web::HttpResponse;

/// stub
#[utoipa::path(get, path = "/openapi.yaml")]
pub async fn openapi_yaml() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/docs")]
pub async fn page() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/problems/{code}")]
pub async fn problem() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}
