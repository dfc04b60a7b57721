//! Takes the file of an export out of the store.

use serde::{Deserialize, Serialize};

use super::{model::Export, parts, write_export::QUEUE};
use crate::{
    app::App,
    error::Result,
    ids::ExportId,
    work::{Queue, Task},
};

/// Takes the parts of a file away, when no task writes them any more: both are of one subject.
#[derive(Debug, Serialize, Deserialize)]
pub struct RemoveParts {
    /// The export.
    pub export_id: ExportId,
    /// So many parts there may be.
    pub parts: usize,
}

impl RemoveParts {
    /// All parts of this export, and the one that may just be written.
    pub fn of(export: &Export) -> Self {
        Self { export_id: export.id, parts: export.progress.0.most_parts + 1 }
    }
}

impl Task for RemoveParts {
    const KIND: &'static str = "remove_export_parts";
    const QUEUE: Queue = QUEUE;
    type State = ();

    fn subject(&self) -> Option<String> {
        Some(self.export_id.to_string())
    }

    async fn run(self, app: &App, (): &()) -> Result<()> {
        parts::remove(&app.blobs, self.export_id, self.parts).await
    }
}
