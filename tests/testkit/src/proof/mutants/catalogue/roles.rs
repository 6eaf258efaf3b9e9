//! Roles: attributes, memberships and defaults. They belong to the server, so each is taken back when it has been looked at.

use super::super::super::value::quoted;
use super::super::mutant::{Layer, List, Mutant};
use super::super::plan::{Plan, Tenant};
use super::{role, seen};

pub(super) fn list(plan: &Plan, list: &mut List) {
    attributes(plan, list);
    memberships(plan, list);
    defaults(plan, list);
}

fn undone(name: &str, what: impl Into<String>, sql: String, undo: String, verify: &str) -> Mutant {
    role(name, what, vec![sql], verify).undone_by(&[undo])
}

fn attributes(plan: &Plan, list: &mut List) {
    let app = plan.role("app");
    for (attribute, what) in [
        ("superuser", "the role is a superuser"),
        ("bypassrls", "the role bypasses row security"),
        ("createrole", "the role can make roles"),
        ("createdb", "the role can make databases"),
        ("replication", "the role can read the log of all changes"),
    ] {
        list.add(undone(attribute, what, format!("alter role {app} {attribute}"), format!("alter role {app} no{attribute}"), seen::ROLES));
    }
    // An inheriting role needs somebody to inherit from.
    let owner = plan.role("owner");
    let member = Layer::new(format!("that {app} is a member of nothing: it is one of {owner}"), vec![format!("grant {owner} to {app}")]);
    // From 16 on it is the membership that inherits, and the role's attribute says so of those to come.
    let of_the_membership = format!(
        "do $$ begin if current_setting('server_version_num')::int >= 160000 and pg_has_role({}, {}, 'member')
         then execute 'grant {owner} to {app} with inherit true'; end if; end $$",
        quoted(&plan.conventions.role("app")),
        quoted(&plan.conventions.role("owner"))
    );
    let sql = vec![format!("alter role {app} inherit"), of_the_membership];
    let inherit = role("inherit", "the role inherits what it is a member of", sql, seen::ROLES);
    list.add(inherit.undone_by(&[format!("alter role {app} noinherit"), format!("revoke {owner} from {app}")]).behind(member));
    let bypassing = undone(
        "owner_bypassrls",
        "the owner of the tables bypasses row security, and so does whatever runs with its rights",
        format!("alter role {owner} bypassrls"),
        format!("alter role {owner} nobypassrls"),
        seen::ROLES,
    );
    list.add(bypassing);
}

fn memberships(plan: &Plan, list: &mut List) {
    let app = plan.role("app");
    let own = [
        ("member_of_the_owner", "owner"),
        ("member_of_the_migrator", "migrator"),
        ("member_of_the_platform", "platform"),
        ("member_of_the_backup", "backup"),
        ("member_of_the_lookup", "lookup"),
    ];
    let own = own.map(|(name, suffix)| (name, plan.role(suffix)));
    let predefined = [
        ("member_of_pg_read_all_data", "pg_read_all_data"),
        ("member_of_pg_write_all_data", "pg_write_all_data"),
        ("member_of_pg_monitor", "pg_monitor"),
        ("member_of_pg_read_server_files", "pg_read_server_files"),
        ("member_of_pg_execute_server_program", "pg_execute_server_program"),
        ("member_of_pg_signal_backend", "pg_signal_backend"),
    ];
    let predefined = predefined.map(|(name, group)| (name, group.to_owned()));
    for (name, group) in own.into_iter().chain(predefined) {
        let what = format!("the role is a member of {group}");
        list.add(undone(name, what, format!("grant {group} to {app}"), format!("revoke {group} from {app}"), seen::MEMBERSHIPS));
    }
}

fn defaults(plan: &Plan, list: &mut List) {
    let (app, setting, victim) = (plan.role("app"), plan.conventions.tenant_setting(), Tenant::B.id());
    let reset = |setting: &str| format!("alter role {app} reset {setting}");
    list.add(undone(
        "default_tenant",
        "a session of the role has a tenant from the start",
        format!("alter role {app} set {setting} = '{victim}'"),
        reset(&setting),
        seen::SETTINGS,
    ));
    let database = |what: &str| format!("do $$ begin execute format('alter database %I {what}', current_database()); end $$");
    let set = database(&format!("set {setting} = ''{victim}''"));
    list.add(undone(
        "default_tenant_of_the_database",
        "every session of the database has a tenant from the start",
        set,
        database(&format!("reset {setting}")),
        seen::SETTINGS,
    ));
    let both = |what: &str| format!("do $$ begin execute format('alter role {app} in database %I {what}', current_database()); end $$");
    let set = both(&format!("set {setting} = ''{victim}''"));
    list.add(undone(
        "default_tenant_of_both",
        "a session of the role in this database has a tenant from the start",
        set,
        both(&format!("reset {setting}")),
        seen::SETTINGS,
    ));
    let off = format!("alter role {app} set row_security = off");
    list.add(undone(
        "default_row_security_off",
        "a session of the role asks for row security to be off",
        off,
        format!("alter role {app} set row_security = on"),
        seen::SETTINGS,
    ));
    let replica = format!("alter role {app} set session_replication_role = replica");
    list.add(undone(
        "default_replica",
        "the triggers are off in a session of the role, and with them foreign keys",
        replica,
        reset("session_replication_role"),
        seen::SETTINGS,
    ));
}
