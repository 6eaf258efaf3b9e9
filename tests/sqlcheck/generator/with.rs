//! WITH: plain, recursive and data-modifying parts.

use super::schema::{Kind, TABLES, Table};
use super::{Column, Generator, Relation, Scope};

impl Generator {
    /// WITH and its parts, which can be read from then on. Parts that write stand at the top only.
    pub(super) fn with(&mut self, outer: &[Relation], top: bool) -> String {
        let count = self.choices.weighted(&[(70, 1), (30, 2)]);
        let mut parts = Vec::new();
        let is_recursive = self.choices.percent(15);
        for _ in 0..count {
            let part = match self.choices.weighted(&[(70, 0), (if top { 20 } else { 0 }, 1), (if is_recursive { 40 } else { 0 }, 2)]) {
                1 => self.writing_part(),
                2 => self.recursive_part(outer),
                _ => self.plain_part(outer),
            };
            parts.push(part);
        }
        format!("with {}{} ", if is_recursive { "recursive " } else { "" }, parts.join(", "))
    }

    /// A name for a part; now and then that of a table, which it hides from those who leave out the schema.
    fn part_name(&mut self) -> String {
        if self.choices.percent(8) {
            let taken = |table: &&Table| self.ctes.iter().any(|cte| cte.alias == table.name);
            let free: Vec<&str> = TABLES.iter().filter(|table| !taken(table)).map(|table| table.name).collect();
            return self.choices.pick(&free).to_owned();
        }
        self.aliases += 1;
        format!("w{}", self.aliases)
    }

    fn plain_part(&mut self, outer: &[Relation]) -> String {
        let name = self.part_name();
        let query = self.nested(|inner| inner.query(outer, None));
        let mut columns = query.columns;
        let mut names = String::new();
        if !columns.is_empty() && self.choices.percent(20) {
            for (place, column) in columns.iter_mut().enumerate() {
                column.name = if place == 0 && column.kind == Kind::Uuid { "tenant_id".to_owned() } else { format!("w{}", place + 1) };
            }
            names = format!("({})", columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", "));
        }
        let kept = self.choices.weighted(&[(80, ""), (12, "materialized "), (8, "not materialized ")]);
        self.ctes.push(Relation { alias: name.clone(), columns, bare: false });
        format!("{name}{names} as {kept}({})", query.sql)
    }

    fn writing_part(&mut self) -> String {
        let name = self.part_name();
        let (sql, columns) = self.nested(Self::returning_write);
        self.ctes.push(Relation { alias: name.clone(), columns, bare: false });
        format!("{name} as ({sql})")
    }

    /// From order to order, by whichever is the parent.
    fn recursive_part(&mut self, outer: &[Relation]) -> String {
        let name = self.part_name();
        let orders = TABLES.iter().find(|table| table.name == "orders").unwrap_or(&TABLES[0]);
        let tenant = |name: &str, kind| Column { name: name.to_owned(), kind };
        let columns = vec![tenant("tenant_id", Kind::Uuid), tenant("id", Kind::Int), tenant("step", Kind::Int)];
        let (start, first) = self.relation(orders, outer);
        let bound = self.tenancy(&first, &[], outer);
        let condition = self.condition(&Scope::new(std::slice::from_ref(&first), outer));
        let itself = Relation { alias: "walk".to_owned(), columns: columns.clone(), bare: false };
        let (next, second) = self.relation(orders, outer);
        let both = [itself.clone(), second.clone()];
        let second_bound = self.tenancy(&second, &both, outer);
        let link = format!("{} = walk.id and walk.step < 3", second.column("parent_id"));
        let (on, wheres) = match self.choices.below(3) {
            0 => (link, second_bound),
            1 => (second_bound, link),
            _ => (format!("{second_bound} and {link}"), "true".to_owned()),
        };
        let union = self.choices.pick(&["union all", "union"]);
        let join = self.choices.weighted(&[(85, "join"), (15, "left join")]);
        self.ctes.push(Relation { alias: name.clone(), columns, bare: false });
        // A left join from an order that has no children yields rows of nulls, whose step ends it.
        let conditions = self.conjunction(vec![bound, condition]);
        format!(
            "{name}(tenant_id, id, step) as (select {}, {}, 1 from {start} where {conditions} {union} \
             select {}, {}, walk.step + 1 from {name} as walk {join} {next} on {on} where {wheres})",
            first.column("tenant_id"),
            first.column("id"),
            second.column("tenant_id"),
            second.column("id"),
        )
    }
}
