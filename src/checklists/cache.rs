//! stub

/// stub
#[derive(Default)]
pub struct Versions;
