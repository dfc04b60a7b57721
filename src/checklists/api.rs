//! stub

use actix_web::HttpResponse;

/// stub
#[utoipa::path(get, path = "/v1/checklists")]
pub async fn list_checklists() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/checklists/{id}")]
pub async fn get_checklist() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(put, path = "/v1/checklists/{id}")]
pub async fn put_checklist() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/checklists/{id}/draft")]
pub async fn get_draft() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(put, path = "/v1/checklists/{id}/draft")]
pub async fn put_draft() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/checklists/{id}/versions")]
pub async fn list_versions() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(post, path = "/v1/checklists/{id}/versions")]
pub async fn publish() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}

/// stub
#[utoipa::path(get, path = "/v1/checklist-versions/{id}")]
pub async fn get_version() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}
