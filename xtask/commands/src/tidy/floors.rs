//! Floors of the library go one way: a floor imports only floors above it in the list, the pure ones touch no outside world, and only three
//! of them know sqlx.

use std::collections::BTreeMap;

use super::Finding;
use super::names::{self, Name};
use super::tree::{Source, Tree};

const RULE: &str = "floors";
const SOURCES: &str = "runtime/src/";

/// Each floor may import those before it. `mutants` are the switches of the proof, which every floor has; `testing` holds models for tests;
/// `private` is the hidden door of generated code and sees all.
const FLOORS: &[&str] = &[
    "mutants",
    "schema",
    "testing",
    "permissions",
    "diff",
    "sql",
    "auth",
    "db",
    "repo",
    "http",
    "layers",
    "people",
    "migrate",
    "lint",
    "private",
];
/// What every floor may import, since it is compiled for tests only.
const TESTING: &str = "testing";
/// Those without any input or output.
const PURE: &[&str] = &["schema", "permissions", "diff", "sql"];
/// Those that talk to PostgreSQL.
const DATABASE: &[&str] = &["db", "migrate", "lint"];
/// What a pure floor must not name.
const OUTSIDE: &[&[&str]] = &[&["sqlx"], &["tokio"], &["axum"], &["std", "fs"], &["std", "net"], &["std", "process"], &["std", "env"]];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let exported = exports(tree);
    for (file, rust) in tree.rust() {
        let Some(inside) = file.path.strip_prefix(SOURCES) else { continue };
        if inside == "lib.rs" {
            continue;
        }
        let modules = modules(inside);
        let Some(floor) = modules.first().and_then(|name| position(name)) else {
            let message = format!("belongs to no floor: move it below one of {}", FLOORS.join(", "));
            findings.push(file.finding(RULE, 1, message));
            continue;
        };
        for name in names::of(rust) {
            findings.extend(upwards(file, floor, &modules, &name, &exported));
            findings.extend(outside(file, floor, &modules, &name));
        }
    }
    findings
}

/// The module path of a file: `db/pool.rs` and `db/pool/mod.rs` are `["db", "pool"]`.
fn modules(inside: &str) -> Vec<&str> {
    let path = inside.strip_suffix(".rs").unwrap_or(inside);
    path.strip_suffix("/mod").unwrap_or(path).split('/').collect()
}

fn position(floor: &str) -> Option<usize> {
    // The hidden door is the file private.rs and the module __private.
    let floor = if floor == "__private" { "private" } else { floor };
    FLOORS.iter().position(|entry| *entry == floor)
}

/// What `lib.rs` exports at the root, and from which floor: `crate::TenantTx` is a way to `db`, too.
fn exports(tree: &Tree) -> BTreeMap<String, usize> {
    let library = tree.rust().find(|(file, _)| file.path == "runtime/src/lib.rs");
    let mut exports = BTreeMap::new();
    for item in library.into_iter().flat_map(|(_, rust)| &rust.items) {
        if let syn::Item::Use(item) = item {
            exported(&item.tree, None, &mut exports);
        }
    }
    exports
}

fn exported(tree: &syn::UseTree, floor: Option<usize>, exports: &mut BTreeMap<String, usize>) {
    match tree {
        syn::UseTree::Path(path) => exported(&path.tree, floor.or_else(|| position(&path.ident.to_string())), exports),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| exported(tree, floor, exports)),
        syn::UseTree::Name(name) => exports.extend(floor.map(|floor| (name.ident.to_string(), floor))),
        syn::UseTree::Rename(name) => exports.extend(floor.map(|floor| (name.rename.to_string(), floor))),
        // What a glob brings in cannot be seen from here.
        _ => {}
    }
}

/// The finding when the name leads to a floor that is not above.
fn upwards(file: &Source, floor: usize, modules: &[&str], name: &Name, exported: &BTreeMap<String, usize>) -> Option<Finding> {
    let first = from_root(modules, name)?;
    let target = position(&first).or_else(|| exported.get(&first).copied())?;
    let message = format!(
        "{} imports {}, which is not above it ({}): move what both need up, or turn the call around",
        FLOORS[floor],
        FLOORS[target],
        FLOORS.join(", ")
    );
    (target > floor && FLOORS[target] != TESTING).then(|| file.finding(RULE, name.line, message))
}

/// The first segment of a path after the crate's root; `None` when the path does not lead there.
fn from_root(modules: &[&str], name: &Name) -> Option<String> {
    let supers = name.segments.iter().take_while(|segment| *segment == "super").count();
    match name.segments.first()?.as_str() {
        "crate" | "tenantry" => name.segments.get(1).cloned(),
        "super" if supers == modules.len() + name.modules.len() => name.segments.get(supers).cloned(),
        _ => None,
    }
}

