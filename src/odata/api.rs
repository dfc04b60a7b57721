//! The addresses of OData.

pub mod door;

use std::sync::Arc;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::header::{ACCEPT, CONTENT_TYPE},
    web::{Data, Path},
};
use form_urlencoded::Serializer;

use self::door::VERSION;
use super::{
    figures::{self, Speech},
    metadata,
    model::{BRANCHES, BRANDS, REGIONS, REPORTS, SCORES, SUBJECTS, Table, VISITS},
    query::{Metadata, Query, wished},
    read::{self, Hints},
    refusals::{not_supported, wrong},
    scan::{self, Read, Token},
    write::{self, Address},
};
use crate::{
    accounts::{
        caller::Allowed,
        policy::permit::{ReadPlaces, ReadReports, ReadScores, ReadVisits},
    },
    app::App,
    audit::{TableTaken, filter::Filter},
    checklists::cache::Versions,
    db::types::Sha256,
    error::Result,
    http::{
        client::origin,
        dear::{Dear, DearLimits},
        languages::{self, Wishes},
    },
    ids::AccountId,
    scores::means::Means,
    seals::Seal,
    visits::state::State,
};

/// A page has so many rows at most.
const LARGEST_PAGE: usize = 5_000;
/// How many rows a page has, if the caller has no preference.
const USUAL_PAGE: usize = 1_000;
/// Where it stands.
const ROOT: &str = "/odata";

/// What tables there are.
#[utoipa::path(get, path = "/odata", responses((status = 200, description = "The service document.")))]
pub async fn service(request: HttpRequest, _: Allowed<ReadPlaces>) -> Result<HttpResponse> {
    service_document(&request)
}

/// The same.
#[utoipa::path(get, path = "/odata/", responses((status = 200, description = "The service document.")))]
pub async fn root(request: HttpRequest, _: Allowed<ReadPlaces>) -> Result<HttpResponse> {
    service_document(&request)
}

fn service_document(request: &HttpRequest) -> Result<HttpResponse> {
    for (name, value) in options(request) {
        match (name.as_str(), value.starts_with("json") || value.starts_with("application/json")) {
            ("$format", true) => {}
            _ => return Err(not_supported(&name)),
        }
    }
    let body = metadata::service(&root_of(request)).to_string();
    Ok(json(Metadata::Minimal, body))
}

/// The tables' columns, in XML, with what they are called in the language that is wished for.
#[utoipa::path(get, path = "/odata/$metadata", responses((status = 200, description = "The schema (CSDL 4.0).")))]
pub async fn metadata(request: HttpRequest, _: Allowed<ReadPlaces>) -> Result<HttpResponse> {
    for (name, value) in options(&request) {
        match (name.as_str(), value.starts_with("xml") || value.starts_with("application/xml")) {
            ("$format", true) => {}
            _ => return Err(not_supported(&name)),
        }
    }
    let mut answer = HttpResponse::Ok();
    answer.insert_header(VERSION).insert_header((CONTENT_TYPE, "application/xml"));
    let language = Wishes::of_request(&request).ours();
    let mut answer = answer.body(metadata::schema(language));
    languages::say(answer.headers_mut(), Some(language.tag()));
    Ok(answer)
}

/// Brands.
#[utoipa::path(get, path = "/odata/Brands", responses((status = 200, description = "A page of the table.")))]
pub async fn brands(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadPlaces>,
) -> Result<HttpResponse> {
    let by = caller.account();
    let read =
        |_| -> Read { Arc::new(move |conn, after, rows| read::brands(conn, &caller.scope, after, rows)) };
    answer(&app, &request, (&BRANDS, by), read).await
}

/// Regions.
#[utoipa::path(get, path = "/odata/Regions", responses((status = 200, description = "A page of the table.")))]
pub async fn regions(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadPlaces>,
) -> Result<HttpResponse> {
    let by = caller.account();
    let read = |hints| -> Read {
        Arc::new(move |conn, after, rows| read::regions(conn, &caller.scope, &hints, after, rows))
    };
    answer(&app, &request, (&REGIONS, by), read).await
}

