//! Sets of what a question can stand for, exact enough to see when nothing is left.

/// The most members that [`Bits`] has room for.
pub(super) const ROOM: usize = 256;

/// A set of small numbers: of options, by their index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bits([u64; ROOM / 64]);

impl Bits {
    /// The numbers below this one.
    pub(super) fn below(end: usize) -> Self {
        let mut bits = Self::default();
        for (word, start) in bits.0.iter_mut().zip((0..).step_by(64)) {
            *word = match end.saturating_sub(start) {
                0 => 0,
                some @ 1..64 => (1 << some) - 1,
                _ => u64::MAX,
            };
        }
        bits
    }

    /// This number alone.
    pub(super) fn only(number: usize) -> Self {
        let mut bits = Self::default();
        bits.insert(number);
        bits
    }

    /// Adds a number; one that there is no room for is left out.
    pub(super) fn insert(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.each(other, |a, b| a & b)
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.each(other, |a, b| a | b)
    }

    pub(super) fn without(self, other: Self) -> Self {
        self.each(other, |a, b| a & !b)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == [0; ROOM / 64]
    }

    pub(super) fn len(self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn numbers(self) -> impl Iterator<Item = usize> {
        (0..ROOM).filter(move |number| !self.and(Self::only(*number)).is_empty())
    }

    fn each(self, other: Self, op: fn(u64, u64) -> u64) -> Self {
        let mut bits = self;
        for (word, other) in bits.0.iter_mut().zip(other.0) {
            *word = op(*word, other);
        }
        bits
    }
}

/// What a question may stand for: nothing, or one of some values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set<'c> {
    /// Whether it may stand for nothing.
    pub(super) null: bool,
    pub(super) values: Values<'c>,
}

/// A set of values, all of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Values<'c> {
    /// Of few: no and yes, options, or that there is a position.
    Few(Bits),
    /// Whole numbers, and what can be counted like them: ranges with both ends, ascending, apart from one another.
    Ranges(Vec<(i64, i64)>),
    /// Texts: these alone, or all but these.
    Words { but: bool, words: Vec<&'c str> },
    /// Lists of different options: the empty one, and such others.
    Lists { empty: bool, others: Option<Lists> },
}

/// Lists with one option at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lists {
    /// Every option in the list is of these …
    pub(super) of: Bits,
    /// … and of each of these sets one at least is in the list …
    pub(super) hits: Vec<Bits>,
    /// … which has so many of them, at least …
    pub(super) least: usize,
    /// … and at most.
    pub(super) most: usize,
}

impl<'c> Set<'c> {
    /// What is in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self { null: self.null && other.null, values: self.values.and(&other.values) }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.null && self.values.is_empty()
    }

    /// About how much work it is to do anything with it.
    pub(super) fn weight(&self) -> usize {
        match &self.values {
            Values::Few(_) => 0,
            Values::Ranges(ranges) => ranges.len(),
            Values::Words { words, .. } => words.len(),
            Values::Lists { others, .. } => others.as_ref().map_or(0, |lists| match lists.is_roomy() {
                true => lists.hits.len(),
                false => lists.hits.len() * STEPS,
            }),
        }
    }
}

impl<'c> Values<'c> {
    /// None of the same type.
    pub(super) fn none(&self) -> Self {
        match self {
            Self::Few(_) => Self::Few(Bits::default()),
            Self::Ranges(_) => Self::Ranges(Vec::new()),
            Self::Words { .. } => Self::Words { but: false, words: Vec::new() },
            Self::Lists { .. } => Self::Lists { empty: false, others: None },
        }
    }

