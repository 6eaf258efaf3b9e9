//! Each rule against its good and its bad SQL, which lie beside it. An example is run in a transaction that is taken back, also where it
//! alters a role, so that all of them share one database.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use sqlx::{Connection as _, PgConnection};
use tenantry::lint::{Finding, Level, RULES, Rule, Severity, run};
use tenantry_testkit::{Stage, execute};
use tenantry_tests::{root, stage};

use super::{ONLY_HARDENED, admin, closed, findings, held_to, login, target, told};

/// A statement block of `bad.sql`, and the object that it spoils.
struct Bad {
    object: String,
    sql: String,
    /// The extension that it installs, which a server need not have.
    extension: Option<String>,
}

fn file(rule: &Rule, name: &str) -> String {
    let path: PathBuf = root().join("runtime/src/lint/rules").join(rule.name()).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn bad(rule: &Rule) -> Vec<Bad> {
    let text = file(rule, "bad.sql");
    let blocks = text.split("-- bad: ").skip(1);
    blocks
        .map(|block| {
            let (object, sql) = block.split_once('\n').expect("a block is a line and its SQL");
            let extension = sql.lines().find_map(|line| line.strip_prefix("-- needs: extension "));
            Bad { object: object.to_owned(), sql: sql.to_owned(), extension: extension.map(str::to_owned) }
        })
        .collect()
}

/// What the linter finds after the SQL, which is taken back again.
async fn after(connection: &mut PgConnection, stage: &Stage, sql: &str, rule: &'static Rule) -> Vec<Finding> {
    let mut transaction = connection.begin().await.expect("begins");
    execute(&mut transaction, &format!("{sql}\n; reset role; reset row_security"))
        .await
        .unwrap_or_else(|error| panic!("{}: {error}\n{sql}", rule.name()));
    let mut options = held_to(stage.level());
    if rule.name() == "statistics" {
        options.rules = vec![rule];
    }
    let found = run(&mut transaction, &target(), &options).await.unwrap_or_else(|error| panic!("{}: {}\n{sql}", rule.name(), told(&error)));
    transaction.rollback().await.expect("is taken back");
    closed(found, stage)
}

/// The rules that a database of that level can keep. Of the others the examples are no news there, and it is told that they were left out.
fn kept_at(level: Level) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| {
        let kept = level == Level::Hardened || !ONLY_HARDENED.contains(&rule.name());
        if !kept {
            println!("left out at level {level}, which leaves it open: the examples of {}", rule.name());
        }
        kept
    })
}

#[tokio::test]
async fn the_reference_database_has_no_finding() {
    let stage = stage().await;
    let found = findings(&mut admin(&stage).await, &stage).await;
    assert_eq!(found, []);
}

#[tokio::test]
async fn good_sql_is_let_pass() {
    let stage = stage().await;
    let mut connection = admin(&stage).await;
    for rule in kept_at(stage.level()).filter(|rule| rule.name() != "statistics") {
        let found = after(&mut connection, &stage, &file(rule, "good.sql"), rule).await;
        assert_eq!(found, [], "{}", rule.name());
    }
}

/// That the rule finds its example, and a line of what it says.
async fn told_of(connection: &mut PgConnection, stage: &Stage, rule: &'static Rule, example: &Bad) -> String {
    let Bad { object, sql, .. } = example;
    let found = after(connection, stage, sql, rule).await;
    let own: Vec<&Finding> = found.iter().filter(|finding| finding.rule == rule.name()).collect();
    let named = own.iter().find(|finding| finding.object == *object);
    let named = named.unwrap_or_else(|| panic!("{} does not find {object}:\n{sql}\n{found:#?}", rule.name()));
    assert_eq!(named.severity, Severity::Fault, "{}", rule.name());
    assert!(!named.remedy.is_empty() && !named.what.ends_with('.'), "{named:#?}");
    let mut others: Vec<&str> = found.iter().map(|finding| finding.rule).filter(|other| *other != rule.name()).collect();
    others.dedup();
    let also = if others.is_empty() { String::new() } else { format!("\n    also {}", others.join(", ")) };
    format!("{}: {object}: {}{also}", rule.name(), named.what)
}

/// Which other rules notice too is a snapshot: a rule that stops to overlap with another is worth a look.
#[tokio::test]
async fn bad_sql_is_found_by_its_rule_with_its_object() {
    let stage = stage().await;
    let mut connection = admin(&stage).await;
    let admin: String = sqlx::query_scalar("select current_user::text").fetch_one(&mut connection).await.expect("a name");
    let mut lines = Vec::new();
    for rule in kept_at(stage.level()) {
        let examples = bad(rule);
        assert_eq!(examples.is_empty(), rule.name() == "server-version", "{}: bad.sql", rule.name());
        for example in examples.iter().filter(|example| example.extension.is_none()) {
            lines.push(told_of(&mut connection, &stage, rule, example).await);
        }
    }
    let text = lines.join("\n").replace(&format!("rights of {admin},"), "rights of ADMIN,");
    insta::assert_snapshot!(text.replace(&format!("owner {admin} is"), "owner ADMIN is"));
}

