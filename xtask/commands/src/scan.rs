//! Finds annotated structs in the sources, so that a model that nobody listed is named instead of silently having no table.
//!
//! Shallow on purpose: it reads files, not crates. What stands in `target`, in tests, examples and fixtures is no model of the
//! application.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use syn::visit::{self, Visit};

/// Folders that hold no models of the application.
const PASSED_OVER: &[&str] = &["target", "tests", "examples", "benches", "fixtures", "node_modules"];

/// The attribute.
const ATTRIBUTE: &str = "tenant_model";

/// A struct with `#[tenant_model]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Annotated {
    /// The name of the struct.
    pub(crate) name: String,
    /// Its file, relative to the root.
    pub(crate) file: PathBuf,
    /// Its line.
    pub(crate) line: usize,
}

/// Every annotated struct under the root, by file and line.
pub(crate) fn annotated_models(root: &Path) -> anyhow::Result<Vec<Annotated>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
            let (path, name) = (entry.path(), entry.file_name());
            let hidden = name.to_string_lossy().starts_with('.');
            // A symbolic link may lead out of the workspace or around in a circle; it is not followed.
            let kind = entry.file_type().with_context(|| format!("cannot read {}", path.display()))?;
            if kind.is_dir() && !hidden && !PASSED_OVER.iter().any(|passed| name.eq_ignore_ascii_case(passed)) {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
                in_file(root, &path, &mut found)?;
            }
        }
    }
    found.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(found)
}

/// The annotated structs that the manifest does not list: by name, so often as they are not.
pub(crate) fn unlisted(found: Vec<Annotated>, listed: &[&str]) -> Vec<Annotated> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for name in listed {
        *left.entry(name).or_default() += 1;
    }
    found
        .into_iter()
        .filter(|model| match left.get_mut(model.name.as_str()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .collect()
}

fn in_file(root: &Path, path: &Path, found: &mut Vec<Annotated>) -> anyhow::Result<()> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))?;
    // Parsing every file would take seconds; few name the attribute.
    if !text.contains(ATTRIBUTE) {
        return Ok(());
    }
    let file = syn::parse_file(&text).with_context(|| format!("cannot parse {}", path.display()))?;
    let relative = path.strip_prefix(root).unwrap_or(path).to_owned();
    let mut visitor = Structs { file: relative, found };
    visitor.visit_file(&file);
    Ok(())
}

struct Structs<'a> {
    file: PathBuf,
    found: &'a mut Vec<Annotated>,
}

impl<'ast> Visit<'ast> for Structs<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let annotated = item.attrs.iter().any(|attribute| attribute.path().segments.last().is_some_and(|last| last.ident == ATTRIBUTE));
        if annotated && !is_test(&item.attrs) {
            let line = item.ident.span().start().line;
            self.found.push(Annotated { name: item.ident.to_string(), file: self.file.clone(), line });
        }
    }
}

/// Whether the item stands under `#[cfg(test)]`.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(path, text).expect("the file is written");
    }

    #[test]
    fn finds_structs_in_nested_modules_and_leaves_tests_alone() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        write(
            root,
            "app/src/sales.rs",
            "mod a {\n  mod b {\n    #[tenantry::tenant_model(table = \"orders\")]\n    pub struct Order;\n  }\n}\n",
        );
        write(
            root,
            "app/src/lib.rs",
            "#[tenant_model(table = \"notes\")]\npub struct Note;\n#[cfg(test)]\nmod tests { #[tenant_model] struct T; }\n",
        );
        write(root, "app/tests/a.rs", "#[tenant_model]\nstruct InTests;\n");
        write(root, "target/a.rs", "#[tenant_model]\nstruct InTarget;\n");
        write(root, "app/src/text.rs", "//! `tenant_model` in prose\nconst A: &str = \"#[tenant_model] struct InText;\";\n");
        let found = annotated_models(root).expect("the files are read");
        let found: Vec<String> = found.iter().map(|model| format!("{} {}:{}", model.name, model.file.display(), model.line)).collect();
        assert_eq!(found, ["Note app/src/lib.rs:2", "Order app/src/sales.rs:4"]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let root = tempfile::tempdir().expect("a folder");
        write(root.path(), "src/broken.rs", "#[tenant_model] struct {");
        let error = annotated_models(root.path()).expect_err("the file is broken");
        assert!(error.to_string().ends_with("src/broken.rs"), "{error}");
    }

    #[test]
    fn a_second_struct_of_a_listed_name_is_not_listed() {
        let model = |line| Annotated { name: "Note".to_owned(), file: PathBuf::from("a.rs"), line };
        assert_eq!(unlisted(vec![model(1), model(2)], &["Note"]), [model(2)]);
        assert_eq!(unlisted(vec![model(1)], &["Note", "Order"]), []);
    }
}
