//! THE table: part of the service, method, address, handler. Who may, what is taken and what is answered stand in the
//! handlers' signatures; `incognito routes` prints the table with them. What only reads figures or a list is marked `may_lag`. The service, the contract and the matrix of
//! permissions are all made from it.

use actix_web::{Route as ActixRoute, http::Method, web};
use utoipa::OpenApi as _;

use crate::{
    accounts,
    accounts::policy::Permission,
    actions, alerts, appeals, board, checklists, digests, estate, exports, fieldwork,
    http::{
        door::{API, Door},
        endpoint::{Access, Endpoint, Signature},
    },
    odata::{self, api::door::ODATA},
    places, recognition, reports, reviews, scores,
    server::{
        audit, background,
        docs::{self, pages::PAGES},
        health,
    },
    trust, visits,
};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Everybody, signed in or not.
    Nobody,
    /// Everybody who is signed in.
    SignedIn,
    /// The roles that have this permission.
    May(Permission),
}

/// One row of the table.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The address, with its parameters in braces.
    pub path: &'static str,
    /// The part of the service that it belongs to.
    pub door: Door,
    /// The room that answers.
    pub feature: &'static str,
    /// Whether it only reads figures or a list, and so may be answered as of a moment ago, from a replica of the database.
    pub may_lag: bool,
    signature: fn() -> Signature,
    pub(super) handler: fn() -> ActixRoute,
}

impl Route {
    /// What the handler's signature says. It is put together for the contract alone, because it has all the shapes that
    /// the handler names: serving needs none of them.
    pub fn signature(&self) -> Signature {
        (self.signature)()
    }

    /// Who may use it: the handler's signature says so.
    pub fn needs(&self) -> Needs {
        match self.signature().access {
            Access::Everybody => Needs::Nobody,
            Access::SignedIn => Needs::SignedIn,
            Access::May(name) => Permission::named(name).map_or(Needs::SignedIn, Needs::May),
        }
    }
}

macro_rules! table {
    ($($door:ident { $($verb:ident $path:literal => $feature:ident $(::$part:ident)+ $(, $may_lag:ident)?;)* })*) => {
        /// Every route there is.
        pub fn table() -> Vec<Route> {
            vec![$($(Route {
                method: verb(stringify!($verb)),
                path: $path,
                door: $door,
                feature: stringify!($feature),
                may_lag: [$(stringify!($may_lag) == "may_lag")?].contains(&true),
                signature: || Endpoint::signature(&$feature $(::$part)+),
                handler: || web::to($feature $(::$part)+),
            }),*),*]
        }

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($feature $(::$part)+),*),*))]
        struct Handlers;
    };
}

