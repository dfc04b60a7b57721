//! The addresses of employees.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path, Payload},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    import,
    model::{Employee, EmployeeCode, EmployeeDetails, EmployeeName, ImportedEmployees},
    put_employee::{self, EmployeeEntry},
    store::{self, EmployeeFilter},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadEmployees, WriteEmployees},
    app::App,
    db::types::Instant,
    error::Result,
    http::{
        answer::{Fresh, InLanguage, Tagged},
        dear::{Dear, DearLimits},
        etag::{IfMatch, IfNoneMatch},
        input::{Input, Params},
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{AccountId, BranchId, BrandId, EmployeeId},
    limits::EmailAddress,
    places::api::{TableFileBytes, TableParams, read_file},
    text::composed,
    texts::Language,
};

impl Rows for EmployeeView {}

/// A person who works in a branch.
#[derive(Serialize, ToSchema)]
pub struct EmployeeView {
    id: EmployeeId,
    /// The brand of the branch.
    brand_id: BrandId,
    /// Where they work, or worked last.
    branch_id: BranchId,
    /// What the brand itself knows them by.
    code: String,
    name: String,
    /// Where to write to them; missing if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<String>,
    /// Whether they work there now.
    active: bool,
    /// The account that they sign in with; missing if that was not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    account_id: Option<AccountId>,
    created_at: Instant,
}

impl From<Employee> for EmployeeView {
    fn from(employee: Employee) -> Self {
        let Employee { id, brand_id, branch_id, code, name, email, active, account_id, created_at, .. } =
            employee;
        Self { id, brand_id, branch_id, code, name, email, active, account_id, created_at }
    }
}

/// Which employees.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EmployeeParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// Only those of this branch.
    branch_id: Option<BranchId>,
}

/// The employees of branches that the caller may see, in the order of their ids.
#[utoipa::path(get, path = "/v1/employees", responses(
    (status = 200, description = "A page of employees."),
))]
pub async fn list_employees(
    caller: Allowed<ReadEmployees>,
    Listing(EmployeeParams { brand_id: brand, branch_id: branch }, page): Listing<EmployeeParams>,
) -> Result<Listed<EmployeeView>> {
    let filter = EmployeeFilter { brand, branch };
    let read = move |conn: &mut _, after, rows| store::employees(conn, &caller.scope, filter, after, rows);
    page.list(read, |employee| employee.id, EmployeeView::from).await
}

/// One employee.
#[utoipa::path(get, path = "/v1/employees/{id}", responses(
    (status = 200, description = "The employee."),
))]
pub async fn get_employee(
    app: Data<App>,
    caller: Allowed<ReadEmployees>,
    had: IfNoneMatch,
    id: Path<EmployeeId>,
) -> Result<Fresh<EmployeeView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::employee(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, found))
}

/// What an employee is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutEmployee {
    /// Where they work: another branch of the same brand when they change to it.
    branch_id: BranchId,
    /// What the brand itself knows them by: one employee of the brand a code.
    code: EmployeeCode,
    /// What they are called.
    name: EmployeeName,
    /// Where to write to them, if that is known.
    email: Option<EmailAddress>,
    /// Whether they work there now.
    #[serde(default = "yes")]
    #[schema(default = true)]
    active: bool,
    /// The account that they sign in with, if they have one and it is known. Such an account visits no branch of the brand.
    account_id: Option<AccountId>,
}

const fn yes() -> bool {
    true
}

impl PutEmployee {
    fn entry(self, id: EmployeeId) -> EmployeeEntry {
        let Self { branch_id, code, name, email, active, account_id } = self;
        let details = EmployeeDetails {
            code: composed(&String::from(code)).into_owned(),
            name: name.into(),
            email: email.map(String::from),
            active,
            account_id,
        };
        EmployeeEntry { id, branch_id, details }
    }
}

/// Enter an employee, or change what is known of one. An employee who left is kept, no longer `active`.
#[utoipa::path(put, path = "/v1/employees/{id}", responses(
    (status = 201, description = "Entered."),
    (status = 409, description = "`conflict`: another employee of the brand has this code, or they would go to another brand."),
))]
pub async fn put_employee(
    app: Data<App>,
    caller: Allowed<WriteEmployees>,
    id: Path<EmployeeId>,
    if_match: IfMatch,
    Input(put): Input<PutEmployee>,
) -> Result<Tagged<EmployeeView>> {
    let (entry, now) = (put.entry(id.into_inner()), app.clock.now());
    let put = move |conn: &mut _| put_employee::put_employee(conn, &caller.scope, &if_match, &entry, now);
    let stored = app.db.write(put).await?;
    Ok(Tagged::of(stored))
}

/// Import employees from a file, whole or not at all.
///
/// A CSV file or a workbook (.xlsx, .xlsm, .xls), read as in `POST /v1/brands/{id}/places/import`; the first line names the columns, in
/// any order: `branch_code` (of a branch that is there), `code` (the brand's own number of the person), `name`, `email`
/// (or empty) and `active` (`yes` or `no`, also in the languages of our texts, and in German, Spanish and Italian). At
/// most 8 MiB and 20,000 employees. An employee who is there already is changed, and changes to the branch that is named;
/// an employee whom the file does not name stays as they are; the same file again changes nothing. Every bad line is
/// named, at pointers such as `/lines/17/email`: the first 1,000 mistakes.
///
/// With `dry_run=true` the answer says what would change, and nothing is written.
#[utoipa::path(post, path = "/v1/brands/{id}/employees/import",
    request_body(content = TableFileBytes, content_type = "application/octet-stream", description = "The file."),
    responses((status = 200, description = "Imported, or what would be."),
        (status = 429, description = "`too_many_requests`: the account asks for too much at once.")),
)]
#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
pub async fn import_employees(
    app: Data<App>,
    dear: Data<DearLimits>,
    request: HttpRequest,
    caller: Allowed<WriteEmployees>,
    id: Path<BrandId>,
    Params(params): Params<TableParams>,
    language: Language,
    body: Payload,
) -> Result<InLanguage<Json<ImportedEmployees>>> {
    dear.count(Dear::Import, caller.account())?;
    let file = read_file(&request, body, language).await?;
    let (id, dry_run) = (id.into_inner(), params.dry_run());
    let imported = import::import(&app.db, &app.clock, &caller.scope, id, file, dry_run).await?;
    Ok(InLanguage { language: Some(language.tag().to_owned()), answer: Json(imported) })
}
