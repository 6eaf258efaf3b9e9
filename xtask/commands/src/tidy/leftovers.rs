//! Nothing unfinished is left behind, and no test waits for time to pass.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::Finding;
use super::names;
use super::tree::{Source, Tree};

const RULE: &str = "leftovers";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.rust() {
        let mut macros = Macros { file, findings: &mut findings };
        macros.visit_file(rust);
        sleeps(file, rust, &mut findings);
    }
    findings
}

/// What a macro is called that is not to stay.
fn leftover(name: &str) -> Option<&'static str> {
    match name {
        "todo" | "unimplemented" => Some("write it, or return an error that says what is missing"),
        "dbg" => Some("take it out, or use tracing"),
        _ => None,
    }
}

struct Macros<'a> {
    file: &'a Source,
    findings: &'a mut Vec<Finding>,
}

impl Macros<'_> {
    fn word(&mut self, word: &proc_macro2::Ident) {
        if let Some(advice) = leftover(&word.to_string()) {
            let line = word.span().start().line;
            self.findings.push(self.file.finding(RULE, line, format!("`{word}!` is left over: {advice}")));
        }
    }

    /// A macro within the arguments of another.
    fn tokens(&mut self, tokens: &TokenStream) {
        let mut tokens = tokens.clone().into_iter().peekable();
        while let Some(token) = tokens.next() {
            match (&token, tokens.peek()) {
                (TokenTree::Ident(word), Some(TokenTree::Punct(punct))) if punct.as_char() == '!' => self.word(word),
                (TokenTree::Group(group), _) => self.tokens(&group.stream()),
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Macros<'_> {
    fn visit_macro(&mut self, invocation: &'ast syn::Macro) {
        if let Some(last) = invocation.path.segments.last() {
            self.word(&last.ident);
        }
        self.tokens(&invocation.tokens);
        visit::visit_macro(self, invocation);
    }
}

/// A test that sleeps waits too long on one machine and too short on another.
fn sleeps(file: &Source, rust: &syn::File, findings: &mut Vec<Finding>) {
    // The testkit is a library: it may pause between two looks at a server that starts.
    let suite = file.path.split('/').any(|part| part == "tests") && !file.path.starts_with("tests/testkit/src/");
    for name in names::of(rust) {
        let sleeps = [["thread", "sleep"], ["time", "sleep"], ["time", "sleep_until"]].iter().any(|path| name.ends_with(path));
        if sleeps && (suite || name.in_test) {
            let message = "a test must not sleep: wait for what it waits for (a channel, a notification, a state in the database)";
            findings.push(file.finding(RULE, name.line, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        tree::found(check, path, text).len()
    }

    #[test]
    fn nothing_unfinished_stays() {
        assert_eq!(found("a.rs", "fn f() { println!(\"todo!()\") } // todo!"), 0);
        assert_eq!(found("a.rs", "fn f() { todo!() }"), 1);
        assert_eq!(found("a.rs", "fn f() { std::unimplemented!(\"later\") }"), 1);
        assert_eq!(found("a.rs", "fn f() { g(dbg!(1)); }"), 1);
        assert_eq!(found("a.rs", "fn f() { assert!(dbg!(true)); }"), 1);
    }

    #[test]
    fn no_test_sleeps() {
        let sleep = "fn f() { std::thread::sleep(x); }";
        assert_eq!(found("tests/a.rs", sleep), 1);
        assert_eq!(found("runtime/tests/a.rs", "use tokio::time::{sleep, timeout};"), 1);
        assert_eq!(found("app/src/a.rs", &format!("#[cfg(test)] mod tests {{ {sleep} }}")), 1);
        assert_eq!(found("app/src/a.rs", "#[tokio::test] async fn f() { tokio::time::sleep(x).await }"), 1);
        assert_eq!(found("app/src/a.rs", sleep), 0);
        assert_eq!(found("tests/testkit/src/a.rs", sleep), 0);
        assert_eq!(found("tests/a.rs", "use tokio::time::timeout;"), 0);
    }
}
