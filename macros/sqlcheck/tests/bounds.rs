//! Whatever a text is, the check ends soon and needs little stack.

use std::time::{Duration, Instant};

use tenantry_sqlcheck::{Conventions, MAX_BYTES, Refusals, Verb, check};

/// The stack of the thread that checks, in bytes; a worker of the runtime has twice as much.
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

fn within_the_stack(text: String) -> (Result<Verb, Refusals>, Duration) {
    let check = move || {
        let begin = Instant::now();
        (check(&text, &Conventions::DEFAULT), begin.elapsed())
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(check).expect("a thread");
    thread.join().expect("the check does not panic")
}

#[test]
fn what_repeats_is_refused_soon_and_on_a_small_stack() {
    for (start, piece) in REPEATED {
        for times in [10, 20, 30, 100, 400, 3_000, (MAX_BYTES - start.len()) / piece.len()] {
            if std::env::var("SHOW").is_ok() {
                eprintln!("{start}{piece} {times}");
            }
            let (_, took) = within_the_stack(format!("{start}{}", piece.repeat(times)));
            if took > Duration::from_millis(300) {
                println!("{start}{piece} x {times}: {took:?}");
            }
            assert!(took < Duration::from_secs(30), "{start}{piece} {times} times took {took:?}");
        }
    }
}
