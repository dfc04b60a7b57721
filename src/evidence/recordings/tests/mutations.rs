//! Twenty thousand recordings that something was done to, the same each time: none breaks a reader, takes long or comes
//! out longer than it went in.

use std::time::Duration;

use super::*;
use crate::at_work::at_work;

const ROUNDS: u64 = 20_000;

/// Far more work than any takes.
const LONG: Duration = Duration::from_secs(2);

/// What a reader may add: the headers of a WAV.
const MORE: usize = 64;

/// What breaks readers when it stands in a length or a count.
const NUMBERS: [u32; 8] = [0, 1, 7, 8, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF8, u32::MAX];

/// Numbers that are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end.max(1)
    }

    /// A place: half of the time near the start, where the headers are.
    fn place(&mut self, bytes: &[u8]) -> usize {
        let within = if self.below(2) == 0 { bytes.len().min(400) } else { bytes.len() };
        self.below(within)
    }
}

/// Does one thing to a recording.
fn change(bytes: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    let at = random.place(bytes);
    let length = 1 + random.below(64);
    let end = bytes.len().min(at + length);
    match random.below(8) {
        0 => bytes[at..end].iter_mut().take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        1 => bytes[at..end].iter_mut().take(1).for_each(|byte| *byte = random.below(256) as u8),
        2 => {
            let number = NUMBERS[random.below(NUMBERS.len())];
            let number = if random.below(2) == 0 { number.to_be_bytes() } else { number.to_le_bytes() };
            bytes[at..end].iter_mut().zip(number).for_each(|(byte, of)| *byte = of);
        }
        3 => bytes[at..end].fill(0),
        4 => drop(bytes.drain(at..end)),
        5 => {
            let part = bytes[at..end].to_vec();
            bytes.splice(at..at, part);
        }
        6 => {
            let other = &others[random.below(others.len())];
            let from = random.place(other);
            let part = other[from..other.len().min(from + length)].to_vec();
            bytes.splice(at..at, part);
        }
        _ => bytes.truncate(at),
    }
}

/// Some changed recording; those in pages mostly get sums that fit again, or nothing behind the sums would be tried.
fn changed(round: u64, recordings: &[Vec<u8>]) -> Vec<u8> {
    let mut random = Random(round.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut bytes = recordings[random.below(recordings.len())].clone();
    for _ in 0..1 + random.below(4) {
        change(&mut bytes, recordings, &mut random);
    }
    if random.below(4) > 0 {
        made::sum_anew(&mut bytes);
    }
    bytes
}

#[test]
fn no_mutation_breaks_a_reader() {
    let recordings = made::all().map(|(_, bytes, _)| bytes);
    let (mut read, mut slowest) = (0, Duration::ZERO);
    for round in 0..ROUNDS {
        let bytes = changed(round, &recordings);
        let before = at_work();
        let result = std::panic::catch_unwind(|| {
            let silent = [Stretch { from: 200, to: 500 }];
            if let Ok(Cut { bytes, .. }) = cut(&bytes, &silent) {
                super::super::read(&bytes, &Limits { seconds: u32::MAX }).unwrap();
            }
            default(&bytes)
        });
        let took = at_work() - before;
        let result = result.unwrap_or_else(|_| panic!("round {round} broke a reader"));
        assert!(took < LONG, "round {round} took {took:?}");
        slowest = slowest.max(took);
        let Ok(recording) = result else { continue };
        read += 1;
        assert!(recording.clean.len() <= bytes.len() + MORE, "round {round} grew");
        let again = default(&recording.clean).map(|again| again.milliseconds);
        assert_eq!(again, Ok(recording.milliseconds), "round {round} is another when read again");
    }
    println!("{ROUNDS} mutations, {read} read, the slowest took {slowest:?}");
    // Were nearly all refused, little would have been tried.
    assert!(read > ROUNDS / 10, "{read}");
}
