//! Devices that signed in before: what such a device proves it by.
//!
//! With the tokens a device gets a text that only this server can have made. It is good for this account, until the account
//! gets a new password or is disabled, and gives no right but one: to try to sign in where strangers have tried too often.

use super::model::Account;
use crate::{
    db::types::Id,
    ids::AccountId,
    seals::{Seal, Seals},
};

/// Says that a device signed in to this account in this epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    account: AccountId,
    epoch: i64,
}

impl KnownDevice {
    /// A device that signs in now.
    pub const fn of(account: AccountId, epoch: i64) -> Self {
        Self { account, epoch }
    }

    /// As the device keeps it.
    pub fn sealed(self, seals: &Seals) -> String {
        let mut bytes = self.account.uuid().as_bytes().to_vec();
        bytes.extend_from_slice(&self.epoch.to_be_bytes());
        seals.seal(Seal::Device, &bytes)
    }

    /// Reads what a device shows; nothing if this server did not make it.
    pub fn open(seals: &Seals, token: &str) -> Option<Self> {
        let bytes = seals.open(Seal::Device, token)?;
        let (account, epoch) = bytes.split_at_checked(16)?;
        let account = Id::new(uuid::Uuid::from_slice(account).ok()?);
        Some(Self { account, epoch: i64::from_be_bytes(epoch.try_into().ok()?) })
    }

    /// Whether it is of this account, in the epoch that the account is in.
    pub fn is_of(self, account: &Account, epoch: i64) -> bool {
        self == Self::of(account.id, epoch)
    }
}