    /// What is in both; of different types nothing is.
    pub(super) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Few(these), Self::Few(those)) => Self::Few(these.and(*those)),
            (Self::Ranges(these), Self::Ranges(those)) => Self::Ranges(overlaps(these, those)),
            (Self::Words { but, words }, Self::Words { but: their_but, words: their_words }) => {
                common((*but, words), (*their_but, their_words))
            }
            (Self::Lists { empty, others }, Self::Lists { empty: their_empty, others: their_others }) => {
                Self::Lists {
                    empty: *empty && *their_empty,
                    others: others.as_ref().zip(their_others.as_ref()).map(|(these, those)| these.and(those)),
                }
            }
            _ => self.none(),
        }
    }

    /// What is in here and not in the other; of lists everything, which is too much and does no harm.
    pub(super) fn without(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Few(these), Self::Few(those)) => Self::Few(these.without(*those)),
            (Self::Ranges(these), Self::Ranges(those)) => Self::Ranges(overlaps(these, &gaps(those))),
            (Self::Words { .. }, Self::Words { but, words }) => {
                self.and(&Self::Words { but: !but, words: words.clone() })
            }
            _ => self.clone(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Few(bits) => bits.is_empty(),
            Self::Ranges(ranges) => ranges.is_empty(),
            Self::Words { but, words } => !but && words.is_empty(),
            Self::Lists { empty, others } => !empty && others.as_ref().is_none_or(Lists::is_empty),
        }
    }
}

fn overlaps(these: &[(i64, i64)], those: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let (mut these, mut those) = (these.iter().peekable(), those.iter().peekable());
    let mut both = Vec::new();
    while let (Some(&&(from, to)), Some(&&(their_from, their_to))) = (these.peek(), those.peek()) {
        if from.max(their_from) <= to.min(their_to) {
            both.push((from.max(their_from), to.min(their_to)));
        }
        if to < their_to {
            these.next()
        } else {
            those.next()
        };
    }
    both
}

/// Everything that is in none of these ranges.
fn gaps(ranges: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut gaps = Vec::new();
    let mut next = Some(i64::MIN);
    for (from, to) in ranges {
        if let Some(next) = next.filter(|next| next < from) {
            gaps.push((next, from - 1));
        }
        next = to.checked_add(1);
    }
    gaps.extend(next.map(|next| (next, i64::MAX)));
    gaps
}

