//! A checklist without what answers earn: for phones of campaigns that show shoppers no scores.

use super::{
    kinds::Expected,
    model::{AnswerKind, Content, Demand},
};

impl Content {
    /// The same questions without weights, points, bands and critical effects, each with what such a member is where it is left
    /// out. What is asked for only below a share of the points is asked for always: a phone cannot know when.
    #[must_use]
    pub fn without_points(&self) -> Self {
        let mut blind = self.clone();
        for section in &mut blind.sections {
            section.weight = 1;
            for question in &mut section.questions {
                (question.weight, question.bonus, question.critical) = (1, false, None);
                for demand in [&mut question.comment, &mut question.photo] {
                    if matches!(demand, Some(Demand::Below { .. })) {
                        *demand = Some(Demand::Always {});
                    }
                }
                question.answer.forget_points();
            }
        }
        blind
    }
}

impl AnswerKind {
    fn forget_points(&mut self) {
        match self {
            Self::YesNo { expect } => *expect = Expected::Yes,
            Self::OneChoice { options } | Self::SeveralChoices { options, .. } => {
                options.iter_mut().for_each(|option| option.points = None);
            }
            Self::Scale { reversed, .. } => *reversed = false,
            Self::Number { bands, .. }
            | Self::Amount { bands, .. }
            | Self::Duration { bands, .. }
            | Self::Text { bands, .. }
            | Self::DateTime { bands, .. }
            | Self::Photo { bands, .. }
            | Self::Audio { bands, .. } => bands.clear(),
            Self::Location {} | Self::Signature {} | Self::Note {} => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::checklists::samples::contents;

    proptest! {
        #[test]
        fn nothing_is_left_of_points(content in contents()) {
            let blind = content.without_points();
            let questions = || blind.sections.iter().flat_map(|section| &section.questions);
            prop_assert!(blind.sections.iter().all(|section| section.weight == 1));
            for question in questions() {
                prop_assert!(question.weight == 1 && !question.bonus && question.critical.is_none());
                prop_assert!(question.answer.bands().is_empty());
                let is_below = |demand| matches!(demand, Some(Demand::Below { .. }));
                prop_assert!(!is_below(question.comment) && !is_below(question.photo));
                if let AnswerKind::OneChoice { options } | AnswerKind::SeveralChoices { options, .. } = &question.answer {
                    prop_assert!(options.iter().all(|option| option.points.is_none()));
                }
            }
            prop_assert_eq!(questions().count(), content.sections.iter().map(|one| one.questions.len()).sum::<usize>());
        }
    }
}
