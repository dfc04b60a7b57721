//! Comparing a visit with all others, by the traces that they left.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, HashSet},
};

use super::{
    model::{Flag, FlagEvidence},
    photos::{self, OtherFile, VisitFile},
    place,
    seen::Seen,
    store::traces,
    text::{self, BANDS, Shingles},
};
use crate::{
    db::Conn,
    error::Result,
    ids::VisitId,
    visits::{self, model::Visit},
};

/// So many visits that may have a text in common with one are read.
const MOST_TEXTS: usize = 10;

/// All that is found in a visit, alone and beside others, the heaviest first. Visits that are `later` in the queue have
/// left their traces, and are not looked for: what they have in common with this one is found when they are looked at.
///
/// # Errors
/// None but those of the database.
pub fn compare(conn: &mut Conn, seen: &Seen, later: &HashSet<VisitId>) -> Result<Vec<Flag>> {
    let mut flags = seen.flags();
    flags.extend(travels(conn, seen, later)?);
    for file in seen.files() {
        flags.extend(file_elsewhere(conn, seen, file, later)?);
    }
    flags.extend(copied_texts(conn, seen, later)?);
    flags.sort_by_key(|flag| Reverse(flag.evidence.weight()));
    Ok(flags)
}

/// Other visits of the same shopper that are too far away for the time between them.
fn travels(conn: &mut Conn, seen: &Seen, later: &HashSet<VisitId>) -> Result<Vec<Flag>> {
    let stay = seen.stay();
    let others = traces::stays_beside(conn, seen.visit().shopper_id, &stay)?;
    let flag = |other: place::Stay| {
        let evidence = place::impossible_travel(&stay, &other)?;
        Some(Flag::of_visit(evidence).beside(other.visit))
    };
    Ok(others.into_iter().filter(|other| !later.contains(&other.visit)).filter_map(flag).collect())
}

/// Whether a file is of another visit: the very same, or a photo that looks like it.
fn file_elsewhere(
    conn: &mut Conn,
    seen: &Seen,
    file: &VisitFile,
    later: &HashSet<VisitId>,
) -> Result<Option<Flag>> {
    let beside = |other: OtherFile, evidence| Flag::of_question(&file.question, evidence).beside(other.visit);
    if let Some(other) = traces::seen_before(conn, seen.visit().id, file)? {
        let evidence = FlagEvidence::PhotoSeenBefore {
            evidence_id: file.id,
            other_evidence_id: Some(other.id),
            same_shopper: Some(seen.is_by(other.shopper)),
        };
        return Ok(Some(beside(other, evidence)));
    }
    let Some(look) = file.look() else { return Ok(None) };
    let mut candidates = traces::photos_like(conn, seen.visit().id, look)?;
    candidates.retain(|other| !later.contains(&other.file.visit));
    let alike = photos::most_alike(look, seen.visit().shopper_id, &candidates);
    Ok(alike.map(|(other, differing_bits)| {
        let evidence = FlagEvidence::PhotoLooksAlike {
            evidence_id: file.id,
            other_evidence_id: Some(other.id),
            same_shopper: Some(seen.is_by(other.shopper)),
            differing_bits: differing_bits.into(),
        };
        beside(other, evidence)
    }))
}

/// Which texts are for the most part in another visit; of several visits, in the one that has the most of it.
fn copied_texts(conn: &mut Conn, seen: &Seen, later: &HashSet<VisitId>) -> Result<Vec<Flag>> {
    let others = resembling(conn, seen.visit().id, &seen.bands(), later)?;
    let copied = seen.texts().filter_map(|(written, shingles)| {
        let (percent, other) = most_copied(&shingles, &others)?;
        let evidence = FlagEvidence::TextCopied {
            percent,
            words: i64::try_from(shingles.words).unwrap_or(i64::MAX),
            same_shopper: Some(seen.is_by(other.head.shopper_id)),
        };
        Some(Flag::of_question(written.question, evidence).beside(other.head.id))
    });
    Ok(copied.collect())
}

/// The visit that has the most of a text, and how much in percent; the first of several, and none with little of it.
fn most_copied<'v>(text: &Shingles, others: &'v [(Visit, Vec<Shingles>)]) -> Option<(i64, &'v Visit)> {
    let mut most = None;
    for (visit, theirs) in others {
        let percent = theirs.iter().map(|one| text.resemblance(one)).max().unwrap_or(0);
        let least = most.map_or(text::COPIED - 1, |(percent, _)| percent);
        if percent > least {
            most = Some((percent, visit));
        }
    }
    most
}

/// Other visits that have the most of these digests, with their texts: they may have one in common.
fn resembling(
    conn: &mut Conn,
    visit: VisitId,
    bands: &BTreeSet<i64>,
    later: &HashSet<VisitId>,
) -> Result<Vec<(Visit, Vec<Shingles>)>> {
    let mut common: HashMap<VisitId, usize> = HashMap::new();
    let bands: Vec<i64> = bands.iter().copied().collect();
    // Text by text, so that one that many wrote does not crowd out the others.
    for bands in bands.chunks(BANDS) {
        let found = traces::with_bands(conn, visit, bands)?.into_iter();
        found.filter(|visit| !later.contains(visit)).for_each(|visit| *common.entry(visit).or_default() += 1);
    }
    let mut common: Vec<_> = common.into_iter().collect();
    common.sort_unstable_by_key(|(visit, count)| (Reverse(*count), *visit));
    let most: Vec<_> = common.into_iter().take(MOST_TEXTS).map(|(visit, _)| visit).collect();
    if most.is_empty() {
        return Ok(Vec::new());
    }
    let shingles =
        |visit: &Visit| text::written(&visit.content.0).filter_map(|one| Shingles::of(one.text)).collect();
    let with_texts = |visit: Visit| {
        let texts = shingles(&visit);
        (visit, texts)
    };
    Ok(visits::store::with_ids(conn, &most)?.into_iter().map(with_texts).collect())
}
