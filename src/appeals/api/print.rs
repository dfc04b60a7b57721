//! The address of printed reports. It stands here because the appeals against a report are printed with it.

use std::{collections::HashMap, sync::Arc};

use actix_web::web::{Data, Path};
use tokio::runtime::Handle;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadReports,
    app::App,
    appeals::print,
    checklists::cache::Versions,
    db::types::Sha256,
    error::{Error, Result},
    evidence::{model::MAX_FILE, photos::Pool},
    http::{
        answer::{File, FreshFile, InLanguage},
        bytes::bytes,
        dear::{Dear, DearLimits},
        etag::{ETag, IfNoneMatch, Keep},
        languages::Wishes,
    },
    ids::ReportId,
    places,
    reports::{print::Printed, read, shown},
    texts::Language,
    visits::state::State,
};

/// The bytes of a printed report.
pub struct ReportPdf;

bytes!(ReportPdf, "The bytes of a PDF.");

/// A report as a PDF, in the language that is wished for: what `GET /v1/reports/{id}` says, with its photos, and the appeals
/// against it. Of a report that was withdrawn it says that and why.
#[utoipa::path(get, path = "/v1/reports/{id}.pdf", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses(
    (status = 200, description = "The report. The same report is the same bytes.", content((ReportPdf = "application/pdf")), headers(
        ("Content-Language" = Option<String>, description = "The language that its texts are in."),
        ("Vary" = String, description = "`accept-language`."),
    )),
))]
#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
pub async fn print_report(
    app: Data<App>,
    versions: Data<Versions>,
    dear: Data<DearLimits>,
    readers: Data<Pool>,
    caller: Allowed<ReadReports>,
    had: IfNoneMatch,
    id: Path<ReportId>,
    wishes: Wishes,
) -> Result<InLanguage<FreshFile>> {
    dear.count(Dear::Export, caller.account())?;
    let (id, now) = (id.into_inner(), app.clock.now());
    let report = move |conn: &mut _| {
        let read = read::one(conn, &caller.scope, id, now)?;
        let branch = places::store::branch_if_there(conn, read.report.branch_id)?;
        let branch = branch.ok_or_else(|| Error::internal("a report without its branch"))?;
        Ok((read, branch, print::against(conn, &caller.scope, id, now)?))
    };
    let (read, branch, appeals) = app.db.snapshot(report).await?;
    let version = versions.get(&app.db, read.visit.head.version_id).await?;
    let available = &version.prepared.content().languages;
    let language = wishes.best_of(available, &read.brand.languages_read()).to_owned();
    let labels = Language::of(&language).unwrap_or_else(|| wishes.ours());
    let wanted = language.clone();
    let content = move |conn: &mut _| Ok((shown::content(conn, &read, &version, &wanted)?, read.clone()));
    let (content, read) = app.db.snapshot(content).await?;
    let (blobs, runtime, tag) = (app.blobs.clone(), Handle::current(), language.clone());
    // Beside the requests, and few at once: what is printed holds all its photos.
    let work = move || {
        let mut photos = HashMap::new();
        let shown = content.iter().flat_map(|_| &read.files);
        for file in shown.filter(|file| !file.is_recording()) {
            match runtime.block_on(blobs.read(file.sha256, MAX_FILE)) {
                Ok(bytes) => photos.insert(file.id, Arc::new(bytes)),
                Err(error) => return Ok(Err(Error::internal(error))),
            };
        }
        let printed = Printed {
            report: &read.report,
            branch: (&branch.name, &branch.code),
            language: &tag,
            labels,
            content: content.as_ref(),
            withdrawn_because: read.reason.as_deref(),
            appeal_until: (read.state == State::Released).then_some(read.appeal_until),
            photos,
            appeals: appeals.iter().map(|(appeal, state)| print::printed(appeal, *state, labels)).collect(),
        };
        Ok(printed.pdf())
    };
    let bytes = readers.run(work).await.map_err(Error::internal)??;
    let tag = ETag::of(Sha256::of(&bytes));
    let file = File { media_type: "application/pdf", name: format!("report-{id}.pdf"), bytes };
    let answer = FreshFile { had, tag, keep: Keep::Ask, file };
    Ok(InLanguage { language: Some(language), answer })
}
