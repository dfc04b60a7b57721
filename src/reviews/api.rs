//! stub

use actix_web::HttpResponse;

/// stub
#[utoipa::path(get, path = "/v1/reviews")]
pub async fn queue() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(post, path = "/v1/visits/{id}/review/approve")]
pub async fn approve() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(post, path = "/v1/visits/{id}/review/reject")]
pub async fn reject() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}
