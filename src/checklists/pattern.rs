//! What texts may have to look like: small checks with one meaning, so that every phone can make the same.
//!
//! | pattern | as a regular expression of JavaScript (flag `v`) |
//! |---|---|
//! | `email` | the one that the HTML standard gives for `<input type=email>` |
//! | `phone` | `^[0-9 +()\-.\/]*$`, with at least five digits |
//! | `url` | `^https?:\/\/\P{White_Space}+$` |
//! | `digits` | `^[0-9]+$` |
//! | `letters` | `^L(?:[L ]*L)?$`, where `L` is `[\p{Alphabetic}M]` and `M` the [`MARKS`] |
//! | `letters_and_digits` | the same with `[\p{Alphabetic}M0-9]` |

use super::kinds::Pattern;

/// Signs that words are written with and that Unicode does not count as alphabetic: accents that are typed apart from
/// their letters, and signs that join, lengthen or mute letters in the scripts of India and South-East Asia.
pub const MARKS: [(char, char); 27] = [
    ('\u{0300}', '\u{036F}'),
    ('\u{0483}', '\u{0487}'),
    ('\u{093C}', '\u{093C}'),
    ('\u{094D}', '\u{094D}'),
    ('\u{09BC}', '\u{09BC}'),
    ('\u{09CD}', '\u{09CD}'),
    ('\u{0A3C}', '\u{0A3C}'),
    ('\u{0A4D}', '\u{0A4D}'),
    ('\u{0ABC}', '\u{0ABC}'),
    ('\u{0ACD}', '\u{0ACD}'),
    ('\u{0B3C}', '\u{0B3C}'),
    ('\u{0B4D}', '\u{0B4D}'),
    ('\u{0BCD}', '\u{0BCD}'),
    ('\u{0C3C}', '\u{0C3C}'),
    ('\u{0C4D}', '\u{0C4D}'),
    ('\u{0CBC}', '\u{0CBC}'),
    ('\u{0CCD}', '\u{0CCD}'),
    ('\u{0D3B}', '\u{0D3C}'),
    ('\u{0D4D}', '\u{0D4D}'),
    ('\u{0DCA}', '\u{0DCA}'),
    ('\u{0E47}', '\u{0E4E}'),
    ('\u{0EBA}', '\u{0EBA}'),
    ('\u{0EC8}', '\u{0ECD}'),
    ('\u{1037}', '\u{1037}'),
    ('\u{1039}', '\u{103A}'),
    ('\u{200C}', '\u{200D}'),
    ('\u{3099}', '\u{309A}'),
];

impl Pattern {
    /// Whether the text looks like this. An empty text looks like nothing.
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::Email => is_email(text),
            Self::Phone => is_phone(text),
            Self::Url => is_address(text),
            Self::Digits => !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()),
            Self::Letters => is_words(text, is_letter),
            Self::LettersAndDigits => is_words(text, |c| is_letter(c) || c.is_ascii_digit()),
        }
    }

    /// What the text has to look like, in words for a person.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Phone => "a telephone number, with at least five digits",
            Self::Url => "an address that begins with https:// or http://",
            Self::Digits => "digits only",
            Self::Letters => "letters only, with spaces between them",
            Self::LettersAndDigits => "letters and digits only, with spaces between them",
        }
    }
}

fn is_email(text: &str) -> bool {
    let name = |b: u8| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.split_once('@').is_some_and(|(before, domain)| {
        !before.is_empty() && before.bytes().all(name) && domain.split('.').all(label)
    })
}

fn is_phone(text: &str) -> bool {
    const FEWEST_DIGITS: usize = 5;
    text.bytes().all(|b| b.is_ascii_digit() || b" +()-./".contains(&b))
        && text.bytes().filter(u8::is_ascii_digit).count() >= FEWEST_DIGITS
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

/// Whether the text is made of such characters, with spaces between them but not around.
fn is_words(text: &str, fits: impl Fn(char) -> bool) -> bool {
    !text.is_empty()
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && text.chars().all(|c| c == ' ' || fits(c))
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || MARKS.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: Pattern, fits: &[&str], not: &[&str]) {
        for text in fits {
            assert!(pattern.fits(text), "{pattern:?} {text:?}");
        }
        for text in not.iter().chain(&["", " ", "\n"]) {
            assert!(!pattern.fits(text), "{pattern:?} {text:?}");
        }
    }

    #[test]
    fn each_pattern_fits_what_it_says() {
        check(
            Pattern::Email,
            &["a@b", "first.last+tag@example.co.uk", "o'neill@x-1.fr"],
            &["a", "@b", "a@", "a b@c", "a@b@c", "a@-b", "a@b-", "a@b..c", "é@b.fr", "a@b.fr\n", "a@b_c"],
        );
        check(
            Pattern::Phone,
            &["12345", "+33 (0)1.23-45/67"],
            &["1234", "12345x", "١٢٣٤٥", "+ ( ) - . /", "12345\n"],
        );
        check(
            Pattern::Url,
            &["https://example.com/a?b#c", "http://х", "https:///"],
            &["https://", "ftp://a", "example.com", "https://a b", "HTTPS://a", " https://a", "https://a\n"],
        );
        check(Pattern::Digits, &["0", "0123456789"], &["1 2", "-1", "1.5", "٣", "1\n"]);
        check(
            Pattern::Letters,
            &["a", "Émilie", "Jean  Paul", "София", "Иван Петров", "नमस्ते", "ชื่อ", "İ", "и\u{306}", "東京"],
            &[" a", "a ", "a1", "O'Neill", "a-b", "a\tb", "a\u{a0}b", "a_b", "😀"],
        );
        check(Pattern::LettersAndDigits, &["12", "Вход 2", "a1"], &["a-1", "1.5", " 1", "½", "٣"]);
    }
}
