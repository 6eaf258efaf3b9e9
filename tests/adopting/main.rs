//! A help desk moves behind the fences, as `docs/adopting.md` tells it: the service from before and the one from after are built and run on
//! one database, asked the same things, and the second one is proven.

mod guide;
mod script;

use std::fs;

use guide::Command;
use script::{ACME, BOLT, Customer, played};
use sqlx::{Connection as _, PgConnection};
use tenantry_testkit::{Database, DatabaseUrl, execute};
use tenantry_tests::outside::{Application, Run, Service};
use tenantry_tests::{root, server};

/// Of every role, which goes at the end of the test.
const PASSWORD: &str = "a-password-of-this-test-alone";

/// The login of the service from before, as `move/0_keep_the_old_service.sql` calls it.
const OLD_LOGIN: &str = "helpdesk";

#[test]
fn a_help_desk_moves_and_is_proven() {
    let desk = Desk::new();
    desk.application.cargo(&["build", "--quiet", "--package", "desk-before", "--package", "desk"]).succeeds();

    // The service from before, on its own tables.
    let before = desk.application.serve("desk-before", &desk.url(OLD_LOGIN));
    desk.run(OLD_LOGIN, &fs::read_to_string(root().join("tests/adopting/seed.sql")).expect("the rows"));
    another_customers_ticket(&before, 200, 204);
    desk.run(OLD_LOGIN, "delete from tags where label = 'planted'");

    // What the guide tells to do, one command after the other, but for the proof.
    let (proof, moving): (Vec<_>, Vec<_>) = guide::commands().into_iter().partition(|command| command.line.starts_with("cargo test"));
    moving.iter().for_each(|command| desk.follow(command));

    // The old service starts as it did, and the new one answers as it does.
    drop(before);
    let before = desk.application.serve("desk-before", &desk.url(OLD_LOGIN));
    let after = desk.application.serve("desk", &desk.url("desk_app"));
    another_customers_ticket(&after, 404, 404);
    for customer in [ACME, BOLT] {
        let [old, new] = [&before, &after].map(|service| desk.played(service, customer));
        assert_eq!(old, new);
        if customer.account == ACME.account {
            insta::assert_snapshot!(script::shown(&new));
        }
    }
    drop((before, after));

    assert_eq!(proof.len(), 1, "the guide ends with the proof");
    proof.iter().for_each(|command| desk.follow(command));
    desk.each_layer_alone();
    desk.xtask(&["deprovision", "--force"]).succeeds();
    desk.without_the_old_login();
}

/// A customer asks for another one's ticket, sets the status that it has, and tags it.
fn another_customers_ticket(service: &Service, read: u16, written: u16) {
    let path = format!("/tickets/{}", ACME.ticket);
    let (status, body) = BOLT.send(service, "GET", &path, None);
    assert_eq!((status, body.contains("Acme's Ada")), (read, read == 200), "{body}");
    assert_eq!(BOLT.send(service, "PUT", &format!("{path}/status"), Some(&"open".into())).0, written);
    assert_eq!(BOLT.send(service, "PUT", &format!("{path}/tags/planted"), None).0, written);
}

/// The two services in a folder of their own, and the database that they share.
struct Desk {
    application: Application,
    database: Database,
}

impl Desk {
    fn new() -> Self {
        let application = Application::copied("tests/adopting/desk", "after", env!("CARGO_TARGET_TMPDIR"));
        let database = server().create_database("adopting").expect("a database");
        let desk = Self { application, database };
        let login = format!(
            "do $$ begin
               if not exists (select from pg_roles where rolname = '{OLD_LOGIN}') then create role {OLD_LOGIN}; end if;
             end $$;
             alter role {OLD_LOGIN} login password '{PASSWORD}';
             alter database {} owner to {OLD_LOGIN}",
            desk.database.name(),
        );
        desk.run_at(desk.database.url(), &login);
        desk
    }

    /// Roles belong to the server, which may outlive the test.
    fn without_the_old_login(&self) {
        let (database, login) = (self.database.name(), OLD_LOGIN);
        let sql = format!("alter database {database} owner to current_user; drop owned by {login}; drop role {login}");
        self.run_at(self.database.url(), &sql);
    }

    /// The database by that login.
    fn url(&self, login: &str) -> String {
        self.database.url().with_login(login, PASSWORD).expose_with_password().to_owned()
    }

    /// Runs statements by that login.
    fn run(&self, login: &str, sql: &str) {
        self.run_at(&self.database.url().with_login(login, PASSWORD), sql);
    }

    /// Runs statements in one transaction.
    fn run_at(&self, url: &DatabaseUrl, sql: &str) {
        at(url, async |connection| {
            execute(connection, &format!("begin;\n{sql};\ncommit")).await.unwrap_or_else(|error| panic!("{error}:\n{sql}"));
        });
    }

    fn xtask(&self, arguments: &[&str]) -> Run {
        self.with_logins(self.application.xtask(arguments))
    }

