//! The addresses of appeals: of the branch's side, of reviewers, and of shoppers.

mod attachments;
mod branch_side;
mod discussion;
mod inquiries;
mod outcomes;
mod print;
mod reviewers;

pub use self::{
    attachments::*, branch_side::*, discussion::*, inquiries::*, outcomes::*, print::*, reviewers::*,
};
