//! Passwords that a stranger guesses who knows the account's address, or who tries what most people choose.

use std::{collections::HashSet, sync::LazyLock};

use crate::texts::{Language, text};

/// The commonest passwords and what they are made of, lower case.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common.txt").split_whitespace().collect());

/// The keys of keyboards in their order; digits and letters in theirs are known without.
const KEYS: [&str; 9] = [
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qwertzuiop",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
];

/// What only looks like more: so many signs beside words, runs and repetitions do not make a password better.
const DECORATION: usize = 6;
/// So many common words do not make a password; more of them may be a sentence.
const WORDS: usize = 2;
/// Shorter sequences are no run, and shorter parts of an address no word.
const SHORTEST: usize = 3;

/// Why a password is weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// It is made of the account's own address.
    OwnAddress,
    /// It is one of the commonest, or made of them.
    Common,
    /// It is the same over and over.
    Repeated,
    /// It goes along the alphabet, the numbers or the keyboard.
    Run,
}

impl Weakness {
    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OwnAddress => "own_address",
            Self::Common => "common",
            Self::Repeated => "repeated",
            Self::Run => "run",
        }
    }

    /// What to do about it.
    pub fn say(self, language: Language) -> String {
        let text = match self {
            Self::OwnAddress => text!("password-own_address"),
            Self::Common => text!("password-common"),
            Self::Repeated => text!("password-repeated"),
            Self::Run => text!("password-run"),
        };
        text.say(language).into_owned()
    }
}

/// What is weak about this password, in its composed form, for the account with this address.
pub fn weakness(password: &str, email: &str) -> Option<Weakness> {
    let letters: Vec<char> = password.to_lowercase().chars().collect();
    let plain: Vec<char> = letters.iter().copied().map(meant).collect();
    let email = email.trim().to_lowercase();
    let own = own_words(&email);
    let is_own = |word: &str| own.contains(&word);
    let is_known = |word: &str| own.contains(&word) || COMMON.contains(word);
    let says_only =
        |is_word: &dyn Fn(&str) -> bool| says_only(&letters, is_word) || says_only(&plain, is_word);
    if is_repeated(&letters) {
        Some(Weakness::Repeated)
    } else if says_only(&|_| false) {
        Some(Weakness::Run)
    } else if says_only(&is_own) {
        Some(Weakness::OwnAddress)
    } else if says_only(&is_known) {
        Some(Weakness::Common)
    } else {
        None
    }
}

/// The address, and its parts that are long enough to be known again.
fn own_words(email: &str) -> Vec<&str> {
    let (local, host) = email.split_once('@').unwrap_or((email, ""));
    let mut words = vec![email, local, host];
    words.extend(local.split(['.', '-', '_', '+']));
    words.extend(host.split('.'));
    words.retain(|word| word.chars().count() >= SHORTEST);
    words
}

