//! `sql!` and what becomes of a statement.

use quote::{ToTokens, quote};
use syn::LitStr;

use super::pretty;

/// The expansion of the macro that `sql!` calls, as the value of a constant.
fn expansion(text: &str) -> String {
    let literal = LitStr::new(text, proc_macro2::Span::call_site());
    let value = crate::sql::sql(quote! { "tenant_id", ["reference.countries"], ["app.slug"] => #literal });
    let item: syn::ItemConst = syn::parse2(quote! { const SQL: &str = #value; }).expect("the expansion is an expression");
    pretty(item.into_token_stream())
}

#[test]
fn a_statement_is_its_text() {
    assert_eq!(
        expansion("select id from app.notes where tenant_id = $1"),
        "const SQL: &str = \"select id from app.notes where tenant_id = $1\";\n"
    );
}

#[test]
fn a_refused_statement_is_an_error_with_its_place() {
    insta::assert_snapshot!(expansion("select id\n  from app.notes where tenant_id = $1;"));
}
