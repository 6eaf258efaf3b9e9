//! Laws that hold for any text.

use proptest::prelude::*;
use tenantry_sqlcheck::{Rule, Verb, statement};

/// Pieces that mean something to the lexer, so that random sequences of them reach its corners.
const PIECES: &[&str] = &[
    "select",
    "insert",
    "into",
    "with",
    "as",
    " ",
    "\n",
    "\r",
    "\t",
    "'",
    "''",
    "E'",
    "e'",
    "\\",
    "\\'",
    "\"",
    "U&'",
    "u&\"",
    "$",
    "$1",
    "$$",
    "$a$",
    "$ä$",
    "/*",
    "*/",
    "*",
    "/",
    "--",
    "-",
    ";",
    "(",
    ")",
    "1",
    "1e",
    "0x",
    ".",
    ",",
    "::",
    "&",
    "a",
    "ä",
    "\u{a0}",
    "\u{0}",
    "set_config",
    "dblink",
    "`",
    "{",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// A statement with one stretch replaced by a piece.
fn mutated() -> impl Strategy<Value = String> {
    let base =
        "with a as (insert into app.t (tenant_id, \"n\") values ($1, E'a\\'b') returning *) /* c */ select $q$x$q$, 1.5 from a -- end";
    (0..base.len(), 0..8_usize, prop::sample::select(PIECES)).prop_map(move |(at, length, piece)| {
        let end = base.len().min(at + length);
        format!("{}{piece}{}", &base[..at], &base[end..])
    })
}

/// What may stand in quotes: anything but control characters.
fn quotable() -> impl Strategy<Value = String> {
    prop_oneof![pieces(), any::<String>()].prop_map(|text| text.replace(|c: char| c.is_ascii_control(), ""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = statement(&String::from_utf8_lossy(&bytes)).map_err(|refusal| refusal.to_string());
    }

    #[test]
    fn a_refusal_lies_within_the_text(text in prop_oneof![pieces(), mutated(), any::<String>()]) {
        let text = format!("select {text}");
        if let Err(refusal) = statement(&text) {
            let line = text.split('\n').nth(refusal.line() - 1).expect("the line is there");
            prop_assert!(refusal.column() <= line.chars().count() + 1);
            prop_assert!(refusal.explain(&text).ends_with('^'));
        }
    }

    #[test]
    fn what_stands_in_quotes_is_no_statement(text in quotable()) {
        let string = format!("select '{}'", text.replace('\\', "/").replace('\'', "''"));
        prop_assert_eq!(statement(&string), Ok(Verb::Select));
        let escaped = format!("select E'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
        prop_assert_eq!(statement(&escaped), Ok(Verb::Select));
        let dollar = format!("select $q1${}$q1$", text.replace('$', ""));
        prop_assert_eq!(statement(&dollar), Ok(Verb::Select));
        let comment = format!("/*{}*/ select 1 --{text}", text.replace(['*', '/'], ""));
        prop_assert_eq!(statement(&comment), Ok(Verb::Select));
    }

    #[test]
    fn what_stands_behind_the_quotes_is_seen(text in quotable()) {
        for quoted in [
            format!("'{}'", text.replace('\\', "/").replace('\'', "''")),
            format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            format!("$q1${}$q1$", text.replace('$', "")),
            format!("/*{}*/", text.replace(['*', '/'], "")),
            format!("--{text}\n"),
        ] {
            let refusal = statement(&format!("select {quoted}; select 2")).expect_err("two statements");
            prop_assert_eq!(refusal.rule(), Rule::Semicolon);
        }
    }

    #[test]
    fn a_statement_that_is_taken_has_no_semicolon_outside_quotes(text in prop_oneof![pieces(), mutated()]) {
        // A text without any quote or comment has nothing to hide a semicolon in.
        let plain = format!("select {}", text.replace(['\'', '"', '$', '/', '-'], ""));
        if plain.contains(';') {
            prop_assert!(statement(&plain).is_err());
        }
    }
}
