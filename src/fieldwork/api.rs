//! stub

use actix_web::HttpResponse;

/// stub
#[utoipa::path(get, path = "/v1/assignments")]
pub async fn list_assignments() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/assignments/{id}")]
pub async fn get_assignment() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(put, path = "/v1/assignments/{id}")]
pub async fn put_assignment() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}
