//! Reproducible random numbers.
#![allow(clippy::unwrap_used, reason = "only tests use them")]

/// A linear congruential generator (Knuth's MMIX).
pub struct Random(u64);

#[allow(dead_code, reason = "not every test needs all of it")]
impl Random {
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed << 20);
        // The first number is nearly the same for seeds that are near.
        random.below(1);
        random
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap()
    }

    pub fn one_in(&mut self, limit: usize) -> bool {
        self.below(limit) == 0
    }

    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// The seeds of a test: `PATTERN_CASES` of them, from `PATTERN_SEED` on.
#[allow(dead_code, reason = "not every test needs it")]
pub fn seeds(default: u64) -> std::ops::Range<u64> {
    let number = |name: &str, default| std::env::var(name).map_or(default, |value| value.parse().unwrap());
    let (cases, seed) = (number("PATTERN_CASES", default), number("PATTERN_SEED", 0));
    seed..seed + cases
}
