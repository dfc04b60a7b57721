//! The event that an export is ready.

use serde::{Deserialize, Serialize};

use super::model::{Export, ExportKind};
use crate::{
    ids::{AccountId, ExportId},
    outbox::Happened,
};

/// The file of an export can be fetched, by its account alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportReady {
    /// The export.
    pub export_id: ExportId,
    /// What it is of.
    pub what: ExportKind,
    /// Who asked for it, and alone learns of it.
    pub for_account_id: AccountId,
}

impl ExportReady {
    /// That this one is ready.
    pub const fn new(export: &Export) -> Self {
        Self { export_id: export.id, what: export.asked.0.what, for_account_id: export.account_id }
    }
}

impl Happened for ExportReady {
    const KIND: &'static str = "export_ready";

    fn subject(&self) -> String {
        self.export_id.to_string()
    }

    fn step(&self) -> String {
        "ready".to_owned()
    }
}
