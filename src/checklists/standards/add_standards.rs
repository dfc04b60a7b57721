//! Adding many standards to a brand at once, with their first versions.

use super::{model::Standard, store};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    ids::AccountId,
};

/// Adds standards whose ids and keys the brand does not have.
///
/// # Errors
/// `conflict` if it has one.
pub fn add_standards(conn: &mut Conn, new: &[Standard], made_by: AccountId, now: Instant) -> Result<()> {
    let first: Vec<_> = new.iter().map(|standard| standard.to_version(made_by, now)).collect();
    store::insert_standards(conn, new)?;
    store::insert_standard_versions(conn, &first)
}
