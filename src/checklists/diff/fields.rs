//! The fields of each thing with their values. Every structure is taken apart by name here, and nowhere with `..`, so a
//! new field does not compile until its changes have words.

mod answer;

use serde_json::{Value, json};

use super::{
    changes::{
        Affects::{self, Flow, Scores, Wording},
        Subject,
    },
    rules,
    words::{
        self, Book,
        Phrase::{self, Is, Went},
        percent, plain, quoted,
    },
};
use crate::checklists::{
    model::{Choice, Content, Contradiction, Critical, Demand, Example, Question, Section},
    rules::Rule,
    text::Text,
};

/// One field with its value.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// As the checklist has it.
    pub(super) name: &'static str,
    /// Of a text, which language.
    pub(super) language: Option<String>,
    pub(super) subject: Subject,
    pub(super) affects: Affects,
    pub(super) phrase: Phrase,
    /// Whether it stands for others, which are not listed where this one changes.
    pub(super) whole: bool,
    /// The field that stands for it.
    pub(super) part_of: Option<&'static str>,
    /// Its value, to be read.
    pub(super) value: Option<String>,
    /// Whether that stands between quotation marks in a sentence.
    quoted: bool,
    /// Its value, to the last digit: this is compared.
    pub(super) exact: Value,
}

impl Field {
    /// What it is matched by.
    pub(super) fn id(&self) -> (&'static str, Option<String>) {
        (self.name, self.language.clone())
    }

    /// Its value as it stands in a sentence.
    pub(super) fn in_sentence(&self) -> Option<String> {
        let value = self.value.as_deref()?;
        Some(if self.quoted { quoted(value) } else { value.to_owned() })
    }

    fn quoted(self) -> Self {
        Self { quoted: true, ..self }
    }

    fn about(self, subject: Subject) -> Self {
        Self { subject, ..self }
    }
}

/// The fields of the content itself. Its languages and sections are lists, which are matched item by item.
pub(super) fn of_content(book: &Book<'_>, content: &Content) -> Vec<Field> {
    let Content { title, languages: _, sections: _, shortest_comment, contradictions } = content;
    let mut fields = Fields::about(Subject::Title, Some(book));
    fields.text("title", Went("the title of {}"), title);
    let shortest = shortest_comment.map_or("any length".to_owned(), |least| format!("{least} characters"));
    let phrase = Went("the shortest comment of {}");
    fields
        .put("shortest_comment", Flow, phrase, Some(shortest), json!(shortest_comment))
        .about(Subject::Rule);
    let declared = contradictions.iter().map(|Contradiction { when, message }| {
        format!("{} ({})", words::whole(message, book.language), rules::held(book, when))
    });
    let declared = declared.collect::<Vec<_>>().join("; ");
    let value = if contradictions.is_empty() { "none".to_owned() } else { plain(&declared) };
    let (phrase, exact) = (Went("the contradictions of {}"), json!(contradictions));
    fields.put("contradictions", Flow, phrase, Some(value), exact).about(Subject::Rule);
    fields.all
}

/// The fields of a section. Its questions are matched across all sections.
pub(super) fn of_section(book: &Book<'_>, section: &Section) -> Vec<Field> {
    let Section { key: _, title, weight, show_when, questions: _ } = section;
    let mut fields = Fields::about(Subject::Section, Some(book));
    fields.text("title", Went("the title of {}"), title);
    fields.put("weight", Scores, Went("the weight of {}"), Some(weight.to_string()), json!(weight));
    fields.rule(show_when.as_ref());
    fields.all
}

/// The fields of a question. Its pictures and options are lists, which are matched item by item.
pub(super) fn of_question(book: &Book<'_>, question: &Question) -> Vec<Field> {
    let Question {
        key: _,
        text,
        help,
        pictures: _,
        weight,
        required,
        not_applicable,
        bonus,
        critical,
        standard,
        dimension,
        show_when,
        comment,
        photo,
        about_visit,
        names_staff,
        control,
        answer,
    } = question;
    let mut fields = Fields::about(Subject::Question, Some(book));
    fields.text("text", Went("the text of {}"), text);
    fields.optional_text("help", Went("the help with {}"), help.as_ref());
    fields.put("weight", Scores, Went("the weight of {}"), Some(weight.to_string()), json!(weight));
    fields.flag("required", Flow, Is("an answer to {}"), *required, ["optional", "required"]);
    let phrase = Is("'not applicable' as an answer to {}");
    fields.flag("not_applicable", Flow, phrase, *not_applicable, ["not allowed", "allowed"]);
    fields.flag("bonus", Scores, Is("{}"), *bonus, ["no bonus", "a bonus"]);
    fields.put("critical", Scores, Is("{}"), Some(self::critical(*critical)), json!(critical));
    let key = |key: &Option<_>| key.as_ref().map(ToString::to_string);
    fields.put("standard", Scores, Went("the standard of {}"), key(standard), json!(standard)).quote();
    fields.put("dimension", Scores, Went("the dimension of {}"), key(dimension), json!(dimension)).quote();
    fields.rule(show_when.as_ref());
    fields.put("comment", Flow, Is("a comment on {}"), Some(demand(*comment)), json!(comment));
    fields.put("photo", Flow, Is("a photo beside {}"), Some(demand(*photo)), json!(photo));
    let sides = ["about the service", "about the visit"];
    fields.flag("about_visit", Wording, Is("{}"), *about_visit, sides);
    let names = ["does not name staff", "names staff"];
    fields.flag("names_staff", Wording, Is("whether {} names staff"), *names_staff, names);
    let value = control.as_ref().map_or("no control question".to_owned(), |rule| {
        format!("a control question, right if {}", rules::held(book, rule))
    });
    fields.put("control", Scores, Is("{}"), Some(value), json!(control));
    fields.answer(answer);
    fields.all
}

