//! The log: a line for people or an object for machines, on stderr, written beside the requests.

use std::io::{IsTerminal, stderr};

use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, reload};

use crate::config::{Config, LogForm};

/// The log of this process. What is still to be written is written when it is dropped.
pub struct Log {
    level: LevelFilter,
    set_level: SetLevel,
    _writer: WorkerGuard,
}

type SetLevel = Box<dyn Fn(LevelFilter)>;

/// Starts the log; a second one in the same process is not heard.
pub fn start(config: &Config) -> Log {
    // A request never waits for the terminal: beyond 128,000 lines that wait, lines are dropped.
    let (writer, guard) = tracing_appender::non_blocking(stderr());
    let lines = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(stderr().is_terminal() && !has_no_color())
        .with_max_level(LevelFilter::TRACE);
    let set_level = match config.log {
        LogForm::Human => begin(lines.compact().finish(), config.log_level),
        LogForm::Json => {
            // The span that is current is the last on the list.
            let lines = lines.json().flatten_event(true).with_current_span(false);
            begin(lines.finish(), config.log_level)
        }
    };
    Log { level: config.log_level, set_level, _writer: guard }
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

/// Sends everything there; gives what changes how much that is.
fn begin(lines: impl Subscriber + Send + Sync, level: LevelFilter) -> SetLevel {
    let (filter, handle) = reload::Layer::new(wanted(level));
    // Fails only if there is a log already.
    let _ = tracing::subscriber::set_global_default(lines.with(filter));
    Box::new(move |level| drop(handle.reload(wanted(level))))
}

/// The server tells of each of its threads, which only somebody who looks for a fault wants to know.
fn wanted(level: LevelFilter) -> Targets {
    let threads = if level == LevelFilter::INFO { LevelFilter::WARN } else { level };
    Targets::new().with_default(level).with_target("actix_server", threads)
}

/// See <https://no-color.org>.
fn has_no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}
