//! What changed from one content of a checklist to another, in words that a designer uses.
//!
//! Things are matched by their keys, so that a question that stands elsewhere has moved, and was not removed and added.
//! Where a draft gives a key twice, the first is matched with the first, the second with the second.

mod changes;
mod fields;
mod order;
mod questions;
mod rules;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet};

pub use self::changes::*;
use self::{
    fields::Field,
    order::{Pair, Pairs},
    questions::{Now, Questions, Way},
    words::{Book, capitalized, count, name},
};
use super::model::{Content, Key, Question, Section};
use crate::ids::PictureId;

/// What changed from one content to the other; everything is added where there was none.
pub fn diff(from: Option<&Content>, to: &Content) -> Diff {
    let nothing =
        Content { title: [("", ""); 0].into_iter().collect(), languages: Vec::new(), sections: Vec::new() };
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
    /// Texts in a language that is new or gone go without saying: the language is named once.
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

    fn sections(&mut self) {
        let (from, to) = (&self.from.content.sections, &self.to.content.sections);
        let pairs = Pairs::of(from, to, |section| section.key.as_str());
        let kept: HashMap<usize, &Pair> = pairs.kept.iter().map(|pair| (pair.to, pair)).collect();
        let questions = Questions::of(from, to, &kept);
        for (at, section) in to.iter().enumerate() {
            let pair = kept.get(&at).copied();
            match pair.and_then(|pair| Some((pair, from.get(pair.from)?))) {
                None => self.section_came(section),
                Some((pair, old)) => {
                    if pair.moved {
                        self.section_moved(section, pair.from, at);
                    }
                    let (old, young) =
                        (fields::of_section(&self.from, old), fields::of_section(&self.to, section));
                    self.fields(&self.to.section(section), old, young);
                }
            }
            self.questions_of(section, questions.now.get(&at).map_or(&[], Vec::as_slice));
            if let Some((pair, old)) = pair.and_then(|pair| Some((pair, from.get(pair.from)?))) {
                self.questions_gone(old, questions.gone.get(&pair.from));
            }
        }
        for (at, section) in pairs.removed.iter().filter_map(|at| Some((at, from.get(*at)?))) {
            self.section_went(section);
            self.questions_gone(section, questions.gone.get(at));
        }
    }

    fn section_came(&mut self, section: &Section) {
        let thing = self.to.section(section);
        let many = count(section.questions.len(), "question");
        let words = format!("{} was added, with {many}", thing.called);
        let after = Some(words::whole(&section.title, self.to.language));
        self.note(Change { after, ..thing.change(Kind::Added, Subject::Section, Affects::Flow, words) });
    }

    fn section_went(&mut self, section: &Section) {
        let thing = self.from.section(section);
        let words = format!("{} was removed", thing.called);
        let before = Some(words::whole(&section.title, self.from.language));
        self.note(Change { before, ..thing.change(Kind::Removed, Subject::Section, Affects::Flow, words) });
    }

    fn section_moved(&mut self, section: &Section, from: usize, to: usize) {
        let thing = self.to.section(section);
        let words = words::moved(&thing.called, from, to);
        let moved = thing.change(Kind::Moved, Subject::Section, Affects::Flow, words);
        self.note(Change {
            before: Some((from + 1).to_string()),
            after: Some((to + 1).to_string()),
            ..moved
        });
    }

    fn questions_of(&mut self, section: &'c Section, questions: &[Now<'c>]) {
        for Now { question, old } in questions {
            let thing = self.to.question(section, question);
            let Some(old) = old else {
                self.question_came(thing, section, question);
                continue;
            };
            match old.way {
                Way::Stayed => {}
                Way::Within(from, to) => self.question_moved(thing.clone(), Affects::Flow, from, to),
                Way::From(other) => {
                    let affects = if counts(section, question) { Affects::Scores } else { Affects::Flow };
                    let names = [
                        name(&other.title, self.from.language, other.key.as_str()),
                        name(&section.title, self.to.language, section.key.as_str()),
                    ];
                    self.question_moved_here(thing.clone(), affects, names);
                }
            }
            self.question_changed(&thing, section, old.question, question);
        }
    }

    fn question_came(&mut self, thing: Thing, section: &Section, question: &Question) {
        let affects = if counts(section, question) { Affects::Scores } else { Affects::Flow };
        let mut words = format!("{} was added: {}", thing.called, words::kind(&self.to, &question.answer));
        if question.answer.points().is_some() {
            words.push_str(&format!(", with weight {}", question.weight));
        }
        let after = Some(words::whole(&question.text, self.to.language));
        self.note(Change { after, ..thing.change(Kind::Added, Subject::Question, affects, words) });
    }

    fn questions_gone(&mut self, section: &Section, gone: Option<&Vec<&Question>>) {
        for question in gone.into_iter().flatten() {
            let thing = self.from.question(section, question);
            let affects = if counts(section, question) { Affects::Scores } else { Affects::Flow };
            let words = format!("{} was removed", thing.called);
            let before = Some(words::whole(&question.text, self.from.language));
            self.note(Change { before, ..thing.change(Kind::Removed, Subject::Question, affects, words) });
        }
    }

    fn question_moved(&mut self, thing: Thing, affects: Affects, from: usize, to: usize) {
        let words = words::moved(&thing.called, from, to);
        let moved = thing.change(Kind::Moved, Subject::Question, affects, words);
        self.note(Change {
            before: Some((from + 1).to_string()),
            after: Some((to + 1).to_string()),
            ..moved
        });
    }

    fn question_moved_here(&mut self, thing: Thing, affects: Affects, [from, to]: [String; 2]) {
        let words = format!("{} moved from section {from} to section {to}", thing.called);
        let moved =
            Thing { place: String::new(), ..thing }.change(Kind::Moved, Subject::Question, affects, words);
        self.note(Change { before: Some(from), after: Some(to), ..moved });
    }

    fn question_changed(&mut self, thing: &Thing, section: &Section, old: &Question, young: &Question) {
        if old == young {
            return;
        }
        let (before, after) = (fields::of_question(&self.from, old), fields::of_question(&self.to, young));
        self.fields(thing, before, after);
        self.pictures(section, old, young);
        self.options(section, old, young);
    }

    fn pictures(&mut self, section: &Section, old: &Question, young: &Question) {
        let (from, to) = (&old.pictures, &young.pictures);
        let items = (Pairs::of(from, to, |picture| picture.id), Subject::Picture);
        self.items(items, |book, of, at| {
            let (question, list) = if of == Side::From { (old, from) } else { (young, to) };
            let picture = list.get(at)?;
            let item = book.picture(section, question, picture);
            Some((
                item,
                words::whole(&picture.alt, book.language),
                Affects::Wording,
                fields::of_picture(picture),
            ))
        });
    }

    fn options(&mut self, section: &Section, old: &Question, young: &Question) {
        let (from, to) = (old.answer.options(), young.answer.options());
        if from.is_empty() || to.is_empty() {
            return; // it is another kind of question, or none that could be published
        }
        let items = (Pairs::of(from, to, |option| option.key.as_str()), Subject::Option);
        self.items(items, |book, of, at| {
            let (question, list) = if of == Side::From { (old, from) } else { (young, to) };
            let option = list.get(at)?;
            let affects =
                if option.points.is_some_and(|points| points > 0) { Affects::Scores } else { Affects::Flow };
            let item = book.option(section, question, option);
            Some((item, words::whole(&option.text, book.language), affects, fields::of_option(option)))
        });
    }

    /// What became of the items of a list, each of which says what it is, reads, affects and has.
    fn items(
        &mut self,
        (pairs, subject): (Pairs, Subject),
        item: impl Fn(&Book<'c>, Side, usize) -> Option<(Thing, String, Affects, Vec<Field>)>,
    ) {
        for at in pairs.removed {
            if let Some((thing, text, affects, _)) = item(&self.from, Side::From, at) {
                let words = format!("{} was removed", thing.called);
                self.note(Change {
                    before: Some(text),
                    ..thing.change(Kind::Removed, subject, affects, words)
                });
            }
        }
        for at in pairs.added {
            if let Some((thing, text, affects, _)) = item(&self.to, Side::To, at) {
                let words = format!("{} was added", thing.called);
                self.note(Change { after: Some(text), ..thing.change(Kind::Added, subject, affects, words) });
            }
        }
        for pair in pairs.kept {
            let (Some(old), Some(young)) =
                (item(&self.from, Side::From, pair.from), item(&self.to, Side::To, pair.to))
            else {
                continue;
            };
            let thing = young.0;
            if pair.moved {
                let places = [pair.from, pair.to].map(|at| (at + 1).to_string());
                let words = words::moved(&thing.called, pair.from, pair.to);
                let affects = if subject == Subject::Picture { Affects::Wording } else { Affects::Flow };
                let moved = thing.clone().change(Kind::Moved, subject, affects, words);
                let [before, after] = places.map(Some);
                self.note(Change { before, after, ..moved });
            }
            self.fields(&thing, old.3, young.3);
        }
    }

    /// Which fields of a thing changed.
    fn fields(&mut self, thing: &Thing, old: Vec<Field>, young: Vec<Field>) {
        let mut before: BTreeMap<_, _> = old.into_iter().map(|field| (field.id(), field)).collect();
        let mut differing = Vec::new();
        for after in young {
            let before = before.remove(&after.id());
            if before.as_ref().is_none_or(|before| before.exact != after.exact) {
                differing.push((before, Some(after)));
            }
        }
        differing.extend(before.into_values().map(|before| (Some(before), None)));
        // Where a text or a way to answer comes or goes as a whole, its parts are not listed.
        let whole: HashSet<_> = differing
            .iter()
            .filter_map(|(before, after)| after.as_ref().or(before.as_ref()))
            .filter(|field| field.whole)
            .map(|field| field.name)
            .collect();
        for (before, after) in differing {
            let Some(field) = after.as_ref().or(before.as_ref()) else { continue };
            let covered = field.part_of.is_some_and(|of| whole.contains(of));
            let language = field.language.as_deref();
            let new = before.is_none() && language.is_some_and(|tag| self.new.contains(tag));
            let gone = after.is_none() && language.is_some_and(|tag| self.gone.contains(tag));
            if !(covered || new || gone) {
                self.field(thing.clone(), before, after);
            }
        }
    }

    fn field(&mut self, thing: Thing, before: Option<Field>, after: Option<Field>) {
        let Some(Field { name, subject, affects, phrase, .. }) = after.as_ref().or(before.as_ref()).cloned()
        else {
            return;
        };
        let language = after.as_ref().or(before.as_ref()).and_then(|field| field.language.clone());
        let several = self.from.content.languages.len().max(self.to.content.languages.len()) > 1;
        let language_named = language.as_deref().filter(|_| several);
        let sides = [&before, &after].map(|field| field.as_ref().and_then(|field| field.value.clone()));
        let values = [&before, &after].map(|field| field.as_ref().and_then(Field::in_sentence));
        let words = phrase.sentence(&thing.called, language_named, values);
        let [before, after] = sides;
        let changed = thing.change(Kind::Changed, subject, affects, words);
        self.note(Change { field: Some(name.to_owned()), language, before, after, ..changed });
    }
}

/// Which of the two contents.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    From,
    To,
}

/// Whether a score can come of the question.
fn counts(section: &Section, question: &Question) -> bool {
    section.weight > 0 && question.weight > 0 && question.answer.points().is_some()
}
