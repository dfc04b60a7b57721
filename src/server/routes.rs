//! THE table: method, address, who may, handler. The service and the contract are both made from it.

use std::collections::BTreeMap;

use actix_web::{
    Resource, Route as ActixRoute,
    http::Method,
    web::{self, ServiceConfig},
};
use utoipa::OpenApi as _;

use self::Needs::{May, Nobody, SignedIn};
use crate::{
    accounts,
    accounts::policy::Permission::{self, *},
    board, checklists,
    error::{Code, Error},
    fieldwork, places, reviews, scores,
    server::{background, docs, health},
    trust, visits,
};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody, signed in or not.
    Nobody,
    /// Anybody who is signed in.
    SignedIn,
    /// Whoever has this permission.
    May(Permission),
}

/// One row of the table.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The address, with its parameters in braces.
    pub path: &'static str,
    /// Who may.
    pub needs: Needs,
    /// The part of the house that answers.
    pub feature: &'static str,
    handler: fn() -> ActixRoute,
}

macro_rules! table {
    ($($verb:ident $path:literal $needs:expr => $feature:ident $(::$part:ident)+;)*) => {
        /// Every route there is.
        pub fn table() -> Vec<Route> {
            vec![$(Route {
                method: verb(stringify!($verb)),
                path: $path,
                needs: $needs,
                feature: stringify!($feature),
                handler: || web::$verb().to($feature $(::$part)+),
            }),*]
        }

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($feature $(::$part)+),*))]
        struct Handlers;
    };
}

