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

pub(crate) fn expand(model: &Model) -> TokenStream {
    let item = item::item(model);
    let inherent = item::inherent(model);
    let new = dto::new(model);
    let patch = dto::patch(model);
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
        #inherent
        #new
        #patch
        const _: () = {
            use ::tenantry::__private as __tenantry;
            #(#implementations)*
        };
    }
}
