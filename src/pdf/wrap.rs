//! Lines of text that are no wider than they may be.

use unicode_linebreak::{BreakOpportunity, linebreaks};

/// The lines of this text, where Unicode lets lines end (UAX 14); a word that is wider than a line is torn. Spaces at the end of a
/// line are left out. A text without words is one empty line.
pub(super) fn wrap(text: &str, room: f32, width: impl Fn(&str) -> f32) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
    let mut start = 0;
    for (end, kind) in linebreaks(text.trim_end()) {
        let part = text.get(start..end).unwrap_or_default();
        start = end;
        let word = part.trim_end_matches('\n');
        if !line.is_empty() && used + width(word.trim_end()) > room {
            lines.push(finished(&mut line));
            used = 0.0;
        }
        for piece in torn(word, room, &width) {
            if !line.is_empty() && used + width(piece.trim_end()) > room {
                lines.push(finished(&mut line));
                used = 0.0;
            }
            line.push_str(piece);
            used += width(piece);
        }
        if kind == BreakOpportunity::Mandatory {
            lines.push(finished(&mut line));
            used = 0.0;
        }
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn finished(line: &mut String) -> String {
    let kept = line.trim_end().len();
    line.truncate(kept);
    std::mem::take(line)
}

/// The word itself if a line has room for it, and otherwise parts of it for which a line has room; at least one letter each.
fn torn(word: &str, room: f32, width: impl Fn(&str) -> f32) -> Vec<&str> {
    if width(word.trim_end()) <= room {
        return vec![word];
    }
    let (mut parts, mut start, mut used) = (Vec::new(), 0, 0.0);
    for (at, letter) in word.char_indices() {
        let own = width(letter.encode_utf8(&mut [0; 4]));
        if used + own > room && at > start {
            parts.extend(word.get(start..at));
            (start, used) = (at, 0.0);
        }
        used += own;
    }
    parts.extend(word.get(start..));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, room: u16) -> Vec<String> {
        wrap(text, f32::from(room), |text| text.chars().count() as f32)
    }

    #[test]
    fn lines_end_where_they_may() {
        for (text, room, wanted) in [
            ("", 10, &[""][..]),
            ("   ", 10, &[""]),
            ("one two three", 20, &["one two three"]),
            ("one two three", 7, &["one two", "three"]),
            ("one two three", 8, &["one two", "three"]),
            ("one two three", 6, &["one", "two", "three"]),
            ("well-known", 6, &["well-", "known"]),
            ("at 10\u{a0}km from", 6, &["at", "10\u{a0}km", "from"]),
            ("one\ntwo\n\nthree\n", 20, &["one", "two", "", "three"]),
            ("«Привет, мир!»", 9, &["«Привет,", "мир!»"]),
            ("a, b (c)", 4, &["a, b", "(c)"]),
        ] {
            assert_eq!(lines(text, room), wanted, "{text}");
        }
    }

    #[test]
    fn a_word_that_is_too_wide_is_torn() {
        assert_eq!(lines("so aaaaaaaaaaaa b", 5), ["so", "aaaaa", "aaaaa", "aa b"]);
        assert_eq!(lines("abc", 0), ["a", "b", "c"]);
    }

    #[test]
    fn no_line_is_too_wide_and_no_word_is_lost() {
        let text =
            "The waiter said “nothing” for ten-minute stretches, d’accord ? Съешь ещё этих мягких булок. "
                .repeat(9);
        for room in 12..60 {
            let lines = lines(&text, room);
            assert!(lines.iter().all(|line| line.chars().count() <= usize::from(room)), "{room}");
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
