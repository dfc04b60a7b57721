//! A streaming replica (PostgreSQL): requests that ask for figures and lists may read from it.
//!
//! [`watch`] knows how far it has come. It is read as long as it is no further behind than the configuration says; when it is
//! gone, lags, or answers with an error, the primary is read. An account that wrote reads from the primary until the replica has
//! replayed its last write ([`store`]).

mod store;
mod watch;

use std::time::Duration;

use super::{
    DatabaseUrl,
    engine::{Opener, Purpose},
    lane::Lane,
    metrics::Meter,
};

pub use self::watch::Standing;
use self::watch::Watch;
pub(super) use self::{
    store::{last_write, note_write},
    watch::Reached,
};

/// How long a request waits for a connection to the replica before it turns to the primary.
const PATIENCE: Duration = Duration::from_secs(1);

/// How soon a connection to a replica that has vanished without a word counts as lost, so that its request turns to the primary: libpq's
/// parameters, which a URL may set otherwise.
const DEADLINES: [(&str, u32); 5] = [
    ("connect_timeout", 2),
    ("keepalives_idle", 3),
    ("keepalives_interval", 2),
    ("keepalives_count", 2),
    ("tcp_user_timeout", 7_000),
];

/// Where a replica is, and how far behind it may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaAt {
    /// Its URL. It leads to one server.
    pub url: DatabaseUrl,
    /// How far it may lag.
    pub lag: Duration,
}

/// A replica that is watched.
pub(super) struct Replica {
    pub(super) lane: Lane,
    watch: Watch,
    lag: Duration,
}

impl Replica {
    /// Begins to watch it. One that cannot be reached is read when it can.
    ///
    /// # Errors
    /// One line for a person, if there is none of this kind of database, or if it is of another database.
    pub(super) fn open(
        primary: &DatabaseUrl,
        at: &ReplicaAt,
        connections: u32,
        meter: &Meter,
    ) -> Result<Self, String> {
        let (Some(url), true) = (with_deadlines(&at.url), at.url.is_server() && primary.is_server()) else {
            return Err("only a PostgreSQL database has a replica".to_owned());
        };
        let replica = Opener { url, purpose: Purpose::Read };
        let primary = Opener { url: primary.clone(), purpose: Purpose::Write };
        let watch = Watch::start(primary, replica.clone(), at.lag)?;
        Ok(Self { lane: Lane::of_replica(replica, connections, PATIENCE, meter), watch, lag: at.lag })
    }

    /// What it has reached, if it may be read now.
    pub(super) fn reached(&self) -> Option<Reached> {
        self.watch.reached().filter(|reached| reached.as_of.elapsed() <= self.lag)
    }

    /// A connection to it was lost: it is not read until it has answered the watch.
    pub(super) fn suspect(&self) {
        self.watch.suspect();
    }

    /// How it is, and the age in seconds of what it has, if that is known.
    pub(super) fn standing(&self) -> (Standing, Option<u64>) {
        let age = self.watch.reached().map(|reached| super::asked::seconds_since(reached.as_of));
        let standing = match self.watch.standing() {
            Standing::Read if self.reached().is_none() => Standing::Lags,
            standing => standing,
        };
        (standing, age)
    }
}

fn with_deadlines(url: &DatabaseUrl) -> Option<DatabaseUrl> {
    let mut text = url.server()?.to_owned();
    for (name, value) in DEADLINES {
        if !text.contains(&format!("{name}=")) {
            let joint = if text.contains('?') { '&' } else { '?' };
            text.push_str(&format!("{joint}{name}={value}"));
        }
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn deadlines_are_added_to_what_a_url_says() {
        let added = |url: &str| with_deadlines(&url.parse().unwrap()).unwrap().server().unwrap().to_owned();
        let rest = "keepalives_idle=3&keepalives_interval=2&keepalives_count=2&tcp_user_timeout=7000";
        assert_eq!(added("postgres://a@b/c"), format!("postgres://a@b/c?connect_timeout=2&{rest}"));
        let own = "postgres://a@b/c?connect_timeout=9";
        assert_eq!(added(own), format!("{own}&{rest}"));
    }
}
