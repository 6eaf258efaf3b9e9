//! Which role may use which route, as a table that a person reads.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use super::{Needs, Permission, Role};
use crate::schema::{ModelDef, Verb};

/// A route and what it needs.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Route {
    /// The path, as it is mounted: `/customers/{id}`.
    pub path: String,
    /// The method. `HEAD` goes where `GET` goes.
    pub method: &'static str,
    /// What it needs.
    pub needs: Needs,
}

impl Route {
    /// The route of a model's verb.
    #[must_use]
    pub fn of_model(def: &ModelDef, verb: Verb) -> Self {
        let (method, row) = match verb {
            Verb::List => ("GET", ""),
            Verb::Get => ("GET", "/{id}"),
            Verb::Create => ("POST", ""),
            Verb::Patch => ("PATCH", "/{id}"),
            Verb::Delete => ("DELETE", "/{id}"),
        };
        Self { path: format!("/{}{row}", def.table), method, needs: Permission::of_route(def, verb).into() }
    }
}

/// Roles and routes. Its `Display` is the table, with a line for each route.
#[derive(Clone, Debug)]
pub struct Matrix<'a> {
    routes: Vec<&'a Route>,
    roles: &'a [Role],
}

/// A grant or a field of a role that concerns nothing: misspelt, or of something that is gone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Misfit {
    /// The name of the role.
    pub role: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.role, self.message)
    }
}

impl<'a> Matrix<'a> {
    /// The matrix of these routes, sorted by path, and these roles, in their order.
    #[must_use]
    pub fn new(routes: &'a [Route], roles: &'a [Role]) -> Self {
        let mut routes: Vec<&Route> = routes.iter().collect();
        routes.sort();
        Self { routes, roles }
    }

    /// Grants that cover no route, and read-only fields that no model has.
    #[must_use]
    pub fn misfits(&self, models: &[&ModelDef]) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        for role in self.roles {
            let mut misfit = |message| misfits.push(Misfit { role: role.name().to_owned(), message });
            for grant in role.grants() {
                let covers = |needs: &Needs| matches!(needs, Needs::Role(permission) if grant.covers(permission));
                if !self.routes.iter().any(|route| covers(&route.needs)) {
                    misfit(format!("no route needs what `{grant}` covers"));
                }
            }
            for field in role.readonly_fields() {
                let is_there = |model: &&ModelDef| {
                    field.strip_prefix(model.table).and_then(|rest| rest.strip_prefix('.')).is_some_and(|name| model.column(name).is_some())
                };
                if !models.iter().any(is_there) {
                    misfit(format!("no model has the field `{field}`"));
                }
            }
        }
        misfits
    }
}

/// The cells: the role may, or it may not.
const MAY: &str = "yes";
const MAY_NOT: &str = "-";

impl fmt::Display for Matrix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default();
        let route = wide(&mut self.routes.iter().map(|route| route.path.chars().count()));
        let permission = wide(&mut self.routes.iter().map(|route| route.needs.to_string().len()).chain(["permission".len()]));
        let mut line = format!("{:<6} {:<route$}  {:<permission$}", "method", "path", "permission");
        self.roles.iter().try_for_each(|role| write!(line, "  {}", role.name()))?;
        writeln!(f, "{}", line.trim_end())?;
        for Route { path, method, needs } in &self.routes {
            let mut line = format!("{method:<6} {path:<route$}  {needs:<permission$}");
            for role in self.roles {
                let cell = if needs.are_met_by(role) { MAY } else { MAY_NOT };
                write!(line, "  {cell:<width$}", width = role.name().chars().count())?;
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        let own: BTreeSet<&str> = self.routes.iter().filter_map(|route| own(&route.needs)).collect();
        if !own.is_empty() {
            let own = own.into_iter().collect::<Vec<_>>().join(", ");
            writeln!(f, "\nof every user, whatever the roles: {own}")?;
        }
        for role in self.roles {
            let fields: Vec<&str> = role.readonly_fields().collect();
            if !fields.is_empty() {
                writeln!(f, "\nread-only for {}: {}", role.name(), fields.join(", "))?;
            }
        }
        Ok(())
    }
}

/// The permission of what is a user's own.
fn own(needs: &Needs) -> Option<&str> {
    if let Needs::Own(permission) = needs { Some(permission.as_str()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{CUSTOMER, NOTE};

    #[test]
    fn the_table_is_read_by_people() {
        let routes =
            [Route::of_model(&CUSTOMER, Verb::Patch), Route::of_model(&CUSTOMER, Verb::List), Route::of_model(&NOTE, Verb::Delete)];
        let clerk = Role::new("clerk", ["customers:*"]).unwrap().readonly(["customers.code"]).unwrap();
        let roles = [Role::new("admin", ["*"]).unwrap(), clerk, Role::new("auditor", ["*:read"]).unwrap()];
        let expected = "\
method path             permission        admin  clerk  auditor
GET    /customers       customers:read    yes    yes    yes
PATCH  /customers/{id}  customers:update  yes    yes    -
DELETE /notes/{id}      notes:delete      yes    -      -

read-only for clerk: customers.code
";
        assert_eq!(Matrix::new(&routes, &roles).to_string(), expected);
    }

    #[test]
    fn what_needs_no_role_is_told_apart() {
        let route = |path: &str, needs| Route { path: path.to_owned(), method: "POST", needs };
        let routes = [
            route("/login", Needs::Nothing),
            route("/password", Needs::Own(Permission::of("account:use"))),
            route("/users", Permission::of("users:create").into()),
        ];
        let roles = [Role::new("admin", ["*"]).unwrap(), Role::new("nobody", ["account:use"]).unwrap()];
        let expected = "\
method path       permission    admin  nobody
POST   /login     public        yes    yes
POST   /password  account:use   yes    yes
POST   /users     users:create  yes    -

of every user, whatever the roles: account:use
";
        let matrix = Matrix::new(&routes, &roles);
        assert_eq!(matrix.to_string(), expected);
        let misfits: Vec<String> = matrix.misfits(&[]).iter().map(Misfit::to_string).collect();
        assert_eq!(misfits, ["nobody: no route needs what `account:use` covers"], "everybody has it");
    }

    #[test]
    fn what_concerns_nothing_is_named() {
        let routes = [Route::of_model(&CUSTOMER, Verb::List)];
        let field = CUSTOMER.columns.last().unwrap().name;
        let good = Role::new("good", ["*", "*:read", "customers:*"]).unwrap().readonly([&*format!("customers.{field}")]).unwrap();
        let bad = Role::new("bad", ["customer:*", "customers:update"]).unwrap().readonly(["customers.nmae", "customersx.code"]).unwrap();
        let misfits = |role: Role| Matrix::new(&routes, &[role]).misfits(&[&CUSTOMER]).iter().map(Misfit::to_string).collect::<Vec<_>>();
        assert_eq!(misfits(good), [""; 0]);
        assert_eq!(
            misfits(bad),
            [
                "bad: no route needs what `customer:*` covers",
                "bad: no route needs what `customers:update` covers",
                "bad: no model has the field `customers.nmae`",
                "bad: no model has the field `customersx.code`",
            ]
        );
    }
}
