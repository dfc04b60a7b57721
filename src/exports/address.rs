//! Signed addresses: the bearer may fetch the file of one export for some hours, as long as its account may.

use crate::{
    db::types::Instant,
    error::{Code, Error, Result},
    ids::ExportId,
    seals::{Seal, Seals},
};

/// The address of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The export.
    pub export: ExportId,
    /// When the address ends, in seconds of the Unix time.
    pub until: i64,
}

impl Address {
    /// The address with its signature.
    pub fn signed(&self, seals: &Seals) -> String {
        let Self { export, until } = self;
        let signature = seals.signature(Seal::Export, &self.bytes());
        format!("/v1/exports/{export}/download?until={until}&signature={signature}")
    }

    /// Checks that this is the signature of the address, and that it has not ended.
    ///
    /// # Errors
    /// `not_found` if the signature is not of this address; `address_expired`.
    pub fn check(&self, seals: &Seals, signature: &str, now: Instant) -> Result<()> {
        if !seals.is_signature(Seal::Export, &self.bytes(), signature) {
            return Err(Error::new(Code::NotFound));
        }
        match now.unix_seconds() < self.until {
            true => Ok(()),
            false => Err(Error::new(Code::AddressExpired)),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        [self.export.uuid().as_bytes().as_slice(), &self.until.to_be_bytes()].concat()
    }
}
