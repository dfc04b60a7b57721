//! Judging the rules for desks again, soon after something changed what desks are shown.

use serde::{Deserialize, Serialize};

use super::{evaluate::EvaluateAlerts, rules};
use crate::{
    app::App,
    error::Result,
    ids::BrandId,
    scores::model::Reader,
    work::{self, Queue, Task},
};

/// So many seconds pass first: so many decisions on end have the rules judged once.
pub const PAUSE: i64 = 60;

/// Sees to it that the rules for desks of a brand are judged. Those for the branch's side are not judged by day: what it is shown changes at night.
#[derive(Debug, Serialize, Deserialize)]
pub struct LookAgain {
    /// The brand.
    pub brand_id: BrandId,
}

impl Task for LookAgain {
    const KIND: &'static str = "look_again_at_alerts";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    fn key(&self) -> Option<String> {
        Some(self.brand_id.to_string())
    }

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let (brand_id, reader) = (self.brand_id, Reader::Desk);
        let rules = app.db.read(move |conn| rules::store::of_brand(conn, brand_id, &[reader])).await?;
        if rules.is_empty() {
            return Ok(());
        }
        let (task, now) = (app.clock.new_id(), app.clock.now());
        let look = move |conn: &mut _| {
            let evaluate = EvaluateAlerts { brand_id, reader: Some(reader) };
            work::enqueue_for(conn, &evaluate, task, now, now.plus_seconds(PAUSE))
        };
        app.db.write(look).await
    }
}
