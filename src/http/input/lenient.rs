//! JSON as phones' libraries write it, made what was meant before it is parsed.
//!
//! A whole number may be written as `3.0` or `3e0`: JSON Schema 2020-12 says that these are integers. A text that was cut
//! in the middle of a character has half of a surrogate pair (`\ud83d`), which is no character: U+FFFD stands in its place.

use std::borrow::Cow;

/// Beyond this not every whole number has a float of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// What stands for half a character, as long as the escape that it takes the place of.
const REPLACEMENT: &[u8] = b"\\ufffd";

/// The same JSON with whole numbers written as such, and without halves of surrogate pairs. What is no JSON stays so.
pub fn as_meant(body: &[u8]) -> Cow<'_, [u8]> {
    let mut writing = Writing { body, done: 0, written: Vec::new() };
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        at = match byte {
            b'"' => writing.text(at + 1),
            b'-' | b'0'..=b'9' => writing.number(at),
            _ => at + 1,
        };
    }
    writing.finish()
}

struct Writing<'b> {
    body: &'b [u8],
    /// So much of the body is written.
    done: usize,
    written: Vec<u8>,
}

impl<'b> Writing<'b> {
    fn at(&self, from: usize, to: usize) -> &'b [u8] {
        self.body.get(from..to).unwrap_or_default()
    }

    /// Writes this in place of what stands there.
    fn replace(&mut self, from: usize, to: usize, with: &[u8]) {
        self.written.extend_from_slice(self.at(self.done, from));
        self.written.extend_from_slice(with);
        self.done = to;
    }

    /// Reads a text from behind its first quote to behind its last.
    fn text(&mut self, mut at: usize) -> usize {
        loop {
            let rest = self.body.get(at..).unwrap_or_default();
            let Some(next) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
                return self.body.len();
            };
            at += next;
            if self.body.get(at) == Some(&b'"') {
                return at + 1;
            }
            at = match (self.surrogate(at), self.surrogate(at + 6)) {
                (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at + 12,
                (Some(_), _) => {
                    self.replace(at, at + 6, REPLACEMENT);
                    at + 6
                }
                (None, _) => at + 2,
            };
        }
    }

    /// The half of a pair that is escaped here, if one is.
    fn surrogate(&self, at: usize) -> Option<u16> {
        let digits = self.at(at, at + 6).strip_prefix(b"\\u")?;
        let digits =
            std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u16::from_str_radix(digits, 16).ok().filter(|unit| (0xD800..=0xDFFF).contains(unit))
    }

    /// Reads a number, and writes it without its fraction if that is nothing.
    fn number(&mut self, at: usize) -> usize {
        let rest = self.body.get(at..).unwrap_or_default();
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let end = at + rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let digits = self.at(at, end);
        let is_whole = !digits.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        if (!is_whole || digits == b"-0")
            && let Some(whole) = whole(digits)
        {
            self.replace(at, end, whole.to_string().as_bytes());
        }
        end
    }

    fn finish(mut self) -> Cow<'b, [u8]> {
        if self.done == 0 {
            return Cow::Borrowed(self.body);
        }
        self.written.extend_from_slice(self.at(self.done, self.body.len()));
        Cow::Owned(self.written)
    }
}

/// The whole number that this is; nothing if it is another, or not a number of JSON.
fn whole(digits: &[u8]) -> Option<i64> {
    let number: f64 = serde_json::from_slice(digits).ok()?;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn meant(body: &str) -> String {
        String::from_utf8(as_meant(body.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn whole_numbers_are_written_as_such() {
        for (sent, wanted) in [
            ("[3.0, -3.00, 3e0, 1.5e1, 30E-1, -0.0, -0]", "[3, -3, 3, 15, 3, 0, 0]"),
            ("[3.5, 1e-1, 1e400, 12345678901234567890.0]", "[3.5, 1e-1, 1e400, 12345678901234567890.0]"),
            (r#"{"3.0": "3.0 \"3.0\" 4.0"}"#, r#"{"3.0": "3.0 \"3.0\" 4.0"}"#),
            ("[3., .0, 03.0, 3.0.0, --3.0]", "[3., .0, 03.0, 3.0.0, --3.0]"),
        ] {
            assert_eq!(meant(sent), wanted);
        }
        assert!(matches!(as_meant(b"{\"a\": [1, true, \"x\"]}"), Cow::Borrowed(_)));
    }

    #[test]
    fn half_a_character_is_replaced() {
        for (sent, wanted) in [
            (r#""nice \ud83d""#, r#""nice \ufffd""#),
            (r#""\uDE00 nice""#, r#""\ufffd nice""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\ud83"#, r#""\ud83"#),
            (r#""\ud83x""#, r#""\ud83x""#),
            (r#"{"\ud83d": 1}"#, r#"{"\ufffd": 1}"#),
        ] {
            assert_eq!(meant(sent), wanted);
        }
        let read: String = serde_json::from_slice(&as_meant(br#""nice \ud83d!""#)).unwrap();
        assert_eq!(read, "nice \u{fffd}!");
    }

    proptest! {
        /// What is JSON means the same afterwards, but for its numbers' spelling.
        #[test]
        fn json_stays_what_it_is(text in ".*", number in any::<f64>(), whole in any::<i32>()) {
            let sent = serde_json::json!({"a": [text, number, f64::from(whole)], "b": {"c": text}});
            let written = sent.to_string();
            let sent: Value = serde_json::from_str(&written).unwrap();
            let read: Value = serde_json::from_slice(&as_meant(written.as_bytes())).unwrap();
            prop_assert_eq!(read["a"][0].as_str(), sent["a"][0].as_str());
            prop_assert_eq!(read["a"][1].as_f64(), sent["a"][1].as_f64());
            prop_assert_eq!(read["a"][2].as_i64(), Some(whole.into()));
            prop_assert_eq!(&read["b"], &sent["b"]);
        }

        #[test]
        fn nothing_breaks_it(body in prop::collection::vec(any::<u8>(), 0..200)) {
            as_meant(&body);
        }

        #[test]
        fn nor_what_looks_like_json(body in r#"["\\ud8De0-9.eE+{}:, -]{0,60}"#) {
            let before = serde_json::from_str::<Value>(&body);
            let after = serde_json::from_slice::<Value>(&as_meant(body.as_bytes()));
            prop_assert!(before.is_err() || after.is_ok());
        }
    }
}
