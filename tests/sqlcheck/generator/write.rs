//! INSERT, UPDATE and DELETE.

use super::expression::WORDS;
use super::schema::{Field, Fill, Kind, MARK, TABLES, Table};
use super::{Column, Generator, Relation, Scope};

/// What catches a key that is taken.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Caught {
    Nothing,
    /// Any key.
    All,
    /// The key of that number.
    Key(usize),
}

/// FROM or USING of a write, and what depends on it.
struct Tied {
    source: String,
    wheres: String,
    /// The target, and a partner of which there is one at most: of several the server takes any.
    certain: Vec<Relation>,
    is_alone: bool,
}

impl Generator {
    pub(super) fn insert(&mut self) -> String {
        self.insert_into().0
    }

    pub(super) fn update(&mut self) -> String {
        self.update_of().0
    }

    pub(super) fn delete(&mut self) -> String {
        self.delete_from().0
    }

    /// One that returns rows, for a WITH.
    pub(super) fn returning_write(&mut self) -> (String, Vec<Column>) {
        let write = self.choices.pick(&[Self::insert_into as fn(&mut Self) -> (String, Vec<Column>), Self::update_of, Self::delete_from]);
        let (sql, columns) = write(self);
        if columns.is_empty() {
            (format!("{sql} returning 1 as c1"), vec![Column { name: "c1".to_owned(), kind: Kind::Int }])
        } else {
            (sql, columns)
        }
    }

    fn target(&mut self) -> (&'static Table, String, Relation) {
        let table = self.choices.pick(&TABLES.iter().collect::<Vec<_>>());
        let (sql, relation) = self.relation(table, &[]);
        // UPDATE and DELETE take an alias with and without AS, INSERT with it alone; that of `relation` may have none.
        (table, sql, relation)
    }

    fn insert_into(&mut self) -> (String, Vec<Column>) {
        let (table, _, relation) = self.target();
        let relation = Relation { alias: relation.alias, columns: fields(table), bare: false };
        let named = if relation.alias == table.name { String::new() } else { format!(" as {}", relation.alias) };
        let caught = self.caught(table);
        let mut chosen: Vec<&Field> = table.fields.iter().filter(|field| is_required(field)).collect();
        chosen.extend(table.fields.iter().filter(|field| !is_required(field) && self.choices.percent(70)));
        if table.name == "notes" && self.choices.percent(30) {
            chosen.push(&MARK);
        }
        self.choices.shuffle(&mut chosen);
        if self.choices.percent(self.spoil / 4) {
            chosen.retain(|field| field.fill != Fill::Tenant);
        }
        let source = if self.has_room() && self.choices.percent(35) { self.selected(&chosen, caught) } else { self.rows(&chosen, caught) };
        let names: Vec<&str> = chosen.iter().map(|field| field.name).collect();
        let conflict = self.on_conflict(table, &relation, caught);
        let (returning, columns) = self.returning(&relation, std::slice::from_ref(&relation), true);
        (format!("insert into {}.{}{named} ({}) {source}{conflict}{returning}", table.schema, table.name, names.join(", ")), columns)
    }

    /// What ON CONFLICT will catch.
    fn caught(&mut self, table: &Table) -> Caught {
        match self.choices.weighted(&[(55, 0), (35, 1), (10, 2)]) {
            1 => Caught::Key(self.choices.below(table.keys.len())),
            2 => Caught::All,
            _ => Caught::Nothing,
        }
    }

    fn rows(&mut self, fields: &[&Field], caught: Caught) -> String {
        let count = self.choices.weighted(&[(70, 1), (30, 2)]);
        let rows: Vec<String> = (0..count)
            .map(|_| {
                let values: Vec<String> = fields.iter().map(|field| self.new_value(field, caught)).collect();
                format!("({})", values.join(", "))
            })
            .collect();
        format!("values {}", rows.join(", "))
    }

    /// The tenant of a new row, or what is not.
    fn new_tenant(&mut self, seen: &[Relation]) -> String {
        if self.choices.percent(self.spoil) {
            let mut forms: Vec<String> =
                ["$2", "$1::uuid", "coalesce($1, $2)", "(select $1)", "case when true then $1 end", "($1)", "default"]
                    .map(str::to_owned)
                    .to_vec();
            forms.extend(seen.iter().flat_map(|relation| relation.of(Kind::Uuid)));
            return self.choices.pick(&forms);
        }
        "$1".to_owned()
    }

