//! The table of `docs/proof.md`: each promise has a test and a weakening, and both are there. That the one notices the other is for
//! `prove --mutants` to show.

use super::Finding;
use super::tree::{Source, Tree};

/// The document.
const DOCUMENT: &str = "docs/proof.md";
/// The design makes so many promises.
const PROMISES: usize = 7;
/// Where weakenings have their names.
const WEAKENINGS: &[&str] = &["xtask/commands/src/prove/arms", "tests/testkit/src/proof/mutants/"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(document) = tree.file(DOCUMENT) else {
        let message = "is missing: it tells a sceptic what the proof shows".to_owned();
        return vec![Finding { file: DOCUMENT.to_owned(), line: 1, rule: "proof-table", message }];
    };
    let rows: Vec<Row> = document.text.lines().enumerate().filter_map(Row::read).collect();
    let without = (1..=PROMISES).filter(|number| !rows.iter().any(|row| row.promise == *number));
    let mut findings: Vec<Finding> =
        without.map(|number| document.finding("proof-table", 1, format!("promise {number} has no row"))).collect();
    for row in &rows {
        findings.extend(row.problems(tree).into_iter().map(|problem| document.finding("proof-table", row.line, problem)));
    }
    findings
}

/// `| 1 | the promise | `suite::test`, … | `weakening`, … |`
struct Row<'a> {
    line: usize,
    promise: usize,
    tests: Vec<&'a str>,
    weakenings: Vec<&'a str>,
}

impl<'a> Row<'a> {
    fn read((line, text): (usize, &'a str)) -> Option<Self> {
        let cells: Vec<&str> = text.strip_prefix('|')?.strip_suffix('|')?.split('|').collect();
        let [promise, _, tests, weakenings] = cells[..] else { return None };
        Some(Self { line: line + 1, promise: promise.trim().parse().ok()?, tests: code(tests), weakenings: code(weakenings) })
    }

    fn problems(&self, tree: &Tree) -> Vec<String> {
        let mut problems = Vec::new();
        if self.tests.is_empty() {
            problems.push(format!("promise {} names no test", self.promise));
        }
        if self.weakenings.is_empty() {
            problems.push(format!("promise {} names no weakening", self.promise));
        }
        let gone = self.tests.iter().filter(|test| !is_test(tree, test));
        problems.extend(gone.map(|test| format!("there is no test `{test}`: name it as `suite::module::test`, or its file as `path`")));
        let gone = self.weakenings.iter().filter(|name| !is_weakening(tree, name));
        problems.extend(gone.map(|name| format!("there is no weakening `{name}`")));
        problems
    }
}

/// What stands between backquotes.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// A test of a suite by its path; or a file, for what a documentation test holds.
fn is_test(tree: &Tree, name: &str) -> bool {
    if name.contains('/') {
        return tree.file(name).is_some();
    }
    let Some((module, test)) = name.rsplit_once("::") else { return false };
    let file = format!("tests/{}", module.replace("::", "/"));
    let within = |source: &&Source| {
        source.path == format!("{file}.rs") || source.path == format!("{file}/main.rs") || source.path == format!("{file}/mod.rs")
    };
    tree.files().iter().filter(within).any(|source| source.text.contains(&format!("fn {test}(")))
}

fn is_weakening(tree: &Tree, name: &str) -> bool {
    let within = |source: &&Source| WEAKENINGS.iter().any(|place| source.path.starts_with(place));
    tree.files().iter().filter(within).any(|source| source.text.contains(&format!("\"{name}\"")))
}

/// A table that is in order, and what it names.
#[cfg(test)]
pub(super) fn sample() -> Vec<(&'static str, String)> {
    let row = |number| format!("| {number} | a promise | `db::faults::a_panic_rolls_back`, `tests/db/faults.rs` | `commit_each` |\n");
    vec![
        (DOCUMENT, (1..=PROMISES).map(row).collect()),
        ("tests/db/faults.rs", "#[test]\nfn a_panic_rolls_back() {}\n".to_owned()),
        ("xtask/commands/src/prove/arms.rs", "//! Arms.\n\nconst ARM: &str = \"commit_each\";\n".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(change: impl Fn(usize, &str) -> Option<String>) -> Vec<String> {
        let mut files = sample();
        files[0].1 = files[0].1.lines().enumerate().filter_map(|(number, line)| change(number + 1, line)).collect::<Vec<_>>().join("\n");
        check(&super::super::tree::of(&files).1).into_iter().map(|finding| format!("{}: {}", finding.line, finding.message)).collect()
    }

    #[test]
    fn every_promise_has_its_row() {
        assert_eq!(findings(|_, line| Some(line.to_owned())), [""; 0]);
        assert_eq!(findings(|number, line| (number > 1).then(|| line.to_owned())), ["1: promise 1 has no row"]);
    }

    #[test]
    fn tests_and_weakenings_are_there() {
        let with = |first: &str| findings(|number, line| Some(if number == 1 { first } else { line }.to_owned()));
        assert_eq!(with("| 1 | none | | |"), ["1: promise 1 names no test", "1: promise 1 names no weakening"]);
        let gone = "| 1 | gone | `db::faults::a_panic_is_kept`, `tests/none.rs` | `commit_none` |";
        assert_eq!(with(gone).len(), 3);
    }

    #[test]
    fn the_document_is_there() {
        assert_eq!(check(&super::super::tree::of(&[]).1).len(), 1);
    }
}
