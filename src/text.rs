//! What a text may be: plain lines for people, and the tags that name languages.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// What [`is_plain`] asks for, in words.
pub const PLAIN: &str = "a line of text without control characters, and not only white space";

/// What [`are_plain_lines`] asks for, in words.
pub const PLAIN_LINES: &str =
    "text without control characters other than tabs and line breaks, and not only white space";

/// What [`is_currency`] asks for, in words.
pub const CURRENCY: &str = "the code of a currency (ISO 4217), such as EUR";

/// Whether this is a line of text for people: it has no control character, and more than white space.
pub fn is_plain(text: &str) -> bool {
    !text.contains(|c: char| c.is_ascii_control()) && !text.trim().is_empty()
}

/// The text in the one spelling of its characters that has no other (NFC): an accent may be written as a character of its
/// own, and what looks the same is the same.
pub fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// Characters that are not seen, and join or part nothing.
const UNSEEN: [char; 12] = [
    '\u{ad}', '\u{180e}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
    '\u{202e}', '\u{2060}', '\u{feff}',
];
/// Characters that are not seen, but change how their neighbours look in some scripts.
const JOINING: [char; 2] = ['\u{200c}', '\u{200d}'];

/// A name as it is kept: in the one spelling of its characters ([`composed`]), without those that are not seen, and with
/// single spaces between its words and none around them.
pub fn tidied(text: &str) -> String {
    let seen = text.replace(UNSEEN, "");
    composed(&seen.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// What a name looks like: two names that have the same are hard to tell apart. Beside [`tidied`] all letters are small.
pub fn look(name: &str) -> String {
    composed(&tidied(name).replace(JOINING, "").to_lowercase()).into_owned()
}

/// The text with every line break of its own kind as a line feed: carriage returns with and without one, vertical tabs,
/// form feeds, and the separators of lines and paragraphs.
pub fn with_line_feeds(text: String) -> String {
    const BREAKS: [char; 6] = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    if text.contains(BREAKS) { text.replace("\r\n", "\n").replace(BREAKS, "\n") } else { text }
}

/// The text as a person meant it: with line feeds for line breaks, and without other control characters but tabs, which
/// nobody sees and which come with what is pasted.
pub fn as_typed(text: String) -> String {
    let text = with_line_feeds(text);
    let unseen = |c: char| c.is_control() && !matches!(c, '\t' | '\n');
    if text.contains(unseen) { text.replace(unseen, "") } else { text }
}

/// The decimal digits of scripts that phones write numbers in, by their zeros (Unicode 16, category Nd).
const ZEROS: [char; 14] = [
    '\u{660}', '\u{6F0}', '\u{7C0}', '\u{966}', '\u{9E6}', '\u{A66}', '\u{AE6}', '\u{E50}', '\u{ED0}',
    '\u{F20}', '\u{1040}', '\u{17E0}', '\u{1810}', '\u{FF10}',
];

/// The text with the digits 0 to 9 for those of other scripts. A phone writes by its language where a program does not say
/// otherwise: `٢٠٢٦` is 2026.
pub fn with_plain_digits(text: &str) -> Cow<'_, str> {
    let plain = |c: char| {
        let digit = |zero: &char| {
            u8::try_from(u32::from(c).checked_sub(u32::from(*zero))?).ok().filter(|digit| *digit < 10)
        };
        ZEROS.iter().find_map(digit).map(|digit| char::from(b'0' + digit))
    };
    if text.is_ascii() { text.into() } else { text.chars().map(|c| plain(c).unwrap_or(c)).collect() }
}

/// Whether these are lines of text for people: no control characters but tabs and line breaks, and more than white space.
pub fn are_plain_lines(text: &str) -> bool {
    let is_break = |c: char| matches!(c, '\t'..='\r');
    !text.contains(|c: char| c.is_ascii_control() && !is_break(c)) && !text.trim().is_empty()
}

/// Whether this is the code of a currency (ISO 4217).
pub fn is_currency(code: &str) -> bool {
    iso_currency::Currency::from_code(code).is_some()
}

/// Whether this is a BCP 47 tag of a language, with a script and a region if need be (`sr-Latn-RS`).
///
/// Only the recommended spelling is taken (`en-GB`, not `en-gb`): one language has one tag, and tags
/// can be compared as they are.
pub fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-').peekable();
    let language = |s: &str| (2..=3).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_lowercase());
    if !subtags.next().is_some_and(language) {
        return false;
    }
    subtags.next_if(|subtag| is_script(subtag));
    subtags.next_if(|subtag| is_region(subtag));
    subtags.next().is_none()
}

