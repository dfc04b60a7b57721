//! The tables whose rows are sealed row by row: what is read of each of them. Each has its statements from one of three
//! patterns ([`patterns`](super::patterns)), or from a file of its own.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use serde_json::Value;

use super::{
    super::{
        model::{Key, Kind, OF_NO_BRAND},
        records::Row,
    },
    grants, looks,
    patterns::{fixed, parts, revised},
    table::{Mark, Marks, Place, Table},
    ties,
};
use crate::{
    accounts, checklists,
    db::{
        Conn,
        schema::{
            account, action, action_comment, alert, alert_rule, api_key, appeal, appeal_file, appeal_message,
            assignment, assignment_step, audit, branch, brand, brand_statistics, campaign, certificate,
            chart_link, checklist, checklist_version, digest, digest_issue, dimension, employee, event,
            inquiry, leniency, notice, notice_document, picture, place_step, qualification,
            qualification_attempt, region, report, report_comment, report_file, return_reason, review_note,
            second_opinion, shopper, standard, standard_version, target, visit, visit_comment_correction,
            visit_step,
        },
        types::{Id, Instant, Json, Sha256},
    },
    error::Result,
    fieldwork,
    ids::BrandId,
    outbox, places, reports, reviews, scores, visits,
};

fn key(kind: Kind, id: Id<()>, number: impl TryInto<i32>) -> Key {
    Key { kind, id: id.uuid(), number: number.try_into().unwrap_or(i32::MAX) }
}

/// In place of a column where rows belong to no brand.
fn no_brand() -> diesel::expression::SqlLiteral<diesel::sql_types::Nullable<crate::db::types::SqlId>> {
    sql("NULL")
}

/// A value that is a text in the database, whichever type it has elsewhere.
type Word = String;

