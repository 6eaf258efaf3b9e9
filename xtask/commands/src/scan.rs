//! Finds the structs that carry `#[tenant_model]`, without building anything.
//!
//! The registry is what `models.toml` lists; a struct that is annotated and not listed would have no table and no fence, and nobody would
//! notice. So the commands look at the sources and compare.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// Folders whose sources are examples, suites and test cases, not models of the application.
const CASES: &[&str] = &["tests", "examples", "benches", "ui", "ui-pass", "fixtures", "cases", "node_modules"];

/// Deeper than this is no source tree but a loop.
const MAX_DEPTH: usize = 32;

/// A struct with the attribute.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Annotated {
    /// The name of the struct.
    pub name: String,
    /// Its file, relative to the root.
    pub file: PathBuf,
    /// The line of the attribute, from 1.
    pub line: usize,
}

/// All annotated structs below the root, ordered by file and line.
///
/// # Errors
/// When a folder or a source cannot be read, or a source that mentions the attribute is no Rust.
pub(crate) fn annotated_models(root: &Path) -> anyhow::Result<Vec<Annotated>> {
    let mut found = Vec::new();
    for file in sources(root)? {
        let path = root.join(&file);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let Ok(text) = String::from_utf8(bytes) else { bail!("{} is not UTF-8", path.display()) };
        // Most sources do not mention the attribute and need not be parsed.
        if !text.contains("tenant_model") {
            continue;
        }
        let parsed = syn::parse_file(&text).with_context(|| format!("cannot read {} as Rust", path.display()))?;
        let mut structs = Structs { file: &file, found: &mut found };
        structs.visit_file(&parsed);
    }
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

/// The `.rs` files that can hold models, relative to the root and sorted.
fn sources(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![(PathBuf::new(), 0_usize)];
    while let Some((folder, depth)) = folders.pop() {
        let path = root.join(&folder);
        let entries = fs::read_dir(&path).with_context(|| format!("cannot read the folder {}", path.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot read the folder {}", path.display()))?;
            let kind = entry.file_type().with_context(|| format!("cannot look at {}", entry.path().display()))?;
            let relative = folder.join(entry.file_name());
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // A symbolic link is neither: what it points to is found where it stands, or is not of this tree.
            if kind.is_dir() && depth < MAX_DEPTH && !skipped(&name) {
                folders.push((relative, depth + 1));
            } else if kind.is_file() && name.ends_with(".rs") && name != "tests.rs" {
                files.push(relative);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a folder of that name holds nothing of the application itself.
pub(crate) fn skipped(name: &str) -> bool {
    name == "target" || name.starts_with('.') || CASES.contains(&name)
}

struct Structs<'a> {
    file: &'a Path,
    found: &'a mut Vec<Annotated>,
}

impl<'ast> Visit<'ast> for Structs<'_> {
    /// The models of unit tests are cases, like those of the suites.
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let test = module.attrs.iter().any(|attribute| {
            attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
        });
        if !test {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let attribute = item.attrs.iter().find(|attribute| {
            let last = attribute.path().segments.last();
            last.is_some_and(|segment| segment.ident == "tenant_model")
        });
        if let Some(attribute) = attribute {
            let line = attribute.span().start().line;
            self.found.push(Annotated { name: item.ident.to_string(), file: self.file.to_owned(), line });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_over_unit_tests_and_not_over_other_modules() {
        let root = tempfile::tempdir().unwrap();
        let text = "#[cfg(test)]\nmod tests { #[tenant_model] struct Case; }\n#[cfg(unix)]\nmod inner { #[tenant_model] struct Model; }\n";
        fs::write(root.path().join("a.rs"), text).unwrap();
        let names: Vec<String> = annotated_models(root.path()).unwrap().into_iter().map(|model| model.name).collect();
        assert_eq!(names, ["Model"]);
    }

    #[test]
    fn a_second_struct_of_a_listed_name_is_not_listed() {
        let model = |line| Annotated { name: "Note".to_owned(), file: PathBuf::from("a.rs"), line };
        assert_eq!(unlisted(vec![model(1), model(2)], &["Note"]), [model(2)]);
        assert_eq!(unlisted(vec![model(1)], &["Note", "Order"]), []);
    }

    const MODEL: &str = "//! Docs.\n\nuse tenantry::tenant_model;\n\n#[tenant_model(table = \"a\")]\npub struct A { pub id: u8 }\n";

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a temporary folder");
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        root
    }

    #[test]
    fn finds_the_struct_its_file_and_its_line() {
        let nested = "mod inner { #[tenantry::tenant_model(table = \"b\")] pub(crate) struct B; }\nstruct C;";
        let root = tree(&[("app/src/sales/a.rs", MODEL), ("app/src/b.rs", nested), ("app/src/c.rs", "// tenant_model\nstruct D;")]);
        let found = annotated_models(root.path()).expect("the tree is fine");
        let b = Annotated { name: "B".to_owned(), file: "app/src/b.rs".into(), line: 1 };
        let a = Annotated { name: "A".to_owned(), file: "app/src/sales/a.rs".into(), line: 5 };
        assert_eq!(found, [b, a]);
    }

    #[test]
    fn passes_over_what_is_not_the_applications() {
        let elsewhere = [
            "target/a.rs",
            ".hidden/a.rs",
            "app/ui/a.rs",
            "app/ui-pass/a.rs",
            "app/fixtures/a.rs",
            "x/cases/a.rs",
            "tests/a.rs",
            "app/src/tests.rs",
            "app/examples/a.rs",
        ];
        let root = tree(&elsewhere.map(|path| (path, MODEL)));
        assert_eq!(annotated_models(root.path()).expect("the tree is fine"), []);
    }

    #[test]
    fn names_the_file_that_is_no_rust() {
        let root = tree(&[("app/src/a.rs", "#[tenant_model] pub struct {")]);
        let error = annotated_models(root.path()).expect_err("no Rust");
        assert!(error.to_string().contains("a.rs"), "{error}");
        fs::write(root.path().join("app/src/a.rs"), b"// tenant_model \xff").expect("a file");
        assert!(annotated_models(root.path()).expect_err("no UTF-8").to_string().ends_with("a.rs is not UTF-8"));
    }
}
