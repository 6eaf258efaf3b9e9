//! The table of texts. Each hides something from a reader with other rules than the server's, or looks as if it did.

use super::{Case, Server};
use Server::{Keeps, KeepsOrNonsense, Leaks, LeaksOrNonsense, Nonsense};

/// Relations whose names are a trap: one is called as a shared table is with its schema, one is as long as a name can be.
pub(super) const MORE: &str = r#"
create view app."ref.countries" with (security_invoker) as select * from app.notes;
create view app.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn with (security_invoker) as select * from app.notes;
create view app."Notes" with (security_invoker) as select * from app.notes;
"#;

/// A condition in `select id from app.notes n where …`: whether it is accepted, and what the server makes of it.
const CONDITIONS: &[(&str, bool, Server)] = &[
    // A comment begins in the middle of an operator.
    ("n.id < 15 &-- 2 and n.tenant_id = $1 and n.id <\n 7", false, Leaks),
    ("n.id < 9 -/* 2 and n.tenant_id = $1 and n.id > */ 1", false, Leaks),
    ("n.id < 9 |/* 2 and n.tenant_id = $1 and n.id > */ 1", false, Leaks),
    ("n.id > 0--1 and n.tenant_id = $1", false, Leaks),
    ("n.id > 0 +-- 1 and n.tenant_id = $1 and n.id >\n 0", false, Leaks),
    ("n.id <>-- 1 and n.tenant_id = $1 and n.id >\n 0", false, Leaks),
    ("n.tenant_id = $1 and n.id < 9 * /* c */ 2", true, Keeps),
    ("n.tenant_id = $1 and n.id < 9 */* c */ 2", true, Keeps),
    ("n.tenant_id = $1 and n.id > 4 */ 2", false, Nonsense),
    // A comment ends where another reader's does not.
    ("n.tenant_id = $1 -- all of them\r or true", false, Leaks),
    ("n.tenant_id = $1 -- all of them\n", true, Keeps),
    ("n.tenant_id = $1 -- or true", true, Keeps),
    ("n.tenant_id = $1 -- \u{2028} or true", true, Keeps),
    ("n.tenant_id = $1 -- \u{85} or true", true, Keeps),
    ("n.tenant_id = $1 # or true", false, Nonsense),
    ("n.id # 0 <> 99 or true\n and n.tenant_id = $1", false, Leaks),
    ("/* /* */ true or */ n.tenant_id = $1", true, Keeps),
    ("n.tenant_id = $1 /* /* */ or true -- */", true, Keeps),
    ("n.tenant_id = $1 /* */ or true /* */", false, Leaks),
    ("n.tenant_id = $1 /*/ or true /*/", false, Nonsense),
    ("n.tenant_id = $1 /*! or true */", true, Keeps),
    ("/*!50000 n.tenant_id = $1 and */ true", false, Leaks),
    ("n.tenant_id = $1 /* ' */ and n.id > 0 /* ' */", true, Keeps),
    ("n.tenant_id = $1 /* -- */ or true", false, Leaks),
    // White space that is none.
    ("n.tenant_id = $1\tand\nn.id > 0", true, Keeps),
    ("n.tenant_id\u{a0}= $1", false, Nonsense),
    ("n.tenant_id = $1 and\u{3000}true", false, Nonsense),
    ("n.tenant\u{200b}_id = $1", false, Nonsense),
    ("n.tenant_id = \u{ff04}1", false, Nonsense),
    ("n.tenant_id \u{ff1d} $1", false, Nonsense),
    ("n.tenant_id = $1 and n.body <> \u{2018}a\u{2019}", true, Nonsense),
    // Escapes in names and strings.
    ("n.U&\"tenant\\005fid\" = $1", false, Keeps),
    ("n.tenant_id = $1 and n.body <> U&'\\0061'", false, Keeps),
    ("n.\"tenant_id\" = $1", true, Keeps),
    ("n.\"Tenant_Id\" = $1", false, Nonsense),
    ("n.TENANT_ID = $1", true, Keeps),
    ("N.tenant_id = $1", true, Keeps),
    ("\"N\".tenant_id = $1", false, Nonsense),
    ("n.\u{3c4}enant_id = $1", false, Nonsense),
    ("n.tenant_\u{131}d = $1", false, Nonsense),
    // Where a string ends.
    ("n.tenant_id = $1 and n.body <> 'it''s' and n.id > 0", true, Keeps),
    ("n.tenant_id = $1 and n.body <> ''", true, Keeps),
    ("n.tenant_id = $1 and n.body <> '\\\\'", true, Keeps),
    ("n.tenant_id = $1 and n.body like 'a' escape '\\' or true", false, Leaks),
    ("coalesce(n.body, '') <> '\\' or true or n.body = ' and n.tenant_id = $1 --'", false, Leaks),
    ("coalesce(n.body, '') <> E'\\' and n.tenant_id = $1 and n.body <> E' or true --'", false, Leaks),
    ("coalesce(n.body, '') <> e'\\' and n.tenant_id = $1 and n.body <> e' or true --'", false, Leaks),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> E'\\'' ", true, Keeps),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> E'\\x27 or true --'", true, Keeps),
    ("n.tenant_id = $1 and n.body = E'\\\\' or n.body <> E' '", false, Leaks),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> 'a'\n' or true'", false, Keeps),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> 'a' -- c\n'b'", false, Keeps),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> 'a' /* c */\n'b'", false, Nonsense),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> 'a' 'b'", false, Nonsense),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> E'a'\n'\\' or true --'", false, Keeps),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> \"a\"", true, Nonsense),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> n'a'", true, Keeps),
    ("n.tenant_id = $1 and b'01' = b'01'", true, Keeps),
    ("n.tenant_id = $1 and x'1F' = x'1f'", true, Keeps),
    ("n.tenant_id = $1 and date'2026-01-01' < now()", true, Keeps),
    // Dollar quotes.
    ("n.tenant_id = $1 and coalesce(n.body, '') <> $$ or true $$", true, Keeps),
    ("n.tenant_id = $1 and coalesce(n.body, '') <> $a$ $$ ' $A$ $a$", true, Keeps),
    ("coalesce(n.body, '') <> $$ and n.tenant_id = $1 and $$", false, Leaks),
    ("coalesce(n.body, '') <> $a$ and n.tenant_id = $1 and n.body <> $a$", false, Leaks),
    ("coalesce(n.body, '') <> $b$ ' $b$ and n.tenant_id = $1 and n.body <> $b$ ' $b$", true, Keeps),
    ("coalesce(n.body, '') <> $1a$ and n.tenant_id = $1 and n.body <> $1a$", false, Nonsense),
    ("n.tenant_id = $1$$ or true$$", false, Nonsense),
    ("n.tenant_id = $1and true", false, Nonsense),
    ("n.tenant_id = $ 1", false, Nonsense),
    ("n.tenant_id = $01", false, Keeps),
    ("n.tenant_id = $001 or true", false, Leaks),
    ("n.tenant_id = $11", false, Nonsense),
    ("n.tenant_id = $2", false, Leaks),
    ("n.tenant_id = ?", false, Nonsense),
    ("n.tenant_id = :1", false, Nonsense),
    ("n.tenant_id = @p1", false, Nonsense),
    // Operators.
    ("n.tenant_id == $1", false, Nonsense),
    ("n.tenant_id = $1 and n.id == 1", false, Nonsense),
    ("n.tenant_id = $1 and n.id != 1", true, Keeps),
    ("n.tenant_id = $1 and n.id <> 1", true, Keeps),
    ("n.tenant_id = $1 and n.id =-1", true, Keeps),
    ("n.tenant_id = $1 and n.id<-1", true, Keeps),
    ("n.tenant_id = $1 and n.id !=-1", false, Nonsense),
    ("n.tenant_id = $1 and n.id =@ -1", false, Nonsense),
    ("n.tenant_id =@ $1", false, Nonsense),
    ("n.tenant_id => $1", false, Nonsense),
    ("n.tenant_id := $1", false, Nonsense),
    ("n.tenant_id <=> $1", false, Nonsense),
    ("n.tenant_id operator(pg_catalog.=) $1", false, Keeps),
    ("n.tenant_id operator(pg_catalog.<>) $1", false, Leaks),
    ("n.tenant_id = $1 and n.id operator(pg_catalog.>) 0", false, Keeps),
    // Who binds tighter.
    ("n.tenant_id = $1 is not null", false, Leaks),
    ("n.tenant_id = $1 notnull", false, Leaks),
    ("not (n.tenant_id = $1 isnull)", false, Leaks),
    ("n.tenant_id = $1 is not true", false, Leaks),
    ("n.tenant_id = $1 is false", false, Leaks),
    ("n.tenant_id = $1 is unknown", false, Keeps),
    ("n.tenant_id = $1 is distinct from null", false, Leaks),
    ("n.tenant_id = $1 = true", false, Nonsense),
    ("n.tenant_id = $1 <> false", false, Nonsense),
    ("n.tenant_id = $1 >= false", false, Nonsense),
    ("not n.tenant_id = $1", false, Leaks),
    ("not n.id = 1 and n.tenant_id = $1", true, Keeps),
    ("n.id between 1 and 4 and n.tenant_id = $1", true, Keeps),
    ("n.id not between 1 and 2 and n.tenant_id = $1", true, Keeps),
    ("n.tenant_id = $1 and n.id = 1 or n.id = 2", false, Leaks),
    ("n.tenant_id = $1 xor n.id = 1", false, Nonsense),
    ("n.tenant_id = $1 and n.body regexp 'r'", false, Nonsense),
    ("n.tenant_id = $1 and n.body rlike 'r'", false, Nonsense),
    ("n.tenant_id = $1 && true", false, Nonsense),
    ("n.tenant_id = $1 || true", false, Nonsense),
    ("n.tenant_id = any (array[$1]) is not null", false, Leaks),
    ("n.body collate \"C\" < 'z' and n.tenant_id = $1", true, Keeps),
    // Numbers.
    ("n.tenant_id = $1 and n.id < 1e1", true, Keeps),
    ("n.tenant_id = $1 and n.id < 9.", true, Keeps),
    ("n.tenant_id = $1 and n.id > .5", true, Keeps),
    ("n.tenant_id = $1 and n.id < 1_0", true, KeepsOrNonsense),
    ("n.tenant_id = $1 and n.id < 0x1F", true, KeepsOrNonsense),
    ("n.tenant_id = $1 and n.id < 1and true", false, Nonsense),
    ("n.tenant_id = $1 and n.id < 1e'b'", false, Nonsense),
    // Other ways to name the column.
    ("(n).tenant_id = $1", false, Keeps),
    ("tenant_id(n) = $1", false, Keeps),
    ("(n.tenant_id) = ($1)", true, Keeps),
    ("n . tenant_id = $1", true, Keeps),
    ("n./* c */tenant_id = $1", true, Keeps),
    ("n.\"tenant_id\"=$1", true, Keeps),
    ("app.notes.tenant_id = $1", false, Nonsense),
];

