//! stub

use actix_web::HttpResponse;

/// stub
#[utoipa::path(get, path = "/v1/visits/{id}")]
pub async fn get_visit() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(put, path = "/v1/visits/{id}")]
pub async fn put_visit() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/visits/{id}/score")]
pub async fn explain_score() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}
