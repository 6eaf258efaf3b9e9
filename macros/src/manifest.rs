//! `manifest!`: from `models.toml` to `MODELS` and `CONVENTIONS`.

mod file;

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;

use self::file::{Conventions, Entry, Fault, Manifest};
use crate::context::Context;

/// Far more than any manifest; a wrong path may lead to a file that is not meant to be read.
const MAX_BYTES: u64 = 1 << 20;

/// The whole of `manifest!`.
pub(crate) fn manifest(input: TokenStream) -> TokenStream {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    within(&root, input)
}

/// `manifest!` of the crate at that folder.
pub(crate) fn within(root: &Path, input: TokenStream) -> TokenStream {
    let context = Context::new();
    let path = if input.is_empty() { None } else { syn::parse2::<LitStr>(input).ok() };
    let Some(path) = path else {
        context.error_at(Span::call_site(), "write the path of the manifest, relative to this crate: `manifest!(\"../models.toml\")`");
        return stub(context.finish());
    };
    let full = root.join(path.value());
    let Some(text) = context.take(read(&full, &path)) else { return stub(context.finish()) };
    let manifest = file::parse(&text).map_err(|faults| report(&faults, &text, &path, &context)).ok();
    let include = include(&full);
    let errors = context.finish();
    match manifest {
        Some(manifest) => {
            let written = expand(&manifest);
            quote! { #written #include }
        }
        None => {
            let stub = stub(errors);
            quote! { #stub #include }
        }
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
    let conventions = conventions(&manifest.conventions);
    let entries = manifest.models.iter().map(|Entry { module, model }| {
        let module = module.iter().map(|part| Ident::new(part, Span::call_site()));
        let model = Ident::new(model, Span::call_site());
        quote! { ::tenantry::Entry::of::<crate:: #(#module::)* #model>() }
    });
    quote! {
        /// The models of this application, in the order of its manifest.
        pub const MODELS: &[::tenantry::Entry] = &[#(#entries),*];
        /// The conventions that hold for all of them.
        pub const CONVENTIONS: ::tenantry::Conventions = #conventions;
    }
}

fn conventions(given: &Conventions) -> TokenStream {
    if given.values.is_empty() {
        return quote! { ::tenantry::Conventions::DEFAULT };
    }
    let fields = given.values.iter().map(|(key, value)| {
        let key = Ident::new(key, Span::call_site());
        quote! { #key: #value }
    });
    let rest = (given.values.len() < file::CONVENTIONS.len()).then(|| quote! { ..::tenantry::Conventions::DEFAULT });
    quote! { ::tenantry::Conventions { #(#fields,)* #rest } }
}

/// Both constants beside the errors, so that the code that uses them has no errors of its own.
fn stub(errors: TokenStream) -> TokenStream {
    let empty = expand(&Manifest::default());
    quote! { #errors #empty }
}
