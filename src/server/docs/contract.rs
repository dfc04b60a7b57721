//! The contract: what the handlers say of themselves, completed from the table of routes and by what holds
//! for all.

use actix_web::http::Method;
use serde_json::json;
use utoipa::openapi::{
    Components, Content, OpenApi, Ref, RefOr, Response, Server,
    extensions::ExtensionsBuilder,
    path::{Operation, Parameter, ParameterIn, Paths},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    tag::TagBuilder,
};

use super::{
    about::{PARTS, about},
    directions, examples, schemas, signature, unions,
};
use crate::{
    error::Code,
    http::problem::PROBLEM_JSON,
    server::routes::{self, Needs, Route},
    texts::Language,
};

const BEARER: &str = "bearer";
/// The whole contract.
pub fn document() -> OpenApi {
    let mut document = routes::described();
    document.info.title = "incognito".to_owned();
    document.info.description = Some(about());
    document.servers = Some(vec![Server::new("/")]);
    document.tags = Some(
        PARTS
            .iter()
            .map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build())
            .collect(),
    );
    let table = routes::table();
    for route in &table {
        match find(&mut document.paths, route) {
            Some(operation) if route.door.in_contract => complete(operation, route),
            _ => drop(document.paths.paths.remove(route.path)),
        }
    }
    let components = document.components.get_or_insert_default();
    components.schemas.extend(table.into_iter().flat_map(|route| route.signature().schemas));
    add_what_is_common(components);
    schemas::tidy(components, &mut document.paths);
    unions::name_variants(components);
    directions::tell_apart(components, &mut document.paths);
    examples::add(&mut document.paths);
    document
}

fn find<'a>(paths: &'a mut Paths, route: &Route) -> Option<&'a mut Operation> {
    let item = paths.paths.get_mut(route.path)?;
    match route.method {
        Method::GET => item.get.as_mut(),
        Method::PUT => item.put.as_mut(),
        Method::POST => item.post.as_mut(),
        Method::DELETE => item.delete.as_mut(),
        Method::HEAD => item.head.as_mut(),
        Method::PATCH => item.patch.as_mut(),
        _ => None,
    }
}

/// Adds to one operation what the table says of it, and what holds for all that are made like it.
fn complete(operation: &mut Operation, route: &Route) {
    signature::add(operation, route);
    operation.tags = Some(vec![route.feature.to_owned()]);
    let (summary, rest) = first_sentence(operation.summary.take().unwrap_or_default());
    operation.summary = Some(summary);
    let parts =
        [Some(rest), operation.description.take(), Some(who_may(route.needs(), route.method.is_safe()))];
    operation.description =
        Some(parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"));
    operation.security = Some(match route.needs() {
        Needs::Nobody => Vec::new(),
        Needs::SignedIn | Needs::May(_) => vec![SecurityRequirement::new(BEARER, Vec::<String>::new())],
    });
    if let Needs::May(permission) = route.needs() {
        // One extension: several have no order.
        let about = match route.signature().is_audited {
            true => {
                json!({ "audited": true, "name": format!("{permission:?}"), "roles": permission.roles() })
            }
            false => json!({ "name": format!("{permission:?}"), "roles": permission.roles() }),
        };
        operation.extensions = Some(ExtensionsBuilder::new().add("x-permission", about).build());
    }
    let parameters = operation.parameters.get_or_insert_default();
    parameters.iter_mut().for_each(complete_parameter);
    if parameters.is_empty() {
        operation.parameters = None;
    }
    for code in common(operation, route) {
        let answer = RefOr::Ref(Ref::from_response_name(code.name()));
        operation.responses.responses.entry(code.status().to_string()).or_insert(answer);
    }
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        complete_answer(status, answer);
        if route.may_lag && ["200", "304"].contains(&status.as_str()) {
            add_header(answer, "Age");
        }
    }
    if route.method == Method::HEAD {
        without_bodies(operation);
    }
}

/// An answer to HEAD has no body.
fn without_bodies(operation: &mut Operation) {
    for answer in operation.responses.responses.values_mut() {
        if let RefOr::Ref(common) = answer {
            let name = common.ref_location.rsplit('/').next().unwrap_or_default();
            let code = Code::ALL.iter().find(|code| code.name() == name);
            let about =
                code.map(|code| format!("`{}`: {}", code.name(), code.title().say(Language::English)));
            let mut own = Response::new(about.unwrap_or_default());
            add_header(&mut own, "X-Request-Id");
            *answer = RefOr::T(own);
        }
        if let RefOr::T(answer) = answer {
            answer.content.clear();
        }
    }
}

/// The first sentence without its stop, and the others.
fn first_sentence(text: String) -> (String, String) {
    match text.split_once(". ") {
        Some((first, rest)) => (first.to_owned(), rest.trim().to_owned()),
        None => (text.trim_end_matches('.').to_owned(), String::new()),
    }
}

