//! The tests of the whole program: through HTTP, on a real server with a real database, each of them on SQLite and
//! on PostgreSQL.
//!
//! `app` starts the server and speaks to it, `personas` are the people who do, `builders` make a small world for
//! them; every other file is about one part of the house.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // what fails here fails the test, and should say so

mod actions;
mod alerts;
mod anonymity;
mod api_keys;
mod app;
mod appeals;
mod architecture;
mod as_sent;
mod audit;
mod background;
mod board;
mod builders;
mod campaigns;
mod checklists;
mod compression;
mod cors;
mod costs;
mod database;
mod dear;
mod diff;
mod digests;
mod employees;
mod estate;
mod every_form;
mod evidence;
mod examples;
mod exchange;
mod exports;
mod fieldwork;
mod filling;
mod keys;
mod languages;
mod ledger;
mod lists;
mod memory;
mod metrics;
mod notices;
mod odata;
mod outbox;
mod pages;
mod personas;
mod pictures;
mod places;
mod postgres;
mod qualifications;
mod receipts;
mod recognition;
mod replica;
mod reports;
mod reviews;
mod revoked;
mod scores;
mod shipped;
mod shoppers;
mod sign_in;
mod spans;
mod speaking;
mod standards;
mod targets;
mod texts;
mod trust;
mod uploads;
mod verify;
mod visits;
mod what_if;
mod who_may;
mod work;
