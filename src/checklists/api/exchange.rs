//! The addresses by which checklists come and go.

use actix_web::{
    HttpMessage, HttpRequest,
    web::{Data, Path, Payload, block},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::drafts::DraftView;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadChecklists, WriteChecklists},
    app::App,
    checklists::{
        cache::Versions,
        drafts::Draft,
        exchange::{
            Leave, LeftOut, Note, Remarks,
            document::{self, ChecklistDocument},
            export,
            import::{Import, Imported, import},
            xlsform,
        },
        records::hash,
    },
    db::types::Sha256,
    error::{Code, Error, Result},
    http::{
        answer::{File, FreshFile, Tagged},
        bytes::{are_unnamed, bytes},
        dear::{Dear, DearLimits},
        etag::{ETag, IfMatch, IfNoneMatch, Keep},
        input::{JSON, Params, parse_json, read_body, refuse_depth},
    },
    ids::{ChecklistId, VersionId},
    media_types,
};

/// The bytes of a workbook (.xlsx, .xlsm or .xls).
pub struct Workbook;

bytes!(Workbook, "The bytes of an XLSForm (.xlsx; .xlsm and .xls are read as well)", xlsform::LARGEST);

/// In which form a checklist goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChecklistFormat {
    /// One JSON document with all that it refers to.
    #[default]
    Json,
    /// XLSForm.
    Xlsx,
}

/// How to export.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// The form; without it, JSON.
    #[param(inline)]
    format: Option<ChecklistFormat>,
}

/// The draft of a checklist as a file. A form of XLSForm holds no bytes of pictures and no texts of standards.
#[utoipa::path(get, path = "/v1/checklists/{id}/draft/export", responses(
    (status = 200, description = "The file.", content((ChecklistDocument = "application/json"), (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    (status = 409, description = "`wrong_state`: no XLSForm can hold the draft."),
    (status = 429, description = "`too_many_requests`: the account asks for too much at once."),
))]
pub async fn export_draft(
    app: Data<App>,
    dear: Data<DearLimits>,
    caller: Allowed<ReadChecklists>,
    had: IfNoneMatch,
    id: Path<ChecklistId>,
    Params(ExportParams { format }): Params<ExportParams>,
) -> Result<FreshFile> {
    dear.count(Dear::Export, caller.account())?;
    let id = id.into_inner();
    let document = app.db.snapshot(move |conn| export::export_draft(conn, &caller.scope, id)).await?;
    let file = file(document, format.unwrap_or_default(), format!("checklist-{id}-draft")).await?;
    Ok(FreshFile { had, tag: ETag::of(Sha256::of(&file.bytes)), keep: Keep::Ask, file })
}

/// A published version as a file, with the standards as the brand has them now.
#[utoipa::path(get, path = "/v1/checklist-versions/{id}/export", responses(
    (status = 200, description = "The file.", content((ChecklistDocument = "application/json"), (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    (status = 409, description = "`wrong_state`: no XLSForm can hold the version."),
    (status = 429, description = "`too_many_requests`: the account asks for too much at once."),
))]
pub async fn export_version(
    app: Data<App>,
    dear: Data<DearLimits>,
    versions: Data<Versions>,
    caller: Allowed<ReadChecklists>,
    had: IfNoneMatch,
    id: Path<VersionId>,
    Params(ExportParams { format }): Params<ExportParams>,
) -> Result<FreshFile> {
    dear.count(Dear::Export, caller.account())?;
    let version = versions.get(&app.db, id.into_inner()).await?;
    let (checklist, content) = (version.checklist_id, version.prepared.content().clone());
    let export = move |conn: &mut _| export::export_content(conn, &caller.scope, checklist, content.clone());
    let document = app.db.snapshot(export).await?;
    let name = format!("checklist-{checklist}-{}", version.number);
    let file = file(document, format.unwrap_or_default(), name).await?;
    Ok(FreshFile { had, tag: ETag::of(Sha256::of(&file.bytes)), keep: Keep::Ask, file })
}

/// Writing a large workbook takes a while: not on a thread that others wait for.
async fn file(document: ChecklistDocument, format: ChecklistFormat, name: String) -> Result<File> {
    let (media_type, ending) = match format {
        ChecklistFormat::Json => (JSON, "json"),
        ChecklistFormat::Xlsx => (xlsform::MEDIA_TYPE, "xlsx"),
    };
    let write = move || match format {
        ChecklistFormat::Json => document.written(),
        ChecklistFormat::Xlsx => xlsform::write(&document.content, Some(&document.name)),
    };
    let bytes = block(write).await.map_err(Error::internal)??;
    Ok(File { media_type, name: format!("{name}.{ending}"), bytes })
}

