//! Ratings are kept once a day and after each decision, so that reviewers find visits by them. What campaigns ask for is
//! reckoned when it is asked.

use serde::{Deserialize, Serialize};

use super::{candidate, store::ratings};
use crate::{
    app::App,
    db::Conn,
    error::Result,
    ids::{AccountId, VisitId},
    visits,
    work::{Queue, Task},
};

/// So many shoppers are rated in one transaction.
const AT_ONCE: i64 = 50;

/// Rates all shoppers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct RateShoppers {}

impl Task for RateShoppers {
    const KIND: &'static str = "rate_shoppers";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let mut after = None;
        loop {
            let shoppers = app.db.read(move |conn| ratings::shoppers(conn, after, AT_ONCE)).await?;
            let Some(last) = shoppers.last() else { return Ok(()) };
            after = Some(*last);
            rate(app, shoppers).await?;
        }
    }
}

/// Rates the shopper whose visit was decided about.
#[derive(Debug, Serialize, Deserialize)]
pub struct RateShopper {
    /// The visit.
    pub visit_id: VisitId,
}

impl Task for RateShopper {
    const KIND: &'static str = "rate_shopper";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let id = self.visit_id;
        let shopper = app.db.read(move |conn| visits::store::shopper_of(conn, id)).await?;
        rate(app, shopper.into_iter().collect()).await
    }
}

/// What is read stands in no transaction with what is written: a rating that changes meanwhile is kept by the next task.
async fn rate(app: &App, shoppers: Vec<AccountId>) -> Result<()> {
    let now = app.clock.now();
    let read = move |conn: &mut Conn| {
        let rating = |id: &AccountId| Ok((*id, candidate::rating(conn, *id, now)?.overall()));
        shoppers.iter().map(rating).collect::<Result<Vec<_>>>()
    };
    let rated = app.db.snapshot(read).await?;
    app.db.write(move |conn| ratings::keep(conn, &rated, now)).await
}
