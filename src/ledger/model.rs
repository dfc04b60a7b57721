//! What a batch is made of.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::types::{Instant, Sha256},
    ids::BrandId,
};

/// The type of the JWS that seals a batch, which tells it from other things that are signed with the same keys.
pub const TYPE: &str = "ledger-batch+jwt";
/// The chain of what belongs to no brand.
pub const OF_NO_BRAND: BrandId = BrandId::new(Uuid::nil());
/// So many bytes an entry has.
const LENGTH: usize = 1 + 16 + 4 + 32;

/// What an entry is about. The numbers never change, nor do they get another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A visit as it arrived.
    Arrival = 1,
    /// The moment at which a visit was complete.
    Completion = 2,
    /// A step that a person took with a visit.
    Step = 3,
    /// A published checklist version.
    Version = 4,
    /// A file as it was read.
    Copy = 5,
    /// Something that happened.
    Event = 6,
    /// A key of the server.
    Key = 7,
    /// A role over a scope, as it was given to an account.
    Grant = 8,
    /// What took the place of a visit's content, when it was sent anew.
    Replacement = 9,
}

impl Kind {
    pub(super) const ALL: [Self; 9] = [
        Self::Arrival,
        Self::Completion,
        Self::Step,
        Self::Version,
        Self::Copy,
        Self::Event,
        Self::Key,
        Self::Grant,
        Self::Replacement,
    ];

    /// What it is called in findings.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Arrival => "visit",
            Self::Completion => "completion of visit",
            Self::Step => "step of visit",
            Self::Version => "checklist version",
            Self::Copy => "what was read in file",
            Self::Event => "event",
            Self::Key => "key of the server",
            Self::Grant => "grant",
            Self::Replacement => "visit sent anew",
        }
    }
}

/// Which record an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// Its id; of a step, and of what was sent anew, the visit's.
    pub id: Uuid,
    /// Of a step, and of what was sent anew, its number; otherwise 0.
    pub number: i32,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.id)?;
        if self.number > 0 { write!(f, ", number {}", self.number) } else { Ok(()) }
    }
}

/// That a record had this digest when it was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which record.
    pub key: Key,
    /// Its digest.
    pub digest: Sha256,
}

impl Entry {
    /// The bytes of these entries, one after the other.
    pub fn write(entries: &[Self]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH * entries.len());
        for Self { key: Key { kind, id, number }, digest } in entries {
            bytes.push(*kind as u8);
            bytes.extend_from_slice(id.as_bytes());
            bytes.extend_from_slice(&number.to_be_bytes());
            bytes.extend_from_slice(&digest.to_bytes());
        }
        bytes
    }

    /// Reads them again; none if some bytes are no entry.
    pub fn read(bytes: &[u8]) -> Option<Vec<Self>> {
        let (entries, rest) = bytes.as_chunks::<LENGTH>();
        rest.is_empty().then(|| entries.iter().map(Self::of).collect())?
    }

    fn of(bytes: &[u8; LENGTH]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (number, digest) = rest.split_first_chunk::<4>()?;
        let kind = Kind::ALL.into_iter().find(|one| *one as u8 == *kind)?;
        let key = Key { kind, id: Uuid::from_bytes(*id), number: i32::from_be_bytes(*number) };
        Some(Self { key, digest: Sha256::from_bytes(digest.try_into().ok()?) })
    }
}

/// What the seal of a batch says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Whose chain it is in; zeros for what belongs to no brand.
    pub brand_id: BrandId,
    /// Its place in the chain; the first is 1.
    pub number: i64,
    /// The digest of the seal before it; none of the first.
    pub previous: Option<Sha256>,
    /// When it was sealed.
    pub sealed_at: Instant,
    /// The digest of its entries.
    pub entries: Sha256,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn entries_are_read_as_they_were_written() {
        let entry = |kind, number| Entry {
            key: Key { kind, id: Uuid::from_u128(number as u128), number },
            digest: Sha256::of(&[number as u8]),
        };
        let entries: Vec<_> = Kind::ALL.iter().zip(0..).map(|(kind, number)| entry(*kind, number)).collect();
        let bytes = Entry::write(&entries);
        assert_eq!(bytes.len(), LENGTH * entries.len());
        assert_eq!(Entry::read(&bytes), Some(entries));
        assert_eq!(Entry::read(&bytes[1..]), None);
        assert_eq!(Entry::read(&[0; LENGTH]), None, "there is no such kind");
        assert_eq!(Entry::read(&[]), Some(vec![]));
    }
}
