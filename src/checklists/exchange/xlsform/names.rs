//! The names of a form as keys.

use crate::checklists::model::Key;

/// The key that a name stands for: itself, or with small letters, underscores and a letter at its beginning. Nothing
/// where that is not enough.
pub fn key(name: &str) -> Option<Key> {
    let known = Key::from(name);
    if known.is_well_formed() {
        return Some(known);
    }
    let letter = |c: char| if matches!(c, '-' | '.' | ' ') { '_' } else { c.to_ascii_lowercase() };
    let small: String = name.chars().map(letter).collect();
    let begins_well = small.starts_with(|c: char| c.is_ascii_lowercase());
    let key = Key::from(if begins_well { small } else { format!("n{small}") });
    key.is_well_formed().then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys() {
        for (name, wanted) in [
            ("q1", "q1"),
            ("Q1-Open", "q1_open"),
            ("Fruit.Veg", "fruit_veg"),
            ("1", "n1"),
            ("-99", "n_99"),
            ("_a", "n_a"),
        ] {
            assert_eq!(key(name).map(|key| key.to_string()).as_deref(), Some(wanted));
        }
        for name in ["é", "a/b", "", &"x".repeat(65)] {
            assert_eq!(key(name).filter(|_| !name.is_empty()), None, "{name}");
        }
    }
}
