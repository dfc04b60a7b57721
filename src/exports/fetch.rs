//! Who may have the file of an export, and still may.

use super::{
    model::{Export, ExportState},
    store,
};
use crate::{
    accounts::{policy::Scope, still},
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::{AccountId, ExportId},
};

/// How far an export reaches: as far as its account might read when it asked, if the account still may.
///
/// # Errors
/// `forbidden` if the account may no longer; `rights_changed` if it may not read all of that any more.
pub fn reach(conn: &mut Conn, export: &Export) -> Result<Scope> {
    let asked = &export.asked.0;
    still::reach(conn, asked.what.permission(), export.account_id, &asked.under())
}

/// An export of this account whose file can be fetched.
///
/// # Errors
/// `not_found` if it is not there, or another account's; `wrong_state` if it has no file; those of [`reach`].
pub fn ready(conn: &mut Conn, account: AccountId, id: ExportId, now: Instant) -> Result<Export> {
    let export = store::own(conn, account, id)?;
    match export.state_at(now) {
        ExportState::Ready => reach(conn, &export).map(|_| export),
        state => Err(Error::new(Code::WrongState).detail(format!("it is {state}, and has no file"))),
    }
}

/// The same for who has the signed address of its file.
///
/// # Errors
/// `address_expired` if the file is gone, or its account may not have it any more.
pub fn by_address(conn: &mut Conn, id: ExportId, now: Instant) -> Result<Export> {
    let expired = || Error::new(Code::AddressExpired);
    let export = store::find(conn, id)?.ok_or_else(expired)?;
    let account = export.account_id;
    ready(conn, account, id, now).map_err(|error| match error.code() {
        Code::Forbidden | Code::RightsChanged | Code::WrongState | Code::NotFound => expired(),
        _ => error,
    })
}