/// Codes of languages that were replaced by others; phones still send the first three.
const FORMER: [(&str, &str); 6] =
    [("iw", "he"), ("in", "id"), ("ji", "yi"), ("jw", "jv"), ("mo", "ro"), ("tl", "fil")];
/// Scripts as POSIX has them: `sr_RS@latin`.
const POSIX_SCRIPTS: [(&str, &str); 3] = [("latin", "Latn"), ("cyrillic", "Cyrl"), ("arabic", "Arab")];

/// The language range (RFC 4647) that is meant, in the recommended spelling: `en_us.UTF-8` is `en-US`, `iw` is `he`.
pub fn language_range(sent: &str) -> Option<String> {
    let (name, posix) = sent.split_at(sent.find(['.', '@']).unwrap_or(sent.len()));
    let is_subtag = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_posix = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '-' | '_');
    let mut subtags = name.split(['-', '_']);
    let primary = subtags.next().unwrap_or_default().to_ascii_lowercase();
    let is_language = (2..=8).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic());
    if !is_language || !posix.chars().all(is_posix) {
        return None;
    }
    let mut range = match FORMER.iter().find(|(former, _)| *former == primary) {
        Some((_, now)) => (*now).to_owned(),
        None => primary,
    };
    let script = posix.rsplit('@').next().and_then(|name| POSIX_SCRIPTS.iter().find(|(one, _)| *one == name));
    let mut singleton = false;
    for (place, subtag) in script.map(|(_, script)| *script).into_iter().chain(subtags).enumerate() {
        if !is_subtag(subtag) {
            return None;
        }
        singleton |= subtag.len() == 1;
        let small = subtag.to_ascii_lowercase();
        range.push('-');
        range.push_str(&match (subtag.len(), place) {
            (4, 0) => {
                small.get(..1).unwrap_or_default().to_ascii_uppercase() + small.get(1..).unwrap_or_default()
            }
            (2, 0 | 1) if !singleton => small.to_ascii_uppercase(),
            _ => small,
        });
    }
    Some(range)
}

/// The range without its last subtag, and without the single letter that this one was an extension of.
pub fn shorter_range(range: &str) -> Option<&str> {
    let (start, _) = range.rsplit_once('-')?;
    match start.rsplit_once('-') {
        Some((start, single)) if single.len() == 1 => Some(start),
        _ => Some(start),
    }
}

/// Whether two tags are of one language, without regard to script and region: both ways of writing Norwegian are.
pub fn is_same_language(one: &str, other: &str) -> bool {
    let primary = |tag: &str| {
        let range = language_range(tag)?;
        let primary = range.split('-').next().unwrap_or_default();
        Some(if ["nb", "nn"].contains(&primary) { "no".to_owned() } else { primary.to_owned() })
    };
    primary(one).is_some_and(|one| primary(other) == Some(one))
}

/// The tag of the language that is meant, as it is kept: of what else a phone says with it (`ca-ES-valencia`,
/// `en-US-u-ca-buddhist`) language, script and region are left.
pub fn language_tag(sent: &str) -> Option<String> {
    let range = language_range(sent)?;
    let mut ranges = std::iter::successors(Some(range.as_str()), |range| shorter_range(range));
    ranges.find(|range| is_language_tag(range)).map(str::to_owned)
}

fn is_script(subtag: &str) -> bool {
    subtag.len() == 4
        && subtag.starts_with(|c: char| c.is_ascii_uppercase())
        && subtag.bytes().skip(1).all(|b| b.is_ascii_lowercase())
}

