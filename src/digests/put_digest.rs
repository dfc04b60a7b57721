//! Setting a digest, and changing one.

use super::{
    model::Digest,
    recipient::{self, manages},
    store,
};
use crate::{
    accounts::policy::Scope,
    audit::{self, About, AuditKind, Details, Entry},
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    precondition::{IfMatch, Put, Stored},
    scores::visible::place_of_brand,
};

/// Sets a digest, given as it would be if it were new, or changes the one that has its id. An administrator sets digests for other accounts as well.
///
/// # Errors
/// `not_found` if its place is not in scope, if it is for another account and the caller is no administrator, or if the digest that has its id is so;
/// `invalid` with what is wrong with it; `conflict` if its place or its account would change, or a deleted digest had its id; those of the precondition.
pub fn put_digest(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: Digest,
    now: Instant,
) -> Result<Stored<Digest>> {
    place_of_brand(conn, scope, new.brand, new.place)?;
    require_own(conn, scope, &new)?;
    let old = store::digest_to_change(conn, scope, new.id)?;
    if old.as_ref().is_some_and(|old| (old.place, old.account) != (new.place, new.account)) {
        return Err(Error::new(Code::Conflict).detail("a digest stays with its place and its account"));
    }
    let stored = if_match.revise(old.as_ref(), new)?;
    let digest = &stored.thing;
    if stored.put == Put::Keep {
        return Ok(stored);
    }
    let mut wrong = digest.content.schedule.wrong("/schedule");
    if recipient::scope(conn, digest.account, digest.place)?.is_none() {
        let why = "no account that may see the scores of the place";
        wrong.push(FieldError::new("/account_id", "unknown", why));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    store::add(conn, digest, false, (scope.account, now))?;
    audit::record(conn, entry(digest, "set", scope), now)?;
    Ok(stored)
}

/// Holds a caller to digests for the caller's own account; an administrator also sets digests for other accounts. The answer is the same whether there is
/// such a digest or not.
fn require_own(conn: &mut Conn, scope: &Scope, digest: &Digest) -> Result<()> {
    if digest.account == scope.account || manages(conn, scope, digest.place)? {
        return Ok(());
    }
    Err(Error::new(Code::NotFound).detail("only an administrator sets a digest for another account"))
}

/// What the audit says of a step with a digest.
pub(super) fn entry(digest: &Digest, step: &'static str, scope: &Scope) -> Entry {
    let details = Details::default()
        .code("step", step)
        .code("every", digest.content.schedule.every.as_str())
        .code("place", digest.place.kind().as_str())
        .id("place_id", digest.place.id())
        .id("for_account_id", digest.account);
    Entry::new(AuditKind::DigestChanged, (About::Digest, digest.id), digest.revision)
        .by(scope.account)
        .of(digest.brand)
        .with(details)
}
