//! What is taken and what is refused, one line each.

use tenantry_sqlcheck::{MAX_BYTES, Rule, Verb, statement};

const TAKEN: &[(&str, Verb)] = &[
    ("select 1", Verb::Select),
    ("SELECT name FROM app.customers WHERE tenant_id = $1", Verb::Select),
    ("  \n\t-- who\n/* and why */ select 1", Verb::Select),
    ("sElEcT 1 -- the end", Verb::Select),
    ("select 1 /* a /* nested */ comment; */", Verb::Select),
    ("select 'it''s; fine'", Verb::Select),
    ("select 'a\\d+', 'back\\\\', E'back\\\\'", Verb::Select),
    ("select E'it\\'s; fine'", Verb::Select),
    ("select e'a'\n -- more\n 'b\\'; c'", Verb::Select),
    ("select 'a'\n'b\\\\'", Verb::Select),
    ("select $$a; 'b$$, $t$ $$ ; $u$t$", Verb::Select),
    ("select $größe$;$größe$", Verb::Select),
    ("select a$b$c from x", Verb::Select),
    ("select \"a;\"\"b\" from app.t", Verb::Select),
    ("select größe from app.t", Verb::Select),
    ("select 'set_config' -- set_config", Verb::Select),
    ("select 'a\u{a0}b'", Verb::Select),
    ("select 1e10, 1.5e-3, .5, 0x1F, 1_000, 2., 7", Verb::Select),
    ("select a &-- b and c\n 1", Verb::Select),
    ("select a */* c */ b", Verb::Select),
    ("select data ? 'k', data #>> '{a}', a[1:2], b::int from app.t", Verb::Select),
    ("select b'01', x'1F', n'a'", Verb::Select),
    ("select u & 'x' from app.t", Verb::Select),
    ("select lo_price, setting, set_config_name, pg_stats from app.t", Verb::Select),
    ("select 1 from app.t for update", Verb::Select),
    ("insert into app.t (tenant_id, id) values ($1, $2) returning id", Verb::Insert),
    ("insert /* here */ into app.t (tenant_id) select $1", Verb::Insert),
    ("update app.t set a = 1 where tenant_id = $1", Verb::Update),
    ("delete from app.t where tenant_id = $1", Verb::Delete),
    ("with a as (select 1) select * from a", Verb::With),
    ("with a as (insert into app.t (tenant_id) values ($1) returning *) select * from a", Verb::With),
    ("with a(x) as (select 1), b as (select 2) insert into app.t (tenant_id) select x from a", Verb::With),
    ("with a as (delete from app.t where tenant_id = $1 returning *) update app.u set n = 1", Verb::With),
];

