//! `manifest!`: from `models.toml` to `MODELS`, `CONVENTIONS` and `sql!`.

mod file;

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token};

use self::file::{Entry, Fault, Manifest};
use crate::context::Context;

/// Far more than any manifest; a wrong path may lead to a file that is not meant to be read.
const MAX_BYTES: u64 = 1 << 20;

/// The tenant column where the manifest names none, as in `tenantry::Conventions::DEFAULT`.
const DEFAULT_TENANT_COLUMN: &str = tenantry_sqlcheck::Conventions::DEFAULT.tenant_column;

/// The whole of `manifest!`.
pub(crate) fn manifest(input: TokenStream) -> TokenStream {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    within(&root, input)
}

/// `manifest!` of the crate at that folder.
pub(crate) fn within(root: &Path, input: TokenStream) -> TokenStream {
    let context = Context::new();
    let Ok(Input { path, part }) = syn::parse2::<Input>(input) else {
        context.error_at(
            Span::call_site(),
            "write the path of the manifest, relative to this crate: `manifest!(\"../models.toml\")`, or for `sql!` alone, in a crate \
             above the one with the models, `manifest!(\"../models.toml\", sql)`",
        );
        return stub(context.finish());
    };
    let full = root.join(path.value());
    let Some(text) = context.take(read(&full, &path)) else { return stub(context.finish()) };
    let manifest = file::parse(&text).map_err(|faults| report(&faults, &text, &path, &context)).ok();
    let include = include(&full);
    let errors = context.finish();
    match manifest {
        Some(manifest) => {
            let written = (part == Part::All).then(|| expand(&manifest));
            let sql = checking(&manifest);
            quote! { #written #sql #include }
        }
        None => {
            let stub = stub(errors);
            quote! { #stub #include }
        }
    }
}

/// What of the manifest a crate wants.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    All,
    /// `sql!` alone: the models are another crate's.
    Sql,
}

/// `"../models.toml"`, or `"../models.toml", sql`.
struct Input {
    path: LitStr,
    part: Part,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.parse()?;
        if input.is_empty() {
            return Ok(Self { path, part: Part::All });
        }
        input.parse::<Token![,]>()?;
        let word: Ident = input.parse()?;
        if word == "sql" { Ok(Self { path, part: Part::Sql }) } else { Err(syn::Error::new(word.span(), "not `sql`")) }
    }
}

fn read(full: &Path, path: &LitStr) -> syn::Result<String> {
    let fault = |message: String| syn::Error::new(path.span(), message);
    let shown = path.value();
    let length =
        fs::metadata(full).map_err(|error| fault(format!("cannot read `{shown}`, relative to the folder of this crate: {error}")))?.len();
    if length > MAX_BYTES {
        return Err(fault(format!("`{shown}` has {length} bytes; a manifest has at most {MAX_BYTES}")));
    }
    let bytes = fs::read(full).map_err(|error| fault(format!("cannot read `{shown}`: {error}")))?;
    String::from_utf8(bytes).map_err(|error| fault(format!("`{shown}` is not UTF-8 from byte {} on", error.utf8_error().valid_up_to())))
}

/// Every fault of the file, with its line and column: the compiler can only point at the path.
fn report(faults: &[Fault], text: &str, path: &LitStr, context: &Context) {
    for fault in faults {
        let (line, column) = file::position(text, fault.at);
        context.error(path, format!("{}:{line}:{column}: {}", path.value(), fault.message));
    }
}

/// Makes the compiler read the file, too, so that an edit rebuilds the crate.
fn include(full: &Path) -> TokenStream {
    full.to_str().map(|path| quote! { const _: &[u8] = ::core::include_bytes!(#path); }).unwrap_or_default()
}

fn expand(manifest: &Manifest) -> TokenStream {
    let conventions = conventions(manifest);
    let entries = manifest.models.iter().map(|entry| {
        let path = path(entry);
        quote! { ::tenantry::Entry::of::<#path>() }
    });
    let listed = listed(manifest);
    quote! {
        #listed
        /// The models of this application, in the order of its manifest.
        pub const MODELS: &[::tenantry::Entry] = &[#(#entries),*];
        /// The conventions that hold for all of them.
        pub const CONVENTIONS: ::tenantry::Conventions = #conventions;
    }
}

/// The model as the crate names it.
fn path(Entry { module, model }: &Entry) -> TokenStream {
    let module = module.iter().map(|part| Ident::new(part, Span::call_site()));
    let model = Ident::new(model, Span::call_site());
    quote! { crate:: #(#module::)* #model }
}

/// Holds that the table of each shared model is listed as shared. What table a model has, the compiler knows and the manifest does not.
fn listed(manifest: &Manifest) -> TokenStream {
    let checks = manifest.models.iter().map(|entry| {
        let (path, model) = (path(entry), &entry.model);
        let message = format!(
            "`{model}` is `shared`, and the manifest does not say so: list its table under `shared` of [sql], with the platform's schema, as \
             in `shared = [\"tenancy.countries\"]`"
        );
        quote! { ::tenantry::__private::listed::<#path>(&CONVENTIONS, #message); }
    });
    if manifest.models.is_empty() {
        return TokenStream::new();
    }
    quote! { const _: () = { #(#checks)* }; }
}

/// What the file says of a convention.
fn value<'a>(manifest: &'a Manifest, key: &str) -> Option<&'a str> {
    manifest.conventions.values.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
}

/// What the file lists for hand-written statements.
fn names<'a>(manifest: &'a Manifest, key: &str) -> &'a [String] {
    manifest.sql.iter().find(|(known, _)| *known == key).map_or(&[][..], |(_, names)| names)
}

fn conventions(manifest: &Manifest) -> TokenStream {
    let names = manifest.conventions.values.iter().map(|(key, value)| {
        let key = Ident::new(key, Span::call_site());
        quote! { #key: #value }
    });
    let lists = manifest.sql.iter().map(|(key, names)| {
        let key = Ident::new(key, Span::call_site());
        quote! { #key: &[#(#names),*] }
    });
    let fields: Vec<TokenStream> = names.chain(lists).collect();
    if fields.is_empty() {
        return quote! { ::tenantry::Conventions::DEFAULT };
    }
    let rest = (fields.len() < file::CONVENTIONS.len() + file::SQL.len()).then(|| quote! { ..::tenantry::Conventions::DEFAULT });
    quote! { ::tenantry::Conventions { #(#fields,)* #rest } }
}

/// `sql!` of an application: the check of the library, with the application's conventions in front of the text.
fn checking(manifest: &Manifest) -> TokenStream {
    let column = value(manifest, "tenant_column").unwrap_or(DEFAULT_TENANT_COLUMN);
    let (shared, functions) = (names(manifest, "shared"), names(manifest, "functions"));
    sql(&quote! { ::tenantry::__private::sql! { #column, [#(#shared),*], [#(#functions),*] => $($text)* } })
}

/// The name of the rules is another one, so that only the macro is called `sql`, beside which there may be a module of that name.
fn sql(body: &TokenStream) -> TokenStream {
    quote! {
        macro_rules! __tenantry_sql {
            ($($text:tt)*) => { #body };
        }
        #[allow(unused_imports, reason = "an application need not have statements of its own")]
        pub(crate) use __tenantry_sql as sql;
    }
}

/// The constants and the macro beside the errors, so that the code that uses them has no errors of its own.
fn stub(errors: TokenStream) -> TokenStream {
    let (empty, sql) = (expand(&Manifest::default()), sql(&quote! { $($text)* }));
    quote! { #errors #empty #sql }
}
