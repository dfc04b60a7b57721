//! Queues: where tasks wait, and how many of one run at once.

use crate::db::notices::Topic;

/// A queue of tasks, worked for itself: neither its length nor its slowness delays another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its name in the database; also the topic of those who enqueue into it.
    pub name: Topic,
    /// So many of its tasks run at once in each server.
    pub at_once: usize,
}

impl Queue {
    /// A queue whose tasks run one after the other in each server.
    pub const fn new(name: Topic) -> Self {
        Self { name, at_once: 1 }
    }

    /// The same with so many at once.
    #[must_use]
    pub const fn at_once(self, at_once: usize) -> Self {
        Self { at_once, ..self }
    }
}

/// Which tasks of a queue run first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// A person waits for it.
    Urgent,
    /// What has no reason to be another.
    Ordinary,
    /// It may wait for all others.
    Idle,
}

impl Priority {
    /// All of them, the first first.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Ordinary, Self::Idle];

    /// Its number in the database.
    pub const fn number(self) -> i32 {
        match self {
            Self::Urgent => 0,
            Self::Ordinary => 1,
            Self::Idle => 2,
        }
    }
}
