//! Photos: where and when the camera thinks that they were taken, and whether they are of another visit.
//!
//! Photos that look alike are found by their perceptual hashes ([`Look`]), cut into four bands of 16 bits: if two hashes
//! differ in at most 7 bits, one of the bands differs in at most one. So photos that have a band in common, or nearly so, are
//! measured exactly (multi-index hashing: M. Norouzi, A. Punjani and D. Fleet, Fast Search in Hamming Space with
//! Multi-Index Hashing, 2012). Of those that differ in 8 bits 96 % are found, too.
//!
//! Each photo is held against all that ever came. Therefore what makes two photos of different shoppers alike is
//! narrower than what makes two of one shopper ([`most_differing`]): of simple drawn pictures one pair in 6,000 is
//! alike within 10 bits, and one in 100,000 within 6.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{
    model::{FlagEvidence, WhichSide},
    place::{Point, whole},
    time::{Span, seconds_between},
};
use crate::{
    checklists::key::Key,
    db::types::{Instant, Sha256},
    evidence::{
        clean::CleanCopy,
        photos::{ALIKE, Look},
    },
    ids::{AccountId, EvidenceId, VisitId},
};

/// Photos so near to the branch were taken there, in metres: a phone writes where it last knew that it was, and says not
/// how well it knew.
pub const THERE_M: f64 = 1_000.0;
/// So long before a visit begins or after it ends a photo belongs to it, in seconds: of the street on the way, of the
/// receipt at home.
pub const MEANWHILE: i64 = 3_600;

/// Two photos that differ in at most so many bits are one, even from two shoppers.
pub const CLEARLY_ALIKE: u32 = 6;

/// Bytes of a clean copy that every picture has: a JPEG's header and tables.
const WITHOUT_PICTURE: i64 = 650;
/// Pixels for which a picture with something on it takes at least a byte. A white wall takes one for 60, a drawing in
/// few lines one for 20, an ordinary photo one for less than 10.
const PIXELS_A_BYTE: i64 = 30;
/// The same for a small picture, whose copy is written finely.
const PIXELS_A_BYTE_IF_SMALL: i64 = 15;
/// A picture of so many pixels is small.
const SMALL: i64 = crate::evidence::photos::SMALL as i64;
/// Longest side of a clean copy.
const LONGEST: i64 = crate::evidence::photos::LONGEST as i64;

/// A file of a visit, with what was read in it.
#[derive(Clone, Debug)]
pub struct VisitFile {
    /// The file.
    pub id: EvidenceId,
    /// The question that it belongs to.
    pub question: Key,
    /// Whether it is an image of a signature, which looks like any other.
    pub is_signature: bool,
    /// The digest of its bytes.
    pub sha256: Sha256,
    /// When all of it was here.
    pub kept_at: Option<Instant>,
    /// How long its question lets it be, in seconds, if it is a recording.
    pub most_seconds: Option<u16>,
    /// What was read in it; none yet.
    pub copy: Option<CleanCopy>,
}

/// A recorder may stop so many seconds after its limit.
pub const RECORDER_SLACK: i64 = 2;

impl VisitFile {
    /// How it looks, if it is a photo with enough in it to tell it from others.
    pub fn look(&self) -> Option<Look> {
        let copy = self.copy.as_ref().filter(|copy| !self.is_signature && !is_flat(copy))?;
        copy.look.map(Look::from_bits)
    }
}

/// Whether there is so little on a picture that it looks like any other of its kind: a wall, a lens cap.
fn is_flat(copy: &CleanCopy) -> bool {
    let (Some(width), Some(height), Some(size)) = (copy.width, copy.height, copy.size) else { return true };
    let (width, height) = (i64::from(width), i64::from(height));
    let longer = width.max(height).max(1);
    let shrunk = |side: i64| if longer > LONGEST { side * LONGEST / longer } else { side };
    let pixels = shrunk(width) * shrunk(height);
    let each = if pixels <= SMALL { PIXELS_A_BYTE_IF_SMALL } else { PIXELS_A_BYTE };
    (size - WITHOUT_PICTURE) * each < pixels
}

/// The four bands of a look, of 16 bits each.
pub fn bands(look: Look) -> [i32; 4] {
    let bits = look.to_bits();
    [48, 32, 16, 0].map(|shift| ((bits >> shift) & 0xffff) as i32)
}

