//! What a row is created from and changed by.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Attribute;
use syn::spanned::Spanned;

use crate::model::{Field, Model};

/// `NewCustomer`.
pub(crate) fn new_name(model: &Model) -> Ident {
    format_ident!("New{}", model.name)
}

/// `CustomerPatch`.
pub(crate) fn patch_name(model: &Model) -> Ident {
    format_ident!("{}Patch", model.name)
}

/// Whether a derived `Debug` would show what must stay secret.
pub(crate) fn is_secretive(model: &Model) -> bool {
    model.written().any(Field::is_secret)
}

/// `#[derive(…)]` with these traits and `Debug`, unless that is written by [`debug`].
fn derives(model: &Model, traits: &[&str]) -> TokenStream {
    let debug = (!is_secretive(model)).then_some("Debug");
    let traits: Vec<Ident> = debug.iter().chain(traits).map(|name| format_ident!("{name}")).collect();
    if traits.is_empty() {
        TokenStream::new()
    } else {
        quote! { #[derive(#(#traits),*)] }
    }
}

/// The `Debug` of both, where a field is secret.
pub(super) fn debug(model: &Model) -> TokenStream {
    if !is_secretive(model) {
        return TokenStream::new();
    }
    let new = model.written().map(|Field { ident, name, ty, attr, .. }| match attr.secret {
        Some(_) => quote_spanned! { ty.span()=> .field(#name, &__t::Hidden(&self.#ident)) },
        None => quote_spanned! { ty.span()=> .field(#name, &self.#ident) },
    });
    let patch = model.written().map(|Field { ident, name, ty, attr, .. }| match attr.secret {
        Some(_) => quote_spanned! { ty.span()=> .field(#name, &__t::hidden(&self.#ident)) },
        None => quote_spanned! { ty.span()=> .field(#name, &self.#ident) },
    });
    let (new, patch) = (debug_of(&new_name(model), new), debug_of(&patch_name(model), patch));
    quote! { #new #patch }
}

fn debug_of(name: &Ident, fields: impl Iterator<Item = TokenStream>) -> TokenStream {
    let text = name.to_string();
    quote! {
        impl __t::Debug for #name {
            fn fmt(&self, f: &mut __t::Formatter<'_>) -> __t::FmtResult {
                f.debug_struct(#text) #(#fields)* .finish()
            }
        }
    }
}

/// `NewCustomer`: every column but the key and what the database writes.
pub(super) fn new(model: &Model) -> TokenStream {
    let (name, visibility) = (new_name(model), &model.visibility);
    let doc = format!(" What a [`{}`] is created from.", model.name);
    let fields = model.written().map(|field| {
        let Field { visibility, ident, ty, .. } = field;
        let docs = docs(field);
        quote_spanned! { ident.span()=> #(#docs)* #visibility #ident: #ty }
    });
    let derives = derives(model, &[]);
    quote! {
        #[doc = #doc]
        #derives
        #visibility struct #name {
            #(#fields,)*
        }
    }
}

/// `CustomerPatch`: the same columns, each left alone or set.
pub(super) fn patch(model: &Model) -> TokenStream {
    let (name, visibility) = (patch_name(model), &model.visibility);
    let doc = format!(" What a [`{}`] is changed by.", model.name);
    let fields = model.written().map(|field| {
        let Field { visibility, ident, ty, .. } = field;
        let docs = docs(field);
        quote_spanned! { ident.span()=> #(#docs)* #visibility #ident: ::tenantry::Field<#ty> }
    });
    let derives = derives(model, &["Default"]);
    quote! {
        #[doc = #doc]
        #derives
        #visibility struct #name {
            #(#fields,)*
        }
    }
}

/// Binds the values in the order of the columns, and reads them back.
pub(super) fn new_row(model: &Model) -> TokenStream {
    let name = new_name(model);
    let binds = model.written().map(|Field { ident, ty, .. }| {
        quote_spanned! { ty.span()=> <#ty as __t::Column>::bind(&self.#ident, args); }
    });
    let reads = model.written().map(|Field { ident, ty, .. }| {
        quote_spanned! { ty.span()=> #ident: <#ty as __t::Column>::read(cells)? }
    });
    quote! {
        impl __t::NewRow for #name {
            fn bind(&self, args: &mut __t::Vec<__t::Arg>) {
                #(#binds)*
            }
            fn read(cells: &mut __t::Cells<'_>) -> __t::Result<Self, __t::ReadError> {
                __t::Ok(Self { #(#reads,)* })
            }
        }
    }
}

/// The new values in the order of the columns.
pub(super) fn patch_changes(model: &Model) -> TokenStream {
    let name = patch_name(model);
    let changes = model.written().map(|Field { ident, ty, .. }| {
        quote_spanned! { ty.span()=> __t::change(&self.#ident, <#ty as __t::Column>::bind) }
    });
    quote! {
        impl __t::Patch for #name {
            fn changes(&self) -> __t::Vec<__t::Option<__t::Vec<__t::Arg>>> {
                __t::Vec::from([#(#changes),*])
            }
        }
    }
}

/// The documentation of a field stands at its copies, too.
fn docs(field: &Field) -> impl Iterator<Item = &Attribute> {
    field.attributes.iter().filter(|attribute| attribute.path().is_ident("doc"))
}
