//! Which texts `en.ftl` has, known while the program is compiled: so a text that is not there is an error of the
//! compiler.
//!
//! This sees lines, not Fluent's grammar: a message begins with its id at the beginning of a line and goes on in the
//! lines that are indented. A test holds that to what Fluent reads.

use super::Language;

const SOURCE: &[u8] = Language::English.source().as_bytes();
const STARTS: [usize; count(SOURCE)] = starts(SOURCE);

/// The outline of `en.ftl`.
pub(super) const ENGLISH: Outline<'static> = Outline { source: SOURCE, starts: &STARTS };

/// A catalogue, and where each of its messages begins.
pub(super) struct Outline<'s> {
    source: &'s [u8],
    starts: &'s [usize],
}

impl Outline<'_> {
    /// Whether there is a message with this id that has all of these variables and no others.
    pub(super) const fn has(&self, id: &str, variables: &[&str]) -> bool {
        let mut at = 0;
        while at < self.starts.len() {
            let (_, rest) = self.source.split_at(self.starts[at]);
            if same(word(rest), id.as_bytes()) {
                return names_these(message(rest), variables);
            }
            at += 1;
        }
        false
    }
}

const fn count(source: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < source.len() {
        count += begins(source, at) as usize;
        at += 1;
    }
    count
}

const fn starts<const N: usize>(source: &[u8]) -> [usize; N] {
    let (mut starts, mut at, mut next) = ([0; N], 0, 0);
    while at < source.len() {
        if begins(source, at) {
            starts[next] = at;
            next += 1;
        }
        at += 1;
    }
    starts
}

/// Whether a message begins here.
const fn begins(source: &[u8], at: usize) -> bool {
    source[at].is_ascii_alphabetic() && (at == 0 || source[at - 1] == b'\n')
}

/// The message that this begins with: its line, and those below that are indented or empty.
const fn message(source: &[u8]) -> &[u8] {
    let mut end = 1;
    while end < source.len() && (source[end - 1] != b'\n' || matches!(source[end], b' ' | b'\n')) {
        end += 1;
    }
    source.split_at(end).0
}

/// The name that this begins with.
const fn word(source: &[u8]) -> &[u8] {
    let mut end = 0;
    while end < source.len() && (source[end].is_ascii_alphanumeric() || matches!(source[end], b'-' | b'_')) {
        end += 1;
    }
    source.split_at(end).0
}

/// Whether every variable of the message is among these, and each of these is in it.
const fn names_these(message: &[u8], variables: &[&str]) -> bool {
    let mut seen = 0_u64;
    let mut at = 0;
    while at < message.len() {
        if message[at] == b'$' {
            let Some(place) = place(word(message.split_at(at + 1).1), variables) else { return false };
            seen |= 1 << place;
        }
        at += 1;
    }
    seen.count_ones() as usize == variables.len()
}

const fn place(name: &[u8], variables: &[&str]) -> Option<usize> {
    let mut at = 0;
    while at < variables.len() {
        if same(name, variables[at].as_bytes()) {
            return Some(at);
        }
        at += 1;
    }
    None
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &[u8] = b"# $comment\none = One.\n-term = T\ntwo-2 = { $n ->\n    [one] { $n } of { $all }\n\n   *[other] many\n    }\n\n# $later\nthree_ = 3\n";
    const STARTS: [usize; count(SOURCE)] = starts(SOURCE);
    const OUTLINE: Outline<'static> = Outline { source: SOURCE, starts: &STARTS };

    #[test]
    fn a_message_has_its_id_and_its_variables() {
        for (id, variables) in [("one", &[][..]), ("two-2", &["all", "n"]), ("three_", &[])] {
            assert!(OUTLINE.has(id, variables), "{id}");
        }
    }

    #[test]
    fn another_id_and_other_variables_are_not_there() {
        for (id, variables) in [
            ("on", &[][..]),
            ("one-", &[]),
            ("term", &[]),
            ("-term", &[]),
            ("", &[]),
            ("comment", &[]),
            ("one", &["comment"]),
            ("two-2", &[]),
            ("two-2", &["n"]),
            ("two-2", &["all", "n", "later"]),
            ("two-2", &["all", "n", "n"]),
            ("two-2", &["al", "n"]),
            ("three_", &["later"]),
        ] {
            assert!(!OUTLINE.has(id, variables), "{id} {variables:?}");
        }
    }
}
