//! Visits: submitted exactly once, scored on arrival, moved from state to state in one place.
//!
//! A phone submits a visit ([`submit`]) and sends its files; each file that has arrived whole is taken ([`take_file`]).
//! Whichever comes last completes the visit ([`complete`]) in its own transaction. From then on people take it from state
//! to state ([`advance`]), by the rules of [`state`].

pub mod advance;
pub mod api;
pub mod asked;
pub mod blind;
pub mod comments;
pub mod complete;
pub mod completion;
pub mod correct_answers;
pub mod counted;
pub mod day;
pub mod differences;
pub mod export;
pub mod find;
pub mod finish;
pub mod grades;
pub mod history;
pub mod lapse;
pub mod mine;
pub mod model;
pub mod outcome;
pub mod parts;
pub mod phone;
pub mod photos;
pub mod receipt;
pub mod revise;
pub mod revised;
pub mod revision;
pub mod revisions;
pub mod send_anew;
pub mod show_file;
pub mod state;
pub mod store;
pub mod submit;
pub mod take_file;
pub mod take_without;
pub mod taken;
pub mod unreadable;
pub mod unscored;
pub mod work;
