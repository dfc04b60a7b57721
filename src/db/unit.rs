//! A unit of database work whose types are forgotten on its way.
//!
//! What carries units to other threads, tries them again and groups them would else be compiled once for each of a few
//! hundred units.

use std::any::Any;

use super::{Conn, checks::Checks};
use crate::error::{Error, Result};

type Work = dyn FnMut(&mut Conn) -> Result<Outcome> + Send;

/// Work that may be run more than once.
pub(super) struct Unit {
    checks: Checks,
    work: Box<Work>,
}

/// What a unit gave.
pub(super) struct Outcome(Box<dyn Any + Send>);

impl Unit {
    pub(super) fn new<T: Send + 'static>(
        mut work: impl FnMut(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Self {
        let work = Box::new(move |conn: &mut Conn| Ok(Outcome(Box::new(work(conn)?))));
        Self { checks: Checks::default(), work }
    }

    /// The same, which begins with these checks each time.
    pub(super) fn checked(self, checks: Checks) -> Self {
        Self { checks, ..self }
    }

    pub(super) fn run(&mut self, conn: &mut Conn) -> Result<Outcome> {
        self.checks.hold(conn)?;
        (self.work)(conn)
    }
}

impl Outcome {
    /// As the type that the unit was made with.
    pub(super) fn take<T: 'static>(self) -> Result<T> {
        let outcome =
            self.0.downcast().map_err(|_| Error::internal("a unit gave what another was asked for"))?;
        Ok(*outcome)
    }
}
