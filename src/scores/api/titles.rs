//! What subjects are called, in the reader's language.

use crate::{
    checklists::{cache::Versions, counted::Subject},
    db::Db,
    error::Result,
    http::languages::Wishes,
    ids::BrandId,
    scores::titles::Texts,
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
        let choose = |available: &[String]| self.wishes.best_of(available, &self.fallbacks).to_owned();
        self.texts.say(subject, self.wishes.ours(), choose)
    }
}
