//! What a person sees of statements that are good, bad and no statements at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::CommandFactory as _;
use tempfile::TempDir;

use super::read::{Statement, all, workspace};
use super::report::Report;
use super::{Args, Format};
use crate::App;

/// Files in a folder of their own.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn report(statements: Vec<Statement>) -> Report {
    let mut report = Report::default();
    for statement in statements {
        report.add(statement, |text| tenantry_sqlcheck::check(text, &tenantry_sqlcheck::Conventions::DEFAULT));
    }
    report
}

/// The text without the name of the temporary folder.
fn relative(text: &str, folder: &Path) -> String {
    text.replace(&format!("{}/", folder.display()), "").replace(&folder.display().to_string(), "DIR")
}

fn of(folder: &TempDir, names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| folder.path().join(name)).collect()
}

fn refusal(folder: &TempDir, names: &[&str]) -> String {
    let error = all(&of(folder, names)).unwrap_err();
    relative(&format!("{error:#}"), folder.path())
}

const QUERIES: &str = "\
-- What the shop asks.
select name from app.customers where tenant_id = $1
select name from app.customers

select o.number, c.name
  from app.sales_orders o
  join app.customers c on c.id = o.customer
 where o.tenant_id = $1

select name from app.customers
select 1; drop table app.customers
insert into app.categories (tenant_id, id, name) values ($1, $2, $3)
";

/// What sqlx 0.9 writes for a `query_as!` in which one relation has forgotten its tenant.
const PLANTED: &[u8] = include_bytes!("planted.json");

#[test]
fn a_file_is_told_with_places_reasons_and_numbers() {
    let folder = folder(&[("queries.sql", QUERIES.as_bytes()), (".sqlx/query-c0ffee.json", PLANTED)]);
    let report = report(all(&of(&folder, &["queries.sql", ".sqlx"])).unwrap());
    assert_eq!(report.refused(), 4);
    insta::assert_snapshot!("refused_for_people", relative(&report.text(false, false), folder.path()));
    insta::assert_snapshot!("all_for_people_on_a_terminal", relative(&report.text(true, true), folder.path()));
    insta::assert_snapshot!("for_programs", relative(&report.json().unwrap(), folder.path()));
}

#[test]
fn what_is_accepted_is_a_line() {
    let folder = folder(&[("a.sql", b"select name from app.customers where tenant_id = $1\r\n")]);
    let report = report(all(&of(&folder, &["a.sql"])).unwrap());
    assert_eq!(report.text(false, false), "1 statement: 1 accepted, 0 refused");
}

#[test]
fn the_workspace_has_what_sqlx_has_written_anywhere_but_in_builds_and_suites() {
    let folder = folder(&[
        ("app/.sqlx/query-1.json", PLANTED),
        (".sqlx/query-2.json", PLANTED),
        ("target/.sqlx/query-3.json", PLANTED),
        (".hidden/.sqlx/query-4.json", PLANTED),
        ("tests/.sqlx/query-5.json", PLANTED),
        ("app/.sqlx/notes.json", b"{}"),
    ]);
    let places: Vec<String> =
        workspace(folder.path()).unwrap().iter().map(|found| relative(&found.place.to_string(), folder.path())).collect();
    assert_eq!(places, [".sqlx/query-2.json", "app/.sqlx/query-1.json"]);
    // A folder in which one lies stands for it.
    assert_eq!(all(&of(&folder, &["app"])).unwrap().len(), 1);
}

#[test]
fn a_planted_statement_of_a_query_macro_is_refused() {
    let folder = folder(&[(".sqlx/query-c0ffee.json", PLANTED)]);
    let report = report(all(&of(&folder, &[".sqlx"])).unwrap());
    assert_eq!(report.refused(), 1);
    let text = relative(&report.text(false, false), folder.path());
    assert!(text.contains("app.customers"), "{text}");
}

#[test]
fn a_line_that_is_far_too_long_is_refused_like_any_other() {
    let long = format!("select '{}'\nselect 1 from app.customers where tenant_id = $1\n", "x".repeat(2 << 20));
    let folder = folder(&[("long.sql", long.as_bytes())]);
    let report = report(all(&of(&folder, &["long.sql"])).unwrap());
    let text = relative(&report.text(false, false), folder.path());
    assert!(text.contains("long.sql:1:1: refused: the text is longer than 1 MiB"), "{}", text.len());
    assert!(text.len() < 1_000 && text.ends_with("2 statements: 1 accepted, 1 refused\n  by rule:\n    too-long  1"), "{text}");
}

#[test]
fn what_cannot_be_read_is_named_with_what_to_do() {
    let folder = folder(&[
        ("good.sql", b"select 1"),
        ("empty.sql", b"\n-- nothing\n"),
        ("latin.sql", b"select 1\nselect '\xf3'\n"),
        ("indented.sql", b"\n  select 1\n"),
        ("none/notes.txt", b""),
        ("broken/query-1.json", b"{\"db_name\": "),
        ("old/query-1.json", br#"{"db_name": "PostgreSQL"}"#),
        ("other/query-1.json", br#"{"db_name": "MySQL", "query": "select 1"}"#),
    ]);
    let bad: Vec<String> = [
        &["missing.sql"][..],
        &["empty.sql"],
        &["latin.sql"],
        &["indented.sql"],
        &["good.sql", "./good.sql"],
        &["none"],
        &["broken"],
        &["old"],
        &["other/query-1.json"],
    ]
    .iter()
    .map(|names| format!("{}\n    error: {}", names.join(" "), refusal(&folder, names)))
    .collect();
    let nothing = workspace(&folder.path().join("none")).unwrap_err();
    insta::assert_snapshot!(format!("{}\n\n(no argument)\n    error: {nothing}", bad.join("\n\n")));
}

#[test]
fn a_name_cannot_move_the_cursor() {
    let folder = folder(&[]);
    assert!(refusal(&folder, &["\u{1b}[2J.sql"]).starts_with("cannot read \\u{1b}[2J.sql"));
}

#[test]
fn programs_are_told_by_the_exit_code() {
    let router = |api: &tenantry::http::Api| tenantry::http::routes(api);
    // The conventions are the application's: its tenant column, and the tables that its tenants share.
    let conventions = tenantry::Conventions { tenant_column: "org", shared: &["app.currencies"], ..tenantry::Conventions::DEFAULT };
    let app = App::new(&[], conventions, env!("CARGO_MANIFEST_DIR"), router);
    let folder = folder(&[
        ("good.sql", b"select name from app.customers where org = $1\nselect code from app.currencies where code = $1\n"),
        ("bad.sql", b"select name from app.customers where tenant_id = $1\n"),
    ]);
    let run = |names: &[&str]| super::main(&app, &Args { sources: of(&folder, names), format: Format::Json, all: false });
    assert_eq!(run(&["good.sql"]), ExitCode::SUCCESS);
    assert_eq!(run(&["good.sql", "bad.sql"]), ExitCode::from(1));
    assert_eq!(run(&["missing.sql"]), ExitCode::from(2));
    // This package has none.
    assert_eq!(run(&[]), ExitCode::from(2));
}

#[test]
fn the_help_teaches() {
    let mut cli = crate::Cli::command();
    let command = cli.find_subcommand_mut("check-sql").unwrap();
    insta::assert_snapshot!(command.render_long_help().to_string());
}
