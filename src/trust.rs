//! Trust: what may be wrong with a visit, each flag with its evidence and in words for a reviewer.
//!
//! Nothing here refuses, holds up or decides anything. A task ([`look`]) looks once at every visit that waits for a
//! decision, beside the requests: submitting one costs nothing more. It loads the visit ([`unseen`]), leaves its traces
//! ([`record`]), looks at it ([`seen`]), compares it with others ([`compare`]), and writes down what was found. What it
//! looks for are pure rules, one file a family: [`place`], [`time`], [`photos`], [`text`],
//! [`language`], [`answers`]; their limits are
//! constants there, with where they come from. [`model`] says what a flag is, [`words`] says it to people, and [`flags`]
//! shows it to those who may see it.
//!
//! Of two visits that have something in common (a photo, a text, the same hour in two towns) the one that is looked at
//! later is flagged, and names the other one to those who may see it.

pub mod answers;
pub mod api;
pub mod compare;
pub mod flags;
pub mod language;
pub mod look;
pub mod model;
pub mod photos;
pub mod place;
pub mod record;
pub mod seen;
pub mod store;
pub mod text;
pub mod time;
pub mod unseen;
pub mod words;
