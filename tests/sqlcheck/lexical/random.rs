//! Random texts against the server, and readers that know less than the check does.

use crate::generator::Choices;
use crate::oracle::{Comparison, Pair};
use crate::settings::Settings;
use crate::{SERVER, accepts};

use super::{noise, precedence};

/// As many texts as may pass until one shows what a reader does not know.
const TRIES: u64 = 100_000;

/// What makes a text.
type Make = fn(&mut Choices) -> String;

/// A check.
type Accepts = fn(&str) -> bool;

/// A reader that does not know something, made of the check and of a change to the text.
const READERS: &[(&str, Make, Accepts)] = &[
    ("does not know `/*`", noise::text, |text| accepts(&text.replace("/*", " ").replace("*/", " "))),
    ("does not know `--`", noise::text, |text| accepts(&text.replace("--", " "))),
    ("does not know strings", noise::text, |text| accepts(&text.replace('\'', " "))),
    ("does not know `$$`", noise::text, |text| accepts(&text.replace("$$", " ").replace("$a$", " "))),
    ("takes NOT for nothing", precedence::text, |text| accepts(&text.replace("not ", ""))),
    ("takes IS NOT NULL for nothing", precedence::text, |text| accepts(&text.replace(" is not null", ""))),
    ("takes OR for AND", precedence::text, |text| accepts(&text.replace(" or ", " and "))),
    ("takes whatever compares truth values for AND", precedence::text, |text| accepts(&text.replace("is distinct from", "and"))),
];

#[tokio::test]
async fn what_is_thrown_in_hides_no_predicate() {
    hold(noise::text).await;
}

#[tokio::test]
async fn what_binds_tighter_hides_no_predicate() {
    hold(precedence::text).await;
}

#[tokio::test]
async fn a_reader_that_knows_less_is_found_out() {
    let seed = Settings::from_env().seed;
    let mut pair = Pair::new(&SERVER).await;
    for (name, make, is_lenient) in READERS {
        let mut seeds = (0..TRIES).map(|number| seed.wrapping_add(number));
        let is_found = loop {
            let Some(seed) = seeds.next() else { break false };
            let text = make(&mut Choices::drawn(seed));
            if is_lenient(&text) && !accepts(&text) && matches!(pair.compare(&text).await, Comparison::Different(_)) {
                break true;
            }
        };
        assert!(is_found, "seed {seed}: a reader {name}, and nothing was found");
    }
}

async fn hold(make: Make) {
    let settings = Settings::from_env();
    let found = search(settings, make).await;
    eprintln!(
        "seed {}: {} accepted, {} of them ran, {} refused ones would have leaked",
        settings.seed, found.accepted, found.ran, found.leaks
    );
    if let Some(wrong) = found.wrong {
        panic!("accepted, and read otherwise:\n{wrong}");
    }
    if settings.statements >= 1_000 {
        assert!(found.ran * 10 >= settings.statements, "too few are accepted to say anything");
        assert!(found.leaks * 500 >= settings.statements, "too few of the refused ones leak: does the oracle see?");
    }
}

/// What a search has seen.
#[derive(Default)]
struct Found {
    accepted: usize,
    /// Those of the accepted that the server could make sense of.
    ran: usize,
    /// The refused ones that ran, and by which a tenant would have seen another.
    leaks: usize,
    /// One that is accepted and leaks.
    wrong: Option<String>,
}

async fn search(settings: Settings, make: Make) -> Found {
    let mut pair = Pair::new(&SERVER).await;
    let mut found = Found::default();
    for number in 0..settings.statements {
        let seed = settings.seed.wrapping_add(number as u64);
        let text = make(&mut Choices::drawn(seed));
        let is_accepted = accepts(&text);
        found.accepted += usize::from(is_accepted);
        // Most of the others are nonsense; a part of them shows that there is something to be found.
        if !is_accepted && !number.is_multiple_of(3) {
            continue;
        }
        match pair.compare(&text).await {
            Comparison::Different(difference) if is_accepted => {
                found.wrong = Some(format!("{text:?}\n{difference}\nseed {seed}"));
                return found;
            }
            Comparison::Different(_) => found.leaks += 1,
            Comparison::Same(outcome) if is_accepted => found.ran += usize::from(!outcome.is_nonsense()),
            Comparison::Same(_) | Comparison::TooSlow => {}
        }
    }
    found
}
