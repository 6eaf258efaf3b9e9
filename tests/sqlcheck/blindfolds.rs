//! A check that is too lenient is found out: so the differential test can fail.

use crate::accepts;
use crate::differential::{pairs, search};
use crate::settings::Settings;

/// A check that sees something else than what stands there, and what it then takes for right.
const BLINDFOLDS: &[(&str, fn(&str) -> bool)] = &[
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_is_too_lenient_is_found_out() {
    let mut pairs = pairs().await;
    for (name, accepts) in BLINDFOLDS {
        let settings = Settings { statements: 4_000, ..Settings::from_env() };
        let (_, leak) = search(settings, *accepts, &mut pairs).await;
        assert!(leak.is_some(), "seed {}: {name}, and no leak was found", settings.seed);
    }
}
