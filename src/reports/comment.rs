//! Commenting on a report, without appealing against it.

use super::{model::ReportComment, read, store};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::{ReportCommentId, ReportId},
};

/// What somebody says about a report.
#[derive(Clone, Debug)]
pub struct Say {
    /// The comment's id, made by its author.
    pub id: ReportCommentId,
    /// The report.
    pub report: ReportId,
    /// What is said.
    pub text: String,
}

/// Keeps a comment; says whether it is new. The same again is the same comment, which never changes.
///
/// # Errors
/// `not_found` if the report is not there, or the caller may not read it; `conflict` if there is another comment under this id.
pub fn comment(conn: &mut Conn, scope: &Scope, say: &Say, now: Instant) -> Result<(bool, ReportComment)> {
    let readable = read::readable(conn, scope, now)?;
    let (report, _) = store::report(conn, &readable, say.report, now)?;
    let new = ReportComment {
        id: say.id,
        report_id: report.id,
        brand_id: report.brand_id,
        account_id: scope.account,
        text: say.text.clone(),
        created_at: now,
    };
    match store::find_comment(conn, say.id)? {
        Some(kept) => {
            let is_same = ReportComment { created_at: now, ..kept.clone() } == new;
            if is_same { Ok((false, kept)) } else { Err(Error::new(Code::Conflict)) }
        }
        None => match store::insert_comment(conn, &new)? {
            true => Ok((true, new)),
            false => Err(Error::new(Code::Conflict)),
        },
    }
}
