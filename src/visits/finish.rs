//! Finishing: what was begun can be sent for a while after the grant for it has ended.

use crate::{
    accounts::{self, policy::Scope},
    app::App,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    fieldwork::assignments,
};

/// For so many seconds after the end of the grant, or of the last window: 30 days.
pub const TO_FINISH: i64 = 30 * 86_400;

/// Refuses a caller whose grant for fieldwork ended too long ago. To all others it costs nothing.
///
/// # Errors
/// `forbidden` if there is no time left.
pub async fn require_time(app: &App, scope: &Scope) -> Result<()> {
    if scope.ended_at().is_none() {
        return Ok(());
    }
    let (scope, now) = (scope.clone(), app.clock.now());
    app.db.read(move |conn| time_left(conn, &scope, now)).await
}

/// The caller's reach, with the places of work that was begun there and may still be finished: so a shopper can read what they can
/// send.
///
/// # Errors
/// `forbidden` if nothing but such work is left to the caller, and there is no time left.
pub fn with_begun(conn: &mut Conn, scope: &Scope, now: Instant) -> Result<Scope> {
    let with_former = scope.clone().with_former(&accounts::store::former_grants(conn, scope.account)?);
    match time_left(conn, &with_former, now) {
        Ok(()) => Ok(with_former),
        // Others of the caller's grants are good.
        Err(error) if error.code() == Code::Forbidden && scope.ended_at().is_none() => Ok(scope.clone()),
        Err(error) => Err(error),
    }
}

fn time_left(conn: &mut Conn, scope: &Scope, now: Instant) -> Result<()> {
    let since = now.plus_seconds(-TO_FINISH);
    let ended = scope.ended_at();
    if ended.is_none_or(|ended| ended > since) {
        return Ok(());
    }
    let last = assignments::store::last_closing_of(conn, scope.account)?;
    if last.is_some_and(|closes_at| closes_at > since) {
        return Ok(());
    }
    Err(Error::new(Code::Forbidden)
        .detail("your grant and the last of your windows ended more than 30 days ago"))
}
