//! Which questions came, went, moved and changed.

use super::{
    Comparison, Thing,
    changes::{Affects, Change, Kind, Subject},
    fields,
    matching::{Now, Way},
    words::{self, name},
};
use crate::checklists::model::{Question, Section};

impl<'c> Comparison<'c> {
    pub(super) fn questions_of(&mut self, section: &'c Section, questions: &[Now<'c>]) {
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

    pub(super) fn question_came(&mut self, thing: Thing, section: &Section, question: &Question) {
        let affects = if counts(section, question) { Affects::Scores } else { Affects::Flow };
        let mut words = format!("{} was added: {}", thing.called, words::kind(&self.to, &question.answer));
        if question.points().is_some() {
            words.push_str(&format!(", with weight {}", question.weight));
        }
        let after = Some(words::whole(&question.text, self.to.language));
        self.note(Change { after, ..thing.change(Kind::Added, Subject::Question, affects, words) });
    }

    pub(super) fn questions_gone(&mut self, section: &Section, gone: Option<&Vec<&Question>>) {
        for question in gone.into_iter().flatten() {
            let thing = self.from.question(section, question);
            let affects = if counts(section, question) { Affects::Scores } else { Affects::Flow };
            let words = format!("{} was removed", thing.called);
            let before = Some(words::whole(&question.text, self.from.language));
            self.note(Change { before, ..thing.change(Kind::Removed, Subject::Question, affects, words) });
        }
    }

    pub(super) fn question_moved(&mut self, thing: Thing, affects: Affects, from: usize, to: usize) {
        let words = words::moved(&thing.called, from, to);
        let moved = thing.change(Kind::Moved, Subject::Question, affects, words);
        self.note(Change {
            before: Some((from + 1).to_string()),
            after: Some((to + 1).to_string()),
            ..moved
        });
    }

    pub(super) fn question_moved_here(&mut self, thing: Thing, affects: Affects, [from, to]: [String; 2]) {
        let words = format!("{} moved from section {from} to section {to}", thing.called);
        let moved =
            Thing { place: String::new(), ..thing }.change(Kind::Moved, Subject::Question, affects, words);
        self.note(Change { before: Some(from), after: Some(to), ..moved });
    }

    pub(super) fn question_changed(
        &mut self,
        thing: &Thing,
        section: &Section,
        old: &Question,
        young: &Question,
    ) {
        if old == young {
            return;
        }
        let (before, after) = (fields::of_question(&self.from, old), fields::of_question(&self.to, young));
        self.fields(thing, before, after);
        self.pictures(section, old, young);
        self.options(section, old, young);
    }
}

/// Whether a score can come of the question.
fn counts(section: &Section, question: &Question) -> bool {
    section.weight > 0 && question.weight > 0 && question.points().is_some()
}
