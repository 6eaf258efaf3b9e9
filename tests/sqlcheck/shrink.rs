//! A smaller statement of the same kind: choices are left out or made simpler for as long as the statement stays wrong.

use crate::generator::{self, Made};
use crate::oracle::{Comparison, Difference, Pair};

/// As many statements as are tried.
const TRIES: usize = 600;

/// Makes the statement smaller while it is accepted and the two sides differ.
pub(crate) async fn shrink(
    pair: &mut Pair,
    accepts: fn(&str) -> bool,
    found: Made,
    difference: Box<Difference>,
) -> (Made, Box<Difference>) {
    let mut best = (found, difference);
    let mut tries = 0;
    loop {
        let length = best.0.text.len();
        for size in [64, 16, 4, 1] {
            let mut at = 0;
            while at < best.0.choices.len() && tries < TRIES {
                let mut improved = false;
                for simpler in [without(&best.0.choices, at, size), zeroed(&best.0.choices, at, size)] {
                    tries += 1;
                    improved = improved || improve(pair, accepts, &mut best, simpler).await;
                }
                if !improved {
                    at += size;
                }
            }
        }
        if tries >= TRIES || best.0.text.len() == length {
            return best;
        }
    }
}

/// Takes these choices when their statement is shorter and as wrong.
async fn improve(pair: &mut Pair, accepts: fn(&str) -> bool, best: &mut (Made, Box<Difference>), choices: Vec<usize>) -> bool {
    let made = generator::remade(choices);
    if made.text.len() >= best.0.text.len() || !accepts(&made.text) {
        return false;
    }
    match pair.compare(&made.text).await {
        Comparison::Different(difference) if !difference.is_nonsense() => {
            *best = (made, difference);
            true
        }
        _ => false,
    }
}

fn without(choices: &[usize], at: usize, size: usize) -> Vec<usize> {
    let end = choices.len().min(at + size);
    [&choices[..at], &choices[end..]].concat()
}

fn zeroed(choices: &[usize], at: usize, size: usize) -> Vec<usize> {
    let mut choices = choices.to_vec();
    choices.iter_mut().skip(at).take(size).for_each(|choice| *choice = 0);
    choices
}
