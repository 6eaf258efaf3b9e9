//! Whatever a text is, the check ends soon and needs little stack.

use std::time::{Duration, Instant};

use tenantry_sqlcheck::{Conventions, MAX_BYTES, Refusals, Rule, Verb, check};

/// The stack of the thread that checks, in bytes; a worker of an asynchronous runtime has twice as much.
const STACK: usize = 1 << 20;

/// Pieces that make a parser try again and again, or go deeper and deeper, and what they are repeated after.
const REPEATED: &[(&str, &str)] = &[
    ("select ", "("),
    ("select ", "(("),
    ("select ", "(select "),
    ("select ", "[["),
    ("select ", "array["),
    ("select ", "not "),
    ("select ", "- "),
    ("select ", "case "),
    ("select ", "case when "),
    ("select ", "case a when "),
    ("select ", "case when a then b else "),
    ("select ", "interval "),
    ("select ", "interval '1' "),
    ("select ", "cast("),
    ("select ", "f("),
    ("select ", "f(select "),
    ("select ", "current_time("),
    ("select ", "if(current_time("),
    ("select ", "case-"),
    ("select ", "exists("),
    ("select ", "extract(year from "),
    ("select ", "trim("),
    ("select ", "substring("),
    ("select ", "position("),
    ("select ", "overlay("),
    ("select ", "ceil("),
    ("select ", "row("),
    ("select ", "array(select "),
    ("select ", "a in ("),
    ("select ", "a = any("),
    ("select ", "a between "),
    ("select ", "a is distinct from "),
    ("select ", "a::"),
    ("select ", "a::int"),
    ("select ", "::int"),
    ("select a", "::int"),
    ("select a", "[1]"),
    ("select a", ".a"),
    ("select a", " + a"),
    ("select a", " and a"),
    ("select a", " or a"),
    ("select a", " = a"),
    ("select a", " is null"),
    ("select a", " collate c"),
    ("select a", " at time zone b"),
    ("select a", " like b"),
    ("select a", ", a"),
    ("select 1", " union select 1"),
    ("select 1", " union all (select 1"),
    ("select * from ", "("),
    ("select * from ", "(("),
    ("select * from ", "(select * from "),
    ("select * from ", "(a join "),
    ("select * from a.b", " join a.b"),
    ("select * from a.b", " join a.b on true"),
    ("select * from a.b", ", a.b"),
    ("select * from a.b", ", lateral (select 1)"),
    ("select * from a.b", " cross join a.b"),
    ("select * from ", "lateral ("),
    ("select * from ", "unnest("),
    ("select * from ", "f("),
    ("select f(a) over (", "partition by f(a) over ("),
    ("select a from b.c order by ", "("),
    ("with a as (", "with a as ("),
    ("with ", "a as (select 1), "),
    ("insert into a.b (tenant_id) values ", "(($1)), "),
    ("insert into a.b (tenant_id) values ", "("),
    ("insert into a.b (tenant_id) ", "("),
    ("select numeric", "("),
    ("select a::numeric", "("),
    ("select date ", "date "),
    ("select double precision ", "double precision "),
    ("select timestamp ", "timestamp with time zone "),
    ("select ", "interval 'a' year to month "),
    ("select ", "xmltable("),
    ("select * from json_table(a, '$' columns ", "(nested path '$' columns "),
    ("select ", "'a' "),
    ("select ", "$1 "),
    ("select ", "@ "),
    ("select ", "|/ "),
    ("select ", "?| "),
    ("select ", "a -> "),
    ("select ", "x ("),
    ("select ", "a.b("),
    ("select ", "\"a\" "),
    ("select ", "grouping sets ("),
    ("select 1 group by ", "grouping sets ("),
    ("select 1 group by ", "rollup ("),
    ("select * from a ", "natural join b "),
    ("select ", "not exists ("),
    ("select ", "point("),
    ("select ", "point '"),
];

/// The longest time for a text, in a build without optimisation on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

fn on_a_small_stack(text: String) -> (Result<Verb, Refusals>, Duration) {
    let run = move || {
        let begin = Instant::now();
        (check(&text, &Conventions::DEFAULT), begin.elapsed())
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
    thread.join().expect("the check does not panic")
}

#[test]
fn what_repeats_ends_soon_and_needs_little_stack() {
    for (start, piece) in REPEATED {
        for times in [8, 16, 32, 100, 490, 5_000] {
            let (_, took) = on_a_small_stack(format!("{start}{}", piece.repeat(times)));
            assert!(took < LONGEST, "{start}{piece} {times} times took {took:?}");
        }
    }
}

#[test]
fn a_mebibyte_ends_soon() {
    for (start, piece) in
        [("select ", "("), ("select a", ", a"), ("select 1 from a.b", ", a.b"), ("select ", "'a' || "), ("select ", "not ")]
    {
        let (result, took) = on_a_small_stack(format!("{start}{}", piece.repeat((MAX_BYTES - start.len()) / piece.len())));
        assert!(result.is_err() && took < LONGEST, "{start}{piece} took {took:?}");
    }
    let text = format!("select name from app.customers where tenant_id = $1 and name <> '{}'", "a".repeat(MAX_BYTES - 100));
    let (result, took) = on_a_small_stack(text);
    assert!(result.is_ok() && took < LONGEST, "{result:?} after {took:?}");
}

/// What people do write is within the limits.
#[test]
fn what_is_deep_or_long_within_reason_is_read() {
    let nested = format!("{}select 1{}", "select * from (".repeat(9), ") x".repeat(9));
    let parentheses = format!("select {}1{}", "(".repeat(20), ")".repeat(20));
    let columns = format!("select 1{}", ", 1".repeat(5_000));
    let chain = format!("select 1 from app.t where tenant_id = $1{}", " and a = 1".repeat(200));
    let rows = format!("insert into app.t (tenant_id, a) values ($1, 1){}", ", ($1, 1)".repeat(2_000));
    let joins =
        format!("select 1 from app.t t0{}", (1..100).map(|n| format!(" join app.t t{n} on t{n}.tenant_id = $1")).collect::<String>());
    for text in [nested, parentheses, columns, chain, rows, format!("{joins} where t0.tenant_id = $1")] {
        let (result, _) = on_a_small_stack(text.clone());
        assert!(result.is_ok(), "{}: {result:?}", &text[..80]);
    }
}

#[test]
fn what_is_too_deep_or_too_long_is_told_so() {
    let too_large = |text: &str| on_a_small_stack(text.to_owned()).0.expect_err("too large").first().rule();
    assert_eq!(too_large(&format!("select {}", "(".repeat(40))), Rule::TooDeep);
    assert_eq!(too_large(&format!("select 1 from a.b {}", "join a.b ".repeat(10))), Rule::TooDeep);
    assert_eq!(too_large(&format!("select 1{}", " + 1".repeat(1_000))), Rule::TooLarge);
    assert_eq!(too_large(&format!("select 1{}", ", 1".repeat(20_000))), Rule::TooLarge);
    assert_eq!(too_large(&format!("select 1 from reference.a{}", ", reference.a".repeat(300))), Rule::Unbound);
}
