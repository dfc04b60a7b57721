//! Whether what was written stands in another visit: by the runs of words that two texts have in common.
//!
//! A text is the set of its **shingles**, the runs of [`RUN`] words in it; two texts resemble each other as much as
//! they have shingles in common, of all that are in either (A. Broder, On the resemblance and containment of
//! documents, 1997). To find what resembles a text among millions, each is kept as [`BANDS`] short digests of
//! **minhashes**: for a hash function, the least hash of all shingles is the same in two texts with a probability of
//! just their resemblance. A band is [`ROWS`] of them, so that texts which resemble each other by s have one of the bands
//! in common with a probability of 1 − (1 − s³)¹⁶: 98 % where s is 0.6, 12 % where it is 0.2. What has is then compared
//! exactly.

use crate::{
    checklists::{answers::AnswerValue, key::Key},
    visits::model::Submission,
};

/// Words of a run.
pub const RUN: usize = 4;
/// A text with fewer words is a sentence that many write, and says nothing.
pub const FEWEST_WORDS: usize = 16;
/// Texts that have so much in common, in percent, were not written twice.
pub const COPIED: i64 = 60;
/// Digests of a text.
pub const BANDS: usize = 16;
/// Minhashes of a digest.
const ROWS: usize = 3;

/// Something that a shopper wrote in own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<'t> {
    /// The question that it answers, or stands beside the answer to.
    pub question: &'t Key,
    /// What it says.
    pub text: &'t str,
}

