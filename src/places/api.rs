//! stub

use actix_web::HttpResponse;

/// stub
#[utoipa::path(get, path = "/v1/brands")]
pub async fn list_brands() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/brands/{id}")]
pub async fn get_brand() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(put, path = "/v1/brands/{id}")]
pub async fn put_brand() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(post, path = "/v1/brands/{id}/places/import")]
pub async fn import_places() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/regions")]
pub async fn list_regions() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/regions/{id}")]
pub async fn get_region() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(put, path = "/v1/regions/{id}")]
pub async fn put_region() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/branches")]
pub async fn list_branches() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/branches/{id}")]
pub async fn get_branch() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(put, path = "/v1/branches/{id}")]
pub async fn put_branch() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}