/// The letter that a sign stands for in passwords that want to look harder.
fn meant(letter: char) -> char {
    match letter {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Whether it is one piece over and over: of up to four letters, or of any length three times.
fn is_repeated(letters: &[char]) -> bool {
    let whole = |period: usize| letters.iter().zip(&letters[period..]).all(|(one, next)| one == next);
    (1..=letters.len() / 2).any(|period| (period <= 4 || period * 3 <= letters.len()) && whole(period))
}

/// Whether words, runs and repetitions are all of it, with no more than some decoration: the least decoration is sought, from
/// left to right, with each number of words.
fn says_only(letters: &[char], is_word: &dyn Fn(&str) -> bool) -> bool {
    let mut least = vec![[usize::MAX; WORDS + 1]; letters.len() + 1];
    least[0][0] = 0;
    for from in 0..letters.len() {
        let steps = steps(&letters[from..], is_word);
        for words in 0..=WORDS {
            let so_far = least[from][words];
            if so_far > DECORATION {
                continue;
            }
            for (length, adds_word, adds_decoration) in &steps {
                let words = words + usize::from(*adds_word);
                if let Some(place) = least[from + length].get_mut(words) {
                    *place = (*place).min(so_far + usize::from(*adds_decoration));
                }
            }
        }
    }
    least[letters.len()].iter().any(|decoration| *decoration <= DECORATION)
}

/// What may come next: how long it is, whether it is a word, and whether it is decoration.
fn steps(letters: &[char], is_word: &dyn Fn(&str) -> bool) -> Vec<(usize, bool, bool)> {
    let mut steps = Vec::new();
    if !letters[0].is_alphabetic() {
        steps.push((1, false, true));
    }
    for length in SHORTEST..=letters.len() {
        let piece = &letters[..length];
        if is_run(piece) {
            steps.push((length, false, false));
        }
        if is_word(&piece.iter().collect::<String>()) {
            steps.push((length, true, false));
        }
    }
    steps
}

/// Whether each letter is the same as the one before, or each its neighbour in one direction.
fn is_run(letters: &[char]) -> bool {
    let all = |next: &dyn Fn(char, char) -> bool| letters.windows(2).all(|pair| next(pair[0], pair[1]));
    let follows = |one: char, next: char| {
        one.is_alphanumeric() && u32::from(one) + 1 == u32::from(next)
            || KEYS.iter().any(|row| {
                let mut keys = row.chars();
                keys.any(|key| key == one) && keys.next() == Some(next)
            })
    };
    all(&|one, next| one == next) || all(&follows) || all(&|one, next| follows(next, one))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAIL: &str = "Ayse.Demir@lumen.example";

    #[test]
    fn weak_passwords_are_seen() {
        for (password, wanted) in [
            ("passwordpassword", Weakness::Common),
            ("Password1234", Weakness::Common),
            ("P@ssw0rd2024!", Weakness::Common),
            ("iloveyou iloveyou", Weakness::Common),
            ("letmein-welcome", Weakness::Common),
            ("motdepasse2025", Weakness::Common),
            ("пароль123456", Weakness::Common),
            ("galatasaray1905", Weakness::Common),
            ("Administrator1", Weakness::Common),
            ("ayse.demir@lumen.example", Weakness::OwnAddress),
            ("AYSE.DEMIR2024", Weakness::OwnAddress),
            ("demirdemir12", Weakness::OwnAddress),
            ("lumen-ayse-99", Weakness::OwnAddress),
            ("aaaaaaaaaaaa", Weakness::Repeated),
            ("abababababab", Weakness::Repeated),
            ("123412341234", Weakness::Repeated),
            ("tigertigertiger", Weakness::Repeated),
            ("abcdefghijkl", Weakness::Run),
            ("123456789012", Weakness::Run),
            ("987654321098", Weakness::Run),
            ("qwertyuiop123", Weakness::Run),
            ("asdfghjkl;12", Weakness::Run),
            ("йцукенгшщзхъ", Weakness::Run),
            ("aaaaaabbbbbb", Weakness::Run),
        ] {
            assert_eq!(weakness(password, EMAIL), Some(wanted), "{password}");
        }
    }

    #[test]
    fn others_are_not() {
        for password in [
            "correct horse battery staple",
            "another horse, another battery",
            "lumen-demo-password",
            "dragon monkey sunshine tiger",
            "vf8-qn2-xtz-wk",
            "839201748362",
            "Wer reitet so spät",
            "твърде дълга нощ",
            "kırmızı bisiklet",
        ] {
            assert_eq!(weakness(password, "somebody@example.org"), None, "{password}");
        }
        assert_eq!(weakness("lumen-demo-password", "administrator@lumen.example"), None);
    }

    #[test]
    fn the_list_is_in_the_form_that_is_compared() {
        assert!(COMMON.len() > 300, "{}", COMMON.len());
        for word in COMMON.iter() {
            assert!(word.to_lowercase() == **word && word.chars().count() >= SHORTEST, "{word}");
        }
    }
}
