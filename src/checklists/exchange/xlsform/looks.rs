//! The column `appearance`: most of it is how a question looks, some of it is what is asked.

/// What a word of the column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It was taken for what it means.
    Said,
    /// It changes looks only.
    Harmless,
    /// It changes what is asked.
    Meant,
}

const HARMLESS: [&str; 34] = [
    "field-list",
    "table-list",
    "minimal",
    "autocomplete",
    "quick",
    "quickcompact",
    "compact",
    "horizontal",
    "horizontal-compact",
    "vertical",
    "columns",
    "columns-pack",
    "columns-flex",
    "no-buttons",
    "likert",
    "label",
    "list",
    "list-nolabel",
    "multiline",
    "numbers",
    "thousands-sep",
    "counter",
    "rating",
    "picker",
    "no-ticks",
    "no-calendar",
    "new",
    "new-front",
    "new-rear",
    "annotate",
    "maps",
    "placement-map",
    "pages",
    "theme-grid",
];

/// What a word means for a group, a question or an image.
pub fn of(word: &str, what: &str) -> Look {
    let word = word.to_lowercase();
    let width = |prefix: &str| word.strip_prefix(prefix).is_some_and(|n| n.parse::<u8>().is_ok());
    match word.as_str() {
        "signature" if what == "image" => Look::Said,
        known if HARMLESS.contains(&known) || width("w") || width("columns-") => Look::Harmless,
        _ => Look::Meant,
    }
}
