//! Remarks on a shopper's words, for the reviewer, before a report goes out: what names the shopper, or says who or when it was.
//!
//! The rules are lists of words by language. All of them are asked of all words, because a comment may be in any language; a
//! reviewer decides whether what is found means anything.

mod lists;

use serde::Serialize;
use utoipa::ToSchema;

use self::lists::{COMPANIONS, FIRST_PERSON, HOURS, NUMBERED, TIMES};
use crate::{
    checklists::{
        answers::AnswerValue,
        manifest::Filled,
        model::{AnswerKind, Key},
        prepared::Prepared,
    },
    reports::model::Shows,
};

/// Why words may give the shopper away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemarkKind {
    /// The shopper's own name.
    ShopperName,
    /// Words such as 'I' and 'my'.
    FirstPerson,
    /// Who came along: 'my husband'.
    Companion,
    /// A time of day.
    TimeOfDay,
    /// The number of an order, a table or a receipt.
    Number,
}

/// Something in a shopper's words that may give the shopper away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Remark {
    /// The question that the words are about.
    pub question: Key,
    /// Why they are pointed out.
    pub kind: RemarkKind,
    /// The words.
    pub words: String,
}

/// A number of so many digits is one of an order, also if nothing before it says so.
const MANY_DIGITS: usize = 5;
/// More remarks than this on one text say no more.
const MOST_OF_TEXT: usize = 20;

/// What is to be pointed out in the words that a report of this visit shows.
pub fn remarks(checklist: &Prepared, filled: Filled<'_>, shows: &Shows, shopper: &str) -> Vec<Remark> {
    let mut all = Vec::new();
    for (key, answer) in filled.answers.iter() {
        let Some(question) = checklist.question(key.as_str()).filter(|one| shows.shows(one)) else {
            continue;
        };
        let text = match (&question.answer, &answer.value) {
            (AnswerKind::Text { .. }, Some(AnswerValue::Text(text))) => Some(text),
            _ => None,
        };
        let comment = answer.comment.as_ref().filter(|_| shows.comments);
        for words in text.into_iter().chain(comment) {
            let found = in_text(words, shopper);
            all.extend(found.into_iter().map(|(kind, words)| Remark { question: key.clone(), kind, words }));
        }
    }
    all.dedup();
    all
}

/// What is to be pointed out in one text.
pub fn in_text(text: &str, shopper: &str) -> Vec<(RemarkKind, String)> {
    let words = words(text);
    let names: Vec<_> = words_of_name(shopper);
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let after = words.get(at + 1);
        let kind = kind_of(word, before, after, &names);
        if let Some(kind) = kind {
            let whole = match (kind, before) {
                (RemarkKind::Companion | RemarkKind::Number, Some(before)) => {
                    format!("{} {}", before.written, word.written)
                }
                _ => word.written.clone(),
            };
            found.push((kind, whole));
        }
    }
    found.sort();
    found.dedup();
    found.truncate(MOST_OF_TEXT);
    found
}

struct Word {
    /// As it was written.
    written: String,
    /// In small letters, with one kind of apostrophe.
    small: String,
}

/// The words of a text; a word may hold digits, apostrophes, colons, points and hyphens, and neither begins nor ends with them.
fn words(text: &str) -> Vec<Word> {
    let is_inside = |c: char| matches!(c, '\'' | '’' | ':' | '.' | '-');
    let is_of_word = |c: char| c.is_alphanumeric() || is_inside(c) || c == '№' || c == '#';
    let parts = text.split(|c: char| !is_of_word(c));
    let word = |part: &str| {
        let written = part.trim_matches(is_inside).to_owned();
        let small = written.replace('’', "'").to_lowercase();
        (!written.is_empty()).then_some(Word { written, small })
    };
    parts.filter_map(word).collect()
}

/// The parts of a name that are long enough to mean something.
fn words_of_name(name: &str) -> Vec<String> {
    let long = |word: &Word| word.small.chars().count() >= 3;
    words(name).into_iter().filter(long).map(|word| word.small).collect()
}

