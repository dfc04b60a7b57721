//! Which fields of a thing changed.

use std::collections::{BTreeMap, HashSet};

use super::{
    Comparison, Thing,
    changes::{Change, Kind},
    fields::Field,
};

impl Comparison<'_> {
    /// Notes each field of a thing that changed.
    pub(super) fn fields(&mut self, thing: &Thing, old: Vec<Field>, young: Vec<Field>) {
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
