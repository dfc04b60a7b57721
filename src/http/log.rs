//! One log line a request, its id in every answer, and the headers that every answer has.

use std::time::Instant;

use actix_web::{
    Error as ActixError, HttpMessage, HttpResponse, ResponseError,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{CACHE_CONTROL, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS},
    middleware::Next,
    web::Data,
};

use super::auth::Caller;
use crate::{
    app::App,
    error::{Code, Error},
    ids::RequestId,
};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware.
pub async fn one_line<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, ActixError> {
    let start = Instant::now();
    let id: RequestId = match request.app_data::<Data<App>>() {
        Some(app) => app.clock.new_id(),
        None => RequestId::new(uuid::Uuid::nil()),
    };
    let answer = next.call(request).await?;
    let answer = with_request_id(answer, id);
    write_line(&answer, id, start);
    Ok(answer)
}

/// Errors are answered anew, with the request's id in the body; every answer has it in a header.
fn with_request_id<B: MessageBody + 'static>(
    answer: ServiceResponse<B>,
    id: RequestId,
) -> ServiceResponse<EitherBody<B>> {
    let mut answer = match answer.response().error() {
        Some(error) => {
            let problem =
                error.as_error::<Error>().map_or_else(|| foreign(error, id), |error| problem(error, id));
            let (request, _) = answer.into_parts();
            ServiceResponse::new(request, problem).map_into_right_body()
        }
        None => answer.map_into_left_body(),
    };
    let headers = answer.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(X_REQUEST_ID, value);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    answer
}

fn problem(error: &Error, id: RequestId) -> HttpResponse {
    let status = error.code().status();
    match error.cause() {
        Some(cause) if status.is_server_error() => {
            tracing::error!(request = %id, code = error.code().name(), cause, "failed")
        }
        Some(cause) => tracing::debug!(request = %id, code = error.code().name(), cause, "refused"),
        None => {}
    }
    let mut body = error.problem();
    body.request_id = Some(id.to_string());
    let mut answer = error.error_response();
    let json = serde_json::to_vec(&body).unwrap_or_default();
    if error.code() == Code::RequestTimeout {
        answer.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    }
    answer.set_body(actix_web::body::BoxBody::new(json))
}

/// What actix itself refuses before any of our code is asked.
fn foreign(error: &ActixError, id: RequestId) -> HttpResponse {
    let status = error.as_response_error().status_code();
    let code = if status.is_server_error() { Code::Internal } else { Code::MalformedRequest };
    problem(&Error::new(code).because(error), id)
}

fn write_line<B>(answer: &ServiceResponse<B>, id: RequestId, start: Instant) {
    let request = answer.request();
    let account = request.extensions().get::<Caller>().map(|caller| tracing::field::display(caller.0));
    tracing::info!(
        target: "request",
        id = %id,
        method = %request.method(),
        path = request.match_pattern().as_deref().unwrap_or("(none)"),
        status = answer.status().as_u16(),
        us = start.elapsed().as_micros() as u64,
        account,
    );
}
