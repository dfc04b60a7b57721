//! Whether what let a request in still holds: looked at in the transaction that writes for it, and between the pieces of what is long.

use super::{
    api_keys,
    model::{Bearer, Grant},
    policy::Scope,
    store,
};
use crate::{
    clock::Clock,
    db::Conn,
    error::{Code, Error, Result},
    ids::ApiKeyId,
};

/// Whether the session is still good, and its account.
///
/// # Errors
/// `sign_in_needed` if not.
pub fn signed_in(conn: &mut Conn, bearer: Bearer) -> Result<()> {
    match store::standing(conn, bearer.session)? {
        Some(_) => Ok(()),
        None => Err(Error::new(Code::SignInNeeded)),
    }
}

/// Whether the session still has this reach. As long as the version of the grants is the same, no grant is looked at.
///
/// # Errors
/// `sign_in_needed` if the session is over; `forbidden` if the permission is gone; `rights_changed` if a part of its reach is.
pub fn has(conn: &mut Conn, bearer: Bearer, scope: &Scope) -> Result<()> {
    let (account, version) =
        store::standing(conn, bearer.session)?.ok_or_else(|| Error::new(Code::SignInNeeded))?;
    if version == bearer.grants_version {
        return Ok(());
    }
    reaches(&store::grants(conn, account)?, scope)
}

/// The check whether the API key still has this reach, at each moment at which that is asked.
///
/// # Errors
/// Those of the check: `sign_in_needed` if the key is over; `forbidden` if the permission is gone; `rights_changed` if a part of its reach is.
pub fn key_has(
    key: ApiKeyId,
    scope: Scope,
    clock: Clock,
) -> impl Fn(&mut Conn) -> Result<()> + Send + Sync + 'static {
    move |conn| {
        let grants = api_keys::store::standing(conn, key, clock.now())?;
        reaches(&grants.ok_or_else(|| Error::new(Code::SignInNeeded))?, &scope)
    }
}

fn reaches(grants: &[Grant], scope: &Scope) -> Result<()> {
    let now = scope.under(grants).ok_or_else(|| Error::new(Code::Forbidden))?;
    if now.includes(scope) { Ok(()) } else { Err(Error::new(Code::RightsChanged)) }
}
