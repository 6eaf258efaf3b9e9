//! `models.toml` lists exactly the structs that are annotated, each below the module where it stands.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::Finding;
use super::tree::{Source, Tree};
use crate::scan::{Annotated, annotated_models};

const RULE: &str = "models";
const MANIFEST: &str = "models.toml";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let annotated = match annotated_models(tree.root()) {
        Ok(annotated) => annotated,
        Err(error) => return vec![at(MANIFEST, 1, format!("the sources cannot be compared: {error:#}"))],
    };
    let Some(manifest) = tree.file(MANIFEST) else {
        return annotated.iter().map(|model| unlisted(model, "there is no models.toml: make one")).collect();
    };
    let mut findings = Vec::new();
    let listed = listed(manifest, &mut findings);
    for model in &annotated {
        if !listed.iter().any(|entry| entry.is(model)) {
            let advice = match listed.iter().find(|entry| entry.name == model.name) {
                Some(entry) => format!("it is listed below `{}`, where it does not stand", entry.module),
                None => format!("write it into models.toml, below its module: `module = [\"{}\"]`", model.name),
            };
            findings.push(unlisted(model, &advice));
        }
    }
    for entry in &listed {
        if !annotated.iter().any(|model| entry.is(model)) {
            let message = format!("{}::{} carries no #[tenant_model]: write it, or take the line out", entry.module, entry.name);
            findings.push(at(MANIFEST, entry.line, message));
        }
    }
    findings
}

/// A model as the manifest lists it.
struct Entry {
    module: String,
    name: String,
    line: usize,
}

impl Entry {
    /// Whether it is that struct: its module is a part of the path, as a folder or as the file itself.
    fn is(&self, model: &Annotated) -> bool {
        let parts = parts(&model.file);
        self.name == model.name && self.module.split("::").all(|module| parts.contains(&module))
    }
}

fn parts(file: &Path) -> Vec<&str> {
    let folders = file.parent().into_iter().flat_map(Path::iter);
    folders.chain(file.file_stem()).filter_map(|part| part.to_str()).collect()
}

/// Reads `[models]`: a table of modules, each with an array of names.
fn listed(manifest: &Source, findings: &mut Vec<Finding>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let root = match DeTable::parse(&manifest.text) {
        Ok(root) => root,
        Err(error) => {
            let line = manifest.line_of(error.span().map_or(0, |span| span.start));
            findings.push(manifest.finding(RULE, line, format!("cannot be read: {}", error.message())));
            return entries;
        }
    };
    for (module, names) in root.get_ref().get("models").and_then(|models| models.get_ref().as_table()).into_iter().flatten() {
        let Some(names) = names.get_ref().as_array() else {
            let line = manifest.line_of(module.span().start);
            findings.push(manifest.finding(RULE, line, format!("write `{} = [\"Name\", …]`", module.get_ref())));
            continue;
        };
        for name in names.iter() {
            let line = manifest.line_of(name.span().start);
            match name.get_ref() {
                DeValue::String(name) if entries.iter().any(|entry| entry.name == **name && entry.module == **module.get_ref()) => {
                    findings.push(manifest.finding(RULE, line, format!("{}::{name} is listed twice", module.get_ref())));
                }
                DeValue::String(name) => entries.push(Entry { module: module.get_ref().to_string(), name: name.to_string(), line }),
                _ => findings.push(manifest.finding(RULE, line, "a model is listed by its name, in quotes")),
            }
        }
    }
    if entries.is_empty() && findings.is_empty() {
        findings.push(manifest.finding(
            RULE,
            1,
            "lists no model: an empty list is never meant; write `[models]` and `module = [\"Name\"]`",
        ));
    }
    entries
}

fn unlisted(model: &Annotated, advice: &str) -> Finding {
    at(&model.file.display().to_string(), model.line, format!("{} has no table and no fence: {advice}", model.name))
}

fn at(file: &str, line: usize, message: String) -> Finding {
    Finding { file: file.to_owned(), line, rule: RULE, message }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    const SOURCE: &str = "#[tenant_model]\npub struct Customer;\n";

    fn found(manifest: &str, path: &str, source: &str) -> Vec<String> {
        let (_folder, tree) = tree::of(&[(MANIFEST, manifest.to_owned()), (path, source.to_owned())]);
        check(&tree).iter().map(|finding| format!("{}:{}", finding.file, finding.line)).collect()
    }

    #[test]
    fn a_listed_model_is_fine_in_a_folder_and_in_a_file() {
        for path in ["app/src/sales/customer.rs", "app/src/sales/mod.rs", "app/src/sales.rs"] {
            assert_eq!(found("[models]\nsales = [\"Customer\"]\n", path, SOURCE), Vec::<String>::new(), "{path}");
        }
    }

    #[test]
    fn an_unlisted_model_is_found_where_it_stands() {
        let second = "#[tenant_model]\npub struct Customer;\n#[tenant_model]\npub struct Order;\n";
        assert_eq!(found("[models]\nsales = [\"Customer\"]\n", "app/src/sales.rs", second), ["app/src/sales.rs:3"]);
    }

    #[test]
    fn a_model_that_is_not_there_is_found_where_it_is_listed() {
        assert_eq!(found("[models]\nsales = [\n  \"Customer\",\n  \"Order\",\n]\n", "app/src/sales.rs", SOURCE), ["models.toml:4"]);
    }

    #[test]
    fn the_wrong_module_is_found_on_both_sides() {
        let both = ["app/src/sales.rs:1", "models.toml:2"];
        assert_eq!(found("[models]\npurchase = [\"Customer\"]\n", "app/src/sales.rs", SOURCE), both);
    }

    #[test]
    fn a_manifest_that_says_nothing_or_nonsense_is_found() {
        for manifest in ["", "[models]\n", "[models]\nsales = \"Customer\"\n", "[models]\nsales = [1]\n", "[models\n"] {
            assert!(found(manifest, "app/src/a.rs", "").iter().any(|place| place.starts_with("models.toml:")), "{manifest:?}");
        }
        assert_eq!(found("[models]\nsales = [\"Customer\", \"Customer\"]\n", "app/src/sales.rs", SOURCE), ["models.toml:2"]);
        let (_folder, tree) = tree::of(&[("app/src/a.rs", SOURCE.to_owned())]);
        assert_eq!(check(&tree).len(), 1, "no manifest at all");
    }
}
