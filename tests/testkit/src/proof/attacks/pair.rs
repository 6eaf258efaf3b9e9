//! Two tenants with rows, made for attacks: the attacker's connections, and the observer's.

use axum::Router;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use tenantry::{Platform, TenantId};
use uuid::Uuid;

use super::super::accounts::Accounts;
use super::super::canary::Mark;
use super::super::executor::id_of;
use super::super::ground::Ground;
use super::super::model::{Book, Outcome, Row, World, completed, timeless};
use super::super::observer::{Digest, Observer};
use super::super::operation::Scene;
use super::super::sql::{fetch, insert, json, own_row};
use super::super::value::Draw;
use super::assault::fresh;
use crate::{ACT, execute};

/// What attacks are made on.
#[derive(Clone, Copy)]
pub(in super::super) struct Field<'a> {
    pub(super) world: &'a World,
    pub(super) platform: &'a Platform,
    pub(super) router: &'a Router,
    /// The routes of people, where the platform's tables are under proof.
    pub(super) accounts: Option<&'a Accounts>,
    pub(super) app: &'a PgConnectOptions,
    pub(super) admin: &'a PgConnectOptions,
    bypasses: bool,
}

impl<'a> Field<'a> {
    pub(in super::super) const fn of(ground: &'a Ground) -> Self {
        Self {
            world: &ground.world,
            platform: &ground.platform,
            router: &ground.router,
            accounts: ground.accounts.as_ref(),
            app: &ground.app,
            admin: &ground.admin,
            bypasses: ground.bypasses,
        }
    }
}

/// The attacker's place among the two.
pub(super) const ATTACKER: usize = 0;
/// The victim's.
pub(super) const VICTIM: usize = 1;

/// So many rows of each table: a statement that reaches one row too many is then told from one that reaches all.
const ROWS: usize = 2;

/// Two tenants with rows of some models.
pub(super) struct Pair<'a> {
    pub(super) field: Field<'a>,
    pub(super) tenants: [TenantId; 2],
    pub(super) slugs: [String; 2],
    pub(super) books: [Book; 2],
    models: Vec<usize>,
    /// As the application's role.
    pub(super) app: PgConnection,
    /// The same, and its session has never had a tenant.
    pub(super) blank: PgConnection,
    pub(super) observer: Observer,
}

impl<'a> Pair<'a> {
    /// Two fresh tenants with rows of these models.
    pub(super) async fn new(field: Field<'a>, models: Vec<usize>) -> Result<Self, String> {
        let slugs = [(); 2].map(|()| format!("t-{}", TenantId::generate()));
        let mut tenants = Vec::new();
        for slug in &slugs {
            tenants.push(field.platform.create_tenant(slug, slug, ACT).await.map_err(told)?);
        }
        let connect = async |options: &PgConnectOptions| PgConnection::connect_with(options).await.map_err(told);
        let mut pair = Self {
            field,
            tenants: [tenants[ATTACKER], tenants[VICTIM]],
            slugs,
            books: [Book::new(field.world), Book::new(field.world)],
            models,
            app: connect(field.app).await?,
            blank: connect(field.app).await?,
            observer: Observer::connect(field.bypasses, field.admin, field.app).await.map_err(told)?,
        };
        for who in [VICTIM, ATTACKER] {
            pair.furnish(who).await?;
        }
        Ok(pair)
    }

