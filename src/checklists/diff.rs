//! What changed from one content of a checklist to another, in words that a designer uses.
//!
//! Things are matched by their keys, so that a question that stands elsewhere has moved, and was not removed and added.
//! Where a draft gives a key twice, the first is matched with the first, the second with the second.

mod changes;
mod fields;
mod items;
mod matching;
mod order;
mod questions;
mod rules;
mod sections;
#[cfg(test)]
mod tests;
mod values;
mod words;

use std::collections::HashSet;

pub use self::changes::*;
use self::{
    order::Pairs,
    words::{Book, capitalized, name},
};
use super::model::{Content, Key};
use crate::ids::PictureId;

/// What changed from one content to the other; everything is added where there was none.
pub fn diff(from: Option<&Content>, to: &Content) -> Diff {
    let nothing = Content {
        title: [("", ""); 0].into_iter().collect(),
        languages: Vec::new(),
        sections: Vec::new(),
        shortest_comment: None,
        contradictions: Vec::new(),
    };
    let mut comparison = Comparison::of(from.unwrap_or(&nothing), to);
    comparison.whole(from.is_none());
    comparison.diff
}

/// What a change is about, and how a sentence names it.
#[derive(Clone, Default)]
struct Thing {
    section: Option<Key>,
    question: Option<Key>,
    option: Option<Key>,
    picture: Option<PictureId>,
    /// With what a sentence about it begins: `In section 'Arrival', `.
    place: String,
    /// What it is called in a sentence.
    called: String,
}

impl Thing {
    fn change(self, kind: Kind, subject: Subject, affects: Affects, words: String) -> Change {
        let Self { section, question, option, picture, place, called: _ } = self;
        let words = capitalized(&format!("{place}{words}."));
        let (field, language, before, after) = (None, None, None, None);
        Change {
            kind,
            subject,
            section,
            question,
            option,
            picture,
            field,
            language,
            before,
            after,
            affects,
            words,
        }
    }
}

/// A comparison under way.
struct Comparison<'c> {
    from: Book<'c>,
    to: Book<'c>,
    /// Texts in a language that is new or gone are not listed: the language is named once.
    new: HashSet<&'c str>,
    gone: HashSet<&'c str>,
    diff: Diff,
}

impl<'c> Comparison<'c> {
    fn of(from: &'c Content, to: &'c Content) -> Self {
        let tags =
            |content: &'c Content| content.languages.iter().map(String::as_str).collect::<HashSet<_>>();
        let (old, young) = (tags(from), tags(to));
        Self {
            new: young.difference(&old).copied().collect(),
            gone: old.difference(&young).copied().collect(),
            from: Book::of(from),
            to: Book::of(to),
            diff: Diff::default(),
        }
    }

    fn note(&mut self, change: Change) {
        let Diff { summary, changes, more } = &mut self.diff;
        *match change.kind {
            Kind::Added => &mut summary.added,
            Kind::Removed => &mut summary.removed,
            Kind::Moved => &mut summary.moved,
            Kind::Changed => &mut summary.changed,
        } += 1;
        *match change.affects {
            Affects::Scores => &mut summary.scores,
            Affects::Wording => &mut summary.wording,
            Affects::Flow => &mut summary.flow,
        } += 1;
        if changes.len() < MOST_CHANGES { changes.push(change) } else { *more += 1 }
    }

    fn whole(&mut self, first: bool) {
        let (from, to) = (self.from.content, self.to.content);
        let thing = Thing { called: "the checklist".to_owned(), ..Thing::default() };
        if first {
            let title = name(&to.title, self.to.language, "?");
            let words = format!("the title {title} was added");
            let added = Thing::default().change(Kind::Added, Subject::Title, Affects::Wording, words);
            self.note(Change { after: Some(title), ..added });
        }
        let (old, young) = (fields::of_content(&self.from, from), fields::of_content(&self.to, to));
        self.fields(&thing, old, young);
        self.languages();
        self.sections();
    }

    fn languages(&mut self) {
        let (from, to) = (&self.from.content.languages, &self.to.content.languages);
        let pairs = Pairs::of(from, to, |tag| tag.as_str());
        let line = |kind, tag: &String, what: &str| {
            let words = format!("the language '{tag}' was {what}");
            Thing::default().change(kind, Subject::Languages, Affects::Wording, words)
        };
        for tag in pairs.added.iter().filter_map(|at| to.get(*at)) {
            self.note(Change { after: Some(tag.clone()), ..line(Kind::Added, tag, "added") });
        }
        for tag in pairs.removed.iter().filter_map(|at| from.get(*at)) {
            self.note(Change { before: Some(tag.clone()), ..line(Kind::Removed, tag, "removed") });
        }
        if pairs.kept.iter().any(|pair| pair.moved) {
            let (before, after) = (from.join(", "), to.join(", "));
            let words = format!("the order of the languages went from {before} to {after}");
            let moved = Thing::default().change(Kind::Moved, Subject::Languages, Affects::Wording, words);
            self.note(Change { before: Some(before), after: Some(after), ..moved });
        }
    }
}
