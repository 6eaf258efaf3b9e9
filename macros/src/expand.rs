//! Writes the code of a model that keeps the rules.
//!
//! It is thin: everything that can be a function of the definition is one, in `tenantry`. The implementations stand in an anonymous
//! constant, where one short name for the hidden door cannot meet a name of the user's.

mod def;
mod dto;
mod item;
mod row;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Model;

pub(crate) use self::dto::{new_name, patch_name};
pub(crate) use self::item::item;

/// The whole code of a model.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let item = item(model);
    let around = around(model);
    let implementations = [
        def::model(model),
        row::tenant_model(model),
        dto::new_row(model),
        dto::patch_changes(model),
        row::debug(model),
        row::serialize(model),
    ];
    quote! {
        #item
        #around
        const _: () = {
            use ::tenantry::__private as __tenantry;
            #(#implementations)*
        };
    }
}

/// What others name beside the struct itself: its columns and its data transfer objects.
pub(crate) fn around(model: &Model) -> TokenStream {
    let inherent = item::inherent(model);
    let new = dto::new(model);
    let patch = dto::patch(model);
    quote! { #inherent #new #patch }
}
