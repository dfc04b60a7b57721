//! The span of a request: what is logged while it is answered carries the request's id, on whichever thread that is.
//!
//! The log shows the id alone; the one line of [`log`](super::log) has the rest. The other fields are recorded
//! for a log of level `debug` and for traces. Their names are OpenTelemetry's. No field says what stands in an address: a
//! route is its pattern.

#[cfg(feature = "otlp")]
mod caller;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use tracing::{
    Level, Span,
    field::{Empty, display},
};
use tracing_actix_web::{RequestId, RootSpanBuilder};

use crate::accounts::caller::Caller;

/// The middleware: around all that may log but the one line, which says all that the span does.
pub type Tracing = tracing_actix_web::TracingLogger<RequestSpan>;

/// The span of a request.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().copied().map(display);
        // A collector takes its name when it begins.
        let described = is_described().then(|| (request.method(), request.match_pattern()));
        let (method, route) =
            described.as_ref().map_or((None, None), |(method, route)| (Some(*method), route.as_deref()));
        // Of the highest level, because it has to be there for each line that is written.
        let span = tracing::error_span!(
            target: "request",
            "request",
            request_id = id,
            otel.name = method.map(|method| name_of(method, route)),
            otel.kind = method.map(|_| "server"),
            otel.status_code = Empty,
            http.request.method = method.map(display),
            http.route = route,
            http.response.status_code = Empty,
            user.id = Empty,
            error.type = Empty,
        );
        #[cfg(feature = "otlp")]
        caller::join(&span, request.headers());
        span
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        if !is_described() {
            return;
        }
        match outcome {
            Ok(answer) => describe(&span, answer),
            Err(error) => record_status(&span, error.as_response_error().status_code().as_u16()),
        }
    }
}

/// Whether more of a span is recorded than its id.
fn is_described() -> bool {
    tracing::span_enabled!(target: "request", Level::DEBUG)
}

fn name_of(method: &Method, route: Option<&str>) -> String {
    route.map_or_else(|| method.to_string(), |route| format!("{method} {route}"))
}

fn describe<B>(span: &Span, answer: &ServiceResponse<B>) {
    let extensions = answer.request().extensions();
    span.record("user.id", extensions.get::<Caller>().map(|caller| display(caller.0)));
    record_status(span, answer.status().as_u16());
}

/// What failed here is an error of the span; a refusal is not.
fn record_status(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("error.type", status);
        span.record("otel.status_code", "ERROR");
    }
}