    fn new_value(&mut self, field: &Field, caught: Caught) -> String {
        let small = 1 + self.choices.below(6);
        match field.fill {
            Fill::Tenant => self.new_tenant(&[]),
            Fill::Key => if self.choices.percent(55) { small + 10 } else { small }.to_string(),
            Fill::Code => self.code(caught),
            Fill::Country => self.choices.pick(&["'de'", "'fr'", "null"]).to_owned(),
            Fill::Reference if self.choices.percent(25) => "null".to_owned(),
            Fill::Reference => small.to_string(),
            Fill::Name if self.choices.percent(50) => format!("'n{small}'"),
            Fill::Name => self.choices.pick(&WORDS).to_owned(),
            Fill::Identity => self.choices.pick(&["$1", "$2", "null"]).to_owned(),
            Fill::Number if self.has_room() && self.choices.percent(10) => self.single(Kind::Int, &[]),
            Fill::Number | Fill::Word | Fill::Flag => self.literal(field.kind),
        }
    }

    /// A coupon's code. One of the other tenant's only where the conflict is caught: see the module's documentation.
    fn code(&mut self, caught: Caught) -> String {
        let number = 1 + self.choices.below(4);
        let is_safe = caught == Caught::Key(1);
        let letter = if is_safe { self.choices.pick(&["n", "a", "b"]) } else { self.choices.pick(&["n", "a"]) };
        format!("'{letter}{number}'")
    }

    /// `select … from …` with a value for each column.
    fn selected(&mut self, fields: &[&Field], caught: Caught) -> String {
        self.nested(|inner| {
            let from = inner.from(&[], 2);
            let scope = Scope::new(&from.relations, &[]);
            let mut conditions = from.conditions;
            conditions.push(inner.condition(&scope));
            let wheres = inner.conjunction(conditions);
            let values: Vec<String> = fields.iter().map(|field| inner.selected_value(field, caught, &scope)).collect();
            format!("select {} from {} where {wheres}", values.join(", "), from.sql)
        })
    }

    fn selected_value(&mut self, field: &Field, caught: Caught, scope: &Scope) -> String {
        match field.fill {
            // A bare DEFAULT stands in VALUES only.
            Fill::Tenant => Some(self.new_tenant(&scope.inner)).filter(|value| value != "default").unwrap_or_else(|| "null".to_owned()),
            Fill::Key => {
                let columns: Vec<String> = scope.inner.iter().flat_map(|relation| relation.of(Kind::Int)).collect();
                let key = if columns.is_empty() { "1".to_owned() } else { self.choices.pick(&columns) };
                format!("coalesce({key}, 0) + {}", self.choices.pick(&[20, 40, 0]))
            }
            Fill::Code | Fill::Country | Fill::Reference | Fill::Identity => self.new_value(field, caught),
            Fill::Name => format!("coalesce({}, 'none')", self.simple(Kind::Text, scope)),
            Fill::Number | Fill::Word | Fill::Flag => self.value(field.kind, scope),
        }
    }

    fn on_conflict(&mut self, table: &Table, relation: &Relation, caught: Caught) -> String {
        let target = match caught {
            Caught::Nothing => return String::new(),
            Caught::All => return " on conflict do nothing".to_owned(),
            Caught::Key(number) => {
                let mut columns: Vec<&str> = table.keys[number].split(", ").collect();
                self.choices.shuffle(&mut columns);
                if number == 0 && self.choices.percent(5) {
                    format!("on constraint {}_pkey", table.name)
                } else {
                    format!("({})", columns.join(", "))
                }
            }
        };
        if self.choices.percent(25) {
            return format!(" on conflict {target} do nothing");
        }
        let excluded = Relation { alias: "excluded".to_owned(), columns: fields(table), bare: false };
        let scope = Scope::new(&[relation.clone(), excluded.clone()], &[]);
        let sets = self.assignments(table, &scope);
        let wheres = match self.choices.below(4) {
            0 | 1 => String::new(),
            2 => format!(" where {}", self.condition(&scope)),
            _ => {
                let binding = self.tenancy(relation, &[excluded], &[]);
                format!(" where {binding}")
            }
        };
        format!(" on conflict {target} do update set {sets}{wheres}")
    }

