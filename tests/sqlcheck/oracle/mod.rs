//! Two databases that differ in one thing: one has the rows of tenants A and B, the other those of A alone. A statement that keeps to its
//! tenant cannot tell them apart.

mod outcome;

pub(crate) use outcome::{Difference, Outcome};

use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection, Executor};
use tenantry_testkit::{Database, Postgres, execute, made};
use uuid::Uuid;

/// The tenant that asks.
pub(crate) const A: Uuid = Uuid::from_u128(0xa);
/// The one whose rows must not matter.
pub(crate) const B: Uuid = Uuid::from_u128(0xb);

/// The tables and the view.
const SHOP: &str = include_str!("shop.sql");
/// A tenant's rows.
const ROWS: &str = include_str!("rows.sql");
/// A statement that takes longer is not compared: neither side has said anything.
const PATIENCE: Duration = Duration::from_secs(3);
/// So many statements leave so many dead rows that the tables are made new.
const RESET_EVERY: usize = 300;
/// Takes back what was done, and begins anew.
const AGAIN: &str = "rollback; begin";

/// What running a statement on both sides has shown.
#[derive(Debug)]
pub(crate) enum Comparison {
    /// Both sides say the same.
    Same(Outcome),
    /// They do not: something of tenant B is seen, or hurt.
    Different(Box<Difference>),
    /// One of them did not finish in time.
    TooSlow,
}

/// The two databases, and a connection to each.
pub(crate) struct Pair {
    both: Side,
    alone: Side,
    run: usize,
}

struct Side {
    connection: PgConnection,
    tenants: &'static [(Uuid, char, Uuid)],
    /// All that is not tenant A's, before any statement.
    foreign: String,
    _database: Database,
}

impl Pair {
    /// Makes both databases, which go with the value.
    pub(crate) async fn new(server: &Postgres) -> Self {
        let both = Side::new(server, "both", &[(B, 'b', A), (A, 'a', B)]).await;
        let alone = Side::new(server, "alone", &[(A, 'a', B)]).await;
        Self { both, alone, run: 0 }
    }

    /// Makes more relations on both sides.
    pub(crate) async fn prepare(&mut self, statements: &str) {
        let statements = format!("commit; {statements}");
        for side in [&mut self.both, &mut self.alone] {
            execute(&mut side.connection, &statements).await.expect("the relations");
            execute(&mut side.connection, AGAIN).await.expect("the next transaction");
        }
    }

    /// Changes a setting of both sessions.
    pub(crate) async fn set(&mut self, setting: &str) {
        tokio::join!(self.both.set(setting), self.alone.set(setting));
    }

    /// Runs the statement on both sides with tenant A as `$1` and tenant B as `$2`, and takes it back.
    pub(crate) async fn compare(&mut self, text: &str) -> Comparison {
        self.run += 1;
        if self.run.is_multiple_of(RESET_EVERY) {
            tokio::join!(self.both.reset(), self.alone.reset());
        }
        let (both, alone) = tokio::join!(self.both.run(text), self.alone.run(text));
        if both.is_timeout() || alone.is_timeout() {
            return Comparison::TooSlow;
        }
        match Difference::between(both, alone) {
            Ok(same) => Comparison::Same(same),
            Err(difference) => Comparison::Different(difference),
        }
    }
}

impl Side {
    async fn new(server: &Postgres, name: &str, tenants: &'static [(Uuid, char, Uuid)]) -> Self {
        let database = server.create_database(name).expect("a database");
        let options = database.url().options().expect("a URL").disable_statement_logging();
        let mut connection = PgConnection::connect_with(&options).await.expect("the administrator logs in");
        execute(&mut connection, SHOP).await.expect("the shop");
        let settings = format!("set statement_timeout = {}; set jit = off; set search_path = app, ref", PATIENCE.as_millis());
        execute(&mut connection, &settings).await.expect("the settings");
        // The driver asks for a type that it does not know by a statement of its own, in between, which would spoil one without a name.
        sqlx::query("select null::app.mark").execute(&mut connection).await.expect("the type");
        let mut side = Self { connection, tenants, foreign: String::new(), _database: database };
        side.reset().await;
        side.foreign = side.state().await.1;
        side
    }

    /// Makes the tables new. Both sides do it after the same statements, so that the planner knows as little on either.
    async fn reset(&mut self) {
        let mut text = "rollback; truncate app.customers, app.products, app.orders, app.lines, app.coupons, app.notes;\n".to_owned();
        for (tenant, letter, other) in self.tenants {
            let shift = usize::from(*letter == 'b');
            let rows = ROWS.replace(":tenant", &format!("'{tenant}'::uuid")).replace(":other", &format!("'{other}'::uuid"));
            text += &rows.replace(":letter", &letter.to_string()).replace(":shift", &shift.to_string());
        }
        execute(&mut self.connection, &text).await.expect("the rows");
        execute(&mut self.connection, AGAIN).await.expect("the first transaction");
    }

    async fn set(&mut self, setting: &str) {
        execute(&mut self.connection, &format!("rollback; set {setting}")).await.expect("the setting");
        execute(&mut self.connection, AGAIN).await.expect("the next transaction");
    }

    /// The statement in a transaction that is rolled back, and what it would have left.
    async fn run(&mut self, text: &str) -> Outcome {
        let query = sqlx::query(made(text)).persistent(false).bind(A).bind(B);
        let steps = (&mut self.connection).fetch_many(query).try_collect::<Vec<_>>().await;
        let mut outcome = Outcome::of(steps).unwrap_or_else(|error| panic!("the connection broke: {error}\n{text}"));
        if outcome.may_have_written(text) {
            let (own, foreign) = self.state().await;
            outcome.left(own, foreign == self.foreign);
        }
        execute(&mut self.connection, AGAIN).await.expect("the next transaction");
        outcome
    }

    /// Tenant A's rows of every table, and everything else.
    async fn state(&mut self) -> (String, String) {
        sqlx::query_as(
            "with everything (tenant_id, row) as (
                 select tenant_id, 'customers ' || x::text from app.customers x
                 union all select tenant_id, 'products ' || x::text from app.products x
                 union all select tenant_id, 'orders ' || x::text from app.orders x
                 union all select tenant_id, 'lines ' || x::text from app.lines x
                 union all select tenant_id, 'coupons ' || x::text from app.coupons x
                 union all select tenant_id, 'notes ' || x::text from app.notes x
                 union all select null, 'countries ' || x::text from ref.countries x
             )
             select coalesce(string_agg(row, chr(10) order by row collate \"C\") filter (where tenant_id = $1), ''),
                 coalesce(string_agg(row, chr(10) order by row collate \"C\") filter (where tenant_id is distinct from $1), '')
             from everything",
        )
        .bind(A)
        .fetch_one(&mut self.connection)
        .await
        .expect("the state")
    }
}
