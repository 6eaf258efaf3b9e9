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

/// `NewCustomer`: every column but the key and what the database writes.
pub(super) fn new(model: &Model) -> TokenStream {
    let (name, visibility) = (new_name(model), &model.visibility);
    let doc = format!(" What a [`{}`] is created from.", model.name);
    let fields = model.written().map(|field| {
        let Field { visibility, ident, ty, .. } = field;
        let docs = docs(field);
        quote_spanned! { ident.span()=> #(#docs)* #visibility #ident: #ty }
    });
    quote! {
        #[doc = #doc]
        #[derive(Debug)]
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
    quote! {
        #[doc = #doc]
        #[derive(Debug, Default)]
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
