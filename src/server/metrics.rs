//! `/metrics`, at an address of its own: what there is to know of a running server, for Prometheus (OpenMetrics 1.0).
//!
//! Labels are methods, patterns of addresses, statuses and queues. So their number does not grow with use, and no
//! person's name or id stands in them.

mod momentary;
mod requests;

use std::{fmt, net::TcpListener, sync::Arc};

use actix_web::{
    App as ActixApp, HttpResponse, HttpServer,
    dev::Server,
    web::{self, Data},
};
use prometheus_client::{
    encoding::text::{encode_eof, encode_registry},
    registry::Registry,
};

pub use self::requests::Requests;
use super::house::House;
use crate::error::{Error, Result};

/// What all names of metrics begin with, save those of the process.
const PREFIX: &str = "incognito";
/// How the answer is written.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All that is measured of a house; cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    house: House,
    requests: Requests,
    kept: Arc<Registry>,
}

impl Metrics {
    /// Begins to measure. What happened before is not counted.
    pub fn of(house: &House) -> Self {
        let (mut kept, requests) = (Registry::with_prefix(PREFIX), Requests::default());
        requests.register(&mut kept);
        house.app.db.measure(&mut kept);
        house.app.blobs.measure(&mut kept);
        Self { house: house.clone(), requests, kept: Arc::new(kept) }
    }

    /// Where requests are counted, for the server of this house.
    pub fn requests(&self) -> Requests {
        self.requests.clone()
    }

    /// All metrics as they are now.
    ///
    /// # Errors
    /// `internal` if they cannot be written.
    pub async fn write(&self) -> Result<String> {
        let mut text = String::new();
        let now = momentary::look(&self.house).await;
        let written = encode_registry(&mut text, &self.kept)
            .and_then(|()| encode_registry(&mut text, &now))
            .and_then(|()| encode_eof(&mut text));
        written.map(|()| text).map_err(|fmt::Error| Error::internal("the metrics could not be written"))
    }
}

/// Serves them on this socket, and nothing else.
///
/// # Errors
/// If the socket cannot be used.
pub fn serve(metrics: Metrics, listener: TcpListener) -> std::io::Result<Server> {
    let metrics = Data::new(metrics);
    let server = HttpServer::new(move || {
        ActixApp::new().app_data(Data::clone(&metrics)).route("/metrics", web::get().to(show))
    });
    Ok(server.workers(1).worker_max_blocking_threads(1).disable_signals().listen(listener)?.run())
}

async fn show(metrics: Data<Metrics>) -> Result<HttpResponse> {
    let text = metrics.write().await?;
    Ok(HttpResponse::Ok().content_type(OPEN_METRICS).body(text))
}