    /// Gives a tenant its first rows, in place of those that it has.
    pub(super) async fn furnish(&mut self, who: usize) -> Result<(), String> {
        let (world, tenant) = (self.field.world, self.tenants[who]);
        let mut statements = vec![format!("begin; set local {} = '{tenant}'", world.conventions.tenant_setting())];
        statements.extend(self.models.iter().rev().map(|model| self.emptied(*model, tenant)));
        let (mut book, mut draw) = (Book { mark: Mark::of(tenant), ..Book::new(world) }, Draw::new(1 + who as u64));
        for model in &self.models {
            for _ in 0..ROWS {
                let row = fresh(&Scene { world, own: &book, others: Vec::new() }, *model, &mut draw);
                let row = completed(world.models[*model], &row);
                // A table whose rows must refer to each other in a circle has no first row.
                if book.judge_new(world, *model, &row) == Outcome::Done {
                    let id = Uuid::now_v7();
                    statements.push(insert(world, *model, tenant.uuid(), id, &row));
                    book.insert(world, *model, id, row);
                }
            }
        }
        statements.push("commit".to_owned());
        self.books[who] = book;
        if let Err(error) = execute(&mut self.app, &statements.join("; ")).await {
            execute(&mut self.app, "rollback").await.map_err(told)?;
            return Err(format!("a tenant cannot make rows of its own: {error}"));
        }
        Ok(())
    }

    fn emptied(&self, model: usize, tenant: TenantId) -> String {
        let world = self.field.world;
        format!("delete from {} where \"{}\" = '{tenant}'", world.table(model), world.conventions.tenant_column)
    }

    /// Takes the rows of both away: in the next attack's sight they would be a third tenant's.
    pub(super) async fn clear(&mut self) -> Result<(), String> {
        let world = self.field.world;
        for tenant in self.tenants {
            let rows: Vec<String> = world.by_dependency().into_iter().rev().map(|model| self.emptied(model, tenant)).collect();
            let set = format!("begin; set local {} = '{tenant}'", world.conventions.tenant_setting());
            execute(&mut self.app, &format!("{set}; {}; commit", rows.join("; "))).await.map_err(told)?;
        }
        Ok(())
    }

    /// What the observer sees of both.
    pub(super) async fn look(&mut self) -> Result<Vec<Digest>, String> {
        self.observer.look(self.field.world, &self.tenants).await.map_err(|error| format!("the observer: {error}"))
    }

    /// Says where the rows of a table, as their tenant reads them, are not those of its model.
    pub(super) async fn read_back(&mut self, who: usize, model: usize) -> Result<(), String> {
        let (world, tenant) = (self.field.world, self.tenants[who]);
        execute(&mut self.app, &format!("begin; set local {} = '{tenant}'", world.conventions.tenant_setting())).await.map_err(told)?;
        let rows = fetch(&mut self.app, &format!("select to_jsonb(t)::text from {} t order by id", world.table(model))).await;
        execute(&mut self.app, "rollback").await.map_err(told)?;
        let read = |row| json(row, 0).map(|row| timeless(world.models[model], &own_row(world, model, &row, tenant)));
        let rows: Vec<Row> = rows.map_err(told)?.iter().map(read).collect::<Result<_, _>>().map_err(told)?;
        let due: Vec<&Row> = self.books[who].tables[model].values().collect();
        if rows.iter().eq(due.iter().copied()) {
            return Ok(());
        }
        let ids = |rows: &[&Row]| rows.iter().filter_map(|row| id_of(row)).map(|id| id.to_string()).collect::<Vec<_>>().join(", ");
        let whose = if who == VICTIM { "the victim" } else { "the attacker" };
        let table = world.models[model].table;
        Err(format!(
            "{whose} reads the rows [{}] of {table}, or their contents, where [{}] are due",
            ids(&rows.iter().collect::<Vec<_>>()),
            ids(&due)
        ))
    }
}

pub(super) fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A model and all those that its rows must refer to, in the order in which rows can be made.
pub(super) fn closure(world: &World, model: usize) -> Vec<usize> {
    let mut found = vec![model];
    let mut next = 0;
    while let Some(model) = found.get(next).copied() {
        next += 1;
        for (column, target) in world.references(model) {
            if !column.nullable && !found.contains(&target) {
                found.push(target);
            }
        }
    }
    world.by_dependency().into_iter().filter(|model| found.contains(model)).collect()
}