/// A look from its bands.
pub fn from_bands(bands: [i32; 4]) -> Look {
    Look::from_bits(bands.iter().fold(0, |bits, band| bits << 16 | i64::from(*band)))
}

/// A band and all that differ from it in one bit.
pub fn near(band: i32) -> Vec<i32> {
    std::iter::once(band).chain((0..16).map(|bit| band ^ 1 << bit)).collect()
}

/// In so many bits the looks of two photos may differ that are taken for one: what a messenger or an edited copy makes
/// of a photo of the shopper's own, and less among the photos of all the others.
pub fn most_differing(same_shopper: bool) -> u32 {
    if same_shopper { ALIKE } else { CLEARLY_ALIKE }
}

/// A file of another visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherFile {
    /// The file.
    pub id: EvidenceId,
    /// Its visit.
    pub visit: VisitId,
    /// Who sent it.
    pub shopper: AccountId,
}

/// A photo of another visit, with how it looks.
#[derive(Clone, Copy, Debug)]
pub struct OtherPhoto {
    /// The photo.
    pub file: OtherFile,
    /// How it looks.
    pub look: Look,
}

/// The photo that looks most like this one of this shopper, with in how many bits they differ; the first of several, and
/// none if none is alike.
pub fn most_alike(look: Look, own: AccountId, others: &[OtherPhoto]) -> Option<(OtherFile, u32)> {
    let alike = others.iter().filter_map(|other| {
        let distance = look.distance(other.look);
        (distance <= most_differing(other.file.shopper == own)).then_some((other.file, distance))
    });
    alike.min_by_key(|(_, distance)| *distance)
}

/// Whether the camera thought that it was elsewhere.
pub fn taken_elsewhere(file: &VisitFile, branch: Point) -> Option<FlagEvidence> {
    let copy = file.copy.as_ref()?;
    let (latitude, longitude) = (copy.latitude?, copy.longitude?);
    let metres = Point { latitude, longitude }.metres_to(branch);
    (metres > THERE_M)
        .then(|| FlagEvidence::PhotoTakenElsewhere { evidence_id: file.id, metres: whole(metres) })
}

/// Whether the camera thought that it was another time than that of the visit. A clock without its distance from UTC is
/// taken for one that shows the time at the branch.
pub fn taken_at_another_time(file: &VisitFile, made: Span, zone: &TimeZone) -> Option<FlagEvidence> {
    let taken_at = file.copy.as_ref()?.taken_at.clone()?;
    let (at, offset_known) = moment(&taken_at, zone)?;
    let Span { from, to } = made;
    let (before, after) = (seconds_between(at, from), seconds_between(to.max(from), at));
    let (side, seconds) =
        if before > after { (WhichSide::Before, before) } else { (WhichSide::After, after) };
    (seconds > MEANWHILE).then_some(FlagEvidence::PhotoTakenAtAnotherTime {
        evidence_id: file.id,
        taken_at,
        side,
        seconds,
        offset_known,
    })
}

/// The moment that a camera wrote, and whether it wrote its distance from UTC.
fn moment(written: &str, zone: &TimeZone) -> Option<(Instant, bool)> {
    if let Ok(at) = written.parse::<Timestamp>() {
        return Some((at.into(), true));
    }
    let at = written.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok()?;
    Some((at.timestamp().into(), false))
}

/// Whether a file could not be read.
pub fn unreadable(file: &VisitFile) -> Option<FlagEvidence> {
    let problem = file.copy.as_ref()?.problem.clone()?;
    Some(FlagEvidence::UnreadableFile { evidence_id: file.id, problem })
}

