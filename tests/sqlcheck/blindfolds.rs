//! A check that is too lenient is found out: so the differential test can fail.

use crate::oracle::{Comparison, Pair};
use crate::settings::Settings;
use crate::{SERVER, accepts, generator};

/// As many statements as may pass until one shows the fault.
const TRIES: u64 = 6_000;

/// A check.
type Accepts = fn(&str) -> bool;

/// A check that sees something else than what stands there, and what it then takes for right.
const BLINDFOLDS: &[(&str, Accepts)] = &[
    ("everything is accepted", |text| tenantry_sqlcheck::statement(text).is_ok()),
    ("an OR counts as an AND", |text| accepts(&text.replace(" or ", " and "))),
    ("a NOT does not count", |text| accepts(&text.replace("not (", "("))),
    ("a left join counts as an inner one", |text| accepts(&text.replace("left join", "join"))),
    ("a right join counts as an inner one", |text| accepts(&text.replace("right join", "join"))),
    ("a full join counts as an inner one", |text| accepts(&text.replace("full join", "join"))),
    ("the second argument is taken for the first", |text| accepts(&text.replace("$2", "$1"))),
    ("`<>` counts as `=`", |text| accepts(&text.replace("<>", "="))),
    ("`>=` counts as `=`", |text| accepts(&text.replace(">=", "="))),
];

/// Of the statements that such a check alone accepts, one is soon a leak.
#[tokio::test]
async fn a_check_that_is_too_lenient_is_found_out() {
    let seed = Settings::from_env().seed;
    let mut pair = Pair::new(&SERVER).await;
    for (name, is_lenient) in BLINDFOLDS {
        let mut seeds = (0..TRIES).map(|number| seed.wrapping_add(number));
        let is_found = loop {
            let Some(seed) = seeds.next() else { break false };
            let text = generator::statement(seed).text;
            if is_lenient(&text)
                && !accepts(&text)
                && let Comparison::Different(difference) = pair.compare(&text).await
                && !difference.is_nonsense()
            {
                break true;
            }
        };
        assert!(is_found, "seed {seed}: {name}, and no leak was found");
    }
}
