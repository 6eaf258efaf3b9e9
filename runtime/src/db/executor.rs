//! Hand-written SQL: the tenant transaction as an sqlx executor.
//!
//! Before anything is sent, the statement is looked at: its text is one statement of the allowed verbs in which every relation is bound to
//! `$1`, it has arguments (without them sqlx would use the simple protocol, which takes several statements), and the first one is the tenant
//! of the transaction. All of it is in [`admit`].

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::StreamExt;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Arguments, Either, Encode, Execute, Executor, Postgres, SqlStr, Type};
use tenantry_sqlcheck::{Refusals, Verb};
use uuid::Uuid;

use super::TenantTx;
use crate::mutants::mutant;

/// Why a hand-written statement was not sent.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementRefusal {
    /// The text: everything that is wrong with it, each with its place.
    #[error("{}", in_one_line(.0))]
    Text(Box<Refusals>),
    /// No arguments.
    #[error("the statement has no arguments; bind the tenant first: `.bind(tx.tenant())`")]
    NoArguments,
    /// Another first argument.
    #[error("the first argument is not the tenant of this transaction; bind it first: `.bind(tx.tenant())`")]
    NotTheTenant,
    /// A statement that was prepared on another connection, or one to describe.
    #[error("a tenant transaction runs queries with their arguments; it neither prepares nor describes statements")]
    Prepared,
}

/// For logs, where a line is an entry. A relation's name may hold anything.
fn in_one_line(refusals: &Refusals) -> String {
    let reasons = refusals.iter().map(|refusal| refusal.to_string().replace(char::is_control, " "));
    reasons.collect::<Vec<_>>().join("; ")
}

impl From<Refusals> for StatementRefusal {
    fn from(refusals: Refusals) -> Self {
        Self::Text(Box::new(refusals))
    }
}

impl From<StatementRefusal> for sqlx::Error {
    fn from(refusal: StatementRefusal) -> Self {
        Self::Configuration(Box::new(refusal))
    }
}

/// An executor that does not check predicates and the first argument; see [`TenantTx::without_predicate_check`].
#[derive(Debug)]
pub struct Unchecked<'a, 'c> {
    tx: &'a mut TenantTx<'c>,
}

impl<'a, 'c> Unchecked<'a, 'c> {
    pub(super) const fn new(tx: &'a mut TenantTx<'c>) -> Self {
        Self { tx }
    }
}

/// Which of the checks are left out.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Check {
    All,
    TextOnly,
}

/// A statement that may be sent.
struct Admitted {
    text: SqlStr,
    arguments: PgArguments,
    persistent: bool,
    verb: Verb,
}

/// The one place where a hand-written statement is let in or refused.
fn admit<'q>(tx: &TenantTx<'_>, check: Check, query: impl Execute<'q, Postgres>) -> Result<Admitted, sqlx::Error> {
    let admitted = judge(tx, check, query);
    tx.checker().count(admitted.is_ok(), check == Check::TextOnly);
    admitted
}

fn judge<'q>(tx: &TenantTx<'_>, check: Check, mut query: impl Execute<'q, Postgres>) -> Result<Admitted, sqlx::Error> {
    if query.statement().is_some() {
        return Err(StatementRefusal::Prepared.into());
    }
    let arguments = query.take_arguments().map_err(sqlx::Error::Encode)?;
    let persistent = query.persistent();
    let text = query.sql();
    let verb = match verb(tx, check, text.as_str()) {
        Ok(verb) => verb,
        Err(_) if mutant!("any_statement") => Verb::Select,
        Err(refusals) => return Err(StatementRefusal::from(refusals).into()),
    };
    let arguments = arguments.ok_or(StatementRefusal::NoArguments)?;
    if arguments.len() == 0 && check == Check::All && !mutant!("no_arguments") {
        return Err(StatementRefusal::NoArguments.into());
    }
    if check == Check::All && !mutant!("first_argument") && !first_is(&arguments, tx.tenant())? {
        return Err(StatementRefusal::NotTheTenant.into());
    }
    Ok(Admitted { text, arguments, persistent, verb })
}

/// What the text does. One that leaves out the check of predicates is not remembered: it must never pass for one that was checked.
fn verb(tx: &TenantTx<'_>, check: Check, text: &str) -> Result<Verb, Refusals> {
    match check {
        Check::All => tx.checker().verb(text),
        Check::TextOnly if mutant!("unchecked_text") => Ok(Verb::Select),
        Check::TextOnly => Ok(tenantry_sqlcheck::statement(text)?),
    }
}

