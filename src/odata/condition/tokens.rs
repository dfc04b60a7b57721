//! Of which parts a condition is made.

use jiff::civil::Date;

use crate::{
    db::types::Instant,
    error::Result,
    odata::{cell::Cell, refusals::wrong},
};

/// One of the parts of which a condition is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// A text between quotes.
    Text(String),
    /// A name, a word or a literal without quotes.
    Word(String),
}

/// The tokens of a condition, each with the number of its first character, from 1 on.
///
/// # Errors
/// `malformed_request` with the place of what cannot be read.
pub fn tokens(text: &str) -> Result<Vec<(usize, Token)>> {
    let characters: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(&character) = characters.get(at) {
        let begun = at + 1;
        at += 1;
        let token = match character {
            ' ' | '\t' => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match (characters.get(at), characters.get(at + 1)) {
                        (Some('\''), Some('\'')) => {
                            quoted.push('\'');
                            at += 2;
                        }
                        (Some('\''), _) => {
                            at += 1;
                            break;
                        }
                        (Some(other), _) => {
                            quoted.push(*other);
                            at += 1;
                        }
                        (None, _) => {
                            return Err(wrong(format!("the text that begins at {begun} has no end")));
                        }
                    }
                }
                Token::Text(quoted)
            }
            other if is_of_word(other) => {
                let mut word = String::from(other);
                while let Some(&next) = characters.get(at).filter(|next| is_of_word(**next)) {
                    word.push(next);
                    at += 1;
                }
                Token::Word(word)
            }
            _ => return Err(wrong(format!("what stands at {begun} cannot be read"))),
        };
        tokens.push((begun, token));
    }
    Ok(tokens)
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || "_-.:+/$@".contains(character)
}

/// A value that is written without quotes.
pub fn literal(word: &str) -> Option<Cell> {
    match word {
        "null" => return Some(Cell::Null),
        "true" => return Some(Cell::Truth(true)),
        "false" => return Some(Cell::Truth(false)),
        _ => {}
    }
    if word.len() == 36 && word.matches('-').count() == 4 {
        return word.parse().ok().map(Cell::Id);
    }
    if word.contains('T') {
        return Instant::written(word).map(Cell::Moment);
    }
    if word.len() == 10 && word.matches('-').count() == 2 {
        return word.parse::<Date>().ok().map(Cell::Day);
    }
    number(word)
}

/// A whole number, or one with one or two decimals.
fn number(word: &str) -> Option<Cell> {
    let (sign, digits) = word.strip_prefix('-').map_or((1, word), |digits| (-1, digits));
    let is_digits =
        |part: &str| !part.is_empty() && part.len() <= 12 && part.bytes().all(|byte| byte.is_ascii_digit());
    match digits.split_once('.') {
        None if is_digits(digits) => Some(Cell::Whole(sign * digits.parse::<i64>().ok()?)),
        Some((whole, fraction)) if is_digits(whole) && is_digits(fraction) => {
            let kept = fraction.trim_end_matches('0');
            if kept.len() > 2 {
                return None;
            }
            let hundredths: i64 = format!("{kept:0<2}").parse().ok()?;
            Some(Cell::Hundredths(sign * (whole.parse::<i64>().ok()? * 100 + hundredths)))
        }
        _ => None,
    }
}
