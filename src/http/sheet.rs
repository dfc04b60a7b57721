//! Answers as sheets of rows and columns: what spreadsheets and programs for statistics read.
//!
//! A [`Sheet`] is JSON where nothing else is wished for by `Accept`, and a file of comma-separated values, a workbook or Parquet where that is. So is a list
//! ([`Listed`](super::listed::Listed)). What has which column follows from the shape that the contract gives of the rows ([`columns`]): so each member of
//! an answer has its column, and the figures are those of the JSON.

mod cells;
mod columns;
mod csv;
mod files;
mod format;
mod manner;
mod named;
mod parquet;
mod pictured;
mod xlsx;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, VARY},
};
use serde::Serialize;
use utoipa::ToSchema;

pub use self::{
    cells::Table,
    columns::{Column, ColumnKind},
    files::{Files, Written, file, files},
    format::{Format, JSON_LINES},
    manner::{Heads, Manner},
    named::by_name,
    pictured::{Pictured, Wished},
    xlsx::{Chart, ChartKind},
};
use super::endpoint::{Answer, Signature};

/// What has rows.
pub trait Rows: Serialize + ToSchema + 'static {
    /// The member whose items are the rows, and the member of these whose items are, and so on; empty where the thing itself is one row. What stands beside
    /// the items is repeated in each of their rows.
    const ROWS: &'static [&'static str] = &[];
    /// What is drawn in a workbook beside the rows.
    const CHART: Option<Chart> = None;
}

/// An answer that is a sheet as well, if the caller prefers that by `Accept`.
#[derive(Debug)]
pub struct Sheet<T>(pub T);

impl<T: Rows> Responder for Sheet<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let format = Format::wished(request, Format::OF_SHEETS);
        if format == Format::Json {
            return varied(HttpResponse::Ok().json(self.0));
        }
        let answer = |bytes| {
            let mut answer = HttpResponse::Ok();
            answer.insert_header((CONTENT_TYPE, format.media_type()));
            answer.insert_header((CONTENT_DISPOSITION, format.disposition(request)));
            varied(answer.body(bytes))
        };
        let bytes = file(&[self.0], format, Manner::of(request));
        bytes.map_or_else(HttpResponse::from_error, answer)
    }
}

impl<T: Rows> Answer for Sheet<T> {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<T>();
        signature.answers(200, "The answer.", Some(body)).is_sheet = true;
    }
}

/// Says that an answer may be another one for another `Accept`, or for a reader of another language.
pub fn varied(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().append(VARY, HeaderValue::from_static("Accept, Accept-Language"));
    answer
}
