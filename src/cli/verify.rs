//! `incognito verify`.

use std::collections::BTreeSet;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Failure, Outcome, say};
use crate::{
    blobs::Blobs,
    config::Config,
    db::{Db, migrate},
    ledger::verify::{Head, How, Looked, Progress, Stage, verify},
    reports::counted::shown_questions,
    scores::{self, count_anew, leniency::NotAgain, verify::Difference},
};

pub(super) const ABOUT: &str = "\
Recompute all scores from the visits, compare all that was sealed, and say what differs.

The database's own check is run. Every visit is scored anew from its answers, and every place's sums are added up \
anew; what follows from other rows is compared with them. The chains of what was sealed are walked, and each sealed \
record is compared with what is stored now; what is not sealed yet is counted. All that is in one state of the data: a \
server may go on working meanwhile. Then it is looked whether the files are there. Each difference is a line. It ends \
with 0 if there is none, and with 1 otherwise. Nothing is changed, but with --repair: then figures that are not those of \
their visits are made anew of them. Visits and what was sealed are never changed.

Keys that are kept under a secret cannot be read without it, nor can be seen whether what they sealed is good: give it \
then, as to the server.

It proves that what was sealed is there and was not altered since, and that scores, sums and states follow from what is \
there. It does not prove that what was sent is true, nor what was altered in the seconds before the sealing, nor anything \
against a person who has the keys.

The ends of the chains are said as well. A person who can write to the database can also cut the last batches off, with \
what they seal: keep these lines elsewhere, and compare them later.";

#[derive(clap::Args)]
pub(super) struct Verify {
    /// Reads the bytes of all files as well, and compares them with their digests
    #[arg(long)]
    files: bool,
    /// Once it is said what differs, makes the figures of a brand anew of its visits if any of them is not theirs
    #[arg(long)]
    repair: bool,
}

pub(super) async fn run(config: &Config, options: Verify) -> Outcome {
    if !migrate::pending(&config.database)?.is_empty() {
        return Err(format!(
            "{} is not there, or of an older version: `incognito migrate` brings it up to date",
            config.database
        )
        .into());
    }
    let db = Db::connect(&config.database, config.connections)?;
    let (bars, progress) = progress_bars();
    let blobs = Blobs::open(&config.blobs)?;
    let how = How { secret: config.keys_secret.clone(), with_bytes: options.files, ..How::default() };
    let looked = verify(&db, &blobs, how, progress).await;
    // Without a terminal there is nothing to clear.
    let _ = bars.clear();
    let looked = looked?;
    let outcome = report(&looked, options.files);
    if options.repair { repair(&db, &looked).await } else { outcome }
}

/// Makes the figures of those brands anew that have wrong ones. It ends well if nothing else was wrong.
async fn repair(db: &Db, looked: &Looked) -> Outcome {
    let (mut sums, mut mended) = (looked.sums.clone(), BTreeSet::new());
    // Of very many differences only the first are listed, so there may be brands behind them.
    loop {
        let brands = sums.differences.iter().filter_map(Difference::mended_by_counting);
        let wrong: BTreeSet<_> = brands.filter(|brand| !mended.contains(brand)).collect();
        if wrong.is_empty() {
            break;
        }
        for brand in wrong {
            db.write(move |conn| count_anew::repair(conn, brand, shown_questions)).await?;
            say(format_args!("the figures of brand {brand} were made anew of its visits"));
            mended.insert(brand);
        }
        sums = scores::verify::verify(db, shown_questions, |_, _| {}).await?;
    }
    let others = looked.findings.count() + sums.differences.len() as u64 + sums.unlisted;
    if others == 0 {
        return Ok(());
    }
    say(format_args!("differences that counting does not mend: {others}"));
    Err(Failure::found())
}

/// A bar for the visits, and one for all else, which is looked at beside them.
fn progress_bars() -> (MultiProgress, impl FnMut(Progress) + Clone) {
    let style = ProgressStyle::with_template("{wide_bar} {msg} {human_pos}/{human_len}, {eta} to go");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let bars = MultiProgress::new();
    let [visits, others] = [0, 0].map(|all| bars.add(ProgressBar::new(all).with_style(style.clone())));
    let mut before = None;
    let progress = move |Progress { stage, done, all }| {
        let bar = if stage == Stage::Visits { &visits } else { &others };
        if before.replace(stage) != Some(stage) {
            bar.reset_eta();
            bar.set_message(match stage {
                Stage::Database => "the database itself",
                Stage::Visits => "visits",
                Stage::Chains => "sealed records",
                Stage::Rows => "rows",
                Stage::Files => "files",
            });
        }
        bar.set_length(all.unwrap_or(done));
        bar.set_position(done);
    };
    (bars, progress)
}

fn report(looked: &Looked, with_bytes: bool) -> Outcome {
    for difference in &looked.sums.differences {
        say(difference);
    }
    for finding in &looked.findings.listed {
        say(finding);
    }
    for Head { brand, number, digest } in &looked.walked.heads {
        say(format_args!("chain {brand}: {number} batches, the last {digest}"));
    }
    let walked = &looked.walked;
    say(match walked.since {
        None => format!("{} records sealed, and none waits", walked.entries),
        Some(since) => {
            format!(
                "{} records sealed; {} wait for it, the oldest since {since}",
                walked.entries, walked.unsealed
            )
        }
    });
    for (brand, why) in &looked.sums.not_again {
        let why = match why {
            NotAgain::VisitsChanged => "its visits have changed since that night",
            NotAgain::OtherMethod => "another version of the program did it in another way",
        };
        say(format_args!("how leniently shoppers of brand {brand} score was not computed again: {why}"));
    }
    let how = if with_bytes { "read" } else { "there" };
    say(format_args!("{} files and copies of files were to be {how}", looked.blobs));
    let (visits, counted, figures) = (looked.sums.visits, looked.sums.counted, looked.sums.figures);
    let sums = format!("{visits} visits, {counted} of them counted, {figures} rows of figures");
    if looked.is_right() {
        say(format_args!("{sums}: all is right"));
        return Ok(());
    }
    say(format_args!("{sums}; differences: {}", looked.differences()));
    Err(Failure::found())
}
