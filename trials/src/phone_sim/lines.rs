//! Photos over slow lines that are cut at random bytes, and gone on with: every one arrives to the byte, and hardly any
//! byte is sent twice.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

use futures_util::future::try_join_all;
use incognito::db::types::Sha256;

use super::{
    Plan, each_defect,
    findings::{Findings, Wrong},
    line::{How, Line},
    phone::Heard,
    scene::{Case, Scene},
};
use crate::bench::{ground::Ground, submissions::Dice, world::bar};

/// What a phone sends in one request, in bytes.
const CHUNK: usize = 256 * 1024;
/// The smallest photo, in bytes …
const SMALLEST: u64 = 200 * 1024;
/// … and the largest.
const LARGEST: u64 = 2 * 1024 * 1024;
/// A photo's line is cut at most so often.
const MOST_CUTS: u64 = 6;
/// So many are on their way at once.
const SHOPPERS: usize = 8;
/// The slowest and the fastest line, in bytes a second.
const SPEEDS: (u64, u64) = (1 << 20, 16 << 20);
/// A phone that needs more requests than this gives up.
const MOST_REQUESTS: usize = 100;

const NEVER: (Wrong, &str) = (Wrong::Other, "photos that did not get through");
const TOO_MUCH: (Wrong, &str) = (Wrong::Other, "photos of which too much was sent twice");
const REFUSED: (Wrong, &str) = (Wrong::Other, "visits refused or not complete after their photo");

/// What is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    /// The line changes a byte now and then, and nobody may notice.
    Alters,
    /// The phone begins anew after each cut.
    Forgets,
    /// The server's disk changes a byte after the acknowledgement.
    Rots,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alters => "a line that changes bytes",
            Self::Forgets => "uploads that begin anew after each cut",
            Self::Rots => "a disk that changes a byte of a file that was acknowledged",
        })
    }
}

/// Uploads photos until their lines were cut so often, or some against each of the planted defects.
pub(super) async fn run(ground: &Ground, plan: &Plan) -> Result<Findings, String> {
    if !plan.planted_defect {
        return photos(ground, plan, plan.times, None).await;
    }
    let defects = [Defect::Alters, Defect::Forgets, Defect::Rots];
    each_defect(&defects, async |defect| photos(ground, plan, 12, Some(defect)).await).await
}

async fn photos(
    ground: &Ground,
    plan: &Plan,
    cuts: usize,
    defect: Option<Defect>,
) -> Result<Findings, String> {
    let lanes = SHOPPERS.min(cuts.div_ceil(4));
    let scene = Scene::set(ground, lanes).await?;
    let mut findings = Findings::new("lines", "cuts of lines over which photos are sent");
    for (kind, what) in [NEVER, TOO_MUCH, REFUSED] {
        findings.wrong(kind, what, 0);
    }
    let bar = bar("cutting lines", cuts as u64);
    let (mut dice, mut made) = (Dice(plan.seed), 0);
    while findings.trials < cuts {
        scene.refill(1).await?;
        let each = (0..lanes).map(|lane| Upload::new(&scene, lane, Dice(dice.below(u64::MAX)), defect));
        let each: Vec<Upload<'_>> = each.collect::<Result<_, _>>()?;
        for found in try_join_all(each.into_iter().map(Upload::run)).await? {
            bar.inc(found.trials as u64);
            findings.add(found);
        }
        made += lanes;
    }
    bar.finish_and_clear();
    scene.count(made, &mut findings).await?;
    Ok(findings)
}

/// A photo on its way.
struct Upload<'a> {
    scene: &'a Scene,
    shopper: usize,
    case: Case,
    dice: Dice,
    defect: Option<Defect>,
    findings: Findings,
}

impl<'a> Upload<'a> {
    fn new(scene: &'a Scene, shopper: usize, mut dice: Dice, defect: Option<Defect>) -> Result<Self, String> {
        // Beginning anew costs more than a chunk only where there is more.
        let smallest = if defect == Some(Defect::Forgets) { LARGEST * 9 / 10 } else { SMALLEST };
        let size = smallest + dice.below(LARGEST - smallest);
        let case = scene.case(shopper, &[size as usize], &mut dice)?;
        Ok(Self { scene, shopper, case, dice, defect, findings: Findings::default() })
    }

