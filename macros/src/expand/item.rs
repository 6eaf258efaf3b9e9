//! The struct itself, and what can be called on it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::model::{Field, Model};

/// The struct with its other attributes, and the tenant as the last field, unless it is shared.
pub(crate) fn item(model: &Model) -> TokenStream {
    let Model { attributes, visibility, name, .. } = model;
    let tenant = (!model.is_shared()).then(|| {
        quote! {
            /// The tenant that the row belongs to.
            pub tenant_id: ::tenantry::RowTenant,
        }
    });
    let fields = model.fields.iter().map(|field| {
        let Field { attributes, visibility, ident, ty, .. } = field;
        quote! { #(#attributes)* #visibility #ident: #ty }
    });
    quote! {
        #(#attributes)*
        #visibility struct #name {
            #(#fields,)*
            #tenant
        }
    }
}

/// What can be called on the struct: the repository, and a constant for each column that a list can be filtered or sorted by.
pub(crate) fn inherent(model: &Model) -> TokenStream {
    let name = &model.name;
    let columns: Vec<TokenStream> = model.columns().filter(|field| is_listed(field)).map(|field| column(field, name)).collect();
    quote! {
        impl #name {
            #(#columns)*

            /// The repository: units that a tenant's handle or transaction runs.
            pub const fn repo() -> ::tenantry::Repo<Self> {
                ::tenantry::Repo::new()
            }
        }
    }
}

fn is_listed(field: &Field) -> bool {
    field.attr.filter.is_some() || field.attr.sort.is_some()
}

fn column(field: &Field, model: &Ident) -> TokenStream {
    let Field { name, ty, attr, .. } = field;
    let constant = Ident::new(&name.to_uppercase(), Span::call_site());
    let doc = format!(" The column `{name}`, for lists.");
    let (filter, sort) = (attr.filter.is_some(), attr.sort.is_some());
    quote! {
        #[doc = #doc]
        pub const #constant: __t::Col<#model, #ty, #filter, #sort> = __t::col(#name);
    }
}
