//! A defect to see whether the fuzzer sees one: with `INCOGNITO_PLANTED_DEFECT` what is taken as it should be is a fault.

use std::{env, sync::LazyLock};

static IS_PLANTED: LazyLock<bool> = LazyLock::new(|| env::var_os("INCOGNITO_PLANTED_DEFECT").is_some());

pub fn is_planted() -> bool {
    *IS_PLANTED
}
