//! Opening a link to a chart: what its account may be shown now.

use super::{model::ChartLink, store};
use crate::{
    accounts::{
        self,
        policy::{Permission, Scope},
    },
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::ChartLinkId,
};

/// The link, with how far its account sees scores at this moment.
///
/// # Errors
/// `not_found` if there is no such link, if it was revoked, or if its account is disabled, has another password, or sees no scores any more;
/// `address_expired`.
pub fn open_chart_link(conn: &mut Conn, id: ChartLinkId, now: Instant) -> Result<(ChartLink, Scope)> {
    let not_found = || Error::new(Code::NotFound);
    let link = store::with_id(conn, id)?.filter(|link| link.revoked_at.is_none()).ok_or_else(not_found)?;
    if link.expires_at <= now {
        return Err(Error::new(Code::AddressExpired));
    }
    if accounts::store::standing_epoch(conn, link.account_id)? != Some(link.epoch) {
        return Err(not_found());
    }
    let grants = accounts::store::grants(conn, link.account_id)?;
    let scope = Scope::of(Permission::ReadScores, link.account_id, &grants).ok_or_else(not_found)?;
    Ok((link, scope))
}
