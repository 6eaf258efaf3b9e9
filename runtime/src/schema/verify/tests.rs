//! Each law is broken once, and no other law complains.

use super::verify;
use crate::schema::{
    Action, ColumnDef, Conventions, Index, Kind, Literal, Managed, ModelDef, ModelRef, OnDelete, Scope, Unique, Verb, Verbs,
};
use crate::testing::{CUSTOMER, DEPARTMENT, EMPLOYEE, NOTE, ORDER, customer, model, note, to};

const ID: ColumnDef = ColumnDef::new("id", to("Note", "notes", note), false);
const TITLE: ColumnDef = ColumnDef::new("title", Kind::Text, false);

/// What the laws say about one model with these columns after its key.
fn says_of(columns: &[ColumnDef]) -> Vec<String> {
    says(ModelDef { columns: with_key(columns), ..NOTE })
}

fn with_key(columns: &[ColumnDef]) -> &'static [ColumnDef] {
    let mut all = vec![ID];
    all.extend(columns);
    Box::leak(all.into_boxed_slice())
}

fn says(model: ModelDef) -> Vec<String> {
    says_together(&[model], &Conventions::DEFAULT)
}

fn says_together(models: &[ModelDef], conventions: &Conventions) -> Vec<String> {
    let models: Vec<&'static ModelDef> = models.iter().map(|model| &*Box::leak(Box::new(*model))).collect();
    verify(&models, conventions).iter().map(ToString::to_string).collect()
}

/// One violation, which says that.
#[track_caller]
fn only(violations: &[String], expected: &str) {
    assert!(matches!(violations, [one] if one.contains(expected)), "expected one violation with {expected:?}, found {violations:#?}");
}

#[test]
fn good_models_keep_every_law() {
    assert_eq!(says_together(&[NOTE, CUSTOMER, ORDER, DEPARTMENT, EMPLOYEE], &Conventions::DEFAULT), Vec::<String>::new());
}

#[test]
fn permissions_are_two_words_and_one_for_each_action() {
    let with = |permissions| says(ModelDef { permissions, ..NOTE });
    assert_eq!(with(&[(Action::Read, "catalogue:read"), (Action::Delete, "catalogue:read")]), Vec::<String>::new());
    only(&with(&[(Action::Read, "notes:*")]), "its permission to read is \"notes:*\"");
    only(&with(&[(Action::Create, "")]), "its permission to create is \"\"");
    only(&with(&[(Action::Read, "a:b"), (Action::Read, "a:c")]), "two permissions to read");
}

#[test]
fn an_empty_manifest_is_an_error() {
    only(&says_together(&[], &Conventions::DEFAULT), "lists no model");
}

#[test]
fn conventions_are_plain_names() {
    let with = |conventions| says_together(&[NOTE], &conventions);
    only(&with(Conventions { schema: "app; drop", ..Conventions::DEFAULT }), "not a plain name");
    only(&with(Conventions { settings: "pg_x", ..Conventions::DEFAULT }), "not a plain name");
    only(&with(Conventions { schema: "tenancy", ..Conventions::DEFAULT }), "are one");
    only(
        &with(Conventions { shared: &["reference.countries", "countries"], ..Conventions::DEFAULT }),
        "\"countries\" under `shared` in [sql]",
    );
    only(&with(Conventions { functions: &["app.Slug"], ..Conventions::DEFAULT }), "\"app.Slug\" under `functions` in [sql]");
    only(&with(Conventions { views: &["a.b.c"], ..Conventions::DEFAULT }), "\"a.b.c\" under `views` in [sql]");
    only(with(Conventions { tenant_column: "id", ..Conventions::DEFAULT }).get(..1).unwrap_or_default(), "key of every model");
    only(&with(Conventions { tenant_column: "host", ..Conventions::DEFAULT }), "another column of the platform's domains");
}

#[test]
fn two_models_are_two_tables_with_two_names() {
    only(&says_together(&[NOTE, ModelDef { name: "Memo", ..NOTE }], &Conventions::DEFAULT), "is that of Note, too");
    let second =
        ModelDef { table: "memos", columns: Box::leak(Box::new([ColumnDef::new("id", to("Note", "memos", note), false)])), ..NOTE };
    only(&says_together(&[NOTE, second], &Conventions::DEFAULT), "same name");
}

