//! Visits with their answers, as `GET /v1/visits/export` gives them.

use std::sync::Arc;

use super::{Kind, Means, Piece, PieceAfter};
use crate::{
    accounts::policy::Scope,
    error::Result,
    exports::model::ExportKind,
    http::languages::Wishes,
    visits::{
        api::{export::ExportedVisit, list::VisitParams},
        counted,
        export::export,
        store::list::VisitPlace,
    },
};

/// Visits, the newest first.
#[derive(Debug)]
pub enum Visits {}

impl Kind for Visits {
    const KIND: ExportKind = ExportKind::Visits;
    type Params = VisitParams;
    type Thing = ExportedVisit;

    async fn count(means: &Means, reach: Scope, params: VisitParams) -> Result<Option<u64>> {
        let (filter, only) = params.filter()?;
        let counted = means.app.db.read(move |conn| counted::count(conn, &reach, (&filter, &only))).await?;
        Ok(counted.and_then(|count| u64::try_from(count).ok()))
    }

    async fn read(
        means: &Means,
        reach: Scope,
        params: VisitParams,
        wishes: Wishes,
        from: PieceAfter,
    ) -> Result<Piece<ExportedVisit>> {
        let (versions, (filter, only)) = (Arc::clone(&means.versions), params.filter()?);
        let (after, rows) = (from.key::<VisitPlace>()?, i64::from(from.at_once));
        let read = move |conn: &mut _| {
            let found = export(conn, &versions, &reach, (&filter, &only), (after, rows))?;
            let view = |one| (VisitPlace::from(one), ExportedVisit::new(one, &wishes));
            Ok(found.iter().map(view).collect::<Vec<_>>())
        };
        Piece::of(means.app.db.snapshot(read).await?, &from)
    }
}
