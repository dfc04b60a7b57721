//! `incognito serve`.

use std::{
    net::{SocketAddr, TcpListener},
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::dev::Server;
use futures_util::future::{Either, join, select};
use tokio::{net::TcpSocket, signal::ctrl_c, time::timeout};

use super::{Failure, Outcome};
use crate::{
    app::App,
    config::{Config, Networks},
    demo,
    seals::LOOK_EVERY,
    server::{
        self, Serving, background,
        house::House,
        metrics::{self, Metrics, Requests},
    },
};

/// How many connections may wait to be taken in: a thousand phones that wake up together are not turned away.
const WAITING: u32 = 2048;

/// How long tasks may take to end once the server has.
const TASKS_DEADLINE: Duration = Duration::from_secs(10);

pub(super) const EXAMPLES: &str = "\
Examples:
  incognito serve
  incognito serve --listen 0.0.0.0:80 --data /var/lib/incognito --log json
  INCOGNITO_DATABASE_URL=postgres://incognito@db/incognito incognito serve";

/// Serves until the process is stopped.
pub(super) async fn run(config: Config) -> Outcome {
    let began = Instant::now();
    take_all_files();
    let listener = listen(config.listen)?;
    let address = listener.local_addr().map_err(cannot_serve)?;
    let house = super::start(&config).await?;
    refuse_open_demo(&house, &config).await?;
    let server = serve(&house, listener, &config)?;
    tracing::info!(
        address = %format_args!("http://{address}"),
        database = %config.database,
        ms = began.elapsed().as_millis() as u64,
        "serving"
    );
    until_stopped(&house, server).await
}

/// Takes as many open files as the system allows: each connection is one or two, and the usual limit is for programs that have
/// few.
#[cfg(unix)]
fn take_all_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::debug!(%error, "no more open files are to be had");
    }
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
fn take_all_files() {}

/// The demo's data is never served without a warning, nor to other machines as long as an account has the demo's password, which
/// is public. A trusted proxy lets other machines reach this one.
async fn refuse_open_demo(house: &House, config: &Config) -> Outcome {
    if !demo::is_here(house).await? {
        return Ok(());
    }
    tracing::warn!("this is the demo's data");
    let is_reached = !config.listen.ip().is_loopback() || config.trusted_proxies != Networks::default();
    let open = if is_reached { demo::open_to_everybody(house).await? } else { None };
    match open {
        Some(email) => Err(format!(
            "this is the demo's data, and {email} has the password that everybody knows: it is served to this machine only"
        )
        .into()),
        None => Ok(()),
    }
}

/// Begins to answer at this socket, and gives metrics where the configuration says.
pub(crate) fn serve(house: &House, listener: TcpListener, config: &Config) -> Outcome<Server> {
    if let Some(replica) = &config.replica {
        house.app.db.use_replica(replica, config.connections)?;
    }
    let requests = config.metrics_listen.map(|address| serve_metrics(house, address)).transpose()?;
    let serving = Serving {
        workers: config.workers,
        requests,
        origins: config.cors_origins.clone(),
        proxies: config.trusted_proxies.clone(),
    };
    server::serve(house.clone(), listener, serving).map_err(cannot_serve)
}

/// Gives metrics at this address for as long as this process runs.
fn serve_metrics(house: &House, address: SocketAddr) -> Outcome<Requests> {
    let (listener, metrics) = (listen(address)?, Metrics::of(house));
    let requests = metrics.requests();
    let address = listener.local_addr().map_err(cannot_serve)?;
    actix_web::rt::spawn(metrics::serve(metrics, listener).map_err(cannot_serve)?);
    tracing::info!(address = %format_args!("http://{address}/metrics"), "serving metrics");
    Ok(requests)
}

fn cannot_serve(error: std::io::Error) -> Failure {
    format!("cannot serve: {error}").into()
}

/// Does the work beside the requests until the server ends. The first signal to stop lets what is under way end; the
/// second does not.
pub(crate) async fn until_stopped(house: &House, server: Server) -> Outcome {
    let (handle, background) = (server.handle(), background::start(house));
    let keys = actix_web::rt::spawn(read_keys(house.ground()));
    let ended = async move {
        server.await.map_err(|error| format!("the server failed: {error}"))?;
        keys.abort();
        // A task that takes longer is taken up again when its lease ends.
        let _ = timeout(TASKS_DEADLINE, background.stop()).await;
        tracing::info!("stopped");
        Ok(())
    };
    let stopped_twice = async move {
        signal_to_stop().await;
        tracing::info!("stopping: what is under way is ended first");
        join(handle.stop(true), signal_to_stop()).await;
    };
    match select(pin!(ended), pin!(stopped_twice)).await {
        Either::Left((ended, _)) => ended,
        Either::Right(_) => Err("stopped before all that was under way had ended".into()),
    }
}

/// Reads the keys now and then: another process may have made new ones.
async fn read_keys(app: Arc<App>) {
    loop {
        tokio::time::sleep(Duration::from_secs(LOOK_EVERY)).await;
        if let Err(error) = app.seals.reload(&app.db).await {
            tracing::warn!(%error, "the keys could not be read again");
        }
    }
}

/// Waits for a signal to stop: Ctrl-C, or SIGTERM where there is such a thing.
pub(crate) async fn signal_to_stop() {
    select(pin!(ctrl_c()), pin!(terminated())).await;
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => drop(terminate.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}

/// Takes the address for this process. No request is answered before a server takes over.
///
/// # Errors
/// If the address is taken, or not this machine's.
pub(crate) fn listen(address: SocketAddr) -> Outcome<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    };
    let listener = socket.and_then(|socket| {
        // Connections that ended a moment ago are no reason not to start again.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(WAITING)?.into_std()
    });
    listener.map_err(|error| format!("cannot listen at {address}: {error}").into())
}
