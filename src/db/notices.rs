//! What a transaction makes known once it is committed: that there is work of some topic.
//!
//! A piece of work says it while it runs, on the thread that runs it, with [`note`]. The one who commits says it on
//! after the commit, so that whoever is woken finds what was written. A piece that is undone or run again may have
//! said too much; to be woken in vain does no harm.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::Notify;

use super::Conn;

/// What can be listened to: the name of a queue, or what a feature says of its own rows.
pub type Topic = &'static str;

thread_local! {
    /// What the transaction on this thread has said so far.
    static NOTED: RefCell<BTreeSet<Topic>> = const { RefCell::new(BTreeSet::new()) };
}

/// Makes it known, once the transaction of this connection is committed, that there is work of this topic.
pub fn note(_: &mut Conn, topic: Topic) {
    NOTED.with_borrow_mut(|noted| noted.insert(topic));
}

/// Forgets what an earlier transaction on this thread left unsaid.
pub(super) fn begin() {
    NOTED.with_borrow_mut(BTreeSet::clear);
}

/// Who listens to what, in this process.
#[derive(Clone, Debug, Default)]
pub struct Notices(Arc<Mutex<Listeners>>);

type Listeners = HashMap<Topic, Vec<Weak<Notify>>>;

impl Notices {
    /// What is notified after each commit that noted the topic, for as long as it is held.
    pub fn listen(&self, topic: Topic) -> Arc<Notify> {
        let listener = Arc::new(Notify::new());
        self.join(topic, &listener);
        listener
    }

    /// Has one that listens already listen to this topic as well.
    pub fn join(&self, topic: Topic, listener: &Arc<Notify>) {
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_topic = listeners.entry(topic).or_default();
        of_topic.retain(|other| other.strong_count() > 0);
        of_topic.push(Arc::downgrade(listener));
    }

    /// Says what the transaction on this thread noted, which is committed.
    pub(super) fn committed(&self) {
        let noted = NOTED.with_borrow_mut(std::mem::take);
        if noted.is_empty() {
            return;
        }
        let listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_topics = noted.iter().filter_map(|topic| listeners.get(topic)).flatten();
        of_topics.filter_map(Weak::upgrade).for_each(|listener| listener.notify_one());
    }
}
