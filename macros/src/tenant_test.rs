//! `#[tenantry_testkit::test(SUITE)]`: a test that gets tenants of a database of its own.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{FnArg, ItemFn, Path, Type};

use crate::context::Context;

/// The whole of the attribute.
pub(crate) fn tenant_test(attr: TokenStream, item: TokenStream) -> TokenStream {
    let context = Context::new();
    let suite = context.take(suite(attr));
    let function = context.take(function(&item));
    let takes = function.as_ref().and_then(|function| check(function, &context));
    let errors = context.finish();
    match (suite, function, takes) {
        (Some(suite), Some(function), Some(takes)) if errors.is_empty() => expand(&suite, function, &takes),
        _ => quote! { #errors #item },
    }
}

/// The static that says what the database is made of.
fn suite(attr: TokenStream) -> syn::Result<Path> {
    const NAME_IT: &str = "name the suite: `#[tenantry_testkit::test(SUITE)]`, with `static SUITE: tenantry_testkit::Suite = Suite::new(MODELS, \
                           CONVENTIONS, \"migrations\");` somewhere in reach";
    if attr.is_empty() {
        return Err(syn::Error::new(Span::call_site(), NAME_IT));
    }
    syn::parse2::<Path>(attr).map_err(|error| syn::Error::new(error.span(), NAME_IT))
}

fn function(item: &TokenStream) -> syn::Result<ItemFn> {
    let parsed = syn::parse2::<ItemFn>(item.clone());
    // A function that is not finished keeps the parser's own message, which says where it ends.
    let another = syn::parse2::<syn::Item>(item.clone()).is_ok_and(|item| !matches!(item, syn::Item::Fn(_)));
    parsed.map_err(|error| if another { syn::Error::new(error.span(), "a test is a function") } else { error })
}

/// The type of the one argument; every rule that is broken is reported.
fn check(function: &ItemFn, context: &Context) -> Option<Type> {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        context.error(signature.fn_token, "a test with tenants is asynchronous: write `async fn`");
    }
    if !signature.generics.params.is_empty() {
        context.error(&signature.generics, "a test has no parameters of its own: nobody would choose them");
    }
    let mut inputs = signature.inputs.iter();
    match (inputs.next(), inputs.next()) {
        (Some(FnArg::Typed(argument)), None) => return Some((*argument.ty).clone()),
        (Some(FnArg::Receiver(receiver)), _) => context.error(receiver, "a test is no method"),
        (_, Some(second)) => context.error(second, "a test takes its tenants as one argument, such as `[a, b]: [TenantDb; 2]`"),
        (None, _) => context.error(
            &signature.ident,
            "this test takes no tenant: give it an argument such as `[a, b]: [TenantDb; 2]`, or write `#[tokio::test]`",
        ),
    }
    None
}

fn expand(suite: &Path, function: ItemFn, takes: &Type) -> TokenStream {
    let ItemFn { attrs, vis, sig, block, .. } = function;
    let (name, output) = (&sig.ident, &sig.output);
    // The attributes (`#[should_panic]`, documentation) are the test's, and so is the name; the inner function is what was written.
    quote! {
        #[::core::prelude::v1::test]
        #(#attrs)*
        #vis fn #name() #output {
            #sig #block
            ::tenantry_testkit::__private::run::<#takes, _, _>(&#suite, #name)
        }
    }
}
