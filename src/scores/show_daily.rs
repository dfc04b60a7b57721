//! Once a day what has been counted is taken up into what the branch's side is shown, into what its brand lends to its places, and into how leniently
//! shoppers score.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    figures_shown::FiguresShown,
    fold::fold_some,
    lend::{lend, months},
    measure_leniency::measure,
    show::show_branches,
};
use crate::{
    accounts::policy::Scope,
    app::App,
    error::Result,
    ids::BrandId,
    months::Month,
    outbox, places,
    work::{self, Queue, Task},
};

/// So many brands are read at a time.
const BRANDS_AT_ONCE: i64 = 500;

/// Sees to it that each brand's figures are taken up.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ShowFigures {}

impl Task for ShowFigures {
    const KIND: &'static str = "show_figures";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let mut after = None;
        loop {
            let everything = Scope::everything();
            let read = move |conn: &mut _| places::store::brands(conn, &everything, after, BRANDS_AT_ONCE);
            let brands = app.db.read(read).await?;
            let Some(last) = brands.last() else { return Ok(()) };
            after = Some(last.id);
            let tasks: Vec<_> = brands.iter().map(|one| (one.id, app.clock.new_id())).collect();
            let now = app.clock.now();
            app.db
                .write(move |conn| {
                    tasks.iter().try_for_each(|(brand_id, id)| {
                        work::enqueue(conn, &ShowBrand { brand_id: *brand_id }, *id, now)
                    })
                })
                .await?;
        }
    }
}

/// Takes up what has been counted for one brand.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowBrand {
    /// The brand.
    pub brand_id: BrandId,
}

impl Task for ShowBrand {
    const KIND: &'static str = "show_brand";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    fn key(&self) -> Option<String> {
        Some(self.brand_id.to_string())
    }

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let (brand, now) = (self.brand_id, app.clock.now());
        while app.db.write(fold_some).await? {}
        let mut after = None;
        loop {
            after = app.db.write(move |conn| show_branches(conn, brand, after, now)).await?;
            if after.is_none() {
                break;
            }
        }
        lend(app, brand).await?;
        if let Some(months) = months(Month::of(now, &TimeZone::UTC)) {
            measure(app, brand, months).await?;
        }
        let shown = FiguresShown { brand_id: brand, shown_at: now };
        app.db.write(move |conn| outbox::record(conn, &shown, now)).await
    }
}