#[test]
fn tables_have_plain_names_that_are_free() {
    let table = |table| {
        let key: &'static [ColumnDef] = Box::leak(Box::new([ColumnDef::new("id", to("Note", table, note), false)]));
        says(ModelDef { table, columns: key, ..NOTE })
    };
    only(&table("Notes"), "not a plain name");
    only(&table("tenants"), "the platform's");
    only(&table("domains"), "the platform's");
    only(&table("health"), "the path /health");
}

#[test]
fn columns_have_plain_names_of_their_own() {
    only(&says_of(&[ColumnDef::new("Title", Kind::Text, false)]), "not a plain name");
    only(&says_of(&[ColumnDef::new("xmin", Kind::Text, false)]), "PostgreSQL keeps");
    only(&says_of(&[TITLE, TITLE]), "is the column of the field `title` and of the field `title`");
    only(&says_of(&[ColumnDef::new("tenant_id", Kind::Uuid, false)]), "and of the tenant's column");
    let money = [ColumnDef::new("total", Kind::Money, false), ColumnDef::new("total_currency", Kind::Text, false)];
    only(&says_of(&money), "and of the currency of `total`");
}

#[test]
fn texts_hold_no_nul() {
    only(&says(ModelDef { doc: "a\0b", ..NOTE }), "U+0000");
    only(&says_of(&[ColumnDef { default: Some(Literal::Str("\0")), ..TITLE }]), "U+0000");
}

#[test]
fn names_that_are_made_stay_apart() {
    // `a` with a check, and an enum `a_both` beside the money `a`: both make `notes_a_both_check`.
    let columns = [ColumnDef::new("a", Kind::Money, true), ColumnDef::new("a_both", Kind::Enum(&["x"]), false)];
    only(&says_of(&columns), "two of its constraints would be called `notes_a_both_check`");
    let key: &'static [ColumnDef] = Box::leak(Box::new([ColumnDef::new("id", to("Pkey", "notes_pkey", note), false)]));
    only(
        &says_together(&[NOTE, ModelDef { name: "Pkey", table: "notes_pkey", columns: key, ..NOTE }], &Conventions::DEFAULT),
        "`notes_pkey`",
    );
}

#[test]
fn the_platform_lists_its_own_tables() {
    only(&says(ModelDef { scope: Scope::Tenants, ..NOTE }), "not a tenant's model");
}

#[test]
fn the_key_stands_first() {
    only(&says(ModelDef { columns: &[TITLE, ID], ..NOTE }), "first field");
    only(&says(ModelDef { columns: &[], ..NOTE }), "first field");
    only(&says(ModelDef { columns: &[ColumnDef { nullable: true, ..ID }], ..NOTE }), "first field");
}

#[test]
fn a_default_is_a_value_of_the_column() {
    let column = |kind, default| ColumnDef { default: Some(default), ..ColumnDef::new("a", kind, false) };
    only(&says_of(&[column(Kind::Enum(&["x", "y"]), Literal::Str("z"))]), "none of x, y");
    only(&says_of(&[ColumnDef { max_len: Some(2), ..column(Kind::Text, Literal::Str("äöü")) }]), "3 characters");
    only(&says_of(&[column(Kind::I32, Literal::Int(1 << 40))]), "i32");
    only(&says_of(&[column(Kind::I64, Literal::Int(i64::MIN))]), "2^53");
    only(&says_of(&[column(Kind::Bool, Literal::Int(1))]), "another type");
    only(&says_of(&[column(Kind::Money, Literal::Int(1))]), "another type");
    only(&says(ModelDef { columns: &[ColumnDef { default: Some(Literal::Int(1)), ..ID }], ..NOTE }), "takes no default");
    assert_eq!(says_of(&[ColumnDef { max_len: Some(3), ..column(Kind::Text, Literal::Str("äöü")) }]), Vec::<String>::new());
}

#[test]
fn max_len_is_for_texts() {
    only(&says_of(&[ColumnDef { max_len: Some(3), ..ColumnDef::new("a", Kind::I32, false) }]), "is no text");
    only(&says_of(&[ColumnDef { max_len: Some(0), ..TITLE }]), "1 or more");
}

#[test]
fn an_enum_has_words() {
    only(&says_of(&[ColumnDef::new("a", Kind::Enum(&[]), false)]), "without variants");
    only(&says_of(&[ColumnDef::new("a", Kind::Enum(&["x", "x"]), false)]), "twice");
    only(&says_of(&[ColumnDef::new("a", Kind::Enum(&["x\n"]), false)]), "control characters");
}

