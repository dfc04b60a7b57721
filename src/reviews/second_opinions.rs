//! Second opinions: of some visits that were decided about, another reviewer says what they find, without knowing the decision. It
//! changes nothing by itself; how far reviewers agree is reckoned from it ([`agreement`]).

pub mod agreement;
pub mod api;
pub mod ask;
pub mod give;
pub mod model;
pub mod reckon;
pub mod store;
