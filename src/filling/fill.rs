//! Filling: window after window, and at the end what the branch's side is shown.

use std::{ops::Range, sync::Arc};

use super::{ground::Ground, keep::keep, past::PastVisit, spread::Spread};
use crate::{app::App, error::Result, scores::show_daily::ShowBrand, visits::store::shopper_of, work::Task};

/// Makes a visit to a branch, by the numbers of both: the same each time, those of a branch in the order of time.
pub type Make = dyn Fn(usize, usize) -> Result<PastVisit> + Send + Sync;

/// Keeps all visits of a spread, but for the windows that are kept, and takes them up into what the branch's side is shown. `progress` is
/// called with how many of the visits are kept. While it works nothing else should write.
///
/// # Errors
/// Those of making visits, and of the database.
pub async fn fill(
    app: &Arc<App>,
    ground: &Arc<Ground>,
    spread: Spread,
    visits: &Arc<Make>,
    progress: impl Fn(u64) + Clone + Send + Sync + 'static,
) -> Result<()> {
    let mut before = 0;
    for window in 0..spread.windows {
        let turns = |branch| spread.turns(branch, window);
        let mut all = (0..spread.branches).filter_map(|branch| Some((branch, turns(branch).next()?)));
        let Some((branch, turn)) = all.next() else { continue };
        let first = visits(branch, turn)?.id;
        if app.db.read(move |conn| shopper_of(conn, first)).await?.is_none() {
            let shown = progress.clone();
            let of_window = move |branch| -> Range<usize> { spread.turns(branch, window) };
            keep(app, ground, (0..spread.branches, of_window), visits, move |kept| shown(before + kept))
                .await?;
        }
        before += spread.of_window(window);
        progress(before);
    }
    ShowBrand { brand_id: ground.brand.id }.run(app, &()).await
}
