//! The names of a form as keys.

use crate::{checklists::model::Key, db::types::Sha256};

/// The key that a name stands for: itself, or with small letters, underscores and a letter at its beginning; without the
/// letters that no key has, or, if none are left, one made of its digest. Nothing for an empty name.
pub fn key(name: &str) -> Option<Key> {
    let known = Key::from(name);
    if known.is_well_formed() {
        return Some(known);
    }
    if name.trim().is_empty() {
        return None;
    }
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let kept = |c: &char| c.is_ascii() || !c.is_alphanumeric();
    let small: String = name.chars().filter(kept).map(letter).collect();
    let begins_well = small.starts_with(|c: char| c.is_ascii_lowercase());
    let key = Key::from(if begins_well { small.clone() } else { format!("n{small}") });
    let says_something = small.contains(|c: char| c.is_ascii_alphanumeric());
    Some(if says_something && key.is_well_formed() { key } else { own_key(name) })
}

/// A key that this name has for itself, made of its digest: for a name whose own key is another one's already.
pub fn own_key(name: &str) -> Key {
    let digest = Sha256::of(name.as_bytes()).to_string();
    Key::from(format!("n_{}", digest.get(..8).unwrap_or_default()))
}

/// A key like this one that nothing has yet.
pub fn further_key(key: &Key, is_taken: impl Fn(&Key) -> bool) -> Key {
    let numbered = |number: usize| {
        let further = Key::from(format!("{key}_{number}"));
        if further.is_well_formed() { further } else { own_key(&format!("{key}_{number}")) }
    };
    (2..).map(numbered).find(|further| !is_taken(further)).unwrap_or_else(|| key.clone())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
            ("a/b", "a_b"),
            ("Burgaz/Бургас", "burgaz_"),
            ("м", "n_7b0ff8a2"),
        ] {
            assert_eq!(key(name).map(|key| key.to_string()).as_deref(), Some(wanted));
        }
        assert_eq!(key(" "), None);
        for name in ["é", "м", "София", &"x".repeat(65)] {
            let key = key(name).unwrap();
            assert!(key.is_well_formed() && key == own_key(name), "{name}: {key}");
        }
    }
}
