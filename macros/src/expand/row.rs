//! A row: how it is read, shown and written as JSON.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::dto;
use crate::model::{Field, Model};

/// Which of the two kinds of records it is.
pub(crate) fn kind(model: &Model) -> TokenStream {
    if model.is_shared() {
        quote! { SharedModel }
    } else {
        quote! { TenantModel }
    }
}

/// Reads the tenant, then every field in its order.
pub(super) fn record(model: &Model) -> TokenStream {
    let name = &model.name;
    let (new, patch) = (dto::new_name(model), dto::patch_name(model));
    let reads = model.fields.iter().map(|field| {
        let Field { ident, ty, .. } = field;
        let kind = if field.is_base() {
            quote! { Base }
        } else {
            quote! { Column }
        };
        quote_spanned! { ty.span()=> #ident: <#ty as __t::#kind>::read(cells)? }
    });
    let kind = kind(model);
    let (skip, tenant) = if model.is_shared() {
        (Some(quote! { __t::skip_tenant(cells); }), None)
    } else {
        (None, Some(quote! { tenant_id: __t::read_tenant(cells)?, }))
    };
    quote! {
        impl __t::#kind for #name {}
        impl __t::Record for #name {
            type New = #new;
            type Patch = #patch;
            fn read(cells: &mut __t::Cells<'_>) -> __t::Result<Self, __t::ReadError> {
                #skip
                __t::Ok(Self {
                    #tenant
                    #(#reads,)*
                })
            }
            fn id(&self) -> __t::Id<Self> {
                self.id
            }
        }
    }
}

/// All fields, as a derived `Debug` shows them, but those that are secret; the tenant included: logs need it.
pub(super) fn debug(model: &Model) -> TokenStream {
    let name = &model.name;
    let text = name.unraw().to_string();
    let fields = model.fields.iter().map(|field| {
        let Field { ident, name, ty, .. } = field;
        if field.is_secret() {
            quote_spanned! { ty.span()=> .field(#name, &__t::Hidden(&self.#ident)) }
        } else {
            quote_spanned! { ty.span()=> .field(#name, &self.#ident) }
        }
    });
    let tenant = (!model.is_shared()).then(|| quote! { .field("tenant_id", &self.tenant_id) });
    quote! {
        impl __t::Debug for #name {
            fn fmt(&self, f: &mut __t::Formatter<'_>) -> __t::FmtResult {
                f.debug_struct(#text) #(#fields)* #tenant .finish()
            }
        }
    }
}

/// The columns as a JSON object, bases in their place, without the tenant and what is secret.
pub(super) fn serialize(model: &Model) -> TokenStream {
    let name = &model.name;
    let entries = model.fields.iter().filter(|field| !field.is_secret()).map(|field| {
        let Field { ident, name, ty, .. } = field;
        if field.is_base() {
            quote_spanned! { ty.span()=> <#ty as __t::Base>::write(&self.#ident, to)?; }
        } else {
            quote_spanned! { ty.span()=> <#ty as __t::Column>::write(&self.#ident, #name, to)?; }
        }
    });
    quote! {
        impl __t::Serialize for #name {
            fn serialize<S: __t::Serializer>(&self, to: S) -> __t::Result<S::Ok, S::Error> {
                let mut map = to.serialize_map(__t::None)?;
                let to = &mut map;
                #(#entries)*
                __t::SerializeMap::end(map)
            }
        }
    }
}