/// Whether the first argument, as it is encoded, is that uuid. sqlx does not let arguments be read, but a value that is added sees what stands
/// before it; so the look is a value that is added to a copy. A test pins the layout.
fn first_is(arguments: &PgArguments, tenant: Uuid) -> Result<bool, sqlx::Error> {
    struct Look {
        tenant: Uuid,
        found: Arc<AtomicBool>,
    }
    impl Type<Postgres> for Look {
        fn type_info() -> PgTypeInfo {
            <Uuid as Type<Postgres>>::type_info()
        }
    }
    impl Encode<'_, Postgres> for Look {
        fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
            let expected = [&16_u32.to_be_bytes()[..], self.tenant.as_bytes()].concat();
            let expected = if mutant!("first_argument_misread") { vec![0; 20] } else { expected };
            self.found.store(buffer.starts_with(&expected), Ordering::Relaxed);
            Ok(IsNull::Yes)
        }
    }
    let found = Arc::new(AtomicBool::new(false));
    let look = Look { tenant, found: Arc::clone(&found) };
    arguments.clone().add(look).map_err(sqlx::Error::Encode)?;
    Ok(found.load(Ordering::Relaxed))
}

type Step = Result<Either<PgQueryResult, PgRow>, sqlx::Error>;

/// The steps of a statement. The transaction is poisoned from before the first until after the last, so that a stream that fails or is dropped
/// half-read leaves it so.
struct Watched<'e> {
    steps: BoxStream<'e, Step>,
    poisoned: &'e mut bool,
    /// The mark that stood before: a success does not take away an earlier failure.
    before: bool,
    failed: bool,
}

impl Stream for Watched<'_> {
    type Item = Step;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Step>> {
        let step = self.steps.poll_next_unpin(context);
        match &step {
            Poll::Ready(Some(Err(_))) => self.failed = true,
            Poll::Ready(None) if !self.failed => *self.poisoned = self.before,
            _ if mutant!("stream_unwatched") => *self.poisoned = false,
            _ => {}
        }
        step
    }
}

fn send<'e, 'c: 'e>(tx: &'e mut TenantTx<'c>, admitted: Result<Admitted, sqlx::Error>) -> BoxStream<'e, Step> {
    tx.deletes = admitted.as_ref().is_ok_and(|admitted| admitted.verb == Verb::Delete);
    let keeps = tx.keeps_statements();
    let (connection, poisoned) = tx.connection();
    // A refused statement poisons, too: what was to be written is not there.
    let before = *poisoned;
    let forgiven = if mutant!("refusal_forgiven") { admitted.is_err() } else { mutant!("no_poison") };
    *poisoned = !forgiven;
    match admitted {
        Err(refusal) => {
            tracing::error!(%refusal, "a hand-written statement was refused before it was sent");
            futures_util::stream::once(async { Err(refusal) }).boxed()
        }
        Ok(Admitted { text, arguments, persistent, .. }) => {
            let steps = connection.fetch_many(sqlx::query_with(text, arguments).persistent(persistent && keeps));
            Watched { steps, poisoned, before, failed: false }.boxed()
        }
    }
}

async fn first_row(mut steps: BoxStream<'_, Step>) -> Result<Option<PgRow>, sqlx::Error> {
    let mut first = None;
    // To the end: a deferred constraint may fail after the row was sent.
    while let Some(step) = steps.next().await {
        if let (Either::Right(row), None) = (step?, &first) {
            first = Some(row);
        }
    }
    Ok(first)
}

macro_rules! executor {
    ($type:ty, $check:expr, |$this:ident| $tx:expr) => {
        impl<'a, 'c: 'a> Executor<'a> for $type {
            type Database = Postgres;

            fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Step>
            where
                'a: 'e,
                E: 'q + Execute<'q, Postgres>,
            {
                let $this = self;
                let tx = $tx;
                let admitted = admit(tx, $check, query);
                send(tx, admitted)
            }

            fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
            where
                'a: 'e,
                E: 'q + Execute<'q, Postgres>,
            {
                Box::pin(first_row(self.fetch_many(query)))
            }

            fn prepare_with<'e>(self, _: SqlStr, _: &'e [PgTypeInfo]) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
            where
                'a: 'e,
            {
                Box::pin(async { Err(StatementRefusal::Prepared.into()) })
            }

            fn describe<'e>(self, _: SqlStr) -> BoxFuture<'e, Result<sqlx::Describe<Postgres>, sqlx::Error>>
            where
                'a: 'e,
            {
                Box::pin(async { Err(StatementRefusal::Prepared.into()) })
            }
        }
    };
}

executor!(&'a mut TenantTx<'c>, Check::All, |this| this);
executor!(Unchecked<'a, 'c>, Check::TextOnly, |this| this.tx);
