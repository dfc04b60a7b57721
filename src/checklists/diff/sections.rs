//! Which sections came, went, moved and changed.

use std::collections::HashMap;

use super::{
    Comparison,
    changes::{Affects, Change, Kind, Subject},
    fields,
    matching::Questions,
    order::{Pair, Pairs},
    words::{self, count},
};
use crate::checklists::model::Section;

impl Comparison<'_> {
    pub(super) fn sections(&mut self) {
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

    pub(super) fn section_came(&mut self, section: &Section) {
        let thing = self.to.section(section);
        let many = count(section.questions.len(), "question");
        let words = format!("{} was added, with {many}", thing.called);
        let after = Some(words::whole(&section.title, self.to.language));
        self.note(Change { after, ..thing.change(Kind::Added, Subject::Section, Affects::Flow, words) });
    }

    pub(super) fn section_went(&mut self, section: &Section) {
        let thing = self.from.section(section);
        let words = format!("{} was removed", thing.called);
        let before = Some(words::whole(&section.title, self.from.language));
        self.note(Change { before, ..thing.change(Kind::Removed, Subject::Section, Affects::Flow, words) });
    }

    pub(super) fn section_moved(&mut self, section: &Section, from: usize, to: usize) {
        let thing = self.to.section(section);
        let words = words::moved(&thing.called, from, to);
        let moved = thing.change(Kind::Moved, Subject::Section, Affects::Flow, words);
        self.note(Change {
            before: Some((from + 1).to_string()),
            after: Some((to + 1).to_string()),
            ..moved
        });
    }
}
