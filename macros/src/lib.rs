//! The macros of Tenantry: `#[tenant_model]`, `#[derive(ModelEnum)]`, `manifest!` and with it `sql!`; and the testkit's `#[test]`.
//!
//! Those for models go the same way: the attributes are read (`attr`), become a model of what was written (`model`), the rules are checked (`validate`)
//! and the code is written (`expand`). Every error of a struct is reported at once, on its own span, and the struct itself is there all the
//! same (`fallback`), so that the first error is not followed by fifty. The crate is used through `tenantry`, which exports the macros.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attr;
mod context;
mod expand;
mod fallback;
mod keys;
mod manifest;
mod model;
mod model_enum;
mod shape;
mod sql;
mod tenant_test;
mod validate;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a struct a model: a table of the tenants, with its row, its data transfer objects and its definition.
///
/// It stands first on the struct, since it writes `Debug` and `Serialize` itself. The struct gets a field `tenant_id` that can be read and
/// not made; beside it stand `NewCustomer`, what a row is created from, and `CustomerPatch`, what it is changed by.
///
/// On the struct: `table = "customers"` (required), `shared` for rows of no tenant, which every tenant reads and the platform alone writes
/// (its table stands under `[sql] shared` of `models.toml`, too), `unique(a, b)` and `index(a, b)` over several fields, `routes(list, get, create, patch,
/// delete)` for some of the generated routes or `routes = false` for none, and `permissions(read = "catalogue:read", create = "…", update = "…",
/// delete = "…")` for what the routes need in place of `table:action`.
///
/// On a field, in `#[model(…)]`: `unique`, `index`, `filter`, `sort`, `max_len = 32`, `default = literal`,
/// `references(on_delete = "restrict" | "cascade" | "set null")`, `readonly`, `secret` for what is written and never shown, and `flatten` for a
/// base such as `Stamps`.
#[proc_macro_attribute]
pub fn tenant_model(attr: TokenStream, item: TokenStream) -> TokenStream {
    model::tenant_model(attr.into(), item.into()).into()
}

/// Makes an enum without data a column: `text` with a CHECK that it is one of the words.
///
/// A variant's word is its name in snake case, or what `#[model(rename = "word")]` says. The word is also its `Display` and its JSON.
#[proc_macro_derive(ModelEnum, attributes(model))]
pub fn model_enum(item: TokenStream) -> TokenStream {
    model_enum::model_enum(item.into()).into()
}

/// Reads `models.toml`, whose path is relative to the crate that calls it, and writes `MODELS` and `CONVENTIONS`, and the macro `sql!` for
/// the crate.
///
/// ```toml
/// [conventions]                        # as tenantry::Conventions has them; what is left out has its default
/// schema = "app"
///
/// [models]                             # by module, in the order of every listing
/// sales = ["Customer", "SalesOrder"]
///
/// [sql]                                # what hand-written statements may name, each with its schema; compared with the catalogue at start-up
/// shared = ["tenancy.countries"]       # tables without rows of tenants, those of `shared` models among them: read without a predicate
/// functions = ["app.slug"]             # the application's own, each of which keeps to the tenant by itself
/// views = ["app.open_orders"]          # with `security_invoker`, and with the tenant's column
/// ```
///
/// `sql!("select …")` checks a hand-written statement when it is compiled, by the conventions of the manifest: each of its relations is bound
/// to the tenant, which is `$1`. It is then just the literal, for `sqlx::query(…)` and its like. Where it does not stand, the same check is
/// made when the statement is run for the first time. In other modules it is `crate::sql!`, if `manifest!` stands at the root.
///
/// `manifest!("../models.toml", sql)` writes `sql!` alone: for a crate above the one with the models, where the handlers may be.
#[proc_macro]
pub fn manifest(input: TokenStream) -> TokenStream {
    manifest::manifest(input.into()).into()
}

/// What `sql!` calls, with the conventions in front of the text.
#[doc(hidden)]
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    sql::sql(input.into()).into()
}

/// Makes an asynchronous function a test that gets tenants of a database of its own. It is used through `tenantry_testkit`, which exports it
/// as `test`; there is what it does, with an example.
#[proc_macro_attribute]
pub fn tenant_test(attr: TokenStream, item: TokenStream) -> TokenStream {
    tenant_test::tenant_test(attr.into(), item.into()).into()
}
