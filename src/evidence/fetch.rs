//! Fetching a clean copy by its signed address.

use super::{clean::CleanCopy, store};
use crate::{
    accounts,
    db::Conn,
    error::{Code, Error, Result},
    ids::{AccountId, EvidenceId},
};

/// What was read in a file, for the account in whose name its address was signed.
///
/// # Errors
/// `not_found` if the file was not read, or if the account is disabled or gone.
pub fn clean_copy(conn: &mut Conn, account: AccountId, file: EvidenceId) -> Result<CleanCopy> {
    let account = accounts::store::account(conn, account)?.filter(|account| !account.disabled);
    let copy = store::clean_copy(conn, file)?.filter(|_| account.is_some());
    copy.ok_or_else(|| Error::new(Code::NotFound))
}
