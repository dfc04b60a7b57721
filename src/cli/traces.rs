//! Traces for a collector of OpenTelemetry: the spans of requests, tasks and work of the database (OTLP over HTTP, protobuf).
//!
//! What the collector wants besides, such as keys in headers, is read from OpenTelemetry's own variables
//! (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_TRACES_SAMPLER` and so on).

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer, filter::FilterExt, filter::Targets, filter::filter_fn, registry::LookupSpan,
};

use super::{Failure, NAME, Outcome};
use crate::config::OtlpEndpoint;

/// Sends spans on. Those that still wait are sent when it is dropped, for some seconds at the most.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send spans there.
    ///
    /// # Errors
    /// One line for a person, if nothing can be sent.
    pub fn start(endpoint: &OtlpEndpoint) -> Outcome<Self> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint.traces())
            .build()
            .map_err(|error| Failure::from(format!("cannot send traces: {error}")))?;
        let about = Resource::builder().with_service_name(NAME).build();
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(about).build()))
    }

    /// What hands spans over: those of the program itself, with all that is recorded of them.
    pub fn layer<S: Subscriber + for<'l> LookupSpan<'l>>(&self) -> impl Layer<S> + use<S> {
        let own = Targets::new().with_targets([("request", LevelFilter::DEBUG), (NAME, LevelFilter::DEBUG)]);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(NAME))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(own.and(filter_fn(|about| about.is_span())))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}
