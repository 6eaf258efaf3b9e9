//! `cargo xtask tidy`: house rules as code.
//!
//! One rule per file, each a function from the [`Tree`] to its findings, with a good and a bad example as tests. The rules about Tenantry's
//! own house (its floors, its crates, its documents) are held in its own tree only; those about models hold for every application.

mod attributes;
mod crates;
mod documents;
mod floors;
mod leftovers;
mod length;
mod machine_paths;
mod models;
mod names;
mod proof_table;
mod tree;
mod unchecked;

use std::fmt;
use std::path::Path;

use anyhow::bail;

use crate::App;
use crate::output;
use tree::Tree;

/// The command line of `tidy`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Something that breaks a rule.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Finding {
    /// Relative to the root.
    file: String,
    /// From 1.
    line: usize,
    /// The name of the rule.
    rule: &'static str,
    /// What is wrong, and what to do.
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.rule, self.message)
    }
}

/// A rule: where it holds, and its check.
struct Rule {
    /// Whether it is about Tenantry's own tree.
    house: bool,
    check: fn(&Tree) -> Vec<Finding>,
}

const RULES: &[Rule] = &[
    Rule { house: false, check: tree::check },
    Rule { house: false, check: models::check },
    Rule { house: true, check: crates::check },
    Rule { house: true, check: floors::check },
    Rule { house: true, check: attributes::check },
    Rule { house: true, check: leftovers::check },
    Rule { house: true, check: length::check },
    Rule { house: true, check: machine_paths::check },
    Rule { house: true, check: documents::check },
    Rule { house: true, check: proof_table::check },
];

/// Prints every finding with its place.
///
/// # Errors
/// When the tree cannot be read, or something breaks a rule.
pub(crate) fn run(app: &App, _args: &Args) -> anyhow::Result<()> {
    inspect(Path::new(app.root))
}

fn inspect(root: &Path) -> anyhow::Result<()> {
    let tree = Tree::load(root)?;
    let findings = findings(&tree);
    for finding in &findings {
        output::line(finding);
    }
    for call in unchecked::calls(&tree) {
        output::line(format_args!("{}:{}: note: a statement without the predicate check", call.file, call.line));
    }
    if !findings.is_empty() {
        bail!("{} broken house rules: mend what stands above, or change the rule in xtask/commands/src/tidy", findings.len());
    }
    output::line(format_args!("tidy: {} files keep {} rules", tree.files().len(), RULES.len()));
    Ok(())
}

/// What breaks a rule, ordered by place.
fn findings(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        RULES.iter().filter(|rule| tree.is_house() || !rule.house).flat_map(|rule| (rule.check)(tree)).collect();
    findings.sort();
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKAGE: &str = "[package]\nname = \"NAME\"\n[dependencies]\n";

    fn package(name: &str, dependencies: &str) -> String {
        PACKAGE.replace("NAME", name) + dependencies
    }

    fn house() -> Vec<(&'static str, String)> {
        let mut files: Vec<(&str, String)> = documents::NAMES.iter().map(|name| (*name, "Text.\n".to_owned())).collect();
        files.extend(proof_table::sample());
        files.extend([
            ("Cargo.toml", "[workspace]\n[workspace.dependencies]\ntenantry = { path = \"runtime\" }\n".to_owned()),
            ("models.toml", "[models]\nsales = [\"Customer\"]\n".to_owned()),
            ("runtime/Cargo.toml", package("tenantry", "")),
            ("runtime/src/lib.rs", "pub mod db;\npub mod schema;\n".to_owned()),
            ("runtime/src/schema/mod.rs", "pub struct A;\n".to_owned()),
            ("runtime/src/db/mod.rs", "use crate::schema::A;\n".to_owned()),
            ("app/Cargo.toml", package("tenantry-app", "tenantry.workspace = true\n")),
            ("app/src/sales.rs", "#[tenant_model]\npub struct Customer;\n".to_owned()),
        ]);
        files
    }

    fn found(files: &[(&str, String)]) -> Vec<String> {
        let (_folder, tree) = tree::of(files);
        findings(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_house_in_order_has_no_findings() {
        assert_eq!(found(&house()), Vec::<String>::new());
    }

    #[test]
    fn each_planted_fault_is_found() {
        let faults: &[(&str, &str, &str)] = &[
            ("runtime/Cargo.toml", &package("tenantry", "tenantry-app = { path = \"../app\" }\n"), "runtime/Cargo.toml:4: crates: "),
            ("runtime/src/schema/mod.rs", "use crate::db::B;\n", "runtime/src/schema/mod.rs:1: floors: "),
            ("app/src/sales.rs", "#[tenant_model]\npub struct Costumer;\n", "app/src/sales.rs:1: models: "),
            ("app/src/sales.rs", "pub struct Costumer;\n", "models.toml:2: models: "),
            ("app/src/b.rs", "fn f() { todo!() }\n", "app/src/b.rs:1: leftovers: "),
            ("app/src/b.rs", "#[allow(dead_code)]\nfn f() {}\n", "app/src/b.rs:1: attributes: "),
            ("app/src/b.rs", "fn f( {}\n", "app/src/b.rs:1: syntax: "),
            ("docs/a.md", concat!("see /ro", "ot/a\n"), "docs/a.md:1: machine-paths: "),
            ("app/src/b.rs", &"// A line.\n".repeat(501), "app/src/b.rs:501: length: "),
        ];
        for (path, text, expected) in faults {
            let mut files = house();
            files.retain(|(file, _)| file != path);
            files.push((path, (*text).to_owned()));
            let found = found(&files);
            assert!(found.iter().any(|line| line.starts_with(expected)), "{expected}: {found:?}");
        }
        let mut files = house();
        files.retain(|(file, _)| *file != "SECURITY.md");
        assert_eq!(found(&files), ["SECURITY.md:1: documents: is missing: a newcomer looks for it"]);
    }

    #[test]
    fn a_wrong_direction_fails_the_command() {
        let mut files = house();
        files.push(("runtime/src/db/pool.rs", "use crate::migrate::apply;\n".to_owned()));
        let (folder, _) = tree::of(&files);
        let error = inspect(folder.path()).expect_err("db imports migrate");
        assert!(error.to_string().starts_with("1 broken house rules"), "{error}");
    }

    #[test]
    fn the_house_rules_end_at_the_house() {
        let files = [
            ("models.toml", "[models]\nsales = [\"Customer\"]\n".to_owned()),
            ("app/src/sales.rs", "#[tenant_model]\npub struct Customer;\nfn f() { todo!() }\n".to_owned()),
        ];
        assert_eq!(found(&files), Vec::<String>::new());
    }
}
