//! Lists: a page at a time, or whole as a file.

use std::future::ready;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use futures_util::TryStreamExt as _;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    dear::{Dear, DearLimits},
    endpoint::{Answer, Signature},
    page::{Page, PageRequest},
    sheet::{Files, Format, Manner, Rows, Table, file, files, varied},
};
use crate::{
    db::{Conn, checks::Checks, types::Id, walk::walk},
    error::{Error, FieldError, Result},
};

/// A list: a page of it as JSON, or all of it from the cursor on as a file, whichever the caller prefers by `Accept`.
pub enum Listed<T> {
    /// A page.
    Page(Page<T>),
    /// All that was in memory anyway.
    File(Format, Vec<u8>),
    /// All, sent while it is read.
    Files(Format, Files),
}

/// A part of a list that is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many things come before it.
    pub start: usize,
    /// How many things it has at most: one more than a page has, which shows whether there is another page.
    pub count: usize,
}

impl Part {
    /// The part of these things.
    pub fn of<T>(self, things: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        things.into_iter().skip(self.start).take(self.count)
    }
}

impl PageRequest {
    /// Answers with the rows that `read` gives: those after a key, so many at most, in the order of `key`, which never
    /// changes and which no two rows have. `view` makes of a row what the caller sees.
    ///
    /// # Errors
    /// `invalid` if the cursor is not of this list, or if `limit` is said of a file; `too_many_requests` if the account has asked for too many files; those of `read`.
    pub async fn list<K, R, T>(
        self,
        read: impl Fn(&mut Conn, Option<K>, i64) -> Result<Vec<R>> + Send + Sync + 'static,
        key: fn(&R) -> K,
        view: fn(R) -> T,
    ) -> Result<Listed<T>>
    where
        K: Serialize + DeserializeOwned + Clone + Send + 'static,
        R: Send + 'static,
        T: Rows,
    {
        self.list_in(Table::of::<T>(), read, key, view).await
    }

