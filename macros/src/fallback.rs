//! What is emitted beside the errors: the item, and empty implementations, so that code that uses the model does not fail, too.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::ItemStruct;

use crate::attr;
use crate::keys;
use crate::model::Model;

/// For tokens that are no struct: they are emitted as they are, without our attributes.
pub(crate) fn unreadable(error: &syn::Error, item: TokenStream) -> TokenStream {
    let error = error.to_compile_error();
    let item = without_attributes(item);
    quote! { #error #item }
}

/// For a struct that breaks a rule.
pub(crate) fn stub(model: &Model, item: &ItemStruct, errors: &TokenStream) -> TokenStream {
    let mut item = item.clone();
    for field in &mut item.fields {
        field.attrs.retain(|attribute| !attr::is_model(attribute));
    }
    item.attrs.retain(|attribute| !attr::is_model(attribute));
    let stubs = stubs(model, &item);
    quote! { #errors #item #stubs }
}

fn stubs(model: &Model, item: &ItemStruct) -> TokenStream {
    // A generic struct has no `Id<Self>`, and nothing can name it as a model.
    if !item.generics.params.is_empty() {
        return TokenStream::new();
    }
    quote! {}
}

/// Takes `#[model…]` out, at any depth.
fn without_attributes(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if is_attribute(&kept, &group) => {
                kept.pop();
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_attributes(group.stream()));
                inner.set_span(group.span());
                kept.push(TokenTree::Group(inner));
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

fn is_attribute(before: &[TokenTree], group: &Group) -> bool {
    group.delimiter() == Delimiter::Bracket
        && matches!(before.last(), Some(TokenTree::Punct(hash)) if hash.as_char() == '#')
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == keys::MODEL)
}
