//! The addresses of exports.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use actix_web::{
    HttpRequest,
    body::SizedStream,
    web::{Bytes, Data, Json, Path},
};
use futures_util::{StreamExt, stream::BoxStream};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, IntoResponses, PartialSchema, ToSchema,
    openapi::{Content, RefOr, Response},
};
use validator::Validate;

use super::{
    address::Address,
    begin, cancel, fetch,
    model::{Asked, AskedUnder, Export, ExportFormat, ExportKind, ExportState},
    parts,
    source::Sources,
    store,
};
use crate::{
    accounts::{
        caller::{SignedIn, note_caller},
        policy::Scope,
    },
    app::App,
    audit::api::{Look, Looking, Shown},
    db::types::Instant,
    error::{Code, Error, FieldError, Result},
    http::{
        answer::{Accepted, File, FreshFile, NoContent, Secret},
        bytes::bytes,
        dear::{Dear, DearLimits},
        etag::{ETag, IfNoneMatch, Keep},
        idempotency::IdempotencyKey,
        input::{Input, Params},
        page::{Listing, NoFilter, Page},
        range::{self, Ranged},
        sheet::{Format, Heads},
    },
    ids::{ExportId, TaskId},
    limits::{Count, LanguageTag, Opaque, Whole},
};

/// What is to be exported.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    /// What.
    what: ExportKind,
    /// In which form.
    format: ExportFormat,
    /// Which things: the parameters of the address of these things, as they stand after its question mark, such as
    /// `month=2026-03&state=approved`. All that the caller may read if it is left out.
    filter: Option<Opaque<1, 2_000>>,
    /// The language of questions, of numbers and separators in CSV, and of titles; English if it is left out.
    language: Option<LanguageTag>,
    /// What stands above the columns of CSV and of a workbook; if it is left out, titles where a language is given, and names where none is.
    header: Option<Heads>,
}

/// A file that is written beside the requests.
#[derive(Serialize, ToSchema)]
pub struct ExportView {
    id: ExportId,
    what: ExportKind,
    format: ExportFormat,
    /// The parameters that were given.
    filter: String,
    language: String,
    header: Heads,
    state: ExportState,
    /// How many things are written.
    #[schema(value_type = Count)]
    done: u64,
    /// How many there were at the beginning; null if that is not known.
    #[schema(value_type = Option<Count>)]
    of: Option<u64>,
    /// How many bytes are written.
    #[schema(value_type = Count)]
    bytes: u64,
    /// Why there is no file: the code of an error. `forbidden` and `rights_changed` say that the account may not read these things any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    failed_because: Option<String>,
    created_at: Instant,
    /// When it was ready, or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ended_at: Option<Instant>,
    /// When its file is taken away; once it is gone, when the export is forgotten.
    expires_at: Instant,
}

impl ExportView {
    fn new(export: Export, now: Instant) -> Self {
        let state = export.state_at(now);
        let (asked, progress) = (export.asked.0, export.progress.0);
        Self {
            id: export.id,
            what: asked.what,
            format: asked.format,
            filter: asked.filter,
            language: asked.language,
            header: heads_of(asked.titles),
            state,
            done: progress.done,
            of: progress.of,
            bytes: progress.bytes(),
            failed_because: progress.failed_because,
            created_at: export.created_at,
            ended_at: export.ended_at,
            expires_at: export.expires_at,
        }
    }
}

/// Have visits, scores or reports written to a file, which is fetched when it is `ready`: for more than a request should wait for. Ask for it again until
/// then. What is written is what the address of the same name gives for the same parameters, with as much as the caller may read now; if the caller
/// loses a part of that while it is written, it fails. The file is kept for seven days, for the caller alone. With an `Idempotency-Key`, which becomes the
/// export's id, a repeat is the same export; without one each request makes another.
#[utoipa::path(post, path = "/v1/exports", responses(
    (status = 202, description = "It will be written. `Location` says where to ask for it."),
    (status = 403, description = "`forbidden`: the caller may read nothing of that kind."),
    (status = 409, description = "`conflict`: another export has this id, three of the caller's are not ready yet, or the caller has fifty."),
))]
pub async fn begin_export(
    app: Data<App>,
    sources: Data<Sources>,
    request: HttpRequest,
    caller: SignedIn,
    key: IdempotencyKey,
    Input(new): Input<NewExport>,
) -> Result<Accepted<ExportView>> {
    let by = caller.account;
    let heads = new.header.unwrap_or(Heads::usual(new.language.is_some()));
    let asked = Asked {
        what: new.what,
        format: new.format,
        filter: new.filter.map(String::from).unwrap_or_default(),
        language: new.language.map_or_else(|| "en".to_owned(), String::from),
        titles: heads == Heads::Titles,
        grants: caller.grants.iter().map(AskedUnder::from).collect(),
    };
    sources.0.check(&asked).map_err(of_filter)?;
    let scope = Scope::of(new.what.permission(), by, &caller.grants);
    let scope = scope.ok_or_else(|| Error::new(Code::Forbidden))?;
    DearLimits::of(&request)?.count(Dear::Export, by)?;
    let id = key.0.map_or_else(|| app.clock.new_id(), |key| key.cast());
    let (now, task): (_, TaskId) = (app.clock.now(), app.clock.new_id());
    let export = Export::new(id, by, asked, now);
    let begin = move |conn: &mut _| begin::begin(conn, &scope, (&export, task), now);
    let begun = app.db.write(begin).await?.thing;
    Ok(Accepted { location: format!("/v1/exports/{}", begun.id), thing: ExportView::new(begun, now) })
}

