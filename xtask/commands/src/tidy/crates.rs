//! Crates depend one way: sqlcheck ← macros ← runtime ← testkit ← commands, and only the binary `xtask` and the suites know the application.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Finding;
use super::tree::{Source, Tree};

const RULE: &str = "crates";

/// Each may depend on those before it.
const ORDER: &[&str] = &["tenantry-sqlcheck", "tenantry-macros", "tenantry", "tenantry-testkit", "tenantry-xtask"];
const APPLICATION: &str = "tenantry-app";
/// What stands above the application: nothing depends on it.
const TOP: &[&str] = &["xtask", "tenantry-tests", "tenantry-ui-tests"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = tree.file("Cargo.toml").and_then(|file| DeTable::parse(&file.text).ok());
    let shared = root.as_ref().and_then(|root| table(table(root.get_ref(), "workspace")?, "dependencies"));
    for file in tree.files().iter().filter(|file| file.path.ends_with("Cargo.toml")) {
        match DeTable::parse(&file.text) {
            Ok(manifest) => package(file, manifest.get_ref(), shared, &mut findings),
            Err(error) => {
                let line = file.line_of(error.span().map_or(0, |span| span.start));
                findings.push(file.finding(RULE, line, format!("cannot be read: {}", error.message())));
            }
        }
    }
    findings
}

fn package(file: &Source, manifest: &DeTable<'_>, shared: Option<&DeTable<'_>>, findings: &mut Vec<Finding>) {
    let Some(name) = table(manifest, "package").and_then(|package| text(package, "name")) else { return };
    let targets = table(manifest, "target").into_iter().flat_map(|targets| targets.values().filter_map(|value| value.get_ref().as_table()));
    for holder in std::iter::once(manifest).chain(targets) {
        for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
            for (key, value) in table(holder, kind).into_iter().flatten() {
                let dependency = package_of(key.get_ref(), value, shared);
                if let Some(reason) = refusal(name, dependency, kind == "dev-dependencies") {
                    let line = file.line_of(key.span().start);
                    findings.push(file.finding(RULE, line, format!("{name} must not depend on {dependency}: {reason}")));
                }
            }
        }
    }
}

/// Why one package must not depend on the other.
fn refusal(from: &str, to: &str, for_tests: bool) -> Option<&'static str> {
    let position = |name: &str| ORDER.iter().position(|entry| *entry == name);
    if TOP.contains(&to) {
        return Some("nothing depends on the suites or on the binary xtask; move what both need into tests/testkit or xtask/commands");
    }
    if to == APPLICATION {
        let knows = TOP.contains(&from) || from == APPLICATION;
        return (!knows).then_some("only the binary xtask and the suites know the application; take what you need as an argument");
    }
    let to = position(to)?;
    // The application stands on the library; its tests may use the testkit as any user's do.
    let allowed = match position(from) {
        Some(from) => to < from,
        None if from == APPLICATION => to <= 2 || (for_tests && to == 3),
        None => true,
    };
    (!allowed).then_some("crates depend one way, sqlcheck ← macros ← runtime ← testkit ← commands; move what both need to the left")
}

/// The name of the package behind a key, which `package = "…"` may change here or in the workspace.
fn package_of<'a>(key: &'a str, value: &'a Spanned<DeValue<'_>>, shared: Option<&'a DeTable<'_>>) -> &'a str {
    let here = value.get_ref().as_table();
    let inherited = here.is_some_and(|here| here.contains_key("workspace"));
    let entry = if inherited { shared.and_then(|shared| table(shared, key)) } else { here };
    entry.and_then(|entry| text(entry, "package")).unwrap_or(key)
}

fn table<'a, 'i>(of: &'a DeTable<'i>, key: &str) -> Option<&'a DeTable<'i>> {
    of.get(key)?.get_ref().as_table()
}

fn text<'a>(of: &'a DeTable<'_>, key: &str) -> Option<&'a str> {
    of.get(key)?.get_ref().as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the rule refuses that dependency, planted in a manifest.
    fn refused(from: &str, kind: &str, dependency: &str) -> bool {
        let manifest = format!("[package]\nname = \"{from}\"\n\n[{kind}]\n{dependency}\n");
        let (_folder, tree) = super::super::tree::of(&[
            ("Cargo.toml", "[workspace.dependencies]\nengine = { path = \"x\", package = \"tenantry-xtask\" }\n".to_owned()),
            ("a/Cargo.toml", manifest),
        ]);
        let findings = check(&tree);
        assert!(findings.iter().all(|finding| finding.file == "a/Cargo.toml" && finding.line == 5), "{findings:?}");
        !findings.is_empty()
    }

    #[test]
    fn every_direction_of_the_order_is_held() {
        for (left, lower) in ORDER.iter().enumerate() {
            for upper in ORDER.iter().skip(left + 1) {
                let plain = |name: &str| format!("{name} = {{ path = \"../b\" }}");
                for kind in ["dependencies", "dev-dependencies", "build-dependencies", "target.'cfg(unix)'.dependencies"] {
                    assert!(refused(lower, kind, &plain(upper)), "{lower} → {upper} in {kind}");
                    assert!(!refused(upper, kind, &plain(lower)), "{upper} → {lower} in {kind}");
                }
            }
            assert!(refused(lower, "dependencies", "tenantry-app.workspace = true"), "{lower} → application");
        }
    }

    #[test]
    fn only_the_top_knows_the_application() {
        for top in TOP {
            assert!(!refused(top, "dependencies", "tenantry-app.workspace = true"));
            assert!(refused("tenantry-app", "dependencies", &format!("{top}.workspace = true")));
        }
        assert!(!refused("tenantry-app", "dependencies", "tenantry = \"1\""));
        assert!(refused("tenantry-app", "dependencies", "tenantry-testkit = \"1\""));
        assert!(!refused("tenantry-app", "dev-dependencies", "tenantry-testkit = \"1\""));
    }

    #[test]
    fn another_name_for_a_package_does_not_hide_it() {
        assert!(refused("tenantry", "dependencies", "app = { path = \"../app\", package = \"tenantry-app\" }"));
        assert!(refused("tenantry", "dependencies", "engine.workspace = true"));
    }

    #[test]
    fn a_manifest_that_cannot_be_read_is_a_finding() {
        let found = super::super::tree::found(check, "a/Cargo.toml", "[package]\nname = \n");
        assert_eq!(found.len(), 1);
    }
}
