//! The texts of one language, as Fluent reads them.

use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentError, FluentResource, concurrent::FluentBundle};

use super::Value;

/// The texts of one language.
pub(super) struct Catalogue {
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    /// Reads a catalogue; the tag decides which plurals there are. What cannot be read is left out, which a test finds.
    pub(super) fn read(tag: &str, source: &str) -> Self {
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _)| readable);
        let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
        // The marks keep a value of another direction apart from its sentence. No language here runs from right to
        // left, and in JSON, mail and tables the marks are stray characters.
        bundle.set_use_isolating(false);
        let _ = bundle.add_resource(resource);
        Self { bundle }
    }

    /// What the text of this id says with these values, if it is there. What went wrong is added to the errors.
    pub(super) fn say(
        &self,
        id: &str,
        values: &[(&str, Value<'_>)],
        errors: &mut Vec<FluentError>,
    ) -> Option<Cow<'_, str>> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let values: FluentArgs<'_> = values.iter().cloned().collect();
        Some(self.bundle.format_pattern(pattern, Some(&values), errors))
    }
}
