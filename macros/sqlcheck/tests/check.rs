//! What is accepted and what is refused: one case under each heading of the files in `cases`. Beside each one that is refused stand the rules and
//! the places, and the snapshots have what a person reads.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tenantry_sqlcheck::{Conventions, Refusals, Rule, check};

const CONVENTIONS: Conventions<'_> =
    Conventions { shared: &["reference.countries"], functions: &["app.slug", "app.recent"], ..Conventions::DEFAULT };

/// A statement of a file, and its heading: what it shows and, after a bar, for what it is refused.
struct Case {
    title: String,
    refused: String,
    text: String,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// The cases of a folder, file by file.
fn cases(name: &str) -> Vec<(String, Vec<Case>)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder(name)).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.iter().map(|file| (file.file_stem().expect("a name").to_string_lossy().into_owned(), read(file))).collect()
}

fn read(file: &Path) -> Vec<Case> {
    let text = fs::read_to_string(file).expect("the file");
    let cases = text.split("--- ").skip(1).map(|case| {
        let (heading, text) = case.split_once('\n').expect("a statement under each heading");
        let (title, refused) = heading.split_once(" | ").unwrap_or((heading, ""));
        Case { title: title.to_owned(), refused: refused.to_owned(), text: text.trim_end().to_owned() }
    });
    cases.collect()
}

/// The rules and places, as a heading has them.
fn summary(refusals: &Refusals) -> String {
    let each = refusals.iter().map(|refusal| {
        let rule = format!("{:?}", refusal.rule());
        format!("{} {}:{}", rule.split('(').next().unwrap_or_default(), refusal.line(), refusal.column())
    });
    each.collect::<Vec<_>>().join(", ")
}

#[test]
fn what_is_accepted() {
    let mut wrong = String::new();
    let mut count = 0;
    for (file, cases) in cases("accepted") {
        for case in cases {
            count += 1;
            if let Err(refusals) = check(&case.text, &CONVENTIONS) {
                let _ = writeln!(wrong, "{file}, {}:\n{}", case.title, refusals.explain(&case.text));
            }
        }
    }
    assert!(wrong.is_empty(), "refused:\n{wrong}");
    assert!(count >= 80, "{count} cases");
}

#[test]
fn what_is_refused_and_where() {
    let mut wrong = String::new();
    let mut count = 0;
    for (file, cases) in cases("refused") {
        for case in cases {
            count += 1;
            let seen = check(&case.text, &CONVENTIONS).map_or_else(|refusals| summary(&refusals), |_| "accepted".to_owned());
            if seen != case.refused {
                let _ = writeln!(wrong, "{file}, {} | {seen}", case.title);
            }
        }
    }
    assert!(wrong.is_empty(), "otherwise than the heading says:\n{wrong}");
    assert!(count >= 150, "{count} cases");
}

#[test]
fn what_a_person_reads() {
    for (file, cases) in cases("refused") {
        let mut page = String::new();
        for case in cases {
            if let Err(refusals) = check(&case.text, &CONVENTIONS) {
                let _ = writeln!(page, "{}\n{}\n", case.title, refusals.explain(&case.text));
            }
        }
        insta::assert_snapshot!(file, page);
    }
}

/// The table of the documentation: what the check does not read or take is refused for that, and what to write instead is accepted.
#[test]
fn the_documentation_says_what_to_write_instead() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hand-written-sql.md");
    let page = fs::read_to_string(page).expect("the page").replace("\\|", "¦");
    let (_, table) = page.split_once("| instead of | write |").expect("the table");
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|line| line.split('|').map(|cell| cell.trim().trim_matches('`').replace('¦', "|")).collect::<Vec<_>>());
    let mut count = 0;
    for row in rows {
        count += 1;
        let [_, instead_of, write, _] = row.as_slice() else { panic!("two columns: {row:?}") };
        let refusals = check(instead_of, &CONVENTIONS).expect_err(instead_of);
        let forms = [
            Rule::Unreadable,
            Rule::Misread,
            Rule::Construct,
            Rule::Only,
            Rule::Sample,
            Rule::Natural,
            Rule::JoinAlias,
            Rule::Renamed,
            Rule::ConflictTarget,
        ];
        assert!(refusals.iter().any(|refusal| forms.contains(&refusal.rule())), "{instead_of}: {refusals}");
        assert!(check(write, &CONVENTIONS).is_ok(), "{}", check(write, &CONVENTIONS).expect_err("refused").explain(write));
    }
    assert!(count >= 20, "{count} rows");
}