fn who_may(needs: Needs, is_safe: bool) -> String {
    match needs {
        Needs::Nobody => "For everybody, signed in or not.".to_owned(),
        Needs::SignedIn => "For everybody who is signed in.".to_owned(),
        Needs::May(permission) => {
            let roles: Vec<_> = permission.roles().iter().map(|role| format!("`{role}`")).collect();
            let keys = if is_safe && permission.is_for_keys() { ", also by an API key" } else { "" };
            format!("For {}{keys}.", roles.join(", "))
        }
    }
}

/// The errors that an operation can answer because of what it is; its handler declares the others.
fn common(operation: &Operation, route: &Route) -> Vec<Code> {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let kind = |place| parameters.iter().any(|one| matches!(one, RefOr::T(one) if one.parameter_in == place));
    let mut codes = vec![Code::MalformedRequest, Code::Internal, Code::Unavailable];
    match route.needs() {
        Needs::Nobody => {}
        Needs::SignedIn => codes.push(Code::SignInNeeded),
        Needs::May(_) => codes.extend([Code::SignInNeeded, Code::Forbidden]),
    }
    let may_write = ![Method::GET, Method::HEAD].contains(&route.method);
    if may_write && matches!(route.needs(), Needs::May(_)) {
        codes.push(Code::RightsChanged);
    }
    if kind(ParameterIn::Path) {
        codes.push(Code::NotFound);
    }
    if operation.request_body.is_some() {
        codes.extend([Code::RequestTimeout, Code::BodyTooLarge, Code::UnsupportedMediaType]);
    }
    let has_key = names(parameters, ParameterIn::Header, "idempotency-key");
    if operation.request_body.is_some() || kind(ParameterIn::Query) || has_key {
        codes.push(Code::Invalid);
    }
    if names(parameters, ParameterIn::Header, "if-match") {
        codes.extend([Code::PreconditionFailed, Code::PreconditionRequired]);
    }
    codes
}

fn names(parameters: &[RefOr<Parameter>], place: ParameterIn, name: &str) -> bool {
    parameters.iter().any(
        |one| matches!(one, RefOr::T(one) if one.parameter_in == place && one.name.eq_ignore_ascii_case(name)),
    )
}

/// A parameter is there or left out, but never null; and the two headers about states always mean the same.
fn complete_parameter(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(parameter) = parameter else { return };
    if let Some(schema) = &mut parameter.schema {
        schemas::never_null(schema);
    }
    let (name, about) = match parameter.name.to_ascii_lowercase().as_str() {
        "if-match" => (
            "If-Match",
            "The `ETag` of the state that is to change, also as a proxy made it weak (`W/\"3\"`); left out to make a new thing.",
        ),
        "if-none-match" => ("If-None-Match", "The `ETag` of the state that the caller has."),
        _ => return,
    };
    parameter.name = name.to_owned();
    parameter.description = Some(about.to_owned());
    parameter.schema = Some(schemas::entity_tags());
}

/// Errors have their body even where the handler only says what they mean; every answer has the request's id.
fn complete_answer(status: &str, answer: &mut Response) {
    if status >= "400" && answer.content.is_empty() {
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        answer.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(problem));
    }
    let particular: &[&str] = match status {
        "401" => &["WWW-Authenticate"],
        "415" => &["Accept-Encoding"],
        "429" => &["Retry-After", "RateLimit", "RateLimit-Policy"],
        "503" => &["Retry-After"],
        _ => &[],
    };
    particular.iter().for_each(|name| add_header(answer, name));
    add_header(answer, "X-Request-Id");
}

fn add_header(answer: &mut Response, name: &str) {
    let reference = Ref::new(format!("#/components/headers/{name}"));
    answer.headers.entry(name.to_owned()).or_insert(RefOr::Ref(reference));
}

/// What operations refer to: the common errors, the headers, the way to sign in.
fn add_what_is_common(components: &mut Components) {
    for code in Code::ALL.iter().copied().filter(|code| IS_COMMON.contains(code)) {
        let mut answer = Response::new(format!("`{}`: {}", code.name(), code.title().say(Language::English)));
        complete_answer(&code.status().to_string(), &mut answer);
        components.responses.insert(code.name().to_owned(), RefOr::T(answer));
    }
    for (name, header) in schemas::headers() {
        components.headers.insert(name.to_owned(), RefOr::T(header));
    }
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The access token of `POST /v1/sessions`, good for ten minutes; or, for what keys may read, an API key."))
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
}

/// What [`common`] can give.
const IS_COMMON: [Code; 13] = [
    Code::MalformedRequest,
    Code::SignInNeeded,
    Code::Forbidden,
    Code::NotFound,
    Code::RequestTimeout,
    Code::RightsChanged,
    Code::PreconditionFailed,
    Code::BodyTooLarge,
    Code::UnsupportedMediaType,
    Code::Invalid,
    Code::PreconditionRequired,
    Code::Internal,
    Code::Unavailable,
];
