//! What is emitted beside the errors: the item, and empty implementations, so that code that uses the model does not fail, too.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, ItemStruct, parse_quote};

use crate::model::Model;
use crate::validate::{self, TENANT_ID};
use crate::{expand, keys};

/// For tokens that are no struct: they are emitted as they are, without our attributes.
pub(crate) fn unreadable(error: syn::Error, item: TokenStream) -> TokenStream {
    let is_another_item = syn::parse2::<syn::Item>(item.clone()).is_ok();
    let error =
        if is_another_item { syn::Error::new(error.span(), "a model is a struct with named fields: each is a column") } else { error };
    let error = error.to_compile_error();
    let item = without_attributes(item);
    quote! { #error #item }
}

/// For a struct that breaks a rule: the struct, and all that others may name of it, without a column type being asked for anything.
pub(crate) fn stub(mut model: Model, item: &ItemStruct, errors: &TokenStream) -> TokenStream {
    // A generic struct is no `Id<Self>`, so nothing can name it as a model.
    if !item.generics.params.is_empty() {
        let item = without_attributes(item.to_token_stream());
        return quote! { #errors #item };
    }
    without_derived_output(&mut model.attributes);
    let model = &model;
    let named = matches!(item.fields, Fields::Named(_)) && model.fields.iter().all(|field| field.name != TENANT_ID);
    let structs = if named {
        expand::structs(model)
    } else {
        let (item, transfer) = (without_attributes(item.to_token_stream()), expand::dtos(model));
        quote! { #item #transfer }
    };
    let implementations = expand::behind_the_door(&[expand::inherent(model), implementations(model)]);
    quote! { #errors #structs #implementations }
}

fn implementations(model: &Model) -> TokenStream {
    let (name, new, patch) = (&model.name, expand::new_name(model), expand::patch_name(model));
    let text = name.to_string();
    let kind = expand::kind(model);
    // Where a field is secret, nothing is derived.
    let shown = [&new, &patch].into_iter().filter(|_| expand::is_secretive(model)).chain([name]).map(|name| {
        quote! {
            impl __t::Debug for #name {
                fn fmt(&self, _: &mut __t::Formatter<'_>) -> __t::FmtResult {
                    __t::Ok(())
                }
            }
        }
    });
    quote! {
        #(#shown)*
        impl __t::Model for #name {
            const NAME: &'static str = #text;
            const TABLE: &'static str = #text;
            const DEF: &'static __t::ModelDef = &__t::ModelDef::new(#text, #text, __t::Scope::Tenant);
        }
        impl __t::#kind for #name {}
        impl __t::Record for #name {
            type New = #new;
            type Patch = #patch;
            fn read(_: &mut __t::Cells<'_>) -> __t::Result<Self, __t::ReadError> {
                __t::Err(__t::ReadError::Missing)
            }
            fn id(&self) -> __t::Id<Self> {
                __t::Id::generate()
            }
        }
        impl __t::NewRow for #new {
            fn bind(&self, _: &mut __t::Vec<__t::Arg>) {}
            fn read(_: &mut __t::Cells<'_>) -> __t::Result<Self, __t::ReadError> {
                __t::Err(__t::ReadError::Missing)
            }
        }
        impl __t::Patch for #patch {
            fn changes(&self) -> __t::Vec<__t::Option<__t::Vec<__t::Arg>>> {
                __t::Vec::new()
            }
        }
        impl __t::Serialize for #name {
            fn serialize<S: __t::Serializer>(&self, serializer: S) -> __t::Result<S::Ok, S::Error> {
                serializer.serialize_unit()
            }
        }
    }
}

/// Takes what the attribute writes itself out of `derive`: it has been reported, and a second implementation would be another error.
fn without_derived_output(attributes: &mut [Attribute]) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        if let Ok(mut paths) = validate::derived(attribute) {
            paths.retain(|path| validate::written_by_us(path).is_none());
            *attribute = parse_quote! { #[derive(#(#paths),*)] };
        }
    }
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