const REFUSED: &[(&str, Rule, usize, usize)] = &[
    ("", Rule::Empty, 1, 1),
    (" -- nothing", Rule::Empty, 1, 1),
    ("values (1)", Rule::Verb, 1, 1),
    ("table app.t", Rule::Verb, 1, 1),
    ("(select 1)", Rule::Verb, 1, 1),
    ("\"select\" 1", Rule::Verb, 1, 1),
    ("selects 1", Rule::Verb, 1, 1),
    ("\n\n  set app.tenant_id = 'x'", Rule::Verb, 3, 3),
    ("begin", Rule::Verb, 1, 1),
    ("explain select 1", Rule::Verb, 1, 1),
    ("copy app.t to stdout", Rule::Verb, 1, 1),
    ("do $$ begin end $$", Rule::Verb, 1, 1),
    ("merge into app.t using app.u on true when matched then delete", Rule::Verb, 1, 1),
    ("select 1;", Rule::Semicolon, 1, 9),
    ("select 1; select 2", Rule::Semicolon, 1, 9),
    ("select 'a\\'; drop table x --'", Rule::Backslash, 1, 10),
    ("select e'a' 'b\\'; c'", Rule::Backslash, 1, 15),
    ("select e'a'/*\n*/'b\\'; c'", Rule::Backslash, 2, 5),
    ("select type'b\\'; c'", Rule::Backslash, 1, 14),
    ("select 'a\\\\'; drop table x --'", Rule::Semicolon, 1, 13),
    ("select 'a\\\\\\'; drop table x --'", Rule::Backslash, 1, 12),
    ("select 1 -- a\r; select 2", Rule::Semicolon, 1, 15),
    ("select 1 /* /* */ */ ; select 2", Rule::Semicolon, 1, 22),
    ("select $a$ $a$ ; $a$ $a$", Rule::Semicolon, 1, 16),
    ("select set_config('app.tenant_id', $1, true)", Rule::Name("set_config"), 1, 8),
    ("select\n  pg_catalog.SET_CONFIG('a', 'b', true)", Rule::Name("set_config"), 2, 14),
    ("select \"Set_Config\"('a', 'b', true)", Rule::Name("set_config"), 1, 8),
    ("update pg_catalog.pg_settings set setting = 'x' where name = 'search_path'", Rule::Name("pg_settings"), 1, 19),
    ("select setseed(0.5)", Rule::Name("setseed"), 1, 8),
    ("select query from pg_stat_activity", Rule::Name("pg_stat_"), 1, 19),
    ("select pg_stat_get_live_tuples(1)", Rule::Name("pg_stat_"), 1, 8),
    ("select pg_terminate_backend(1)", Rule::Name("pg_terminate_backend"), 1, 8),
    ("select currtid2('app.t', '(0,1)')", Rule::Name("currtid2"), 1, 8),
    ("select pg_advisory_lock(1)", Rule::Name("pg_advisory_"), 1, 8),
    ("select pg_try_advisory_xact_lock(1)", Rule::Name("pg_try_advisory_"), 1, 8),
    ("select query_to_xml('select 1', true, true, '')", Rule::Name("query_to_xml"), 1, 8),
    ("select query_to_xml_and_xmlschema('x', true, true, '')", Rule::Name("query_to_xml"), 1, 8),
    ("select cursor_to_xml('c', 1, true, true, '')", Rule::Name("cursor_to_xml"), 1, 8),
    ("select table_to_xml('t', true, true, '')", Rule::Name("table_to_xml"), 1, 8),
    ("select schema_to_xml('s', true, true, '')", Rule::Name("schema_to_xml"), 1, 8),
    ("select database_to_xmlschema(true, true, '')", Rule::Name("database_to_xml"), 1, 8),
    ("select * from ts_stat('select 1')", Rule::Name("ts_stat"), 1, 15),
    ("select ts_rewrite('a', 'select 1')", Rule::Name("ts_rewrite"), 1, 8),
    ("select * from dblink('x', 'y')", Rule::Name("dblink"), 1, 15),
    ("select * from public.dblink_exec('x')", Rule::Name("dblink"), 1, 22),
    ("select lo_import('/etc/passwd')", Rule::Name("lo_import"), 1, 8),
    ("select lowrite(1, 'a')", Rule::Name("lowrite"), 1, 8),
    ("select * into stolen from app.t", Rule::SelectInto, 1, 10),
    ("select 1 as a INTO TEMP stolen", Rule::SelectInto, 1, 15),
    ("select insert into stolen from app.t", Rule::SelectInto, 1, 15),
    ("select count(*) insert into stolen from app.t", Rule::SelectInto, 1, 24),
    ("with a as (select 1) select count(*) insert into stolen from a", Rule::SelectInto, 1, 45),
    ("with a as (select 1) (select f(1) insert into stolen from a)", Rule::SelectInto, 1, 42),
    ("with a as (select 1) merge into app.t using a on true when matched then delete", Rule::Merge, 1, 28),
    ("select 1\u{c}+ 1", Rule::Control, 1, 9),
    ("select 'a\u{0}b'", Rule::Control, 1, 10),
    ("select 'a\u{7f}b'", Rule::Control, 1, 10),
    ("select\u{a0}1", Rule::Invisible, 1, 7),
    ("select 1 as größe\u{200b}", Rule::Invisible, 1, 18),
    ("select 1 \u{3000}", Rule::Invisible, 1, 10),
    ("\u{feff}select 1", Rule::Invisible, 1, 1),
    ("select $\u{2003}$ a $\u{2003}$", Rule::Invisible, 1, 9),
    ("select 1\u{85}", Rule::Number, 1, 8),
    ("select U&'\\0041'", Rule::UnicodeEscape, 1, 8),
    ("select u&\"\\0041\" from app.t", Rule::UnicodeEscape, 1, 8),
    ("select `a`", Rule::Character, 1, 8),
    ("select a \\ b", Rule::Character, 1, 10),
    ("select {d}", Rule::Character, 1, 8),
    ("select 1e'b\\'", Rule::Number, 1, 8),
    ("select 1from app.t", Rule::Number, 1, 8),
    ("select $1and true", Rule::Number, 1, 8),
    ("select 1$$a$$", Rule::Number, 1, 8),
    ("select 0x", Rule::Number, 1, 8),
    ("select $", Rule::Dollar, 1, 8),
    ("select $tag", Rule::Dollar, 1, 8),
    ("select 'a", Rule::OpenString, 1, 8),
    ("select 'a''", Rule::OpenString, 1, 8),
    ("select E'a\\'", Rule::OpenString, 1, 8),
    ("select e'a'\n'b\\'", Rule::OpenString, 1, 8),
    ("select \"a", Rule::OpenName, 1, 8),
    ("select $a$ $A$", Rule::OpenDollarQuote, 1, 8),
    ("select 1 /* /* */", Rule::OpenComment, 1, 10),
    ("select 1 /*/", Rule::OpenComment, 1, 10),
];

#[test]
fn these_are_taken() {
    for (text, verb) in TAKEN {
        assert_eq!(statement(text), Ok(*verb), "{text:?}");
    }
}

#[test]
fn these_are_refused_where_it_begins() {
    for (text, rule, line, column) in REFUSED {
        let refusal = statement(text).expect_err(text);
        assert_eq!((refusal.rule(), refusal.line(), refusal.column()), (*rule, *line, *column), "{text:?}");
    }
}

#[test]
fn a_text_may_have_a_mebibyte_and_no_more() {
    let longest = format!("select 1{}", " ".repeat(MAX_BYTES - 8));
    assert_eq!(statement(&longest), Ok(Verb::Select));
    assert_eq!(statement(&(longest + " ")).map_err(|refusal| refusal.rule()), Err(Rule::TooLong));
}

#[test]
fn a_refusal_points_at_the_place() {
    let text = "select name\nfrom app.customers;";
    let refusal = statement(text).expect_err("a semicolon");
    assert_eq!(
        refusal.explain(text),
        "line 2, column 19: one statement only, without a semicolon: leave it out, and run further statements by calls of their own\n  \
         from app.customers;\n                    ^"
    );
}

/// Texts that make a careless lexer start over at each step; each is done in an instant or the suite stands still.
#[test]
fn the_longest_texts_take_linear_time() {
    for piece in ["/*", "$a", "$a$ ", "'' ", "e'a'\n", "--\n", "\"\"", "((", "1.", "insert "] {
        let text = format!("select {}", piece.repeat((MAX_BYTES - 8) / piece.len()));
        let _ = statement(&text);
    }
}