/// Extensions are separate packages, and a server may be without them.
#[tokio::test]
async fn bad_sql_that_installs_an_extension_is_found_where_the_server_offers_it() {
    let stage = stage().await;
    let mut connection = admin(&stage).await;
    let sql = "select name::text from pg_available_extensions";
    let offered: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("the server's extensions");
    let mut needed = Vec::new();
    for rule in RULES {
        for example in bad(rule) {
            let Some(extension) = &example.extension else { continue };
            needed.push(extension.clone());
            if !offered.contains(extension) {
                println!("skipped, since the server does not offer the extension {extension}: {} of {}", example.object, rule.name());
                continue;
            }
            let told = told_of(&mut connection, &stage, rule, &example).await;
            let due = format!("{}: {extension}: the extension opens connections or files past row security", rule.name());
            assert_eq!(told, due);
        }
    }
    assert_eq!(needed, ["dblink"], "the examples that need an extension");
}

#[tokio::test]
async fn the_same_database_gives_the_same_answer_and_is_left_as_it_was() {
    let stage = stage().await;
    let mut connection = admin(&stage).await;
    execute(&mut connection, "alter table app.products no force row level security; drop policy tenant_fence on app.customers")
        .await
        .expect("is spoilt");
    let (first, second) = (findings(&mut connection, &stage).await, findings(&mut connection, &stage).await);
    assert_eq!(first, second);
    let rules: Vec<(&str, &str)> = first.iter().map(|finding| (finding.rule, finding.object.as_str())).collect();
    assert_eq!(rules, [("row-security-forced", "app.products"), ("restrictive-fence", "app.customers")]);
    let state: (String, String) = sqlx::query_as("select current_setting('row_security'), current_setting('search_path')")
        .fetch_one(&mut connection)
        .await
        .expect("the connection is as it was");
    assert_eq!(state, ("on".to_owned(), "\"$user\", public".to_owned()));
    assert_eq!(sqlx::query("create table app.t (id int)").execute(&mut connection).await.err().map(|error| error.to_string()), None);
}

/// What the service's own login cannot see is no finding and no silence.
#[tokio::test]
async fn a_login_that_does_not_see_all_rows_says_so() {
    let stage = stage().await;
    let found = findings(&mut login(&stage, "app").await, &stage).await;
    assert!(!found.is_empty());
    for finding in found {
        assert_eq!((finding.rule, finding.severity), ("foreign-key-dangling", Severity::Unchecked), "{finding:#?}");
    }
}

/// What only a superuser can take away is no fault of a database that claims no such thing.
#[tokio::test]
async fn what_only_a_higher_level_closes_is_open() {
    let stage = stage().await;
    let mut connection = admin(&stage).await;
    let opened = "drop event trigger if exists tenantry_enable_row_security; grant execute on function pg_notify(text, text) to public";
    execute(&mut connection, opened).await.expect("is opened");
    let severities = async |connection: &mut PgConnection, options| {
        let found = run(connection, &target(), options).await.expect("is asked");
        found.iter().map(|finding| (finding.rule, finding.severity)).collect::<BTreeSet<_>>()
    };
    let both = |severity| BTreeSet::from(ONLY_HARDENED.map(|rule| (rule, severity)));
    let open = tenantry::lint::Options::default();
    assert_eq!(severities(&mut connection, &open).await, both(Severity::Open));
    assert_eq!(severities(&mut connection, &held_to(Level::Hardened)).await, both(Severity::Fault));
}

#[tokio::test]
async fn an_old_server_is_named() {
    let stage = stage().await;
    let mut connection = admin(&stage).await;
    let version: i32 = sqlx::query_scalar("select current_setting('server_version_num')::int / 10000")
        .fetch_one(&mut connection)
        .await
        .expect("a version");
    let major = u32::try_from(version).expect("a version");
    for (floors, what) in [([(major, 9999)], "has known security faults"), ([(major + 1, 0)], "is too old")] {
        let found = run(&mut connection, &target().with_floors(&floors), &held_to(stage.level())).await.expect("is asked");
        let found = closed(found, &stage);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].rule == "server-version" && found[0].what.contains(what), "{found:#?}");
    }
}