/// Mistakes in parameters, as mistakes in the member that they stand in.
fn of_filter(error: Error) -> Error {
    if error.code() != Code::Invalid {
        return error;
    }
    let fields = error.particulars().fields.iter();
    let within = |one: &FieldError| FieldError {
        pointer: "/filter".to_owned(),
        message: format!("{}: {}", one.pointer, one.message),
        ..one.clone()
    };
    Error::invalid(fields.map(within).collect())
}

/// The caller's exports, those that were asked for last first.
#[utoipa::path(get, path = "/v1/exports", responses((status = 200, description = "A page of exports.")))]
pub async fn list_exports(
    app: Data<App>,
    caller: SignedIn,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<ExportView>> {
    let (before, rows, now) = (page.key()?, page.rows(), app.clock.now());
    let read = move |conn: &mut _| store::exports(conn, caller.account, before, rows);
    let found = app.db.read(read).await?;
    let views = found.into_iter().map(|export| ExportView::new(export, now)).collect();
    page.page(views, |view: &ExportView| (view.created_at, view.id))
}

/// One of the caller's exports, and how far it is.
#[utoipa::path(get, path = "/v1/exports/{id}", responses((status = 200, description = "The export.")))]
pub async fn get_export(app: Data<App>, caller: SignedIn, id: Path<ExportId>) -> Result<Json<ExportView>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let found = app.db.read(move |conn| store::own(conn, caller.account, id)).await?;
    Ok(Json(ExportView::new(found, now)))
}

/// Cancel an export, or delete its file. A signed address of it ends.
#[utoipa::path(delete, path = "/v1/exports/{id}", responses((status = 204, description = "It is gone.")))]
pub async fn delete_export(app: Data<App>, caller: SignedIn, id: Path<ExportId>) -> Result<NoContent> {
    let (id, now, task): (_, _, TaskId) = (id.into_inner(), app.clock.now(), app.clock.new_id());
    app.db.write(move |conn| cancel::cancel(conn, caller.account, id, task, now)).await?;
    Ok(NoContent)
}

/// The bytes of an export.
pub struct ExportBytes;

bytes!(ExportBytes, "The bytes of a file of the form that was asked for.");

impl IntoResponses for ExportBytes {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let part = "The part that was asked for; `Content-Range` says which it is.";
        [("200", "The file."), ("206", part)]
            .into_iter()
            .map(|(status, about)| {
                let answer = ExportFormat::ALL.iter().fold(Response::new(about), |mut answer, format| {
                    answer.content.insert(
                        format_of(*format).essence().to_owned(),
                        Content::new(Some(Self::schema())).into(),
                    );
                    answer
                });
                (status.to_owned(), answer.into())
            })
            .collect()
    }
}

/// The bytes of a file, passed on as they are read.
pub type Pieces = SizedStream<BoxStream<'static, Result<Bytes>>>;

/// The file of one of the caller's exports, as long as the caller may read what is in it.
#[utoipa::path(get, path = "/v1/exports/{id}/file", params(
    ("range" = Option<String>, Header, description = "One range of bytes: `bytes=0-999`. Anything else is as if it was not there."),
), responses(
    ExportBytes,
    (status = 403, description = "`forbidden`: the caller may not read these things any more."),
    (status = 409, description = "`wrong_state`: it is not ready, or its file is gone. `rights_changed`: the caller may not read all of it any more."),
    (status = 416, description = "`range_not_satisfiable`: it lies behind the end."),
))]
pub async fn get_export_file(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    looking: Looking,
    had: IfNoneMatch,
    id: Path<ExportId>,
) -> Result<Shown<Ranged<FreshFile<Pieces>>>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let export = app.db.read(move |conn| fetch::ready(conn, caller.account, id, now)).await?;
    file(app, &request, looking, had, export).await
}

