//! Whether a thing may be changed: what its caller has seen of it, as RFC 9110 (13.1) has it, but without HTTP.

use std::fmt::Display;

use crate::error::{Code, Error, Result};

/// A strong entity tag, with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of a thing in this revision, or with this digest.
    pub fn of(state: impl Display) -> Self {
        Self(format!("\"{state}\""))
    }

    /// The tag that is written so, with its quotes.
    pub const fn written(text: String) -> Self {
        Self(text)
    }

    /// As it is written in a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The states that the caller's `If-Match` names, if it sent one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IfMatch {
    /// The caller sent none.
    #[default]
    Missing,
    /// Every state will do, as long as there is one.
    Any,
    /// One of these.
    States(Vec<ETag>),
}

impl IfMatch {
    /// Whether the caller sent one at all.
    pub fn is_given(&self) -> bool {
        *self != Self::Missing
    }

    /// Nothing is there yet: only a caller that expects nothing may make it.
    ///
    /// # Errors
    /// `precondition_failed` if the caller names a state.
    pub fn expects_nothing(&self) -> Result<()> {
        if self.is_given() { Err(Error::new(Code::PreconditionFailed)) } else { Ok(()) }
    }

    /// It is there in this state: only a caller that names the state may change it.
    ///
    /// # Errors
    /// `precondition_required` if the caller names no state, `precondition_failed` if it names another.
    pub fn expects(&self, current: &ETag) -> Result<()> {
        match self {
            Self::Missing => Err(Error::new(Code::PreconditionRequired)),
            Self::Any => Ok(()),
            Self::States(states) if states.contains(current) => Ok(()),
            Self::States(_) => Err(Error::new(Code::PreconditionFailed)),
        }
    }

    /// What a `PUT` comes to, given the tag of what is there and whether that is already as it is wanted: what was
    /// sent once may be sent again, also with an old state.
    ///
    /// # Errors
    /// `precondition_failed` or `precondition_required` if it may not be made or changed so.
    pub fn put(&self, stored: Option<ETag>, same: bool) -> Result<Put> {
        match stored {
            None => self.expects_nothing().map(|()| Put::Make),
            Some(_) if same => Ok(Put::Keep),
            Some(current) => self.expects(&current).map(|()| Put::Change),
        }
    }

    /// The same of a thing whose states are counted, by its revision or otherwise.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn step<T: PartialEq, R: Display>(
        &self,
        stored: Option<&T>,
        wanted: &T,
        revision: impl Fn(&T) -> R,
    ) -> Result<Put> {
        self.put(stored.map(|stored| ETag::of(revision(stored))), stored == Some(wanted))
    }

    /// The same of a thing that counts its revisions, given as it would be if it were new; with what it is afterwards.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn revise<T: Revised + Clone>(&self, old: Option<&T>, new: T) -> Result<Stored<T>> {
        let wanted = match old {
            Some(old) => new.in_place_of(old),
            None => new,
        };
        let put = self.step(old, &wanted, T::revision)?;
        // What is the same may be written otherwise: it stays as it is.
        let thing = match (put, old) {
            (Put::Change, _) => wanted.next(),
            (Put::Keep, Some(old)) => old.clone(),
            (Put::Keep | Put::Make, _) => wanted,
        };
        Ok(Stored { put, thing })
    }
}

/// What a `PUT` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Nothing was there.
    Make,
    /// It is there already, exactly so.
    Keep,
    /// It was there, and becomes another.
    Change,
}

impl Put {
    /// Takes the step with the functions that make and change such things, and gives what is there then. What changes a thing
    /// gives it back in its next revision.
    ///
    /// # Errors
    /// Those of the two.
    pub fn take<C, T>(
        self,
        conn: &mut C,
        wanted: T,
        make: impl FnOnce(&mut C, &T) -> Result<()>,
        change: impl FnOnce(&mut C, T) -> Result<T>,
    ) -> Result<T> {
        match self {
            Self::Make => make(conn, &wanted).map(|()| wanted),
            Self::Keep => Ok(wanted),
            Self::Change => change(conn, wanted),
        }
    }
}

/// A thing as it is after a `PUT`, and what that came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored<T> {
    /// Whether it was made or changed.
    pub put: Put,
    /// The thing.
    pub thing: T,
}

