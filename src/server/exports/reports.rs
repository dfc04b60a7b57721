//! The list of reports, as `GET /v1/reports` gives it.

use std::sync::Arc;

use super::{Kind, Means, Piece, PieceAfter};
use crate::{
    accounts::policy::Scope,
    error::Result,
    exports::model::ExportKind,
    http::languages::Wishes,
    reports::{
        api::{ListedReport, ReportParams},
        read,
    },
};

/// Reports, those that went out last first.
#[derive(Debug)]
pub enum Reports {}

impl Kind for Reports {
    const KIND: ExportKind = ExportKind::Reports;
    type Params = ReportParams;
    type Thing = ListedReport;

    async fn read(
        means: &Means,
        reach: Scope,
        params: ReportParams,
        _: Wishes,
        from: PieceAfter,
    ) -> Result<Piece<ListedReport>> {
        let (versions, filter, now) = (Arc::clone(&means.versions), params.filter()?, means.app.clock.now());
        let (after, rows) = (from.key()?, i64::from(from.at_once));
        let list = move |conn: &mut _| {
            let found = read::list(conn, &versions, &reach, &filter, after.clone(), rows, now)?;
            found.into_iter().map(ListedReport::try_from).collect::<Result<Vec<_>>>()
        };
        let found = means.app.db.snapshot(list).await?;
        Piece::of(found.into_iter().map(|one| (one.place(), one)).collect(), &from)
    }
}