/// Whether a recording is longer than its question lets it be.
pub fn recording_too_long(file: &VisitFile) -> Option<FlagEvidence> {
    let (seconds, at_most) = (file.copy.as_ref()?.seconds?.into(), file.most_seconds?.into());
    let too_long = FlagEvidence::RecordingTooLong { evidence_id: file.id, seconds, at_most };
    (seconds > at_most + RECORDER_SLACK).then_some(too_long)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const HOUSE: Point = Point { latitude: 41.0, longitude: 29.0 };

    fn file(change: impl FnOnce(&mut CleanCopy)) -> VisitFile {
        let id = EvidenceId::new(Uuid::nil());
        let mut copy = CleanCopy::failed(id, String::new(), Instant::from_micros(0));
        copy.problem = None;
        change(&mut copy);
        VisitFile {
            id,
            question: "photos".into(),
            is_signature: false,
            most_seconds: None,
            sha256: Sha256::of(b""),
            kept_at: None,
            copy: Some(copy),
        }
    }

    fn at(text: &str) -> Instant {
        text.parse::<Timestamp>().unwrap().into()
    }

    #[test]
    fn a_camera_says_where_it_was() {
        let elsewhere = |metres: f64| {
            let north = HOUSE.latitude + metres / 111_195.08;
            let file = file(|copy| (copy.latitude, copy.longitude) = (Some(north), Some(HOUSE.longitude)));
            taken_elsewhere(&file, HOUSE).is_some()
        };
        assert!(!elsewhere(999.0) && elsewhere(1_001.0));
        assert_eq!(taken_elsewhere(&file(|_| {}), HOUSE), None);
    }

    #[test]
    fn a_camera_says_when_it_was() {
        let zone = TimeZone::get("Europe/Istanbul").unwrap();
        let visit = Span { from: at("2026-03-14T09:00:00Z"), to: at("2026-03-14T09:40:00Z") };
        let found = |taken: &str| {
            taken_at_another_time(&file(|copy| copy.taken_at = Some(taken.to_owned())), visit, &zone).map(
                |evidence| match evidence {
                    FlagEvidence::PhotoTakenAtAnotherTime { side, seconds, offset_known, .. } => {
                        (side, seconds, offset_known)
                    }
                    _ => unreachable!(),
                },
            )
        };
        for meanwhile in [
            "2026-03-14T09:20:00+00:00",
            "2026-03-14T11:20:00+02:00",
            "2026-03-14T12:20:00",
            "2026-03-14T08:00:00+00:00",
            "2026-03-14T13:40:00",
        ] {
            assert_eq!(found(meanwhile), None, "{meanwhile}");
        }
        assert_eq!(found("2026-03-14T07:59:59+00:00"), Some((WhichSide::Before, 3_601, true)));
        assert_eq!(found("2026-03-14T13:40:01"), Some((WhichSide::After, 3_601, false)), "in Istanbul");
        assert_eq!(found("2025-03-14T12:20:00").map(|found| found.0), Some(WhichSide::Before));
        assert_eq!(found("yesterday"), None);
    }

    #[test]
    fn what_has_little_on_it_looks_like_nothing() {
        let look = |size, width, height| {
            let file = file(|copy| {
                (copy.size, copy.width, copy.height) = (Some(size), Some(width), Some(height));
                copy.look = Some(5);
            });
            file.look().is_some()
        };
        assert!(look(20_000, 640, 480) && !look(6_000, 640, 480));
        assert!(look(200_000, 4_000, 3_000), "the copy is smaller than that");
        assert!(look(5_000, 200, 200) && !look(2_000, 200, 200), "a small one is written finely");
        assert!(!look(700, 96, 72), "there is nothing but the header");
        let mut signature = file(|copy| {
            (copy.size, copy.width, copy.height, copy.look) = (Some(20_000), Some(640), Some(480), Some(5));
        });
        signature.is_signature = true;
        assert_eq!(signature.look(), None);
    }

    #[test]
    fn a_file_that_cannot_be_read_says_why() {
        assert_eq!(unreadable(&file(|_| {})), None);
        let broken = file(|copy| copy.problem = Some("This image moves.".to_owned()));
        assert!(unreadable(&broken).is_some());
    }

    proptest! {
        #[test]
        fn bands_are_all_of_a_look(bits in any::<i64>()) {
            let look = Look::from_bits(bits);
            prop_assert!(bands(look).iter().all(|band| (0..=0xffff).contains(band)));
            prop_assert_eq!(from_bands(bands(look)), look);
        }

        /// Up to seven bits, nothing is missed.
        #[test]
        fn what_differs_little_shares_a_band_nearly(bits in any::<i64>(), flips in proptest::collection::vec(0_u32..64, 0..=7)) {
            let one = Look::from_bits(bits);
            let other = Look::from_bits(flips.iter().fold(bits, |bits, flip| bits ^ 1 << flip));
            let pairs = bands(one).into_iter().zip(bands(other));
            prop_assert!(pairs.into_iter().any(|(one, other)| near(one).contains(&other)));
            prop_assert!(one.distance(other) <= ALIKE);
        }
    }
}