fn kind_of(word: &Word, before: Option<&Word>, after: Option<&Word>, names: &[String]) -> Option<RemarkKind> {
    let Word { written, small } = word;
    if names.iter().any(|name| name == small) {
        return Some(RemarkKind::ShopperName);
    }
    if written == "I" || FIRST_PERSON.iter().any(|list| list.contains(&small.as_str())) {
        return Some(RemarkKind::FirstPerson);
    }
    if is_companion(small) {
        return Some(RemarkKind::Companion);
    }
    if TIMES.contains(&small.as_str()) || is_clock_time(small) {
        return Some(RemarkKind::TimeOfDay);
    }
    let digits = small.trim_start_matches(['№', '#']);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return None;
    }
    let is_one_of =
        |word: Option<&Word>, list: &[&str]| word.is_some_and(|word| list.contains(&word.small.as_str()));
    let is_marked = digits.len() < small.len() || before.is_some_and(|before| before.small == "№");
    if is_marked || digits.len() >= MANY_DIGITS || is_one_of(before, &NUMBERED) {
        return Some(RemarkKind::Number);
    }
    let is_hour = digits.len() <= 2 && (is_one_of(after, &HOURS) || is_one_of(before, &HOURS));
    is_hour.then_some(RemarkKind::TimeOfDay)
}

fn is_companion(small: &str) -> bool {
    COMPANIONS.iter().flat_map(|list| list.iter()).any(|word| match word.strip_suffix('-') {
        Some(beginning) => small.starts_with(beginning),
        None => small == *word,
    })
}

/// `14:05`, `14.05`, `18h30`, `18h`, `5pm`
fn is_clock_time(small: &str) -> bool {
    let small = small.trim_end_matches("am").trim_end_matches("pm");
    let is_cut = |of: &str| of.len() < 5;
    let split = [':', '.', 'h', 'ч'].iter().find_map(|mark| small.split_once(*mark));
    let number =
        |text: &str, most: u8| text.len() <= 2 && text.parse::<u8>().is_ok_and(|number| number <= most);
    match split {
        Some((hour, "")) => number(hour, 24),
        Some((hour, minute)) => minute.len() == 2 && number(hour, 24) && number(minute, 59) && is_cut(hour),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{RemarkKind::*, *};

    fn kinds(text: &str) -> Vec<RemarkKind> {
        let mut kinds: Vec<_> = in_text(text, "Ivana Petrova").into_iter().map(|(kind, _)| kind).collect();
        kinds.dedup();
        kinds
    }

    #[test]
    fn what_could_name_the_shopper_is_pointed_out_in_each_language() {
        for (text, wanted) in [
            ("The waiter said hello to Ivana.", ShopperName),
            ("Mrs PETROVA was called twice.", ShopperName),
            ("I waited at the door.", FirstPerson),
            ("They forgot our drinks.", FirstPerson),
            ("Quand je suis entrée, personne.", FirstPerson),
            ("Мне никто не помог.", FirstPerson),
            ("Никой не ми помогна.", FirstPerson),
            ("Garson bana bakmadı.", FirstPerson),
            ("The husband was served first.", Companion),
            ("Le mari a attendu.", Companion),
            ("Мужу принесли меню.", Companion),
            ("Съпругът получи друга маса.", Companion),
            ("Eşim bekledi.", Companion),
            ("At 14:05 nobody was there.", TimeOfDay),
            ("Vers 18h30, la salle était vide.", TimeOfDay),
            ("Nobody came until 5 pm.", TimeOfDay),
            ("В 7 часов было пусто.", TimeOfDay),
            ("Saat 7 gibi boştu.", TimeOfDay),
            ("Order 417 was cold.", Number),
            ("Заказ №12 не принесли.", Number),
            ("The bill 20260314 was wrong.", Number),
            ("Commande 33 oubliée.", Number),
        ] {
            assert!(kinds(text).contains(&wanted), "{text}: {:?}", kinds(text));
        }
    }

    #[test]
    fn what_says_nothing_of_the_shopper_is_left_in_peace() {
        for text in [
            "The floor was clean, and the coffee was hot.",
            "Two of five items had no price.",
            "Le serveur était poli.",
            "Пол был чистым.",
            "Подът беше чист.",
            "Zemin temizdi.",
            "Version 2.5 of the menu costs 12 euros.",
            "It took 15 minutes.",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }
}
