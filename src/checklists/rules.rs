//! When a question or a section is shown: a closed subset of JSONLogic over earlier answers.
//!
//! What it means is in [`Rule::holds`], how it is read in `reading`, how it is written in `writing`, and what of it can
//! be published in [`check`].

mod publishing;
mod reach;
mod reading;
mod schema;
mod sets;
mod shapes;
mod sides;
#[cfg(test)]
mod tests;
mod typing;
mod writing;

use std::cmp::Ordering;

use super::{key::Key, model::Content};
pub(super) use publishing::check;
pub(super) use shapes::limits;

/// Most operators inside one another, `var` among them.
pub const MAX_NESTING: usize = 16;

/// When a question or a section is shown, by the answers to earlier questions.
///
/// Read from JSONLogic and written as such; each rule is written in one way only, so that equal rules are equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `{"var": "q"}`: the yes/no question is answered with yes.
    Yes(Key),
    /// `{"<": [{"var": "q"}, 3]}`: the answer compares so with a value.
    Compare {
        /// The question whose answer it is.
        question: Key,
        /// How they compare, the answer on the left.
        comparison: Comparison,
        /// The value on the right.
        with: Literal,
    },
    /// `{"<": [1, {"var": "q"}, 5]}`: the answer lies between two values.
    Between {
        /// The question whose answer it is.
        question: Key,
        /// The lower end.
        least: Literal,
        /// The upper end.
        most: Literal,
        /// Whether the ends belong to it (`<=`).
        inclusive: bool,
    },
    /// `{"in": [{"var": "q"}, ["a", "b"]]}`: the option chosen is one of these.
    OneOf {
        /// The question of one choice.
        question: Key,
        /// Keys of its options.
        options: Vec<String>,
    },
    /// `{"in": ["a", {"var": "q"}]}`: this option is among those chosen.
    Has {
        /// The question of several choices.
        question: Key,
        /// The key of one of its options.
        option: String,
    },
    /// `{"some": [{"var": "q"}, {"===": [{"var": ""}, "a"]}]}`: so many of the options chosen pass a test.
    Each {
        /// The question of several choices.
        question: Key,
        /// How many of them have to.
        quantifier: Quantifier,
        /// What each is tested for.
        test: Test,
    },
    /// `{"and": […]}`: all of these hold. One at least.
    And(Vec<Self>),
    /// `{"or": […]}`: any of these holds. One at least.
    Or(Vec<Self>),
    /// `{"!": […]}`: this does not hold.
    Not(Box<Self>),
}

/// What one of several chosen options is tested for; it stands there as `{"var": ""}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// `{"===": [{"var": ""}, "a"]}`: it is this option.
    Is(String),
    /// `{"!==": [{"var": ""}, "a"]}`: it is another option.
    IsNot(String),
    /// `{"in": [{"var": ""}, ["a", "b"]]}`: it is one of these.
    OneOf(Vec<String>),
    /// All of these hold. One at least.
    And(Vec<Self>),
    /// Any of these holds. One at least.
    Or(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
}

/// A value that answers are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// What a question without an answer stands for.
    Null,
    /// Of a yes/no question.
    Bool(bool),
    /// Of a scale, a number, an amount or a duration, in the units of its answers; of files, how many.
    Integer(i64),
    /// The key of an option, a text, or a date and time in the form of the answers.
    Text(String),
}

/// How an answer compares with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `===`
    Equal,
    /// `!==`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// How many of the chosen options have to pass a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one.
    Some,
    /// Every one, and there is one.
    All,
    /// Not one: of nothing, too.
    None,
}

