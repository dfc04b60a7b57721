//! What subjects of a brand are called, in all languages that there are.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    checklists::{
        self,
        cache::{Version, Versions},
        counted::Subject,
        key::Key,
        kinds::AnswerKind,
        model::Question,
        standards::{self, model::Side},
        text::Text,
    },
    db::{Conn, Db},
    error::Result,
    ids::{BrandId, ChecklistId, VersionId},
    texts::{Language, text},
};

/// What some subjects of a brand are called.
#[derive(Debug)]
pub struct Texts {
    /// The versions of each checklist, the newest first, as far as they were needed.
    versions: HashMap<ChecklistId, Vec<Arc<Version>>>,
    standards: HashMap<Key, Text>,
    dimensions: HashMap<Key, Text>,
}

impl Texts {
    /// What is needed to name these subjects of a brand: standards and dimensions as the catalogue has them now, and of checklists the
    /// newest version that has what is asked for.
    ///
    /// # Errors
    /// None but those of the database.
    pub async fn of(db: &Db, cache: &Versions, brand: BrandId, subjects: &[Subject]) -> Result<Self> {
        let (mut texts, versions) =
            db.read(move |conn| Ok((Self::of_catalogue(conn, brand)?, by_checklist(conn, brand)?))).await?;
        for (checklist, versions) in needed(versions, subjects) {
            for id in versions {
                let version = cache.get(db, id).await?;
                if texts.add(checklist, version, subjects) {
                    break;
                }
            }
        }
        Ok(texts)
    }

    /// The same for those who read already.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn read(conn: &mut Conn, cache: &Versions, brand: BrandId, subjects: &[Subject]) -> Result<Self> {
        let mut texts = Self::of_catalogue(conn, brand)?;
        for (checklist, versions) in needed(by_checklist(conn, brand)?, subjects) {
            for id in versions {
                let version = cache.read(conn, id)?;
                if texts.add(checklist, version, subjects) {
                    break;
                }
            }
        }
        Ok(texts)
    }

    fn of_catalogue(conn: &mut Conn, brand: BrandId) -> Result<Self> {
        let (standards, dimensions) = standards::store::texts(conn, brand)?;
        Ok(Self { versions: HashMap::new(), standards, dimensions })
    }

    /// Adds a version of a checklist, which is older than those before it, and says whether each of these subjects of the checklist has a text by now.
    fn add(&mut self, checklist: ChecklistId, version: Arc<Version>, subjects: &[Subject]) -> bool {
        let known = self.versions.entry(checklist).or_default();
        known.push(version);
        let mut of_checklist = subjects.iter().filter(|subject| self::checklist(subject) == Some(checklist));
        of_checklist.all(|subject| known.iter().any(|version| text_of(version, subject).is_some()))
    }

    /// A question, as the newest version asks it that has it; none if it is not among what was to be named.
    pub fn question(&self, checklist: ChecklistId, key: &Key) -> Option<&Question> {
        self.versions.get(&checklist)?.iter().find_map(|version| version.prepared.question(key.as_str()))
    }

    /// What a subject is called; none if that is not known any more. `choose` takes one of the languages that a text is there in; what the
    /// program itself has words for is in `ours`.
    pub fn say(
        &self,
        subject: &Subject,
        ours: Language,
        choose: impl Fn(&[String]) -> String,
    ) -> Option<String> {
        let translated = |text: &Text| translated(text, &choose);
        match subject {
            Subject::Side(Side::Personal) => Some(text!("side-personal").say(ours).into_owned()),
            Subject::Side(Side::Procedural) => Some(text!("side-procedural").say(ours).into_owned()),
            Subject::Standard(key) | Subject::LossByStandard(key) => translated(self.standards.get(key)?),
            Subject::Dimension(key) => translated(self.dimensions.get(key)?),
            Subject::Choice { key, .. } => {
                let known = self.versions.get(&checklist(subject)?)?;
                let text = known.iter().find_map(|version| text_of(version, subject));
                // A step of a scale is called by its number.
                text.map_or_else(|| Some(key.as_str().to_owned()), translated)
            }
            _ => {
                let known = self.versions.get(&checklist(subject)?)?;
                translated(known.iter().find_map(|version| text_of(version, subject))?)
            }
        }
    }
}

/// What a text says in the language that `choose` takes of those that it is there in.
pub fn translated(text: &Text, choose: impl Fn(&[String]) -> String) -> Option<String> {
    let available: Vec<String> = text.iter().map(|(language, _)| language.to_owned()).collect();
    text.get(&choose(&available)).map(str::to_owned)
}

/// The versions of a brand's checklists, the newest of each first.
type ByChecklist = BTreeMap<ChecklistId, Vec<VersionId>>;

fn by_checklist(conn: &mut Conn, brand: BrandId) -> Result<ByChecklist> {
    let mut by_checklist = ByChecklist::new();
    for (checklist, version) in checklists::store::version_ids(conn, brand)? {
        by_checklist.entry(checklist).or_default().push(version);
    }
    Ok(by_checklist)
}

/// Those of the checklists that these subjects are of.
fn needed(mut versions: ByChecklist, subjects: &[Subject]) -> ByChecklist {
    let checklists: BTreeSet<_> = subjects.iter().filter_map(checklist).collect();
    versions.retain(|checklist, _| checklists.contains(checklist));
    versions
}

/// The checklist that a subject is of.
fn checklist(subject: &Subject) -> Option<ChecklistId> {
    match subject {
        Subject::Checklist(id) => Some(*id),
        Subject::Section { checklist, .. }
        | Subject::Question { checklist, .. }
        | Subject::LossByQuestion { checklist, .. }
        | Subject::Choice { checklist, .. } => Some(*checklist),
        Subject::Overall
        | Subject::Version(_)
        | Subject::Side(_)
        | Subject::Dimension(_)
        | Subject::Standard(_)
        | Subject::LossByStandard(_) => None,
    }
}

/// What a version says of a subject.
fn text_of<'v>(version: &'v Version, subject: &Subject) -> Option<&'v Text> {
    let content = version.prepared.content();
    match subject {
        Subject::Checklist(_) => Some(&content.title),
        Subject::Section { key, .. } => {
            content.sections.iter().find(|section| section.key == *key).map(|section| &section.title)
        }
        Subject::Question { key, .. } | Subject::LossByQuestion { key, .. } => {
            version.prepared.question(key.as_str()).map(|question| &question.text)
        }
        Subject::Choice { question, key, .. } => {
            let question = version.prepared.question(question.as_str())?;
            let (AnswerKind::OneChoice { options } | AnswerKind::SeveralChoices { options, .. }) =
                &question.answer
            else {
                return None;
            };
            options.iter().find(|option| option.key == *key).map(|option| &option.text)
        }
        _ => None,
    }
}
