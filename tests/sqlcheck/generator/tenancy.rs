//! The predicate that binds a relation to the tenant, and what only looks like it.

use super::schema::Kind;
use super::{Generator, Relation, Scope};

impl Generator {
    /// A predicate for the relation, at a place that sees the partners, too.
    pub(super) fn tenancy(&mut self, relation: &Relation, partners: &[Relation], outer: &[Relation]) -> String {
        let tenant = relation.tenant().unwrap_or_else(|| "tenant_id".to_owned());
        let partners: Vec<Relation> = partners.iter().filter(|partner| partner.alias != relation.alias).cloned().collect();
        let binding = self.binding(relation, &tenant, &partners, outer);
        if self.choices.percent(self.spoil) { self.spoilt(relation, &tenant, &binding, &partners, outer) } else { binding }
    }

    /// What binds, provided that the place is right and the partner is bound.
    fn binding(&mut self, relation: &Relation, tenant: &str, partners: &[Relation], outer: &[Relation]) -> String {
        let near = self.partner(partners);
        let far = self.partner(outer);
        let way = self.choices.weighted(&[(50, 0), (8, 1), (20, 2), (14, 3), (4, 4), (4, 5), (2, 6)]);
        match (way, near, far) {
            (1, ..) => format!("$1 = {tenant}"),
            (2, Some(near), _) => {
                let other = near.tenant().unwrap_or_default();
                if self.choices.percent(30) { format!("{other} = {tenant}") } else { format!("{tenant} = {other}") }
            }
            (3, _, Some(far)) => format!("{tenant} = {}", far.tenant().unwrap_or_default()),
            (4, Some(near), _) => {
                let (mine, other) = (self.own_int(relation), self.own_int(&near));
                format!("({tenant}, {mine}) = ({}, {other})", near.tenant().unwrap_or_default())
            }
            (5, ..) => {
                let (mine, number) = (self.own_int(relation), self.choices.below(5));
                if self.choices.percent(50) {
                    format!("({tenant}, {mine}) = ($1, {number})")
                } else {
                    format!("({number}, $1) = ({mine}, {tenant})")
                }
            }
            (6, ..) => self.choices.pick(&[format!("({tenant} = $1)"), format!("{tenant} = $1::uuid"), format!("{tenant} = ($1)")]),
            _ => format!("{tenant} = $1"),
        }
    }

    /// What does not bind, or does so by a detour.
    fn spoilt(&mut self, relation: &Relation, tenant: &str, binding: &str, partners: &[Relation], outer: &[Relation]) -> String {
        let scope = Scope::new(std::slice::from_ref(relation), outer);
        let other = self.nested_condition(&scope);
        let identity = relation.of(Kind::Uuid).last().unwrap_or_else(|| tenant.to_owned());
        let near =
            self.partner(partners).or_else(|| self.partner(outer)).and_then(|partner| partner.tenant()).unwrap_or_else(|| "$1".to_owned());
        let forms = [
            "true".to_owned(),
            format!("({binding} or {other})"),
            format!("({other} or {binding})"),
            format!("{binding} or {other}"),
            format!("({binding} or ({binding} and {other}))"),
            format!("not ({binding})"),
            format!("not (not ({binding}))"),
            format!("not ({tenant} <> $1)"),
            format!("case when {other} then {binding} else true end"),
            format!("case when {binding} then true else {other} end"),
            format!("coalesce({binding}, true)"),
            format!("({binding}) is not false"),
            format!("({binding}) is true"),
            format!("({binding}) is not null"),
            format!("({binding}) = ({other})"),
            format!("({binding}) <> ({other})"),
            format!("({binding}) >= ({other})"),
            format!("{tenant} is not distinct from $1"),
            format!("{tenant} is distinct from $1"),
            format!("{tenant} in ($1)"),
            format!("{tenant} in ($1, {tenant})"),
            format!("{tenant} not in ($1)"),
            format!("{tenant} = any (array[$1])"),
            format!("{tenant} = any (array[$1, {near}])"),
            format!("{tenant} = all (array[$1])"),
            format!("{tenant} <> $1"),
            format!("{tenant} >= $1"),
            format!("{tenant} between $1 and $1"),
            format!("{tenant} = $2"),
            format!("{tenant} = coalesce($1, {tenant})"),
            format!("{tenant} = coalesce({identity}, $1)"),
            format!("coalesce({identity}, {tenant}) = $1"),
            format!("{tenant} = (select $1)"),
            format!("{tenant}::text = $1::text"),
            format!("{tenant} = {tenant}"),
            format!("{near} = $1"),
            format!("{near} = {near}"),
            "$1 = $1".to_owned(),
            "tenant_id = $1".to_owned(),
            format!("{identity} = $1"),
            format!("{tenant} = {identity}"),
            format!("exists (select 1 where {binding})"),
            format!("exists (select 1 where {tenant} = $1 or {other})"),
            format!("({tenant} = $1) in ({other})"),
            format!("({tenant}, 1) in (($1, 1))"),
            format!("({tenant}, $1) = ($1, {tenant})"),
            format!("({tenant}, 0) < ($1, 1)"),
            format!("({tenant}, 0) <> ($1, 1)"),
            format!("row({tenant}) = row($1)"),
            format!("({tenant} = $1) in (true, false)"),
            format!("nullif({tenant}, $1) is null"),
            format!("greatest({tenant}, $1) = $1"),
            format!("{binding} is null"),
            format!("({binding}) or not ({binding})"),
        ];
        self.choices.pick(&forms)
    }

    /// One of them that has, or seems to have, a tenant.
    fn partner(&mut self, among: &[Relation]) -> Option<Relation> {
        let those: Vec<Relation> = among.iter().filter(|relation| relation.tenant().is_some()).cloned().collect();
        if those.is_empty() { None } else { Some(self.choices.pick(&those)) }
    }

    fn own_int(&mut self, relation: &Relation) -> String {
        let columns: Vec<String> = relation.of(Kind::Int).collect();
        if columns.is_empty() { "1".to_owned() } else { self.choices.pick(&columns) }
    }

    /// A short condition for the inside of a spoilt predicate.
    fn nested_condition(&mut self, scope: &Scope) -> String {
        let depth = std::mem::replace(&mut self.depth, 2);
        let condition = self.condition(scope);
        self.depth = depth;
        condition
    }
}
