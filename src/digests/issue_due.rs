//! Finds the digests that are due.

use serde::{Deserialize, Serialize};

use super::{issue::IssueDigest, store};
use crate::{
    accounts::policy::Scope,
    app::App,
    db::types::Id,
    error::Result,
    work::{self, Queue, Task},
};

/// So many digests are read at a time.
const AT_ONCE: i64 = 500;

/// Sees to it that each digest which is due has its issue.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct IssueDigests {}

impl Task for IssueDigests {
    const KIND: &'static str = "issue_digests";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let (now, mut after) = (app.clock.now(), None);
        loop {
            let everything = Scope::everything();
            let read = move |conn: &mut _| {
                store::digests(conn, &everything, store::DigestFilter::default(), after, AT_ONCE)
            };
            let digests = app.db.read(read).await?;
            let Some(last) = digests.last() else { return Ok(()) };
            after = Some(last.id);
            let due = digests
                .iter()
                .filter_map(|digest| Some(IssueDigest { digest_id: digest.id, due_at: digest.due(now)? }));
            let due: Vec<_> = due.collect();
            if due.is_empty() {
                continue;
            }
            let enqueue = move |conn: &mut _| {
                // The same issue is the same task.
                let id =
                    |task: &IssueDigest| Id::named(&format!("issue\n{}\n{:?}", task.digest_id, task.due_at));
                due.iter().try_for_each(|task| work::enqueue(conn, task, id(task), now))
            };
            app.db.write(enqueue).await?;
        }
    }
}
