//! Appeals: a manager objects to answers of a report, and the reviewers' side finds for or against it.
//!
//! A manager [`file_appeal`]s within the time that the campaign gives, with why each answer is wrong, and may [`attach`] files. Both sides
//! [`say`] what they have to say in one thread. A reviewer may [`inquire`] of the shopper, who is asked about the visit alone and
//! [`answer`]s the reviewers alone: neither learns who the other is. Then a reviewer [`uphold`]s the appeal, which corrects
//! answers, or [`decline`]s it with a reason; or the branch [`take_back`]s it. What desks see follows at once. The branch's side learns
//! what came of it with the next night, together with what follows from it ([`model::Appeal::as_shown`]).

pub mod answer;
pub mod api;
pub mod attach;
pub mod decided;
pub mod decline;
pub mod file_appeal;
pub mod filed;
pub mod inquire;
pub mod inquired;
pub mod model;
pub mod outcomes;
pub mod print;
pub mod read;
pub mod say;
pub mod settle;
pub mod store;
pub mod take_back;
pub mod uphold;
