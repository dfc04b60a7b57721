//! Every kind of background work there is, with what each works with.

use std::sync::Arc;

use super::house::House;
use crate::{
    accounts::sweep::SweepSessions,
    board::expire::ExpireAssignments,
    evidence::{read::ReadEvidence, sweep::SweepUploads},
    jobs::worker::Kind,
    trust::look::{LookAtVisit, LookAtVisits},
};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// The list of kinds. A kind without a row here stays in the database until a program knows it.
pub fn kinds(house: &House) -> Vec<Kind> {
    let versions = || Arc::clone(&house.versions);
    vec![
        Kind::every::<SweepSessions>(DAY, Arc::new(())),
        Kind::every::<SweepUploads>(HOUR, Arc::clone(&house.parts)),
        Kind::every::<ExpireAssignments>(MINUTE, Arc::new(())),
        Kind::every::<LookAtVisits>(5, versions()),
        Kind::of::<LookAtVisit>(versions()),
        Kind::of::<ReadEvidence>(Arc::clone(&house.readers)),
    ]
}