/// Branches.
#[utoipa::path(get, path = "/odata/Branches", responses((status = 200, description = "A page of the table.")))]
pub async fn branches(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadPlaces>,
) -> Result<HttpResponse> {
    let by = caller.account();
    let read = |hints| -> Read {
        Arc::new(move |conn, after, rows| read::branches(conn, &caller.scope, &hints, after, rows))
    };
    answer(&app, &request, (&BRANCHES, by), read).await
}

/// Visits, for desks.
#[utoipa::path(get, path = "/odata/Visits", responses((status = 200, description = "A page of the table.")))]
pub async fn visits(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadVisits>,
) -> Result<HttpResponse> {
    let by = caller.account();
    let read = |hints| -> Read {
        Arc::new(move |conn, after, rows| read::visits(conn, &caller.scope, &hints, after, rows))
    };
    answer(&app, &request, (&VISITS, by), read).await
}

/// Reports.
#[utoipa::path(get, path = "/odata/Reports", responses((status = 200, description = "A page of the table.")))]
pub async fn reports(
    app: Data<App>,
    versions: Data<Versions>,
    request: HttpRequest,
    caller: Allowed<ReadReports>,
) -> Result<HttpResponse> {
    let by = caller.account();
    let now = app.clock.now();
    let read = |hints| -> Read {
        Arc::new(move |conn, after, rows| {
            read::reports(conn, &versions, &caller.scope, &hints, after, (rows, now))
        })
    };
    answer(&app, &request, (&REPORTS, by), read).await
}

/// The figures of whole visits, by place and month.
#[utoipa::path(get, path = "/odata/Scores", responses((status = 200, description = "A page of the table.")))]
pub async fn scores(
    app: Data<App>,
    means: Data<Means>,
    request: HttpRequest,
    caller: Allowed<ReadScores>,
) -> Result<HttpResponse> {
    let by = caller.account();
    let read = |hints| -> Read {
        Arc::new(move |conn, after, rows| figures::scores(conn, &means, &caller.scope, &hints, after, rows))
    };
    answer(&app, &request, (&SCORES, by), read).await
}

/// The figures of subjects, by place and month.
#[utoipa::path(get, path = "/odata/Subjects", responses((status = 200, description = "A page of the table.")))]
pub async fn subjects(
    app: Data<App>,
    means: Data<Means>,
    request: HttpRequest,
    caller: Allowed<ReadScores>,
) -> Result<HttpResponse> {
    let (by, wishes) = (caller.account(), Wishes::of_request(&request));
    let ours = wishes.ours();
    let choose =
        move |available: &[String], fallbacks: &[String]| wishes.best_of(available, fallbacks).to_owned();
    let speech = Speech { ours, choose: Arc::new(choose) };
    let read = |hints| -> Read {
        Arc::new(move |conn, after, rows| {
            figures::subjects(conn, (&means, &speech), &caller.scope, &hints, after, rows)
        })
    };
    let mut answer = answer(&app, &request, (&SUBJECTS, by), read).await?;
    languages::say(answer.headers_mut(), None);
    Ok(answer)
}

/// What is not offered.
#[utoipa::path(get, path = "/odata/{resource}", responses((status = 501, description = "It is not supported.")))]
pub async fn others(resource: Path<String>) -> Result<HttpResponse> {
    Err(not_supported(&resource))
}