/// How to import.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// Whether dimensions and standards of a JSON document that the brand lacks are added to it; without it, they are
    /// refused.
    add_standards: Option<bool>,
    /// Whether what a checklist cannot say is left out of an XLSForm, with a list of it; without it, the form is refused.
    leave_out: Option<bool>,
}

/// The imported draft, with notes.
#[derive(Serialize, ToSchema)]
pub struct ImportedDraft {
    #[serde(flatten)]
    draft: DraftView,
    /// How the file was understood, and what is kept in another place.
    #[schema(max_items = 21000)]
    notes: Vec<Note>,
    /// Every cell of an XLSForm that was left out because a checklist cannot say it, each with its reason.
    #[schema(max_items = 20000)]
    left_out: Vec<LeftOut>,
}

/// Make or change the draft of a checklist from a file: a JSON document as it is exported (at most 8 MiB), or an
/// XLSForm (.xlsx, .xlsm or .xls, at most 4 MiB).
///
/// What cannot be carried is refused, all mistakes at once; in an XLSForm the pointers are cells such as `survey!C7`. With
/// `leave_out=true` such cells are left out, and `left_out` lists every one of them: of a rule, a limit, a default or a
/// row nothing is lost unsaid.
/// `If-Match` is that of `PUT …/draft`. The name in the file is not taken: `PUT /v1/checklists/{id}` changes it.
#[utoipa::path(post, path = "/v1/checklists/{id}/draft/import", 
    request_body(content((ChecklistDocument = "application/json"), (Workbook = "application/octet-stream")), description = "The file."),
    responses(
        (status = 409, description = "`conflict`: its pictures cannot be kept under any id."),
    (status = 429, description = "`too_many_requests`: the account asks for too much at once."),
),
)]
pub async fn import_draft(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<WriteChecklists>,
    id: Path<ChecklistId>,
    if_match: IfMatch,
    Params(ImportParams { add_standards, leave_out }): Params<ImportParams>,
    body: Payload,
) -> Result<Tagged<ImportedDraft>> {
    DearLimits::of(&request)?.count(Dear::Import, caller.account())?;
    let leave = if leave_out.unwrap_or(false) { Leave::Out } else { Leave::Nothing };
    let (document, Remarks { mut notes, left_out }) = read(&request, body, leave).await?;
    let (checklist_id, now) = (id.into_inner(), app.clock.now());
    let add_standards = add_standards.unwrap_or(false);
    let wish = Import { checklist_id, document, add_standards, if_match };
    let imported = app.db.write(move |conn| import(conn, &caller.scope, &wish, now)).await?;
    let Imported { step, content, catalogue, notes: more } = imported;
    notes.extend(more);
    let tag = ETag::of(hash(&content)?);
    let draft = Draft { content, catalogue }.into();
    Ok(Tagged { step, tag, thing: ImportedDraft { draft, notes, left_out } })
}

async fn read(request: &HttpRequest, body: Payload, leave: Leave) -> Result<(ChecklistDocument, Remarks)> {
    let sent = request.content_type();
    let is = |media_type: &&str| media_types::is(sent, media_type);
    let is_json = is(&JSON);
    if !is_json && !are_unnamed(request) && !xlsform::MEDIA_TYPES.iter().any(is) {
        let detail = format!("send {JSON} or {}", xlsform::MEDIA_TYPE);
        return Err(Error::new(Code::UnsupportedMediaType).detail(detail));
    }
    let limit = if is_json { document::LARGEST } else { xlsform::LARGEST };
    let bytes = read_body(request, body.into_inner(), limit).await?;
    block(move || if is_json { from_json(&bytes) } else { from_form(&bytes, leave) })
        .await
        .map_err(Error::internal)?
}

fn from_json(bytes: &[u8]) -> Result<(ChecklistDocument, Remarks)> {
    refuse_depth(bytes, document::DEEPEST)?;
    let document: ChecklistDocument = parse_json(bytes)?;
    let problems = document.problems();
    if problems.is_empty() { Ok((document, Remarks::default())) } else { Err(Error::invalid(problems)) }
}

fn from_form(bytes: &[u8], leave: Leave) -> Result<(ChecklistDocument, Remarks)> {
    let (form, remarks) = xlsform::read(bytes, leave)?;
    Ok((ChecklistDocument::of(form.name.unwrap_or_default(), form.content), remarks))
}