/// An address that needs no token.
#[derive(Serialize, ToSchema)]
pub struct ExportLink {
    /// Relative to the server.
    #[schema(format = "uri-reference")]
    url: String,
    /// When it ends.
    expires_at: Instant,
}

/// For how long an address is to be good.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkParams {
    /// So many hours; 1 if it is left out.
    #[param(inline)]
    hours: Option<Whole<1, 24>>,
}

/// An address from which the file of one of the caller's exports can be fetched without a token, as by a program or another person. It gives away that
/// file and nothing else, and ends when the file is gone or the caller may not read all of it any more.
#[utoipa::path(get, path = "/v1/exports/{id}/link", responses(
    (status = 200, description = "The address."),
    (status = 403, description = "`forbidden`: the caller may not read these things any more."),
    (status = 409, description = "`wrong_state`: it is not ready, or its file is gone. `rights_changed`: the caller may not read all of it any more."),
))]
pub async fn get_export_link(
    app: Data<App>,
    caller: SignedIn,
    id: Path<ExportId>,
    Params(params): Params<LinkParams>,
) -> Result<Secret<Json<ExportLink>>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let export = app.db.read(move |conn| fetch::ready(conn, caller.account, id, now)).await?;
    let wanted = now.plus_seconds(params.hours.map_or(1, Whole::get) * 3_600);
    let until = wanted.min(export.expires_at).unix_seconds();
    let expires_at = Instant::from_micros(until.saturating_mul(1_000_000));
    let url = Address { export: export.id, until }.signed(&app.seals);
    Ok(Secret(Json(ExportLink { url, expires_at })))
}

/// What makes an address good.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SignedExport {
    /// When it ends, in seconds of the Unix time.
    #[param(inline)]
    until: Count,
    /// The server's, over all of it.
    #[param(inline)]
    signature: Opaque<1, 64>,
}

/// The file of an export. Its address is that of `GET /v1/exports/{id}/link`, as it stands there.
#[utoipa::path(get, path = "/v1/exports/{id}/download", params(
    ("range" = Option<String>, Header, description = "One range of bytes: `bytes=0-999`. Anything else is as if it was not there."),
), responses(
    ExportBytes,
    (status = 403, description = "`address_expired`."),
    (status = 416, description = "`range_not_satisfiable`: it lies behind the end."),
))]
pub async fn download_export(
    app: Data<App>,
    request: HttpRequest,
    looking: Looking,
    had: IfNoneMatch,
    id: Path<ExportId>,
    Params(SignedExport { until, signature }): Params<SignedExport>,
) -> Result<Shown<Ranged<FreshFile<Pieces>>>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    Address { export: id, until: until.get() }.check(&app.seals, &signature, now)?;
    let export = app.db.read(move |conn| fetch::by_address(conn, id, now)).await?;
    note_caller(&request, export.account_id);
    file(app, &request, looking, had, export).await
}

/// The file, or a part of it. If it shows who shoppers are, that is written down.
async fn file(
    app: Data<App>,
    request: &HttpRequest,
    looking: Looking,
    had: IfNoneMatch,
    export: Export,
) -> Result<Shown<Ranged<FreshFile<Pieces>>>> {
    let (by, asked) = (export.account_id, export.asked.0.clone());
    let (tag, size) = (ETag::of(export.id), export.progress.0.bytes());
    let part = range::wanted(request, &tag, size)?;
    let format = format_of(asked.format);
    let wanted: Range<u64> = part.clone().unwrap_or(0..size);
    let length = wanted.end - wanted.start;
    let pieces = parts::bytes(Arc::clone(&app), export, wanted).map(|piece| piece.map(Bytes::from));
    let file = File {
        media_type: format.media_type(),
        name: format!("{}.{}", asked.what, asked.format),
        bytes: SizedStream::new(length, pieces.boxed()),
    };
    let answer = Ranged { answer: FreshFile { had, tag, keep: Keep::Ask, file }, part, size };
    let look = match asked.what.shows_shoppers() {
        true => Look::whole_list(None),
        false => Look::list(None, []),
    };
    looking.show(by, look, answer).await
}

/// The form as everything else knows it.
pub const fn format_of(format: ExportFormat) -> Format {
    match format {
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Xlsx => Format::Xlsx,
        ExportFormat::Lines => Format::Lines,
        ExportFormat::Parquet => Format::Parquet,
    }
}

/// What stands above the columns, as everything else knows it.
pub const fn heads_of(titles: bool) -> Heads {
    if titles { Heads::Titles } else { Heads::Names }
}