/// All of them; what stands together is sealed together.
pub(in crate::ledger) fn tables() -> Vec<Table> {
    let mut all = vec![
        revised!(Brand, brand by id, counted in revision: i64, of brand::id.nullable(),
            stated (name: String, language: String, minimum_visits: i32, fallback_languages: Json<Value>, created_at: Instant,
                branch_defaults: Json<Value>, recognition: Json<Value>),
            and later more (maximum_margin: Option<i32>),
            marked by places::store::set_brands_sealed),
        revised!(Region, region by id, counted in revision: i64, of region::brand_id.nullable(),
            stated (parent_id: Option<Id<()>>, name: String, created_at: Instant, branch_defaults: Json<Value>),
            and later more (retired_at: Option<Instant>, retired_with: Option<Id<()>>, moves_from: Option<i32>, moves_to: Option<Id<()>>),
            marked by places::store::set_regions_sealed),
        revised!(Branch, branch by id, counted in revision: i64, of branch::brand_id.nullable(),
            stated (region_id: Option<Id<()>>, code: String, name: String, address: String, latitude: Option<f64>,
                longitude: Option<f64>, time_zone: String, languages: Json<Value>, created_at: Instant),
            and later more (retired_at: Option<Instant>, retired_with: Option<Id<()>>, moves_from: Option<i32>, moves_to: Option<Id<()>>),
            marked by places::store::set_branches_sealed),
        revised!(Employee, employee by id, counted in revision: i64, of employee::brand_id.nullable(),
            stated (branch_id: Id<()>, active: bool, account_id: Option<Id<()>>, created_at: Instant),
            personal salt (code: String, name: String, email: Option<String>, email_key: Option<String>, name_key: String),
            marked by places::employees::store::set_employees_sealed),
        revised!(Account, account by id, counted in revision: i64, of no_brand(),
            stated (language: String, disabled: bool, epoch: i64, grants_version: i64, created_at: Instant),
            personal salt (email: String, name: String),
            marked by accounts::store::set_accounts_sealed),
        revised!(ApiKey, api_key by id, counted in revision: i64, of api_key::brand_id,
            stated (account_id: Id<()>, role: Word, region_id: Option<Id<()>>, branch_id: Option<Id<()>>, hash: Sha256,
                expires_at: Instant, revoked_at: Option<Instant>, created_at: Instant),
            personal salt (name: String),
            marked by accounts::api_keys::store::set_api_keys_sealed),
        revised!(ChartLink, chart_link by id, counted in revision: i64, of chart_link::brand_id.nullable(),
            stated (account_id: Id<()>, epoch: i64, place_kind: Word, place_id: Id<()>, figure: Word, query: String,
                language: String, expires_at: Instant, revoked_at: Option<Instant>, created_at: Instant),
            marked by scores::links::store::set_chart_links_sealed),
        revised!(Shopper, shopper by account_id, counted in revision: i64, of no_brand(),
            stated (created_at: Instant), personal salt (profile: Json<Value>),
            marked by fieldwork::shoppers::store::set_shoppers_sealed),
        revised!(Campaign, campaign by id, counted in revision: i64, of campaign::brand_id.nullable(),
            stated (version_id: Id<()>, name: String, terms: Json<Value>, state: Word, created_at: Instant),
            marked by fieldwork::campaigns::store::set_campaigns_sealed),
        revised!(Assignment, assignment by id, counted in revision: i64, of assignment::brand_id.nullable(),
            stated (branch_id: Id<()>, version_id: Id<()>, opens_at: Instant, closes_at: Instant,
                shopper_id: Option<Id<()>>, campaign_id: Option<Id<()>>, number: Option<i32>, attempt: i32, state: Word,
                answer_by: Option<Instant>, submit_by: Option<Instant>, pay: Option<Json<Value>>, created_at: Instant),
            marked by fieldwork::assignments::store::set_sealed),
        revised!(Qualification, qualification by id, counted in revision: i64, of qualification::brand_id.nullable(),
            stated (name: String, version_id: Option<Id<()>>, pass_mark: Option<i32>, valid_days: Option<i32>,
                most_attempts: i32, created_at: Instant),
            marked by fieldwork::qualifications::store::set_qualifications_sealed),
        revised!(Certificate, certificate by id, counted in revision: i64, of no_brand(),
            stated (qualification_id: Id<()>, shopper_id: Id<()>, source: Word, granted_by: Option<Id<()>>,
                valid_from: Instant, expires_at: Option<Instant>, revoked_at: Option<Instant>, created_at: Instant),
            personal salt (note: Option<String>),
            marked by fieldwork::qualifications::store::certificates::set_certificates_sealed),
        revised!(Checklist, checklist by id, counted in revision: i64, of checklist::brand_id.nullable(),
            stated (name: String, created_at: Instant), marked by checklists::store::set_checklists_sealed),
        revised!(Dimension, dimension by id, counted in revision: i64, of dimension::brand_id.nullable(),
            stated (key: String, name: Json<Value>, side: Word, servqual: Word, track: Word, created_at: Instant),
            marked by checklists::standards::store::set_dimensions_sealed),
        revised!(Standard, standard by id, counted in version: i32, of standard::brand_id.nullable(),
            stated (key: String, dimension_id: Id<()>, text: Json<Value>, retired: bool, created_at: Instant),
            marked by checklists::standards::store::set_standards_sealed),
        revised!(ReturnReason, return_reason by id, counted in revision: i64, of no_brand(),
            stated (texts: Json<Value>, retired: bool, created_at: Instant),
            marked by reviews::return_reasons::store::set_return_reasons_sealed),
        revised!(Action, action by id, counted in revision: i64, of action::brand_id.nullable(),
            stated (branch_id: Id<()>, standard_id: Option<Id<()>>, owner_account_id: Option<Id<()>>,
                owner_employee_id: Option<Id<()>>, due_on: Word, state: Word, done_by: Option<Id<()>>,
                created_by: Id<()>, created_at: Instant),
            personal salt (title: String, proof: Option<String>),
            marked by crate::actions::store::set_actions_sealed),
        revised!(Appeal, appeal by id, counted in revision: i64, of appeal::brand_id.nullable(),
            stated (report_id: Id<()>, visit_id: Id<()>, branch_id: Id<()>, account_id: Id<()>, state: Word, waits_for: Word,
                answer_by: Instant, approved_by: Option<Id<()>>, decided_by: Option<Id<()>>, decided_at: Option<Instant>,
                corrected: Option<Json<Value>>, shown_from: Option<Instant>, created_at: Instant),
            and later more (taken_back_by: Option<Id<()>>, taken_back_at: Option<Instant>),
            personal salt (objections: Json<Value>, reason: Option<String>),
            marked by crate::appeals::store::set_appeals_sealed),
        fixed!(AppealMessage, appeal_message by id, since created_at, of no_brand(),
            stated (appeal_id: Id<()>, account_id: Id<()>, side: Word, created_at: Instant), personal salt (text: Option<String>),
            marked by crate::appeals::store::set_messages_sealed),
        fixed!(AppealFile, appeal_file by id, since created_at, of no_brand(),
            stated (appeal_id: Id<()>, account_id: Id<()>, media_type: Word, sha256: Sha256, created_at: Instant),
            marked by crate::appeals::store::set_files_sealed),
        revised!(Inquiry, inquiry by id, counted in revision: i64, of no_brand(),
            stated (appeal_id: Id<()>, visit_id: Id<()>, shopper_id: Id<()>, account_id: Id<()>, questions: Json<Value>,
                answer_by: Instant, answered_at: Option<Instant>, created_at: Instant),
            personal salt (text: Option<String>, answer: Option<String>),
            marked by crate::appeals::store::set_inquiries_sealed),
        fixed!(ActionComment, action_comment by id, since made_at, of no_brand(),
            stated (action_id: Id<()>, account_id: Id<()>, made_at: Instant), personal salt (text: Option<String>),
            marked by crate::actions::store::set_comments_sealed),
        revised!(Note, review_note by id, counted in revision: i64, of review_note::brand_id.nullable(),
            stated (visit_id: Id<()>, author_id: Id<()>, created_at: Instant, changed_at: Instant),
            personal salt (text: String), marked by reviews::notes::store::set_notes_sealed),
        revised!(Opinion, second_opinion by visit_id, counted in revision: i64, of second_opinion::brand_id.nullable(),
            stated (first_state: Word, first_reviewer_id: Option<Id<()>>, reviewer_id: Option<Id<()>>, state: Option<Word>,
                given_at: Option<Instant>, created_at: Instant),
            personal salt (reason: Option<String>), marked by reviews::second_opinions::store::set_opinions_sealed),
        fixed!(Version, checklist_version by id, since published_at, of checklist_version::brand_id.nullable(),
            stated (checklist_id: Id<()>, number: i32, content_hash: Sha256, bindings: Json<Value>, published_by: Id<()>,
                published_at: Instant),
            marked by checklists::store::set_versions_sealed),
        fixed!(Event, event by id, since at, of event::brand_id,
            stated (kind: String, subject: String, account_id: Option<Id<()>>, at: Instant, payload: Json<Value>),
            marked by outbox::store::set_sealed),
        fixed!(Audit, audit by id, since at, of audit::brand_id,
            stated (kind: Word, about: Word, subject_id: Option<Id<()>>, account_id: Option<Id<()>>, at: Instant,
                details: Json<Value>),
            marked by crate::audit::store::set_sealed),
        fixed!(Picture, picture by id, since created_at, of picture::brand_id.nullable(),
            stated (media_type: Word, sha256: Sha256, created_at: Instant),
            marked by checklists::pictures::store::set_sealed),
        fixed!(Notice, notice by id, since created_at, of notice::brand_id.nullable(),
            stated (follows_id: Option<Id<()>>, content: Json<Value>, created_by: Id<()>, created_at: Instant),
            marked by places::notices::store::set_sealed),
        fixed!(PlaceStep, place_step by id, since taken_at, of place_step::brand_id.nullable(),
            stated (place_kind: Word, place_id: Id<()>, number: i32, step: Word, from_month: Option<i32>, from_region: Option<Id<()>>,
                to_region: Option<Id<()>>, retired_at: Option<Instant>, with_region: Option<Id<()>>, account_id: Id<()>,
                taken_at: Instant),
            personal salt (reason: String), marked by places::steps::store::set_steps_sealed),
        fixed!(Lent, brand_statistics by id, since made_at, of brand_statistics::brand_id.nullable(),
            stated (number: i64, terms: Json<Value>, made_at: Instant), and later more (counts: Option<Json<Value>>),
            marked by scores::store::lent::set_sealed),
        fixed!(Leniency, leniency by id, since made_at, of leniency::brand_id.nullable(),
            stated (number: i64, found: Json<Value>, made_at: Instant), marked by scores::store::leniency::set_sealed),
        fixed!(Target, target by id, since changed_at, of target::brand_id.nullable(),
            stated (target_id: Id<()>, revision: i64, place_kind: Word, place_id: Id<()>, subject: String, from_month: i32,
                to_month: Option<i32>, score: i32, is_deleted: bool, changed_by: Id<()>, created_at: Instant,
                changed_at: Instant),
            marked by scores::targets::store::set_sealed),
        fixed!(AlertRule, alert_rule by id, since changed_at, of alert_rule::brand_id.nullable(),
            stated (rule_id: Id<()>, revision: i64, place_kind: Word, place_id: Id<()>, reader: Word, content: Json<Value>,
                is_deleted: bool, changed_by: Id<()>, created_at: Instant, changed_at: Instant),
            marked by crate::alerts::rules::store::set_sealed),
        fixed!(Digest, digest by id, since changed_at, of digest::brand_id.nullable(),
            stated (digest_id: Id<()>, revision: i64, place_kind: Word, place_id: Id<()>, account_id: Id<()>, content: Json<Value>,
                is_deleted: bool, changed_by: Id<()>, created_at: Instant, changed_at: Instant),
            marked by crate::digests::store::set_sealed),
        fixed!(DigestIssue, digest_issue by id, since issued_at, of digest_issue::brand_id.nullable(),
            stated (digest_id: Id<()>, account_id: Id<()>, reader: Option<Word>, due_at: Instant, issued_at: Instant,
                content: Option<Json<Value>>),
            marked by crate::digests::store::set_issues_sealed),
        fixed!(Alert, alert by id, since changed_at, of alert::brand_id.nullable(),
            stated (alert_id: Id<()>, revision: i64, rule_id: Id<()>, rule_revision: i64, place_kind: Word, place_id: Id<()>,
                reader: Word, from_month: i32, to_month: i32, found: Json<Value>, raised_at: Instant,
                closed_at: Option<Instant>, closed_because: Option<Word>, acknowledged_at: Option<Instant>,
                acknowledged_by: Option<Id<()>>, changed_at: Instant),
            marked by crate::alerts::store::set_sealed),
        fixed!(Document, notice_document by id, since created_at, of notice_document::brand_id.nullable(),
            stated (sha256: Sha256, created_at: Instant), marked by places::notices::documents::store::set_sealed),
        fixed!(Report, report by id, since created_at, of report::brand_id.nullable(),
            stated (visit_id: Id<()>, region_id: Option<Id<()>>, branch_id: Id<()>, campaign_id: Option<Id<()>>, month: i32,
                first_day: String, last_day: String, released_on: String, shows: Json<Value>, created_at: Instant),
            marked by reports::store::set_reports_sealed),
        fixed!(ReportFile, report_file by id, since created_at, of report_file::brand_id.nullable(),
            stated (report_id: Id<()>, evidence_id: Id<()>, question: String, sha256: Sha256, size: i64, created_at: Instant),
            and later more (media_type: Option<Word>),
            marked by reports::store::set_files_sealed),
        fixed!(ReportComment, report_comment by id, since created_at, of report_comment::brand_id.nullable(),
            stated (report_id: Id<()>, account_id: Id<()>, created_at: Instant), personal salt (text: String),
            marked by reports::store::set_comments_sealed),
        fixed!(Attempt, qualification_attempt by id, since taken_at, of no_brand(),
            stated (qualification_id: Id<()>, shopper_id: Id<()>, version_id: Id<()>, score: Option<i32>, passed: bool,
                certificate_id: Option<Id<()>>, taken_at: Instant),
            personal salt (answers: Json<Value>),
            marked by fieldwork::qualifications::store::attempts::set_attempts_sealed),
        parts!(Step, visit_step by visit_id and number in visit, since taken_at,
            stated (from_state: Word, to_state: Word, account_id: Option<Id<()>>, taken_at: Instant),
            and later more (step: Option<Word>, details: Option<Json<Value>>), personal salt (reason: String),
            marked by visits::store::steps::set_steps_sealed),
        parts!(Correction, visit_comment_correction by visit_id and number in visit, since corrected_at,
            stated (question: Word, account_id: Id<()>, corrected_at: Instant), personal salt (words: Json<Value>),
            marked by visits::store::comments::set_comments_sealed),
        parts!(AssignmentStep, assignment_step by assignment_id and number in assignment, since taken_at,
            stated (from_state: Word, to_state: Word, shopper_id: Option<Id<()>>, account_id: Option<Id<()>>, taken_at: Instant),
            personal salt (reason: String), marked by fieldwork::assignments::store::set_steps_sealed),
        parts!(StandardVersion, standard_version by standard_id and version in standard, since made_at,
            stated (dimension_id: Id<()>, text: Json<Value>, retired: bool, made_by: Id<()>, made_at: Instant),
            marked by checklists::standards::store::set_standard_versions_sealed),
    ];
    all.extend(grants::tables());
    all.extend(ties::tables());
    all.push(looks::table());
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_is_read_in_one_place() {
        let elsewhere = [Kind::Arrival, Kind::Completion, Kind::Copy, Kind::Key, Kind::Replacement];
        let kinds: Vec<_> = tables().iter().map(|table| table.kind).chain(elsewhere).collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
        assert_eq!(kinds.into_iter().collect::<BTreeSet<_>>(), Kind::ALL.iter().copied().collect());
    }
}
