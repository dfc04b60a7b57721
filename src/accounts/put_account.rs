//! Making an account, and changing one.

use super::{
    administrators::keeping_one,
    api_keys::revoke_api_key::revoke_api_keys,
    model::Account,
    passwords::{Match, Passwords, weak::weakness},
    store,
};
use crate::{
    audit::{self, About, AuditKind, Details, Entry},
    db::{Conn, Db, types::Instant},
    error::{Error, FieldError, Result},
    ids::AccountId,
    limits::{LimitedText, Opaque},
    precondition::{IfMatch, Put, Stored},
    text::composed,
    texts::Language,
};

/// The length of a password.
pub type Password = Opaque<12, 200>;

/// A password that an account is to have.
pub struct NewPassword {
    /// Whose.
    pub account: AccountId,
    /// The address that the account signs in with.
    pub email: String,
    /// As it was typed.
    pub password: String,
    /// The language of the one who chose it.
    pub language: Language,
}

/// The hash of a password that the account does not have yet; nothing for the one that it has.
///
/// # Errors
/// `invalid` if the password is weak; those of the database and of hashing.
pub async fn hash_if_new(db: &Db, passwords: &Passwords, new: NewPassword) -> Result<Option<String>> {
    let id = new.account;
    let kept = db.read(move |conn| store::account(conn, id)).await?.and_then(|old| old.password_hash);
    if kept.is_some() && passwords.matches(new.password.clone(), kept).await? != Match::None {
        return Ok(None);
    }
    refuse_weak(&new)?;
    passwords.hash(new.password).await.map(Some)
}

/// Refuses a password that is guessed soon, in the language of the one who chose it.
///
/// # Errors
/// `invalid`.
pub fn refuse_weak(new: &NewPassword) -> Result<()> {
    let refused = |wrong: FieldError| Error::invalid(vec![wrong]);
    let password = composed(&new.password);
    Password::check(&password).map_err(|violation| refused(violation.at("/password")))?;
    match weakness(&password, &new.email) {
        Some(weak) => Err(refused(FieldError::new("/password", weak.code(), weak.say(new.language)))),
        None => Ok(()),
    }
}

/// Makes an account for another account or for the command line, given as it would be if it were new, or changes the one that
/// has its id: without a password hash, the old one stays. An account that is disabled or gets another password loses its sessions
/// and its API keys, and its devices are known no more.
///
/// # Errors
/// Those of the precondition; `conflict` if another account has the address; `last_administrator` if the
/// account is the last administrator who can sign in.
pub fn put_account(
    conn: &mut Conn,
    by: Option<AccountId>,
    if_match: &IfMatch,
    new: &Account,
    now: Instant,
) -> Result<Stored<Account>> {
    let old = store::account(conn, new.id)?;
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    let stored = keeping_one(conn, |conn| stored.write(conn, store::insert_account, store::update_account))?;
    let has_new_password = old.is_some_and(|old| old.password_hash != stored.thing.password_hash);
    let ends_sessions = stored.put == Put::Change && (stored.thing.disabled || has_new_password);
    if ends_sessions {
        store::revoke_sessions(conn, new.id, now)?;
        store::begin_epoch(conn, new.id)?;
        revoke_api_keys(conn, new.id, by, now)?;
    }
    let kind = match stored.put {
        Put::Make => AuditKind::AccountMade,
        Put::Change => AuditKind::AccountChanged,
        Put::Keep => return Ok(stored),
    };
    let details = Details::default()
        .is("disabled", stored.thing.disabled)
        .is("new_password", has_new_password || stored.put == Put::Make && new.password_hash.is_some())
        .is("sessions_ended", ends_sessions);
    let entry = Entry::new(kind, (About::Account, new.id), stored.thing.revision).by(by).with(details);
    audit::record(conn, entry, now)?;
    Ok(stored)
}
