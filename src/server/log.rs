//! One log line a request, its id in every answer, and the headers that every answer has. Other lines that are written
//! meanwhile carry the id: [`trace`](super::trace).

use std::time::{Duration, Instant};

use actix_web::{
    Error as ActixError, HttpMessage, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::StatusCode,
    http::header::{CACHE_CONTROL, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS},
    middleware::Next,
    web::Data,
};

use tracing::{Level, field::display};

use crate::{
    accounts::caller::Caller,
    app::App,
    error::{Code, Error},
    http::{
        client::Client,
        door::{API, Door},
    },
    ids::RequestId,
    server::{cors, metrics::Requests},
};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware.
pub async fn one_line<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, ActixError> {
    let start = Instant::now();
    if let Some(app) = request.app_data::<Data<App>>() {
        app.demand.add();
    }
    let answer = next.call(request).await?;
    let id = id_of(answer.request());
    let (answer, failure) = with_request_id(answer, id);
    let (took, route) = (start.elapsed(), answer.request().match_pattern());
    if let Some(requests) = answer.request().app_data::<Requests>() {
        requests.count(answer.request().method(), route.as_deref(), answer.status(), took);
    }
    write_line(&answer, id, route.as_deref(), took, &failure);
    Ok(answer)
}

/// The id that the request's span has.
fn id_of(request: &HttpRequest) -> RequestId {
    let id = request.extensions().get::<tracing_actix_web::RequestId>().map(|id| **id);
    RequestId::new(id.unwrap_or_default())
}

/// What the log says of an error that was answered.
#[derive(Default)]
struct Failure {
    code: Option<&'static str>,
    cause: Option<String>,
}

/// Errors are answered anew, with the request's id in the body; every answer has it in a header.
fn with_request_id<B: MessageBody + 'static>(
    answer: ServiceResponse<B>,
    id: RequestId,
) -> (ServiceResponse<EitherBody<B>>, Failure) {
    let mut failure = Failure::default();
    let mut answer = match answer.response().error() {
        Some(error) => {
            let foreign;
            let error = match error.as_error::<Error>() {
                Some(error) => error,
                None => {
                    foreign = not_ours(error);
                    &foreign
                }
            };
            failure = Failure { code: Some(error.code().name()), cause: error.cause().map(str::to_owned) };
            let door = answer.request().app_data::<Door>().copied().unwrap_or(API);
            let mut refusal = (door.refuse)(error, id.uuid(), answer.request());
            cors::keep(answer.headers(), refusal.headers_mut());
            let (request, _) = answer.into_parts();
            ServiceResponse::new(request, refusal).map_into_right_body()
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
    (answer, failure)
}

/// What actix itself refuses before any of our code is asked.
fn not_ours(error: &ActixError) -> Error {
    let status = error.as_response_error().status_code();
    let code = if status.is_server_error() { Code::Internal } else { Code::MalformedRequest };
    Error::new(code).because(error)
}

/// The one line. What failed here is an error and says why; a refusal is logged like a success, and comes from where the
/// line says.
fn write_line<B>(
    answer: &ServiceResponse<B>,
    id: RequestId,
    route: Option<&str>,
    took: Duration,
    failure: &Failure,
) {
    let (request, status) = (answer.request(), answer.status());
    let account = request.extensions().get::<Caller>().map(|caller| display(caller.0));
    let client = Client::of(request).0.map(display);
    let code = failure.code.map(display);
    // Why something was refused matters only to a person who looks for a fault. Quoted, it is on one line.
    let cause =
        failure.cause.as_deref().filter(|_| status.is_server_error() || tracing::enabled!(Level::DEBUG));
    // The level is part of the place in the code, so there are two places.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                target: "request",
                id = %id,
                method = %request.method(),
                path = %route.unwrap_or("(none)"),
                status = status.as_u16(),
                us = took.as_micros() as u64,
                client,
                account,
                code,
                cause,
            )
        };
    }
    // Who is asked to come again was in no fault of ours: that has a line of its own.
    match status {
        StatusCode::SERVICE_UNAVAILABLE => line!(warn),
        status if status.is_server_error() => line!(error),
        _ => line!(info),
    }
}

#[cfg(test)]
mod tests;
