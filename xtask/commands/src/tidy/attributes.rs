//! Lints are silenced with a reason, the dangerous ones in four folders only, and no test is skipped.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use super::Finding;
use super::tree::{Source, Tree};

const RULE: &str = "attributes";

/// Where text may be declared safe for sqlx.
const TRUSTED: &[&str] =
    &["runtime/src/db/", "runtime/src/db.rs", "runtime/src/migrate/", "runtime/src/migrate.rs", "runtime/src/lint/", "tests/testkit/"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.rust() {
        let mut attributes = Attributes { file, findings: &mut findings };
        attributes.visit_file(rust);
    }
    findings
}

struct Attributes<'a> {
    file: &'a Source,
    findings: &'a mut Vec<Finding>,
}

impl<'ast> Visit<'ast> for Attributes<'_> {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        match &attribute.meta {
            // As a token sequence, so that `allow` is found within `cfg_attr(…)`, too.
            syn::Meta::List(list) => {
                let path = &list.path;
                let tokens = &list.tokens;
                self.tokens(&quote_list(path, tokens));
            }
            syn::Meta::Path(path) => self.ignore(path.is_ident("ignore"), path.segments.first()),
            syn::Meta::NameValue(value) => self.ignore(value.path.is_ident("ignore"), value.path.segments.first()),
        }
    }
}

/// The tokens `path ( tokens )` of an attribute whose path is one word; of any other, only the tokens.
fn quote_list(path: &syn::Path, tokens: &TokenStream) -> TokenStream {
    let group = TokenTree::Group(proc_macro2::Group::new(proc_macro2::Delimiter::Parenthesis, tokens.clone()));
    path.get_ident().map(|ident| TokenTree::Ident(ident.clone())).into_iter().chain([group]).collect()
}

impl Attributes<'_> {
    fn tokens(&mut self, tokens: &TokenStream) {
        let mut tokens = tokens.clone().into_iter().peekable();
        while let Some(token) = tokens.next() {
            match (&token, tokens.peek()) {
                (TokenTree::Ident(word), Some(TokenTree::Group(group))) if word == "allow" || word == "expect" => {
                    self.silenced(&word.to_string(), &group.stream().to_string(), word.span().start().line);
                }
                (TokenTree::Ident(word), next) if word == "ignore" && !matches!(next, Some(TokenTree::Group(_))) => {
                    self.found(word.span().start().line, IGNORED);
                }
                _ => {}
            }
            if let TokenTree::Group(group) = &token {
                self.tokens(&group.stream());
            }
        }
    }

    fn silenced(&mut self, word: &str, lints: &str, line: usize) {
        if !lints.contains("reason") {
            self.found(line, &format!("#[{word}] without `reason = \"…\"`: say why, or mend the cause"));
        }
        let trusted = TRUSTED.iter().any(|folder| self.file.path.starts_with(folder));
        let dangerous = ["disallowed_methods", "disallowed_types"].iter().any(|lint| lints.contains(lint));
        if dangerous && !trusted {
            self.found(line, "only db/, migrate/, lint/ and the testkit may silence clippy's disallowed lists: call what they offer");
        }
    }

    fn ignore(&mut self, is_ignore: bool, segment: Option<&syn::PathSegment>) {
        if let (true, Some(segment)) = (is_ignore, segment) {
            self.found(segment.ident.span().start().line, IGNORED);
        }
    }

    fn found(&mut self, line: usize, message: &str) {
        self.findings.push(self.file.finding(RULE, line, message));
    }
}

const IGNORED: &str = "#[ignore] hides a test: mend it, or take it out";

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        tree::found(check, path, text).len()
    }

    #[test]
    fn a_silenced_lint_has_a_reason() {
        assert_eq!(found("a.rs", "#[allow(dead_code, reason = \"x\")] fn f() {}"), 0);
        assert_eq!(found("a.rs", "#[expect(dead_code, reason = \"x\")] fn f() {}"), 0);
        assert_eq!(found("a.rs", "#[allow(dead_code)] fn f() {}"), 1);
        assert_eq!(found("a.rs", "#![allow(dead_code)] fn f() {}"), 1);
        assert_eq!(found("a.rs", "#[cfg_attr(test, allow(dead_code))] fn f() {}"), 1);
        assert_eq!(found("a.rs", "fn f() { #[expect(unused)] let a = 1; }"), 1);
    }

    #[test]
    fn the_disallowed_lists_are_silenced_in_four_folders() {
        let text = "#[expect(clippy::disallowed_methods, reason = \"rendered from constants\")] fn f() {}";
        for path in ["runtime/src/db/a.rs", "runtime/src/migrate/a.rs", "runtime/src/lint/a.rs", "tests/testkit/src/a.rs"] {
            assert_eq!(found(path, text), 0, "{path}");
        }
        for path in ["runtime/src/repo/a.rs", "app/src/db/a.rs", "tests/a.rs", "xtask/commands/src/a.rs"] {
            assert_eq!(found(path, text), 1, "{path}");
        }
        let types = "#[cfg_attr(all(), expect(clippy::disallowed_types, reason = \"x\"))] fn f() {}";
        assert_eq!(found("app/src/a.rs", types), 1);
    }

    #[test]
    fn no_test_is_ignored() {
        assert_eq!(found("a.rs", "#[test] fn f() {}"), 0);
        assert_eq!(found("a.rs", "#[test] #[ignore] fn f() {}"), 1);
        assert_eq!(found("a.rs", "#[test] #[ignore = \"slow\"] fn f() {}"), 1);
        assert_eq!(found("a.rs", "#[test] #[cfg_attr(unix, ignore)] fn f() {}"), 1);
    }
}
