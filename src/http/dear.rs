//! What is dear, and how often one account may ask for it, so that the work of one account does not wait behind another's.

use std::sync::Arc;

use actix_web::{HttpRequest, web::Data};

use super::limits::{Limit, times};
use crate::{
    clock::Clock,
    error::{Error, Policy, Result},
    ids::AccountId,
};

/// What takes a request longer than others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dear {
    /// A file of places, of employees, or of a checklist.
    Import,
    /// A checklist written as a workbook, a report or a summary as a PDF, a list as a file, a table that is sorted, counted or grouped.
    Export,
    /// A page of a table.
    TablePage,
    /// Many visits scored anew.
    WhatIf,
    /// A checklist filled in for trial.
    Trial,
    /// A file announced, or sent at once.
    Upload,
    /// What is recognised in branches: the visits of a year are read for it.
    Recognition,
    /// A chart that a link leads to.
    LinkedChart,
    /// A page for each branch.
    Archive,
}

/// The limits, one for each. Counted in memory: each server of a database counts for itself.
#[derive(Clone)]
pub struct DearLimits([Arc<Limit<AccountId>>; 9]);

impl DearLimits {
    /// Limits that no account has reached, by this clock.
    pub fn new(clock: &Clock) -> Self {
        let policies = [
            Policy { name: "imports", burst: times(60), every: 10 },
            Policy { name: "exports", burst: times(60), every: 5 },
            // A table of 300,000 rows in pages of the usual size.
            Policy { name: "table-pages", burst: times(300), every: 1 },
            Policy { name: "what-ifs", burst: times(30), every: 10 },
            Policy { name: "trials", burst: times(300), every: 1 },
            // More than a shopper may send in a day: what is given up and announced anew counts as well.
            Policy { name: "uploads", burst: times(1_500), every: 30 },
            Policy { name: "recognitions", burst: times(30), every: 10 },
            // A page with some charts, which many look at.
            Policy { name: "linked-charts", burst: times(300), every: 1 },
            Policy { name: "archives", burst: times(10), every: 60 },
        ];
        Self(policies.map(|policy| Arc::new(Limit::new(policy, clock))))
    }

    /// Those of the server that got this request.
    ///
    /// # Errors
    /// `internal` if it has none.
    pub fn of(request: &HttpRequest) -> Result<&Self> {
        let limits = request.app_data::<Data<Self>>().ok_or_else(|| Error::internal("no DearLimits"))?;
        Ok(limits.get_ref())
    }

    /// Counts one request of this account.
    ///
    /// # Errors
    /// `too_many_requests`, with how long to wait.
    pub fn count(&self, what: Dear, account: AccountId) -> Result<()> {
        let [imports, exports, table_pages, what_ifs, trials, uploads, recognitions, linked_charts, archives] =
            &self.0;
        let limit = match what {
            Dear::Import => imports,
            Dear::Export => exports,
            Dear::TablePage => table_pages,
            Dear::WhatIf => what_ifs,
            Dear::Trial => trials,
            Dear::Upload => uploads,
            Dear::Recognition => recognitions,
            Dear::LinkedChart => linked_charts,
            Dear::Archive => archives,
        };
        limit.count(&account)
    }
}
