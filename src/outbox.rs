//! 'It happened': an act writes what happened in its own transaction, and every consumer gets a task for it.
//!
//! [`record`] writes a row of the table of events, and its id into the tail. The [`dispatcher`] takes what stands in
//! the tail and enqueues one task for each of the [`Consumers`] that the roof lists. An event whose transaction
//! commits late is in the tail from then on, wherever the dispatcher has come to meanwhile: so none is skipped.

pub mod consumers;
pub mod dispatcher;
pub mod store;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

pub use self::consumers::Consumers;
use crate::{
    db::{
        Conn,
        notices::{self, Topic},
        types::{Id, Instant},
    },
    error::{Error, Result},
    ids::{AccountId, BrandId, EventId},
};

/// What is noted by transactions that record an event.
pub const TOPIC: Topic = "outbox";

/// Something that happens, as consumers learn of it. Events are kept for ever: a new field has a default, and what
/// changes its meaning gets another [`VERSION`](Happened::VERSION).
pub trait Happened: Serialize + DeserializeOwned + Send + 'static {
    /// Its name in the database: never change it, nor use it for anything else.
    const KIND: &'static str;
    /// Which shape its fields have; it stands in the payload as `v`.
    const VERSION: u32 = 1;

    /// What it happened to. Each consumer gets the events of one subject in their order.
    fn subject(&self) -> String;

    /// What tells it from other events of its kind that happen to the same subject.
    fn step(&self) -> String;

    /// The brand that it belongs to, if to one.
    fn brand(&self) -> Option<BrandId> {
        None
    }

    /// Who did it, if a person did.
    fn account(&self) -> Option<AccountId> {
        None
    }
}

/// Writes down that something happened, in the caller's transaction. The same kind, subject and step again is the same
/// event, and changes nothing.
///
/// # Errors
/// If it cannot be written.
pub fn record<E: Happened>(conn: &mut Conn, event: &E, now: Instant) -> Result<()> {
    store::append(conn, store::NewEvent::of(event, now)?)?;
    notices::note(conn, TOPIC);
    Ok(())
}

fn id_of<E: Happened>(event: &E) -> EventId {
    Id::named(&[E::KIND, &event.subject(), &event.step()].join("\n"))
}

/// The fields with their version.
fn payload<E: Happened>(event: &E) -> Result<Value> {
    let mut fields = Map::from_iter([("v".to_owned(), Value::from(E::VERSION))]);
    if let Value::Object(own) = serde_json::to_value(event).map_err(Error::internal)? {
        fields.extend(own);
    }
    Ok(Value::Object(fields))
}

/// Reads an event from its payload.
fn read<E: Happened>(mut payload: Value) -> Result<E> {
    let version = payload.as_object_mut().and_then(|fields| fields.remove("v"));
    if version != Some(Value::from(E::VERSION)) {
        return Err(Error::internal(format_args!("this server knows version {} of {}", E::VERSION, E::KIND)));
    }
    serde_json::from_value(payload).map_err(Error::internal)
}

#[cfg(test)]
mod tests;