/// Whole statements.
const STATEMENTS: &[(&str, bool, Server)] = &[
    ("\u{feff}select id from app.notes where tenant_id = $1", false, Nonsense),
    ("select id\r\nfrom app.notes\r\nwhere tenant_id = $1\r\n", true, Keeps),
    ("select id from app.notes\u{b}where tenant_id = $1", false, KeepsOrNonsense),
    ("select id from app.notes\u{c}where tenant_id = $1", false, Keeps),
    ("select id from app.notes where tenant_id = $1;", false, Keeps),
    ("select id from app.notes where tenant_id = $1; --", false, Keeps),
    ("SELECT ID FROM APP.NOTES WHERE TENANT_ID = $1", true, Keeps),
    ("select id from \"app\".\"notes\" where tenant_id = $1", true, Keeps),
    ("select id from `app`.`notes` where tenant_id = $1", false, Nonsense),
    ("select [id] from app.notes where tenant_id = $1", false, Nonsense),
    // Names that are one to the server or two.
    ("select a.id from app.notes a, app.notes \"A\" where \"A\".tenant_id = $1", false, Leaks),
    ("select a.id from app.notes a, app.notes \"A\" where \"A\".tenant_id = $1 and A.tenant_id = $1", true, Keeps),
    ("select id from app.notes \"a\" where A.tenant_id = $1", true, Keeps),
    ("select id from app.notes \"A\" where A.tenant_id = $1", false, Nonsense),
    ("select id from app.\"Notes\"", false, Leaks),
    ("select \u{212a}.id from app.notes \u{212a}, app.notes k where k.tenant_id = $1", false, Leaks),
    ("select \u{c9}.id from app.notes \u{e9}, app.notes \u{c9} where \u{e9}.tenant_id = $1", false, Leaks),
    ("select code from ref.countries", true, Keeps),
    ("select code from REF.Countries", true, Keeps),
    ("select code from ref.\"countries\"", true, Keeps),
    ("select id from \"ref.countries\"", false, Leaks),
    ("select id from app.\"ref.countries\"", false, Leaks),
    ("select id from app.\"ref.countries\" as c where c.tenant_id = $1", true, Keeps),
    ("with countries as (select id from app.notes) select id from countries", false, Leaks),
    ("select n.id from app.notes \"n\"\"\" , app.notes n where \"n\"\"\".tenant_id = $1", false, Leaks),
    // Words that are names to the server and something else to other databases.
    ("select id from only app.notes where tenant_id = $1", false, Keeps),
    ("select id from only (app.notes) where tenant_id = $1", false, Keeps),
    ("select only.id from app.notes only where only.tenant_id = $1", true, Nonsense),
    ("select id from app.notes * where tenant_id = $1", false, Keeps),
    ("select anti.id from app.notes anti join app.orders o on o.tenant_id = $1 and o.id = anti.id", false, Leaks),
    ("select semi.id from app.notes semi join app.orders o on o.tenant_id = $1 and o.id = semi.id", false, Leaks),
    ("select asof.id from app.notes asof join app.orders o on o.tenant_id = $1 and o.id = asof.id", false, Leaks),
    ("select global.id from app.notes global join app.orders o on o.tenant_id = $1 and o.id = global.id", false, Leaks),
    ("select n.id from app.notes n left semi join app.orders o on o.tenant_id = n.tenant_id where n.tenant_id = $1", false, Nonsense),
    ("select n.id from app.notes n straight_join app.orders o where n.tenant_id = $1 and o.tenant_id = $1", false, Nonsense),
    ("select n.id from app.notes n cross apply app.orders o where n.tenant_id = $1 and o.tenant_id = $1", false, Nonsense),
    ("select qualify.id from app.notes qualify where qualify.tenant_id = $1", false, Keeps),
    ("select prewhere.id from app.notes prewhere where prewhere.tenant_id = $1", false, Keeps),
    ("select final.id from app.notes final where final.tenant_id = $1", true, Keeps),
    ("select sample.id from app.notes sample where sample.tenant_id = $1", true, Keeps),
    ("select id from app.notes where true qualify tenant_id = $1", false, Nonsense),
    ("select id from app.notes prewhere tenant_id = $1", false, Nonsense),
    ("select id from app.notes n with (nolock) where n.tenant_id = $1", false, Nonsense),
    ("select id from app.notes for system_time as of '2026-01-01' where tenant_id = $1", false, Nonsense),
    ("select id from app.notes tablesample bernoulli (100) where tenant_id = $1", false, Keeps),
    ("select top 1 id from app.notes where tenant_id = $1", false, Nonsense),
    ("select id from app.notes where tenant_id = $1 limit 1, 2", false, Nonsense),
    ("select id from app.notes where tenant_id = $1 limit 1 by id", false, Nonsense),
    ("select * exclude (id) from app.notes where tenant_id = $1", false, Nonsense),
    ("select id regexp from app.notes where tenant_id = $1", false, Keeps),
    ("select from app.notes where tenant_id = $1", true, Keeps),
    ("from app.notes select id where tenant_id = $1", false, Nonsense),
    ("select id from app.notes where tenant_id = $1 group by all", false, Nonsense),
    ("select id as \"tenant_id\" from app.notes where tenant_id = $1", true, Keeps),
    ("select author as tenant_id from app.notes where tenant_id = $1", true, Keeps),
    ("select s.id from (select id, author as tenant_id from app.notes) s where s.tenant_id = $1", false, Leaks),
    ("select id from app.notes as n(author, id, customer_id, body, tenant_id) where n.tenant_id = $1", false, Leaks),
    ("update app.notes set body = 'x' where tenant_id = $1 -- \r or true", false, Leaks),
    ("delete from app.notes where tenant_id = $1 -- \r or true", false, Leaks),
    ("insert into app.notes (tenant_id, id) values ($1, 77) -- \r , ($2, 78)", false, Leaks),
    ("insert into app.notes (\"tenant_id\", id) values ($1, 77)", true, Keeps),
    ("insert into app.notes (TENANT_ID, id) values ($1, 77)", true, Keeps),
    ("insert into app.notes (\"TENANT_ID\", id) values ($1, 77)", false, Nonsense),
    // A field of a composite column is a column of two names.
    ("insert into app.notes (mark.author, tenant_id, id) values ($1, $2, 77)", false, Leaks),
    ("insert into app.notes (mark.author, tenant_id, id) select $1, $2, 77", false, Leaks),
    ("insert into app.notes (tenant_id, mark.author, id) values ($2, $1, 77)", false, Leaks),
    ("update app.notes set mark.author = $1, tenant_id = $2 where tenant_id = $1", false, Leaks),
    // A function without an alias goes by its own name.
    (
        "select unnest.id from app.notes unnest where unnest.tenant_id = $1 and exists (select 1 from app.coupons c, \
         unnest(array[row($2, 1, 'x', 1)::app.coupons]) where c.tenant_id = unnest.tenant_id and c.code = 'b1')",
        false,
        Leaks,
    ),
    (
        "select unnest.id from app.notes unnest where unnest.tenant_id = $1 and exists (select 1 from app.coupons c join \
         unnest(array[row($2, 1, 'x', 1)::app.coupons]) on c.tenant_id = unnest.tenant_id where c.code = 'b1')",
        false,
        Leaks,
    ),
    (
        "select xmltable.id from app.notes xmltable where xmltable.tenant_id = $1 and exists (select 1 from app.coupons c, \
         xmltable('/a' passing xmlparse(document '<a>00000000-0000-0000-0000-00000000000b</a>') columns tenant_id uuid path '.') \
         where c.tenant_id = xmltable.tenant_id and c.code = 'b1')",
        false,
        LeaksOrNonsense,
    ),
    (
        "select json_table.id from app.notes json_table where json_table.tenant_id = $1 and exists (select 1 from app.coupons c, \
         json_table('{\"a\": \"00000000-0000-0000-0000-00000000000b\"}'::jsonb, '$' columns (tenant_id uuid path '$.a')) \
         where c.tenant_id = json_table.tenant_id and c.code = 'b1')",
        false,
        LeaksOrNonsense,
    ),
    // A sub-select without an alias has a name that nothing can be taken from.
    (
        "select unnamed_subquery.id from app.notes unnamed_subquery where unnamed_subquery.tenant_id = $1 and exists (select 1 \
         from app.coupons c, (select $2 as tenant_id) where c.tenant_id = unnamed_subquery.tenant_id and c.code = 'a1')",
        true,
        KeepsOrNonsense,
    ),
    (
        "select coupons.id from app.notes coupons where coupons.tenant_id = $1 and exists (select 1 from app.coupons \
         where coupons.tenant_id = coupons.tenant_id and coupons.code = 'b1')",
        false,
        Leaks,
    ),
    ("update app.notes set \"tenant_id\" = $1 where tenant_id = $1", false, Keeps),
    ("update app.notes set TENANT_ID = $2 where tenant_id = $1", false, Leaks),
    ("update app.notes set (body, tenant_id) = ('x', $2) where tenant_id = $1", false, Leaks),
];

