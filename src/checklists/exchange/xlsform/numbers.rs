//! Numbers with decimals as whole numbers of their smallest steps, and back.

use crate::{checklists::kinds::AnswerKind, decimals::of_currency};

/// How many decimals people write for answers of this kind, where answers are numbers.
pub fn decimals(answer: &AnswerKind) -> Option<u8> {
    match answer {
        AnswerKind::Number { decimals, .. } => Some(*decimals),
        AnswerKind::Amount { currency, .. } => Some(minor_digits(currency)),
        AnswerKind::Duration { .. } | AnswerKind::Scale { .. } => Some(0),
        AnswerKind::YesNo { .. }
        | AnswerKind::OneChoice { .. }
        | AnswerKind::SeveralChoices { .. }
        | AnswerKind::Text { .. }
        | AnswerKind::DateTime { .. }
        | AnswerKind::Photo { .. }
        | AnswerKind::Audio { .. }
        | AnswerKind::Location {}
        | AnswerKind::Signature {}
        | AnswerKind::Note {} => None,
    }
}

/// How many decimals amounts in this currency have; two for an unknown currency.
pub fn minor_digits(currency: &str) -> u8 {
    of_currency(currency).unwrap_or(2)
}

/// How many decimals a number has as it is written, without zeros at its end.
pub fn digits_after_point(number: &str) -> usize {
    number.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len())
}

/// `4.5` as 45 with one decimal; nothing if it is no number or has more decimals.
pub fn steps(number: &str, decimals: u8) -> Option<i64> {
    let (sign, digits) = number.strip_prefix('-').map_or((1, number), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::from(decimals).checked_sub(fraction.len())?;
    let all = format!("{whole}{fraction}{}", "0".repeat(missing));
    let plain = !(whole.is_empty() && fraction.is_empty()) && all.bytes().all(|b| b.is_ascii_digit());
    if !plain {
        return None;
    }
    format!("{}{all}", if sign < 0 { "-" } else { "" }).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimals::written;

    #[test]
    fn numbers_in_steps() {
        for (number, decimals, in_steps) in [
            ("4.5", 1, Some(45)),
            ("4.50", 1, Some(45)),
            ("-0.05", 2, Some(-5)),
            ("4.55", 1, None),
            ("12", 2, Some(1200)),
            ("", 0, None),
            ("-", 0, None),
            ("1e3", 0, None),
            ("9223372036854775808", 0, None),
        ] {
            assert_eq!(steps(number, decimals), in_steps, "{number}");
        }
        assert_eq!(steps(&written(i64::MIN, 6, '.'), 6), Some(i64::MIN));
    }
}
