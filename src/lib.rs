//! **incognito**, a mystery-shopping backend: the tour of the house.
//!
//! Shoppers visit branches and fill in checklists; reviewers decide about the visits; managers read the scores of
//! their places. One binary serves all of it over HTTP, on SQLite or on PostgreSQL.
//!
//! # The path of a request
//! [`http`] builds the service. Its [`routes`](server::routes) are one table: method, address, who may, handler. A
//! handler in some feature's `api.rs` takes what it needs as types: [`Allowed<P>`](accounts::caller::Allowed) is the
//! permission, [`Input<T>`](http::input::Input) a body that was read, parsed and found valid. It calls
//! [`Db::read`](db::Db::read) or [`Db::write`](db::Db::write) with functions of a `store.rs`, where all SQL is, and
//! pure rules of a `model.rs`. Each failure is an [`Error`](error::Error) of the catalogue and becomes
//! `application/problem+json`.
//!
//! # The rooms
//! Features, from the ground up; each knows only those before it:
//! [`accounts`] (who signs in, who may), [`places`] (brands, regions, branches), [`checklists`] (what is asked and
//! what answers are worth), [`fieldwork`] (who goes where), [`evidence`] (the files of visits), [`visits`] (what was
//! seen), [`trust`] (what may be wrong with it), [`board`] (who may take what), [`scores`] (what it adds up to), [`estate`] (what becomes of places), [`actions`] (what is done about it),
//! [`recognition`] (what is done well), [`alerts`] (what is looked for in it again and again), [`digests`] (what of it is read again and again),
//! [`reviews`] (what is decided), [`exports`] (what is taken of all that as files).
//!
//! Under them, knowing no feature: [`db`], [`blobs`], [`error`], [`precondition`], [`clock`], [`demand`], [`ids`], [`months`], [`calendar`], [`config`], [`workbook`], [`charts`], [`pdf`], [`media_types`].
//! [`texts`] is what the server says to people, in their language.
//! Beside the requests: [`work`], and [`outbox`] (what happened, for those who act on it), and [`audit`] (who did what, and who looked at a shopper's identity). Around everything: [`app`] (what is shared), [`cli`] (the commands) and [`demo`].
//!
//! What is lost when things break, and how fast it is, the workspace's member `trials` looks at.
//!
//! `ARCHITECTURE.md` says why things are as they are, and how to add an endpoint, a task, an event, a migration, a text.

pub mod accounts;
pub mod actions;
pub mod alerts;
pub mod app;
pub mod appeals;
mod at_work;
pub mod audit;
pub mod blobs;
pub mod board;
pub mod calendar;
pub mod charts;
pub mod checklists;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod decimals;
pub mod demand;
pub mod demo;
pub mod digests;
mod durable;
pub mod error;
pub mod estate;
pub mod evidence;
pub mod exports;
pub mod fieldwork;
pub mod filling;
pub mod http;
pub mod ids;
pub mod kept;
pub mod ledger;
pub mod limits;
pub mod media_types;
pub mod months;
pub mod odata;
pub mod outbox;
pub mod pdf;
pub mod places;
pub mod precondition;
pub mod recognition;
pub mod reports;
pub mod reviews;
pub mod scores;
pub mod seals;
pub mod server;
pub(crate) mod strict;
pub mod text;
pub mod texts;
pub mod trust;
pub mod visits;
pub mod work;
pub mod workbook;
