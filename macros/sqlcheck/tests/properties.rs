//! Laws that hold for any text.

use proptest::prelude::*;
use tenantry_sqlcheck::{Conventions, Rule, Verb, check, statement};

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

/// Words and signs of SQL, so that random sequences of them now and then are statements.
const WORDS: &[&str] = &[
    "select",
    "from",
    "where",
    "and",
    "or",
    "not",
    "exists",
    "(",
    ")",
    ",",
    "=",
    "$1",
    "$2",
    "app.a",
    "app.b b",
    "a",
    "b",
    "a.tenant_id",
    "b.tenant_id",
    "tenant_id",
    "join",
    "left join",
    "on",
    "using (tenant_id)",
    "lateral",
    "with",
    "recursive",
    "as",
    "union",
    "insert into app.a",
    "(tenant_id)",
    "values",
    "($1)",
    "update app.a",
    "set",
    "delete from",
    "returning",
    "case",
    "when",
    "then",
    "end",
    "in",
    "is null",
    "between",
    "order by",
    "limit",
    "group by",
    "having",
    "over",
    "partition by",
    "on conflict",
    "do nothing",
    "do update",
    "1",
    "'x'",
    "*",
    "::uuid",
    "[",
    "]",
    "array",
    "interval",
    "any",
    "for update",
    "cast",
    "natural",
    "full join",
    "!",
    "==",
    "&--",
    "/*",
    "*/",
    "\n",
];

fn statements() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = ["accepted", "refused"].iter().flat_map(|name| std::fs::read_dir(folder.join(name)).expect("the cases"));
    let texts = files.map(|file| std::fs::read_to_string(file.expect("an entry").path()).expect("the file"));
    let cases = texts.flat_map(|text| {
        text.split("--- ").skip(1).filter_map(|case| Some(case.split_once('\n')?.1.trim().to_owned())).collect::<Vec<_>>()
    });
    cases.collect()
}

/// A statement of the cases with one stretch replaced by a word, by another stretch of itself, or by nothing.
fn mutated_statement() -> impl Strategy<Value = String> {
    let parts =
        (prop::sample::select(statements()), any::<prop::sample::Index>(), 0..12_usize, prop::option::of(prop::sample::select(WORDS)));
    parts.prop_map(|(text, at, length, word)| {
        let characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        let (before, rest) = characters.split_at(at);
        let after = rest.get(length..).unwrap_or_default();
        format!("{} {} {}", String::from_iter(before), word.unwrap_or_default(), String::from_iter(after))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn any_text_gets_a_verdict(text in prop_oneof![
        any::<String>(),
        pieces().prop_map(|text| format!("select {text}")),
        prop::collection::vec(prop::sample::select(WORDS), 0..40).prop_map(|words| format!("select {}", words.join(" "))),
        mutated_statement(),
    ]) {
        if let Err(refusals) = check(&text, &Conventions::DEFAULT) {
            for refusal in refusals.iter() {
                prop_assert!(!refusal.to_string().ends_with('.'));
                let line = text.split('\n').nth(refusal.line() - 1).expect("the line is there");
                prop_assert!(refusal.column() <= line.chars().count() + 1, "{}: {}", text, refusal);
            }
            prop_assert!(refusals.iter().is_sorted_by_key(|refusal| (refusal.line(), refusal.column())));
        }
    }

    #[test]
    fn what_is_accepted_passes_the_lexical_check(text in mutated_statement()) {
        if let Ok(verb) = check(&text, &Conventions::DEFAULT) {
            prop_assert_eq!(statement(&text), Ok(verb));
        }
    }

    #[test]
    fn one_more_conjunct_keeps_what_is_bound(text in prop::sample::select(statements()), conjunct in prop::sample::select(&["1 = 1", "not false", "(2 > 1 or 3 > 2)"])) {
        let more = text.replacen("where ", &format!("where {conjunct} and "), 1);
        if !text.contains(" or ") && !text.contains("xor") && text.contains("where ") {
            prop_assert_eq!(check(&text, &Conventions::DEFAULT).is_ok(), check(&more, &Conventions::DEFAULT).is_ok(), "{}", more);
        }
    }

    #[test]
    fn without_the_argument_nothing_is_accepted_that_needs_it(text in prop::sample::select(statements())) {
        let other = text.replace("$1", "$7");
        let fenced = text.contains("app.") && check(&text, &Conventions::DEFAULT).is_ok();
        prop_assert!(!fenced || check(&other, &Conventions::DEFAULT).is_err(), "{}", other);
    }
}
