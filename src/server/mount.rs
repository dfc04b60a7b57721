//! The rows of the table as the service's resources.

use std::collections::BTreeMap;

use actix_web::{
    Resource,
    http::Method,
    web::{self, ServiceConfig},
};

use super::routes::{Route, table};
use crate::{
    error::{Code, Error},
    http::lagging::MayLag,
};

/// Puts the table into the service: one resource an address, which answers `405` to what it does not do. Addresses
/// that begin alike are together, since a beginning is compared sooner than a pattern is matched. An address with an ending comes
/// before the one that would take the ending for a part of the id.
pub fn configure(service: &mut ServiceConfig) {
    let mut beginnings: BTreeMap<&'static str, BTreeMap<&'static str, Vec<Route>>> = BTreeMap::new();
    for route in table() {
        let (beginning, rest) = route.path.split_at(beginning(route.path));
        beginnings.entry(beginning).or_default().entry(rest).or_default().push(route);
    }
    for (beginning, addresses) in beginnings {
        // All addresses begin like the root, so it is no beginning of others.
        if beginning == ROOT {
            for routes in addresses.values() {
                service.service(resource(ROOT, routes));
            }
            continue;
        }
        let (with_endings, others): (Vec<_>, Vec<_>) =
            addresses.into_iter().partition(|(rest, _)| has_ending(rest));
        let scope = with_endings
            .into_iter()
            .chain(others)
            .fold(web::scope(beginning), |scope, (rest, routes)| scope.service(resource(rest, &routes)));
        service.service(scope);
    }
}

/// Whether an address has an ending after a parameter, as `/{id}.pdf`.
fn has_ending(path: &str) -> bool {
    path.rsplit_once('}').is_some_and(|(_, ending)| !ending.is_empty() && !ending.contains('/'))
}

/// The address without a name.
const ROOT: &str = "/";

/// How long the part is that addresses have in common: `/v1/visits` of `/v1/visits/{id}`.
fn beginning(path: &str) -> usize {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
    let end = |nth: usize| ends.clone().nth(nth).unwrap_or(path.len());
    if path.starts_with("/v1/") { end(1) } else { end(0) }
}

/// The methods by which a row is asked for: HEAD wherever GET is, by the same handler.
fn methods(route: &Route) -> &'static [Method] {
    match route.method {
        Method::GET => &[Method::GET, Method::HEAD],
        Method::PUT => &[Method::PUT],
        Method::POST => &[Method::POST],
        Method::HEAD => &[Method::HEAD],
        Method::PATCH => &[Method::PATCH],
        _ => &[Method::DELETE],
    }
}

fn resource(path: &str, routes: &[Route]) -> Resource {
    let all = || routes.iter().flat_map(|route| methods(route).iter().map(move |method| (route, method)));
    let allow = all().map(|(_, method)| method.as_str()).collect::<Vec<_>>().join(", ");
    let resource = all().fold(web::resource(path), |resource, (route, method)| {
        resource.route((route.handler)().method(method.clone()))
    });
    // All methods of an address belong to one part of the service.
    let resource = match routes.iter().any(|route| route.may_lag) {
        true => resource.app_data(MayLag),
        false => resource,
    };
    let resource = match routes.first() {
        Some(route) => resource.app_data(route.door),
        None => resource,
    };
    resource.default_service(web::to(move || not_that(allow.clone())))
}

async fn not_that(allow: String) -> Result<actix_web::HttpResponse, Error> {
    Err(Error::new(Code::MethodNotAllowed).allowing(allow))
}
