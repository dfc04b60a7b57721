//! Files of figures and lists, and tables that programs read, are written down in the audit: who asked, for what, by which filter and in which form; not the rows.

use actix_web::{
    Error as ActixError, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header::CONTENT_TYPE},
    middleware::Next,
    web::Data,
};

use crate::{
    accounts::caller::{Caller, Reach},
    app::App,
    audit::{AuditKind, Details, Entry, TableTaken, filter::Filter, record},
    error::{Error, Result},
    http::{archive::ZIP, sheet::Format},
    ids::{AccountId, BrandId},
};

/// The summaries of branches, which are PDFs of figures: how their addresses end, what they are, and their form. Printed reports are no figures.
const SUMMARIES: [(&str, &str, &str); 2] =
    [("/summary.pdf", "application/pdf", "pdf"), ("/summaries.zip", ZIP, "zip")];
/// A chart that a link leads to. The making of the link is written down; a request for the chart names no account that looks at the chart.
const LINKED: &str = "/v1/charts/{id}";

/// The middleware, right around the one that takes the endings of files off addresses. A file is sent when its row is written, and not if it cannot be.
///
/// # Errors
/// Those of the service.
pub async fn written_down<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let answer = next.call(request).await?.map_into_boxed_body();
    if let Some((by, taken)) = exported(&answer)
        && let Err(error) = write_down(&answer, by, taken).await
    {
        let request = answer.request().clone();
        return Ok(ServiceResponse::from_err(error, request));
    }
    Ok(answer)
}

/// Who was answered with a file or with rows of a table, and what that is; nothing if it is no such answer. An answer to HEAD has no rows.
fn exported<B>(answer: &ServiceResponse<B>) -> Option<(AccountId, TableTaken)> {
    if *answer.request().method() != Method::GET || !answer.status().is_success() {
        return None;
    }
    let Caller(by) = answer.request().extensions().get::<Caller>().copied()?;
    if let Some(taken) = answer.request().extensions().get::<TableTaken>() {
        return Some((by, taken.clone()));
    }
    if answer.request().match_pattern().as_deref() == Some(LINKED) {
        return None;
    }
    let media_type = answer.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let path = answer.request().path();
    let summary = || {
        let found = SUMMARIES.iter().find(|(end, of, _)| path.ends_with(end) && *of == media_type);
        found.map(|(.., form)| *form)
    };
    let format = Format::of_file(media_type).map(Format::suffix).or_else(summary)?;
    let query = answer.request().query_string();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let brand = pairs.find(|(name, _)| name == "brand_id").and_then(|(_, id)| id.parse().ok());
    Some((by, TableTaken { format, filter: Filter::of(query), brand }))
}

async fn write_down<B>(answer: &ServiceResponse<B>, by: AccountId, taken: TableTaken) -> Result<()> {
    let TableTaken { format, filter, brand } = taken;
    let request = answer.request();
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::internal("no App"))?;
    let id = request.extensions().get::<tracing_actix_web::RequestId>().map(|id| **id);
    let pattern = request.match_pattern().unwrap_or_default();
    let details = Details::default()
        .operation(request.method().as_str(), &pattern)
        .code("format", format)
        .filter(filter);
    let entry = Entry::of_list(AuditKind::Exported, id.unwrap_or_default())
        .on(request.match_info().get("id").and_then(|id| id.parse().ok()))
        .by(by)
        .of(brand_of(request, &pattern, brand))
        .with(details)
        .by_key(request.extensions().get());
    let now = app.clock.now();
    app.db.write(move |conn| record(conn, entry.clone(), now)).await
}

/// The brand that a file is of: that of its address, or the one that was named if the caller has anything in it, or the only one in which they have.
fn brand_of(request: &HttpRequest, pattern: &str, named: Option<BrandId>) -> Option<BrandId> {
    if pattern.starts_with("/v1/brands/{id}") {
        return request.match_info().get("id")?.parse().ok();
    }
    let extensions = request.extensions();
    let Reach(scope) = extensions.get::<Reach>()?;
    named.filter(|brand| scope.touches_brand(*brand)).or_else(|| scope.sole_brand())
}
