//! The choices that make a statement: drawn at first, then kept, so that a smaller statement comes of smaller choices.

/// A sequence of choices. The same sequence makes the same statement; where it ends, the simplest choice is taken, which is the first one.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    made: Vec<usize>,
    at: usize,
    /// What is drawn from (SplitMix64); none when the choices are given.
    state: Option<u64>,
}

impl Choices {
    /// Choices that the number decides.
    pub(crate) fn drawn(seed: u64) -> Self {
        Self { made: Vec::new(), at: 0, state: Some(seed) }
    }

    /// These choices.
    pub(crate) fn given(made: Vec<usize>) -> Self {
        Self { made, at: 0, state: None }
    }

    /// What has been chosen so far.
    pub(crate) fn made(self) -> Vec<usize> {
        self.made
    }

    /// A number below `end`; nought when there is no choice.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end <= 1 {
            return 0;
        }
        if self.at == self.made.len() && self.state.is_some() {
            let drawn = self.draw();
            self.made.push(usize::try_from(drawn % end as u64).unwrap_or_default());
        }
        let choice = self.made.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        choice % end
    }

    /// True so many times in a hundred; false is the simpler choice.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent.min(100)
    }

    /// One of them, the first being the simplest.
    ///
    /// # Panics
    /// When there are none.
    pub(crate) fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    /// One of them by weight, the first being the simplest.
    ///
    /// # Panics
    /// When there are none.
    pub(crate) fn weighted<T: Clone>(&mut self, items: &[(usize, T)]) -> T {
        let mut left = self.below(items.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in items {
            if left < *weight {
                return item.clone();
            }
            left -= weight;
        }
        items[0].1.clone()
    }

    /// Exchanges neighbours by chance; left alone it is the order that was given.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in 1..items.len() {
            let other = place - self.below(place + 1);
            items.swap(place, other);
        }
    }

    fn draw(&mut self) -> u64 {
        let state = self.state.get_or_insert_default();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
