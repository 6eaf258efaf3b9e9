//! The linter of a live database: rules over its catalogue, each with its reason and its remedy.
//!
//! Start-up checks ask whether this service may serve; the linter asks whether this database is as it should be, whoever made it, and it
//! finds more: what a migration, a person or a restore has left behind. It reads, in a transaction that is taken back, and changes
//! nothing. Any login may ask; what a login cannot see is told as unchecked.
//!
//! ```no_run
//! use sqlx::{Connection as _, PgConnection};
//! use tenantry::Conventions;
//! use tenantry::lint::{self, Options, Target};
//!
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let mut connection = PgConnection::connect("postgres://postgres@localhost/shop").await?;
//! for finding in lint::run(&mut connection, &Target::of(&Conventions::DEFAULT), &Options::default()).await? {
//!     println!("{}: {}: {} (remedy: {})", finding.rule, finding.object, finding.what, finding.remedy);
//! }
//! # Ok(())
//! # }
//! ```

mod rules;
mod target;

use sqlx::postgres::Postgres;
use sqlx::{Connection as _, Executor as _, PgConnection, Transaction};

pub use self::rules::{RULES, Rule};
pub use self::target::{Target, TargetError};
pub use crate::sql::provision::Level;

use self::rules::Kind;

/// What is asked, and how strictly.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The level that the database claims. What only a higher level could fence is told as open and not as a fault; without a level,
    /// the same.
    pub level: Option<Level>,
    /// Whether statistics views and size functions are to be out of reach.
    pub quiet_stats: bool,
    /// The rules that are asked; none means all of them.
    pub rules: Vec<&'static Rule>,
}

/// How a finding is meant.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// It is wrong, and can be mended.
    Fault,
    /// It is open at this level, and only a higher level closes it.
    Open,
    /// It could not be looked at with this login.
    Unchecked,
}

/// What a rule has found.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The name of the rule.
    pub rule: &'static str,
    /// How it is meant.
    pub severity: Severity,
    /// What it is about: `app.orders`, a role, `app.f(integer)`.
    pub object: String,
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
    /// A statement or a command.
    pub remedy: String,
}

/// The linter could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LintError {
    /// Nobody would be audited.
    #[error("the server has none of the roles {0}: name the login of the service (`--app-role`)")]
    NoRole(String),
    /// A rule's query failed.
    #[error("the rule {rule} could not be asked")]
    #[non_exhaustive]
    Rule {
        /// The rule.
        rule: &'static str,
        /// What the server said.
        source: sqlx::Error,
    },
    /// The server did not let the linter begin.
    #[error("the database did not answer")]
    Server(#[from] sqlx::Error),
}

/// The state in which the rules are asked. Names are printed with their schema, and no function of the database is found in the place of
/// PostgreSQL's own. With row security off a query that a policy would filter is an error instead of an answer.
/// The statement is wide and short, so that compiling it costs more than running it.
const STATE: &str = "set transaction read only; set local search_path = pg_catalog, pg_temp; set local row_security = off; \
                     set local jit = off; set local lock_timeout = '5s'; set local statement_timeout = '60s'";

/// Asks the rules, and gives their findings in the order of [`RULES`], each rule's by object: the same database gives the same answer.
/// Within a transaction it sees what that one has done, and leaves it as it was.
///
/// # Errors
/// When there is none of the service's roles, or the server refuses a query.
pub async fn run(connection: &mut PgConnection, target: &Target, options: &Options) -> Result<Vec<Finding>, LintError> {
    let mut transaction = connection.begin().await?;
    transaction.execute(STATE).await?;
    look_for_roles(&mut transaction, target).await?;
    let rules: Vec<&'static Rule> = RULES.iter().filter(|rule| asks(options, rule)).collect();
    let mut rows = ask_all(&mut transaction, &rules, target).await?;
    let mut findings = Vec::new();
    for rule in rules {
        let severity = if rule.kind == Kind::Hardened && options.level != Some(Level::Hardened) { Severity::Open } else { Severity::Fault };
        for Found { object, what, remedy, probe, .. } in rows.extract_if(.., |found| found.rule == rule.name()) {
            let severity = if probe.as_deref() == Some("") { Severity::Unchecked } else { severity };
            findings.push(Finding { rule: rule.name(), severity, object, what, remedy });
        }
    }
    transaction.rollback().await?;
    Ok(findings)
}

