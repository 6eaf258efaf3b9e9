//! `sql!`: a hand-written statement that is checked when it is compiled, and is then just its text.
//!
//! `manifest!` writes the macro of that name, with the application's conventions in it. What it calls stands here.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Lit, LitStr, Token, bracketed};
use tenantry_sqlcheck::{Conventions, check_in_the_compiler};

use crate::context::Context;

/// The whole of the macro that `sql!` calls: `"tenant_id", ["reference.countries"], ["app.slug"] => "select …"`.
pub(crate) fn sql(input: TokenStream) -> TokenStream {
    let context = Context::new();
    let text = context.take(syn::parse2::<Input>(input)).and_then(|input| {
        let text = context.take(literal(input.text.clone()))?;
        input.check(&text, &context);
        Some(text)
    });
    let is_clean = context.is_clean();
    let errors = context.finish();
    match text {
        Some(text) if is_clean => quote! { #text },
        // A text all the same, so that the code around it has no errors of its own.
        Some(text) => quote! { { #errors #text } },
        None => quote! { { #errors "" } },
    }
}

/// The conventions that the check goes by, and what stood between the parentheses of `sql!`.
struct Input {
    tenant_column: String,
    shared: Vec<String>,
    functions: Vec<String>,
    text: TokenStream,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let tenant_column = input.parse::<LitStr>()?.value();
        input.parse::<Token![,]>()?;
        let shared = names(input)?;
        input.parse::<Token![,]>()?;
        let functions = names(input)?;
        input.parse::<Token![=>]>()?;
        Ok(Self { tenant_column, shared, functions, text: input.parse()? })
    }
}

/// `["app.a", "app.b"]`
fn names(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    let list;
    bracketed!(list in input);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?.iter().map(LitStr::value).collect())
}

impl Input {
    /// Every refusal is an error of its own. The compiler can only underline the whole literal, so the place within it, with the line and a
    /// caret, stands in the message.
    fn check(&self, text: &LitStr, context: &Context) {
        let (shared, functions): (Vec<&str>, Vec<&str>) =
            (self.shared.iter().map(String::as_str).collect(), self.functions.iter().map(String::as_str).collect());
        let conventions =
            Conventions { tenant_column: &self.tenant_column, shared: &shared, functions: &functions, ..Conventions::DEFAULT };
        let value = text.value();
        for refusal in check_in_the_compiler(&value, &conventions).err().iter().flat_map(|refusals| refusals.iter()) {
            context.error(text, refusal.explain(&value));
        }
    }
}

/// The one string literal; a comma may follow, as in any macro that takes one expression.
fn literal(tokens: TokenStream) -> syn::Result<LitStr> {
    if tokens.is_empty() {
        return Err(syn::Error::new(Span::call_site(), "write the statement: `sql!(\"select … where tenant_id = $1\")`"));
    }
    let refused = |message: &str| Err(syn::Error::new_spanned(&tokens, message));
    match syn::parse2::<Only>(tokens.clone()).map(|only| only.0) {
        Ok(Lit::Str(text)) => Ok(text),
        Ok(Lit::ByteStr(_) | Lit::CStr(_)) => {
            refused("a statement is text: write a plain or a raw string, without `b` or `c` in front of it")
        }
        _ => refused(
            "`sql!` takes one string literal, which it can read here; arguments are bound to the query, and a text that is made at run time \
             is checked when it is run",
        ),
    }
}

/// A literal and nothing else.
struct Only(Lit);

impl Parse for Only {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let literal = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        if input.is_empty() { Ok(Self(literal)) } else { Err(input.error("one literal only")) }
    }
}