#[test]
fn lists_go_by_one_column_that_is_there() {
    only(&says_of(&[ColumnDef { filter: true, ..ColumnDef::new("a", Kind::Money, false) }]), "money");
    only(&says_of(&[ColumnDef { sort: true, ..ColumnDef::new("a", Kind::Money, false) }]), "money");
    only(&says_of(&[ColumnDef { sort: true, ..ColumnDef::new("a", Kind::Text, true) }]), "takes null");
    let text = ColumnDef { sort: true, ..ColumnDef::new("a", Kind::Text, false) };
    only(&says_of(&[text]), "`max_len` of at most 1000");
    only(&says_of(&[ColumnDef { max_len: Some(1_001), ..text }]), "`max_len` of at most 1000");
    assert_eq!(says_of(&[ColumnDef { max_len: Some(1_000), ..text }]), Vec::<String>::new());
}

#[test]
fn a_readonly_column_is_filled_by_something() {
    let column = ColumnDef { readonly: true, ..ColumnDef::new("a", Kind::I64, false) };
    only(&says_of(&[column]), "create route");
    assert_eq!(says(ModelDef { columns: with_key(&[column]), routes: Verbs(&[Verb::List]), ..NOTE }), Vec::<String>::new());
    assert_eq!(says_of(&[ColumnDef { default: Some(Literal::Int(0)), ..column }]), Vec::<String>::new());
}

#[test]
fn the_database_writes_what_its_trigger_knows() {
    let version = ColumnDef { managed: Managed::Version, ..ColumnDef::new("version", Kind::I64, false) };
    let updated_at = ColumnDef { managed: Managed::UpdatedAt, ..ColumnDef::new("updated_at", Kind::Timestamp, false) };
    only(&says_of(&[version]), "both, once, or neither");
    only(&says_of(&[ColumnDef { name: "revision", ..version }, updated_at]), "must be `version`");
    only(&says_of(&[version, ColumnDef { kind: Kind::Date, ..updated_at }]), "must be `updated_at`");
    only(&says_of(&[ColumnDef { unique: true, ..version }, updated_at]), "no meaning");
}

#[test]
fn no_question_finds_out_what_is_secret() {
    const fn secret(column: ColumnDef) -> ColumnDef {
        ColumnDef { secret: true, ..column }
    }
    assert_eq!(says_of(&[secret(TITLE), secret(ColumnDef::new("price", Kind::Money, true))]), Vec::<String>::new());
    only(&says_of(&[secret(ColumnDef { filter: true, ..TITLE })]), "`title` is `secret`, and a list");
    only(&says_of(&[secret(ColumnDef { sort: true, max_len: Some(9), ..TITLE })]), "`title` is `secret`, and a list");
    only(&says_of(&[secret(ColumnDef { unique: true, ..TITLE })]), "another row has the value");
    only(&says(ModelDef { columns: with_key(&[secret(TITLE)]), uniques: &[Unique { columns: &["title"] }], ..NOTE }), "another row has");
    only(&says_of(&[secret(ColumnDef::new("a", to("Note", "notes", note), true))]), "a reference cannot be secret");
    only(&says_of(&[secret(ColumnDef { default: Some(Literal::Str("x")), ..TITLE })]), "remove `default`");
    only(&says(ModelDef { columns: &[ColumnDef { secret: true, ..ID }], ..NOTE }), "cannot be `secret`");
}

#[test]
fn references_lead_to_listed_models_of_tenants() {
    only(&says_of(&[ColumnDef::new("a", to("Customer", "customers", customer), false)]), "does not list");
    let tenants = Kind::Id(ModelRef { name: "Tenant", table: "tenants", scope: Scope::Tenants, def: note });
    only(&says_of(&[ColumnDef::new("a", tenants, false)]), "belong to no tenant");
}

const LISTED: Conventions = Conventions { shared: &["tenancy.countries", "tenancy.plans"], ..Conventions::DEFAULT };

fn country() -> &'static ModelDef {
    const COLUMNS: &[ColumnDef] = &[ColumnDef::new("id", COUNTRY_ID, false)];
    const COUNTRY: ModelDef =
        ModelDef { columns: COLUMNS, routes: Verbs(&[Verb::List, Verb::Get]), ..ModelDef::new("Country", "countries", Scope::Shared) };
    &COUNTRY
}

const COUNTRY_ID: Kind = Kind::Id(ModelRef { name: "Country", table: "countries", scope: Scope::Shared, def: country });