/// All of them.
pub(super) fn all() -> Vec<Case> {
    let condition =
        |(text, accepted, server): &(&str, bool, Server)| case(&format!("select n.id from app.notes n where {text}"), *accepted, *server);
    let statement = |(text, accepted, server): &(&str, bool, Server)| case(text, *accepted, *server);
    let mut cases: Vec<Case> = CONDITIONS.iter().map(condition).collect();
    cases.extend(STATEMENTS.iter().map(statement));
    cases.extend(long_names());
    cases.extend(operators_before_comments());
    cases.extend(backslashes());
    cases
}

fn case(text: &str, accepted: bool, server: Server) -> Case {
    Case { text: text.to_owned(), accepted, server, setting: None }
}

/// The server cuts names at 63 bytes, without an error.
fn long_names() -> Vec<Case> {
    let a = "a".repeat(63);
    let umlauts = "\u{e4}".repeat(31);
    let correlated = |outer: &str, inner: &str| {
        format!(
            "select {outer}.id from app.notes {outer} where {outer}.tenant_id = $1 \
             and exists (select 1 from app.coupons {inner} where {inner}.tenant_id = {outer}.tenant_id and {inner}.code = 'b1')"
        )
    };
    let n = "n".repeat(63);
    vec![
        case(&format!("select {a}.id from app.notes {a} where {a}.tenant_id = $1"), true, Keeps),
        case(&format!("select {a}b.id from app.notes {a}b where {a}b.tenant_id = $1"), false, Keeps),
        case(&format!("select {a}b.id from app.notes {a}b where {a}c.tenant_id = $1"), false, Keeps),
        case(&correlated("o", "i"), true, Keeps),
        // To the server the inner one compares with itself.
        case(&correlated(&format!("{a}1"), &format!("{a}2")), false, Leaks),
        case(&correlated(&format!("\"{a}1\""), &format!("\"{a}2\"")), false, Leaks),
        case(&correlated(&format!("{umlauts}x\u{e4}"), &format!("{umlauts}x\u{fc}")), false, Leaks),
        case(&format!("select id from app.{n} where tenant_id = $1"), true, Keeps),
        case(&format!("select id from app.{n}n where tenant_id = $1"), false, Keeps),
        case(&format!("with {n}x as (select 1 as id) select id from {n}y"), false, Keeps),
        case(&format!("with {n}x as (select id from app.notes) select id from {n}y where tenant_id = $1"), false, Nonsense),
        case(&format!("select tenant_id{} from app.notes where tenant_id = $1", "_".repeat(60)), false, Nonsense),
    ]
}

