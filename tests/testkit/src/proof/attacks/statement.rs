//! The text of an attack: what the session is told first, the statement, and how the transaction ends.

use tenantry::TenantId;
use tenantry::schema::ModelDef;
use uuid::Uuid;

use super::super::model::World;
use super::super::sql::{columns, itself};
use super::super::value::{literals, quoted};
use super::assault::Assault;
use super::form::{Context, Effect, Form, Shape};

/// An attack as it is sent.
#[derive(Debug)]
pub(super) struct Play {
    /// What comes before, one statement each.
    pub(super) before: Vec<String>,
    pub(super) body: Body,
    pub(super) after: Vec<String>,
    /// The position of the statement whose answer counts.
    pub(super) at: usize,
}

/// The statement itself.
#[derive(Debug)]
pub(super) enum Body {
    /// Over the simple protocol, in one message with what is before and after it.
    Sql(String),
    /// `COPY … TO STDOUT`.
    Out(String),
    /// `COPY … FROM STDIN`.
    In(String),
}

impl Play {
    /// The statements in a line, as a person would type them.
    pub(super) fn line(&self) -> String {
        let (Body::Sql(body) | Body::Out(body) | Body::In(body)) = &self.body;
        let statements: Vec<&str> =
            self.before.iter().map(String::as_str).chain([body.as_str()]).chain(self.after.iter().map(String::as_str)).collect();
        statements.join("; ")
    }
}

/// The text of the attack by that tenant.
pub(super) fn play(world: &World, tenant: TenantId, assault: &Assault) -> Play {
    let text = Text { world, tenant: tenant.uuid(), assault, def: world.models[assault.model], table: world.table(assault.model) };
    let (form, shape) = (assault.attack.form, assault.attack.shape);
    let mut before = if form == Form::Prepared { text.prepared() } else { Vec::new() };
    before.extend(text.context());
    let end = if assault.attack.effect() == Effect::Free { "rollback" } else { "commit" };
    let mut after = vec![end.to_owned()];
    let body = match form {
        Form::CopyTo => Body::Out(text.copied(shape)),
        Form::CopyFrom => Body::In(text.copied_in(shape)),
        Form::Cursor => {
            before.push(format!("declare c cursor for {}", text.select(shape)));
            Body::Sql("fetch all from c".to_owned())
        }
        Form::HeldCursor => {
            before.push(format!("declare c cursor with hold for {}", text.select(shape)));
            before.append(&mut after);
            after.push("close c".to_owned());
            Body::Sql("fetch all from c".to_owned())
        }
        Form::Prepared => {
            after.push("deallocate p".to_owned());
            Body::Sql("execute p".to_owned())
        }
        _ => Body::Sql(text.statement(form, shape)),
    };
    let at = before.len();
    Play { before, body, after, at }
}

struct Text<'a> {
    world: &'a World,
    tenant: Uuid,
    assault: &'a Assault,
    def: &'static ModelDef,
    table: String,
}

