//! The manifest: the list of evidence that a visit names.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

pub use super::media_type::MediaType;
use super::{answers::Answers, key::Key};
use crate::{
    db::types::Sha256,
    ids::EvidenceId,
    limits::{Several, Whole},
    strict::objects_only,
};

/// Most files of one visit.
pub const MAX_ENTRIES: usize = 200;
/// Most bytes of one file.
pub const MAX_FILE_BYTES: u64 = 50 << 20;
/// How many bytes a file has.
pub type FileSize = Whole<1, { MAX_FILE_BYTES as i64 }>;
/// What a manifest lists.
type Entries = Several<Entry, 0, MAX_ENTRIES>;

/// The evidence that a visit names, in the order in which the phone lists it; no two entries with one id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Manifest(Vec<Entry>);

/// One line of a manifest: a file that belongs to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
#[schema(as = ManifestEntry)]
pub struct Entry {
    /// Made on the phone.
    pub id: EvidenceId,
    /// The question that it belongs to: as its answer, or beside its answer.
    pub question: Key,
    /// What kind of file it is.
    #[serde(deserialize_with = "sent_media_type")]
    #[schema(value_type = SentMediaType)]
    pub media_type: MediaType,
    /// How many bytes it has: 1 byte to 50 MiB.
    #[schema(value_type = FileSize)]
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Sha256,
}

objects_only!(Entry);

/// A checklist filled in: the answers, and the evidence that comes with them.
#[derive(Debug, Clone, Copy)]
pub struct Filled<'f> {
    /// The answers.
    pub answers: &'f Answers,
    /// The evidence that the visit names.
    pub manifest: &'f Manifest,
}

static NO_FILES: Manifest = Manifest(Vec::new());

/// Answers without any evidence.
impl<'f> From<&'f Answers> for Filled<'f> {
    fn from(answers: &'f Answers) -> Self {
        Self { answers, manifest: &NO_FILES }
    }
}

/// A kind of file by the name that a phone has for it.
pub struct SentMediaType;

impl PartialSchema for SentMediaType {
    fn schema() -> RefOr<Schema> {
        let names: Vec<_> = MediaType::ALL.iter().map(|one| format!("`{one}`")).collect();
        let about = format!(
            "One of {}; it is kept as such. Other names of these kinds (`image/jpg`, `audio/x-m4a`), capitals and \
             parameters (`audio/webm;codecs=opus`) are read as well.",
            names.join(", ")
        );
        let text = ObjectBuilder::new().schema_type(Type::String).description(Some(about));
        text.examples([MediaType::Jpeg.as_str()]).into()
    }
}

/// Named by its numbers, so that the contract spells it out.
impl ToSchema for SentMediaType {
    fn name() -> Cow<'static, str> {
        "SentMediaType_0".into()
    }
}

fn sent_media_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MediaType, D::Error> {
    let sent = Cow::<'_, str>::deserialize(deserializer)?;
    MediaType::named(&sent).ok_or_else(|| {
        let names: Vec<_> = MediaType::ALL.iter().map(|one| one.as_str()).collect();
        D::Error::custom(format_args!("one of: {}", names.join(", ")))
    })
}

impl Manifest {
    /// Every file, in the order of the list.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.0.iter()
    }

    /// The file at this place, to be changed.
    pub fn get_mut(&mut self, place: usize) -> Option<&mut Entry> {
        self.0.get_mut(place)
    }

    /// How many files it names.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it names none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The files that belong to this question.
    pub fn of<'m>(&'m self, question: &'m str) -> impl Iterator<Item = &'m Entry> {
        self.0.iter().filter(move |file| file.question.as_str() == question)
    }

    /// Keeps the files that the function accepts.
    pub fn retain(&mut self, keep: impl FnMut(&Entry) -> bool) {
        self.0.retain(keep);
    }
}

impl FromIterator<Entry> for Manifest {
    fn from_iter<I: IntoIterator<Item = Entry>>(files: I) -> Self {
        Self(files.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let files = Entries::deserialize(deserializer)?.into_inner();
        let mut ids: Vec<_> = files.iter().map(|file| file.id).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|two| two.first() == two.last()) {
            return Err(D::Error::custom("two files have one id"));
        }
        let fits = |file: &Entry| i64::try_from(file.size).is_ok_and(|size| FileSize::try_from(size).is_ok());
        match files.iter().all(fits) {
            true => Ok(Self(files)),
            false => Err(D::Error::custom(format_args!("a file has 1 to {MAX_FILE_BYTES} bytes"))),
        }
    }
}

impl PartialSchema for Manifest {
    fn schema() -> RefOr<Schema> {
        let about = "The evidence that a visit names, in the order in which the phone lists it; no two entries with one id.";
        Entries::contract().description(Some(about)).into()
    }
}

impl ToSchema for Manifest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Entries::schemas(schemas);
    }
}
