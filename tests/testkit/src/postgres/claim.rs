//! What a run says about its databases on a server that stays: that they are its own, and that it is alive.
//!
//! The name of a database carries the number of its run, so that the two come into being in one step. As long as the run lives, a session
//! holds an advisory lock with that number. The lock goes with the session, and the session with the process, by whatever signal; the
//! server itself can tell, so the next run may come from another machine. It drops the databases whose number nobody holds, and the roles
//! that are named after them. It drops none that somebody is connected to: a run that has lost its session to a network, and nothing else,
//! keeps what it works in.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgConnection;

use super::DatabaseUrl;
use super::database::{DatabaseError, connect, refused, session_name};

/// How long sessions of a killed run may take to notice.
const PATIENCE: Duration = Duration::from_secs(10);

/// The claim of this process on a server, from its first database on.
#[derive(Debug, Default)]
pub(super) struct Claims(Mutex<Option<Claim>>);

#[derive(Debug)]
struct Claim {
    run: Run,
    databases: AtomicU32,
    /// Holds the lock.
    _session: PgConnection,
}

/// The number of a run: 48 random bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Run(i64);

impl Claims {
    /// A name for a new database of this run, and one for the sessions that make and drop it.
    pub(super) fn name(&self, admin: &DatabaseUrl, prefix: &str) -> Result<(String, String), DatabaseError> {
        let mut claim = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let claim = match &mut *claim {
            Some(claim) => claim,
            none => none.insert(Claim::new(admin)?),
        };
        let number = claim.databases.fetch_add(1, Ordering::Relaxed);
        Ok((format!("{prefix}_tenantry_{}_{number}", claim.run.digits()), session_name(&claim.run.digits())))
    }
}

impl Claim {
    /// Takes a number, and drops what killed runs have left.
    fn new(admin: &DatabaseUrl) -> Result<Self, DatabaseError> {
        let run = Run((getrandom::u64().map_err(|error| std::io::Error::other(error.to_string()))? >> 17).cast_signed());
        let session = connect(admin, &session_name(&run.digits()), async |session| {
            // A server may end sessions that do nothing, which this one does.
            sqlx::query("select set_config('idle_session_timeout', '0', false)").execute(&mut *session).await?;
            sqlx::query("select pg_advisory_lock($1)").bind(run.0).execute(&mut *session).await?;
            sweep(session).await
        });
        Ok(Self { run, databases: AtomicU32::new(0), _session: session?.map_err(refused(admin))? })
    }
}

impl Run {
    fn digits(self) -> String {
        format!("{:012x}", self.0)
    }
}

/// Drops what is left of runs whose number nobody holds.
async fn sweep(session: &mut PgConnection) -> Result<(), sqlx::Error> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = sqlx::query_as::<_, (String, bool)>(DEAD_DATABASES).fetch_all(&mut *session).await?;
        for (statement, _) in left.iter().filter(|(_, idle)| *idle) {
            // Another run may do the same at this moment, and somebody else's database is not ours to drop.
            drop(run(session, statement).await);
        }
        // A session of a killed run may still be at work, and make a database as the last thing it does.
        if !left.iter().any(|(_, idle)| !idle) || Instant::now() > deadline {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for statement in sqlx::query_scalar::<_, String>(DEAD_ROLES).fetch_all(&mut *session).await? {
        drop(run(session, &statement).await);
    }
    Ok(())
}

async fn run(session: &mut PgConnection, statement: &str) -> Result<(), sqlx::Error> {
    #[expect(clippy::disallowed_methods, reason = "the server has put it together with quote_ident")]
    let statement = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()));
    statement.execute(session).await.map(drop)
}

/// The databases of dead runs, each with a statement that drops it, and whether nobody is connected to it; and a row without a statement
/// for each session of such a run that still works. The names are read before the locks, and a run takes its lock before it makes a database.
const DEAD_DATABASES: &str = r"
    with named as materialized (
      select format('drop database if exists %I', datname) as statement, datname,
             substring(datname from '_tenantry_([0-9a-f]{12})_[0-9]+$') as run
      from pg_catalog.pg_database
      union all
      select '', null, substring(application_name from '^tenantry ([0-9a-f]{12})$')
      from pg_catalog.pg_stat_activity where pid <> pg_backend_pid()
    )
    select statement,
           datname is not null and not exists (select from pg_catalog.pg_stat_activity a where a.datname = named.datname)
    from named
    where run is not null and not exists (
      select from pg_catalog.pg_locks
      where locktype = 'advisory' and objsubid = 1 and granted
        and (classid::int8 << 32 | objid::int8) = ('x' || lpad(run, 16, '0'))::bit(64)::int8)";

/// The roles that are named after a database of a dead run that is no more.
const DEAD_ROLES: &str = r"
    with named as materialized (
      select rolname, substring(rolname from '^(.*_tenantry_[0-9a-f]{12}_[0-9]+)_[a-z]+$') as datname,
             substring(rolname from '_tenantry_([0-9a-f]{12})_[0-9]+_[a-z]+$') as run
      from pg_catalog.pg_roles
    )
    select format('drop role if exists %I', rolname) from named
    where run is not null
      and not exists (select from pg_catalog.pg_database d where d.datname = named.datname)
      and not exists (
        select from pg_catalog.pg_locks
        where locktype = 'advisory' and objsubid = 1 and granted
          and (classid::int8 << 32 | objid::int8) = ('x' || lpad(run, 16, '0'))::bit(64)::int8)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_twelve_digits_whatever_it_is() {
        assert_eq!(Run(0).digits(), "000000000000");
        assert_eq!(Run(0x7fff_ffff_ffff).digits(), "7fffffffffff");
    }
}