fn common<'c>((but, words): (bool, &[&'c str]), (their_but, their_words): (bool, &[&'c str])) -> Values<'c> {
    let keep = |words: &[&'c str], which: &[&'c str], wanted: bool| {
        words.iter().copied().filter(|word| which.contains(word) == wanted).collect()
    };
    match (but, their_but) {
        (false, false) => Values::Words { but: false, words: keep(words, their_words, true) },
        (false, true) => Values::Words { but: false, words: keep(words, their_words, false) },
        (true, false) => Values::Words { but: false, words: keep(their_words, words, false) },
        (true, true) => {
            let mut all: Vec<_> = keep(their_words, words, false);
            all.extend(words);
            Values::Words { but: true, words: all }
        }
    }
}

/// So many steps are taken to find a list; beyond, there is taken to be one.
const STEPS: usize = 64;

impl Lists {
    fn and(&self, other: &Self) -> Self {
        let mut hits = self.hits.clone();
        hits.extend(other.hits.iter().filter(|hit| !self.hits.contains(hit)));
        let (least, most) = (self.least.max(other.least), self.most.min(other.most));
        Self { of: self.of.and(other.of), hits, least, most }
    }

    /// Whether there is no such list.
    fn is_empty(&self) -> bool {
        let least = self.least.max(1);
        self.of.len() < least
            || self.most < least
            || self.hits.iter().any(|hit| hit.and(self.of).is_empty())
            || (!self.is_roomy() && !self.hit_all(Bits::default(), self.of, self.most, &mut { STEPS }))
    }

    /// Whether there can be one of each set, or all options, without being too many.
    fn is_roomy(&self) -> bool {
        self.hits.len().min(self.of.len()) <= self.most
    }

    /// Whether so many of these options, beside those that are chosen, are enough to have one of each set.
    fn hit_all(&self, chosen: Bits, of: Bits, most: usize, steps: &mut usize) -> bool {
        let missed = || self.hits.iter().map(|hit| hit.and(of)).filter(|hit| hit.and(chosen).is_empty());
        let Some(hardest) = missed().min_by_key(|hit| hit.len()) else { return true };
        if *steps == 0 {
            return true;
        }
        *steps -= 1;
        if hardest.is_empty() || most < apart(missed()) {
            return false;
        }
        hardest
            .numbers()
            .any(|option| self.hit_all(chosen.or(Bits::only(option)), of, most.saturating_sub(1), steps))
    }
}

/// So many of the sets at least have nothing in common: as many options are needed.
fn apart(sets: impl Iterator<Item = Bits>) -> usize {
    let mut seen = Bits::default();
    sets.filter(|set| {
        let apart = set.and(seen).is_empty();
        if apart {
            seen = seen.or(*set);
        }
        apart
    })
    .count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;

    fn ranges() -> impl Strategy<Value = Vec<(i64, i64)>> {
        prop::collection::vec((0..3_i64, 0..4_i64), 0..5).prop_map(|steps| {
            let mut at = 0;
            steps
                .into_iter()
                .map(|(gap, len)| {
                    let range = (at + gap + 1, at + gap + 1 + len);
                    at = range.1 + 1;
                    range
                })
                .collect()
        })
    }

    fn has(ranges: &[(i64, i64)], n: i64) -> bool {
        ranges.iter().any(|(from, to)| (*from..=*to).contains(&n))
    }

    fn few_bits() -> impl Strategy<Value = Bits> {
        (0..64_u64).prop_map(|word| Bits([word, 0, 0, 0]))
    }

    #[test]
    fn bits_of_all_lengths() {
        for end in [0, 1, 63, 64, 65, 200, 255, 256] {
            assert_eq!(Bits::below(end).len(), end);
            assert_eq!(Bits::below(end).numbers().collect::<Vec<_>>(), (0..end).collect::<Vec<_>>());
        }
        assert!(Bits::only(256).is_empty(), "there is no room for it");
    }

    #[test]
    fn the_ends_of_all_numbers() {
        assert_eq!(gaps(&[]), [(i64::MIN, i64::MAX)]);
        assert_eq!(gaps(&[(i64::MIN, i64::MAX)]), []);
        assert_eq!(gaps(&[(i64::MIN, 0), (2, 2)]), [(1, 1), (3, i64::MAX)]);
    }

    proptest! {
        #[test]
        fn ranges_are_sets((these, those) in (ranges(), ranges())) {
            let (a, b) = (Values::Ranges(these.clone()), Values::Ranges(those.clone()));
            let (Values::Ranges(both), Values::Ranges(rest)) = (a.and(&b), a.without(&b)) else { unreachable!() };
            for n in -1..40 {
                prop_assert_eq!(has(&both, n), has(&these, n) && has(&those, n));
                prop_assert_eq!(has(&rest, n), has(&these, n) && !has(&those, n));
            }
        }

        #[test]
        fn words_are_sets(
            these in prop::sample::subsequence(vec!["a", "b", "c"], 0..=3),
            those in prop::sample::subsequence(vec!["a", "b", "c"], 0..=3),
            (but, their_but) in any::<(bool, bool)>(),
        ) {
            let is_in = |values: &Values<'_>, word: &str| match values {
                Values::Words { but, words } => words.contains(&word) != *but,
                _ => unreachable!(),
            };
            let (a, b) = (Values::Words { but, words: these }, Values::Words { but: their_but, words: those });
            for word in ["a", "b", "c", "d"] {
                prop_assert_eq!(is_in(&a.and(&b), word), is_in(&a, word) && is_in(&b, word));
                prop_assert_eq!(is_in(&a.without(&b), word), is_in(&a, word) && !is_in(&b, word));
            }
        }

        #[test]
        fn lists_are_found_where_there_are_any(
            of in few_bits(), hits in prop::collection::vec(few_bits(), 0..4), least in 0..4_usize, most in 0..7_usize,
        ) {
            let there_is = (1..64_u64).map(|word| Bits([word, 0, 0, 0])).any(|list| {
                list.without(of).is_empty()
                    && (least..=most).contains(&list.len())
                    && hits.iter().all(|hit| !hit.and(list).is_empty())
            });
            let lists = Lists { of, hits, least, most };
            prop_assert_eq!(lists.is_empty(), !there_is);
        }
    }
}
