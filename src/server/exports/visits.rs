//! Visits with their answers, as `GET /v1/visits/export` gives them.

use std::sync::Arc;

use super::{From, Kind, Piece, What};
use crate::{
    accounts::policy::{Permission, Scope},
    error::Result,
    http::languages::Wishes,
    server::house::House,
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
    const WHAT: What = What::Visits;
    const PERMISSION: Permission = Permission::ReadExports;
    type Params = VisitParams;
    type Thing = ExportedVisit;

    async fn count(house: &House, reach: Scope, params: VisitParams) -> Result<Option<u64>> {
        let (filter, only) = params.filter()?;
        let counted = house.app.db.read(move |conn| counted::count(conn, &reach, (&filter, &only))).await?;
        Ok(counted.and_then(|count| u64::try_from(count).ok()))
    }

    async fn read(
        house: &House,
        reach: Scope,
        params: VisitParams,
        wishes: Wishes,
        from: From,
    ) -> Result<Piece<ExportedVisit>> {
        let (versions, (filter, only)) = (Arc::clone(&house.versions), params.filter()?);
        let (after, rows) = (from.key::<VisitPlace>()?, i64::from(from.at_once));
        let read = move |conn: &mut _| {
            let found = export(conn, &versions, &reach, (&filter, &only), (after, rows))?;
            let view = |one| (VisitPlace::from(one), ExportedVisit::new(one, &wishes));
            Ok(found.iter().map(view).collect::<Vec<_>>())
        };
        Piece::of(house.app.db.snapshot(read).await?, &from)
    }
}
