//! Whether the server lives, and whether it can do its work.

use actix_web::{HttpResponse, web::Data};

use crate::{app::App, error::Result};

/// The process lives.
#[utoipa::path(get, path = "/livez", responses((status = 204, description = "It lives.")))]
pub async fn livez() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// The server can do its work: the database answers.
#[utoipa::path(get, path = "/readyz", responses((status = 204, description = "It is ready.")))]
pub async fn readyz(app: Data<App>) -> Result<HttpResponse> {
    app.db.ping().await?;
    Ok(HttpResponse::NoContent().finish())
}
