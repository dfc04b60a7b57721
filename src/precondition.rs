//! Which state of a thing a caller means: entity tags, `If-Match`, and what a conditional `PUT` comes to (RFC 9110).

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

    /// The tag as it is written, with its quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a header holds this tag and nothing else.
    pub fn is(&self, written: &str) -> bool {
        written.trim() == self.0
    }
}

/// The states that a caller's `If-Match` names, if it sent one. Text that is no entity tag names none.
#[derive(Clone, Debug, Default)]
pub struct IfMatch(Option<String>);

impl IfMatch {
    /// The header's list of tags; none if it was not sent.
    pub fn new(list: Option<String>) -> Self {
        Self(list)
    }

    /// Whether the caller sent one at all.
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// Holds the caller to expect nothing, where there is nothing yet.
    ///
    /// # Errors
    /// `precondition_failed` if the caller names a state.
    pub fn expects_nothing(&self) -> Result<()> {
        if self.is_given() { Err(Error::new(Code::PreconditionFailed)) } else { Ok(()) }
    }

    /// Holds the caller to name this state of a thing.
    ///
    /// # Errors
    /// `precondition_required` if the caller names none, `precondition_failed` if it names others only.
    pub fn expects(&self, current: &ETag) -> Result<()> {
        match &self.0 {
            None => Err(Error::new(Code::PreconditionRequired)),
            Some(list) if names(list, current) => Ok(()),
            Some(_) => Err(Error::new(Code::PreconditionFailed)),
        }
    }

    /// What a `PUT` comes to, given the tag of the thing, if it exists, and whether it is already as it is wanted. A
    /// request may be sent again, so a thing that is as it is wanted is kept, whatever state the caller names.
    ///
    /// # Errors
    /// `precondition_failed` or `precondition_required` if it may not be made or changed so.
    pub fn put(&self, current: Option<ETag>, same: bool) -> Result<Put> {
        match current {
            None => self.expects_nothing().map(|()| Put::Make),
            Some(_) if same => Ok(Put::Keep),
            Some(current) => self.expects(&current).map(|()| Put::Change),
        }
    }

    /// The same of a thing whose tag is its revision, or another count of its states.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn step<T: PartialEq, R: Display>(
        &self,
        old: Option<&T>,
        wanted: &T,
        revision: impl Fn(&T) -> R,
    ) -> Result<Put> {
        self.put(old.map(|old| ETag::of(revision(old))), old == Some(wanted))
    }
}

/// A comparison of strong tags: a weak one names nothing.
fn names(list: &str, tag: &ETag) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || one == tag.0)
}

/// What a `PUT` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// The thing is new.
    Make,
    /// The thing exists, and is as it is wanted.
    Keep,
    /// The thing exists, and becomes another.
    Change,
}

impl Put {
    /// Takes the step with the statements that make and change such things, and gives the thing as it is then. The
    /// statement that changes a thing gives it back in its next revision.
    ///
    /// # Errors
    /// Those of the two statements.
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
