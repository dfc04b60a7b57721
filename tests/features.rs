//! What is built in by features that the shipped image has and a quick build has not. A binary of its own, so that to test it no other
//! test is compiled anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // what fails here fails the test, and should say so
#![allow(dead_code, unused_imports, unused_macros)] // the parts that tests share

mod app;
mod otlp;
mod personas;
mod postgres;
mod tls;
