//! Staying signed in: a refresh token is exchanged for new tokens.
//!
//! A refresh token is good until a token that it led to has itself been used: only then is it sure that the answer
//! arrived. So a phone whose answer was lost may send the same token again and again, and gets a sibling of the lost
//! one each time. Once one sibling has been used, its parent and its siblings have served; a caller who comes with one
//! of those later holds a copy, and the whole session ends.
//!
//! Two processes of one device may send the same token at once. For ten seconds after it was exchanged it gets the same
//! child again, also where that has served already: so both keep what the other has. A thief who comes in these seconds is
//! seen at the next exchange, like every other.
//!
//! For a minute after that, a token that has served may still be a late copy of a request, which the network
//! delivers when its sender has stopped waiting for it. It ends nothing, but its answer says that it was superseded and when
//! to send it again. So a thief who is quick gains nothing: the phone that was robbed does not have to sign in anew,
//! which would leave the thief the session, but comes again after that minute and ends it.

use super::{
    model::{RefreshToken, Session},
    sign_in::{SESSION_LIFETIME, SignedIn, signed_in},
    store,
};
use crate::{
    app::App,
    db::{
        Conn,
        types::{Id, Instant},
    },
    error::{Code, Error, Result},
    ids::{RefreshTokenId, SessionId},
    seals::{Seal, Seals},
};

/// So long after a token has served, its reappearing may be a late copy of a request and no theft, in seconds.
/// It is not exchanged all the same.
const LATE_COPY: i64 = 60;

/// For so long after a token was exchanged it gets the same child again, in seconds.
const SAME_CHILD: i64 = 10;

/// A token that is sent so often without any of its children being used gets the latest of them again.
const MOST_CHILDREN: i64 = 10;

/// What a refresh token names; whether it is still good only the database knows.
#[derive(Clone, Copy, Debug)]
pub struct Presented {
    /// The session.
    pub session: SessionId,
    token: RefreshTokenId,
}

/// Reads a refresh token.
///
/// # Errors
/// `refresh_refused` if this server did not make it.
pub fn open(seals: &Seals, token: &str) -> Result<Presented> {
    let parts = || {
        let bytes = seals.open(Seal::Refresh, token)?;
        let (session, token) = bytes.split_at_checked(16)?;
        let id = |bytes| uuid::Uuid::from_slice(bytes).ok();
        Some(Presented { session: Id::new(id(session)?), token: Id::new(id(token)?) })
    };
    parts().ok_or_else(|| Error::new(Code::RefreshRefused))
}

/// Exchanges a refresh token for new tokens.
///
/// # Errors
/// `refresh_refused`; if the token had served before, its session has been ended as well. `refresh_superseded` if it
/// has served within the last minute, with how long to wait.
pub async fn refresh(app: &App, presented: Presented) -> Result<SignedIn> {
    let (now, next) = (app.clock.now(), app.clock.new_id());
    match app.db.write(move |conn| rotate(conn, presented, next, now)).await? {
        Rotation::To(session, epoch, token) => signed_in(&app.seals, &session, epoch, token, now),
        Rotation::Superseded { wait } => Err(Error::new(Code::RefreshSuperseded).after(wait)),
        Rotation::Refused => Err(Error::new(Code::RefreshRefused)),
        Rotation::Ended => {
            let session = presented.session;
            tracing::warn!(%session, "a used refresh token came again: the session is ended");
            Err(Error::new(Code::RefreshRefused))
        }
    }
}

/// What became of a refresh token that was presented.
enum Rotation {
    /// It was exchanged for this one; the session goes on, in this epoch of its account.
    To(Session, i64, RefreshTokenId),
    /// It has just served; in so many seconds it will count as stolen.
    Superseded { wait: u64 },
    /// It is not good (any more).
    Refused,
    /// It has served, and comes again: the session was ended.
    Ended,
}

/// Exchanges a token for `next`; ends the session if the token has served before the last minute.
fn rotate(conn: &mut Conn, presented: Presented, next: RefreshTokenId, now: Instant) -> Result<Rotation> {
    let Presented { session, token } = presented;
    let Some(mut session) = store::live_session(conn, session, now)? else { return Ok(Rotation::Refused) };
    let Some(current) = store::refresh_token(conn, session.id, token)? else {
        return end(conn, &session, now);
    };
    let children = store::children(conn, &current, MOST_CHILDREN)?;
    let latest = children.first().copied();
    let next = match (latest, current.retired_at) {
        (Some((child, issued, true)), _) if now < issued.plus_seconds(SAME_CHILD) => child,
        (_, Some(retired)) if now < retired.plus_seconds(LATE_COPY) => {
            return Ok(Rotation::Superseded { wait: seconds_until(retired.plus_seconds(LATE_COPY), now) });
        }
        (_, Some(_)) => return end(conn, &session, now),
        // None of so many is known to have arrived.
        (Some((child, ..)), None) if children.len() as i64 >= MOST_CHILDREN => child,
        (_, None) => {
            let parent_id = Some(current.id);
            let child = RefreshToken { id: next, session_id: session.id, parent_id, retired_at: None };
            store::insert_refresh_token(conn, &child, now)?;
            next
        }
    };
    if current.retired_at.is_none() {
        store::retire_served(conn, &current, now)?;
    }
    session.expires_at = now.plus_seconds(SESSION_LIFETIME);
    store::touch_session(conn, session.id, now, session.expires_at)?;
    let epoch = store::epoch(conn, session.account_id)?;
    Ok(Rotation::To(session, epoch, next))
}

/// Ends the session: its token has served, or is none any more.
fn end(conn: &mut Conn, session: &Session, now: Instant) -> Result<Rotation> {
    store::revoke_session(conn, session.id, session.account_id, now)?;
    Ok(Rotation::Ended)
}

/// Whole seconds, so that it is over when they have passed.
fn seconds_until(then: Instant, now: Instant) -> u64 {
    u64::try_from(then.micros() - now.micros()).unwrap_or_default().div_ceil(1_000_000)
}
