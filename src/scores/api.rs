//! stub

use actix_web::HttpResponse;

/// stub
#[utoipa::path(get, path = "/v1/brands/{id}/score")]
pub async fn brand_score() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/regions/{id}/score")]
pub async fn region_score() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/branches/{id}/score")]
pub async fn branch_score() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/brands/{id}/ranking")]
pub async fn brand_ranking() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/regions/{id}/ranking")]
pub async fn region_ranking() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}
