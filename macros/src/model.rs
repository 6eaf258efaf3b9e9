//! A struct with its attributes, read but not yet judged.

use std::collections::HashSet;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Fields, ItemStruct, Type, Visibility};

use crate::attr::{self, FieldAttr, StructAttr};
use crate::context::Context;
use crate::shape::Shape;
use crate::{expand, fallback, validate};

/// What was written.
#[derive(Debug)]
pub(crate) struct Model {
    /// The attributes that are not ours; they stay on the struct.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) doc: String,
    pub(crate) attr: StructAttr,
    pub(crate) fields: Vec<Field>,
}

/// A field: a column, or a base that is flattened.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    /// The name of the column: the identifier without `r#`.
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) doc: String,
    pub(crate) attr: FieldAttr,
}

/// The whole of `#[tenant_model]`.
pub(crate) fn tenant_model(attr: TokenStream, item: TokenStream) -> TokenStream {
    let item: ItemStruct = match syn::parse2(item.clone()) {
        Ok(item) => item,
        Err(error) => return fallback::unreadable(error, item),
    };
    let context = Context::new();
    let mut model = Model::read(attr, &item, &context);
    validate::check(&model, &item, &context);
    if context.is_clean() {
        context.finish();
        return expand::expand(&model);
    }
    model.keep_first_of_each_name();
    fallback::stub(model, &item, &context.finish())
}

impl Model {
    fn read(attr: TokenStream, item: &ItemStruct, context: &Context) -> Self {
        let attr = StructAttr::read(attr, context);
        let fields = match &item.fields {
            Fields::Named(fields) => fields.named.iter().filter_map(|field| Field::read(field, &item.ident, context)).collect(),
            // The rule about the kind of struct says what is wrong with these.
            Fields::Unnamed(_) | Fields::Unit => Vec::new(),
        };
        Self {
            attributes: item.attrs.iter().filter(|attribute| !attr::is_model(attribute)).cloned().collect(),
            visibility: item.vis.clone(),
            name: item.ident.clone(),
            doc: attr::doc(&item.attrs),
            attr,
            fields,
        }
    }

    /// Leaves out fields whose name was there before, so that a struct with such an error can be emitted.
    fn keep_first_of_each_name(&mut self) {
        let mut seen = HashSet::new();
        self.fields.retain(|field| seen.insert(field.name.clone()));
    }

    /// Whether the rows belong to no tenant.
    pub(crate) const fn is_shared(&self) -> bool {
        self.attr.shared.is_some()
    }

    /// The fields that are columns of their own.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.is_base())
    }

    /// The fields that callers write: all columns but the key.
    pub(crate) fn written(&self) -> impl Iterator<Item = &Field> {
        self.columns().skip(1)
    }
}

impl Field {
    fn read(field: &syn::Field, model: &Ident, context: &Context) -> Option<Self> {
        let ident = field.ident.clone()?;
        Some(Self {
            attributes: field.attrs.iter().filter(|attribute| !attr::is_model(attribute)).cloned().collect(),
            visibility: field.vis.clone(),
            name: ident.unraw().to_string(),
            ident,
            ty: context.take(named(&field.ty, model))?,
            doc: attr::doc(&field.attrs),
            attr: FieldAttr::read(&field.attrs, context),
        })
    }

    pub(crate) fn is_base(&self) -> bool {
        self.attr.flatten.is_some()
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.attr.secret.is_some()
    }

    pub(crate) fn shape(&self) -> Shape<'_> {
        Shape::of(&self.ty)
    }
}

/// The type with `Self` spelt out: in `NewCustomer`, `Option<Id<Self>>` would be another type.
fn named(ty: &Type, model: &Ident) -> syn::Result<Type> {
    syn::parse2(spell_out(ty.to_token_stream(), model))
}

fn spell_out(tokens: TokenStream, model: &Ident) -> TokenStream {
    let token = |token| match token {
        TokenTree::Ident(word) if word == "Self" => TokenTree::Ident(Ident::new(&model.to_string(), word.span())),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), spell_out(group.stream(), model));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    };
    tokens.into_iter().map(token).collect()
}
