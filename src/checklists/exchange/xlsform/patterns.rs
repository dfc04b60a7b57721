//! The patterns of texts as regular expressions, as XLSForm wants them.

use crate::checklists::kinds::Pattern;

/// Each with the expression that is closest to it. None has both kinds of quotes.
const PATTERNS: [(Pattern, &str); 6] = [
    (Pattern::Digits, "^[0-9]+$"),
    (Pattern::Letters, r"^\p{L}[\p{L}\p{M} ]*$"),
    (Pattern::LettersAndDigits, r"^[\p{L}0-9][\p{L}\p{M}0-9 ]*$"),
    (Pattern::Phone, r"^(?=(.*[0-9]){5})[0-9 +()./-]+$"),
    (Pattern::Url, r"^https?://\S+$"),
    (Pattern::Email, r"^[A-Za-z0-9.!#$%&*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"),
];

/// The expression of a pattern.
pub fn expression(pattern: Pattern) -> &'static str {
    PATTERNS.iter().find(|(known, _)| *known == pattern).map_or("", |(_, expression)| expression)
}

/// The pattern that has this expression.
pub fn named(expression: &str) -> Option<Pattern> {
    PATTERNS.iter().find(|(_, known)| *known == expression).map(|(pattern, _)| *pattern)
}

/// All expressions.
pub fn expressions() -> Vec<&'static str> {
    PATTERNS.iter().map(|(_, expression)| *expression).collect()
}
