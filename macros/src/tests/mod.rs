//! Input and expansion, side by side. They are for readers as much as for the machine: the expansion should read like code that a person
//! wrote. What a user sees of errors is tested with the compiler, in `tests/ui`.

mod manifest;
mod sql;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, Meta};

/// Input and expansion as one text.
fn both(input: &str) -> String {
    let expansion = pretty(expand(input));
    format!("{}\n// expands to {} lines:\n\n{expansion}", input.trim(), expansion.lines().count())
}

/// What the macro makes of the one item in the text.
fn expand(input: &str) -> TokenStream {
    let file = syn::parse_file(input).expect("the input is Rust");
    match file.items.into_iter().next().expect("the input has an item") {
        Item::Struct(mut item) => {
            let attribute = item.attrs.iter().position(|attribute| attribute.path().is_ident("tenant_model")).expect("an attribute");
            let attr = match item.attrs.remove(attribute).meta {
                Meta::List(list) => list.tokens,
                _ => TokenStream::new(),
            };
            crate::model::tenant_model(attr, item.into_token_stream())
        }
        item => crate::model_enum::model_enum(item.into_token_stream()),
    }
}

fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("the expansion is Rust"))
}

/// The customer of the design, without what comes with later layers.
const CUSTOMER: &str = r#"
#[tenant_model(table = "customers")]
pub struct Customer {
    pub id: Id<Customer>,
    #[model(unique, max_len = 32)]
    pub code: String,
    #[model(max_len = 200, filter, sort)]
    pub name: String,
    pub status: CustomerStatus,
    pub credit_limit: Option<Money>,
    #[model(references(on_delete = "set null"))]
    pub parent: Option<Id<Customer>>,
    #[model(flatten)]
    pub stamps: Stamps,
}
"#;

#[test]
fn customer() {
    insta::assert_snapshot!(both(CUSTOMER));
}

#[test]
fn customer_is_thin() {
    let lines = pretty(expand(CUSTOMER)).lines().count();
    println!("Customer: {} lines of struct, {lines} lines of expansion", CUSTOMER.trim().lines().count());
    assert!(CUSTOMER.trim().lines().count() < 15);
    let shown: Vec<&str> = include_str!("../../../README.md").lines().map(str::trim).collect();
    let here: Vec<&str> = CUSTOMER.trim().lines().map(str::trim).collect();
    assert!(shown.windows(here.len()).any(|window| window == here), "the README shows another Customer");
    assert!(lines <= 150, "the expansion of Customer has {lines} lines; thin means at most 150");
}

#[test]
fn every_option() {
    insta::assert_snapshot!(both(
        r#"
        /// An item on stock.
        ///
        /// Counted once a year.
        #[tenant_model(table = "items", unique(shelf, r#type), index(shelf, label), index(label), routes(list, get), permissions(read = "catalogue:read"))]
        #[derive(Clone)]
        pub(crate) struct Item {
            /// The key.
            pub id: Id<Self>,
            #[model(flatten)]
            pub stamps: Stamps,
            /// What it is.
            #[model(filter)]
            pub r#type: ItemType,
            #[model(default = "A1", readonly)]
            pub shelf: String,
            #[model(default = -1, sort, index)]
            pub amount: i32,
            #[model(default = true)]
            pub active: bool,
            #[model(references(on_delete = "cascade"))]
            pub part_of: Option<Id<Self>>,
            pub label: Option<String>,
        }
        "#
    ));
}

#[test]
fn shared() {
    insta::assert_snapshot!(both(
        r#"
        #[tenant_model(table = "countries", shared)]
        pub struct Country {
            pub id: Id<Country>,
            #[model(unique, max_len = 2)]
            pub code: String,
        }
        "#
    ));
}

#[test]
fn secrets() {
    insta::assert_snapshot!(both(
        r#"
        #[tenant_model(table = "accounts", routes = false)]
        pub struct Account {
            pub id: Id<Account>,
            pub name: String,
            #[model(secret, max_len = 97)]
            pub password: String,
        }
        "#
    ));
}

#[test]
fn no_routes_and_only_a_key() {
    insta::assert_snapshot!(both(
        r#"
        #[tenant_model(table = "marks", routes = false)]
        struct Mark {
            id: Id<Mark>,
        }
        "#
    ));
}

#[test]
fn every_option_is_described() {
    let page = include_str!("../../../docs/models.md");
    for key in crate::keys::ON_STRUCT.known.iter().chain(crate::keys::ON_FIELD.known) {
        let row = |line: &str| line.starts_with("| `") && line.trim_start_matches("| `").starts_with(key);
        assert!(page.lines().any(row), "docs/models.md has no row for `{key}`");
    }
}

#[test]
fn words() {
    insta::assert_snapshot!(both(
        r#"
        #[derive(ModelEnum, Clone, Copy, Debug)]
        pub enum CustomerStatus {
            Active,
            OnHold,
            #[model(rename = "vat-exempt")]
            VATExempt,
        }
        "#
    ));
}

#[test]
fn a_struct_with_an_error_is_a_model_all_the_same() {
    insta::assert_snapshot!(both(
        r#"
        #[tenant_model(table = "marks", unqiue(a))]
        struct Mark {
            id: Id<Mark>,
            #[model(filter =)]
            a: String,
        }
        "#
    ));
}
