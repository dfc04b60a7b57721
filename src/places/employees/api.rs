//! The addresses of employees.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path, Payload},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    import,
    model::{Details, Employee, EmployeeCode, EmployeeName, ImportedEmployees},
    store::{self, Wanted},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{
        Scope,
        permit::{ReadEmployees, WriteEmployees},
    },
    app::App,
    db::{Conn, types::Instant},
    error::{Error, FieldError, Result, if_there},
    http::{
        etag::{self, ETag, IfMatch, Keep, Put},
        input::{Input, Params, read_body, require_media_type},
        page::{Page, PageParams},
    },
    ids::{BranchId, BrandId, EmployeeId},
    limits::EmailAddress,
    places::{self, table},
};

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
    created_at: Instant,
}

impl From<Employee> for EmployeeView {
    fn from(employee: Employee) -> Self {
        let Employee { id, brand_id, branch_id, code, name, email, active, created_at, .. } = employee;
        Self { id, brand_id, branch_id, code, name, email, active, created_at }
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
    /// How many at most; 50 if not said.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// Where to go on: the `next_cursor` of the page before.
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000)]
    cursor: Option<String>,
}

/// The employees of branches that the caller may see, in the order of their ids.
#[utoipa::path(get, path = "/v1/employees", params(EmployeeParams), responses(
    (status = 200, description = "A page of employees.", body = Page<EmployeeView>),
))]
pub async fn list_employees(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadEmployees>,
    Params(EmployeeParams { brand_id: brand, branch_id: branch, limit, cursor }): Params<EmployeeParams>,
) -> Result<HttpResponse> {
    let page = PageParams { limit, cursor };
    let (after, wanted) = (page.after(&app.seals, &request)?, Wanted { brand, branch, rows: page.rows() });
    let found = app.db.read(move |conn| store::employees(conn, &caller.scope, wanted, after)).await?;
    let views = found.into_iter().map(EmployeeView::from).collect();
    page.answer(&app.seals, &request, views, |employee| employee.id)
}

/// One employee.
#[utoipa::path(get, path = "/v1/employees/{id}", params(("id" = EmployeeId, Path)), responses(
    (status = 200, description = "The employee.", body = EmployeeView),
))]
pub async fn get_employee(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadEmployees>,
    id: Path<EmployeeId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::employee(conn, &caller.scope, id)).await?;
    Ok(etag::fresh(&request, &ETag::of(found.revision), Keep::Ask, &EmployeeView::from(found)))
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
}

const fn yes() -> bool {
    true
}

impl PutEmployee {
    fn details(&self) -> Details {
        let Self { code, name, email, active, .. } = self;
        let email = email.as_deref().map(str::to_owned);
        Details { code: code.to_string(), name: name.to_string(), email, active: *active }
    }
}

/// Enter an employee, or change what is known of one. Whoever left is kept, no longer `active`.
#[utoipa::path(put, path = "/v1/employees/{id}", params(("id" = EmployeeId, Path), ("if-match" = Option<String>, Header)), request_body = PutEmployee, responses(
    (status = 200, description = "Changed, or it was so already.", body = EmployeeView),
    (status = 201, description = "Entered.", body = EmployeeView),
    (status = 409, description = "`conflict`: another employee of the brand has this code, or they would go to another brand."),
))]
pub async fn put_employee(
    app: Data<App>,
    caller: Allowed<WriteEmployees>,
    id: Path<EmployeeId>,
    if_match: IfMatch,
    Input(put): Input<PutEmployee>,
) -> Result<HttpResponse> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let (step, employee) =
        app.db.write(move |conn| keep(conn, &caller.scope, &if_match, id, &put, now)).await?;
    Ok(etag::answer(step.status(), &ETag::of(employee.revision), &EmployeeView::from(employee)))
}

fn keep(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: EmployeeId,
    put: &PutEmployee,
    now: Instant,
) -> Result<(Put, Employee)> {
    let brand = if_there(places::store::branch(conn, scope, put.branch_id))?
        .map(|branch| branch.brand_id)
        .ok_or_else(|| FieldError::new("/branch_id", "unknown", "there is no such branch"))
        .map_err(|wrong| Error::invalid(vec![wrong]))?;
    let old = store::employee_to_change(conn, scope, id)?;
    let wanted = put.details().employee(id, (brand, put.branch_id), old.as_ref(), now);
    let step = if_match.put(old.as_ref().map(|old| ETag::of(old.revision)), old.as_ref() == Some(&wanted))?;
    let kept = match (step, old) {
        (Put::Change, Some(old)) => store::update_employee(conn, &old, wanted)?,
        (Put::Make, _) => store::insert_employee(conn, wanted)?,
        _ => wanted,
    };
    Ok((step, kept))
}

/// Import employees from a file, whole or not at all.
///
/// CSV in UTF-8, with commas; the first line names the columns, in any order: `branch_code` (of a branch that is
/// there), `code` (the brand's own number of the person), `name`, `email` (or empty) and `active` (`yes` or `no`). At
/// most 8 MiB and 20,000 employees. An employee who is there already is changed, and changes to the branch that is
/// named; whom the file does not name stays as they are; the same file again changes nothing. Every bad line is told,
/// at pointers such as `/lines/17/email`: the first 1,000 mistakes.
#[utoipa::path(post, path = "/v1/brands/{id}/employees/import", params(("id" = BrandId, Path)),
    request_body(content = String, content_type = "text/csv", description = "The file."),
    responses((status = 200, description = "Imported.", body = ImportedEmployees)),
)]
pub async fn import_employees(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<WriteEmployees>,
    id: Path<BrandId>,
    body: Payload,
) -> Result<Json<ImportedEmployees>> {
    require_media_type(&request, "text/csv")?;
    let csv = read_body(&request, body.into_inner(), table::LARGEST).await?;
    import::import(&app.db, &app.clock, &caller.scope, id.into_inner(), csv).await.map(Json)
}
