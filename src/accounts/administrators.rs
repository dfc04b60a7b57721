//! The operator always keeps one administrator who can sign in.

use super::store;
use crate::{
    db::Conn,
    error::{Code, Error, Result},
};

/// Makes a change that may take an administrator away, unless it takes away the last who can sign in.
///
/// # Errors
/// Those of the change; `last_administrator`, which undoes it.
pub(super) fn keeping_one<T>(conn: &mut Conn, change: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    let was_one = store::has_administrator(conn)?;
    let changed = change(conn)?;
    match was_one && !store::has_administrator(conn)? {
        true => Err(Error::new(Code::LastAdministrator)),
        false => Ok(changed),
    }
}
