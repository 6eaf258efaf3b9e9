//! Statements with something thrown in at random that decides where a comment, a string or a name ends.

use crate::generator::Choices;

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

/// What opens something, and what closes it for one reader or another.
const PAIRS: &[(&str, &str)] = &[
    ("--", "\n"),
    ("-- '", "\n"),
    ("-- x\r", "\n"),
    ("--\r", "\r"),
    ("&--", "\n"),
    ("+--", "\n"),
    ("=--", "\n"),
    ("<>--", "\n"),
    ("/*", "*/"),
    ("/* '", "*/"),
    ("/* /*", "*/"),
    ("/* /* */", "*/"),
    ("/*!", "*/"),
    ("-/*", "*/"),
    ("*/*", "*/"),
    ("and n.body <> 'x", "and y'"),
    ("and n.body <> $$x", "and y$$"),
    ("and n.body <> e'\\'", "and y'"),
    ("<> '", "'"),
    ("<> '\\' or true --", "'"),
    ("|| '", "'"),
    ("|| E'\\'", "'"),
    ("|| e'\\'", "\\''"),
    ("|| $$", "$$"),
    ("|| $a$", "$a$"),
    ("|| $a$ $A$", "$a$"),
    ("as \"", "\""),
    ("(", ")"),
    ("( not", ")"),
    ("coalesce (", ", true )"),
    ("case when", "then true else true end"),
    ("( true or", ")"),
    ("or", "--"),
    ("#", "\n"),
    ("[", "]"),
];

/// A statement with a piece or two between its tokens, or with what opens and closes something around a few of them.
pub(super) fn text(choices: &mut Choices) -> String {
    let statement = choices.pick(STATEMENTS);
    let mut tokens: Vec<String> = statement.split(' ').map(|token| format!("{token} ")).collect();
    if choices.percent(50) {
        let (open, close) = choices.pick(PAIRS);
        let (at, end) = stretch(choices, &tokens);
        tokens.insert(end, format!("{close} "));
        throw(choices, &mut tokens, at, open);
    }
    if choices.percent(60) {
        let at = choices.below(tokens.len() + 1);
        let piece = choices.pick(PIECES);
        throw(choices, &mut tokens, at, piece);
    }
    tokens.concat()
}

/// Puts the piece there, as often as not right beside its neighbours.
fn throw(choices: &mut Choices, tokens: &mut Vec<String>, at: usize, piece: &str) {
    let space = if choices.percent(60) { " " } else { "" };
    tokens.insert(at, format!("{piece}{space}"));
    if at > 0 && choices.percent(40) {
        let before = tokens[at - 1].trim_end_matches(' ').to_owned();
        tokens[at - 1] = before;
    }
}

/// Where something opens, and where it closes: anywhere, or as often as not around whole conditions.
fn stretch(choices: &mut Choices, tokens: &[String]) -> (usize, usize) {
    let conditions: Vec<usize> = (0..tokens.len()).filter(|&at| tokens[at] == "and ").collect();
    if !conditions.is_empty() && choices.percent(50) {
        let at = choices.below(conditions.len());
        let end = conditions.get(at + 1 + choices.below(2)).copied().unwrap_or(tokens.len());
        return (conditions[at], end);
    }
    let at = choices.below(tokens.len());
    (at, (at + 1 + choices.below(10)).min(tokens.len()))
}
