//! stub

use actix_web::HttpResponse;

/// stub
#[utoipa::path(get, path = "/v1/me/work")]
pub async fn my_work() -> HttpResponse {
    HttpResponse::NotImplemented().finish()
}