/// Behind whatever operator a comment begins: the predicate stands in it, and a parser may see an operator of three characters instead.
fn operators_before_comments() -> Vec<Case> {
    let numbers = ["+", "-", "*", "/", "%", "^", "&", "|", "#", "<<", ">>"].map(|operator| ("n.id < 103", operator));
    let comparisons = ["<", ">", "=", "<>", "!=", ">=", "<="].map(|operator| ("n.id", operator));
    let mut cases = Vec::new();
    for (left, operator) in numbers.into_iter().chain(comparisons) {
        for (begin, end) in [("--", "\n"), ("/*", "*/")] {
            let condition = format!("{left} {operator}{begin} 2 and n.tenant_id = $1 and n.id < {end} 4");
            // `---` is a comment from its first character on.
            let server = if (operator, begin) == ("-", "--") { Nonsense } else { Leaks };
            cases.push(case(&format!("select n.id from app.notes n where {condition}"), false, server));
        }
    }
    cases
}

/// Where a string ends is a matter of the server's settings when a backslash stands before its quote.
fn backslashes() -> Vec<Case> {
    let text = "select n.id from app.notes n where coalesce(n.body, '') <> 'x\\' and n.tenant_id = $1 and n.body <> ' or true --'";
    let off = Some("standard_conforming_strings = off");
    vec![
        case(text, false, Keeps),
        Case { setting: off, ..case(text, false, Leaks) },
        Case { setting: off, ..case("select n.id from app.notes n where n.tenant_id = $1 and n.body <> 'a\\\\b'", true, Keeps) },
        Case { setting: off, ..case("select n.id from app.notes n where n.tenant_id = $1 and n.body <> 'a\\nb'", true, Keeps) },
    ]
}
