//! Writes the code of a model that keeps the rules.
//!
//! It is thin: everything that can be a function of the definition is one, in `tenantry`. The implementations stand in an anonymous
//! constant, where one short name for the hidden door cannot meet a name of the user's.
//!
//! A type that is no column is reported once: every use of it is `<T as Column>::…` on the type's own span, and the compiler drops a message
//! that it has given before. A bound on a function of the hidden door would add a note of its own, and so another message.

mod def;
mod dto;
mod item;
mod row;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Model;

pub(crate) use self::dto::{is_secretive, new_name, patch_name};
pub(crate) use self::item::inherent;
pub(crate) use self::row::kind;

/// The whole code of a model.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let structs = structs(model);
    let implementations = behind_the_door(&[
        item::inherent(model),
        def::model(model),
        row::record(model),
        dto::new_row(model),
        dto::patch_changes(model),
        dto::debug(model),
        row::debug(model),
        row::serialize(model),
    ]);
    quote! { #structs #implementations }
}

/// The structs: the model's own and its data transfer objects.
pub(crate) fn structs(model: &Model) -> TokenStream {
    let item = item::item(model);
    let transfer = dtos(model);
    quote! { #item #transfer }
}

/// The data transfer objects.
pub(crate) fn dtos(model: &Model) -> TokenStream {
    let new = dto::new(model);
    let patch = dto::patch(model);
    quote! { #new #patch }
}

/// Puts the implementations where `__t` is the hidden door.
pub(crate) fn behind_the_door(implementations: &[TokenStream]) -> TokenStream {
    quote! {
        const _: () = {
            use ::tenantry::__private as __t;
            #(#implementations)*
        };
    }
}
