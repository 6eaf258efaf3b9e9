//! Statements with something thrown in at random that decides where a comment, a string or a name ends.

use tenantry_sqlcheck::check;

use crate::generator::Choices;
use crate::oracle::{Comparison, Pair};
use crate::settings::Settings;
use crate::{CONVENTIONS, SERVER};

/// Right statements, in tokens.
const STATEMENTS: &[&str] = &[
    "select n.id , n.body from app.notes n where n.id < 9 and n.tenant_id = $1 and n.id <> 7",
    "select n.id from app.notes n where coalesce ( n.body , 'x' ) <> 'a' and n.tenant_id = $1 and n.id > - 1 or false",
    "select n.id from app.notes n join app.orders o on o.tenant_id = n.tenant_id and o.id = n.id where n.tenant_id = $1 and o.total > 0",
    "select id from app.notes where tenant_id = $1 and id > 0",
    "update app.notes n set body = 'red' where n.tenant_id = $1 and n.id < 4 returning n.id , 'x'",
    "delete from app.notes n where n.id > 0 and n.tenant_id = $1",
    "insert into app.notes ( tenant_id , id , body ) values ( $1 , 70 , 'a' ) returning id",
];

/// What is thrown in.
const PIECES: &[&str] = &[
    "--",
    "-- ",
    "/*",
    "*/",
    "/* */",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "'",
    "''",
    "' '",
    "E'",
    "e'\\'",
    "\\",
    "\\'",
    "\"",
    "\"\"",
    "U&'",
    "U&\"",
    "$$",
    "$a$",
    "$A$",
    "$1",
    "$2",
    "$",
    "&",
    "&--",
    "-/*",
    "?--",
    "=--",
    "#",
    "##",
    "//",
    ";",
    "(",
    ")",
    "or",
    "or true",
    "or true --",
    "and",
    "not",
    "is null",
    "notnull",
    "= true",
    "==",
    "=@",
    "::text",
    "::uuid",
    "[",
    "]",
    "`",
    "{",
    ",",
    ".",
    "*",
    "-",
    "+",
    "1",
    "1_0",
    "0x1",
    "1e",
    "null",
    "true",
    "\u{a0}",
    "\u{200b}",
    "\u{2028}",
    "\u{85}",
    "\u{feff}",
    "\u{e9}",
    "only",
    "as",
    "as tenant_id",
    "union all",
    "union all select 1",
    "collate \"C\"",
    "between 1 and",
    "in",
    "case when",
    "then",
    "else",
    "end",
    "xor",
    "qualify",
    "limit",
    "n",
    "a",
];

/// How many such texts there are for each random statement.
const PER_STATEMENT: usize = 2;

/// Random texts: those that are accepted keep to their tenant, and among the others there are some that do not.
#[tokio::test]
async fn what_is_thrown_in_hides_no_predicate() {
    let settings = Settings::from_env();
    let mut pair = Pair::new(&SERVER).await;
    let (mut accepted, mut ran, mut leaks) = (0, 0, 0);
    for number in 0..settings.statements * PER_STATEMENT {
        let seed = settings.seed.wrapping_add(number as u64);
        let text = noisy(&mut Choices::drawn(seed));
        let is_accepted = check(&text, &CONVENTIONS).is_ok();
        accepted += usize::from(is_accepted);
        // Most of the others are nonsense; a part of them shows that there is something to be found.
        if !is_accepted && !number.is_multiple_of(4) {
            continue;
        }
        match pair.compare(&text).await {
            Comparison::Different(difference) if is_accepted => {
                panic!("seed {seed}: accepted, and read otherwise:\n{text:?}\n{difference}")
            }
            Comparison::Different(_) => leaks += 1,
            Comparison::Same(outcome) if is_accepted => ran += usize::from(!outcome.is_nonsense()),
            Comparison::Same(_) | Comparison::TooSlow => {}
        }
    }
    eprintln!("seed {}: {accepted} accepted, {ran} of them ran, {leaks} of the refused ones would have leaked", settings.seed);
    if settings.statements >= 1_000 {
        assert!(ran * 30 >= settings.statements, "too few are accepted to say anything");
        assert!(leaks * 100 >= settings.statements, "too few of the refused ones leak: does the oracle see?");
    }
}

/// A statement with one to four pieces between its tokens, with or without a space beside them.
fn noisy(choices: &mut Choices) -> String {
    let statement = choices.pick(STATEMENTS);
    let mut tokens: Vec<String> = statement.split(' ').map(|token| format!("{token} ")).collect();
    for _ in 0..=choices.below(4) {
        let at = choices.below(tokens.len() + 1);
        let piece = choices.pick(PIECES);
        let space = if choices.percent(60) { " " } else { "" };
        tokens.insert(at, format!("{piece}{space}"));
        // Right behind what stands before it, as often as not.
        if at > 0 && choices.percent(40) {
            let before = tokens[at - 1].trim_end_matches(' ').to_owned();
            tokens[at - 1] = before;
        }
    }
    tokens.concat()
}
