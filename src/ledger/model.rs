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
pub(super) const LENGTH: usize = 1 + 16 + 4 + 32;

/// The kinds of entries: what they are about, their numbers, and what they are called in findings.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $number:literal $name:literal)*) => {
        /// What an entry is about. The numbers never change, nor do they get another meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind = $number,)*
        }

        impl Kind {
            pub(super) const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// What it is called in findings.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// A visit as it arrived.
    Arrival = 1 "visit"
    /// The moment at which a visit was complete.
    Completion = 2 "completion of visit"
    /// A step that a person took with a visit.
    Step = 3 "step of visit"
    /// A published checklist version.
    Version = 4 "checklist version"
    /// A file as it was read.
    Copy = 5 "what was read in file"
    /// Something that happened.
    Event = 6 "event"
    /// A key of the server.
    Key = 7 "key of the server"
    /// A role over a scope, as it was given to an account.
    Grant = 8 "grant"
    /// What took the place of a visit's content, when it was sent anew.
    Replacement = 9 "visit sent anew"
    /// That a grant was taken back.
    GrantEnd = 10 "end of grant"
    /// A step that was taken with an assignment.
    AssignmentStep = 11 "step of assignment"
    /// An assignment.
    Assignment = 12 "assignment"
    /// A campaign.
    Campaign = 13 "campaign"
    /// What a shopper declared to be tied to.
    Tie = 14 "declared tie of shopper"
    /// That a shopper declares a tie no more.
    TieEnd = 15 "withdrawn tie of shopper"
    /// What was settled of a shopper's namesakes.
    Namesakes = 16 "namesakes of shopper"
    /// What a shopper declares.
    Shopper = 17 "profile of shopper"
    /// An account.
    Account = 18 "account"
    /// A key by which programs read in the name of an account.
    ApiKey = 74 "API key"
    /// A link by which a chart is shown in the name of an account.
    ChartLink = 79 "link to chart"
    /// An employee.
    Employee = 19 "employee"
    /// A branch.
    Branch = 20 "branch"
    /// A region.
    Region = 21 "region"
    /// A brand.
    Brand = 22 "brand"
    /// A qualification.
    Qualification = 23 "qualification"
    /// A certificate.
    Certificate = 24 "certificate"
    /// A try at a test.
    Attempt = 25 "try at a test"
    /// A checklist, without its draft.
    Checklist = 26 "checklist"
    /// A dimension.
    Dimension = 27 "dimension"
    /// A standard as it is now.
    Standard = 28 "standard"
    /// What a standard said in one of its versions.
    StandardVersion = 29 "version of standard"
    /// An example picture.
    Picture = 30 "picture"
    /// What was found when a visit was looked at for what may be wrong with it.
    Look = 31 "look at visit"
    /// What staff were informed of.
    Notice = 32 "notice"
    /// What they were given with it.
    Document = 33 "document of notice"
    /// A reason for sending visits back.
    ReturnReason = 34 "reason for returns"
    /// That a report went out, and what it shows.
    Report = 41 "report"
    /// A photo or a recording of a report.
    ReportFile = 42 "file of report"
    /// A comment of the branch's side on a report.
    ReportComment = 45 "comment on report"
    /// Who did what, or looked at a shopper's identity.
    Audit = 43 "row of the audit"
    /// What is to be done in a branch.
    Action = 44 "action"
    /// What is said about an action.
    ActionComment = 47 "comment on action"
    /// An objection to answers of a report.
    Appeal = 50 "appeal"
    /// What is said about an appeal.
    AppealMessage = 51 "message about appeal"
    /// What is attached to an appeal.
    AppealFile = 52 "file of appeal"
    /// What a shopper is asked because of an appeal.
    Inquiry = 53 "inquiry"
    /// How a reviewer spelled a comment.
    Correction = 46 "correction of comment in visit"
    /// The statistics that a brand lends to its places from one night on.
    Lent = 54 "line of statistics"
    /// How leniently shoppers score, as one night found it.
    Leniency = 56 "line of leniency"
    /// What scores are to be, as it was set, changed or deleted.
    Target = 60 "target"
    /// What is looked for in scores, as it was set, changed or deleted.
    AlertRule = 70 "rule of alerts"
    /// That what a rule looks for is so.
    Alert = 71 "alert"
    /// What somebody wants to read of a place, as it was set, changed or deleted.
    Digest = 72 "digest"
    /// What a digest said at one of its moments.
    DigestIssue = 73 "issue of digest"
    /// What a reviewer wrote about a visit for others.
    Note = 48 "reviewer's note"
    /// What a second reviewer finds of a visit.
    Opinion = 49 "second opinion of visit"
    /// What became of a place.
    PlaceStep = 55 "step of place"
}

impl Kind {
    /// Whether such a record can change: then it has an entry for each of its revisions that was sealed.
    pub(super) const fn has_revisions(self) -> bool {
        matches!(
            self,
            Self::ApiKey
                | Self::ChartLink
                | Self::Assignment
                | Self::Campaign
                | Self::Namesakes
                | Self::Shopper
                | Self::Account
                | Self::Employee
                | Self::Branch
                | Self::Region
                | Self::Brand
                | Self::Qualification
                | Self::Certificate
                | Self::Checklist
                | Self::Dimension
                | Self::Standard
                | Self::ReturnReason
                | Self::Action
                | Self::Appeal
                | Self::Inquiry
                | Self::Note
                | Self::Opinion
        )
    }
}

/// Which record an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// Its id; of a part of something, such as a step, the id of the whole.
    pub id: Uuid,
    /// The revision of what can change; the number of a part of something; otherwise 0.
    pub number: i32,
}

impl Key {
    /// What has the same place whichever revision it is.
    pub(super) const fn place(self) -> Self {
        if self.kind.has_revisions() { Self { number: 0, ..self } } else { self }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.id)?;
        match self.number {
            0 => Ok(()),
            number if self.kind.has_revisions() => write!(f, ", revision {number}"),
            number => write!(f, ", number {number}"),
        }
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
        let kind = *Kind::ALL.iter().find(|one| **one as u8 == *kind)?;
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
