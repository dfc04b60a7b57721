//! Computes once a day how leniently the shoppers of a brand score ([`leniency`]), from all counted visits of 24 months.

use tokio::task::spawn_blocking;

use super::{
    leniency::{self, Ground, Visited},
    store::leniency as store,
};
use crate::{
    app::App,
    error::{Error, Result},
    ids::BrandId,
    months::Period,
};

/// Computes it, of the visits of these months.
///
/// # Errors
/// Those of the database.
pub async fn measure(app: &App, brand: BrandId, months: Period) -> Result<()> {
    let (mut visited, mut after) = (Visited::new(), None);
    loop {
        let some = app.db.snapshot(move |conn| {
            let mut some = Visited::new();
            let last = store::visited(conn, (brand, months), after, &mut some)?;
            Ok((some, last))
        });
        let (some, last) = some.await?;
        visited.extend(some);
        if last.is_none() {
            break;
        }
        after = last;
    }
    let ground = app.db.snapshot(move |conn| Ground::new(conn, months, &visited)).await?;
    // Of many shoppers it takes seconds.
    let found = spawn_blocking(move || ground.found()).await.map_err(Error::internal)??;
    let (id, now) = (app.clock.new_id(), app.clock.now());
    app.db.write(move |conn| leniency::keep(conn, id, brand, found.clone(), now)).await
}
