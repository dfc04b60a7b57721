//! Fetching a clean copy by its signed address.

use super::{clean::CleanCopy, store};
use crate::{
    accounts::{self, model::Bearer},
    db::Conn,
    error::{Code, Error, Result},
    ids::{AccountId, EvidenceId},
};

/// What was read in a file, for the session in whose name its address was signed; with the account of the session.
///
/// # Errors
/// `address_expired` if the session is over or has other rights by now; `not_found` if the file was not read.
pub fn clean_copy(conn: &mut Conn, bearer: Bearer, file: EvidenceId) -> Result<(AccountId, CleanCopy)> {
    match accounts::store::standing(conn, bearer.session)? {
        Some((account, version)) if version == bearer.grants_version => {
            let copy = store::clean_copy(conn, file)?.ok_or_else(|| Error::new(Code::NotFound))?;
            Ok((account, copy))
        }
        _ => Err(Error::new(Code::AddressExpired)),
    }
}
