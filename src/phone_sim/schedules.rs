//! To come.

use super::{Plan, findings::Findings};
use crate::bench::ground::Ground;

pub(super) async fn run(_ground: &Ground, _plan: &Plan) -> Result<Findings, String> {
    Err("not there yet".to_owned())
}
