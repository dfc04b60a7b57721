//! Files of places and employees, as they come.

use actix_web::{HttpMessage, HttpRequest, web::Payload};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use crate::{
    error::{Code, Error, Result},
    http::{
        bytes::{BYTES, bytes},
        input::read_body,
    },
    media_types,
    places::table::{LARGEST, TableFile},
    texts::Language,
    workbook::{XLSM, XLSX},
};

/// The media types that such files come with, beside their other names; browsers on Windows give the third to CSV as well.
/// Which of them it is, its bytes say.
const MEDIA_TYPES: [&str; 6] =
    ["text/csv", "text/tab-separated-values", "application/vnd.ms-excel", XLSX, XLSM, BYTES];

/// The bytes of a file with a table in it.
pub struct TableFileBytes;

bytes!(TableFileBytes, "The bytes of a table: CSV, .xlsx, .xlsm or .xls", LARGEST);

/// How to import a table.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TableParams {
    /// Whether to say only what would change, and to write nothing.
    dry_run: Option<bool>,
}

impl TableParams {
    pub(in crate::places) fn dry_run(&self) -> bool {
        self.dry_run.unwrap_or(false)
    }
}

/// Reads the file of a request.
///
/// # Errors
/// `unsupported_media_type`, also for a charset that is not known; `body_too_large`.
pub(in crate::places) async fn read_file(
    request: &HttpRequest,
    body: Payload,
    language: Language,
) -> Result<TableFile> {
    let refused = |detail: String| Error::new(Code::UnsupportedMediaType).detail(detail);
    if !MEDIA_TYPES.iter().any(|known| media_types::is(request.content_type(), known)) {
        return Err(refused(format!("send text/csv or {XLSX}")));
    }
    let charset = request.encoding().map_err(|_| refused("there is no such charset".to_owned()))?;
    let bytes = read_body(request, body.into_inner(), LARGEST).await?;
    Ok(TableFile { bytes: bytes.into(), charset: Some(charset), language })
}
