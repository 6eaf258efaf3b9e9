//! A copy of the database, weakened, and the sessions that look at it.

use sqlx::{Connection, PgConnection};
use tenantry::{Config, StartError, Tenancy, lint};

use super::MutantsError;
use super::plan::Plan;
use crate::{Stage, execute, lines, made};

/// A database that one mutant has for itself.
pub(super) struct Site<'a> {
    pub(super) plan: &'a Plan,
    stage: &'a Stage,
    /// The application's role.
    pub(super) app: Session,
    /// The administrator.
    pub(super) admin: Session,
}

impl<'a> Site<'a> {
    /// Connects to a database that is weakened already: attributes and settings of a role take effect when it logs in.
    pub(super) async fn enter(plan: &'a Plan, stage: &'a Stage, admin: Session) -> Result<Self, MutantsError> {
        let app = Session::of(stage, "app").await?;
        Ok(Self { plan, stage, app, admin })
    }

    /// Another session of the application's role.
    pub(super) async fn fresh(&self) -> Result<Session, MutantsError> {
        Session::of(self.stage, "app").await
    }

    /// What the service says when it is to start on this database.
    pub(super) async fn start(&self) -> Result<Result<(), String>, MutantsError> {
        let refused = |message| MutantsError::Refused { what: "start the service", message };
        let config = Config::new(self.stage.url("app").expose_with_password()).map_err(|error| refused(error.to_string()))?;
        match Tenancy::start(&config, self.plan.entries, self.plan.conventions).await {
            Ok(tenancy) => {
                tenancy.close().await;
                Ok(Ok(()))
            }
            // A server that does not let the login in has refused nothing that a mutant did: the session before has logged in.
            Err(error @ StartError::Connect(_)) => Err(refused(error.to_string())),
            Err(error) => Ok(Err(error.to_string())),
        }
    }

    /// What the linter finds, held to the level that the database has.
    pub(super) async fn lint(&mut self) -> Result<Vec<lint::Finding>, MutantsError> {
        let options = lint::Options { level: Some(self.stage.level()), ..lint::Options::default() };
        Ok(lint::run(&mut self.admin.connection, &lint::Target::of(&self.plan.conventions), &options).await?)
    }

    pub(super) async fn leave(self) {
        self.app.close().await;
        self.admin.close().await;
    }
}

/// A connection on which every script is one transaction that is rolled back.
pub(super) struct Session {
    connection: PgConnection,
    /// Something else than an answer to a script: then no answer means anything.
    broken: Option<sqlx::Error>,
}

/// What the server said instead of doing it.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) state: String,
    pub(super) message: String,
}

impl Refusal {
    fn of(error: &sqlx::Error) -> Self {
        let database = error.as_database_error();
        let state = database.and_then(|error| error.code()).unwrap_or_default().into_owned();
        Self { state, message: database.map_or_else(|| error.to_string(), |error| error.message().to_owned()) }
    }

    /// Insufficient privilege: what a role may not do, and what a policy does not let in.
    pub(super) fn is_denial(&self) -> bool {
        self.state == "42501"
    }
}

impl Session {
    async fn of(stage: &Stage, role: &str) -> Result<Self, MutantsError> {
        let connect = async || {
            PgConnection::connect_with(&stage.url(role).options().map_err(|error| sqlx::Error::Configuration(error.into()))?).await
        };
        connect().await.map(Self::on).map_err(MutantsError::server("connect as the application's role"))
    }

    pub(super) async fn admin(stage: &Stage) -> Result<Self, MutantsError> {
        let connect = async || {
            PgConnection::connect_with(&stage.admin_url().options().map_err(|error| sqlx::Error::Configuration(error.into()))?).await
        };
        connect().await.map(Self::on).map_err(MutantsError::server("connect as the administrator"))
    }

    const fn on(connection: PgConnection) -> Self {
        Self { connection, broken: None }
    }

    /// Runs a script and takes it back; the texts of all rows that came.
    pub(super) async fn rows(&mut self, script: &[String]) -> Result<Vec<String>, Refusal> {
        let text = format!("begin; {}; rollback", script.join("; "));
        match lines(&mut self.connection, &text).await {
            Ok(rows) => Ok(rows),
            Err(error) => {
                // Whatever failed, the next script begins a transaction of its own.
                let ended = execute(&mut self.connection, "rollback").await;
                self.broken = self.broken.take().or(ended.err());
                Err(self.refused(error))
            }
        }
    }

    /// A server that is overloaded, gone or shut down refuses nothing: it has not looked.
    fn refused(&mut self, error: sqlx::Error) -> Refusal {
        let refusal = Refusal::of(&error);
        let looked = error.as_database_error().is_some() && !["08", "53", "57", "58"].iter().any(|class| refusal.state.starts_with(class));
        if !looked || refusal.state == "55P03" {
            self.broken = self.broken.take().or(Some(error));
        }
        refusal
    }

    /// Whether every answer so far was one.
    pub(super) fn sound(&mut self) -> Result<(), MutantsError> {
        self.broken.take().map_or(Ok(()), |error| Err(MutantsError::server("get an answer from the server")(error)))
    }

    /// Runs statements that stay.
    pub(super) async fn execute(&mut self, statements: &[String]) -> Result<(), sqlx::Error> {
        for statement in statements {
            execute(&mut self.connection, statement).await?;
        }
        Ok(())
    }

    /// Runs a statement that no transaction may hold.
    pub(super) async fn alone(&mut self, statement: &str) -> Result<(), Refusal> {
        let done = execute(&mut self.connection, statement).await;
        done.map_err(|error| self.refused(error))
    }

    /// The only text of a query; an empty one when there is none.
    pub(super) async fn text(&mut self, query: &str) -> Result<String, sqlx::Error> {
        let text: Option<Option<String>> = sqlx::query_scalar(made(query)).persistent(false).fetch_optional(&mut self.connection).await?;
        Ok(text.flatten().unwrap_or_default())
    }

    pub(super) async fn close(self) {
        // It says goodbye to a database that is dropped next; nothing hangs on it.
        let _ = self.connection.close().await;
    }
}
