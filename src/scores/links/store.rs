//! The statements about links to charts.

use diesel::{IntoSql, prelude::*, sql_types::Bool};

use super::model::ChartLink;
use crate::{
    accounts::policy::Scope,
    db::{Conn, schema::chart_link, sealing::revisions_sealed, types::Instant},
    error::{Code, Error, Result},
    ids::{AccountId, ChartLinkId},
};

/// The link with this id, whosoever it is.
///
/// # Errors
/// Those of the database.
pub(super) fn with_id(conn: &mut Conn, id: ChartLinkId) -> Result<Option<ChartLink>> {
    Ok(chart_link::table.find(id).select(ChartLink::as_select()).first(conn).optional()?)
}

/// How many links of an account are neither revoked nor expired.
///
/// # Errors
/// Those of the database.
pub(super) fn count_living(conn: &mut Conn, whose: AccountId, now: Instant) -> Result<i64> {
    Ok(chart_link::table
        .filter(chart_link::account_id.eq(whose))
        .filter(chart_link::revoked_at.is_null())
        .filter(chart_link::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// Keeps a new link.
///
/// # Errors
/// Those of the database.
pub(super) fn insert(conn: &mut Conn, new: &ChartLink) -> Result<()> {
    diesel::insert_into(chart_link::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps that a link was revoked.
///
/// # Errors
/// Those of the database.
pub(super) fn revoke(conn: &mut Conn, link: &ChartLink) -> Result<()> {
    diesel::update(chart_link::table.find(link.id))
        .set((chart_link::revoked_at.eq(link.revoked_at), chart_link::revision.eq(link.revision)))
        .execute(conn)?;
    Ok(())
}

/// Links that a caller sees: the own ones, and those of brands whose accounts the caller manages.
macro_rules! seen {
    ($scope:expr) => {{
        let managing = $scope.managing();
        chart_link::account_id
            .eq($scope.account)
            .or(managing.is_operator_wide().into_sql::<Bool>())
            .or(chart_link::brand_id.eq_any(managing.brands()))
    }};
}

/// A link that the caller sees.
///
/// # Errors
/// `not_found` if it is not there, or another's in a brand whose accounts the caller does not manage.
pub fn chart_link(conn: &mut Conn, scope: &Scope, id: ChartLinkId) -> Result<ChartLink> {
    let found = chart_link::table.find(id).filter(seen!(scope)).select(ChartLink::as_select()).first(conn);
    found.optional()?.ok_or_else(|| Error::new(Code::NotFound))
}

/// So many links that the caller sees after this one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn chart_links(
    conn: &mut Conn,
    scope: &Scope,
    after: Option<ChartLinkId>,
    limit: i64,
) -> Result<Vec<ChartLink>> {
    let mut query = chart_link::table
        .filter(seen!(scope))
        .order(chart_link::id)
        .limit(limit)
        .select(ChartLink::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(chart_link::id.gt(after));
    }
    Ok(query.load(conn)?)
}

revisions_sealed!(chart_link::table by id, set_chart_links_sealed);
