//! Texts into which a form would put answers.

use crate::checklists::text::Text;

/// Why such a text is not kept as it is.
pub const NO_ANSWERS: &str = "Answers cannot stand inside of texts.";
/// What stands for an answer that is left out.
const GAP: &str = "…";

/// Whether answers are to stand in a text: `${name}`.
pub fn has_answers(text: &str) -> bool {
    text.contains("${")
}

/// The text without them.
pub fn without_answers(text: &Text) -> Text {
    text.iter().map(|(language, text)| (language, without(text))).collect()
}

fn without(text: &str) -> String {
    let mut parts = text.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.split_once('}').map_or(part, |(_, rest)| rest);
        text + GAP + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_left_out_of_texts() {
        for (text, wanted) in [
            ("How old is ${name}?", "How old is …?"),
            ("${a}${b} and ${c}", "…… and …"),
            ("no answer", "no answer"),
            ("${broken", "…broken"),
        ] {
            assert_eq!(without(text), wanted, "{text}");
        }
    }
}