/// The finding when the name leads out of the crate where the floor must not.
fn outside(file: &Source, floor: usize, modules: &[&str], name: &Name) -> Option<Finding> {
    let floor = FLOORS[floor];
    if floor == "private" {
        return None;
    }
    if name.starts_with(&["sqlx"]) && !DATABASE.contains(&floor) {
        return Some(file.finding(RULE, name.line, format!("{floor} names sqlx: only db, migrate and lint do; call what db offers")));
    }
    // A test may read its cases from files.
    let in_test = name.in_test || modules.contains(&"tests");
    let outside = OUTSIDE.iter().find(|path| name.starts_with(path))?;
    let pure = PURE.contains(&floor) && !in_test;
    pure.then(|| file.finding(RULE, name.line, format!("{floor} names {}: it is pure; take the data as an argument", outside.join("::"))))
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        let library = "pub mod db;\npub use db::{TenantTx, Pool as TenantPool};\npub use schema::Id;\n";
        let files = [("runtime/src/lib.rs", library.to_owned()), (path, text.to_owned())];
        check(&tree::of(&files).1).len()
    }

    #[test]
    fn every_direction_is_held() {
        for (above, name) in FLOORS.iter().enumerate() {
            for lower in FLOORS.iter().skip(above + 1).filter(|lower| **lower != TESTING) {
                for text in [
                    format!("use crate::{lower}::x;"),
                    format!("use super::{lower};"),
                    format!("fn f() {{ tenantry::{lower}::f() }}"),
                    format!("fn f() {{ m!(crate::{lower}::f()) }}"),
                ] {
                    assert_eq!(found(&format!("runtime/src/{name}.rs"), &text), 1, "{name}: {text}");
                    assert_eq!(found(&format!("runtime/src/{name}/mod.rs"), &text), 1, "{name}: {text}");
                }
                assert_eq!(found(&format!("runtime/src/{lower}/mod.rs"), &format!("use crate::{{{name}::x, {lower}::y}};")), 0);
            }
        }
    }

    #[test]
    fn other_ways_to_say_it_are_seen() {
        assert_eq!(found("runtime/src/schema/a.rs", "use super::super::db;"), 1);
        assert_eq!(found("runtime/src/schema/a.rs", "mod inner { use super::super::super::db; }"), 1);
        assert_eq!(found("runtime/src/schema/a.rs", "use super::db;"), 0, "schema's own module db");
        assert_eq!(found("runtime/src/schema/a.rs", "use crate::{Id, TenantTx};"), 1);
        assert_eq!(found("runtime/src/schema/a.rs", "use tenantry::TenantPool;"), 1);
        assert_eq!(found("runtime/src/schema/a.rs", "use crate::__private::column;"), 1);
        assert_eq!(found("runtime/src/schema/tests.rs", "use crate::testing::CUSTOMER;"), 0);
        assert_eq!(found("runtime/src/testing.rs", "use crate::db::Pool;"), 1);
        assert_eq!(found("runtime/src/repo/a.rs", "use crate::{Id, TenantTx};"), 0);
    }

    #[test]
    fn pure_floors_touch_nothing() {
        for name in ["sqlx::query", "tokio::spawn", "axum::Router", "std::fs", "std::net::IpAddr", "std::process::id", "std::env::var"] {
            for floor in PURE {
                assert_eq!(found(&format!("runtime/src/{floor}/a.rs"), &format!("use {name};")), 1, "{floor}: {name}");
                assert_eq!(found(&format!("runtime/src/{floor}/a.rs"), &format!("fn f() {{ {name}(); }}")), 1, "{floor}: {name}");
            }
            assert_eq!(found("runtime/src/migrate/a.rs", &format!("use {name};")), 0, "{name}");
        }
        assert_eq!(found("runtime/src/sql/a.rs", "#[cfg(test)] mod tests { use std::fs; }"), 0);
        assert_eq!(found("runtime/src/sql/tests.rs", "use std::fs;"), 0);
        assert_eq!(found("runtime/src/sql/a.rs", "use std::fmt;"), 0);
    }

    #[test]
    fn sqlx_stays_in_three_floors() {
        for floor in FLOORS {
            let allowed = ["db", "migrate", "lint", "private"].contains(floor);
            assert_eq!(found(&format!("runtime/src/{floor}/a.rs"), "use sqlx::PgPool;") == 0, allowed, "{floor}");
        }
    }

    #[test]
    fn a_file_belongs_to_a_floor() {
        assert_eq!(found("runtime/src/error.rs", ""), 1);
        assert_eq!(found("runtime/src/util/mod.rs", ""), 1);
        assert_eq!(found("app/src/error.rs", "use sqlx::PgPool;"), 0);
    }
}