impl Text<'_> {
    fn set(&self, value: &str) -> String {
        format!("set local {} = {}", self.world.conventions.tenant_setting(), quoted(value))
    }

    fn context(&self) -> Vec<String> {
        let setting = self.world.conventions.tenant_setting();
        context(&setting, self.assault.attack.context, self.tenant, self.assault.victim)
    }

    /// The victim's session: the statement is planned there, and run when it only reads.
    fn prepared(&self) -> Vec<String> {
        let (statement, run) = match self.assault.attack.shape {
            Shape::Bare => (self.select(Shape::Bare), "execute p"),
            Shape::Where => (self.delete(Shape::Where), "explain execute p"),
            Shape::Returning => (self.update(Shape::Returning), "explain execute p"),
        };
        let victim = self.set(&self.assault.victim.to_string());
        vec!["begin".to_owned(), victim, format!("prepare p as {statement}"), run.to_owned(), "commit".to_owned()]
    }

    fn statement(&self, form: Form, shape: Shape) -> String {
        match form {
            Form::Insert if shape == Shape::Where => self.insert_select(),
            Form::Insert => format!("{}{}", self.insert(), self.returning(shape)),
            Form::Update => self.update(shape),
            Form::Delete => self.delete(shape),
            Form::Merge => self.merge(shape),
            Form::ConflictNothing => format!("{} on conflict do nothing{}", self.insert(), self.returning(shape)),
            Form::ConflictUpdate => self.upsert(shape),
            Form::ForUpdate => format!("{} for update", self.select(shape)),
            Form::ForShare => format!("{} for share", self.select(shape)),
            Form::Explain if shape == Shape::Returning => format!("explain {}", self.update(shape)),
            Form::Explain => format!("explain {}", self.select(shape)),
            Form::ExplainAnalyze if shape == Shape::Where => format!("explain analyze {}", self.delete(shape)),
            Form::ExplainAnalyze => format!("explain analyze {}", self.update(shape)),
            _ => self.select(shape),
        }
    }

    fn is_foreign(&self) -> bool {
        self.assault.attack.context == Context::Foreign
    }

    /// A predicate that names the victim's rows; that of an own context lets everything through.
    fn predicate(&self) -> String {
        let column = self.world.conventions.tenant_column;
        match self.assault.attack.context {
            Context::Foreign => {
                let ids: Vec<String> = self.assault.theirs.iter().map(|id| quoted(&id.to_string())).collect();
                let or = if ids.is_empty() { String::new() } else { format!(" or t.id in ({})", ids.join(", ")) };
                format!("t.\"{column}\" = '{}'{or}", self.assault.victim)
            }
            Context::Unset | Context::Empty | Context::AfterRollback | Context::Malformed => {
                format!("t.\"{column}\" in ('{}', '{}')", self.tenant, self.assault.victim)
            }
            _ => format!("t.\"{column}\" is not null"),
        }
    }

    fn tail(&self, shape: Shape) -> String {
        // What returns rows names the victim where it can, too.
        if shape == Shape::Where || shape == Shape::Returning && self.is_foreign() {
            format!(" where {}", self.predicate())
        } else {
            String::new()
        }
    }

    fn returning(&self, shape: Shape) -> &'static str {
        if shape == Shape::Returning { " returning to_jsonb(t)::text" } else { "" }
    }

    fn select(&self, shape: Shape) -> String {
        format!("select to_jsonb(t)::text from {} t{}", self.table, self.tail(shape))
    }

    fn update(&self, shape: Shape) -> String {
        let set = match (self.is_foreign(), shape) {
            (true, Shape::Bare) => format!("\"{}\" = '{}'", self.world.conventions.tenant_column, self.assault.victim),
            _ => itself(self.def),
        };
        format!("update {} t set {set}{}{}", self.table, self.tail(shape), self.returning(shape))
    }

    fn delete(&self, shape: Shape) -> String {
        format!("delete from {} t{}{}", self.table, self.tail(shape), self.returning(shape))
    }

    /// The row's columns and literals, for the victim where that is the attack.
    fn columns(&self) -> (String, String) {
        let owner = if self.assault.for_the_victim { self.assault.victim } else { self.tenant };
        columns(self.world, self.assault.model, owner, self.assault.id, &self.assault.row)
    }

    fn insert(&self) -> String {
        let (columns, values) = self.columns();
        format!("insert into {} as t ({columns}) values ({values})", self.table)
    }

    fn insert_select(&self) -> String {
        if !self.is_foreign() {
            let (columns, values) = self.columns();
            return format!("insert into {} ({columns}) select {values} where true", self.table);
        }
        let tenant = self.world.conventions.tenant_column;
        let names = names(self.def);
        format!(
            "insert into {} (\"{tenant}\", {names}) select '{}'::uuid, {names} from {} t where {}",
            self.table,
            self.tenant,
            self.table,
            self.predicate()
        )
    }

    fn upsert(&self, shape: Shape) -> String {
        let column = self.def.updatable().next().map_or("id", |column| column.name);
        let tenant = self.world.conventions.tenant_column;
        let condition = if shape == Shape::Where { format!(" where {}", self.predicate()) } else { String::new() };
        format!(
            "{} on conflict (\"{tenant}\", id) do update set \"{column}\" = t.\"{column}\"{condition}{}",
            self.insert(),
            self.returning(shape)
        )
    }

    fn merge(&self, shape: Shape) -> String {
        let every = format!("merge into {} t using (select 1) s on true", self.table);
        if shape == Shape::Where {
            return format!("{every} when matched and {} then delete", self.predicate());
        }
        if !self.is_foreign() {
            return format!("{every} when matched then update set {}", itself(self.def));
        }
        let (columns, values) = self.columns();
        format!("merge into {} t using (select 1) s on false when not matched then insert ({columns}) values ({values})", self.table)
    }

    fn copied(&self, shape: Shape) -> String {
        let query = match shape {
            Shape::Bare => return format!("copy {} (\"{}\", id) to stdout", self.table, self.world.conventions.tenant_column),
            Shape::Where => self.select(shape),
            Shape::Returning => self.update(shape),
        };
        // In hexadecimal, which COPY does not escape.
        let query = query.replace("to_jsonb(t)::text", "encode(convert_to(to_jsonb(t)::text, 'UTF8'), 'hex')");
        format!("copy ({query}) to stdout")
    }

    fn copied_in(&self, shape: Shape) -> String {
        let columns = format!("\"{}\", {}", self.world.conventions.tenant_column, names(self.def));
        let condition = if shape == Shape::Where { format!(" where {}", self.predicate().replace("t.", "")) } else { String::new() };
        format!("copy {} ({columns}) from stdin{condition}", self.table)
    }
}

/// The columns that a row is made with, but the tenant's.
fn names(def: &'static ModelDef) -> String {
    let of = |column| literals(column, &serde_json::Value::Null).into_iter().map(|(name, _)| name);
    let names: Vec<String> = ["id".to_owned()].into_iter().chain(def.insertable().flat_map(of)).collect();
    names.join(", ")
}

/// The statements that bring a session into a context; a transaction is open then.
pub(super) fn context(setting: &str, context: Context, own: Uuid, victim: Uuid) -> Vec<String> {
    let set = |value: &str| format!("set local {setting} = {}", quoted(value));
    let (begin, own, victim) = ("begin".to_owned(), set(&own.to_string()), victim.to_string());
    match context {
        Context::Own | Context::Foreign => vec![begin, own],
        Context::Unset => vec![begin],
        Context::Empty => vec![begin, set("")],
        Context::Malformed => vec![begin, set(&victim[..victim.len() - 1])],
        Context::Nested => vec![begin, set(&victim), own],
        Context::AfterRollback => vec![begin.clone(), set(&victim), "rollback".to_owned(), begin],
        Context::AfterRollbackTo => {
            vec![begin, own, "savepoint s".to_owned(), set(&victim), "rollback to savepoint s".to_owned()]
        }
        Context::AfterRelease => {
            vec![begin, set(&victim), "savepoint s".to_owned(), own, "release savepoint s".to_owned()]
        }
    }
}