table! {
    post   "/v1/sessions"                          Nobody                 => accounts::api::sessions::sign_in;
    post   "/v1/sessions/refresh"                  Nobody                 => accounts::api::sessions::refresh;
    get    "/v1/sessions"                          SignedIn               => accounts::api::sessions::sessions;
    delete "/v1/sessions/{id}"                     SignedIn               => accounts::api::sessions::end_session;
    get    "/v1/me"                                SignedIn               => accounts::api::me;
    get    "/.well-known/jwks.json"                Nobody                 => accounts::api::sessions::jwks;
    get    "/v1/accounts"                          May(ManageAccounts)    => accounts::api::list_accounts;
    get    "/v1/accounts/{id}"                     May(ManageAccounts)    => accounts::api::get_account;
    put    "/v1/accounts/{id}"                     May(ManageAccounts)    => accounts::api::put_account;
    put    "/v1/accounts/{id}/grants/{grant_id}"   May(ManageAccounts)    => accounts::api::put_grant;
    delete "/v1/accounts/{id}/grants/{grant_id}"   May(ManageAccounts)    => accounts::api::delete_grant;

    get    "/v1/brands"                            May(ReadPlaces)        => places::api::list_brands;
    get    "/v1/brands/{id}"                       May(ReadPlaces)        => places::api::get_brand;
    put    "/v1/brands/{id}"                       May(WritePlaces)       => places::api::put_brand;
    post   "/v1/brands/{id}/places/import"         May(WritePlaces)       => places::api::import_places;
    get    "/v1/regions"                           May(ReadPlaces)        => places::api::list_regions;
    get    "/v1/regions/{id}"                      May(ReadPlaces)        => places::api::get_region;
    put    "/v1/regions/{id}"                      May(WritePlaces)       => places::api::put_region;
    get    "/v1/branches"                          May(ReadPlaces)        => places::api::list_branches;
    get    "/v1/branches/{id}"                     May(ReadPlaces)        => places::api::get_branch;
    put    "/v1/branches/{id}"                     May(WritePlaces)       => places::api::put_branch;
    get    "/v1/employees"                         May(ReadEmployees)     => places::employees::api::list_employees;
    get    "/v1/employees/{id}"                    May(ReadEmployees)     => places::employees::api::get_employee;
    put    "/v1/employees/{id}"                    May(WriteEmployees)    => places::employees::api::put_employee;
    post   "/v1/brands/{id}/employees/import"      May(WriteEmployees)    => places::employees::api::import_employees;

    get    "/v1/dimensions"                        May(ReadStandards)     => checklists::standards::api::list_dimensions;
    get    "/v1/dimensions/{id}"                   May(ReadStandards)     => checklists::standards::api::get_dimension;
    put    "/v1/dimensions/{id}"                   May(WriteChecklists)   => checklists::standards::api::put_dimension;
    get    "/v1/standards"                         May(ReadStandards)     => checklists::standards::api::list_standards;
    get    "/v1/standards/{id}"                    May(ReadStandards)     => checklists::standards::api::get_standard;
    put    "/v1/standards/{id}"                    May(WriteChecklists)   => checklists::standards::api::put_standard;
    get    "/v1/standards/{id}/versions"           May(ReadChecklists)    => checklists::standards::api::list_standard_versions;
    get    "/v1/pictures/{id}"                     May(ReadVersions)      => checklists::pictures::api::get_picture;
    put    "/v1/pictures/{id}"                     May(WriteChecklists)   => checklists::pictures::api::put_picture;

    get    "/v1/checklists"                        May(ReadChecklists)    => checklists::api::list_checklists;
    get    "/v1/checklists/{id}"                   May(ReadChecklists)    => checklists::api::get_checklist;
    put    "/v1/checklists/{id}"                   May(WriteChecklists)   => checklists::api::put_checklist;
    get    "/v1/checklists/{id}/draft"             May(ReadChecklists)    => checklists::api::get_draft;
    put    "/v1/checklists/{id}/draft"             May(WriteChecklists)   => checklists::api::put_draft;
    post   "/v1/checklists/{id}/draft/check"       May(ReadChecklists)    => checklists::api::check_draft;
    get    "/v1/checklists/{id}/draft/diff"        May(ReadChecklists)    => checklists::api::diff_draft;
    get    "/v1/checklists/{id}/draft/export"      May(ReadChecklists)    => checklists::api::export_draft;
    post   "/v1/checklists/{id}/draft/import"      May(WriteChecklists)   => checklists::api::import_draft;
    get    "/v1/checklists/{id}/versions"          May(ReadChecklists)    => checklists::api::list_versions;
    post   "/v1/checklists/{id}/versions"          May(WriteChecklists)   => checklists::api::publish;
    get    "/v1/checklist-versions/{id}"           May(ReadVersions)      => checklists::api::get_version;
    get    "/v1/checklist-versions/{id}/diff"      May(ReadChecklists)    => checklists::api::diff_versions;
    get    "/v1/checklist-versions/{id}/export"    May(ReadChecklists)    => checklists::api::export_version;
    post   "/v1/checklist-versions/{id}/trial"     May(ReadChecklists)    => checklists::api::try_version;
    get    "/schemas/checklist.json"               Nobody                 => docs::checklist::checklist_schema;

    get    "/v1/campaigns"                         May(ReadCampaigns)     => fieldwork::campaigns::api::list_campaigns;
    get    "/v1/campaigns/{id}"                    May(ReadCampaigns)     => fieldwork::campaigns::api::get_campaign;
    put    "/v1/campaigns/{id}"                    May(WriteCampaigns)    => fieldwork::campaigns::api::put_campaign;
    post   "/v1/campaigns/{id}/plan"               May(WriteCampaigns)    => fieldwork::campaigns::api::plan_campaign;
    get    "/v1/campaigns/{id}/coverage"           May(ReadCampaigns)     => board::coverage::api::coverage;
    get    "/v1/assignments"                       May(ReadAssignments)   => fieldwork::api::list_assignments;
    get    "/v1/assignments/{id}"                  May(ReadAssignments)   => fieldwork::api::get_assignment;
    get    "/v1/assignments/{id}/history"          May(ReadAssignments)   => fieldwork::api::history::assignment_history;
    put    "/v1/assignments/{id}"                  May(WriteAssignments)  => fieldwork::api::put_assignment;
    post   "/v1/assignments/{id}/offer"            May(WriteAssignments)  => board::api::steps::offer_assignment;
    post   "/v1/assignments/{id}/accept"           May(DoFieldwork)       => board::api::steps::accept_assignment;
    post   "/v1/assignments/{id}/decline"          May(DoFieldwork)       => board::api::steps::decline_assignment;
    post   "/v1/assignments/{id}/cancel"           May(CancelAssignments) => board::api::steps::cancel_assignment;
    get    "/v1/jobs"                              May(DoFieldwork)       => board::api::list_jobs;
    post   "/v1/jobs/{id}/claim"                   May(DoFieldwork)       => board::api::steps::claim_job;
    get    "/v1/me/rating"                         May(DoFieldwork)       => board::api::ratings::my_rating;
    get    "/v1/shoppers/{id}/rating"              May(ReadShoppers)      => board::api::ratings::shopper_rating;
    get    "/v1/qualifications"                    May(ReadQualifications)  => fieldwork::qualifications::api::list_qualifications;
    get    "/v1/qualifications/{id}"               May(ReadQualifications)  => fieldwork::qualifications::api::get_qualification;
    put    "/v1/qualifications/{id}"               May(WriteQualifications) => fieldwork::qualifications::api::put_qualification;
    get    "/v1/qualifications/{id}/test"          May(DoFieldwork)       => fieldwork::qualifications::api::get_qualification_test;
    put    "/v1/qualifications/{id}/attempts/{attempt_id}" May(DoFieldwork) => fieldwork::qualifications::api::put_attempt;
    get    "/v1/certificates"                      May(ReadQualifications)  => fieldwork::qualifications::api::list_certificates;
    get    "/v1/certificates/{id}"                 May(ReadQualifications)  => fieldwork::qualifications::api::get_certificate;
    put    "/v1/certificates/{id}"                 May(WriteQualifications) => fieldwork::qualifications::api::put_certificate;
    get    "/v1/me/qualifications"                 May(DoFieldwork)       => fieldwork::qualifications::api::my_qualifications;
    get    "/v1/shoppers"                          May(ReadShoppers)      => fieldwork::shoppers::api::list_shoppers;
    get    "/v1/shoppers/{id}"                     May(ReadShoppers)      => fieldwork::shoppers::api::get_shopper;
    get    "/v1/me/shopper"                        May(DoFieldwork)       => fieldwork::shoppers::api::my_declaration;
    put    "/v1/me/shopper"                        May(DoFieldwork)       => fieldwork::shoppers::api::declare;
    get    "/v1/me/work"                           May(DoFieldwork)       => visits::api::work::my_work;

    get    "/v1/visits/{id}"                       May(ReadVisits)        => visits::api::get_visit;
    put    "/v1/visits/{id}"                       May(DoFieldwork)       => visits::api::put_visit;
    get    "/v1/visits/{id}/receipt"               May(ReadVisits)        => visits::api::get_receipt;
    get    "/v1/visits/{id}/score"                 May(ReadVisits)        => visits::api::explain_score;
    get    "/v1/visits/{id}/flags"                 May(ReadFlags)         => trust::api::get_flags;
    post   "/v1/uploads"                           May(DoFieldwork)       => visits::api::uploads::create_upload;
    head   "/v1/uploads/{id}"                      May(DoFieldwork)       => visits::api::uploads::upload_status;
    patch  "/v1/uploads/{id}"                      May(DoFieldwork)       => visits::api::uploads::append_upload;
    put    "/v1/uploads/{id}"                      May(DoFieldwork)       => visits::api::uploads::put_upload;
    delete "/v1/uploads/{id}"                      May(DoFieldwork)       => visits::api::uploads::give_up_upload;
    get    "/v1/evidence/{id}"                     May(ReadVisits)        => visits::api::evidence::get_evidence;
    get    "/v1/evidence/{id}/content"             Nobody                 => visits::api::evidence::get_evidence_content;
    get    "/v1/evidence/{id}/thumbnail"           Nobody                 => visits::api::evidence::get_evidence_thumbnail;
    get    "/v1/reviews"                           May(ReviewVisits)      => reviews::api::queue;
    post   "/v1/visits/{id}/review/approve"        May(ReviewVisits)      => reviews::api::approve;
    post   "/v1/visits/{id}/review/reject"         May(ReviewVisits)      => reviews::api::reject;

    get    "/v1/brands/{id}/score"                 May(ReadScores)        => scores::api::brand_score;
    get    "/v1/regions/{id}/score"                May(ReadScores)        => scores::api::region_score;
    get    "/v1/branches/{id}/score"               May(ReadScores)        => scores::api::branch_score;
    get    "/v1/brands/{id}/ranking"               May(ReadScores)        => scores::api::brand_ranking;
    get    "/v1/regions/{id}/ranking"              May(ReadScores)        => scores::api::region_ranking;
    post   "/v1/checklists/{id}/draft/what-if"     May(WriteChecklists)   => scores::api::what_if;

    get    "/v1/background-work"                   May(ManageBackgroundWork) => background::api::background_work;
    post   "/v1/background-work/{id}/repeat"       May(ManageBackgroundWork) => background::api::repeat_task;
    delete "/v1/background-work/{id}"              May(ManageBackgroundWork) => background::api::drop_task;

    get    "/livez"                                Nobody                 => health::livez;
    get    "/readyz"                               Nobody                 => health::readyz;
    get    "/openapi.yaml"                         Nobody                 => docs::openapi_yaml;
    get    "/docs"                                 Nobody                 => docs::page;
    get    "/problems/{code}"                      Nobody                 => docs::problem;
}

