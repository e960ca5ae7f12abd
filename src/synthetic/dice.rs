//! Reproducible chance: every random decision has a name, and the name decides it.

use rand::Rng;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// A stream of random numbers that depends only on a seed and a label.
///
/// Numbers are made from the raw ChaCha8 words here rather than by `rand`'s distributions, whose
/// results may change between versions.
pub struct Dice {
    rng: ChaCha8Rng,
}

impl Dice {
    /// The dice that belong to `label`, for instance `"Powder/block 2/session 1/sample"`.
    pub fn new(seed: u64, label: &str) -> Self {
        let mut state = seed ^ fnv1a(label.as_bytes());
        let mut key = [0_u8; 32];
        for word in key.chunks_exact_mut(8) {
            word.copy_from_slice(&split_mix(&mut state).to_le_bytes());
        }
        Self { rng: ChaCha8Rng::from_seed(key) }
    }

    /// 32 random bits.
    pub fn bits(&mut self) -> u32 {
        self.rng.next_u32()
    }

    /// Evenly spread over 0 to 1, without 1.
    pub fn unit(&mut self) -> f32 {
        // 24 bits are all that an f32 can hold.
        (self.bits() >> 8) as f32 / 16_777_216.0
    }

    /// Evenly spread from `low` to `high`.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// From `low` to `high`, each octave being as likely as any other: right for sizes.
    pub fn log_range(&mut self, low: f32, high: f32) -> f32 {
        low * (high / low).powf(self.unit())
    }

    /// A whole number from `low` to `high`, both included.
    pub fn count(&mut self, low: usize, high: usize) -> usize {
        low + self.bits() as usize % (high - low + 1)
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// Roughly normal with mean 0 and deviation 1 (a sum of four), never beyond ±3.5.
    pub fn bell(&mut self) -> f32 {
        let sum: u32 = self.bits().to_le_bytes().map(u32::from).iter().sum();
        // Four evenly spread bytes: mean 510, deviation 147.8.
        (sum as f32 - 510.0) / 147.8
    }

    /// A direction in radians, 0 to 2π.
    pub fn angle(&mut self) -> f32 {
        self.range(0.0, std::f32::consts::TAU)
    }

    /// One of `choices`, which must not be empty.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.count(0, choices.len() - 1)]
    }
}

fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