    /// The variables that the guide says are set.
    fn with_logins(&self, run: Run) -> Run {
        let run = run.env("ADMIN_DATABASE_URL", self.database.url().expose_with_password());
        let run = run.env("APP_DATABASE_URL", &self.url("desk_app"));
        let logins = ["APP", "MIGRATOR", "PLATFORM", "IDENTITY", "BACKUP"].map(|role| format!("DESK_{role}_PASSWORD"));
        logins.iter().fold(run, |run, login| run.env(login, PASSWORD))
    }

    /// Does what a command of the guide does. What psql would send is sent from here, since it need not be installed.
    fn follow(&self, Command { line, refuses }: &Command) {
        println!("$ {line}");
        if let Some(file) = line.strip_prefix("psql \"$ADMIN_DATABASE_URL\" --single-transaction --file ") {
            let sql = self.application.read(file);
            if file.ends_with("compare.sql") {
                self.compared(&sql)
            } else {
                self.run_at(self.database.url(), &sql)
            }
            return;
        }
        let describes = line.contains("SQLX_OFFLINE_DIR");
        if describes {
            // Whatever is there afterwards was written by this build.
            let folder = self.application.path(".sqlx");
            fs::remove_dir_all(&folder).and_then(|()| fs::create_dir(&folder)).expect("an empty folder");
        }
        // The proof with the parts of a push, and as many cases as half a minute has room for.
        let run = self.with_logins(self.application.shell(line)).env("TENANTRY_PROOF_PROFILE", "push").env("TENANTRY_PROOF_CASES", "48");
        println!("{}", if *refuses { run.fails() } else { run.said() });
        if describes {
            self.descriptions_are_committed();
        }
    }

    /// Every line of the comparison says that old and new are equal.
    fn compared(&self, sql: &str) {
        at(self.database.url(), async |connection| {
            let sql = format!("select what, old::text, new::text, equal from (\n{}\n) compared", sql.trim().trim_end_matches(';'));
            let sql = tenantry_testkit::made(sql);
            let lines: Vec<(String, String, String, bool)> = sqlx::query_as(sql).fetch_all(connection).await.expect("the comparison runs");
            assert!(lines.len() == 11 && lines.iter().all(|(_, old, new, equal)| *equal && old == new && old != "0"), "{lines:?}");
        });
    }

    /// What the build wrote beside the code, from the database that it saw, is what is committed.
    fn descriptions_are_committed(&self) {
        let described = |folder: std::path::PathBuf| {
            let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            let file = |entry: std::io::Result<fs::DirEntry>| {
                let path = entry.expect("an entry").path();
                (path.file_name().map(ToOwned::to_owned), fs::read_to_string(&path).expect("a description"))
            };
            let mut all: Vec<_> = files.map(file).collect();
            all.sort();
            all
        };
        let committed = described(root().join("tests/adopting/desk/after/.sqlx"));
        assert_eq!(described(self.application.path(".sqlx")), committed, "copy the folder .sqlx and commit it");
    }

    /// A customer's afternoon, without what the calendar says.
    fn played(&self, service: &Service, customer: Customer) -> String {
        let today = || {
            let mut day = String::new();
            at(self.database.url(), async |connection| {
                let sql = "select to_char(now() at time zone 'UTC', 'YYYY-MM-DD')";
                day = sqlx::query_scalar(sql).fetch_one(connection).await.expect("a day");
            });
            day
        };
        let first = today();
        let said = played(service, customer);
        said.replace(&first, "{today}").replace(&today(), "{today}")
    }

    /// The proof, as the variables change it. The statements of one table alone.
    fn proof(&self, open: bool) -> Run {
        let run = self.application.cargo(&["test", "--package", "desk", "--test", "isolation"]);
        let run = run.env("TENANTRY_PROOF_PARTS", "workload").env("TENANTRY_PROOF_SEED", "1");
        let run = run.env("TENANTRY_PROOF_CASES", "48");
        // Bare SQL has no predicate, so that nothing would hold it.
        if open { run.env("TENANTRY_PROOF_OPEN", "tickets").env("TENANTRY_PROOF_SURFACES", "http,repository") } else { run }
    }

    /// The predicates without row level security, row level security without them, and neither.
    fn each_layer_alone(&self) {
        self.proof(true).succeeds();
        self.application.write("src/tickets.rs", &self.application.read("../between/tickets.rs"));
        for entry in fs::read_dir(self.application.path("../between/.sqlx")).expect("the descriptions") {
            let from = entry.expect("an entry").path();
            let to = self.application.path(".sqlx").join(from.file_name().expect("a name"));
            fs::copy(&from, to).expect("a copy");
        }
        self.proof(false).succeeds();
        let red = self.proof(true).fails();
        assert!(red.contains("test no_account_reaches_another ... FAILED"), "{red}");
        // One that looks at tickets alone: where a join leads through a table that is still fenced, that table hides the row.
        assert!(red.contains("calls PUT /tickets/{id}/status with another tenant's id"), "the route is named: {red}");
    }
}

/// Does something on a connection of its own.
fn at(url: &DatabaseUrl, work: impl AsyncFnOnce(&mut PgConnection)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut connection = PgConnection::connect_with(&url.options().expect("a URL")).await.expect("a login");
        work(&mut connection).await;
        connection.close().await.expect("an end");
    });
}
