//! Having the rules of a brand judged.

use serde::{Deserialize, Serialize};

use super::{evaluate_rule::EvaluateRule, rules};
use crate::{
    app::App,
    error::Result,
    ids::BrandId,
    scores::model::Reader,
    work::{self, Queue, Task},
};

/// So many tasks are enqueued in one transaction.
const AT_ONCE: usize = 500;

/// Sees to it that each rule of a brand is judged, after the figures of the brand changed: each by a task of its own.
#[derive(Debug, Serialize, Deserialize)]
pub struct EvaluateAlerts {
    /// The brand.
    pub brand_id: BrandId,
    /// Only the rules that are judged by the figures of such readers; all, if none are named.
    #[serde(default)]
    pub reader: Option<Reader>,
}

impl Task for EvaluateAlerts {
    const KIND: &'static str = "evaluate_alerts";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    fn key(&self) -> Option<String> {
        Some(format!("{} {}", self.brand_id, self.reader.map_or("all", Reader::as_str)))
    }

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let (brand, now) = (self.brand_id, app.clock.now());
        let readers = self.reader.map_or(Reader::ALL.to_vec(), |reader| vec![reader]);
        let rules = app.db.read(move |conn| rules::store::of_brand(conn, brand, &readers)).await?;
        for some in rules.chunks(AT_ONCE) {
            let tasks: Vec<_> =
                some.iter().map(|rule_id| (EvaluateRule { rule_id: *rule_id }, app.clock.new_id())).collect();
            let enqueue = move |conn: &mut _| {
                tasks.iter().try_for_each(|(task, id)| work::enqueue(conn, task, *id, now))
            };
            app.db.write(enqueue).await?;
        }
        Ok(())
    }
}
