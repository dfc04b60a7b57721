//! The statements that keep many visits of the past at once.

use diesel::prelude::*;

use super::QueueMarks;
use crate::{
    db::{
        Conn,
        engine::each_engine,
        pieces::pieces,
        schema::{visit, visit_content},
        types::{Instant, Json, Written},
    },
    error::Result,
    visits::{
        model::{Submission, VisitHead},
        parts::Parts,
    },
};

/// A visit of the past: complete, and looked at.
#[derive(Debug)]
pub struct PastVisit {
    /// What is known of it.
    pub head: VisitHead,
    /// What its phone sent.
    pub content: Written<Submission>,
    /// What stands in its digest in place of what may have to be erased.
    pub parts: Parts,
    /// When its shopper was there.
    pub made_at: Instant,
    /// When its completion was taken notice of.
    pub noticed_at: Instant,
    /// By what reviewers find it, or found it.
    pub marks: QueueMarks,
}

/// Keeps visits of the past, whose arrivals and completions go into the ledger in the same transaction.
pub fn insert_past(conn: &mut Conn, past: Vec<PastVisit>) -> Result<()> {
    /// Both are in the ledger.
    const SEALED: i32 = 2;
    for piece in pieces(past) {
        let mut contents = Vec::with_capacity(piece.len());
        let rows = piece.into_iter().map(|PastVisit { head, content, parts, made_at, noticed_at, marks }| {
            let kept = (visit_content::visit_id.eq(head.id), visit_content::content.eq(content));
            contents.push((kept, visit_content::parts.eq(Some(Json(parts)))));
            (
                head,
                visit::made_at.eq(Some(made_at)),
                visit::noticed_at.eq(Some(noticed_at)),
                visit::review_due_at.eq(Some(marks.due_at)),
                visit::review_rank.eq(marks.rank),
                visit::language.eq(marks.language),
                visit::to_be_drawn.eq(marks.to_be_drawn),
                visit::sealed.eq(SEALED),
            )
        });
        let rows: Vec<_> = rows.collect();
        each_engine!(conn, c => diesel::insert_into(visit::table).values(rows).execute(c))?;
        each_engine!(conn, c => diesel::insert_into(visit_content::table).values(contents).execute(c))?;
    }
    Ok(())
}
