//! Signed addresses: the bearer may fetch a clean copy for a few minutes, in the name of one session and its rights. A browser
//! shows pictures and plays sounds by their address alone, and sends no token with it.

use crate::{
    accounts::model::Bearer,
    db::types::Instant,
    error::{Code, Error, Result},
    ids::EvidenceId,
    seals::{Seal, Seals},
};

/// How long an address is good, in seconds.
pub const GOOD_FOR: i64 = 300;

/// Which copy of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of the picture, or of the sound.
    Content,
    /// A small picture.
    Thumbnail,
}

impl Which {
    /// The last step of its address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Thumbnail => "thumbnail",
        }
    }
}

/// What an address says: its signature is over all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The file.
    pub file: EvidenceId,
    /// The copy.
    pub which: Which,
    /// The session that asked for the address, and the rights that it had.
    pub bearer: Bearer,
    /// When it ends, in seconds of the Unix time.
    pub until: i64,
}

impl Address {
    /// An address that is good from now on for [`GOOD_FOR`] seconds.
    pub fn new(file: EvidenceId, which: Which, bearer: Bearer, now: Instant) -> Self {
        Self { file, which, bearer, until: now.unix_seconds().saturating_add(GOOD_FOR) }
    }

    /// The address with its signature.
    pub fn signed(&self, seals: &Seals) -> String {
        let Self { file, which, bearer: Bearer { session, grants_version }, until } = self;
        let (signature, which) = (seals.signature(Seal::Address, &self.bytes()), which.name());
        format!(
            "/v1/evidence/{file}/{which}?for={session}&rights={grants_version}&until={until}&signature={signature}"
        )
    }

    /// Checks that this is the signature of the address, and that it has not ended.
    ///
    /// # Errors
    /// `not_found` if the signature is not of this address; `address_expired`.
    pub fn check(&self, seals: &Seals, signature: &str, now: Instant) -> Result<()> {
        if !seals.is_signature(Seal::Address, &self.bytes(), signature) {
            return Err(Error::new(Code::NotFound));
        }
        match now.unix_seconds() < self.until {
            true => Ok(()),
            false => Err(Error::new(Code::AddressExpired)),
        }
    }

    /// All of it, each part in its place and of one length.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.which as u8];
        bytes.extend_from_slice(self.file.uuid().as_bytes());
        bytes.extend_from_slice(self.bearer.session.uuid().as_bytes());
        bytes.extend_from_slice(&self.bearer.grants_version.to_be_bytes());
        bytes.extend_from_slice(&self.until.to_be_bytes());
        bytes
    }
}
