//! The functions that every tenant's table uses.

use super::{Function, Name};
use crate::schema::{Conventions, quoted};

/// The name of the function that tells the tenant of the transaction.
pub(super) const CURRENT_TENANT: &str = "current_tenant";
/// The name of the trigger function that keeps a row with its tenant.
pub(super) const REFUSE_TENANT_CHANGE: &str = "refuse_tenant_change";
/// The name of the trigger function that moves `version` and `updated_at`.
pub(super) const TOUCH: &str = "touch";

/// The name of the trigger function that tells the services that a tenant has changed.
pub(super) const TENANT_CHANGED: &str = "tenant_changed";
/// The name of the trigger function that tells them that a tenant's domain has changed.
pub(super) const DOMAIN_CHANGED: &str = "domain_changed";

pub(super) fn all(conventions: &Conventions) -> Vec<Function> {
    let mut all = vec![current_tenant(conventions), refuse_tenant_change(conventions), touch(conventions)];
    all.extend([tenant_changed(conventions), domain_changed(conventions)]);
    all.extend(super::lookup::all(conventions));
    all
}

fn current_tenant(conventions: &Conventions) -> Function {
    Function {
        name: Name::new(conventions.platform_schema, CURRENT_TENANT),
        arguments: Vec::new(),
        comment: lines(&[
            "The tenant of this transaction, or null. After a transaction the setting is '' rather than unset, hence nullif.",
        ]),
        returns: "uuid".to_owned(),
        body: vec![
            "language sql stable parallel safe".to_owned(),
            format!("return nullif(current_setting('{}', true), '')::uuid", conventions.tenant_setting()),
        ],
        execute: vec![conventions.role("app"), conventions.role("platform")],
        owner: None,
    }
}

fn refuse_tenant_change(conventions: &Conventions) -> Function {
    let column = conventions.tenant_column;
    trigger(
        conventions,
        REFUSE_TENANT_CHANGE,
        lines(&[&format!("The app has no UPDATE on {column}; this stops the roles that have.")]),
        &[&format!("  raise exception '{column} is immutable' using errcode = '42501';")],
    )
}

fn touch(conventions: &Conventions) -> Function {
    trigger(
        conventions,
        TOUCH,
        lines(&[
            "Moves version and updated_at, also when a cascade sets a reference to null. It queries nothing: a trigger that a cascade fires runs as",
            "the table's owner with FORCE off, where a query without a predicate would reach every tenant.",
        ]),
        &["  new.version := old.version + 1;", "  new.updated_at := now();", "  return new;"],
    )
}

fn tenant_changed(conventions: &Conventions) -> Function {
    let comment = lines(&[
        "Tells the services which tenant has changed, so that they forget what they remember of it. The utility command is every role's; the",
        "function of that name may be nobody's. The message is a hash of the tenant's id, since whoever logs in may listen.",
    ]);
    changed(conventions, TENANT_CHANGED, comment, "id")
}

fn domain_changed(conventions: &Conventions) -> Function {
    changed(conventions, DOMAIN_CHANGED, lines(&["The same of the tenant whose domain has changed."]), conventions.tenant_column)
}

fn changed(conventions: &Conventions, name: &str, comment: Vec<String>, column: &str) -> Function {
    let (channel, column) = (conventions.changes_channel(), quoted(column));
    let told =
        format!("  execute format('notify %I, %L', '{channel}', encode(sha256(uuid_send(coalesce(new.{column}, old.{column}))), 'hex'));");
    trigger(conventions, name, comment, &[&told, "  return null;"])
}

fn trigger(conventions: &Conventions, name: &str, comment: Vec<String>, statements: &[&str]) -> Function {
    let mut body = lines(&["language plpgsql set search_path = pg_catalog, pg_temp", "as $$", "begin"]);
    body.extend(statements.iter().map(|line| (*line).to_owned()));
    body.push("end $$".to_owned());
    Function {
        name: Name::new(conventions.platform_schema, name),
        arguments: Vec::new(),
        comment,
        returns: "trigger".to_owned(),
        body,
        execute: Vec::new(),
        owner: None,
    }
}

/// `tenancy.current_tenant()`, as a default.
pub(super) fn call_current_tenant(conventions: &Conventions) -> String {
    format!("{}.{CURRENT_TENANT}()", quoted(conventions.platform_schema))
}

pub(super) fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}
