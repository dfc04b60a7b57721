//! What is known by a key, found also by one that looks the same.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
};

use super::flaw::flaw;
use crate::{places::findings::Findings, text::look};

/// Things by their keys.
#[derive(Debug)]
pub(in crate::places) struct ByKey<T> {
    exact: HashMap<String, T>,
    /// The keys that look so.
    alike: HashMap<String, Vec<String>>,
}

/// What was found under a key.
#[derive(Debug, PartialEq, Eq)]
enum Found<'a, T> {
    /// The thing with this key.
    This(&'a T),
    /// The only one whose key looks so: its key, and the thing.
    Alike(&'a str, &'a T),
    /// Several have keys that look so.
    Several,
    /// None.
    Nothing,
}

impl<T> ByKey<T> {
    pub(in crate::places) fn new(things: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut this = Self { exact: HashMap::new(), alike: HashMap::new() };
        things.into_iter().for_each(|(key, thing)| this.add(key, thing));
        this
    }

    /// Adds a thing under its key.
    pub(in crate::places) fn add(&mut self, key: String, thing: T) {
        self.alike.entry(look(&key)).or_default().push(key.clone());
        self.exact.insert(key, thing);
    }

    /// What a cell of a file stands for, if for anything. A key that looks like another one is taken for that, which is
    /// noted.
    ///
    /// # Errors
    /// If several look so, which is a mistake of the line.
    pub(in crate::places) fn named(
        &self,
        (line, column): (u64, &str),
        written: &str,
        findings: &mut Findings,
    ) -> Result<Option<&T>, Ambiguous> {
        match self.find(written) {
            Found::This(thing) => Ok(Some(thing)),
            Found::Nothing => Ok(None),
            Found::Alike(taken, thing) => {
                let (written, taken) = (written.to_owned(), taken.to_owned());
                let flaw = flaw!("looks_the_same", "import-note-alike", written = written, taken = taken);
                findings.note(line, column, &flaw);
                Ok(Some(thing))
            }
            Found::Several => {
                let flaw = flaw!("ambiguous", "import-several-alike", written = written.to_owned());
                findings.mistake(line, column, &flaw);
                Err(Ambiguous)
            }
        }
    }

    fn find(&self, key: &str) -> Found<'_, T> {
        if let Some(thing) = self.exact.get(key) {
            return Found::This(thing);
        }
        match self.alike.get(&look(key)).map(Vec::as_slice) {
            Some([only]) => self.exact.get(only).map_or(Found::Nothing, |thing| Found::Alike(only, thing)),
            Some([]) | None => Found::Nothing,
            Some(_) => Found::Several,
        }
    }
}

/// A key stands for several things. The line's mistake says so.
#[derive(Debug)]
pub(in crate::places) struct Ambiguous;

/// What a line stands for: a thing that is there, or a new one whose code looks so.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(in crate::places) enum Stands<I> {
    For(I),
    New(String),
}

impl<I> Stands<I> {
    /// What a line with this code stands for, which named this thing or none.
    pub(in crate::places) fn of(thing: Option<I>, code: &str) -> Self {
        thing.map_or_else(|| Self::New(look(code)), Self::For)
    }
}

/// What the lines of a file stand for, each of which may stand there once.
#[derive(Debug)]
pub(in crate::places) struct Taken<K>(HashMap<K, u64>);

impl<K: Eq + Hash> Taken<K> {
    pub(in crate::places) fn new() -> Self {
        Self(HashMap::new())
    }

    /// Takes it for this line.
    ///
    /// # Errors
    /// The line that has it already.
    pub(in crate::places) fn take(&mut self, what: K, line: u64) -> Result<(), u64> {
        match self.0.entry(what) {
            Entry::Occupied(first) => Err(*first.get()),
            Entry::Vacant(new) => {
                new.insert(line);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_look_the_same_find_the_same() {
        let known = ByKey::new(["FR-1", "\u{ce}le 2", "a", "A"].map(|key| (key.to_owned(), key)));
        assert_eq!(known.find("FR-1"), Found::This(&"FR-1"));
        for key in ["fr-1", " FR-1", "FR-1\u{a0}", "F\u{200b}R-1", "FR\u{ad}-1"] {
            assert_eq!(known.find(key), Found::Alike("FR-1", &"FR-1"), "{key:?}");
        }
        assert_eq!(known.find("I\u{302}LE  2"), Found::Alike("\u{ce}le 2", &"\u{ce}le 2"));
        assert_eq!((known.find("a"), known.find("A")), (Found::This(&"a"), Found::This(&"A")));
        assert_eq!(known.find("\u{feff}a"), Found::Several);
        assert_eq!(known.find("FR-2"), Found::Nothing);
    }

    #[test]
    fn each_is_taken_once() {
        let mut taken = Taken::new();
        assert_eq!([taken.take(1, 2), taken.take(2, 3), taken.take(1, 4)], [Ok(()), Ok(()), Err(2)]);
    }
}
