//! What subjects are called, in the reader's language.

use crate::{
    checklists::{cache::Versions, counted::Subject, key::Key, text::Text},
    db::Db,
    error::Result,
    http::languages::Wishes,
    ids::{BrandId, ChecklistId},
    scores::{
        answers::{given::Given, words::words},
        titles::{Texts, translated},
    },
};

/// What subjects of a brand are called for a reader.
#[derive(Debug)]
pub(super) struct Titles {
    wishes: Wishes,
    fallbacks: Vec<String>,
    texts: Texts,
}

impl Titles {
    /// What is needed to name these subjects of a brand.
    ///
    /// # Errors
    /// None but those of the database.
    pub(super) async fn of(
        db: &Db,
        cache: &Versions,
        brand: BrandId,
        subjects: Vec<Subject>,
        (wishes, fallbacks): (Wishes, Vec<String>),
    ) -> Result<Self> {
        let texts = Texts::of(db, cache, brand, &subjects).await?;
        Ok(Self { wishes, fallbacks, texts })
    }

    /// What a subject is called; none if that is not known any more.
    pub(super) fn say(&self, subject: &Subject) -> Option<String> {
        self.texts.say(subject, self.wishes.ours(), |available| self.choose(available))
    }

    /// What an answer to a question of a checklist says; none if that is not known any more.
    pub(super) fn answer(&self, checklist: ChecklistId, question: &Key, given: &Given) -> Option<String> {
        if let Given::Option(key) = given {
            let key = Key::from(key.as_str());
            return self.say(&Subject::Choice { checklist, question: question.clone(), key });
        }
        let asked = self.texts.question(checklist, question)?;
        let unit = |unit: &Text| translated(unit, |available| self.choose(available));
        words(given, asked, self.wishes.ours(), unit)
    }

    fn choose(&self, available: &[String]) -> String {
        self.wishes.best_of(available, &self.fallbacks).to_owned()
    }
}
