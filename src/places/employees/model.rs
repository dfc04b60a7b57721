//! Employees as they are kept.

use diesel::{Identifiable, Insertable, Queryable, Selectable};
use serde::Serialize;
use utoipa::ToSchema;

pub use super::names::{email_key, name_key};
use crate::{
    db::{schema::employee, types::Instant},
    ids::{AccountId, BranchId, BrandId, EmployeeId},
    limits::PlainText,
    places::{findings::ImportNote, imported::ImportedLine},
    precondition::revised,
};

/// Most characters of an employee's code.
pub const LONGEST_CODE: u64 = 64;
/// Most characters of an employee's name.
pub const LONGEST_NAME: u64 = 200;
/// What a brand itself knows an employee by.
pub type EmployeeCode = PlainText<1, { LONGEST_CODE as usize }>;
/// What an employee is called.
pub type EmployeeName = PlainText<1, { LONGEST_NAME as usize }>;

/// A person who works in a branch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = employee, treat_none_as_default_value = false)]
pub struct Employee {
    /// Their id.
    pub id: EmployeeId,
    /// The brand of the branch.
    pub brand_id: BrandId,
    /// Where they work, or worked last.
    pub branch_id: BranchId,
    /// What the brand itself knows them by; one employee of the brand a code.
    pub code: String,
    /// What they are called.
    pub name: String,
    /// Where to write to them, if that is known.
    pub email: Option<String>,
    /// That address as it is compared: see [`email_key`].
    pub email_key: Option<String>,
    /// The name as it is compared: see [`name_key`].
    pub name_key: String,
    /// Whether they work there now.
    pub active: bool,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When they were entered.
    pub created_at: Instant,
    /// The account that they sign in with, if HR said so.
    pub account_id: Option<AccountId>,
}

revised!(Employee);

/// What there is to say of an employee, but for where they work.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the fields are those of [`Employee`]
pub struct EmployeeDetails {
    pub code: String,
    pub name: String,
    pub email: Option<String>,
    pub active: bool,
    pub account_id: Option<AccountId>,
}

impl Employee {
    /// A new employee, with the keys that go with name and address.
    pub fn new(
        id: EmployeeId,
        brand_id: BrandId,
        branch_id: BranchId,
        details: EmployeeDetails,
        now: Instant,
    ) -> Self {
        let EmployeeDetails { code, name, email, active, account_id } = details;
        Self {
            id,
            brand_id,
            branch_id,
            code,
            email_key: email.as_deref().map(email_key),
            name_key: name_key(&name),
            name,
            email,
            active,
            revision: 1,
            created_at: now,
            account_id,
        }
    }
}

/// What an import did, or what it would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportedEmployees {
    /// Whether this says only what would change: nothing was written.
    pub dry_run: bool,
    /// Employees that were not there before.
    pub employees_added: u32,
    /// Employees that were there with other content, or in another branch.
    pub employees_changed: u32,
    /// Employees that were there exactly so.
    pub employees_unchanged: u32,
    /// Employees of the brand that the file does not name: they stay as they are.
    pub employees_not_named: u32,
    /// How the file was understood, and what of it was left out.
    #[schema(max_items = 2000)]
    pub notes: Vec<ImportNote>,
    /// What would become of each line; only where nothing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 20000)]
    pub lines: Option<Vec<ImportedLine>>,
}
