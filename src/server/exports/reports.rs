//! The list of reports, as `GET /v1/reports` gives it.

use std::sync::Arc;

use super::{From, Kind, Piece, What};
use crate::{
    accounts::policy::{Permission, Scope},
    error::Result,
    http::languages::Wishes,
    reports::{
        api::{ListedReport, ReportParams},
        read,
    },
    server::house::House,
};

/// Reports, those that went out last first.
#[derive(Debug)]
pub enum Reports {}

impl Kind for Reports {
    const WHAT: What = What::Reports;
    const PERMISSION: Permission = Permission::ReadReports;
    type Params = ReportParams;
    type Thing = ListedReport;

    async fn count(_: &House, _: Scope, _: ReportParams) -> Result<Option<u64>> {
        Ok(None)
    }

    async fn read(
        house: &House,
        reach: Scope,
        params: ReportParams,
        _: Wishes,
        from: From,
    ) -> Result<Piece<ListedReport>> {
        let (versions, filter, now) = (Arc::clone(&house.versions), params.filter()?, house.app.clock.now());
        let (after, rows) = (from.key()?, i64::from(from.at_once));
        let list = move |conn: &mut _| {
            let found = read::list(conn, &versions, &reach, &filter, after.clone(), rows, now)?;
            found.into_iter().map(ListedReport::try_from).collect::<Result<Vec<_>>>()
        };
        let found = house.app.db.snapshot(list).await?;
        Piece::of(found.into_iter().map(|one| (one.place(), one)).collect(), &from)
    }
}
