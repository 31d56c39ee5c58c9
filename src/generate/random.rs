//! Numbers that look random and depend on nothing but a seed: SplitMix64, which any program can repeat.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

/// Odd step of SplitMix64: the golden ratio as a fraction of 2^64.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Shares are given in parts of this.
pub(super) const WHOLE: u32 = 10_000;

impl Random {
    /// The stream of a seed. Streams of other parts of the same seed have nothing in common.
    pub(super) fn new(seed: u64, part: u64) -> Self {
        let mut stream = Self(seed ^ part.wrapping_mul(STEP).rotate_left(17));
        stream.0 = stream.next();
        stream
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, `end`; 0 when that is 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let scaled = (self.next() >> 32) * u64::from(end);
        u32::try_from(scaled >> 32).unwrap_or_default()
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in this many cases of [`WHOLE`].
    pub(super) fn chance(&mut self, share: u32) -> bool {
        self.below(WHOLE) < share
    }

    /// One of them; `None` when there are none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let place = self.below(u32::try_from(from.len()).unwrap_or(u32::MAX));
        from.get(place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_those_of_splitmix64() {
        // Published test vector of SplitMix64 with state 0.
        let mut random = Random(0);
        assert_eq!(random.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(random.next(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut random = Random::new(7, 1);
        let seen: std::collections::BTreeSet<u32> = (0..500).map(|_| random.between(3, 6)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert_eq!(random.below(0), 0);
        assert!(!random.chance(0) && random.chance(WHOLE));
    }
}