    /// The same where the key stands in what the caller sees.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn list_views<K, R, T>(
        self,
        read: impl Fn(&mut Conn, Option<K>, i64) -> Result<Vec<R>> + Send + Sync + 'static,
        view: fn(R) -> T,
        key: fn(&T) -> K,
    ) -> Result<Listed<T>>
    where
        K: Serialize + DeserializeOwned + Clone + Send + 'static,
        R: 'static,
        T: Rows + Send,
    {
        let views =
            move |conn: &mut Conn, after, rows| Ok(read(conn, after, rows)?.into_iter().map(view).collect());
        self.list(views, key, |view| view).await
    }

    /// The same with the columns of this table in files.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn list_in<K, R, T>(
        self,
        table: Table,
        read: impl Fn(&mut Conn, Option<K>, i64) -> Result<Vec<R>> + Send + Sync + 'static,
        key: fn(&R) -> K,
        view: fn(R) -> T,
    ) -> Result<Listed<T>>
    where
        K: Serialize + DeserializeOwned + Clone + Send + 'static,
        R: Send + 'static,
        T: Rows,
    {
        let view = move |rows: Vec<R>| ready(Ok(rows.into_iter().map(view).collect()));
        self.list_made(table, read, key, view).await
    }

    /// The same where more has to be read to make what the caller sees: `view` makes it of several rows at once, one of each, in their order.
    ///
    /// # Errors
    /// As [`Self::list`]; those of `view`.
    pub async fn list_read_on<K, R, T, F>(
        self,
        read: impl Fn(&mut Conn, Option<K>, i64) -> Result<Vec<R>> + Send + Sync + 'static,
        key: fn(&R) -> K,
        view: impl Fn(Vec<R>) -> F + 'static,
    ) -> Result<Listed<T>>
    where
        K: Serialize + DeserializeOwned + Clone + Send + 'static,
        R: Send + 'static,
        T: Rows,
        F: Future<Output = Result<Vec<T>>> + 'static,
    {
        self.list_made(Table::of::<T>(), read, key, view).await
    }

    async fn list_made<K, R, T, F>(
        self,
        table: Table,
        read: impl Fn(&mut Conn, Option<K>, i64) -> Result<Vec<R>> + Send + Sync + 'static,
        key: fn(&R) -> K,
        view: impl Fn(Vec<R>) -> F + 'static,
    ) -> Result<Listed<T>>
    where
        K: Serialize + DeserializeOwned + Clone + Send + 'static,
        R: Send + 'static,
        T: Rows,
        F: Future<Output = Result<Vec<T>>> + 'static,
    {
        let (after, db) = (self.key()?, self.db());
        match self.counted_format()? {
            None => {
                let (rows, is_of_one_state) = (self.rows(), self.is_of_one_state());
                let page = move |conn: &mut Conn| read(conn, after.clone(), rows);
                let found = if is_of_one_state { db.snapshot(page).await? } else { db.read(page).await? };
                Ok(Listed::Page(self.page(found, key)?.made(view).await?))
            }
            Some(format) => {
                let pieces = walk(db, after, read, key).and_then(view);
                let files = files(table, Box::pin(pieces), format, Manner::of(self.request())).await?;
                Ok(Listed::Files(format, files))
            }
        }
    }

    /// Which part of a list that is in memory is wanted: a page, or all from the cursor on.
    ///
    /// # Errors
    /// `invalid` if the cursor is not of this list, or if `limit` is said of a file; `too_many_requests` if the account has asked for too many files.
    pub fn part(&self) -> Result<Part> {
        let start = self.key()?.unwrap_or(0);
        let count = self.counted_format()?.map_or(self.rows() as usize, |_| usize::MAX);
        Ok(Part { start, count })
    }

    /// Answers with that part.
    ///
    /// # Errors
    /// `internal` if it cannot be written.
    pub fn listed<T: Rows>(&self, part: Part, things: Vec<T>) -> Result<Listed<T>> {
        match self.file_format()? {
            None => {
                let next = part.start + self.size() as usize;
                Ok(Listed::Page(self.page(things, |_: &T| next)?))
            }
            Some(format) => Ok(Listed::File(format, file(&things, format, Manner::of(self.request()))?)),
        }
    }

    /// As which file all of the list is wanted, if as one, which counts as dear.
    ///
    /// # Errors
    /// As [`Self::file_format`]; `too_many_requests`.
    fn counted_format(&self) -> Result<Option<Format>> {
        let format = self.file_format()?;
        if let (Some(_), Some(account)) = (format, Checks::current().asked().account()) {
            DearLimits::of(self.request())?.count(Dear::Export, Id::new(account))?;
        }
        Ok(format)
    }

    /// As which file all of the list is wanted, if as one.
    ///
    /// # Errors
    /// `invalid` if `limit` is said of it: a file is the whole list.
    fn file_format(&self) -> Result<Option<Format>> {
        match Format::wished(self.request(), Format::OF_LISTS) {
            Format::Json => Ok(None),
            _ if self.limit().is_some() => {
                let whole = "a file is the whole list: leave it out, or ask for JSON";
                Err(Error::invalid(vec![FieldError::new("limit", "not_allowed", whole)]))
            }
            format => Ok(Some(format)),
        }
    }
}

impl<T: Serialize> Responder for Listed<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let begun = |format: Format| {
            let mut answer = HttpResponse::Ok();
            answer.insert_header((CONTENT_TYPE, format.media_type()));
            answer.insert_header((CONTENT_DISPOSITION, format.disposition(request)));
            answer
        };
        varied(match self {
            Self::Page(page) => page.respond_to(request),
            Self::File(format, bytes) => begun(format).body(bytes),
            // An answer that breaks off is not ended as HTTP wants it, so the client sees that something is missing.
            Self::Files(format, files) => begun(format).streaming(files.inspect_err(|error| {
                let cause = error.cause().unwrap_or_default();
                match error.code().status() >= 500 {
                    true => tracing::error!(cause, "a list broke off: {error}"),
                    // The rights went while it was sent.
                    false => tracing::info!(cause, "a list broke off: {error}"),
                }
            })),
        })
    }
}

impl<T: Rows> Answer for Listed<T> {
    fn describe(signature: &mut Signature) {
        Page::<T>::describe(signature);
        let line = signature.refer::<T>();
        signature.answers(429, "`too_many_requests`: the account asks for too much at once.", None);
        if let Some(page) = signature.answers.get_mut(&200) {
            page.line = Some(line);
            page.is_sheet = true;
        }
    }
}