#[test]
fn what_all_tenants_share_is_listed_and_written_by_none() {
    let country = *country();
    let with = |country| says_together(&[NOTE, country], &LISTED);
    let column = |column: ColumnDef| with(ModelDef { columns: Box::leak(Box::new([country.columns[0], column])), ..country });
    assert_eq!(with(country), Vec::<String>::new());
    only(&says_together(&[NOTE, country], &Conventions::DEFAULT), "list \"tenancy.countries\" under `shared` of [sql]");
    only(&with(ModelDef { routes: Verbs(&[Verb::List, Verb::Create]), ..country }), "has the route `create`");
    let users = Conventions { shared: &["tenancy.users", "tenancy.plans"], ..Conventions::DEFAULT };
    let named = |table| {
        const fn to(table: &'static str) -> Kind {
            Kind::Id(ModelRef { name: "Country", table, scope: Scope::Shared, def: self::country })
        }
        let columns: &'static [ColumnDef] = Box::leak(Box::new([ColumnDef::new("id", to(table), false)]));
        says_together(&[NOTE, ModelDef { table, columns, ..country }], &users)
    };
    only(&named("users"), "its table `tenancy.users` is the platform's");
    only(&named("plans"), "the table `plans` is the platform's");
    only(&column(ColumnDef { secret: true, ..TITLE }), "every tenant reads and no caller writes");
    only(&column(ColumnDef { readonly: true, nullable: true, ..TITLE }), "every tenant reads and no caller writes");
    only(&column(ColumnDef::new("a", to("Note", "notes", note), true)), "belong to tenants, and is shared by all of them");
    assert_eq!(column(ColumnDef { on_delete: OnDelete::Cascade, ..ColumnDef::new("a", COUNTRY_ID, true) }), Vec::<String>::new());
}

#[test]
fn what_all_tenants_share_changes_no_row_of_theirs() {
    let with = |on_delete| {
        let columns = with_key(&[ColumnDef { on_delete, ..ColumnDef::new("country", COUNTRY_ID, true) }]);
        says_together(&[ModelDef { columns, ..NOTE }, *country()], &LISTED)
    };
    assert_eq!(with(OnDelete::Restrict), Vec::<String>::new());
    for on_delete in [OnDelete::Cascade, OnDelete::SetNull] {
        only(&with(on_delete), "takes no `on_delete` but `restrict`");
    }
}

#[test]
fn null_is_set_where_it_can_be() {
    let parent = to("Note", "notes", note);
    only(&says_of(&[ColumnDef { on_delete: OnDelete::SetNull, ..ColumnDef::new("a", parent, false) }]), "takes no null");
    only(&says_of(&[ColumnDef { on_delete: OnDelete::Cascade, ..TITLE }]), "no reference");
}

#[test]
fn keys_and_indexes_are_about_columns_that_are_there() {
    let columns = with_key(&[TITLE, ColumnDef::new("total", Kind::Money, false)]);
    let unique = |names| says(ModelDef { columns, uniques: Box::leak(Box::new([Unique { columns: names }])), ..NOTE });
    let index = |names| says(ModelDef { columns, indexes: Box::leak(Box::new([Index { columns: names }])), ..NOTE });
    only(&unique(&["nope"]), "is no field");
    only(&unique(&["total"]), "is money");
    only(&unique(&["title", "title"]), "stands twice");
    only(&unique(&[]), "names no column");
    only(&index(&["nope"]), "is no field");
    only(&index(&["total"]), "is money");
    only(&says_of(&[ColumnDef { unique: true, ..ColumnDef::new("total", Kind::Money, false) }]), "is money");
    only(&says_of(&[ColumnDef { index: true, ..ColumnDef::new("total", Kind::Money, false) }]), "is money");
    only(&says(ModelDef { columns: &[ColumnDef { unique: true, ..ID }], ..NOTE }), "unique already");
    let twice = [Unique { columns: &["title"] }, Unique { columns: &["title"] }];
    only(&says(ModelDef { columns, uniques: Box::leak(Box::new(twice)), ..NOTE }), "stands there twice");
    let columns = with_key(&[ColumnDef { unique: true, ..TITLE }]);
    only(&says(ModelDef { columns, uniques: &[Unique { columns: &["title"] }], ..NOTE }), "remove one");
}

#[test]
fn models_of_the_tests_are_what_they_seem() {
    // The helpers above replace parts of NOTE; a NOTE that broke a law itself would hide all others.
    assert_eq!(says(model("Note", "notes", "", with_key(&[TITLE]))), Vec::<String>::new());
}
