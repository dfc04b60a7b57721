//! The middleware that gives each request a place to note what let it in and what it asks of the database.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::{db::checks::Checks, http::lagging};

/// The middleware.
pub async fn with_checks<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let checks = Checks::default();
    let mut answer = checks.clone().around(next.call(request)).await?;
    lagging::say_age(&checks, &mut answer);
    Ok(answer)
}
