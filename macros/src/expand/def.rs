//! `impl Model`: the definition, from which everything else comes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::attr::{DefaultValue, Group, OnDelete, Routes};
use crate::model::{Field, Model};
use crate::validate::SHARED_VERBS;

pub(super) fn model(model: &Model) -> TokenStream {
    let Model { name, attr, .. } = model;
    let text = name.unraw().to_string();
    let table = &attr.table;
    let (parts, columns) = columns(model);
    let options = model_options(model);
    let scope = scope(model);
    let says = model.is_shared().then(|| quote! { const SCOPE: __t::Scope = #scope; });
    quote! {
        #parts
        impl __t::Model for #name {
            const NAME: &'static str = #text;
            const TABLE: &'static str = #table;
            #says
            const DEF: &'static __t::ModelDef = &__t::ModelDef {
                #(#options,)*
                columns: #columns,
                ..__t::ModelDef::new(#text, #table, #scope)
            };
        }
    }
}

/// Who may see a row.
fn scope(model: &Model) -> TokenStream {
    if model.is_shared() {
        quote! { __t::Scope::Shared }
    } else {
        quote! { __t::Scope::Tenant }
    }
}

/// The fields of `ModelDef` that the attribute or the documentation sets.
fn model_options(model: &Model) -> Vec<TokenStream> {
    let Model { doc, attr, .. } = model;
    let mut options = Vec::new();
    if !doc.is_empty() {
        options.push(quote! { doc: #doc });
    }
    if !attr.uniques.is_empty() {
        let uniques = groups(&attr.uniques, "Unique");
        options.push(quote! { uniques: #uniques });
    }
    if !attr.indexes.is_empty() {
        let indexes = groups(&attr.indexes, "Index");
        options.push(quote! { indexes: #indexes });
    }
    options.extend(routes(model).map(|routes| quote! { routes: #routes }));
    if !attr.permissions.is_empty() {
        let permissions = attr.permissions.iter().map(|(action, text)| {
            let action = Ident::new(&capitalised(&action.unraw().to_string()), Span::call_site());
            quote! { (__t::Action::#action, #text) }
        });
        options.push(quote! { permissions: &[#(#permissions),*] });
    }
    options
}

/// The columns, and what must stand before them: without a base they are one list, with one they are parts that are joined.
fn columns(model: &Model) -> (TokenStream, TokenStream) {
    if !model.fields.iter().any(Field::is_base) {
        let columns = model.fields.iter().map(column);
        return (TokenStream::new(), quote! { &[#(#columns),*] });
    }
    let parts = model.fields.chunk_by(|a, b| !a.is_base() && !b.is_base()).map(part);
    let constant = quote! { const COLUMNS: &[&[__t::ColumnDef]] = &[#(#parts),*]; };
    (constant, quote! { &__t::concat::<{ __t::count(COLUMNS) }>(COLUMNS) })
}

/// A base, or the columns up to the next one.
fn part(fields: &[Field]) -> TokenStream {
    match fields {
        [Field { ty, attr, .. }] if attr.flatten.is_some() => quote_spanned! { ty.span()=> __t::managed(<#ty as __t::Base>::COLUMNS) },
        columns => {
            let columns = columns.iter().map(column);
            quote! { &[#(#columns),*] }
        }
    }
}

fn column(field: &Field) -> TokenStream {
    let Field { name, ty, .. } = field;
    let plain = quote_spanned! { ty.span()=> <#ty as __t::Column>::COLUMN.named(#name) };
    let options = options(field);
    if options.is_empty() {
        return plain;
    }
    quote! { __t::ColumnDef { #(#options,)* ..#plain } }
}

/// The fields of `ColumnDef` that the attribute sets.
fn options(field: &Field) -> Vec<TokenStream> {
    let Field { doc, attr, .. } = field;
    let mut options = Vec::new();
    if !doc.is_empty() {
        options.push(quote! { doc: #doc });
    }
    for flag in [&attr.unique, &attr.index, &attr.filter, &attr.sort, &attr.readonly, &attr.secret].into_iter().flatten() {
        let flag = plain(flag);
        options.push(quote! { #flag: true });
    }
    if let Some((_, length)) = attr.max_len {
        let length = proc_macro2::Literal::u32_unsuffixed(length);
        options.push(quote! { max_len: __t::Some(#length) });
    }
    if let Some((_, value)) = &attr.default {
        let value = literal(value);
        options.push(quote! { default: __t::Some(__t::Literal::#value) });
    }
    if let Some((_, action)) = &attr.references {
        let action = Ident::new(on_delete(*action), Span::call_site());
        options.push(quote! { on_delete: __t::OnDelete::#action });
    }
    options
}

/// The word as a field of `ColumnDef`: its span is the macro's, so that nothing points at the attribute.
fn plain(word: &Ident) -> Ident {
    Ident::new(&word.unraw().to_string(), Span::call_site())
}

fn literal(value: &DefaultValue) -> TokenStream {
    match value {
        DefaultValue::Str(text) => quote! { Str(#text) },
        DefaultValue::Bool(value) => quote! { Bool(#value) },
        DefaultValue::Int(number) => {
            let number = proc_macro2::Literal::i64_unsuffixed(*number);
            quote! { Int(#number) }
        }
    }
}

const fn on_delete(action: OnDelete) -> &'static str {
    match action {
        OnDelete::Restrict => "Restrict",
        OnDelete::Cascade => "Cascade",
        OnDelete::SetNull => "SetNull",
    }
}

fn groups(groups: &[Group], kind: &str) -> TokenStream {
    let kind = Ident::new(kind, Span::call_site());
    let groups = groups.iter().map(|group| {
        let columns = group.columns.iter().map(|column| column.unraw().to_string());
        quote! { __t::#kind { columns: &[#(#columns),*] } }
    });
    quote! { &[#(#groups),*] }
}

/// The verbs; `None` for all, which is what a definition starts from.
fn routes(model: &Model) -> Option<TokenStream> {
    match &model.attr.routes {
        Routes::All if model.is_shared() => Some(verbs(SHARED_VERBS.into_iter())),
        Routes::All => None,
        Routes::None => Some(quote! { __t::Verbs::NONE }),
        Routes::Some(words) => {
            let words: Vec<String> = words.iter().map(|word| word.unraw().to_string()).collect();
            Some(verbs(words.iter().map(String::as_str)))
        }
    }
}

fn verbs<'a>(words: impl Iterator<Item = &'a str>) -> TokenStream {
    let verbs = words.map(|word| Ident::new(&capitalised(word), Span::call_site()));
    quote! { __t::Verbs(&[#(__t::Verb::#verbs),*]) }
}

/// `list` as the variant `List`, `read` as `Read`.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