/// What a `var` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given<'a> {
    /// The question is hidden, unanswered or not applicable: `null`.
    Nothing,
    /// Of a yes/no question.
    Bool(bool),
    /// Of a scale, a number, an amount or a duration; of photos, audio and a signature the number of files, never 0.
    Integer(i64),
    /// Of one choice, a text or a date and time.
    Text(&'a str),
    /// Of several choices.
    List(&'a [String]),
    /// Of a location: something that equals nothing, but is not `null`.
    Position,
}

impl Content {
    /// Whether anything in it is shown only sometimes.
    pub fn has_rules(&self) -> bool {
        self.sections.iter().any(|section| {
            section.show_when.is_some()
                || section.questions.iter().any(|question| question.show_when.is_some())
        })
    }
}

impl Rule {
    /// Whether it holds, where `given` has what each question stands for, by its key.
    ///
    /// Never fails: what is of another type than the rule supposes equals nothing and comes before and after nothing.
    pub fn holds<'a>(&self, given: &impl Fn(&str) -> Given<'a>) -> bool {
        match self {
            Self::Yes(question) => given(question.as_str()) == Given::Bool(true),
            Self::Compare { question, comparison, with } => comparison.holds(given(question.as_str()), with),
            Self::Between { question, least, most, inclusive } => {
                let answer = given(question.as_str());
                let (from, to) = if *inclusive {
                    (Comparison::GreaterOrEqual, Comparison::LessOrEqual)
                } else {
                    (Comparison::Greater, Comparison::Less)
                };
                from.holds(answer, least) && to.holds(answer, most)
            }
            Self::OneOf { question, options } => match given(question.as_str()) {
                Given::Text(chosen) => options.iter().any(|option| option == chosen),
                _ => false,
            },
            Self::Has { question, option } => match given(question.as_str()) {
                Given::List(chosen) => chosen.contains(option),
                _ => false,
            },
            Self::Each { question, quantifier, test } => quantifier.holds(given(question.as_str()), test),
            Self::And(rules) => rules.iter().all(|rule| rule.holds(given)),
            Self::Or(rules) => rules.iter().any(|rule| rule.holds(given)),
            Self::Not(rule) => !rule.holds(given),
        }
    }

    /// How many operators are inside one another where it is deepest, `var` among them.
    pub fn nesting(&self) -> usize {
        match self {
            Self::Yes(_) => 1,
            Self::Compare { .. } | Self::Between { .. } | Self::OneOf { .. } | Self::Has { .. } => 2,
            Self::Each { test, .. } => 1 + test.nesting(),
            Self::And(rules) | Self::Or(rules) => 1 + rules.iter().map(Self::nesting).max().unwrap_or(0),
            Self::Not(rule) => 1 + rule.nesting(),
        }
    }

    /// The questions that it asks about, as often as it does so.
    pub fn questions(&self) -> Vec<&Key> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'r>(&'r self, found: &mut Vec<&'r Key>) {
        match self {
            Self::Yes(question)
            | Self::Compare { question, .. }
            | Self::Between { question, .. }
            | Self::OneOf { question, .. }
            | Self::Has { question, .. }
            | Self::Each { question, .. } => found.push(question),
            Self::And(rules) | Self::Or(rules) => rules.iter().for_each(|rule| rule.collect(found)),
            Self::Not(rule) => rule.collect(found),
        }
    }
}

impl Test {
    /// Whether an option with this key passes.
    pub fn holds(&self, option: &str) -> bool {
        match self {
            Self::Is(wanted) => wanted == option,
            Self::IsNot(unwanted) => unwanted != option,
            Self::OneOf(options) => options.iter().any(|wanted| wanted == option),
            Self::And(tests) => tests.iter().all(|test| test.holds(option)),
            Self::Or(tests) => tests.iter().any(|test| test.holds(option)),
            Self::Not(test) => !test.holds(option),
        }
    }

    fn nesting(&self) -> usize {
        match self {
            Self::Is(_) | Self::IsNot(_) | Self::OneOf(_) => 2,
            Self::And(tests) | Self::Or(tests) => 1 + tests.iter().map(Self::nesting).max().unwrap_or(0),
            Self::Not(test) => 1 + test.nesting(),
        }
    }
}

impl Comparison {
    fn holds(self, answer: Given<'_>, value: &Literal) -> bool {
        match self {
            Self::Equal => equal(answer, value),
            Self::NotEqual => !equal(answer, value),
            Self::Less => order(answer, value).is_some_and(Ordering::is_lt),
            Self::LessOrEqual => order(answer, value).is_some_and(Ordering::is_le),
            Self::Greater => order(answer, value).is_some_and(Ordering::is_gt),
            Self::GreaterOrEqual => order(answer, value).is_some_and(Ordering::is_ge),
        }
    }

    /// The comparison that means the same with both sides exchanged.
    fn turned(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

fn equal(answer: Given<'_>, value: &Literal) -> bool {
    match (answer, value) {
        (Given::Nothing, Literal::Null) => true,
        (Given::Bool(answer), Literal::Bool(value)) => answer == *value,
        (Given::Integer(answer), Literal::Integer(value)) => answer == *value,
        (Given::Text(answer), Literal::Text(value)) => answer == value,
        _ => false,
    }
}

/// Dates and times are written so that their order is that of their characters.
fn order(answer: Given<'_>, value: &Literal) -> Option<Ordering> {
    match (answer, value) {
        (Given::Integer(answer), Literal::Integer(value)) => Some(answer.cmp(value)),
        (Given::Text(answer), Literal::Text(value)) => Some(answer.cmp(value.as_str())),
        _ => None,
    }
}

impl Quantifier {
    fn holds(self, answer: Given<'_>, test: &Test) -> bool {
        let chosen = match answer {
            Given::List(chosen) => chosen,
            _ => &[],
        };
        let passes = |option: &String| test.holds(option);
        match self {
            Self::Some => chosen.iter().any(passes),
            Self::All => !chosen.is_empty() && chosen.iter().all(passes),
            Self::None => !chosen.iter().any(passes),
        }
    }
}
