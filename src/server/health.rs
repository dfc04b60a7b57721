//! Whether the server lives, and whether it can do its work.

use actix_web::{HttpResponse, web::Data};

use crate::{app::App, error::Result};

/// The process lives.
#[utoipa::path(get, path = "/livez", responses((status = 204, description = "It lives.")))]
pub async fn livez() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// The server can do its work: the database answers. A replica of the database is not needed for that.
#[utoipa::path(get, path = "/readyz", responses((
    status = 204,
    description = "It is ready. `X-Replica` says how the replica of the database is, if one is configured: `read`, `lags`, `away`, `primary` (it is no standby) or `foreign` (it is of another database).",
    headers(("X-Replica" = String, description = "How the replica of the database is."))
)))]
pub async fn readyz(app: Data<App>) -> Result<HttpResponse> {
    app.db.ping().await?;
    let mut answer = HttpResponse::NoContent();
    if let Some((standing, _)) = app.db.replica() {
        answer.insert_header(("X-Replica", standing.name()));
    }
    Ok(answer.finish())
}
