//! Who acts on which events.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{Happened, read};
use crate::{
    error::Result,
    work::{Task, store::NewTask},
};

type Make = dyn Fn(Value) -> Result<NewTask> + Send + Sync;

/// One who acts on events of a kind: makes a task of each.
#[derive(Clone)]
pub(super) struct Consumer {
    /// The kind of its tasks, by which it is told from others.
    pub(super) name: &'static str,
    pub(super) make: Arc<Make>,
}

/// The table from kinds of events to those who act on them. An event of a kind without a row stays in the tail until a
/// server comes that knows it.
#[derive(Clone, Default)]
pub struct Consumers(BTreeMap<&'static str, Vec<Consumer>>);

impl Consumers {
    /// Says that there are such events, although nothing acts on them yet.
    #[must_use]
    pub fn knowing<E: Happened>(mut self) -> Self {
        self.0.entry(E::KIND).or_default();
        self
    }

    /// Has this task made of each such event. A kind of task acts once on a kind of event.
    #[must_use]
    pub fn on<E: Happened, T: Task>(mut self, task: impl Fn(E) -> T + Send + Sync + 'static) -> Self {
        let make = move |payload| NewTask::of(&task(read(payload)?));
        let consumers = self.0.entry(E::KIND).or_default();
        consumers.push(Consumer { name: T::KIND, make: Arc::new(make) });
        self
    }

    pub(super) fn kinds(&self) -> Vec<String> {
        self.0.keys().map(|kind| (*kind).to_owned()).collect()
    }

    pub(super) fn of(&self, kind: &str) -> &[Consumer] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }
}
