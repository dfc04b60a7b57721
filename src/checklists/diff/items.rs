//! Which pictures and options of a question came, went, moved and changed.

use super::{
    Comparison, Thing,
    changes::{Affects, Change, Kind, Subject},
    fields::{self, Field},
    order::{Pair, Pairs},
    words::{self, Book},
};
use crate::checklists::model::{Question, Section};

/// Which of the two contents.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    From,
    To,
}

/// An item of a list.
struct Item {
    thing: Thing,
    text: String,
    affects: Affects,
    fields: Vec<Field>,
}

impl<'c> Comparison<'c> {
    pub(super) fn pictures(&mut self, section: &Section, old: &Question, young: &Question) {
        let (from, to) = (&old.pictures, &young.pictures);
        let pairs = Pairs::of(from, to, |picture| picture.id);
        self.items(pairs, Subject::Picture, |book, of, at| {
            let (question, list) = if of == Side::From { (old, from) } else { (young, to) };
            let picture = list.get(at)?;
            Some(Item {
                thing: book.picture(section, question, picture),
                text: words::whole(&picture.alt, book.language),
                affects: Affects::Wording,
                fields: fields::of_picture(picture),
            })
        });
    }

    pub(super) fn options(&mut self, section: &Section, old: &Question, young: &Question) {
        let (from, to) = (old.answer.options(), young.answer.options());
        if from.is_empty() || to.is_empty() {
            return; // it is another kind of question, or none that could be published
        }
        let pairs = Pairs::of(from, to, |option| option.key.as_str());
        self.items(pairs, Subject::Option, |book, of, at| {
            let (question, list) = if of == Side::From { (old, from) } else { (young, to) };
            let option = list.get(at)?;
            let affects =
                if option.points.is_some_and(|points| points > 0) { Affects::Scores } else { Affects::Flow };
            Some(Item {
                thing: book.option(section, question, option),
                text: words::whole(&option.text, book.language),
                affects,
                fields: fields::of_option(option),
            })
        });
    }

    /// What became of the items of a list, each of which is made by a function of its side and its number.
    fn items(
        &mut self,
        pairs: Pairs,
        subject: Subject,
        item: impl Fn(&Book<'c>, Side, usize) -> Option<Item>,
    ) {
        for at in pairs.removed {
            if let Some(Item { thing, text, affects, .. }) = item(&self.from, Side::From, at) {
                let words = format!("{} was removed", thing.called);
                self.note(Change {
                    before: Some(text),
                    ..thing.change(Kind::Removed, subject, affects, words)
                });
            }
        }
        for at in pairs.added {
            if let Some(Item { thing, text, affects, .. }) = item(&self.to, Side::To, at) {
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
            if pair.moved {
                self.item_moved(subject, young.thing.clone(), &pair);
            }
            self.fields(&young.thing, old.fields, young.fields);
        }
    }

    fn item_moved(&mut self, subject: Subject, thing: Thing, pair: &Pair) {
        let words = words::moved(&thing.called, pair.from, pair.to);
        let affects = if subject == Subject::Picture { Affects::Wording } else { Affects::Flow };
        let moved = thing.change(Kind::Moved, subject, affects, words);
        let [before, after] = [pair.from, pair.to].map(|at| Some((at + 1).to_string()));
        self.note(Change { before, after, ..moved });
    }
}
