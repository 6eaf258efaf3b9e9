//! `models.toml` and what becomes of it.

use std::fs;
use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::quote;

use super::pretty;

/// A folder of its own, removed when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("tenantry-macros-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        fs::write(path.join("models.toml"), bytes).expect("a file");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The test has its result; a folder that stays is no reason to fail it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn expansion(name: &str, text: &str) -> String {
    expansion_of(name, text, quote! { "models.toml" })
}

fn expansion_of(name: &str, text: &str, input: TokenStream) -> String {
    let folder = Folder::with(name, text.as_bytes());
    let tokens = crate::manifest::within(&folder.0, input).to_string();
    // The name of the folder must not be seen, and its length not either: lines are broken by it.
    let tokens = tokens.replace(folder.0.to_str().expect("a path of ASCII"), "/crate");
    let written = pretty(tokens.parse().expect("tokens"));
    format!("{}\n// becomes:\n\n{written}", text.trim())
}

#[test]
fn manifest() {
    insta::assert_snapshot!(expansion(
        "manifest",
        r#"
[conventions]
schema = "crm"

[models]
sales = ["Customer", "SalesOrder"]
"inventory::stock" = ["Item"]
crate = ["Root"]

[sql]
shared = ["reference.countries", "reference.currencies"]
functions = ["crm.slug"]
views = ["crm.open_orders"]
"#
    ));
}

#[test]
fn a_crate_above_the_models_takes_the_macro_alone() {
    let text = "[conventions]\ntenant_column = \"account_id\"\n[models]\ncrate = [\"Ticket\"]\n";
    insta::assert_snapshot!(expansion_of("above", text, quote! { "models.toml", sql }));
}

#[test]
fn every_fault_is_named_with_its_place() {
    insta::assert_snapshot!(expansion(
        "faults",
        r#"
[conventions]
shcema = "app"
roles = "Tenantry; drop"
settings = 7

[models]
sales = ["Customer", "Customer", "struct", 3]
"fn" = ["A"]
empty = []
inventory = "Item"

[sql]
share = ["reference.countries"]
functions = "app.slug"
views = ["open_orders", "app.Orders", "app.a", "app.b.c", 7, "app.a", "app.; drop"]

[model]
"#
    ));
}

#[test]
fn what_is_no_toml_is_named_with_its_place() {
    insta::assert_snapshot!(expansion("toml", "[models]\nsales = [\"Customer\"\ninventory = \n"));
}

#[test]
fn an_empty_manifest_is_an_error() {
    for (name, text) in [("empty", ""), ("models", "[models]\n"), ("comment", "# nothing yet\n")] {
        let written = expansion(name, text);
        assert!(written.contains("an empty manifest is an error, and never means to drop every table"), "{written}");
    }
}

#[test]
fn what_is_not_text_is_refused() {
    let folder = Folder::with("latin1", b"[models]\nsales = [\"Caf\xe9\"]\n");
    let written = pretty(crate::manifest::within(&folder.0, quote! { "models.toml" }));
    assert!(written.contains("`models.toml` is not UTF-8 from byte 22 on"), "{written}");
}

#[test]
fn what_is_far_too_long_is_not_read() {
    let folder = Folder::with("long", &vec![b'\n'; (1 << 20) + 1]);
    let written = pretty(crate::manifest::within(&folder.0, quote! { "models.toml" }));
    assert!(written.contains("`models.toml` has 1048577 bytes; a manifest has at most 1048576"), "{written}");
}
