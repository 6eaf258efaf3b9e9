//! Keys without the tenant: each lets one tenant notice, hold or lose what another one has.

use tenantry::schema::ir::{Constraint, ForeignKey, Name, OnDelete, Rule, Table};
use tenantry::schema::quoted;

use super::super::mutant::List;
use super::super::plan::{Plan, Tenant};
use super::{schema, seen};

pub(super) fn list(plan: &Plan, list: &mut List) {
    own_keys(plan, list);
    unique_keys(plan, list);
    references(plan, list);
    deletions(plan, list);
}

fn primary_key(table: &Table) -> Option<&Constraint> {
    table.constraints.iter().find(|constraint| matches!(constraint.rule, Rule::PrimaryKey(_)))
}

fn columns(columns: &[String]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

fn foreign_key(table: &Table, constraint: &Constraint, key: &ForeignKey, tail: &str) -> String {
    let (name, there) = (quoted(&constraint.name), &key.table);
    let (here, keys) = (columns(&key.columns), columns(&key.references));
    format!("alter table {} add constraint {name} foreign key ({here}) references {there} ({keys}) {tail}", table.name)
}

fn on_delete(key: &ForeignKey) -> String {
    match &key.on_delete {
        None => String::new(),
        Some(OnDelete::Cascade) => "on delete cascade".to_owned(),
        Some(OnDelete::SetNull(names)) => format!("on delete set null ({})", columns(names)),
    }
}

/// Puts another primary key, or none, in the place of the table's. What refers to it refers to a unique key of the same columns then.
pub(super) fn without_primary_key(plan: &Plan, table: &Table, instead: &[String]) -> Option<Vec<String>> {
    let key = primary_key(table)?;
    let mut sql = vec![format!("alter table {} drop constraint {} cascade", table.name, quoted(&key.name))];
    sql.extend_from_slice(instead);
    sql.push(format!("alter table {} add unique ({})", table.name, columns(key.rule.columns())));
    for child in plan.tables() {
        let keys = plan.references(child).filter(|(_, key, _)| key.table == table.name);
        sql.extend(keys.map(|(constraint, key, _)| foreign_key(child, constraint, key, &on_delete(key))));
    }
    Some(sql)
}

fn own_keys(plan: &Plan, list: &mut List) {
    for table in plan.tables().take(1) {
        let name = &table.name;
        if let Some(sql) = without_primary_key(plan, table, &[format!("alter table {name} add primary key (id)")]) {
            list.add(schema("primary_key_single", "a primary key leaves out the tenant", sql, seen::constraints(table)));
        }
        let unique = vec![format!("alter table {name} add unique (id)")];
        list.add(schema("id_unique", "a unique key on the id leaves out the tenant", unique, seen::constraints(table)));
        let exclude = vec![format!("alter table {name} add exclude (id with =)")];
        list.add(schema("exclusion_single", "an exclusion constraint leaves out the tenant", exclude, seen::constraints(table)));
    }
}

fn unique_keys(plan: &Plan, list: &mut List) {
    let Some((table, constraint, keys)) =
        plan.tables().find_map(|table| plan.uniques(table).next().map(|(key, columns)| (table, key, columns)))
    else {
        list.unfit(&["unique_single", "unique_index_single", "unique_index_includes"], "no model has a unique key");
        return;
    };
    let (name, list_of) = (&table.name, keys.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", "));
    let single = vec![format!("alter table {name} drop constraint {0}, add constraint {0} unique ({list_of})", quoted(&constraint.name))];
    list.add(schema("unique_single", "a unique key leaves out the tenant", single, seen::constraints(table)));
    let index = vec![format!("create unique index on {name} ({list_of}) where id is not null")];
    list.add(schema("unique_index_single", "a partial unique index leaves out the tenant", index, seen::indexes(table)));
    let included = vec![format!("create unique index on {name} ({list_of}) include ({})", plan.tenant())];
    list.add(schema(
        "unique_index_includes",
        "a unique index carries the tenant along without having it in its key",
        included,
        seen::indexes(table),
    ));
}

/// The first reference to another row of the tenant that passes.
fn first(plan: &Plan, passes: impl Fn(&ForeignKey) -> bool) -> Option<(&Table, &Constraint, &ForeignKey, &str)> {
    plan.tables().find_map(|table| {
        let mut keys = plan.references(table).filter(|(_, key, _)| passes(key));
        keys.next().map(|(constraint, key, column)| (table, constraint, key, column))
    })
}

