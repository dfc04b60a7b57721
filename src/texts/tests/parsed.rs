//! What a catalogue holds, for the checks of it.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, VariantKey};

use super::Catalogue;

/// A catalogue, read and taken apart.
pub(super) struct Parsed {
    pub tag: String,
    pub catalogue: Catalogue,
    pub messages: BTreeMap<String, Parts>,
    /// What shows in reading already.
    pub faults: Vec<String>,
}

/// What a message is made of.
#[derive(Default)]
pub(super) struct Parts {
    pub has_text: bool,
    pub has_attributes: bool,
    /// Names of variables.
    pub variables: BTreeSet<String>,
    /// Names of the variables that a form is selected by.
    pub selectors: BTreeSet<String>,
    /// The keys of each selection, and the one that it falls back to.
    pub selections: Vec<(Vec<String>, String)>,
}

impl Parsed {
    pub(super) fn of(tag: &str, source: &str) -> Self {
        let read = FluentResource::try_new(source.to_owned());
        let mut faults = Vec::new();
        let resource = read.unwrap_or_else(|(resource, errors)| {
            faults.push(format!("cannot be read: {errors:?}"));
            resource
        });
        let mut messages = BTreeMap::new();
        for entry in resource.entries() {
            let Entry::Message(message) = entry else { continue };
            let id = message.id.name.to_owned();
            if messages.insert(id, Parts::of(message)).is_some() {
                faults.push(format!("{} is there twice", message.id.name));
            }
        }
        Self { tag: tag.to_owned(), catalogue: Catalogue::read(tag, source), messages, faults }
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.messages.keys().map(String::as_str)
    }
}

impl Parts {
    fn of(message: &Message<&str>) -> Self {
        let mut parts = Self {
            has_text: message.value.is_some(),
            has_attributes: !message.attributes.is_empty(),
            ..Self::default()
        };
        message.value.iter().for_each(|pattern| parts.add(pattern));
        parts
    }

    fn add(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.add_expression(expression);
            }
        }
    }

    fn add_expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.add_inline(inline),
            Expression::Select { selector, variants } => {
                self.add_inline(selector);
                if let InlineExpression::VariableReference { id } = selector {
                    self.selectors.insert(id.name.to_owned());
                }
                let key = |key: &VariantKey<&str>| match key {
                    VariantKey::Identifier { name } => (*name).to_owned(),
                    VariantKey::NumberLiteral { value } => (*value).to_owned(),
                };
                let fallback = variants.iter().find(|one| one.default).map(|one| key(&one.key));
                let keys = variants.iter().map(|one| key(&one.key)).collect();
                self.selections.push((keys, fallback.unwrap_or_default()));
                variants.iter().for_each(|one| self.add(&one.value));
            }
        }
    }

    fn add_inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::FunctionReference { arguments, .. } => {
                arguments.positional.iter().for_each(|one| self.add_inline(one));
            }
            InlineExpression::Placeable { expression } => self.add_expression(expression),
            _ => {}
        }
    }
}