impl<T> Stored<T> {
    /// Writes the thing with whichever of these two statements the step takes; with none if it is there already.
    ///
    /// # Errors
    /// Those of the two.
    pub fn write<C>(
        self,
        conn: &mut C,
        insert: impl FnOnce(&mut C, &T) -> Result<()>,
        update: impl FnOnce(&mut C, &T) -> Result<()>,
    ) -> Result<Self> {
        match self.put {
            Put::Make => insert(conn, &self.thing)?,
            Put::Keep => {}
            Put::Change => update(conn, &self.thing)?,
        }
        Ok(self)
    }
}

/// A thing that never changes, after a `PUT`: the new one if there is none, and otherwise the old one, if it is the same.
///
/// # Errors
/// `conflict`, with these words, if another thing has the id.
pub fn unchanging<T: Clone>(
    old: Option<T>,
    new: &T,
    is_same: impl FnOnce(&T, &T) -> bool,
    taken: &'static str,
) -> Result<Stored<T>> {
    match old {
        None => Ok(Stored { put: Put::Make, thing: new.clone() }),
        Some(old) if is_same(&old, new) => Ok(Stored { put: Put::Keep, thing: old }),
        Some(_) => Err(Error::new(Code::Conflict).detail(taken)),
    }
}

/// A thing that is kept under its id and counts its revisions, the first of which is 1.
pub trait Revised: PartialEq + Sized {
    /// Its revision.
    fn revision(&self) -> i64;

    /// The thing as what the old one is to become: still in its revision, and made when it was made.
    #[must_use]
    fn in_place_of(self, old: &Self) -> Self;

    /// The same in the next revision.
    #[must_use]
    fn next(self) -> Self;
}

/// Implements [`Revised`] for structs with the fields `revision` and `created_at`.
macro_rules! revised {
    ($($thing:ty),+ $(,)?) => {$(
        impl $crate::precondition::Revised for $thing {
            fn revision(&self) -> i64 {
                self.revision
            }

            fn in_place_of(self, old: &Self) -> Self {
                Self { revision: old.revision, created_at: old.created_at, ..self }
            }

            fn next(self) -> Self {
                Self { revision: self.revision + 1, ..self }
            }
        }
    )+};
}
pub(crate) use revised;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Thing {
        name: &'static str,
        revision: i64,
        created_at: i64,
    }
    revised!(Thing);

    fn new(name: &'static str) -> Thing {
        Thing { name, revision: 1, created_at: 9 }
    }

    fn if_match(revisions: &[i64]) -> IfMatch {
        IfMatch::States(revisions.iter().map(ETag::of).collect())
    }

    #[test]
    fn a_put_makes_keeps_or_changes() {
        let old = Thing { name: "a", revision: 3, created_at: 5 };
        let stored = |if_match: IfMatch, old: Option<&Thing>, new: Thing| -> Result<_, Code> {
            let Stored { put, thing } = if_match.revise(old, new).map_err(|error| error.code())?;
            Ok((put, thing.revision, thing.created_at))
        };
        assert_eq!(stored(IfMatch::default(), None, new("a")), Ok((Put::Make, 1, 9)));
        assert_eq!(stored(if_match(&[1]), None, new("a")), Err(Code::PreconditionFailed));
        // What is so already is kept, also if another state is named.
        assert_eq!(stored(IfMatch::default(), Some(&old), new("a")), Ok((Put::Keep, 3, 5)));
        assert_eq!(stored(if_match(&[1]), Some(&old), new("a")), Ok((Put::Keep, 3, 5)));
        assert_eq!(stored(IfMatch::default(), Some(&old), new("b")), Err(Code::PreconditionRequired));
        assert_eq!(stored(if_match(&[2]), Some(&old), new("b")), Err(Code::PreconditionFailed));
        for naming in [if_match(&[3]), if_match(&[2, 3]), IfMatch::Any] {
            assert_eq!(stored(naming, Some(&old), new("b")), Ok((Put::Change, 4, 5)));
        }
    }

    #[test]
    fn only_what_differs_is_written() {
        for (put, wanted) in [(Put::Make, "insert"), (Put::Keep, ""), (Put::Change, "update")] {
            let mut done = String::new();
            let write = |name: &'static str| {
                move |done: &mut String, _: &Thing| {
                    done.push_str(name);
                    Ok(())
                }
            };
            let stored = Stored { put, thing: new("a") };
            stored.write(&mut done, write("insert"), write("update")).unwrap();
            assert_eq!(done, wanted);
        }
    }
}