/// A unique key on the id of the table there, and a foreign key that holds it alone.
fn single(table: &Table, constraint: &Constraint, key: &ForeignKey, column: &str, tail: &str) -> Vec<String> {
    let bare = ForeignKey { columns: vec![column.to_owned()], references: vec!["id".to_owned()], ..key.clone() };
    let there: &Name = &key.table;
    vec![
        format!("alter table {there} add unique (id)"),
        format!("alter table {} drop constraint {}", table.name, quoted(&constraint.name)),
        foreign_key(table, constraint, &bare, tail),
    ]
}

fn references(plan: &Plan, list: &mut List) {
    let Some((table, constraint, key, column)) = first(plan, |_| true) else {
        list.unfit(
            &["reference_single", "reference_dropped", "reference_unchecked", "reference_over_a_dangling_row"],
            "no model refers to another",
        );
        return;
    };
    let (name, key_name) = (&table.name, quoted(&constraint.name));
    let bare = single(table, constraint, key, column, "");
    list.add(schema("reference_single", "a foreign key leaves out the tenant", bare, seen::constraints(table)));
    let drop = vec![format!("alter table {name} drop constraint {key_name}")];
    list.add(schema("reference_dropped", "a foreign key is missing", drop, seen::constraints(table)));
    let off = vec![format!("alter table {name} disable trigger all")];
    list.add(schema("reference_unchecked", "the triggers of a table are off, and with them its foreign keys", off, seen::triggers(table)));
    // As the owner, whose check of the rows is filtered by FORCE; row_security is on, as in a migration that does not switch it off.
    let foreign = plan.id(&key.table, Tenant::A, 1);
    let dangling = vec![
        format!("alter table {name} drop constraint {key_name}"),
        format!("update {name} set {} = '{foreign}' where id = '{}'", quoted(column), plan.id(name, Tenant::B, 1)),
        format!("set role {}", plan.role("owner")),
        foreign_key(table, constraint, key, &on_delete(key)),
        "reset role".to_owned(),
    ];
    let verify = format!(
        "select concat_ws(' ', convalidated, (select {} from {name} where id = '{}')) \
           from pg_constraint where conname = {} and conrelid = {}::regclass",
        quoted(column),
        plan.id(name, Tenant::B, 1),
        super::literal(&constraint.name),
        super::literal(&name.to_string())
    );
    list.add(schema(
        "reference_over_a_dangling_row",
        "a key was validated under FORCE, over a row that it does not hold for",
        dangling,
        verify,
    ));
    let Some((table, constraint)) = plan.tables().find_map(|table| {
        let to_tenants =
            |constraint: &&Constraint| matches!(&constraint.rule, Rule::ForeignKey(key) if key.columns == [plan.conventions.tenant_column]);
        table.constraints.iter().find(to_tenants).map(|constraint| (table, constraint))
    }) else {
        return;
    };
    let drop = vec![format!("alter table {} drop constraint {}", table.name, quoted(&constraint.name))];
    list.add(schema(
        "tenant_reference_dropped",
        "a table does not refer to the tenants, so a row may belong to nobody",
        drop,
        seen::constraints(table),
    ));
}

fn deletions(plan: &Plan, list: &mut List) {
    // Best of a table that nothing refers to: then nothing holds the victim's row when the cascade comes.
    let leaf = plan.children_first().into_iter().find_map(|table| {
        let (constraint, key, column) = plan.references(table).next()?;
        Some((table, constraint, key, column))
    });
    match leaf {
        // The victim's row refers to the attacker's, as a row may that came while the key was wrong.
        Some((table, constraint, key, column)) => {
            let mut sql = single(table, constraint, key, column, "on delete cascade");
            let (foreign, own) = (plan.id(&key.table, Tenant::A, 1), plan.id(&table.name, Tenant::B, 1));
            sql.push(format!("update {} set {} = '{foreign}' where id = '{own}'", table.name, quoted(column)));
            let what = "a cascade runs over a foreign key without the tenant, and a row of the victim refers to one of the attacker's";
            list.add(schema("cascade_single", what, sql, seen::constraints(table)));
        }
        None => list.unfit(&["cascade_single"], "no model refers to another"),
    }
    match first(plan, |key| matches!(key.on_delete, Some(OnDelete::SetNull(_)))) {
        Some((table, constraint, key, _)) => {
            let sql = vec![
                format!("alter table {} drop constraint {}", table.name, quoted(&constraint.name)),
                foreign_key(table, constraint, key, "on delete set null"),
            ];
            list.add(schema(
                "set_null_of_the_tenant",
                "the deletion of what a row refers to empties the tenant column, too",
                sql,
                seen::constraints(table),
            ));
        }
        None => list.unfit(&["set_null_of_the_tenant"], "no reference becomes null when its row is deleted"),
    }
}
