//! Reports: what the branch's side may see of approved visits, and nothing else.
//!
//! An approved visit waits until the night on which the reports of its region go out ([`release`], [`go_out`]), each under a
//! random id, in random order, with photos and recordings that are [`copies`] of their own. What a report shows is settled then
//! and kept ([`model::Shows`]); it is [`read`] as [`content`] of a type that has no place for anything else ([`shown`]),
//! and can be [printed](mod@print). What it adds to figures is [`counted`]. A reviewer sees beforehand what will go out ([`preview`]), with [`remarks`] on words that could name the shopper, and can make parts of a
//! photo unrecognizable ([`blur`]) and stretches of a recording silent ([`cut`]). After the time to appeal the visit is final
//! ([`finish`]); two reviewers can [`withdraw`] it. People of the branch's side [`comment`] on reports.

pub mod api;
pub mod blur;
pub mod comment;
pub mod content;
pub mod copies;
pub mod counted;
pub mod cut;
pub mod finish;
pub mod go_out;
pub mod model;
pub mod night;
pub mod preview;
pub mod print;
pub mod read;
pub mod release;
pub mod released;
pub mod remarks;
pub mod shown;
pub mod store;
pub mod under_appeal;
pub mod withdraw;
pub mod withdrawn;
