//! What is looked at again in the transaction that writes.
//!
//! A request is let in when its head has come, and its body may take long. What let it in is noted here, and each
//! [`Db::write`](super::Db::write) of the request begins by looking at it again, in its own transaction: so a right that was
//! taken away meanwhile writes nothing, and no handler can forget to ask. Work that comes from no request has no checks. What
//! the request [asks](Asked) of the database goes along with them.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Conn, asked::Asked};
use crate::error::Result;

type Check = Arc<dyn Fn(&mut Conn) -> Result<()> + Send + Sync>;

/// What has to hold still when a request writes.
#[derive(Clone, Default)]
pub struct Checks(Arc<OfRequest>);

#[derive(Default)]
struct OfRequest {
    checks: Mutex<Vec<Check>>,
    asked: Asked,
}

tokio::task_local! {
    static CHECKS: Checks;
}

impl Checks {
    /// Those of the work that is under way; none where no request is.
    pub fn current() -> Self {
        CHECKS.try_with(Self::clone).unwrap_or_default()
    }

    /// Does work with these checks: that of a request from its beginning, or a part of it that goes on by itself.
    pub async fn around<F: Future>(self, work: F) -> F::Output {
        CHECKS.scope(self, work).await
    }

    /// Adds one for all that the request writes from now on. It does nothing but look.
    pub fn add(&self, check: impl Fn(&mut Conn) -> Result<()> + Send + Sync + 'static) {
        self.0.checks.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(check));
    }

    /// What the request asks of the database.
    pub fn asked(&self) -> &Asked {
        &self.0.asked
    }

    /// Looks at all of it.
    ///
    /// # Errors
    /// Those of the first check that fails.
    pub(super) fn hold(&self, conn: &mut Conn) -> Result<()> {
        let checks = self.0.checks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        checks.iter().try_for_each(|check| check(conn))
    }
}
