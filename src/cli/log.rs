//! The log: a line for people or an object for machines, on stderr, written beside the requests. Where the configuration
//! names a collector, spans are sent to it as well.

use std::io::{IsTerminal, stderr};

use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{Layer, Registry, filter::Targets, fmt, layer::SubscriberExt, reload};

use super::Outcome;
#[cfg(feature = "otlp")]
use super::traces::Traces;
use crate::config::{Config, LogForm};

/// The log of this process. What is still to be written is written when it is dropped.
pub struct Log {
    level: LevelFilter,
    set_level: SetLevel,
    #[cfg(feature = "otlp")]
    _traces: Option<Traces>,
    _writer: WorkerGuard,
}

type SetLevel = Box<dyn Fn(LevelFilter)>;

/// What writes lines.
type Lines = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts the log; a second one in the same process is not heard.
///
/// # Errors
/// One line for a person, if traces are wanted and cannot be sent.
pub fn start(config: &Config) -> Outcome<Log> {
    // A request never waits for the terminal: beyond 128,000 lines that wait, lines are dropped.
    let (writer, guard) = tracing_appender::non_blocking(stderr());
    let lines = fmt::layer().with_writer(writer).with_ansi(stderr().is_terminal() && !has_no_color());
    let lines = match config.log {
        LogForm::Human => lines.compact().boxed(),
        // The span that is current is the last on the list.
        LogForm::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    let level = config.log_level;
    #[cfg(feature = "otlp")]
    {
        let traces = config.otlp_endpoint.as_ref().map(Traces::start).transpose()?;
        let set_level = match &traces {
            Some(traces) => begin_with_traces(lines, level, traces),
            None => begin(lines, level),
        };
        Ok(Log { level, set_level, _traces: traces, _writer: guard })
    }
    #[cfg(not(feature = "otlp"))]
    Ok(Log { level, set_level: begin(lines, level), _writer: guard })
}

impl Log {
    /// Writes warnings and errors only, until [`Log::go_on`]: lines of requests would tear a progress bar.
    pub fn hush(&self) {
        (self.set_level)(self.level.min(LevelFilter::WARN));
    }

    /// Writes everything again.
    pub fn go_on(&self) {
        (self.set_level)(self.level);
    }
}

/// Sends everything there; gives what changes how much that is. A line that is not written is not made either.
fn begin(lines: Lines, level: LevelFilter) -> SetLevel {
    let (filter, handle) = reload::Layer::new(wanted(level));
    hear(Registry::default().with(lines).with(filter));
    Box::new(move |level| drop(handle.reload(wanted(level))))
}

/// The same, with a filter for lines alone.
#[cfg(feature = "otlp")]
fn begin_with_traces(lines: Lines, level: LevelFilter, traces: &Traces) -> SetLevel {
    let (filter, handle) = reload::Layer::new(wanted(level));
    hear(Registry::default().with(lines.with_filter(filter)).with(traces.layer()));
    Box::new(move |level| drop(handle.reload(wanted(level))))
}

fn hear(all: impl Subscriber + Send + Sync) {
    // Fails only if there is a log already.
    let _ = tracing::subscriber::set_global_default(all);
}

/// The server says each of its threads, and calls what strangers send that is no HTTP, or not all of it, an error. Both
/// are in the log only where its level is for looking for a fault.
fn wanted(level: LevelFilter) -> Targets {
    let threads = if level == LevelFilter::INFO { LevelFilter::WARN } else { level };
    let strangers = if level >= LevelFilter::DEBUG { level } else { LevelFilter::OFF };
    Targets::new()
        .with_default(level)
        .with_target("actix_server", threads)
        .with_target("actix_http", strangers)
}

/// See <https://no-color.org>.
fn has_no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}
