//! Whole lists as JSON lines, sent while they are read.

use std::{future::ready, pin::Pin};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{Accept, Header as _, HeaderValue, Quality, VARY},
    web::Bytes,
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use super::{
    endpoint::{Answer, Signature},
    page::{Page, PageRequest},
};
use crate::{
    db::{Conn, walk::walk},
    error::{Error, FieldError, Result},
};

/// The media type of JSON lines: one JSON value a line, each line ended by a line feed.
pub const JSON_LINES: &str = "application/jsonl";

/// A list: a page of it as JSON, or all of it as JSON lines, whichever the caller prefers by `Accept`.
pub enum Listed<T> {
    /// A page.
    Page(Page<T>),
    /// All from the cursor on, some lines at a time.
    Lines(Pin<Box<dyn Stream<Item = Result<Bytes>>>>),
}

impl PageRequest {
    /// Answers with the rows that `read` gives: those after a key, so many at most, in the order of `key`, which never
    /// changes and which no two rows have. `view` makes of a row what the caller sees.
    ///
    /// # Errors
    /// `invalid` if the cursor is not of this list, or if `limit` is said of JSON lines; those of `read`.
    pub async fn list<K, R, T>(
        self,
        read: impl Fn(&mut Conn, Option<K>, i64) -> Result<Vec<R>> + Send + Sync + 'static,
        key: fn(&R) -> K,
        view: fn(R) -> T,
    ) -> Result<Listed<T>>
    where
        K: Serialize + DeserializeOwned + Clone + Send + 'static,
        R: Send + 'static,
        T: Serialize + 'static,
    {
        let (after, db) = (self.key()?, self.db());
        if !prefers_lines(self.request()) {
            let rows = self.rows();
            let found = db.read(move |conn| read(conn, after.clone(), rows)).await?;
            return Ok(Listed::Page(self.page(found, key)?.map(view)));
        }
        if self.limit().is_some() {
            let whole = "JSON lines are the whole list: leave it out, or ask for JSON";
            return Err(Error::invalid(vec![FieldError::new("limit", "not_allowed", whole)]));
        }
        let pieces = walk(db, after, read, key).and_then(move |rows| ready(lines(rows, view)));
        let mut pieces = Box::pin(pieces);
        // What goes wrong before the first line is answered as everywhere.
        let first = pieces.try_next().await?;
        Ok(Listed::Lines(Box::pin(stream::iter(first.map(Ok)).chain(pieces))))
    }
}

/// Whether the caller prefers JSON lines to JSON, which is the answer where `Accept` says nothing.
fn prefers_lines(request: &HttpRequest) -> bool {
    let mut accept = Accept::parse(request).unwrap_or_else(|_| Accept::star());
    // A quality of zero refuses.
    accept.0.retain(|wish| wish.quality > Quality::ZERO);
    let known = accept.ranked().iter().find_map(|wish| match wish.essence_str() {
        JSON_LINES | "application/x-ndjson" | "application/jsonlines" => Some(true),
        "application/json" | "application/*" | "*/*" => Some(false),
        _ => None,
    });
    known == Some(true)
}

fn lines<R, T: Serialize>(rows: Vec<R>, view: fn(R) -> T) -> Result<Bytes> {
    let mut lines = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut lines, &view(row)).map_err(Error::internal)?;
        lines.push(b'\n');
    }
    Ok(lines.into())
}

impl<T: Serialize> Responder for Listed<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut answer = match self {
            Self::Page(page) => page.respond_to(request),
            // An answer that breaks off is not ended as HTTP wants it, so the client sees that lines are missing.
            Self::Lines(lines) => {
                HttpResponse::Ok().content_type(JSON_LINES).streaming(lines.inspect_err(|error| {
                    let cause = error.cause().unwrap_or_default();
                    match error.code().status() >= 500 {
                        true => tracing::error!(cause, "a list broke off: {error}"),
                        // The rights went while it was sent.
                        false => tracing::info!(cause, "a list broke off: {error}"),
                    }
                }))
            }
        };
        answer.headers_mut().append(VARY, HeaderValue::from_static("Accept"));
        answer
    }
}

impl<T: ToSchema> Answer for Listed<T> {
    fn describe(signature: &mut Signature) {
        Page::<T>::describe(signature);
        let line = signature.refer::<T>();
        if let Some(page) = signature.answers.get_mut(&200) {
            page.line = Some(line);
        }
    }
}
