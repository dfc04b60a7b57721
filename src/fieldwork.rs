//! Who is to visit which branch, and when.

pub mod assignments;
pub mod brief;
pub mod campaigns;
pub mod eligibility;
pub mod qualifications;
pub mod shoppers;