async fn answer(
    app: &App,
    request: &HttpRequest,
    (table, by): (&'static Table, AccountId),
    read: impl FnOnce(Hints) -> Read,
) -> Result<HttpResponse> {
    let options = options(request);
    let named = options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let query = Query::parse(named, table)?;
    let root = root_of(request);
    let dear = DearLimits::of(request)?;
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let level = query.metadata.or_else(|| accept.and_then(wished)).unwrap_or_default();
    if let Some(apply) = &query.apply {
        dear.count(Dear::Export, by)?;
        let hints = Hints::of(apply.filter.as_ref(), table);
        note_taken(request, &options, &hints);
        let groups = scan::grouped(&app.db, read(hints), apply).await?;
        return Ok(json(level, write::groups(table, &apply.names(table), &groups, level, &root)));
    }
    let token = match &query.token {
        None => Token::first(&query),
        Some(token) => open(app, &options, table, token)?,
    };
    let preferred = preferred(request);
    let size = preferred.unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE);
    dear.count(if scan::reads_all(&query, &token) { Dear::Export } else { Dear::TablePage }, by)?;
    let hints = Hints::of(query.filter.as_ref(), table);
    if query.token.is_none() {
        note_taken(request, &options, &hints);
    }
    let page = scan::page(&app.db, read(hints), &query, token, size).await?;
    let next = page.next.as_ref().map(|token| next(app, &root, &options, table, token)).transpose()?;
    let body = write::page(table, query.select.as_deref(), &page, level, &Address { root: &root, next });
    let mut answer = json(level, body);
    if preferred.is_some() {
        let applied = actix_web::http::header::HeaderValue::from_str(&format!("odata.maxpagesize={size}"));
        let name = actix_web::http::header::HeaderName::from_static("preference-applied");
        if let Ok(applied) = applied {
            answer.headers_mut().insert(name, applied);
        }
    }
    Ok(answer)
}

fn json(level: Metadata, body: String) -> HttpResponse {
    let level = match level {
        Metadata::None => "none",
        Metadata::Minimal => "minimal",
        Metadata::Full => "full",
    };
    let mut answer = HttpResponse::Ok();
    let media_type = format!("application/json;odata.metadata={level};odata.streaming=true");
    answer.insert_header(VERSION).insert_header((CONTENT_TYPE, media_type)).body(body)
}

/// What stands after the question mark.
fn options(request: &HttpRequest) -> Vec<(String, String)> {
    form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect()
}

/// The address of the service, as the caller has reached it.
fn root_of(request: &HttpRequest) -> String {
    format!("{}{ROOT}", origin(request))
}

/// Has the table that is read written down, with what was asked of it.
fn note_taken(request: &HttpRequest, options: &[(String, String)], hints: &Hints) {
    let named = options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let is_state = |text: &str| State::ALL.iter().any(|state| state.as_str() == text);
    let filter = Filter::of_expressions(named, is_state);
    request.extensions_mut().insert(TableTaken { format: "odata", filter, brand: hints.id("brand_id") });
}

/// How many rows the caller prefers on a page.
fn preferred(request: &HttpRequest) -> Option<usize> {
    let all = request.headers().get_all("prefer").filter_map(|prefer| prefer.to_str().ok());
    all.flat_map(|prefer| prefer.split([',', ';'])).find_map(|one| {
        let (name, size) = one.split_once('=')?;
        let is_size =
            ["odata.maxpagesize", "maxpagesize"].contains(&name.trim().to_ascii_lowercase().as_str());
        size.trim().trim_matches('"').parse().ok().filter(|_| is_size)
    })
}

/// What a token is good for: this table, asked in this way.
fn bound(options: &[(String, String)], table: &Table) -> String {
    let others: Vec<_> = options.iter().filter(|(name, _)| name != "$skiptoken").collect();
    let digest = Sha256::of(format!("{others:?}").as_bytes());
    format!("odata\n{}\n{digest:?}\n", table.set)
}

fn next(app: &App, root: &str, options: &[(String, String)], table: &Table, token: &Token) -> Result<String> {
    let token = serde_json::to_string(token).map_err(crate::error::Error::internal)?;
    let sealed = app.seals.seal(Seal::Cursor, format!("{}{token}", bound(options, table)).as_bytes());
    let others = options.iter().filter(|(name, _)| name != "$skiptoken");
    let query =
        Serializer::new(String::new()).extend_pairs(others).append_pair("$skiptoken", &sealed).finish();
    Ok(format!("{root}/{}?{query}", table.set))
}

fn open(app: &App, options: &[(String, String)], table: &Table, token: &str) -> Result<Token> {
    let bytes = app.seals.open(Seal::Cursor, token);
    let opened = bytes.as_deref().and_then(|bytes| {
        let token = bytes.strip_prefix(bound(options, table).as_bytes())?;
        serde_json::from_slice(token).ok()
    });
    opened.ok_or_else(|| {
        wrong("$skiptoken is not of this table asked in this way: take the address of the next page as it is")
    })
}