fn is_region(subtag: &str) -> bool {
    let letters = subtag.len() == 2 && subtag.bytes().all(|b| b.is_ascii_uppercase());
    letters || (subtag.len() == 3 && subtag.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_people_is_plain() {
        for text in ["x", " x ", "Île-de-France", "бул. „Витоша“ 48", "a\u{a0}b"] {
            assert!(is_plain(text), "{text:?}");
        }
        for text in ["", " ", "\u{a0}", "a\0", "a\nb", "\u{1b}[2J", "\u{7f}"] {
            assert!(!is_plain(text), "{text:?}");
        }
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(composed("I\u{302}le"), "Île");
        assert_eq!(composed("Île, Ан\u{306}я"), "Île, Ан\u{306}я");
        assert_eq!(composed("и\u{306}"), "й");
    }

    #[test]
    fn names_that_look_the_same_have_one_look() {
        for name in [
            "\u{ce}le  de France",
            "I\u{302}le de France",
            " \u{ce}le\u{a0}de\u{200b} Fr\u{ad}ance\u{feff}",
            "\u{ce}LE DE FRANCE",
        ] {
            assert_eq!(look(name), "\u{ee}le de france", "{name:?}");
        }
        assert_eq!(tidied(" I\u{302}le\u{a0}de\u{200b}  France"), "\u{ce}le de France");
        assert_ne!(look("A-1"), look("A1"));
        assert_eq!(tidied("\u{200b}\u{feff}"), "");
    }

    #[test]
    fn a_line_break_is_a_line_feed() {
        let sent = "a\r\nb\rc\u{b}d\u{c}e\u{85}f\u{2028}g\u{2029}h\ni\r\n\r\nj\n\rk";
        assert_eq!(with_line_feeds(sent.to_owned()), "a\nb\nc\nd\ne\nf\ng\nh\ni\n\nj\n\nk");
        assert_eq!(with_line_feeds("ночь\tи день".to_owned()), "ночь\tи день");
        assert_eq!(as_typed("a\0b\u{1b}[2Jc\r\n\td\u{7f}\u{9f}\u{b}e".to_owned()), "ab[2Jc\n\td\ne");
        for text in ["a\nb", "a\r\nb", "a\tb", "a\u{b}\u{c}b"] {
            assert!(are_plain_lines(text), "{text:?}");
        }
        for text in ["", " \n ", "a\0", "a\u{1b}b", "a\u{7f}", "a\u{8}", "a\u{e}"] {
            assert!(!are_plain_lines(text), "{text:?}");
        }
    }

    #[test]
    fn one_language_has_one_tag() {
        for tag in ["en", "fr", "fil", "pt-BR", "sr-Latn", "sr-Latn-RS", "es-419"] {
            assert!(is_language_tag(tag), "{tag}");
        }
        for tag in [
            "",
            "e",
            "EN",
            "en-gb",
            "en_GB",
            "sr-latn",
            "en-",
            "-en",
            "english",
            "en-GB-GB",
            "en-RS-Latn",
            "en\n",
            "é",
        ] {
            assert!(!is_language_tag(tag), "{tag}");
        }
    }

    #[test]
    fn languages_are_known_as_phones_write_them() {
        for (sent, tag) in [
            ("fr", "fr"),
            ("FR", "fr"),
            ("en_US", "en-US"),
            ("en-us", "en-US"),
            ("en_US.UTF-8", "en-US"),
            ("en_US_POSIX", "en-US"),
            ("de_DE@euro", "de-DE"),
            ("sr_RS@latin", "sr-Latn-RS"),
            ("SR-LATN-RS", "sr-Latn-RS"),
            ("zh-tw", "zh-TW"),
            ("zh_hant_tw", "zh-Hant-TW"),
            ("iw", "he"),
            ("iw-IL", "he-IL"),
            ("in_ID", "id-ID"),
            ("tl", "fil"),
            ("nb-NO", "nb-NO"),
            ("es-419", "es-419"),
            ("ca-ES-valencia", "ca-ES"),
            ("de-CH-1996", "de-CH"),
            ("zh-cmn-Hans-CN", "zh"),
            ("en-US-u-ca-buddhist", "en-US"),
            ("fr-x-private", "fr"),
            ("fr-u-ca", "fr"),
        ] {
            assert_eq!(language_tag(sent).as_deref(), Some(tag), "{sent}");
        }
        assert!(is_same_language("nb-NO", "no") && is_same_language("iw", "he-IL"));
        assert!(!is_same_language("sv", "no") && !is_same_language("*", "*"));
        for sent in
            ["", "e", "C", "POSIX", "french", "*", "e n", "en--US", "en-", "en\n", "é", "en-US!", "12"]
        {
            assert_eq!(language_tag(sent), None, "{sent}");
        }
    }
}
