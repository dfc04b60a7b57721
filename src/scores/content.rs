//! What visits say, as the caller is shown it: all of it at desks, and on the branch's side what reports show.

use std::{collections::HashMap, sync::Arc};

use super::{
    by_visit::Seen,
    means::Means,
    model::{InReport, Reader},
};
use crate::{
    checklists::{answers::AnswerValue, cache::Version, key::Key, kinds::AnswerKind, model::Question},
    db::{Conn, types::Instant},
    error::Result,
    visits::{
        self,
        comments::{Correction, spelled},
        model::Visit,
        store::comments,
    },
};

/// What a visit says.
pub struct Content {
    /// The visit: on the branch's side without what an appeal changed since the last night.
    pub visit: Visit,
    /// The version that it was made with.
    pub version: Arc<Version>,
    /// What of it is shown.
    pub shown: InReport,
}

impl Content {
    /// What the shopper wrote in answer to a question, as far as that is shown: the answer where it is a text, else what was added to it.
    pub fn words(&self, question: &Question) -> Option<String> {
        let answer = self.visit.content.0.answers.get(question.key.as_str())?;
        match (&question.answer, &answer.value) {
            _ if !self.shown.shows(question) => None,
            (AnswerKind::Text { .. }, Some(AnswerValue::Text(text))) => Some(text.clone()),
            _ => answer.comment.clone().filter(|_| self.shown.comments),
        }
    }

    /// The same of the question with this key.
    pub fn words_to(&self, question: &Key) -> Option<String> {
        self.words(self.version.prepared.question(question.as_str())?)
    }
}

/// The same contents with their words as reviewers spelled them.
///
/// # Errors
/// None but those of the database.
pub fn as_reviewed(conn: &mut Conn, contents: Vec<Content>) -> Result<Vec<Content>> {
    let ids: Vec<_> = contents.iter().map(|content| content.visit.head.id).collect();
    let mut corrections = HashMap::<_, Vec<Correction>>::new();
    for one in comments::of_visits(conn, &ids)? {
        corrections.entry(one.visit_id).or_default().push(one);
    }
    let reviewed = |Content { visit, version, shown }: Content| {
        let corrections = corrections.remove(&visit.head.id).unwrap_or_default();
        Content { visit: spelled(visit, &version.prepared, corrections), version, shown }
    };
    Ok(contents.into_iter().map(reviewed).collect())
}

/// What each of these visits says; none of one that is not there any more.
///
/// # Errors
/// None but those of the database.
pub fn contents(
    conn: &mut Conn,
    means: &Means,
    (reader, now): (Reader, Instant),
    seen: &[Seen],
) -> Result<Vec<Option<Content>>> {
    let ids: Vec<_> = seen.iter().map(|one| one.head.id).collect();
    let mut visits: HashMap<_, Visit> =
        visits::store::with_ids(conn, &ids)?.into_iter().map(|visit| (visit.head.id, visit)).collect();
    let mut shown = HashMap::new();
    if reader == Reader::BranchSide {
        for (id, was) in visits::store::still_shown(conn, ids.clone(), now)? {
            if let Some(visit) = visits.get_mut(&id) {
                *visit = was.of(&visit.head.clone(), None);
            }
        }
        shown = (means.shown)(conn, &ids)?;
    }
    let content = |id| {
        let Some(visit) = visits.remove(&id) else { return Ok(None) };
        let version = means.versions.read(conn, visit.head.version_id)?;
        let shown = match reader {
            Reader::Desk => InReport::everything(),
            Reader::BranchSide => shown.remove(&id).unwrap_or_else(InReport::nothing),
        };
        Ok(Some(Content { visit, version, shown }))
    };
    ids.into_iter().map(content).collect()
}
