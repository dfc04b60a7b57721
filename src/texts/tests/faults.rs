//! What can be wrong with a catalogue.

use std::collections::BTreeSet;

use super::{Catalogue, Value, parsed::Parsed};

/// Numbers that between them have every form of every language: as integers, and as parts.
const NUMBERS: [f64; 9] = [0.0, 1.0, 2.0, 3.0, 5.0, 11.0, 21.0, 1.5, 1e6];
/// The forms that plurals can have (CLDR).
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
/// Texts that are the same word in another language.
const THE_SAME: &[(&str, &str)] = &[("fr", "problem-page-code")];

/// What is wrong with a catalogue beside the one that is the measure.
pub(super) fn faults(one: &Parsed, english: &Parsed) -> Vec<String> {
    let mut faults = one.faults.clone();
    faults.extend(
        english.ids().filter(|id| !one.messages.contains_key(*id)).map(|id| format!("{id} is missing")),
    );
    for id in one.ids() {
        if english.messages.contains_key(id) {
            in_form(one, id, &mut faults);
            in_plurals(one, id, &mut faults);
            beside_english(one, english, id, &mut faults);
        } else {
            faults.push(format!("{id} is not in English"));
        }
    }
    faults.into_iter().map(|fault| format!("{}: {fault}", one.tag)).collect()
}

/// A message is one text that can be said whatever its values are, with visible characters only.
fn in_form(one: &Parsed, id: &str, faults: &mut Vec<String>) {
    let parts = &one.messages[id];
    if !parts.has_text {
        faults.push(format!("{id} has no text"));
    }
    if parts.has_attributes {
        faults.push(format!("{id} has attributes"));
    }
    let (texts, errors) = sayings(one, id);
    faults.extend(errors.into_iter().map(|error| format!("{id}: {error}")));
    let stray = |c: &char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if let Some(stray) = texts.iter().flat_map(|text| text.chars()).find(stray) {
        faults.push(format!("{id} has an invisible character: {stray:?}"));
    }
}

/// All that a message says: for every sample number in the variables that select a form, and a word in the others.
fn sayings(one: &Parsed, id: &str) -> (Vec<String>, BTreeSet<String>) {
    let parts = &one.messages[id];
    let mut errors = Vec::new();
    let mut say = |number: f64| {
        let value = |name: &str| match parts.selectors.contains(name) {
            true => Value::from(number),
            false => Value::from("word"),
        };
        let values: Vec<_> = parts.variables.iter().map(|name| (name.as_str(), value(name))).collect();
        one.catalogue.say(id, &values, &mut errors).map(Into::into)
    };
    let texts = NUMBERS.into_iter().filter_map(&mut say).collect();
    (texts, errors.iter().map(ToString::to_string).collect())
}

/// Where a number selects a form, there is one for each form of the language, and `other` is the one to fall back to.
fn in_plurals(one: &Parsed, id: &str, faults: &mut Vec<String>) {
    let forms = forms(&one.tag);
    for (keys, fallback) in &one.messages[id].selections {
        if !keys.iter().any(|key| FORMS.contains(&key.as_str())) {
            continue;
        }
        let missing = forms.iter().filter(|form| !keys.contains(form));
        faults.extend(missing.map(|form| format!("{id} says nothing for {form:?}")));
        let foreign = keys.iter().filter(|key| FORMS.contains(&key.as_str()) && !forms.contains(*key));
        faults.extend(foreign.map(|key| format!("{id} has {key:?}, which the language has not")));
        if fallback != "other" {
            faults.push(format!("{id} falls back to {fallback:?}"));
        }
    }
}

/// The forms that plurals have in this language, as the program knows them.
fn forms(tag: &str) -> BTreeSet<String> {
    let variants =
        FORMS.map(|form| format!("    {}[{form}] {form}\n", if form == "other" { "*" } else { "" }));
    let probe = Catalogue::read(tag, &format!("n = {{ $n ->\n{}    }}\n", variants.concat()));
    let form = |n| probe.say("n", &[("n", Value::from(n))], &mut Vec::new()).unwrap().into_owned();
    NUMBERS.into_iter().map(form).collect()
}

/// A translation has the variables and the names in backticks that the English text has, and is a translation.
fn beside_english(one: &Parsed, english: &Parsed, id: &str, faults: &mut Vec<String>) {
    let (own, wanted) = (&one.messages[id].variables, &english.messages[id].variables);
    if own != wanted {
        faults.push(format!("{id} has the variables {own:?}, in English {wanted:?}"));
    }
    let (texts, (in_english, _)) = (sayings(one, id).0, sayings(english, id));
    let wanted = names(in_english.first().map_or("", String::as_str));
    let other = texts.iter().map(|text| names(text)).find(|names| *names != wanted);
    if let Some(names) = other {
        faults.push(format!("{id} has the names {names:?}, in English {wanted:?}"));
    }
    if one.tag != english.tag && texts == in_english && !THE_SAME.contains(&(one.tag.as_str(), id)) {
        faults.push(format!("{id} is as in English"));
    }
}

/// What stands in backticks.
fn names(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}
