//! The look-ups from before a tenant is known: functions that answer for exactly one key.
//!
//! Each runs with the rights of the look-up role, which is inside the fences of the platform's tables for the row of one key and for
//! nothing else ([`arm`](super::arm)). The function names the key, reads, and takes the key back before it answers. Whoever calls one
//! learns whether there is a tenant of the name that was given, which, and whether it is active: no name, no other tenant, no list.

use super::arm::{BY_HOST, BY_ID, BY_SLUG, Key};
use super::functions::lines;
use super::{Argument, Function, Name, Type};
use crate::schema::platform::{ACTIVE, DOMAINS, MAX_HOST, TENANTS};
use crate::schema::{Conventions, quoted};

/// The names of the functions.
pub(crate) const TENANT_BY_HOST: &str = "tenant_by_host";
pub(crate) const TENANT_BY_SLUG: &str = "tenant_by_slug";
pub(crate) const TENANT_BY_ID: &str = "tenant_by_id";

pub(super) fn all(conventions: &Conventions) -> Vec<Function> {
    vec![by_host(conventions), by_slug(conventions), by_id(conventions)]
}

fn by_host(conventions: &Conventions) -> Function {
    let tenant = quoted(conventions.tenant_column);
    let domains = Name::new(conventions.platform_schema, DOMAINS.table);
    let mut body = begun(conventions, BY_HOST);
    body.push(format!("  select d.{tenant} into tenant from {domains} d"));
    body.push(format!("   where d.host = {TENANT_BY_HOST}.key and d.is_active and d.verified_at is not null;"));
    body.push(named(conventions, BY_ID, "tenant"));
    body.push(read(conventions, "t.id = tenant"));
    let comment = "The tenant whose verified and active domain the host is, and whether it is active: one row or none, for one key.";
    function(conventions, TENANT_BY_HOST, Type::Text, comment, body)
}

fn by_slug(conventions: &Conventions) -> Function {
    let mut body = begun(conventions, BY_SLUG);
    body.push(read(conventions, &format!("t.slug = {TENANT_BY_SLUG}.key")));
    function(conventions, TENANT_BY_SLUG, Type::Text, "The tenant of the slug, in the same way.", body)
}

fn by_id(conventions: &Conventions) -> Function {
    let mut body = vec![named(conventions, BY_ID, "key")];
    body.push(read(conventions, &format!("t.id = {TENANT_BY_ID}.key")));
    function(conventions, TENANT_BY_ID, Type::Uuid, "The tenant of the id, in the same way.", body)
}

/// What is longer than any key is nobody's; it is not copied about.
fn begun(conventions: &Conventions, key: Key) -> Vec<String> {
    vec![format!("  if octet_length(key) > {MAX_HOST} then return; end if;"), named(conventions, key, "key")]
}

/// Opens the fence for the row of that key.
fn named(conventions: &Conventions, key: Key, value: &str) -> String {
    // `||` makes a text of the id by itself.
    format!("  perform set_config('{}', '{}:' || {value}, true);", conventions.lookup_setting(), key.word)
}

fn read(conventions: &Conventions, condition: &str) -> String {
    let tenants = Name::new(conventions.platform_schema, TENANTS.table);
    format!("  select t.id, t.status = '{ACTIVE}' into tenant, active from {tenants} t where {condition};")
}

/// The key is taken back before anything is answered. Should the function fail, the transaction that has failed takes it back.
fn function(conventions: &Conventions, name: &str, key: Type, comment: &str, statements: Vec<String>) -> Function {
    let mut body = lines(&["language plpgsql strict rows 1 security definer set search_path = pg_catalog, pg_temp", "as $$", "begin"]);
    body.extend(statements);
    body.push(format!("  perform set_config('{}', '', true);", conventions.lookup_setting()));
    body.extend(lines(&["  if tenant is not null then return next; end if;", "end $$"]));
    Function {
        name: Name::new(conventions.platform_schema, name),
        arguments: vec![Argument { name: "key".to_owned(), ty: key }],
        comment: lines(&[comment]),
        returns: "table (tenant uuid, active boolean)".to_owned(),
        body,
        execute: vec![conventions.role("app")],
        owner: Some(conventions.role("lookup")),
    }
}