/// Asks all at once. Only when the server refuses that, one after the other, so that the error names the rule.
async fn ask_all(transaction: &mut Transaction<'_, Postgres>, rules: &[&'static Rule], target: &Target) -> Result<Vec<Found>, LintError> {
    let mut together = transaction.begin().await?;
    let refused = match ask(&mut together, rules, target).await {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    together.rollback().await?;
    for rule in rules {
        let mut alone = transaction.begin().await?;
        if let Err(source) = ask(&mut alone, std::slice::from_ref(rule), target).await {
            return Err(LintError::Rule { rule: rule.name(), source });
        }
        alone.rollback().await?;
    }
    Err(refused.into())
}

/// Whether these options ask the rule.
#[must_use]
pub fn asks(options: &Options, rule: &Rule) -> bool {
    let named = options.rules.iter().any(|named| named.name() == rule.name());
    if options.rules.is_empty() { rule.kind != Kind::QuietStats || options.quiet_stats } else { named }
}

async fn look_for_roles(transaction: &mut Transaction<'_, Postgres>, target: &Target) -> Result<(), LintError> {
    let found: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = any ($1))")
        .bind(&target.roles)
        .fetch_one(&mut **transaction)
        .await?;
    if found { Ok(()) } else { Err(LintError::NoRole(target.roles.join(", "))) }
}

/// A row of a rule. An empty probe stands for one that this login cannot ask.
#[derive(sqlx::FromRow)]
struct Found {
    rule: String,
    object: String,
    what: String,
    remedy: String,
    probe: Option<String>,
}

async fn ask(transaction: &mut Transaction<'_, Postgres>, rules: &[&'static Rule], target: &Target) -> Result<Vec<Found>, sqlx::Error> {
    let names: Vec<&str> = rules.iter().map(|rule| rule.name()).collect();
    let column = |of: fn(&target::Arm) -> &String| target.arms.iter().map(of).cloned().collect::<Vec<String>>();
    let (majors, minors): (Vec<i32>, Vec<i32>) = target
        .floors
        .iter()
        .map(|(major, minor)| (i32::try_from(*major).unwrap_or(i32::MAX), i32::try_from(*minor).unwrap_or(i32::MAX)))
        .unzip();
    let found: Vec<Found> = sqlx::query_as(rules::QUERY)
        .persistent(false)
        .bind(&target.tenant_column)
        .bind(&target.schemas)
        .bind(&target.setting)
        .bind(&target.fence)
        .bind(&target.roles)
        .bind(&target.definers)
        .bind(&target.shared)
        .bind(column(|arm| &arm.relation))
        .bind(column(|arm| &arm.role))
        .bind(column(|arm| &arm.expression))
        .bind(&target.tenant_default)
        .bind(&target.tenant_trigger)
        .bind(&target.event_trigger)
        .bind(majors)
        .bind(minors)
        .bind(&target.tenant_type)
        .bind(target.house)
        .bind(names)
        .bind(&target.global_keys)
        .fetch_all(&mut **transaction)
        .await?;
    let mut kept = Vec::new();
    for row in found {
        let is_so = match row.probe.as_deref() {
            None | Some("") => true,
            Some(probe) => look_at_rows(transaction, probe).await?,
        };
        if is_so {
            kept.push(row);
        }
    }
    Ok(kept)
}

/// A question about the rows themselves, which the rule's query has put together.
async fn look_at_rows(transaction: &mut Transaction<'_, Postgres>, probe: &str) -> Result<bool, sqlx::Error> {
    #[expect(
        clippy::disallowed_methods,
        reason = "made by a rule's query, in which the server quotes each name; the transaction only reads"
    )]
    let probe = sqlx::query_scalar(sqlx::AssertSqlSafe(probe.to_owned()));
    probe.persistent(false).fetch_one(&mut **transaction).await
}