/// All that a shopper wrote, in the order of the questions' keys: answers and comments.
pub fn written(submission: &Submission) -> impl Iterator<Item = Written<'_>> {
    submission.answers.iter().flat_map(|(question, answer)| {
        let text = match &answer.value {
            Some(AnswerValue::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        [text, answer.comment.as_deref()].into_iter().flatten().map(move |text| Written { question, text })
    })
}

/// The words of a text, in small letters, without what stands between them. Where a script writes no spaces, every
/// letter is a word.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        let alone = writes_no_spaces(letter);
        if (alone || !letter.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if alone {
            words.push(letter.to_string());
        } else if letter.is_alphanumeric() {
            word.push(letter);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Letters of Thai, Lao, Burmese and Khmer, Japanese and Chinese.
fn writes_no_spaces(letter: char) -> bool {
    letter.is_alphanumeric()
        && matches!(letter, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// The runs of words of a text, each by its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shingles {
    /// Each once, in their order.
    runs: Vec<u64>,
    /// How many words the text has.
    pub words: usize,
}

impl Shingles {
    /// The shingles of a text; none if it is too short to say anything.
    pub fn of(text: &str) -> Option<Self> {
        let words = words(text);
        let mut runs: Vec<_> = words.windows(RUN).map(run).collect();
        runs.sort_unstable();
        runs.dedup();
        (words.len() >= FEWEST_WORDS).then_some(Self { runs, words: words.len() })
    }

    /// How much two texts have in common, in percent, rounded down.
    pub fn resemblance(&self, other: &Self) -> i64 {
        let common = in_both(&self.runs, &other.runs);
        let all = self.runs.len() + other.runs.len() - common;
        i64::try_from(100 * common / all.max(1)).unwrap_or_default()
    }

    /// The digests by which it is found. They are kept: how they are made must never change.
    pub fn bands(&self) -> [i64; BANDS] {
        let minhash = |row: u64| self.runs.iter().map(|run| mix(run ^ mix(row))).min().unwrap_or_default();
        std::array::from_fn(|band| {
            let first = (band * ROWS) as u64;
            let rows = first..first + ROWS as u64;
            rows.fold(mix(first), |digest, row| mix(digest ^ minhash(row))).cast_signed()
        })
    }
}

/// How many numbers two ordered lists have in common.
fn in_both(mut one: &[u64], mut other: &[u64]) -> usize {
    let mut common = 0;
    while let ([a, behind_a @ ..], [b, behind_b @ ..]) = (one, other) {
        common += usize::from(a == b);
        (one, other) = (if a <= b { behind_a } else { one }, if b <= a { behind_b } else { other });
    }
    common
}

/// The hash of a run of words: FNV-1a over their bytes, each word ended by a zero.
fn run(words: &[String]) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    bytes.fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// Spreads the bits of a number over all 64 (the finalizer of SplitMix64).
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    const TOLD: &str = "The woman at the counter looked up at once, smiled, and asked whether I had come for the \
        cake in the window. When I said yes she told me what was in it before I could ask.";

    fn in_common(one: &Shingles, other: &Shingles) -> usize {
        let bands = other.bands();
        one.bands().iter().filter(|band| bands.contains(band)).count()
    }

    #[test]
    fn words_are_the_same_however_they_are_set() {
        assert_eq!(words("  J’ai DÛ demander — deux fois!\n"), ["j", "ai", "dû", "demander", "deux", "fois"]);
        assert_eq!(words("Пришлось ждать 10 минут."), ["пришлось", "ждать", "10", "минут"]);
        assert_eq!(words("店員は3人"), ["店", "員", "は", "3", "人"]);
        assert_eq!(words("..."), [""; 0]);
    }

    #[test]
    fn a_copy_is_found_though_some_of_it_was_changed() {
        let one = Shingles::of(TOLD).unwrap();
        let shouted = Shingles::of(&TOLD.to_uppercase().replace(',', " -")).unwrap();
        assert_eq!((one.resemblance(&shouted), in_common(&one, &shouted)), (100, BANDS));
        let changed = Shingles::of(&TOLD.replace("cake", "bread")).unwrap();
        // 37 words have 34 runs, of which 4 have the word in them.
        assert_eq!(one.resemblance(&changed), 100 * 30 / 38);
        assert!(in_common(&one, &changed) > 0);
        let other = "I stood by the door for some minutes. Two people behind the counter spoke with each other \
            and did not look at me until I coughed, which was not kind of them.";
        let other = Shingles::of(other).unwrap();
        assert_eq!((one.resemblance(&other), in_common(&one, &other)), (0, 0));
    }

    #[test]
    fn a_sentence_says_nothing() {
        let words = |count: usize| (0..count).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        assert!(Shingles::of(&words(15)).is_none());
        assert_eq!(Shingles::of(&words(16)).unwrap().words, 16);
    }

    #[test]
    fn what_was_written_is_found_in_answers_and_comments() {
        let submission: Submission = serde_json::from_value(json!({
            "assignment_id": Uuid::nil(), "checklist_version_id": Uuid::nil(),
            "started_at": "2026-03-14T09:00:00Z", "ended_at": "2026-03-14T09:30:00Z",
            "answers": {"b": {"value": "told", "comment": "added"}, "a": {"value": 3, "comment": "beside"}},
        }))
        .unwrap();
        let found: Vec<_> =
            written(&submission).map(|one| (one.question.to_string(), one.text.to_owned())).collect();
        let wanted = [("a", "beside"), ("b", "told"), ("b", "added")];
        assert_eq!(found, wanted.map(|(key, text)| (key.to_owned(), text.to_owned())));
    }

    /// Bands that are stored are compared with those that later programs make.
    #[test]
    fn the_bands_of_a_text_never_change() {
        let bands = Shingles::of(TOLD).unwrap().bands();
        assert_eq!((bands[0], bands[15]), (-2_807_480_325_436_606_624, 3_549_963_815_669_466_691));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in ".{0,400}") {
            if let Some(shingles) = Shingles::of(&text) {
                prop_assert_eq!(shingles.resemblance(&shingles), 100);
                prop_assert_eq!(Shingles::of(&words(&text).join(" ")), Some(shingles));
            }
        }

        #[test]
        fn resemblance_goes_both_ways(one in proptest::collection::vec("[a-c]", 16..60), other in proptest::collection::vec("[a-c]", 16..60)) {
            let (one, other) = (Shingles::of(&one.join(" ")).unwrap(), Shingles::of(&other.join(" ")).unwrap());
            let percent = one.resemblance(&other);
            prop_assert!((0..=100).contains(&percent) && percent == other.resemblance(&one));
            prop_assert_eq!(percent == 100, one.runs == other.runs);
        }

        /// As the formula says: of a thousand texts that resemble each other by 60 % or more, twenty are missed.
        #[test]
        fn what_is_copied_is_nearly_always_found(seed in any::<u64>()) {
            let mut found = 0;
            for text in 0..20_u64 {
                let word = |at: u64, changed: bool| format!("w{}", mix(seed ^ mix(text * 1_000 + at + if changed { 500 } else { 0 })) % 5_000);
                let one: Vec<_> = (0..60).map(|at| word(at, false)).collect();
                // The last words are others: about 60 % stays.
                let other: Vec<_> = (0..60).map(|at| word(at, at >= 46)).collect();
                let (one, other) = (Shingles::of(&one.join(" ")).unwrap(), Shingles::of(&other.join(" ")).unwrap());
                prop_assert!((55..=70).contains(&one.resemblance(&other)));
                found += usize::from(in_common(&one, &other) > 0);
            }
            prop_assert!(found >= 15, "{} of 20", found);
        }
    }
}