    /// What SET assigns.
    fn assignments(&mut self, table: &Table, scope: &Scope) -> String {
        let fields: Vec<&Field> =
            table.fields.iter().filter(|field| matches!(field.fill, Fill::Number | Fill::Word | Fill::Flag | Fill::Identity)).collect();
        let mut sets = Vec::new();
        let field = self.choices.pick(&fields);
        sets.push(if self.choices.percent(12) {
            let value = self.value(field.kind, scope);
            format!("({}) = row({value})", field.name)
        } else if self.has_room() && self.choices.percent(8) {
            format!("({}) = {}", field.name, self.single(field.kind, &scope.enclosing()))
        } else {
            format!("{} = {}", field.name, self.value(field.kind, scope))
        });
        if table.name == "notes" && self.choices.percent(20) {
            sets.push("mark.author = $1".to_owned());
        }
        if table.keys[0].contains(", id") && self.choices.percent(8) {
            sets.push("id = 1".to_owned());
        }
        if self.choices.percent(self.spoil / 4) {
            let other = self.choices.pick(&fields);
            let value = self.choices.pick(&["tenant_id = $1", "tenant_id = $2", "tenant_id = tenant_id", "(tenant_id) = row($1)"]);
            let value =
                if other.fill == Fill::Identity { value.replace("= tenant_id", &format!("= {}", other.name)) } else { value.to_owned() };
            // `tenant_id` on the right side would be ambiguous beside `excluded`.
            sets.push(if value.ends_with("= tenant_id") { "tenant_id = default".to_owned() } else { value });
        }
        sets.join(", ")
    }

    fn update_of(&mut self) -> (String, Vec<Column>) {
        let (table, sql, relation) = self.target();
        let tied = self.tied(&relation, "from");
        let sets = self.assignments(table, &Scope::new(&tied.certain, &[]));
        let (returning, columns) = self.returning(&relation, &tied.certain, tied.is_alone);
        (format!("update {sql} set {sets}{}{}{returning}", tied.source, tied.wheres), columns)
    }

    fn delete_from(&mut self) -> (String, Vec<Column>) {
        let (_, sql, relation) = self.target();
        let tied = self.tied(&relation, "using");
        let (returning, columns) = self.returning(&relation, &tied.certain, tied.is_alone);
        (format!("delete from {sql}{}{}{returning}", tied.source, tied.wheres), columns)
    }

    /// FROM or USING of a write, and its WHERE.
    fn tied(&mut self, target: &Relation, word: &str) -> Tied {
        let mut tied = Tied { source: String::new(), wheres: String::new(), certain: vec![target.clone()], is_alone: true };
        let mut seen = vec![target.clone()];
        let mut conditions = Vec::new();
        let ints = |relation: &Relation| relation.of(Kind::Int).collect::<Vec<_>>();
        if self.has_room() && self.choices.percent(45) {
            tied.is_alone = false;
            let mine = self.choices.pick(&ints(target));
            if self.choices.percent(50) {
                // By its key there is one partner at most, if only it is of the tenant.
                let keyed: Vec<&'static Table> = TABLES.iter().filter(|table| table.keys[0] == "tenant_id, id").collect();
                let table = self.choices.pick(&keyed);
                let (sql, partner) = self.relation(table, &[]);
                tied.source = format!(" {word} {sql}");
                conditions.push(format!("{mine} = {}", partner.column("id")));
                conditions.push(self.tenancy(&partner, &seen, &[]));
                seen.push(partner.clone());
                tied.certain.push(partner);
            } else {
                let from = self.partners();
                tied.source = format!(" {word} {}", from.sql);
                seen.extend(from.relations);
                conditions = from.conditions;
                let theirs: Vec<String> = seen.iter().skip(1).flat_map(ints).collect();
                if !theirs.is_empty() {
                    conditions.push(format!("{mine} = {}", self.choices.pick(&theirs)));
                }
            }
        }
        conditions.push(self.tenancy(target, &seen, &[]));
        let scope = Scope::new(&seen, &[]);
        if self.choices.percent(60) {
            conditions.push(self.condition(&scope));
        }
        tied.wheres = format!(" where {}", self.conjunction(conditions));
        tied
    }

    /// RETURNING and its columns, which show the row that was written and what is certain beside it.
    fn returning(&mut self, relation: &Relation, certain: &[Relation], is_alone: bool) -> (String, Vec<Column>) {
        if self.choices.percent(55) {
            return (String::new(), Vec::new());
        }
        if is_alone && self.choices.percent(15) {
            return (" returning *".to_owned(), relation.columns.clone());
        }
        let scope = Scope::new(certain, &[]);
        let kind = self.choices.pick(&[Kind::Int, Kind::Text]);
        let value = self.value(kind, &scope);
        let tenant = relation.tenant().unwrap_or_else(|| "$1".to_owned());
        let column = |name: &str, kind| Column { name: name.to_owned(), kind };
        (format!(" returning {tenant} as tenant_id, {value} as c2"), vec![column("tenant_id", Kind::Uuid), column("c2", kind)])
    }
}

fn fields(table: &Table) -> Vec<Column> {
    table.fields.iter().map(|field| Column { name: field.name.to_owned(), kind: field.kind }).collect()
}

fn is_required(field: &Field) -> bool {
    matches!(field.fill, Fill::Tenant | Fill::Key | Fill::Name | Fill::Code)
}
