//! The roof: puts the rooms together, and serves them over HTTP, the same for the program and for the tests.

pub mod audit;
pub mod background;
mod checked;
pub mod consumers;
mod cors;
pub mod docs;
mod exported;
pub mod exports;
pub mod health;
pub mod house;
pub mod log;
pub mod metrics;
mod mount;
pub mod routes;
pub mod trace;

use std::{any::Any, net::TcpListener, time::Duration};

use actix_web::{
    App as ActixApp, HttpServer,
    dev::Server,
    middleware::{Condition, from_fn},
    rt::net::TcpStream,
    web,
    web::ServiceConfig,
};

use self::{house::House, metrics::Requests, trace::Tracing};
use crate::{
    config::{Networks, Origins},
    error::{Code, Error},
    http::{
        client::Proxies,
        compress, head, sheet,
        strangers::{self, Strangers},
        unread,
    },
    visits::api::uploads,
};

/// How long a client may take to send a request's headers.
const HEADERS_DEADLINE: Duration = Duration::from_secs(10);
/// How long a client may take nothing of an answer that it was sent.
#[cfg(target_os = "linux")]
const TAKING_DEADLINE: Duration = Duration::from_secs(25);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How many threads do what waits (the database, files, hashing), shared out among the workers, and how many each has
/// at least. Each of them keeps memory of its own, so that more would cost much and do no more.
const WAITING_THREADS: (usize, usize) = (32, 4);
/// How long requests under way may take to end when the server stops, in seconds.
const STOP_DEADLINE: u64 = 30;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Serving {
    /// How many threads answer requests.
    pub workers: usize,
    /// Where requests are counted, if they are measured.
    pub requests: Option<Requests>,
    /// Whose pages may call the API from a browser.
    pub origins: Origins,
    /// Which proxies are believed when they say where a request comes from.
    pub proxies: Networks,
}

/// Serves on this socket until it is stopped.
///
/// # Errors
/// If the socket cannot be used.
pub fn serve(house: House, listener: TcpListener, serving: Serving) -> std::io::Result<Server> {
    let Serving { workers, requests, origins, proxies } = serving;
    let (strangers, believed) = (Strangers::at_most(strangers::MOST), proxies.clone());
    let server = HttpServer::new(move || {
        let requests = requests.clone();
        ActixApp::new()
            .app_data(Proxies(proxies.clone()))
            .app_data(web::PathConfig::default().error_handler(|_, _| Error::new(Code::NotFound).into()))
            .wrap(from_fn(sheet::by_name))
            .wrap(from_fn(exported::written_down))
            .wrap(Condition::new(!origins.is_empty(), cors::of(&origins)))
            .wrap(Tracing::new())
            .wrap(from_fn(log::one_line))
            .wrap(from_fn(compress::compress))
            .wrap(from_fn(head::without_body))
            .wrap(from_fn(unread::close_behind_answer))
            .wrap(from_fn(uploads::speak::tus))
            .wrap(from_fn(checked::with_checks))
            .configure(|service| house.furnish(service))
            .configure(|service| count_in(service, requests))
            .configure(mount::configure)
            .default_service(web::to(nothing_here))
    });
    Ok(server
        .workers(workers)
        .worker_max_blocking_threads((WAITING_THREADS.0 / workers.max(1)).max(WAITING_THREADS.1))
        .client_request_timeout(HEADERS_DEADLINE)
        .on_connect(move |connection, about| {
            drop_if_stuck(connection);
            if let Some(stream) = connection.downcast_ref::<TcpStream>()
                && let Ok(peer) = stream.peer_addr()
                // The requests of all clients of a proxy come on its connections, and the proxy has limits for its clients.
                && !believed.contain(peer.ip())
                && let Some(stranger) = strangers.enter(stream, peer.ip())
            {
                about.insert(stranger);
            }
        })
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(STOP_DEADLINE)
        // Who starts the server decides when it stops.
        .disable_signals()
        .listen(listener)?
        .run())
}

/// Who asks for answers and does not take them would be waited for without end: the server has no deadline for
/// writing. The system has: it ends a connection that nothing could be sent on for so long.
fn drop_if_stuck(connection: &dyn Any) {
    #[cfg(target_os = "linux")]
    if let Some(stream) = connection.downcast_ref::<TcpStream>() {
        let set = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(TAKING_DEADLINE));
        if let Err(error) = set {
            tracing::debug!(%error, "a connection has no deadline for writing");
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = connection;
}

fn count_in(service: &mut ServiceConfig, requests: Option<Requests>) {
    if let Some(requests) = requests {
        service.app_data(requests);
    }
}

async fn nothing_here() -> Result<actix_web::HttpResponse, Error> {
    Err(Error::new(Code::NotFound))
}
