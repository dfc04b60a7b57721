//! Where the bytes of an export come from. The roof gives it, because it knows the features' shapes.

use std::{fs::File, sync::Arc};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::model::Asked;
use crate::{accounts::policy::Scope, error::Result};

/// What can be exported.
pub trait Source: Send + Sync {
    /// Holds what was asked for to what its kind takes.
    ///
    /// # Errors
    /// `invalid`, with each mistake.
    fn check(&self, asked: &Asked) -> Result<()>;

    /// A file that is to be written from a key on.
    ///
    /// # Errors
    /// As [`Self::check`]; `internal` if it cannot be begun.
    fn open(&self, asked: &Asked) -> Result<Box<dyn Writing>>;
}

/// A file that is being written.
pub trait Writing: Send {
    /// How many things there are, if that is known without reading them.
    ///
    /// # Errors
    /// Those of the database.
    fn count(&mut self, reach: Scope) -> BoxFuture<'_, Result<Option<u64>>>;

    /// The bytes that the file begins with.
    ///
    /// # Errors
    /// `internal` if they cannot be written.
    fn head(&self) -> Result<Vec<u8>>;

    /// The next things of this reach after a key, as bytes.
    ///
    /// # Errors
    /// Those of the database; `internal` if they cannot be written.
    fn read(&mut self, reach: Scope, after: Option<Value>) -> BoxFuture<'_, Result<WrittenPiece>>;

    /// Writes what can be written only when all things are known.
    ///
    /// # Errors
    /// `internal` if it cannot be written.
    fn end(self: Box<Self>, file: &mut File) -> Result<()>;
}

/// Things that were written.
#[derive(Debug)]
pub struct WrittenPiece {
    /// By these bytes the file grows.
    pub bytes: Vec<u8>,
    /// How many things they are.
    pub things: u64,
    /// The key of the last of them; none if no others follow.
    pub next: Option<Value>,
}

/// What can be exported; cheap to clone.
#[derive(Clone)]
pub struct Sources(pub Arc<dyn Source>);
