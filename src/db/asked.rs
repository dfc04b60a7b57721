//! What a request asks of the database, and where it has read: from the primary, or from a replica that may lag.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use uuid::Uuid;

use super::replica::Reached;

/// What a request is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// Read things as they were a moment ago.
    ToReadLate,
    /// Read things as they are.
    ToRead,
    /// Write.
    ToWrite,
}

/// What one request has asked so far. Where no request is, nothing is asked, and all is read from the primary.
#[derive(Debug, Default)]
pub struct Asked(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    by: Option<(Uuid, Wants)>,
    /// How far the log had come when the account last wrote, once that was looked up.
    last_write: Option<Option<i64>>,
    /// It has read from the primary: what it reads later must not be older.
    stays: bool,
    /// The oldest moment as of which it has read from the replica.
    as_of: Option<Instant>,
    /// The head of the answer is written, with this age in it.
    sent: Option<Option<u64>>,
}

impl Asked {
    /// This account asks, and wants this.
    pub fn begin(&self, account: Uuid, wants: Wants) {
        self.with(|state| state.by = Some((account, wants)));
    }

    /// The account that asks, if it is known by now.
    pub fn account(&self) -> Option<Uuid> {
        self.with(|state| state.by.map(|(account, _)| account))
    }

    /// The account that reads, if it may be shown the state that the replica has reached.
    pub(super) fn reader(&self, reached: Reached) -> Option<Uuid> {
        self.with(|state| match state.by {
            Some((account, Wants::ToReadLate)) if !state.stays && state.admits(reached) => Some(account),
            _ => None,
        })
    }

    /// The account that writes.
    pub(super) fn writer(&self) -> Option<Uuid> {
        self.with(|state| match state.by {
            Some((account, Wants::ToWrite)) => Some(account),
            _ => None,
        })
    }

    /// What was found of the account's last write, if it was looked up.
    pub(super) fn last_write(&self) -> Option<Option<i64>> {
        self.with(|state| state.last_write)
    }

    /// The account's last write was looked up.
    pub(super) fn found_last_write(&self, position: Option<i64>) {
        self.with(|state| state.last_write = Some(position));
    }

    /// It reads from the primary, from now on.
    pub(super) fn stay(&self) {
        self.with(|state| state.stays = true);
    }

    /// It has read what the replica had reached.
    pub(super) fn has_read(&self, reached: Reached) {
        self.with(|state| {
            state.as_of = Some(state.as_of.map_or(reached.as_of, |before| before.min(reached.as_of)));
        });
    }

    /// The age of the answer whose head is written now, in whole seconds, rounded up, if any of it came from the replica.
    /// What is still read for its body is no older than that.
    pub fn send_head(&self) -> Option<u64> {
        self.with(|state| {
            let age = state.as_of.map(seconds_since);
            state.sent = Some(age);
            age
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn admits(&self, reached: Reached) -> bool {
        match self.sent {
            None => true,
            Some(age) => age.is_some_and(|age| seconds_since(reached.as_of) <= age),
        }
    }
}

/// How long ago it was, in whole seconds, rounded up.
pub(super) fn seconds_since(moment: Instant) -> u64 {
    let passed = moment.elapsed();
    passed.as_secs() + u64::from(passed.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn reached(seconds_ago: u64) -> Reached {
        let now = Instant::now();
        let as_of = now.checked_sub(Duration::from_secs(seconds_ago)).unwrap_or(now);
        Reached { position: 1, as_of }
    }

    #[test]
    fn what_is_read_for_a_body_is_no_older_than_its_head_says() {
        let asked = Asked::default();
        assert_eq!(asked.reader(reached(0)), None, "nobody asks");
        asked.begin(Uuid::nil(), Wants::ToReadLate);
        assert!(asked.reader(reached(5)).is_some());
        asked.has_read(reached(2));
        asked.has_read(reached(1));
        assert_eq!(asked.send_head(), Some(3));
        assert!(asked.reader(reached(2)).is_some());
        assert!(asked.reader(reached(3)).is_none());
    }

    #[test]
    fn who_has_read_from_the_primary_reads_nothing_older() {
        let asked = Asked::default();
        asked.begin(Uuid::nil(), Wants::ToReadLate);
        asked.stay();
        assert_eq!(asked.reader(reached(0)), None);
        assert_eq!(asked.send_head(), None);
    }

    #[test]
    fn only_who_wants_to_write_writes() {
        for (wants, writes) in [(Wants::ToRead, false), (Wants::ToReadLate, false), (Wants::ToWrite, true)] {
            let asked = Asked::default();
            asked.begin(Uuid::nil(), wants);
            assert_eq!(asked.writer().is_some(), writes);
            assert_eq!(asked.reader(reached(0)).is_some(), wants == Wants::ToReadLate);
        }
    }
}
