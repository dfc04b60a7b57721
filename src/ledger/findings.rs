//! What differs from what it must be.

use std::fmt;

/// More of them are counted, but not listed.
const MOST_LISTED: usize = 10_000;

/// Something stored that is not what it must be: what it is about, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it is about.
    pub about: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.about, self.what)
    }
}

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first 10,000.
    pub listed: Vec<Finding>,
    /// How many more there are.
    pub unlisted: u64,
}

impl Findings {
    /// Takes down one more.
    pub(super) fn add(&mut self, about: impl fmt::Display, what: impl fmt::Display) {
        if self.listed.len() < MOST_LISTED {
            self.listed.push(Finding { about: about.to_string(), what: what.to_string() });
        } else {
            self.unlisted += 1;
        }
    }

    /// Takes down all of these as well.
    pub(super) fn append(&mut self, others: Self) {
        let room = MOST_LISTED.saturating_sub(self.listed.len());
        self.unlisted += others.unlisted + others.listed.len().saturating_sub(room) as u64;
        self.listed.extend(others.listed.into_iter().take(room));
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.listed.len() as u64 + self.unlisted
    }
}
