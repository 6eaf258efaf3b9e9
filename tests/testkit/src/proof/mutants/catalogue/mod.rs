//! The weakenings that there are, made from the models: each takes the first table, column or key that it fits.

mod columns;
mod keys;
mod lookups;
mod objects;
mod people;
mod policies;
mod privileges;
mod roles;
mod routines;

use tenantry::schema::ir::Table;

use super::super::value::quoted as literal;
use super::mutant::{Kind, Layer, List, Mutant};
use super::plan::Plan;

/// Every weakening of these models.
pub(super) fn all(plan: &Plan) -> List {
    let mut list = List::default();
    for table in plan.tables().take(1) {
        policies::list(plan, table, &mut list);
        columns::list(plan, table, &mut list);
        objects::list(plan, table, &mut list);
        routines::list(plan, table, &mut list);
        privileges::list(plan, table, &mut list);
    }
    keys::list(plan, &mut list);
    lookups::list(plan, &mut list);
    people::list(plan, &mut list);
    roles::list(plan, &mut list);
    list
}

fn schema(name: &str, what: impl Into<String>, sql: Vec<String>, verify: impl Into<String>) -> Mutant {
    Mutant::of(Kind::Schema, name.to_owned(), what.into(), sql, verify.into())
}

fn role(name: &str, what: impl Into<String>, sql: Vec<String>, verify: impl Into<String>) -> Mutant {
    Mutant::of(Kind::Role, name.to_owned(), what.into(), sql, verify.into())
}

/// FORCE off: what the owner's rights reach is hidden as long as the owner is fenced, too.
fn without_force(table: &Table) -> Layer {
    Layer::new(format!("FORCE on {}", table.name), vec![format!("alter table {} no force row level security", table.name)])
}

/// Queries of one text each, which tell whether something has changed.
mod seen {
    use tenantry::schema::ir::Table;

    use super::literal;

    fn oid(table: &Table) -> String {
        format!("{}::regclass", literal(&table.name.to_string()))
    }

    pub(super) fn policies(table: &Table) -> String {
        format!(
            "select string_agg(concat_ws(' ', polname, polcmd, polpermissive, polroles, pg_get_expr(polqual, polrelid), 'check', \
             pg_get_expr(polwithcheck, polrelid)), '; ' order by polname) from pg_policy where polrelid = {}",
            oid(table)
        )
    }

    pub(super) fn flags(table: &Table) -> String {
        format!("select concat_ws(' ', relrowsecurity, relforcerowsecurity, relowner) from pg_class where oid = {}", oid(table))
    }

    pub(super) fn constraints(table: &Table) -> String {
        format!(
            "select string_agg(concat_ws(' ', conname, pg_get_constraintdef(oid)), '; ' order by conname) \
               from pg_constraint where conrelid = {}",
            oid(table)
        )
    }

    pub(super) fn indexes(table: &Table) -> String {
        format!("select string_agg(pg_get_indexdef(indexrelid), '; ' order by indexrelid) from pg_index where indrelid = {}", oid(table))
    }

    pub(super) fn columns(table: &Table) -> String {
        format!(
            "select string_agg(concat_ws(' ', attname, attnotnull, attacl, pg_get_expr(adbin, adrelid)), '; ' order by attnum) \
             from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid = {} and attnum > 0",
            oid(table)
        )
    }

    pub(super) fn triggers(table: &Table) -> String {
        format!(
            "select string_agg(concat_ws(' ', tgname, tgenabled, tgfoid), '; ' order by tgname) from pg_trigger where tgrelid = {}",
            oid(table)
        )
    }

    pub(super) fn privileges(table: &Table) -> String {
        format!("select relacl::text from pg_class where oid = {}", oid(table))
    }

    /// Everything that can be read or counted with.
    pub(super) const RELATIONS: &str = concat!(
        "select string_agg(concat_ws(' ', c.oid::regclass, relkind, relacl, reloptions, relrowsecurity), '; ' order by c.oid)",
        " from pg_class c join pg_namespace n on n.oid = relnamespace",
        " where nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and relkind in ('r', 'p', 'v', 'm', 'f', 'S')"
    );

    pub(super) const RULES: &str =
        "select string_agg(ev_class::regclass || ' ' || rulename, '; ' order by oid) from pg_rewrite where rulename <> '_RETURN'";

    pub(super) const FUNCTIONS: &str = concat!(
        "select string_agg(concat_ws(' ', p.oid::regprocedure, prosecdef, proleakproof, provolatile, proowner, proacl, md5(prosrc),",
        " pg_get_function_sqlbody(p.oid)), '; ' order by p.oid)",
        " from pg_proc p where pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
    );

    pub(super) const PUBLICATIONS: &str = "select string_agg(concat_ws(' ', pubname, puballtables), '; ') from pg_publication";

    pub(super) const EVENT_TRIGGERS: &str =
        "select string_agg(concat_ws(' ', evtname, evtenabled), '; ' order by evtname) from pg_event_trigger";

    pub(super) const SCHEMAS: &str =
        "select string_agg(concat_ws(' ', nspname, nspowner, nspacl), '; ' order by nspname) from pg_namespace";

    pub(super) const DATABASE: &str = "select concat_ws(' ', datdba, datacl) from pg_database where datname = current_database()";

    pub(super) const SETTINGS: &str =
        "select string_agg(concat_ws(' ', setdatabase, setrole, setconfig), '; ' order by setdatabase, setrole) from pg_db_role_setting";

    pub(super) const MEMBERSHIPS: &str = concat!(
        "select string_agg(m, '; ' order by m)",
        " from (select roleid::regrole || ' ' || member::regrole as m from pg_auth_members) pairs"
    );

    /// A role's attributes, the password left out.
    pub(super) const ROLES: &str = "select string_agg(r::text, '; ' order by rolname) from pg_roles r";

    pub(super) fn function_privileges(name: &str) -> String {
        format!("select string_agg(coalesce(proacl::text, 'public'), '; ' order by oid) from pg_proc where proname = {}", literal(name))
    }
}
