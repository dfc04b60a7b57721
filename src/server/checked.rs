//! The middleware that gives each request a place to note what let it in.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::db::checks::Checks;

/// The middleware.
pub async fn with_checks<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    Checks::default().around(next.call(request)).await
}