/// The fields of an option.
pub(super) fn of_option(option: &Choice) -> Vec<Field> {
    let Choice { key: _, text, points } = option;
    let mut fields = Fields::about(Subject::Option, None);
    fields.text("text", Went("the text of {}"), text);
    let value = points.map_or("none".to_owned(), |points| points.to_string());
    fields.put("points", Scores, Went("the points of {}"), Some(value), json!(points));
    fields.all
}

/// The fields of a picture.
pub(super) fn of_picture(picture: &Example) -> Vec<Field> {
    let Example { id: _, alt } = picture;
    let mut fields = Fields::about(Subject::Picture, None);
    fields.text("alt", Went("the description of {}"), alt);
    fields.all
}

/// Fields being collected.
struct Fields<'b> {
    subject: Subject,
    book: Option<&'b Book<'b>>,
    all: Vec<Field>,
}

impl<'b> Fields<'b> {
    fn about(subject: Subject, book: Option<&'b Book<'b>>) -> Self {
        Self { subject, book, all: Vec::new() }
    }

    fn put(
        &mut self,
        name: &'static str,
        affects: Affects,
        phrase: Phrase,
        value: Option<String>,
        exact: Value,
    ) -> Last<'_> {
        let field = Field {
            name,
            language: None,
            subject: self.subject,
            affects,
            phrase,
            whole: false,
            part_of: None,
            value,
            quoted: false,
            exact,
        };
        self.all.push(field);
        Last(&mut self.all)
    }

    fn flag(
        &mut self,
        name: &'static str,
        affects: Affects,
        phrase: Phrase,
        is: bool,
        [no, yes]: [&str; 2],
    ) -> Last<'_> {
        self.put(name, affects, phrase, Some(if is { yes } else { no }.to_owned()), json!(is))
    }

    fn text(&mut self, name: &'static str, phrase: Phrase, text: &Text) {
        for (language, text) in text.iter() {
            self.put(name, Wording, phrase, Some(plain(text)), json!(text)).quote();
            if let Some(last) = self.all.last_mut() {
                last.language = Some(language.to_owned());
            }
        }
    }

    fn optional_text(&mut self, name: &'static str, phrase: Phrase, text: Option<&Text>) {
        let language = self.book.map_or("en", |book| book.language);
        let value = text.map(|text| words::whole(text, language));
        self.put(name, Wording, phrase, value, json!(text.is_some())).quote().whole();
        let start = self.all.len();
        if let Some(text) = text {
            self.text(name, phrase, text);
        }
        self.parts(start, name);
    }

    fn rule(&mut self, rule: Option<&Rule>) {
        let value = self.book.map(|book| rules::shown(book, rule));
        self.put("show_when", Flow, Is("{}"), value, json!(rule)).about(Subject::Rule);
    }

    /// Makes those from here on parts of a whole, which are not parts of another.
    fn parts(&mut self, start: usize, whole: &'static str) {
        for field in self.all.iter_mut().skip(start) {
            field.part_of = field.part_of.or(Some(whole));
        }
    }

    fn plain(&mut self, name: &'static str, affects: Affects, phrase: Phrase, number: impl Into<i64>) {
        let number = number.into();
        self.put(name, affects, phrase, Some(number.to_string()), json!(number));
    }
}

/// The field that was put last.
struct Last<'f>(&'f mut Vec<Field>);

impl Last<'_> {
    fn change(self, change: impl FnOnce(Field) -> Field) -> Self {
        if let Some(last) = self.0.pop() {
            self.0.push(change(last));
        }
        self
    }

    fn quote(self) -> Self {
        self.change(Field::quoted)
    }

    fn about(self, subject: Subject) -> Self {
        self.change(|field| field.about(subject))
    }

    fn whole(self) -> Self {
        self.change(|field| Field { whole: true, ..field })
    }
}

fn critical(critical: Option<Critical>) -> String {
    match critical {
        None => "not critical".to_owned(),
        Some(Critical::SectionZero {}) => "critical: earning nothing sets its section to zero".to_owned(),
        Some(Critical::VisitZero {}) => "critical: earning nothing sets the visit to zero".to_owned(),
        Some(Critical::Cap { score }) => {
            format!("critical: earning nothing holds the visit at {} at most", percent(score))
        }
    }
}

fn demand(demand: Option<Demand>) -> String {
    match demand {
        None => "welcome".to_owned(),
        Some(Demand::Always {}) => "asked for with every answer".to_owned(),
        Some(Demand::Never {}) => "not taken".to_owned(),
        Some(Demand::Below { share }) => {
            format!("asked for with an answer that earns less than {} of its points", percent(share))
        }
    }
}