table! {
    API {
        post   "/v1/sessions"                                  => accounts::api::sessions::sign_in;
        post   "/v1/sessions/refresh"                          => accounts::api::sessions::refresh;
        get    "/v1/sessions"                                  => accounts::api::sessions::sessions;
        delete "/v1/sessions/{id}"                             => accounts::api::sessions::end_session;
        get    "/v1/me"                                        => accounts::api::me;
        get    "/.well-known/jwks.json"                        => accounts::api::sessions::jwks;
        get    "/v1/accounts"                                  => accounts::api::list_accounts;
        get    "/v1/accounts/{id}"                             => accounts::api::get_account;
        put    "/v1/accounts/{id}"                             => accounts::api::put_account;
        put    "/v1/accounts/{id}/grants/{grant_id}"           => accounts::api::put_grant;
        delete "/v1/accounts/{id}/grants/{grant_id}"           => accounts::api::delete_grant;

        get    "/v1/chart-links"                               => scores::links::api::list_chart_links;
        put    "/v1/chart-links/{id}"                          => scores::links::api::put_chart_link;
        delete "/v1/chart-links/{id}"                          => scores::links::api::revoke_chart_link;
        get    "/v1/charts/{id}"                               => scores::links::api::get_chart;

        get    "/v1/api-keys"                                  => accounts::api_keys::api::list_api_keys;
        get    "/v1/api-keys/{id}"                             => accounts::api_keys::api::get_api_key;
        put    "/v1/api-keys/{id}"                             => accounts::api_keys::api::put_api_key;
        delete "/v1/api-keys/{id}"                             => accounts::api_keys::api::revoke_api_key;

        get    "/v1/brands"                                    => places::api::list_brands;
        get    "/v1/brands/{id}"                               => places::api::get_brand;
        put    "/v1/brands/{id}"                               => places::api::put_brand;
        post   "/v1/brands/{id}/places/import"                 => places::api::import_places;
        get    "/v1/regions"                                   => places::api::list_regions;
        get    "/v1/regions/{id}"                              => places::api::get_region;
        put    "/v1/regions/{id}"                              => places::api::put_region;
        get    "/v1/branches"                                  => places::api::list_branches;
        get    "/v1/branches/{id}"                             => places::api::get_branch;
        put    "/v1/branches/{id}"                             => places::api::put_branch;
        get    "/v1/regions/{id}/history"                      => estate::api::region_history;
        post   "/v1/regions/{id}/move"                         => estate::api::move_region;
        post   "/v1/regions/{id}/take-back-move"               => estate::api::take_back_region_move;
        post   "/v1/regions/{id}/retire"                       => estate::api::retire_region;
        post   "/v1/regions/{id}/restore"                      => estate::api::restore_region;
        get    "/v1/branches/{id}/history"                     => estate::api::branch_history;
        post   "/v1/branches/{id}/move"                        => estate::api::move_branch;
        post   "/v1/branches/{id}/take-back-move"              => estate::api::take_back_branch_move;
        post   "/v1/branches/{id}/retire"                      => estate::api::retire_branch;
        post   "/v1/branches/{id}/restore"                     => estate::api::restore_branch;
        get    "/v1/employees"                                 => places::employees::api::list_employees;
        get    "/v1/employees/{id}"                            => places::employees::api::get_employee;
        put    "/v1/employees/{id}"                            => places::employees::api::put_employee;
        post   "/v1/brands/{id}/employees/import"              => places::employees::api::import_employees;
        get    "/v1/notices"                                   => places::notices::api::list_notices;
        get    "/v1/notices/{id}"                              => places::notices::api::get_notice;
        put    "/v1/notices/{id}"                              => places::notices::api::put_notice;
        get    "/v1/branches/{id}/notices"                     => places::notices::api::get_branch_notices;
        get    "/v1/notice-documents/{id}"                     => places::notices::documents::api::get_notice_document;
        put    "/v1/notice-documents/{id}"                     => places::notices::documents::api::put_notice_document;

        get    "/v1/dimensions"                                => checklists::standards::api::list_dimensions;
        get    "/v1/dimensions/{id}"                           => checklists::standards::api::get_dimension;
        put    "/v1/dimensions/{id}"                           => checklists::standards::api::put_dimension;
        get    "/v1/standards"                                 => checklists::standards::api::list_standards;
        get    "/v1/standards/{id}"                            => checklists::standards::api::get_standard;
        put    "/v1/standards/{id}"                            => checklists::standards::api::put_standard;
        get    "/v1/standards/{id}/versions"                   => checklists::standards::api::list_standard_versions;
        get    "/v1/pictures/{id}"                             => checklists::pictures::api::get_picture;
        put    "/v1/pictures/{id}"                             => checklists::pictures::api::put_picture;

        get    "/v1/checklists"                                => checklists::api::list_checklists;
        get    "/v1/checklists/{id}"                           => checklists::api::get_checklist;
        put    "/v1/checklists/{id}"                           => checklists::api::put_checklist;
        get    "/v1/checklists/{id}/draft"                     => checklists::api::get_draft;
        put    "/v1/checklists/{id}/draft"                     => checklists::api::put_draft;
        post   "/v1/checklists/{id}/draft/check"               => checklists::api::check_draft;
        get    "/v1/checklists/{id}/draft/diff"                => checklists::api::diff_draft;
        get    "/v1/checklists/{id}/draft/export"              => checklists::api::export_draft;
        post   "/v1/checklists/{id}/draft/import"              => checklists::api::import_draft;
        get    "/v1/checklists/{id}/versions"                  => checklists::api::list_versions;
        post   "/v1/checklists/{id}/versions"                  => checklists::api::publish;
        get    "/v1/checklist-versions/{id}"                   => checklists::api::get_version;
        get    "/v1/checklist-versions/{id}/codebook"          => checklists::api::get_codebook;
        get    "/v1/checklist-versions/{id}/diff"              => checklists::api::diff_versions;
        get    "/v1/checklist-versions/{id}/export"            => checklists::api::export_version;
        post   "/v1/checklist-versions/{id}/trial"             => checklists::api::try_version;
        get    "/schemas/checklist.json"                       => docs::checklist::checklist_schema;

        get    "/v1/campaigns"                                 => fieldwork::campaigns::api::list_campaigns;
        get    "/v1/campaigns/{id}"                            => fieldwork::campaigns::api::get_campaign;
        put    "/v1/campaigns/{id}"                            => fieldwork::campaigns::api::put_campaign;
        post   "/v1/campaigns/{id}/plan"                       => fieldwork::campaigns::api::plan_campaign;
        post   "/v1/campaigns/{id}/close"                      => fieldwork::campaigns::api::close_campaign;
        post   "/v1/campaigns/{id}/pause"                      => fieldwork::campaigns::api::pause_campaign;
        post   "/v1/campaigns/{id}/resume"                     => fieldwork::campaigns::api::resume_campaign;
        get    "/v1/campaigns/{id}/coverage"                   => board::coverage::api::coverage, may_lag;
        get    "/v1/assignments"                               => fieldwork::assignments::api::list_assignments;
        get    "/v1/assignments/{id}"                          => fieldwork::assignments::api::get_assignment;
        get    "/v1/assignments/{id}/history"                  => fieldwork::assignments::api::history::assignment_history;
        put    "/v1/assignments/{id}"                          => fieldwork::assignments::api::put_assignment;
        post   "/v1/assignments/{id}/offer"                    => board::api::steps::offer_assignment;
        post   "/v1/assignments/{id}/accept"                   => board::api::steps::accept_assignment;
        post   "/v1/assignments/{id}/decline"                  => board::api::steps::decline_assignment;
        post   "/v1/assignments/{id}/give-up"                  => board::api::steps::give_up_assignment;
        post   "/v1/assignments/move"                          => board::api::steps::move_assignments;
        post   "/v1/assignments/hand-over"                     => board::api::steps::hand_over_assignments;
        post   "/v1/assignments/{id}/cancel"                   => board::api::steps::cancel_assignment;
        get    "/v1/jobs"                                      => board::api::list_jobs;
        post   "/v1/jobs/{id}/claim"                           => board::api::steps::claim_job;
        get    "/v1/me/rating"                                 => board::api::ratings::my_rating;
        get    "/v1/shoppers/{id}/rating"                      => board::api::ratings::shopper_rating;
        get    "/v1/qualifications"                            => fieldwork::qualifications::api::list_qualifications;
        get    "/v1/qualifications/{id}"                       => fieldwork::qualifications::api::get_qualification;
        put    "/v1/qualifications/{id}"                       => fieldwork::qualifications::api::put_qualification;
        get    "/v1/qualifications/{id}/test"                  => fieldwork::qualifications::api::get_qualification_test;
        put    "/v1/qualifications/{id}/attempts/{attempt_id}" => fieldwork::qualifications::api::put_attempt;
        get    "/v1/certificates"                              => fieldwork::qualifications::api::list_certificates;
        get    "/v1/certificates/{id}"                         => fieldwork::qualifications::api::get_certificate;
        put    "/v1/certificates/{id}"                         => fieldwork::qualifications::api::put_certificate;
        get    "/v1/me/qualifications"                         => fieldwork::qualifications::api::my_qualifications;
        get    "/v1/shoppers"                                  => fieldwork::shoppers::api::list_shoppers;
        get    "/v1/shoppers/{id}"                             => fieldwork::shoppers::api::get_shopper;
        put    "/v1/shoppers/{id}/namesakes/{employee_id}"     => fieldwork::shoppers::api::put_namesake;
        get    "/v1/me/shopper"                                => fieldwork::shoppers::api::my_declaration;
        put    "/v1/me/shopper"                                => fieldwork::shoppers::api::declare;
        get    "/v1/me/visits"                                 => visits::api::mine::my_visits;
        get    "/v1/me/work"                                   => visits::api::work::my_work;
        post   "/v1/assignments/{id}/seen"                     => visits::api::work::see_ended;

        get    "/v1/visits"                                    => visits::api::list::list_visits, may_lag;
        get    "/v1/checklists/{id}/answers"                   => visits::api::answers::checklist_answers, may_lag;
        get    "/v1/visits/export"                             => visits::api::export::export_visits, may_lag;
        get    "/v1/visits/photos.zip"                         => visits::api::photos::visits_photos;
        get    "/v1/visits/{id}"                               => visits::api::read::get_visit;
        put    "/v1/visits/{id}"                               => visits::api::put_visit;
        post   "/v1/visits/{id}/send-anew"                     => visits::api::send_visit_anew;
        put    "/v1/visits/{id}/comments/{question}"           => reviews::api::correct_visit_comment;
        get    "/v1/visits/{id}/history"                       => visits::api::history::visit_history;
        get    "/v1/visits/{id}/revisions"                     => visits::api::revisions::visit_revisions;
        put    "/v1/visits/{id}/revisions/{n}"                 => visits::api::revisions::put_revision;
        get    "/v1/visits/{id}/receipt"                       => visits::api::read::get_receipt;
        get    "/v1/visits/{id}/score"                         => visits::api::read::explain_score, may_lag;
        get    "/v1/visits/{id}/flags"                         => trust::api::get_flags;
        post   "/v1/uploads"                                   => visits::api::uploads::create_upload;
        head   "/v1/uploads/{id}"                              => visits::api::uploads::upload_status;
        patch  "/v1/uploads/{id}"                              => visits::api::uploads::append_upload;
        put    "/v1/uploads/{id}"                              => visits::api::uploads::put_upload;
        delete "/v1/uploads/{id}"                              => visits::api::uploads::give_up_upload;
        get    "/v1/evidence/{id}"                             => visits::api::evidence::get_evidence;
        get    "/v1/evidence/{id}/content"                     => visits::api::evidence::get_evidence_content;
        get    "/v1/evidence/{id}/thumbnail"                   => visits::api::evidence::get_evidence_thumbnail;
        get    "/v1/reviews"                                   => reviews::api::queue;
        get    "/v1/reviews/counts"                            => reviews::api::count_queue;
        post   "/v1/reviews/next"                              => reviews::api::next_visit;
        get    "/v1/visits/{id}/notes"                         => reviews::notes::api::list_review_notes;
        put    "/v1/visits/{id}/notes/{note_id}"               => reviews::notes::api::put_review_note;
        put    "/v1/visits/{id}/review/second-opinion"         => reviews::second_opinions::api::give_second_opinion;
        get    "/v1/second-opinions"                           => reviews::second_opinions::api::list_second_opinions;
        get    "/v1/brands/{id}/agreement"                     => reviews::second_opinions::api::reviewers_agreement, may_lag;
        post   "/v1/visits/{id}/review/claim"                  => reviews::api::claim_visit;
        post   "/v1/visits/{id}/review/release-claim"          => reviews::api::release_claim;
        post   "/v1/visits/{id}/review/take-without"           => reviews::api::take_visit_without;
        post   "/v1/visits/{id}/review/approve"                => reviews::api::approve;
        post   "/v1/visits/{id}/review/reject"                 => reviews::api::reject;
        post   "/v1/visits/{id}/review/exclude"                => reviews::api::exclude;
        post   "/v1/visits/{id}/review/return"                 => reviews::api::return_visit;
        post   "/v1/visits/{id}/review/reopen"                 => reviews::api::reopen;
        get    "/v1/return-reasons"                            => reviews::return_reasons::api::list_return_reasons;
        get    "/v1/return-reasons/{id}"                       => reviews::return_reasons::api::get_return_reason;
        put    "/v1/return-reasons/{id}"                       => reviews::return_reasons::api::put_return_reason;
        post   "/v1/visits/{id}/review/propose-withdrawal"     => reports::api::propose_withdrawal;
        post   "/v1/visits/{id}/review/keep-report"            => reports::api::keep_report;
        post   "/v1/visits/{id}/review/withdraw"               => reports::api::withdraw_report;
        get    "/v1/visits/{id}/report-preview"                => reports::api::preview_report;
        post   "/v1/visits/{id}/remarks"                       => reports::api::remark_on_words;
        put    "/v1/visits/{id}/files/{evidence_id}/blur"      => reports::api::put_blur;
        put    "/v1/visits/{id}/files/{evidence_id}/cut"       => reports::api::put_cut;

        put    "/v1/reports/{id}/appeals/{appeal_id}"          => appeals::api::file_appeal;
        get    "/v1/appeals"                                   => appeals::api::list_appeals;
        get    "/v1/appeals/counts"                            => appeals::api::count_appeals;
        get    "/v1/appeals/{id}"                              => appeals::api::get_appeal;
        post   "/v1/appeals/{id}/take-back"                    => appeals::api::take_back_appeal;
        get    "/v1/appeals/{id}/messages"                     => appeals::api::list_appeal_messages;
        put    "/v1/appeals/{id}/messages/{message_id}"        => appeals::api::put_appeal_message;
        put    "/v1/appeals/{id}/files/{file_id}"              => appeals::api::put_appeal_file;
        get    "/v1/appeal-files/{id}"                         => appeals::api::get_appeal_file;
        put    "/v1/appeals/{id}/inquiries/{inquiry_id}"       => appeals::api::put_inquiry;
        post   "/v1/appeals/{id}/uphold"                       => appeals::api::uphold_appeal;
        post   "/v1/appeals/{id}/decline"                      => appeals::api::decline_appeal;
        get    "/v1/reviews/appeals"                           => appeals::api::list_appeals_to_review;
        get    "/v1/reviews/appeals/counts"                    => appeals::api::count_appeals_to_review;
        get    "/v1/reviews/appeals/{id}"                      => appeals::api::get_appeal_to_review;
        get    "/v1/reviews/appeals/{id}/messages"             => appeals::api::list_signed_appeal_messages;
        put    "/v1/reviews/appeals/{id}/messages/{message_id}" => appeals::api::put_signed_appeal_message;
        get    "/v1/brands/{id}/appeal-outcomes"               => appeals::api::list_appeal_outcomes, may_lag;
        get    "/v1/me/inquiries"                              => appeals::api::my_inquiries;
        put    "/v1/me/inquiries/{id}/answer"                  => appeals::api::answer_inquiry;
        get    "/v1/reports"                                   => reports::api::list_reports, may_lag;
        get    "/v1/reports/{id}"                              => reports::api::get_report;
        get    "/v1/reports/{id}.pdf"                          => appeals::api::print_report;
        get    "/v1/reports/{id}/comments"                     => reports::api::list_report_comments;
        put    "/v1/reports/{id}/comments/{comment_id}"        => reports::api::put_report_comment;
        get    "/v1/report-files/{id}"                         => reports::api::get_report_file;

        get    "/v1/scores"                                    => scores::api::scores, may_lag;
        get    "/v1/brands/{id}/score"                         => scores::api::brand_score, may_lag;
        get    "/v1/regions/{id}/score"                        => scores::api::region_score, may_lag;
        get    "/v1/branches/{id}/score"                       => scores::api::branch_score, may_lag;
        get    "/v1/branches/{id}/summary.pdf"                 => scores::api::branch_summary, may_lag;
        get    "/v1/brands/{id}/summaries.zip"                 => scores::api::brand_summaries, may_lag;
        get    "/v1/regions/{id}/summaries.zip"                => scores::api::region_summaries, may_lag;
        get    "/v1/brands/{id}/ranking"                       => scores::api::brand_ranking, may_lag;
        get    "/v1/regions/{id}/ranking"                      => scores::api::region_ranking, may_lag;
        get    "/v1/brands/{id}/trend"                         => scores::api::brand_trend, may_lag;
        get    "/v1/regions/{id}/trend"                        => scores::api::region_trend, may_lag;
        get    "/v1/branches/{id}/trend"                       => scores::api::branch_trend, may_lag;
        get    "/v1/brands/{id}/breakdown"                     => scores::api::brand_breakdown, may_lag;
        get    "/v1/regions/{id}/breakdown"                    => scores::api::region_breakdown, may_lag;
        get    "/v1/branches/{id}/breakdown"                   => scores::api::branch_breakdown, may_lag;
        get    "/v1/brands/{id}/drivers"                       => scores::api::brand_drivers, may_lag;
        get    "/v1/regions/{id}/drivers"                      => scores::api::region_drivers, may_lag;
        get    "/v1/branches/{id}/drivers"                     => scores::api::branch_drivers, may_lag;
        get    "/v1/brands/{id}/answers"                       => scores::api::brand_answers, may_lag;
        get    "/v1/regions/{id}/answers"                      => scores::api::region_answers, may_lag;
        get    "/v1/branches/{id}/answers"                     => scores::api::branch_answers, may_lag;
        get    "/v1/brands/{id}/answers/quotes"                => scores::api::brand_quotes, may_lag;
        get    "/v1/regions/{id}/answers/quotes"               => scores::api::region_quotes, may_lag;
        get    "/v1/branches/{id}/answers/quotes"              => scores::api::branch_quotes, may_lag;
        get    "/v1/brands/{id}/movers"                        => scores::api::brand_movers, may_lag;
        get    "/v1/regions/{id}/movers"                       => scores::api::region_movers, may_lag;
        get    "/v1/brands/{id}/heatmap"                       => scores::api::brand_heatmap, may_lag;
        get    "/v1/regions/{id}/heatmap"                      => scores::api::region_heatmap, may_lag;
        get    "/v1/brands/{id}/comparison"                    => scores::api::brand_comparison, may_lag;
        get    "/v1/regions/{id}/comparison"                   => scores::api::region_comparison, may_lag;
        get    "/v1/branches/{id}/comparison"                  => scores::api::branch_comparison, may_lag;
        get    "/v1/brands/{id}/distribution"                  => scores::api::brand_distribution, may_lag;
        get    "/v1/regions/{id}/distribution"                 => scores::api::region_distribution, may_lag;
        get    "/v1/branches/{id}/distribution"                => scores::api::branch_distribution, may_lag;
        get    "/v1/brands/{id}/leniency"                      => scores::api::brand_leniency, may_lag;
        post   "/v1/checklists/{id}/draft/what-if"             => scores::api::what_if;
        get    "/v1/exports"                                   => exports::api::list_exports;
        post   "/v1/exports"                                   => exports::api::begin_export;
        get    "/v1/exports/{id}"                              => exports::api::get_export;
        delete "/v1/exports/{id}"                              => exports::api::delete_export;
        get    "/v1/exports/{id}/file"                         => exports::api::get_export_file;
        get    "/v1/exports/{id}/link"                         => exports::api::get_export_link;
        get    "/v1/exports/{id}/download"                     => exports::api::download_export;

        get    "/v1/targets"                                   => scores::targets::api::list_targets;
        get    "/v1/targets/{id}"                              => scores::targets::api::get_target;
        put    "/v1/targets/{id}"                              => scores::targets::api::put_target;
        delete "/v1/targets/{id}"                              => scores::targets::api::delete_target;
        get    "/v1/alert-rules"                               => alerts::rules::api::list_alert_rules;
        get    "/v1/alert-rules/{id}"                          => alerts::rules::api::get_alert_rule;
        put    "/v1/alert-rules/{id}"                          => alerts::rules::api::put_alert_rule;
        delete "/v1/alert-rules/{id}"                          => alerts::rules::api::delete_alert_rule;
        get    "/v1/alerts"                                    => alerts::api::list_alerts, may_lag;
        get    "/v1/alerts/{id}"                               => alerts::api::get_alert;
        post   "/v1/alerts/{id}/acknowledge"                   => alerts::api::acknowledge_alert;
        get    "/v1/digests"                                   => digests::api::list_digests;
        get    "/v1/digests/{id}"                              => digests::api::get_digest;
        put    "/v1/digests/{id}"                              => digests::api::put_digest;
        delete "/v1/digests/{id}"                              => digests::api::delete_digest;
        get    "/v1/digests/{id}/issues"                       => digests::api::list_digest_issues, may_lag;
        get    "/v1/brands/{id}/recognition"                   => recognition::api::brand_recognition, may_lag;
        get    "/v1/regions/{id}/recognition"                  => recognition::api::region_recognition, may_lag;

        get    "/v1/audit"                                     => audit::list_audit;
        get    "/v1/background-work"                           => background::api::background_work;
        post   "/v1/background-work/{id}/repeat"               => background::api::repeat_task;
        delete "/v1/background-work/{id}"                      => background::api::drop_task;

        get    "/v1/branches/{id}/action-proposals"            => actions::api::list_action_proposals;
        get    "/v1/actions"                                   => actions::api::list_actions, may_lag;
        get    "/v1/actions/{id}"                              => actions::api::get_action;
        put    "/v1/actions/{id}"                              => actions::api::put_action;
        get    "/v1/actions/{id}/effect"                       => actions::api::action_effect, may_lag;
        get    "/v1/actions/{id}/comments"                     => actions::api::list_action_comments;
        put    "/v1/actions/{id}/comments/{comment_id}"        => actions::api::put_action_comment;

        get    "/livez"                                        => health::livez;
        get    "/readyz"                                       => health::readyz;
        get    "/openapi.yaml"                                 => docs::openapi_yaml;
    }

    ODATA {
        get    "/odata"                                        => odata::api::service;
        get    "/odata/"                                       => odata::api::root;
        get    "/odata/$metadata"                              => odata::api::metadata;
        get    "/odata/Brands"                                 => odata::api::brands, may_lag;
        get    "/odata/Regions"                                => odata::api::regions, may_lag;
        get    "/odata/Branches"                               => odata::api::branches, may_lag;
        get    "/odata/Visits"                                 => odata::api::visits, may_lag;
        get    "/odata/Reports"                                => odata::api::reports, may_lag;
        get    "/odata/Scores"                                 => odata::api::scores, may_lag;
        get    "/odata/Subjects"                               => odata::api::subjects, may_lag;
        get    "/odata/{resource}"                             => odata::api::others;
    }

    PAGES {
        get    "/"                                             => docs::pages::root;
        get    "/docs"                                         => docs::swagger::redirect;
        get    "/docs/"                                        => docs::swagger::page;
        get    "/docs/{file}"                                  => docs::swagger::file;
        get    "/guide"                                        => docs::pages::guide;
        get    "/guide/{purpose}"                              => docs::pages::guide_for;
        get    "/problems/{code}"                              => docs::pages::problem;
    }
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

/// The contract as the handlers' own descriptions give it, before `docs` completes it from the table.
pub fn described() -> utoipa::openapi::OpenApi {
    Handlers::openapi()
}
