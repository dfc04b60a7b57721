//! The house as ARCHITECTURE draws it: which room may know which, where each thing stands, and who writes what.

mod arrows;
mod contract;
mod limits;
mod places;
mod source;
mod tables;
mod words;