fn verb(name: &str) -> Method {
    match name {
        "get" => Method::GET,
        "put" => Method::PUT,
        "post" => Method::POST,
        "head" => Method::HEAD,
        "patch" => Method::PATCH,
        _ => Method::DELETE,
    }
}

/// Puts the table into the service: one resource an address, which answers `405` to what it does not do. Addresses
/// that begin alike are together, since a beginning is compared sooner than a pattern is matched.
pub fn configure(service: &mut ServiceConfig) {
    let mut beginnings: BTreeMap<&'static str, BTreeMap<&'static str, Vec<Route>>> = BTreeMap::new();
    for route in table() {
        let (beginning, rest) = route.path.split_at(beginning(route.path));
        beginnings.entry(beginning).or_default().entry(rest).or_default().push(route);
    }
    for (beginning, addresses) in beginnings {
        let scope = addresses
            .into_iter()
            .fold(web::scope(beginning), |scope, (rest, routes)| scope.service(resource(rest, &routes)));
        service.service(scope);
    }
}

/// How long the part is that addresses have in common: `/v1/visits` of `/v1/visits/{id}`.
fn beginning(path: &str) -> usize {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
    let end = |nth: usize| ends.clone().nth(nth).unwrap_or(path.len());
    if path.starts_with("/v1/") { end(1) } else { end(0) }
}

fn resource(path: &str, routes: &[Route]) -> Resource {
    let allow = routes.iter().map(|route| route.method.as_str()).collect::<Vec<_>>().join(", ");
    let resource = routes.iter().fold(web::resource(path), |resource, route| {
        resource.route((route.handler)().method(route.method.clone()))
    });
    resource.default_service(web::to(move || not_that(allow.clone())))
}

async fn not_that(allow: String) -> Result<actix_web::HttpResponse, Error> {
    Err(Error::new(Code::MethodNotAllowed).allowing(allow))
}

/// The contract as the handlers' own descriptions give it, before `docs` completes it from the table.
pub fn described() -> utoipa::openapi::OpenApi {
    Handlers::openapi()
}