    fn wrong(&mut self, (kind, what): (Wrong, &'static str), why: String) {
        self.findings.wrong(kind, what, 1);
        self.findings.note(format!("{what}: {why}"));
    }

    async fn run(mut self) -> Result<Findings, String> {
        let Some(photo) = self.case.photos.first().copied() else { return Ok(self.findings) };
        let bytes = photo.bytes();
        let most_cuts = if self.defect == Some(Defect::Forgets) { 2 } else { MOST_CUTS };
        let cuts = (0..=self.dice.below(most_cuts)).map(|_| {
            let hows = [How::InOrder, How::Reset, How::Dead, How::Answer];
            let how = hows.get(self.dice.below(hows.len() as u64) as usize).copied();
            (1 + self.dice.below(photo.size as u64), how.unwrap_or(How::Reset))
        });
        let cuts: Vec<(u64, How)> = cuts.collect();
        let speed = SPEEDS.0 + self.dice.below(SPEEDS.1 - SPEEDS.0);
        let alters = self.defect == Some(Defect::Alters);
        let line = Line::start(self.scene.server.address, cuts, speed, alters).await?;
        let name = format!("outbox-{}-{}", self.shopper, photo.id);
        let mut phone = self.scene.phone(self.shopper, &name, line.address)?;
        phone.outbox.put(self.case.visit, self.case.submission.clone(), [photo])?;

        let whole = match self.defect {
            Some(Defect::Forgets) => {
                let mut whole = false;
                let mut tries = 0;
                while !whole && tries < MOST_REQUESTS {
                    // As many requests as there would be without a cut.
                    whole = phone.upload(&photo, &bytes, CHUNK, false, bytes.len().div_ceil(CHUNK)).await?;
                    if !whole {
                        phone.give_up(&photo).await;
                    }
                    tries += 1;
                }
                whole
            }
            Some(Defect::Alters) => phone.upload(&photo, &bytes, CHUNK, true, 12).await?,
            _ => {
                let at_once = self.dice.below(2) == 0;
                phone.upload(&photo, &bytes, CHUNK, at_once, MOST_REQUESTS).await?
            }
        };
        let (cuts, sent) = (line.cuts.load(Ordering::Relaxed), line.sent.load(Ordering::Relaxed));
        let most = photo.size as u64 * 11 / 10 + CHUNK as u64 * cuts;
        self.findings.trials += cuts as usize;
        self.findings.did("photos", 1);
        self.findings.did("KiB in them", photo.size as u64 / 1024);
        self.findings.did("KiB sent", sent / 1024);
        if sent > most {
            let size = photo.size;
            self.wrong(TOO_MUCH, format!("{sent} bytes were sent of {size}, {cuts} cuts"));
        }
        if !whole {
            self.wrong(NEVER, format!("file {} of {} bytes, {cuts} cuts", photo.id, photo.size));
        } else if self.defect == Some(Defect::Rots) {
            self.rot(photo.sha256)?;
        }
        // What comes now is not to be cut.
        phone.address = self.scene.server.address;
        phone.restart()?;
        match phone.submit(self.case.visit, None).await? {
            Heard::Kept(arrived) if arrived.facts().receipt.is_some() || !whole => {}
            heard => self.wrong(REFUSED, format!("visit {}: {heard:?}", self.case.visit)),
        }
        phone.tell(&mut self.findings);
        if whole {
            let facts = phone.outbox.facts(self.case.visit);
            self.scene.audit(&phone.token, &self.case, facts, &mut self.findings).await?;
            self.findings.acknowledged += 2;
        }
        // The folder goes anyway.
        let _ = std::fs::remove_file(self.scene.place(&name));
        Ok(self.findings)
    }

    /// Changes one byte of a file that the server keeps.
    fn rot(&self, digest: Sha256) -> Result<(), String> {
        let path = find(&self.scene.blobs, &digest.to_string()).ok_or("a blob is not where blobs are")?;
        let named = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut bytes = std::fs::read(&path).map_err(named)?;
        if let Some(byte) = bytes.get_mut(1_000) {
            *byte ^= 1;
        }
        std::fs::write(&path, bytes).map_err(named)
    }
}

/// The file of this name in a folder, or in one below it.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let here = entries.iter().find(|path| path.is_file() && path.ends_with(name)).cloned();
    here.or_else(|| entries.iter().filter(|path| path.is_dir()).find_map(|path| find(path, name)))
}
