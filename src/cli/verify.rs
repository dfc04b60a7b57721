//! `incognito verify`.

use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, Outcome, say};
use crate::{
    config::Config,
    db::{Db, migrate},
    scores::verify::{Verified, verify},
};

pub(super) const ABOUT: &str = "\
Recompute all scores from the visits and say what differs.

Every visit is scored anew from its answers, and every place's sums are added up anew, in one state of \
the data: a server may go on working meanwhile. Each difference is a line. It ends with 0 if there is \
none, and with 1 otherwise. Nothing is changed.";

pub(super) async fn run(config: &Config) -> Outcome {
    if !migrate::pending(&config.database)?.is_empty() {
        return Err(format!(
            "{} is not there, or of an older version: `incognito migrate` brings it up to date",
            config.database
        )
        .into());
    }
    let db = Db::connect(&config.database, config.connections)?;
    let (bar, progress) = progress_bar();
    let verified = verify(&db, progress).await;
    bar.finish_and_clear();
    report(&verified?)
}

fn progress_bar() -> (ProgressBar, impl FnMut(u64, u64)) {
    let style = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} visits, {eta} to go");
    let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let shown = bar.clone();
    (bar, move |done, all| {
        shown.set_length(all);
        shown.set_position(done);
    })
}

fn report(verified: &Verified) -> Outcome {
    for difference in &verified.differences {
        say(difference);
    }
    let found = verified.differences.len() as u64 + verified.unlisted;
    let Verified { visits, counted, rollups, .. } = verified;
    let looked = format!("{visits} visits, {counted} of them counted, {rollups} rollups");
    if verified.is_right() {
        say(format_args!("{looked}: all is right"));
        return Ok(());
    }
    say(format_args!("{looked}; differences: {found}"));
    Err(Failure::found())
}
